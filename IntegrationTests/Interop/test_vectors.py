"""Compares the codec of the generator, and the server, with an independent codec, on messages that hypothesis generates.

`switchboard-generate vectors` and the codec of this file must agree on every message, value and fault of NET-001. The server must
answer any stream of bytes, split anywhere, as Docs/NET-001.md describes: `answers_to` is that page as Python code, and predicts
every byte of the replies and ERRORs. A second client must receive exactly the broadcasts.

    python3 IntegrationTests/Interop/test_vectors.py PATH-OF-NET001 PATH-OF-SWITCHBOARD-GENERATE [--examples N] [unittest options]

By default each kind has 200 examples, the same in every run. With --examples there are N, different in every run; a failure prints
its seed. `IntegrationTests/Interop/environment` prints a Python that has hypothesis.
"""

import collections
import ipaddress
import json
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import command
import hypothesis
from command import server
from hypothesis import strategies
from net001 import *  # noqa: F403

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TOOL = None
TOOL_SECONDS = 60
EXAMPLES = 200
SPECS = 15  # each runs the tool twice
MESSAGES_PER_SPEC = 60  # of the 64 that a message may have as examples

LARGEST_JSON_NUMBER = 2**53

HEADER_BYTES, CHECKSUM_BYTES = 8, 4
VERSION = 1
FROM_CLIENTS = (PING, ECHO, BROADCAST, AUTH, DATA, ERROR)
INVALID_MAGIC, UNSUPPORTED_VERSION, UNKNOWN_TYPE, CHECKSUM_MISMATCH, MALFORMED_PAYLOAD = 1, 2, 3, 5, 0x0A
CHECKSUM_FAULTS_IN_A_ROW = 8
REFUSALS = 3
SESSION_ID = re.compile(rb"\x01[0-9a-f]{32}")

ERROR_CODES = {
    0: "unknown", 1: "invalidMagic", 2: "unsupportedVersion", 3: "unknownType", 4: "payloadTooLarge",
    5: "checksumMismatch", 6: "authenticationFailed", 7: "rateLimited", 8: "tooManyConnections", 9: "timeout",
    0x0A: "malformedPayload", 0x0B: "shuttingDown", 0xFF: "internal",
}
NAMES = {
    "Ping": PING, "Pong": PONG, "Echo": ECHO, "EchoReply": ECHO_REPLY, "Broadcast": BROADCAST, "Auth": AUTH,
    "AuthReply": AUTH_REPLY, "Data": DATA, "Error": ERROR,
}


# MARK: The codec


def encode(name, fields):
    """Returns the payload of a message. Bytes are `bytes`; all other values have the types of JSON."""
    match name:
        case "Ping" | "Pong":
            return struct.pack(">Q", fields["timestamp"])
        case "Echo" | "EchoReply" | "Data":
            return fields["data"]
        case "Broadcast":
            return fields["message"]
        case "Auth":
            username = fields["username"].encode()
            return bytes([len(username)]) + username + fields["token"].encode()
        case "AuthReply":
            return bytes([fields["success"]]) + fields["sessionID"].encode()
        case "Error":
            codes = {case: number for number, case in ERROR_CODES.items()}
            return bytes([codes[fields["code"]]]) + fields["message"].encode()


def decode(name, payload):
    """Returns the fields of a message; raises ValueError if the payload does not fit the layout."""
    if name in ("Ping", "Pong"):
        if len(payload) != 8:
            raise ValueError("a timestamp has 8 bytes")
        return {"timestamp": int.from_bytes(payload, "big")}
    if name in ("Echo", "EchoReply", "Data"):
        return {"data": payload}
    if name == "Broadcast":
        return {"message": payload}
    if not payload:
        raise ValueError("the first byte is missing")
    first, rest = payload[0], payload[1:]
    if name == "Auth":
        if len(rest) < first:
            raise ValueError("the user name is cut off")
        return {"username": rest[:first].decode(), "token": rest[first:].decode()}
    if name == "AuthReply":
        if first > 1:
            raise ValueError("neither true nor false")
        return {"success": first == 1, "sessionID": rest.decode()}
    # An open enum keeps a number that has no name.
    return {"code": ERROR_CODES.get(first, first), "message": rest.decode()}


