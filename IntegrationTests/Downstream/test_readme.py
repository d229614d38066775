"""Builds and runs the program in README, and makes the outputs of its spec, exactly as README shows them.

    python3 IntegrationTests/Downstream/test_readme.py [unittest options]
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

from example import REPOSITORY, SCRATCH
from swiftpm import swift

# The port in README. The test replaces it with an unused one.
PORT = 5001

sys.path[:0] = [str(REPOSITORY / "IntegrationTests" / folder) for folder in ("Interop", "Outputs")]

from ports import unused_port  # noqa: E402
from serving import exchange, serving  # noqa: E402

TEXT = (REPOSITORY / "README.md").read_text()
BLOCKS = dict(re.findall(r"<!-- program: ([^>]+) -->\n```\w+\n(.*?)```", TEXT, re.DOTALL))
CONSOLE = BLOCKS.pop("console")
(OUTPUTS,) = re.findall(r"<!-- outputs: console -->\n```console\n(.*?)```", TEXT, re.DOTALL)
(BY_URL,) = re.findall(r"`(\.package\(url: [^`]+)`", TEXT)
MANIFEST = "Package.swift"
SPEC = "Sources/Hello/protocol.yaml"
# The change of the spec that `diff` reports in README.
BEFORE, AFTER = "      - { name: text, type: string }\n", "      - { name: time, type: uint64 }\n      - { name: text, type: string }\n"
GREET = bytes.fromhex("4849 01 01 0003 416461 80730312")


class Readme(unittest.TestCase):
    def test_the_first_program_does_what_is_printed(self):
        self.assertEqual(set(BLOCKS), {MANIFEST, SPEC, "Sources/Hello/Main.swift", "greet.py"})
        served, *asked = self.commands(CONSOLE)
        self.assertEqual(served[0], "swift run Hello &")
        self.assertEqual([command for command, _ in asked], ["swift run Hello Ada"])
        with tempfile.TemporaryDirectory() as folder:
            package = self.write_package(folder)
            self.swift(["build"], package)
            server = subprocess.Popen(
                self.command(served[0].removesuffix(" &").split()), cwd=package, stderr=subprocess.PIPE, text=True
            )
            try:
                for line in server.stderr:
                    if "listening" in line:
                        break
                else:
                    self.fail("the server did not start")
                for command, printed in asked:
                    self.assertEqual(self.swift(command.split()[1:], package).splitlines()[-1:], printed)
                self.check_outputs(package)
            finally:
                server.terminate()
                server.wait(timeout=60)
                server.stderr.close()

    def test_a_package_finds_the_products_by_url(self):
        with tempfile.TemporaryDirectory() as folder:
            package = self.write_package(folder)
            clone = pathlib.Path(folder).resolve() / "Switchboard.git"
            git = ["git", "-c", "safe.directory=*"]
            subprocess.run([*git, "clone", "-q", "--bare", REPOSITORY, clone], check=True, timeout=300)
            subprocess.run([*git, "-C", clone, "branch", "-f", "main", "HEAD"], check=True, timeout=60)
            url = re.search(r'url: "([^"]+)"', BY_URL)[1]
            manifest = BLOCKS[MANIFEST]
            by_path = re.search(r"\.package\(name: .*?\)", manifest)[0]
            (package / MANIFEST).write_text(manifest.replace(by_path, BY_URL.replace(url, clone.as_uri()), 1))
            # Loads the package graph, which fails if a product is missing. Nothing is compiled.
            listed = subprocess.run(
                ["swift", "package", "plugin", "--list"], cwd=package, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, timeout=600,
            )  # fmt: skip
            self.assertEqual(listed.returncode, 0, listed.stdout)
            self.assertIn("Switchboard", listed.stdout)
            self.assertNotIn("error:", listed.stdout)
            self.assertNotIn("warning:", listed.stdout)

    def check_outputs(self, package):
        """Runs the commands for the outputs of the spec, while the server runs."""
        port = re.search(r"port: (\d+)", (package / "Sources/Hello/Main.swift").read_text())[1]
        git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
        for words in (["init", "-q"], ["add", SPEC], ["commit", "-q", "-m", "One"]):
            subprocess.run([*git, *words], cwd=package, check=True, timeout=60)
        commands = self.commands(OUTPUTS)
        self.assertEqual(len(commands), 6)
        for command, printed in commands:
            if command.startswith("tshark"):
                self.capture(package, port)
            if "protocol diff" in command:
                spec = package / SPEC
                self.assertEqual(spec.read_text().count(BEFORE), 1)
                spec.write_text(spec.read_text().replace(BEFORE, AFTER))
            swift = f"swift package --scratch-path {shlex.quote(str(SCRATCH))}"
            command = command.replace("swift package", swift).replace(str(PORT), port).replace("python3", sys.executable)
            result = subprocess.run(command, shell=True, cwd=package, capture_output=True, text=True, timeout=1800)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            lines = result.stdout.splitlines()
            # README leaves out the names of new files.
            lines = [line for line in lines if not (package / line).is_file()]
            if command.startswith("tshark"):
                lines, printed = self.without_numbers(lines), self.without_numbers(printed)
            self.assertEqual(lines, printed, command)

    def capture(self, package, port):
        """Writes the capture of a greeting, as README names it, between a client and the server."""
        with serving(
            SCRATCH / "debug/switchboard", "proxy", package / SPEC, "--connect", f"127.0.0.1:{port}", "--write",
            package / "hello.pcap",
        ) as proxy:  # fmt: skip
            self.assertIn(b"Hello, Ada!", exchange(proxy.port, GREET))

    def without_numbers(self, lines):
        """Returns the lines without the numbers and times of packets."""
        return [re.sub(r"^ *\d+ +[\d.]+", "", line) for line in lines]

    def test_the_client_in_python_is_as_short_as_that(self):
        self.assertLessEqual(len([line for line in BLOCKS["greet.py"].splitlines() if line]), 5)

    def commands(self, block):
        """Returns each command of a console block with the lines that it prints."""
        commands = []
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line.removeprefix("$ "), []))
            else:
                commands[-1][1].append(line)
        return commands

    def write_package(self, folder):
        package = pathlib.Path(folder).resolve() / "Hello"
        port = str(unused_port())
        for path, block in BLOCKS.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(block.replace("../Switchboard", str(REPOSITORY)).replace(str(PORT), port))
        return package

    def command(self, words):
        return [words[0], words[1], "--scratch-path", str(SCRATCH), *words[2:]]

    def swift(self, arguments, package):
        result = swift(*self.command(["swift", *arguments])[1:], cwd=package)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertNotIn("warning:", result.stdout)
        return result.stdout


if __name__ == "__main__":
    unittest.main()
