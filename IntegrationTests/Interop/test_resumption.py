"""Tests which TLS sessions the server and the client resume.

    python3 IntegrationTests/Interop/test_resumption.py PATH-OF-NET001 [unittest options]
"""

import base64
import contextlib
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

import command
from command import server, variables
from net001 import *  # noqa: F403
from test_tls import Authority, openssl

# The members of a session that `openssl s_client -sess_out` writes: the explicit tags of its ASN.1 type.
LIFETIME_HINT, TICKET = 0xA9, 0xAA


def setUpModule():
    global folder, authority, certificate
    folder = tempfile.TemporaryDirectory()
    authority = Authority(folder.name, "authority")
    certificate = authority.issue("server", "DNS:localhost,IP:127.0.0.1")


def tearDownModule():
    folder.cleanup()


def tls_server(*options):
    return server("--tls", "--cert", certificate[0], "--key", certificate[1], *options)


def trusting(client=None):
    context = ssl.create_default_context(cafile=authority.path)
    if client:
        context.load_cert_chain(*client)
    return context


def connect(port, context, session=None):
    """Sends a PING; returns whether the session was resumed, and the session for the next connection."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as raw:
        with context.wrap_socket(raw, server_hostname="localhost", session=session) as peer:
            peer.sendall(ping(7))
            reply = b""
            while len(reply) < 20:
                received = peer.recv(20 - len(reply))
                if not received:
                    raise EOFError
                reply += received
            assert reply == pong(7), reply
            return peer.session_reused, peer.session


def s_client(port, *options):
    """Sends a PING with the client of OpenSSL; returns whether the session was resumed."""
    process = subprocess.Popen(
        ["openssl", "s_client", "-tls1_3", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.stdin.write(ping(7))
        process.stdin.flush()
        output = b""
        while pong(7) not in output:
            received = process.stdout.read1()
            if not received:
                raise EOFError(output)
            output += received
        process.stdin.close()
        process.wait(timeout=TIMEOUT_SECONDS)
        return b"Reused, TLSv1.3" in output
    finally:
        process.kill()
        process.stdout.close()


def header(der, at):
    """The number of bytes of the header of a value in DER, and of its content."""
    if der[at + 1] < 0x80:
        return 2, der[at + 1]
    count = der[at + 1] & 0x7F
    return 2 + count, int.from_bytes(der[at + 2 : at + 2 + count], "big")


def edit(source, target, tag, change):
    """Changes the content of a member of a session in a PEM file, which keeps its length."""
    lines = pathlib.Path(source).read_text().split("-----")
    der = bytearray(base64.b64decode(lines[2]))
    at = header(der, 0)[0]
    while der[at] != tag:
        at += sum(header(der, at))
    at += header(der, at)[0]
    size, count = header(der, at)
    der[at + size : at + size + count] = change(bytes(der[at + size : at + size + count]))
    lines[2] = "\n" + base64.encodebytes(der).decode()
    pathlib.Path(target).write_text("-----".join(lines))


class Server(unittest.TestCase):
    def reload(self, process):
        """Sends SIGHUP, and waits until the server uses the new files."""
        before = sum("reloaded what=certificates" in line for line in process.log)
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while sum("reloaded what=certificates" in line for line in process.log) == before:
            self.assertLess(time.monotonic(), deadline, process.log)
            time.sleep(0.01)

    def test_a_session_is_resumed_and_each_handshake_has_one_ticket_for_the_next(self):
        with tls_server() as (port, _):
            context = trusting()
            is_resumed, session = connect(port, context)
            self.assertFalse(is_resumed)
            self.assertEqual(session.ticket_lifetime_hint, 3600)
            for _ in range(3):
                is_resumed, following = connect(port, context, session)
                self.assertTrue(is_resumed)
                self.assertNotEqual(following, session)
                session = following

    def test_all_event_loops_resume_the_sessions_of_each_other(self):
        with tls_server("--event-loops", "4") as (port, _):
            context = trusting()
            _, session = connect(port, context)
            for _ in range(12):
                is_resumed, session = connect(port, context, session)
                self.assertTrue(is_resumed)

    def test_a_session_is_not_resumed_after_its_lifetime(self):
        with tls_server("--tls-session-lifetime", "1") as (port, _), tempfile.TemporaryDirectory() as place:
            own, patient = f"{place}/own.pem", f"{place}/patient.pem"
            start = time.monotonic()
            s_client(port, "-sess_out", own)
            # The client itself would not offer the session any more.
            edit(own, patient, LIFETIME_HINT, lambda hint: b"\x7f" * len(hint))
            while s_client(port, "-sess_in", patient):
                self.assertLess(time.monotonic() - start, TIMEOUT_SECONDS)
            self.assertGreater(time.monotonic() - start, 1)
            # With the key after the next one, the ticket could not even be decrypted. New sessions are resumed.
            s_client(port, "-sess_out", own)
            edit(own, patient, LIFETIME_HINT, lambda hint: b"\x7f" * len(hint))
            self.assertTrue(s_client(port, "-sess_in", patient))

    def test_a_forged_ticket_leads_to_a_full_handshake(self):
        with tls_server() as (port, _), tempfile.TemporaryDirectory() as place:
            own, forged = f"{place}/own.pem", f"{place}/forged.pem"
            s_client(port, "-sess_out", own)
            # The name of the key, the initialization vector, the session, and the authentication code at the end.
            for index in (0, 15, 16, 31, 32, 100, -33, -32, -1):

                def change(ticket):
                    changed = bytearray(ticket)
                    changed[index] ^= 1
                    return bytes(changed)

                with self.subTest(index):
                    edit(own, forged, TICKET, change)
                    self.assertFalse(s_client(port, "-sess_in", forged))
            self.assertTrue(s_client(port, "-sess_in", own))

    def test_no_session_is_resumed_when_there_are_new_files(self):
        with tls_server() as (port, process):
            context = trusting()
            _, session = connect(port, context)
            self.reload(process)
            is_resumed, session = connect(port, context, session)
            self.assertFalse(is_resumed)
            self.assertTrue(connect(port, context, session)[0])

    def test_another_server_resumes_no_session(self):
        context = trusting()
        with tls_server() as (port, _), tls_server() as (other, _):
            _, session = connect(port, context)
            self.assertFalse(connect(other, context, session)[0])

    def test_a_client_certificate_is_resumed_with_its_session_but_not_when_its_authority_is_gone(self):
        stranger = Authority(folder.name, "stranger")
        with tempfile.TemporaryDirectory() as place:
            trusted = f"{place}/authorities.pem"
            shutil.copy(authority.path, trusted)
            with tls_server("--client-ca", trusted) as (port, process):
                context = trusting(authority.issue("client", "DNS:client"))
                _, session = connect(port, context)
                is_resumed, session = connect(port, context, session)
                self.assertTrue(is_resumed)
                shutil.copy(stranger.path, trusted)
                self.reload(process)
                with self.assertRaises((ssl.SSLError, ConnectionError, EOFError)):
                    connect(port, context, session)

    def test_a_session_without_certificate_does_not_help_once_one_is_required(self):
        with tls_server() as (port, _), tls_server("--client-ca", authority.path) as (strict, _):
            context = trusting()
            _, session = connect(port, context)
            with self.assertRaises((ssl.SSLError, ConnectionError, EOFError)):
                connect(strict, context, session)

    def test_a_client_certificate_that_has_expired_is_not_resumed(self):
        with tempfile.TemporaryDirectory() as place:
            _, key = authority.issue("brief", "DNS:brief")
            brief, database, settings = (pathlib.Path(place) / name for name in ("brief.pem", "index.txt", "ca.conf"))
            database.touch()
            settings.write_text(
                f"[ca]\ndefault_ca = own\n[own]\ndatabase = {database}\nnew_certs_dir = {place}\nrand_serial = yes\n"
                "default_md = sha256\npolicy = names\n[names]\ncommonName = supplied\n"
            )
            end = time.time() + 4
            openssl(
                *("ca", "-batch", "-notext", "-config", str(settings), "-cert", authority.path, "-keyfile", authority.key),
                *("-in", str(authority.folder / "brief.csr"), "-out", str(brief), "-startdate", "20200101000000Z"),
                *("-enddate", time.strftime("%Y%m%d%H%M%SZ", time.gmtime(end))),
            )
            with tls_server("--client-ca", authority.path) as (port, _):
                context = trusting((str(brief), key))
                _, session = connect(port, context)
                self.assertTrue(connect(port, context, session)[0])
                with self.assertRaises((ssl.SSLError, ConnectionError, EOFError)):
                    while True:
                        connect(port, context, session)
                        self.assertLess(time.time() - end, TIMEOUT_SECONDS)
                self.assertGreater(time.time(), end - 1)

    def test_tls_1_2_resumes_none(self):
        with tls_server() as (port, _):
            context = trusting()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            _, session = connect(port, context)
            self.assertFalse(connect(port, context, session)[0])

    def test_lifetime_0_resumes_none(self):
        with tls_server("--tls-session-lifetime", "0") as (port, _):
            context = trusting()
            _, session = connect(port, context)
            self.assertFalse(session.has_ticket)
            self.assertFalse(connect(port, context, session)[0])


class Client(unittest.TestCase):
    def test_resumes_its_session_when_it_connects_again_with_another_ticket_each_time(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        resumed = []

        def serve(listener):
            for _ in range(3):
                with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                    connection.settimeout(TIMEOUT_SECONDS)
                    resumed.append(connection.session_reused)
                    connection.sendall(frame(BROADCAST, b"news"))
                    # Until the client has read the message, and with it the ticket before it.
                    with contextlib.suppress(OSError):
                        connection.unwrap()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(TIMEOUT_SECONDS)
            thread = threading.Thread(target=serve, args=[listener])
            thread.start()
            client = subprocess.Popen(
                [command.PATH, "listen", "--reconnect", "--tls", "--ca", authority.path]
                + ["--port", str(listener.getsockname()[1])],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=variables(),
            )  # fmt: skip
            try:
                thread.join(timeout=3 * TIMEOUT_SECONDS)
            finally:
                client.kill()
                client.wait()
        self.assertEqual(resumed, [False, True, True])


if __name__ == "__main__":
    command.main(__doc__)
