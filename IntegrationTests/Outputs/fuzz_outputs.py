"""Holds the generated C and Python against the interpreter of specs, on random frames: all three must agree.

    python3 IntegrationTests/Outputs/fuzz_outputs.py PATH-OF-SWITCHBOARD [--minutes N] [--seed N] [--spec NAME …]

The short form, which CI runs, has two rounds with the specs of SHORT. With `--minutes`, all specs of the repository get rounds until
the time is over; the seed is printed, and makes the same frames again. The examples of a spec are the first frames. A round makes
frames with other values (`switchboard encode --lines`), frames whose payload has other bytes and correct checksums, and frames with other
bytes anywhere. Each is decoded by `switchboard decode --lines`, by a C program with sanitizers, and by the Python package. They must
agree whether it is a frame, an incomplete frame or none, on its size and its values, and on the bytes that encoding the values makes.
"""

import argparse
import collections
import concurrent.futures
import importlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import c_harness  # noqa: E402
import python_vectors  # noqa: E402

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BASE = REPOSITORY / "protocol.yaml"
SPECS = [
    BASE,
    *sorted((REPOSITORY / "Protocols").glob("*.yaml")),
    *sorted((REPOSITORY / "Tests/SwitchboardGeneratorTests/Golden").glob("*.yaml")),
    *sorted((REPOSITORY / "Examples").glob("*/Sources/*/protocol.yaml")),
]
# Specs that have together what the language has.
SHORT = ["Ends", "HexLines", "Cobs", "Stages", "Tags"]
SHORT_ROUNDS = 1  # after the one with the examples
SHORT_SEED = 7
CASES = 80  # of each kind in a round, for each form of frames and each end
CORPUS = 400  # frames that later rounds change, for each form of frames and each end
LARGEST = 4096  # bytes of a frame that later rounds change
SHOWN = 20  # findings of a spec
TIMEOUT_SECONDS = 300

EDGES = [0, 1, 2, 3, 7, 8, 15, 16, 127, 128, 254, 255, 256, 32767, 32768, 65535, 65536, 2**24 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53]
TEXTS = ["", "a", "é", "Zz", "\0", "€uro", "\U0001f600", "-", "x" * 20, "0", "\r\n"]


class Finding(Exception):
    """How the implementations disagree on a frame."""


