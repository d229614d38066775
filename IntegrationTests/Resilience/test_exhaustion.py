"""Uses up the descriptors, the memory, the time and the log of a server. Other clients must not notice.

    python3 IntegrationTests/Resilience/test_exhaustion.py PATH-OF-NET001 [--full] [SCENARIO ...]

descriptors  more peers than descriptors, with a low limit from the start or without free descriptors later: open connections
             work, the server uses no CPU and writes no log, /metrics works, a free connection slot is used at once
http         HTTP requests without a free descriptor affect only their own clients
payloads     peers that announce a large payload and send one byte use no memory for the rest, and are closed in time
handshakes   stalled TLS handshakes do not delay other handshakes, and are closed in time
storm        thousands of new connections at once do not delay the replies to other clients
faults       wrong checksums, unknown types and garbage at full speed: other clients get replies, the log stays short

Each scenario starts a server of its own. TLS needs the command `openssl`.
"""

import argparse
import collections
import contextlib
import http.client
import multiprocessing
import os
import random
import resource
import selectors
import socket
import ssl
import statistics
import struct
import sys
import tempfile
import threading
import time

import resilience
import net001 as wire
import test_tls
from resilience import command, figures, metrics, wait_until

LOOPS = 2

# For the scenario descriptors.
LOW_LIMIT = 128
CLIENTS = 8
WAITING_PEERS = 1000
QUIET_SECONDS = 3
MAXIMUM_CPU_SHARE = 0.05
MAXIMUM_LINES_A_SECOND = 1
FREE_PLACE_SECONDS = 0.1
# The time that a busy CI machine may need to run a process that is ready.
SCHEDULING_SECONDS = 0.03
HTTP_PEERS = 20

# For the scenario payloads.
DECLARED_BYTES = 65_535
MAXIMUM_PAYLOAD_MEMORY_MIB = 32
# The delay that a timeout may have: the server checks once a second, and then closes thousands of connections.
LATE_SECONDS = 2

# For the scenario handshakes.
HANDSHAKE_TIMEOUT_SECONDS = 5
MAXIMUM_HANDSHAKE_SECONDS = 1
MAXIMUM_HANDSHAKE_KIB = 40

# For the scenario storm.
STORM_CONNECTIONS = 10_000
STORM_CLIENTS = 10
# Each PING has a scheduled time, from which its latency is measured. So a PING that waits for the one before it
# counts the wait.
PING_INTERVAL_SECONDS = 0.002
MAXIMUM_P99_SECONDS = 0.010
# For machines with few, shared cores, such as CI machines.
LENIENT_P99_SECONDS = 0.100

# For the scenario faults.
MAXIMUM_CHECKSUM_FAULTS = 8
MAXIMUM_FAULT_LINES_A_SECOND = 1
MAXIMUM_CLOSED_LINES_A_SECOND = 100
# With --debug, each loop logs 100 frames a second and one fault of each kind, and then the number of further ones.
MAXIMUM_DEBUG_LINES_A_SECOND = LOOPS * (101 + 2 * 3)
INVALID_MAGIC, UNKNOWN_TYPE, CHECKSUM_MISMATCH = 1, 3, 5

IP_BIND_ADDRESS_NO_PORT = 24
RESET = struct.pack("ii", 1, 0)
# One loopback address has too few ports for all connections.
SOURCES = [f"127.0.1.{low}" for low in range(1, 251)]


def say(what, figure):
    print(f"  {what:<58} {figure}", flush=True)


def say_figures(what, now):
    say(what, f"{now.memory_mib:.1f} MiB, {now.descriptors} descriptors, {now.threads} threads")


def connect(port, number, blocking=True):
    """Returns a connection from one of many addresses; a non-blocking one may not be established yet."""
    peer = socket.socket()
    peer.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    peer.bind((SOURCES[number % len(SOURCES)], 0))
    peer.setblocking(False)
    if blocking:
        peer.settimeout(wire.TIMEOUT_SECONDS)
        peer.connect(("127.0.0.1", port))
    else:
        peer.connect_ex(("127.0.0.1", port))
    return peer


def close_all(peers):
    """Closes connections with resets, which leave no ports in use."""
    for peer in peers:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        peer.close()


