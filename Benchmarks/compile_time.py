"""Measures how long the source of a large spec takes to build in debug mode: all of it, and after changes to the spec.

    python3 Benchmarks/compile_time.py [--build-system NAME] [number of messages]…
"""

import argparse
import pathlib
import random
import resource
import subprocess
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Large",
    dependencies: [.package(path: "{repository}")],
    targets: [
{targets}
    ]
)
"""

TARGET = """        .target(
            name: "{name}",
            dependencies: [.product(name: "Switchboard", package: "{package}")],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "{package}")]
        ),"""

HEAD = """protocol: Large
version: 1
swift: { access: public }
frame:
  header: [ magic: 0xAB, version: uint8, type: uint16, length: uint32 ]
  trailer: [ checksum: crc32 ]
enums:
  Kind: { type: uint8, cases: { a: 1, b: 2 } }
flags:
  Status: { type: uint8, bits: { x: 0, y: 1 } }
structs:
  Point: { fields: [ { name: x, type: float32 }, { name: y, type: float32 } ] }
unions:
  Shape: { tag: uint8, cases: { empty: 0, circle: { tag: 1, fields: [ { name: r, type: float32 } ] } } }
messages:
"""

TYPES = (
    "uint8|uint16|uint32, min: 1, max: 1000|uint64|int32|float64|bool|Kind|Status|Point|string, length: uint16"
    "|bytes, length: uint16|[uint16], count: uint16|[Point], count: uint16|uint32?|Shape"
).split("|")


def spec(count, edited=()):
    """Returns a spec with `count` messages of six fields; the first field of those in `edited` has another name."""
    chance = random.Random(1)
    lines = []
    for number in range(count):
        kind = f"from: client, reply: Message{number + 1}" if number % 2 == 0 and number + 1 < count else "from: server"
        fields = [f"{{ name: field{index}, type: {chance.choice(TYPES)} }}" for index in range(5)]
        first = "edited" if number in edited else "first"
        fields = ", ".join([f"{{ name: {first}, type: uint32 }}", *fields])
        lines.append(f"  Message{number}: {{ code: {number + 1}, {kind}, fields: [ {fields} ] }}\n")
    return HEAD + "".join(lines)


class Package:
    def __init__(self, path, counts, build_system):
        self.path = path
        self.build_system = build_system
        names = [self.target(count) for count in counts]
        targets = "\n".join(TARGET.format(name=name, package=REPOSITORY.name) for name in names)
        (path / "Package.swift").write_text(MANIFEST.format(repository=REPOSITORY, targets=targets))
        for count in counts:
            self.file(count).parent.mkdir(parents=True)
            self.file(count).with_name("Large.swift").write_text("")
            self.file(count).write_text(spec(count))

    @staticmethod
    def target(count):
        return f"Messages{count}"

    def file(self, count):
        return self.path / "Sources" / self.target(count) / "protocol.yaml"

    def diagnostics(self, count):
        """Returns the files with the diagnostics of a target, with the times when they were written.

        The compiler writes one for each file that it compiles, but leaves an object alone that would not change.
        """
        return {file: file.stat().st_mtime_ns for file in self.path.glob(f".build/**/{self.target(count)}.*.dia")}

    def lines(self, count):
        sources = self.path.glob(f".build/**/{self.target(count)}.*.swift")
        return sum(source.read_text().count("\n") for source in sources)

    def build(self):
        """Builds the package; returns the seconds, and the seconds of the processors."""
        start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        arguments = ["swift", "build", "--ignore-lock", "--build-system", self.build_system]
        subprocess.run(arguments, cwd=self.path, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def measure(self, count, change):
        """Builds the package after a change, and prints a row of the table."""
        before = self.diagnostics(count)
        seconds, processor = self.build()
        after = self.diagnostics(count)
        compiled = sum(before.get(file) != written for file, written in after.items())
        print(f"| {change} | {compiled} of {len(after)} | {seconds:.1f} s | {processor:.1f} s |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-system", default="native", choices=["native", "swiftbuild"])
    parser.add_argument("counts", nargs="*", type=int, default=[50, 300], metavar="number of messages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        package = Package(pathlib.Path(place), arguments.counts, arguments.build_system)
        # The package manager plans the second build anew, because the first one made the generated files.
        package.build()
        package.build()
        for count in arguments.counts:
            print(f"\n{count} messages, {package.lines(count)} lines of Swift, in debug mode\n")
            print("| build | compiled files | time | processor time |\n|---|---|---|---|")
            file = package.file(count)
            package.measure(count, "nothing changed")
            for output in package.path.glob(f".build/**/{package.target(count)}.*.o"):
                output.unlink()
            package.measure(count, "all files")
            middle = count // 2
            file.write_text(spec(count, [middle]))
            package.measure(count, "a field renamed in one message")
            file.write_text(spec(count + 1, [middle]))
            package.measure(count, "a message added")
            file.write_text(spec(count, range(count)))
            package.measure(count, "a field renamed in every message")


if __name__ == "__main__":
    main()
