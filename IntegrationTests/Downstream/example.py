"""A copy of an example outside the repository, which is built as users build it."""

import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# What packages of these suites build: one folder for all, because most of it is the same.
SCRATCH = REPOSITORY / ".build-examples"
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from ports import unused_port  # noqa: E402
from swiftpm import swift  # noqa: E402


class Example:
    """A copy of an example, and its programs."""

    def __init__(self, name, place):
        self.folder = pathlib.Path(place) / name
        shutil.copytree(REPOSITORY / "Examples" / name, self.folder, ignore=shutil.ignore_patterns(".build*"))
        manifest = self.folder / "Package.swift"
        manifest.write_text(manifest.read_text().replace('path: "../.."', f'path: "{REPOSITORY}"'))
        self.program = SCRATCH / "debug" / name

    def swift(self, *arguments):
        result = swift(arguments[0], "--scratch-path", str(SCRATCH), *arguments[1:], cwd=self.folder)
        assert result.returncode == 0, result.stdout
        assert "warning:" not in result.stdout, result.stdout
        return result.stdout

    def test(self):
        """Runs the tests, and returns the number of tests that were generated from the spec."""
        self.swift("package", "protocol", "tests")
        # From a report, because the output of tests that run side by side may be incomplete.
        report = self.folder.parent / "tests.xml"
        self.swift("test", "--disable-xctest", "--xunit-output", str(report))
        return len(re.findall(r'name="(?:example|malformed)\d+Of\w+\(\)"', report.read_text()))

    def run(self, *arguments, stdin=None):
        return subprocess.run(
            [self.program, *arguments], cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    def serve(self, *arguments):
        """Starts the server with its command `serve`, and waits until it accepts connections."""
        return self.start(self.program, "serve", *arguments)

    def start(self, program, *arguments, log=subprocess.DEVNULL):
        """Starts a server on a free port, and waits until it accepts connections; `log` receives its log."""
        port = str(unused_port())
        server = subprocess.Popen([program, *arguments, "--port", port], cwd=self.folder, stderr=log)
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port))).close()
                return server, port
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None, "the server did not start"
                time.sleep(0.01)
