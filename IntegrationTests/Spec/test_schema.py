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
      - { name: r, type: Record }
      - { name: l, type: uint8, optional: true }
enums:
  Kind: { type: int8, cases: { low: -1, high: 0x7F } }
flags:
  Rights: { type: uint8, bits: { see: 0, change: 7 } }
structs:
  Point: { fields: [ { name: x, type: float32 } ] }
  Record: { align: 2, fields: [ { name: size, type: uint8, covers: all }, { name: data, type: bytes } ] }
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
    ("magic: 0xAB_CD", "magic: [ 0xAB ]"),
    ("magic: 0xAB_CD", "magic: -1"),
    ("version: uint8,", "version: int8,"),
    ("type: uint8, id", "type: int32, id"),
    (", length: uint16 ]", ", length: { type: uint16, covers: everything } ]"),
    ("correlate: true", "correlates: true"),
    ("correlate: true", "correlate: 1"),
    ("correlate: true", "max: 1"),
    ("checksum: crc32", "checksum: crc64"),
    ("checksum: crc32", "checksum: { type: crc32, covers: all }"),
    ("checksum: crc32", "sum: crc32"),
    ("checksum: crc32", "checksum: crc"),
    ("checksum: crc32", "checksum: { type: crc, width: 16 }"),
    ("checksum: crc32", "checksum: { type: crc, poly: 0x1021 }"),
    ("checksum: crc32", "checksum: { type: crc, width: 12, poly: 0x1021 }"),
    ("checksum: crc32", "checksum: { type: crc, width: 16, poly: 0 }"),
    ("checksum: crc32", "checksum: { type: crc, width: 16, poly: 0x1021, negate: true }"),
    ("checksum: crc32", "checksum: { type: crc, width: 16, poly: 0x1021, reflect: 1 }"),
    ("checksum: crc32", "checksum: { type: crc32, poly: 0x04C11DB7 }"),
    ("checksum: crc32", "checksum: { type: xor8, xor: 1 }"),
    ("checksum: crc32", "checksum: { type: sum8, init: 1 }"),
    ("checksum: crc32", "checksum: { type: sum8, byte-order: big }"),
    ("checksum: crc32", "checksum: { type: crc32, byte-order: middle }"),
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
    ("default: 5", "trace: [ b3 ]"),
    ("default: 5", "trace: a b"),
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
    ("covers: all", "covers: frame"),
    ("align: 2, fields", "align: 3, fields"),
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

