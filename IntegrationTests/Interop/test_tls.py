"""Tests TLS: the server with Python's ssl module, and the client with a server in Python.

    python3 IntegrationTests/Interop/test_tls.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

import command
from command import metric, metrics_port, run, self_signed_certificate, server
from net001 import *  # noqa: F403


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Authority:
    """A certificate authority with its own folder."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.path, self.key = self_signed_certificate(folder, name=name)

    def issue(self, name, alternatives, days=2):
        """The paths of a certificate and its key."""
        request, certificate, key = (str(self.folder / f"{name}.{suffix}") for suffix in ("csr", "crt", "key"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        openssl(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}"),
            *("-keyout", key, "-out", request),
        )
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.path, "-CAkey", self.key, "-CAcreateserial"),
            *("-days", str(days), "-extfile", str(extensions), "-out", certificate),
        )
        return certificate, key


def setUpModule():
    global folder, authority, stranger, certificate, other_certificate
    folder = tempfile.TemporaryDirectory()
    authority = Authority(folder.name, "authority")
    stranger = Authority(folder.name, "stranger")
    certificate = authority.issue("server", "DNS:localhost,IP:127.0.0.1")
    other_certificate = authority.issue("elsewhere", "DNS:elsewhere.example")


def tearDownModule():
    folder.cleanup()


def trusting(path=None, **versions):
    context = ssl.create_default_context(cafile=path or authority.path)
    for name, version in versions.items():
        setattr(context, name, version)
    return context


def tls_server(*options, certificate_and_key=None):
    cert, key = certificate_and_key or certificate
    return server("--tls", "--cert", cert, "--key", key, *options)


class SecurePeer(Peer):
    def __init__(self, port, context=None, name="localhost"):
        super().__init__(port)
        try:
            self.socket = (context or trusting()).wrap_socket(self.socket, server_hostname=name)
        except BaseException:
            self.socket.close()
            raise


class UpdatingPeer:
    """The client of OpenSSL, which can change its keys."""

    def __init__(self, port):
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-no_ign_eof", "-tls1_3", "-connect", f"127.0.0.1:{port}",
             "-CAfile", authority.path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def updates_keys(self):
        """Changes the keys; returns whether the connection is still open."""
        try:
            self.send(b"k\n")
        except BrokenPipeError:
            return False
        return any(line == b"KEYUPDATE\n" for line in self.process.stderr)


