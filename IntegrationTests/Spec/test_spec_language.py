"""Runs switchboard-generate with every YAML block in Docs/SpecLanguage.md.

A block with a line `protocol:` is a whole spec. Any other block is a fragment, which the suite completes:

- Sections such as `messages:` or `frame:` get the missing parts of a spec: a name, a version, a frame and a message. Types that a
  fragment does not use become fields of that message.
- A list of fields becomes the fields of a message.
- A fragment may use types from other fragments of the page.

The tool must print nothing, unless a `text` block follows: then it must print exactly that block. A fragment is at the beginning of
the completed spec, so that lines and columns match the page. If a `swift` block follows, each of its lines must be part of the
generated source. The suite ignores blocks of other languages.

    python3 IntegrationTests/Spec/test_spec_language.py PATH-OF-SWITCHBOARD-GENERATE [unittest options]
"""

import functools
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

import spec_words
from spec_words import REPOSITORY

PAGE = REPOSITORY / "Docs/SpecLanguage.md"
TOOL = None

TYPE_SECTIONS = ("enums", "flags", "structs", "unions")
FRAME = "frame: { header: [ type: uint8, length: uint16 ] }\n"
MESSAGE = "  Carrier:\n    code: 0x7F\n    from: client\n    fields:\n"


def generate(spec):
    """Returns the output of the tool for `spec`, and the generated source, if any."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "protocol.yaml").write_text(spec)
        shutil.copy(REPOSITORY / "protocol.yaml", folder / "NET001.yaml")
        command = [TOOL, "protocol.yaml", "--output", "out.swift", "--import", "NET001=NET001.yaml"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
        output = folder / "out.swift"
        return result.stderr, output.read_text() if output.exists() else ""


def blocks():
    """Returns the YAML blocks of the page, each with its line, and the language and text of the next block."""
    text = PAGE.read_text()
    found = list(re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    for block, following in zip(found, [*found[1:], None]):
        if block[1] == "yaml":
            follows = following and text[block.end() : following.start()].strip() == ""
            line = text[: block.start()].count("\n") + 2
            yield line, block[2], (following[1], following[2]) if follows else (None, "")


def is_whole(block):
    return re.search(r"^protocol:", block, re.MULTILINE) is not None


def section(block, name):
    """Returns the lines under the key `name` of a block."""
    found = re.search(rf"^{name}:\n((?:  .*\n)*)", block, re.MULTILINE)
    return found[1] if found else ""


def types_in(block):
    """Returns the types that a block defines, by name: the section and the lines of each."""
    return {
        name: (kind, body)
        for kind in TYPE_SECTIONS
        for body, name in re.findall(r"(^  (\w+):.*\n(?:   .*\n)*)", section(block, kind), re.MULTILINE)
    }


@functools.cache
def page_types():
    types = {}
    for _, block, _ in blocks():
        if not is_whole(block):
            assert not types.keys() & types_in(block).keys(), f"two fragments define {types_in(block).keys()}"
            types |= types_in(block)
    return types


def complete(block):
    """Returns a whole spec that begins with the lines of a fragment."""
    if re.match(r"\s*- ", block):
        block = "messages:\n" + MESSAGE + textwrap.indent(block, "      ")
    own = types_in(block)
    spec = block
    unused = [name for name, (_, body) in own.items() if not uses(block.replace(body, ""), name)]
    fields = "".join(f"      - {{ name: {name.lower()}, type: {name} }}\n" for name in unused)
    if "messages:" not in block:
        spec += "messages:\n" + MESSAGE + (fields or "      []\n")
    if not re.search(r"^frame:", block, re.MULTILINE):
        spec += FRAME
    missing, text = {}, block
    while found := {n: t for n, t in page_types().items() if n not in own and n not in missing and uses(text, n)}:
        missing |= found
        text = "".join(body for _, body in found.values())
    for kind in TYPE_SECTIONS:
        bodies = "".join(body for section, body in missing.values() if section == kind)
        assert not (bodies and section(block, kind)), f"a fragment with {kind} uses others: define them there"
        spec += f"{kind}:\n{bodies}" if bodies else ""
    return spec + "protocol: Page\nversion: 1\n"


def uses(text, name):
    return re.search(rf"\btype: \"?\[?{name}\b", text) is not None


def as_it_stands(source):
    """Returns the lines of Swift that are not empty, without indentation."""
    return [line.strip() for line in source.splitlines() if line.strip()]


class SpecLanguage(unittest.TestCase):
    maxDiff = None

    def test_every_block_of_yaml_is_read_as_the_page_says(self):
        count = 0
        for line, block, (language, following) in blocks():
            with self.subTest(line=line):
                spec = block if is_whole(block) else complete(block)
                printed, source = generate(spec)
                self.assertEqual(printed, following if language == "text" else "", spec)
                if language == "swift":
                    lines = as_it_stands(source)
                    for shown in as_it_stands(following):
                        self.assertIn(shown, lines)
                count += 1
        self.assertGreaterEqual(count, 15)

    def test_every_word_of_the_language_is_explained(self):
        page = PAGE.read_text()
        lists = [
            "ChecksumCoverage",
            "LengthCoverage",
            "Codes",
            "Sender",
            "Requirement",
            "ByteOrder",
            "BitOrder",
            "TextEncoding",
            "UnknownTag",
            "TrailingBytes",
            "Access",
        ]
        words = [word for enum in lists for word in spec_words.words(enum)]
        words += [key for needed, other in spec_words.schemas().values() for key in needed + other if key != "hex"]
        words += spec_words.builtin_types() + spec_words.fault_names() + spec_words.checksums() + ["magic", "crc"]
        for word in words:
            self.assertIn(f"`{word}`", page)
        self.assertIn("`{ hex: ", page)

    def test_checksums_are_those_that_the_page_gives(self):
        rows = re.findall(r"^\| `([\w-]+)` \| .* \| (\d+) \| `([\dA-F]+)` \|$", PAGE.read_text(), re.MULTILINE)
        self.assertEqual([row[0] for row in rows], spec_words.checksums())
        for algorithm, size, checksum in rows:
            self.assertEqual(len(checksum), 2 * int(size))
            spec = f"""
