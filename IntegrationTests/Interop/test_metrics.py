"""Tests the metrics, the health checks and the list of connections that `net001` serves over HTTP.

    python3 IntegrationTests/Interop/test_metrics.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import command
from command import metrics_port, run, server
from net001 import *  # noqa: F403
from ports import unused_port


def get(port, path, host="127.0.0.1", method="GET", headers={}):
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers
    finally:
        connection.close()


def scrape(port):
    """Checks the text line by line, and returns all samples by their names with labels."""
    status, text, headers = get(port, "/metrics")
    assert status == 200, text
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
    samples, typed = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in typed, f"{name} has two types"
            assert (kind == "counter") == name.endswith("_total"), line
            typed.add(name)
        elif not line.startswith("# HELP "):
            name, value = re.fullmatch(r'([a-z_]+(?:\{[^{}]*\})?) (\S+)', line).groups()
            assert name not in samples, f"{name} is there twice"
            samples[name] = float(value)
    return samples


class Metrics(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def start(self, *options):
        port, process = self.stack.enter_context(server(*options))
        return port, metrics_port(process), process

    def test_count_known_traffic_exactly(self):
        port, admin, _ = self.start()
        with Peer(port) as peer, Peer(port) as listener:
            listener.expect_alive()
            peer.send(ping(1) * 600 + frame(ECHO, b"x" * 100) * 3 + frame(BROADCAST, b"news") + frame(0x77))
            for _ in range(603):
                peer.receive()
            self.assertEqual(peer.receive()[0], ERROR)
            self.assertEqual(listener.receive(), (BROADCAST, b"news"))
            samples = scrape(admin)
        for name, expected in {
            'switchboard_connections': 2,
            'switchboard_connections_accepted_total': 2,
            'switchboard_messages_received_total{message="Ping"}': 601,
            'switchboard_message_bytes_received_total{message="Ping"}': 601 * 20,
            'switchboard_messages_sent_total{message="Pong"}': 601,
            'switchboard_message_bytes_sent_total{message="Pong"}': 601 * 20,
            'switchboard_messages_received_total{message="Echo"}': 3,
            'switchboard_message_bytes_sent_total{message="EchoReply"}': 3 * 112,
            'switchboard_messages_received_total{message="Broadcast"}': 1,
            'switchboard_messages_sent_total{message="Broadcast"}': 1,
            'switchboard_messages_received_total{message="unknown"}': 1,
            'switchboard_faults_total{fault="unknownType"}': 1,
            'switchboard_messages_sent_total{message="Error"}': 1,
        }.items():
            self.assertEqual(samples[name], expected, name)
        count = samples['switchboard_handler_duration_seconds_count{message="Ping"}']
        self.assertGreaterEqual(count, 3)
        self.assertEqual(samples['switchboard_handler_duration_seconds_bucket{message="Ping",le="+Inf"}'], count)
        self.assertGreater(samples["process_resident_memory_bytes"], 1e6)
        self.assertLess(abs(samples["process_start_time_seconds"] - time.time()), 600)
        self.assertGreater(samples["process_open_fds"], 5)
        self.assertGreaterEqual(samples["process_max_fds"], samples["process_open_fds"])

    def test_say_why_connections_have_closed(self):
        port, admin, _ = self.start("--max-connections", "1")
        with Peer(port) as peer:
            peer.expect_alive()
            with Peer(port) as refused:
                refused.receive()
                refused.expect_end()
            peer.send(b"nonsense that is no frame at all")
            peer.receive()
            peer.expect_end()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        name = 'switchboard_connections_closed_total{reason="invalidMagic"}'
        while scrape(admin)[name] == 0:
            self.assertLess(time.monotonic(), deadline)
        samples = scrape(admin)
        self.assertEqual(samples[name], 1)
        self.assertEqual(samples['switchboard_connections_refused_total{reason="serverIsFull"}'], 1)
        self.assertEqual(samples["switchboard_connections"], 0)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (apt install prometheus)")
    def test_are_accepted_by_promtool(self):
        _, admin, _ = self.start()
        text = get(admin, "/metrics")[1]
        result = subprocess.run(
            ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60
        )
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    @unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed (apt install prometheus)")
    def test_are_scraped_by_prometheus(self):
        port, admin, _ = self.start()
        with Peer(port) as peer:
            peer.send(ping() * 42)
            for _ in range(42):
                peer.receive()
        web = unused_port()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        with open(os.path.join(folder, "prometheus.yml"), "w") as file:
            file.write(
                "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
                "scrape_configs:\n"
                f"  - {{ job_name: net001, static_configs: [ {{ targets: ['127.0.0.1:{admin}'] }} ] }}\n"
            )
        prometheus = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{web}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            query = urllib.parse.urlencode({"query": 'switchboard_messages_received_total{message="Ping"}'})
            deadline = time.monotonic() + 60
            result = []
            while not result:
                self.assertLess(time.monotonic(), deadline, "Prometheus has not scraped the server")
                self.assertIsNone(prometheus.poll(), "Prometheus has ended")
                with contextlib.suppress(OSError):
                    status, text, _ = get(web, f"/api/v1/query?{query}")
                    result = json.loads(text)["data"]["result"] if status == 200 else []
                time.sleep(0.1)
            self.assertEqual(result[0]["metric"]["job"], "net001")
            self.assertEqual(result[0]["value"][1], "42")
        finally:
            prometheus.terminate()
            prometheus.wait(timeout=TIMEOUT_SECONDS)


class Health(unittest.TestCase):
    def test_is_shown_before_and_while_the_server_drains(self):
        with server("--drain-timeout", "5") as (port, process), contextlib.ExitStack() as stack:
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/healthz")[:2], (200, "ok\n"))
            self.assertEqual(get(admin, "/readyz")[:2], (200, "ready\n"))
            # So many that the server needs a while to close them one after another.
            peers = [stack.enter_context(Peer(port)) for _ in range(400)]
            for peer in peers:
                peer.expect_alive()
            process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while (answer := get(admin, "/readyz")[:2])[0] == 200:
                self.assertLess(time.monotonic(), deadline)
            self.assertEqual(answer, (503, "stopping\n"))
            self.assertEqual(get(admin, "/healthz")[0], 200)
            samples = scrape(admin)
            self.assertEqual(samples["switchboard_ready"], 0)

    def test_nothing_else_is_there(self):
        with server() as (_, process):
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/secrets")[0], 404)
            self.assertEqual(get(admin, "/metrics", method="POST")[0], 405)
            self.assertEqual(get(admin, "/healthz", method="HEAD")[:2], (200, ""))


class Connections(unittest.TestCase):
    def connections(self, admin, query=""):
        status, text, headers = get(admin, "/connections" + query)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        return json.loads(text)

    def test_are_listed_with_what_they_have_done(self):
        with server() as (port, process), Peer(port) as first, Peer(port) as second:
            admin = metrics_port(process)
            name = 'Eve "\\ \n</script>'
            first.send(auth(name, "token") + ping() * 9)
            for _ in range(10):
                first.receive()
            second.send(frame(0x77))
            second.error()
            report = self.connections(admin, "?sort=rate")
            self.assertEqual(report["open"], 2)
            busy, idle = report["connections"]
            self.assertEqual((busy["user"], busy["messages"], busy.get("last_error")), (name, 10, None))
            self.assertEqual(busy["bytes_in"], len(auth(name, "token")) + 9 * 20)
            self.assertEqual(idle["last_error"], "unknownType")
            self.assertGreater(busy["messages_per_second"], idle["messages_per_second"])
            oldest, youngest = self.connections(admin, "?sort=age")["connections"]
            self.assertGreaterEqual(oldest["age_seconds"], youngest["age_seconds"])
            self.assertEqual(len(self.connections(admin, "?limit=1")["connections"]), 1)
            self.assertEqual(self.connections(admin, "?limit=0")["open"], 2)

    def test_that_have_closed_are_listed_with_the_reason(self):
        with server() as (port, process):
            admin = metrics_port(process)
            for _ in range(1100):
                with Peer(port) as peer:
                    peer.expect_alive()
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while self.connections(admin)["open"]:
                self.assertLess(time.monotonic(), deadline)
            closed = self.connections(admin)["closed"]
            self.assertEqual(len(closed), 1000)
            self.assertEqual({entry["reason"] for entry in closed}, {"endOfStream"})
            self.assertEqual(closed[0]["connection"]["messages"], 1)

    def test_wrong_questions_are_refused(self):
        with server() as (_, process):
            admin = metrics_port(process)
            for query in ["?sort=name", "?limit=-1", "?limit=10001", "?limit=x", "?limit=99999999999999999999"]:
                self.assertEqual(get(admin, "/connections" + query)[0], 400, query)

    def test_are_shown_to_this_machine_only(self):
        address = next((a for a in own_addresses() if not a.startswith("127.")), None)
        if not address:
            self.skipTest("this machine has no address but that of its loopback")
        with server("--metrics-host", "0.0.0.0") as (_, process):
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/healthz", host=address)[0], 200)
            forged = {"X-Forwarded-For": "127.0.0.1"}
            self.assertEqual(get(admin, "/connections", host=address, headers=forged)[0], 403)


def own_addresses():
    return {entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}


class Options(unittest.TestCase):
    def test_a_port_in_use_is_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            result = run("serve", "--port", "0", "--metrics-port", str(port))
        self.assertEqual(result.returncode, 1)
        errors = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
        self.assertEqual(len(errors), 1, result.stderr)
        self.assertIn(f"cannot serve metrics on 127.0.0.1:{port}: ", errors[0])

    def test_metrics_are_a_thousand_ports_higher_unless_it_is_said(self):
        port = unused_port(1000)
        with server("--port", str(port), environment={"METRICS_PORT": None}) as (_, process):
            self.assertEqual(metrics_port(process), port + 1000)

    def test_no_metrics(self):
        with server("--no-metrics") as (port, process):
            with Peer(port) as peer:
                peer.expect_alive()
        self.assertNotIn("/metrics", "".join(process.log))

    def test_a_port_that_is_none(self):
        result = run("serve", "--port", "0", environment={"METRICS_PORT": "70000"})
        self.assertNotEqual(result.returncode, 0)
        self.assertIn('METRICS_PORT="70000" must be between 0 and 65535.', result.stderr)


if __name__ == "__main__":
    command.main(__doc__)
