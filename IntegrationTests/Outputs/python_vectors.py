"""Holds generated Python packages against the test vectors of their specs.

    python3 IntegrationTests/Outputs/python_vectors.py FOLDER [NAME …]

FOLDER has the packages, and NAME.json with the vectors of the package NAME; without NAME, all are checked. The script needs
Python 3.9 and no other packages. It prints a line for each failure, and ends with status 1 if there is one.
"""

import enum
import importlib
import ipaddress
import json
import math
import pathlib
import random
import re
import struct
import sys
import traceback

MUTANTS = 15  # of each vector
NOISE = 60  # streams of random bytes for each package
SPLITS = 64  # the longest frame that is cut at every place

# The reasons that vectors give, and what the codec of the package calls them.
REASONS = [
    (r"it ends within `(.+)`", "truncated"),
    (r"its `(.+)` is not UTF-8", "invalidUTF8"),
    (r"its `(.+)` is neither 0 nor 1", "invalidBoolean"),
    (r"its `(.+)` has a number without a name", "invalidCase"),
    (r"its `(.+)` has a length that does not fit the layout", "invalidLength"),
    (r"its `(.+)` is out of its bounds", "outOfBounds"),
    (r"its `(.+)` is a number in more bytes than it needs", "notShortest"),
    (r"its `(.+)` is not text in its encoding", "invalidText"),
    (r"its `(.+)` nests more than \d+ types", "tooDeep"),
    (r"its `(.+)` differs from its `equals`", "unexpectedValue"),
]


def key(name):
    """Returns `name` without what Python's form of names changes."""
    return name.replace("_", "").lower()


def attributes(value):
    """Returns the attributes of a message, a struct, a case or a header by their keys."""
    return {key(name): getattr(value, name) for name in dir(value) if not name.startswith("_")}


def differences(expected, value, where):
    """Yields how `value` differs from the value that a vector states as JSON."""
    if expected is None or value is None:
        if expected is not value:
            yield f"{where} is {value!r}, not {expected!r}"
    elif isinstance(value, enum.Flag):
        names = {key(member.name) for member in type(value) if member.value and member.value & value.value}
        is_same = names == {key(name) for name in expected} if isinstance(expected, list) else int(value) == int(expected)
        if not is_same:
            yield f"{where} is {value!r}, not {expected!r}"
    elif isinstance(value, enum.Enum):
        is_name = isinstance(expected, str) and not re.fullmatch(r"-?\d+", expected)
        if key(value.name) != key(expected) if is_name else int(value) != int(expected):
            yield f"{where} is {value!r}, not {expected!r}"
    elif isinstance(expected, dict):
        yield from record_differences(expected, value, where)
    elif isinstance(value, list):
        if len(value) != len(expected):
            yield f"{where} has {len(value)} elements, not {len(expected)}"
        for index, (one, other) in enumerate(zip(expected, value)):
            yield from differences(one, other, f"{where}[{index}]")
    elif not is_same_scalar(expected, value):
        yield f"{where} is {value!r}, not {expected!r}"


def record_differences(expected, value, where, is_case=False):
    found = attributes(value)
    names = {key(base.__name__) for base in type(value).__mro__}
    if len(expected) == 1 and not is_case:
        (case, fields), = expected.items()
        bases = [name for name in names if key(type(value).__name__) == name + key(case)]
        if bases and isinstance(fields, dict):
            yield from record_differences(fields, value, f"{where}.{case}", is_case=True)
            return
    for name, content in expected.items():
        if key(name) not in found:
            yield f"{where} has no {name}"
        else:
            yield from differences(content, found[key(name)], f"{where}.{name}")


def is_same_scalar(expected, value):
    if isinstance(value, bool):
        return value is expected
    if isinstance(value, int):
        return value == int(expected)
    if isinstance(value, float):
        number = float(expected)
        if math.isnan(number):
            return math.isnan(value)
        is_single = abs(number) < 3.5e38 or math.isinf(number)
        return value == number or is_single and struct.pack("f", number) == struct.pack("f", value)
    if isinstance(value, bytes):
        return value.hex() == expected
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return value == ipaddress.ip_address(expected)
    return str(value) == expected


