"""Injects failing system calls into the server with `faults.c`. Each failure must affect only the connection of its call.

    python3 IntegrationTests/Resilience/test_faults_below.py PATH-OF-NET001 [--full] [--seeds 1,2,3] [--only PART]

- Suites: incomplete calls, interrupted calls, calls to repeat and short lack of memory must have no effect. Suites of
  IntegrationTests/Interop must pass.
- Load: clients send series of requests over changing connections and compare every byte of the replies, with each kind of fault
  alone and with all kinds together. A client always receives a beginning of the correct replies. Only connections with an injected
  failure end. All clients finish. At the end, the server has as many descriptors as at the start, idle connections use no CPU time,
  and the log has not grown by a line for each fault.
- Standstill: a call that fails every time must not keep the server busy.

The short form takes less than a minute. The full form runs every suite and every kind with each seed.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import pathlib
import random
import shlex
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

import resilience
from resilience import command
from net001 import ECHO, ECHO_REPLY, Peer, frame, ping, pong

HERE = pathlib.Path(__file__).resolve().parent
SUITES = ("net001", "limits", "credentials", "tls", "sockets", "metrics")
# The short form includes a load with TLS, too.
SHORT_SUITES = ("net001", "sockets")
SUITE_SECONDS = 300

# The kinds of faults.c, in the same order.
KINDS = (
    *("short-read", "short-write", "interrupt", "again", "few-events", "no-memory", "reset", "broken-pipe"),
    *("timed-out", "aborted", "accept-no-memory", "no-descriptors", "unwatchable"),
)
CALLS = (
    *("recv", "readv", "send", "sendmsg", "accept", "epoll_wait", "epoll_ctl", "connect", "shutdown", "write"),
    "open",
)

# The rates in thousandths of the calls. The rates for the suites are so low that no test exceeds its time limit; a lack
# of memory takes 10 ms each time.
TRANSPARENT = {
    **{"short-read": 300, "short-write": 300, "interrupt": 200, "again": 300, "few-events": 300},
    **{"no-memory": 10},
}
LOAD = {
    **{"short-read": 500, "short-write": 500, "interrupt": 300, "again": 500, "few-events": 500, "no-memory": 50},
    **{"reset": 30, "broken-pipe": 40, "timed-out": 30},
    **{"aborted": 500, "accept-no-memory": 150, "no-descriptors": 100, "unwatchable": 250},
}
# The rates for all kinds together are lower. Otherwise each connection would end early, and the server would accept
# nothing most of the time, for 100 ms after each failure.
LOAD_TOGETHER = {
    **{"reset": 5, "broken-pipe": 5, "timed-out": 5},
    **{"accept-no-memory": 30, "no-descriptors": 50},
}
# The kinds of which each injected fault ends one connection. A lack of descriptors refuses connections.
FATAL = ("reset", "broken-pipe", "timed-out", "no-descriptors", "unwatchable")
# The calls in which each kind must have occurred under load.
PLACES = {
    "short-read": ("recv", "readv"),
    "short-write": ("send", "sendmsg"),
    "interrupt": ("recv", "send", "accept", "epoll_wait", "write"),
    "again": ("recv", "send", "accept"),
    "few-events": ("epoll_wait",),
    "no-memory": ("recv", "send"),
    "reset": ("recv", "send"),
    "broken-pipe": ("send",),
    "timed-out": ("recv", "send"),
    "aborted": ("accept",),
    "accept-no-memory": ("accept",),
    "no-descriptors": ("accept", "open"),
    "unwatchable": ("epoll_ctl",),
}
# Far below the expected number, so that chance alone cannot fail the test.
LEAST_FAULTS = 5

CLIENTS = 16
SHORT_BATCHES, FULL_BATCHES = 48, 400
MOST_REQUESTS = 20
MOST_BATCH_BYTES = 100_000
LARGEST_PAYLOAD = 60_000
SMALL_PAYLOAD = 200
BATCHES_A_CONNECTION = 8
LOAD_SECONDS = 120

IDLE_CLIENTS = 4
IDLE_SECONDS = 0.5
IDLE_CPU = 0.2
STANDSTILL_SECONDS = 1
STANDSTILL_CPU = 0.25
# The limit of lines in the log, in addition to one line for the end of each connection.
LOG_LINES_A_SECOND = 10
LOG_LINES_ANYWAY = 10
SETTLE_SECONDS = 20


class Faulty:
    """The command over a kernel with the faults of `rates`, as an executable file of its own: the scripts that run it
    keep their kernel."""

    def __init__(self, folder, rates, seed):
        self.report = folder / "counts"
        self.report.write_bytes(b"")
        self.path = folder / "net001"
        faults = ",".join(f"{kind}={rate}" for kind, rate in rates.items())
        variables = {
            "FAULTS": faults,
            "FAULTS_SEED": seed,
            "FAULTS_REPORT": self.report,
            "LD_PRELOAD": folder / "faults.so",
        }
        words = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in variables.items())
        self.path.write_text(f'#!/bin/sh\n{words} exec {shlex.quote(NET001)} "$@"\n')
        self.path.chmod(0o755)

    def counts(self):
        """Returns the number of injected faults: a dictionary from the kind to a dictionary from the call to the number."""
        size = len(KINDS) * len(CALLS)
        numbers = struct.unpack(f"={size}Q", self.report.read_bytes())
        rows = (numbers[start : start + len(CALLS)] for start in range(0, size, len(CALLS)))
        return {kind: dict(zip(CALLS, row)) for kind, row in zip(KINDS, rows)}

    def totals(self):
        return {kind: sum(calls.values()) for kind, calls in self.counts().items()}


@contextlib.contextmanager
def faulty_server(rates, seed, *options):
    """A server with injected faults: its port, its process, and the counter of the faults."""
    faulty = Faulty(FOLDER, rates, seed)
    command.PATH = str(faulty.path)
    with command.server("--no-metrics", *options) as (port, process):
        yield port, process, faulty


def check(condition, what):
    if not condition:
        raise AssertionError(what)


# Suites


def run_suite(name, rates, seed):
    """Runs a script of IntegrationTests/Interop, which must pass. Returns its duration and the faults."""
    faulty = Faulty(FOLDER, rates, seed)
    start = time.monotonic()
    script = HERE.parent / "Interop" / f"test_{name}.py"
    result = subprocess.run(
        [sys.executable, str(script), str(faulty.path)], capture_output=True, text=True, timeout=SUITE_SECONDS
    )
    totals = faulty.totals()
    if result.returncode:
        sys.stderr.write(result.stderr[-20_000:])
    check(result.returncode == 0, f"test_{name}.py fails with {rates}, seed {seed}")
    for kind in rates:
        # Some suites make few calls.
        check(totals[kind], f"test_{name}.py: nothing of {kind}")
    return time.monotonic() - start, sum(totals.values())


# Load


@dataclasses.dataclass
class Result:
    """The results of a client."""

    replies: int = 0
    connections: int = 0
    # The number of connections that the client did not end.
    ends: int = 0
    # The time of the slowest batch, in seconds, over all its connections.
    slowest: float = 0


class Client:
    """Sends batches of requests until it has all replies to each batch, over as many connections as needed."""

    def __init__(self, port, seed, tls=None):
        self.port = port
        self.chance = random.Random(seed)
        self.tls = tls
        self.result = Result()
        self.peer = None

    def run(self, batch_count):
        self.end = time.monotonic() + LOAD_SECONDS
        try:
            for number in range(batch_count):
                requests, replies, count = self.batch()
                start = time.monotonic()
                while not self.exchange(requests, replies):
                    check(time.monotonic() < self.end, f"a client has not finished within {LOAD_SECONDS} s")
                self.result.slowest = max(self.result.slowest, time.monotonic() - start)
                self.result.replies += count
                if number % BATCHES_A_CONNECTION == BATCHES_A_CONNECTION - 1:
                    self.leave(requests)
        finally:
            if self.peer:
                self.peer.socket.close()
        return self.result

    def batch(self):
        requests, replies, count, byte_count = [], [], self.chance.randint(1, MOST_REQUESTS), 0
        for _ in range(count):
            if self.chance.random() < 0.3:
                number = self.chance.getrandbits(64)
                requests.append(ping(number))
                replies.append(pong(number))
                continue
            size = self.chance.randint(0, LARGEST_PAYLOAD if self.chance.random() < 0.1 else SMALL_PAYLOAD)
            if byte_count + size > MOST_BATCH_BYTES:
                size = 0
            byte_count += size
            payload = self.chance.randbytes(size)
            requests.append(frame(ECHO, payload))
            replies.append(frame(ECHO_REPLY, payload))
        return b"".join(requests), b"".join(replies), count

    def exchange(self, requests, replies):
        """Returns whether all replies arrived; if not, the connection ended after a part of them."""
        received = bytearray()
        # A TimeoutError is not included, because no client may wait without a reply.
        try:
            if not self.peer:
                self.result.connections += 1
                self.peer = Peer(self.port)
                if self.tls:
                    self.peer.socket = self.tls.wrap_socket(self.peer.socket)
            self.peer.send(requests)
            while len(received) < len(replies):
                part = self.peer.socket.recv(len(replies) - len(received))
                if not part:
                    break
                received += part
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            pass
        check(replies.startswith(received), f"wrong reply after {len(received)} bytes: {received[-40:].hex()}")
        if len(received) == len(replies):
            return True
        if self.peer:
            self.peer.socket.close()
        self.peer = None
        self.result.ends += 1
        return False

    def leave(self, requests):
        """Ends the connection, in one of several ways."""
        way = self.chance.randrange(3)
        with contextlib.suppress(OSError):
            if way:
                self.peer.send(requests)
            if way == 2:
                self.peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.socket.close()
        self.peer = None


def run_load(rates, seed, batch_count, certificate=None):
    """Runs the clients against a server, and checks the requirements of this script. Returns the line of the table."""
    options, tls = (), None
    if certificate:
        options = ("--tls", "--cert", certificate[0], "--key", certificate[1])
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    with faulty_server(rates, seed, *options) as (port, process, faulty):
        before = resilience.figures(process.pid)
        start = time.monotonic()
        clients = [Client(port, f"{seed} {number}", tls) for number in range(CLIENTS)]
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as executor:
            results = list(executor.map(lambda client: client.run(batch_count), clients))
        seconds = time.monotonic() - start
        used = resilience.figures(process.pid).cpu_seconds - before.cpu_seconds
        ends = sum(result.ends for result in results)
        counts, totals = faulty.counts(), faulty.totals()
        broken = sum(totals[kind] for kind in FATAL)
        check(ends <= broken, f"{ends} connections ended, of which {broken} were broken")
        for kind in rates:
            check(totals[kind] >= LEAST_FAULTS, f"only {totals[kind]} of {kind}")
            for call in PLACES[kind] if kind in LOAD and len(rates) == 1 else ():
                check(counts[kind][call], f"{kind} was never seen by {call}")
        resilience.wait_until(
            lambda: resilience.figures(process.pid).descriptors <= before.descriptors,
            SETTLE_SECONDS,
            f"the {before.descriptors} descriptors of the beginning have come back",
        )
        idle = idle_share(port, process, tls)
        check(idle < IDLE_CPU, f"idle connections take {idle:.0%} of a core")
    other_lines = [line for line in process.log if "connection closed" not in line]
    most_lines = LOG_LINES_ANYWAY + LOG_LINES_A_SECOND * (time.monotonic() - start)
    check(len(other_lines) <= most_lines, f"{len(other_lines)} lines in the log:\n" + "".join(other_lines[:50]))
    connections = sum(result.connections for result in results)
    replies = sum(result.replies for result in results)
    slowest = max(result.slowest for result in results)
    injected = sum(totals.values())
    return injected, connections, ends, broken, replies, seconds, slowest, used, f"{idle:.0%}", len(other_lines)


def idle_share(port, process, tls):
    """Returns the CPU time of the server with idle connections, as a part of a core."""
    with contextlib.ExitStack() as stack:
        for number in range(IDLE_CLIENTS):
            client = Client(port, number, tls)
            for _ in range(1000):
                if client.exchange(ping(number), pong(number)):
                    break
            stack.callback(client.peer.socket.close)
        before = resilience.figures(process.pid).cpu_seconds
        time.sleep(IDLE_SECONDS)
        return (resilience.figures(process.pid).cpu_seconds - before) / IDLE_SECONDS


# Standstill


def standstill(kind, seed):
    """Makes a kind of call fail every time, while clients wait. Returns the line of the table."""
    with contextlib.ExitStack() as stack:
        # Clients that the server cannot read from or accept do not notice the end of the server either.
        server = faulty_server({kind: 1000}, seed, "--drain-timeout", "1")
        port, process, faulty = stack.enter_context(server)
        peers = [stack.enter_context(Peer(port)) for _ in range(CLIENTS)]
        for number, peer in enumerate(peers):
            with contextlib.suppress(ConnectionError):
                peer.send(ping(number))
        if kind in FATAL:
            for peer in peers:
                with contextlib.suppress(ConnectionError):
                    peer.expect_end()
        else:
            resilience.wait_until(lambda: faulty.totals()[kind], SETTLE_SECONDS, f"{kind} occurs")
        before = resilience.figures(process.pid).cpu_seconds
        time.sleep(STANDSTILL_SECONDS)
        share = (resilience.figures(process.pid).cpu_seconds - before) / STANDSTILL_SECONDS
        count = faulty.totals()[kind]
    lines = [line for line in process.log if "connection closed" not in line]
    check(share < STANDSTILL_CPU, f"{kind} each time takes {share:.0%} of a core")
    check(len(lines) <= LOG_LINES_ANYWAY + LOG_LINES_A_SECOND * STANDSTILL_SECONDS, "".join(lines[:50]))
    return count, f"{share:.1%}", len(lines)


# The table


def show(*columns):
    words = (f"{column:.1f}" if isinstance(column, float) else str(column) for column in columns)
    print("  ".join(word.ljust(28) if index == 0 else word.rjust(11) for index, word in enumerate(words)), flush=True)


def show_suites(is_full, seeds):
    show("suites", "seed", "seconds", "faults")
    runs = [("all", TRANSPARENT, seed) for seed in seeds]
    if is_full:
        runs += [(kind, {kind: rate}, seeds[0]) for kind, rate in TRANSPARENT.items()]
    for what, rates, seed in runs:
        for name in SUITES if is_full else SHORT_SUITES:
            show(f"{name}: {what}", seed, *run_suite(name, rates, seed))


def show_load(is_full, seeds, certificate):
    show(
        *("load", "seed", "faults", "connections", "ended", "broken", "replies", "seconds", "slowest s", "CPU s"),
        *("idle CPU", "log lines"),
    )
    batches = FULL_BATCHES if is_full else SHORT_BATCHES
    for seed in seeds:
        for kind, rate in LOAD.items():
            show(kind, seed, *run_load({kind: rate}, seed, batches))
        everything = {**LOAD, **LOAD_TOGETHER}
        show("all", seed, *run_load(everything, seed, batches))
        show("all, TLS", seed, *run_load(everything, seed, batches, certificate))


def show_standstill(seeds):
    show("standstill", "faults", "CPU", "log lines")
    for kind in ("no-memory", "accept-no-memory", "no-descriptors"):
        show(kind, *standstill(kind, seeds[0]))


def main():
    global FOLDER, NET001
    resilience.binary()
    NET001 = command.PATH
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seeds", type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--only", choices=("suites", "load", "standstill"))
    options = parser.parse_args()
    seeds = options.seeds or ([1, 2, 3] if options.full else [1])
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder)
        # If the system has no compiler, use the one of the Swift toolchain.
        compiler = [shutil.which("cc") or "clang", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC"]
        subprocess.run([*compiler, "-o", str(FOLDER / "faults.so"), str(HERE / "faults.c")], check=True)
        if options.only in (None, "load"):
            from test_tls import Authority

            certificate = Authority(folder, "authority").issue("server", "DNS:localhost")
            show_load(options.full, seeds, certificate)
        if options.only in (None, "standstill"):
            show_standstill(seeds)
        if options.only in (None, "suites"):
            show_suites(options.full, seeds)


if __name__ == "__main__":
    main()
