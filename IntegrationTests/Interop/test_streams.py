"""Runs the commands of `net001` with output that cannot be written, input that cannot be read, an interrupted terminal, and servers
that do not answer.

    python3 IntegrationTests/Interop/test_streams.py PATH-OF-NET001 [unittest options]
"""

import concurrent.futures
import contextlib
import os
import pathlib
import pty
import select
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

import command
from command import run, server, variables
from net001 import *  # noqa: F403
from ports import unused_port

CLOSED_PIPE = 128 + signal.SIGPIPE


def closing(*descriptors):
    """Returns a function for a child process that closes `descriptors` first."""
    return lambda: [os.close(descriptor) for descriptor in descriptors]


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.running = server()
        cls.port, _ = cls.running.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.running.__exit__(None, None, None)

    def commands(self):
        """Returns every command that ends by itself and prints a result."""
        to = ("--port", str(self.port))
        return [
            ["--help"], ["--version"], ["help", "ping"], ["serve", "--help"],
            ["ping", *to, "-c", "1"], ["echo", *to, "text"], ["auth", *to, "alice"], ["send", *to, "/dev/null"],
            ["load", *to, "--duration", "0.1", "--warm-up", "0"], ["hash-token", "alice"],
        ]  # fmt: skip

    def ended(self, arguments, **options):
        return subprocess.run(
            [command.PATH, *arguments],
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env=variables({"NET001_TOKEN": "s3cret"}),
            **options,
        )

    def test_a_full_disk_is_an_error(self):
        for arguments in self.commands():
            with self.subTest(arguments), open("/dev/full", "w") as full:
                result = self.ended(arguments, stdout=full)
                expected = "Error: cannot write to standard output: no space left on device\n"
                self.assertEqual((result.returncode, result.stderr), (1, expected))

    def test_a_closed_output_is_an_error_and_no_socket_takes_its_place(self):
        for arguments in self.commands():
            with self.subTest(arguments):
                result = self.ended(arguments, preexec_fn=closing(1))
                expected = "Error: cannot write to standard output: it is closed\n"
                self.assertEqual((result.returncode, result.stderr), (1, expected))

    def test_a_pipe_that_nobody_reads_ends_a_command_without_a_word(self):
        for arguments in self.commands():
            with self.subTest(arguments):
                reader, writer = os.pipe()
                os.close(reader)
                result = self.ended(arguments, stdout=writer)
                os.close(writer)
                self.assertEqual((result.returncode, result.stderr), (CLOSED_PIPE, ""))

    def test_a_command_that_goes_on_ends_when_its_reader_goes(self):
        process = subprocess.Popen(
            [command.PATH, "ping", "--port", str(self.port), "-i", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables(),
        )
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), CLOSED_PIPE)
        self.assertEqual(process.stderr.read(), "")
        process.stderr.close()

    def test_a_listener_ends_when_its_output_does(self):
        with open("/dev/full", "w") as full:
            process = subprocess.Popen(
                [command.PATH, "listen", "--port", str(self.port)],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                env=variables(),
            )
        self.assertIn("listening", process.stderr.readline())
        while process.poll() is None:  # the server may not know the listener at once
            run("broadcast", "--port", str(self.port), "news")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
        self.assertEqual((process.returncode, process.stderr.read()),
                         (1, "Error: cannot write to standard output: no space left on device\n"))  # fmt: skip
        process.stderr.close()

    def test_an_error_that_cannot_be_printed_is_still_one(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([command.PATH, "ping", "--count", "x"], stderr=full, timeout=60, env=variables())
        self.assertEqual(result.returncode, 64)

    def test_a_server_without_standard_streams_serves(self):
        port = unused_port()
        arguments = [command.PATH, "serve", "--port", str(port), "--no-metrics"]
        process = subprocess.Popen(arguments, env=variables(), preexec_fn=closing(0, 1, 2))
        try:
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while run("echo", "--port", str(port), "text").stdout != "text\n":
                self.assertLess(time.monotonic(), deadline)
        finally:
            process.terminate()
            self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)


