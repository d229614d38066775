"""Compiles the C codecs of all specs of the repository, and holds them against the examples of the specs.

    python3 IntegrationTests/Outputs/test_c.py PATH-OF-SWITCHBOARD [unittest options]
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BASE = REPOSITORY / "protocol.yaml"
SPECS = [
    BASE,
    *sorted((REPOSITORY / "Protocols").glob("*.yaml")),
    *sorted((REPOSITORY / "Tests/SwitchboardGeneratorTests/Golden").glob("*.yaml")),
    *sorted((REPOSITORY / "Examples").glob("*/Sources/*/protocol.yaml")),
]
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
# Without recovery: a finding of a sanitizer ends the program with an error.
SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# What the output refuses, with the number of the specs that have it.
REFUSALS = {"is an array or has fields": 1}
SWITCHBOARD = pathlib.Path()
WORK = pathlib.Path()

DRIVER = """#include "NAME.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the bytes that `digits` are, in memory as large as they are, so that a read behind it is found. */
static uint8_t *bytes_of(const char *digits, size_t size)
{
    uint8_t *data = malloc(size == 0 ? 1 : size);
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        sscanf(digits + 2 * i, "%2x", &byte);
        data[i] = (uint8_t)byte;
    }
    return data;
}

/* Decodes the frame of each line `sender kind hex`, encodes the message again, and prints the bytes, or the error. */
int main(void)
{
    static char line[1 << 20];
    static uint64_t space[1 << 16];
    static uint8_t buffer[1 << 19];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int sender, kind, offset;
        if (sscanf(line, "%d %d %n", &sender, &kind, &offset) < 2) return 2;
        size_t size = strspn(line + offset, "0123456789abcdef") / 2;
        uint8_t *data = NULL;
        NAME_message message;
        size_t frame = 0, count = 0;
        NAME_status status = MACRO_UNKNOWN_MESSAGE;
        bool is_decoded = false;
DECODE
        if (!is_decoded) {
            printf("error %s\\n", NAME_status_text(status));
        } else if ((status = NAME_encode(&message, (NAME_sender)sender, buffer, sizeof buffer, &count)) != MACRO_OK) {
            printf("cannot encode: %s\\n", NAME_status_text(status));
        } else {
            printf("%zu ", frame);
            for (size_t i = 0; i < count; i++) printf("%02x", buffer[i]);
            switch ((int)message.kind) {
VALUES
            default: break;
            }
            printf("\\n");
            if (count > 0 && NAME_encode(&message, (NAME_sender)sender, buffer, count - 1, &count) != MACRO_NO_ROOM) return 3;
        }
        free(data);
    }
    return 0;
}
"""

DECODE = """        if (!is_decoded) {
            NAME_memory memory = { space, sizeof space, 0 };
            free(data);
            data = bytes_of(line + offset, size);
            memset(&message, 1, sizeof message);
            NAME_status result = FUNCTION(data, size, (NAME_sender)sender, EXPECTED&memory, &message, &frame);
            is_decoded = result == MACRO_OK && (kind < 0 || (int)message.kind == kind);
            if (!is_decoded && result != MACRO_OK && status == MACRO_UNKNOWN_MESSAGE) status = result;
        }
