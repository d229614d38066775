"""Sends unusual TCP segments to the server: split, duplicated, reordered, contradictory or incomplete.

The script enters a network namespace of its own with a TUN device. The server has one address of the device. No kernel has the
address of the peer, so the script builds every segment of the peer itself, with scapy. After each case it checks that the replies
are correct, that the server still answers an ordinary client, and that no descriptor is left open.

    python3 IntegrationTests/Interop/test_raw_segments.py PATH-OF-NET001 [--rounds N]

A round sends one stream of requests in random pieces that overlap, are repeated and arrive in any order. There are 40 rounds by
default. `IntegrationTests/Interop/environment` prints a Python that has scapy. If namespaces or TUN devices are not permitted, the
script prints the reason and exits with status 77.
"""

import argparse
import fcntl
import itertools
import logging
import os
import pathlib
import random
import select
import shutil
import struct
import subprocess
import sys
import time

import command
from net001 import *  # noqa: F403

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.layers.inet import IP, TCP  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Resilience"))

import resilience  # noqa: E402

SKIPPED = 77
INSIDE = "NET001_RAW_SEGMENTS_NAMESPACE"
ROUNDS = 40
SEED = 1

DEVICE = "net001"
# Addresses of TEST-NET-1, which no host has. The namespace has no route to other networks anyway.
SERVER_ADDRESS, PEER_ADDRESS = "192.0.2.1", "192.0.2.2"
TUN_PATH = "/dev/net/tun"
SET_INTERFACE, IS_TUN, NO_PACKET_INFORMATION = 0x400454CA, 0x0001, 0x1000
PACKET_BYTES = 65_536

