"""Checks `switchboard decode` on captures of network traffic, which the suite writes itself.

    python3 IntegrationTests/Outputs/test_captures.py PATH-OF-SWITCHBOARD [unittest options]

The suite compares with tshark if that is installed.
"""

import collections
import datetime
import json
import os
import pathlib
import pty
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

from captures import ACK, FIN, PUSH, RAW, RST, SYN, Capture, pcap, pcapng, tshark

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from net001 import DATA, ECHO, ECHO_REPLY, frame, ping, pong  # noqa: E402

BUNDLED = REPOSITORY / "protocol.yaml"
MQTT = REPOSITORY / "Protocols/MQTT311.yaml"
KISS = REPOSITORY / "Protocols/KISS.yaml"
STAGES = REPOSITORY / "Tests/SwitchboardGeneratorTests/Golden/Stages.yaml"
PATH = None
TIMEOUT_SECONDS = 120
PORT = 6001
MUTANTS = 150
HEAD_BYTES = 40  # of IP and TCP, in the packets of Capture
ETHERNET = bytes(12) + b"\x08\x00"
LARGE_BYTES = 24 << 20
LARGE_RESIDENT_BYTES = 96 << 20
FRAMES = [("client", ping(5)), ("server", pong(5)), ("client", frame(ECHO, b"hello")), ("server", frame(ECHO_REPLY, b"hello"))]


def run(*arguments, stdin=b""):
    result = subprocess.run([PATH, *map(str, arguments)], input=stdin, capture_output=True, timeout=TIMEOUT_SECONDS)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def decoded(content, *arguments, spec=BUNDLED):
    """Returns the exit status, the objects that `decode --json` prints of a capture, and its errors."""
    status, output, errors = run("decode", spec, "-", "--json", "--show-secrets", *arguments, stdin=content)
    return status, [json.loads(line) for line in output.splitlines()], errors


def frames(found):
    """Returns the frames of each end of each connection, in order."""
    streams = collections.defaultdict(list)
    for item in found:
        if "frame" in item:
            streams[item["connection"], item["from"]].append(item["frame"])
    return dict(streams)


def sent(segments):
    """Returns what `frames` returns of one connection with these frames."""
    streams = collections.defaultdict(list)
    for end, data in segments:
        streams[1, end].append(data.hex())
    return dict(streams)


def connection(*segments, port=PORT):
    capture = Capture()
    capture.connection(port, *segments)
    return capture.packets


def with_flags(packet, flags):
    return packet[:33] + bytes([flags]) + packet[34:]


def ipv6(packet, *extensions):
    """Returns an IPv4 packet of Capture as an IPv6 packet; an extension is the type of its header, and its bytes behind the type."""
    tcp = packet[20:]
    content, kind = tcp, 6
    for extension, rest in reversed(extensions):
        content, kind = bytes([kind]) + rest + content, extension
    ends = [bytes.fromhex("20010db8000000000000ffff") + packet[place : place + 4] for place in (12, 16)]
    return struct.pack(">IHBB", 0x60000000, len(content), kind, 64) + b"".join(ends) + content


