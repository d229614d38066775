"""Tests AUTH with a credential file.

    python3 IntegrationTests/Interop/test_credentials.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import ctypes
import ctypes.util
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import command
from command import run, server
from net001 import *  # noqa: F403

AUTHENTICATION_FAILED = 6
TOKEN = "correct horse battery staple"
FILTER = pathlib.Path(__file__).resolve().parents[2] / "Docs/fail2ban/net001.conf"


def crypt(token, setting):
    """The crypt(3) of the system, which hashes the tokens for these tests."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(token.encode(), setting.encode()).decode()


# Low costs, because a test does not need a hash that takes half a second.
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
        """Returns the session ID, or None if the server refuses."""
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
                self.assertLess(time.monotonic() - start, TIMEOUT_SECONDS, "it is still served")
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

    # The log

    def test_the_log_has_each_attempt_with_its_user_and_address(self):
        with self.server() as (port, process), Peer(port) as peer:
            address = "127.0.0.1:%d" % peer.socket.getsockname()[1]
            self.assertIsNone(self.authenticate(peer, "alice", "wrong"))
            self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
        log = "".join(process.log)
        self.assertRegex(log, rf"notice: authentication refused connection=\d+ peer={address} user=alice\n")
        self.assertRegex(log, rf"info: authentication accepted connection=\d+ peer={address} user=alice\n")
        self.assertRegex(log, f"info: connection closed .*peer={address} reason=.* user=alice\n")

    def test_a_user_in_the_log_is_short_and_controls_no_terminal(self):
        with self.server() as (port, process), Peer(port) as peer:
            self.assertIsNone(self.authenticate(peer, "eve\n\x1b[2J" + "x" * 200, "wrong"))
        line = next(line for line in process.log if "authentication refused" in line)
        self.assertRegex(line, r" user=eve\\n\\u\{1B\}\[2Jx{56}…\n$")

    def test_guesses_do_not_fill_the_log(self):
        with self.server("--event-loops", "1") as (port, process):
            start = time.monotonic()
            for _ in range(100):
                with Peer(port) as peer:
                    peer.send(auth("alice", "wrong") * 3)
                    peer.receive()
            seconds = time.monotonic() - start
            while not any("more authentications refused" in line for line in process.log):
                self.assertLess(time.monotonic() - start, TIMEOUT_SECONDS, process.log)
                time.sleep(0.01)
        lines = [line for line in process.log if "notice: authentication refused" in line]
        self.assertGreaterEqual(len(lines), 5)
        self.assertLessEqual(len(lines), 5 * (seconds + 2))

    @unittest.skipUnless(shutil.which("fail2ban-regex"), "fail2ban is not installed (apt install fail2ban)")
    def test_fail2ban_finds_the_addresses_that_guess_and_no_others(self):
        forged = "eve peer=198.51.100.1:1 user="
        for log_format in ("text", "json"):
            with self.subTest(log_format), self.server("--log-format", log_format, "--host", "::") as (port, process):
                for source in (("127.0.0.1", "127.0.0.5"), ("127.0.0.1", "127.0.0.6"), ("::1", "::1")):
                    with Peer(port, *source) as peer:
                        self.assertIsNone(self.authenticate(peer, forged, 'x", "peer":"198.51.100.1:1"'))
                with Peer(port, source="127.0.0.7") as peer:
                    self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
            log = self.file.parent / f"{log_format}.log"
            log.write_text("".join(process.log))
            # What fail2ban makes of an entry of the journal of systemd.
            journal = self.file.parent / "journal.log"
            journal.write_text("".join(f"host net001[42]: {line}" for line in process.log))
            for file in (log, journal) if log_format == "text" else (log,):
                found = subprocess.run(
                    ["fail2ban-regex", "--out", "ip", str(file), str(FILTER)], capture_output=True, text=True, timeout=60
                )
                self.assertEqual(found.stdout.split(), ["127.0.0.5", "127.0.0.6", "::1"], found.stderr)

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

    # Commands

    def test_commands_authenticate(self):
        (self.file.parent / "token").write_text(TOKEN + "\nwhatever\n")
        with self.server("--require-auth") as (port, _):
            to = ("--port", str(port))
            environment = {"NET001_TOKEN": TOKEN}
            commands = [
                ["ping", *to, "-c", "1"], ["echo", *to, "text"], ["broadcast", *to, "text"], ["send", *to, "/dev/null"],
                ["send", *to, str(self.file)], ["load", *to, "--message", "echo", "--duration", "0.1", "-c", "2"],
                ["load", *to, "--message", "broadcast", "--duration", "0.1", "-c", "2"],
            ]  # fmt: skip
            for arguments in commands:
                with self.subTest(arguments):
                    result = run(*arguments, "--user", "alice", environment=environment)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    result = run(*arguments, "--user", "alice", "--token-file", str(self.file.parent / "token"))
                    self.assertEqual(result.returncode, 0, result.stderr)
                    result = run(*arguments, environment={**environment, "NET001_USER": "alice"})
                    self.assertEqual(result.returncode, 0, result.stderr)
            with Peer(port) as peer, subprocess.Popen(
                [command.PATH, "listen", *to, "-c", "1", "--user", "alice"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=command.variables(environment),
            ) as listener:
                self.assertIn("listening", listener.stderr.readline())
                self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
                peer.send(frame(BROADCAST, b"news"))
                self.assertEqual(listener.communicate(timeout=TIMEOUT_SECONDS)[0], "BROADCAST news\n")
                self.assertEqual(listener.returncode, 0)

    def test_commands_say_that_credentials_are_wrong_or_missing(self):
        with self.server("--require-auth") as (port, _):
            for arguments in (["echo", "text"], ["load", "--message", "echo"], ["listen"]):
                name, *rest = arguments
                result = run(name, "--port", str(port), "--user", "alice", *rest, environment={"NET001_TOKEN": "wrong"})
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, r'\AError: the server refused the credentials of "alice"\n\Z')
            for arguments in (["echo", "text"], ["broadcast", "text"], ["load", "--message", "echo"], ["send", str(self.file)]):
                name, *rest = arguments
                result = run(name, "--port", str(port), *rest)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, r"\AError: .*ERROR 06 \(authenticationFailed.*--user.*\n\Z")

    # The file

    def refusal(self, *options):
        result = run("serve", "--port", "0", *(options or ("--auth-file", str(self.file))))
        self.assertNotEqual(result.returncode, 0)
        return result.stderr.splitlines()[0]

    def test_mistakes_in_the_file_are_told_with_their_line(self):
        hashed = ALICE.split(":", 1)[1]
        for text, expected in [
            ("# nobody\n", "credentials: the file has no user"),
            (ALICE + "\nbob\n", "credentials:2: a line must be user:hash"),
            (ALICE + "\n\n" + ALICE + "\n", "credentials:3: the user appears twice"),
            ("bob:secret\n", "credentials:1: the text after the colon is not a hash that crypt(3) of this system can check: make one with"),
            (":" + hashed, "credentials:1: a user's name must have"),
            ("bob:" + hashed[:-3], "credentials:1: the text after the colon is not a hash"),
            ("bob:$3$$" + "0" * 32, "credentials:1: the text after the colon is not a hash"),
            ("x" * 2000 + ":" + hashed, "credentials:1: a line may have at most 1024 bytes"),
        ]:
            with self.subTest(expected):
                self.write(text)
                line = self.refusal()
                self.assertIn(expected, line)
                self.assertNotIn("secret", line.replace("credentials", ""))
        self.file.write_bytes(b"\xff\xfe:")
        self.assertIn("is not UTF-8", self.refusal())
        self.file.unlink()
        self.assertIn("cannot be opened: no such file", self.refusal())

    def test_a_file_that_others_can_read_is_refused(self):
        for mode, expected in [
            (0o604, "all users have access to it"),
            (0o601, "all users have access to it"),
            (0o620, "a user other than its owner can write it"),
            (0o666, "a user other than its owner can write it"),
        ]:
            self.write(ALICE, mode)
            self.assertIn(f"{expected}: chmod 600 {self.file}", self.refusal())

    def test_a_file_that_a_group_of_the_process_can_read_is_accepted(self):
        for mode in (0o640, 0o440, 0o600, 0o400):
            self.write(ALICE, mode)
            with self.server() as (port, _), Peer(port) as peer:
                self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))

    # These tests do what Kubernetes and systemd do: they change the owners of files, which only
    # root may do.

    USER, GROUP = 54321, 54322

    def become(self, *groups):
        """Returns a function that makes a process run as another user, with these groups."""
        def change():
            os.setgroups(groups)
            os.setgid(self.USER)
            os.setuid(self.USER)

        return change

    def give_away(self, mode, group):
        self.file.parent.chmod(0o755)
        self.write(ALICE, mode)
        os.chown(self.file, 0, group)
        self.file.chmod(mode)

    def refusal_as(self, change):
        result = subprocess.run(
            [command.PATH, "serve", "--port", "0", "--auth-file", str(self.file)],
            capture_output=True,
            text=True,
            timeout=60,
            env=command.variables(),
            preexec_fn=change,
        )
        self.assertEqual(result.returncode, 1)
        return result.stderr

    def grant(self, *entries):
        """Sets an access control list of a file: tags, permissions, and users or groups."""
        text = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
        try:
            os.setxattr(self.file, "system.posix_acl_access", text)
        except OSError as error:
            self.skipTest(f"this file system has no access control lists: {error}")

    @unittest.skipUnless(os.geteuid() == 0, "only root may give files away")
    def test_a_file_of_root_for_a_group_of_the_process_is_accepted_as_kubernetes_makes_it(self):
        self.give_away(0o440, self.GROUP)
        with server("--auth-file", str(self.file), preexec_fn=self.become(self.GROUP)) as (port, _), Peer(port) as peer:
            self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
        # Root is in none of these groups, and may read all files. The server reports that others
        # may read this one, too.
        self.assertIn(f"the group with gid {self.GROUP}, to which this process does not belong, has access to it", self.refusal())

    @unittest.skipUnless(os.geteuid() == 0, "only root may give files away")
    def test_a_file_with_an_access_control_list_is_accepted_as_systemd_makes_it(self):
        nobody = 0xFFFFFFFF
        owner, mask, others = (1, 4, nobody), (0x10, 4, nobody), (0x20, 0, nobody)
        self.give_away(0o400, 0)
        self.grant(owner, (2, 4, self.USER), (4, 0, nobody), mask, others)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o440)
        with server("--auth-file", str(self.file), preexec_fn=self.become()) as (port, _), Peer(port) as peer:
            self.assertIsNotNone(self.authenticate(peer, "alice", TOKEN))
        for entries, expected in [
            ([(2, 4, self.USER), (2, 4, 4242), (4, 0, nobody)], "another user (uid 4242)"),
            ([(2, 4, self.USER), (4, 0, nobody), (8, 4, 4243)], "the group with gid 4243, to which this process"),
            ([(2, 4, self.USER), (4, 4, nobody)], "the group with gid 0, to which this process"),
        ]:
            self.grant(owner, *entries, mask, others)
            self.assertIn(expected, self.refusal_as(self.become()))

    def test_to_require_it_without_a_file_makes_no_sense(self):
        self.assertIn("--require-auth (REQUIRE_AUTH) requires --auth-file (AUTH_FILE)", self.refusal("--require-auth"))

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
