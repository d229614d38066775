"""Dissects the examples of all specs with tshark, and compares every value with `switchboard vectors`.

    python3 IntegrationTests/Outputs/test_wireshark.py PATH-OF-SWITCHBOARD [--all] [unittest options]

Every example is sent alone, twice in one segment, and cut into 16 pieces. With --all it is also cut in two at every byte. The suite
needs tshark, PyYAML and OpenSSL's command; it uses luacheck if that is installed.
"""

import collections
import functools
import json
import math
import pathlib
import random
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
import zlib

import yaml
from captures import Capture, experts, streams, tshark

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TOOL = None
IS_FULL = False
TOOL_SECONDS = 60
FIRST_PORT = 7001
# Specs with messages that can only be sent after a message without an example.
UNREACHABLE = {"HexLines.yaml", "Stages.yaml", "Turns.yaml"}
PIECES = 16  # of a frame in the short form
MUTANTS = 1500

SPECS = sorted(
    path
    for pattern in ("protocol.yaml", "Protocols/*.yaml", "Tests/SwitchboardGeneratorTests/Golden/*.yaml", "Examples/*/Sources/**/protocol.yaml")
    for path in REPOSITORY.glob(pattern)
)
# The modules that specs of the repository import.
IMPORTS = {"NET001": REPOSITORY / "protocol.yaml"}


def tool(*arguments):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=TOOL_SECONDS)


class Spec:
    """A spec, its dissector, and its examples."""

    def __init__(self, path, port, folder):
        self.path, self.port = path, port
        self.name = "_".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        self.prefix = "x_" + re.sub("[^a-z0-9]", "_", self.name.lower())
        self.script, vectors = folder / f"{self.prefix}.lua", folder / f"{self.prefix}.json"
        imports = [word for module, file in IMPORTS.items() for word in ("--import", f"{module}={file}")]
        self.outcome = tool("wireshark", path, *imports, "-o", self.script, "--name", self.prefix, "--port", port)
        exported = tool("vectors", path, *imports, "-o", vectors)
        if exported.returncode != 0:
            raise AssertionError(exported.stderr)
        self.vectors = json.loads(vectors.read_text())
        tree = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
        self.messages = tree["messages"]
        frames = tree.get("frames", {})
        self.has_magic_of_ends = any(
            "client" in item["magic"] for item in tree.get("frame", {}).get("header", []) if isinstance(item.get("magic"), dict)
        )
        self.start = {
            end: next((name for name, frame in frames.items() if frame.get("starts") in (end, "both")), "main")
            for end in ("client", "server")
        }
        # Bits that `when` names alone are not in the values of vectors.
        self.derived_bits = set(re.findall(r"when: (?!header)\w+\.(\w+)", path.read_text()))
        self.reply_forms = {
            name for name, frame in frames.items()
            if "type" not in frame and not any("type" in item for item in frame["header"])
            and any(message.get("frame") == name and message["from"] == "server" for message in self.messages.values())
            and sum(message.get("frame") == name for message in self.messages.values()) > 1
        }

    def ends(self, name):
        sender = self.messages[name]["from"]
        if sender != "both":
            return [sender]
        # The frame of an example has the magic of the client, if the server has another one.
        return ["client"] if self.has_magic_of_ends else ["client", "server"]

    def form(self, name):
        return self.messages[name].get("frame", "main")

    def after(self, forms, name, end):
        """Returns the forms of both ends after the message."""
        then = self.messages[name].get("then")
        if then is None:
            return forms
        return {**forms, **(then if isinstance(then, dict) else {end: then})}

    def way_to(self, name, end, vector):
        """Returns the examples after which `end` may send the message; None if there are none."""
        if self.form(name) in self.reply_forms:
            identifier = vector.get("header")
            for request in self.vectors["vectors"]:
                if self.messages[request["message"]].get("reply") == name and request.get("header", {}).items() >= (identifier or {}).items():
                    way = self.way_to(request["message"], "client", request)
                    return None if way is None else [*way, ("client", request)]
            return None
        found = collections.deque([(self.start, [])])
        seen = []
        while found:
            forms, way = found.popleft()
            if forms[end] == self.form(name):
                return way
            if forms in seen:
                continue
            seen.append(forms)
            for step in self.vectors["vectors"]:
                for sender in self.ends(step["message"]):
                    if self.form(step["message"]) == forms[sender] and self.messages[step["message"]].get("then"):
                        found.append((self.after(forms, step["message"], sender), [*way, (sender, step)]))
        return None


