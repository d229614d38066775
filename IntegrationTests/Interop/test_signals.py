"""Sends signals to `net001` at any time of its life, as process 1, and when it cannot create threads.

    python3 IntegrationTests/Interop/test_signals.py PATH-OF-NET001 [unittest options]
"""

import ctypes
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import command
from command import run, server
from net001 import *  # noqa: F403

NOBODY = 65534


class Process:
    """A server whose log is read line by line."""

    def __init__(self, *options, preexec_fn=None, environment=None, prefix=()):
        self.process = subprocess.Popen(
            [*prefix, command.PATH, "serve", "--port", "0", *options],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=command.variables(environment),
            preexec_fn=preexec_fn,
        )
        self.log = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.log.append(line)
                self.changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def wait_for(self, *parts, count=1):
        """Waits until `count` lines have all of `parts`."""
        with self.changed:
            found = self.changed.wait_for(
                lambda: sum(all(part in line for part in parts) for line in self.log) >= count, TIMEOUT_SECONDS
            )
        assert found, f"{parts} is not in the log:\n" + "".join(self.log)

    def send(self, number):
        self.process.send_signal(number)

    def status(self):
        status = self.process.wait(timeout=TIMEOUT_SECONDS)
        self.reader.join()
        return status


def keeps_signals(pid):
    """Returns whether process `pid` keeps signals: it is `net001`, and catches SIGTERM."""
    try:
        with open(f"/proc/{pid}/comm") as file:
            if file.read().strip() != "net001":
                return False
        with open(f"/proc/{pid}/status") as file:
            caught = int(re.search(r"^SigCgt:\s*(\w+)$", file.read(), re.MULTILINE)[1], 16)
    except (OSError, TypeError):
        return False
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def wait_until(condition, what):
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what


