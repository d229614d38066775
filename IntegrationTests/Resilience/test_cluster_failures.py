"""Breaks an engine and servers that it joins, while real clients broadcast numbered messages, and counts what each client receives.

    python3 IntegrationTests/Resilience/test_cluster_failures.py PATH-OF-NET001 [--full] [--engine redis|nats] [CASE ...]

Each case starts an engine and several servers, with one client at each server. Every client broadcasts numbered messages and checks
those of all others: which arrive, how often, and in which order. The short form has three servers and short disturbances. The full
form has five servers and all cases. Both print a table; that of the full form is in Docs/Cluster.md. Faults that cannot be provoked from outside, for instance
hostile entries, are in Tests/SwitchboardRedisTests.
"""

import argparse
import collections
import contextlib
import dataclasses
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import resilience
import net001 as wire
from ports import unused_port
from resilience import command, metrics, wait_until

# However slow the machine is.
PATIENCE_SECONDS = 120
MESSAGES_A_SECOND = 200
# What every client sends before and after a disturbance.
CALM_MESSAGES = 50
# The stream has at most 144 MiB: a server that is stopped meanwhile must miss some of this.
FLOOD_BYTES = 240 * 2**20
FLOOD_PAYLOAD = 60_000
HELD_BYTES = 16 * 2**20

