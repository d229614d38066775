"""Builds and runs the program in README and its Python client, exactly as README shows them.

    python3 IntegrationTests/Downstream/test_readme.py [unittest options]
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from example import REPOSITORY, SCRATCH
from swiftpm import swift

# The port in README. The test replaces it with an unused one.
PORT = 5001

sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from ports import unused_port  # noqa: E402


BLOCKS = dict(re.findall(r"<!-- program: ([^>]+) -->\n```\w+\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL))
CONSOLE = BLOCKS.pop("console")
BY_URL = BLOCKS.pop("dependency by URL")
MANIFEST = "Package.swift"


class Readme(unittest.TestCase):
    def test_the_first_program_does_what_is_printed(self):
        self.assertEqual(set(BLOCKS), {MANIFEST, "Sources/Hello/protocol.yaml", "Sources/Hello/Main.swift", "hello.py"})
        served, *asked = self.commands()
        self.assertEqual(served[0], "swift run Hello &")
        self.assertEqual([command for command, _ in asked], ["swift run Hello Ada", "python3 hello.py"])
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
                    program, *arguments = command.split()
                    run = self.swift if program == "swift" else self.python
                    self.assertEqual(run(arguments, package).splitlines()[-1:], printed)
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
            by_path = re.search(r"^ +dependencies: .*\n", manifest, re.MULTILINE)[0]
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

    def test_the_client_in_python_is_as_short_as_that(self):
        self.assertLessEqual(len(BLOCKS["hello.py"].splitlines()), 12)

    def commands(self):
        """Returns each command of the console block with the lines that it prints."""
        commands = []
        for line in CONSOLE.splitlines():
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

    def python(self, arguments, package):
        result = subprocess.run(
            [sys.executable, *arguments], cwd=package, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60
        )
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def command(self, words):
        return [words[0], words[1], "--scratch-path", str(SCRATCH), *words[2:]]

    def swift(self, arguments, package):
        result = swift(*self.command(["swift", *arguments])[1:], cwd=package)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertNotIn("warning:", result.stdout)
        return result.stdout


if __name__ == "__main__":
    unittest.main()
