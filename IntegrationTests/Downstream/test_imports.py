"""Builds a package that depends on this one by URL and has two targets with specs. One spec imports that of NET001, the other
imports the first. Then runs every subcommand of the command plugin.

    python3 IntegrationTests/Downstream/test_imports.py [unittest options]
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from swiftpm import swift

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))
PACKAGE = pathlib.Path(__file__).resolve().parent / "Imports"


class Imports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        place = pathlib.Path(cls.temporary.name)
        # A release for this test, with all committed and uncommitted changes.
        cls.origin = place / "switchboard"
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
        subprocess.run([*git, "clone", "-q", REPOSITORY, cls.origin], check=True)
        changes = subprocess.run([*git, "diff", "HEAD", "--binary"], cwd=REPOSITORY, capture_output=True, check=True).stdout
        if changes:
            subprocess.run([*git, "apply", "-"], cwd=cls.origin, input=changes, check=True)
        subprocess.run([*git, "commit", "-q", "-a", "--allow-empty", "-m", "as it is"], cwd=cls.origin, check=True)
        subprocess.run([*git, "tag", "1.0.0"], cwd=cls.origin, check=True)
        cls.package = place / "Imports"
        subprocess.run(["cp", "-r", PACKAGE, cls.package], check=True)
        manifest = cls.package / "Package.swift"
        manifest.write_text(manifest.read_text().replace("SWITCHBOARD", f"file://{cls.origin}"))
        cls.swift("build")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def swift(cls, *arguments, fails=False):
        result = swift(*arguments, cwd=cls.package)
        assert (result.returncode != 0) == fails, result.stdout
        assert "warning:" not in result.stdout, result.stdout
        return result.stdout

    def protocol(self, *arguments, fails=False):
        return self.swift("package", "protocol", *arguments, fails=fails)

    def test_one_router_and_one_client_serve_both_protocols(self):
        lines = self.swift("run", "--skip-build", "Games").splitlines()
        self.assertTrue(
            any('Joined(members: ["Ada", "Ben"], last: NET001.NET001.ErrorCode.unknown, ' in line for line in lines), lines
        )
        self.assertIn("Pong(timestamp: 7)", lines)
        self.assertIn("ping answered", lines)
        self.assertIn("authenticated", lines)

    def test_nothing_is_generated_twice(self):
        sources = {file.name: file.read_text() for file in self.package.glob(".build/plugins/outputs/**/Games.*.swift")}
        self.assertEqual(sorted(sources), ["Games.Move.swift", "Games.protocol.swift"])
        self.assertIn("import NET001", sources["Games.protocol.swift"])
        for source in sources.values():
            self.assertNotIn("struct Ping", source)
            self.assertNotIn("struct Join:", source)

    def test_a_code_that_is_taken_is_a_mistake_at_both_places(self):
        spec = self.package / "Sources/Games/protocol.yaml"
        original = spec.read_text()
        self.addCleanup(spec.write_text, original)
        spec.write_text(original.replace("0x90", "0x80"))
        output = self.swift("build", fails=True)
        self.assertIn("Games/protocol.yaml:5:11: error: code 0x80 of `Move` is taken by `Join` of `Rooms`", output)
        self.assertIn("Rooms/protocol.yaml:5:17: note: the code of `Join` is defined here", output)

    def test_an_edit_of_the_imported_spec_generates_both_anew(self):
        spec = self.package / "Sources/Rooms/protocol.yaml"
        original = spec.read_text()
        self.addCleanup(spec.write_text, original)
        spec.write_text(original.replace("\nstructs:", "\n  Knock: { code: 0x8F, from: client }\nstructs:"))
        self.swift("build")
        for name in ["Rooms", "Games"]:
            (source,) = self.package.glob(f".build/plugins/outputs/**/{name}.protocol.swift")
            self.assertIn("Knock.self", source.read_text())

    def test_specs_are_checked_laid_out_and_exported(self):
        output = self.protocol("check")
        self.assertIn("Rooms is valid: 3 messages, 3 types, 2 examples, 9 imported messages", output)
        self.assertIn("Games is valid", output)
        spec = self.package / "Sources/Rooms/protocol.yaml"
        original = spec.read_text()
        self.addCleanup(spec.write_text, original)
        spec.write_text(original.replace("messages:", "messages:   "))
        self.protocol("format", "--target", "Rooms")
        self.assertEqual(spec.read_text(), original)
        self.protocol("vectors", "--target", "Rooms", "--output", "Vectors")
        vectors = json.loads((self.package / "Vectors/Rooms.vectors.json").read_text())
        self.assertEqual(vectors["vectors"][0]["fields"], {"room": "lobby"})
        self.assertIn("usage: swift package protocol", self.protocol("chekc", fails=True))

    def test_examples_become_tests_that_pass(self):
        self.protocol("tests")
        output = self.swift("test", "--disable-xctest")
        for name in ["Join, example 1", "Joined, example 1", "Move, example 1", "Move, malformed 1: A third half."]:
            self.assertIn(f'Test "{name}" passed', output)

    def test_vectors_agree_with_another_implementation(self):
        import net001

        subprocess.run(
            ["swift", "build", "--product", "switchboard-generate"], cwd=REPOSITORY, check=True, capture_output=True
        )
        output = self.package / "NET001.json"
        tool = REPOSITORY / ".build/debug/switchboard-generate"
        subprocess.run([tool, "vectors", REPOSITORY / "protocol.yaml", "--output", output], check=True)
        vectors = json.loads(output.read_text())["vectors"]
        self.assertGreaterEqual(len(vectors), 7)
        codes = {message["name"]: message["code"] for message in json.loads(output.read_text())["messages"]}
        for vector in vectors:
            payload = bytes.fromhex(vector["payload"])
            self.assertEqual(net001.frame(codes[vector["message"]], payload).hex(), vector["frame"])


if __name__ == "__main__":
    unittest.main()