def label_of(field):
    """Returns the label of a field of tshark."""
    text = field.get("showname") or field.get("show")
    # tshark shortens long lines.
    return re.sub("^[01. ]+ = ", "", text).split(": ")[0].removesuffix(" [truncated]")


class Comparison:
    """Compares the values of one frame with those of a vector."""

    def __init__(self, derived_bits):
        self.derived_bits = derived_bits
        self.mistakes = []
        self.values = 0

    def compare(self, values, tree, place):
        rest = [field for field in tree if field.tag == "field"]
        for name, value in values.items():
            found = [field for field in rest if label_of(field) == name]
            if value is None:
                continue
            if isinstance(value, list) and not found and not value:
                continue
            if not found:
                self.mistakes.append(f"{place}.{name} is missing: {value!r:.80}")
                continue
            self.value(value, found[0], found, f"{place}.{name}")

    def value(self, value, field, fields, place):
        self.values += 1
        show, showname = field.get("show"), field.get("showname") or ""
        if showname.endswith(": <secret>"):
            return
        if not self.is_same(value, field, show, showname, place):
            self.mistakes.append(f"{place} is {show!r:.80} ({showname!r:.80}) instead of {value!r:.80}")

    def is_same(self, value, field, show, showname, place):
        if isinstance(value, bool):
            return show == str(int(value))
        if isinstance(value, int):
            return self.is_number(value, field, show)
        if isinstance(value, float):
            return math.isclose(float(show), value, rel_tol=1e-5, abs_tol=1e-37)
        if isinstance(value, str):
            return self.is_text(value, field, show, showname)
        if isinstance(value, list):
            inner = [child for child in field if child.tag == "field"]
            if re.search(r": \d+ elements?$", showname or show):
                if f": {len(value)} element" not in (showname or show):
                    return False
                elements = [child for child in inner if label_of(child) == label_of(field)]
                if len([element for element in value if element is not None]) != len(elements):
                    return False
                for index, (element, child) in enumerate(zip([e for e in value if e is not None], elements)):
                    self.value(element, child, [child], f"{place}[{index}]")
                return True
            # Flags have a field for each bit.
            found = {label_of(child) for child in inner if child.get("show") == "1"}
            return found >= set(value) and found - set(value) <= self.derived_bits
        if isinstance(value, dict):
            inner = [child for child in field if child.tag == "field"]
            if len(value) == 1 and showname.endswith(f": {next(iter(value))}"):
                name, fields = next(iter(value.items()))
                self.compare({key: v for key, v in fields.items() if key != "tag"} if name == "unrecognized" else fields, inner, f"{place}.{name}")
            else:
                self.compare(value, inner, place)
            return True
        return False

    @staticmethod
    def is_number(value, field, show):
        if "UTC" in show:
            raw = bytes.fromhex(field.get("value"))
            return any(int.from_bytes(raw, order, signed=sign) == value for order in ("big", "little") for sign in (True, False))
        return int(show, 0) == value

    @classmethod
    def is_text(cls, value, field, show, showname):
        if re.search(rf"[:=] {re.escape(value)} \(.*\)", showname):
            return True  # the name of a number
        if value.lstrip("-").isdigit() and "UTC" in show:
            return cls.is_number(int(value), field, show)
        if value in ("NaN", "Infinity", "-Infinity"):
            return show.lower().lstrip("-").startswith(value.lower().lstrip("-")[:3])
        if show == value or show.lower() == value.lower() or show.replace(":", "") == value:
            return True
        if value.lstrip("-").isdigit() and re.fullmatch("0x[0-9a-f]+", show):
            return int(show, 16) == int(value)
        if value == "" and (field.get("size") == "0" or set(field.get("value") or "") <= set("0")):
            return True
        signs = "".join(chr(0x2400 + ord(c)) if ord(c) < 32 else "␡" if ord(c) == 127 else c for c in value)
        return show == signs


@functools.cache
def specs():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wireshark-"))
    return [Spec(path, FIRST_PORT + number, folder) for number, path in enumerate(SPECS)]