class Package:
    """A generated package with its vectors."""

    def __init__(self, folder, name):
        self.module = importlib.import_module(name)
        self.vectors = json.loads((folder / f"{name}.json").read_text())
        self.random = random.Random(name)
        self.failures = []
        self.checked = 0

    def kinds(self):
        """Returns the classes of the messages by the names in the spec."""
        classes = (getattr(self.module, name) for name in self.module.__all__)
        return {c._kind.name: c for c in classes if isinstance(c, type) and hasattr(c, "_kind")}

    def decoder(self, kind, correlation=None):
        """Returns a decoder that expects a frame of the form of `kind`."""
        decoder = self.module.Decoder(kind._kind.senders[0])
        decoder.form = kind._kind.form
        if decoder.form.is_of_replies:
            decoder.expected.add(kind, correlation)
        return decoder

    def check(self):
        kinds = self.kinds()
        for index, vector in enumerate(self.vectors["vectors"]):
            self.guard(f"vector {index}", self.check_vector, vector, kinds[vector["message"]])
        for index, malformed in enumerate(self.vectors["malformed"]):
            self.guard(f"malformed {index}", self.check_malformed, malformed, kinds[malformed["message"]])
        for kind in kinds.values():
            self.guard(f"noise for {kind.__name__}", self.check_noise, kind)

    def guard(self, what, check, *arguments):
        """Runs a check; any other exception than the codec's own is a failure, too."""
        self.checked += 1
        try:
            check(*arguments)
        except Exception as error:  # noqa: BLE001
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.failures.append(f"{what}: {type(error).__name__}: {error} ({place.filename}:{place.lineno})")

    def check_vector(self, vector, kind):
        data = bytes.fromhex(vector["frame"])
        correlation = self.correlation(vector, kind)
        frame = self.only_frame(kind, [data], correlation)
        assert type(frame.message) is kind, f"{type(frame.message).__name__} instead of {kind.__name__}"
        for difference in record_differences(vector["fields"], frame.message, kind.__name__):
            raise AssertionError(difference)
        for name, value in vector.get("header", {}).items():
            found = attributes(frame.header) if frame.header is not None else {}
            known = found[key(name)] if key(name) in found else frame.correlation
            is_own = key(name) in found or name == self.correlation_name(kind)
            value = self.without_derived_bits(kind, name, value, known)
            for difference in differences(value, known, f"header.{name}") if is_own else ():
                raise AssertionError(difference)
        sender = kind._kind.senders[0]
        again = frame.message.encode(frame.header, frame.correlation, sender)
        assert again == data, f"encodes to {again.hex()} instead of {data.hex()}"
        payload = frame.message.encode_payload(frame.header)
        assert payload.hex() == vector["payload"], f"payload {payload.hex()} instead of {vector['payload']}"
        self.check_splits(kind, data, frame, correlation)
        self.check_mutants(kind, data, bytes.fromhex(vector["payload"]), frame, correlation)

    def without_derived_bits(self, kind, name, value, known):
        """Returns flags of a header without the bits that say only whether other fields are there."""
        bits = next((field.bits for field in kind._kind.form.header.fields if field.name == name), ())
        derived = {key(type(known)(1 << bit).name) for bit, _ in bits}
        return [bit for bit in value if key(bit) not in derived] if derived and isinstance(value, list) else value

    def correlation_name(self, kind):
        roles = ((field.name, type(field.role).__name__) for field in kind._kind.form.header.fields)
        return next((name for name, role in roles if role == "Correlation"), None)

    def correlation(self, vector, kind):
        value = vector.get("header", {}).get(self.correlation_name(kind))
        if value is None or not isinstance(value, str):
            return value
        return int(value) if self.protocol().correlation_is_number else bytes.fromhex(value)

    def protocol(self):
        return importlib.import_module(self.module.__name__ + "._layouts").PROTOCOL

    def only_frame(self, kind, pieces, correlation):
        decoder = self.decoder(kind, correlation)
        frames = [frame for piece in pieces for frame in decoder.feed(piece)]
        assert len(frames) == 1, f"{len(frames)} frames"
        return frames[0]

    def check_splits(self, kind, data, frame, correlation):
        places = range(len(data)) if len(data) <= SPLITS else sorted(self.random.sample(range(len(data)), 8))
        streams = [[data[:place], data[place:]] for place in places]
        if len(data) <= 4 * SPLITS:
            streams.append([data[index : index + 1] for index in range(len(data))])
        for pieces in streams:
            again = self.only_frame(kind, pieces, correlation)
            assert repr(again) == repr(frame), f"cut at {len(pieces[0])}: {again}"

    def check_mutants(self, kind, data, payload, frame, correlation):
        """Changed bytes are a message or an error of the codec; what decodes encodes to bytes that decode to the same."""
        for _ in range(MUTANTS):
            self.drain(self.decoder(kind, correlation), self.mutated(data))
            try:
                message = kind.decode_payload(self.mutated(payload), frame.header)
            except self.module.DecodeError:
                continue
            try:
                again = message.encode_payload(frame.header)
            except self.module.EncodeError as error:
                # The header of the frame can contradict the changed fields.
                assert kind._kind.layout.header or "too" in error.problem, f"{message} cannot be encoded: {error}"
                continue
            if not kind._kind.layout.header:
                assert repr(kind.decode_payload(again, frame.header)) == repr(message), f"{again.hex()} of {message}"

    def mutated(self, data):
        data = bytearray(data)
        for _ in range(self.random.randint(1, 3)):
            place = self.random.randrange(len(data) + 1)
            action = self.random.randrange(4)
            if action == 0 and place < len(data):
                data[place] = self.random.randrange(256)
            elif action == 1 and place < len(data):
                data[place] ^= 1 << self.random.randrange(8)
            elif action == 2:
                del data[place : place + self.random.randint(1, 4)]
            else:
                data[place:place] = bytes(self.random.choices(range(256), k=self.random.randint(1, 4)))
        return bytes(data)

    def drain(self, decoder, data):
        """Feeds `data`, and goes on after errors that are not fatal; returns the messages."""
        frames = []
        piece = data
        while True:
            try:
                frames += decoder.feed(piece)
                return frames
            except self.module.DecodeError as error:
                piece = b""
                if error.is_fatal:
                    return frames

    def check_noise(self, kind):
        for _ in range(NOISE // 10):
            data = bytes(self.random.choices(range(256), k=self.random.randrange(80)))
            self.drain(self.decoder(kind), data)
            try:
                kind.decode_payload(data)
            except self.module.DecodeError:
                pass

    def check_malformed(self, malformed, kind):
        if "payload" not in malformed:
            frames = self.drain(self.decoder(kind, self.correlation(malformed, kind)), bytes.fromhex(malformed["frame"]))
            assert not any(type(frame.message) is kind for frame in frames), f"{malformed['frame']} is {frames}"
            return
        try:
            message = kind.decode_payload(bytes.fromhex(malformed["payload"]))
        except self.module.DecodeError as error:
            for pattern, problem in REASONS:
                found = re.fullmatch(pattern, malformed["reason"])
                if found:
                    expected = (problem, found[1])
                    assert (error.problem, error.field) == expected, f"{error}, not {expected}"
        else:
            raise AssertionError(f"{malformed['payload']} is {message}")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(folder))
    names = sys.argv[2:] or sorted(path.stem for path in folder.glob("*.json"))
    failed = checked = 0
    for name in names:
        try:
            package = Package(folder, name)
            package.check()
        except Exception as error:  # noqa: BLE001
            print(f"{name}: {type(error).__name__}: {error}")
            traceback.print_exc()
            failed += 1
            continue
        for failure in package.failures:
            print(f"{name}: {failure[:600]}")
        failed += len(package.failures)
        checked += package.checked
    print(f"{len(names)} packages, {checked} checks, {failed} failures")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
