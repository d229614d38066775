"""Checks `switchboard replay` with captures of `switchboard proxy` and of this suite, and servers that answer the same or not.

    python3 IntegrationTests/Outputs/test_replay.py PATH-OF-SWITCHBOARD [unittest options]

The command net001 is in the same folder.
"""

import contextlib
import json
import os
import pathlib
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
from captures import Capture  # noqa: E402
from net001 import (  # noqa: E402
    BROADCAST, DATA, ECHO, ECHO_REPLY, ERROR, PONG, TIMEOUT_SECONDS, Peer, auth, frame, ping, pong,
)
from serving import exchange, serving  # noqa: E402
from test_decode import BUNDLED, PROTOCOLS, run  # noqa: E402
from test_proxy import GEARMAN, GEARMAN_ECHO, RESET, gearman, proxy, read_all, scripted  # noqa: E402
from wrong_input import expect_errors  # noqa: E402

MODBUS = PROTOCOLS / "Modbus.yaml"
PORT = 6001
CONNECTIONS = 60
LARGE_FRAMES = 200
UNREAD_FRAMES = 120  # more than the system keeps for a server that reads nothing
LARGE_BYTES = 60_000
LARGE_RESIDENT_KB = 48_000  # the capture has 24 MB
SUMMARY = "sent {} on {}; messages of the server: {} equal, {} different, {} missing, {} unexpected"


def summary(messages, connections, equal, different=0, missing=0, unexpected=0):
    nouns = f"{messages} message{'s' * (messages != 1)}", f"{connections} connection{'s' * (connections != 1)}"
    return SUMMARY.format(*nouns, equal, different, missing, unexpected)


def mock(*arguments, spec=BUNDLED):
    return serving(test_decode.PATH, "mock", spec, "--quiet", *arguments)


def answer(request):
    """Returns the frame with which a server of Gearman answers an EchoRequest."""
    return struct.pack(">4sI", b"\0RES", GEARMAN_ECHO + 1) + request[8:]


def read(connection, count):
    """Returns exactly `count` bytes."""
    parts = bytearray()
    while len(parts) < count:
        parts += connection.recv(count - len(parts))
    return bytes(parts)


def modbus(number, code, payload, unit=17):
    return struct.pack(">HHHB", number, 0, len(payload) + 2, unit) + bytes([code]) + payload


def speak_and_end(connection):
    """A server that sends a message first, and ends its side before the client does."""
    connection.sendall(pong(1))
    connection.shutdown(socket.SHUT_WR)
    read_all(connection)