protocol: Page
frame:
  header: [ type: uint8, length: uint8 ]
  trailer: [ checksum: {{ type: {algorithm}, covers: payload }} ]
messages:
  Digits:
    code: 1
    from: client
    fields: [ {{ name: digits, type: string }} ]
    examples: [ {{ frame: "01 09 313233343536373839 {checksum}", fields: {{ digits: "123456789" }} }} ]
"""
            self.assertEqual(generate(spec)[0], "")

    def test_the_limits_are_those_that_are_kept(self):
        text = PAGE.read_text().split("\n## Limits\n")[1].replace("1 MiB", str(1 << 20)).replace(",", "")
        numbers = {int(number) for number in re.findall(r"\d+", text)}
        limits = spec_words.limits()
        # These limit diagnostics, not specs.
        for name in ("shownFrameBytes",):
            del limits[name]
        # The deepest allowed level is one less.
        limits["typeDepth"] -= 1
        self.assertEqual(numbers, set(limits.values()))

    def test_peers_of_two_versions_read_what_the_page_says(self):
        versions = [block for _, block, _ in blocks() if block.startswith("protocol: Shop\n")]
        rows = re.findall(r"^\| `([\da-f ]+)` \| (.*) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
        self.assertEqual((len(versions), len(rows)), (2, 5))
        for payload, *readings in rows:
            for version, reading in zip(versions, readings):
                # The error about a payload that is wrongly listed as malformed has its values.
                examples = f"    malformed: [ {payload.replace(' ', '')!r} ]\n"
                spec = re.sub(r"(  Order:\n    code: 0x01\n)", rf"\1{examples}", version)
                printed, _ = generate(spec)
                found = re.search(r"is a valid `\w+`, with (.*): change it", printed)
                self.assertEqual(found[1] if found else "refused" if not printed else printed, reading, payload)


if __name__ == "__main__":
    TOOL = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
