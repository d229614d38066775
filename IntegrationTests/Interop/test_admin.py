"""Tests the HTTP server of the metrics port, and that its clients delay neither peers nor the shutdown of the server.

    python3 IntegrationTests/Interop/test_admin.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import re
import select
import signal
import socket
import struct
import time
import unittest

import command
from command import metrics_port, server
from net001 import *  # noqa: F403

MAXIMUM_CONNECTIONS = 32
MAXIMUM_REQUEST_LINE = 4096
MAXIMUM_HEAD = 16 * 1024
MAXIMUM_FIELDS = 64


def connect(port, host="127.0.0.1"):
    return socket.create_connection((host, port), TIMEOUT_SECONDS)


def request(path="/healthz", *fields, method="GET", version="HTTP/1.1"):
    return "\r\n".join([f"{method} {path} {version}", "Host: localhost", *fields, "", ""]).encode()


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
            (405, request(method="POST")),
            (405, request("*", method="OPTIONS")),
            (413, request("/healthz", "Content-Length: 5") + b"hello"),
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