# MARK: The server


def answers_to(stream):
    """Returns the bytes that the server sends to a client that sends `stream` and then ends its side, and the broadcasts.

    An ERROR has only its code. The reply to AUTH with valid credentials has the payload None, because its text is free.
    """
    replies, broadcasts = [], []
    faults_in_a_row = refusals = position = 0
    template = struct.pack(">IB", MAGIC, VERSION)
    while position < len(stream):
        header = stream[position : position + HEADER_BYTES]
        wrong = next((i for i, (is_, should) in enumerate(zip(header, template)) if is_ != should), None)
        if wrong is not None:
            replies.append((ERROR, INVALID_MAGIC if wrong < 4 else UNSUPPORTED_VERSION))
            break
        if len(header) < HEADER_BYTES:
            break
        code, length = struct.unpack_from(">BH", header, 5)
        end = position + HEADER_BYTES + length
        if len(stream) < end + CHECKSUM_BYTES:
            break
        covered, payload = stream[position:end], stream[position + HEADER_BYTES : end]
        (checksum,) = struct.unpack_from(">I", stream, end)
        position = end + CHECKSUM_BYTES
        if checksum != zlib.crc32(covered):
            replies.append((ERROR, CHECKSUM_MISMATCH))
            faults_in_a_row += 1
            if faults_in_a_row > CHECKSUM_FAULTS_IN_A_ROW:
                break
            continue
        faults_in_a_row = 0
        if code not in FROM_CLIENTS:
            replies.append((ERROR, UNKNOWN_TYPE))
        elif code == PING:
            replies.append((PONG, payload) if len(payload) == 8 else (ERROR, MALFORMED_PAYLOAD))
        elif code == ECHO:
            replies.append((ECHO_REPLY, payload))
        elif code == BROADCAST:
            broadcasts.append((BROADCAST, payload))
        elif code == AUTH:
            try:
                credentials = decode("Auth", payload)
            except ValueError:
                replies.append((ERROR, MALFORMED_PAYLOAD))
                continue
            if credentials["username"] and credentials["token"]:
                replies.append((AUTH_REPLY, None))
                continue
            replies.append((AUTH_REPLY, b"\0"))
            refusals += 1
            if refusals == REFUSALS:
                break
    return replies, broadcasts


# MARK: What hypothesis thinks of

timestamps = strategies.integers(0, 2**64 - 1)
payloads = strategies.one_of(
    strategies.binary(max_size=64),
    strategies.tuples(strategies.integers(0, 65_535), strategies.binary(min_size=1, max_size=1)).map(
        lambda pair: pair[0] * pair[1]
    ),
)
texts = strategies.text(max_size=40)
long_texts = strategies.text("aé", max_size=255)
user_names = strategies.one_of(texts, long_texts).filter(lambda text: len(text.encode()) <= 255)

messages = strategies.one_of(
    strategies.tuples(strategies.just("Ping"), strategies.fixed_dictionaries({"timestamp": timestamps})),
    strategies.tuples(strategies.just("Echo"), strategies.fixed_dictionaries({"data": payloads})),
    strategies.tuples(strategies.just("Data"), strategies.fixed_dictionaries({"data": payloads})),
    strategies.tuples(strategies.just("Broadcast"), strategies.fixed_dictionaries({"message": payloads})),
    strategies.tuples(
        strategies.just("Auth"), strategies.fixed_dictionaries({"username": user_names, "token": texts})
    ),
)
error_fields = {"code": strategies.sampled_from(sorted(ERROR_CODES.values())), "message": texts}
other_messages = strategies.one_of(
    strategies.tuples(strategies.just("Pong"), strategies.fixed_dictionaries({"timestamp": timestamps})),
    strategies.tuples(strategies.just("EchoReply"), strategies.fixed_dictionaries({"data": payloads})),
    strategies.tuples(
        strategies.just("AuthReply"),
        strategies.fixed_dictionaries({"success": strategies.booleans(), "sessionID": texts}),
    ),
    strategies.tuples(strategies.just("Error"), strategies.fixed_dictionaries(error_fields)),
)
right_frames = messages.map(lambda message: frame(NAMES[message[0]], encode(*message)))
# Correct frames with any code and any payload, including messages that a client may not send.
odd_frames = strategies.builds(
    frame,
    strategies.one_of(strategies.sampled_from(FROM_CLIENTS), strategies.integers(0, 255)),
    strategies.binary(max_size=20),
)


