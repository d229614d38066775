"""Checks `switchboard decode` and `switchboard encode` on the examples of all specs, and with wrong input.

    python3 IntegrationTests/Outputs/test_decode.py PATH-OF-SWITCHBOARD [unittest options]
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROTOCOLS = REPOSITORY / "Protocols"
BUNDLED = REPOSITORY / "protocol.yaml"
PATH = None
TIMEOUT_SECONDS = 60
JOBS = 4
# Examples of these specs state bits of the header that follow from other items, and that decoding leaves out.
STATED_BITS = {"Wide.yaml"}
ALONE = 4  # examples of each end of a spec with `frames`

AUTH = "deadbeef 01 06 000c 05 616c696365 736573616d65 4a4466fc"


def specs():
    """Returns the specs without imports: each can be read alone."""
    folders = [PROTOCOLS, REPOSITORY / "Examples", REPOSITORY / "Tests/SwitchboardGeneratorTests/Golden"]
    files = [path for folder in folders for path in sorted(folder.rglob("*.yaml")) if ".build" not in path.parts]
    return [path for path in [*files, BUNDLED] if "\nimports:" not in path.read_text()]


def run(*arguments, stdin=b"", environment=None):
    """Returns the exit status, and what the command printed."""
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | (environment or {})
    result = subprocess.run([PATH, *(word if isinstance(word, bytes) else str(word) for word in arguments)], input=stdin, capture_output=True, timeout=TIMEOUT_SECONDS, env=variables)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


@contextlib.contextmanager
def spec_file(text):
    """Returns the path of a file with a spec, for a with statement."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        yield file.name


def vectors(spec, folder):
    path = pathlib.Path(folder) / f"{'-'.join(spec.parts[-3:])}.json"
    status, _, errors = run("vectors", spec, "-o", path)
    assert status == 0, errors
    return json.loads(path.read_text())


def decoded(*arguments, stdin=b""):
    """Returns the exit status, and the objects that `decode --json` printed."""
    status, output, _ = run("decode", *arguments, "--json", "--show-secrets", stdin=stdin)
    return status, [json.loads(line) for line in output.splitlines()]