class Certificates(unittest.TestCase):
    """What the log and the metrics say about TLS."""

    def expiry(self, path):
        """Returns when a certificate expires, in seconds since 1970 and as the log has it."""
        text = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-enddate"], capture_output=True, text=True, check=True)
        seconds = ssl.cert_time_to_seconds(text.stdout.strip().split("=")[1])
        return seconds, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    def wait_for(self, process, text):
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while text not in "".join(process.log):
            self.assertLess(time.monotonic(), deadline, process.log)
            time.sleep(0.01)

    def test_the_log_and_a_metric_have_the_expiry_and_a_warning_comes_two_weeks_before(self):
        soon = authority.issue("soon", "DNS:localhost", days=13)
        later = authority.issue("later", "DNS:localhost", days=15)
        name = "switchboard_tls_certificate_expiry_timestamp_seconds"
        with tempfile.TemporaryDirectory() as place:
            cert, key = f"{place}/cert.pem", f"{place}/key.pem"

            def use(certificate_and_key):
                for source, target in zip(certificate_and_key, (cert, key)):
                    shutil.copy(source, target)

            use(later)
            with tls_server(certificate_and_key=(cert, key)) as (_, process):
                seconds, text = self.expiry(later[0])
                self.assertEqual(metric(process, name), seconds)
                listening = next(line for line in process.log if "listening" in line)
                self.assertIn(f"certificateExpires={text} tls=on", listening)
                self.assertNotIn("expires soon", "".join(process.log))
                use(soon)
                process.send_signal(signal.SIGHUP)
                self.wait_for(process, "info: reloaded what=certificates")
                seconds, text = self.expiry(soon[0])
                self.assertEqual(metric(process, name), seconds)
                warning = f"warning: the TLS certificate expires soon certificate={cert} certificateExpires={text}"
                self.assertIn(warning, "".join(process.log))
            with tls_server(certificate_and_key=(cert, key)) as (_, process):
                self.wait_for(process, "the TLS certificate expires soon")

    def test_a_server_without_tls_has_no_metrics_of_it(self):
        with server() as (_, process):
            self.assertIsNone(metric(process, "switchboard_tls_handshakes_total"))
            self.assertNotIn("certificateExpires", "".join(process.log))

    def test_pending_output_is_that_of_the_connections(self):
        name = "switchboard_pending_output_bytes"

        def wait_for_pending(condition):
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while not condition(pending := metric(process, name)):
                self.assertLess(time.monotonic(), deadline, pending)
            return pending

        with tls_server("--output-high-water-mark", "200000") as (port, process):
            with SecurePeer(port) as peer:
                peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                peer.socket.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    while True:
                        peer.send(frame(ECHO, b"x" * 60_000))
                pending = wait_for_pending(lambda pending: pending > 200_000)
                url = f"http://127.0.0.1:{metrics_port(process)}/connections"
                with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
                    self.assertEqual(json.load(response)["connections"][0]["pending_output"], pending)
            wait_for_pending(lambda pending: pending == 0)

    def test_handshakes_are_counted_and_failures_by_their_reason(self):
        def failures(reason):
            return metric(process, f'switchboard_tls_handshake_failures_total{{reason="{reason}"}}')

        def count(reason):
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while not failures(reason):
                self.assertLess(time.monotonic(), deadline, reason)
            self.assertEqual(failures(reason), 1, reason)

        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(authority.path)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with tls_server("--handshake-timeout", "1") as (port, process):
            for _ in range(3):
                with SecurePeer(port) as peer:
                    peer.expect_alive()
            with self.assertRaises(ssl.SSLError):
                SecurePeer(port, trusting(stranger.path))
            count("certificate")
            with self.assertRaises(ssl.SSLError):
                SecurePeer(port, old)
            count("incompatible")
            with Peer(port) as peer:
                peer.send(ping())
                count("notTLS")
            with Peer(port):
                count("timeout")
            with Peer(port):
                pass
            count("disconnected")
            self.assertEqual(failures("other"), 0)
            self.assertEqual(metric(process, "switchboard_tls_handshakes_total"), 3)