@strategies.composite
def mutated_frames(draw):
    """A frame with changed, missing, repeated or added bytes, and sometimes with a corrected checksum."""
    data = bytearray(draw(strategies.one_of(right_frames, odd_frames)))
    for _ in range(draw(strategies.integers(1, 3))):
        if not data:
            break
        # The header is a small part of a large frame, but the most important one.
        last = draw(strategies.sampled_from([min(len(data), HEADER_BYTES), len(data)])) - 1
        position = draw(strategies.integers(0, last))
        match draw(strategies.sampled_from(["flip", "set", "delete", "insert", "cut", "double"])):
            case "flip":
                data[position] ^= 1 << draw(strategies.integers(0, 7))
            case "set":
                data[position] = draw(strategies.integers(0, 255))
            case "delete":
                del data[position : position + draw(strategies.integers(1, 4))]
            case "insert":
                data[position:position] = draw(strategies.binary(min_size=1, max_size=4))
            case "cut":
                del data[position:]
            case "double":
                data[position:position] = data[position : position + 8]
    if len(data) >= CHECKSUM_BYTES and draw(strategies.booleans()):
        data[-CHECKSUM_BYTES:] = struct.pack(">I", zlib.crc32(data[:-CHECKSUM_BYTES]))
    return bytes(data)


wrong_checksums = strategies.tuples(right_frames, strategies.integers(1, 2**32 - 1)).map(
    lambda pair: pair[0][:-CHECKSUM_BYTES]
    + struct.pack(">I", int.from_bytes(pair[0][-CHECKSUM_BYTES:], "big") ^ pair[1])
)
# Enough consecutive frames for both sides of the limit.
floods = strategies.tuples(wrong_checksums, strategies.integers(7, 10)).map(lambda pair: pair[0] * pair[1])
cuts = strategies.lists(strategies.floats(0, 1, exclude_max=True), max_size=6)


def pieces(stream, fractions):
    """Returns `stream` in pieces, cut at `fractions` of its length."""
    ends = [*sorted({int(fraction * len(stream)) for fraction in fractions} - {0}), len(stream)]
    return [stream[start:end] for start, end in zip([0, *ends], ends)]


def yaml_text(text):
    """Returns a text as YAML, with characters that every YAML parser accepts."""
    plain = (c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text)
    return '"' + "".join(plain) + '"'


def yaml_value(value):
    if isinstance(value, bytes):
        return '{ hex: "' + value.hex() + '" }'
    return yaml_text(value) if isinstance(value, str) else json.dumps(value)