class Listening(unittest.TestCase):
    def test_messages_that_a_paused_output_loses_are_counted(self):
        count = 60_000
        with server() as (port, _), Peer(port) as sender:
            reader, writer = os.pipe()
            process = subprocess.Popen(
                [command.PATH, "listen", "--port", str(port)],
                stdout=writer,
                stderr=subprocess.PIPE,
                text=True,
                env=variables(),
            )
            os.close(writer)
            self.assertIn("listening", process.stderr.readline())
            # Before the server knows the client, it sends nothing to it.
            while not select.select([reader], [], [], 0.05)[0]:
                sender.send(frame(BROADCAST, b"hello"))
            for start in range(0, count, 100):
                sender.send(b"".join(frame(BROADCAST, b"%06d" % number) for number in range(start, start + 100)))
                sender.expect_alive()
            with server() as (_, _):
                pass  # by now the listener has got them all
            sender.send(frame(BROADCAST, b"last"))
            sender.expect_alive()
            printed = b""
            lost = []
            errors = threading.Thread(target=lambda: lost.extend(process.stderr), daemon=True)
            errors.start()
            deadline = time.monotonic() + TIMEOUT_SECONDS
            def numbers():
                return [line for line in printed.split(b"\n") if line[10:].isdigit()]
            def lost_count():
                return sum(int(line.split()[0]) for line in lost if "lost" in line)
            while True:
                if select.select([reader], [], [], 0.1)[0]:
                    printed += os.read(reader, 1 << 20)
                elif (b"last" in printed) + len(numbers()) + lost_count() == count + 1:
                    break
                self.assertLess(time.monotonic(), deadline, (len(numbers()), lost))
            self.assertGreater(lost_count(), 0)
            process.kill()
            process.wait()
            os.close(reader)
            errors.join()
            process.stderr.close()


