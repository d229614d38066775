"""Runs the verbs of `switchboard` that serve connections."""

import contextlib
import re
import signal
import socket
import subprocess
import tempfile

from net001 import TIMEOUT_SECONDS

STALL_SECONDS = 1
MAXIMUM_SENT = 64 << 20


class Running:
    """A verb that serves connections; `output` and `errors` have what it printed, once it has ended."""

    def __init__(self, process, port, first):
        self.process, self.port, self.errors, self.output = process, port, first, ""

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.output, rest = self.process.communicate(timeout=TIMEOUT_SECONDS)
        self.errors += rest


@contextlib.contextmanager
def serving(path, verb, *arguments, number=signal.SIGTERM):
    """Runs a verb on a free port, stops it with a signal, and checks that it ends with status 0."""
    words = [path, verb, *map(str, arguments), "--listen", "127.0.0.1:0"]
    # Output goes to a file: a pipe would fill up, because this program reads the output only at the end.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        found = re.fullmatch(r"switchboard: listening on 127\.0\.0\.1:(\d+)\n", line)
        if not found:
            process.kill()
            raise AssertionError(f"{verb} did not start: {line}{process.communicate()[1]}")
        running = Running(process, int(found[1]), line)
        try:
            yield running
        except BaseException:
            process.kill()
            process.communicate()
            raise
        running.stop(number)
        output.seek(0)
        running.output = output.read()
        assert process.returncode == 0, (process.returncode, running.errors)


def exchange(port, data):
    """Sends `data`, ends the stream, and returns all that the server sends."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)


def fill(connection, request):
    """Sends requests until the other end reads no more; returns the number of bytes."""
    sent = 0
    connection.settimeout(STALL_SECONDS)
    while sent < MAXIMUM_SENT:
        try:
            sent += connection.send(request[sent % len(request) :])
        except TimeoutError:
            connection.settimeout(TIMEOUT_SECONDS)
            return sent
    raise AssertionError(f"the other end has read {sent} bytes")
