"""Runs the command plugin in a package with its spec in the root folder and a hyphen in the name of a target.

    python3 IntegrationTests/Downstream/test_command.py [unittest options]
"""

import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from example import REPOSITORY, SCRATCH
from ports import unused_port
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

# The same with a reply, for the verbs that exchange messages.
ANSWERED = SPEC.replace("from: client,", "from: client, reply: Pong,").replace("} }\n", "}, Pong: { code: 2, from: server } }\n")

ALONE = "protocol: Alone\nframe: { header: [ type: uint16 ] }\nmessages: { Hail: { code: 7, from: both } }\n"


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
        hidden = {self.package / ".build", self.package / ".git"}
        return {str(path.relative_to(self.package)) for path in files if not hidden & set(path.parents)} - {"Package.resolved"}

    @staticmethod
    def words(*arguments):
        return ["package", "--scratch-path", str(SCRATCH), "protocol", *arguments]

    def protocol(self, *arguments, fails=False, cwd="."):
        """Runs the command without a terminal and without permissions."""
        result = swift(*self.words(*arguments), cwd=self.package / cwd)
        self.assertEqual(result.returncode != 0, fails, result.stdout)
        return result.stdout

    def add_target_without_source(self, spec=None):
        """Adds a target `Empty` that uses the plugin, with nothing in its folder but `spec`."""
        empty = f'.target(name: "Empty", {PLUGIN}),\n        .target(name: "Plain"),'
        (self.package / "Package.swift").write_text(MANIFEST.replace('.target(name: "Plain"),', empty))
        folder = self.package / "Sources/Empty"
        folder.mkdir()
        self.addCleanup(folder.rmdir)
        if spec:
            (folder / "protocol.yaml").write_text(spec)
            self.addCleanup((folder / "protocol.yaml").unlink)

    def test_help_needs_no_permission(self):
        self.assertIn("usage: swift package protocol VERB", self.protocol("--help"))
        self.assertIn("usage: swift package protocol VERB", self.protocol("check", "--help"))

    def test_a_wrong_verb_has_the_usage(self):
        for words in [(), ("chekc",), ("check", "more")]:
            self.assertIn("usage: swift package protocol VERB", self.protocol(*words, fails=True))

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

    def test_the_verbs_are_those_of_the_program(self):
        self.protocol("decode", "0100")
        listed = subprocess.run([SCRATCH / "debug/switchboard", "--help"], capture_output=True, text=True, timeout=60, check=True)
        verbs = re.findall(r"^  ([a-z]\w*) ", listed.stdout[listed.stdout.index("SUBCOMMANDS:") :], re.MULTILINE)
        self.assertEqual(sorted(re.findall(r"^  ([a-z]\w*)  ", self.protocol("--help"), re.MULTILINE)), sorted(verbs))

    def test_verbs_for_one_spec_read_that_of_the_package(self):
        self.assertIn("frame 1: Ping from the client, 2 bytes", self.protocol("decode", "0100"))
        self.assertEqual(self.protocol("encode", "Ping").splitlines()[-1], "0100")
        for verb, output, file in [
            ("docs", "Out", "Out/Chat.html"), ("python", "Out", "Out/chat/client.py"), ("c", "Out", "Out/chat.c"),
            ("wireshark", "Out/chat.lua", "Out/chat.lua"),
        ]:  # fmt: skip
            self.protocol(verb, "-o", output)
            self.assertIn(file, self.files())

    def test_a_relative_path_begins_at_the_folder_of_the_user(self):
        (self.package / "Sources/Plain/frame.hex").write_text("0100")
        self.addCleanup((self.package / "Sources/Plain/frame.hex").unlink)
        self.assertIn("frame 1: Ping", self.protocol("decode", "frame.hex", cwd="Sources/Plain"))

    def test_the_help_of_a_verb_and_the_rules_of_diff_need_no_spec(self):
        self.add_target_without_source(ALONE)
        self.assertIn("USAGE: switchboard encode", self.protocol("encode", "--help"))
        self.assertIn("message-renamed", self.protocol("diff", "--rules"))

    def test_the_spec_is_the_new_version_of_a_diff(self):
        git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
        for words in [["init", "-q"], ["add", "protocol.yaml"], ["commit", "-q", "-m", "One"], ["tag", "v1.0"]]:
            subprocess.run([*git, *words], cwd=self.package, check=True, timeout=60)
        self.addCleanup(subprocess.run, ["rm", "-rf", self.package / ".git"], check=True)
        self.assertIn("protocol.yaml has no changes since git:HEAD:protocol.yaml", self.protocol("diff"))
        (self.package / "protocol.yaml").write_text(SPEC.replace("code: 1", "code: 3"))
        for words in [("diff",), ("diff", "git:v1.0"), ("diff", "git:v1.0", "--level", "any")]:
            output = self.protocol(*words, fails=True)
            self.assertIn("code-changed", output)
            self.assertIn("Plugin ended with exit code 1", output)
        (self.package / "old.yaml").write_text(SPEC)
        self.addCleanup((self.package / "old.yaml").unlink)
        self.assertIn("code-changed", self.protocol("diff", "old.yaml", fails=True))

    def test_a_mock_answers_a_call_until_the_package_manager_is_interrupted(self):
        (self.package / "protocol.yaml").write_text(ANSWERED)
        address = f"127.0.0.1:{unused_port()}"
        self.protocol("encode", "Ping")
        mock = subprocess.Popen(
            ["swift", *self.words("mock", "--listen", address)], cwd=self.package, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            held = self.connection(address, mock)
            # The package manager locks its folder while the mock runs.
            words = self.words("call", "Ping", "--connect", address)
            call = swift(words[0], "--ignore-lock", *words[1:], cwd=self.package)
            self.assertEqual(call.returncode, 0, call.stdout)
            self.assertIn("frame 1: Pong from the server, 2 bytes", call.stdout)
            mock.send_signal(signal.SIGINT)
            # The mock, which is not a child of this process, has ended when its connections have.
            held.settimeout(60)
            self.assertEqual(held.recv(1), b"")
            held.close()
        finally:
            mock.kill() if mock.poll() is None else None
            mock.wait(timeout=60)

    def connection(self, address, server):
        host, port = address.split(":")
        deadline = time.monotonic() + 120
        while True:
            try:
                return socket.create_connection((host, int(port)))
            except OSError:
                self.assertTrue(time.monotonic() < deadline and server.poll() is None, "the mock did not start")
                time.sleep(0.05)

    def test_of_several_specs_the_user_chooses_one(self):
        self.add_target_without_source(ALONE)
        output = self.protocol("encode", "Hail", fails=True)
        self.assertIn("encode is for one spec, and there are 2: choose one with --target Empty, --target my-chat", output)
        self.assertEqual(self.protocol("encode", "Hail", "--target", "Empty").splitlines()[-1], "0007")
        self.assertEqual(self.protocol("encode", "--target", "my-chat", "Ping").splitlines()[-1], "0100")
        self.assertIn("no target Other", self.protocol("encode", "--target", "Other", "Ping", fails=True))

    def test_a_target_needs_no_swift_file(self):
        self.add_target_without_source(ALONE)
        output = self.protocol("check")
        self.assertIn("Alone is valid: 1 message", output)
        self.assertIn("Chat is valid: 1 message", output)
        self.protocol("vectors", "--target", "Empty", "--output", "Out")
        self.assertIn("Out/Empty.vectors.json", self.files())
        self.assertIn("tests needs a module", self.protocol("tests", "--target", "Empty", fails=True))

    def test_a_target_without_a_swift_file_may_share_the_spec_at_the_root(self):
        self.add_target_without_source()
        self.assertEqual(self.protocol("check").count("Chat is valid"), 1)
        self.assertIn("frame 1: Ping", self.protocol("decode", "0100"))

    def test_a_package_whose_targets_do_not_use_the_plugin_has_the_spec_at_the_root(self):
        (self.package / "Package.swift").write_text(MANIFEST.replace(f",\n            {PLUGIN}", ""))
        self.assertEqual(self.protocol("check").count("Chat is valid"), 1)
        self.assertIn("frame 1: Ping", self.protocol("decode", "0100"))
        (self.package / "protocol.yaml").unlink()
        self.assertIn("no target of the package uses SwitchboardPlugin", self.protocol("check", fails=True))


if __name__ == "__main__":
    unittest.main()
