"""Mutates a spec that uses every feature, a spec that imports it, and one with every part of a header, over a thousand times. For
each mutant, the generator must report errors with positions, or generate Swift source that compiles.

    python3 IntegrationTests/Spec/test_mutations.py BUILD-FOLDER [unittest options]
"""

import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path()
BASE = HERE / "base.yaml"
# The number of mutants of each spec.
MUTANTS = {BASE: 1200, HERE / "importing.yaml": 600, HERE / "headers.yaml": 800}
MODULE_MAPS = "C*.build/module.modulemap"

# A key with its value on the same line, if the value ends there.
KEY = re.compile(
    r"(?P<key>[A-Za-z][\w-]*):(?=[ \n])"
    r"(?P<value> (?:\[[^\[\]{}]*\]|\{[^\[\]{}]*\}|\"[^\"]*\"|[^ ,\[\]{}#\n][^,\[\]{}#\n]*))?"
)
VALUES = '[ 1 ]|{ a: 1 }|"text"|text|-1|99999999999999999999|~|true|1.5|0x|[]|{}|""|é'.split("|")


def mutate(text: str, chance: random.Random) -> tuple[str, str]:
    """Returns the text with one mistake, and a description of the mistake."""
    match = chance.choice(list(KEY.finditer(text, text.index("protocol:"))))
    start, end = match.span()
    key, value = match["key"], match["value"] or ""
    kind = chance.choice(["drop", "double", "misspell key", "misspell value", "wrong value", "swap"])
    if kind == "drop":
        rest = text[end:]
        return text[:start] + (rest[1:] if rest.startswith(",") else rest), f"{kind} {key}"
    if kind == "double":
        line = text.rfind("\n", 0, start) + 1
        separator = ", " if "{" in text[line:start] else "\n" + " " * (start - line)
        return text[:end] + separator + text[start:end] + text[end:], f"{kind} {key}"
    if kind == "misspell key":
        place = chance.randrange(len(key))
        misspelt = key[:place] + chance.choice("xqz_") + key[place + 1 :]
        return text[:start] + misspelt + text[start + len(key) :], f"{kind} {key}"
    if kind == "swap":
        other = chance.choice(list(KEY.finditer(text, text.index("protocol:"))))
        return text[:start] + other["key"] + text[start + len(key) :], f"{kind} {key} for {other['key']}"
    if kind == "misspell value" and len(value) > 1:
        place = chance.randrange(1, len(value))
        value = value[:place] + chance.choice("xqz_09") + value[place + 1 :]
    else:
        value = " " + chance.choice(VALUES)
    return text[: start + len(key) + 1] + value + text[end:], f"{kind} {key}:{value}"


class Mutants(unittest.TestCase):
    """What the suites of mutants share."""

    def mutants(self, texts, seed):
        """Returns different mutants, each with a description: of each text as many as `texts` says."""
        chance = random.Random(int(os.environ.get("MUTATION_SEED", seed)))
        mutants = {}
        for text, count in texts.items():
            count += len(mutants)
            while len(mutants) < count:
                mutants.setdefault(*mutate(text, chance))
        return mutants

    def outcomes(self, folder, mutants):
        """Runs the generator with each mutant. Returns the number and the Swift source of each, None if it has a mistake."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda item: self.outcome(folder, *item), enumerate(mutants.items())))

    def outcome(self, folder, number, mutant):
        text, what = mutant
        spec, output = folder / f"{number}.yaml", folder / f"{number}.out"
        spec.write_text(text)
        result = self.generate(spec, output)
        lines = result.stderr.splitlines()
        counts = {str(spec): text.count("\n") + 1, str(BASE): BASE.read_text().count("\n") + 1}
        for line in lines:
            found = re.fullmatch(r"(.+\.yaml):(\d+):(\d+): (error|warning|note): .+", line)
            assert found and 1 <= int(found[2]) <= counts[found[1]] and int(found[3]) >= 1, f"{what}: {line}"
            assert found[1] == str(spec) or found[4] == "note", f"{what}: {line}"
        if result.returncode == 0:
            return number, output.read_text()
        assert result.returncode == 1 and any(": error: " in line for line in lines), f"{what}: {result}"
        assert not output.exists(), what
        return number, None

    def generate(self, spec, output):
        command = [BUILD / "switchboard-generate", spec, "--output", output, "--import", f"Base={BASE}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20)


class Mutations(Mutants):
    def test_each_mutant_is_told_its_mistake_or_compiles(self):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            mutants = self.mutants({base.read_text(): count for base, count in MUTANTS.items()}, seed=20)
            outcomes = self.outcomes(folder, mutants)
            valid = {}
            for number, source in outcomes:
                # Many mutants generate the same Swift source, which is compiled once.
                if source is not None:
                    valid.setdefault(source, number)
            self.assertGreater(len(mutants) - sum(source is not None for _, source in outcomes), len(mutants) / 2)
            self.assertGreater(len(valid), 50)
            self.compile(folder, valid)
            print(f"{len(mutants)} mutants, {len(valid)} different ones of them valid and compiled")

    def compile(self, folder, valid):
        """Compiles all sources in one module, each in a namespace of its own."""
        sources = []
        for source, number in valid.items():
            name = re.search(r"^nonisolated (?:public |package )?enum `?(\w+)`?: WireProtocol", source, re.MULTILINE)[1]
            text = re.sub(rf"(?<![\w.\"]){name}(?=[.:\s`{{])", f"{name}{number}", source)
            text = re.sub(rf"`{name}{number}`", f"{name}{number}", text)
            path = folder / f"Mutant{number}.swift"
            path.write_text(text)
            sources.append(str(path))
        self.generate(BASE, folder / "Base.swift")
        self.swiftc(folder, "Base", "-emit-module", "-o", folder / "Base.swiftmodule", folder / "Base.swift")
        errors = self.swiftc(folder, "Mutants", "-typecheck", *sources)
        self.assertNotIn("warning:", errors)

    def swiftc(self, folder, module, *arguments):
        maps = [flag for map in BUILD.glob(MODULE_MAPS) for flag in ("-Xcc", f"-fmodule-map-file={map}")]
        options = ["-swift-version", "6", "-module-name", module, "-package-name", "mutants"]
        result = subprocess.run(
            ["swiftc", *options, "-I", BUILD / "Modules", "-I", folder, *maps, *arguments],
            capture_output=True,
            text=True,
            timeout=900,
        )
        self.assertEqual(result.returncode, 0, result.stderr[-4000:])
        return result.stderr


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
