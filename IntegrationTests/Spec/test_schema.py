"""Compares Docs/protocol.schema.json, which editors use, with the parser of specs.

    python3 IntegrationTests/Spec/test_schema.py PATH-OF-SWITCHBOARD-GENERATE [unittest options]

The suite needs the packages jsonschema and PyYAML.
"""

import json
import pathlib
import re
import sys
import unittest

import jsonschema
import spec_words
import test_spec_language
import yaml
from spec_words import REPOSITORY

SCHEMA = json.loads((REPOSITORY / "Docs/protocol.schema.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

# A spec, and mistakes: a part of the spec, and a wrong text in its place.
SPEC = """
protocol: Demo
version: 1
byte-order: big
heartbeat: Ping
swift: { access: public, imports: [ Foundation ] }
frame:
  header: [ magic: 0xAB_CD, version: uint8, type: uint8, id: { type: uint32, correlate: true }, length: uint16 ]
  trailer: [ checksum: crc32 ]
  max-payload: 1_000
messages:
  Ping:
    code: 0x01
    from: client
    reply: Pong
    trailing: reject
    fields:
      - { name: a, type: uint8, min: 0x01, max: 1_0, default: 5 }
      - { name: b, type: "[uint16?]", count: 2 }
      - { name: c, type: [string], length: uint8, count: uint16 }
      - { reserved: 3 }
      - { name: d, type: Kind? }
      - { name: e, type: Rights, default: [ see ] }
      - { name: f, type: Figure }
    examples:
      - payload: 05 00010001 0000 000000 00 01 00
        fields: { b: [ null, 1 ], c: [], f: none }
    malformed: [ 0102, { payload: 00, doc: Too short. } ]
  Pong: { code: 2, from: server }
  Shape:
    code: 3
    from: server
    fields:
      - { name: n, type: uint4 }
      - { name: o, type: bit, bit-order: high }
      - { reserved: uint3 }
      - { name: size, type: varuint }
      - { name: tagged, type: uint8 }
      - { name: g, type: string, length: size, encoding: latin1, when: o }
      - { name: h, type: bytes, length: 2, pad: " ", align: 4 }
      - { name: i, type: [Figure], count: { bytes: { type: uint24, plus: 3 } }, when: { n: { min: 7 } } }
      - { name: j, type: [Point], count: { until: "\\0" } }
      - { name: k, type: "bytes?", length: { type: int32, absent: -1, unit: 2 } }
      - { name: p, type: Option, tag: tagged }
      - { name: q, type: Point, length: uint8 }
      - { name: l, type: uint8, optional: true }
enums:
  Kind: { type: int8, cases: { low: -1, high: 0x7F } }
flags:
  Rights: { type: uint8, bits: { see: 0, change: 7 } }
structs:
  Point: { fields: [ { name: x, type: float32 } ] }
unions:
  Figure: { tag: uint8, cases: { none: 0, dot: { tag: 1, fields: [ { name: at, type: Point } ] } } }
  Option: { tag: { length: 1 }, length: uint16, align: 8, unknown: keep, cases: { some: S, others: { tag: O } } }
"""
MISTAKES = [
    ("protocol: Demo", "protocol: "),
    ("protocol: Demo", "protcol: Demo"),
    ("version: 1\n", "version: one\n"),
    ("version: 1\n", "version: -1\n"),
    ("version: 1\n", "version: 1.5\n"),
    ("byte-order: big", "byte-order: middle"),
    ("heartbeat: Ping", "heartbeat: [ Ping ]"),
    ("access: public", "access: open"),
    ("imports: [ Foundation ]", "imports: Foundation"),
    ("magic: 0xAB_CD", "magic: 0xYZ"),
    ("version: uint8,", "version: uint64,"),
    ("type: uint8, id", "type: uint32, id"),
    (", length: uint16 ]", " ]"),
    (", length: uint16 ]", ", length: { type: uint16, covers: everything } ]"),
    ("correlate: true", "correlates: true"),
    ("correlate: true", "correlate: 1"),
    ("correlate: true", "max: 1"),
    ("checksum: crc32", "checksum: crc64"),
    ("checksum: crc32", "checksum: { type: crc32, covers: all }"),
    ("checksum: crc32", "sum: crc32"),
    ("max-payload: 1_000", "max-payload: 1__000"),
    ("max-payload: 1_000", "max-payload: 1_000\n  byte-order: big"),
    ("  Ping:\n", "  2Ping:\n"),
    ("    code: 0x01\n", ""),
    ("    from: client\n", ""),
    ("from: client", "from: everybody"),
    ("    from: client\n", "    from: client\n    fiels: []\n"),
    ("    from: client\n", "    from: client\n    requires: password\n"),
    ("    from: client\n", "    from: client\n    deprecated: \"\"\n"),
    ("trailing: reject", "trailing: skip"),
    ("name: a, ", ""),
    ("name: a, ", "name: a-b, "),
    ("name: a, ", f"name: {'a' * 65}, "),
    ("type: uint8, min", "typ: uint8, min"),
    ("min: 0x01", "min: low"),
    ("default: 5", "secret: sometimes"),
    ("default: 5", "since: soon"),
    ('"[uint16?]"', '"[uint16??]"'),
    ('"[uint16?]"', '"[[uint16]]"'),
    ('"[uint16?]"', "[uint16, uint8]"),
    ('"[uint16?]"', "[]"),
    ('"[uint16?]"', "{ array: uint16 }"),
    ("count: 2", "count: 0"),
    ("count: 2", "count: int8"),
    ("reserved: 3", "reserved: 0"),
    ("reserved: 3", "reserved: 3, name: a"),
    ("payload: 05", "payload: 5"),
    ("payload: 05", "payload: xx"),
    ("payload: 05", "frame: 05\n        payload: 05"),
    ("      - payload: 05 00010001 0000 000000 00 01 00\n        fields", "      - fields"),
    ("        fields: { b", "        header: { id: 1 }\n        fields: { b"),
    ("payload: 00, doc", "payload: 0g, doc"),
    ("payload: 00, doc", "doc"),
    ("type: int8", "type: float32"),
    ("type: int8, cases: { low: -1, high: 0x7F }", "type: int8"),
    ("high: 0x7F", "high: much"),
    ("bits: { see: 0, change: 7 }", "bits: { see: -1, change: 7 }"),
    ("bits: { see: 0, change: 7 }", "bits: { see: 0, change: 64 }"),
    ("type: uint8, bits", "type: int8, bits"),
    ("{ name: x, type: float32 }", "{ name: x, type: float32, since: 1, default: 0 }"),
    ("fields: [ { name: x, type: float32 } ]", "doc: Nothing."),
    ("tag: uint8", "tag: int8"),
    ("none: 0", "none: -1"),
    ("none: 0", "none: { fields: [] }"),
    ("name: at, type: Point", "name: at, type: uint8, default: 1"),
    ("bit-order: high", "bit-order: up"),
    ("reserved: uint3", "reserved: int3"),
    ("encoding: latin1", "encoding: latin9"),
    ("when: o", "when: [ o ]"),
    ('pad: " "', 'pad: "ab"'),
    ("align: 4", "align: 3"),
    ("plus: 3", "plus: x"),
    ("min: 7", "least: 7"),
    ("unit: 2", "unit: 0"),
    ("absent: -1", "absent: none"),
    ("tag: tagged", "tag: [ tagged ]"),
    ("optional: true", "optional: maybe"),
    ("tag: { length: 1 }", "tag: { length: 0 }"),
    ("align: 8", "align: 9"),
    ("unknown: keep", "unknown: drop"),
    ("frame:\n", "imports: [ NET001 ]\nframe:\n"),
    ("unions:", "unoins:"),
]


class Loader(yaml.CSafeLoader):
    """Reads YAML like editors, with the core schema of YAML 1.2.

    PyYAML itself reads YAML 1.1, in which `on` is a boolean. Without libyaml it does not accept `{ type: Kind? }`.
    """

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


for tag, pattern, initials in [
    ("null", r"(~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"([-+]?[0-9]+|0o[0-7]+|0x[0-9A-Fa-f]+)", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.0123456789")),
]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), initials)
Loader.add_constructor(
    "tag:yaml.org,2002:int", lambda _, node: int(node.value, 16) if node.value.startswith("0x") else int(node.value)
)