class EverySpec(unittest.TestCase):
    def test_examples_are_decoded_and_encoded_again(self):
        """`decode --json` says of each example what `vectors` says, and `encode --messages` makes the same bytes of it."""
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            counts = list(pool.map(lambda spec: self.check(spec, folder), specs()))
        self.assertGreater(len(counts), 85)
        self.assertGreater(sum(counts), 1500)

    def check(self, spec, folder):
        content = vectors(spec, folder)
        senders = {message["name"]: message["from"] for message in content["messages"]}
        for end in ("client", "server"):
            # Forms of frames depend on what was sent before: decode each example of such a spec alone.
            # The frames of examples of messages that both ends send have the magic of clients.
            ends = (end, "both") if end == "client" else (end,)
            examples = [vector for vector in content["vectors"] if senders[vector["message"]] in ends]
            alone = "\nframes:" in spec.read_text()
            for group in [[example] for example in examples[:ALONE]] if alone else [examples]:
                if group:
                    self.compare(spec, end, group)
        return len(content["vectors"])

    def compare(self, spec, end, group):
        stream = "".join(vector["frame"] for vector in group)
        status, found = decoded(spec, "--from", end, stdin=stream.encode())
        shown = f"{spec.name} {end} {stream[:200]}"
        if len(group) == 1 and (not found or found[0]["message"] != group[0]["message"]):
            # Only what was sent before tells such a frame from one of another form.
            self.assertIn("\nframes:", spec.read_text(), shown)
            return
        self.assertEqual(status, 0, shown)
        self.assertEqual([item["message"] for item in found], [vector["message"] for vector in group], shown)
        offset = 0
        for item, vector in zip(found, group):
            self.assertEqual(item["frame"], vector["frame"], shown)
            self.assertEqual((item["offset"], item["size"]), (offset, len(vector["frame"]) // 2), shown)
            self.assertEqual(item["fields"], vector["fields"], shown)
            if spec.name not in STATED_BITS:
                self.assertEqual(item.get("header", {}), vector.get("header", {}), shown)
            offset += item["size"]
        lines = "\n".join(map(json.dumps, found)).encode()
        status, output, errors = run("encode", spec, "--messages", "-", stdin=lines)
        self.assertEqual((status, errors), (0, ""), shown)
        self.assertEqual(output.split(), [vector["frame"] for vector in group], shown)

    def test_malformed_frames_fail(self):
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            counts = list(pool.map(lambda spec: self.check_malformed(spec, folder), sorted(PROTOCOLS.glob("*.yaml"))[:16]))
        self.assertGreater(sum(counts), 20)

    def check_malformed(self, spec, folder):
        content = vectors(spec, folder)
        senders = {message["name"]: message["from"] for message in content["messages"]}
        malformed = [item for item in content["malformed"] if "frame" in item][:4]
        for item in malformed:
            end = senders[item["message"]]
            status, output, errors = run("decode", spec, "--from", end, item["frame"])
            shown = f"{spec.name} {item}\n{output}{errors}"
            # Bytes that are no frame of one message may be one of another.
            if status == 0:
                self.assertNotIn(f": {item['message']}", output.splitlines()[0], shown)
                continue
            self.assertEqual(status, 1, shown)
            self.assertRegex(output, r"(?m)^  [0-9a-f]{4,}  (malformed|incomplete): ", shown)
            self.assertEqual(len(errors.splitlines()), 1, shown)
        return len(malformed)


class Text(unittest.TestCase):
    def test_each_part_has_its_place_its_type_and_its_value(self):
        status, output, errors = run("decode", PROTOCOLS / "MQTT311.yaml", "--from", "client", "32 07 0001 2f 0007 6869")
        self.assertEqual((status, errors), (0, ""))
        lines = [line.split() for line in output.splitlines()]
        self.assertEqual(output.splitlines()[0], "frame 1: Publish from the client, 9 bytes at offset 0")
        self.assertIn(["0000", ".....01.", "qos", "uint2", "1"], lines)
        self.assertIn(["0004", "2f", "topic", "string", '"/"'], lines)
        self.assertIn(["0007", "68", "69", "message", "bytes", "6869"], lines)

    def test_a_wrong_checksum_is_shown_with_the_right_one(self):
        status, output, _ = run("decode", BUNDLED, AUTH.replace("4a44", "4a45"))
        self.assertEqual(status, 1)
        self.assertIn("4a4566fc, must be 4a4466fc", output)
        self.assertIn("0014  malformed: its checksum does not match", output)

    def test_frames_after_a_malformed_one_are_decoded(self):
        wrong = AUTH.replace("4a44", "4a45")
        status, found = decoded(BUNDLED, wrong, AUTH)
        self.assertEqual(status, 1)
        self.assertEqual([item.get("problem") is None for item in found], [False, True])
        self.assertEqual(found[1]["fields"], {"username": "alice", "token": "sesame"})

    def test_secrets_are_not_shown_unless_asked_for(self):
        for options in ([], ["--json"]):
            for frame in (AUTH, bytes.fromhex(AUTH)[:-6].hex(), AUTH.replace("4a44", "4a45"), AUTH.replace("05 616c", "05 ff6c")):
                _, output, errors = run("decode", BUNDLED, *options, frame)
                self.assertNotIn("sesame", output + errors)
                self.assertNotIn("736573", (output + errors).replace(" ", ""))
            _, output, _ = run("decode", BUNDLED, *options, "--show-secrets", AUTH)
            self.assertIn("sesame", output)

    def test_a_masked_secret_is_not_encoded(self):
        _, output, _ = run("decode", BUNDLED, "--json", AUTH)
        status, output, errors = run("encode", BUNDLED, "--messages", "-", stdin=output.encode())
        self.assertEqual((status, output), (1, ""))
        self.assertIn("decode with --show-secrets", errors)

    def test_only_a_terminal_gets_colours(self):
        self.assertNotIn("\x1b", run("decode", BUNDLED, AUTH)[1])
        self.assertIn("\x1b[36m", self.on_terminal({"TERM": "xterm"}))
        self.assertNotIn("\x1b", self.on_terminal({"TERM": "xterm", "NO_COLOR": "1"}))

    def on_terminal(self, variables):
        """Returns what `decode` prints on a terminal."""
        main, terminal = pty.openpty()
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | variables
        with subprocess.Popen([PATH, "decode", BUNDLED, AUTH], stdout=terminal, stdin=subprocess.DEVNULL, env=environment) as process:
            os.close(terminal)
            output = b""
            try:
                while chunk := os.read(main, 4096):
                    output += chunk
            except OSError:
                pass  # Linux reports the end of a terminal as an error.
            process.wait(timeout=TIMEOUT_SECONDS)
        os.close(main)
        return output.decode()


class Input(unittest.TestCase):
    FRAME = bytes.fromhex(AUTH)

    def test_a_file_may_have_bytes_or_digits(self):
        with tempfile.TemporaryDirectory() as folder:
            raw, text = pathlib.Path(folder, "raw"), pathlib.Path(folder, "text")
            raw.write_bytes(self.FRAME * 3)
            text.write_text("0xdeadbeef 01 06 000c\n05 616c696365 736573616d65\n4a4466fc\n")
            self.assertEqual(decoded(BUNDLED, raw)[1][2]["offset"], 48)
            self.assertEqual(len(decoded(BUNDLED, text)[1]), 1)
            self.assertIn("is read as hexadecimal digits", run("decode", BUNDLED, text)[2])
            self.assertEqual(run("decode", BUNDLED, text, "--input-format", "hex")[2], "")
            self.assertEqual(run("decode", BUNDLED, text, "--input-format", "raw")[0], 1)

    def test_frames_may_be_cut_anywhere(self):
        for count in range(1, len(self.FRAME)):
            status, found = decoded(BUNDLED, "--input-format", "raw", "--from", "client", stdin=self.FRAME + self.FRAME[:count])
            self.assertEqual((status, len(found)), (1, 2), count)
            self.assertEqual(found[1]["problem"], "the input ends within the frame", count)

    def test_many_frames_are_decoded(self):
        status, found = decoded(BUNDLED, "--input-format", "raw", stdin=self.FRAME * 5000)
        self.assertEqual((status, len(found)), (0, 5000))

    def test_frames_are_shown_although_the_input_goes_on(self):
        with subprocess.Popen([PATH, "decode", BUNDLED, "--input-format", "raw", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for number in range(3):
                process.stdin.write(self.FRAME)
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["offset"], number * len(self.FRAME))
            process.stdin.close()
            self.assertEqual(process.stdout.read(), b"")
        self.assertEqual(process.returncode, 0)

    def test_bytes_without_a_frame_are_shown_as_one(self):
        """The command reads no more bytes of a frame without an end than a frame may have."""
        for size in (100, 700_000):
            status, found = decoded(BUNDLED, "--input-format", "raw", stdin=self.FRAME + bytes(size))
            self.assertEqual((status, len(found)), (1, 2))
            self.assertEqual((found[1]["at"], len(found[1]["frame"])), (0, 2 * size))

    def test_wrong_input_has_one_clear_line(self):
        cases = [
            (["decode", BUNDLED, "zz"], 64, "zz is neither a file nor hexadecimal"),
            (["decode", BUNDLED, "--input-format", "raw", "/nonexistent"], 2, "cannot read /nonexistent: No such file"),
            (["decode", BUNDLED, "--input-format", "capture", "/nonexistent"], 2, "cannot read /nonexistent: No such file"),
            (["decode", BUNDLED, "--input-format", "raw", "00", "ff"], 64, "only one file can be given"),
            (["decode", BUNDLED, BUNDLED, BUNDLED], 64, f"{BUNDLED} is a file: only one file can be given"),
            (["decode", BUNDLED, "p\nq"], 64, "neither a file nor hexadecimal"),
            (["decode", "a\nb", "00"], 2, "cannot read a\\nb: No such file"),
            (["check", "a\nb"], 2, "cannot read a\\nb: No such file"),
            (["decode", BUNDLED, "abc"], 64, "the last byte has only one digit"),
            (["decode", BUNDLED, "--input-format", "hex"], 1, "the input has no bytes"),
            (["decode", BUNDLED, "--from", "me", "00"], 64, "'client', 'server' or 'both'"),
            (["decode", BUNDLED, "--frame", "man", "00"], 64, "did you mean `main`?"),
            (["decode", "/nonexistent.yaml", "00"], 2, "cannot read /nonexistent.yaml"),
            (["decode", BUNDLED, "/"], 2, "cannot read /"),
            (["decod", BUNDLED, "00"], 64, "unknown verb `decod`; did you mean `decode`?"),
        ]
        for arguments, expected, text in cases:
            status, output, errors = run(*arguments)
            with self.subTest(arguments=arguments):
                self.assertEqual((status, output, len(errors.splitlines())), (expected, "", 1), errors)
                self.assertTrue(errors.startswith("switchboard: error: "), errors)
                self.assertIn(text, errors)


class Lines(unittest.TestCase):
    """`--lines`: each line of the input has a line of output."""

    def test_each_line_is_a_stream_of_its_own(self):
        frame = AUTH.replace(" ", "")
        lines = [frame, frame[:-2], frame + frame, "", frame[:-2] + "00"]
        status, output, errors = run("decode", BUNDLED, "-", "--lines", "--json", stdin="\n".join(lines).encode())
        found = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([one.get("message") for one in found], ["Auth", "Auth", "Auth", None, "Auth"])
        self.assertEqual([one.get("size") for one in found], [24, None, 24, None, 24])
        self.assertEqual(["problem" in one for one in found], [False, True, False, True, True])
        self.assertEqual((status, errors), (1, "switchboard: error: 3 of 5 frames are malformed or incomplete\n"))

    def test_the_frames_of_lines_have_the_numbers_of_the_lines(self):
        status, output, errors = run("decode", BUNDLED, "-", "--lines", stdin=f"{AUTH.replace(' ', '')}\r\n".encode() * 2)
        starts = [line for line in output.splitlines() if line.startswith("frame ")]
        self.assertEqual(starts, [f"frame {number}: Auth from the client, 24 bytes at offset 0" for number in (1, 2)])
        self.assertEqual((status, errors), (0, ""))

    def test_a_message_that_cannot_be_encoded_does_not_end_the_output(self):
        lines = ['{"message": "Echo", "fields": {"data": "6869"}}', '{"message": "None"}', "", '{"message": "Pong", "fields": {"timestamp": 1}}']
        status, output, errors = run("encode", BUNDLED, "--messages", "-", "--lines", stdin="\n".join(lines).encode())
        frames = output.splitlines()
        self.assertEqual(frames[0], "deadbeef010300026869971fe514")
        self.assertEqual(frames[1:3], ["error: no message `None`", "error: the input has no JSON object"])
        self.assertTrue(frames[3].startswith("deadbeef0102"))
        self.assertEqual((status, errors), (1, "switchboard: error: 2 of 4 messages cannot be encoded\n"))

    def test_wrong_lines_have_one_clear_line(self):
        cases = [
            (["decode", BUNDLED, "-", "--lines"], b"00\nx1\n", 2, "switchboard: error: cannot read standard input: line 2 must be "),
            (["decode", BUNDLED, "00ff", "--lines"], b"", 64, "switchboard: error: --lines is for files"),
            (["decode", BUNDLED, "-", "--lines", "--input-format", "raw"], b"", 64, "switchboard: error: --lines is for hexadecimal digits"),
            (["encode", BUNDLED, "Echo", "--lines"], b"", 64, "switchboard: error: --lines needs --messages"),
            (["encode", BUNDLED, "--messages", "-", "--lines", "--raw"], b"", 64, "switchboard: error: --lines prints hexadecimal digits"),
        ]
        for arguments, stdin, expected, message in cases:
            with self.subTest(message):
                status, _, errors = run(*arguments, stdin=stdin)
                self.assertEqual((status, len(errors.splitlines())), (expected, 1), errors)
                self.assertIn(message, errors)


class Encoding(unittest.TestCase):
    SPEC = """
protocol: Drawing
frame:
  header: [ type: uint8, id: { type: uint16, correlate: true }, priority: { type: uint8, default: 3 }, length: uint8 ]
messages:
  Draw:
    code: 0x0A
    from: client
    fields:
      - { name: colour, type: Colour }
      - { name: shapes, type: [Shape], count: uint8 }
      - { name: place, type: Point }
      - { name: access, type: Access }
      - { name: title, type: "string?", length: uint8 }
      - { name: data, type: bytes, length: uint8, default: "" }
enums: { Colour: { type: uint8, closed: true, cases: { red: 1, green: 2 } } }
flags: { Access: { type: uint8, bits: { read: 0, write: 1 } } }
structs: { Point: { fields: [ { name: x, type: int8 }, { name: y, type: int8 } ] } }
unions: { Shape: { tag: uint8, cases: { dot: 0, circle: { tag: 1, fields: [ { name: radius, type: uint8 } ] } } } }
"""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.spec = pathlib.Path(cls.folder.name, "protocol.yaml")
        cls.spec.write_text(cls.SPEC)
        cls.file = pathlib.Path(cls.folder.name, "content")
        cls.file.write_bytes(b"\x01\x02")

    def encoded(self, *words):
        return run("encode", self.spec, "Draw", *words)

    def test_values_are_written_as_in_a_spec(self):
        cases = [
            (["colour=red", "shapes=[dot]", "place.x=1", "place.y=-2", "access=[read]", "title=null"], "01 01 00 01fe 01 00 00"),
            (["colour=green", "shapes=[]", "place={x: 1, y: 2}", "access=3", "title=a: b # c", "data=0xff00"], "02 00 0102 03 01 08 613a2062202320 63 02 ff00"),
            (["colour=red", "shapes=dot,{circle: {radius: 7}}", "place.x=0x7f", "place.y=0", "access=read,write", 'title="null"', f"data=@{self.file}"], "01 02 00 01 07 7f00 03 01 04 6e756c6c 02 0102"),
        ]
        for words, payload in cases:
            status, output, errors = self.encoded(*words, "--header", "id=7", "--header", "priority=9")
            payload = payload.replace(" ", "")
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual(output.strip(), f"0a000709{len(payload) // 2:02x}{payload}")

    def test_a_message_of_either_end_has_the_magic_of_the_end_that_sends_it(self):
        text = (
            "protocol: Ends\nversion: 1\nheartbeat: none\nframe:\n  header:\n    - magic: { client: 0x80, server: 0x81 }\n"
            "    - type: uint8\n    - length: uint8\nmessages:\n"
            "  Ping: { code: 1, from: both, reply: Pong, fields: [ { name: t, type: uint8 } ] }\n"
            "  Pong: { code: 2, from: both, fields: [ { name: t, type: uint8 } ] }\n"
            "  Hello: { code: 3, from: client, fields: [] }\n"
        )
        with spec_file(text) as spec:
            for options, frame in [([], "80020105"), (["--from", "client"], "80020105"), (["--from", "server"], "81020105")]:
                self.assertEqual(run("encode", spec, "Pong", "t=5", *options), (0, frame + "\n", ""))
            for frame, end in [("80020105", "client"), ("81020105", "server")]:
                for options in ([], ["--from", end]):
                    status, objects = decoded(spec, frame, *options)
                    self.assertEqual((status, objects[0]["from"], objects[0]["fields"]), (0, end, {"t": 5}))
                    made = run("encode", spec, "--messages", "-", stdin=json.dumps(objects[0]).encode())
                    self.assertEqual(made, (0, frame + "\n", ""))
            status, _, errors = run("encode", spec, "Hello", "--from", "server")
            self.assertEqual((status, errors), (1, "switchboard: error: `Hello` is a message of the client: remove --from\n"))

    def test_digits_are_the_number_of_an_unknown_tag_and_quoted_digits_its_text(self):
        text = (
            "protocol: Tags\nversion: 1\nheartbeat: none\nframe:\n  header:\n    - type: uint8\n    - length: uint8\n"
            "unions:\n  Shape: { tag: { length: 2 }, unknown: keep, cases: { dot: DT } }\n"
            "messages:\n  Show: { code: 1, from: client, fields: [ { name: s, type: Shape } ] }\n"
        )
        with spec_file(text) as spec:
            for tag, frame in [("84", "01030054ff"), ('"84"', "01033834ff"), ("0x3834", "01033834ff"), ("ab", "01036162ff")]:
                value = "s={unrecognized: {tag: %s, data: {hex: ff}}}" % tag
                self.assertEqual(run("encode", spec, "Show", value), (0, frame + "\n", ""))
            for frame in ("01030054ff", "01033834ff"):
                _, objects = decoded(spec, frame)
                made = run("encode", spec, "--messages", "-", stdin=json.dumps(objects[0]).encode())
                self.assertEqual(made, (0, frame + "\n", ""))

    def test_raw_writes_the_bytes(self):
        result = subprocess.run([PATH, "encode", self.spec, "Draw", "colour=red", "shapes=", "place.x=1", "place.y=2", "access=0", "title=", "--raw"], capture_output=True)
        self.assertEqual(result.stdout, bytes.fromhex("0a 0000 03 08 01 00 0102 00 0100 00"))

    def test_mistakes_are_explained(self):
        whole = ["colour=red", "shapes=[]", "place.x=1", "place.y=2", "access=0", "title=null"]
        cases = [
            (["colour=rde"], "`colour` must be a case of `Colour`, not `rde`; did you mean `red`?"),
            (["color=red"], "did you mean `colour`?"),
            (["place.x=1.0"], "must be a whole number, not `1.0`"),
            (["place.x=300"], "`x` is 300, which does not fit in int8"),
            (["place.z=3"], "`z`"),
            (["shapes=[dott]"], "did you mean `dot`?"),
            (["access=[red]"], "did you mean `read`?"),
            (["data=0xf"], "`data` must be pairs of hexadecimal digits"),
            (["shapes=[dot"], "`shapes` is not a value"),
            (["colour"], "write NAME=VALUE"),
            (["place" + ".x" * 5000 + "=1"], "has 5001 levels, and may have 32"),
            ([*whole, "colour=red"], "`colour` is given twice"),
            ([*whole, "--header", "idd=1"], "no field `idd`; it has `id` and `priority`"),
            ([*whole, "--header", "id=70000"], "does not fit in uint16"),
            ([], "has no value for `colour`"),
            ([*whole, f"data={'x' * 250}"], "may have 255"),
        ]
        for words, text in cases:
            with self.subTest(words=words):
                status, output, errors = self.encoded(*words)
                self.assertEqual((status, output, len(errors.splitlines())), (1, "", 1), errors)
                self.assertIn(text, errors)

    def test_bounds_are_in_the_error_about_a_value_outside_of_them(self):
        spec = pathlib.Path(self.folder.name, "bounds.yaml")
        spec.write_text("""protocol: Bounds
frame: { header: [ type: uint8, length: uint8 ] }
messages:
  Set:
    code: 1
    from: client
    fields:
      - { name: level, type: uint8, min: 1, max: 5, default: 2 }
      - { name: limit, type: float64, max: 1.5, default: 1 }
""")
        for word, text in [("level=9", "its `level` is out of its bounds: 1 to 5\n"), ("limit=2", "its `limit` is out of its bounds: at most 1.5\n")]:
            status, output, errors = run("encode", spec, "Set", word)
            self.assertEqual((status, output), (1, ""))
            self.assertTrue(errors.endswith(text), errors)
        messages = pathlib.Path(self.folder.name, "messages.json")
        messages.write_text('{"message": "Set"}\n{"message": "Set", "fields": {"level": 9}}\n')
        status, output, errors = run("encode", spec, "--messages", messages)
        self.assertEqual((status, output), (1, ""))
        self.assertIn("line 2: `Set` cannot be encoded: its `level` is out of its bounds", errors)

    def test_wrong_messages_and_json_have_one_clear_line(self):
        cases = [
            (["Drw"], b"", 1, "did you mean `Draw`?"),
            (["draw"], b"", 1, "did you mean `Draw`?"),
            ([], b"", 64, "the name of a message is missing"),
            (["--messages", "-"], b"", 1, "no JSON object"),
            (["--messages", "-"], b"{", 1, "not JSON: it ends too early"),
            (["--messages", "-"], b'{"message": "Draw",\n "fields": {}\n\n', 1, "not JSON: it ends too early"),
            (["--messages", "-"], b'{"message": "Draw" "fields": {}}', 1, "not JSON: column 20: did not find expected ',' or '}'"),
            (["--messages", "-"], b'{"message": "Draw",\n "fields" {}}', 1, "not JSON: line 2, column 11: did not find expected"),
            (["--messages", "-"], b"[]", 1, "not a JSON object"),
            (["--messages", "-"], b'{"fields": {}}', 1, "no `message`"),
            (["--messages", "-"], b'{"message": "Draw", "fields": 3}', 1, "not an object"),
            (["--messages", "-"], b'{"message": "Draw", "fields": {"data": "xyz"}}', 1, "hexadecimal"),
            (["--messages", "-"], b'{"message": "Draw", "fields": {}, "message": "Draw"}', 1, "two members `message`"),
            (["--messages", "-"], b'{"message": "Draw", "fields": {"place": {"x": 1, "x": 2}}}', 1, "two members `x`"),
            (["--messages", "-"], b'{"message": "Draw", "field": {}}', 1, "unknown member `field`; did you mean `fields`?"),
            (["--messages", "-"], b'{"message": "Draw", "other": 1}', 1, "a message has `message`, `header` and `fields`"),
            (["--messages", "-"], b"[" * 40, 1, "not JSON"),
            (["--messages", "-"], b'\n{"message": "Drw"}\n\n{"message": "Draw"}\n', 1, "line 2: no message `Drw`"),
            (["--messages", "-"], b'{"message": "Draw", "fields": {"data": "' + b"a" * (64 << 20) + b'"}}', 2, "more than 67108864 bytes"),
            (["Draw", "data=@/nonexistent"], b"", 2, "`data`: cannot read /nonexistent"),
            (["Draw", b"title=\xff"], b"", 64, "is not UTF-8"),
            (["--messages", "/nonexistent"], b"", 2, "cannot read /nonexistent"),
            (["Draw", "--messages", "-", "colour=red"], b"", 64, "remove FIELD=VALUE"),
            (["colour=red", "--messages", "-"], b"", 64, "remove FIELD=VALUE"),
        ]
        for words, stdin, expected, text in cases:
            with self.subTest(words=words, stdin=stdin):
                status, output, errors = run("encode", self.spec, *words, stdin=stdin)
                self.assertEqual((status, output, len(errors.splitlines())), (expected, "", 1), errors)
                self.assertIn(text, errors)

    def test_a_shell_can_complete_the_verbs(self):
        for shell in ("bash", "zsh", "fish"):
            status, output, _ = run("--generate-completion-script", shell)
            self.assertEqual(status, 0)
            for word in ("decode", "encode", "show-secrets"):
                self.assertIn(word, output)


if __name__ == "__main__":
    PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