SEGMENT_SECONDS = 10
DESCRIPTORS_SECONDS = 10
# The time to wait where no segment may arrive.
SILENCE_SECONDS = 0.2
# The time for which the server tolerates a closed window.
WRITE_TIMEOUT_SECONDS = 2
WINDOW = 65_535
MODULO = 2**32


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def enter_namespace():
    """Starts this script again in a namespace, with a device in it. Returns only there, with the device."""
    if INSIDE not in os.environ:
        unshare = shutil.which("unshare")
        if not unshare:
            skip("there is no unshare, which makes network namespaces")
        entering = [unshare, "--net", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
        if subprocess.run([*entering, "true"], capture_output=True).returncode:
            skip("this system does not let this user make network namespaces")
        os.environ[INSIDE] = "1"
        os.execv(unshare, [*entering, sys.executable, *sys.argv])
    try:
        device = os.open(TUN_PATH, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, SET_INTERFACE, struct.pack("16sH", DEVICE.encode(), IS_TUN | NO_PACKET_INFORMATION))
    except OSError as error:
        skip(f"this system does not let this user make TUN devices: {TUN_PATH}: {error.strerror}")
    ip = shutil.which("ip") or "/usr/sbin/ip"
    for arguments in (
        ["link", "set", "lo", "up"],
        ["address", "add", f"{SERVER_ADDRESS}/24", "dev", DEVICE],
        ["link", "set", DEVICE, "up"],
    ):
        subprocess.run([ip, *arguments], check=True)
    return device


class RawPeer:
    """A TCP peer that builds each of its segments itself.

    Positions are offsets in its stream. It acknowledges all segments that it receives, unless a test disables that.
    """

    ports = itertools.count(20_000)

    def __init__(self, device, port, window=WINDOW):
        self.device, self.server_port, self.port = device, port, next(self.ports)
        self.window = window
        self.first = random.randrange(MODULO)  # the sequence number of SYN
        self.end = 0  # where the next new byte goes
        self.next_expected = 0  # the server's next sequence number
        self.acknowledged = 0  # by the server, as a position
        self.received = b""
        self.peer_has_ended = self.was_reset = False
        self.acknowledges = True

    def segment(self, flags, data=b"", position=None, **fields):
        """Sends one segment, without a change of the state of this object."""
        position = self.end if position is None else position
        packet = IP(src=PEER_ADDRESS, dst=SERVER_ADDRESS) / TCP(
            sport=self.port,
            dport=self.server_port,
            flags=flags,
            seq=(self.first + 1 + position) % MODULO,
            ack=self.next_expected if "A" in flags else 0,
            window=self.window,
            **fields,
        )
        os.write(self.device, bytes(packet / data) if data else bytes(packet))

    def send(self, data, flags="PA", **fields):
        """Sends the next bytes of the stream, in one segment."""
        self.segment(flags, data, **fields)
        self.end += len(data) + ("F" in flags)

    def acknowledge(self):
        self.segment("A")

    def reset(self, position=None):
        self.segment("RA", position=position)

    def take(self, seconds):
        """Handles the next segment from the server to this peer; returns false if none arrives in time."""
        deadline = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self.device], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                return False
            packet = IP(os.read(self.device, PACKET_BYTES))
            if packet.version == 4 and TCP in packet and packet[TCP].dport == self.port:
                self.look_at(packet[TCP])
                return True

    def look_at(self, segment):
        if "R" in segment.flags:
            self.was_reset = True
            return
        if "A" in segment.flags:
            self.acknowledged = (segment.ack - self.first - 1) % MODULO
        if "S" in segment.flags:
            self.next_expected = (segment.seq + 1) % MODULO
            return
        data = bytes(segment.payload)
        if data or "F" in segment.flags:
            if segment.seq == self.next_expected and self.acknowledges:
                self.received += data
                self.peer_has_ended = "F" in segment.flags
                self.next_expected = (self.next_expected + len(data) + self.peer_has_ended) % MODULO
            if self.acknowledges:
                self.acknowledge()

    def wait(self, condition, what):
        deadline = time.monotonic() + SEGMENT_SECONDS
        while not condition():
            if not self.take(deadline - time.monotonic()):
                came = self.received[:256].hex()
                raise AssertionError(f"{what}: not within {SEGMENT_SECONDS} s; what came was {came or 'nothing'}")

    def connect(self):
        self.segment("S", position=-1, options=[("MSS", 1460)])
        self.wait(lambda: self.next_expected, "the server's SYN")

    def establish(self):
        self.connect()
        self.acknowledge()
        return self

    def expect(self, data):
        """Checks that the received stream is exactly `data`."""
        self.wait(lambda: len(self.received) >= len(data), f"{len(data)} bytes")
        assert self.received == data, f"{self.received[:256].hex()} came instead of {data[:256].hex()}"

    def expect_acknowledged(self, position=None):
        position = self.end if position is None else position
        self.wait(lambda: self.acknowledged >= position, f"the acknowledgement of {position} bytes")

    def expect_end(self):
        self.wait(lambda: self.peer_has_ended or self.was_reset, "the server's end")

    def expect_silence(self):
        before = self.received
        while self.take(SILENCE_SECONDS):
            assert self.received == before and not self.was_reset, "the server sent something"

    def finish(self):
        """Ends both sides with FIN."""
        self.send(b"", "FA")
        self.expect_end()
        assert not self.was_reset, "the server reset a connection that ended in good order"

    def errors(self):
        """Returns the codes of the received ERRORs, and other frames unchanged."""
        codes, data = [], self.received
        while data:
            code, length = struct.unpack_from(">BH", data, 5)
            assert data[: 12 + length] == frame(code, data[8 : 8 + length]), data[:64].hex()
            codes.append((code, data[8]) if code == ERROR else code)
            data = data[12 + length :]
        return codes


# The stream that most cases send, and the replies to it.
STREAM = ping(7) + frame(ECHO, b"Hello, Server!") + frame(ECHO) + ping(8)
ANSWERS = pong(7) + frame(ECHO_REPLY, b"Hello, Server!") + frame(ECHO_REPLY) + pong(8)


# MARK: Ways to send


def one_byte_segments(peer):
    peer.establish()
    for byte in STREAM:
        peer.send(bytes([byte]))
    peer.expect(ANSWERS)
    peer.finish()


def reversed_order(peer):
    peer.establish()
    for position in reversed(range(0, len(STREAM), 5)):
        peer.segment("PA", STREAM[position : position + 5], position)
    peer.end = len(STREAM)
    peer.expect(ANSWERS)
    peer.finish()


