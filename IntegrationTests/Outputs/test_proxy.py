"""Checks `switchboard proxy` between clients in Python and the server net001, or servers that misbehave.

    python3 IntegrationTests/Outputs/test_proxy.py PATH-OF-SWITCHBOARD [unittest options]

The command net001 is in the same folder.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

import command  # noqa: E402
import test_decode  # noqa: E402
from net001 import (  # noqa: E402
    BROADCAST, ECHO, ECHO_REPLY, PONG, TIMEOUT_SECONDS, Peer, auth, frame, ping, pong,
)
from serving import exchange, fill, serving  # noqa: E402
from test_decode import BUNDLED, PROTOCOLS, run  # noqa: E402
from test_tls import Authority  # noqa: E402
from wrong_input import expect_errors  # noqa: E402

GEARMAN = PROTOCOLS / "Gearman.yaml"
GEARMAN_ECHO = 16
CLIENTS = 50
REQUESTS = 10
FRAME_BYTES = 60_000
FRAMES = 100
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a reset at close


def proxy(port, *arguments, spec=BUNDLED):
    return serving(test_decode.PATH, "proxy", spec, "--connect", f"127.0.0.1:{port}", *arguments)


def gearman(size):
    """A frame of Gearman without a checksum, which a build for debugging takes apart quickly."""
    return struct.pack(">4sII", b"\0REQ", GEARMAN_ECHO, size) + os.urandom(size)


@contextlib.contextmanager
def scripted(serve):
    """Runs `serve(connection)` for the only client of a server; yields its port."""
    failures = []

    def run_server(listener):
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(TIMEOUT_SECONDS)
                serve(connection)
        except Exception as error:
            failures.append(error)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_SECONDS)
        thread = threading.Thread(target=run_server, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
    assert not failures, failures


def read_all(connection):
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def objects(running):
    return [json.loads(line) for line in running.output.splitlines()]


def summary(running):
    return [(item["connection"], item["from"], item["message"]) for item in objects(running)]


class Passing(unittest.TestCase):
    def test_messages_are_printed_as_they_pass(self):
        with command.server() as (port, _), proxy(port, "--json") as running, Peer(running.port) as peer:
            peer.expect_alive()
            peer.send(frame(ECHO, b"hi"))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"hi"))
        self.assertEqual(
            summary(running), [(1, "client", "Ping"), (1, "server", "Pong"), (1, "client", "Echo"), (1, "server", "EchoReply")]
        )
        times = [item["time"] for item in objects(running)]
        self.assertEqual(times, sorted(times))

    def test_text_hides_secrets(self):
        with command.server() as (port, _), proxy(port) as running, Peer(running.port) as peer:
            peer.send(auth("alice", "s3cret"))
            peer.receive()
        self.assertRegex(running.output, r"^frame 1: Auth from the client, 24 bytes at offset 0, connection 1, 20\S+Z\n")
        self.assertIn("<secret>", running.output)
        self.assertNotIn("s3cret", running.output)

    def test_many_clients_at_once(self):
        def client(number):
            with Peer(running.port) as peer:
                peer.send(b"".join(ping(number + index) for index in range(REQUESTS)))
                return all(peer.receive() == (PONG, struct.pack(">Q", number + index)) for index in range(REQUESTS))

        with command.server() as (port, _), proxy(port, "--json") as running:
            with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
                self.assertTrue(all(pool.map(client, range(0, CLIENTS * REQUESTS, REQUESTS))))
        self.assertEqual(len(running.output.splitlines()), 2 * CLIENTS * REQUESTS)

    def test_bytes_that_cannot_be_decoded_pass_unchanged(self):
        garbage = os.urandom(300_000)
        for options in ([], ["--drop", "Ping"]):
            with self.subTest(options), scripted(lambda connection: connection.sendall(read_all(connection))) as port:
                with proxy(port, "--json", *options) as running:
                    self.assertEqual(exchange(running.port, frame(BROADCAST, b"x") + garbage), frame(BROADCAST, b"x") + garbage)
                self.assertEqual([item["message"] for item in objects(running)][0], "Broadcast")
                lines = [line for line in running.errors.splitlines() if "without being decoded" in line]
                self.assertEqual(len(lines), 2, running.errors)
                self.assertIn("connection 1: the bytes of the client are passed on without being decoded from offset 13 on", lines[0])

    def test_a_slow_end_does_not_grow_memory(self):
        for options in ([], ["--corrupt", "CanDo"]):
            with self.subTest(options), contextlib.ExitStack() as stack:
                listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                running = stack.enter_context(proxy(listener.getsockname()[1], "--quiet", *options, spec=GEARMAN))
                peer = stack.enter_context(Peer(running.port))
                server = stack.enter_context(listener.accept()[0])
                server.settimeout(TIMEOUT_SECONDS)
                sent = fill(peer.socket, gearman(FRAME_BYTES))
                with open(f"/proc/{running.process.pid}/status") as status:
                    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
                self.assertLess(peak, 150_000)
                # The other direction goes on.
                reply = gearman(5).replace(b"REQ", b"RES")
                server.sendall(reply)
                self.assertEqual(peer.read(len(reply)), reply)
                peer.socket.shutdown(socket.SHUT_WR)
                self.assertEqual(len(read_all(server)), sent)

    def test_large_streams_are_unchanged(self):
        for options in ([], ["--corrupt", "CanDo"]):
            data = b"".join(gearman(FRAME_BYTES) for _ in range(FRAMES))
            received = []
            with self.subTest(options), scripted(lambda connection: received.append(read_all(connection))) as port:
                with proxy(port, "--quiet", *options, spec=GEARMAN) as running:
                    exchange(running.port, data)
            self.assertTrue(received[0] == data)


class Ends(unittest.TestCase):
    def test_a_half_close_is_passed_on(self):
        """The server reads to the end, and answers afterwards."""
        with scripted(lambda connection: connection.sendall(frame(BROADCAST, read_all(connection)))) as port:
            with proxy(port) as running:
                self.assertEqual(exchange(running.port, ping(5)), frame(BROADCAST, ping(5)))

    def test_a_half_close_of_the_server_is_passed_on(self):
        received, ended = [], threading.Event()

        def serve(connection):
            connection.sendall(pong(1))
            connection.shutdown(socket.SHUT_WR)
            received.append(read_all(connection))
            ended.set()

        with scripted(serve) as port, proxy(port) as running, Peer(running.port) as peer:
            self.assertEqual(read_all(peer.socket), pong(1))
            peer.send(ping(2))
            peer.socket.shutdown(socket.SHUT_WR)
            self.assertTrue(ended.wait(TIMEOUT_SECONDS))
        self.assertEqual(received, [ping(2)])

    def test_resets_are_passed_on(self):
        def reset(connection):
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

        with scripted(reset) as port, proxy(port) as running, Peer(running.port) as peer:
            peer.send(ping(1))
            with self.assertRaises(ConnectionResetError):
                peer.read(1)
        self.assertIn("connection 1: the connection with the server broke: connection reset by peer", running.errors)

        arrived, ended = threading.Event(), threading.Event()

        def expect_reset(connection):
            connection.recv(1)
            arrived.set()
            with self.assertRaises(ConnectionResetError):
                read_all(connection)
            ended.set()

        with scripted(expect_reset) as port, proxy(port) as running:
            with Peer(running.port) as peer:
                peer.send(ping(1))
                self.assertTrue(arrived.wait(TIMEOUT_SECONDS))
                peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.assertTrue(ended.wait(TIMEOUT_SECONDS))
        self.assertIn("connection 1: the connection with the client broke: connection reset by peer", running.errors)

    def test_a_server_that_is_not_there_resets_the_client(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            unused = listener.getsockname()[1]
        with proxy(unused) as running, self.assertRaises(ConnectionResetError), Peer(running.port) as peer:
            peer.read(1)
        self.assertIn("connection 1: cannot connect to", running.errors)
        self.assertIn("refused", running.errors)

    def test_a_stream_that_ends_within_a_frame_is_passed_on(self):
        for options in ([], ["--drop", "Pong"]):
            with self.subTest(options), scripted(lambda connection: connection.sendall(read_all(connection))) as port:
                with proxy(port, *options) as running:
                    self.assertEqual(exchange(running.port, frame(BROADCAST)[:-1]), frame(BROADCAST)[:-1])
                self.assertIn("the client ended the connection within a frame, after 11 bytes of it", running.errors)


class Rules(unittest.TestCase):
    def test_drop(self):
        with command.server() as (port, _), proxy(port, "--json", "--drop", "Echo") as running, Peer(running.port) as peer:
            peer.send(frame(ECHO, b"hi") + ping(5))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 5)))
        found = [(item["message"], item.get("action")) for item in objects(running)]
        self.assertEqual(found, [("Echo", "dropped"), ("Ping", None), ("Pong", None)])

    def test_corrupt(self):
        """The server finds the wrong checksum."""
        with command.server() as (port, _), proxy(port, "--json", "--corrupt", "Echo") as running, Peer(running.port) as peer:
            peer.send(ping(5) + frame(ECHO, b"hi"))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 5)))
            self.assertEqual(peer.error(), 5)
        actions = {item["message"]: item.get("action") for item in objects(running)}
        self.assertEqual(actions, {"Ping": None, "Echo": "corrupted", "Pong": None, "Error": None})

    def test_corrupt_changes_one_bit(self):
        received = []
        with scripted(lambda connection: received.append(read_all(connection))) as port:
            with proxy(port, "--corrupt", "Data") as running:
                exchange(running.port, frame(8, b"abc") + frame(8))
        changed = frame(8, b"abc").replace(b"abc", b"abb"), frame(8)[:6] + bytes([frame(8)[6] ^ 1]) + frame(8)[7:]
        self.assertEqual(received, [b"".join(changed)])

    def test_delay_keeps_the_order(self):
        words = ["--delay", "Echo=300", "--delay", "Pong=1"]
        with command.server() as (port, _), proxy(port, "--json", *words) as running, Peer(running.port) as peer:
            start = time.monotonic()
            peer.send(ping(1))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 1)))
            early = time.monotonic() - start
            start = time.monotonic()
            peer.send(frame(ECHO, b"1") + ping(5) + frame(ECHO, b"2"))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"1"))
            self.assertGreaterEqual(time.monotonic() - start, 0.3)
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 5)))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"2"))
        self.assertLess(early, 0.3)
        self.assertEqual(objects(running)[2]["action"], "delayed by 300 ms")

    def test_delayed_bytes_arrive_before_the_end(self):
        """More bytes than the proxy holds back are delayed."""
        data, received = b"".join(gearman(FRAME_BYTES) for _ in range(FRAMES // 2)), []
        with scripted(lambda connection: received.append(read_all(connection))) as port:
            with proxy(port, "--delay", "EchoRequest=100", "--quiet", spec=GEARMAN) as running:
                exchange(running.port, data)
        self.assertTrue(received == [data])


class Captures(unittest.TestCase):
    def fields(self, path, *names):
        words = [word for name in names for word in ("-e", name)]
        output = subprocess.run(
            ["tshark", "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", *words],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout
        return [line.split("\t") for line in output.splitlines()]

    @unittest.skipUnless(shutil.which("tshark") and shutil.which("capinfos"), "tshark and capinfos are missing")
    def test_tshark_reads_what_was_sent(self):
        with tempfile.TemporaryDirectory() as folder, command.server() as (port, _):
            path = pathlib.Path(folder) / "traffic.pcapng"
            large = frame(ECHO, b"x" * 60_000)
            with proxy(port, "--quiet", "--write", path) as running:
                self.assertEqual(exchange(running.port, ping(5)), pong(5))
                self.assertEqual(exchange(running.port, large * 2), frame(ECHO_REPLY, b"x" * 60_000) * 2)
            info = subprocess.run(["capinfos", "-t", "-E", path], capture_output=True, text=True, timeout=60, check=True).stdout
            self.assertIn("pcapng", info)
            self.assertIn("Raw IP", info)
            rows = self.fields(path, "tcp.stream", "tcp.dstport", "tcp.payload", "tcp.checksum.status", "ip.checksum.status",
                               "tcp.analysis.flags", "tcp.flags.fin")
            self.assertEqual({(row[3], row[4], row[5]) for row in rows}, {("1", "1", "")})
            sent = {}
            for stream, to, payload, *_ in rows:
                key = (stream, "client" if int(to) == port else "server")
                sent[key] = sent.get(key, "") + payload
            self.assertEqual(sent[("0", "client")], ping(5).hex())
            self.assertEqual(sent[("0", "server")], pong(5).hex())
            self.assertTrue(sent[("1", "client")] == (large * 2).hex())
            self.assertTrue(sent[("1", "server")] == (frame(ECHO_REPLY, b"x" * 60_000) * 2).hex())
            self.assertEqual(sum(row[6] in ("1", "True") for row in rows), 4)

    def test_files_that_cannot_be_written_are_refused(self):
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
            spec = pathlib.Path(folder) / "protocol.yaml"
            shutil.copy(BUNDLED, spec)
            kept = pathlib.Path(folder) / "kept"
            kept.write_text("kept")
            base = ["proxy", spec, "--connect", "127.0.0.1:1"]
            free = ["--listen", "127.0.0.1:0"]
            cases = [
                ([*base, *free, "--write", spec], 2, "same file as the input"),
                ([*base, *free, "--write", "/dev/null"], 2, "device"),
                ([*base, *free, "--write", folder], 2, "directory"),
                ([*base, *free, "--write", f"{folder}/none/x"], 2, "cannot write"),
                ([*base, "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--write", kept], 1, "address already in use"),
                ([*base, *free, "--write", kept, "--drop", "Pin"], 1, "did you mean"),
            ]
            expect_errors(self, run, cases)
            self.assertEqual((kept.read_text(), spec.read_text()), ("kept", BUNDLED.read_text()))


class TLS(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority = Authority(cls.folder, "authority")
        cls.certificate, cls.key = cls.authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        cls.connecting = ["--tls", "--ca", cls.authority.path]
        cls.listening = ["--listen-cert", cls.certificate, "--listen-key", cls.key]

    def server(self, *options):
        return command.server("--tls", "--cert", self.certificate, "--key", self.key, *options)

    @contextlib.contextmanager
    def client(self, port, *certificate):
        context = ssl.create_default_context(cafile=self.authority.path)
        if certificate:
            context.load_cert_chain(*certificate)
        with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
            with context.wrap_socket(connection, server_hostname="localhost") as stream:
                peer = Peer.__new__(Peer)
                peer.socket = stream
                yield peer

    def test_the_capture_has_the_plain_bytes(self):
        path = pathlib.Path(self.folder) / "plain.pcapng"
        with self.server() as (port, _), proxy(port, "--json", "--write", path, *self.connecting) as running:
            self.assertEqual(exchange(running.port, ping(5) + frame(ECHO, b"hi")), pong(5) + frame(ECHO_REPLY, b"hi"))
        self.assertEqual([name for *_, name in summary(running)], ["Ping", "Echo", "Pong", "EchoReply"])
        status, output, _ = run("decode", BUNDLED, path, "--json")
        self.assertEqual(status, 0)
        self.assertEqual([json.loads(line)["message"] for line in output.splitlines()], ["Ping", "Echo", "Pong", "EchoReply"])

    def test_both_ends_may_use_tls(self):
        with self.server() as (port, _), proxy(port, "--json", *self.connecting, *self.listening) as running:
            for number in range(3):
                with self.client(running.port) as peer:
                    peer.expect_alive(number)
                    peer.send(frame(ECHO, b"x" * 60_000))
                    self.assertEqual(peer.receive(), (ECHO_REPLY, b"x" * 60_000))
        self.assertEqual(len(objects(running)), 12)

    def test_only_clients_may_use_tls_and_the_server_may_speak_first(self):
        def serve(connection):
            connection.sendall(pong(1))
            self.assertEqual(read_all(connection), ping(2))

        with scripted(serve) as port, proxy(port, *self.listening) as running, self.client(running.port) as peer:
            self.assertEqual(peer.receive()[0], PONG)
            peer.send(ping(2))
            peer.socket.unwrap()

    def test_client_certificates(self):
        certificate, key = self.authority.issue("client", "DNS:client")
        ca = self.authority.path
        with self.server("--client-ca", ca) as (port, _):
            with proxy(port, *self.connecting, "--cert", certificate, "--key", key, *self.listening, "--listen-client-ca", ca) as running:
                with self.client(running.port, certificate, key) as peer:
                    peer.expect_alive()
                with self.assertRaises((ssl.SSLError, ConnectionError)), self.client(running.port) as peer:
                    peer.expect_alive()
            self.assertIn("connection 2: the connection with the client broke: ", running.errors)
            with proxy(port, *self.connecting) as running, self.assertRaises(ConnectionError), Peer(running.port) as peer:
                peer.send(ping(1))
                peer.read(1)
            self.assertIn("connection 1: the connection with the server broke: ", running.errors)

    def test_servers_that_cannot_be_trusted_are_refused(self):
        with self.server() as (port, _), command.server() as (plain_port, _):
            cases = [
                (port, ["--tls"], "certificate"),
                (port, [*self.connecting, "--server-name", "elsewhere.example"], "hostname mismatch"),
                (plain_port, self.connecting, "TLS"),
            ]
            for to, options, text in cases:
                with self.subTest(options):
                    # The proxy may reset the connection before the client knows that there is one.
                    with proxy(to, *options) as running, self.assertRaises(ConnectionResetError), Peer(running.port) as peer:
                        peer.send(ping(1))
                        peer.read(1)
                    self.assertRegex(running.errors, f"connection 1: the connection with the server broke: .*{text}")
                    self.assertEqual(running.output, "")
            for options in (["--tls", "--insecure"], [*self.connecting, "--server-name", "localhost"]):
                with self.subTest(options), proxy(port, *options) as running, Peer(running.port) as peer:
                    peer.expect_alive()

    def test_clients_without_tls_are_refused(self):
        with self.server() as (port, _), proxy(port, *self.connecting, *self.listening) as running:
            with self.assertRaises(ConnectionError), Peer(running.port) as peer:
                peer.send(ping(1))
                while peer.socket.recv(4096):
                    pass
                raise ConnectionError
            with self.client(running.port) as peer:
                peer.expect_alive()
        self.assertIn("connection 1: the connection with the client broke: ", running.errors)

    def test_ends_of_streams_and_large_streams_pass_between_two_proxies(self):
        """The server reads to the end, and answers afterwards; TLS is between the proxies."""
        data = b"".join(gearman(FRAME_BYTES) for _ in range(FRAMES))
        for sent in (data, data[:-1]):
            with contextlib.ExitStack() as stack:
                port = stack.enter_context(scripted(lambda connection: connection.sendall(read_all(connection))))
                inner = stack.enter_context(proxy(port, "--quiet", *self.listening, spec=GEARMAN))
                outer = stack.enter_context(proxy(inner.port, "--quiet", *self.connecting, spec=GEARMAN))
                self.assertTrue(exchange(outer.port, sent) == sent)

    def test_a_slow_end_does_not_grow_memory(self):
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            inner = stack.enter_context(proxy(listener.getsockname()[1], "--quiet", *self.listening, spec=GEARMAN))
            outer = stack.enter_context(proxy(inner.port, "--quiet", *self.connecting, spec=GEARMAN))
            peer = stack.enter_context(Peer(outer.port))
            server = stack.enter_context(listener.accept()[0])
            server.settimeout(TIMEOUT_SECONDS)
            sent = fill(peer.socket, gearman(FRAME_BYTES))
            for running in (inner, outer):
                with open(f"/proc/{running.process.pid}/status") as status:
                    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
                self.assertLess(peak, 150_000)
            peer.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(len(read_all(server)), sent)


class WrongInput(unittest.TestCase):
    def test_has_one_clear_line(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        base = ["proxy", BUNDLED, "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:1"]
        cases = [
            (["proxy", BUNDLED, "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--connect", "127.0.0.1:1"], 1, "address already in use"),
            (["proxy", BUNDLED, "--listen", "127.0.0.1:0"], 64, "--connect"),
            (["proxy", BUNDLED, "--connect", "127.0.0.1:1"], 64, "--listen"),
            (["proxy", BUNDLED, "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:0"], 64, "--connect"),
            (["proxy", BUNDLED, "--listen", "127.0.0.1:0", "--connect", "name.invalid:1"], 1, "name.invalid"),
            (["proxy", "/nonexistent", *base[2:]], 2, "cannot read /nonexistent"),
            ([*base, "--drop", "Pin"], 1, "--drop: no message `Pin`; did you mean `Ping`?"),
            ([*base, "--corrupt", "ping"], 1, "--corrupt: no message `ping`; did you mean `Ping`?"),
            ([*base, "--delay", "Pin=5"], 1, "--delay: no message `Pin`"),
            ([*base, "--delay", "Ping"], 64, "Ping is not MESSAGE=MS, with a time from 1 to 600000 milliseconds"),
            ([*base, "--delay", "Ping=0"], 64, "Ping=0 is not MESSAGE=MS, with a time from 1 to 600000 milliseconds"),
            ([*base, "--delay", "Ping=1e3"], 64, "Ping=1e3 is not MESSAGE=MS"),
            ([*base, "--delay", "Ping=600001"], 64, "--delay"),
            ([*base, "--quiet", "--json"], 64, "--quiet"),
            ([*base, "--ca", "x"], 64, "--ca: these options require --tls"),
            ([*base, "--tls", "--cert", "x"], 64, "--cert and --key require each other"),
            ([*base, "--tls", "--server-name", "[x]"], 64, "--server-name [x] is neither a host name nor an address"),
            ([*base, "--tls", "--ca", "/nonexistent"], 2, "cannot read /nonexistent"),
            ([*base, "--listen-cert", "x"], 64, "--listen-cert and --listen-key require each other"),
            ([*base, "--listen-client-ca", "x"], 64, "--listen-client-ca requires --listen-cert and --listen-key"),
            ([*base, "--listen-cert", "/nonexistent", "--listen-key", "/nonexistent"], 2, "cannot read /nonexistent"),
        ]
        expect_errors(self, run, cases)


if __name__ == "__main__":
    test_decode.PATH = os.path.abspath(sys.argv.pop(1))
    command.PATH = str(pathlib.Path(test_decode.PATH).with_name("net001"))
    unittest.main()