def dissected(capture, usable):
    """Returns what the dissectors of the specs show, as PDML."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "examples.pcap"
        capture.write(path)
        protocols = " ".join(["tcp", *(spec.prefix for spec in usable)])
        return tshark(path, "-T", "pdml", "-J", protocols, scripts=[spec.script for spec in usable])


def tearDownModule():
    shutil.rmtree(specs()[0].script.parent)


class Dissectors(unittest.TestCase):
    maxDiff = None

    def test_each_spec_has_a_dissector_or_is_refused_with_a_place(self):
        for spec in specs():
            with self.subTest(spec.name):
                if spec.path.name in REFUSED:
                    self.assertEqual(spec.outcome.returncode, 1)
                    self.assertRegex(spec.outcome.stderr, rf"{spec.path.name}:\d+:\d+: error: the case `{REFUSED[spec.path.name]}` ")
                else:
                    self.assertEqual(spec.outcome.returncode, 0, spec.outcome.stderr)

    def test_the_length_of_an_element_is_no_count(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "arr.yaml"
            spec.write_text(
                "protocol: Arr\nversion: 1\nframe:\n  header:\n    - type: uint8\n    - length: uint16\n"
                "messages:\n  M: { code: 1, from: client, fields: [ { name: a, type: [string], length: uint8, count: 2 } ] }\n"
            )
            script = tool("wireshark", spec, "-o", "-").stdout
        self.assertIn('ProtoField.uint8("arr.m.a.length", "a length")', script)
        self.assertNotIn("a count", script)

    def test_luacheck_accepts_each_dissector(self):
        if shutil.which("luacheck") is None:
            self.skipTest("luacheck is not installed")
        scripts = [spec.script for spec in specs() if spec.script.exists()]
        result = subprocess.run(["luacheck", "--no-color", "-q", *scripts], capture_output=True, text=True, timeout=TOOL_SECONDS)
        self.assertEqual(result.returncode, 0, result.stdout[:5000])


class Examples(unittest.TestCase):
    maxDiff = None

    def test_tshark_shows_the_values_of_every_example(self):
        capture, expected, unreachable = Capture(), {}, []
        usable = [spec for spec in specs() if spec.script.exists()]
        for spec in usable:
            for vector in spec.vectors["vectors"]:
                for end in spec.ends(vector["message"]):
                    way = spec.way_to(vector["message"], end, vector)
                    if way is None:
                        unreachable.append((spec.path.name, vector["message"]))
                        continue
                    before = [(sender, bytes.fromhex(step["frame"])) for sender, step in way]
                    frame = bytes.fromhex(vector["frame"])
                    size = -(-len(frame) // PIECES)
                    kinds = [("alone", [frame]), ("cut", [frame[at : at + size] for at in range(0, len(frame), size)])]
                    if not spec.messages[vector["message"]].get("then") and spec.form(vector["message"]) not in spec.reply_forms:
                        kinds.append(("twice", [frame + frame]))
                    if IS_FULL:
                        kinds += [(f"cut at {at}", [frame[:at], frame[at:]]) for at in range(1, len(frame))]
                    for kind, segments in kinds:
                        number = capture.connection(spec.port, *before, *((end, segment) for segment in segments))
                        expected[number] = (spec, vector, len(way), 2 if kind == "twice" else 1, f"{spec.name} {vector['message']} {kind}")
        text = dissected(capture, usable)
        self.assertNotIn("Lua Error", text)
        found = collections.defaultdict(list)
        for stream, packet in streams(text):
            prefix = expected[stream][0].prefix
            found[stream] += [(proto, packet) for proto in packet.iter("proto") if proto.get("name") == prefix]
        mistakes, values = [], 0
        for number, (spec, vector, before, count, place) in expected.items():
            frames = [proto for proto, _ in found[number]][before:]
            if len(frames) != count:
                mistakes.append(f"{place}: {len(frames)} frames instead of {count} {vector['frame'][:60]}")
                continue
            for frame in frames:
                comparison = Comparison(spec.derived_bits)
                problems = experts(frame)
                if problems:
                    mistakes.append(f"{place}: {problems}")
                comparison.compare(vector.get("header", {}), frame, place)
                message = [field for field in frame if field.get("showname") == vector["message"]]
                if not message:
                    mistakes.append(f"{place}: no message: {[field.get('showname') for field in frame]}")
                    continue
                comparison.compare(vector["fields"], message[0], place)
                payload = len(vector["payload"]) // 2
                if int(message[0].get("size")) != payload:
                    mistakes.append(f"{place}: the payload has {message[0].get('size')} bytes instead of {payload}")
                mistakes += comparison.mistakes
                values += comparison.values
        self.assertLessEqual({spec for spec, _ in unreachable}, UNREACHABLE)
        self.assertEqual("", "\n".join(mistakes[:60]), f"{len(mistakes)} mistakes")
        self.assertGreater(values, 1000)


# What a dissector in Lua cannot express: names of numbers of 64 bits that doubles do not represent.
REFUSED = {"Gallery.yaml": "furthest", "Names.yaml": "case"}


class Robustness(unittest.TestCase):
    def test_malformed_frames_have_expert_information(self):
        capture, expected, usable = Capture(), {}, [spec for spec in specs() if spec.script.exists()]
        for spec in usable:
            for example in spec.vectors["malformed"]:
                if "frame" not in example:
                    continue
                for end in spec.ends(example["message"]):
                    way = spec.way_to(example["message"], end, {})
                    if way is None:
                        continue
                    before = [(sender, bytes.fromhex(step["frame"])) for sender, step in way]
                    number = capture.connection(spec.port, *before, (end, bytes.fromhex(example["frame"])))
                    expected[number] = (spec, len(way), example)
        text = dissected(capture, usable)
        self.assertNotIn("Lua Error", text)
        problems = collections.defaultdict(list)
        frames = collections.Counter()
        for stream, packet in streams(text):
            problems[stream] += experts(packet)
            frames[stream] += sum(proto.get("name") == expected[stream][0].prefix for proto in packet.iter("proto"))
        accepted = [
            f"{spec.name} {example['message']} {example['frame'][:80]}: {example['reason']}"
            for number, (spec, before, example) in expected.items()
            # A frame that ends too early waits for its rest.
            if not problems[number] and frames[number] > before
        ]
        self.assertEqual("", "\n".join(accepted))
        self.assertGreater(len(expected), 50)

    def test_no_bytes_cause_an_error_in_lua(self):
        random_numbers = random.Random(1)
        capture, usable = Capture(), [spec for spec in specs() if spec.script.exists()]
        for _ in range(MUTANTS):
            spec = random_numbers.choice(usable)
            if not spec.vectors["vectors"]:
                continue
            segments = []
            for _ in range(random_numbers.randint(1, 3)):
                vector = random_numbers.choice(spec.vectors["vectors"])
                frame = bytearray(bytes.fromhex(vector["frame"]))
                for _ in range(random_numbers.randint(0, 4)):
                    frame[random_numbers.randrange(len(frame))] = random_numbers.choice([0, 1, 127, 128, 255, random_numbers.randrange(256)])
                if random_numbers.random() < 0.2:
                    frame = frame[: random_numbers.randrange(len(frame)) + 1]
                segments.append((random_numbers.choice(["client", "server"]), bytes(frame)))
            capture.connection(spec.port, *segments)
        text = dissected(capture, usable)
        mistakes = sorted(set(re.findall("Lua Error: [^<&]*", text)))
        self.assertEqual([], mistakes)


class NET001(unittest.TestCase):
    """Features that one spec shows: NET-001."""

    PORT = 9000

    @classmethod
    def setUpClass(cls):
        cls.spec = next(spec for spec in specs() if spec.path == REPOSITORY / "protocol.yaml")
        cls.frames = {vector["message"]: bytes.fromhex(vector["frame"]) for vector in cls.spec.vectors["vectors"]}

    def shown(self, capture, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "net001.pcap"
            capture.write(path)
            return tshark(path, *options, scripts=[self.spec.script])

    def field(self, name):
        return f"{self.spec.prefix}.{name}"

    def columns(self, capture, *names, options=()):
        words = [word for name in names for word in ("-e", name if "." in name and name.startswith("_") else self.field(name))]
        return [line.split("\t") for line in self.shown(capture, *options, "-Y", self.spec.prefix, "-T", "fields", *words).splitlines()]

    def pong(self):
        ping = bytearray(self.frames["Ping"])
        ping[5] = 2
        return bytes(ping[:-4]) + zlib.crc32(ping[:-4]).to_bytes(4, "big")

    def test_requests_and_replies_name_each_other_and_the_time_between_them(self):
        capture = Capture()
        ping = self.frames["Ping"]
        capture.connection(self.spec.port, ("client", ping + ping), ("server", self.pong()), ("server", self.pong()))
        rows = self.columns(capture, "message", "response_in", "response_to", "response_time", options=["-2"])
        self.assertEqual(rows[0][:2], ["Ping,Ping", "5,6"])
        self.assertEqual([row[2] for row in rows[1:]], ["4", "4"])
        self.assertEqual([float(row[3]) for row in rows[1:]], [1.0, 2.0])

    def test_a_wrong_checksum_is_shown_with_the_right_one(self):
        capture = Capture()
        ping = self.frames["Ping"]
        capture.connection(self.spec.port, ("client", ping[:-1] + bytes([ping[-1] ^ 1])), ("client", ping))
        text = self.shown(capture, "-V", "-Y", self.spec.prefix)
        self.assertIn(f"[should be 0x{ping[-4:].hex()}]", text)
        self.assertEqual(text.count("[correct]"), 1)

    def test_secrets_are_not_shown(self):
        capture = Capture()
        capture.connection(self.spec.port, ("client", self.frames["Auth"]))
        vector = next(vector for vector in self.spec.vectors["vectors"] if vector["message"] == "Auth")
        text = self.shown(capture, "-V", "-Y", self.spec.prefix)
        self.assertIn("token: <secret>", text)
        self.assertNotIn(vector["fields"]["token"], text)
        self.assertIn(vector["fields"]["username"], text)

    def test_the_magic_recognizes_the_protocol_on_other_ports(self):
        capture = Capture()
        capture.connection(23_456, ("client", self.frames["Ping"]), ("server", self.pong()))
        self.assertEqual(self.columns(capture, "message"), [["Ping"], ["Pong"]])

    def test_malformed_payloads_have_expert_information(self):
        capture = Capture()
        header = self.frames["Ping"][:5]
        codes = {message["name"]: message["code"] for message in self.spec.vectors["messages"]}
        examples = [example for example in self.spec.vectors["malformed"] if "payload" in example]
        for example in examples:
            payload = bytes.fromhex(example["payload"])
            frame = header + bytes([codes[example["message"]]]) + len(payload).to_bytes(2, "big") + payload
            frame += zlib.crc32(frame).to_bytes(4, "big")
            capture.connection(self.spec.port, (self.spec.ends(example["message"])[0], frame))
        rows = self.columns(capture, "message", "_ws.expert.message")
        self.assertEqual(len(rows), len(examples))
        for row in rows:
            self.assertTrue(row[1], row)

    def test_messages_over_tls_are_shown_with_a_key_log(self):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            key, certificate, log = folder / "key.pem", folder / "certificate.pem", folder / "keys.log"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                 "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                check=True, capture_output=True, timeout=TOOL_SECONDS,
            )
            ends = {}
            for end, purpose in (("client", ssl.PROTOCOL_TLS_CLIENT), ("server", ssl.PROTOCOL_TLS_SERVER)):
                context = ssl.SSLContext(purpose)
                if end == "server":
                    context.load_cert_chain(certificate, key)
                else:
                    context.load_verify_locations(certificate)
                    context.check_hostname = False
                    context.keylog_filename = str(log)
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                ends[end] = (context.wrap_bio(incoming, outgoing, server_side=end == "server"), incoming, outgoing)
            segments = []

            def deliver(end):
                data = ends[end][2].read()
                if data:
                    segments.append((end, data))
                    ends["server" if end == "client" else "client"][1].write(data)

            done = set()
            while len(done) < 2:
                for end in ("client", "server"):
                    try:
                        ends[end][0].do_handshake()
                        done.add(end)
                    except ssl.SSLWantReadError:
                        pass
                    deliver(end)
            for end, data in (("client", self.frames["Ping"]), ("server", self.pong()), ("client", self.frames["Echo"] * 2)):
                ends[end][0].write(data)
                deliver(end)
            capture = Capture()
            capture.connection(self.PORT, *segments)
            options = ["-o", f"tls.keylog_file:{log}", "-o", f"{self.spec.prefix}.tls_port:{self.PORT}"]
            self.assertEqual(self.columns(capture, "message", options=options), [["Ping"], ["Pong"], ["Echo,Echo"]])


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv if argument != "--all"]
    IS_FULL = len(arguments) < len(sys.argv)
    TOOL = pathlib.Path(arguments[1]).resolve()
    unittest.main(argv=[arguments[0], *arguments[2:]])
