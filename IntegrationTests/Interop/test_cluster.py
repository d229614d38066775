"""Runs several servers of `net001` that are joined by a real redis-server.

    python3 IntegrationTests/Interop/test_cluster.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import pathlib
import signal
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import command
from command import metrics_port, run, server
from net001 import *  # noqa: F403


class Redis:
    """A redis-server on a Unix-domain socket, which a test stops, continues and kills."""

    def __init__(self, folder, *options):
        self.socket = f"{folder}/redis.sock"
        self.url = f"redis+unix://{self.socket}"
        self.command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", folder, *options]
        self.start()

    def start(self):
        pathlib.Path(self.socket).unlink(missing_ok=True)
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        while not pathlib.Path(self.socket).exists():
            assert self.process.poll() is None, "redis-server has ended"
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def redis(*options):
    with tempfile.TemporaryDirectory(prefix="net001-") as folder:
        engine = Redis(folder, *options)
        try:
            yield engine
        finally:
            engine.kill()


def readiness(process):
    """Returns the status and the text of /readyz."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port(process)}/readyz", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def await_readiness(process, expected):
    """Returns the text of /readyz once its status and the beginning of its text are as expected."""
    while True:
        status, text = readiness(process)
        if (status, text.startswith(expected[1])) == (expected[0], True):
            return text
        time.sleep(0.02)