def until_closed(peers, seconds):
    """Returns the bytes that each peer received until the server closed it, and the time of the end, in the order of `peers`."""
    ends = {}
    received = {peer: bytearray() for peer in peers}
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for peer in peers:
            peer.setblocking(False)
            selector.register(peer, selectors.EVENT_READ)
        while len(ends) < len(peers):
            left = deadline - time.monotonic()
            assert left > 0, f"{len(peers) - len(ends)} of {len(peers)} peers are still open after {seconds} s"
            for key, _ in selector.select(left):
                peer = key.fileobj
                try:
                    part = peer.recv(65_536)
                except ConnectionError:
                    part = b""
                if part:
                    received[peer] += part
                else:
                    ends[peer] = time.monotonic()
                    selector.unregister(peer)
    return [(bytes(received[peer]), ends[peer]) for peer in peers]


def error_codes(data):
    """Returns the codes of the ERRORs in `data`, which has no other frames."""
    codes = []
    while data:
        code, length = struct.unpack(">5xBH", data[:8])
        assert code == wire.ERROR, f"{code:#x} came instead of ERROR"
        codes.append(data[8])
        data = data[8 + length + 4 :]
    return codes


def is_served(peer):
    """Returns whether the reply to a PING is its PONG, and not an ERROR or the end of the connection."""
    try:
        peer.send(wire.ping(7))
        return peer.receive() == (wire.PONG, struct.pack(">Q", 7))
    except (EOFError, ConnectionError):
        return False


class Observer:
    """Requests /metrics repeatedly, over one connection or over new ones, and counts the responses."""

    def __init__(self, port, keeps_connection):
        self.keeps_connection = keeps_connection
        self.answers, self.failures = 0, []
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=wire.TIMEOUT_SECONDS)
        self.stopped = threading.Event()
        # Requests do not disturb the client that has the last descriptor.
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.ask()

    def ask(self):
        try:
            self.connection.request("GET", "/metrics", headers={"Connection": "keep-alive"})
            answer = self.connection.getresponse()
            assert b"switchboard_connections " in answer.read(), "the answer is not that of /metrics"
            self.answers += 1
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.failures.append(repr(error))
            self.connection.close()
        if not self.keeps_connection:
            self.connection.close()

    def run(self):
        while not self.stopped.wait(0.1):
            with self.lock:
                self.ask()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(timeout=wire.TIMEOUT_SECONDS)
        self.connection.close()


# MARK: Descriptors


def expect_quiet(process, observer):
    """Checks that the server uses no CPU and logs almost nothing while peers only wait to be accepted."""
    with observer.lock:
        lines, start = len(process.log), figures(process.pid)
        time.sleep(QUIET_SECONDS)
        share = (figures(process.pid).cpu_seconds - start.cpu_seconds) / QUIET_SECONDS
        lines = len(process.log) - lines
    say(f"CPU, and log lines, in {QUIET_SECONDS} s in which peers wait", f"{share:.1%}, {lines}")
    assert share < MAXIMUM_CPU_SHARE, f"{share:.1%} of a core is used while nothing happens"
    assert lines <= MAXIMUM_LINES_A_SECOND * QUIET_SECONDS, f"{lines} lines are logged in {QUIET_SECONDS} s"


def expect_free_places_to_be_taken(port, clients, full):
    """Closes one client after another, and measures the time until another client gets its slot."""
    rounds, limit = (50, FREE_PLACE_SECONDS) if full else (10, FREE_PLACE_SECONDS + SCHEDULING_SECONDS)
    chance, times = random.Random(rounds), []
    for _ in range(rounds):
        with wire.Peer(port) as refused, contextlib.suppress(ConnectionError):
            refused.socket.recv(100)
        # A slot may become free at any moment of the interval in which the server does not accept connections.
        successor = wire.Peer(port)
        time.sleep(chance.uniform(0, FREE_PLACE_SECONDS))
        clients.pop(0).socket.close()
        start = time.monotonic()
        while not is_served(successor):
            assert time.monotonic() - start < wire.TIMEOUT_SECONDS, "no new client is served after one has gone"
            successor.socket.close()
            successor = wire.Peer(port)
        times.append(time.monotonic() - start)
        clients.append(successor)
    for peer in clients:
        peer.expect_alive()
        peer.socket.close()
    say(f"until a free place is taken, {rounds} times: median, slowest",
        f"{statistics.median(times) * 1000:.1f}, {max(times) * 1000:.1f} ms")  # fmt: skip
    assert max(times) <= limit, f"it took {max(times):.3f} s to take a free place"