# The same for headers that are more than whole numbers.
HEADERS = """
protocol: Headers
version: 1
frame:
  header:
    - magic: { client: "AB", server: { hex: "4344" } }
    - magic: { hex: b5 62 }
    - version: { type: uint4, bit-order: high }
    - urgent: bit
    - reserved: uint3
    - reserved: 2
    - type: { type: string, length: 4, pad: 0, encoding: ascii }
    - id: { type: bytes, length: 12, correlate: true }
    - level: { type: int24, byte-order: little, default: -1 }
    - checksum: { type: sha256d, bytes: 4, covers: payload }
    - kind: { type: varint, equals: 7, doc: Always 7. }
    - size: uint24
    - options: Options
    - length: { type: uint24, byte-order: little, covers: payload }
  trailer:
    - checksum: { type: crc16, covers: { from: level, to: payload } }
    - end: 0xCE
    - end: { hex: 0d0a }
messages:
  Note:
    code: note
    from: client
    checksum-seed: 0x32
    fields:
      - { name: text, type: string, length: { field: header.size, plus: 2 } }
      - { name: loud, type: uint8, when: header.options.loud }
      - { name: low, type: uint8, when: { header.level: { max: 0 } } }
flags:
  Options: { type: uint8, bits: { loud: 0 } }
"""
HEADER_MISTAKES = [
    ('client: "AB"', 'client: ""'),
    ('client: "AB"', 'client: [ 1 ]'),
    ('client: "AB", ', ""),
    ('server: { hex: "4344" }', 'server: { hex: "434" }'),
    ('server: { hex: "4344" }', 'server: { hex: "" }'),
    ('server: { hex: "4344" }', 'servers: { hex: "4344" }'),
    ("{ hex: b5 62 }", "{ hexadecimal: b5 62 }"),
    ("{ hex: b5 62 }", f"{'x' * 33!r}"),
    ("{ hex: b5 62 }", "0x0102030405060708090A"),
    ("{ hex: b5 62 }", "true"),
    ("version: { type: uint4, bit-order: high }", "version: { bit-order: low }"),
    ("version: { type: uint4, bit-order: high }", "version: { type: int4, bit-order: low }"),
    ("version: { type: uint4, bit-order: high }", "version: { type: uint4, bit-order: up }"),
    ("version: { type: uint4, bit-order: high }", "version: { type: uint4, covers: frame }"),
    ("urgent: bit", "urgent: bool"),
    ("urgent: bit", "urgent: float32"),
    ("urgent: bit", "urgent: uint65"),
    ("urgent: bit", "urgent: bytes"),
    ("urgent: bit", "urgent: string"),
    ("urgent: bit", "urgent: uint8?"),
    ("urgent: bit", "urgent: { type: bytes }"),
    ("urgent: bit", "urgent: { type: bytes, length: [ 8 ] }"),
    ("urgent: bit", "urgent: { type: string }"),
    ("urgent: bit", "urgent: { type: bit, length: 1 }"),
    ("urgent: bit", "urgent: { type: bit, unless: level }"),
    ("{ type: sha256d, bytes: 4, covers: payload }", "crc64"),
    ("{ type: sha256d, bytes: 4, covers: payload }", "{ bytes: 4 }"),
    ("{ type: sha256d, bytes: 4, covers: payload }", "{ type: crc32, bytes: 4 }"),
    ("bytes: 4, covers", "bytes: 33, covers"),
    ("bytes: 4, covers", "bytes: 0, covers"),
    ("bytes: 4, covers", "byte-order: big, covers"),
    ("bytes: 4, covers", "xor: 1, covers"),
    ("from: level, to: payload", "from: level, after: level"),
    ("from: level, to: payload", "to: payload"),
    ("from: level, to: payload", "from: level, to: [ header ]"),
    ("from: level, to: payload", "since: level, to: payload"),
    ("from: level, to: payload", "from: [ level ], to: payload"),
    ("checksum-seed: 0x32", "checksum-seed: -1"),
    ("checksum-seed: 0x32", "checksum-seed: [ 1 ]"),
    ("checksum-seed: 0x32", "checksum-seeds: 0x32"),
    ("reserved: uint3", "reserved: int3"),
    ("reserved: uint3", "reserved: varuint"),
    ("reserved: 2", "reserved: 0"),
    ("reserved: 2", "reserved: { size: uint16 }"),
    ("type: { type: string, length: 4, pad: 0, encoding: ascii }", "type: string"),
    ("type: { type: string, length: 4, pad: 0, encoding: ascii }", "type: { type: string, pad: 0 }"),
    ("type: { type: string, length: 4, pad: 0, encoding: ascii }", "type: { type: string, length: uint7 }"),
    ("type: { type: string, length: 4, pad: 0, encoding: ascii }", "type: { type: uint8, length: 4 }"),
    ("type: { type: string, length: 4, pad: 0, encoding: ascii }", "type: { type: int8 }"),
    ("pad: 0, encoding: ascii", "pad: 0, encoding: ebcdic"),
    ("pad: 0, encoding: ascii", "pad: 0, default: ab"),
    ("length: 12, correlate: true", "length: 4, correlate: true"),
    ("length: 12, correlate: true", "length: 12, correlate: true, equals: abcdefghijkl"),
    ("{ type: bytes, length: 12, correlate: true }", "{ type: uint24, correlate: true }"),
    ("{ type: bytes, length: 12, correlate: true }", "{ type: bit, correlate: true }"),
    ("byte-order: little, default: -1", "byte-order: little, default: -1, equals: -1"),
    ("byte-order: little, default: -1", "byte-order: middle"),
    ("type: uint24, byte-order: little, covers", "type: int24, byte-order: little, covers"),
    ("type: uint24, byte-order: little, covers", "type: uint24, endian: little, covers"),
    ("- end: 0xCE", "- end: { client: 1, server: 2 }"),
    ("- end: 0xCE", '- end: ""'),
    ("- end: 0xCE", "- reserved: 0"),
    ("- end: 0xCE", "- terminator: 0xCE"),
    ("- end: 0xCE", "- length: uint8"),
    ("- end: 0xCE", "- rating: float32"),
    ("- end: 0xCE", "- rating: { type: uint8, unless: level }"),
    ("- end: 0xCE", "- 2nd: uint8"),
    ("- end: 0xCE", "- { end: 0xCE, checksum: crc16 }"),
    ("- end: 0xCE", "- {}"),
    ("code: note", "code: [ 1 ]"),
    ("field: header.size", "field: header."),
    ("when: header.options.loud", "when: header.options.loud.er"),
    ("frame:\n", "frame:\n  type: []\n"),
    ("frame:\n", "frame:\n  type: { code: type }\n"),
    ("frame:\n", "frame:\n  type: [ urgent, urgent ]\n"),
    ("frame:\n", "frame:\n  type: [ urgent, length ]\n"),
    ("frame:\n", "frame:\n  type: [ urgent, a-b ]\n"),
    ("frame:\n", "frame:\n  type: [ a, b, c, d, e, f, g, h, i ]\n"),
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
            if name == "trailerField":
                # Any other name is a field, as in `headerItem`.
                self.assertEqual(definition["additionalProperties"]["anyOf"], SCHEMA["definitions"]["headerItem"]["additionalProperties"]["anyOf"])
            else:
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
            (definitions["length"]["covers"]["anyOf"][0], "LengthCoverage"),
            (frame["properties"]["codes"], "Codes"),
            (definitions["checksum"]["covers"]["anyOf"][0], "ChecksumCoverage"),
            (definitions["checksum"]["byte-order"], "ByteOrder"),
            (definitions["field"]["encoding"], "TextEncoding"),
            (definitions["field"]["bit-order"], "BitOrder"),
            (definitions["union"]["unknown"], "UnknownTag"),
            (SCHEMA["definitions"]["timeUnit"], "TimeUnit"),
        ]:
            self.assertEqual(words["enum"], spec_words.words(enum))
        self.assertEqual(SCHEMA["definitions"]["checksumAlgorithm"]["enum"], spec_words.checksums())
        self.assertEqual(SCHEMA["definitions"]["builtinType"]["enum"], spec_words.builtin_types())
        self.assertEqual(definitions["codeField"]["encoding"]["enum"], spec_words.words("TextEncoding"))
        for name in ("length", "version", "headerField", "codeField"):
            self.assertEqual(definitions[name]["byte-order"]["enum"], spec_words.words("ByteOrder"), name)
            self.assertEqual(definitions[name]["bit-order"]["enum"], spec_words.words("BitOrder"), name)
        correlation = SCHEMA["definitions"]["correlationType"]["enum"]
        self.assertEqual(correlation, [name for name in spec_words.integer_types("header") if name.startswith("u")])

    def test_its_integer_types_are_those_of_the_parser(self):
        variable = spec_words.words("VariableLength")
        unsigned = [f"uint{bits}" for bits in range(1, 65)] + [name for name in variable if name.startswith("varu")]
        signed = [f"int{bits}" for bits in range(1, 65)] + [name for name in variable if not name.startswith("varu")]
        wrong = ["uint0", "int0", "uint65", "int128", "uint", "int", "uint08", "float32", "varuint-leb", "bool"]
        for name, accepted, refused in [
            ("unsignedType", unsigned, signed + wrong),
            ("integerType", unsigned + signed, wrong),
        ]:
            validator = jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": SCHEMA["definitions"]})
            for word in accepted:
                self.assertTrue(validator.is_valid(word), f"{name}: {word}")
            for word in refused:
                self.assertFalse(validator.is_valid(word), f"{name}: {word}")

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
        for whole, mistakes in [(SPEC, MISTAKES), (HEADERS, HEADER_MISTAKES)]:
            self.assertEqual((errors(whole), test_spec_language.generate(whole)[0]), ([], ""))
            for part, mistake in mistakes:
                with self.subTest(mistake=mistake):
                    self.assertEqual(whole.count(part), 1, part)
                    spec = whole.replace(part, mistake)
                    self.assertNotEqual(errors(spec), [])
                    self.assertIn("error: ", test_spec_language.generate(spec)[0])


if __name__ == "__main__":
    test_spec_language.TOOL = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
