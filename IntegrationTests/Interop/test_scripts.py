"""Tests the scripts of the repository, and files for other tools.

    python3 IntegrationTests/Interop/test_scripts.py [unittest options]
"""

import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import textwrap
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


class SwiftBuild(unittest.TestCase):
    """Uses programs of the tests in place of `swift`."""

    def run_with(self, *lines):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        swift = pathlib.Path(folder.name) / "swift"
        swift.write_text("\n".join(["#!/bin/sh", 'echo "$@" >> calls', *lines]) + "\n")
        swift.chmod(0o755)
        built = subprocess.run(
            [REPOSITORY / "Scripts/swift-build", "--build-tests"], cwd=folder.name, timeout=60, capture_output=True, text=True,
            env={**os.environ, "PATH": f"{folder.name}:{os.environ['PATH']}"},
        )
        return built, (swift.parent / "calls").read_text().splitlines()

    def test_runs_a_build_that_crashed_once_more(self):
        built, calls = self.run_with("[ $(wc -l < calls) -gt 1 ] || kill -SEGV $$")
        self.assertEqual((built.returncode, calls), (0, ["build --build-tests"] * 2))
        self.assertIn("ended by signal 11", built.stderr)

    def test_reports_a_build_that_crashes_twice(self):
        built, calls = self.run_with("kill -ABRT $$")
        self.assertEqual((built.returncode, len(calls)), (-signal.SIGABRT, 2))

    def test_does_not_try_an_error_of_the_build_again(self):
        built, calls = self.run_with("exit 1")
        self.assertEqual((built.returncode, len(calls)), (1, 1))


class CheckAPI(unittest.TestCase):
    """Uses a small package with a history that the tests create."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.package = pathlib.Path(folder.name).resolve() / "Small"
        (self.package / "Scripts").mkdir(parents=True)
        shutil.copy(REPOSITORY / "Scripts/check-api", self.package / "Scripts")
        self.write(
            "Package.swift",
            """
            // swift-tools-version: 6.2
            import PackageDescription

            let package = Package(
                name: "Small",
                products: [.library(name: "Small", targets: ["Small"])],
                targets: [.target(name: "Small")]
            )
            """,
        )
        self.write("Sources/Small/Small.swift", "public func keep() {}\npublic func remove() {}\n")
        self.git("init", "-q")
        self.commit()

    def write(self, path, text):
        (self.package / path).parent.mkdir(parents=True, exist_ok=True)
        (self.package / path).write_text(textwrap.dedent(text).lstrip())

    def git(self, *arguments):
        names = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        subprocess.run(["git", *names, *arguments], cwd=self.package, check=True, timeout=60)

    def commit(self):
        self.git("add", "Package.swift", "Sources", "Scripts")
        self.git("commit", "-q", "-m", "A change")

    def check(self):
        return subprocess.run(
            [self.package / "Scripts/check-api"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600
        )

    def test_says_that_there_is_no_release_to_compare_with(self):
        for tag in (None, "nightly"):
            if tag:
                self.git("tag", tag)
            checked = self.check()
            self.assertEqual(checked.returncode, 0, checked.stdout)
            self.assertEqual(checked.stdout, "API check skipped: this repository has no release tag yet.\n")

    def test_fails_when_a_function_of_the_last_release_is_gone(self):
        self.git("tag", "1.0.0")
        self.write("Sources/Small/Small.swift", "public func keep() {}\npublic func remove() {}\npublic func add() {}\n")
        self.commit()
        checked = self.check()
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertIn("release 1.0.0", checked.stdout)
        self.write("Sources/Small/Small.swift", "public func keep() {}\n")
        self.commit()
        checked = self.check()
        self.assertNotEqual(checked.returncode, 0, checked.stdout)
        self.assertIn("func remove() has been removed", checked.stdout)


class Habits(unittest.TestCase):
    """Files that other tools read."""

    def test_the_development_container_has_the_image_that_the_server_is_built_in(self):
        container = json.loads((REPOSITORY / ".devcontainer/devcontainer.json").read_text())
        built_in = re.search(r"^FROM (\S+) AS build$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)[1]
        self.assertEqual(container["image"], built_in)
        script = container["postCreateCommand"].split()[0]
        self.assertTrue(os.access(REPOSITORY / script, os.X_OK), script)

    def test_the_package_index_is_told_of_every_module_that_a_program_can_import(self):
        """The modules of the library products, and those that these export again, except the one that is empty without a trait."""
        manifest = (REPOSITORY / "Package.swift").read_text()
        reached = set()
        products = re.findall(r"\.library\(name: \"\w+\", targets: \[([^\]]*)\]", manifest)
        found = {name for targets in products for name in re.findall(r"\"(\w+)\"", targets)}
        while found:
            reached |= found
            sources = [file for module in found for file in (REPOSITORY / "Sources" / module).rglob("*.swift")]
            exported = {
                name
                for file in sources
                for name in re.findall(r"^@_exported (?:public )?import (\w+)", file.read_text(), re.MULTILINE)
            }
            found = {name for name in exported if (REPOSITORY / "Sources" / name).is_dir()} - reached
        # The index builds without traits.
        self.assertIn("SwitchboardNATS", reached)
        reached.remove("SwitchboardNATS")
        index = (REPOSITORY / ".spi.yml").read_text()
        self.assertEqual(sorted(re.findall(r"^ +- (\w+)$", index, re.MULTILINE)), sorted(reached))
        self.assertIn("- platform: linux", index)

    def test_editors_lay_source_out_as_the_formatter_does(self):
        formatter = json.loads((REPOSITORY / ".swift-format").read_text())
        settings = dict(re.findall(r"^(\w+) = (\w+)$", (REPOSITORY / ".editorconfig").read_text().split("[*]")[1].split("[*.")[0], re.MULTILINE))
        self.assertEqual(settings["indent_size"], str(formatter["indentation"]["spaces"]))
        self.assertEqual(settings["max_line_length"], str(formatter["lineLength"]))


class Everywhere(unittest.TestCase):
    def test_modules_do_not_import_foundation(self):
        """It would add 44 MB to a program that is linked statically, above all data about languages and regions."""
        for path in (REPOSITORY / "Sources").rglob("*.swift"):
            self.assertEqual(re.findall(r"^.*\bimport Foundation$", path.read_text(), re.MULTILINE), [], path)

    def test_packages_are_installed_through_the_script_that_waits(self):
        """Except in the Dockerfile, where no other apt runs, and in pages."""
        files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        for name in files.splitlines():
            path = REPOSITORY / name
            if path in (APT_GET, REPOSITORY / "Dockerfile", pathlib.Path(__file__)) or path.suffix == ".md" or not path.is_file():
                continue
            text = path.read_bytes().decode(errors="replace")
            self.assertEqual(re.findall(r"(?<!/)\bapt(?:-get)? .*\binstall -y.*", text), [], name)


if __name__ == "__main__":
    unittest.main()