# Shifts the clock that tells the date, and not the clock that measures time.
CLOCK_SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long skew(void) { const char *text = getenv("SKEW_SECONDS"); return text ? atol(text) : 0; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += skew();
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"""


class Process:
    """A process whose output a file has."""

    def __init__(self, output, *arguments, environment=None):
        self.output = pathlib.Path(output)
        with open(output, "ab") as file:
            self.process = subprocess.Popen(
                arguments, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=command.variables(environment),
            )  # fmt: skip

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Redis:
    """A redis-server on a free port."""

    name = "redis"

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.port = unused_port()
        self.options = options
        self.start()

    @property
    def url(self):
        return self.url_at(self.port)

    @staticmethod
    def url_at(*ports):
        return "redis://" + ",".join(f"127.0.0.1:{port}" for port in ports)

    def start(self, *options, environment=None):
        self.process = Process(
            self.folder / "log", "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--dir", str(self.folder), *self.options, *options, environment=environment,
        )  # fmt: skip
        wait_until(lambda: accepts(self.port), PATIENCE_SECONDS, "redis-server listens")

    def run(self, *arguments):
        result = subprocess.run(
            ["redis-cli", "-p", str(self.port), *arguments], capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        assert "ERR" not in result.stdout, result.stdout
        return result.stdout.strip()

    def signal(self, number):
        self.process.signal(number)

    def kill(self):
        self.process.kill()


class NATS:
    """A nats-server with JetStream on a free port."""

    name = "nats"

    def __init__(self, folder):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.port = unused_port()
        self.start()

    @property
    def url(self):
        return self.url_at(self.port)

    @staticmethod
    def url_at(*ports):
        return ",".join(f"nats://127.0.0.1:{port}" for port in ports)

    def start(self):
        self.process = Process(
            self.folder / "log", "nats-server", "--addr", "127.0.0.1", "--port", str(self.port), "--jetstream",
            "--store_dir", str(self.folder),
        )  # fmt: skip
        wait_until(lambda: accepts(self.port), PATIENCE_SECONDS, "nats-server listens")

    def signal(self, number):
        self.process.signal(number)

    def kill(self):
        self.process.kill()


class Proxy:
    """A TCP proxy that passes, cuts or swallows what it gets."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.mode = "pass"
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                inside, _ = self.listener.accept()
            except OSError:
                return
            if self.mode == "cut":
                inside.close()
                continue
            try:
                outside = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                inside.close()
                continue
            with self.lock:
                self.sockets += [inside, outside]
            for pair in [(inside, outside), (outside, inside)]:
                threading.Thread(target=self.copy, args=pair, daemon=True).start()

    def copy(self, source, sink):
        try:
            while data := source.recv(1 << 16):
                # A swallowed byte is lost for good: the connection never works again.
                if self.mode == "swallow":
                    continue
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def set(self, mode):
        self.mode = mode
        if mode != "swallow":
            with self.lock:
                sockets, self.sockets = self.sockets, []
            for end in sockets:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
        self.set("cut")


class Client:
    """A client that broadcasts numbered messages, and notes which messages of others it receives."""

    def __init__(self, number, port):
        self.number = number
        self.peer = wire.Peer(port)
        self.peer.expect_alive()
        self.peer.socket.settimeout(None)
        self.sent = 0
        self.received = collections.defaultdict(list)
        self.has_ended = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(target=self.receive, daemon=True).start()

    def receive(self):
        try:
            while True:
                code, payload = self.peer.receive()
                if code != wire.BROADCAST:
                    # ERROR 0B of a server that stops: what is sent from now on is not accepted.
                    self.has_ended.set()
                    continue
                sender, number = map(int, payload.split(b" ", 2)[:2])
                with self.lock:
                    self.received[sender].append(number)
        except (EOFError, OSError):
            self.has_ended.set()

    def send(self, padding=0):
        """Broadcasts the next message; returns whether the connection is still open."""
        if self.has_ended.is_set():
            return False
        payload = f"{self.number} {self.sent} ".encode()
        try:
            self.peer.send(wire.frame(wire.BROADCAST, payload + bytes(max(padding - len(payload), 0))))
        except OSError:
            return False
        self.sent += 1
        return True

    def numbers(self, sender):
        with self.lock:
            return list(self.received[sender])

    def close(self):
        with contextlib.suppress(OSError):
            self.peer.socket.shutdown(socket.SHUT_RDWR)
        self.peer.socket.close()


class Server:
    """A server with a client."""

    def __init__(self, number, url, *options, environment=None):
        self.number = number
        self.stack = contextlib.ExitStack()
        self.port, self.process = self.stack.enter_context(
            command.server("--backplane", url, "--drain-timeout", "20", *options, environment=environment)
        )
        self.metrics_port = command.metrics_port(self.process)
        self.client = Client(number, self.port)
        self.has_ended = False

    def signal(self, number):
        self.process.send_signal(number)

    def metric(self, name):
        return int(sum(value for key, value in metrics(self.metrics_port, 30).items() if key.startswith(name)))

    def kill(self):
        """Kills the server like a crash."""
        self.has_ended = True
        self.process.kill()
        self.process.wait()

    def drain(self):
        """Stops the server gracefully."""
        self.signal(signal.SIGTERM)
        self.await_end()

    def await_end(self):
        self.has_ended = True
        assert self.process.wait(PATIENCE_SECONDS) == 0, self.log

    @property
    def log(self):
        return "".join(self.process.log)

    def close(self):
        self.client.close()
        with contextlib.suppress(AssertionError):
            if not self.has_ended:
                self.signal(signal.SIGCONT)
            self.stack.close()


@dataclasses.dataclass
class Row:
    """A line of the table."""

    case: str
    sent: str
    received: str
    lost: str
    missed: str
    duplicates: str
    log: str


class Cluster:
    """Servers that an engine joins, and their clients."""

    def __init__(self, urls, *, environments=None):
        environments = environments or [None] * len(urls)
        self.servers = []
        try:
            for number, (url, environment) in enumerate(zip(urls, environments)):
                self.servers.append(Server(number, url, environment=environment))
        except BaseException:
            self.close()
            raise
        self.is_sending = threading.Event()
        self.threads = []

    def close(self):
        for server in self.servers:
            server.close()

    @property
    def clients(self):
        return [server.client for server in self.servers]

    def start_traffic(self):
        self.is_sending.set()
        for client in self.clients:
            thread = threading.Thread(target=self.send, args=(client,), daemon=True)
            thread.start()
            self.threads.append(thread)
        self.await_more()

    def send(self, client):
        while self.is_sending.is_set() and client.send():
            time.sleep(1 / MESSAGES_A_SECOND)

    def await_more(self):
        """Waits until every client has received further messages of all others that still send."""
        senders = [server for server in self.servers if not server.has_ended]
        targets = {server.number: server.client.sent + CALM_MESSAGES for server in senders}

        def is_there():
            return all(
                server is other or (server.client.numbers(other.number) or [-1])[-1] >= targets[other.number]
                for server in senders
                for other in senders
            )

        wait_until(is_there, PATIENCE_SECONDS, "every client receives further messages of all others")

    def stop_traffic(self):
        """Stops sending, and waits until the last message of every sender has arrived everywhere."""
        self.is_sending.clear()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), "a client cannot send"
        alive = [server for server in self.servers if not server.has_ended]

        def is_there():
            return all(
                receiver is sender or (receiver.client.numbers(sender.number) or [-1])[-1] == sender.client.sent - 1
                for receiver in alive
                for sender in alive
            )

        wait_until(is_there, PATIENCE_SECONDS, "the last message of every client arrives everywhere")

    def events(self):
        """The warnings and errors in the logs of all servers, each once, without their values."""
        found = {}
        for server in self.servers:
            for line in server.log.splitlines():
                if match := re.match(r"\S+ (?:warning|error): (?!AUTH accepts)(.*?)(?: \w+=.*)?$", line):
                    found[match[1]] = True
        return list(found)

    def row(self, case, *, may_lose=()):
        """The figures, after checks that hold in every case.

        `may_lose` has the servers that may miss messages, and those whose last messages may be lost.
        """
        lost, duplicates, received, missed, unsent = 0, 0, {}, 0, 0
        alive = [server for server in self.servers if not server.has_ended]
        for server in alive:
            missed_here = server.metric("switchboard_backplane_missed_total")
            missed += missed_here
            lost_here, total = 0, 0
            for sender in self.servers:
                numbers = server.client.numbers(sender.number)
                if sender is server:
                    assert not numbers, "a client received its own message"
                    continue
                total += len(numbers)
                duplicates += len(numbers) - len(set(numbers))
                assert numbers == sorted(numbers), f"{case}: messages of client {sender.number} are out of order"
                missing = sender.client.sent - len(set(numbers))
                if sender.has_ended:
                    # A server that has ended leaves a prefix without a gap.
                    assert numbers == list(range(len(numbers))), f"{case}: gap before the end of server {sender.number}"
                    unsent = max(unsent, missing)
                elif missing:
                    assert server.number in may_lose, f"{case}: client {server.number} lost {missing} of {sender.number}"
                    lost_here += missing
                if not missing:
                    assert numbers == list(range(sender.client.sent)), case
            assert (lost_here > 0) == (missed_here > 0), f"{case}: {lost_here} lost, {missed_here} blocks counted"
            received[server.number] = total
            lost += lost_here
        assert duplicates == 0, f"{case}: {duplicates} duplicates"
        return Row(
            case=case,
            sent=f"{sum(client.sent for client in self.clients):,}",
            received=", ".join(f"{count:,}" for count in received.values()),
            lost=f"{lost:,}" + (f", and the last {unsent} to the server that ended" if unsent else ""),
            missed=f"{missed:,}" + (" blocks" if missed else ""),
            duplicates=f"{duplicates}",
            log="; ".join(f"`{text}`" for text in self.events()) or "—",
        )