def expect_no_further_timers(process, observer):
    """Checks that the server opens its timers at the start, because it may have no descriptor for them later."""
    folder = f"/proc/{process.pid}/fd"

    def timers():
        return sum(os.readlink(f"{folder}/{name}") == "anon_inode:[timerfd]" for name in os.listdir(folder))

    before = timers()
    # Each response needs a timer.
    with observer.lock:
        for _ in range(100):
            observer.ask()
    assert timers() == before, f"the server had {before} timers at the start, and has {timers()} now"


def expect_metrics(observer):
    say("answers of /metrics meanwhile, failures", f"{observer.answers}, {len(observer.failures)}")
    assert observer.answers > 1 and not observer.failures, f"/metrics has failed: {observer.failures[:1]}"


def descriptors(full):
    options = ("--metrics-port", "0", "--event-loops", str(LOOPS), "--idle-timeout", "300", "--backlog", "4096")
    with command.server(*options, preexec_fn=lower_the_limit) as (port, process), contextlib.ExitStack() as stack:
        observer = stack.enter_context(Observer(command.metrics_port(process), keeps_connection=False))
        clients, refused = [], 0
        while refused < LOW_LIMIT:
            peer = stack.enter_context(wire.Peer(port))
            if is_served(peer):
                clients.append(peer)
            else:
                refused += 1
        say(f"clients at a limit of {LOW_LIMIT} descriptors", len(clients))
        expect_service(port, process, observer, clients)
        expect_free_places_to_be_taken(port, clients, full)
        expect_metrics(observer)

    with command.server(*options) as (port, process), contextlib.ExitStack() as stack:
        # A new HTTP connection would need a descriptor: see `http`.
        observer = stack.enter_context(Observer(command.metrics_port(process), keeps_connection=True))
        expect_no_further_timers(process, observer)
        clients = exhaust_descriptors(port, process, stack)
        say("clients when no descriptor is left", len(clients))
        expect_service(port, process, observer, clients)
        expect_free_places_to_be_taken(port, clients, full)
        expect_metrics(observer)


def expect_service(port, process, observer, clients):
    """Checks that open connections work as usual while many more peers wait to be accepted."""
    waiting = [connect(port, number) for number in range(WAITING_PEERS)]
    try:
        for peer in clients:
            peer.expect_alive()
        expect_quiet(process, observer)
        for peer in clients:
            peer.expect_alive()
        until_closed(waiting, wire.TIMEOUT_SECONDS)
    finally:
        close_all(waiting)


def lower_the_limit():
    resource.setrlimit(resource.RLIMIT_NOFILE, (LOW_LIMIT, LOW_LIMIT))


def exhaust_descriptors(port, process, stack):
    """Uses up all descriptors of the server except those that it frees itself; returns the clients."""
    clients = [stack.enter_context(wire.Peer(port)) for _ in range(CLIENTS)]
    for peer in clients:
        peer.expect_alive()
    limit = max(int(name) for name in os.listdir(f"/proc/{process.pid}/fd")) + 1
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    # The descriptors below the highest one may have gaps.
    while is_served(peer := stack.enter_context(wire.Peer(port))):
        clients.append(peer)
    return clients


def http_requests(full):
    options = ("--metrics-port", "0", "--event-loops", str(LOOPS), "--idle-timeout", "300")
    with command.server(*options) as (port, process), contextlib.ExitStack() as stack:
        admin = command.metrics_port(process)
        limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        clients = exhaust_descriptors(port, process, stack)
        for _ in range(HTTP_PEERS):
            with contextlib.suppress(ConnectionError):
                stack.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", admin))))
        for _ in range(50 if full else 10):
            time.sleep(0.1)
            assert process.poll() is None, "an HTTP connection for which there was no descriptor has ended the server"
            for peer in clients:
                peer.expect_alive()
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, limits)
        wait_until(lambda: answers(admin), 5, "/metrics answers when there are descriptors again")
        say(f"after {HTTP_PEERS} HTTP connections without a descriptor", "all clients served, /metrics answers")