def switchboard(*arguments, text=None):
    result = subprocess.run(
        [SWITCHBOARD, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
    )
    # 1 is the status of frames that are malformed.
    assert result.returncode in (0, 1), result.stderr
    return result.stdout


class Subject:
    """A spec with its three implementations."""

    def __init__(self, spec, folder):
        self.spec = spec
        self.name = spec.stem if spec.stem != "protocol" else spec.parent.name
        self.options = ["--import", f"NET001={BASE}"] if spec != BASE else []
        self.package = f"fuzzed_{self.name.lower()}"
        switchboard("python", spec, *self.options, "--name", self.package, "-o", folder)
        self.module = importlib.import_module(self.package)
        vectors = json.loads(switchboard("vectors", spec, *self.options, "-o", "-"))
        self.examples = [bytes.fromhex(vector["frame"]) for vector in vectors["vectors"] + vectors["malformed"] if "frame" in vector]
        frames = re.search(r"^frames:\n((?:[ #].*\n|\n)*)", spec.read_text(), re.MULTILINE)
        self.forms = ["main", *(re.findall(r"^  (\w+):", frames[1], re.MULTILINE) if frames else [])]
        self.kinds = {
            value._kind.name: value
            for value in (getattr(self.module, name) for name in self.module.__all__)
            if isinstance(value, type) and hasattr(value, "_kind")
        }
        self.corpus = {(form, end): [] for form in self.forms for end in ("client", "server")}
        self.harness = self.build(folder)
        # The beginnings of frames, of which no decoder may say that they are malformed.
        self.cuts = set()
        self.counts = collections.Counter()
        self.findings = {}

    def build(self, folder):
        result = subprocess.run(
            [SWITCHBOARD, "c", self.spec, *self.options, "-o", folder / self.package / "c"], capture_output=True, text=True
        )
        return c_harness.Harness(folder / self.package / "c") if result.returncode == 0 else None

    def inputs(self, form, end, chance):
        """Returns frames to decode: those of the corpus, and others that are like them."""
        known = self.corpus[form, end]
        found = list(self.examples) if not known else []
        if known:
            found += self.with_other_values([chance.choice(known) for _ in range(CASES)], chance)
            found += [sealed for sealed in (self.sealed(chance.choice(known), chance) for _ in range(CASES)) if sealed]
            found += [changed(chance.choice(known)["frame"], chance) for _ in range(CASES)]
            cuts = [one[: chance.randrange(len(one))] for one in (chance.choice(known)["frame"] for _ in range(CASES // 4)) if one]
            self.cuts.update(cuts)
            found += cuts
        return found

    def with_other_values(self, known, chance):
        lines = []
        for one in known:
            object = {"message": one["message"], "fields": one["fields"]}
            if "header" in one:
                object["header"] = one["header"]
            object = json.loads(json.dumps(object))
            for _ in range(chance.randint(1, 3)):
                change_value(object, chance)
            lines.append(json.dumps(object))
        output = switchboard("encode", self.spec, *self.options, "--messages", "-", "--lines", text="\n".join(lines) + "\n")
        return [bytes.fromhex(line) for line in output.splitlines() if not line.startswith("error: ")]

    def sealed(self, one, chance):
        """Returns a frame with other bytes in its payload, and the length and checksums of these; `None` if there is none."""
        frame, kind = one.get("python"), self.kinds.get(one["message"])
        if frame is None or kind is None:
            return None
        try:
            payload, values = kind._kind.encode_payload(frame.message, frame.header)
        except self.module.EncodeError:
            return None
        payload = changed(payload, chance)
        kind._kind.encode_payload = lambda message, header: (payload, values)
        try:
            return kind._kind.form.encode(frame.message, frame.header, frame.correlation, self.sender(one["end"]))
        except self.module.EncodeError:
            return None
        finally:
            del kind._kind.encode_payload

    def sender(self, end):
        return self.module.Sender.CLIENT if end == "client" else self.module.Sender.SERVER

    def python_form(self, name):
        layouts = importlib.import_module(self.package + "._layouts")
        return getattr(layouts, f"{c_harness.snake(name).upper()}_FORM")

    def interpreted(self, form, end, frames):
        """Returns the object of the interpreter for each frame, with the bytes of the frame that its values make."""
        options = ["--lines", "--json", "--show-secrets", "--from", end, "--frame", form]
        text = "".join(frame.hex() + "\n" for frame in frames)
        found = [json.loads(line) for line in switchboard("decode", self.spec, *self.options, "-", *options, text=text).splitlines()]
        whole = [one for one in found if "problem" not in one]
        lines = "".join(json.dumps({key: one[key] for key in ("message", "header", "fields") if key in one}) + "\n" for one in whole)
        if whole:
            output = switchboard("encode", self.spec, *self.options, "--messages", "-", "--lines", text=lines)
            for one, again in zip(whole, output.splitlines()):
                one["again"] = again
        return found

    def in_python(self, form, end, data, message):
        """Returns the frame, its size and its bytes when it is encoded again, or `incomplete` or `refused`."""
        decoder = self.module.Decoder(self.sender(end))
        decoder.form = form
        if form.is_of_replies:
            decoder.expected = AnyReply(self.kinds[message]._kind if message else None)
        try:
            frames = decoder.feed(data)
            frame = next(frames, None)
            frames.close()
        except self.module.DecodeError as error:
            return f"refused: {error}"
        if frame is None:
            return "incomplete"
        size = len(data) - len(decoder._data)
        try:
            again = frame.message.encode(frame.header, frame.correlation, self.sender(end)).hex()
        except self.module.EncodeError as error:
            again = f"error: {error}"
        return frame, size, again

    def round(self, chance):
        for form, end in self.corpus:
            frames = self.inputs(form, end, chance)
            if not frames:
                continue
            found = self.interpreted(form, end, frames)
            compiled = self.harness.run(form, end, frames) if self.harness else [None] * len(frames)
            assert len(found) == len(compiled) == len(frames), f"{self.name}: {len(frames)} frames, {len(found)}, {len(compiled)}"
            self.cuts.intersection_update(frames)
            for frame, one, c in zip(frames, found, compiled):
                self.counts["frames"] += 1
                self.compare(form, end, frame, one, c)
                self.keep(form, end, frame, one, chance)

    def keep(self, form, end, frame, one, chance):
        if "problem" in one or len(frame) > LARGEST:
            return
        self.counts["accepted"] += 1
        one.update(frame=frame[: one["size"]], end=end)
        corpus = self.corpus[form, end]
        if len(corpus) < CORPUS:
            corpus.append(one)
        else:
            corpus[chance.randrange(CORPUS)] = one

    def compare(self, form, end, frame, one, c):
        where = f"{form} frame from the {end} {frame.hex()}"
        self.check("Python", where, lambda: self.compare_python(self.python_form(form), end, frame, one))
        if c is not None:
            self.check("C", where, lambda: self.compare_c(frame, one, c))

    def check(self, language, where, compare):
        try:
            compare()
        except Finding as finding:
            self.counts["findings"] += 1
            # One frame of each kind of finding, the shortest.
            key = f"{language}: {re.sub('[0-9a-f]{4,}|[0-9]+', '#', str(finding))[:80]}"
            text = f"{self.name}, {language}: {finding}\n    {where}"
            if len(self.findings.get(key, text)) >= len(text):
                self.findings[key] = text

    def compare_python(self, form, end, frame, one):
        found = self.in_python(form, end, frame, one.get("message"))
        state = found if isinstance(found, str) else "accepted"
        self.compare_states(frame, one, state)
        if isinstance(found, str):
            return
        message, size, again = found
        one["python"] = message
        if size != one["size"]:
            raise Finding(f"has {size} bytes, not {one['size']}")
        if type(message.message)._kind.name != one["message"]:
            raise Finding(f"is {type(message.message).__name__}, not {one['message']}")
        for difference in python_vectors.record_differences(one["fields"], message.message, one["message"]):
            raise Finding(difference)
        self.compare_again(one, again)

    def compare_c(self, frame, one, c):
        state, *rest = c.split(" ", 4)
        self.compare_states(frame, one, "accepted" if state == "ok" else c)
        if state != "ok":
            return
        size, again, values = int(rest[0]), rest[1], json.loads(" ".join(rest[2:]))
        if size != one["size"]:
            raise Finding(f"has {size} bytes, not {one['size']}")
        self.compare_again(one, again)
        for difference in self.harness.differences(one, values):
            raise Finding(difference)

    def compare_states(self, frame, one, state):
        expected = (
            "accepted" if "problem" not in one else "incomplete" if one["problem"] == "the input ends within the frame" else "refused"
        )
        state_name = state.split(":")[0].split(" ")[0]
        if state_name == expected or (state_name == "error" and expected == "refused"):
            return
        # A decoder may notice a mistake before the frame is complete, and the other way round.
        if expected != "accepted" and state_name != "accepted" and frame not in self.cuts:
            self.counts["noticed earlier or later"] += 1
            return
        raise Finding(f"is {state}, and the interpreter says {expected}: {one.get('problem', one.get('message'))}")

    def compare_again(self, one, again):
        expected = one["again"]
        if expected == again or "NaN" in json.dumps(one["fields"]):
            return
        if expected.startswith("error:") and again.startswith("error:"):
            return
        if "32 levels" in expected:
            return
        raise Finding(f"encodes to {again}, not to {expected}")


class AnyReply:
    """Requests of which each is answered by the same kind of reply."""

    def __init__(self, kind):
        self.kind = kind

    def take(self, correlation):
        return self.kind

    def done(self, correlation):
        pass


def changed(data, chance):
    """Returns `data` with some other, more or fewer bytes."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        place = chance.randrange(len(data) + 1)
        action = chance.randrange(8)
        if action == 0 and place < len(data):
            data[place] = chance.randrange(256)
        elif action == 1 and place < len(data):
            data[place] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, data[place] + 1 & 0xFF, data[place] - 1 & 0xFF])
        elif action <= 3 and place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        elif action == 4:
            del data[place : place + chance.randint(1, 4)]
        elif action == 5:
            data[place:place] = bytes(chance.choices(range(256), k=chance.randint(1, 4)))
        elif action == 6:
            start = chance.randrange(len(data) + 1)
            data[place:place] = data[start : start + chance.randint(1, 12)]
        else:
            del data[place:]
    return bytes(data)


def change_value(object, chance):
    """Changes a value somewhere in `object`, a message as JSON."""
    places = []

    def visit(owner):
        items = owner.items() if isinstance(owner, dict) else enumerate(owner)
        for key, value in items:
            places.append((owner, key))
            if isinstance(value, (dict, list)):
                visit(value)

    for part in ("header", "fields"):
        visit(object.get(part, {}))
    if not places:
        return
    owner, key = chance.choice(places)
    owner[key] = other_value(owner[key], chance)


def other_value(value, chance):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        number = chance.choice([chance.choice(EDGES), -chance.choice(EDGES), value + 1, value - 1, chance.randrange(256)])
        return number if isinstance(value, int) or chance.random() < 0.5 else number / 3
    if isinstance(value, list):
        value = list(value)
        if value and chance.random() < 0.4:
            del value[chance.randrange(len(value))]
        elif value and chance.random() < 0.9:
            value.insert(chance.randrange(len(value) + 1), json.loads(json.dumps(chance.choice(value))))
        return value
    if isinstance(value, str):
        if re.fullmatch(r"(?:[0-9a-f]{2})*", value) and chance.random() < 0.8:
            return changed(bytes.fromhex(value), chance).hex()
        return chance.choice([*TEXTS, value + chance.choice(TEXTS), value[:-1]])
    # A value that is missing can be of any type.
    return chance.choice([None, 0, 1, 65536, "a", "00", True, [], {}]) if value is None else value


def main():
    global SWITCHBOARD
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("switchboard", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, help="all specs, until the time is over")
    parser.add_argument("--seed", type=int, help="the seed of the random numbers")
    parser.add_argument("--spec", action="append", help="the name of a spec: Layouts")
    options = parser.parse_args()
    SWITCHBOARD = options.switchboard.resolve()
    seed = options.seed if options.seed is not None else time.time_ns() % 2**32 if options.minutes else SHORT_SEED
    names = options.spec or (SHORT if options.minutes is None else None)
    chosen = [spec for spec in SPECS if names is None or spec.stem in names or spec.parent.name in names]
    assert chosen, "no spec has such a name"
    print(f"seed {seed}, {len(chosen)} specs", flush=True)
    failed = frames = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sys.path.insert(0, str(folder))
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
            # The first specs get their rounds while others are compiled.
            waiting = [executor.submit(Subject, spec, folder) for spec in chosen]
            subjects, chances = [], {}
            deadline = time.monotonic() + (options.minutes or 60) * 60
            number = 0
            while time.monotonic() < deadline and (options.minutes is not None or number < SHORT_ROUNDS):
                number += 1
                for future in list(waiting):
                    try:
                        subject = future.result()
                    except AssertionError as error:
                        print(f"an output cannot be built: {error}", flush=True)
                        failed += 1
                        waiting.remove(future)
                        continue
                    if subject not in subjects:
                        subjects.append(subject)
                        chances[subject.name] = random.Random(f"{seed} {subject.name}")
                        subject.round(chances[subject.name])
                    if time.monotonic() < deadline:
                        subject.round(chances[subject.name])
                if options.minutes is not None:
                    total = sum((subject.counts for subject in subjects), collections.Counter())
                    print(f"round {number}: {dict(total)}", flush=True)
        for subject in subjects:
            frames += subject.counts["frames"]
            failed += len(subject.findings)
            for text in list(subject.findings.values())[:SHOWN]:
                print(text[:2000])
            # A fuzzer whose frames are all refused proves nothing.
            if subject.counts["accepted"] == 0 and subject.examples:
                print(f"{subject.name}: no frame was accepted")
                failed += 1
    print(f"{len(subjects)} specs, {frames} frames, {failed} findings")
    sys.exit(1 if failed else 0)


SWITCHBOARD = pathlib.Path()

if __name__ == "__main__":
    main()
