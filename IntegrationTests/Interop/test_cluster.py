"""Runs several servers of `net001` that are joined by a real redis-server or nats-server.

    python3 IntegrationTests/Interop/test_cluster.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import command
from command import metric, metrics_port, run, self_signed_certificate, server
from engines import nats, redis
from net001 import *  # noqa: F403
from ports import unused_port


@contextlib.contextmanager
def connecting(*options):
    """Runs a server that may not listen yet."""
    process = subprocess.Popen(
        [command.PATH, "serve", "--port", "0", *options], stderr=subprocess.PIPE, text=True, env=command.variables()
    )
    process.log = []
    reader = threading.Thread(target=lambda: process.log.extend(process.stderr), daemon=True)
    reader.start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stderr.close()


def get(process, path):
    """Returns the status and the text of a path of the metrics port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port(process)}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def readiness(process):
    """Returns the status and the text of /readyz."""
    return get(process, "/readyz")


def await_readiness(process, expected):
    """Returns the text of /readyz once its status and the beginning of its text are as expected."""
    while True:
        status, text = readiness(process)
        if (status, text.startswith(expected[1])) == (expected[0], True):
            return text
        time.sleep(0.02)


class Promises:
    """What the servers promise with every engine. A test case has `engine`."""

    def test_a_broadcast_reaches_the_clients_of_every_server_and_not_its_sender(self):
        with self.engine() as engine, contextlib.ExitStack() as stack:
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

    def test_an_outage_of_the_engine_loses_nothing_and_readyz_names_it(self):
        with self.engine() as engine, contextlib.ExitStack() as stack:
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

    def test_health_and_status_are_served_while_the_engine_does_not_answer(self):
        with self.engine() as engine:
            engine.process.send_signal(signal.SIGSTOP)
            # The server waits for some ten seconds.
            with connecting("--backplane", engine.url) as process:
                self.assertEqual(get(process, "/healthz"), (200, "ok\n"))
                status, text = readiness(process)
                self.assertEqual((status, text.startswith("connecting to the backplane: ")), (503, True), text)
                report = json.loads(get(process, "/status")[1])
                self.assertEqual((report["state"], report["connections"]["open"]), ("starting", 0))
                self.assertEqual(get(process, "/")[0], 200)
                self.assertEqual(metric(process, "switchboard_ready"), 0)
                engine.process.send_signal(signal.SIGCONT)
                await_readiness(process, (200, "ready\n"))
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_a_server_that_connects_to_the_engine_can_be_stopped(self):
        with self.engine() as engine:
            engine.process.send_signal(signal.SIGSTOP)
            with connecting("--backplane", engine.url) as process:
                self.assertEqual(readiness(process)[0], 503)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)
            engine.process.send_signal(signal.SIGCONT)

    def test_a_server_that_stops_publishes_all_that_it_has_accepted(self):
        with self.engine() as engine, server("--backplane", engine.url) as (second, _), Peer(second) as receiver:
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


