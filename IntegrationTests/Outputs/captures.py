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
SYN, ACK, PUSH = 0x02, 0x10, 0x08


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
        with path.open("wb") as file:
            file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101))
            for second, packet in enumerate(self.packets):
                file.write(struct.pack("<IIII", 1_700_000_000 + second, 0, len(packet), len(packet)) + packet)


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