def answers(admin):
    try:
        return "switchboard_connections" in metrics(admin)
    except OSError:
        return False


# MARK: Memory and time


def expect_ends_in_time(sent, ends, timeout):
    """Checks that the server closed each peer after its timeout, and not before."""
    ages = [end - start for start, (_, end) in zip(sent, ends)]
    say(f"closed after a time-out of {timeout} s: first, last", f"{min(ages):.2f}, {max(ages):.2f} s")
    assert min(ages) >= timeout - 0.1, f"a peer was closed after {min(ages):.2f} s"
    assert max(ages) <= timeout + LATE_SECONDS, f"a peer was closed after {max(ages):.2f} s"


def payloads(full):
    count, timeout = (15_000, 20) if full else (3000, 5)
    options = ("--max-connections", str(count + 10), "--frame-timeout", str(timeout), "--idle-timeout", "300")
    with command.server(*options, "--metrics-port", "0") as (port, process), wire.Peer(port) as client:
        admin = command.metrics_port(process)
        client.expect_alive()
        before = figures(process.pid)
        start = wire.frame(wire.ECHO, bytes(DECLARED_BYTES))[:9]
        peers, sent = [], []
        try:
            for number in range(count):
                peers.append(connect(port, number))
                peers[-1].send(start)
                sent.append(time.monotonic())
            wait_until(lambda: metrics(admin)["switchboard_connections"] == count + 1, timeout, "all are accepted")
            assert time.monotonic() - sent[0] < timeout, "the peers did not come before the first was closed"
            during = figures(process.pid)
            client.expect_alive()
            ends = until_closed(peers, timeout + wire.TIMEOUT_SECONDS)
        finally:
            close_all(peers)
        client.expect_alive()
        wait_until(lambda: metrics(admin)["switchboard_connections"] == 1, 5, "all have gone")
        wait_until(lambda: figures(process.pid).descriptors <= before.descriptors, 5, "all descriptors are closed")
        time.sleep(2)  # memory is given back a second after the last of many has closed
        after = figures(process.pid)
        growth = during.memory_mib - before.memory_mib
        say_figures("before", before)
        say_figures(f"with {count:,} peers that declare {DECLARED_BYTES:,} bytes", during)
        say_figures("after", after)
        say("memory for them, for each", f"{growth:.1f} MiB, {growth * 2**20 / count:.0f} bytes")
        told = sum(error_codes(data) == [wire.TIMEOUT] for data, _ in ends)
        say("told of the time-out", f"{told:,}")
        assert growth <= MAXIMUM_PAYLOAD_MEMORY_MIB, f"{growth:.1f} MiB are taken for what peers only declare"
        assert told == count, f"{count - told} of {count} peers were not told why they were closed"
        expect_ends_in_time(sent, ends, timeout)


