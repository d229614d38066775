"""Measures how long a large spec takes to build: a package with 300 messages of six fields each, after an edit of one field.

    python3 Benchmarks/compile_time.py [number of messages]
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

MANIFEST = f"""// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Large",
    dependencies: [.package(name: "Switchboard", path: "{REPOSITORY}")],
    targets: [
        .target(
            name: "Large",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        )
    ]
)
"""

HEAD = """protocol: Large
version: 1
swift: { access: public }
frame:
  header: [ magic: 0xAB, version: uint8, type: uint16, length: uint32 ]
  trailer: [ checksum: crc32 ]
enums: { Kind: { type: uint8, cases: { a: 1, b: 2 } } }
flags: { Status: { type: uint8, bits: { x: 0, y: 1 } } }
structs: { Point: { fields: [ { name: x, type: float32 }, { name: y, type: float32 } ] } }
unions: { Shape: { tag: uint8, cases: { empty: 0, circle: { tag: 1, fields: [ { name: r, type: float32 } ] } } } }
messages:
"""

TYPES = (
    "uint8|uint16|uint32, min: 1, max: 1000|uint64|int32|float64|bool|Kind|Status|Point|string, length: uint16"
    "|bytes, length: uint16|[uint16], count: uint16|[Point], count: uint16|uint32?|Shape"
).split("|")


def spec(count, first_field):
    chance = random.Random(1)
    lines = []
    for number in range(count):
        kind = f"from: client, reply: Message{number + 1}" if number % 2 == 0 and number + 1 < count else "from: server"
        fields = [f"{{ name: field{index}, type: {chance.choice(TYPES)} }}" for index in range(5)]
        fields = ", ".join([f"{{ name: {first_field}, type: uint32 }}", *fields])
        lines.append(f"  Message{number}: {{ code: {number + 1}, {kind}, fields: [ {fields} ] }}\n")
    return HEAD + "".join(lines)


def build(package):
    start = time.monotonic()
    subprocess.run(["swift", "build"], cwd=package, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as place:
        package = pathlib.Path(place)
        (package / "Sources/Large").mkdir(parents=True)
        (package / "Package.swift").write_text(MANIFEST)
        (package / "Sources/Large/Large.swift").write_text("")
        file = package / "Sources/Large/protocol.yaml"
        file.write_text(spec(count, "first"))
        build(package)
        file.write_text(spec(count, "edited"))
        seconds = build(package)
        sources = package.glob(".build/plugins/outputs/**/Large.*.swift")
        lines = sum(source.read_text().count("\n") for source in sources)
        print(f"{count} messages, {lines} lines of Swift: built in {seconds:.1f} s after an edit, in debug mode")


if __name__ == "__main__":
    main()