class Suite(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = pathlib.Path(self.folder) / "traffic.pcapng"

    def capture(self, *segments, connections=1):
        """Writes a capture of a connection with these segments, each an end and its bytes."""
        capture = Capture()
        for _ in range(connections):
            capture.connection(PORT, *segments)
        capture.write(self.path)

    @contextlib.contextmanager
    def recording(self, port, spec=BUNDLED):
        """Runs a proxy to the server at `port` that records; yields the port of the proxy."""
        with proxy(port, "--quiet", "--write", self.path, spec=spec) as running:
            yield running.port

    def replay(self, port, *arguments, spec=BUNDLED, capture=None):
        return run("replay", spec, capture or self.path, "--connect", f"127.0.0.1:{port}", *arguments)

    def differences(self, port, *arguments, **options):
        """Returns the exit status, the objects of the differences, and the numbers."""
        status, output, errors = self.replay(port, "--json", *arguments, **options)
        self.assertEqual(errors, "")
        *found, numbers = [json.loads(line) for line in output.splitlines()]
        return status, found, numbers


class Equal(Suite):
    def expect_equal(self, port, line, *arguments, **options):
        self.assertEqual(self.replay(port, *arguments, **options), (0, line + "\n", ""))

    def test_a_server_answers_as_it_was_recorded(self):
        with command.server() as (port, _):
            with self.recording(port) as recording, Peer(recording) as peer:
                peer.send(ping(5))
                self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 5)))
                peer.send(frame(ECHO, b"x" * 60_000) + ping(6) + frame(ECHO))
                self.assertEqual([peer.receive()[0] for _ in range(3)], [ECHO_REPLY, PONG, ECHO_REPLY])
            self.expect_equal(port, summary(4, 1, 4))

    def test_a_mock_answers_as_a_server(self):
        """The capture is one of net001, and the server a mock."""
        with command.server() as (port, _), self.recording(port) as recording:
            exchange(recording, ping(5) + frame(ECHO, b"hi") + ping(6))
        with mock() as server:
            self.expect_equal(server.port, summary(3, 1, 3))

    def test_connections_are_replayed_side_by_side_in_the_order_of_the_capture(self):
        """What one client broadcasts, the other receives."""
        with command.server() as (port, _):
            with self.recording(port) as recording, Peer(recording) as first, Peer(recording) as second:
                for peer in (first, second):
                    peer.expect_alive()
                for number in range(3):
                    first.send(frame(BROADCAST, b"%d" % number))
                    self.assertEqual(second.receive(), (BROADCAST, b"%d" % number))
                    second.send(frame(BROADCAST, b"answer"))
                    self.assertEqual(first.receive(), (BROADCAST, b"answer"))
            self.expect_equal(port, summary(8, 2, 8))

    def test_many_connections(self):
        with command.server() as (port, _):
            with self.recording(port) as recording, contextlib.ExitStack() as stack:
                for peer in [stack.enter_context(Peer(recording)) for _ in range(CONNECTIONS)]:
                    peer.expect_alive()
            self.expect_equal(port, summary(CONNECTIONS, CONNECTIONS, CONNECTIONS))

    def test_malformed_messages_are_sent_as_they_are(self):
        with command.server() as (port, _):
            with self.recording(port) as recording, Peer(recording) as peer:
                peer.send(frame(ECHO, b"hi", checksum=1))
                self.assertEqual(peer.error(), 5)
                peer.expect_alive()
            self.expect_equal(port, summary(2, 1, 2))

    def test_a_half_close_is_replayed(self):
        """The server reads to the end, and answers afterwards."""
        def serve(connection):
            connection.sendall(frame(BROADCAST, read_all(connection)))

        with scripted(serve) as port, self.recording(port) as recording:
            self.assertEqual(exchange(recording, ping(5)), frame(BROADCAST, ping(5)))
        with scripted(serve) as port:
            self.expect_equal(port, summary(1, 1, 1))

    def test_a_server_that_speaks_and_ends_first(self):
        with scripted(speak_and_end) as port, self.recording(port) as recording, Peer(recording) as peer:
            self.assertEqual(read_all(peer.socket), pong(1))
        with scripted(speak_and_end) as port:
            self.expect_equal(port, summary(0, 1, 1))

    def test_a_server_may_reset_a_connection_as_in_the_capture(self):
        data = frame(DATA, b"x") * 50

        def serve(connection):
            read(connection, len(data))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

        with scripted(serve) as port, self.recording(port) as recording, Peer(recording) as peer:
            peer.send(data)
            with self.assertRaises(ConnectionResetError):
                peer.read(1)
        with scripted(serve) as port:
            self.expect_equal(port, summary(50, 1, 0))

    def test_replies_with_a_correlation_may_come_in_another_order(self):
        requests = [modbus(number, 3, struct.pack(">HH", number, 1)) for number in (1, 2, 3)]
        replies = [modbus(number, 3, b"\2" + struct.pack(">H", number)) for number in (1, 2, 3)]
        self.capture(*[("client", part) for part in requests], *[("server", part) for part in replies])

        def serve(connection):
            received = b""
            while len(received) < len(b"".join(requests)):
                received += connection.recv(4096)
            connection.sendall(b"".join(reversed(replies)))
            read_all(connection)

        with scripted(serve) as port:
            self.expect_equal(port, summary(3, 1, 3), spec=MODBUS)
        with scripted(serve) as port:
            status, output, errors = self.replay(port, "--ignore", "transaction", spec=MODBUS)
        self.assertEqual((status, output.splitlines()[-1], errors), (1, summary(3, 1, 1, different=2), ""))

    def test_tls(self):
        self.capture(("client", ping(5)), ("server", pong(5)))
        certificate, key = command.self_signed_certificate(self.folder, "-addext", "subjectAltName=DNS:localhost")
        with command.server("--tls", "--cert", certificate, "--key", key) as (port, _):
            words = ["replay", BUNDLED, self.path, "--connect", f"localhost:{port}", "--tls"]
            self.assertEqual(run(*words, "--ca", certificate), (0, summary(1, 1, 1) + "\n", ""))
            status, output, errors = run(*words)
        self.assertEqual((status, output), (1, ""))
        self.assertIn("certificate", errors)

    def test_memory_does_not_depend_on_the_size_of_the_capture(self):
        requests = [gearman(LARGE_BYTES) for _ in range(LARGE_FRAMES)]
        replies = [answer(request) for request in requests]
        self.capture(*[segment for pair in zip(requests, replies) for segment in zip(("client", "server"), pair)])

        process, peaks = [], []

        def serve(connection):
            for request, reply in zip(requests, replies):
                self.assertTrue(read(connection, len(request)) == request)
                connection.sendall(reply)
            with open(f"/proc/{process[0].pid}/status") as status:
                peaks.extend(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
            read_all(connection)

        with scripted(serve) as port:
            words = [test_decode.PATH, "replay", GEARMAN, self.path, "--connect", f"127.0.0.1:{port}"]
            process.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            output, _ = process[0].communicate(timeout=TIMEOUT_SECONDS * 3)
        self.assertEqual((process[0].returncode, output), (0, summary(LARGE_FRAMES, 1, LARGE_FRAMES) + "\n"))
        self.assertLess(peaks[0], LARGE_RESIDENT_KB)


class Pace(Suite):
    """Packets of `Capture` are a second apart: the client's message comes two seconds after the server's."""

    def replay_times(self, *arguments):
        self.capture(("client", ping(1)), ("server", pong(1)), ("client", ping(2)), ("server", pong(2)))
        times = []

        def serve(connection):
            for number in (1, 2):
                self.assertEqual(connection.recv(4096), ping(number))
                times.append(time.monotonic())
                connection.sendall(pong(number))
            read_all(connection)

        with scripted(serve) as port:
            self.assertEqual(self.replay(port, *arguments), (0, summary(2, 1, 2) + "\n", ""))
        return times[1] - times[0]

    def test_real_keeps_the_pauses(self):
        self.assertGreaterEqual(self.replay_times("--pace", "real"), 0.99)

    def test_pauses_are_limited(self):
        self.assertLess(self.replay_times("--pace", "real", "--max-pause", "0.1"), 0.9)

    def test_fast_has_no_pauses(self):
        self.assertLess(self.replay_times("--pace", "fast"), 0.9)


class Different(Suite):
    def test_fields_that_differ_are_named(self):
        self.capture(("client", ping(5) + frame(ECHO, b"hello")), ("server", pong(5) + frame(ECHO_REPLY, b"hello")))
        with mock("--reply", "Ping: Pong timestamp=6") as server:
            status, output, errors = self.replay(server.port)
            self.assertEqual((status, errors), (1, ""))
            self.assertRegex(output, r"^frame 3: Pong from the server, connection 1, 2023-11-14T\S+Z\n")
            self.assertIn("\n  timestamp\n    expected  5\n    got       6\n\n", output)
            self.assertEqual(output.splitlines()[-1], summary(2, 1, 1, different=1))
            status, found, numbers = self.differences(server.port)
        self.assertEqual((status, len(found)), (1, 1))
        self.assertEqual((found[0]["difference"], found[0]["number"], found[0]["fields"]), ("fields", 3, ["timestamp"]))
        self.assertEqual((found[0]["expected"]["fields"], found[0]["got"]["fields"]), ({"timestamp": 5}, {"timestamp": 6}))
        self.assertEqual(numbers, {"connections": 1, "sent": 2, "equal": 1, "different": 1, "missing": 0, "unexpected": 0,
                                   "notReplayed": 0, "cutConnections": 0})

    def test_the_guide_shows_what_replay_prints(self):
        guide = (REPOSITORY / "Docs/CommandLine.md").read_text()
        shown = guide.split("$ switchboard replay protocol.yaml traffic.pcapng --connect localhost:6001\n")[1].split("```")[0]
        self.capture(("client", ping(5)), ("server", pong(5)), ("client", frame(ECHO, b"hi")), ("server", frame(ECHO_REPLY, b"hi")))
        with mock("--reply", "Ping: Pong timestamp=6", "--reply", "Echo: Error code=rateLimited message=slower") as server:
            status, output, _ = self.replay(server.port)
        self.assertEqual((status, output), (1, shown))

    def test_long_values_are_shown_where_they_differ(self):
        data = bytes(range(256)) * 10
        self.capture(("client", frame(ECHO, data)), ("server", frame(ECHO_REPLY, data[:-1] + b"?")))
        with command.server() as (port, _):
            status, output, _ = self.replay(port)
        self.assertEqual(status, 1)
        self.assertIn("    expected  3f from byte 2559 on\n    got       ff from byte 2559 on\n", output)

    def test_another_message(self):
        self.capture(("client", frame(ECHO, b"hi")), ("server", frame(ECHO_REPLY, b"hi")))
        with mock("--reply", "Echo: Error code=rateLimited message=slower") as server:
            status, output, _ = self.replay(server.port)
            self.assertEqual(status, 1)
            self.assertIn('  expected  EchoReply { data: 6869 }\n  got       Error { code: rateLimited, message: "slower" }\n', output)
            status, found, _ = self.differences(server.port)
        self.assertEqual((found[0]["difference"], found[0]["got"]["message"]), ("message", "Error"))

    def test_fields_of_the_header_and_of_lists(self):
        request = modbus(7, 3, struct.pack(">HH", 0, 3))
        self.capture(("client", request), ("server", modbus(7, 3, b"\6" + struct.pack(">HHH", 1, 2, 3))))
        for reply, names in [(modbus(7, 3, b"\6" + struct.pack(">HHH", 1, 5, 3), unit=18), ["unit", "registers[1]"]),
                             (modbus(7, 3, b"\4" + struct.pack(">HH", 1, 2)), ["registers[2]"])]:
            def serve(connection, reply=reply):
                connection.recv(4096)
                connection.sendall(reply)
                read_all(connection)

            with self.subTest(names), scripted(serve) as port:
                status, found, _ = self.differences(port, spec=MODBUS)
            self.assertEqual((status, found[0]["fields"]), (1, names))

    def test_ignored_fields_and_messages(self):
        self.capture(("client", ping(5)), ("server", pong(5)), ("client", frame(ECHO, b"hi")), ("server", frame(ECHO_REPLY, b"hi")))
        rules = ["--reply", "Ping: Pong timestamp=6", "--reply", "Echo: Broadcast message=news", "--reply", "Echo: EchoReply data=longer"]
        with mock(*rules) as server:
            ignored = ["--ignore", "Pong.timestamp", "--ignore", "Broadcast", "--ignore", "data"]
            self.assertEqual(self.replay(server.port, *ignored), (0, summary(2, 1, 2) + "\n", ""))
            for left in range(0, 6, 2):
                with self.subTest(ignored[left + 1]):
                    self.assertEqual(self.replay(server.port, *(ignored[:left] + ignored[left + 2:]))[0], 1)
            # Whole messages of the capture are skipped, too.
            ignored = ["--ignore", "Pong", "--ignore", "Broadcast", "--ignore", "EchoReply"]
            self.assertEqual(self.replay(server.port, *ignored), (0, summary(2, 1, 0) + "\n", ""))

    def test_secrets_are_hidden(self):
        self.capture(("client", auth("alice", "one")), ("server", auth("alice", "s3cret")))
        with scripted(lambda connection: (connection.recv(4096), connection.sendall(auth("alice", "0ther")))) as port:
            status, output, _ = self.replay(port)
        self.assertEqual(status, 1)
        self.assertNotIn("s3cret", output)
        self.assertNotIn("0ther", output)

    def test_messages_more_than_in_the_capture(self):
        self.record_ping()
        with mock("--reply", "Ping: Pong timestamp=5", "--reply", "Ping: Broadcast message=news") as server:
            status, output, _ = self.replay(server.port)
            self.assertEqual((status, output.splitlines()[-1]), (1, summary(1, 1, 1, unexpected=1)))
            self.assertIn("connection 1: a message more than in the capture\n  expected  nothing\n  got       Broadcast {", output)
            _, found, _ = self.differences(server.port)
        self.assertEqual((found[0]["difference"], found[0]["got"]["message"]), ("unexpected", "Broadcast"))

    def record_ping(self):
        """Records a Ping and its Pong, with the end of the connection."""
        with command.server() as (port, _), self.recording(port) as recording:
            self.assertEqual(exchange(recording, ping(5)), pong(5))

    def test_a_server_that_does_not_answer(self):
        self.capture(("client", ping(5)), ("server", pong(5)), ("client", ping(6)), ("server", pong(6)))
        received = []
        with scripted(lambda connection: received.append(read_all(connection))) as port:
            status, output, errors = self.replay(port, "--timeout", "0.5")
        self.assertEqual((status, errors, received), (1, "", [ping(5)]))
        self.assertIn("  expected  Pong { timestamp: 5 }\n  got       nothing within 0.5 seconds (--timeout)\n", output)
        self.assertEqual(output.splitlines()[-1], summary(1, 1, 0, missing=1) + "; 2 messages not replayed")

    def test_a_server_that_ends_or_resets_the_connection(self):
        def reset(connection):
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

        def end_within_frame(connection):
            connection.recv(4096)
            connection.sendall(pong(5)[:-1])
            connection.shutdown(socket.SHUT_WR)
            read_all(connection)

        self.capture(("client", ping(5)), ("server", pong(5)))
        cases = [(reset, "nothing: the connection broke: connection reset by peer"),
                 (lambda connection: connection.recv(4096), "nothing: the server ended the connection"),
                 (end_within_frame, "nothing: the server ended the connection within a frame, after 19 bytes of it"),
                 (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "a malformed frame: ")]
        for serve, text in cases:
            with self.subTest(text), scripted(serve) as port:
                status, output, errors = self.replay(port)
                self.assertEqual((status, errors), (1, ""))
                self.assertIn(text, output)

    def test_a_server_that_ends_before_a_message_without_a_reply(self):
        """The server ends the first connection before it answers the second one."""
        data = frame(DATA, b"x")
        with command.server() as (port, _), self.recording(port) as recording, Peer(recording) as first, Peer(recording) as second:
            first.expect_alive()
            second.expect_alive()
            first.send(data)
            second.expect_alive()
            first.send(data)
            second.expect_alive()

        def answer_ping(connection):
            connection.sendall(frame(PONG, read(connection, len(ping()))[8:16]))

        def serve(listener):
            with contextlib.ExitStack() as connections:
                with listener.accept()[0] as first:
                    answer_ping(first)
                    # In the capture, the second connection may begin after the first message.
                    second = connections.enter_context(listener.accept()[0])
                    answer_ping(second)
                    read(first, len(data))
                answer_ping(second)
                answer_ping(second)
                read_all(second)

        for arguments in ([], ["--json"]):
            with self.subTest(arguments), socket.create_server(("127.0.0.1", 0)) as listener:
                thread = threading.Thread(target=serve, args=(listener,))
                thread.start()
                status, output, errors = self.replay(listener.getsockname()[1], *arguments)
                thread.join()
                self.assertEqual((status, errors), (1, ""))
                if arguments:
                    end = {"difference": "end", "connection": 1, "number": 8, "reason": "the server ended the connection"}
                    self.assertEqual(json.loads(output.splitlines()[0]), end)
                else:
                    text = "connection 1: the end\n  expected  the server reads frame 8\n  got       the server ended the connection\n"
                    self.assertEqual(output, f"{text}\n{summary(6, 2, 4, missing=1)}\n")

    def test_a_server_that_does_not_read_all_messages_without_a_reply(self):
        data = frame(DATA, b"x") * 50
        with command.server() as (port, _), self.recording(port) as recording:
            self.assertEqual(exchange(recording, data), b"")
        # The connection is reset, because the server leaves bytes unread.
        with scripted(lambda connection: connection.recv(1)) as port:
            status, output, errors = self.replay(port)
        self.assertEqual((status, errors), (1, ""))
        self.assertRegex(output, r"connection 1: the end\n  expected  the server reads (frame \d+|all messages)\n  got       the ")
        self.assertEqual(output.splitlines()[-1], summary(50, 1, 0, missing=1))

    def test_a_server_that_does_not_end_the_connection_as_in_the_capture(self):
        with scripted(speak_and_end) as port, self.recording(port) as recording, Peer(recording) as peer:
            self.assertEqual(read_all(peer.socket), pong(1))
        with scripted(lambda connection: (connection.sendall(pong(1)), read_all(connection))) as port:
            status, output, _ = self.replay(port, "--timeout", "0.5")
        self.assertEqual((status, output.splitlines()[-1]), (1, summary(0, 1, 1, missing=1)))
        self.assertIn("connection 1: the end\n  expected  the server ends the connection\n", output)

    def test_a_server_that_does_not_read(self):
        self.capture(*[("client", gearman(LARGE_BYTES))] * UNREAD_FRAMES)
        ended = threading.Event()
        with scripted(lambda connection: ended.wait(3 * TIMEOUT_SECONDS)) as port:
            status, output, errors = self.replay(port, "--timeout", "0.5", spec=GEARMAN)
            ended.set()
        self.assertEqual(status, 1)
        self.assertIn("the rest of connection 1 is not replayed: the server has read nothing within 0.5 seconds", errors)

    def test_a_server_that_refuses_the_connection(self):
        self.capture(("client", ping(5)), ("server", pong(5)))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            unused = listener.getsockname()[1]
        expect_errors(self, run, [(["replay", BUNDLED, self.path, "--connect", f"127.0.0.1:{unused}"], 1, "refused")])


class Captures(Suite):
    def packets(self, *segments):
        capture = Capture()
        capture.connection(PORT, *segments)
        return capture

    def test_a_connection_without_its_beginning_is_not_replayed(self):
        capture = self.packets(("client", ping(5)), ("server", pong(5)))
        del capture.packets[:3]
        capture.write(self.path)
        with command.server() as (port, _):
            status, output, errors = self.replay(port)
            self.assertEqual((status, output), (1, ""))
            self.assertIn("connection 1 is not replayed: the capture begins within it", errors)
            self.assertIn("error: the capture has the beginning of no TCP connection", errors)
            capture.connection(PORT, ("client", ping(5)), ("server", pong(5)))
            capture.write(self.path)
            status, output, errors = self.replay(port)
        self.assertEqual((status, output), (0, summary(1, 1, 1) + "; 1 connection without a beginning\n"))

    def test_a_capture_that_ends_before_the_replies(self):
        """What the server sends behind the end of the capture is no difference."""
        self.capture(("client", ping(5)), ("server", pong(5)), ("client", ping(6) + ping(7)))
        with command.server() as (port, _):
            self.assertEqual(self.replay(port), (0, summary(3, 1, 1) + "\n", ""))

    def test_parts_of_messages_and_missing_bytes_end_the_replay_of_a_connection(self):
        capture = self.packets(("client", ping(5)), ("server", pong(5)), ("client", ping(6)), ("server", pong(6)), ("client", ping(7)), ("server", pong(7)))
        partial = self.packets(("client", ping(5)), ("server", pong(5)), ("client", ping(6)[:-1]))
        del capture.packets[6]
        with command.server() as (port, _):
            for packets, text in [(capture, "lacks a packet"), (partial, "only a part of a message")]:
                packets.write(self.path)
                with self.subTest(text):
                    status, output, errors = self.replay(port)
                    self.assertEqual(status, 1)
                    self.assertIn("the rest of connection 1 is not replayed: ", errors)
                    self.assertIn(text, errors)
                    self.assertIn(" 1 equal, 0 different", output)

    def test_other_protocols_are_not_sent(self):
        received = []
        self.capture(("client", b"GET / HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\n"))
        with scripted(lambda connection: received.append(read_all(connection))) as port:
            status, output, errors = self.replay(port)
        self.assertEqual((status, output, received), (1, "", [b""]))
        self.assertIn("the bytes of the client are no message: ", errors)
        self.assertIn("error: the capture has no message of a client", errors)

    def test_tls_is_refused(self):
        context = ssl.create_default_context()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        self.capture(("client", outgoing.read()), ("server", os.urandom(100)))
        with mock() as server:
            status, output, errors = self.replay(server.port)
        self.assertEqual((status, output, len(errors.splitlines())), (1, "", 1), errors)
        self.assertIn("connection 1 of the capture is encrypted with TLS", errors)

    def test_the_port_selects_connections(self):
        capture = self.packets(("client", ping(5)), ("server", pong(5)))
        capture.connection(PORT + 1, ("client", ping(6)), ("server", pong(7)))
        capture.write(self.path)
        with command.server() as (port, _):
            self.assertEqual(self.replay(port)[0], 1)
            self.assertEqual(self.replay(port, "--port", PORT), (0, summary(1, 1, 1) + "\n", ""))
            status, output, errors = self.replay(port, "--port", "7")
        self.assertEqual((status, output, errors), (1, "", "switchboard: error: the capture has no TCP connections with the port 7\n"))

    def test_a_damaged_capture_is_replayed_up_to_the_damage(self):
        self.capture(("client", ping(5)), ("server", pong(5)), ("client", ping(6)))
        self.path.write_bytes(self.path.read_bytes()[:-5])
        with command.server() as (port, _):
            status, output, errors = self.replay(port)
        self.assertEqual((status, output, len(errors.splitlines())), (2, summary(1, 1, 1) + "\n", 1), errors)
        self.assertIn("it ends within a packet", errors)

    def test_standard_input(self):
        self.capture(("client", ping(5)), ("server", pong(5)))
        with command.server() as (port, _):
            result = run("replay", BUNDLED, "-", "--connect", f"127.0.0.1:{port}", stdin=self.path.read_bytes())
        self.assertEqual(result, (0, summary(1, 1, 1) + "\n", ""))


class WrongInput(Suite):
    def test_has_one_clear_line(self):
        self.capture(("client", ping(5)), ("server", pong(5)))
        empty = pathlib.Path(self.folder) / "empty"
        empty.touch()
        to = ["--connect", "127.0.0.1:1"]
        base = ["replay", BUNDLED, self.path, *to]
        cases = [
            (["replay", BUNDLED, *to], 64, "CAPTURE"),
            (["replay", BUNDLED, self.path], 64, "--connect"),
            (["replay", BUNDLED, self.path, "--connect", "127.0.0.1:0"], 64, "--connect"),
            (["replay", BUNDLED, self.path, "--connect", "name.invalid:1"], 1, "name.invalid"),
            (["replay", "/nonexistent", self.path, *to], 2, "cannot read /nonexistent"),
            (["replay", BUNDLED, "/nonexistent", *to], 2, "cannot read /nonexistent"),
            (["replay", BUNDLED, self.folder, *to], 2, "cannot read"),
            (["replay", BUNDLED, BUNDLED, *to], 2, "it begins neither as pcap nor as pcapng"),
            (["replay", BUNDLED, empty, *to], 2, "it begins neither as pcap nor as pcapng"),
            ([*base, "--ignore", "Pon"], 1, "--ignore Pon: no message or field `Pon`; did you mean `Pong`?"),
            ([*base, "--ignore", "Pong.time"], 1, "--ignore Pong.time: no field `time`"),
            ([*base, "--ignore", "Pong.timestamp.x"], 1, "no field `x`"),
            ([*base, "--ignore", ""], 1, "no message or field ``"),
            ([*base, "--port", "0"], 64, "--port"),
            ([*base, "--timeout", "0"], 64, "--timeout"),
            ([*base, "--pace", "slow"], 64, "--pace"),
            ([*base, "--max-pause", "-1"], 64, "--max-pause must be from 0 to"),
            ([*base, "--max-pause", "86401"], 64, "--max-pause"),
            ([*base, "--ca", "x"], 64, "require --tls"),
            ([*base, "--tls", "--ca", "/nonexistent"], 2, "cannot read /nonexistent"),
        ]
        expect_errors(self, run, cases)


if __name__ == "__main__":
    test_decode.PATH = os.path.abspath(sys.argv.pop(1))
    command.PATH = str(pathlib.Path(test_decode.PATH).with_name("net001"))
    unittest.main()
