"""Tests the limits of `net001`: rates, connections, times, descriptors, and its shutdown.

    python3 IntegrationTests/Interop/test_limits.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import re
import resource
import signal
import socket
import struct
import subprocess
import time
import unittest
import urllib.request

import command
from command import run, server
from net001 import *  # noqa: F403


class Rates(unittest.TestCase):
    def test_a_client_may_send_a_seconds_worth_at_once_and_each_request_beyond_is_answered_with_an_error(self):
        with server("--rate-limit", "100") as (port, _), Peer(port) as peer, Peer(port) as other:
            peer.send(b"".join(ping(number) for number in range(1000)))
            answers = [peer.receive() for _ in range(1000)]
            first_refused = next(index for index, (code, _) in enumerate(answers) if code == ERROR)
            self.assertGreaterEqual(first_refused, 100)
            self.assertEqual([payload for code, payload in answers[:100]], [struct.pack(">Q", n) for n in range(100)])
            refused = [payload[0] for code, payload in answers if code == ERROR]
            self.assertEqual(set(refused), {RATE_LIMITED})
            self.assertGreater(len(refused), 500)
            other.expect_alive()

    def test_who_waits_may_send_again(self):
        with server("--rate-limit", "10") as (port, _), Peer(port) as peer:
            peer.send(ping() * 11)
            codes = [peer.receive()[0] for _ in range(11)]
            self.assertEqual(codes, [PONG] * 10 + [ERROR])
            while True:
                peer.send(ping())
                if peer.receive()[0] == PONG:
                    break

    def test_a_message_that_is_not_answered_is_dropped_without_an_answer(self):
        with server("--rate-limit", "5") as (port, _), Peer(port) as peer, Peer(port) as listener:
            listener.expect_alive()
            peer.send(frame(BROADCAST, b"news") * 50 + ping(7))
            self.assertEqual(peer.error(), RATE_LIMITED)  # to the PING
            self.assertEqual([listener.receive() for _ in range(5)], [(BROADCAST, b"news")] * 5)
            listener.expect_alive()

    def test_all_clients_together_have_a_rate(self):
        with server("--global-rate-limit", "100", "--event-loops", "1") as (port, _), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(10)]
            for peer in peers:
                peer.send(ping() * 100)
            codes = [peer.receive()[0] for peer in peers for _ in range(100)]
            self.assertGreaterEqual(codes.count(PONG), 100)
            self.assertGreater(codes.count(ERROR), 500)

    def test_zero_is_no_limit(self):
        with server("--rate-limit", "0", "--global-rate-limit", "0") as (port, _), Peer(port) as peer:
            peer.send(ping() * 5000)
            self.assertEqual({peer.receive()[0] for _ in range(5000)}, {PONG})


class Connections(unittest.TestCase):
    def test_an_address_has_its_own_limit(self):
        with server("--max-connections-per-address", "2", "--host", "0.0.0.0") as (port, _), Peer(port) as first:
            with Peer(port) as second:
                first.expect_alive()
                second.expect_alive()
                with Peer(port) as third:
                    self.assertEqual(third.error(), TOO_MANY_CONNECTIONS)
                    third.expect_end()
                with Peer(port, source="127.0.0.2") as elsewhere:
                    elsewhere.expect_alive()
            while True:  # a peer sees its end a moment before the server has let go of its side
                with Peer(port) as successor:
                    successor.send(ping())
                    if successor.receive()[0] == PONG:
                        break

    def test_those_who_are_refused_are_limited_too(self):
        options = ("--max-connections", "50", "--max-connections-per-address", "1", "--host", "0.0.0.0")
        with server(*options) as (port, process), Peer(port) as first, contextlib.ExitStack() as stack:
            first.expect_alive()
            silent = [stack.enter_context(Peer(port)) for _ in range(200)]
            told = 0
            for peer in silent:
                with contextlib.suppress(EOFError, ConnectionError):
                    self.assertEqual(peer.error(), TOO_MANY_CONNECTIONS)
                    told += 1
            self.assertGreaterEqual(told, 32)
            self.assertLess(told, 200)
            with Peer(port, source="127.0.0.2") as elsewhere:
                elsewhere.expect_alive()

    def test_the_soft_limit_of_descriptors_is_raised_as_far_as_it_may_be(self):
        def lower(soft, hard):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        with server("--max-connections", "300", preexec_fn=lower(64, 4096)) as (port, process):
            with contextlib.ExitStack() as stack:
                for _ in range(300):
                    stack.enter_context(Peer(port)).expect_alive()
            self.assertNotIn("ulimit", "".join(process.log))

    def test_too_few_descriptors_mean_fewer_connections_and_nothing_worse(self):
        lower = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
        with server("--max-connections", "300", "--event-loops", "2", preexec_fn=lower) as (port, process):
            warning = next(line for line in process.log if "ulimit -n" in line)
            self.assertRegex(warning, r"warning: .* limit=128 maximumConnections=54 needed=374")
            with contextlib.ExitStack() as stack:
                peers = [stack.enter_context(Peer(port)) for _ in range(54)]
                for peer in peers:
                    peer.expect_alive()
                for _ in range(200):
                    with Peer(port) as refused:
                        self.assertEqual(refused.error(), TOO_MANY_CONNECTIONS)
                metrics = next(re.search(r"url=(\S+)", line)[1] for line in process.log if "url=" in line)
                with urllib.request.urlopen(metrics, timeout=TIMEOUT_SECONDS) as answer:
                    self.assertIn(b"switchboard_connections 54\n", answer.read())
                for peer in peers:
                    peer.expect_alive()


class Time(unittest.TestCase):
    def test_who_sends_nothing_is_told_and_closed(self):
        with server("--idle-timeout", "0.5") as (port, _), Peer(port) as peer:
            start = time.monotonic()
            self.assertEqual(peer.error(), TIMEOUT)
            peer.expect_end()
            self.assertGreaterEqual(time.monotonic() - start, 0.5)

    def test_who_sends_now_and_then_stays(self):
        with server("--idle-timeout", "1") as (port, _), Peer(port) as peer, Peer(port) as silent:
            self.assertEqual(self.pings_until_end_of(silent, peer), TIMEOUT)
            peer.expect_alive()

    def pings_until_end_of(self, silent, peer):
        """Sends ten PINGs a second from `peer` until `silent` receives an ERROR; returns the code of the ERROR."""
        silent.socket.settimeout(0.1)
        while True:
            peer.expect_alive()
            with contextlib.suppress(TimeoutError):
                return silent.error()

    def test_a_frame_must_be_finished_in_time_however_slowly_it_comes(self):
        with server("--frame-timeout", "0.5", "--idle-timeout", "60") as (port, _), Peer(port) as peer:
            peer.expect_alive()
            whole = frame(ECHO, b"x" * 1000)
            start = time.monotonic()
            peer.socket.settimeout(0.05)
            for byte in whole:
                peer.send(bytes([byte]))
                with contextlib.suppress(TimeoutError):
                    self.assertEqual(peer.error(), TIMEOUT)
                    break
            else:
                self.fail("the server has waited for the whole frame")
            self.assertGreaterEqual(time.monotonic() - start, 0.5)
            peer.socket.settimeout(TIMEOUT_SECONDS)
            peer.expect_end()

    def test_zero_is_for_ever(self):
        with server("--idle-timeout", "0", "--frame-timeout", "0") as (port, _), Peer(port) as peer:
            peer.send(ping()[:5])
            peer.socket.settimeout(1.5)
            with self.assertRaises(TimeoutError):
                peer.socket.recv(1)
            peer.socket.settimeout(TIMEOUT_SECONDS)
            peer.send(ping()[5:])
            self.assertEqual(peer.receive()[0], PONG)


class Settings(unittest.TestCase):
    def test_the_environment_sets_them_too_and_the_command_line_wins(self):
        with server(environment={"RATE_LIMIT": "3"}) as (port, _), Peer(port) as peer:
            peer.send(ping() * 4)
            self.assertEqual([peer.receive()[0] for _ in range(4)], [PONG] * 3 + [ERROR])
        with server("--rate-limit", "0", environment={"RATE_LIMIT": "3"}) as (port, _), Peer(port) as peer:
            peer.send(ping() * 4)
            self.assertEqual([peer.receive()[0] for _ in range(4)], [PONG] * 4)


class Stopping(unittest.TestCase):
    def test_everybody_is_told_and_the_server_ends_with_0(self):
        with server("--max-connections", "500") as (port, process), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(500)]
            for peer in peers:
                peer.expect_alive()
            process.send_signal(signal.SIGTERM)
            for peer in peers:
                self.assertEqual(peer.error(), SHUTTING_DOWN)
                peer.expect_end()
            process.wait(timeout=TIMEOUT_SECONDS)
            with self.assertRaises(ConnectionRefusedError):
                Peer(port)

    def test_everybody_is_told_also_when_there_are_many_and_little_time(self):
        with server("--max-connections", "3000", "--drain-timeout", "3") as (port, process):
            with contextlib.ExitStack() as stack:
                peers = [stack.enter_context(Peer(port)) for _ in range(3000)]
                for peer in peers:
                    peer.expect_alive()
                process.send_signal(signal.SIGTERM)
                for peer in peers:
                    self.assertEqual(peer.error(), SHUTTING_DOWN)
                    peer.socket.close()

    def test_what_has_been_received_is_answered_before_the_end(self):
        with server("--event-loops", "2") as (port, process), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(20)]
            for peer in peers:
                peer.expect_alive()
            sent = {peer: 0 for peer in peers}
            for number in range(100):
                if number == 50:
                    process.send_signal(signal.SIGTERM)
                for peer in peers:
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        peer.send(ping(number))
                        sent[peer] += 1
            for peer in peers:
                answered = 0
                while (answer := peer.receive())[0] == PONG:
                    self.assertEqual(answer[1], struct.pack(">Q", answered))
                    answered += 1
                self.assertEqual((answer[0], answer[1][0]), (ERROR, SHUTTING_DOWN))
                self.assertGreaterEqual(answered, 1)
                peer.expect_end()

    def test_a_peer_that_does_not_go_is_cut_off_at_the_end_of_the_time(self):
        with server("--drain-timeout", "0.5", "--max-pending-output", "100000000") as (port, process):
            with Peer(port) as peer:
                peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                peer.socket.setblocking(False)
                request = frame(ECHO, b"x" * 60_000)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        peer.socket.send(request)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=5), 0)

    def test_a_second_signal_stops_at_once(self):
        with server("--drain-timeout", "3600", "--write-timeout", "3600") as (port, process):
            with Peer(port) as peer:
                peer.socket.setblocking(False)
                request = frame(ECHO, b"x" * 60_000)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        peer.socket.send(request)
                process.send_signal(signal.SIGTERM)
                while not any("stopping" in line for line in process.log):
                    time.sleep(0.01)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(timeout=5), 0)


@contextlib.contextmanager
def unread_server(*options):
    """Starts a server whose log is not read after the line with its address."""
    process = subprocess.Popen(
        [command.PATH, "serve", "--port", "0", "--no-metrics", *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=command.ENVIRONMENT,
        bufsize=0,
    )
    try:
        found = None
        while not found:
            line = process.stderr.readline().decode()
            assert line, "the server did not start"
            found = re.search(r"address=127.0.0.1:(\d+)", line)
        yield int(found[1]), process
        process.terminate()
        assert process.wait(timeout=TIMEOUT_SECONDS) == 0, process.returncode
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


class Logs(unittest.TestCase):
    def test_a_flood_of_faults_makes_a_few_lines(self):
        with server("--debug") as (port, process), Peer(port) as peer:
            peer.send(frame(0x77) * 20_000 + ping(1))
            answers = [peer.receive()[0] for _ in range(20_001)]
            self.assertEqual(answers, [ERROR] * 20_000 + [PONG])
            while not any("more faults: unknownType" in line for line in process.log):
                time.sleep(0.05)
            self.assertLess(len(process.log), 400)
            self.assertEqual(sum("fault=unknownType" in line for line in process.log), 1)

    def test_a_reader_that_goes_away_takes_nothing_with_it(self):
        with unread_server() as (port, process), Peer(port) as old:
            process.stderr.close()
            for _ in range(20):
                with Peer(port) as peer:
                    peer.expect_alive()
            old.expect_alive()

    def test_a_reader_that_stops_holds_up_nobody(self):
        with unread_server("--debug", "--event-loops", "1") as (port, _), Peer(port) as old:
            # Much more than the buffer of a pipe.
            for number in range(2000):
                with Peer(port) as peer:
                    peer.send(frame(0x77))
                    peer.receive()
                if number % 100 == 0:
                    old.expect_alive()
            old.expect_alive()

    def test_what_a_peer_sends_stays_on_one_line(self):
        with server() as (port, process), Peer(port) as peer:
            peer.send(frame(ERROR, b"\x01bad\nnews \x1b[31m" + b"x" * 5000) + ping(1))
            self.assertEqual(peer.receive()[0], PONG)
        lines = [line for line in process.log if "the peer sent an error" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn("bad\\nnews", lines[0])
        self.assertNotIn("\x1b", lines[0])
        self.assertLess(len(lines[0]), 1000)

    def test_json_on_request(self):
        with server("--log-format", "json") as (port, process), Peer(port) as peer:
            peer.expect_alive()
        lines = [json.loads(line) for line in process.log]
        closed = next(line for line in lines if line["message"] == "connection closed")
        self.assertEqual((closed["level"], closed["messages"]), ("info", "1"))
        self.assertRegex(closed["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


if __name__ == "__main__":
    command.main(__doc__)
