"""Measures the command `switchboard`: its verbs with a spec of 300 messages, and `decode` of captures, compared with tshark.

    swift build -c release --product switchboard
    python3 Benchmarks/command_time.py [--megabytes 100] [--rounds 3] [--only small|large|mixed|verbs] [--without-tshark]

tshark uses the dissector that `switchboard wireshark` writes. The script makes a capture of NET-001 for each kind of traffic: `small` has
bursts of PING and ECHO, `large` has DATA of 16 KiB, and `mixed` has both. In each round all commands read the capture, one after
another; figures are medians over the rounds. The time is the CPU time of the command in user and system mode, and the memory its
largest resident set. The script fails if a command shows another number of messages than the capture has.
"""

import argparse
import os
import pathlib
import random
import statistics
import struct
import subprocess
import tempfile
import zlib

import compile_time

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
SPEC = REPOSITORY / "protocol.yaml"
PORT = 9000
CONNECTIONS = 20
BURST = 32  # requests that a client sends at once
SEGMENT_BYTES = 1460
SYN, PUSH, ACK = 0x02, 0x08, 0x10
PING, PONG, ECHO, ECHO_REPLY, DATA = 1, 2, 3, 4, 8
ETHERNET = bytes.fromhex("020000000001020000000002") + b"\x08\x00"


def frame(code, payload):
    head = struct.pack(">IBBH", 0xDEADBEEF, 1, code, len(payload)) + payload
    return head + struct.pack(">I", zlib.crc32(head))


def small(chance):
    """Returns what a client and a server send in a burst of small requests, and the number of messages."""
    client, server = [], []
    for _ in range(BURST):
        if chance.random() < 0.5:
            time = struct.pack(">Q", 1_700_000_000_000 + chance.randrange(10**9))
            client.append(frame(PING, time))
            server.append(frame(PONG, time))
        else:
            data = chance.randbytes(chance.randrange(16, 129))
            client.append(frame(ECHO, data))
            server.append(frame(ECHO_REPLY, data))
    return b"".join(client), b"".join(server), 2 * BURST


def large(chance):
    return frame(DATA, chance.randbytes(16 << 10)), b"", 1


def mixed(chance):
    return (large if chance.random() < 0.5 else small)(chance)


TRAFFIC = {"small": small, "large": large, "mixed": mixed}


class Connection:
    """The packets of a connection."""

    def __init__(self, file, number):
        self.file = file
        self.ports = (20_000 + number, PORT)
        self.sequences = [1000, 5000]
        for end, flags in ((0, SYN), (1, SYN | ACK), (0, ACK)):
            self.packet(end, b"", flags)

    def send(self, end, data):
        for start in range(0, len(data), SEGMENT_BYTES):
            self.packet(end, data[start : start + SEGMENT_BYTES], PUSH | ACK)

    def packet(self, end, data, flags):
        source, destination = self.ports[end], self.ports[1 - end]
        tcp = struct.pack(
            ">HHIIBBHHH", source, destination, self.sequences[end], self.sequences[1 - end] if flags & ACK else 0, 0x50, flags,
            65_535, 0, 0,
        )
        size = 20 + len(tcp) + len(data)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, bytes([10, 0, 0, 1 + end]), bytes([10, 0, 0, 2 - end]))
        self.file.add(ETHERNET + ip + tcp + data)
        self.sequences[end] = (self.sequences[end] + len(data) + (1 if flags & SYN else 0)) % 2**32


class Capture:
    """A file in the format pcap."""

    def __init__(self, file):
        self.file = file
        self.size = file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        self.microseconds = 1_700_000_000 * 10**6

    def add(self, packet):
        self.microseconds += 20
        seconds, rest = divmod(self.microseconds, 10**6)
        self.size += self.file.write(struct.pack("<IIII", seconds, rest, len(packet), len(packet)) + packet)


def write_capture(path, kind, size):
    """Writes a capture of `size` bytes at least; returns the number of its messages."""
    chance = random.Random(1)
    # Random bytes and checksums take long, so that the bursts are repeated.
    bursts = [TRAFFIC[kind](chance) for _ in range(500)]
    messages = 0
    with open(path, "wb", buffering=1 << 20) as file:
        capture = Capture(file)
        connections = [Connection(capture, number) for number in range(CONNECTIONS)]
        while capture.size < size:
            connection = chance.choice(connections)
            client, server, count = chance.choice(bursts)
            connection.send(0, client)
            connection.send(1, server)
            messages += count
    return messages


