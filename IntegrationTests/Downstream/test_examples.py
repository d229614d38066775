"""Follows the README of each example in a copy outside the repository: builds it, runs its tests, and runs the tests that are
generated from the examples in its spec.

    python3 IntegrationTests/Downstream/test_examples.py [unittest options]
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from example import REPOSITORY, Example

sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from engines import redis  # noqa: E402
from ports import unused_port  # noqa: E402


class Examples(unittest.TestCase):
    def test_chat(self):
        with tempfile.TemporaryDirectory() as place:
            chat = Example("Chat", place)
            self.assertEqual(chat.test(), 1)
            server, port = chat.serve("--metrics-port", "0")
            try:
                said = chat.run("join", "--name", "Bot", "--port", port, stdin="hello\n/who\n/dance\n")
            finally:
                server.kill()
                server.wait()
            self.assertRegex(said, r"(?s)You are in lobby, with Bot\.\n.*Bot: hello\nBot\n/who")
            self.operate(chat)
            self.talk_over_two_servers(chat)

    def operate(self, chat):
        """The server has what operators need, without a line of its own for it."""
        port, metrics = unused_port(), unused_port()
        environment = {**os.environ, "CHAT_PORT": str(port), "CHAT_METRICS_PORT": str(metrics), "PORT": "1", "CHAT_LOG_FORMAT": "json"}
        credentials = chat.folder / "credentials"
        credentials.touch(mode=0o600)
        hashed = subprocess.run(["openssl", "passwd", "-6", "secret"], capture_output=True, text=True, check=True).stdout
        credentials.write_text(f"ada:{hashed}")
        server = subprocess.Popen(
            [chat.program, "serve", "--auth-file", credentials], cwd=chat.folder, env=environment, stderr=subprocess.PIPE, text=True
        )  # fmt: skip
        with server:
            log = (json.loads(line) for line in server.stderr)
            self.assertEqual(next(line["address"] for line in log if line["message"] == "listening"), f"127.0.0.1:{port}")
            self.assertEqual(self.get(metrics, "/readyz"), "ready\n")
            self.assertRegex(self.get(metrics, "/metrics"), r"(?m)^switchboard_connections 0$")
            server.send_signal(signal.SIGHUP)
            reloaded = next(line for line in log if line["message"] == "reloaded")
            self.assertEqual(reloaded["what"], "credentials")
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(timeout=60), 0)
        environment["CHAT_RATE_LIMIT"] = "many"
        refused = subprocess.run([chat.program, "serve"], cwd=chat.folder, env=environment, capture_output=True, text=True, timeout=60)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn('Error: CHAT_RATE_LIMIT="many" is not an integer.', refused.stderr)

    def get(self, port, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def talk_over_two_servers(self, chat):
        with contextlib.ExitStack() as stack:
            engine = stack.enter_context(redis())
            ports = []
            for _ in range(2):
                server, port_of_server = chat.serve("--backplane", engine.url, "--metrics-port", "0")
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
            self.assertEqual(telemetry.test(), 4)
            server, port = telemetry.serve("--database", "readings.sqlite", "--metrics-port", "0")
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
            self.measure(telemetry)

    def measure(self, telemetry):
        """The server passes requests for readings on to stations, and measures how long that takes."""
        with contextlib.ExitStack() as stack:
            metrics = unused_port()
            server, port = telemetry.serve("--database", "measured.sqlite", "--metrics-port", str(metrics))
            stack.callback(server.wait)
            stack.callback(server.kill)
            arguments = ["simulate", "--port", port, "--rate", "4", "--batch", "1", "--seconds", "600"]
            stations = stack.enter_context(subprocess.Popen([telemetry.program, *arguments]))
            stack.callback(stations.kill)

            def measure(station, sensor):
                command = [telemetry.program, "measure", "--port", port, "--station", station, "--sensor", sensor]
                return subprocess.run(command, capture_output=True, text=True, timeout=60)

            deadline = time.monotonic() + 60
            while (measured := measure("2", "1")).returncode != 0:
                self.assertEqual(measured.stderr, "Error: station 2 is not connected\n")
                self.assertLess(time.monotonic(), deadline, "the stations did not connect")
            self.assertRegex(measured.stdout, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  pressure  \d+\.\d\d\n$")
            self.assertEqual(measure("2", "9").stderr, "Error: station 2 has no sensor 9\n")
            page = self.get(metrics, "/metrics")
            self.assertRegex(page, r'(?m)^switchboard_message_duration_seconds_count\{message="Measure",outcome="ok"\} 1$')


if __name__ == "__main__":
    unittest.main()
