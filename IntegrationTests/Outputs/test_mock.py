"""Checks `switchboard mock` with clients in Python, on the examples of all specs, and with wrong input.

    python3 IntegrationTests/Outputs/test_mock.py PATH-OF-SWITCHBOARD [unittest options]
"""

import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

import test_decode  # noqa: E402
import test_tls  # noqa: E402
from net001 import (  # noqa: E402
    AUTH_REPLY, BROADCAST, ECHO, ECHO_REPLY, ERROR, PONG, TIMEOUT_SECONDS, Peer, auth, frame, ping, pong,
)
from serving import exchange, fill, serving  # noqa: E402
from test_decode import BUNDLED, PROTOCOLS, run, spec_file, specs, vectors  # noqa: E402
from wrong_input import expect_errors  # noqa: E402

CLIENTS = 50
REQUESTS = 20
CONNECTIONS = 1000
JOBS = 4
LISTEN = ["--listen", "127.0.0.1:0"]


def mock(*arguments, **options):
    return serving(test_decode.PATH, "mock", *arguments, **options)


class Answers(unittest.TestCase):
    def test_fields_of_the_request_and_examples_make_the_reply(self):
        with mock(BUNDLED) as server, Peer(server.port) as peer:
            peer.send(ping(5) + frame(ECHO, b"hi") + auth("alice", "s3cret") + frame(BROADCAST, b"x") + ping(6))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 5)))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"hi"))
            self.assertEqual(peer.receive(), (AUTH_REPLY, b"\0"))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 6)))
        self.assertEqual(len(server.errors.splitlines()), 1, server.errors)

    def test_rules_come_before_examples(self):
        rules = ["Auth: AuthReply success=true sessionID='one two'", "Ping: Pong timestamp=9", "Ping: Data data=0xff",
                 "Data: Error code=timeout message=\"too \\\"late\\\"\""]
        with mock(BUNDLED, *[word for rule in rules for word in ("--reply", rule)]) as server, Peer(server.port) as peer:
            peer.send(auth("alice", "x") + ping(5) + frame(8, b"?"))
            self.assertEqual(peer.receive(), (AUTH_REPLY, b"\1one two"))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 9)))
            self.assertEqual(peer.receive(), (8, b"\xff"))
            self.assertEqual(peer.receive(), (ERROR, b"\x09too \"late\""))

    def test_a_rule_takes_the_header_of_the_request(self):
        text = (
            "protocol: Modes\nversion: 1\nheartbeat: none\nenums:\n  Mode: { type: uint8, cases: { slow: 3, fast: 7 } }\n"
            "frame:\n  header:\n    - magic: { client: 0x80, server: 0x81 }\n    - type: uint8\n    - mode: Mode\n"
            "    - extra: { type: uint16, when: { mode: fast } }\n    - length: uint8\nmessages:\n"
            "  Ping: { code: 1, from: client, reply: Pong, fields: [ { name: t, type: uint8 } ] }\n"
            "  Pong: { code: 2, from: both, fields: [ { name: t, type: uint8, max: 9 } ] }\n"
        )
        with spec_file(text) as spec:
            with mock(spec, "--reply", "Ping: Pong t=5") as server:
                self.assertEqual(exchange(server.port, bytes.fromhex("8001030108")).hex(), "8102030105")
                self.assertEqual(exchange(server.port, bytes.fromhex("80010712340108")).hex(), "81020712340105")
            # A wrong value is found at the start all the same.
            status, _, errors = run("mock", spec, *LISTEN, "--reply", "Ping: Pong t=10")
            self.assertEqual(status, 1)
            self.assertIn("at most 9", errors)

    def test_the_number_of_the_request_is_in_the_reply(self):
        spec = PROTOCOLS / "Modbus.yaml"
        with tempfile.TemporaryDirectory() as folder:
            content = vectors(spec, folder)
        answered = {message["name"] for message in content["messages"] if message.get("reply")}
        requests = [vector for vector in content["vectors"] if vector["message"] in answered]
        with mock(spec) as server:
            self.assertGreater(len(requests), 3)
            for number, vector in enumerate(requests, 0x1230):
                reply = exchange(server.port, struct.pack(">H", number) + bytes.fromhex(vector["frame"])[2:])
                self.assertEqual(reply[:2], struct.pack(">H", number), vector)

    def test_requests_may_come_in_pieces(self):
        stream = ping(1) + frame(ECHO, b"x" * 60_000) + ping(2)
        with mock(BUNDLED, "--quiet") as server, Peer(server.port) as peer:
            for index in list(range(30)) + list(range(30, len(stream), 7919)) + [len(stream)]:
                start, end = (index, index + 1) if index < 30 else (index, min(index + 7919, len(stream)))
                peer.send(stream[start:end])
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 1)))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"x" * 60_000))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 2)))
        self.assertEqual(server.output, "")

    def test_every_request_of_every_spec_gets_its_reply(self):
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            counts = list(pool.map(lambda spec: self.check(spec, folder), specs()))
        self.assertGreater(sum(counts), 100)

    def check(self, spec, folder):
        """Sends an example of each request on a connection of its own; returns their number."""
        # The forms of frames depend on what was sent before.
        if "\nframes:" in spec.read_text():
            return 0
        content = vectors(spec, folder)
        replies = {message["name"]: message.get("reply") for message in content["messages"] if message["from"] == "client"}
        requests = {v["message"]: v for v in reversed(content["vectors"]) if replies.get(v["message"])}
        if not requests:
            return 0
        count = 0
        with mock(spec) as server:
            for name, vector in requests.items():
                data = bytes.fromhex(vector["frame"])
                reply = exchange(server.port, data)
                if not reply:
                    continue
                status, output, errors = run("decode", spec, "--from", "server", "--json", reply.hex())
                self.assertEqual(status, 0, (spec, name, output, errors))
                self.assertEqual([json.loads(line)["message"] for line in output.splitlines()], [replies[name]], (spec, name))
                count += 1
        # Only replies without an example and without a zero value are missing.
        reported = [line for line in server.errors.splitlines()[1:] if "has no example and no zero value" in line]
        self.assertEqual(len(server.errors.splitlines()) - 1, len(reported), (spec, server.errors))
        self.assertEqual(count + len(reported), len(requests), (spec, server.errors))
        return count