class Formats(unittest.TestCase):
    PACKETS = connection(*FRAMES)

    def check(self, content, *, has_time=True):
        status, found, errors = decoded(content)
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(frames(found), sent(FRAMES))
        self.assertEqual([item["message"] for item in found], ["Ping", "Pong", "Echo", "EchoReply"])
        # Three packets open the connection.
        times = [f"2023-11-14T22:13:{second}Z" if has_time else None for second in (23, 24, 25, 26)]
        self.assertEqual([item["time"] for item in found], times)
        return found

    def test_pcap_has_two_byte_orders_and_two_units_of_time(self):
        for order in "<>":
            for units in (10**6, 10**9):
                with self.subTest(order=order, units=units):
                    self.check(pcap(self.PACKETS, order=order, units=units))

    def test_pcapng_has_two_byte_orders_and_any_unit_of_time(self):
        for order in "<>":
            for resolution in (None, 0, 3, 9, 0x80 | 10):
                with self.subTest(order=order, resolution=resolution):
                    self.check(pcapng(self.PACKETS, order=order, resolution=resolution))
            self.check(pcapng(self.PACKETS, order=order, simple=True), has_time=False)

    def test_sections_follow_one_another(self):
        first, second = (pcapng(self.PACKETS[place], order=order) for place, order in ((slice(4), "<"), (slice(4, None), ">")))
        _, found, _ = decoded(first + second)
        self.assertEqual(frames(found), sent(FRAMES))

    def test_objects_name_the_connection_and_its_ends(self):
        found = self.check(pcap(self.PACKETS))
        for item in found:
            self.assertEqual((item["connection"], item["client"], item["server"]), (1, "10.0.0.1:20000", "10.0.1.1:6001"))
        self.assertEqual([item["from"] for item in found], ["client", "server", "client", "server"])
        self.assertEqual([item["offset"] for item in found], [0, 0, 20, 20])

    def test_text_names_the_connection_the_time_and_the_direction(self):
        status, output, errors = run("decode", BUNDLED, "-", stdin=pcap(self.PACKETS))
        self.assertEqual((status, errors), (0, ""))
        lines = output.splitlines()
        self.assertEqual(lines[0], "2023-11-14T22:13:23Z  connection 1: client 10.0.0.1:20000 → server 10.0.1.1:6001")
        self.assertEqual(lines[1], "frame 1: Ping from the client, 20 bytes at offset 0")
        self.assertIn("2023-11-14T22:13:24Z  connection 1: server 10.0.1.1:6001 → client 10.0.0.1:20000", lines)

    def test_a_capture_may_be_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "traffic")
            path.write_bytes(pcap(self.PACKETS))
            for options in ([], ["--input-format", "capture"]):
                self.assertEqual(run("decode", BUNDLED, path, *options)[0], 0)
            self.assertEqual(run("decode", BUNDLED, path, "--input-format", "raw")[0], 1)


class Links(unittest.TestCase):
    PACKETS = connection(*FRAMES)

    def check(self, content):
        status, found, errors = decoded(content)
        self.assertEqual((status, errors, frames(found)), (0, "", sent(FRAMES)))

    def test_each_link_type_is_read(self):
        cooked = bytes.fromhex("0000 0001 0006 001122334455 0000")
        heads = [
            (101, b""), (12, b""), (14, b""), (228, b""), (0, b"\x02\0\0\0"), (108, b"\0\0\0\x02"),
            (1, bytes(12) + b"\x08\0"),
            (1, bytes(12) + bytes.fromhex("8100 0007 0800")),
            (1, bytes(12) + bytes.fromhex("88a8 0001 8100 0007 0800")),
            (113, cooked + b"\x08\0"),
            (276, b"\x08\0" + bytes(18)),
        ]
        for link, head in heads:
            with self.subTest(link=link, head=head.hex()):
                packets = [head + packet for packet in self.PACKETS]
                self.check(pcap(packets, link=link))
                self.check(pcapng(packets, link=link))

    def test_bytes_that_fill_up_an_ethernet_frame_are_ignored(self):
        self.check(pcap([bytes(12) + b"\x08\0" + packet + b"\xff" * 6 for packet in self.PACKETS], link=1))

    def test_ipv6_may_have_extension_headers(self):
        options = (0, b"\0" + bytes(6))
        whole_fragment = (44, bytes(7))
        authentication = (51, b"\x04" + bytes(22))
        for extensions in ((), (options,), (options, (43, b"\x01" + bytes(14)), (60, b"\0" + bytes(6))), (whole_fragment, authentication)):
            self.check(pcap([ipv6(packet, *extensions) for packet in self.PACKETS]))

    def test_other_packets_are_ignored(self):
        udp = self.PACKETS[0][:9] + b"\x11" + self.PACKETS[0][10:]
        fragment = self.PACKETS[3][:6] + b"\x20\0" + self.PACKETS[3][8:]
        arp = bytes(12) + b"\x08\x06" + bytes(28)
        ether = bytes(12) + b"\x08\0"
        packets = [arp, ether + udp, *(ether + packet for packet in self.PACKETS[:3]), ether + fragment]
        packets += [b"", ether, ether + b"\x45", *(ether + packet for packet in self.PACKETS[3:])]
        _, found, _ = decoded(pcap(packets, link=1))
        self.assertEqual(frames(found), sent(FRAMES))