def every_segment_three_times(peer):
    peer.establish()
    for position in range(0, len(STREAM), 7):
        for _ in range(3):
            peer.segment("PA", STREAM[position : position + 7], position)
    peer.end = len(STREAM)
    peer.expect(ANSWERS)
    peer.finish()


def overlapping_segments(peer):
    peer.establish()
    for position in range(0, len(STREAM), 4):
        peer.segment("PA", STREAM[position : position + 13], position)
    peer.end = len(STREAM)
    peer.expect(ANSWERS)
    peer.finish()


def contradictory_segments(peer):
    """The kernel may use either version of each byte. The result is a reply or a fault, and nothing else."""
    one, other = frame(ECHO, b"a" * 40), frame(ECHO, b"b" * 40)
    peer.establish()
    peer.segment("PA", one[20:45], 20)
    peer.segment("PA", other[10:35], 10)
    peer.segment("PA", one[30:], 30)
    peer.segment("PA", other[15:40], 15)
    peer.segment("PA", one[:25], 0)
    peer.end = len(one)
    peer.expect_acknowledged()
    peer.send(ping(9))
    peer.wait(lambda: peer.received.endswith(pong(9)), "the answer to what followed")
    first = peer.errors()[:-1]
    assert first in ([ECHO_REPLY], [(ERROR, 5)]), f"{first} came"
    peer.finish()


def contradictory_repetition(peer):
    """Other bytes in place of acknowledged bytes have no effect."""
    peer.establish()
    peer.send(ping(7)[:10])
    peer.expect_acknowledged()
    peer.segment("PA", b"\xff" * 10, 0)
    peer.segment("PA", b"\xff" * 10 + ping(7)[10:], 0)
    peer.end = 20
    peer.expect(pong(7))
    peer.finish()


def data_with_the_handshake(peer):
    peer.connect()
    peer.send(STREAM)
    peer.expect(ANSWERS)
    peer.finish()


def end_with_the_data(peer):
    peer.establish()
    peer.send(STREAM, "FPA")
    peer.expect(ANSWERS)
    peer.expect_end()


def end_before_the_data(peer):
    peer.establish()
    peer.segment("FA", STREAM[30:], 30)
    peer.segment("PA", STREAM[:30], 0)
    peer.end = len(STREAM) + 1
    peer.expect(ANSWERS)
    peer.expect_end()


def end_with_half_a_frame(peer):
    peer.establish()
    peer.send(STREAM[:27], "FPA")
    peer.expect(pong(7))
    peer.expect_end()


def data_behind_the_end(peer):
    """Bytes after FIN are not part of the stream."""
    peer.establish()
    peer.send(ping(7), "FPA")
    peer.segment("PA", ping(8), peer.end)
    peer.expect(pong(7))
    peer.expect_end()


def urgent_between_frames(peer):
    """An urgent byte is not part of the stream. A read ends before it, even if more bytes follow."""
    peer.establish()
    # The first segment is sent last, so that the server reads everything at once.
    peer.segment("UPA", b"!", 20, urgptr=1)
    peer.segment("PA", ping(8), 21)
    peer.segment("PA", ping(7), 0)
    peer.end = 41
    peer.expect(pong(7) + pong(8))
    peer.finish()


def urgent_in_a_frame(peer):
    """The frame lacks a byte, and gets the first byte of the next frame: its checksum is wrong, and the next frame has no magic."""
    data = frame(ECHO, b"x" * 20)
    peer.establish()
    peer.segment("UPA", data[15:16], 15, urgptr=1)
    peer.segment("PA", data[16:] + ping(8), 16)
    peer.segment("PA", data[:15], 0)
    peer.end = len(data) + 20
    peer.expect_end()
    assert peer.errors() == [(ERROR, 5), (ERROR, 1)], peer.errors()
    peer.send(b"", "FA")


def urgent_pointer_to_nowhere(peer):
    peer.establish()
    peer.send(ping(7), "UPA", urgptr=60_000)
    peer.expect(pong(7))
    peer.send(ping(8), "UPA", urgptr=0)
    peer.wait(lambda: peer.acknowledged >= peer.end, "the acknowledgement")
    peer.reset()