def verbs(tool, rounds, folder):
    """Prints the CPU times of verbs with a spec of 300 messages."""
    old, new = folder / "old.yaml", folder / "new.yaml"
    old.write_text(compile_time.spec(300, "first"))
    new.write_text(compile_time.spec(300, "edited"))
    frame = "ab0100010000000400000001"
    frame += f"{zlib.crc32(bytes.fromhex(frame)):08x}"
    commands = {
        "docs": ["docs", new, "--output", folder / "pages"],
        "diff": ["diff", old, new],
        "decode": ["decode", new, frame],
    }
    print("| verb, with a spec of 300 messages | CPU time |\n|---|---|")
    for name, arguments in commands.items():
        seconds = []
        for _ in range(rounds):
            process = subprocess.Popen([tool, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, _, usage = os.wait4(process.pid, 0)
            seconds.append(usage.ru_utime + usage.ru_stime)
        print(f"| `{name}` | {statistics.median(seconds):.2f} s |", flush=True)


def run(command, pattern):
    """Runs a command; returns its CPU time and its largest memory in bytes, and how often `pattern` is in what it prints."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=REPOSITORY)
    counter = subprocess.Popen(
        ["grep", "-o", "-F", pattern], stdin=process.stdout, stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}
    )
    process.stdout.close()
    lines = subprocess.run(["wc", "-l"], stdin=counter.stdout, capture_output=True, check=True)
    counter.wait()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, int(lines.stdout)


def compare(kind, arguments, folder):
    capture, dissector = folder / f"{kind}.pcap", folder / "net001.lua"
    expected = write_capture(capture, kind, arguments.megabytes * 10**6)
    tool = [str(arguments.switchboard)]
    subprocess.run([*tool, "wireshark", SPEC, "--output", dissector, "--port", str(PORT)], check=True)
    tshark = ["tshark", "-n", "-r", str(capture), "-X", f"lua_script:{dissector}"]
    decode = [*tool, "decode", str(SPEC), str(capture)]
    commands = {
        "switchboard decode --json": ([*decode, "--json"], '"message":"'),
        "tshark -T json -j net001": ([*tshark, "-T", "json", "-j", "net001"], '"net001": {'),
        "switchboard decode": (decode, " bytes at offset "),
        "tshark -O net001": ([*tshark, "-O", "net001"], "NET001 (Switchboard), "),
    }
    if arguments.without_tshark:
        commands = {name: command for name, command in commands.items() if not name.startswith("tshark")}
    figures = {name: [] for name in commands}
    for _ in range(arguments.rounds):
        for name, (command, pattern) in commands.items():
            seconds, memory, messages = run(command, pattern)
            if messages != expected:
                raise SystemExit(f"{name} shows {messages} of {expected} messages of the traffic {kind}")
            figures[name].append((seconds, memory))
    megabytes = capture.stat().st_size / 10**6
    capture.unlink()
    for name, pairs in figures.items():
        seconds = statistics.median(pair[0] for pair in pairs)
        memory = max(pair[1] for pair in pairs)
        print(
            f"| {kind}, {megabytes:.0f} MB, {expected:,} messages | `{name}` | {seconds:.1f} s | {megabytes / seconds:.1f} MB/s"
            f" | {seconds / expected * 1e6:.2f} µs | {memory / 10**6:.0f} MB |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=[*TRAFFIC, "verbs"])
    parser.add_argument("--without-tshark", action="store_true")
    parser.add_argument("--switchboard", type=pathlib.Path, default=REPOSITORY / ".build/release/switchboard")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        if arguments.only in (None, "verbs"):
            verbs(arguments.switchboard, arguments.rounds, folder)
        if arguments.only == "verbs":
            return
        print("\n| traffic | command | CPU time | speed | for each message | memory |\n|---|---|---|---|---|---|", flush=True)
        for kind in [arguments.only] if arguments.only else TRAFFIC:
            compare(kind, arguments, folder)


if __name__ == "__main__":
    main()