class Server(unittest.TestCase):
    def test_keys_that_change_between_messages_do_no_harm(self):
        with tls_server() as (port, _), UpdatingPeer(port) as peer:
            for number in range(100):
                self.assertTrue(peer.updates_keys())
                peer.send(ping(number))
                self.assertEqual(peer.process.stdout.read(20), pong(number))

    def test_a_peer_that_only_changes_keys_is_closed(self):
        with tls_server() as (port, process), UpdatingPeer(port) as peer:
            changes = 0
            while peer.updates_keys() and changes < 2000:
                changes += 1
            self.assertLess(changes, 2000)
            with SecurePeer(port) as other:
                other.expect_alive()
        self.assertIn("more than 32 consecutive TLS records without data", "".join(process.log))

    def test_golden_frames_travel_over_both_versions(self):
        with tls_server() as (port, _):
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                with SecurePeer(port, trusting(minimum_version=version, maximum_version=version)) as peer:
                    peer.send(bytes.fromhex("deadbeef010100080000018bcfe56800c8bc9ec8"))
                    self.assertEqual(peer.read(20), pong(1700000000000))

    def test_older_versions_are_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(authority.path)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with tls_server() as (port, _), self.assertRaises(ssl.SSLError):
            SecurePeer(port, context)

    def test_large_payloads_and_many_of_them_arrive_in_order(self):
        with tls_server() as (port, _), SecurePeer(port) as peer:
            payloads = [os.urandom(size) for size in (0, 1, 16_000, 16_384, 16_385, 65_535)] * 20
            for first in range(0, len(payloads), 3):  # as many as the sockets' buffers take
                peer.send(b"".join(frame(ECHO, payload) for payload in payloads[first : first + 3]))
                for payload in payloads[first : first + 3]:
                    self.assertEqual(peer.receive(), (ECHO_REPLY, payload))
            peer.send(b"".join(ping(number) for number in range(5000)))
            self.assertEqual(b"".join(peer.read(20) for _ in range(5000)), b"".join(pong(n) for n in range(5000)))

    def test_a_frame_may_come_in_many_records(self):
        with tls_server() as (port, _), SecurePeer(port) as peer:
            for byte in frame(ECHO, b"one at a time") + ping(1):
                peer.send(bytes([byte]))
            self.assertEqual(peer.receive(), (ECHO_REPLY, b"one at a time"))
            self.assertEqual(peer.receive()[0], PONG)

    def test_broadcasts_arrive_over_tls(self):
        with tls_server() as (port, _), contextlib.ExitStack() as stack:
            peers = [stack.enter_context(SecurePeer(port)) for _ in range(5)]
            for peer in peers:
                peer.expect_alive()
            peers[0].send(frame(BROADCAST, b"news" * 5000))
            for peer in peers[1:]:
                self.assertEqual(peer.receive(), (BROADCAST, b"news" * 5000))

    def test_who_does_not_read_is_not_read_from_and_gets_everything_in_the_end(self):
        with tls_server() as (port, process), SecurePeer(port) as peer, SecurePeer(port) as other:
            payload = os.urandom(60_000)
            peer.socket.settimeout(1)
            sent, data = 0, frame(ECHO, payload)
            with contextlib.suppress(TimeoutError):
                while sent < 5000:
                    peer.socket.sendall(data)  # may be cut short by the time-out: only the last
                    sent += 1
            self.assertLess(sent, 5000)
            other.expect_alive()
            peer.socket.settimeout(TIMEOUT_SECONDS)
            for _ in range(sent):
                self.assertEqual(peer.receive(), (ECHO_REPLY, payload))

    def test_the_end_is_told(self):
        with tls_server("--idle-timeout", "0.5") as (port, process), SecurePeer(port) as peer:
            self.assertEqual(peer.error(), TIMEOUT)
            self.assertEqual(peer.socket.recv(1), b"")  # with an alert: ssl would raise an error otherwise

    def test_a_peer_may_end_its_side_first(self):
        with tls_server() as (port, process):
            for _ in range(3):
                with SecurePeer(port) as peer:
                    peer.send(ping(5))
                    self.assertEqual(peer.receive()[0], PONG)
                    peer.socket.unwrap().close()
            with SecurePeer(port) as peer:
                peer.expect_alive()

    def test_what_came_before_the_end_is_answered_also_behind_a_handler_that_waits(self):
        with tempfile.TemporaryDirectory() as place:
            credentials = pathlib.Path(place) / "credentials"
            credentials.write_text(run("hash-token", "alice", stdin="s3cret\n").stdout)
            credentials.chmod(0o600)
            with tls_server("--auth-file", str(credentials)) as (port, _):
                proof = auth("alice", "s3cret")
                for burst, answers in [
                    (proof + ping(1) + ping(2) + ping(3), [AUTH_REPLY, PONG, PONG, PONG]),
                    (proof + proof, [AUTH_REPLY, AUTH_REPLY]),  # nothing is left when the last one is handled
                ]:
                    with SecurePeer(port) as peer:
                        peer.send(burst)
                        # The end of TCP without a close_notify, as many clients do.
                        plain = socket.socket(fileno=os.dup(peer.socket.fileno()))
                        plain.shutdown(socket.SHUT_WR)
                        plain.close()
                        self.assertEqual([peer.receive()[0] for _ in answers], answers)

    def test_a_peer_that_never_shakes_hands_does_not_hold_up_the_end(self):
        with tls_server("--handshake-timeout", "60", "--drain-timeout", "60") as (port, process), Peer(port):
            with SecurePeer(port) as other:
                other.expect_alive()
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_refusals_reach_their_peer(self):
        with tls_server("--max-connections", "1") as (port, _), SecurePeer(port) as peer:
            peer.expect_alive()
            with SecurePeer(port) as refused:
                self.assertEqual(refused.error(), TOO_MANY_CONNECTIONS)
                self.assertEqual(refused.socket.recv(1), b"")

    def test_a_handshake_must_be_finished_in_time(self):
        with tls_server("--handshake-timeout", "0.3") as (port, process), Peer(port) as silent, Peer(port) as slow:
            slow.send(b"\x16\x03\x01\x02\x00")
            for peer in (silent, slow):
                while True:  # an alert may come before the end
                    if not peer.socket.recv(100):
                        break
            with SecurePeer(port) as peer:
                peer.expect_alive()
        self.assertRegex("".join(process.log), "handshake was not finished within")

    def test_what_is_no_tls_costs_its_own_connection_only(self):
        nonsense = [
            ping(), b"GET / HTTP/1.0\r\n\r\n", b"\0" * 1000, b"\xff" * 1000, b"\x16\x03\x01\x00\x00" * 50,
            b"\x16\x03\x01\x00\x05hello", b"\x15\x03\x01\x00\x02\x02\x28", b"\x17\x03\x03\x00\x10" + b"x" * 16,
        ]
        with tls_server() as (port, process), SecurePeer(port) as peer:
            for data in nonsense:
                with Peer(port) as other:
                    other.send(data)
                    with contextlib.suppress(ConnectionResetError):
                        while other.socket.recv(1000):
                            pass
                peer.expect_alive()
            # An invalid record on an established connection.
            raw = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
            broken = trusting().wrap_socket(raw, server_hostname="localhost")
            os.write(broken.fileno(), b"\x17\x03\x03\x00\x20" + b"x" * 32)
            with contextlib.suppress(ssl.SSLError, ConnectionResetError):
                self.assertEqual(broken.recv(1), b"")
            broken.close()
            peer.expect_alive()

    def test_clients_close_whenever_they_like(self):
        hello = self.client_hello()
        with tls_server() as (port, process), SecurePeer(port) as peer:
            for cut in range(0, len(hello), 7):
                with Peer(port) as other:
                    other.send(hello[:cut])
            peer.expect_alive()

    def client_hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        return outgoing.read()

    def test_certificates_of_clients(self):
        mine = authority.issue("client", "DNS:client")
        theirs = stranger.issue("nobody", "DNS:nobody")
        with tls_server("--client-ca", authority.path) as (port, _):
            context = trusting()
            context.load_cert_chain(*mine)
            with SecurePeer(port, context) as peer:
                peer.expect_alive()
            for wrong in (None, theirs):
                context = trusting()
                if wrong:
                    context.load_cert_chain(*wrong)
                with self.assertRaises((ssl.SSLError, ConnectionError, EOFError)):
                    with SecurePeer(port, context) as peer:
                        peer.expect_alive()
            result = run(
                *("ping", "-c", "1", "--port", str(port), "--tls", "--ca", authority.path),
                *("--cert", mine[0], "--key", mine[1]),
            )
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_certificates_are_read_again_on_sighup_and_kept_when_they_are_bad(self):
        def number(port):
            with SecurePeer(port) as peer:
                return peer.socket.getpeercert()["serialNumber"]

        def wait_for(process, text):
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while not any(text in line for line in process.log):
                self.assertLess(time.monotonic(), deadline, process.log)
                time.sleep(0.01)

        with tempfile.TemporaryDirectory() as place:
            cert, key = pathlib.Path(place) / "cert.pem", pathlib.Path(place) / "key.pem"

            def install(pair):
                cert.write_text(pathlib.Path(pair[0]).read_text())
                key.write_text(pathlib.Path(pair[1]).read_text())

            install(certificate)
            with tls_server(certificate_and_key=(str(cert), str(key))) as (port, process), SecurePeer(port) as old:
                first = number(port)
                install(authority.issue("renewed", "DNS:localhost"))
                process.send_signal(signal.SIGHUP)
                wait_for(process, "reloaded")
                second = number(port)
                self.assertNotEqual(first, second)
                cert.write_text("nonsense")
                process.send_signal(signal.SIGHUP)
                wait_for(process, "not reloaded")
                self.assertEqual(number(port), second)
                old.expect_alive()

    def test_files_that_cannot_be_used_are_one_clear_line(self):
        cert, key = certificate
        encrypted = str(pathlib.Path(folder.name) / "encrypted.key")
        openssl("ec", "-in", key, "-aes128", "-passout", "pass:secret", "-out", encrypted)
        for options, expected in [
            (["--tls"], "--tls (TLS) requires --cert (CERT) and --key (KEY)"),
            (["--cert", cert], "requires --tls (TLS=1)"),
            (["--tls", "--cert", "/nowhere", "--key", key], "cannot use the certificate /nowhere: No such file"),
            (["--tls", "--cert", cert, "--key", "/nowhere"], "cannot use the key /nowhere: No such file"),
            (["--tls", "--cert", key, "--key", key], f"cannot use the certificate {key}: the file has no certificate in PEM form"),
            (["--tls", "--cert", cert, "--key", cert], f"cannot use the key {cert}: the file has no private key in PEM form"),
            (
                ["--tls", "--cert", cert, "--key", other_certificate[1]],
                f"cannot use the key {other_certificate[1]}: it is not the private key of the certificate",
            ),
            (
                ["--tls", "--cert", cert, "--key", encrypted],
                f'cannot use the key {encrypted}: it has a password: remove it with "openssl pkey -in {encrypted} -out KEY"',
            ),
            (["--tls", "--cert", cert, "--key", key, "--client-ca", "/nowhere"], "cannot use the authorities in"),
            (
                ["--tls", "--cert", cert, "--key", key, "--client-ca", key],
                f"cannot use the authorities in {key}: the file has no certificate in PEM form",
            ),
            (["--tls", "--cert", cert, "--key", key, "--handshake-timeout", "0"], '--handshake-timeout "0" must be more than 0 s'),
        ]:
            with self.subTest(options):
                result = run("serve", "--port", "0", *options)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(expected, result.stderr.splitlines()[0])


