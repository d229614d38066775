"""Tests the HTTP server of the metrics port and its actions, and that its clients delay neither peers nor the shutdown of the server.

    python3 IntegrationTests/Interop/test_admin.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

import command
from command import metrics_port, run, server
from net001 import *  # noqa: F403

MAXIMUM_CONNECTIONS = 32
MAXIMUM_REQUEST_LINE = 4096
MAXIMUM_HEAD = 16 * 1024
MAXIMUM_FIELDS = 64


def connect(port, host="127.0.0.1"):
    return socket.create_connection((host, port), TIMEOUT_SECONDS)


def request(path="/healthz", *fields, method="GET", version="HTTP/1.1", host="localhost"):
    return "\r\n".join([f"{method} {path} {version}", f"Host: {host}", *fields, "", ""]).encode()


def read_answer(peer, has_body=True):
    """Returns status, header fields and body of the next response; the body must have the announced length."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = peer.recv(1)
        if not byte:
            raise EOFError(head)
        head += byte
    status_line, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    length = int(fields["Content-Length"])
    body = b""
    while has_body and len(body) < length:
        part = peer.recv(length - len(body))
        if not part:
            raise EOFError(head + body)
        body += part
    return int(status_line.split(" ")[1]), fields, body.decode()


def answers(port, data):
    """Returns the statuses of all responses to `data` until the server closes the connection."""
    statuses = []
    with connect(port) as peer:
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        with contextlib.suppress(EOFError):
            while True:
                statuses.append(read_answer(peer)[0])
    return statuses


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def own_addresses():
    """Returns the IPv4 addresses of this machine."""
    with open("/proc/net/fib_trie") as file:
        return re.findall(r"\|-- ([\d.]+)\n\s+/32 host LOCAL", file.read())


