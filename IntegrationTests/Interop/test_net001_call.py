"""Sends messages with the command `net001 call` to servers, and checks what it prints and how it ends.

    python3 IntegrationTests/Interop/test_net001_call.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import pathlib
import re
import shlex
import socket
import subprocess
import tempfile
import threading
import unittest

import command
from command import run, self_signed_certificate, server
from net001 import *  # noqa: F403
from ports import unused_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def call(port, *arguments, **options):
    """Returns the exit status, and the lines of both outputs."""
    result = run("call", "--port", str(port), *arguments, **options)
    return result.returncode, result.stdout.splitlines(), result.stderr.splitlines()


@contextlib.contextmanager
def users():
    """Yields options of a server that requires AUTH, and the environment of a client that knows a token."""
    with tempfile.TemporaryDirectory() as folder:
        hashed = run("hash-token", "alice", stdin="sesame\n").stdout
        file = pathlib.Path(folder, "users")
        file.touch(0o600)
        file.write_text(hashed)
        yield ["--auth-file", str(file), "--require-auth"], {"NET001_USER": "alice", "NET001_TOKEN": "sesame"}


@contextlib.contextmanager
def scripted(*pieces):
    """Runs a server that sends `pieces` to its only client, and then waits for its end."""
    failures = []

    def serve():
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(TIMEOUT_SECONDS)
                for piece in pieces:
                    connection.sendall(piece)
                while connection.recv(4096):
                    pass
        except Exception as error:
            failures.append(error)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_SECONDS)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
    assert not failures, failures


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port, _ = cls.enterClassContext(server())

    def fields(self, *arguments, **options):
        """Returns the fields of the message with which the server answers."""
        status, output, errors = call(self.port, *arguments, "--json", **options)
        self.assertEqual((status, len(output), errors), (0, 1, []), output)
        return json.loads(output[0])["fields"]

    def test_the_guide_shows_what_it_prints(self):
        guide = (REPOSITORY / "Docs/Operations.md").read_text().split("### Any message")[1]
        block = re.search(r"```console\n(.*?)```", guide, re.DOTALL)[1]
        shown = [pair for pair in re.findall(r"^\$ net001 (call .*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE) if pair[1]]
        self.assertEqual(len(shown), 2)
        for words, printed in shown:
            status, output, errors = call(self.port, *shlex.split(words)[1:])
            self.assertEqual((status, output, errors), (0, printed.splitlines(), []))

    def test_values_have_all_forms(self):
        self.assertEqual(self.fields("Ping", "timestamp=0xffffffffffffffff"), {"timestamp": str(2**64 - 1)})
        self.assertEqual(self.fields("Echo", "data="), {"data": ""})
        self.assertEqual(self.fields("Echo", "data=a b"), {"data": b"a b".hex()})
        self.assertEqual(self.fields("Echo", "data=0xff00"), {"data": "ff00"})
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes(range(256)) * 255)
            file.flush()
            self.assertEqual(self.fields("Echo", f"data=@{file.name}"), {"data": (bytes(range(256)) * 255).hex()})
        self.assertEqual(self.fields("Auth", "username=alice", "token=x")["success"], True)

    def test_several_messages_are_sent_one_after_another(self):
        lines = "\n".join(json.dumps({"message": "Ping", "fields": {"timestamp": number}}) for number in range(20))
        status, output, errors = call(self.port, "--messages", "-", "--json", stdin=lines)
        self.assertEqual((status, errors), (0, []))
        self.assertEqual([json.loads(line)["fields"]["timestamp"] for line in output], list(range(20)))

    def test_a_message_without_a_reply_is_handled_before_it_ends(self):
        with Peer(self.port) as peer:
            peer.expect_alive()
            self.assertEqual(call(self.port, "Broadcast", "message=news"), (0, [], []))
            self.assertEqual(peer.receive(), (BROADCAST, b"news"))

    def test_count_waits_for_other_messages(self):
        status, output, _ = call(self.port, "Ping", "timestamp=1", "--count", "1", "--json")
        self.assertEqual((status, [json.loads(line)["message"] for line in output]), (0, ["Pong"]))

    def test_the_connection_has_the_options_of_all_client_commands(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self_signed_certificate(folder, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
            with server("--tls", "--cert", certificate, "--key", key) as (port, _):
                self.assertEqual(call(port, "Echo", "data=x", "--tls", "--ca", certificate)[0], 0)
                self.assertEqual(call(port, "Echo", "data=x", environment={"TLS": "1", "CA": certificate})[0], 0)
                self.assertEqual(call(port, "Echo", "data=x", "--tls", "--insecure")[0], 0)
                status, output, errors = call(port, "Echo", "data=x", "--tls")
                self.assertEqual((status, output, len(errors)), (1, [], 1), errors)
                self.assertIn("certificate", errors[0])
            path = f"{folder}/socket"
            process = subprocess.Popen(
                [command.PATH, "serve", "--unix-socket", path], stderr=subprocess.PIPE, text=True, env=command.variables()
            )
            self.addCleanup(process.stderr.close)
            self.addCleanup(process.wait)
            self.addCleanup(process.terminate)
            while "address" not in (line := process.stderr.readline()):
                self.assertNotEqual(line, "", "the server did not start")
            result = run("call", "Echo", "data=x", "--json", environment={"UNIX_SOCKET": path})
            self.assertEqual((result.returncode, json.loads(result.stdout)["fields"]), (0, {"data": b"x".hex()}))

    def test_a_user_authenticates_first(self):
        with users() as (options, environment), server(*options) as (port, _):
            status, output, errors = call(port, "Echo", "data=x", "--json", environment=environment)
            self.assertEqual((status, [json.loads(line)["message"] for line in output], errors), (0, ["EchoReply"], []))
            wrong = environment | {"NET001_TOKEN": "wrong"}
            for words in (["Echo", "data=x"], ["Broadcast", "message=x"]):
                status, output, errors = call(port, *words, environment=wrong)
                self.assertEqual((status, output, errors), (1, [], ['Error: the server refused the credentials of "alice"']))

    def test_a_shell_can_complete_messages_and_fields(self):
        for shell in ("zsh", "fish"):
            script = run("--generate-completion-script", shell).stdout
            self.assertRegex(script, r"\(?'Ping'? '?Echo'? '?Broadcast'? '?Auth'? '?Data'? '?Error'")
        self.assertEqual(self.completed("call", ""), ["Auth", "Broadcast", "Data", "Echo", "Error", "Ping"])
        self.assertEqual(self.completed("call", "E"), ["Echo", "Error"])
        self.assertEqual(self.completed("call", "Auth", ""), ["token=", "username="])

    def completed(self, *words):
        """Returns what bash offers behind `net001` and `words`."""
        words = ["net001", *words]
        line = " ".join(words)
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "net001").symlink_to(command.PATH)
            script = f"""
                PATH={shlex.quote(folder)}:$PATH
                source <(net001 --generate-completion-script bash)
                COMP_WORDS=({shlex.join(words)}) COMP_CWORD={len(words) - 1} COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}
                _net001 net001 {shlex.quote(words[-1])} {words[-2]}
                printf '%s\\n' "${{COMPREPLY[@]}}"
            """
            result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, env=command.variables())
        self.assertEqual(result.stderr, "")
        return sorted(found.strip() for found in result.stdout.splitlines())


class Mistakes(unittest.TestCase):
    def test_errors_of_the_server_are_explained(self):
        with users() as (options, _), server(*options) as (port, _):
            for words in (["Echo", "data=x"], ["Broadcast", "message=x"]):
                status, output, errors = call(port, *words)
                self.assertEqual((status, len(errors)), (1, 1), errors)
                self.assertIn("frame 1: Error from the server", output[0])
                self.assertRegex(errors[0], r"^Error: the server answered ERROR 06 \(authenticationFailed.*: set --user")

    def test_servers_that_misbehave_are_reported(self):
        malformed = frame(PONG, bytes(8), checksum=1)
        cases = [
            ([malformed], [], "the server sent a malformed frame"),
            ([pong(5)[:-1]], [], "no reply within 0.5 seconds (--timeout)"),
            ([], [], "no reply within 0.5 seconds (--timeout)"),
            ([], ["--user", "alice"], "no reply within 0.5 seconds (--timeout)"),
            ([malformed], ["--user", "alice"], "the server sent a malformed frame"),
        ]
        for pieces, options, text in cases:
            with self.subTest(text), scripted(*pieces) as port:
                words = ["Ping", "timestamp=5", "--timeout", "0.5", *options]
                status, _, errors = call(port, *words, environment={"NET001_TOKEN": "x"})
                self.assertEqual((status, errors), (1, [f"Error: {text}"]))

    def test_an_output_that_is_closed_ends_it(self):
        with server() as (port, _):
            words = [command.PATH, "call", "Ping", "timestamp=5", "--port", str(port)]
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=command.variables())
            process.stdout.close()
            errors = process.stderr.read()
            process.stderr.close()
        self.assertEqual((process.wait(timeout=TIMEOUT_SECONDS), errors), (141, ""))

    def test_wrong_input_has_one_clear_line(self):
        unused = unused_port()
        cases = [
            (["Ping", "timestamp=5"], 1, "refused"),
            (["Png"], 1, "no message `Png`; did you mean `Ping`?"),
            (["ping"], 1, "no message `ping`; did you mean `Ping`?"),
            (["Pong", "timestamp=5"], 1, "`Pong` is a message of the server"),
            (["Ping"], 1, "timestamp"),
            (["Ping", "time=5"], 1, "no field `time`"),
            (["Ping", "timestamp"], 1, "write NAME=VALUE"),
            (["Ping", "timestamp=x"], 1, "timestamp"),
            (["Ping", "timestamp=-1"], 1, "timestamp"),
            (["Ping", "timestamp=5", "timestamp=6"], 1, "given twice"),
            (["Echo", "data=0xf"], 1, "`data`"),
            (["Echo", "data=@/nonexistent"], 1, "`data`: cannot read /nonexistent"),
            (["Echo", "data=" + "x" * 65_536], 1, "65536 bytes, and may have 65535"),
            (["Auth", "username=" + "x" * 256, "token=x"], 1, "username"),
            (["Error", "code=nonsense", "message=x"], 1, "nonsense"),
            ([], 64, "Missing the name of a message"),
            (["Ping", "timestamp=5", "--messages", "-"], 64, "--messages has all values"),
            (["--messages", "/nonexistent"], 1, "cannot read /nonexistent"),
            (["--messages", "-"], 1, "no JSON object"),
            (["Ping", "timestamp=5", "--count", "0"], 64, "--count"),
            (["Ping", "timestamp=5", "--header", "a=1"], 64, "--header"),
            (["Ping", "timestamp=5", "--ca", "x"], 64, "requires --tls"),
            (["Ping", "timestamp=5", "--tls", "--ca", "/nonexistent"], 1, "/nonexistent"),
        ]
        for words, expected, text in cases:
            with self.subTest(words=[word[:40] for word in words]):
                status, output, errors = call(unused, *words)
                self.assertEqual((status, output, len(errors)), (expected, [], 1), errors)
                self.assertTrue(errors[0].startswith("Error: "), errors)
                self.assertIn(text, errors[0])


if __name__ == "__main__":
    command.main(__doc__)