class Cluster(unittest.TestCase):
    def test_a_broadcast_reaches_the_clients_of_every_server_and_not_its_sender(self):
        with redis() as engine, contextlib.ExitStack() as stack:
            servers = [stack.enter_context(server("--backplane", engine.url)) for _ in range(3)]
            peers = [stack.enter_context(Peer(port)) for port, _ in servers for _ in range(2)]
            for peer in peers:
                peer.expect_alive()
            for sender in peers:
                sender.send(frame(BROADCAST, b"hello"))
                for peer in peers:
                    if peer is not sender:
                        self.assertEqual(peer.receive(), (BROADCAST, b"hello"))
                sender.expect_alive()

    def test_an_outage_of_redis_loses_nothing_and_readyz_names_it(self):
        with redis() as engine, contextlib.ExitStack() as stack:
            (first, process), (second, strict) = [
                stack.enter_context(server("--backplane", engine.url, *options)) for options in ([], ["--backplane-required"])
            ]
            sender, receiver = stack.enter_context(Peer(first)), stack.enter_context(Peer(second))
            for peer in (sender, receiver):
                peer.expect_alive()
            self.assertEqual(readiness(process), (200, "ready\n"))
            self.assertEqual(readiness(strict), (200, "ready\n"))
            engine.kill()
            await_readiness(process, (200, "ready, backplane degraded: "))
            await_readiness(strict, (503, "backplane degraded: "))
            sent = [str(number).encode() for number in range(100)]
            for text in sent:
                sender.send(frame(BROADCAST, text))
            sender.expect_alive()
            engine.start()
            self.assertEqual([receiver.receive() for _ in sent], [(BROADCAST, text) for text in sent])
            await_readiness(process, (200, "ready\n"))
            await_readiness(strict, (200, "ready\n"))

    def test_a_server_that_stops_publishes_all_that_it_has_accepted(self):
        with redis() as engine, server("--backplane", engine.url) as (second, _), Peer(second) as receiver:
            receiver.expect_alive()
            with server("--backplane", engine.url, "--drain-timeout", "60") as (first, process), Peer(first) as sender:
                sender.expect_alive()
                engine.process.send_signal(signal.SIGSTOP)
                for _ in range(100):
                    sender.send(frame(BROADCAST, b"last words"))
                sender.expect_alive()
                process.send_signal(signal.SIGTERM)
                engine.process.send_signal(signal.SIGCONT)
                process.wait(60)
            for _ in range(100):
                self.assertEqual(receiver.receive(), (BROADCAST, b"last words"))

    def test_no_broadcast_reaches_a_peer_before_its_tls_handshake_is_complete(self):
        with redis() as engine, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            files = [f"{folder}/cert.pem", f"{folder}/key.pem"]
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-subj", "/CN=localhost", "-out", files[0], "-keyout", files[1]],
                check=True,
                capture_output=True,
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            first, _ = stack.enter_context(server("--backplane", engine.url))
            options = ["--tls", "--cert", files[0], "--key", files[1], "--handshake-timeout", "60", "--event-loops", "1"]
            second, _ = stack.enter_context(server("--backplane", engine.url, *options))
            sender = stack.enter_context(Peer(first))
            sender.expect_alive()
            early, ready = [stack.enter_context(Peer(second)) for _ in range(2)]
            ready.socket = context.wrap_socket(ready.socket)
            ready.expect_alive()
            for number in range(10):
                sender.send(frame(BROADCAST, str(number).encode()))
            for number in range(10):
                self.assertEqual(ready.receive(), (BROADCAST, str(number).encode()))
            early.socket = context.wrap_socket(early.socket)
            # The first message is the answer, and no broadcast from before.
            early.expect_alive()
            sender.send(frame(BROADCAST, b"now"))
            for peer in (early, ready):
                self.assertEqual(peer.receive(), (BROADCAST, b"now"))

    def test_the_user_of_the_documentation_has_all_the_permissions_that_a_server_needs(self):
        page = pathlib.Path(__file__).resolve().parents[2] / "Docs" / "Cluster.md"
        user = next(line for line in page.read_text().splitlines() if line.startswith("user net001 "))
        with redis() as engine:
            subprocess.run(
                ["redis-cli", "-s", engine.socket, "ACL", "SETUSER", *user.replace("PASSWORD", "secret").split()[1:]],
                check=True, capture_output=True,
            )  # fmt: skip
            url = f"redis+unix://net001:secret@{engine.socket}"
            with server(environment={"BACKPLANE": url}) as (_, process):
                self.assertEqual(readiness(process), (200, "ready\n"))

    def test_a_password_is_never_shown(self):
        with redis("--requirepass", "right") as engine:
            urls = [f"redis+unix://:geheim@{engine.socket}", "http://:geheim@x", "redis://:geh/eim@x", "redis://:geheim@x?y=geheim"]
            # The host is missing.
            urls += ["redis://user:geheim", "redis://:geheim", "redis://a,b:geheim/0", "redis://[::1]:geheim", "user:geheim"]
            for url in urls:
                for arguments, environment in ([["--backplane", url], {}], [[], {"BACKPLANE": url}]):
                    with self.subTest(url=url, environment=environment):
                        result = run("serve", "--port", "0", *arguments, environment=environment)
                        self.assertNotEqual(result.returncode, 0)
                        self.assertIn("BACKPLANE" if environment else "--backplane", result.stderr)
                        self.assertNotIn("geh", result.stdout + result.stderr)

    def test_options_that_need_a_backplane_say_so(self):
        result = run("serve", "--port", "0", "--backplane-required")
        self.assertIn("--backplane-required (BACKPLANE_REQUIRED) requires --backplane (BACKPLANE).", result.stderr)
        result = run("serve", "--port", "0", "--backplane-ca", "ca.pem")
        self.assertIn('--backplane-ca "ca.pem" requires --backplane (BACKPLANE).', result.stderr)

    def test_the_script_of_make_cluster_shows_a_broadcast_that_crosses_three_servers(self):
        script = pathlib.Path(__file__).resolve().parents[2] / "Scripts/cluster"
        result = subprocess.run([script, command.PATH, "--once"], capture_output=True, text=True, timeout=300)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        for client in (1, 2, 3):
            self.assertIn(f"client {client} prints: BROADCAST hello from server 1\n", result.stdout)

    def test_the_script_of_make_cluster_says_what_does_not_start(self):
        script = pathlib.Path(__file__).resolve().parents[2] / "Scripts/cluster"
        for path, line in [("/missing", "cannot run /missing: No such file"), ("/bin/false", "/bin/false has not started:")]:
            result = subprocess.run([script, path, "--once"], capture_output=True, text=True, timeout=300)
            self.assertEqual(result.returncode, 1)
            self.assertIn(line, result.stderr)


if __name__ == "__main__":
    command.main(__doc__)