def client_hello(context):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def handshakes(full):
    count, others = (1000, 200) if full else (300, 30)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        authority = test_tls.Authority(folder, "authority")
        certificate, key = authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        context = test_tls.trusting(authority.path)
        options = ("--tls", "--cert", certificate, "--key", key, "--max-connections", str(count + 50))
        options += ("--handshake-timeout", str(HANDSHAKE_TIMEOUT_SECONDS), "--metrics-port", "0")
        port, process = stack.enter_context(command.server(*options))
        admin = command.metrics_port(process)
        client = stack.enter_context(test_tls.SecurePeer(port, context))
        client.expect_alive()
        before = figures(process.pid)
        hello = client_hello(context)
        # Peers that send nothing, a part of the first message, or all of it and then nothing after the reply of the
        # server.
        beginnings = [b"", hello[:100], hello]
        peers, sent = [], []
        stack.callback(close_all, peers)
        for number in range(count):
            peers.append(connect(port, number))
            sent.append(time.monotonic())
            peers[-1].send(beginnings[number % len(beginnings)])
        times = []
        for _ in range(others):
            start = time.monotonic()
            with test_tls.SecurePeer(port, context) as other:
                other.expect_alive()
            times.append(time.monotonic() - start)
        wait_until(lambda: metrics(admin)["switchboard_connections"] == count + 1, HANDSHAKE_TIMEOUT_SECONDS,
                   "the stalled are open")  # fmt: skip
        during = figures(process.pid)
        assert time.monotonic() - sent[0] < HANDSHAKE_TIMEOUT_SECONDS, "the first was closed before all was seen"
        client.expect_alive()
        ends = until_closed(peers, HANDSHAKE_TIMEOUT_SECONDS + wire.TIMEOUT_SECONDS)
        client.expect_alive()
        wait_until(lambda: metrics(admin)["switchboard_connections"] == 1, 5, "the stalled have gone")
        wait_until(lambda: figures(process.pid).descriptors <= before.descriptors, 5, "all descriptors are closed")
        after = figures(process.pid)
        growth = during.memory_mib - before.memory_mib
        say_figures("before", before)
        say_figures(f"with {count:,} stalled handshakes", during)
        say_figures("after", after)
        say("memory for them, for each", f"{growth:.1f} MiB, {growth * 1024 / count:.1f} KiB")
        say(f"{others} other handshakes with a PING meanwhile: median, slowest",
            f"{statistics.median(times) * 1000:.1f}, {max(times) * 1000:.1f} ms")  # fmt: skip
        assert growth * 1024 / count <= MAXIMUM_HANDSHAKE_KIB, f"{growth:.1f} MiB are taken by handshakes that stall"
        assert max(times) <= MAXIMUM_HANDSHAKE_SECONDS, f"another's handshake took {max(times):.2f} s"
        assert [bool(data) for data, _ in ends[:3]] == [False, False, True], "the server did not answer a whole hello"
        expect_ends_in_time(sent, ends, HANDSHAKE_TIMEOUT_SECONDS)


# MARK: Storm