class Printing(unittest.TestCase):
    def test_frames_are_printed_as_decode_does(self):
        with mock(BUNDLED) as server:
            self.assertEqual(exchange(server.port, ping(5) + auth("alice", "s3cret")), pong(5) + frame(AUTH_REPLY, b"\0"))
        lines = server.output.split("\n\n")
        self.assertEqual(len(lines), 4, server.output)
        self.assertRegex(lines[0], r"^frame 1: Ping from the client, 20 bytes at offset 0, connection 1, 20\S+Z\n")
        self.assertRegex(lines[1], r"(?s)^frame 2: Pong from the server, 20 bytes at offset 0, connection 1, .*timestamp +uint64 +5\n")
        self.assertIn("<secret>", lines[2])

    def test_json(self):
        with mock(BUNDLED, "--json", "--show-secrets") as server:
            exchange(server.port, ping(5) + auth("alice", "s3cret"))
            exchange(server.port, ping(6))
        found = [json.loads(line) for line in server.output.splitlines()]
        self.assertEqual(
            [(item["connection"], item["from"], item["message"], item["offset"]) for item in found],
            [(1, "client", "Ping", 0), (1, "server", "Pong", 0), (1, "client", "Auth", 20), (1, "server", "AuthReply", 20),
             (2, "client", "Ping", 0), (2, "server", "Pong", 0)],
        )
        self.assertEqual(found[2]["fields"], {"username": "alice", "token": "s3cret"})
        self.assertRegex(found[0]["time"], r"^20\d\d-\d\d-\d\dT[\d:]+(\.\d+)?Z$")


    def test_an_output_that_cannot_be_written_ends_it(self):
        with open("/dev/full", "w") as full:
            words = [test_decode.PATH, "mock", BUNDLED, *LISTEN]
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        port = int(process.stderr.readline().rsplit(":", 1)[1])
        with Peer(port) as peer:
            peer.send(ping(5))
            _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
        self.assertEqual(process.returncode, 2)
        self.assertEqual(errors, "switchboard: error: cannot write to standard output: No space left on device\n")


