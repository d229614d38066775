"""Tests the command `net001` over real sockets, with an implementation of NET-001 that shares no code with it.

    python3 IntegrationTests/Interop/test_net001.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import urllib.request

import command
from command import run, server
from net001 import *  # noqa: F403
from ports import unused_port


def default_server(*options):
    """Runs a server with its default limits."""
    return server(*options, environment={"RATE_LIMIT": None, "GLOBAL_RATE_LIMIT": None})


class OneServer(unittest.TestCase):
    """Tests that share a server."""

    @classmethod
    def setUpClass(cls):
        cls.running = server()
        cls.port, cls.process = cls.running.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.running.__exit__(None, None, None)

    def peer(self):
        return Peer(self.port)


class GoldenFrames(OneServer):
    def test_this_implementation_makes_the_frames_of_the_specification(self):
        self.assertEqual(ping(1700000000000).hex(), "deadbeef010100080000018bcfe56800c8bc9ec8")
        self.assertEqual(ping(0).hex(), "deadbeef010100080000000000000000e9f5c15a")
        self.assertEqual(frame(ECHO).hex(), "deadbeef010300006077f2de")
        self.assertEqual(
            frame(ECHO, b"Hello, Server!").hex(), "deadbeef0103000e48656c6c6f2c20536572766572211a24c8fb"
        )
        self.assertEqual(auth("alice", "s3cret").hex(), "deadbeef0106000c05616c6963657333637265741107bcdb")
        self.assertEqual(frame(AUTH_REPLY, b"\0").hex(), "deadbeef01070001002570c1ba")
        self.assertEqual(frame(ERROR, b"\5x").hex(), "deadbeef01ff00020578a0386d50")

    def test_each_is_answered_byte_for_byte(self):
        with self.peer() as peer:
            for request, reply in [
                ("deadbeef010100080000018bcfe56800c8bc9ec8", pong(1700000000000)),
                ("deadbeef010100080000000000000000e9f5c15a", pong(0)),
                ("deadbeef010300006077f2de", frame(ECHO_REPLY)),
                ("deadbeef0103000e48656c6c6f2c20536572766572211a24c8fb", frame(ECHO_REPLY, b"Hello, Server!")),
            ]:
                peer.send(bytes.fromhex(request))
                self.assertEqual(peer.read(len(reply)).hex(), reply.hex())
            peer.send(bytes.fromhex("deadbeef0106000c05616c6963657333637265741107bcdb"))
            code, payload = peer.receive()
            self.assertEqual((code, payload[0]), (AUTH_REPLY, 1))
            self.assertRegex(payload[1:].decode(), "^[0-9a-f]{32}$")
            peer.send(auth("", ""))
            self.assertEqual(peer.read(13).hex(), "deadbeef01070001002570c1ba")


class Streams(OneServer):
    def test_a_stream_cut_at_every_byte(self):
        stream = ping(7) + frame(ECHO, b"Hello, Server!") + frame(ECHO) + ping(8)
        replies = pong(7) + frame(ECHO_REPLY, b"Hello, Server!") + frame(ECHO_REPLY) + pong(8)
        with self.peer() as peer:
            for cut in range(len(stream) + 1):
                peer.send(stream[:cut])
                if cut >= 20:  # the answer to the first frame shows that the server has read so far
                    self.assertEqual(peer.read(20), replies[:20])
                peer.send(stream[cut:])
                rest = replies[20:] if cut >= 20 else replies
                self.assertEqual(peer.read(len(rest)), rest)

    def test_a_stream_of_single_bytes(self):
        with self.peer() as peer:
            for byte in ping(9) + frame(ECHO, bytes(range(256))):
                peer.send(bytes([byte]))
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 9)))
            self.assertEqual(peer.receive(), (ECHO_REPLY, bytes(range(256))))

    def test_the_largest_payloads(self):
        data = os.urandom(65535)
        with self.peer() as peer:
            for _ in range(20):
                peer.send(frame(ECHO, data))
                self.assertEqual(peer.receive(), (ECHO_REPLY, data))

    def test_5000_pipelined_requests_are_answered_in_order(self):
        with self.peer() as peer:
            peer.send(b"".join(ping(n) if n % 2 else frame(ECHO, b"%d" % n) for n in range(5000)))
            for n in range(5000):
                expected = (PONG, struct.pack(">Q", n)) if n % 2 else (ECHO_REPLY, b"%d" % n)
                self.assertEqual(peer.receive(), expected)

    def test_a_peer_that_has_shut_its_side_still_gets_its_replies(self):
        with self.peer() as peer:
            peer.send(ping(1) + frame(ECHO, b"last"))
            peer.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", 1)))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"last"))
            peer.expect_end()

    def test_more_output_than_the_socket_takes(self):
        data = os.urandom(60000)
        with self.peer() as peer:
            sender = threading.Thread(target=lambda: peer.send(frame(ECHO, data) * 300))
            sender.start()
            for _ in range(300):
                self.assertEqual(peer.receive(), (ECHO_REPLY, data))
            sender.join()


class Broadcasts(OneServer):
    def test_reach_everybody_else_and_are_not_answered(self):
        with contextlib.ExitStack() as stack:
            peers = [stack.enter_context(self.peer()) for _ in range(10)]
            for number, peer in enumerate(peers):
                peer.expect_alive(number)  # the server knows them all now
            peers[0].send(frame(BROADCAST, b"to all"))
            for peer in peers[1:]:
                self.assertEqual(peer.receive(), (BROADCAST, b"to all"))
            peers[0].expect_alive()

    def test_of_many_senders_at_once_reach_everyone_else_once_and_in_order(self):
        count, senders = 500, 4
        with contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(self.port)) for _ in range(senders + 3)]
            for peer in peers:
                peer.send(ping())
                self.assertEqual(peer.receive(), (PONG, bytes(8)))
            for number, peer in enumerate(peers[:senders]):
                peer.send(b"".join(frame(BROADCAST, struct.pack(">HH", number, i)) for i in range(count)))
            for number, peer in enumerate(peers):
                others = set(range(senders)) - {number}
                heard = {other: 0 for other in others}
                for _ in range(count * len(others)):
                    code, payload = peer.receive()
                    sender, i = struct.unpack(">HH", payload)
                    self.assertEqual((code, i), (BROADCAST, heard[sender]))
                    heard[sender] += 1
                # Only the reply follows: a sender does not receive its own broadcast.
                peer.send(ping(number))
                self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", number)))


class Faults(OneServer):
    def closed_with(self, code, *data):
        with self.peer() as peer:
            for part in data:
                peer.send(part)
            self.assertEqual(peer.error(), code)
            peer.expect_end()

    def open_after(self, code, data):
        with self.peer() as peer:
            peer.send(data)
            self.assertEqual(peer.error(), code)
            peer.expect_alive()

    def test_wrong_magic_closes(self):
        self.closed_with(0x01, frame(PING, bytes(8), magic=0xDEADBEE0))
        self.closed_with(0x01, b"GET / HTTP/1.1\r\n\r\n")
        self.closed_with(0x01, b"\0")

    def test_wrong_version_closes(self):
        self.closed_with(0x02, frame(PING, bytes(8), version=2))

    def test_the_error_arrives_even_when_much_more_was_sent(self):
        self.closed_with(0x01, b"x" * 1_000_000)

    def test_a_wrong_checksum_leaves_the_connection_open(self):
        self.open_after(0x05, frame(PING, bytes(8), checksum=0))

    def test_a_wrong_checksum_comes_before_an_unknown_type(self):
        self.open_after(0x05, frame(0x77, checksum=0))

    def test_eight_wrong_checksums_in_a_row_are_borne_and_nine_are_not(self):
        wrong = frame(PING, bytes(8), checksum=0)
        with self.peer() as peer:
            for _ in range(3):
                peer.send(wrong * 8)
                self.assertEqual([peer.error() for _ in range(8)], [0x05] * 8)
                peer.expect_alive()
            peer.send(wrong * 9)
            self.assertEqual([peer.error() for _ in range(9)], [0x05] * 9)
            peer.expect_end()

    def test_unknown_types_and_those_of_the_server_are_refused(self):
        for code in (0x00, 0x09, 0x77, 0xFE, PONG, ECHO_REPLY, AUTH_REPLY):
            self.open_after(0x03, frame(code, b"payload"))

    def test_payloads_that_do_not_fit_are_refused(self):
        self.open_after(0x0A, frame(PING, bytes(7)))
        self.open_after(0x0A, frame(PING, bytes(9)))
        self.open_after(0x0A, frame(AUTH))
        self.open_after(0x0A, frame(AUTH, b"\x05abc"))
        self.open_after(0x0A, frame(AUTH, b"\x02\xff\xfetoken"))
        self.open_after(0x0A, frame(AUTH, b"\x01a\xff\xfe"))

    def test_three_refusals_of_auth_close(self):
        with self.peer() as peer:
            for _ in range(3):
                peer.send(auth("alice", ""))
                self.assertEqual(peer.receive(), (AUTH_REPLY, b"\0"))
            peer.expect_end()
        with self.peer() as peer:
            peer.send(auth("", "s3cret"))
            self.assertEqual(peer.receive(), (AUTH_REPLY, b"\0"))
            peer.expect_alive()

    def test_an_error_from_a_client_is_not_answered(self):
        with self.peer() as peer:
            peer.send(frame(ERROR, b"\x05x") + frame(ERROR))
            peer.expect_alive()

    def test_data_is_not_answered(self):
        with self.peer() as peer:
            peer.send(frame(DATA, b"anything"))
            peer.expect_alive()

    def test_faults_cost_no_other_connection(self):
        with self.peer() as bystander:
            for _ in range(50):
                with self.peer() as peer:
                    peer.send(os.urandom(100))
                with self.peer() as peer:
                    peer.send(frame(ECHO, bytes(1000))[:500])
                bystander.expect_alive()


class Connections(unittest.TestCase):
    def test_a_thousand_at_once(self):
        with server() as (port, _), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(1000)]
            for number, peer in enumerate(peers):
                peer.send(ping(number))
            for number, peer in enumerate(peers):
                self.assertEqual(peer.receive(), (PONG, struct.pack(">Q", number)))
            peers[0].send(frame(BROADCAST, b"hello"))
            for peer in peers[1:]:
                self.assertEqual(peer.receive(), (BROADCAST, b"hello"))

    def test_one_too_many_is_told_so_and_slots_are_given_back(self):
        with server("--max-connections", "2") as (port, _):
            with Peer(port) as first:
                first.expect_alive()
                with Peer(port) as second:
                    second.expect_alive()
                    for _ in range(3):
                        with Peer(port) as third:
                            self.assertEqual(third.error(), 0x08)
                            third.expect_end()
                    second.socket.shutdown(socket.SHUT_WR)
                    second.expect_end()
                # The peer notices the end a moment before the server has released its side.
                while True:
                    with Peer(port) as fourth:
                        fourth.send(ping(4))
                        code, payload = fourth.receive()
                        if code == PONG:
                            break
                        self.assertEqual((code, payload[0]), (ERROR, 0x08))


class Life(unittest.TestCase):
    def test_a_peer_is_let_go_when_the_server_is_told_to_stop(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            with server() as (port, process), Peer(port) as peer:
                peer.expect_alive()
                process.send_signal(stop)
                self.assertEqual(peer.error(), SHUTTING_DOWN)
                peer.expect_end()
                self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_a_port_in_use_is_one_clear_line(self):
        with server() as (port, _):
            result = run("serve", "--port", str(port))
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(
                result.stderr.lower(),
                f"error: cannot listen on 127.0.0.1:{port}: address already in use (choose another --port, or stop the "
                "process that listens there)\n",
            )

    def test_a_server_whose_metrics_port_is_taken_never_serves(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = str(other.getsockname()[1])
            result = run("serve", "--port", "0", "--metrics-port", taken)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, rf"\AError: cannot serve metrics on 127.0.0.1:{taken}: .*--no-metrics.*\n\Z")

    def test_when_both_ports_are_taken_the_servers_own_is_told(self):
        with server() as (port, process):
            result = run("serve", "--port", str(port), "--metrics-port", str(command.metrics_port(process)))
        self.assertRegex(result.stderr, rf"\AError: cannot listen on 127.0.0.1:{port}: .*\n\Z")

    def test_an_address_of_another_machine_gets_advice(self):
        result = run("serve", "--port", "0", "--host", "192.0.2.1")
        self.assertRegex(result.stderr, r"\AError: cannot listen on 192.0.2.1:0: .*--host must be an address of this.*\n\Z")

    @unittest.skipUnless(os.geteuid() == 0, "only root may change the user")
    def test_a_port_that_only_root_may_take_gets_advice(self):
        limit = pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        if int(limit.read_text()) <= 1:
            self.skipTest("everybody may take every port here")
        try:
            result = subprocess.run(
                [command.PATH, "serve", "--port", "1", "--no-metrics"],
                capture_output=True,
                text=True,
                timeout=60,
                env=command.variables(),
                preexec_fn=lambda: os.setuid(65534),
            )
        except PermissionError:
            self.skipTest("the command is in a folder that other users may not enter")
        self.assertRegex(result.stderr, r"\AError: cannot listen on 127.0.0.1:1: permission denied \(choose a --port of 1024.*\n\Z")

    def test_the_environment_sets_what_the_command_line_does_not(self):
        with server(environment={"MAX_CONNECTIONS": "1", "PORT": "1"}) as (port, _), Peer(port) as first:
            first.expect_alive()
            with Peer(port) as second:
                self.assertEqual(second.error(), 0x08)

    def test_serving_is_what_the_command_does_without_a_subcommand(self):
        with server() as (port, _):
            result = run(environment={"PORT": str(port)})
            self.assertIn("address already in use", result.stderr.lower())

    def test_auth_without_a_check_is_warned_of(self):
        with server() as (port, process), Peer(port) as peer:
            peer.expect_alive()
        self.assertIn("AUTH accepts any user", "".join(process.log))


class Commands(OneServer):
    def command(self, *arguments, **options):
        return run(arguments[0], "--port", str(self.port), *arguments[1:], **options)

    def test_ping(self):
        result = self.command("ping", "-c", "3", "-i", "0")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(re.findall(r"PONG \d: \d+\.\d{3} ms", result.stdout)), 3)
        self.assertIn("3 answered", result.stdout)

    def test_ping_is_interrupted(self):
        process = subprocess.Popen(
            [command.PATH, "ping", "--port", str(self.port), "-i", "3600"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(process.kill)
        # Python buffers lines that arrive together, where a selector does not see them.
        patience = threading.Timer(TIMEOUT_SECONDS, process.kill)
        patience.start()
        self.addCleanup(patience.cancel)
        while "PONG" not in (line := process.stdout.readline()):
            self.assertNotEqual(line, "", "no PONG")
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=TIMEOUT_SECONDS)[0]
        self.assertIn("1 answered", rest)
        self.assertEqual(process.returncode, 0)

    def test_echo(self):
        result = self.command("echo", "Grüße")
        self.assertEqual((result.returncode, result.stdout), (0, "Grüße\n"), result.stderr)
        result = self.command("echo", "a\x1b[31mb")
        self.assertEqual(result.stdout, "a\\u{1B}[31mb\n")
        result = self.command("echo", "x" * 65536)
        self.assertEqual(result.returncode, 1)
        self.assertIn("larger than allowed", result.stderr)

    def test_auth(self):
        result = self.command("auth", "alice", stdin="s3cret\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, "^[0-9a-f]{32}\n$")
        result = self.command("auth", "alice", environment={"NET001_TOKEN": "s3cret"})
        self.assertEqual(result.returncode, 0, result.stderr)
        result = self.command("auth", "alice", stdin="\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("refused", result.stderr)
        self.assertNotEqual(self.command("auth", "alice", stdin="").returncode, 0)

    def test_send(self):
        data = os.urandom(200_000)
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            result = self.command("send", file.name)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("200000 bytes sent in 4 frames", result.stdout)
        result = self.command("send", "-", stdin="x")
        self.assertIn("1 bytes sent in 1 frame,", result.stdout)
        result = self.command("send", "/nonexistent/file")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn('cannot read "/nonexistent/file"', result.stderr)

    def test_broadcast_and_listen(self):
        listener = subprocess.Popen(
            [command.PATH, "listen", "--port", str(self.port), "-c", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.assertIn("listening", listener.stderr.readline())
        self.addCleanup(listener.kill)
        # The server knows the listener only after it has accepted the connection: repeat the broadcast until it
        # arrives.
        while listener.poll() is None:
            self.assertEqual(self.command("broadcast", "to all").returncode, 0)
            with contextlib.suppress(subprocess.TimeoutExpired):
                listener.wait(timeout=0.2)
        output = listener.communicate()[0]
        self.assertEqual(output, "BROADCAST to all\n")
        self.assertEqual(listener.returncode, 0)

    def test_load(self):
        for options, expected in [
            (["-c", "3"], "ping"),
            (["-c", "3", "--rate", "0"], "as fast as it goes"),
            (["-c", "3", "--rate", "0", "--message", "echo", "--size", "1000", "--in-flight", "8"], "echo"),
            (["-c", "3", "--rate", "1000", "--event-loops", "2", "--in-flight", "100"], "rate"),
        ]:
            result = self.command("load", "--duration", "0.5", "--warm-up", "0.1", "--json", *options)
            self.assertEqual(result.returncode, 0, result.stderr)
            report = json.loads(result.stdout)
            self.assertGreater(report["messages"], 0)
            self.assertGreaterEqual(report["latency_max"], report["latency_p50"])
            if expected == "rate":
                self.assertLessEqual(report["messages"], 1000)
        result = self.command("load", "--duration", "0.2", "--warm-up", "0", "--process", str(self.process.pid))
        self.assertRegex(result.stdout, r"CPU time of the watched process: [0-9.]+ µs a message")
        self.assertNotEqual(self.command("load", "--connections", "0").returncode, 0)

    def test_load_by_broadcasts(self):
        # Broadcasts that are in transit at the end would reach the clients of the next test, so this test has its
        # own server.
        with server() as (port, _):
            result = run("load", "--port", str(port), "--duration", "0.5", "--warm-up", "0.1", "--json", "-c", "3",
                         "--message", "broadcast", "--in-flight", "2")  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(json.loads(result.stdout)["messages"], 0)

    def test_load_notices_a_wrong_reply(self):
        def answer(listener):
            with listener.accept()[0] as peer, contextlib.suppress(OSError):
                peer.recv(20, socket.MSG_WAITALL)
                peer.sendall(pong())
                while request := peer.recv(20, socket.MSG_WAITALL):
                    peer.sendall(request)  # a PING, where a PONG is due

        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = threading.Thread(target=answer, args=(listener,), daemon=True)
            server.start()
            port = listener.getsockname()[1]
            result = run("load", "--port", str(port), "--duration", "0.2", "--warm-up", "0")
            self.assertEqual(result.returncode, 1)
            self.assertIn("the server sent an unexpected message", result.stderr)
            server.join(timeout=TIMEOUT_SECONDS)

    def test_load_does_not_wait_for_ever_for_a_server_that_says_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            result = run("load", "--port", str(port), "--duration", "0.2", "--timeout", "0.2")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "Error: the server did not answer PING in time\n")

    def test_load_does_not_ask_for_more_than_a_server_allows_by_default(self):
        with default_server() as (port, _):
            for options in ([], ["-c", "3"], ["-c", "3", "--message", "broadcast"], ["--message", "echo"]):
                result = run("load", "--port", str(port), "--duration", "1.5", "--warm-up", "0", "--json", *options)
                self.assertEqual((result.returncode, result.stderr), (0, ""), options)
                self.assertGreater(json.loads(result.stdout)["messages"], 100)

    def test_load_names_the_error_and_the_option_that_lifts_it(self):
        # Low enough for a slow machine to exceed.
        with default_server("--max-connections", "5", "--rate-limit", "100") as (port, _):
            for options, expected in [
                (["--rate", "0"], r"after \d+ correct replies, ERROR 07 \(rateLimited, .*--rate-limit"),
                (["--rate", "0", "--message", "echo", "--size", "3000", "--in-flight", "7"], r"ERROR 07 \(rateLimited, "),
                (["--rate", "0", "--message", "broadcast", "-c", "3"], "dropped broadcasts.*--rate-limit"),
                (["-c", "20"], r"ERROR 08 \(tooManyConnections, .*--connections.*--max-connections"),
            ]:
                result = run("load", "--port", str(port), "--duration", "3", "--warm-up", "0", *options)
                self.assertEqual(result.returncode, 1, options)
                self.assertRegex(result.stderr, rf"\AError: .*{expected}.*\n\Z")

    def test_load_names_every_error(self):
        for code in range(13):
            def answer(listener, reply):
                with listener.accept()[0] as peer, contextlib.suppress(OSError):
                    for count in range(3):
                        request = peer.recv(20, socket.MSG_WAITALL)
                        whole = frame(PONG, request[8:16])
                        if count == 2:
                            # Cut where the bytes still look like the expected reply.
                            peer.sendall(reply[:5])
                            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                            whole = reply[5:]
                        peer.sendall(whole)
                    peer.recv(1)

            with self.subTest(code), socket.create_server(("127.0.0.1", 0)) as listener:
                reply = frame(ERROR, bytes([code]) + b"a reason")
                server = threading.Thread(target=answer, args=(listener, reply), daemon=True)
                server.start()
                port = listener.getsockname()[1]
                result = run("load", "--port", str(port), "--duration", "1", "--warm-up", "0")
                self.assertRegex(
                    result.stderr, rf'\AError: the server answered, after 1 correct reply, ERROR {code:02X} \(\w+.*, "a reason"\)'
                )
                server.join(timeout=TIMEOUT_SECONDS)

    def test_send_keeps_below_the_default_rate_and_nothing_is_lost(self):
        with default_server() as (port, process), tempfile.NamedTemporaryFile() as file:
            file.truncate(1200 * 65535)
            result = run("send", "--port", str(port), file.name)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            with urllib.request.urlopen(f"http://127.0.0.1:{command.metrics_port(process)}/metrics") as answer:
                metrics = answer.read().decode()
            self.assertIn('switchboard_messages_received_total{message="Data"} 1200\n', metrics)
            limited = sum(int(float(n)) for n in re.findall(r"^switchboard_messages_rate_limited_total\S* (\S+)$", metrics, re.M))
            self.assertEqual(limited, 0)

    def test_send_fails_when_the_server_drops_some_of_it(self):
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(600 * 65535)
            for options, arguments in [((), ("--rate", "0")), (("--rate-limit", "100"), ()), (("--global-rate-limit", "100"), ())]:
                with default_server(*options) as (port, _):
                    file.truncate((2000 if not options else 300) * 65535)
                    result = run("send", "--port", str(port), file.name, *arguments)
                    self.assertEqual((result.returncode, result.stdout), (1, ""))
                    self.assertRegex(result.stderr, r"\AError: the server dropped some of the \d+ frames .*ERROR 07 .*--rate-limit.*\n\Z")

    def test_errors_of_the_server_are_told_in_words(self):
        with default_server("--rate-limit", "1") as (port, _):
            result = run("ping", "--port", str(port), "-c", "5", "-i", "0")
        self.assertRegex(result.stderr, r'\AError: the server answered ERROR 07 \(rateLimited, ".*"\): .*\n\Z')
        with default_server("--max-connections", "1") as (port, _), Peer(port) as peer:
            peer.expect_alive()
            result = run("echo", "--port", str(port), "x")
        self.assertRegex(result.stderr, r"\AError: the server closed the connection: tooManyConnections: .*--max-connections.*\n\Z")

    def test_nobody_there_is_one_clear_line(self):
        port = unused_port()
        result = run("ping", "--port", str(port), "-c", "1")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"cannot connect to 127.0.0.1:{port}: connection refused", result.stderr.lower())


if __name__ == "__main__":
    command.main(__doc__)