class Streams(unittest.TestCase):
    def test_segments_may_be_cut_repeated_overlap_and_come_late(self):
        """Whatever the network does with the segments, the frames are those of the bytes themselves."""
        for seed in range(12):
            with self.subTest(seed=seed):
                numbers = random.Random(seed)
                messages = [(numbers.choice(["client", "server"]), numbers.randbytes(numbers.randrange(300))) for _ in range(60)]
                messages = [(end, frame(ECHO if end == "client" else ECHO_REPLY, data)) for end, data in messages]
                content = {end: b"".join(data for sender, data in messages if sender == end) for end in ("client", "server")}
                direct = {}
                for end in content:
                    _, output, _ = run("decode", BUNDLED, "--from", end, "--json", "--input-format", "raw", stdin=content[end])
                    direct[1, end] = [json.loads(line)["frame"] for line in output.splitlines()]
                _, found, errors = decoded(pcap(self.disturbed(content, numbers)))
                self.assertEqual((frames(found), errors), (direct, ""))

    def disturbed(self, content, numbers):
        packets = connection()
        for end, data in content.items():
            start = 0
            pieces = []
            while start < len(data):
                size = numbers.randrange(1, 200)
                # A segment may begin before the last one ended.
                first = max(0, start - numbers.choice([0, 0, 50]))
                pieces.append(self.segment(end, first, data[first : start + size]))
                if numbers.random() < 0.2:
                    pieces.append(pieces[-1])
                start += size
            for index in range(len(pieces) - 4):
                if numbers.random() < 0.3:
                    other = index + numbers.randrange(4)
                    pieces[index], pieces[other] = pieces[other], pieces[index]
            packets += pieces
        return packets

    def segment(self, end, offset, data, flags=ACK | PUSH, start=None):
        """Returns a segment with the bytes at `offset` of a stream of the connection that `connection` opens."""
        packet = connection((end, data))[-1]
        sequence = ({"client": 1001, "server": 5001}[end] + offset) % 2**32
        return with_flags(packet[:24] + struct.pack(">I", sequence) + packet[28:], flags)

    def test_sequence_numbers_begin_again_at_zero(self):
        packets = []
        shift = 2**32 - 1010
        for packet in connection(*FRAMES):
            sequence, acknowledged = struct.unpack(">II", packet[24:32])
            packets.append(packet[:24] + struct.pack(">II", (sequence + shift) % 2**32, (acknowledged + shift) % 2**32) + packet[32:])
        _, found, errors = decoded(pcap(packets))
        self.assertEqual((frames(found), errors), (sent(FRAMES), ""))

    def test_each_connection_has_its_own_streams(self):
        capture = Capture()
        for number in range(3):
            capture.connection(PORT, ("client", frame(ECHO, bytes([number]) * 10)[:12]), ("client", frame(ECHO, bytes([number]) * 10)[12:]))
        each = len(capture.packets) // 3
        mixed = [capture.packets[number * each + index] for index in range(each) for number in range(3)]
        status, found, _ = decoded(pcap(mixed))
        self.assertEqual(status, 0)
        self.assertEqual([(item["connection"], item["fields"]["data"]) for item in found], [(n + 1, f"{n:02x}" * 10) for n in range(3)])

    def test_a_port_may_be_used_again(self):
        first = connection(("client", ping(1)))
        again = [packet[:24] + struct.pack(">I", struct.unpack(">I", packet[24:28])[0] + 77) + packet[28:] for packet in connection(("client", ping(2)))]
        status, found, _ = decoded(pcap([*first, *again]))
        self.assertEqual((status, [item["connection"] for item in found]), (0, [1, 2]))

    def test_the_port_of_the_server_selects_connections(self):
        capture = Capture()
        capture.connection(80, ("client", b"GET / HTTP/1.1\r\n"))
        capture.connection(PORT, *FRAMES)
        status, found, errors = decoded(pcap(capture.packets), "--port", PORT)
        self.assertEqual((status, errors, len(found)), (0, "", 4))
        status, _, errors = decoded(pcap(capture.packets), "--port", 99)
        self.assertEqual((status, errors), (1, "switchboard: error: the capture has no bytes of TCP connections with the port 99\n"))

    def test_without_the_beginning_the_lower_port_is_the_server(self):
        packets = connection(*FRAMES)[3:]
        status, found, errors = decoded(pcap(packets))
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(found[0]["note"], "the capture begins within this connection")
        self.assertEqual(frames(found), sent(FRAMES))
        # Here, the server has the higher port.
        status, found, _ = decoded(pcap(connection(("client", pong(1)), port=60_001)[3:]))
        self.assertEqual((status, found[-1]["from"]), (0, "server"))
        status, found, _ = decoded(pcap(connection(("client", ping(1)), port=60_001)[3:]), "--port", 60_001)
        self.assertEqual((status, found[-1]["from"]), (0, "client"))

    def test_a_capture_may_begin_within_a_frame(self):
        packets = connection(("client", ping(1)[7:]), ("client", ping(2)), ("server", pong(1)[:3]), ("server", pong(2)))
        status, found, errors = decoded(pcap(packets[3:5] + packets[6:]))
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([(item["message"], item["fields"]) for item in found[1:]], [("Ping", {"timestamp": 2}), ("Pong", {"timestamp": 2})])

    def test_messages_change_the_form_of_later_frames_of_their_connection(self):
        greetings = [("client", bytes.fromhex("4849030361646164")), ("server", bytes.fromhex("594f03010200"))]
        capture = Capture()
        for _ in range(2):
            capture.connection(PORT, *greetings)
        status, found, _ = decoded(pcap(capture.packets), spec=STAGES)
        self.assertEqual((status, [item["message"] for item in found]), (0, ["ClientGreeting", "ServerGreeting"] * 2))

    def test_a_frame_that_the_capture_does_not_end_is_incomplete(self):
        for flags in (0, FIN, RST):
            packets = connection(("client", ping(1)), ("client", ping(2)[:-1]))
            packets[-1] = with_flags(packets[-1], ACK | flags)
            status, found, errors = decoded(pcap(packets))
            self.assertEqual((status, errors), (1, "switchboard: error: 1 of 2 frames is malformed or incomplete\n"))
            self.assertEqual(found[1]["problem"], "the input ends within the frame")