def tried(count):
    """Makes hypothesis try a test `count` times."""
    return hypothesis.settings(
        max_examples=count,
        derandomize=not is_random,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def vectors(spec=None):
    """Returns the vectors of `switchboard-generate` for a spec; for protocol.yaml if none is given."""
    with tempfile.TemporaryDirectory() as folder:
        path, output = pathlib.Path(folder) / "protocol.yaml", pathlib.Path(folder) / "vectors.json"
        path.write_text((REPOSITORY / "protocol.yaml").read_text() if spec is None else spec)
        result = subprocess.run(
            [TOOL, "vectors", path, "--output", output], capture_output=True, text=True, timeout=TOOL_SECONDS
        )
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return json.loads(output.read_text())


def spec_with(lines_of):
    """Returns protocol.yaml with other examples: lines under the key of each message."""
    text = (REPOSITORY / "protocol.yaml").read_text()
    text = re.sub(r"^    examples:\n(?:      .*\n)*", "", text, flags=re.MULTILINE)
    for name, lines in lines_of.items():
        text, count = re.subn(rf"(?<=^  {name}:\n)", lambda _: lines, text, flags=re.MULTILINE)
        assert count == 1, f"protocol.yaml has no message {name}"
    return text


def as_json(fields):
    """Returns fields as the tool writes them: bytes in hexadecimal, and numbers as text if JavaScript cannot represent them."""

    def value_as_json(value):
        if isinstance(value, bytes):
            return value.hex()
        return str(value) if not isinstance(value, str) and value > LARGEST_JSON_NUMBER else value

    return {key: value_as_json(value) for key, value in fields.items()}


# MARK: Tests


class Vectors(unittest.TestCase):
    def test_of_the_specification_are_what_this_codec_says(self):
        found = vectors()
        self.assertEqual({message["name"]: message["code"] for message in found["messages"]}, NAMES)
        self.assertGreaterEqual(len(found["vectors"]), 7)
        for vector in found["vectors"]:
            with self.subTest(vector["frame"]):
                name, data = vector["message"], bytes.fromhex(vector["frame"])
                fields = decode(name, data[HEADER_BYTES:-CHECKSUM_BYTES])
                self.assertEqual(as_json(fields), vector["fields"])
                self.assertEqual(encode(name, fields).hex(), vector["payload"])
                self.assertEqual(frame(NAMES[name], encode(name, fields)).hex(), vector["frame"])

    def test_of_any_message_are_what_this_codec_says(self):
        @tried(max(1, SPECS * examples // EXAMPLES))
        @hypothesis.given(
            strategies.lists(strategies.one_of(messages, other_messages), min_size=1, max_size=MESSAGES_PER_SPEC)
        )
        def agrees(batch):
            by_name = collections.defaultdict(list)
            for name, fields in batch:
                by_name[name].append((frame(NAMES[name], encode(name, fields)), fields))
            lines = {
                name: "    examples:\n"
                + "".join(
                    f'      - {{ frame: "{data.hex()}", fields: {{ '
                    + ", ".join(f"{key}: {yaml_value(value)}" for key, value in fields.items())
                    + " } }\n"
                    for data, fields in items
                )
                for name, items in by_name.items()
            }
            found = collections.defaultdict(list)
            for vector in vectors(spec_with(lines))["vectors"]:
                found[vector["message"]].append((vector["frame"], vector["fields"]))
            self.assertEqual(
                found, {name: [(d.hex(), as_json(f)) for d, f in items] for name, items in by_name.items()}
            )
            figures["messages of which the generator made the same"] += len(batch)

        agrees()

    def test_malformed_payloads_are_what_this_codec_refuses(self):
        def is_malformed(case):
            try:
                decode(*case)
            except ValueError:
                return True

        cases = strategies.tuples(
            strategies.sampled_from(["Ping", "Pong", "Auth", "AuthReply", "Error"]),
            strategies.binary(max_size=24),
        ).filter(is_malformed)

        @tried(max(1, SPECS * examples // EXAMPLES))
        @hypothesis.given(strategies.lists(cases, min_size=1, max_size=MESSAGES_PER_SPEC))
        def agrees(batch):
            by_name = collections.defaultdict(list)
            for name, payload in batch:
                by_name[name].append(payload)
            lines = {
                name: "    malformed:\n"
                + "".join(f'      - {{ payload: "{payload.hex()}", doc: Refused. }}\n' for payload in items)
                for name, items in by_name.items()
            }
            found = collections.defaultdict(list)
            for vector in vectors(spec_with(lines))["malformed"]:
                found[vector["message"]].append(bytes.fromhex(vector["payload"]))
            self.assertEqual(found, by_name)
            figures["payloads that the generator refused, too"] += len(batch)

        agrees()


class Server(unittest.TestCase):
    """Tests that share a server, and a client that receives its broadcasts."""

    @classmethod
    def setUpClass(cls):
        # No connection waits on purpose: a long pause means that hypothesis is computing.
        cls.running = server("--idle-timeout", "0", "--no-metrics")
        cls.port, cls.process = cls.running.__enter__()
        cls.address = 0
        cls.listener = Peer(cls.port)
        cls.listener.expect_alive()

    @classmethod
    def tearDownClass(cls):
        cls.listener.socket.close()
        cls.running.__exit__(None, None, None)

    def answers(self, parts):
        """Returns all bytes that the server sends to a client that sends `parts` and then ends its side."""
        received = []
        # From another address each time, because an address with many wrong credentials must wait.
        type(self).address += 1
        source = str(ipaddress.ip_address("127.1.0.0") + self.address)
        with Peer(self.port, source=source) as peer:
            try:
                for part in parts:
                    peer.send(part)
                peer.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has closed already, which the replies must explain
            try:
                while True:
                    received.append(peer.receive())
            except EOFError:
                return received

    def check(self, stream, fractions=()):
        parts = pieces(stream, fractions)
        expected, broadcasts = answers_to(stream)
        received = self.answers(parts)
        for (code, payload), (_, expected_payload) in zip(received, expected):
            if code == AUTH_REPLY and expected_payload is None:
                self.assertRegex(payload, SESSION_ID)
        heard = [self.listener.receive() for _ in broadcasts]
        self.listener.expect_alive()
        shown = []
        for code, payload in received:
            if code == ERROR:
                self.assertIsInstance(decode("Error", payload)["code"], str, "an ERROR without a name")
                payload = payload[0]
            shown.append((code, None if code == AUTH_REPLY and payload != b"\0" else payload))
        self.assertEqual(shown, expected)
        self.assertEqual(heard, broadcasts)
        figures["streams sent to the server"] += 1
        figures["replies that were as predicted"] += len(expected)
        figures["broadcasts that were as predicted"] += len(broadcasts)
        for code, payload in expected:
            if code == ERROR:
                figures[f"of the replies ERROR {payload:02X}"] += 1

    def holds_for(self, streams):
        @tried(examples)
        @hypothesis.given(strategies.lists(streams, min_size=1, max_size=8).map(b"".join), cuts)
        def holds(stream, fractions):
            self.check(stream, fractions)

        holds()

    def test_vectors_are_answered_as_predicted(self):
        for vector in vectors()["vectors"]:
            self.check(bytes.fromhex(vector["frame"]))

    def test_every_bit_of_every_vector_matters(self):
        for vector in vectors()["vectors"]:
            data = bytes.fromhex(vector["frame"])
            for bit in range(8 * len(data)):
                mutated = bytearray(data)
                mutated[bit // 8] ^= 1 << bit % 8
                stream = bytes(mutated) + ping(bit)
                with self.subTest(stream.hex()):
                    self.check(stream)

    def test_any_messages(self):
        self.holds_for(right_frames)

    def test_frames_of_any_type_with_any_payload(self):
        self.holds_for(strategies.one_of(odd_frames, right_frames))

    def test_wrong_checksums(self):
        self.holds_for(strategies.one_of(wrong_checksums, floods, right_frames))

    def test_mutated_frames(self):
        self.holds_for(strategies.one_of(mutated_frames(), mutated_frames(), right_frames))

    def test_any_bytes(self):
        self.holds_for(strategies.binary(max_size=200))


def tearDownModule():
    for name, count in sorted(figures.items()):
        print(f"{name:48}{count:>10,}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    TOOL = str(pathlib.Path(sys.argv.pop(2)).resolve())
    is_random = "--examples" in sys.argv
    examples = EXAMPLES
    if is_random:
        place = sys.argv.index("--examples")
        examples = int(sys.argv[place + 1])
        del sys.argv[place : place + 2]
    figures = collections.Counter()
    with tempfile.TemporaryDirectory() as home:
        # hypothesis stores its database there, instead of in the current folder.
        hypothesis.configuration.set_hypothesis_home_dir(home)
        command.main(__doc__)
