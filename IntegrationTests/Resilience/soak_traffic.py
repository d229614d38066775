"""The traffic of soak.py. Each kind runs in a process of its own."""

import asyncio
import math
import multiprocessing
import os
import random
import socket
import struct

import resilience  # noqa: F401 - finds the module of the protocol
import net001 as wire

STEADY_CLIENTS = 8
LISTENERS = 40
CHURNERS = 8
FAULTY = 4
SLOW = 4
BROADCASTS_PER_SECOND = 10
BROADCAST_BYTES = (64, 500, 8_000, 30_000)
# With small segments, the system buffers little for a peer that does not read, so the server closes it within
# seconds.
SEGMENT_BYTES = 536
SLOW_BUFFER_BYTES = 4096
# Well below the idle timeout of the server.
SIGN_OF_LIFE_SECONDS = 2
# After this number of seconds, a reply counts as lost.
PATIENCE_SECONDS = 60
TIMEOUT_ERROR = 9
# Eight buckets for each doubling of the latency in microseconds.
BUCKETS_PER_DOUBLING = 8
BUCKETS = 200
NAMES = (
    "replies", "wrong", "broadcasts", "wrong_broadcasts", "came_and_went", "faults", "faults_without_error",
    "congested_closed", "deaf_closed", "dribbles_closed",
)  # fmt: skip


class Counters:
    """The counters that all processes share."""

    def __init__(self):
        self.counts = multiprocessing.Array("q", len(NAMES))
        self.pings = multiprocessing.Array("q", BUCKETS)
        self.seen_pings = [0] * BUCKETS

    def add(self, name, count=1):
        with self.counts.get_lock():
            self.counts[NAMES.index(name)] += count

    def add_ping(self, seconds):
        bucket = int(math.log2(max(seconds * 1e6, 1)) * BUCKETS_PER_DOUBLING)
        with self.pings.get_lock():
            self.pings[min(bucket, BUCKETS - 1)] += 1

    def totals(self):
        return dict(zip(NAMES, self.counts[:]))

    def take_ping_p99(self):
        """Returns a latency of the pings since the last call, in milliseconds: the upper end of its bucket."""
        now = self.pings[:]
        new = [a - b for a, b in zip(now, self.seen_pings)]
        self.seen_pings = now
        left = sum(new) * 0.01
        for bucket in reversed(range(BUCKETS)):
            left -= new[bucket]
            if left < 0:
                return 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING) / 1000
        return 0.0