# MARK: Windows


def zero_window(peer):
    """Replies wait while the window is closed, and are sent in order when it opens."""
    requests = [frame(ECHO, bytes([number]) * 1000) for number in range(60)]
    peer.window = 0
    peer.establish()
    for request in requests:
        peer.send(request)
        peer.take(0)
    peer.expect_acknowledged()
    peer.expect_silence()
    assert not peer.received, "the server sends against a shut window"
    peer.window = WINDOW
    peer.acknowledge()
    peer.expect(b"".join(frame(ECHO_REPLY, bytes([number]) * 1000) for number in range(60)))
    peer.finish()


def zero_window_and_reset(peer):
    peer.window = 0
    peer.establish()
    peer.send(STREAM * 10)
    peer.expect_acknowledged()
    peer.reset()


def zero_window_and_end(peer):
    """A half-closed connection with pending replies, which is then reset."""
    peer.window = 0
    peer.establish()
    peer.send(STREAM * 10, "FPA")
    peer.expect_acknowledged()
    peer.reset()


def zero_window_for_too_long(peer):
    """The server aborts a peer that does not read, although it answers probes: more output is pending than its kernel buffers."""
    peer.window = 0
    peer.establish()
    data = frame(ECHO, b"x" * 1388)  # a segment each
    while not peer.was_reset and (peer.end - peer.acknowledged <= WINDOW or peer.take(1)):
        peer.send(data)
        while peer.take(0):
            pass
    peer.wait(lambda: peer.was_reset, "the reset of a peer that does not read")


def tiny_window(peer):
    """A window smaller than any reply."""
    peer.window = 9
    peer.establish()
    peer.send(STREAM)
    peer.expect(ANSWERS)
    peer.window = WINDOW
    peer.finish()


def nothing_acknowledged(peer):
    """The kernel repeats a reply until it is acknowledged; the server continues."""
    peer.establish()
    peer.acknowledges = False
    peer.send(ping(7))
    peer.wait(lambda: peer.acknowledged >= 20, "the acknowledgement")
    peer.take(SEGMENT_SECONDS)
    peer.take(SEGMENT_SECONDS)
    peer.acknowledges = True
    peer.expect(pong(7))
    peer.finish()


# MARK: Resets


def reset_in_the_handshake(peer):
    peer.connect()
    peer.reset()


def silence_in_the_handshake(peer):
    peer.connect()


def reset_with_nothing_sent(peer):
    peer.establish()
    peer.reset()


def reset_in_the_header(peer):
    peer.establish()
    peer.send(STREAM[:5])
    peer.expect_acknowledged()
    peer.reset()


def reset_in_the_payload(peer):
    peer.establish()
    peer.send(frame(ECHO, b"x" * 1000)[:500])
    peer.expect_acknowledged()
    peer.reset()


def reset_behind_the_frame(peer):
    peer.establish()
    peer.send(STREAM)
    peer.reset()


def reset_with_a_reply_unacknowledged(peer):
    peer.establish()
    peer.acknowledges = False
    peer.send(STREAM)
    peer.expect_acknowledged()
    peer.take(SEGMENT_SECONDS)
    peer.reset()


def reset_behind_the_end(peer):
    peer.establish()
    peer.send(b"", "FA")
    peer.reset()


def reset_with_the_servers_end_unacknowledged(peer):
    peer.establish()
    peer.send(STREAM, "FPA")
    peer.acknowledges = False
    peer.expect_acknowledged()
    peer.take(SEGMENT_SECONDS)
    peer.reset()


def reset_behind_a_fault(peer):
    """The server has sent its ERROR, and waits for the peer to end its side."""
    peer.establish()
    peer.send(b"GET / HTTP/1.0\r\n\r\n")
    peer.expect_end()
    assert peer.errors() == [(ERROR, 1)], peer.errors()
    peer.reset()


def reset_by_a_stranger(peer):
    """A reset or a SYN with a wrong position does not end the connection."""
    peer.establish()
    peer.send(ping(7))
    peer.expect(pong(7))
    peer.reset(position=peer.end + 1000)
    peer.segment("S", position=peer.end + 1000)
    peer.send(ping(8))
    peer.expect(pong(7) + pong(8))
    peer.finish()