class Run:
    """What the cases share: how many servers, how long disturbances are, and where files are."""

    def __init__(self, engine, folder, is_full):
        self.engine_type = engine
        self.folder = folder
        self.is_full = is_full
        self.servers = 5 if is_full else 3
        self.stack = contextlib.ExitStack()

    def engine(self, *options):
        engine = self.engine_type(self.folder, *options)
        self.stack.callback(engine.kill)
        return engine

    def cluster(self, *urls, **options):
        cluster = Cluster(urls, **options)
        self.stack.callback(cluster.close)
        return cluster

    def seconds(self, full, short):
        return full if self.is_full else short

    def shim(self):
        source, library = self.folder / "clock.c", self.folder / "clock.so"
        if not library.exists():
            source.write_text(CLOCK_SHIM)
            compiler = shutil.which("cc") or "clang"
            subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return library


CASES = {}


def case(name, *, engines=("redis", "nats"), full=False):
    """Registers a case: a generator that yields the cluster while clients send, and is resumed when they have stopped."""

    def register(function):
        CASES[function.__name__] = (name, engines, full, function)
        return function

    return register


def disturbed(run, cluster, disturbance, name, **checks):
    """Lets clients send before, during and after a disturbance."""
    cluster.start_traffic()
    disturbance()
    cluster.await_more()
    cluster.stop_traffic()
    return cluster.row(name, **checks)


