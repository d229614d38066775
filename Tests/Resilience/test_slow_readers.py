"""Receivers of a steady broadcast that stop reading are closed, and named; the others hardly notice.

    python3 Tests/Resilience/test_slow_readers.py PATH-OF-NET001 [--receivers 5000]

Phases with and without slow readers take turns. Every other receiver must get every broadcast, whole.
"""

import argparse
import contextlib
import multiprocessing
import select
import socket
import statistics
import time

import resilience
import net001 as wire
from net001 import Peer
from resilience import command, figures, metrics, wait_until

SLOW_SHARE = 0.02
PAYLOAD_BYTES = 8192
# What the server sends to all together.
BYTES_PER_SECOND = 120e6
QUIET_SECONDS = 12
# What the system takes for a peer that does not read, before anything waits in the server.
SYSTEM_BYTES = 3.2e6
ROUNDS = 2
MAXIMUM_LOSS = 0.03
WRITE_TIMEOUT_SECONDS = 3
MAXIMUM_PENDING_BYTES = 1 << 20
# What waits is shared by all who wait for it. Each has a list of it besides, and memory comes in steps.
MAXIMUM_GROWTH_MIB = MAXIMUM_PENDING_BYTES / 2**20 + 3
FRAME = wire.frame(wire.BROADCAST, bytes(PAYLOAD_BYTES))


def connect(port, number, buffer=None):
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.bind((f"127.0.7.{1 + number % 200}", 0))
    connection.connect(("127.0.0.1", port))
    return connection


def receive(port, count, ready, received, stopped, totals):
    """Reads whatever comes for `count` receivers; keeps none of them idle for so long that it would be closed."""
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
            part = entry[0].recv(1 << 18)
            assert part, "the server has closed a receiver that reads"
            if entry[1] % len(FRAME) == 0:
                assert part.startswith(FRAME[: len(part)]), "what comes is no broadcast"
            entry[1] += len(part)
            received.value += len(part)
    totals.put(sorted(entry[1] for entry in connections.values()))


def phase(port, process, sender, received, rate, slow_count):
    """One phase of so many broadcasts a second.

    Returns how many broadcasts all receivers together got in time, of one that was sent; how much memory the server had
    at most, in MiB; and how many were sent.
    """
    with contextlib.ExitStack() as stack:
        for number in range(slow_count):
            stack.enter_context(contextlib.closing(connect(port, number, buffer=4096)))
        seconds = QUIET_SECONDS
        if slow_count:
            seconds += SYSTEM_BYTES / (rate * len(FRAME)) + WRITE_TIMEOUT_SECONDS
        before, start, memory, count = received.value, time.monotonic(), 0.0, int(seconds * rate)
        for number in range(count):
            sender.send(FRAME)
            if number % 8 == 0:
                memory = max(memory, figures(process.pid).memory_mib)
            time.sleep(max(start + (number + 1) / rate - time.monotonic(), 0))
        time.sleep(0.2)
        return (received.value - before) / len(FRAME) / count, memory, count


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--receivers", type=int, default=500)
    count = parser.parse_args().receivers
    slow_count = max(int(count * SLOW_SHARE), 5)
    resilience.raise_descriptor_limit()
    options = (
        *("--max-connections", str(count + 500), "--idle-timeout", "0", "--metrics-port", "0"),
        *("--write-timeout", str(WRITE_TIMEOUT_SECONDS), "--max-pending-output", str(MAXIMUM_PENDING_BYTES)),
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
        shares, memory, sent = {0: [], slow_count: []}, {0: [], slow_count: []}, 0
        rate = BYTES_PER_SECOND / count / len(FRAME)
        with Peer(port) as sender:
            sent += phase(port, process, sender, received, rate, 0)[2]  # to warm up
            for _ in range(ROUNDS):
                for slow in shares:
                    wait_until(lambda: received.value >= sent * count * len(FRAME), 60, "all that was sent has come")
                    share, most, number = phase(port, process, sender, received, rate, slow)
                    shares[slow].append(share / count)
                    memory[slow].append(most)
                    sent += number
                    is_alone = lambda: metrics(admin)["switchboard_connections"] == count + 1
                    wait_until(is_alone, 30, "the slow are closed")
        wait_until(lambda: received.value >= sent * count * len(FRAME), 60, "every broadcast has come")
        stopped.set()
        bytes_each = totals.get(timeout=30)
        slow_closed = metrics(admin)['switchboard_connections_closed_total{reason="slowConsumer"}']
        named = sum("reason=slow consumer" in line for line in process.log)
    usual, disturbed = statistics.median(shares[0]), statistics.median(shares[slow_count])
    growth = max(memory[slow_count]) - max(memory[0])
    print(f"{rate:.1f} broadcasts a second of {len(FRAME):,} bytes each")
    print(f"{count:,} receivers, {slow_count} slow: in time {usual:.2%} of the broadcasts without them, {disturbed:.2%} with")
    print(f"memory {max(memory[0]):.1f} MiB without, {max(memory[slow_count]):.1f} with them ({growth:+.1f} MiB)")
    print(f"closed as slow: {slow_closed:.0f}, named in the log: {named}, of {ROUNDS * slow_count}")
    assert bytes_each[0] == bytes_each[-1] == sent * len(FRAME), "somebody missed a broadcast"
    assert disturbed >= usual * (1 - MAXIMUM_LOSS), "the others were slowed down"
    assert growth <= MAXIMUM_GROWTH_MIB, "too much memory for what waits"
    assert slow_closed == named == ROUNDS * slow_count, "a slow reader was not closed for that, or not named"


if __name__ == "__main__":
    main()