def errors(text):
    spec = yaml.load(text, Loader)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(spec)]


class Schema(unittest.TestCase):
    def test_it_is_a_schema_and_says_what_each_key_means(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        for name, definition in [("spec", SCHEMA), *SCHEMA["definitions"].items()]:
            for key, value in definition.get("properties", {}).items():
                self.assertIn("description", value, f"{name}: {key}")

    def test_its_keys_are_those_of_the_parser(self):
        for name, (needed, other) in spec_words.schemas().items():
            definition = SCHEMA if name == "spec" else SCHEMA["definitions"][name]
            self.assertEqual(set(definition["properties"]), set(needed + other), name)
            self.assertEqual(set(definition.get("required", [])), set(needed), name)
            self.assertIs(definition["additionalProperties"], False, name)

    def test_its_words_are_those_of_the_parser(self):
        message, frame = SCHEMA["definitions"]["message"], SCHEMA["definitions"]["frame"]
        definitions = {name: definition.get("properties", {}) for name, definition in SCHEMA["definitions"].items()}
        for words, enum in [
            (SCHEMA["properties"]["byte-order"], "ByteOrder"),
            (definitions["field"]["byte-order"], "ByteOrder"),
            (SCHEMA["properties"]["trailing"], "TrailingBytes"),
            (message["properties"]["trailing"], "TrailingBytes"),
            (message["properties"]["from"], "Sender"),
            (message["properties"]["requires"], "Requirement"),
            (definitions["swift"]["access"], "Access"),
            (definitions["length"]["covers"], "LengthCoverage"),
            (frame["properties"]["codes"], "Codes"),
            (SCHEMA["definitions"]["checksumAlgorithm"], "ChecksumAlgorithm"),
            (definitions["checksum"]["covers"], "ChecksumCoverage"),
            (definitions["field"]["encoding"], "TextEncoding"),
            (definitions["field"]["bit-order"], "BitOrder"),
            (definitions["union"]["unknown"], "UnknownTag"),
        ]:
            self.assertEqual(words["enum"], spec_words.words(enum))
        self.assertEqual(SCHEMA["definitions"]["builtinType"]["enum"], spec_words.builtin_types())
        for role, name in [("headerNumber", "headerCountType"), ("code", "codeType"), ("header", "headerType")]:
            self.assertEqual(SCHEMA["definitions"][name]["enum"], spec_words.integer_types(role), role)

    def test_what_the_tool_accepts_it_accepts(self):
        specs = [
            path
            for path in REPOSITORY.rglob("*.yaml")
            if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
            and re.search("^protocol:", path.read_text(), re.MULTILINE)
        ]
        for path in specs:
            # Of the pages of mistakes some have none that the schema could see.
            if path.parent.name != "Mistakes" or test_spec_language.generate(path.read_text())[1]:
                self.assertEqual(errors(path.read_text()), [], str(path))
        for path in (
            "protocol.yaml",
            "Examples/Hello/Sources/Hello/protocol.yaml",
            "Sources/Switchboard/Switchboard.docc/Resources/Notes-protocol.yaml",
            "IntegrationTests/Downstream/Imports/Sources/Games/protocol.yaml",
        ):
            self.assertIn(REPOSITORY / path, specs)

    def test_it_accepts_what_the_reference_shows(self):
        for line, block, (language, following) in test_spec_language.blocks():
            spec = block if test_spec_language.is_whole(block) else test_spec_language.complete(block)
            self.assertEqual(errors(spec), [], f"line {line}")

    def test_what_is_shown_can_be_read_by_a_reader_that_is_not_libyaml(self):
        specs = [
            path.read_text()
            for path in REPOSITORY.rglob("protocol.yaml")
            if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
        ]
        specs += [block for _, block, _ in test_spec_language.blocks()]
        self.assertGreater(len(specs), 20)
        for spec in specs:
            # Written in Python, and stricter within braces.
            yaml.load(spec, yaml.SafeLoader)

    def test_it_refuses_mistakes_as_the_tool_does(self):
        self.assertEqual((errors(SPEC), test_spec_language.generate(SPEC)[0]), ([], ""))
        for part, mistake in MISTAKES:
            with self.subTest(mistake=mistake):
                self.assertEqual(SPEC.count(part), 1, part)
                spec = SPEC.replace(part, mistake)
                self.assertNotEqual(errors(spec), [])
                self.assertIn("error: ", test_spec_language.generate(spec)[0])


if __name__ == "__main__":
    test_spec_language.TOOL = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