class OverRedis(Promises, unittest.TestCase):
    engine = staticmethod(redis)

    def is_admitted(self, peer, user):
        """Authenticates a user; returns whether the server lets the connection stay, which it may decide after the reply."""
        peer.send(auth(user, "token"))
        code, payload = peer.receive()
        if code == AUTH_REPLY:
            self.assertEqual(payload[0], 1)
            # Long enough for an answer of Redis; the server may decide later, which is no mistake.
            for _ in range(20):
                time.sleep(0.05)
                peer.send(ping(1))
                code, payload = peer.receive()
                if code == ERROR:
                    break
            else:
                return True
        self.assertEqual((code, payload[0]), (ERROR, 8))
        self.assertIn(b"the maximum number of connections of this user is reached (1)", payload)
        return False

    def test_a_user_has_no_more_connections_than_allowed_on_all_servers_together(self):
        options = ("--max-connections-per-user", "1", "--rate-limit", "0")
        with redis() as engine, contextlib.ExitStack() as stack:
            (first, _), (second, process), (third, killed) = [
                stack.enter_context(server("--backplane", engine.url, *options, status=status)) for status in (0, 0, -signal.SIGKILL)
            ]
            alice, bob = stack.enter_context(Peer(first)), stack.enter_context(Peer(first))
            self.assertTrue(self.is_admitted(alice, "alice"))
            self.assertTrue(self.is_admitted(bob, "bob"))
            with Peer(first) as other:
                self.assertFalse(self.is_admitted(other, "alice"))
            with Peer(second) as other:
                self.assertFalse(self.is_admitted(other, "alice"))
            alice.expect_alive()
            alice.socket.close()
            alice = stack.enter_context(self.admitted(second, "alice"))
            # The connections of a server that was killed count for 15 s.
            carol = stack.enter_context(Peer(third))
            self.assertTrue(self.is_admitted(carol, "carol"))
            killed.kill()
            killed.wait()
            with Peer(second) as other:
                self.assertFalse(self.is_admitted(other, "carol"))
            stack.enter_context(self.admitted(second, "carol"))
            # Without Redis, each server counts its own connections.
            engine.kill()
            await_readiness(process, (200, "ready, backplane degraded: "))
            stack.enter_context(self.admitted(second, "bob"))
            with Peer(second) as other:
                self.assertFalse(self.is_admitted(other, "alice"))

    def admitted(self, port, user):
        """Returns a connection of a user, once the server lets the user have one."""
        while True:
            peer = Peer(port)
            if self.is_admitted(peer, user):
                return peer
            peer.socket.close()

    def test_the_rate_of_all_servers_together_is_limited(self):
        options = ("--cluster-rate-limit", "300", "--rate-limit", "0", "--global-rate-limit", "0")
        with redis() as engine, contextlib.ExitStack() as stack:
            servers = [stack.enter_context(server("--backplane", engine.url, *options)) for _ in range(3)]
            peers = [stack.enter_context(Peer(port)) for port, _ in servers]
            # Until each server knows of the others, it has more than its part in reserve.
            for _, process in servers:
                while metric(process, "switchboard_cluster_servers") != 3:
                    time.sleep(0.05)
            handled, start = 0, time.monotonic()
            for _ in range(20):
                for index, peer in enumerate(peers):
                    count = 10 * 4**index
                    peer.send(ping(1) * count)
                    answers = [peer.receive() for _ in range(count)]
                    self.assertTrue(all(code == PONG or (code, payload[0]) == (ERROR, 7) for code, payload in answers))
                    handled += sum(code == PONG for code, _ in answers)
            # The messages of a second may come at once.
            self.assertLessEqual(handled, 300 * (time.monotonic() - start + 1))
            self.assertGreater(handled, 0)
            for _, process in servers:
                self.assertIsNotNone(metric(process, "switchboard_cluster_rate_limited_total"))

    def test_a_limit_of_all_servers_needs_a_backplane(self):
        result = run("serve", "--port", "0", "--cluster-rate-limit", "5")
        self.assertIn("--cluster-rate-limit \"5\" requires --backplane (BACKPLANE).", result.stderr)

    def test_no_broadcast_reaches_a_peer_before_its_tls_handshake_is_complete(self):
        with redis() as engine, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            certificate, key = self_signed_certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            first, _ = stack.enter_context(server("--backplane", engine.url))
            options = ["--tls", "--cert", certificate, "--key", key, "--handshake-timeout", "60", "--event-loops", "1"]
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

    def test_an_engine_that_never_answers_is_explained_in_one_line(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            place = "127.0.0.1:{}".format(mute.getsockname()[1])
            result = run("serve", "--port", "0", "--backplane", f"redis://{place}")
        self.assertNotEqual(result.returncode, 0)
        (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        self.assertIn(f"the backplane could not be started in time: Redis at {place} has not answered within", line)

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


class OverNATS(Promises, unittest.TestCase):
    engine = staticmethod(nats)

    def refusal(self, url, *options):
        """Returns the line with which a server refuses to start."""
        result = run("serve", "--port", "0", *options, environment={"BACKPLANE": url})
        self.assertNotEqual(result.returncode, 0)
        lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertNotIn("backplane rejected", result.stderr)
        self.assertNotIn("geheim", result.stdout + result.stderr)
        return lines[0]

    def test_the_log_names_the_engine(self):
        with nats() as engine, server("--backplane", engine.url) as (_, process):
            self.assertIn(f"backplane connected engine={engine.place}", "".join(process.log))
            engine.kill()
            text = await_readiness(process, (200, "ready, backplane degraded: "))
            self.assertIn(f"NATS at {engine.place}", text)
            engine.start()
            await_readiness(process, (200, "ready\n"))
            self.assertNotIn("Redis", "".join(process.log) + text)

    def test_a_user_and_a_token_are_used_and_wrong_ones_explained(self):
        with nats('authorization { user: "net001", password: "se/cret" }') as engine:
            with server(environment={"BACKPLANE": f"nats://net001:se%2Fcret@{engine.place}"}) as (_, process):
                self.assertEqual(readiness(process), (200, "ready\n"))
            place = f"NATS at {engine.place} cannot be used"
            self.assertIn(f"{place}: it does not accept the credentials in the URL", self.refusal(f"nats://net001:geheim@{engine.place}"))
            self.assertIn(f"{place}: it requires credentials", self.refusal(engine.url))
        with nats('authorization { token: "secret" }') as engine:
            with server(environment={"BACKPLANE": f"nats://secret@{engine.place}"}) as (_, process):
                self.assertEqual(readiness(process), (200, "ready\n"))
            self.assertIn("does not accept the credentials", self.refusal(f"nats://geheim@{engine.place}"))

    def test_an_nkey_is_used(self):
        key = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
        with nats(f"authorization {{ users: [ {{ nkey: {key} }} ] }}") as engine, tempfile.NamedTemporaryFile("w") as seed:
            seed.write("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY")
            seed.flush()
            with server("--backplane", f"{engine.url}?nkey={key}&seed={seed.name}") as (_, process):
                self.assertEqual(readiness(process), (200, "ready\n"))
        line = self.refusal(f"nats://h?nkey={key}&seed=/missing/seed")
        self.assertIn("the file /missing/seed cannot be read: No such file or directory", line)

    def test_the_user_of_the_documentation_has_all_the_permissions_that_a_server_needs(self):
        page = pathlib.Path(__file__).resolve().parents[2] / "Docs" / "Cluster.md"
        (settings,) = re.findall(r"^authorization \{\n.*?^\}\n", page.read_text(), re.DOTALL | re.MULTILINE)
        with nats(settings.replace("PASSWORD", "secret")) as engine:
            url = f"nats://net001:secret@{engine.place}"
            with server(environment={"BACKPLANE": url}) as (first, process), server(environment={"BACKPLANE": url}) as (second, _):
                self.assertEqual(readiness(process), (200, "ready\n"))
                with Peer(first) as sender, Peer(second) as receiver:
                    receiver.expect_alive()
                    sender.send(frame(BROADCAST, b"hello"))
                    self.assertEqual(receiver.receive(), (BROADCAST, b"hello"))

    def test_a_missing_permission_is_explained(self):
        permissions = 'publish: ["$JS.API.>", "$JS.FC.>"], subscribe: ["_INBOX.>"]'
        with nats(f"authorization {{ users: [ {{ user: u, password: geheim, permissions: {{ {permissions} }} }} ] }}") as engine:
            line = self.refusal(f"nats://u:geheim@{engine.place}")
            self.assertIn(f"NATS at {engine.place} cannot be used: the user lacks a permission", line)
            self.assertIn('"switchboard"', line)

    def test_a_server_without_jetstream_is_explained(self):
        with nats(jetstream=False) as engine:
            self.assertIn(f"NATS at {engine.place} cannot be used: JetStream is not enabled: start nats-server with --jetstream", self.refusal(engine.url))

    def test_an_engine_that_is_not_there_is_explained_after_the_start_timeout(self):
        port = unused_port()
        line = self.refusal(f"nats://127.0.0.1:{port}")
        self.assertIn(f"the backplane could not be started in time: NATS at 127.0.0.1:{port} is unreachable", line)

    def test_a_server_of_another_protocol_is_explained(self):
        with server() as (port, _):
            self.assertIn(f"NATS at 127.0.0.1:{port}", self.refusal(f"nats://127.0.0.1:{port}"))

    def test_mistakes_in_a_url_are_explained_without_the_password(self):
        for url, reason in [
            ("nats://h/path", "the NATS URL is wrong: "),
            ("nats://user:geheim", "the NATS URL is wrong: the port after"),
            ("nats://u:geh/geheim@h", "must be percent-encoded as %2F"),
            ("nats://:geheim@h", "a password needs a user name"),
            ("nats://h?stream=geheim", '"stream" in the query is unknown'),
            ("mqtt://h", "it must begin with redis://"),
        ]:
            with self.subTest(url=url):
                self.assertIn(reason, self.refusal(url))

    def test_tls_is_used_with_a_ca_and_mistakes_are_explained(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self_signed_certificate(folder, "-addext", "subjectAltName=IP:127.0.0.1")
            with nats(f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}') as engine:
                url = f"tls://{engine.place}"
                with server("--backplane", url, "--backplane-ca", certificate) as (_, process):
                    self.assertEqual(readiness(process), (200, "ready\n"))
                self.assertIn("it requires TLS: use tls:// instead of nats://", self.refusal(engine.url))
                self.assertIn("TLS has failed", self.refusal(url))
                self.assertIn("requires a rediss:// or tls:// URL", self.refusal(engine.url, "--backplane-ca", certificate))
            with nats() as engine:
                self.assertIn("it does not offer TLS", self.refusal(f"tls://{engine.place}", "--backplane-ca", certificate))


class Command(unittest.TestCase):
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