class Hangup(unittest.TestCase):
    def test_a_default_server_stays_and_says_that_there_is_nothing_to_reload(self):
        with Process() as serving:
            serving.wait_for("listening")
            for count in (1, 2):
                serving.send(signal.SIGHUP)
                serving.wait_for("not reloaded", "what=settings", "the server runs without --config", count=count)
                serving.wait_for("not reloaded", "what=certificates", "the server runs without --tls", count=count)
                serving.wait_for("not reloaded", "what=credentials", "without --auth-file", count=count)
                serving.wait_for("not reloaded", "what=admin token", "without --admin-token-file", count=count)
                serving.wait_for("not reloaded", "command line and environment", "restart the server", count=count)
            serving.send(signal.SIGTERM)
            self.assertEqual(serving.status(), 0)

    def test_what_there_is_is_reloaded_and_a_mistake_keeps_what_was_there(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "credentials"
            path.touch(mode=0o600)
            path.write_text("ada:" + run("hash-token", "ada", environment={"NET001_TOKEN": "secret"}).stdout.split(":", 1)[1])
            with Process("--auth-file", str(path)) as serving:
                serving.wait_for("listening")
                serving.send(signal.SIGHUP)
                serving.wait_for(" reloaded", "what=credentials")
                serving.wait_for("not reloaded", "what=certificates")
                path.write_text("nonsense")
                serving.send(signal.SIGHUP)
                serving.wait_for("not reloaded, previous version stays in use", "what=credentials", "reason=")

    def test_never_ends_the_server_however_early_it_comes(self):
        for _ in range(5):
            with Process() as serving:
                wait_until(lambda: keeps_signals(serving.process.pid), "signals are not kept")
                for _ in range(20):
                    serving.send(signal.SIGHUP)
                serving.wait_for("listening")
                # The server handles the signal as soon as it runs.
                serving.wait_for("not reloaded", "command line and environment")
                serving.send(signal.SIGTERM)
                self.assertEqual(serving.status(), 0)

    def test_reloads_although_it_was_ignored_by_nohup(self):
        with Process(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as serving:
            serving.wait_for("listening")
            serving.send(signal.SIGHUP)
            serving.wait_for("not reloaded", "command line and environment")

    def test_does_not_end_a_server_that_drains(self):
        with server("--drain-timeout", "5") as (port, process):
            with Peer(port) as peer:
                peer.expect_alive()
                process.send_signal(signal.SIGTERM)
                for _ in range(5):
                    process.send_signal(signal.SIGHUP)
                self.assertEqual(peer.error(), SHUTTING_DOWN)


class Stopping(unittest.TestCase):
    def test_a_signal_that_comes_before_the_server_is_ready_is_not_lost(self):
        for number in (signal.SIGTERM, signal.SIGINT) * 3:
            with Process() as serving:
                wait_until(lambda: keeps_signals(serving.process.pid), "signals are not kept")
                serving.send(number)
                self.assertEqual(serving.status(), 0)

    def test_a_server_that_cannot_read_its_files_can_be_stopped(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "credentials"
            os.mkfifo(path, 0o600)
            with Process("--auth-file", str(path)) as serving:
                wait_until(lambda: keeps_signals(serving.process.pid), "signals are not kept")
                serving.send(signal.SIGTERM)
                self.assertEqual(serving.status(), 0)

    def test_process_1_stops(self):
        prefix = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
        if subprocess.run([*prefix, "true"], capture_output=True).returncode:
            self.skipTest("this machine does not let a process have a namespace of process numbers (unshare --pid)")
        for moment in ("early", "late"):
            with self.subTest(moment=moment), Process(prefix=prefix) as serving:
                wait_until(lambda: children(serving.process.pid), "unshare has no child")
                (pid,) = children(serving.process.pid)
                wait_until(lambda: keeps_signals(pid), "signals are not kept")
                if moment == "late":
                    serving.wait_for("listening")
                os.kill(pid, signal.SIGTERM)
                self.assertEqual(serving.status(), 0)

    def test_signals_for_other_programs_are_ignored_and_noted(self):
        with Process() as serving:
            serving.wait_for("listening")
            for name in ("SIGUSR1", "SIGUSR2"):
                serving.send(getattr(signal, name))
                serving.wait_for("signal ignored", f"signal={name}")
            serving.send(signal.SIGINT)
            self.assertEqual(serving.status(), 0)

    def test_a_reader_of_the_log_that_goes_away_does_not_end_the_server(self):
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [command.PATH, "serve", "--port", "0"], stdin=subprocess.DEVNULL, stderr=writing, env=command.ENVIRONMENT
        )
        try:
            os.close(writing)
            os.read(reading, 1)
            os.close(reading)
            for _ in range(5):
                process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)
        finally:
            process.kill()
            process.wait()

    def test_clients_end_by_signals_as_other_programs_do(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                client = subprocess.Popen(
                    [command.PATH, "echo", "--port", str(mute.getsockname()[1]), "hello"],
                    stdin=subprocess.DEVNULL,
                    env=command.ENVIRONMENT,
                )
                with mute.accept()[0]:
                    client.send_signal(number)
                    self.assertEqual(client.wait(timeout=TIMEOUT_SECONDS), -number)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


class Threads(unittest.TestCase):
    """The limit counts all threads of a user and does not apply to root. The test uses a user without other processes."""

    def limited(self, limit):
        def prepare():
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
            resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

        return prepare

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("only root can run a server as a user that has no other processes")
        if any(os.stat(folder).st_uid == NOBODY for folder in processes()):
            self.skipTest("the user nobody has processes")

    def test_too_few_threads_are_one_clear_line(self):
        # The main thread and the one for signals run already.
        for limit in (1, 2, 5, 9):
            with self.subTest(limit=limit), Process("--event-loops", "4", preexec_fn=self.limited(limit)) as serving:
                self.assertNotEqual(serving.status(), 0)
                (line,) = serving.log
                self.assertRegex(
                    line, rf"^Error: this process requires \d+ threads and can start {max(limit - 2, 0)}: raise the limit"
                )

    def test_enough_threads_are_enough(self):
        with Process("--event-loops", "2", preexec_fn=self.limited(64)) as serving:
            serving.wait_for("listening")
            serving.send(signal.SIGTERM)
            self.assertEqual(serving.status(), 0)


def processes():
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit() and folder.exists():
            yield folder


if __name__ == "__main__":
    command.main(__doc__)