class Peer:
    """A connection, with frames to read and write."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port, **options):
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20, **options))

    def send(self, *frames):
        self.writer.write(b"".join(frames))

    async def receive(self):
        header = await self.reader.readexactly(8)
        size = struct.unpack(">IBBH", header)[3]
        rest = await self.reader.readexactly(size + 4)
        assert wire.frame(header[5], rest[:-4]) == header + rest, "a frame that is not right"
        return header[5], rest[:-4]

    async def answer(self):
        """Returns the next frame that is not a broadcast, because all clients receive all broadcasts."""
        while True:
            code, payload = await self.receive()
            if code != wire.BROADCAST:
                return code, payload

    def reset(self):
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def close(self):
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except OSError:
            pass


async def steady(number, port, counters, stop):
    """Sends echoes with a number in each, pings, data and credentials, many at a time; checks all that comes back."""
    chance = random.Random(number)
    peer = await Peer.connect(port)
    clock = asyncio.get_running_loop().time
    count = 0
    while not stop():
        expected = []
        for _ in range(chance.choice((1, 2, 8, 32))):
            count += 1
            kind = chance.random()
            if kind < 0.7:
                size = chance.choice((0, 50, 50, 500, 500, 5_000, 60_000))
                payload = struct.pack(">IQ", number, count) + chance.randbytes(size)
                peer.send(wire.frame(wire.ECHO, payload))
                expected.append((wire.ECHO_REPLY, payload, 0))
            elif kind < 0.9:
                peer.send(wire.ping(count))
                expected.append((wire.PONG, struct.pack(">Q", count), clock()))
            elif kind < 0.95:
                peer.send(wire.frame(wire.DATA, chance.randbytes(100)))
            else:
                peer.send(wire.auth(f"user{number}", "token"))
                expected.append((wire.AUTH_REPLY, None, 0))
        await peer.writer.drain()
        for code, payload, start in expected:
            answer = await asyncio.wait_for(peer.answer(), PATIENCE_SECONDS)
            # After the 1 comes a random session ID.
            matches = answer[1][:1] == b"\1" if payload is None else answer[1] == payload
            if answer[0] != code or not matches:
                counters.add("wrong")
                raise AssertionError(f"{code:#x} was expected, {answer[0]:#x} came")
            if start:
                counters.add_ping(clock() - start)
        counters.add("replies", len(expected))
        await asyncio.sleep(chance.random() * 0.1)
    await peer.close()


async def broadcast(port, stop):
    """Broadcasts numbers at a steady rate."""
    peer = await Peer.connect(port)
    chance = random.Random(0)
    number = 0
    while not stop():
        number += 1
        content = struct.pack(">Q", number) + chance.randbytes(chance.choice(BROADCAST_BYTES))
        peer.send(wire.frame(wire.BROADCAST, content))
        if number % 50 == 0:
            peer.send(wire.ping(number))
            code, _ = await asyncio.wait_for(peer.answer(), PATIENCE_SECONDS)
            assert code == wire.PONG
        await asyncio.sleep(1 / BROADCASTS_PER_SECOND)
    # By now, the listeners know about the end, and wait only for one more broadcast.
    await asyncio.sleep(1)
    peer.send(wire.frame(wire.BROADCAST, struct.pack(">Q", number + 1)), wire.ping())
    await asyncio.wait_for(peer.answer(), PATIENCE_SECONDS)
    await peer.close()


async def listen(port, counters, stop):
    """Checks that the numbers of the broadcasts are consecutive."""
    peer = await Peer.connect(port)
    last, count = None, 0
    while not stop():
        code, payload = await asyncio.wait_for(peer.receive(), PATIENCE_SECONDS)
        if code != wire.BROADCAST:
            continue
        (number,) = struct.unpack(">Q", payload[:8])
        if last is not None and number != last + 1:
            counters.add("wrong_broadcasts")
        last = number
        count += 1
        if count % 50 == 0:
            counters.add("broadcasts", 50)
            peer.send(wire.ping())
    await peer.close()


async def churn(number, port, counters, stop):
    """Connects, sends some requests, and disconnects in various ways."""
    chance = random.Random(number)
    while not stop():
        peer = await Peer.connect(port)
        for stamp in range(chance.randrange(4)):
            peer.send(wire.ping(stamp))
            if chance.random() < 0.8:
                await asyncio.wait_for(peer.answer(), PATIENCE_SECONDS)
        leave = chance.randrange(4)
        if leave == 0:
            peer.send(wire.ping()[: chance.randrange(20)])
        if leave == 1:
            peer.writer.write_eof()
            await asyncio.wait_for(peer.reader.read(), PATIENCE_SECONDS)
        if leave == 2:
            peer.reset()
        else:
            await peer.close()
        counters.add("came_and_went")
        await asyncio.sleep(0.02)


async def be_faulty(number, port, counters, stop):
    """Violates the protocol in every way, and expects the ERROR for each."""
    chance = random.Random(number)
    while not stop():
        peer = await Peer.connect(port)
        bad = (
            wire.frame(wire.PING, bytes(8), checksum=1), wire.frame(0x77), wire.frame(wire.PING, b"short"),
            wire.frame(wire.PING, bytes(8), magic=1), wire.frame(wire.PING, bytes(8), version=9), chance.randbytes(64),
        )  # fmt: skip
        try:
            peer.send(chance.choice(bad))
            code, _ = await asyncio.wait_for(peer.answer(), PATIENCE_SECONDS)
            assert code == wire.ERROR, f"a fault was answered with {code:#x}"
            counters.add("faults")
        except (ConnectionError, asyncio.IncompleteReadError):
            counters.add("faults_without_error")
        await peer.close()
        await asyncio.sleep(0.05)


async def be_unread(port, counters, stop, name, request, pause):
    """Sends `request` repeatedly and reads nothing, until the server closes the connection."""
    loop = asyncio.get_running_loop()
    while not stop():
        with socket.socket() as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
            raw.setblocking(False)
            await loop.sock_connect(raw, ("127.0.0.1", port))
            waiting = b""
            try:
                # When the server stops reading, the peer cannot send more. When the server has closed, sending
                # fails.
                while not stop():
                    waiting = waiting or request
                    try:
                        waiting = waiting[raw.send(waiting) :]
                    except BlockingIOError:
                        pass
                    await asyncio.sleep(pause)
            except OSError:
                counters.add(name)


async def be_congested(port, counters, stop):
    """Sends many requests and reads no reply."""
    await be_unread(port, counters, stop, "congested_closed", wire.frame(wire.ECHO, bytes(60_000)), 0.02)


async def be_deaf(port, counters, stop):
    """Stays connected, and reads no broadcast."""
    await be_unread(port, counters, stop, "deaf_closed", wire.ping(), SIGN_OF_LIFE_SECONDS)


async def dribble(port, counters, stop):
    """Sends a frame byte by byte, too slowly."""
    while not stop():
        peer = await Peer.connect(port)
        answer = asyncio.ensure_future(peer.answer())
        for byte in wire.frame(wire.ECHO, bytes(1000)):
            peer.send(bytes([byte]))
            await asyncio.wait((answer,), timeout=0.5)
            if answer.done() or stop():
                break
        if answer.done():
            code, payload = answer.result()
            assert (code, payload[0]) == (wire.ERROR, TIMEOUT_ERROR)
            counters.add("dribbles_closed")
        answer.cancel()
        await peer.close()


def run(jobs, stopped, parent):
    """Runs jobs until they must stop, or the parent process has ended."""

    def stop():
        return stopped.is_set() or os.getppid() != parent

    async def everything():
        async with asyncio.TaskGroup() as group:
            for job, *arguments in jobs:
                group.create_task(job(*arguments, stop))

    asyncio.run(everything())


def start(port, counters, stopped):
    """Starts all traffic; returns its processes."""
    kinds = {
        "steady clients": [(steady, number, port, counters) for number in range(STEADY_CLIENTS)],
        "listeners": [(listen, port, counters) for _ in range(LISTENERS)],
        "broadcaster": [(broadcast, port)],
        "churn": [(churn, number, port, counters) for number in range(CHURNERS)],
        "faults": [(be_faulty, number, port, counters) for number in range(FAULTY)],
        "slow peers": [(kind, port, counters) for kind in (be_congested, be_deaf, dribble) for _ in range(SLOW)],
    }
    processes = [
        multiprocessing.Process(target=run, args=(jobs, stopped, os.getpid()), name=name, daemon=True)
        for name, jobs in kinds.items()
    ]
    for process in processes:
        process.start()
    return processes
