"""Ends thousands of connections a second abruptly, in every way and at every point. The server must release all their resources.

    python3 IntegrationTests/Resilience/test_abrupt_peers.py PATH-OF-NET001 [--connections 2000000]

Peers reset, close or half-close their connection in the middle of a frame, a reply or a broadcast. Another connection stays open
and must receive every reply. A peer that half-closes its connection must receive the replies to all its requests.
"""

import argparse
import collections
import itertools
import multiprocessing
import random
import socket
import struct
import time

import resilience
import net001 as wire
from resilience import command, figures, metrics, wait_until

WORKERS = 2
# The number of open connections of each process: many, so that connections end while they receive broadcasts of
# others.
OPEN_AT_ONCE = 8
# The first round fills pools, and does not count. It has this number of connections.
WARM_UP_CONNECTIONS = 20_000
MAXIMUM_GROWTH_MIB = 8
SETTLING_SECONDS = 30
READING_SECONDS = 10
# A whole block of loopback addresses, because the ports of one address would be used up within seconds.
SOURCES = [f"127.0.{high}.{low}" for high in range(1, 9) for low in range(1, 250)]

RESET, CLOSE, HALF_CLOSE = WAYS = ("reset", "close", "half-close")
IN_HEADER, IN_PAYLOAD, IN_REPLY, IN_BROADCAST = PLACES = ("in a header", "in a payload", "in a reply", "in a broadcast")
AT_ONCE = struct.pack("ii", 1, 0)
FRAME = wire.frame(wire.ECHO, bytes(300))
# More than the sockets buffer, so that the peer disconnects while replies or broadcasts are pending.
MANY_ECHOES = wire.frame(wire.ECHO, bytes(60_000)) * 3
MANY_BROADCASTS = wire.frame(wire.BROADCAST, bytes(100)) * 2
ECHO_BYTES = len(MANY_ECHOES) // 3
KINDS = list(itertools.product(WAYS, PLACES))


def come(port, source, place, chance):
    """A connection that has sent a part of its stream, with the number of bytes that were sent."""
    connection = socket.socket()
    connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect
    connection.bind((source, 0))
    connection.connect(("127.0.0.1", port))
    connection.setblocking(False)
    if place == IN_HEADER:
        return connection, connection.send(FRAME[: chance.randrange(1, 8)])
    if place == IN_PAYLOAD:
        return connection, connection.send(FRAME[: chance.randrange(8, len(FRAME))])
    return connection, connection.send(MANY_ECHOES if place == IN_REPLY else MANY_BROADCASTS)


def leave(connection, way, place, sent):
    if way == RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    if way == HALF_CLOSE:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(READING_SECONDS)
        codes = collections.Counter(codes_of(read_to_end(connection)))
        # A peer that still receives must get the reply to each whole request.
        owed = sent // ECHO_BYTES if place == IN_REPLY else 0
        assert codes[wire.ECHO_REPLY] == owed, f"{codes[wire.ECHO_REPLY]} of {owed} replies came after a half-close"
        assert set(codes) <= {wire.ECHO_REPLY, wire.BROADCAST}, f"{dict(codes)} came after a half-close"
    connection.close()


def read_to_end(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def codes_of(data):
    start = 0
    while start < len(data):
        code, length = struct.unpack_from(">5xBH", data, start)
        start += 8 + length + 4
        assert start <= len(data), "the stream has ended within a frame"
        yield code


def storm(port, count, seed, done):
    """The connections of one process: each kind of end at each point equally often, in random order."""
    chance = random.Random(seed)
    waiting = collections.deque()
    kinds = []
    for _ in range(count):
        if not kinds:
            kinds = chance.sample(range(len(KINDS)), len(KINDS))
        kind = kinds.pop()
        place = KINDS[kind][1]
        waiting.append((kind, *come(port, SOURCES[chance.randrange(len(SOURCES))], place, chance)))
        if len(waiting) == OPEN_AT_ONCE:
            leave_next(waiting, done)
    while waiting:
        leave_next(waiting, done)


def leave_next(waiting, done):
    kind, connection, sent = waiting.popleft()
    leave(connection, *KINDS[kind], sent)
    with done.get_lock():
        done[kind] += 1


def stay(port, stopped, answered):
    """Sends PINGs all the time; raises an exception when a reply is missing or wrong."""
    with wire.Peer(port) as peer:
        number = 0
        while not stopped.is_set():
            number += 1
            peer.send(wire.ping(number))
            code = wire.BROADCAST
            while code == wire.BROADCAST:
                code, payload = peer.receive()
            assert (code, payload) == (wire.PONG, struct.pack(">Q", number))
            answered.value = number
            time.sleep(0.002)


def round_of(port, count):
    """Opens and ends a number of connections; returns the time in seconds, and the number of connections of each kind."""
    done = multiprocessing.Array("q", len(KINDS))
    start = time.monotonic()
    workers = [
        multiprocessing.Process(target=storm, args=(port, count // WORKERS, seed, done), daemon=True)
        for seed in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, "a process of the storm failed"
    return time.monotonic() - start, list(done)


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--connections", type=int, default=20_000)
    count = parser.parse_args().connections
    resilience.raise_descriptor_limit()
    options = ("--max-connections", "20000", "--metrics-port", "0", "--idle-timeout", "5", "--frame-timeout", "5")
    with command.server(*options) as (port, process):
        admin = command.metrics_port(process)
        stopped, answered = multiprocessing.Event(), multiprocessing.Value("q")
        steady = multiprocessing.Process(target=stay, args=(port, stopped, answered), daemon=True)
        steady.start()

        def is_quiet():
            return metrics(admin)["switchboard_connections"] == 1

        round_of(port, WARM_UP_CONNECTIONS)
        wait_until(is_quiet, SETTLING_SECONDS, "the peers of the first round are gone")
        time.sleep(2)  # memory is given back a second after the last of many has closed
        before = figures(process.pid)
        seconds, done = round_of(port, count)
        wait_until(is_quiet, SETTLING_SECONDS, "the peers are gone")
        # The last request for metrics may still be closing.
        wait_until(lambda: figures(process.pid).descriptors <= before.descriptors, SETTLING_SECONDS,
                   "all descriptors are closed")  # fmt: skip
        time.sleep(2)
        after = figures(process.pid)
        stopped.set()
        steady.join(timeout=10)
        counted = metrics(admin)["switchboard_connections_accepted_total"]
        assert process.poll() is None, "the server has ended"
    growth = after.memory_mib - before.memory_mib
    print(f"{sum(done):,} connections in {seconds:.0f} s, {sum(done) / seconds:,.0f} a second")
    print(f"{'':12}" + "".join(f"{place:>16}" for place in PLACES))
    for index, way in enumerate(WAYS):
        row = done[index * len(PLACES) : (index + 1) * len(PLACES)]
        print(f"{way:12}" + "".join(f"{number:16,}" for number in row))
    print(f"memory {before.memory_mib:.1f} -> {after.memory_mib:.1f} MiB, descriptors {before.descriptors} -> "
          f"{after.descriptors}, threads {before.threads} -> {after.threads}")  # fmt: skip
    print(f"the steady peer got {answered.value:,} answers; the server counted {counted:,.0f} connections")
    assert steady.exitcode == 0, "the steady peer missed an answer"
    assert growth <= MAXIMUM_GROWTH_MIB, f"{growth:.1f} MiB are left behind"


if __name__ == "__main__":
    main()