class MissingBytes(unittest.TestCase):
    def without(self, index, *segments):
        """Returns a capture that lacks the segment at `index`."""
        packets = connection(*segments)
        return pcap(packets[: 3 + index] + packets[4 + index :])

    def test_a_magic_leads_to_the_next_frame(self):
        whole = [("client", frame(ECHO, bytes([number]) * 30)) for number in range(6)]
        cut = [("client", whole[1][1][:20]), ("client", whole[1][1][20:] + whole[2][1][:9]), ("client", whole[2][1][9:])]
        status, found, errors = decoded(self.without(2, whole[0], *cut, *whole[3:]))
        self.assertEqual((status, errors), (1, "switchboard: error: 1 of 5 frames is malformed or incomplete, and frames may be missing at 1 place\n"))
        self.assertEqual([item.get("fields", {}).get("data", "")[:2] for item in found if "message" in item], ["00", "", "03", "04", "05"])
        notices = [item for item in found if "message" not in item]
        self.assertEqual([item["problem"] for item in notices], [
            "31 bytes are missing: the capture lacks a packet; the bytes up to the next magic are skipped"
        ])

    def test_a_delimiter_leads_to_the_next_frame(self):
        first, second = (bytes.fromhex(text) for text in ("c00082a0b4c0", "c00182c0"))
        status, found, _ = decoded(self.without(1, ("client", first), ("client", first[:4]), ("client", first[4:] + second)), spec=KISS)
        self.assertEqual(status, 1)
        self.assertEqual([item["frame"] for item in found if "frame" in item], [first.hex(), second.hex()])

    def test_a_length_leads_over_bytes_that_are_missing(self):
        long = bytes.fromhex("3064000174") + bytes(97)
        status, found, errors = decoded(
            self.without(1, ("client", long[:20]), ("client", long[20:60]), ("client", long[60:] + b"\xc0\x00")), spec=MQTT
        )
        self.assertEqual(status, 1)
        self.assertEqual(errors, "switchboard: error: 1 of 2 frames is malformed or incomplete, and frames may be missing at 1 place\n")
        self.assertEqual([item.get("message") for item in found], ["Publish", None, "Ping"])

    def test_without_these_the_rest_is_not_decoded(self):
        packets = [("client", b"\xc0\x00"), ("client", b"\xc0\x00"), ("client", b"\xc0\x00"), ("server", b"\xd0\x00")]
        status, found, errors = decoded(self.without(1, *packets), spec=MQTT)
        self.assertEqual((status, errors), (1, "switchboard: error: frames may be missing at 1 place\n"))
        self.assertEqual([item.get("message") for item in found if "message" in item], ["Ping", "Pong"])
        notice = next(item for item in found if "message" not in item)
        self.assertEqual(notice["problem"], "2 bytes are missing: the capture lacks a packet; the rest of what the client sends is not decoded")
        self.assertEqual((notice["offset"], notice["from"]), (2, "client"))

    def test_packets_may_be_cut_by_the_snap_length(self):
        packets = connection(("client", frame(ECHO, bytes(500))), ("client", ping(1)), ("server", pong(1)))
        for content in (pcap(packets, limit=HEAD_BYTES + 60), pcapng(packets, limit=HEAD_BYTES + 60)):
            status, found, _ = decoded(content)
            self.assertEqual(status, 1)
            self.assertEqual([item.get("message") for item in found], ["Echo", None, "Ping", "Pong"])
            self.assertEqual(found[1]["problem"], "452 bytes are missing: the capture has only the beginning of a packet")

    def test_an_acknowledged_hole_does_not_hold_up_later_frames(self):
        """After some packets, frames behind the hole are printed before those that come later."""
        packets = [("client", ping(0)), ("client", ping(1))] + [("server", pong(number)) for number in range(40)]
        _, found, _ = decoded(self.without(0, *packets))
        names = [item.get("message") for item in found]
        self.assertLess(names.index("Ping"), 20)


    def test_only_so_much_waits_for_missing_bytes(self):
        """Behind 1 MiB or 1024 segments, the missing bytes count as lost; the reply, which is captured later, is printed later."""
        for later in ([b"\x30\xe3\xd4\x03\x00\x01t" + bytes(60_000)] * 20, [b"\xc0\x00"] * 1030):
            with self.subTest(len(later)):
                packets = [("client", b"\xc0\x00"), *(("client", data) for data in later), ("server", b"\xd0\x00")]
                _, found, _ = decoded(self.without(0, *packets), spec=MQTT)
                self.assertEqual([item["from"] for item in found], ["client", "server"])
                self.assertIn("2 bytes are missing", found[0]["problem"])

    def test_connections_that_are_idle_longest_end_before_there_are_too_many(self):
        first = connection(("client", ping(1)[:9]), ("client", ping(1)[9:]))
        others = [first[0][:20] + struct.pack(">H", port) + first[0][22:] for port in range(30_000, 40_000)]
        _, found, _ = decoded(pcap([*first[:4], *others, first[4]]))
        self.assertEqual([item["connection"] for item in found], [1, 10_002])
        self.assertEqual(found[0]["problem"], "the input ends within the frame")
        self.assertEqual(found[1]["note"], "the capture begins within this connection")