class Clients(unittest.TestCase):
    def test_many_at_once(self):
        def client(number):
            with Peer(server.port) as peer:
                peer.send(b"".join(ping(number + index) for index in range(REQUESTS)))
                return all(peer.receive() == (PONG, struct.pack(">Q", number + index)) for index in range(REQUESTS))

        with mock(BUNDLED, "--json") as server, concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            self.assertTrue(all(pool.map(client, range(0, CLIENTS * REQUESTS, REQUESTS))))
        printed = len(server.output.splitlines())
        omitted = sum(int(line.split()[1]) for line in server.errors.splitlines() if "printed" in line)
        self.assertEqual(printed + omitted, 2 * CLIENTS * REQUESTS)

    def test_malformed_frames_close_the_connection(self):
        cases = [
            (frame(ECHO, b"", magic=1), "malformed frame at offset 20: its magic is 0x01, and must be 0xDEADBEEF"),
            (frame(ECHO, b"", checksum=1), "malformed frame at offset 20: its checksum does not match the bytes that it covers"),
            (frame(99), "malformed frame at offset 20: the client has no message with the code 99"),
            (pong(5), "malformed frame at offset 20: the client has no message with the code 2"),
        ]
        with mock(BUNDLED) as server:
            for data, _ in cases:
                self.assertEqual(exchange(server.port, ping(5) + data + ping(6)), pong(5))
            self.assertEqual(exchange(server.port, ping(5) + ping(6)[:-1]), pong(5))
            self.assertEqual(exchange(server.port, ping(7)), pong(7))
        lines = [f"connection {number}: closed: {text}" for number, (_, text) in enumerate(cases, 1)]
        lines += [f"connection {len(cases) + 1}: the client ended the connection within a frame, after 19 bytes of it"]
        self.assertEqual(server.errors.splitlines()[1:], [f"switchboard: {line}" for line in lines])

    def test_a_client_that_does_not_read_uses_bounded_memory(self):
        """The server stops reading requests, and answers others."""
        with mock(BUNDLED, "--quiet") as server, Peer(server.port) as slow, Peer(server.port) as other:
            fill(slow.socket, frame(ECHO, b"x" * 65_000))
            other.expect_alive()
            with open(f"/proc/{server.process.pid}/status") as status:
                peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
            self.assertLess(peak, 200_000)
            self.assertEqual(slow.receive(), (ECHO_REPLY, b"x" * 65_000))

    def test_further_connections_are_refused(self):
        with mock(BUNDLED, "--quiet") as server:
            peers = [Peer(server.port) for _ in range(CONNECTIONS)]
            for peer in peers:
                peer.expect_alive()
            with Peer(server.port) as refused:
                refused.expect_end()
            for peer in peers[1:]:
                peer.socket.close()
            peers[0].expect_alive()
            peers[0].socket.close()
        self.assertEqual(
            server.errors.splitlines()[1:],
            [f"switchboard: connection {CONNECTIONS + 1}: refused: there are {CONNECTIONS} connections"],
        )

    def test_sigint_ends_it_with_open_connections(self):
        with mock(BUNDLED, number=signal.SIGINT) as server:
            peer = Peer(server.port)
            peer.expect_alive()
        with peer:
            peer.expect_end()


