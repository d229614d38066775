"""Runs `net001 healthcheck` against servers with different settings, like the health check of a container.

    python3 IntegrationTests/Interop/test_healthcheck.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import pathlib
import re
import signal
import socket
import tempfile
import unittest

import command
from command import metrics_port, run, self_signed_certificate, server
from net001 import *  # noqa: F403
from ports import unused_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


class Healthcheck(unittest.TestCase):
    def expect_healthy(self, process, **environment):
        result = run("healthcheck", environment={"METRICS_PORT": str(metrics_port(process)), **environment})
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "ready\n", ""))

    def expect_unhealthy(self, expected, *options, **environment):
        result = run("healthcheck", *options, environment=environment)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stdout, "")
        self.assertIn(expected, result.stderr.splitlines()[0])
        return result

    def test_variables_of_the_server_do_not_matter(self):
        with server() as (_, process):
            for environment in [{}, {"TLS": "0"}, {"TLS": "1"}, {"HOST": "::1"}, {"HOST": "0.0.0.0"}, {"CLIENT_CA": "x"}, {"ADMIN_TOKEN_FILE": "/nonexistent/t"}]:
                with self.subTest(environment=environment):
                    self.expect_healthy(process, **environment)

    def test_a_full_server_is_healthy(self):
        with server("--max-connections", "1") as (port, process), Peer(port) as peer:
            peer.expect_alive()
            self.expect_healthy(process)

    def test_a_server_whose_rate_is_used_up_is_healthy(self):
        with server(environment={"GLOBAL_RATE_LIMIT": "1", "RATE_LIMIT": "1"}) as (port, process), Peer(port) as peer:
            peer.send(ping() * 100)
            while peer.receive()[0] != ERROR:
                pass
            self.expect_healthy(process)

    def test_a_server_that_wants_certificates_of_its_clients_is_healthy(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self_signed_certificate(folder)
            options = ("--tls", "--cert", certificate, "--key", key, "--client-ca", certificate)
            with server(*options) as (_, process):
                self.expect_healthy(process, TLS="1", CLIENT_CA=certificate)

    def test_the_addresses_of_the_metrics_port_are_those_of_this_machine(self):
        for host in ("127.0.0.1", "0.0.0.0", "::", "::1", "localhost"):
            with self.subTest(host=host), server("--metrics-host", host, "--metrics-port", "0") as (_, process):
                self.expect_healthy(process, METRICS_HOST=host)

    def test_a_unix_socket_takes_the_place_of_the_metrics_port(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/metrics.socket"
            here = {"METRICS_SOCKET": path, "METRICS_PORT": None}
            with server(environment=here):
                for environment in [here, {**here, "METRICS_HOST": "0.0.0.0"}]:
                    result = run("healthcheck", environment=environment)
                    self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "ready\n", ""))
                result = run("healthcheck", "--metrics-socket", path, environment={"METRICS_PORT": None})
                self.assertEqual((result.returncode, result.stdout), (0, "ready\n"))
            line = f'cannot connect to unix {path}: no such file or directory (METRICS_SOCKET="{path}" comes from the environment'
            self.assertIn(line, self.expect_unhealthy("Error: cannot connect", **here).stderr.replace("No such", "no such"))
            self.expect_unhealthy(f'METRICS_SOCKET="{path}" replaces the metrics port: omit METRICS_PORT="1".', METRICS_SOCKET=path, METRICS_PORT="1")

    def test_the_port_is_a_thousand_higher_unless_it_is_said(self):
        port = unused_port(1000)
        self.expect_unhealthy(f"cannot connect to 127.0.0.1:{port + 1000}: ", METRICS_PORT=None, PORT=str(port))
        self.expect_unhealthy(f"cannot connect to 127.0.0.1:{port + 1000}: ", "--port", str(port), METRICS_PORT=None)

    def test_a_server_that_drains_is_not_healthy(self):
        with server("--drain-timeout", "5") as (port, process), contextlib.ExitStack() as stack:
            admin = str(metrics_port(process))
            # So many that the server needs a while to close them one after another.
            peers = [stack.enter_context(Peer(port)) for _ in range(400)]
            for peer in peers:
                peer.expect_alive()
            process.send_signal(signal.SIGTERM)
            while run("healthcheck", environment={"METRICS_PORT": admin}).returncode == 0:
                pass
            result = run("healthcheck", environment={"METRICS_PORT": admin})
            self.assertRegex(result.stderr, r"not ready: /readyz answered with status 503 \(stopping\)|cannot connect")

    def test_says_what_is_wrong(self):
        self.expect_unhealthy("--no-metrics (NO_METRICS) must be off", NO_METRICS="1")
        self.expect_unhealthy("--no-metrics (NO_METRICS) must be off", "--no-metrics")
        self.expect_unhealthy("set --metrics-port (METRICS_PORT)", METRICS_PORT="0")
        self.expect_unhealthy('METRICS_PORT="70000" must be between', METRICS_PORT="70000")
        with socket.create_server(("127.0.0.1", 0)) as mute:
            port = mute.getsockname()[1]
            self.expect_unhealthy("no whole answer came from", "--timeout", "2", METRICS_PORT=str(port))
        port = unused_port()
        self.expect_unhealthy(f"cannot connect to 127.0.0.1:{port}: ", METRICS_PORT=str(port))

    def test_a_server_that_is_no_metrics_port_is_not_healthy(self):
        with server() as (port, _):
            self.expect_unhealthy("does not speak HTTP", METRICS_PORT=str(port))

    def test_the_image_uses_it(self):
        text = (REPOSITORY / "Dockerfile").read_text()
        (check,) = re.findall(r"HEALTHCHECK .*?CMD (.*)", text, re.DOTALL)
        self.assertEqual(check.splitlines()[0], '["net001", "healthcheck"]')


if __name__ == "__main__":
    command.main(__doc__)