class Input(unittest.TestCase):
    def failure(self, *arguments, environment=None, **options):
        result = subprocess.run(
            [command.PATH, *arguments], capture_output=True, text=True, timeout=60, env=variables(environment), **options
        )
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return result.stderr.removeprefix("Error: ").rstrip("\n")

    def test_files_that_cannot_be_sent(self):
        with server() as (port, _), tempfile.TemporaryDirectory() as folder:
            to = ("--port", str(port))
            self.assertEqual(self.failure("send", *to, folder), f'cannot read "{folder}": is a directory')
            self.assertEqual(self.failure("send", *to, f"{folder}/no"), f'cannot read "{folder}/no": no such file or directory')
            self.assertEqual(self.failure("send", *to, "-", preexec_fn=closing(0)), "cannot read standard input: it is closed")

    def test_a_folder_for_standard_input(self):
        descriptor = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, descriptor)
        with server() as (port, _):
            self.assertEqual(self.failure("send", "--port", str(port), "-", stdin=descriptor), "cannot read standard input: is a directory")
        for arguments in (["hash-token", "alice"], ["auth", "alice"]):
            self.assertEqual(self.failure(*arguments, stdin=descriptor), "cannot read standard input: is a directory")
            self.assertEqual(self.failure(*arguments, preexec_fn=closing(0)), "cannot read standard input: it is closed")
            self.assertEqual(self.failure(*arguments, stdin=subprocess.DEVNULL), "standard input has no token: write the token on its first line")

    def test_files_that_may_not_be_read(self):
        with server() as (port, _), tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            path = pathlib.Path(folder) / "secret"
            path.write_text("x")
            path.chmod(0)
            other = (lambda: os.setuid(65534)) if os.geteuid() == 0 else None
            self.assertEqual(self.failure("send", "--port", str(port), str(path), preexec_fn=other), f'cannot read "{path}": permission denied')
            self.assertIn("permission denied", self.failure("echo", "--user", "a", "--token-file", str(path), "x", preexec_fn=other))

    def test_files_that_serve_cannot_read(self):
        for path in ("/", "/nonexistent/file"):
            self.assertIn(path, self.failure("serve", "--port", "0", "--auth-file", path))
        for arguments in (
            ["serve", "--port", "0", "--tls", "--cert", "/", "--key", "/"],
            ["ping", "--port", "1", "--tls", "--ca", "/"],
        ):
            failure = self.failure(*arguments)
            if "was built without TLS" not in failure:
                self.assertEqual(failure, "cannot read /: is a directory")

    def test_tokens_that_are_none(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "token"
            for content, expected in [
                (b"", "has no token on its first line"),
                (b"\n", "has no token on its first line"),
                (b"\xff\n", "is not UTF-8"),
                (b"x" * 70_000, "is longer than 65535 bytes"),
            ]:
                path.write_bytes(content)
                self.assertIn(expected, self.failure("echo", "--user", "a", "--token-file", str(path), "x"))


class Prompt(unittest.TestCase):
    """The hidden prompt for a token, at a terminal."""

    def start(self):
        main, terminal = pty.openpty()
        process = subprocess.Popen(
            [command.PATH, "hash-token", "alice"],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            text=True,
            env=variables(),
            start_new_session=True,
        )
        def stop():
            process.kill()
            process.wait()
            process.stdout.close()
            os.close(main)
            os.close(terminal)
        self.addCleanup(stop)
        self.wait_for(lambda: not self.shows(terminal))
        self.assertIn(b"Token for alice: ", os.read(main, 1000))
        return process, main, terminal

    def shows(self, terminal):
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def wait_for(self, condition):
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def state(self, process):
        return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def test_what_is_typed_is_not_shown_and_then_is_again(self):
        process, main, terminal = self.start()
        os.write(main, b"s3cret\n")
        line = process.stdout.readline()
        self.assertTrue(line.startswith("alice:$"), line)
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)
        self.assertTrue(self.shows(terminal))
        self.assertNotIn(b"s3cret", os.read(main, 1000))

    def test_the_end_of_input(self):
        process, main, terminal = self.start()
        os.write(main, b"\x04")
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 1)
        self.assertTrue(self.shows(terminal))

    def test_signals_that_end_the_program_show_it_again(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process, _, terminal = self.start()
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), -number)
                self.assertTrue(self.shows(terminal))

        process, _, terminal = self.start()
        process.send_signal(signal.SIGQUIT)  # may write a backtrace first
        self.wait_for(lambda: self.shows(terminal))

    def test_a_stopped_program_shows_it_and_hides_it_when_it_goes_on(self):
        process, main, terminal = self.start()
        # Ctrl-Z does not stop the leader of a session without a shell: the command asks again at once.
        process.send_signal(signal.SIGTSTP)
        shown = b""
        while b"Token for alice: " not in shown:
            if self.state(process) == "T":
                self.assertTrue(self.shows(terminal))
                process.send_signal(signal.SIGCONT)
            if select.select([main], [], [], 0.05)[0]:
                shown += os.read(main, 1000)
        self.wait_for(lambda: not self.shows(terminal))
        os.write(main, b"s3cret\n")
        self.assertTrue(process.stdout.readline().startswith("alice:$"))
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)
        self.assertTrue(self.shows(terminal))


class Silence(unittest.TestCase):
    """Servers that do not answer: --timeout limits the time for connecting and the reply together."""

    def elapsed(self, *arguments, environment=None):
        start = time.monotonic()
        result = run(*arguments, environment=environment, stdin="token\n")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return time.monotonic() - start

    def test_a_command_waits_no_longer_than_it_was_told(self):
        """All commands run at the same time. The timeout is longer than any delay of a busy machine."""
        timeout = 10
        with socket.create_server(("127.0.0.1", 0)) as silent:
            to = ("--port", str(silent.getsockname()[1]), "--timeout", str(timeout))
            commands = [
                ["ping", *to], ["echo", *to, "x"], ["broadcast", *to, "x"], ["auth", *to, "alice"],
                ["echo", *to, "--user", "alice", "x"], ["listen", *to, "--user", "alice"], ["load", *to],
                ["send", *to, "/dev/null"],
            ]  # fmt: skip
            with concurrent.futures.ThreadPoolExecutor(len(commands)) as executor:
                token = {"NET001_TOKEN": "x"}
                results = list(executor.map(lambda arguments: self.elapsed(*arguments, environment=token), commands))
        for arguments, elapsed in zip(commands, results):
            with self.subTest(arguments):
                self.assertGreaterEqual(elapsed, timeout)
                self.assertLess(elapsed, 1.9 * timeout, "more than one timeout has passed")


if __name__ == "__main__":
    command.main(__doc__)