@case("no disturbance")
def calm(run, name):
    engine = run.engine()
    return disturbed(run, run.cluster(*[engine.url] * run.servers), lambda: None, name)


def killed(run, name, engine):
    def disturb():
        engine.kill()
        time.sleep(run.seconds(2, 1))
        engine.start()

    return disturbed(run, run.cluster(*[engine.url] * run.servers), disturb, name)


@case("`kill -9` of the engine for 2 s, its data is lost", engines=("redis",))
def kill_engine(run, name):
    return killed(run, name, run.engine())


@case("`kill -9` of the engine for 2 s, its data is kept")
def kill_persistent_engine(run, name):
    options = ["--appendonly", "yes", "--appendfsync", "always"] if run.engine_type is Redis else []
    return killed(run, name, run.engine(*options))


@case("SIGSTOP of the engine for 10 s")
def stop_engine(run, name):
    engine = run.engine()

    def disturb():
        engine.signal(signal.SIGSTOP)
        time.sleep(run.seconds(10, 2))
        engine.signal(signal.SIGCONT)

    return disturbed(run, run.cluster(*[engine.url] * run.servers), disturb, name)


def through_proxy(run, name, mode, seconds):
    engine = run.engine()
    proxy = Proxy(engine.port)
    run.stack.callback(proxy.close)
    cluster = run.cluster(engine.url_at(proxy.port), *[engine.url] * (run.servers - 1))

    def disturb():
        proxy.set(mode)
        time.sleep(seconds)
        proxy.set("pass")

    return disturbed(run, cluster, disturb, name)


@case("one server is cut off from the engine for 3 s")
def cut(run, name):
    return through_proxy(run, name, "cut", run.seconds(3, 1))


@case("packets between one server and the engine vanish for 10 s")
def black_hole(run, name):
    return through_proxy(run, name, "swallow", run.seconds(10, 2))


@case("SIGSTOP of a server in a flood of 240 MiB, more than the stream has", full=True, engines=("redis",))
def stop_server(run, name):
    engine = run.engine()
    # A server that continues hands all that the stream still has to its client at once, which must not close for that.
    environment = {"MAX_PENDING_OUTPUT": str(2 * FLOOD_BYTES)}
    cluster = run.cluster(*[engine.url] * 3, environments=[environment] * 3)
    cluster.start_traffic()
    cluster.stop_traffic()
    stopped = cluster.servers[2]
    stopped.signal(signal.SIGSTOP)
    for _ in range(FLOOD_BYTES // FLOOD_PAYLOAD):
        assert cluster.clients[0].send(FLOOD_PAYLOAD)
    last = cluster.clients[0].sent - 1
    wait_until(
        lambda: cluster.clients[1].numbers(0)[-1] == last, PATIENCE_SECONDS, "the flood reaches the server that runs"
    )
    stopped.signal(signal.SIGCONT)
    cluster.threads = []
    cluster.start_traffic()
    cluster.stop_traffic()
    row = cluster.row(name, may_lose={2})
    assert row.lost != "0", "the server that was stopped missed nothing: the flood was too small"
    return row


@case("a server runs only a tenth of the time, for 5 s")
def slow_server(run, name):
    engine = run.engine()
    cluster = run.cluster(*[engine.url] * run.servers)

    def disturb():
        end = time.monotonic() + run.seconds(5, 2)
        while time.monotonic() < end:
            cluster.servers[0].signal(signal.SIGSTOP)
            time.sleep(0.18)
            cluster.servers[0].signal(signal.SIGCONT)
            time.sleep(0.02)

    return disturbed(run, cluster, disturb, name)


@case("the primary dies, its replica takes over (list of addresses)", engines=("redis",))
def failover(run, name):
    primary, replica = run.engine(), run.engine()
    replica.run("REPLICAOF", "127.0.0.1", str(primary.port))
    wait_until(
        lambda: "master_link_status:up" in replica.run("INFO", "replication"), PATIENCE_SECONDS, "the replica is in sync"
    )
    cluster = run.cluster(*[Redis.url_at(primary.port, replica.port)] * run.servers)

    def disturb():
        primary.kill()
        time.sleep(run.seconds(1, 0.5))
        replica.run("REPLICAOF", "NO", "ONE")

    return disturbed(run, cluster, disturb, name)


def rejected(run, name, begin, end, text):
    engine = run.engine()
    cluster = run.cluster(*[engine.url] * run.servers)

    def disturb():
        engine.run(*begin)
        wait_until(
            lambda: all(text in server.log for server in cluster.servers), PATIENCE_SECONDS, f"the log has {text!r}"
        )
        time.sleep(run.seconds(2, 0))
        engine.run(*end)

    return disturbed(run, cluster, disturb, name)


@case("Redis is out of memory for 2 s (OOM)", engines=("redis",))
def out_of_memory(run, name):
    return rejected(run, name, ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], "memory")


