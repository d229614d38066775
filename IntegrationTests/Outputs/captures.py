"""Writes captures of TCP connections, and reads what tshark shows of them."""

import pathlib
import re
import struct
import subprocess
import xml.etree.ElementTree

TSHARK_SECONDS = 540
CLIENT_PORTS = range(20_000, 60_000)
SEGMENT_BYTES = 60_000
HEADERS_BYTES = 40  # of IP and TCP
FIN, SYN, RST, PUSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
FIRST_SECOND = 1_700_000_000
RAW = 101  # the link type of IP packets


class Capture:
    """A capture of TCP connections, whose packets have times of a second more each."""

    def __init__(self):
        self.packets = []
        self.connections = 0

    def connection(self, port, *segments):
        """Adds a connection to `port`; each segment is an end, "client" or "server", and bytes. Returns its number."""
        ports = {"client": CLIENT_PORTS[self.connections % len(CLIENT_PORTS)], "server": port}
        # tshark numbers connections from 0 on; addresses differ where ports are used again.
        host = 1 + self.connections // len(CLIENT_PORTS)
        addresses = {"client": bytes([10, 0, 0, host]), "server": bytes([10, 0, 1, host])}
        sequences = {"client": 1000, "server": 5000}
        other = {"client": "server", "server": "client"}

        def send(end, data, flags):
            tcp = struct.pack(
                ">HHIIBBHHH", ports[end], ports[other[end]], sequences[end], sequences[other[end]] if flags & ACK else 0,
                0x50, flags, 65_535, 0, 0,
            )
            total = HEADERS_BYTES + len(data)
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 6, 0, addresses[end], addresses[other[end]])
            self.packets.append(ip + tcp + data)
            sequences[end] = (sequences[end] + len(data) + (1 if flags & SYN else 0)) % 2**32

        send("client", b"", SYN)
        send("server", b"", SYN | ACK)
        send("client", b"", ACK)
        for end, data in segments:
            for start in range(0, len(data), SEGMENT_BYTES):
                send(end, data[start : start + SEGMENT_BYTES], ACK | PUSH)
        self.connections += 1
        return self.connections - 1

    def write(self, path):
        path.write_bytes(pcap(self.packets))


def seconds(index):
    """Returns the time of a packet in nanoseconds."""
    return (FIRST_SECOND + index) * 10**9


def pcap(packets, *, order="<", units=10**6, link=RAW, limit=None):
    """Returns a capture in the format pcap; `units` is the number of units of its times in a second, `limit` its snap length."""
    magic = {10**6: 0xA1B2C3D4, 10**9: 0xA1B23C4D}[units]
    pieces = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, limit or 262_144, link)]
    for index, packet in enumerate(packets):
        second, rest = divmod(seconds(index), 10**9)
        kept = packet[:limit]
        pieces.append(struct.pack(order + "IIII", second, rest * units // 10**9, len(kept), len(packet)) + kept)
    return b"".join(pieces)


def pcapng(packets, *, order="<", link=RAW, resolution=None, limit=0, simple=False):
    """Returns a capture in the format pcapng; `resolution` is the byte of the option if_tsresol."""

    def block(kind, content):
        content += bytes(-len(content) % 4)
        size = struct.pack(order + "I", len(content) + 12)
        return struct.pack(order + "I", kind) + size + content + size

    options = b"" if resolution is None else struct.pack(order + "HHB3xHH", 9, 1, resolution, 0, 0)
    units = 10**6 if resolution is None else 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    pieces = [
        block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, struct.pack(order + "HHI", link, 0, limit) + options),
        block(5, bytes(12)),  # statistics
    ]
    for index, packet in enumerate(packets):
        kept = packet[: limit or None]
        if simple:
            pieces.append(block(3, struct.pack(order + "I", len(packet)) + kept))
            continue
        time = seconds(index) * units // 10**9
        head = struct.pack(order + "IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(kept), len(packet))
        pieces.append(block(6, head + kept))
    return b"".join(pieces)


def tshark(capture, *arguments, scripts=()):
    """Returns what tshark prints, its errors included."""
    loaded = [word for script in scripts for word in ("-X", f"lua_script:{script}")]
    result = subprocess.run(
        ["tshark", "-n", "-r", capture, *loaded, *arguments], capture_output=True, timeout=TSHARK_SECONDS
    )
    errors = "\n".join(
        line for line in result.stderr.decode(errors="replace").splitlines() if not line.startswith("Running as user")
    )
    if result.returncode != 0 or errors:
        raise AssertionError(f"tshark {result.returncode}: {errors[:2000]}")
    return result.stdout.decode(errors="replace")


def streams(pdml):
    """Yields the number of the TCP connection of each packet, and its protocols."""
    # XML has no control characters; tshark writes some nevertheless.
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", pdml)
    for packet in xml.etree.ElementTree.fromstring(text).iter("packet"):
        stream = next(field.get("show") for field in packet.iter("field") if field.get("name") == "tcp.stream")
        yield int(stream), packet


def experts(tree):
    """Returns the messages of expert information in a tree."""
    return [field.get("show") for field in tree.iter("field") if field.get("name") == "_ws.expert.message"]