class WrongCaptures(unittest.TestCase):
    PACKETS = connection(*FRAMES)

    def test_a_cut_capture_has_one_clear_line_after_the_frames_before(self):
        for content, head in ((pcap(self.PACKETS), 24), (pcapng(self.PACKETS), 28)):
            _, whole, _ = decoded(content)
            for size in [*range(4, 60, 5), *range(60, len(content), 17)]:
                status, found, errors = decoded(content[:size])
                shown = f"{size}: {errors}"
                self.assertIn(status, (0, 1, 2), shown)
                self.assertLessEqual(len(errors.splitlines()), 1, shown)
                if status == 2:
                    self.assertRegex(errors, r"^switchboard: error: cannot read standard input as a capture: it ends within .*, at offset \d+\n$")
                elif status == 1:
                    self.assertIn("no bytes of TCP connections", errors)
                self.assertEqual(found, whole[: len(found)], shown)
                if size < head:
                    self.assertEqual((status, found), (2, []), shown)

    def test_wrong_captures_have_one_clear_line(self):
        good, next_generation = bytearray(pcap(self.PACKETS)), bytearray(pcapng(self.PACKETS))

        def changed(content, place, value):
            return bytes(content[:place]) + value + bytes(content[place + len(value) :])

        section = struct.pack(">I", 0x0A0D0D0A)
        cases = [
            (changed(good, 20, b"\x93\0\0\0"), 0, "its packets have the link type 147, and may have 0, 1, 12"),
            (changed(good, 24 + 8, b"\xff\xff\xff\xff"), 0, "a packet has 4294967295 bytes, and may have 1048576"),
            (changed(next_generation, 8, b"\0\0\0\0"), 0, "a section has no byte-order magic"),
            (changed(next_generation, 12, b"\x02"), 0, "a section has the version 2"),
            (changed(next_generation, 4, b"\x1d"), 0, "a block has the wrong length 29"),
            (changed(next_generation, 4, b"\0\0\0\x7f"), 0, "a block has 2130706432 bytes"),
            (changed(next_generation, 24, b"\x20"), 0, "the two lengths of a block differ"),
            (changed(next_generation, 36, b"\x93"), 0, "link type 147"),
            (bytes(next_generation[:28] + next_generation[72:]), 0, "of the interface 0, and the section has 0"),
            (changed(pcapng(self.PACKETS, resolution=9), 48, b"\x64"), 0, "resolution 10^-100"),
            (bytes(good) + b"\0" * 8, 4, "it ends within the head of a packet"),
        ]
        self.assertTrue(next_generation.startswith(section))
        for content, count, text in cases:
            with self.subTest(text):
                status, found, errors = decoded(content)
                self.assertEqual((status, len(found), len(errors.splitlines())), (2, count, 1), errors)
                self.assertIn(text, errors)

    def test_wrong_options_have_one_clear_line(self):
        cases = [
            (["--from", "client"], pcap(self.PACKETS), 64, "--from is not for captures"),
            (["--port", "0"], pcap(self.PACKETS), 64, "--port must be from 1 to 65535"),
            (["--port", "-1"], pcap(self.PACKETS), 64, "--port must be from 1 to 65535"),
            (["--port", "5"], ping(1), 64, "--port is for captures"),
            (["--input-format", "capture"], ping(1), 2, "it begins neither as pcap nor as pcapng"),
            (["--frame", "nain"], pcap(self.PACKETS), 64, "did you mean `main`?"),
            ([], pcap([]), 1, "the capture has no bytes of TCP connections"),
        ]
        for options, content, expected, text in cases:
            with self.subTest(options=options):
                status, found, errors = decoded(content, *options)
                self.assertEqual((status, found, len(errors.splitlines())), (expected, [], 1), errors)
                self.assertIn(text, errors)

    def test_random_changes_do_no_harm(self):
        numbers = random.Random(1)
        links = {RAW: b"", 1: bytes(12) + b"\x08\0", 113: bytes(14) + b"\x08\0"}
        captures = [write([head + packet for packet in packets], link=link)
                    for link, head in links.items()
                    for packets in (self.PACKETS, [ipv6(packet, (0, b"\0" + bytes(6))) for packet in self.PACKETS])
                    for write in (pcap, pcapng)]
        statuses = collections.Counter()
        for _ in range(MUTANTS):
            content = bytearray(numbers.choice(captures))
            for _ in range(numbers.choice([1, 2, 5, 20])):
                place = numbers.randrange(4, len(content))
                kind = numbers.randrange(3)
                if kind == 0:
                    content[place] = numbers.choice([0, 1, 0x7F, 0x80, 0xFF, numbers.randrange(256)])
                elif kind == 1:
                    del content[place : place + numbers.randrange(1, 9)]
                else:
                    content[place:place] = numbers.randbytes(numbers.randrange(1, 9))
                if len(content) < 5:
                    break
            status, _, errors = decoded(bytes(content))
            self.assertIn(status, (0, 1, 2), bytes(content).hex())
            self.assertLessEqual(len(errors.splitlines()), 1)
            statuses[status] += 1
        self.assertEqual(set(statuses), {0, 1, 2})


