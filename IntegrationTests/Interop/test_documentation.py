"""Checks the documentation against the files and the command that it describes.

- A code block after a comment with a file name, <!-- FILE -->, must be part of that file.
- The commands of a console block after <!-- run: net001 --> must print what the block shows, except for numbers.
- Every line of code in README's table "I want to" must be part of a file that the tests compile.
- Links between files of the repository must lead to an existing file and heading.
- Every file, folder, make target, test suite and subcommand that a page names must exist.
- The log lines and messages that Troubleshooting quotes must be in the source.
- The map in CONTRIBUTING must list exactly the folders of the repository, Sources, Plugins and IntegrationTests.

    python3 IntegrationTests/Interop/test_documentation.py PATH-OF-NET001 [unittest options]
"""

import pathlib
import re
import shlex
import subprocess
import unittest

import command

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"
PAGES = [path for pattern in ("*.md", "Docs/*.md", "Examples/*/README.md", "Protocols/*.md") for path in REPOSITORY.glob(pattern)]
# Files that the tests compile for README, and the spec.
COMPILED = [*(REPOSITORY / "Tests").rglob("Readme*.swift"), REPOSITORY / "protocol.yaml"]
TASKS = (
    "log in", "push to one peer", "send to a room", "keep state per connection", "send a heartbeat", "drain", "time out", "use TLS",
    "test a handler",
)  # fmt: skip


