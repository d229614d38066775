"""Drives AUTH with a file of credentials from outside.

    python3 Tests/Interop/test_credentials.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import ctypes
import ctypes.util
import os
import pathlib
import signal
import socket
import tempfile
import time
import unittest

import command
from command import run, server
from net001 import *  # noqa: F403

AUTHENTICATION_FAILED = 6
TOKEN = "correct horse battery staple"


def crypt(token, setting):
    """The system's crypt(3), which hashes what net001 has to check."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(token.encode(), setting.encode()).decode()


# Cheap ones: a test does not need a hash that takes half a second.
ALICE = "alice:" + crypt(TOKEN, "$6$rounds=1000$saltsalt$")
BOB = "bob:" + crypt("b0b", "$6$rounds=1000$pepper$")


class Credentials(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "credentials"
        self.write(ALICE + "\n" + BOB + "\n")

    def write(self, text, mode=0o600):
        self.file.write_text(text)
        self.file.chmod(mode)

    @contextlib.contextmanager
    def server(self, *options):
        with server("--auth-file", str(self.file), *options) as running:
            yield running

    def authenticate(self, peer, user, token):
        """The ID of the session, or None when the server refuses."""
        peer.send(auth(user, token))
        code, payload = peer.receive()
        self.assertEqual(code, AUTH_REPLY)
        self.assertIn(payload[0], (0, 1))
        return payload[1:].decode() if payload[0] else None

    def test_who_knows_the_token_gets_a_session_and_nobody_else(self):
        with self.server() as (port, _), Peer(port) as peer, Peer(port) as other:
            first = self.authenticate(peer, "alice", TOKEN)
            self.assertRegex(first, "^[0-9a-f]{32}$")
            self.assertIsNone(self.authenticate(other, "alice", "b0b"))
            second = self.authenticate(other, "bob", "b0b")
            self.assertNotEqual(first, second)

    def test_a_line_of_hash_token_is_what_the_server_reads(self):
        result = run("hash-token", "carol", stdin="s3cret\n")
        self.assertEqual((result.returncode, result.stderr.strip()), (0, ""))
        self.assertRegex(result.stdout, r"^carol:\$y\$[^:\s]+\n$")
        user, hashed = result.stdout.strip().split(":", 1)
        self.assertEqual(crypt("s3cret", hashed), hashed)
        again = run("hash-token", "carol", environment={"NET001_TOKEN": "s3cret"})
        self.assertNotEqual(again.stdout, result.stdout, "the salt is the same")
        self.write("# members\n\n" + result.stdout)
        with self.server() as (port, _), Peer(port) as peer:
            self.assertIsNotNone(self.authenticate(peer, "carol", "s3cret"))

    def test_hash_token_refuses_what_could_not_be_read_again(self):
        for user, token in [("a:b", "x"), ("", "x"), ("a b", "x"), ("#a", "x"), ("a", ""), ("a", "x" * 512), ("u" * 256, "x")]:
            with self.subTest(user=user[:10], token=token[:10]):
                result = run("hash-token", user, stdin=token + "\n")
                self.assertNotEqual(result.returncode, 0)
                self.assertEqual(result.stdout, "")
        self.assertNotEqual(run("hash-token", "a", stdin="").returncode, 0)

    def test_the_third_refusal_closes(self):
        with self.server() as (port, _), Peer(port) as peer:
            for _ in range(2):
                self.assertIsNone(self.authenticate(peer, "alice", "wrong"))
            peer.expect_alive()
            self.assertIsNone(self.authenticate(peer, "mallory", "wrong"))
            peer.expect_end()

    def test_odd_credentials_are_refused_like_any_other(self):
        for user, token in [("alice", ""), ("", TOKEN), ("alice", TOKEN + "\0x"), ("alice", "x" * 600), ("alic", TOKEN)]:
            with self.server() as (port, _), Peer(port) as peer:
                self.assertIsNone(self.authenticate(peer, user, token), (user, token[:10]))
                peer.expect_alive()

    def test_an_address_that_guesses_is_told_to_wait_and_no_other(self):
        with self.server("--host", "0.0.0.0") as (port, _):
            refused = 0
            codes = []
            while RATE_LIMITED not in codes and refused < 50:
                with Peer(port) as peer:
                    peer.send(auth("alice", "wrong"))
                    code, payload = peer.receive()
                    codes.append(payload[0] if code == ERROR else None)
                    refused += 1
            self.assertGreaterEqual(refused, 11)
            self.assertLess(refused, 15)
            with Peer(port, source="127.0.0.2") as elsewhere:
                self.assertIsNotNone(self.authenticate(elsewhere, "alice", TOKEN))

    def test_success_does_not_count_as_an_attempt(self):
        with self.server() as (port, _):
            for _ in range(30):
                with Peer(port) as peer:
                    self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))

    def test_many_who_are_right_at_once_are_all_let_in(self):
        with self.server() as (port, _), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(40)]
            for peer in peers:
                peer.send(auth("alice", TOKEN))
            for peer in peers:
                code, payload = peer.receive()
                self.assertEqual((code, payload[0]), (AUTH_REPLY, 1))

    def test_a_stranger_that_does_not_read_gets_no_more_time(self):
        options = ("--require-auth", "--authentication-timeout", "1", "--output-high-water-mark", "10000")
        with self.server(*options) as (port, process), Peer(port) as peer:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.socket.settimeout(0.05)
            start = time.monotonic()
            while not any("connection closed" in line for line in process.log):
                self.assertLess(time.monotonic() - start, 4, "it is still served")
                with contextlib.suppress(TimeoutError, ConnectionError):
                    peer.socket.send(frame(ECHO, b"x" * 100) * 100)
                with contextlib.suppress(TimeoutError, ConnectionError):
                    peer.socket.recv(1000)

    def test_the_loop_goes_on_while_hashes_are_checked(self):
        self.write("alice:" + run("hash-token", "alice", stdin=TOKEN + "\n").stdout.split(":", 1)[1])
        with self.server("--event-loops", "1") as (port, _), Peer(port) as other, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(Peer(port)) for _ in range(8)]
            for peer in peers:
                peer.send(auth("alice", TOKEN))
            answered = 0
            for peer in peers:  # PINGs of another client are answered between the AUTHs
                peer.socket.settimeout(0.001)
                while True:
                    other.expect_alive()
                    answered += 1
                    try:
                        header = peer.socket.recv(1)
                        break
                    except TimeoutError:
                        continue
                self.assertEqual(header, b"\xde")
            self.assertGreater(answered, len(peers))

    # Requiring it

    def test_where_it_is_required_nothing_else_is_done_before(self):
        with self.server("--require-auth") as (port, _), Peer(port) as peer:
            peer.expect_alive()
            for request in (frame(ECHO, b"x"), frame(BROADCAST, b"x"), frame(DATA, b"x"), frame(ECHO, b"\xff" * 1000)):
                peer.send(request)
                self.assertEqual(peer.error(), AUTHENTICATION_FAILED)
            self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
            peer.send(frame(ECHO, b"x" * 60_000))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"x" * 60_000))

    def test_where_it_is_required_only_small_frames_are_received_before(self):
        with self.server("--require-auth") as (port, _), Peer(port) as peer:
            peer.send(frame(AUTH, b"\5alice" + b"x" * 60_000)[:2000])
            self.assertEqual(peer.error(), AUTHENTICATION_FAILED)
            peer.expect_end()
        with self.server("--require-auth") as (port, _), Peer(port) as peer:
            peer.send(frame(AUTH, b"\5alice" + b"x" * 2000))  # all of it at once
            self.assertEqual(peer.error(), AUTHENTICATION_FAILED)
            peer.expect_end()
        with self.server("--require-auth", "--max-unauthenticated-payload", "5000") as (port, _), Peer(port) as peer:
            self.assertIsNone(self.authenticate(peer, "alice", "x" * 4000))
            peer.expect_alive()

    def test_where_it_is_required_it_must_come_in_time(self):
        with self.server("--require-auth", "--authentication-timeout", "0.5") as (port, _):
            with Peer(port) as known, Peer(port) as stranger:
                self.assertIsNotNone(self.authenticate(known, "alice", TOKEN))
                start = time.monotonic()
                while True:  # PINGs do not help
                    stranger.send(ping())
                    code, payload = stranger.receive()
                    if code == ERROR:
                        break
                    self.assertLess(time.monotonic() - start, TIMEOUT_SECONDS)
                    time.sleep(0.02)
                self.assertEqual(payload[0], AUTHENTICATION_FAILED)
                known.expect_alive()

    def test_where_it_is_required_broadcasts_go_to_the_known_only(self):
        with self.server("--require-auth") as (port, _), contextlib.ExitStack() as stack:
            known = [stack.enter_context(Peer(port)) for _ in range(5)]
            strangers = [stack.enter_context(Peer(port)) for _ in range(3)]
            for peer in known:
                self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
            for peer in strangers:
                peer.expect_alive()
            known[0].send(frame(BROADCAST, b"news"))
            for peer in known[1:]:
                self.assertEqual(peer.receive(), (BROADCAST, b"news"))
            for peer in strangers:
                peer.expect_alive()

    # The file

    def refusal(self, *options):
        result = run("serve", "--port", "0", *(options or ("--auth-file", str(self.file))))
        self.assertNotEqual(result.returncode, 0)
        return result.stderr.splitlines()[0]

    def test_mistakes_in_the_file_are_told_with_their_line(self):
        hashed = ALICE.split(":", 1)[1]
        for text, expected in [
            ("# nobody\n", "credentials: there is no user in it"),
            (ALICE + "\nbob\n", "credentials:2: a line must be user:hash"),
            (ALICE + "\n\n" + ALICE + "\n", "credentials:3: this user is there twice"),
            ("bob:secret\n", "credentials:1: that is no hash which crypt(3) can check here: make one with"),
            (":" + hashed, "credentials:1: a user's name must have"),
            ("bob:" + hashed[:-3], "credentials:1: that is no hash"),
            ("bob:$3$$" + "0" * 32, "credentials:1: that is no hash"),
            ("x" * 2000 + ":" + hashed, "credentials:1: a line may have 1024 bytes"),
        ]:
            with self.subTest(expected):
                self.write(text)
                line = self.refusal()
                self.assertIn(expected, line)
                self.assertNotIn("secret", line.replace("credentials", ""))
        self.file.write_bytes(b"\xff\xfe:")
        self.assertIn("is no UTF-8", self.refusal())
        self.file.unlink()
        self.assertIn("cannot be opened: no such file", self.refusal())

    def test_a_file_that_others_can_read_is_refused(self):
        for mode in (0o640, 0o604, 0o620, 0o666):
            self.write(ALICE, mode)
            self.assertIn(f"others than its owner have access to it: chmod 600 {self.file}", self.refusal())

    def test_to_require_it_without_a_file_makes_no_sense(self):
        self.assertIn("--require-auth (REQUIRE_AUTH) needs --auth-file (AUTH_FILE)", self.refusal("--require-auth"))

    def test_the_file_is_read_again_on_sighup_and_kept_when_it_is_bad(self):
        def wait_for(process, text):
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while not any(text in line for line in process.log):
                self.assertLess(time.monotonic(), deadline, process.log)
                time.sleep(0.01)

        with self.server() as (port, process), Peer(port) as peer:
            self.write(BOB)
            process.send_signal(signal.SIGHUP)
            wait_for(process, "reloaded")
            self.assertIsNone(self.authenticate(peer, "alice", TOKEN))
            self.write("nonsense")
            process.send_signal(signal.SIGHUP)
            wait_for(process, "not reloaded")
            self.assertIsNotNone(self.authenticate(peer, "bob", "b0b"))

    # Secrets

    def test_no_token_is_ever_logged(self):
        with self.server("--debug") as (port, process), Peer(port) as peer:
            self.authenticate(peer, "alice", TOKEN)
            self.authenticate(peer, "alice", "wrong-token-of-mine")
            peer.send(frame(AUTH, b"\xff" + b"malformed-token-of-mine"))
            self.assertEqual(peer.error(), 0x0A)
            peer.send(frame(AUTH, b"\1u" + b"token-that-is-no-text-\xff"))
            self.assertEqual(peer.error(), 0x0A)
        log = "".join(process.log)
        self.assertIn("connection closed", log)
        for secret in (TOKEN, "token-of-mine", "token-that-is", ALICE.split(":")[1]):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    command.main(__doc__)