class Live(unittest.TestCase):
    def test_frames_of_a_capture_that_goes_on_are_shown_at_once(self):
        """A program that captures writes packets to a pipe; the frames are shown although the pipe stays open."""
        packets = connection(*FRAMES)
        content = pcap(packets)
        for arguments in (["--json"], []):
            with subprocess.Popen([PATH, "decode", BUNDLED, "-", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                process.stdin.write(content)
                process.stdin.flush()
                shown = b""
                while b"EchoReply" not in shown:
                    line = process.stdout.readline()
                    self.assertTrue(line)
                    shown += line
                process.stdin.close()
                process.stdout.read()
            self.assertEqual(process.returncode, 0)

    def test_a_large_file_has_a_progress_bar_on_a_terminal(self):
        other = bytes(14) + bytes(1 << 19)  # an Ethernet frame of another protocol
        content = pcap([ETHERNET + packet for packet in connection(*FRAMES)] + [other] * 140, link=1)
        main, terminal = pty.openpty()
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as output:
            file.write(content)
            file.seek(0)
            with subprocess.Popen([PATH, "decode", BUNDLED, "-", "--json"], stdin=file, stdout=output, stderr=terminal) as process:
                os.close(terminal)
                errors = b""
                try:
                    while chunk := os.read(main, 4096):
                        errors += chunk
                except OSError:
                    pass  # Linux reports the end of a terminal as an error.
                process.wait(timeout=TIMEOUT_SECONDS)
            os.close(main)
            output.seek(0)
            lines = output.read().splitlines()
        self.assertEqual((process.returncode, len(lines)), (0, len(FRAMES)))
        self.assertTrue(errors.decode().endswith("\r" + 40 * "█" + " 100 %\r\n"), errors[-200:])
        self.assertGreater(errors.count(b"\r"), 50)


class Large(unittest.TestCase):
    def test_memory_does_not_grow_with_the_capture(self):
        """The command reads a capture of many connections, most of them with another port, and needs less memory than its size."""
        capture = Capture()
        data = bytes(50_000)
        for number in range(200):
            capture.connection(80, ("client", data), ("server", data))
            capture.connection(PORT, ("client", frame(DATA, bytes([number]) * 1000)), ("client", frame(DATA, data)[:10_000]))
        content = pcap(capture.packets)
        self.assertGreater(len(content), LARGE_BYTES - (4 << 20))
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as output:
            file.write(content)
            file.seek(0)
            with subprocess.Popen([PATH, "decode", BUNDLED, "-", "--json", "--port", str(PORT)], stdin=file, stdout=output, stderr=subprocess.PIPE) as process:
                errors = process.stderr.read().decode()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            lines = output.read().splitlines()
        self.assertEqual((process.returncode, errors), (1, "switchboard: error: 200 of 400 frames are malformed or incomplete\n"))
        self.assertEqual(len(lines), 400)
        self.assertLess(usage.ru_maxrss * 1024, LARGE_RESIDENT_BYTES)


@unittest.skipIf(shutil.which("tshark") is None, "tshark is not installed")
class Wireshark(unittest.TestCase):
    def test_names_and_times_are_those_of_tshark(self):
        numbers = random.Random(3)
        capture = Capture()
        for _ in range(10):
            segments = []
            for number in range(30):
                end, data = numbers.choice([("client", ping(number)), ("server", pong(number)), ("client", frame(ECHO, numbers.randbytes(90)))])
                cut = numbers.randrange(len(data))
                segments += [(end, data[:cut]), (end, data[cut:])] if cut else [(end, data)]
            capture.connection(PORT, *segments)
        with tempfile.TemporaryDirectory() as folder:
            script, path = pathlib.Path(folder, "net001.lua"), pathlib.Path(folder, "traffic.pcap")
            self.assertEqual(run("wireshark", BUNDLED, "-o", script, "--name", "net", "--port", PORT)[0], 0)
            capture.write(path)
            shown = tshark(path, "-Y", "net", "-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.stream", "-e", "net.message", scripts=[script])
            status, found, _ = decoded(path.read_bytes())
        expected = []
        for line in shown.splitlines():
            time, stream, names = line.split("\t")
            expected += [(float(time), int(stream) + 1, name) for name in names.split(",")]
        self.assertEqual(status, 0)
        self.assertGreater(len(expected), 290)
        self.assertEqual([(epoch(item["time"]), item["connection"], item["message"]) for item in found], expected)


def epoch(text):
    return datetime.datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