class TLS(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority = test_tls.Authority(cls.folder, "authority")
        cls.certificate, cls.key = cls.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        cls.listening = ["--listen-cert", cls.certificate, "--listen-key", cls.key]

    def client(self, port, *certificate):
        context = test_tls.trusting(self.authority.path)
        if certificate:
            context.load_cert_chain(*certificate)
        return test_tls.SecurePeer(port, context)

    def test_clients_may_use_tls(self):
        with mock(BUNDLED, "--json", *self.listening) as server, self.client(server.port) as peer:
            for number in range(3):
                peer.expect_alive(number)
            peer.send(frame(ECHO, b"x" * 60_000))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"x" * 60_000))
        self.assertEqual(len(server.output.splitlines()), 8)
        self.assertEqual(len(server.errors.splitlines()), 1, server.errors)

    def test_the_command_call_reaches_it(self):
        with mock(BUNDLED, *self.listening) as server:
            words = ["call", BUNDLED, "Echo", "data=hi", "--connect", f"localhost:{server.port}", "--tls", "--json"]
            status, output, errors = run(*words, "--ca", self.authority.path)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual(json.loads(output)["fields"], {"data": b"hi".hex()})
            self.assertEqual(run(*words)[0], 1)
        self.assertRegex(server.errors.splitlines()[-1], "^switchboard: connection 2: broken: .*unknown ca")

    def test_a_client_that_does_not_read_is_read_no_more(self):
        with mock(BUNDLED, "--quiet", *self.listening) as server, self.client(server.port) as slow, self.client(server.port) as other:
            fill(slow.socket, frame(ECHO, b"x" * 65_000))
            other.expect_alive()
            self.assertEqual(slow.receive(), (ECHO_REPLY, b"x" * 65_000))

    def test_clients_without_a_handshake_are_refused(self):
        with mock(BUNDLED, *self.listening) as server:
            with Peer(server.port) as peer:
                peer.send(ping(5))
                peer.expect_end()
            with Peer(server.port):
                pass
            with self.client(server.port) as peer:
                peer.expect_alive()
        lines = server.errors.splitlines()[1:]
        self.assertEqual(len(lines), 2, server.errors)
        self.assertTrue(lines[0].startswith("switchboard: connection 1: broken: "), lines)
        text = "the peer closed the connection during the TLS handshake"
        self.assertEqual(lines[1], f"switchboard: connection 2: broken: {text}")

    def test_client_certificates(self):
        certificate, key = self.authority.issue("client", "DNS:client")
        with mock(BUNDLED, *self.listening, "--listen-client-ca", self.authority.path) as server:
            with self.client(server.port, certificate, key) as peer:
                peer.expect_alive()
            with self.assertRaises((ssl.SSLError, ConnectionError)), self.client(server.port) as peer:
                peer.expect_alive()
        self.assertRegex(server.errors.splitlines()[-1], "^switchboard: connection 2: broken: .*certificate")

    def test_wrong_options_have_one_clear_line(self):
        _, other_key = self.authority.issue("other", "DNS:other")
        text = pathlib.Path(self.folder, "text.pem")
        text.write_text("no certificate\n")
        base = ["mock", BUNDLED, *LISTEN]
        cases = [
            ([*base, "--listen-cert", self.certificate], 64, "--listen-cert and --listen-key require each other"),
            ([*base, "--listen-key", self.key], 64, "--listen-cert and --listen-key require each other"),
            ([*base, "--listen-client-ca", "x"], 64, "--listen-client-ca requires --listen-cert and --listen-key"),
            ([*base, "--listen-cert", "/nonexistent", "--listen-key", self.key], 2, "cannot read /nonexistent"),
            ([*base, "--listen-cert", text, "--listen-key", self.key], 1, str(text)),
            ([*base, "--listen-cert", self.certificate, "--listen-key", "/nonexistent"], 2, "cannot read /nonexistent"),
            ([*base, "--listen-cert", self.certificate, "--listen-key", other_key], 1, other_key),
            ([*base, *self.listening, "--listen-client-ca", text], 1, str(text)),
        ]
        expect_errors(self, run, cases)


class WrongInput(unittest.TestCase):
    def test_has_one_clear_line(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        rule = lambda text: ["mock", BUNDLED, *LISTEN, "--reply", text]  # noqa: E731
        cases = [
            (["mock", BUNDLED, "--listen", f"127.0.0.1:{taken.getsockname()[1]}"], 1, "address already in use"),
            (["mock", BUNDLED, "--listen", "name.invalid:0"], 1, "name.invalid"),
            (["mock", BUNDLED, "--listen", "127.0.0.1"], 64, "127.0.0.1 is not HOST:PORT, with a port from 0 to 65535: such as"),
            (["mock", BUNDLED, "--listen", "127.0.0.1:65536"], 64, "--listen"),
            (["mock", BUNDLED, "--listen", "127.0.0.1:-1"], 64, "--listen"),
            (["mock", BUNDLED], 64, "--listen"),
            (["mock", "/nonexistent", *LISTEN], 2, "cannot read /nonexistent"),
            (["mock", BUNDLED, *LISTEN, "--quiet", "--json"], 64, "--quiet"),
            (rule("Ping"), 1, "--reply 'Ping': write REQUEST: MESSAGE field=value …"),
            (rule(""), 1, "write REQUEST"),
            (rule("Ping:"), 1, "write REQUEST"),
            (rule("Pin: Pong"), 1, "no message `Pin`; did you mean `Ping`?"),
            (rule("Ping: Png"), 1, "no message `Png`"),
            (rule("Pong: Pong timestamp=1"), 1, "`Pong` is a message of the server"),
            (rule("Ping: Ping timestamp=1"), 1, "`Ping` is a message of clients"),
            (rule("Ping: Pong timestam=1"), 1, "no field `timestam`"),
            (rule("Ping: Pong timestamp=x"), 1, "timestamp"),
            (rule("Ping: Pong timestamp='1"), 1, "it has a ' without an end"),
            (rule("Ping: Pong timestamp=1 timestamp=2"), 1, "given twice"),
            (rule("Echo: EchoReply data=@/nonexistent"), 1, "/nonexistent"),
        ]
        expect_errors(self, run, cases)


if __name__ == "__main__":
    test_decode.PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
