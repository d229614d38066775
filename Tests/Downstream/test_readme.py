"""Builds and runs the first program of README, as it is printed there.

    python3 Tests/Downstream/test_readme.py [unittest options]
"""

import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# Shared with the packages of the tutorials: what they depend on is built once.
SCRATCH = REPOSITORY / ".build-tutorials"
PORT = 5001


def usable_port():
    """The printed port, or another one where somebody else has that."""
    for port in (PORT, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                return probe.getsockname()[1]
        except OSError:
            pass
    raise AssertionError("no port is free")


class Readme(unittest.TestCase):
    def test_the_first_program_does_what_is_printed(self):
        text = (REPOSITORY / "README.md").read_text()
        blocks = dict(re.findall(r"<!-- program: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL))
        console = blocks.pop("console")
        self.assertEqual(set(blocks), {"Package.swift", "Sources/Hello/protocol.yaml", "Sources/Hello/Main.swift"})
        served, asked = re.findall(r"^\$ (.*)$", console, re.MULTILINE)
        self.assertTrue(served.endswith(" &"))
        expected = console.splitlines()[-1]
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder).resolve() / "Hello"
            for path, block in blocks.items():
                (package / path).parent.mkdir(parents=True, exist_ok=True)
                block = block.replace("../Switchboard", str(REPOSITORY)).replace(str(PORT), str(usable_port()))
                (package / path).write_text(block)
            self.swift(["build"], package)
            server = subprocess.Popen(
                self.command(served.removesuffix(" &").split()), cwd=package, stderr=subprocess.PIPE, text=True
            )
            try:
                for line in server.stderr:
                    if "listening" in line:
                        break
                else:
                    self.fail("the server did not start")
                self.assertEqual(self.swift(asked.split()[1:], package).splitlines()[-1], expected)
            finally:
                server.terminate()
                server.wait(timeout=60)
                server.stderr.close()

    def command(self, words):
        return [words[0], words[1], "--scratch-path", str(SCRATCH), *words[2:]]

    def swift(self, arguments, package):
        result = subprocess.run(
            self.command(["swift", *arguments]), cwd=package, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=1800,
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertNotIn("warning:", result.stdout)
        return result.stdout


if __name__ == "__main__":
    unittest.main()
