"""Stops reading on some receivers of a steady broadcast. The server must close and log these, and serve the others in time.

    python3 IntegrationTests/Resilience/test_slow_readers.py PATH-OF-NET001 [--receivers 5000]

Phases with and without slow readers alternate. All other receivers must receive every byte of every broadcast, in order. The
server must store the pending broadcasts once, not once for each slow receiver.
"""

import argparse
import contextlib
import multiprocessing
import re
import select
import socket
import statistics
import struct
import time

import resilience
import net001 as wire
from net001 import Peer
from resilience import command, figures, metrics, wait_until

SLOW_SHARE = 0.02
# With fewer slow readers, the memory would not show whether the pending output is shared.
MINIMUM_SLOW = 25
MAXIMUM_LOSS = 0.03
ROUNDS = 3
QUIET_SECONDS = 4
SAMPLES_PER_SECOND = 8
# The number of writes of the server per second, to all receivers together, and the size of each write: a load that
# leaves it time.
WRITES_PER_SECOND = 20_000
PAYLOAD_BYTES = (128, 1024, 2048, 4096)
# After this number of bursts, the numbers start again. The number of all bytes shows whether a whole cycle is
# missing.
CYCLE = 16
PART_BYTES = 1 << 18
# The smallest value that the server allows, so that the limit is reached before the write timeout.
MAXIMUM_PENDING_BYTES = 1 << 18
WRITE_TIMEOUT_SECONDS = 60
EVENT_LOOPS = 2
# With small segments, the system buffers little for a peer that does not read: well below this size.
SEGMENT_BYTES = 536
SLOW_BUFFER_BYTES = 4096
SYSTEM_BYTES = 200_000
# The growth of memory that is allowed. Each loop keeps pending broadcasts once, in memory that may be twice as large
# as its content. Each slow reader has a list of its pending pieces, one for each burst. The allocator takes memory in
# steps.
LIST_BYTES = 16 * 1024
ALLOCATOR_BYTES = 3 << 20


def burst(number):
    return b"".join(wire.frame(wire.BROADCAST, struct.pack(">Q", number).ljust(size, b"x")) for size in PAYLOAD_BYTES)


