"""Follows the README of each example in a copy outside the repository: builds it, runs its tests, and runs the tests that are
generated from the examples in its spec.

    python3 IntegrationTests/Downstream/test_examples.py [unittest options]
"""

import contextlib
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from engines import redis  # noqa: E402
from ports import unused_port  # noqa: E402


class Example:
    """A copy of an example, and its programs."""

    def __init__(self, name, place):
        self.folder = pathlib.Path(place) / name
        shutil.copytree(REPOSITORY / "Examples" / name, self.folder, ignore=shutil.ignore_patterns(".build*"))
        manifest = self.folder / "Package.swift"
        manifest.write_text(manifest.read_text().replace('path: "../.."', f'path: "{REPOSITORY}"'))
        self.program = self.folder / ".build/debug" / name

    def swift(self, *arguments):
        result = subprocess.run(
            ["swift", *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800
        )
        assert result.returncode == 0, result.stdout
        assert "warning:" not in result.stdout, result.stdout
        return result.stdout

    def test(self):
        """Runs the tests, and returns the number of tests that were generated from the spec."""
        self.swift("package", "protocol", "tests")
        output = self.swift("test", "--disable-xctest")
        assert "passed" in output, output
        return len(re.findall(rf'Test "\w+, (?:example|malformed) .*" passed', output))

    def run(self, *arguments, stdin=None):
        return subprocess.run(
            [self.program, *arguments], cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    def serve(self, *arguments):
        """Starts the server, and waits until it accepts connections."""
        port = str(unused_port())
        server = subprocess.Popen(
            [self.program, "serve", "--port", port, *arguments], cwd=self.folder, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port))).close()
                return server, port
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None, "the server did not start"


class Examples(unittest.TestCase):
    def test_chat(self):
        with tempfile.TemporaryDirectory() as place:
            chat = Example("Chat", place)
            self.assertEqual(chat.test(), 1)
            server, port = chat.serve()
            try:
                said = chat.run("join", "--name", "Bot", "--port", port, stdin="hello\n/who\n/dance\n")
            finally:
                server.kill()
                server.wait()
            self.assertRegex(said, r"(?s)You are in lobby, with Bot\.\n.*Bot: hello\nBot\n/who")
            self.talk_over_two_servers(chat)

    def talk_over_two_servers(self, chat):
        with contextlib.ExitStack() as stack:
            engine = stack.enter_context(redis())
            ports = []
            for _ in range(2):
                server, port_of_server = chat.serve("--backplane", engine.url)
                stack.callback(server.wait)
                stack.callback(server.kill)
                ports.append(port_of_server)
            ada = subprocess.Popen(
                [chat.program, "join", "--name", "Ada", "--port", ports[0]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(ada)
            stack.callback(ada.kill)
            self.assertEqual(ada.stdout.readline(), "You are in lobby, with Ada.\n")
            chat.run("join", "--name", "Ben", "--port", ports[1], stdin="hello\n")
            lines = [ada.stdout.readline() for _ in range(3)]
            self.assertEqual(lines[0], "Ben has entered.\n")
            self.assertRegex(lines[1], r"^\d\d:\d\d Ben: hello\n$")
            self.assertEqual(lines[2], "Ben has left.\n")

    def test_telemetry(self):
        with tempfile.TemporaryDirectory() as place:
            telemetry = Example("Telemetry", place)
            self.assertEqual(telemetry.test(), 3)
            server, port = telemetry.serve("--database", "readings.sqlite")
            try:
                sent = telemetry.run("simulate", "--port", port, "--rate", "20000", "--seconds", "2")
                (stored,) = re.findall(r"^(\d+) readings stored", sent)
                over_the_wire = telemetry.run("report", "--port", port)
            finally:
                server.kill()
                server.wait()
            self.assertGreaterEqual(int(stored), 40000)
            # Acknowledged readings are in the file, although the server was killed.
            self.assertEqual(telemetry.run("report", "--database", "readings.sqlite"), over_the_wire)
            rows = [line.split() for line in over_the_wire.splitlines()[1:]]
            self.assertEqual(sum(int(row[3]) for row in rows), int(stored))


if __name__ == "__main__":
    unittest.main()