class Admin(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.port, self.process = self.stack.enter_context(server())
        self.admin = metrics_port(self.process)

    def expect_healthy(self):
        """Checks that peers, the metrics port and AUTH get responses."""
        with Peer(self.port) as peer:
            peer.expect_alive()
            peer.send(auth("Ada", "token"))
            self.assertEqual(peer.receive()[0], AUTH_REPLY)
        with connect(self.admin) as client:
            client.sendall(request())
            self.assertEqual(read_answer(client)[0], 200)


class Limits(Admin):
    def test_a_request_line_that_does_not_end_is_refused_when_it_is_too_long(self):
        for size in (MAXIMUM_REQUEST_LINE + 2, 64_000, 300_000):
            with self.subTest(size=size), connect(self.admin) as client:
                client.sendall(b"GET /" + b"a" * (size - 5))
                self.assertEqual(read_answer(client)[0], 414)
                self.assertEqual(client.recv(1), b"")
        # The server examines each byte once. If reading takes seconds, the algorithm is quadratic.
        self.assertLess(cpu_seconds(self.process.pid), 2)
        self.expect_healthy()

    def test_a_request_line_of_the_largest_size_is_read(self):
        size = MAXIMUM_REQUEST_LINE - len("GET / HTTP/1.1")
        self.assertEqual(answers(self.admin, request("/" + "a" * size)), [404])
        self.assertEqual(answers(self.admin, request("/" + "a" * (size + 1))), [414])

    def test_header_fields_are_bounded_in_number_and_size(self):
        one_less = [f"X-{n}: x" for n in range(MAXIMUM_FIELDS - 1)]
        self.assertEqual(answers(self.admin, request("/healthz", *one_less)), [200])
        self.assertEqual(answers(self.admin, request("/healthz", "X: x", *one_less)), [431])
        self.assertEqual(answers(self.admin, request("/healthz", "X: " + "x" * MAXIMUM_HEAD)), [431])
        self.assertEqual(answers(self.admin, request("/healthz", *(f"X-{n}: x" for n in range(100_000)))), [431])
        self.expect_healthy()

    def test_clients_that_send_nothing_make_room_for_others(self):
        clients = [self.stack.enter_context(connect(self.admin)) for _ in range(1000)]
        self.expect_healthy()
        # The server keeps a limited number of connections, and has closed the others, those with the
        # longest wait first.
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            closed = [n for n, client in enumerate(clients) if select.select([client], [], [], 0)[0]]
            if len(closed) >= 1000 - MAXIMUM_CONNECTIONS:
                break
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(set(range(1000 - MAXIMUM_CONNECTIONS)) - set(closed), set())

    def test_clients_that_send_a_byte_now_and_then_do_not_keep_others_out(self):
        clients = [self.stack.enter_context(connect(self.admin)) for _ in range(MAXIMUM_CONNECTIONS)]
        for byte in request()[:20]:
            for client in clients:
                with contextlib.suppress(OSError):
                    client.send(bytes([byte]))
            self.expect_healthy()

    def test_a_request_that_takes_too_long_to_come_is_given_up(self):
        with connect(self.admin) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: ")
            self.assertEqual(client.recv(1), b"")

    def test_a_server_that_is_asked_for_too_much_stops_at_once(self):
        clients = [self.stack.enter_context(connect(self.admin)) for _ in range(MAXIMUM_CONNECTIONS * 2)]
        for client in clients:
            with contextlib.suppress(OSError):
                client.sendall(b"GET /" + b"a" * 300_000)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_clients_that_do_not_read_keep_nobody_waiting(self):
        for _ in range(MAXIMUM_CONNECTIONS * 2):
            client = self.stack.enter_context(connect(self.admin))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with contextlib.suppress(OSError):
                client.sendall(request("/metrics") * 200)
        self.expect_healthy()

    def test_clients_that_leave_at_once_are_forgotten(self):
        for _ in range(300):
            client = connect(self.admin)
            client.sendall(request("/metrics"))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        self.expect_healthy()


class Requests(Admin):
    def test_are_answered_one_after_the_other_on_one_connection(self):
        paths = ["/healthz", "/metrics", "/readyz", "/connections", "/nothing"] * 20
        with connect(self.admin) as client:
            client.sendall(b"".join(request(path) for path in paths))
            for path in paths:
                status, fields, body = read_answer(client)
                self.assertEqual(status, 404 if path == "/nothing" else 200)
                self.assertNotIn("Connection", fields)
                if path == "/readyz":
                    self.assertEqual(body, "ready\n")

    def test_are_answered_although_the_client_sends_no_more(self):
        self.assertEqual(answers(self.admin, request() * 3), [200] * 3)
        self.assertEqual(answers(self.admin, b"\r\n" + request()), [200])
        self.assertEqual(answers(self.admin, b"GET /healthz"), [])

    def test_that_come_byte_by_byte_are_answered(self):
        with connect(self.admin) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in request("/connections?limit=%31") * 2:
                client.send(bytes([byte]))
            for _ in range(2):
                self.assertEqual(read_answer(client)[0], 200)

    def test_close_the_connection_when_the_client_wants_that(self):
        for data in [
            request("/healthz", "Connection: close"),
            request("/healthz", "Connection: Keep-Alive , CLOSE"),
            b"GET /healthz HTTP/1.0\r\n\r\n",
            b"GET /healthz HTTP/1.0\nHost: a\n\n",
        ]:
            with self.subTest(data=data), connect(self.admin) as client:
                client.sendall(data)
                status, fields, body = read_answer(client)
                self.assertEqual((status, fields["Connection"], body), (200, "close", "ok\n"))
                self.assertEqual(client.recv(1), b"")

    def test_have_a_head_without_a_body(self):
        with connect(self.admin) as client:
            client.sendall(request("/metrics", method="HEAD") + request())
            status, fields, _ = read_answer(client, has_body=False)
            self.assertEqual(status, 200)
            self.assertGreater(int(fields["Content-Length"]), 1000)
            self.assertRegex(fields["Date"], r"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 2\d{3} \d\d:\d\d:\d\d GMT$")
            self.assertEqual(read_answer(client)[2], "ok\n")

    def test_may_name_the_server(self):
        self.assertEqual(answers(self.admin, request("http://localhost/healthz")), [200])
        self.assertEqual(answers(self.admin, request("http://localhost")), [200])

    def test_that_are_wrong_are_refused_and_the_connection_closed(self):
        for status, data in [
            (400, b"GET /healthz HTTP/1.1\r\n\r\n"),  # no Host
            (400, b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
            (400, b"GET /healthz\r\n\r\n"),
            (400, b"GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"G(T /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"),
            (400, b"GET /healthz HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
            (400, b"GET /healthz HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n"),
            (400, b"GET /heal\0thz HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"GET /heal\rthz HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, b"\x16\x03\x01\x00\x05hello\r\n\r\n"),
            (400, request("/healthz", "Content-Length: 0", "Content-Length: 0")),
            (400, request("/healthz", "Content-Length: -1")),
            (400, request("/healthz", "Content-Length: 99999999999999999999")),
            (400, request("/healthz", "Authorization: Bearer a", "Authorization: Bearer a")),
            (405, request(method="PUT")),
            (405, request("*", method="OPTIONS")),
            (413, request("/healthz", "Content-Length: 5") + b"hello"),
            (413, request("/drain", "Content-Length: 1025", method="POST") + b"x" * 1025),
            (413, request("/drain", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\n"),
            (413, request("/healthz", "Transfer-Encoding: chunked")),
            (505, request(version="HTTP/2.0")),
            (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ]:
            with self.subTest(data=data):
                self.assertEqual(answers(self.admin, data + request()), [status])


class Page(Admin):
    """The page at `/`, and the events that it gets."""

    def events(self, query=""):
        """Opens a stream of events, and returns the connection with an iterator of (name, value)."""
        client = self.stack.enter_context(connect(self.admin))
        client.sendall(request("/events" + query))
        stream = self.stack.enter_context(client.makefile("rb"))
        self.assertEqual(stream.readline(), b"HTTP/1.1 200 OK\r\n")
        fields = dict(line.decode().strip().split(": ", 1) for line in iter(stream.readline, b"\r\n"))
        self.assertEqual(fields["Content-Type"], "text/event-stream")

        def read():
            while line := stream.readline():
                name = line.decode().removeprefix("event: ").strip()
                value = json.loads(stream.readline().removeprefix(b"data: "))
                self.assertEqual(stream.readline(), b"\n")
                yield name, value

        return client, read()

    def test_is_one_file_whose_script_and_style_have_the_number_of_the_answer(self):
        numbers = set()
        for _ in range(2):
            with connect(self.admin) as client:
                client.sendall(request("/"))
                status, fields, body = read_answer(client)
            self.assertEqual((status, fields["X-Content-Type-Options"]), (200, "nosniff"))
            (number,) = set(re.findall(r"nonce-(\d+)", fields["Content-Security-Policy"]))
            self.assertEqual(re.findall(r"<(\w+) nonce=\"(\d+)\"", body), [("style", number), ("script", number)])
            self.assertIn("default-src 'none'", fields["Content-Security-Policy"])
            # No file of another server, and no handler in an attribute.
            self.assertNotRegex(body.replace("http://www.w3.org/2000/svg", ""), r"https?://|<[^>]* on\w+=|<link (?!rel=\"icon\")")
            numbers.add(number)
        self.assertEqual(len(numbers), 2)

    def test_has_buttons_only_for_a_server_that_acts_and_stores_no_token(self):
        with connect(self.admin) as client:
            client.sendall(request("/"))
            body = read_answer(client)[2]
        # The script shows them when a report says that the server acts.
        self.assertIn('<body class="no-actions">', body)
        self.assertRegex(body, r'<button [^>]*class="[^"]*\bacts\b[^>]* data-action="drain"')
        for word in ("localStorage", "sessionStorage", "document.cookie", "indexedDB"):
            self.assertNotIn(word, body)
        report = next(value for name, value in self.events()[1] if name == "status")
        self.assertFalse(report["actions"])

    def test_gets_history_and_then_reports_with_what_has_happened(self):
        _, events = self.events("?sort=age")
        name, history = next(events)
        self.assertEqual((name, history["samples"]), ("history", []))
        self.assertEqual(next(events)[1]["state"], "ready")
        with Peer(self.port) as peer:
            peer.send(ping() * 10)
            for _ in range(10):
                peer.receive()
            report = next(value for _, value in events if value["connections"]["open"] == 1)
            self.assertEqual(report["server"]["wire_protocol"], "NET001")
            self.assertEqual(report["metrics"]["switchboard_messages_received_total"]['message="Ping"'], [10])
            (connection,) = report["connections"]["connections"]
            self.assertEqual((connection["messages"], connection.get("user")), (10, None))
        report = next(value for _, value in events if value["connections"]["closed"])
        self.assertEqual(report["connections"]["closed"][0]["connection"]["messages"], 10)
        name, history = next(self.events()[1])
        self.assertGreater(len(history["samples"]), 1)
        received = history["metrics"].index("switchboard_messages_received_total")
        self.assertEqual(history["samples"][-1]["values"][received], 10)

    def test_lists_the_connections_that_match(self):
        peers = [self.stack.enter_context(Peer(self.port)) for _ in range(3)]
        for peer, user in zip(peers, ("alice", "alina", "bob")):
            peer.send(auth(user, "token"))
            peer.receive()
        _, events = self.events("?filter=ali")
        report = next(value for name, value in events if name == "status")
        self.assertEqual(report["connections"]["open"], 3)
        self.assertEqual({item["user"] for item in report["connections"]["connections"]}, {"alice", "alina"})

    def test_has_eight_viewers_at_most_and_room_again_when_one_leaves(self):
        viewers = [self.events()[0] for _ in range(8)]
        self.assertEqual(answers(self.admin, request("/events")), [503])
        viewers[0].shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while answers(self.admin, request("/events", method="HEAD")) == [503]:
            self.assertLess(time.monotonic(), deadline)
        self.events()

    def test_refuses_what_it_does_not_know(self):
        self.assertEqual(answers(self.admin, request("/events?sort=size")), [400])
        self.assertEqual(answers(self.admin, request("/events?filter=" + "x" * 256)), [400])

    def test_a_viewer_that_does_not_read_delays_nobody_and_not_the_end(self):
        self.events()
        client, events = self.events()
        self.assertEqual([next(events)[0] for _ in range(3)], ["history", "status", "status"])
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)
        states = [value["state"] for _, value in events]
        self.assertLessEqual(set(states), {"ready", "stopping", "stopped"})

TOKEN = "only-for-these-tests/1"


class Armed(unittest.TestCase):
    """A server with --admin-token-file, once `start` is called."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.file = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "token"
        self.write(TOKEN + "\n")

    def write(self, text, mode=0o600):
        self.file.touch(mode=0o600)
        self.file.write_text(text)
        self.file.chmod(mode)

    def start(self, *options, **arguments):
        options = ("--admin-token-file", str(self.file), *options)
        self.port, self.process = self.stack.enter_context(server(*options, **arguments))
        self.admin = metrics_port(self.process)

    def act(self, path, token=TOKEN, *fields, method="POST", host="localhost", body=b"", address="127.0.0.1"):
        """Returns status, header fields and body of the answer to a request."""
        if token is not None:
            fields = (f"Authorization: Bearer {token}", *fields)
        with connect(self.admin, address) as client:
            client.sendall(request(path, *fields, method=method, host=host) + body)
            return read_answer(client)

    def peer(self, user=None):
        peer = self.stack.enter_context(Peer(self.port))
        peer.expect_alive()
        if user:
            peer.send(auth(user, "token"))
            self.assertEqual(peer.receive()[0], AUTH_REPLY)
        return peer

    def connections(self):
        with connect(self.admin) as client:
            client.sendall(request("/connections?sort=age"))
            return json.loads(read_answer(client)[2])["connections"]

    def wait_for_log(self, *texts):
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            for line in list(self.process.log):
                if all(text in line for text in texts):
                    return line
            self.assertLess(time.monotonic(), deadline, (texts, self.process.log))
            time.sleep(0.01)


class Acting(Armed):
    """Closing connections, and draining, with the token of --admin-token-file."""

    def test_closes_one_connection(self):
        self.start()
        peers = [self.peer() for _ in range(3)]
        number = self.connections()[1]["id"]
        status, fields, body = self.act(f"/close?connection={number}")
        self.assertEqual((status, fields["Content-Type"], json.loads(body)), (200, "application/json", {"closed": 1}))
        ended = select.select([peer.socket for peer in peers], [], [], TIMEOUT_SECONDS)[0]
        self.assertEqual([peer.socket in ended for peer in peers], [False, True, False])
        peers[1].expect_end()
        for peer in (peers[0], peers[2]):
            peer.expect_alive()
        line = self.wait_for_log("notice: connections closed by admin", f"connection={number} ", "connections=1", "peer=127.0.0.1:")
        self.assertNotIn(TOKEN, line)
        # The number is not given to another connection.
        status, _, body = self.act(f"/close?connection={number}")
        self.assertEqual((status, json.loads(body)), (404, {"closed": 0}))

    def test_closes_all_connections_of_a_user(self):
        self.start("--event-loops", "4")
        name = "Ünal & co/100%\u2028"
        his = [self.peer(name) for _ in range(8)]
        other, unknown = self.peer("bob"), self.peer()
        path = "/close?user=" + "".join(f"%{byte:02x}" for byte in name.encode())
        self.assertEqual(json.loads(self.act(path)[2]), {"closed": 8})
        for peer in his:
            peer.expect_end()
        other.expect_alive()
        unknown.expect_alive()
        self.wait_for_log("connections closed by admin", "connections=8", "user=Ünal & co/100%\\u{2028}")
        self.assertEqual(self.act(path)[0], 404)

    def test_what_was_sent_before_still_arrives(self):
        self.start()
        sender, receiver = self.peer(), self.peer("alice")
        # With their connections, each event loop has at least one that gets the broadcasts.
        witnesses = [self.peer() for _ in range(4)]
        sender.send(b"".join(frame(BROADCAST, b"x" * 1000) for _ in range(100)))
        for witness in witnesses:
            for _ in range(100):
                self.assertEqual(witness.receive(), (BROADCAST, b"x" * 1000))
        self.assertEqual(self.act("/close?user=alice")[0], 200)
        for _ in range(100):
            self.assertEqual(receiver.receive(), (BROADCAST, b"x" * 1000))
        receiver.expect_end()

    def test_what_is_not_understood_is_refused(self):
        self.start()
        for path in ("/close", "/close?", "/close?connection=x", "/close?connection=-1", "/close?connection=1&user=a",
                     "/close?connection=99999999999999999999"):
            self.assertEqual(self.act(path)[0], 400, path)
        self.assertEqual(self.act("/close?user=")[0], 404)
        self.assertEqual(self.act("/close?user=%ff")[0], 404)
        for path in ("/close?connection=1", "/drain"):
            for method in ("GET", "HEAD"):
                with connect(self.admin) as client:
                    client.sendall(request(path, f"Authorization: Bearer {TOKEN}", method=method))
                    status, fields, _ = read_answer(client, has_body=method == "GET")
                self.assertEqual((status, fields["Allow"]), (405, "POST"))
        for path in ("/", "/metrics", "/healthz", "/readyz", "/status", "/events", "/connections"):
            self.assertEqual(self.act(path)[:1], (405,), path)

    def test_a_body_is_skipped(self):
        self.start()
        with connect(self.admin) as client:
            fields = (f"Authorization: Bearer {TOKEN}", "Content-Length: 1024")
            for data in (request("/close?user=x", *fields, method="POST") + b"\r\n" * 512, request("/readyz")):
                for part in (data[:300], data[300:]):
                    client.sendall(part)
            self.assertEqual([read_answer(client)[0] for _ in range(2)], [404, 200])
        self.assertEqual(self.act("/close?user=x", TOKEN, "Content-Length: 0")[0], 404)

    def test_without_the_option_nothing_acts(self):
        self.port, self.process = self.stack.enter_context(server())
        self.admin = metrics_port(self.process)
        peer = self.peer("alice")
        for path in ("/close?user=alice", "/drain"):
            status, _, body = self.act(path)
            self.assertEqual((status, body), (403, "actions are disabled: start the server with --admin-token-file\n"))
        peer.expect_alive()
        self.assertFalse(json.loads(self.act("/status", method="GET")[2])["actions"])

    def test_without_the_right_token_nothing_acts(self):
        self.start()
        peer = self.peer("alice")
        wrong = [None, "", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "x" * 5000]
        for token in wrong:
            status, fields, _ = self.act("/close?user=alice", token)
            self.assertEqual((status, fields["WWW-Authenticate"]), (401, "Bearer"), token)
        for fields in (["Authorization: Basic " + TOKEN], ["Cookie: token=" + TOKEN], ["Authorization: " + TOKEN]):
            self.assertEqual(self.act("/close?user=alice", None, *fields)[0], 401)
        self.assertEqual(self.act(f"/close?user=alice&token={TOKEN}", None)[0], 401)
        peer.expect_alive()
        self.wait_for_log("warning: admin token rejected", "peer=127.0.0.1:")
        self.assertEqual(self.act("/close?user=alice", TOKEN, "Cookie: a=b")[0], 200)

    def test_wrong_tokens_are_limited_and_logged_rarely(self):
        self.start()
        statuses = [self.act("/drain", f"{TOKEN}{number}")[0] for number in range(40)]
        self.assertEqual(statuses[:10], [401] * 10)
        self.assertIn(429, statuses[10:13])
        # Of the last ones, at most those are compared for which there was time.
        self.assertGreaterEqual(statuses.count(429), 25)
        # Programs on this machine cannot lock out the operator.
        self.assertEqual(self.act("/close?user=x")[0], 404)
        self.assertEqual(self.act("/close?user=x", None)[0], 401)
        self.assertLessEqual(sum("admin token rejected" in line for line in self.process.log), 3)
        self.assertNotIn(TOKEN, "".join(self.process.log))

    def test_a_page_of_another_site_takes_no_place_of_a_viewer(self):
        self.start()
        for site, status in (("cross-site", 403), ("same-site", 403)):
            self.assertEqual(self.act("/events", None, f"Sec-Fetch-Site: {site}", method="GET")[0], status)
        for site in ("same-origin", "none"):
            with connect(self.admin) as client:
                client.sendall(request("/events", f"Sec-Fetch-Site: {site}"))
                self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 200 "))

    def test_a_host_that_is_not_this_machine_is_refused(self):
        self.start()
        self.peer("alice")
        names = ["localhost", "LOCALHOST:80", "127.0.0.1:6000", "[::1]:6000", "[::1]", "10.1.2.3", socket.gethostname()]
        for host in names:
            self.assertEqual(self.act("/close?user=x", host=host)[0], 404, host)
            self.assertEqual(self.act("/connections", None, method="GET", host=host)[0], 200, host)
            self.assertIn("connections", json.loads(self.act("/status", None, method="GET", host=host)[2]), host)
        for host in ("evil.example", "localhost.evil.example", "evil.example:6000", "127.0.0.1.evil.example", "", "[evil]", "[::1"):
            status, _, body = self.act("/close?user=alice", host=host)
            self.assertEqual(status, 403, host)
            self.assertIn("--metrics-host", body)
            self.assertEqual(self.act("/connections", None, method="GET", host=host)[0], 403, host)
            report = json.loads(self.act("/status", None, method="GET", host=host)[2])
            self.assertNotIn("connections", report, host)
            self.assertNotIn("alice", json.dumps(report))
        self.assertEqual(len(self.connections()), 1)
        # A program, unlike a browser, may name no host.
        with connect(self.admin) as client:
            client.sendall(f"POST /close?user=alice HTTP/1.0\r\nAuthorization: bearer  {TOKEN} \r\n\r\n".encode())
            self.assertEqual(read_answer(client)[0], 200)

    def test_clients_on_other_machines_need_the_token_for_connections(self):
        address = next((found for found in own_addresses() if not found.startswith("127.")), None)
        if not address:
            self.skipTest("this machine has the loopback address only")
        self.start("--metrics-host", "0.0.0.0", "--metrics-port", "0")
        self.peer("alice")

        def get(path, token):
            return self.act(path, token, method="GET", host="server.example", address=address)

        self.assertEqual(get("/connections", None)[0], 403)
        self.assertEqual(get("/connections", "x" * 20)[0], 401)
        self.assertEqual(json.loads(get("/connections", TOKEN)[2])["open"], 1)
        self.assertNotIn("connections", json.loads(get("/status", None)[2]))
        self.assertEqual(json.loads(get("/status", TOKEN)[2])["connections"]["connections"][0]["user"], "alice")
        self.assertEqual(self.act("/close?user=alice", host="server.example", address=address)[0], 200)

    def test_a_drain_is_that_of_a_signal_and_a_second_one_says_so(self):
        self.start("--drain-timeout", "5")
        # So many that the server needs a while to close them one after another.
        peers = [self.peer() for _ in range(400)]
        status, _, body = self.act("/drain")
        self.assertEqual((status, json.loads(body)), (202, {"state": "draining", "already": False}))
        status, _, body = self.act("/drain")
        self.assertEqual((status, json.loads(body)), (200, {"state": "draining", "already": True}))
        with connect(self.admin) as client:
            client.sendall(request("/readyz"))
            self.assertEqual(read_answer(client)[::2], (503, "stopping\n"))
        for peer in peers:
            self.assertEqual(peer.error(), SHUTTING_DOWN)
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)
        self.wait_for_log("notice: drain requested by admin", "peer=127.0.0.1:")

    def test_a_drain_without_connections_is_answered(self):
        self.start()
        self.assertEqual(self.act("/drain")[0], 202)
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_the_token_is_read_again_on_sighup(self):
        self.start()
        other = "another-token-of-24-chars"
        self.write(other)
        self.assertEqual(self.act("/close?user=x", other)[0], 401)
        self.process.send_signal(signal.SIGHUP)
        self.wait_for_log("info: reloaded", "what=admin token")
        self.assertEqual(self.act("/close?user=x", other)[0], 404)
        self.assertEqual(self.act("/close?user=x", TOKEN)[0], 401)
        self.write("short")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for_log("not reloaded, previous version stays in use", "what=admin token", "16 to 256 characters")
        self.assertEqual(self.act("/close?user=x", other)[0], 404)

    def refusal(self, *options, **environment):
        result = run("serve", "--port", "0", *options, environment=environment)
        self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (1, "", 1), result.stderr)
        return result.stderr

    def test_a_file_that_others_can_read_or_without_a_token_stops_the_start(self):
        self.write(TOKEN, 0o644)
        line = self.refusal("--admin-token-file", str(self.file))
        self.assertIn(f"{self.file}: all users have access to it: chmod 600 {self.file}", line)
        form = "must have one line with a token of 16 to 256 characters of printable ASCII, without spaces"
        for text in ("", "\n", "x" * 15, "x" * 257, "with space in the token", TOKEN + "\n" + TOKEN, "ünicode-token-of-many"):
            self.write(text)
            line = self.refusal("--admin-token-file", str(self.file))
            self.assertIn(f"{self.file}: {form}", line)
            if text.strip():
                self.assertNotIn(text.split("\n")[0], line)
        self.write("x" * 2000)
        self.assertIn("at most 1024 bytes", self.refusal("--admin-token-file", str(self.file)))
        self.assertIn("ADMIN_TOKEN_FILE=\"/nonexistent/t\" comes from the environment", self.refusal(ADMIN_TOKEN_FILE="/nonexistent/t"))

    def test_the_option_needs_the_endpoint(self):
        result = run("serve", "--port", "0", "--no-metrics", "--admin-token-file", str(self.file))
        self.assertIn("requires the metrics endpoint: omit --no-metrics (NO_METRICS)", result.stderr)
        self.assertNotEqual(result.returncode, 0)

    def test_tokens_of_the_allowed_lengths_are_accepted(self):
        for token in ("x" * 16, "~" * 256):
            self.write(token + "\r\n")
            self.start()
            self.assertEqual(self.act("/close?user=x", token)[0], 404)
            self.stack.close()
            self.setUp()


class Commands(Armed):
    """The commands `status`, `top`, `kick` and `drain`; the actions themselves are tested above."""

    def command(self, *arguments, token=True, **environment):
        variables = {"METRICS_PORT": str(self.admin), "ADMIN_TOKEN_FILE": str(self.file) if token else None, **environment}
        return run(*arguments, environment=variables)

    def expect(self, output, *arguments, **options):
        result = self.command(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, output, ""))

    def expect_error(self, error, *arguments, **options):
        result = self.command(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        self.assertIn(error, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_kick_closes_connections(self):
        self.start()
        name = "a&b=c+d %\u00e9\x1b"
        peers = [self.peer(name), self.peer(name), self.peer("bob")]
        self.expect("closed 2 connections\n", "kick", "--user", name)
        for peer in peers[:2]:
            peer.expect_end()
        (number,) = [item["id"] for item in self.connections() if item["user"] == "bob"]
        self.expect("closed 1 connection\n", "kick", "--connection", str(number))
        peers[2].expect_end()
        self.expect_error('no connection of this server has the user "bob"', "kick", "--user", "bob")
        self.expect_error("no connection of this server has the number 77", "kick", "--connection", "77")

    def test_a_program_that_is_no_server_is_named_with_what_is_wrong(self):
        self.start()
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!DOCTYPE html>"
        for answer, error in (
            (page, "the answer is no report of this version"),
            (b"SSH-2.0-x\r\n", "does not speak HTTP"),
            (page[:-1], "is not whole"),
        ):
            with socket.create_server(("127.0.0.1", 0)) as other:
                def serve():
                    client, _ = other.accept()
                    with client:
                        client.recv(4096)
                        client.sendall(answer)

                thread = threading.Thread(target=serve)
                thread.start()
                self.expect_error(error, "status", "--json", METRICS_PORT=str(other.getsockname()[1]))
                thread.join()

    def test_status_needs_no_token_on_this_machine(self):
        self.start()
        result = self.command("status", "--json", ADMIN_TOKEN_FILE="/nonexistent")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(json.loads(result.stdout)["state"], "ready")

    def test_drain_drains(self):
        self.start("--drain-timeout", "5")
        peers = [self.peer() for _ in range(400)]
        self.expect("the server drains\n", "drain")
        self.expect("the server is draining already\n", "drain")
        for peer in peers:
            self.assertEqual(peer.error(), SHUTTING_DOWN)
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)
        self.expect_error("cannot connect to 127.0.0.1:", "drain")

    def test_what_the_server_refuses_is_said_in_one_line(self):
        self.start()
        for arguments in (["drain"], ["kick", "--user", "x"]):
            self.expect_error("requires the token of the server: set --admin-token-file (ADMIN_TOKEN_FILE)", *arguments, token=False)
        other = self.file.with_name("other")
        other.touch(mode=0o600)
        other.write_text("x" * 20)
        self.expect_error("status 401 (the token is not that of --admin-token-file)", "drain", "--admin-token-file", str(other))
        other.chmod(0o644)
        self.expect_error(f"{other}: all users have access to it", "drain", "--admin-token-file", str(other))
        self.port, self.process = self.stack.enter_context(server())
        self.admin = metrics_port(self.process)
        self.expect_error("status 403 (actions are disabled: start the server with --admin-token-file)", "drain")

    def test_status_says_in_words_what_the_server_does(self):
        self.start("--event-loops", "3", "--max-connections", "77")
        peer = self.peer("alice")
        peer.send(b"".join(ping() for _ in range(50)))
        result = self.command("status", token=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        title, *lines = result.stdout.splitlines()
        self.assertEqual(title, f"net001 (NET001) on {socket.gethostname()}, process {self.process.pid}")
        facts = dict(re.split(r" {2,}", line, maxsplit=1) for line in lines)
        self.assertRegex(facts["state"], r"^ready, up \d+ s$")
        self.assertEqual(facts["connections"], "1 of 77, 0 refused")
        self.assertRegex(facts["messages"], r"^\d+(\.\d)? /s in, \d+(\.\d)? /s out, 0 limited$")
        self.assertRegex(facts["bytes"], r"^\d+(\.\d)? (Ki)?B /s in, \d+(\.\d)? (Ki)?B /s out$")
        self.assertEqual(facts["faults"], "0, 0 /s")
        self.assertRegex(facts["memory"], r"^\d+(\.\d)? MiB$")
        self.assertRegex(facts["descriptors"], r"^\d+ of [\d.k]+M?$")
        self.assertRegex(facts["event loops"], r"^3, lag p99 (–|[≤>] [\d.]+ \w+), 0 handlers suspended$")
        self.assertEqual(facts["backplane"], "none")

    def test_status_prints_the_report_as_json(self):
        self.start()
        self.peer("a\x1b\u009b\u202eb")
        result = self.command("status", "--json", token=False)
        self.assertEqual((result.returncode, result.stderr, len(result.stdout.splitlines())), (0, "", 1))
        self.assertTrue(result.stdout.rstrip("\n").isprintable())
        report = json.loads(result.stdout)
        with connect(self.admin) as client:
            client.sendall(request("/status"))
            status, fields, body = read_answer(client)
        self.assertEqual((status, fields["Content-Type"], fields["Cache-Control"]), (200, "application/json", "no-store"))
        self.assertEqual(set(report), set(json.loads(body)))
        self.assertEqual(report["server"], json.loads(body)["server"])
        self.assertEqual((report["state"], report["actions"]), ("ready", True))
        self.assertEqual(report["connections"]["connections"][0]["user"], "a\x1b\u009b\u202eb")
        self.assertEqual(report["metrics"]["switchboard_connections"], {"": [1]})

    def test_status_has_the_connections_that_are_asked_for(self):
        self.start()
        for user in ("alice", "alina", "bob"):
            self.peer(user)
        report = json.loads(self.act("/status?filter=ali&sort=age", None, method="GET")[2])
        self.assertEqual([item["user"] for item in report["connections"]["connections"]], ["alice", "alina"])
        self.assertEqual(self.act("/status?sort=size", None, method="GET")[0], 400)
        self.assertEqual(self.act("/status?filter=" + "x" * 256, None, method="GET")[0], 400)

    def test_a_server_that_does_not_answer_is_named(self):
        self.start()
        with socket.create_server(("127.0.0.1", 0)) as mute:
            port = str(mute.getsockname()[1])
            for name in ("status", "top", "drain"):
                self.expect_error("no whole answer came", name, "--timeout", "0.3", METRICS_PORT=port)
        for name in ("status", "top", "drain"):
            self.expect_error(f'METRICS_PORT="{port}" comes from the environment', name, METRICS_PORT=port)
            self.expect_error("--no-metrics (NO_METRICS) must be off", name, "--no-metrics")

    def test_an_answer_that_is_cut_off_or_strange_is_no_report(self):
        self.start()
        for body, error in (
            (b"Content-Length: 5\r\n\r\n{}", "is not whole"),
            (b"\r\n{}", "is not whole"),
            (b"Content-Length: 2\r\n\r\n{}", "is no report of this version"),
            (b"Content-Length: 6\r\n\r\n\x1b[31m\n", "is no report of this version"),
        ):
            with socket.create_server(("127.0.0.1", 0)) as other:
                port = str(other.getsockname()[1])
                process = subprocess.Popen(
                    [command.PATH, "status"], stderr=subprocess.PIPE, text=True, env=command.variables({"METRICS_PORT": port})
                )
                client = other.accept()[0]
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\n" + body)
                client.close()
                self.assertIn(error, process.communicate(timeout=TIMEOUT_SECONDS)[1])
                self.assertEqual(process.returncode, 1)

    def test_top_without_a_terminal_prints_a_screen_a_second(self):
        self.start()
        self.peer("alice")
        process = subprocess.Popen(
            [command.PATH, "top"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env=command.variables({"METRICS_PORT": str(self.admin)}),
        )
        titles, lines = 0, []
        for line in process.stdout:
            lines.append(line)
            titles += line.startswith("net001 (NET001) on ")
            if titles == 3:
                break
        process.stdout.close()
        # As for other programs that write to a pipe whose reader has gone.
        self.assertEqual(process.wait(timeout=TIMEOUT_SECONDS), 128 + signal.SIGPIPE)
        self.assertNotIn("\x1b", "".join(lines))
        self.assertRegex("".join(lines), r"\n *\d+ +127\.0\.0\.1:\d+ +alice ")


class Screen:
    """A pseudo terminal on which `net001 top` runs, and what it shows."""

    def __init__(self, admin, rows=30, columns=120):
        self.master, slave = pty.openpty()
        self.slave = slave
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [command.PATH, "top"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=command.variables({"METRICS_PORT": str(admin), "TERM": "xterm"}),
            start_new_session=True,
        )
        self.output = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        if select.select([self.master], [], [], 0.1)[0]:
            self.output += os.read(self.master, 65536)

    @property
    def lines(self):
        """The lines of the last screen that is complete."""
        screens = self.output.split(b"\x1b[H")
        whole = [screen for screen in screens[1:] if screen.endswith(b"\x1b[J") or b"\x1b[J" in screen]
        text = whole[-1].split(b"\x1b[J")[0].decode() if whole else ""
        return [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line.rstrip("\r")) for line in text.split("\n")]

    def wait_for(self, condition):
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not condition(self.lines):
            assert time.monotonic() < deadline, "\n".join(self.lines)
            assert self.process.poll() is None, self.output
            self.read()

    def end(self):
        """Returns the status of the command once it has ended, and whether the terminal is as it was."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline
            self.read()
        self.read()
        after = termios.tcgetattr(self.slave)
        shown = self.output.endswith(b"\x1b[?7h\x1b[?25h\x1b[?1049l")
        return self.process.returncode, shown and after == self.before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


class Top(Armed):
    """The command `top` on a terminal."""

    def screen(self, **options):
        screen = Screen(self.admin, **options)
        self.stack.callback(screen.close)
        screen.wait_for(lambda lines: lines[0].startswith("net001 (NET001) on "))
        return screen

    def rows(self, screen):
        """Returns the words of each line in the table of connections."""
        heading = next((index for index, line in enumerate(screen.lines) if line.startswith("number ")), None)
        return [] if heading is None else [line.split() for line in screen.lines[heading + 1 :] if line[:6].strip().isdigit()]

    def test_shows_numbers_of_a_second(self):
        self.start()
        peer = self.peer("alice")
        screen = self.screen()

        def ping_and_look(lines):
            peer.expect_alive()
            text = "\n".join(lines)
            return re.search(r"^Ping +[\d.]*[1-9]", text, re.MULTILINE) and re.search(r"messages +[\d.k]*[1-9]", text)

        screen.wait_for(ping_and_look)
        self.assertIn("1 connections, by pending", screen.lines)
        self.assertEqual(self.rows(screen)[0][2], "alice")
        self.assertEqual(len(screen.lines), 30)
        self.assertTrue(all(len(line) <= 120 for line in screen.lines))

    def test_keys_sort_the_connections(self):
        self.start()
        peers = [self.peer(user) for user in ("oldest", "busiest", "youngest")]
        screen = self.screen()
        screen.type("r")

        def ping_and_look(lines):
            peers[1].expect_alive()
            return any(line.endswith("by rate") for line in lines) and self.rows(screen)[0][2] == "busiest"

        screen.wait_for(ping_and_look)
        screen.type("x")
        screen.type("a")
        screen.wait_for(lambda lines: any(line.endswith("by age") for line in lines) and self.rows(screen)[0][2] == "oldest")
        screen.type("p")
        screen.wait_for(lambda lines: any(line.endswith("by pending") for line in lines))

    def test_q_leaves_the_terminal_as_it_was(self):
        self.start()
        screen = self.screen()
        self.assertNotEqual(termios.tcgetattr(screen.slave), screen.before)
        self.assertIn(b"\x1b[?1049h\x1b[?25l\x1b[?7l", screen.output)
        screen.type("q")
        self.assertEqual(screen.end(), (0, True))

    def test_signals_and_control_c_leave_the_terminal_as_it_was(self):
        self.start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            screen = self.screen()
            screen.process.send_signal(number)
            self.assertEqual(screen.end(), (-number, True))
        screen = self.screen()
        screen.type("\x03")
        self.assertEqual(screen.end(), (-signal.SIGINT, True))

    def test_fits_the_window_also_after_a_change(self):
        self.start()
        for number in range(30):
            self.peer(f"user{number}")
        screen = self.screen(rows=24, columns=80)
        screen.wait_for(lambda lines: len(lines) == 24 and len(self.rows(screen)) > 4)
        self.assertTrue(all(len(line) <= 80 for line in screen.lines))
        for rows, columns in ((50, 140), (10, 40), (1, 1)):
            screen.resize(rows, columns)
            screen.process.send_signal(signal.SIGWINCH)
            screen.wait_for(lambda lines: len(lines) == max(rows, 4) and all(len(line) <= columns for line in lines))
        screen.resize(50, 140)
        screen.process.send_signal(signal.SIGWINCH)
        screen.wait_for(lambda lines: len(self.rows(screen)) == 30)
        screen.type("q")
        self.assertEqual(screen.end(), (0, True))

    def test_names_of_users_cannot_control_the_terminal(self):
        self.start()
        self.peer("a\x1b[2Jb\r\n\u009bc\u202ed")
        screen = self.screen(columns=200)
        screen.wait_for(lambda lines: self.rows(screen))
        self.assertEqual(self.rows(screen)[0][2], "a\\u{1B}[2Jb\\r\\n\\u{009B}c\\u{202E}d")
        self.assertNotIn(b"\x1b[2J", screen.output)

    def test_says_that_the_server_has_gone(self):
        self.start()
        screen = self.screen()
        self.process.send_signal(signal.SIGTERM)
        screen.wait_for(lambda lines: lines[-1].startswith("disconnected: cannot connect"))
        screen.type("q")
        self.assertEqual(screen.end(), (0, True))


class UnixSocket(unittest.TestCase):
    """The metrics endpoint on a Unix-domain socket."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.path = self.folder / "metrics.socket"
        self.token = self.folder / "token"
        self.token.touch(mode=0o600)
        self.token.write_text(TOKEN)
        self.here = {"METRICS_SOCKET": str(self.path), "METRICS_PORT": None}

    def start(self, *options, **environment):
        self.port, self.process = self.stack.enter_context(server(*options, environment={**self.here, **environment}))

    def peer(self, user):
        peer = self.stack.enter_context(Peer(self.port))
        peer.send(auth(user, "token"))
        self.assertEqual(peer.receive()[0], AUTH_REPLY)
        return peer

    def ask(self, data):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT_SECONDS)
            client.connect(str(self.path))
            client.sendall(data)
            return read_answer(client)

    def command(self, *arguments, **environment):
        return run(*arguments, environment={**self.here, "ADMIN_TOKEN_FILE": str(self.token), **environment})

    def test_clients_see_users_and_act_with_the_token(self):
        self.start(ADMIN_TOKEN_FILE=str(self.token))
        alice, bob = self.peer("alice"), self.peer("bob")
        listed = json.loads(self.ask(request("/connections"))[2])["connections"]
        self.assertEqual({entry["user"] for entry in listed}, {"alice", "bob"})
        for fields in ([], [f"Authorization: Bearer {TOKEN}x"]):
            self.assertEqual(self.ask(request("/close?user=alice", *fields, method="POST"))[0], 401)
        self.assertEqual(self.ask(request("/close?user=alice", f"Authorization: Bearer {TOKEN}", method="POST"))[0], 200)
        alice.expect_end()
        bob.expect_alive()
        log = "".join(self.process.log)
        self.assertIn(f"serving metrics address=unix {self.path}", log)
        self.assertIn("peer=unix", log)
        self.assertNotIn("http://", log)

    def test_a_proxy_must_name_this_machine(self):
        self.start(ADMIN_TOKEN_FILE=str(self.token))
        self.peer("alice")
        field = f"Authorization: Bearer {TOKEN}"
        for host, status in [("localhost", 200), (socket.gethostname(), 200), ("evil.example", 403)]:
            self.assertEqual(self.ask(request("/connections", host=host))[0], status, host)
            self.assertEqual(self.ask(request("/close?user=x", field, method="POST", host=host))[0], 404 if status == 200 else 403, host)
            self.assertEqual("alice" in self.ask(request("/status", host=host))[2], status == 200, host)

    def test_the_commands_of_operators_find_it(self):
        self.start(ADMIN_TOKEN_FILE=str(self.token))
        peer = self.peer("alice")
        report = json.loads(self.command("status", "--json").stdout)
        self.assertEqual([entry["user"] for entry in report["connections"]["connections"]], ["alice"])
        options = ("--metrics-socket", str(self.path))
        result = self.command("kick", "--user", "alice", *options, METRICS_SOCKET=None)
        self.assertEqual((result.stdout, result.stderr), ("closed 1 connection\n", ""))
        peer.expect_end()
        self.assertEqual(self.command("drain").stdout, "the server drains\n")
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)
        self.assertFalse(self.path.exists(), "the socket is left behind")
        for name in (["status"], ["top"], ["drain"], ["kick", "--user", "a"]):
            self.assertIn(f"Error: cannot connect to unix {self.path}: ", self.command(*name).stderr)

    def test_its_permissions_are_those_of_the_option(self):
        for options, mode in [((), 0o660), (("--metrics-socket-mode", "600"), 0o600), (("--metrics-socket-mode", "666"), 0o666)]:
            with server(*options, environment=self.here, preexec_fn=lambda: os.umask(0o077)):
                self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), mode)

    def test_an_abandoned_socket_is_replaced_and_no_other_file(self):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(self.path))
            left.listen()
        self.start()
        self.assertEqual(self.ask(request("/readyz"))[2], "ready\n")
        # A second server leaves the socket of the first alone.
        self.assertEqual(
            self.refusal(),
            f"Error: cannot serve metrics on unix {self.path}: address already in use (choose another --metrics-socket, or --no-metrics) "
            f'(METRICS_SOCKET="{self.path}" comes from the environment; --metrics-socket overrides it)',
        )
        self.assertEqual(self.ask(request("/readyz"))[2], "ready\n")
        file = self.folder / "precious"
        file.write_text("precious")
        for path, what in [(file, "a file that is not a socket"), (self.folder, "a directory")]:
            self.assertIn(
                f"cannot serve metrics on unix {path}: the path is {what} (choose another --metrics-socket, or --no-metrics)",
                self.refusal(METRICS_SOCKET=str(path)),
            )
        self.assertEqual(file.read_text(), "precious")

    def test_paths_that_no_socket_can_have(self):
        for path, reason in [("/" + "x" * 107, "must have 1 to 107 bytes: /xxx"), ("/nowhere/at/all", "no such file or directory (")]:
            self.assertIn(reason, self.refusal(METRICS_SOCKET=path))
        self.assertEqual(
            self.refusal(METRICS_PORT="6001"), f'Error: METRICS_SOCKET="{self.path}" replaces the metrics port: omit METRICS_PORT="6001".'
        )

    def refusal(self, **environment):
        """Returns the line with which a server refuses to start."""
        result = run("serve", "--port", "0", environment={**self.here, **environment})
        self.assertNotEqual(result.returncode, 0)
        (line,) = result.stderr.splitlines()
        return line


class Addresses(unittest.TestCase):
    def test_both_families_are_served_for_the_unspecified_address_and_for_a_name(self):
        if not socket.has_ipv6:
            self.skipTest("this machine has no IPv6")
        for host in ("::", "localhost"):
            with self.subTest(host=host), server("--metrics-host", host, "--metrics-port", "0") as (_, process):
                admin = metrics_port(process)
                found = {entry[4][0] for entry in socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)}
                for address in {"127.0.0.1", "::1"} if host == "::" else found:
                    with connect(admin, address) as client:
                        client.sendall(request("/connections"))
                        self.assertEqual(read_answer(client)[0], 200)


if __name__ == "__main__":
    command.main(__doc__)
