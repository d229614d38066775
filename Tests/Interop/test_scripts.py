"""Tries the scripts that every build depends on.

    python3 Tests/Interop/test_scripts.py [unittest options]
"""

import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
APT_GET = REPOSITORY / "Scripts/apt-get"


@unittest.skipUnless(shutil.which("apt-get") and os.geteuid() == 0, "only root can run apt-get here")
class AptGet(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)
        (self.folder / "archives/partial").mkdir(parents=True)
        (self.folder / "lists/partial").mkdir(parents=True)
        # Lists of its own, and no sources: nothing is fetched, and nothing of the machine is changed.
        self.command = [APT_GET, "-q"] + [
            f"-oDir::{name}={value}"
            for name, value in {
                "State::lists": self.folder / "lists",
                "Cache": self.folder,
                "Etc::sourcelist": "/dev/null",
                "Etc::sourceparts": "/dev/null",
            }.items()
        ]

    def test_waits_while_another_apt_holds_a_lock(self):
        for lock, command in [("lists/lock", "update"), ("archives/lock", "clean")]:
            with self.subTest(lock=lock):
                with open(self.folder / lock, "w") as held:
                    fcntl.lockf(held, fcntl.LOCK_EX)
                    waiting = subprocess.Popen([*self.command, command], stderr=subprocess.PIPE, text=True)
                    self.assertIn("waiting for another apt", waiting.stderr.readline())
                    self.assertIsNone(waiting.poll())
                errors = waiting.stderr.read()
                waiting.stderr.close()
                self.assertEqual(waiting.wait(timeout=60), 0, errors)

    def test_fails_at_once_with_what_apt_says_when_something_else_is_wrong(self):
        failed = subprocess.run([*self.command, "nonsense"], capture_output=True, text=True, timeout=60)
        self.assertEqual(failed.returncode, 100)
        self.assertIn("Invalid operation nonsense", failed.stderr)


class Everywhere(unittest.TestCase):
    def test_packages_are_installed_through_the_script_that_waits(self):
        """But for the image, in which nothing else is at work, and pages for people."""
        files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        for name in files.splitlines():
            path = REPOSITORY / name
            if path in (APT_GET, REPOSITORY / "Dockerfile", pathlib.Path(__file__)) or path.suffix == ".md" or not path.is_file():
                continue
            text = path.read_bytes().decode(errors="replace")
            self.assertEqual(re.findall(r"(?<!/)\bapt(?:-get)? .*\binstall -y.*", text), [], name)


if __name__ == "__main__":
    unittest.main()