"""


def switchboard(*arguments):
    return subprocess.run([SWITCHBOARD, *arguments], capture_output=True, text=True, timeout=120)


def compile(*arguments):
    """Runs the C compiler `cc`; fails with its messages."""
    result = subprocess.run(["cc", *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr


class Codec:
    """The compiled codec of a spec, or the reason why the output refuses the spec."""

    def __init__(self, spec):
        folder = WORK / (spec.parent.name + "-" + spec.stem)
        imports = ["--import", f"NET001={BASE}"] if spec != BASE else []
        result = switchboard("c", spec, "-o", folder, *imports)
        self.spec, self.refusal = spec, result.stderr if result.returncode else None
        if self.refusal:
            assert result.returncode == 1 and result.stdout == "" and not folder.exists(), result.stderr
            return
        self.source, = folder.glob("*.c")
        self.name = self.source.stem
        self.header = self.source.with_suffix(".h").read_text()
        result = switchboard("vectors", spec, "-o", folder / "vectors.json", *imports)
        assert result.returncode == 0, result.stderr
        self.vectors = json.loads((folder / "vectors.json").read_text())
        kinds = re.search(r"typedef enum \{([^}]*)\} " + self.name + "_kind;", self.header)[1].split(",")
        messages = self.vectors["messages"]
        # Imported messages come first.
        first = len([kind for kind in kinds if kind.strip()]) - len(messages)
        self.kinds = {message["name"]: first + index for index, message in enumerate(messages)}
        self.senders = {message["name"]: int(message["from"] == "server") for message in messages}
        self.program = folder / "driver"
        (folder / "driver.c").write_text(self.driver())
        compile("-O1", *WARNINGS, *SANITIZERS, "-o", self.program, self.source, folder / "driver.c")

    def driver(self):
        name = self.name
        pattern = rf"^{name}_status ({name}_decode\w*)\((?:const )?void \*data, size_t size, \w+ from, ({name}_kind expected, )?"
        decoders = re.findall(pattern, self.header, re.MULTILINE)
        text = "".join(
            DECODE.replace("FUNCTION", function).replace("EXPECTED", f"({name}_kind)kind, " if expected else "")
            for function, expected in decoders
        )
        return DRIVER.replace("DECODE", text).replace("VALUES", self.values()).replace("NAME", name).replace("MACRO", name.upper())

    def values(self):
        """The statements that print the members of messages which are numbers or booleans, for each kind of message."""
        cases = []
        for name, kind in self.kinds.items():
            body = re.search(r"typedef struct \{([^{}]*)\} " + self.name + "_" + snake(name) + ";", self.header)
            members = re.findall(r"^    (?:u?int\d+_t|bool) (\w+);", body[1], re.MULTILINE) if body else []
            text = "".join(
                f'printf(" {member}=%lld", (long long)message.as.{snake(name)}.{member});' for member in members
            )
            if members and f" {snake(name)};" in self.header:
                cases.append(f"            case {kind}: {text} break;")
        return "\n".join(cases)

    def expected(self, vector):
        """Returns the members with the values of an example, as the program prints them, that the example shows as numbers."""
        found = {}
        for field, value in vector["fields"].items():
            if isinstance(value, (bool, int)):
                found[snake(field)] = int(value)
            elif isinstance(value, str) and re.fullmatch(r"-?\d{16,20}", value):
                found[snake(field)] = (int(value) + 2**63) % 2**64 - 2**63
        return found

    def run(self, lines):
        """Returns a line of output for each pair of a message's name and the bytes of a frame."""
        text = "".join(f"{self.senders[message]} {self.kinds[message]} {frame}\n" for message, frame in lines)
        result = subprocess.run([self.program], input=text, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, f"{self.spec.name}: {result.stderr[:3000]}"
        return result.stdout.splitlines()


@functools.cache
def codecs():
    """The codecs of all specs; compilers run side by side."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
        return list(executor.map(Codec, SPECS))


def snake(name):
    """Returns a name of a spec as C writes it: `userID` is `user_id`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def made():
    return [codec for codec in codecs() if not codec.refusal]


def bytes_of(lines):
    """Returns the lines of a program without the values of members."""
    return [" ".join(line.split()[:2]) if line[:1].isdigit() else line for line in lines]


class Specs(unittest.TestCase):
    def test_what_c_cannot_say_is_refused_with_its_place(self):
        found = dict.fromkeys(REFUSALS, 0)
        for codec in codecs():
            if not codec.refusal:
                continue
            with self.subTest(codec.spec.name):
                for line in codec.refusal.splitlines():
                    self.assertRegex(line, rf"^{re.escape(str(codec.spec))}:\d+:\d+: error: C output: ")
                reason, = [reason for reason in REFUSALS if reason in codec.refusal.splitlines()[0]]
                found[reason] += 1
        self.assertEqual(found, REFUSALS)

    def test_numbers_have_the_values_of_the_examples(self):
        count = 0
        for codec in made():
            vectors = codec.vectors["vectors"]
            for vector, line in zip(vectors, codec.run([(vector["message"], vector["frame"]) for vector in vectors])):
                values = dict(word.split("=") for word in line.split()[2:])
                # Flags and enums are numbers of a type of their own, and the members of unnamed types are not printed.
                for name, value in codec.expected(vector).items():
                    if name in values:
                        with self.subTest(codec.spec.name, message=vector["message"], member=name):
                            self.assertEqual(int(values[name]), value)
                        count += 1
        self.assertGreater(count, 1000)

    def test_each_example_is_decoded_and_encoded_to_the_same_bytes(self):
        count = 0
        for codec in made():
            examples = [(vector["message"], vector["frame"]) for vector in codec.vectors["vectors"]]
            with self.subTest(codec.spec.name):
                expected = [f"{len(frame) // 2} {frame}" for _, frame in examples]
                self.assertEqual(bytes_of(codec.run(examples)), expected)
            count += len(examples)
        self.assertGreater(count, 1000)

    def test_a_frame_that_follows_is_not_touched(self):
        for codec in made():
            examples = [(vector["message"], vector["frame"]) for vector in codec.vectors["vectors"]]
            with self.subTest(codec.spec.name):
                expected = [f"{len(frame) // 2} {frame}" for _, frame in examples]
                longer = [(message, frame + "00ff00ff") for message, frame in examples]
                self.assertEqual(bytes_of(codec.run(longer)), expected)

    def test_malformed_frames_are_refused(self):
        for codec in made():
            malformed = [vector for vector in codec.vectors["malformed"] if "frame" in vector]
            lines = codec.run([(vector["message"], vector["frame"]) for vector in malformed])
            self.assertEqual(len(lines), len(malformed))
            for vector, line in zip(malformed, lines):
                with self.subTest(codec.spec.name, frame=vector["frame"], reason=vector["reason"]):
                    self.assertRegex(line, "^error ")

    def test_a_cut_frame_is_incomplete(self):
        for codec in made():
            with self.subTest(codec.spec.name):
                shortest = sorted(codec.vectors["vectors"], key=lambda vector: len(vector["frame"]))[:6]
                cuts = [
                    (vector["message"], vector["frame"][:end])
                    for vector in shortest
                    for end in range(0, len(vector["frame"]), 2)
                ]
                for line in codec.run(cuts):
                    self.assertRegex(line, "^error |^0 ")

    def test_random_changes_of_frames_break_nothing(self):
        """Sanitizers stop the program at a read or a write outside of the frame and of the memory."""
        chance = random.Random(1)
        for codec in made():
            cases = []
            for _ in range(300):
                vector = chance.choice(codec.vectors["vectors"] or [None])
                if vector is None:
                    break
                frame = bytearray.fromhex(vector["frame"])
                for _ in range(chance.randint(1, 4)):
                    if frame:
                        frame[chance.randrange(len(frame))] = chance.randrange(256)
                cases.append((vector["message"], frame.hex()))
            with self.subTest(codec.spec.name):
                self.assertEqual(len(codec.run(cases)), len(cases))

    def test_an_optional_part_of_the_code_has_a_value_for_every_compiler(self):
        """gcc warned only with optimization."""
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "parts.yaml"
            spec.write_text(
                "protocol: Parts\nversion: 1\nheartbeat: none\nframe:\n  type: [ kind, op ]\n  header:\n    - kind: uint8\n"
                "    - op: { type: string, length: 2, when: { kind: 1 } }\n    - length: uint16\n"
                "messages:\n  A: { code: { kind: 1, op: AB }, from: client, fields: [] }\n"
                "  B: { code: { kind: 2 }, from: client, fields: [] }\n"
            )
            result = switchboard("c", spec, "-o", folder)
            self.assertEqual((result.stderr, result.returncode), ("", 0))
            for level in ("-O0", "-O1", "-O2", "-O3", "-Os"):
                compile(level, *WARNINGS, "-c", "-o", os.devnull, f"{folder}/parts.c")

    @unittest.skipUnless(shutil.which("clang"), "clang is not installed")
    def test_clang_has_nothing_to_warn_of(self):
        def check(codec):
            result = subprocess.run(
                ["clang", *WARNINGS, "-fsyntax-only", codec.source], capture_output=True, text=True, timeout=120
            )
            return codec.spec.name, result.stderr

        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
            self.assertEqual([(name, text) for name, text in executor.map(check, made()) if text], [])


class Streams(unittest.TestCase):
    """Protocols with delimiters."""

    # Delimiters that fill a pause, a frame, one with a wrong escape, a frame with escapes, and the start of a frame.
    PROGRAM = """#include "kiss.h"
#include <stdio.h>
#include <string.h>

int main(void)
{
    uint8_t received[] = { 0xC0, 0xC0, 0x00, 0x61, 0xC0, 0x00, 0xDB, 0x00, 0xC0, 0x10, 0xDB, 0xDC, 0xDB, 0xDD, 0xC0, 0xC0, 0x00 };
    size_t size = sizeof received;
    kiss_message message;
    for (;;) {
        size_t used = 0;
        kiss_status status = kiss_decode(received, size, KISS_CLIENT, NULL, &message, &used);
        printf("%s, %zu bytes", kiss_status_text(status), used);
        if (status == KISS_OK) {
            printf(":");
            for (size_t i = 0; i < message.as.data.packet.size; i++) printf(" %02x", message.as.data.packet.data[i]);
        }
        printf("\\n");
        size -= used;
        memmove(received, received + used, size);
        if (status == KISS_INCOMPLETE) break;
    }
    uint8_t buffer[8];
    size_t count = 0;
    message.kind = KISS_KIND_DATA;
    message.header.port = 1;
    message.as.data.packet.data = (const uint8_t *)"\\300\\1\\333";
    message.as.data.packet.size = 3;
    if (kiss_encode(&message, KISS_CLIENT, NULL, 0, &count) != KISS_OK) return 1;
    printf("at most %zu\\n", count);
    if (kiss_encode(&message, KISS_CLIENT, buffer, 7, &count) != KISS_NO_ROOM) return 2;
    if (kiss_encode(&message, KISS_CLIENT, buffer, 8, &count) != KISS_OK) return 3;
    for (size_t i = 0; i < count; i++) printf("%02x", buffer[i]);
    printf("\\n");
    return (int)size - 1;
}
"""
    OUTPUT = """success, 5 bytes: 61
the header, the trailer, the checksum or an escape is wrong, 4 bytes
success, 6 bytes: c0 db
more bytes are needed, 1 bytes
at most 10
c010dbdc01dbddc0
"""

    def test_frames_are_found_between_delimiters(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(switchboard("c", REPOSITORY / "Protocols/KISS.yaml", "-o", folder).returncode, 0)
            (folder / "main.c").write_text(self.PROGRAM)
            compile(*WARNINGS, *SANITIZERS, "-o", folder / "main", folder / "main.c", folder / "kiss.c")
            result = subprocess.run([folder / "main"], capture_output=True, text=True, timeout=60)
        self.assertEqual((result.stdout, result.stderr, result.returncode), (self.OUTPUT, "", 0))


class Nesting(unittest.TestCase):
    """Types that contain themselves."""

    SPEC = """protocol: Garden
version: 1
frame:
  header: [ type: uint8, length: uint16 ]
messages:
  Plant:
    code: 1
    from: client
    fields: [ { name: tree, type: Tree } ]
    examples: [ { frame: 01 0003 01 01 00, fields: { tree: { branches: [ { branches: [ { branches: [] } ] } ] } } } ]
structs:
  Tree: { fields: [ { name: branches, type: [ Tree ], count: uint8 } ] }
"""

    def test_as_many_values_are_in_each_other_as_in_swift(self):
        with tempfile.TemporaryDirectory() as folder:
            global WORK
            before, WORK = WORK, pathlib.Path(folder)
            try:
                spec = WORK / "garden.yaml"
                spec.write_text(self.SPEC)
                codec = Codec(spec)
                frames = [f"01{depth:04x}{'01' * (depth - 1)}00" for depth in (1, 3, 32, 33)]
                lines = codec.run([("Plant", frame) for frame in frames])
            finally:
                WORK = before
        expected = [f"{len(frame) // 2} {frame}" for frame in frames[:3]] + ["error more values than allowed are in each other"]
        self.assertEqual(lines, expected)


class Guide(unittest.TestCase):
    """Docs/C.md."""

    def test_the_program_of_the_guide_prints_what_the_guide_says(self):
        guide = (REPOSITORY / "Docs/C.md").read_text()
        program, output = re.search(r"```c\n(.*?)```.*?```\n(.*?)```", guide, re.DOTALL).groups()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(switchboard("c", BASE, "-o", folder).returncode, 0)
            (folder / "main.c").write_text(program)
            compile(*WARNINGS, *SANITIZERS, "-o", folder / "main", folder / "main.c", folder / "net001.c")
            result = subprocess.run([folder / "main"], capture_output=True, text=True, timeout=60)
        self.assertEqual((result.stdout, result.returncode), (output, 0))

    def test_the_codec_compiles_as_cplusplus_header(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(switchboard("c", BASE, "-o", folder).returncode, 0)
            (folder / "main.cpp").write_text('#include "net001.h"\nint main() { return NET001_OK; }\n')
            result = subprocess.run(
                ["c++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", folder / "main.cpp"],
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
        self.assertEqual((result.stderr, result.returncode), ("", 0))


class Command(unittest.TestCase):
    def test_the_paths_of_the_files_are_printed_and_unchanged_files_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            first = switchboard("c", BASE, "-o", folder)
            self.assertEqual(first.stdout, f"{folder}/net001.h\n{folder}/net001.c\n")
            before = os.stat(f"{folder}/net001.c").st_mtime_ns
            self.assertEqual(switchboard("c", BASE, "-o", folder).returncode, 0)
            self.assertEqual(os.stat(f"{folder}/net001.c").st_mtime_ns, before)

    def test_names_that_are_the_same_in_c_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "clash.yaml"
            spec.write_text(
                "protocol: Clash\nversion: 1\nframe:\n  header:\n    - type: uint8\n    - length: uint16\n"
                "enums:\n  Colour: { type: uint8, cases: { dark: 1, Dark: 2 } }\n"
                "messages:\n  Foo: { code: 1, from: client, fields: [{ name: fooBar, type: uint8 }, { name: foo_bar, type: Colour }] }\n"
                "  FOO: { code: 2, from: client, fields: [] }\n"
            )
            result = switchboard("c", spec, "-o", folder)
            for names in ("`Foo` and `FOO`", "`fooBar` and `foo_bar`", "`dark` and `Dark`"):
                self.assertIn(f"C output: {names} are both ", result.stderr)
            self.assertEqual((result.returncode, len(result.stderr.splitlines())), (1, 3))

    def test_the_name_of_a_header_of_c_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "time.yaml"
            spec.write_text(
                "protocol: Time\nversion: 1\nframe:\n  header:\n    - type: uint8\n    - length: uint16\n"
                "messages:\n  Now: { code: 1, from: client, fields: [] }\n"
            )
            result = switchboard("c", spec, "-o", folder)
            self.assertEqual((result.returncode, os.listdir(folder)), (1, ["time.yaml"]))
            self.assertIn("the standard library of C has a header time.h", result.stderr)
            self.assertIn("give another name with --name", result.stderr)
            self.assertEqual(switchboard("c", spec, "-o", folder, "--name", "now").returncode, 0)

    def test_wrong_input_has_one_clear_line(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkfifo(f"{folder}/net001.h")
            spec = pathlib.Path(folder) / "wrong.yaml"
            spec.write_text("protocol: Wrong\n")
            cases = [
                (["c"], "Missing expected argument '<SPEC>'", 64),
                (["c", "/nonexistent.yaml"], "cannot read /nonexistent.yaml: No such file or directory", 2),
                (["c", spec, "-o", folder], "wrong.yaml:1:1: error: ", 1),
                (["c", BASE, "-o", folder], "net001.h: it is a FIFO", 2),
                (["c", BASE, "-o", "/dev/null"], "/dev/null", 2),
            ]
            for arguments, expected, status in cases:
                with self.subTest(expected):
                    result = switchboard(*arguments)
                    self.assertIn(expected, result.stderr.splitlines()[0])
                    self.assertEqual((len(result.stderr.splitlines()) == 1 or status == 1, result.returncode), (True, status))
            self.assertFalse(os.path.exists(f"{folder}/net001.c"))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    SWITCHBOARD = pathlib.Path(sys.argv.pop(1)).resolve()
    with tempfile.TemporaryDirectory() as folder:
        WORK = pathlib.Path(folder)
        unittest.main()