class Client(unittest.TestCase):
    def ping(self, port, *options):
        return run("ping", "-c", "1", "--port", str(port), "--tls", "--timeout", "5", *options)

    def test_believes_those_servers_only_that_prove_who_they_are(self):
        with tls_server() as (port, _):
            for options, is_believed in [
                (["--ca", authority.path], True),
                (["--ca", authority.path, "--host", "localhost"], True),
                (["--ca", stranger.path], False),
                ([], False),
                (["--insecure"], True),
            ]:
                with self.subTest(options):
                    result = self.ping(port, *options)
                    self.assertEqual(result.returncode == 0, is_believed, result.stderr)
                    if not is_believed:
                        self.assertIn("the TLS handshake failed: ", result.stderr)
        with tls_server(certificate_and_key=other_certificate) as (port, _):
            self.assertIn("mismatch", self.ping(port, "--ca", authority.path).stderr.lower())
            self.assertIn("mismatch", self.ping(port, "--ca", authority.path, "--host", "localhost").stderr.lower())

    def test_every_command_speaks_it(self):
        with tls_server() as (port, _):
            tls = ("--port", str(port), "--tls", "--ca", authority.path)
            self.assertEqual(run("echo", *tls, "hello").stdout, "hello\n")
            self.assertEqual(run("broadcast", *tls, "hello").returncode, 0)
            self.assertRegex(run("auth", *tls, "alice", stdin="s3cret\n").stdout, "^[0-9a-f]{32}\n$")
            load = run("load", *tls, "--connections", "4", "--in-flight", "8", "--duration", "0.5")
            self.assertRegex(load.stdout, r"^\d+ messages in")

    def test_a_server_without_tls_is_no_secure_one(self):
        with server() as (port, _):
            result = self.ping(port, "--insecure")
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_gives_up_on_a_server_that_says_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            result = run(
                *("ping", "-c", "1", "--port", str(listener.getsockname()[1])), "--tls", "--insecure", "--timeout", "0.5"
            )
            self.assertRegex(result.stderr, "(handshake was not finished|did not answer) within")

    def test_a_server_in_python_is_understood(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def serve():
                connection = context.wrap_socket(listener.accept()[0], server_side=True)
                request = connection.recv(20)
                connection.sendall(pong(int.from_bytes(request[8:16], "big")))
                connection.recv(1)
                connection.close()

            thread = threading.Thread(target=serve)
            thread.start()
            self.assertEqual(self.ping(listener.getsockname()[1], "--ca", authority.path).returncode, 0)
            thread.join()


if __name__ == "__main__":
    command.main(__doc__)