CASES = [
    *(one_byte_segments, reversed_order, every_segment_three_times, overlapping_segments, contradictory_segments),
    *(contradictory_repetition, data_with_the_handshake, end_with_the_data, end_before_the_data),
    *(end_with_half_a_frame, data_behind_the_end, urgent_between_frames, urgent_in_a_frame, urgent_pointer_to_nowhere),
    *(zero_window, zero_window_and_reset, zero_window_and_end, zero_window_for_too_long, tiny_window),
    *(nothing_acknowledged, reset_in_the_handshake, silence_in_the_handshake, reset_with_nothing_sent),
    *(reset_in_the_header, reset_in_the_payload, reset_behind_the_frame, reset_with_a_reply_unacknowledged),
    *(reset_behind_the_end, reset_with_the_servers_end_unacknowledged, reset_behind_a_fault, reset_by_a_stranger),
]


def random_segments(peer, generator):
    """Returns the stream in pieces that overlap, are repeated and come in any order; together they are complete."""
    ends = sorted(generator.sample(range(1, len(STREAM)), generator.randrange(1, 12)))
    ranges = list(zip([0, *ends], [*ends, len(STREAM)]))
    for start, end in list(ranges):
        if generator.random() < 0.5:
            ranges.append((max(start - generator.randrange(10), 0), min(end + generator.randrange(10), len(STREAM))))
    generator.shuffle(ranges)
    peer.establish()
    for start, end in ranges:
        peer.segment("PA", STREAM[start:end], start)
    peer.end = len(STREAM)
    peer.expect(ANSWERS)
    peer.finish()


def main():
    resilience.binary()
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    # Keep the path in the arguments, because the script in the namespace needs it, too.
    rounds = parser.parse_args().rounds
    sys.argv.insert(1, command.PATH)
    device = enter_namespace()
    random.seed(SEED)
    options = ("--host", SERVER_ADDRESS, "--no-metrics", "--idle-timeout", "0", "--frame-timeout", "0")
    failures = []
    with command.server(*options, "--write-timeout", str(WRITE_TIMEOUT_SECONDS)) as (port, process):
        with Peer(port, SERVER_ADDRESS) as bystander:
            bystander.expect_alive()
            before = resilience.figures(process.pid)

            def run(name, case, *arguments):
                start = time.monotonic()
                peer = RawPeer(device, port)
                try:
                    case(peer, *arguments)
                    assert process.poll() is None, "the server has ended"
                    with Peer(port, SERVER_ADDRESS) as other:
                        other.expect_alive()
                    bystander.expect_alive()
                    resilience.wait_until(
                        lambda: resilience.figures(process.pid).descriptors <= before.descriptors,
                        DESCRIPTORS_SECONDS,
                        f"the descriptors are not {before.descriptors} again",
                    )
                except (AssertionError, EOFError, OSError) as error:
                    failures.append(name)
                    print(f"{name:48}  FAILED: {error}")
                    # Remove the rest of this case, so that it does not count as a fault of the next
                    # one.
                    peer.reset(position=peer.acknowledged)
                return time.monotonic() - start

            for case in CASES:
                name = case.__name__.replace("_", " ")
                count = len(failures)
                seconds = run(name, case)
                if len(failures) == count:
                    print(f"{name:48}{seconds:>8.2f} s")
            seconds = sum(
                run(f"random segments, round {number}", random_segments, random.Random(number))
                for number in range(rounds)
            )
            print(f"{f'random segments, {rounds} rounds':48}{seconds:>8.2f} s")
            after = resilience.figures(process.pid)
    print(f"{'descriptors before and after':48}{before.descriptors:>5}{after.descriptors:>5}")
    print(f"{'memory, MiB, before and after':48}{before.memory_mib:>7.1f}{after.memory_mib:>7.1f}")
    if failures:
        sys.exit(f"{len(failures)} of {len(CASES) + rounds} ways to misuse TCP hurt the server: {', '.join(failures)}")


if __name__ == "__main__":
    main()
