"""Checks the specs of published protocols in Protocols: as they are, with mistakes in them, and the Swift that they generate.

    python3 IntegrationTests/Spec/test_gallery.py BUILD-FOLDER [unittest options]
"""

import functools
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import test_mutations
from spec_words import REPOSITORY

FOLDER = REPOSITORY / "Protocols"
SPECS = sorted(FOLDER.glob("*.yaml"))
BUILD = pathlib.Path()
MUTANTS = 200
# The modules that generated source needs, which BUILD contains as object files.
LIBRARY = ["SwitchboardRouter", "SwitchboardAddresses", "SwitchboardWire", "SwitchboardBytes", "SwitchboardVocabulary"]
BELOW = ["CChecksum", "CLinux", "Logging"]

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.unsafeFlags({flags})]

let package = Package(
    name: "Gallery",
    targets: [
        .target(name: "Gallery", swiftSettings: settings),
        .testTarget(
            name: "GalleryTests",
            dependencies: ["Gallery"],
            swiftSettings: settings,
            linkerSettings: [.unsafeFlags({objects})]
        ),
    ]
)
"""


def tool(*arguments):
    return subprocess.run([BUILD / "switchboard-generate", *arguments], capture_output=True, text=True, timeout=60)


@functools.cache
def counts(spec):
    """Returns the numbers of messages, examples and malformed examples that `check` reports for a valid spec."""
    found = re.search(r"is valid: (\d+) messages?, .*?(\d+) examples?, (\d+) malformed$", tool("check", spec).stdout.strip())
    return tuple(int(number) for number in found.groups()) if found else None


def objects_of(module):
    """Returns the object files of the module's sources; a build folder also keeps those of sources that were deleted."""
    objects = sorted((BUILD / f"{module}.build").rglob("*.o"))
    sources = {path.name for path in (REPOSITORY / "Sources" / module).rglob("*.*")}
    return [path for path in objects if path.stem in sources] if sources else objects


def swift(*words):
    """Returns a Swift array of strings."""
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