@case("Redis is a replica for 2 s (READONLY)", engines=("redis",), full=True)
def read_only(run, name):
    port = str(unused_port())
    return rejected(run, name, ["REPLICAOF", "127.0.0.1", port], ["REPLICAOF", "NO", "ONE"], "replica")


@case("the user may not write for 2 s (NOPERM)", engines=("redis",))
def not_permitted(run, name):
    return rejected(run, name, ["ACL", "SETUSER", "default", "-xadd"], ["ACL", "SETUSER", "default", "+xadd"], "permission")


@case("Redis loads its data for some seconds (LOADING)", engines=("redis",), full=True)
def loading(run, name):
    engine = run.engine("--enable-debug-command", "yes")
    engine.run("DEBUG", "POPULATE", "2000")
    cluster = run.cluster(*[engine.url] * run.servers)

    def disturb():
        engine.run("SAVE")
        engine.kill()
        engine.start("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")

    return disturbed(run, cluster, disturb, name)


@case("`CLIENT KILL` of all connections, ten times in 2 s", engines=("redis",))
def client_kill(run, name):
    engine = run.engine()

    def disturb():
        for _ in range(run.seconds(10, 3)):
            engine.run("CLIENT", "KILL", "TYPE", "normal")
            time.sleep(0.2)

    return disturbed(run, run.cluster(*[engine.url] * run.servers), disturb, name)


# Not with NATS: libnats waits until a time of the clock that the shim moves, and the kernel, which it does not move, wakes it.
@case("clocks of the servers differ by two days", engines=("redis",))
def clock_skew(run, name):
    engine = run.engine()
    shim = str(run.shim())
    skews = [str(skew * 86_400) for skew in [-1, 1, 0, -1, 1][: run.servers]]
    environments = [{"LD_PRELOAD": shim, "SKEW_SECONDS": skew} for skew in skews]
    cluster = run.cluster(*[engine.url] * run.servers, environments=environments)
    # Each line of a log begins with a date.
    assert len({server.log[:10] for server in cluster.servers}) == 3, "the clocks of the servers do not differ"
    return disturbed(run, cluster, lambda: None, name)


@case("the engine comes back empty, its clock an hour behind", engines=("redis",))
def engine_clock(run, name):
    engine = run.engine()

    def disturb():
        engine.kill()
        engine.start(environment={"LD_PRELOAD": str(run.shim()), "SKEW_SECONDS": "-3600"})
        assert time.time() - int(engine.run("TIME").split()[0]) > 3000, "the clock of the engine is not behind"

    return disturbed(run, run.cluster(*[engine.url] * run.servers), disturb, name)


@case("`kill -9` of a server")
def kill_server(run, name):
    engine = run.engine()
    cluster = run.cluster(*[engine.url] * run.servers)
    return disturbed(run, cluster, cluster.servers[0].kill, name)


