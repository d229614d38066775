"""Runs servers of `net001` behind HAProxy, with the settings of Docs/cluster/haproxy.cfg, and stops one of them.

    python3 IntegrationTests/Interop/test_haproxy.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import importlib.machinery
import importlib.util
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest

import command
from command import metric, metrics_port, server
from engines import redis
from net001 import *  # noqa: F403

# Status 77 tells that a suite cannot run on this machine.
SKIPPED = 77


def cluster_script():
    """Returns the script of `make cluster` as a module: it starts HAProxy."""
    path = pathlib.Path(__file__).resolve().parents[2] / "Scripts" / "cluster"
    loader = importlib.machinery.SourceFileLoader("cluster_script", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


class Connections(threading.Thread):
    """Connects again and again, and notes what each connection gets."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.answers = []
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.is_set():
            self.answers.append(self.answer())

    def answer(self):
        try:
            with Peer(self.port) as peer:
                peer.send(ping(42))
                code, payload = peer.receive()
                return "served" if code == PONG else f"error {payload[0]}"
        except (EOFError, OSError) as error:
            return repr(error)

    def await_more(self, count=20):
        end = len(self.answers) + count
        while len(self.answers) < end:
            self.is_over.wait(0.01)

    def finish(self):
        self.is_over.set()
        self.join()


class BehindHAProxy(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="net001-"))
        engine = self.stack.enter_context(redis())
        self.servers = [
            self.stack.enter_context(server("--backplane", engine.url, "--drain-timeout", "10")) for _ in range(3)
        ]
        ports = [(port, metrics_port(process)) for port, process in self.servers]
        with contextlib.redirect_stdout(None):
            self.port = cluster_script().start_haproxy(self.stack, folder, ports)

    def test_clients_that_connect_while_a_server_stops_are_served_by_the_others(self):
        threads = [Connections(self.port) for _ in range(4)]
        for thread in threads:
            thread.start()
            thread.await_more()
        process = self.servers[0][1]
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT_SECONDS)
        for thread in threads:
            # One connection may have begun before the server had ended.
            thread.await_more(1)
        marks = [len(thread.answers) for thread in threads]
        for thread in threads:
            thread.await_more(50)
            thread.finish()
        for thread, mark in zip(threads, marks):
            # While it stops, the server may still greet a connection with ERROR 0B, which tells a client to connect again.
            during = set(thread.answers[:mark])
            self.assertLessEqual(during, {"served", f"error {SHUTTING_DOWN}"})
            self.assertEqual(set(thread.answers[mark:]), {"served"})

    def test_clients_of_a_server_that_stops_reach_each_other_again_over_the_rest(self):
        # The server with the fewest connections gets the next one. Of two that come at once, the threads of HAProxy may give both to one
        # server, and the connection of `start_haproxy` may still count: the servers themselves say what they got.
        peers = []
        for _ in range(6):
            peers.append(self.stack.enter_context(Peer(self.port)))
            peers[-1].expect_alive()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while sum(counts := [metric(process, "switchboard_connections") for _, process in self.servers]) != len(peers):
            self.assertLess(time.monotonic(), deadline, counts)
            time.sleep(0.01)
        self.assertGreater(min(counts), 0)
        process = self.servers[0][1]
        process.send_signal(signal.SIGTERM)
        lost, rest = [], []
        process.wait(TIMEOUT_SECONDS)
        for peer in peers:
            try:
                peer.send(ping(7))
                (lost if peer.receive()[0] == ERROR else rest).append(peer)
            except (EOFError, OSError):
                lost.append(peer)
        self.assertEqual((len(lost), len(rest)), (counts[0], len(peers) - counts[0]))
        for _ in lost:
            peer = self.stack.enter_context(Peer(self.port))
            peer.expect_alive()
            rest.append(peer)
        rest[-1].send(frame(BROADCAST, b"back again"))
        for peer in rest[:-1]:
            self.assertEqual(peer.receive(), (BROADCAST, b"back again"))


if __name__ == "__main__":
    if not shutil.which("haproxy"):
        print("HAProxy is not installed")
        sys.exit(SKIPPED)
    command.main(__doc__)