BURSTS = [burst(number) for number in range(CYCLE)]
BURST_BYTES = len(BURSTS[0])
STREAM = b"".join(BURSTS)
# Any part of the endless stream is equal to a part of this, which begins in the first cycle.
REPEATED = STREAM * (PART_BYTES // len(STREAM) + 2)


def connect(port, number, is_slow=False):
    connection = socket.socket()
    if is_slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
    connection.bind((f"127.0.7.{1 + number % 200}", 0))
    connection.connect(("127.0.0.1", port))
    return connection


def receive(port, count, ready, received, stopped, totals):
    """Reads the input of `count` receivers, and checks every byte."""
    connections = {}
    poll = select.epoll()
    for number in range(count):
        connection = connect(port, number)
        connection.setblocking(False)
        connections[connection.fileno()] = [connection, 0]
        poll.register(connection, select.EPOLLIN)
    ready.set()
    while not stopped.is_set():
        for descriptor, _ in poll.poll(0.2):
            entry = connections[descriptor]
            part = entry[0].recv(PART_BYTES)
            assert part, "the server has closed a receiver that reads"
            assert REPEATED.startswith(part, entry[1] % len(STREAM)), "a broadcast is missing, doubled or changed"
            entry[1] += len(part)
            received.value += len(part)
    totals.put(sorted(entry[1] for entry in connections.values()))


class Test:
    """A server with its receivers and a sender of broadcasts."""

    def __init__(self, port, process, receivers, received, count):
        self.port, self.process, self.receivers, self.received, self.count = port, process, receivers, received, count
        self.rate = WRITES_PER_SECOND / count
        self.seconds = QUIET_SECONDS + 1.3 * (MAXIMUM_PENDING_BYTES + SYSTEM_BYTES) / (self.rate * BURST_BYTES)
        self.sent = 0
        self.slow_peers = set()

    def has_all_come(self):
        assert self.receivers.is_alive(), "the receivers have failed"
        return self.received.value >= self.sent * self.count * BURST_BYTES

    def phase(self, sender, slow_count):
        """Broadcasts at a steady rate.

        Returns the share of the broadcasts that arrived in time, the highest memory of the server in MiB, and how
        much of a core it used.
        """
        wait_until(self.has_all_come, 60, "all that was sent has come")
        with contextlib.ExitStack() as stack:
            for number in range(slow_count):
                connection = stack.enter_context(contextlib.closing(connect(self.port, number, is_slow=True)))
                self.slow_peers.add("%s:%d" % connection.getsockname())
            before, start, memory = self.received.value, time.monotonic(), 0.0
            used, count = figures(self.process.pid).cpu_seconds, int(self.seconds * self.rate)
            for number in range(count):
                sender.send(BURSTS[self.sent % CYCLE])
                self.sent += 1
                if number % max(int(self.rate / SAMPLES_PER_SECOND), 1) == 0:
                    memory = max(memory, figures(self.process.pid).memory_mib)
                time.sleep(max(start + (number + 1) / self.rate - time.monotonic(), 0))
            share = (self.received.value - before) / (count * self.count * BURST_BYTES)
            cpu = (figures(self.process.pid).cpu_seconds - used) / (time.monotonic() - start)
            return share, memory, cpu


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--receivers", type=int, default=500)
    count = parser.parse_args().receivers
    slow_count = max(int(count * SLOW_SHARE), MINIMUM_SLOW)
    resilience.raise_descriptor_limit()
    options = (
        *("--max-connections", str(count + 500), "--idle-timeout", "0", "--metrics-port", "0"),
        *("--write-timeout", str(WRITE_TIMEOUT_SECONDS), "--max-pending-output", str(MAXIMUM_PENDING_BYTES)),
        *("--event-loops", str(EVENT_LOOPS)),
    )
    with command.server(*options) as (port, process):
        admin = command.metrics_port(process)
        ready, stopped, totals = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
        received = multiprocessing.Value("q", lock=False)
        receivers = multiprocessing.Process(
            target=receive, args=(port, count, ready, received, stopped, totals), daemon=True
        )
        receivers.start()
        assert ready.wait(60), "the receivers do not connect"
        test = Test(port, process, receivers, received, count)
        phases = {0: [], slow_count: []}
        with Peer(port) as sender:
            test.phase(sender, 0)  # to warm up
            for _ in range(ROUNDS):
                for slow, results in phases.items():
                    results.append(test.phase(sender, slow))
                    wait_until(
                        lambda: metrics(admin)["switchboard_connections"] == count + 1, 30, "the slow ones are closed"
                    )
            wait_until(test.has_all_come, 60, "every broadcast has come")
        stopped.set()
        bytes_each = totals.get(timeout=30)
        slow_closed = metrics(admin)['switchboard_connections_closed_total{reason="slowConsumer"}']
        lines = [line for line in process.log if "reason=slow consumer" in line]
        named = {found[1] for line in lines if (found := re.search(r"peer=([\d.]+:\d+)", line))}

    print(f"{count:,} receivers; {test.rate:.1f} times a second {BURST_BYTES:,} bytes in {len(PAYLOAD_BYTES)} frames; "
          f"{1 + 2 * ROUNDS} phases of {test.seconds:.0f} s")  # fmt: skip
    print(f"{'slow readers':>12} {'in time':>9} {'memory, at most':>16} {'CPU':>11}")
    medians = {}
    for slow, results in phases.items():
        share, memory, cpu = (statistics.median(column) for column in zip(*results))
        medians[slow] = share
        most = max(memory for _, memory, _ in results)
        print(f"{slow:>12} {share:>9.2%} {most:>12.1f} MiB {cpu:>5.2f} cores")
    growth = max(memory for _, memory, _ in phases[slow_count]) - max(memory for _, memory, _ in phases[0])
    bound = (EVENT_LOOPS * 2 * MAXIMUM_PENDING_BYTES + slow_count * LIST_BYTES + ALLOCATOR_BYTES) / 2**20
    apart = slow_count * MAXIMUM_PENDING_BYTES / 2**20
    print(f"memory for the slow ones: {growth:+.1f} MiB; {bound:.1f} allowed; {apart:.1f} if nothing were shared")
    print(f"closed as slow: {slow_closed:.0f}, named in the log: {len(named)}, of {ROUNDS * slow_count}")
    assert bytes_each[0] == bytes_each[-1] == test.sent * BURST_BYTES, "somebody missed a broadcast"
    assert medians[slow_count] >= medians[0] * (1 - MAXIMUM_LOSS), "the others were slowed down"
    assert growth <= bound, "too much memory for what waits"
    assert slow_closed == ROUNDS * slow_count, "a slow reader was not closed, or somebody else was"
    assert named == test.slow_peers, "a slow reader is not named in the log, or somebody else is"


if __name__ == "__main__":
    main()
