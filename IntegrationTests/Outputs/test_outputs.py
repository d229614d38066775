"""Checks the rules that the outputs of `switchboard` share: their names, their files, and texts of a spec in their comments.

    python3 IntegrationTests/Outputs/test_outputs.py PATH-OF-SWITCHBOARD [unittest options]
"""

import ast
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUNDLED = REPOSITORY / "protocol.yaml"
PATH = None
SECONDS = 60
OTHER_NAMES = dict.fromkeys(("docs", "python", "wireshark", "c"), ("--name", "other"))
EVIL = 'x\nos.execute("true")\r\u2028import os'


def run(*arguments):
    return subprocess.run([PATH, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS)


def spec(name):
    """Returns the text of a spec of the protocol `name`."""
    return f"""protocol: {json.dumps(name)}
frame: {{ header: [ type: uint8, length: uint8 ] }}
messages: {{ Say: {{ code: 1, from: both }} }}
swift: {{ namespace: Spoken }}
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.spec = self.folder / "spec.yaml"
        self.out = self.folder / "deep/out"

    def output(self, verb):
        return ["-o", f"{self.out}.lua" if verb == "wireshark" else self.out]

    def written(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


class Names(Case):
    def test_a_name_of_a_protocol_that_no_output_can_have_is_refused_with_its_place(self):
        for name in (EVIL, "../../evil", "/evil", "a b", "日本", "-x", "x" * 65):
            self.spec.write_text(spec(name))
            for verb, option in OTHER_NAMES.items():
                with self.subTest(verb=verb, name=name):
                    result = run(verb, self.spec, *self.output(verb))
                    self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
                    self.assertRegex(result.stderr, rf"\A{self.spec}:1:11: error: .*give another name with --name\n\Z")
                    self.assertEqual(self.written(), ["spec.yaml"])

    def test_an_output_with_another_name_has_no_code_of_the_spec(self):
        named = self.folder / f"{EVIL.replace('/', '')}.yaml"
        named.write_text(spec(EVIL))
        (self.folder / "deep").mkdir()
        for verb, option in OTHER_NAMES.items():
            result = run(verb, named, *self.output(verb), *option)
            self.assertEqual(result.returncode, 0, result.stderr)
        for line in pathlib.Path(f"{self.out}.lua").read_text().split("\n"):
            self.assertFalse(line.startswith(("os.", "import os")), line)
            self.assertNotRegex(line, "^--.*\u2028")
        for path in (self.out / "other").glob("*.py"):
            imported = [name.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import) for name in node.names]
            self.assertNotIn("os", imported, path)
            self.assertNotIn("\nos.", path.read_text())

    def test_a_name_with_a_hyphen_is_an_identifier_with_an_underscore(self):
        self.spec.write_text(spec("two-words"))
        (self.folder / "deep").mkdir()
        for verb in OTHER_NAMES:
            self.assertEqual(run(verb, self.spec, *self.output(verb)).returncode, 0)
        self.assertTrue((self.out / "two-words.html").exists())
        self.assertTrue((self.out / "two_words/__init__.py").exists())
        self.assertIn('Proto("two_words"', pathlib.Path(f"{self.out}.lua").read_text())

    def test_names_with_a_meaning_in_the_language_of_an_output_are_explained(self):
        cases = [
            ("wireshark", "X", "use 2 to 64 small letters"),
            ("python", "string", "the standard library of Python has a module of this name"),
        ]
        for verb, name, reason in cases:
            self.spec.write_text(spec(name))
            result = run(verb, self.spec, *self.output(verb))
            self.assertEqual((result.returncode, self.written()), (1, ["spec.yaml"]))
            self.assertIn(reason, result.stderr)
            self.assertIn(f"give another name with --name", result.stderr)

    def test_wrong_names_on_the_command_line_are_explained(self):
        cases = [
            ("python", "class", "it is a keyword of Python"),
            ("python", "asyncio", "the standard library of Python has a module of this name"),
            ("python", "a-b", "small letters, digits and `_`"),
            ("wireshark", "x", "use 2 to 64"),
            ("wireshark", "A", "small letters"),
            ("docs", "../x", "--name ../x is not the name of a file"),
            ("docs", "a\nb", r"a\nb is not the name of a file"),
        ]
        for verb, name, text in cases:
            with self.subTest(verb=verb, name=name):
                result = run(verb, BUNDLED, *self.output(verb), OTHER_NAMES[verb][0], name)
                self.assertEqual((result.returncode, len(result.stderr.splitlines()), self.written()), (64, 1, []), result.stderr)
                self.assertIn(text, result.stderr)


class Specs(Case):
    def test_wrong_specs_and_imports_have_one_clear_line(self):
        cases = [
            (["check", ""], 64, "SPEC must be the path of a file, and is empty"),
            (["check", "-"], 64, "a spec is not read from standard input"),
            (["format", "-"], 64, "a spec is not read from standard input"),
            (["format", ""], 64, "SPEC must be the path of a file, and is empty"),
            (["tests", BUNDLED, "--module", "a b", "-o", "-"], 64, "--module a b is not the name of a module"),
            (["c", BUNDLED, "--name", "string"], 64, "the standard library of C has a header string.h"),
            (["diff", "git:HEAD"], 64, "git:HEAD needs another version"),
            (["encode", BUNDLED], 64, "the name of a message is missing"),
            (["diff", ""], 64, "SPEC must be the path of a file, and is empty"),
            (["check", BUNDLED, "--import", "A=/nonexistent"], 2, "cannot read /nonexistent"),
            (["check", BUNDLED, "--import", "A"], 64, "--import A is not MODULE=SPEC"),
            (["check", BUNDLED, "--import", "=A"], 64, "is not MODULE=SPEC"),
            (["check", BUNDLED, "--import", f"A={BUNDLED}", "--import", f"A={BUNDLED}"], 64, "names the module A twice"),
            (["wireshark", BUNDLED, "-o", "x", "--port", "abc"], 64, "abc is not a TCP port: use a number from 0 to 65535"),
        ]
        for words, expected, text in cases:
            with self.subTest(words=words):
                result = run(*words)
                self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (expected, "", 1), result.stderr)
                self.assertIn(text, result.stderr)
                self.assertNotIn("switchboard-generate", result.stderr)
                if expected == 64:
                    self.assertIn(f"Usage: switchboard {words[0]}", result.stderr)

    def test_an_import_that_no_option_names_is_told_with_the_option(self):
        self.spec.write_text(spec("A").replace("messages", "imports: [ Other ]\nmessages"))
        result = run("check", self.spec)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("there is no --import Other=SPEC", result.stderr)

    def test_usages_name_placeholders_in_capitals(self):
        for verb in ("check", "format", "tests", "vectors", "encode", "call", "listen", "docs", "wireshark", "python", "c"):
            usage = run(verb, "--help").stdout.split("USAGE:")[1].split("\n\n")[0]
            placeholders = [name for name in re.findall(r"<(.*?)>", usage) if name != "options"]
            self.assertIn("SPEC", placeholders, verb)
            self.assertEqual([name for name in placeholders if name != name.upper()], [], verb)


class Files(Case):
    VERBS = {"vectors": [], "tests": ["--module", "Main"], "wireshark": []}

    def test_a_hyphen_is_standard_output(self):
        for verb, options in self.VERBS.items():
            file = self.folder / verb
            self.assertEqual(run(verb, BUNDLED, *options, "-o", file).returncode, 0)
            result = run(verb, BUNDLED, *options, "-o", "-")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(result.stdout, file.read_text())

    def test_an_output_that_is_not_a_regular_file_is_refused_with_its_kind(self):
        for verb, options in self.VERBS.items():
            for path, kind in [("/dev/stdout", "a FIFO or a pipe"), ("/dev/null", "a device"), (self.folder, "a directory")]:
                with self.subTest(verb=verb, path=path):
                    result = run(verb, BUNDLED, *options, "-o", path)
                    self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
                    self.assertRegex(result.stderr, rf"\Aswitchboard: error: cannot write {path}: it is {kind}; .*\n\Z")


if __name__ == "__main__":
    PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