def check_local_prefix(cluster, neighbour):
    """All that another client of the first server has received of the first client has reached every other server."""
    accepted = neighbour.numbers(0)
    for server in cluster.servers[1:]:
        arrived = server.client.numbers(0)
        assert arrived[: len(accepted)] == accepted, (
            f"{len(accepted)} were accepted, {len(arrived)} arrived:\n{cluster.servers[0].log}"
        )


@case("SIGTERM of a server under load")
def drain(run, name):
    engine = run.engine()
    cluster = run.cluster(*[engine.url] * run.servers)
    neighbour = Client(99, cluster.servers[0].port)
    row = disturbed(run, cluster, cluster.servers[0].drain, name)
    check_local_prefix(cluster, neighbour)
    return row


@case("SIGTERM of a server whose clients are held, because the engine is stopped")
def drain_while_held(run, name):
    engine = run.engine()
    cluster = run.cluster(*[engine.url] * run.servers)
    neighbour = Client(99, cluster.servers[0].port)
    cluster.start_traffic()
    cluster.stop_traffic()
    engine.signal(signal.SIGSTOP)
    sender = cluster.clients[0]

    def flood():
        while sender.sent * FLOOD_PAYLOAD < HELD_BYTES and sender.send(FLOOD_PAYLOAD):
            pass

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    wait_until(
        lambda: cluster.servers[0].metric("switchboard_backplane_waiting_bytes") > 4 * 2**20,
        PATIENCE_SECONDS,
        "more is queued than the server reads on for",
    )
    cluster.servers[0].signal(signal.SIGTERM)
    wait_until(lambda: "stopping" in cluster.servers[0].log, PATIENCE_SECONDS, "the server stops")
    engine.signal(signal.SIGCONT)
    # A second SIGTERM would end the drain.
    cluster.servers[0].await_end()
    thread.join(PATIENCE_SECONDS)
    cluster.threads = []
    cluster.start_traffic()
    cluster.stop_traffic()
    check_local_prefix(cluster, neighbour)
    return cluster.row(name)


def refused(name, url, text, environment=None):
    """A server that does not start, and says why in one line."""
    result = command.run("serve", "--port", "0", "--backplane", url, environment=environment)
    lines = [line for line in (result.stdout + result.stderr).splitlines() if "info: " not in line]
    assert result.returncode != 0 and len(lines) == 1 and text in lines[0], f"{name}: {lines}"
    return Row(name, "—", "—", "—", "—", "—", "does not start: `" + re.sub(r"127\.0\.0\.1:\d+", "HOST:PORT", lines[0]) + "`")


@case("wrong password", engines=("redis",))
def wrong_password(run, name):
    engine = run.engine("--requirepass", "right")
    return refused(name, f"redis://:wrong@127.0.0.1:{engine.port}", "password")


@case("ACL user that may not write", engines=("redis",))
def acl_denial(run, name):
    engine = run.engine()
    engine.run("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all", "-xadd")
    return refused(name, f"redis://reader:secret@127.0.0.1:{engine.port}", "permission")


@case("eviction policy `allkeys-lru`", engines=("redis",))
def eviction(run, name):
    engine = run.engine("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    return refused(name, engine.url, "allkeys-lru")


@case("wrong URL")
def wrong_url(run, name):
    return refused(name, "redi://127.0.0.1", "redi")


def main():
    resilience.binary()
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--engine", choices=["redis", "nats"], default="redis")
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="CASE")
    arguments = parser.parse_args()
    engine = {"redis": Redis, "nats": NATS}[arguments.engine]
    rows = []
    for key, (name, engines, is_full, function) in CASES.items():
        if engine.name not in engines or key not in (arguments.cases or CASES):
            continue
        if is_full and not arguments.full and key not in arguments.cases:
            continue
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="net001-") as folder:
            run = Run(engine, pathlib.Path(folder), arguments.full)
            with run.stack:
                rows.append(function(run, name))
        print(f"{key}: {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    print("| case | sent | received by each | lost | counted as missed | duplicates | log |\n|---|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(dataclasses.astuple(row)) + " |")


if __name__ == "__main__":
    main()
