"""Runs the command plugin in a package with its spec in the root folder and a hyphen in the name of a target.

    python3 IntegrationTests/Downstream/test_command.py [unittest options]
"""

import json
import pathlib
import tempfile
import unittest

from example import REPOSITORY, SCRATCH
from swiftpm import swift

PLUGIN = 'plugins: [.plugin(name: "SwitchboardPlugin", package: "switchboard")]'

MANIFEST = f"""// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Rooted",
    dependencies: [.package(name: "switchboard", path: "{REPOSITORY}")],
    targets: [
        .target(name: "Plain"),
        .target(
            name: "my-chat",
            dependencies: [.product(name: "Switchboard", package: "switchboard")],
            {PLUGIN}
        ),
        .executableTarget(name: "Server", dependencies: ["my-chat"]),
    ]
)
"""

SPEC = """protocol: Chat
frame: { header: [ type: uint8, length: uint8 ] }
messages: { Ping: { code: 1, from: client, examples: [ { payload: "" } ] } }
"""


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.package = pathlib.Path(cls.temporary.name).resolve()
        for target, file in [("Plain", "A.swift"), ("my-chat", "A.swift"), ("Server", "main.swift")]:
            (cls.package / "Sources" / target).mkdir(parents=True)
            (cls.package / "Sources" / target / file).write_text("// Source.\n")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def setUp(self):
        (self.package / "Package.swift").write_text(MANIFEST)
        (self.package / "protocol.yaml").write_text(SPEC)
        self.before = self.files()

    def files(self):
        files = {path for path in self.package.rglob("*") if path.is_file()}
        hidden = self.package / ".build"
        return {str(path.relative_to(self.package)) for path in files if hidden not in path.parents} - {"Package.resolved"}

    def protocol(self, *arguments, fails=False):
        """Runs the command without a terminal and without permissions."""
        result = swift("package", "--scratch-path", str(SCRATCH), "protocol", *arguments, cwd=self.package)
        self.assertEqual(result.returncode != 0, fails, result.stdout)
        return result.stdout

    def test_help_needs_no_permission(self):
        self.assertIn("usage: swift package protocol COMMAND", self.protocol("--help"))
        self.assertIn("usage: swift package protocol COMMAND", self.protocol("check", "--help"))

    def test_the_spec_at_the_root_is_checked_once_and_without_permission(self):
        self.assertEqual(self.protocol("check").count("Chat is valid: 1 message, 1 example"), 1)
        self.assertEqual(self.files(), self.before)

    def test_a_mistake_in_the_spec_at_the_root_fails_the_check(self):
        (self.package / "protocol.yaml").write_text(SPEC.replace("client", "cleint"))
        self.assertIn("protocol.yaml:3:36: error: `from` must be", self.protocol("check", fails=True))

    def test_the_spec_at_the_root_is_laid_out(self):
        (self.package / "protocol.yaml").write_text(SPEC.replace(": Chat", ":   Chat"))
        self.protocol("format")
        self.assertEqual((self.package / "protocol.yaml").read_text(), SPEC)

    def test_only_the_target_that_uses_the_plugin_gets_files_and_its_module_is_imported(self):
        self.protocol("tests", "--output", "Out")
        self.protocol("vectors", "--output", "Out")
        self.assertEqual(self.files() - self.before, {"Out/my-chatExampleTests.swift", "Out/my-chat.vectors.json"})
        self.assertIn("@testable import my_chat\n", (self.package / "Out/my-chatExampleTests.swift").read_text())
        vectors = json.loads((self.package / "Out/my-chat.vectors.json").read_text())
        self.assertEqual([vector["frame"] for vector in vectors["vectors"]], ["0100"])

    def test_a_target_without_a_swift_file_is_named(self):
        empty = f'.target(name: "Empty", {PLUGIN}),\n        .target(name: "Plain"),'
        (self.package / "Package.swift").write_text(MANIFEST.replace('.target(name: "Plain"),', empty))
        (self.package / "Sources/Empty").mkdir()
        self.addCleanup((self.package / "Sources/Empty").rmdir)
        self.assertIn("error: target Empty has no Swift file", self.protocol("check", fails=True))


if __name__ == "__main__":
    unittest.main()