class Specs(unittest.TestCase):
    def test_the_gallery_is_not_empty(self):
        self.assertGreaterEqual(len(SPECS), 19)

    def test_each_spec_is_valid(self):
        for spec in SPECS:
            with self.subTest(spec.name):
                result = tool("check", spec)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                messages, examples, malformed = counts(spec)
                self.assertGreater(messages, 0)
                self.assertGreater(examples, 0)
                self.assertGreaterEqual(malformed, 2)

    def test_each_spec_is_formatted(self):
        with tempfile.TemporaryDirectory() as folder:
            for spec in SPECS:
                with self.subTest(spec.name):
                    copy = pathlib.Path(folder) / spec.name
                    shutil.copy(spec, copy)
                    self.assertEqual(tool("format", copy).returncode, 0)
                    self.assertEqual(copy.read_text(), spec.read_text())

    def test_each_spec_says_where_its_facts_come_from(self):
        for spec in SPECS:
            with self.subTest(spec.name):
                header = spec.read_text().partition("\nprotocol:")[0]
                self.assertTrue(all(line.startswith("#") for line in header.strip().splitlines()), header)
                for words in ("The facts are", "Left out:", "xamples"):
                    self.assertIn(words, header)

    def test_each_spec_is_in_the_table(self):
        """The table of Protocols/README.md has a row for each spec, with the numbers of its messages and examples."""
        rows = re.findall(r"^\| .*?\]\((\w+\.yaml)\) \|.*?\| (\d+) \| (\d+) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
        table = {name: (int(messages), int(examples)) for name, messages, examples in rows}
        self.assertEqual(table, {spec.name: counts(spec)[:2] for spec in SPECS})

    def test_a_wrong_byte_in_an_example_fails(self):
        """`check` compares the bytes of each example with its fields: an example with one wrong bit must fail."""
        chance = random.Random(1)
        with tempfile.TemporaryDirectory() as folder:
            for spec in SPECS:
                text = spec.read_text()
                examples = [frame for frame in frames_of_examples(text) if len(frame) >= 6]
                self.assertTrue(examples, spec.name)
                for frame in chance.sample(examples, min(3, len(examples))):
                    place = chance.choice(frame)
                    byte = int(text[place : place + 2], 16) ^ (1 << chance.randrange(8))
                    wrong = text[:place] + f"{byte:02x}" + text[place + 2 :]
                    path = pathlib.Path(folder) / spec.name
                    path.write_text(wrong)
                    result = tool("check", path)
                    line = text.count("\n", 0, place) + 1
                    with self.subTest(spec.name, line=line, byte=f"{byte:02x}"):
                        self.assertEqual(result.returncode, 1)
                        self.assertRegex(result.stderr, rf"(?m)^.*{spec.name}:{line}:\d+: error: ")


def frames_of_examples(text):
    """For each frame of an example, and not of a malformed one, the places of its bytes in the spec."""
    frames, indent_of_malformed = [], None
    for line in re.finditer(r".*\n", text):
        content = line[0].lstrip()
        indent = len(line[0]) - len(content)
        if indent_of_malformed is not None and indent > indent_of_malformed:
            continue
        indent_of_malformed = indent if content.startswith("malformed:") else None
        for frame in re.finditer(r"(?<=[-{] frame: )[0-9a-f ]+", line[0]):
            start = line.start() + frame.start()
            frames.append([start + byte.start() for byte in re.finditer("[0-9a-f]{2}", frame[0])])
    return frames


class Mutants(test_mutations.Mutants):
    def test_each_mutant_is_told_its_mistake_or_generates_source(self):
        with tempfile.TemporaryDirectory() as place:
            # The comments at the top have no keys.
            texts = [text[text.index("protocol:") :] for text in (spec.read_text() for spec in SPECS)]
            outcomes = self.outcomes(pathlib.Path(place), self.mutants(dict.fromkeys(texts, -(-MUTANTS // len(texts))), seed=30))
        wrong = sum(source is None for _, source in outcomes)
        self.assertGreaterEqual(len(outcomes), MUTANTS)
        self.assertGreater(wrong, len(outcomes) / 2)
        print(f"{len(outcomes)} mutants, {wrong} of them with mistakes that were reported")


class GeneratedSwift(unittest.TestCase):
    def test_the_generated_tests_pass(self):
        """Builds the generated source and the generated tests of all specs as one package, on top of what BUILD contains."""
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder)
            sources, tests = package / "Sources/Gallery", package / "Tests/GalleryTests"
            sources.mkdir(parents=True)
            tests.mkdir(parents=True)
            for spec in SPECS:
                result = tool(spec, "--output", sources / f"{spec.stem}.swift")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                result = tool("tests", spec, "--module", "Gallery", "--output", tests / f"{spec.stem}Tests.swift")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
            maps = [flag for map in BUILD.glob(test_mutations.MODULE_MAPS) for flag in ("-Xcc", f"-fmodule-map-file={map}")]
            objects = [path for name in LIBRARY + BELOW for path in objects_of(name)]
            manifest = MANIFEST.format(flags=swift("-I", BUILD / "Modules", *maps), objects=swift(*objects))
            (package / "Package.swift").write_text(manifest)
            output = self.run_swift(package, "build", "--build-tests")
            self.assertNotIn("warning:", output)
            output = self.run_swift(package, "test", "--skip-build", "--disable-xctest")
            number = sum(sum(counts(spec)[1:]) for spec in SPECS)
            self.assertRegex(output, rf"Test run with {number} tests in {len(SPECS)} suites passed")

    def run_swift(self, package, *arguments):
        result = subprocess.run(["swift", *arguments], cwd=package, capture_output=True, text=True, timeout=900)
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr)[-4000:])
        return result.stdout + result.stderr


if __name__ == "__main__":
    BUILD = test_mutations.BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
