"""Follows the tutorials, and generates the web pages of the documentation.

For each tutorial, the suite creates a package, writes its files step by step, and builds it at the end of every section. Every
Swift block in the articles must be part of one of these files or of the tests for README. Generating the web pages must not
print a warning.

    python3 IntegrationTests/Downstream/test_tutorials.py [unittest options]
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from example import REPOSITORY, SCRATCH
from swiftpm import swift

CATALOG = REPOSITORY / "Sources/Switchboard/Switchboard.docc"
RESOURCES = CATALOG / "Resources"
TUTORIALS = sorted(CATALOG.glob("Tutorials/*.tutorial"))
README_TESTS = sorted((REPOSITORY / "Tests").rglob("Readme*.swift"))


def run(*command, cwd):
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
    )


def sections(tutorial):
    """Returns the files of each section of a tutorial: pairs of a path in the package and a file of the catalogue."""
    parts = tutorial.read_text().split("@Section(")[1:]
    return [re.findall(r'@Code\(name: "([^"]+)", file: ([^)]+)\)', part) for part in parts]


class Tutorials(unittest.TestCase):
    def test_every_file_is_shown_once(self):
        shown = [file for tutorial in TUTORIALS for section in sections(tutorial) for _, file in section]
        text = "".join(tutorial.read_text() for tutorial in TUTORIALS)
        images = re.findall(r"source: ([^,]+),", text)
        self.assertEqual(sorted(shown + images), sorted(path.name for path in RESOURCES.iterdir()))

    def test_the_package_of_every_section_builds(self):
        for tutorial in TUTORIALS:
            with tempfile.TemporaryDirectory() as folder:
                package = pathlib.Path(folder).resolve() / "Package"
                package.mkdir()
                for number, section in enumerate(sections(tutorial), 1):
                    with self.subTest(tutorial=tutorial.stem, section=number):
                        # If a section replaced a file twice, the first version would not be built.
                        self.assertEqual(len({path for path, _ in section}), len(section))
                        for path, file in section:
                            text = (RESOURCES / file).read_text()
                            (package / path).parent.mkdir(parents=True, exist_ok=True)
                            (package / path).write_text(text.replace("../Switchboard", str(REPOSITORY)))
                        built = swift("build", "--build-tests", "--scratch-path", str(SCRATCH), cwd=package)
                        self.assertEqual(built.returncode, 0, built.stdout)
                        self.assertNotIn("warning:", built.stdout)
                if (package / "Tests").exists():
                    tested = swift("test", "--disable-xctest", "--scratch-path", str(SCRATCH), cwd=package)
                    self.assertEqual(tested.returncode, 0, tested.stdout)

    def test_blocks_of_the_articles_stand_in_a_file_that_is_built(self):
        files = [path.read_text() for path in [*RESOURCES.glob("*.swift"), *README_TESTS]]
        count = 0
        for page in CATALOG.rglob("*.md"):
            for block in re.findall(r"```swift\n(.*?)```", page.read_text(), re.DOTALL):
                self.assertTrue(any(block in file for file in files), f"{page.name}:\n{block}")
                count += 1
        self.assertGreaterEqual(count, 5)

    def test_docc_has_nothing_to_warn_of(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            # The traits of `make build`, which has compiled the modules with them.
            converted = run(REPOSITORY / "Scripts/convert-documentation", folder / "pages", "TLS,NATS,Tracing", cwd=folder)
            self.assertEqual(converted.returncode, 0, converted.stdout)
            # The package manager warns of files that the manifest of a dependency does not declare.
            undeclared = r"warning: '[\w-]+': found \d+ file\(s\) which are unhandled;"
            warnings = [line for line in converted.stdout.splitlines() if "warning:" in line and not re.match(undeclared, line)]
            self.assertEqual(warnings, [])
            pages = {path.stem for path in (folder / "pages/data").rglob("*.json")}
            for page in [*CATALOG.rglob("*.md"), *TUTORIALS]:
                self.assertIn(page.stem.lower(), pages)
            reference = folder / "pages/data/documentation"
            modules = re.findall(r"^ +- (\w+)$", (REPOSITORY / ".spi.yml").read_text(), re.MULTILINE)
            for module in modules:
                self.assertTrue((reference / f"{module.lower()}.json").exists(), module)
            for symbol in (
                *("switchboardserver/server", "switchboardrouter/context", "switchboardclient/client"),
                "net001/net001/ping",
            ):
                self.assertTrue((reference / f"{symbol}.json").exists(), symbol)
            # Symbols that only generated code uses have no page.
            for plumbing in ("switchboardbytes/fixedfields", "switchboardwire/switchboardbytes/bytewriter"):
                self.assertFalse((reference / f"{plumbing}.json").exists(), plumbing)
            handlers = json.loads((reference / "switchboard/handlers.json").read_text())
            links = {reference.get("url") for reference in handlers["references"].values()}
            self.assertIn("/documentation/switchboardrouter/context", links)


if __name__ == "__main__":
    unittest.main()
