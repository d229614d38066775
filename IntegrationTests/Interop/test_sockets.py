"""Tests `net001` with Unix-domain sockets, and with sockets from a service manager.

    python3 IntegrationTests/Interop/test_sockets.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import os
import pathlib
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

import command
from command import run
from net001 import *  # noqa: F403


class UnixPeer(Peer):
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(TIMEOUT_SECONDS)
        self.socket.connect(str(path))


# Moves a descriptor to the number that a service manager uses, and becomes the server.
ACTIVATE = """
import os, sys
descriptor, count = int(sys.argv[1]), sys.argv[2]
if descriptor != 3:
    os.dup2(descriptor, 3)
os.set_inheritable(3, True)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = count
os.execv(sys.argv[3], sys.argv[3:])
"""


class Sockets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "net001.socket"

    @contextlib.contextmanager
    def serving(self, arguments, environment=None, **options):
        """Runs a server, stops it, and checks that its exit status is 0."""
        process = subprocess.Popen(
            arguments, stderr=subprocess.PIPE, text=True, env=command.variables(environment), **options
        )
        log = []
        for line in process.stderr:
            log.append(line)
            if "listening" in line:
                break
        else:
            self.fail("the server did not start:\n" + "".join(log))
        reader = threading.Thread(target=lambda: log.extend(process.stderr), daemon=True)
        reader.start()
        process.log = log
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=TIMEOUT_SECONDS)
            reader.join(timeout=TIMEOUT_SECONDS)
            process.stderr.close()
            self.assertEqual(status, 0, "".join(log))

    def server(self, *options, **more):
        return self.serving([command.PATH, "serve", "--unix-socket", str(self.path), *options], **more)

    def test_frames_travel_over_a_unix_socket(self):
        with self.server() as process, UnixPeer(self.path) as peer, UnixPeer(self.path) as other:
            peer.send(bytes.fromhex("deadbeef010100080000018bcfe56800c8bc9ec8"))
            self.assertEqual(peer.read(20), pong(1700000000000))
            other.expect_alive()
            peer.send(frame(BROADCAST, b"news"))
            self.assertEqual(other.receive(), (BROADCAST, b"news"))
        self.assertIn(f"address=unix {self.path}", "".join(process.log))
        self.assertIn("peer=unix", "".join(process.log))
        self.assertFalse(self.path.exists(), "the socket is left behind")

    def test_the_clients_find_it(self):
        options = ("--unix-socket", str(self.path))
        with self.server():
            self.assertEqual(run("echo", *options, "hello").stdout, "hello\n")
            self.assertIn(f"PING unix {self.path}", run("ping", "-c", "1", *options).stdout)
            self.assertRegex(run("load", *options, "--duration", "0.3").stdout, r"^\d+ messages")
            self.assertEqual(run("echo", "hello", environment={"UNIX_SOCKET": str(self.path)}).stdout, "hello\n")

    def test_its_permissions_are_those_that_were_asked_for(self):
        for options, mode in [((), 0o660), (("--unix-socket-mode", "600"), 0o600), (("--unix-socket-mode", "666"), 0o666)]:
            with self.server(*options, preexec_fn=lambda: os.umask(0o077)):
                self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), mode)

    def test_a_socket_that_a_server_has_left_is_replaced(self):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(self.path))
            left.listen()
        self.assertTrue(self.path.exists())
        with self.server(), UnixPeer(self.path) as peer:
            peer.expect_alive()

    def test_a_socket_that_is_served_and_a_file_that_is_none_are_left_alone(self):
        with self.server(), UnixPeer(self.path) as peer:
            result = run("serve", "--unix-socket", str(self.path))
            self.assertEqual(result.stderr.lower(), f"error: cannot listen on unix {self.path}: address already in use "
                             "(choose another --unix-socket, or stop the process that listens there)\n")  # fmt: skip
            peer.expect_alive()
        self.path.write_text("precious")
        result = run("serve", "--unix-socket", str(self.path))
        line = f"Error: cannot listen on unix {self.path}: the path is a file that is not a socket (choose another --unix-socket)\n"
        self.assertEqual(result.stderr, line)
        self.assertEqual(self.path.read_text(), "precious")
        result = run("serve", "--unix-socket", str(self.path.parent))
        self.assertIn(f"cannot listen on unix {self.path.parent}: the path is a directory (choose another --unix-socket)", result.stderr)

    def test_what_has_taken_its_place_is_not_removed(self):
        with self.server():
            self.path.unlink()
            self.path.write_text("precious")
        self.assertEqual(self.path.read_text(), "precious")

    def test_paths_that_cannot_be(self):
        for path, expected in [
            ("/tmp/" + "x" * 200, "must have 1 to 107 bytes"), ("", "must not be empty"), ("/nowhere/at/all", "o such file"),
        ]:
            result = run("serve", "--unix-socket", path)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(expected, result.stderr.splitlines()[0])
        self.assertIn('--unix-socket-mode "999" is not an octal number', run("serve", "--unix-socket-mode", "999").stderr)
        self.assertIn("cannot connect to unix /nowhere: ", run("ping", "-c", "1", "--unix-socket", "/nowhere").stderr)

    # Activation

    def activated(self, listener, *options, count="1", environment=None):
        arguments = [sys.executable, "-c", ACTIVATE, str(listener.fileno()), count, command.PATH, "serve", *options]
        return self.serving(arguments, environment, pass_fds=[listener.fileno()])

    def test_a_tcp_socket_is_taken_over(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            with Peer(port) as early:  # before there is a server
                early.send(ping(1))
                with self.activated(listener) as process:
                    self.assertEqual(early.receive()[0], PONG)
                    with Peer(port) as peer:
                        peer.expect_alive()
                self.assertRegex("".join(process.log), rf"address=127.0.0.1:{port}\b")

    def test_a_unix_socket_is_taken_over_and_its_file_is_left_to_whoever_made_it(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.path))
            listener.listen()
            with self.activated(listener), UnixPeer(self.path) as peer:
                peer.expect_alive()
            self.assertTrue(self.path.exists())

    def test_what_is_no_listener_is_refused(self):
        def refusal(descriptor, count="1"):
            result = subprocess.run(
                [sys.executable, "-c", ACTIVATE, str(descriptor), count, command.PATH, "serve"],
                capture_output=True,
                text=True,
                timeout=60,
                pass_fds=[descriptor],
                env=command.ENVIRONMENT,
            )
            self.assertNotEqual(result.returncode, 0)
            return result.stderr

        with socket.socket() as unbound, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            self.assertIn("is not a listening stream socket", refusal(unbound.fileno()))
            self.assertIn("is not a listening stream socket", refusal(datagrams.fileno()))
        with open(os.devnull) as file:
            self.assertIn("is not a listening stream socket", refusal(file.fileno()))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.assertIn('LISTEN_FDS="2" must be 1', refusal(listener.fileno(), "2"))

    def test_variables_that_are_for_another_process_mean_nothing(self):
        arguments = [command.PATH, "serve", "--port", "0"]
        with self.serving(arguments, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}) as process:
            self.assertRegex("".join(process.log), r"address=127.0.0.1:\d+")

    def test_the_manager_is_told_when_the_server_is_ready_and_when_it_stops(self):
        for name in (str(self.path) + ".notify", "\0switchboard-test-" + str(os.getpid())):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(name)
                manager.settimeout(TIMEOUT_SECONDS)
                with self.server(environment={"NOTIFY_SOCKET": name.replace("\0", "@")}), UnixPeer(self.path) as peer:
                    self.assertEqual(manager.recv(100), b"READY=1")
                    peer.expect_alive()
                self.assertEqual(manager.recv(100), b"STOPPING=1")


if __name__ == "__main__":
    command.main(__doc__)