def ping_all_the_while(port, stopped, results):
    """Clients that send PINGs in turn at a steady rate; returns the scheduled time and the latency of each PING."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(wire.Peer(port)) for _ in range(STORM_CLIENTS)]
        taken, due = [], time.monotonic()
        while not stopped.is_set():
            due += PING_INTERVAL_SECONDS
            time.sleep(max(due - time.monotonic(), 0))
            clients[len(taken) % STORM_CLIENTS].expect_alive(len(taken))
            taken.append((due, time.monotonic() - due))
        results.send(taken)


def come_all_at_once(port, count, results, may_leave):
    peers = []
    start = time.monotonic()
    for number in range(count):
        peers.append(connect(port, number, blocking=False))
    results.send((start, time.monotonic()))
    served = 0
    for peer in peers:
        peer.settimeout(wire.TIMEOUT_SECONDS)
        with contextlib.suppress(OSError):
            peer.send(wire.ping(3))
            served += peer.recv(100) == wire.pong(3)
    results.send(served)
    may_leave.wait(wire.TIMEOUT_SECONDS)
    close_all(peers)


def p99(times):
    return sorted(times)[len(times) * 99 // 100]


def storm(full):
    count = STORM_CONNECTIONS if full else STORM_CONNECTIONS // 4
    limit = MAXIMUM_P99_SECONDS if full else LENIENT_P99_SECONDS
    options = ("--max-connections", str(count + 100), "--metrics-port", "0", "--backlog", "4096")
    with command.server(*options) as (port, process):
        admin = command.metrics_port(process)
        stopped, may_leave = multiprocessing.Event(), multiprocessing.Event()
        pings, pings_end = multiprocessing.Pipe(duplex=False)
        storms, storms_end = multiprocessing.Pipe(duplex=False)
        clients = multiprocessing.Process(target=ping_all_the_while, args=(port, stopped, pings_end), daemon=True)
        clients.start()
        time.sleep(1)  # for figures to compare with
        crowd = multiprocessing.Process(target=come_all_at_once, args=(port, count, storms_end, may_leave), daemon=True)
        crowd.start()
        assert storms.poll(60), "the connections were not begun"
        start, begun = storms.recv()
        accepted = count + STORM_CLIENTS
        wait_until(lambda: metrics(admin)["switchboard_connections_accepted_total"] == accepted, 30, "all are accepted")
        end = time.monotonic()
        assert storms.poll(60), "the connections were not served"
        served = storms.recv()
        may_leave.set()
        crowd.join(timeout=wire.TIMEOUT_SECONDS)
        stopped.set()
        assert pings.poll(wire.TIMEOUT_SECONDS), "a PING has no answer, or a wrong one"
        taken = pings.recv()
        clients.join(timeout=wire.TIMEOUT_SECONDS)
        calm = [took for due, took in taken if due < start]
        during = [took for due, took in taken if start <= due < end]
        say(f"{count:,} connections begun in, accepted (as /metrics says) in",
            f"{begun - start:.2f} s ({count / (begun - start):,.0f} a second), {end - start:.2f} s")  # fmt: skip
        say("of them served", f"{served:,}")
        for name, times in (("before", calm), ("during", during)):
            assert times, f"no PINGs {name} the storm"
            say(f"PINGs {name}: count, median, p99, slowest", f"{len(times):,}, {statistics.median(times) * 1000:.2f}, "
                f"{p99(times) * 1000:.2f}, {max(times) * 1000:.2f} ms")  # fmt: skip
        assert served == count, f"{count - served} of {count} connections were not served"
        # On a machine with other work, PINGs take longer before the storm, too.
        allowed = max(limit, 50 * p99(calm))
        assert p99(during) <= allowed, f"p99 during the storm is {p99(during) * 1000:.2f} of {allowed * 1000:.2f} ms"


# MARK: Faults


def send_wrong_checksums(port, stopped, sent, closed):
    wrong = wire.frame(wire.PING, bytes(8), checksum=1) * 100
    expected = [CHECKSUM_MISMATCH] * (MAXIMUM_CHECKSUM_FAULTS + 1)
    while not stopped.is_set():
        with wire.Peer(port) as peer:
            peer.send(wrong)
            codes = error_codes(read_to_end(peer))
            assert codes == expected, f"{codes} came in answer to wrong checksums"
            sent.value += 100
            closed.value += 1


def send_unknown_types(port, stopped, sent, closed):
    unknown = wire.frame(0x77) * 500
    with wire.Peer(port) as peer:
        while not stopped.is_set():
            peer.send(unknown)
            for _ in range(500):
                assert peer.error() == UNKNOWN_TYPE
            sent.value += 500


def send_garbage(port, stopped, sent, closed):
    chance = random.Random(3)
    while not stopped.is_set():
        with wire.Peer(port) as peer:
            peer.send(bytes([chance.randrange(0xDE)]) + chance.randbytes(5000))
            codes = error_codes(read_to_end(peer))
            assert codes == [INVALID_MAGIC], f"{codes} came in answer to garbage"
            sent.value += 1
            closed.value += 1


def read_to_end(peer):
    parts = []
    while part := peer.socket.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def faults(full):
    limit = MAXIMUM_P99_SECONDS if full else LENIENT_P99_SECONDS
    flood_with_faults(30 if full else 4, limit, MAXIMUM_FAULT_LINES_A_SECOND)
    flood_with_faults(15 if full else 2, limit, MAXIMUM_DEBUG_LINES_A_SECOND, "--debug")


def flood_with_faults(duration, limit, maximum_lines_a_second, *options):
    options = ("--metrics-port", "0", "--event-loops", str(LOOPS), *options)
    floods = {"wrong checksums": send_wrong_checksums, "unknown types": send_unknown_types, "garbage": send_garbage}
    with command.server(*options) as (port, process), wire.Peer(port) as client:
        admin = command.metrics_port(process)
        expect_closing_after_faults_in_a_row(port)
        # A connection is counted as closed after its peer has read the end.
        wait_until(lambda: metrics(admin)["switchboard_connections"] == 1, 5, "the first connection has gone")
        before, earlier = figures(process.pid), metrics(admin)
        lines = len(process.log)
        stopped = multiprocessing.Event()
        counts = {name: (multiprocessing.Value("q"), multiprocessing.Value("q")) for name in floods}
        workers = {
            name: multiprocessing.Process(target=flood, args=(port, stopped, *counts[name]), daemon=True)
            for name, flood in floods.items()
        }
        for worker in workers.values():
            worker.start()
        times, start = [], time.monotonic()
        while time.monotonic() - start < duration:
            sent = time.monotonic()
            client.expect_alive(len(times))
            times.append(time.monotonic() - sent)
        stopped.set()
        for name, worker in workers.items():
            worker.join(timeout=wire.TIMEOUT_SECONDS)
            assert worker.exitcode == 0, f"{name}: not answered as they must be"
        wait_until(lambda: metrics(admin)["switchboard_connections"] == 1, 5, "the peers of the floods have gone")
        wait_until(lambda: figures(process.pid).descriptors <= before.descriptors, 5, "all descriptors are closed")
        time.sleep(2)  # what was counted and not logged is logged within a second, and memory is given back
        seconds = time.monotonic() - start
        after, later = figures(process.pid), metrics(admin)
        for name, (sent, closed) in counts.items():
            say(f"{name}: a second, connections that were closed", f"{sent.value / duration:,.0f}, {closed.value:,}")
        say("PINGs of another, all answered: count, median, p99, slowest", f"{len(times):,}, "
            f"{statistics.median(times) * 1000:.2f}, {p99(times) * 1000:.2f}, {max(times) * 1000:.2f} ms")  # fmt: skip
        say_figures("before", before)
        say_figures("after", after)
        assert p99(times) <= limit, f"p99 of another's PINGs is {p99(times) * 1000:.2f} ms"
        new = process.log[lines:]
        # Connections are not faults. When connections close, each loop logs a hundred a second for each reason, and
        # counts the others. With --debug, it also logs each opened connection.
        words = (" connection closed ", " more connections closed: ", " connection opened ")
        others = [line for line in new if not any(word in line for word in words)]
        closed = collections.Counter(line.rpartition("reason=")[2] for line in new if " connection closed " in line)
        say(f"log lines in {seconds:.0f} s: of connections, others", f"{len(new) - len(others):,}, {len(others):,}")
        assert len(new) - len(others) <= 2 * (sum(closed.value for _, closed in counts.values()) + len(floods))
        for reason, count in closed.items():
            most = LOOPS * MAXIMUM_CLOSED_LINES_A_SECOND * (seconds + 1)
            assert count <= most, f"{count} lines of connections closed for {reason}"
        assert len(others) <= maximum_lines_a_second * seconds, f"{len(others)} lines are logged in {seconds:.0f} s"
        for reason, name in (("checksumMismatch", "wrong checksums"), ("invalidMagic", "garbage")):
            series = f'switchboard_connections_closed_total{{reason="{reason}"}}'
            counted = later[series] - earlier[series]
            assert counted == counts[name][1].value, f"{series} counts {counted}"


def expect_closing_after_faults_in_a_row(port):
    """The server tolerates this number of consecutive wrong checksums, also after a correct one; one more ends the connection."""
    wrong = wire.frame(wire.PING, bytes(8), checksum=1)
    with wire.Peer(port) as peer:
        for _ in range(2):
            peer.send(wrong * MAXIMUM_CHECKSUM_FAULTS)
            for _ in range(MAXIMUM_CHECKSUM_FAULTS):
                assert peer.error() == CHECKSUM_MISMATCH
            peer.expect_alive()
        peer.send(wrong * (MAXIMUM_CHECKSUM_FAULTS + 1) + wire.ping())
        for _ in range(MAXIMUM_CHECKSUM_FAULTS + 1):
            assert peer.error() == CHECKSUM_MISMATCH
        peer.expect_end()


SCENARIOS = {
    "descriptors": descriptors,
    "http": http_requests,
    "payloads": payloads,
    "handshakes": handshakes,
    "storm": storm,
    "faults": faults,
}


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="the full numbers")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    arguments = parser.parse_args()
    for name in arguments.scenarios:
        if name not in SCENARIOS:
            parser.error(f"there is no scenario {name}")
    resilience.raise_descriptor_limit()
    broken = []
    for name in arguments.scenarios or SCENARIOS:
        print(name, flush=True)
        try:
            SCENARIOS[name](arguments.full)
        except (AssertionError, EOFError, OSError) as error:
            # If the server has ended, report that last, with its log; the first report is the failure that showed it.
            first = error.__context__ if isinstance(error.__context__, (AssertionError, EOFError, OSError)) else None
            for failure in filter(None, (first, error)):
                text = str(failure).splitlines() or [repr(failure)]
                broken.append(f"{name}: {text[0]} {text[-1] if len(text) > 1 else ''}".rstrip())
    for line in broken:
        print(f"FAILED {line}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