def anchors(page):
    """Returns the anchors of a page's headings, as GitHub generates them."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def shape(text):
    """Returns a text without its numbers."""
    return re.sub(r"\d+(\.\d+)?", "#", text)


class Documentation(unittest.TestCase):
    def test_code_blocks_stand_in_the_files_that_they_name(self):
        count = 0
        for page in PAGES:
            for path, block in re.findall(r"<!-- (\S+) -->\n```\w*\n(.*?)```", page.read_text(), re.DOTALL):
                self.assertIn(block, (REPOSITORY / path).read_text(), f"{page.name} shows something else than {path}")
                count += 1
        self.assertGreaterEqual(count, 1)

    def test_lines_of_the_table_stand_in_files_that_are_compiled(self):
        table = README.read_text().split("| I want to |")[1].split("\n\n")[0]
        rows = [row.split(" | ", 1) for row in re.findall(r"^\| (.*) \|$", table, re.MULTILINE)]
        self.assertEqual([re.split(r" \(|: ", task)[0] for task, _ in rows], list(TASKS))
        compiled = {line.strip().split("  #")[0].strip() for file in COMPILED for line in file.read_text().splitlines()}
        for task, code in rows:
            lines = re.findall(r"`([^`]+)`", code)
            self.assertEqual(len(lines), 2, task)
            for line in lines:
                self.assertTrue(line in compiled, f"{task}: no test compiles `{line}`")

    def test_commands_print_what_is_shown(self):
        blocks = [
            block for page in PAGES for block in re.findall(r"<!-- run: net001 -->\n```console\n(.*?)```", page.read_text(), re.DOTALL)
        ]
        self.assertEqual(len(blocks), 1)
        count = 0
        with command.server() as (port, _):
            for run, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", blocks[0], re.MULTILINE):
                program, *arguments = shlex.split(run)
                self.assertEqual(program, ".build/release/net001")
                result = command.run(*arguments, "--port", str(port))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(shape(result.stdout), shape(printed), run)
                count += 1
        self.assertGreaterEqual(count, 2)

    def test_targets_of_make_exist(self):
        targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
        for page in PAGES:
            for target in re.findall(r"(?:^\$ |`)make ([a-z-]+)", page.read_text(), re.MULTILINE):
                self.assertIn(target, targets, f"{page.name} says make {target}")

    def test_links_lead_somewhere(self):
        for page in PAGES:
            text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
            for link, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", text):
                if "://" in link:
                    continue
                target = page.parent / link if link else page
                self.assertTrue(target.exists(), f"{page.name} links to {link}")
                if anchor:
                    self.assertIn(anchor, anchors(target), f"{page.name} links to {link}#{anchor}")

    def test_readme_is_read_in_one_sitting(self):
        self.assertLessEqual(len(README.read_text().splitlines()), 200)

    def test_readme_has_the_pictures_that_it_links_to_and_no_more_than_two(self):
        pictures = re.findall(r"\]\((\S+\.png)\)", README.read_text())
        self.assertTrue(1 <= len(pictures) <= 2, pictures)
        for picture in pictures:
            self.assertEqual((REPOSITORY / picture).read_bytes()[:8], b"\x89PNG\r\n\x1a\n", picture)


class Names(unittest.TestCase):
    """Names in the pages."""

    @classmethod
    def setUpClass(cls):
        listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        cls.files = {name for name in listed.splitlines() if (REPOSITORY / name).exists()}
        cls.folders = {str(folder) for name in cls.files for folder in pathlib.PurePosixPath(name).parents} - {"."}

    def words(self, page):
        """Returns the texts in backquotes of a page, outside its code blocks."""
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        return [" ".join(word.split()) for word in re.findall(r"`([^`]+)`", text)]

    def test_files_and_folders_that_are_named_exist(self):
        """Paths are relative to the root or to the folder of the page. CONTRIBUTING and SECURITY also have bare file names."""
        top = {name.split("/")[0] for name in self.files}
        existing, names = self.files | self.folders, {pathlib.PurePosixPath(name).name for name in self.files}
        count = 0
        for page in PAGES:
            base = page.parent.relative_to(REPOSITORY)
            # README shows files of a program that is not in the repository, CONTRIBUTING a pattern of names.
            shown = {*re.findall(r"<!-- program: (\S+) -->", page.read_text()), "Type+Aspect.swift"}
            for path in {part.rstrip("/,") for word in self.words(page) for part in word.split()} - shown:
                if ".build" in path:
                    continue
                if re.fullmatch(r"[A-Z][\w.+-]*(/[\w.+-]+)+", path) and path.split("/")[0] in top:
                    found = path in existing or str(base / path) in existing
                elif re.fullmatch(r"[\w+-]+\.(swift|py)", path):
                    found = path in names or page.name not in ("CONTRIBUTING.md", "SECURITY.md")
                else:
                    continue
                self.assertTrue(found, f"{page.relative_to(REPOSITORY)} names {path}, which does not exist")
                count += 1
        self.assertGreaterEqual(count, 40)

    def test_commands_that_are_named_exist(self):
        makefile = (REPOSITORY / "Makefile").read_text()
        targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
        commands = set(re.findall(r"^  ([a-z-]+) ", command.run("--help").stdout, re.MULTILINE))
        self.assertLessEqual({"serve", "ping", "healthcheck"}, commands)
        found = set()
        for page in PAGES:
            console = re.findall(r"^\$ (.*)$", page.read_text(), re.MULTILINE)
            for word in [*self.words(page), *console]:
                for target in re.findall(r"(?:^|[\s;&])make ([a-z-]+)", word):
                    self.assertIn(target, targets, f"{page.name}: {word}")
                    found.add(target)
                for name in re.findall(r"(?:^|[\s/])net001 ([a-z][a-z-]*)\b", word):
                    self.assertTrue(name in commands | {"help"}, f"{page.name}: {word}")
                    found.add(name)
        self.assertLessEqual({"test", "soak", "serve", "hash-token"}, found)

    def test_log_lines_and_messages_that_are_quoted_are_in_the_source(self):
        page = (REPOSITORY / "Docs/Troubleshooting.md").read_text()
        sources = [(REPOSITORY / name).read_text() for name in self.files if re.match(r"Sources/.*\.swift$", name)]
        # Joins texts that are written in several parts, and removes interpolations.
        source = re.sub(r"\"\s*\+\s*\"|\\\\\n\s*", "", "\n".join(sources))
        source = re.sub(r"\\\\\((?:[^()]|\([^()]*\))*\)", "\0", source)
        lines = re.findall(r"^(?:debug|info|warning|error): (.*)$", page, re.MULTILINE)
        quoted = [re.split(r" \w+=", line)[0] for line in lines]
        quoted += re.findall(r"the log has `([^`]+)`", page)
        self.assertGreaterEqual(len(quoted), 8)
        for text in quoted:
            # The kind of a throttled event follows a colon.
            text = re.sub(r"^more faults: \w+$", "more faults", text)
            self.assertTrue(text in source, f"Troubleshooting quotes {text!r}, which no source has")

    def test_suites_that_are_named_exist(self):
        sources = "".join((REPOSITORY / name).read_text() for name in self.files if re.match(r"Tests/.*\.swift$", name))
        declared = set(re.findall(r"\bstruct (\w+)", sources)) | {name.split("/")[1] for name in self.files if name.startswith("Tests/")}
        count = 0
        for page in PAGES:
            for word in self.words(page):
                for suite in re.findall(r"\b\w+Tests\b", word):
                    if suite != "IntegrationTests" and "Examples" not in str(page):
                        self.assertTrue(suite in declared, f"{page.name} names {suite}, which does not exist")
                        count += 1
        self.assertGreaterEqual(count, 15)

    def test_the_map_has_every_folder(self):
        page = (REPOSITORY / "CONTRIBUTING.md").read_text()
        (block,) = re.findall(r"^```\n(protocol\.yaml .*?)^```", page, re.DOTALL | re.MULTILINE)
        mapped, parent = set(), ""
        for line in block.splitlines():
            indent, name = re.match(r"( *)(\S+)", line).groups()
            parent = "" if not indent else parent
            mapped.add(parent + name.rstrip("/"))
            parent = name if not indent else parent
        self.assertEqual(mapped - self.files - self.folders, set())
        top = {name.split("/")[0] for name in self.files if "/" in name and not name.startswith(".")}
        below = {f for f in self.folders if re.fullmatch(r"(Sources|Plugins|IntegrationTests)/[^/]+", f)}
        self.assertEqual(mapped - {"protocol.yaml"}, top | below)
        for folder in re.findall(r"(\w+)/ \(?", block):
            self.assertTrue(any(f.endswith(folder) for f in self.folders), folder)


if __name__ == "__main__":
    command.main(__doc__)
