"""Checks `switchboard call` and `switchboard listen` with the server net001, and with servers that misbehave.

    python3 IntegrationTests/Outputs/test_call.py PATH-OF-SWITCHBOARD [unittest options]

The command net001 is in the same folder.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

import command  # noqa: E402
from net001 import BROADCAST, ECHO_REPLY, ERROR, TIMEOUT_SECONDS, frame, ping, pong  # noqa: E402
from wrong_input import expect_errors  # noqa: E402

BUNDLED = REPOSITORY / "protocol.yaml"
PATH = None


def run(*arguments, stdin=""):
    result = subprocess.run([PATH, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=60)
    return result.returncode, result.stdout, result.stderr


@contextlib.contextmanager
def scripted(*pieces, reads=0, ends=True):
    """Runs a server that reads `reads` bytes of its only client, sends `pieces`, and then ends the connection or waits for the client."""
    failures = []

    def serve(listener):
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(TIMEOUT_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                missing = reads
                while missing:
                    missing -= len(connection.recv(missing))
                for piece in pieces:
                    connection.sendall(piece)
                if not ends:
                    while connection.recv(4096):
                        pass
        except Exception as error:
            failures.append(error)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_SECONDS)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()
    assert not failures, failures


class Bundled(unittest.TestCase):
    def test_a_request_prints_its_reply(self):
        with command.server() as (port, _):
            status, output, errors = run("call", BUNDLED, "Ping", "timestamp=5", "--connect", f"localhost:{port}")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("frame 1: Pong from the server, 20 bytes at offset 0", output)
            self.assertRegex(output, r"(?m)timestamp +uint64 +5")
            status, output, _ = run("call", BUNDLED, "Echo", "data=0xff00", "--connect", f"127.0.0.1:{port}", "--json")
            self.assertEqual((status, json.loads(output)["fields"]), (0, {"data": "ff00"}))

    def test_the_guide_shows_what_call_prints(self):
        guide = (REPOSITORY / "Docs/CommandLine.md").read_text()
        shown = guide.split("$ switchboard call protocol.yaml Ping timestamp=5 --connect localhost:6001\n")[1].split("```")[0]
        with command.server() as (port, _):
            status, output, _ = run("call", BUNDLED, "Ping", "timestamp=5", "--connect", f"localhost:{port}")
        self.assertEqual((status, output), (0, shown))

    def test_several_requests_are_sent_one_after_another(self):
        lines = "\n".join(json.dumps({"message": "Ping", "fields": {"timestamp": number}}) for number in range(20))
        with command.server() as (port, _):
            status, output, _ = run("call", BUNDLED, "--messages", "-", "--connect", f"127.0.0.1:{port}", "--json", stdin=lines)
        self.assertEqual(status, 0)
        self.assertEqual([json.loads(line)["fields"]["timestamp"] for line in output.splitlines()], list(range(20)))

    def test_a_login_may_come_first(self):
        with tempfile.TemporaryDirectory() as folder:
            users = pathlib.Path(folder, "users")
            users.touch(0o600)
            hashed = subprocess.run([command.PATH, "hash-token", "alice"], input="sesame\n", capture_output=True, text=True, timeout=60)
            users.write_text(hashed.stdout)
            with command.server("--auth-file", users, "--require-auth") as (port, _):
                login = {"message": "Auth", "fields": {"username": "alice", "token": "sesame"}}
                echo = {"message": "Echo", "fields": {"data": "6869"}}
                words = ["call", BUNDLED, "--messages", "-", "--connect", f"127.0.0.1:{port}", "--json"]
                status, output, errors = run(*words, stdin=json.dumps(login) + "\n" + json.dumps(echo))
                self.assertEqual((status, errors), (0, ""))
                self.assertEqual([json.loads(line)["message"] for line in output.splitlines()], ["AuthReply", "EchoReply"])
                self.assertEqual(run(*words, stdin=json.dumps(echo))[0], 1)
                # A message without a reply may be rejected, too.
                status, output, errors = run("call", BUNDLED, "Broadcast", "message=hi", "--connect", f"127.0.0.1:{port}")
                self.assertEqual((status, errors), (1, "switchboard: error: the server answered with `Error`\n"))
                self.assertRegex(output, r"(?m)code +ErrorCode +authenticationFailed$")

    def test_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = command.self_signed_certificate(folder, "-addext", "subjectAltName=DNS:localhost")
            with command.server("--tls", "--cert", certificate, "--key", key) as (port, _):
                words = ["call", BUNDLED, "Ping", "timestamp=5", "--connect", f"localhost:{port}", "--tls"]
                self.assertEqual(run(*words, "--ca", certificate)[0], 0)
                self.assertEqual(run(*words, "--insecure")[0], 0)
                status, output, errors = run(*words)
                self.assertEqual((status, output, len(errors.splitlines())), (1, "", 1), errors)
                self.assertIn("certificate", errors)


class Servers(unittest.TestCase):
    def test_a_reply_may_come_in_pieces_and_behind_other_messages(self):
        stream = frame(BROADCAST, b"hi") + pong(5)
        pieces = [stream[index : index + 1] for index in range(len(stream))]
        with scripted(*pieces, reads=len(ping())) as address:
            status, output, errors = run("call", BUNDLED, "Ping", "timestamp=5", "--connect", address)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("frame 1: Broadcast", output)
        self.assertIn("frame 2: Pong", output)

    def test_an_error_of_the_server_is_printed(self):
        with scripted(frame(ERROR, b"\x07slower"), reads=len(ping()), ends=False) as address:
            status, output, errors = run("call", BUNDLED, "Ping", "timestamp=5", "--connect", address)
        self.assertEqual((status, errors), (1, "switchboard: error: the server answered with `Error`\n"))
        self.assertRegex(output, r"(?m)code +ErrorCode +rateLimited$")
        self.assertRegex(output, r'(?m)message +string +"slower"$')

    def test_other_messages_do_not_make_the_wait_for_a_reply_longer(self):
        interrupted = threading.Event()

        def serve(listener):
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(0.1)
                for _ in range(10 * TIMEOUT_SECONDS):
                    connection.sendall(frame(BROADCAST, b"hi"))
                    with contextlib.suppress(TimeoutError):
                        if not connection.recv(4096):
                            return interrupted.set()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=serve, args=(listener,))
            thread.start()
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            status, output, errors = run("call", BUNDLED, "Ping", "timestamp=5", "--connect", address, "--timeout", "1")
            thread.join()
        self.assertTrue(interrupted.is_set())
        self.assertEqual((status, errors), (1, "switchboard: error: no reply within 1.0 seconds (--timeout)\n"))
        self.assertIn("Broadcast", output)

    def test_call_does_not_wait_for_the_end_of_a_server_that_has_replied(self):
        times = {True: [], False: []}
        for ends_at_once in [True, False] * 5:
            has_ended = threading.Event()

            def serve(listener):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(pong(5))
                    connection.recv(100)
                    if not ends_at_once:
                        has_ended.wait(TIMEOUT_SECONDS)

            with socket.create_server(("127.0.0.1", 0)) as listener:
                thread = threading.Thread(target=serve, args=(listener,))
                thread.start()
                start = time.monotonic()
                address = f"127.0.0.1:{listener.getsockname()[1]}"
                self.assertEqual(run("call", BUNDLED, "Ping", "timestamp=5", "--connect", address)[0], 0)
                times[ends_at_once].append(time.monotonic() - start)
                has_ended.set()
                thread.join()
        # A stream that lingers waits for 1 second, whatever else takes time on a busy machine.
        self.assertLess(min(times[False]), min(times[True]) + 0.8)

    def test_listen_prints_what_comes(self):
        with scripted(frame(BROADCAST, b"one"), frame(BROADCAST, b"two"), ends=False) as address:
            status, output, errors = run("listen", BUNDLED, "--connect", address, "--count", "2", "--json")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([json.loads(line)["fields"]["message"] for line in output.splitlines()], [b"one".hex(), b"two".hex()])

    def test_listen_ends_with_the_connection(self):
        with scripted(frame(BROADCAST, b"one")) as address:
            status, output, errors = run("listen", BUNDLED, "--connect", address)
        self.assertEqual((status, errors), (1, "switchboard: error: the server ended the connection\n"))
        self.assertIn("Broadcast", output)

    def test_servers_that_misbehave_are_reported(self):
        cases = [
            ([], True, "the server ended the connection without a reply"),
            ([pong(5)[:-1]], True, "the server ended the connection within a frame, after 19 bytes of it"),
            ([frame(ECHO_REPLY, b"", magic=1)], False, "the server sent a malformed frame"),
            ([frame(ECHO_REPLY, b"", checksum=1)], False, "the server sent a malformed frame"),
            ([], False, "no reply within 0.5 seconds (--timeout)"),
        ]
        for pieces, ends, text in cases:
            with self.subTest(text), scripted(*pieces, reads=len(ping()), ends=ends) as address:
                words = ["call", BUNDLED, "Ping", "timestamp=5", "--connect", address, "--timeout", "0.5"]
                status, _, errors = run(*words)
                self.assertEqual((status, errors), (1, f"switchboard: error: {text}\n"))


    def test_a_handshake_that_takes_too_long_is_reported_with_the_timeout(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            words = ["call", BUNDLED, "Ping", "timestamp=5", "--connect", address, "--tls", "--insecure", "--timeout", "0.5"]
            status, _, errors = run(*words)
        text = "the TLS handshake was not finished within 0.5 seconds (--timeout)"
        self.assertEqual((status, errors), (1, f"switchboard: error: {text}\n"))


class WrongInput(unittest.TestCase):
    def test_has_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            unused = f"127.0.0.1:{listener.getsockname()[1]}"
        ping = ["call", BUNDLED, "Ping", "timestamp=5"]
        cases = [
            ([*ping, "--connect", unused], 1, "refused"),
            ([*ping, "--connect", "localhost"], 64, "is not HOST:PORT, with a port from 1 to 65535"),
            ([*ping, "--connect", "localhost:0"], 64, "is not HOST:PORT, with a port from 1 to 65535"),
            ([*ping, "--connect", "::1:5"], 64, "put an IPv6 address in brackets, as in [::1]:6001"),
            ([*ping, "--connect", "name.invalid:5"], 1, "name.invalid"),
            (ping, 64, "--connect"),
            ([*ping, "--connect", unused, "--timeout", "0"], 64, "--timeout must be more than 0"),
            ([*ping, "--connect", unused, "--timeout", "-1"], 64, "--timeout must be more than 0"),
            ([*ping, "--connect", unused, "--ca", "x"], 64, "require --tls"),
            ([*ping, "--connect", unused, "--tls", "--ca", "/nonexistent"], 2, "cannot read /nonexistent"),
            ([*ping, "--connect", unused, "--count", "-1"], 64, "--count must be at least 0"),
            (["call", BUNDLED, "Pong", "timestamp=5", "--connect", unused], 1, "`Pong` is a message of the server"),
            (["call", BUNDLED, "Ping", "time=5", "--connect", unused], 1, "no field `time`"),
            (["call", BUNDLED, "Png", "--connect", unused], 1, "did you mean `Ping`?"),
            (["call", "/nonexistent", "Ping", "--connect", unused], 2, "cannot read /nonexistent"),
            (["listen", BUNDLED, "--connect", unused], 1, "refused"),
            (["listen", BUNDLED, "--connect", unused, "--count", "0"], 64, "--count must be at least 1"),
            (["listen", BUNDLED, "--connect", unused, "--count", "-1"], 64, "--count must be at least 1"),
            (["listen", BUNDLED], 64, "--connect"),
            (["listn", BUNDLED], 64, "did you mean `listen`?"),
        ]
        expect_errors(self, run, cases)


if __name__ == "__main__":
    PATH = os.path.abspath(sys.argv.pop(1))
    command.PATH = str(pathlib.Path(PATH).with_name("net001"))
    unittest.main()
