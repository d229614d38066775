"""Suspends the server, delays its name server, and runs more event loops than threads. No client may lose data.

    python3 IntegrationTests/Resilience/test_pauses.py PATH-OF-NET001

- After a suspension that is longer than all time limits, the server first reads the data that its peers have sent, then closes idle
  connections.
- A name server that does not answer delays neither the shutdown of the server nor the timeout of a client.
- With more event loops than Dispatch has threads, every event loop serves its connections.
"""

import contextlib
import fcntl
import pathlib
import shutil
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import resilience
from net001 import ECHO, PING, TIMEOUT_SECONDS, Peer, frame, ping
from resilience import command

IDLE_SECONDS = 1
# Longer than every time limit of the servers.
SUSPENDED_SECONDS = 3
LIMITS = ("--idle-timeout", str(IDLE_SECONDS), "--frame-timeout", str(IDLE_SECONDS), "--write-timeout", "2")
# More than one poll of the server returns.
MANY_CLIENTS = 600
LOOPS = 300
REPLIES = 40

# A resolver that answers for names in this domain only after all tests.
DEAD_RESOLVER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    int is_look_up = hints == NULL || !(hints->ai_flags & AI_NUMERICHOST);
    if (node != NULL && is_look_up && strstr(node, ".dead") != NULL) sleep(600);
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, result);
}
"""


def is_stopped(process):
    """Returns whether no thread of the process runs: a thread may continue for a moment after the signal was sent."""
    tasks = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
    try:
        return all((task / "stat").read_text().rpartition(") ")[2].startswith("T") for task in tasks)
    except FileNotFoundError:
        # A thread has ended in the meantime.
        return False


@contextlib.contextmanager
def suspended(process):
    """The process is suspended for so long that all time limits pass."""
    process.send_signal(signal.SIGSTOP)
    resilience.wait_until(lambda: is_stopped(process), TIMEOUT_SECONDS, "every thread of the server has stopped")
    try:
        yield
        # The test needs this time to pass.
        time.sleep(SUSPENDED_SECONDS)
    finally:
        process.send_signal(signal.SIGCONT)


def unread(peer):
    """Returns the number of bytes that the peer has received and not read."""
    return struct.unpack("i", fcntl.ioctl(peer.socket, termios.FIONREAD, bytes(4)))[0]


class Suspended(unittest.TestCase):
    def peers(self, port, count):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        return [stack.enter_context(Peer(port)) for _ in range(count)]

    def test_what_came_meanwhile_counts_for_every_peer(self):
        options = ("--max-connections", "2000", "--event-loops", "1", *LIMITS)
        with command.server(*options) as (port, process):
            peers = self.peers(port, MANY_CLIENTS)
            for peer in peers:
                peer.expect_alive()
            with suspended(process):
                for peer in peers:
                    peer.send(ping(7))
            for peer in peers:
                self.assertEqual(peer.receive()[0], PING + 1)

    def test_what_came_meanwhile_counts_however_much_it_is(self):
        # More than one read returns. The reply to the last message shows that the server has read
        # everything.
        echo = frame(ECHO, bytes(60_000))
        with command.server(*LIMITS) as (port, process):
            (peer,) = self.peers(port, 1)
            peer.expect_alive()
            with suspended(process):
                peer.send(echo * 10 + echo[:1000])
            peer.send(echo[1000:])
            for _ in range(11):
                self.assertEqual(peer.receive()[0], ECHO + 1)

    def test_the_rest_of_a_frame_that_came_meanwhile_counts(self):
        with command.server(*LIMITS) as (port, process):
            (peer,) = self.peers(port, 1)
            peer.expect_alive()
            peer.send(ping(7)[:10])
            with suspended(process):
                peer.send(ping(7)[10:])
            self.assertEqual(peer.receive()[0], PING + 1)

    def test_what_a_peer_took_meanwhile_counts(self):
        reply = frame(ECHO + 1, bytes(60_000))
        with command.server(*LIMITS) as (port, process):
            (peer,) = self.peers(port, 1)
            # More replies than the socket of the server accepts before the peer reads.
            peer.send(frame(ECHO, bytes(60_000)) * REPLIES)
            resilience.wait_until(lambda: unread(peer) > 0, TIMEOUT_SECONDS, "a reply comes")
            with suspended(process):
                taken = peer.read(unread(peer))
            self.assertEqual(taken + peer.read(REPLIES * len(reply) - len(taken)), reply * REPLIES)

    def test_the_same_over_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = command.self_signed_certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            with command.server("--tls", "--cert", certificate, "--key", key, *LIMITS) as (port, process):
                peers = self.peers(port, 20)
                for peer in peers:
                    peer.socket = context.wrap_socket(peer.socket)
                    self.addCleanup(peer.socket.close)
                    peer.expect_alive()
                with suspended(process):
                    for peer in peers:
                        peer.send(ping(7))
                for peer in peers:
                    self.assertEqual(peer.receive()[0], PING + 1)

    def test_silent_peers_are_closed_all_the_same(self):
        with command.server(*LIMITS) as (port, process):
            (peer,) = self.peers(port, 1)
            peer.expect_alive()
            with suspended(process):
                pass
            self.assertEqual(peer.error(), 9)
            peer.expect_end()


class DeadResolver(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        source, library = (pathlib.Path(cls.folder.name) / name for name in ("resolver.c", "resolver.so"))
        source.write_text(DEAD_RESOLVER)
        compiler = shutil.which("cc") or "clang"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        cls.environment = {"LD_PRELOAD": str(library)}

    def start(self, *arguments):
        process = subprocess.Popen(
            [command.PATH, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**command.ENVIRONMENT, **self.environment},
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_a_client_gives_up_when_its_time_is_up(self):
        process = self.start("ping", "--host", "name.dead", "--timeout", "1")
        # The resolver takes ten minutes.
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 1)
        self.assertIn("within 1", process.stderr.read())

    def test_a_client_can_be_interrupted(self):
        process = self.start("ping", "--host", "name.dead", "--timeout", "600")
        self.wait_for_thread(process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=TIMEOUT_SECONDS)

    def test_a_server_ends_at_the_first_signal(self):
        process = self.start("serve", "--host", "name.dead", "--no-metrics")
        self.wait_for_thread(process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)

    def wait_for_thread(self, process):
        """Returns whether the resolver is running: a thread sleeps for some time."""

        def is_asleep():
            for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
                # Threads may end meanwhile.
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    if "nanosleep" in (task / "wchan").read_text():
                        return True
            return False

        resilience.wait_until(is_asleep, TIMEOUT_SECONDS, "the name is looked up")


class ManyLoops(unittest.TestCase):
    def test_every_loop_serves_its_connections(self):
        resilience.raise_descriptor_limit()
        with command.server("--event-loops", str(LOOPS), "--idle-timeout", "0") as (port, _):
            with contextlib.ExitStack() as stack:
                peers = [stack.enter_context(Peer(port)) for _ in range(LOOPS)]
                for _ in range(3):
                    for peer in peers:
                        peer.send(ping(7))
                    for peer in peers:
                        self.assertEqual(peer.receive()[0], PING + 1)


if __name__ == "__main__":
    command.main(f"usage: {sys.argv[0]} PATH_OF_NET001")
