"""Checks the documentation against the files and the command that it describes.

- A code block behind a comment with a file's name, <!-- FILE -->, must stand in that file as it is.
- A console block behind <!-- run: net001 --> is run against a server, and must print what it shows but for its numbers.
- Every line of code in README's table "I want to" must stand in a file that the tests compile.
- Links between files of the repository must lead to a file, and to a heading of it.

    python3 IntegrationTests/Interop/test_documentation.py PATH-OF-NET001 [unittest options]
"""

import pathlib
import re
import shlex
import unittest

import command

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("Docs/*.md"), *REPOSITORY.glob("Examples/*/README.md")]
# What the tests compile for README, and the spec.
COMPILED = [*(REPOSITORY / "Tests").rglob("Readme*.swift"), REPOSITORY / "protocol.yaml"]
TASKS = ("log in", "push to one peer", "keep state per connection", "send a heartbeat", "drain", "time out", "use TLS", "test a handler")


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def shape(text):
    """A text without its numbers."""
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
        blocks = re.findall(r"<!-- run: net001 -->\n```console\n(.*?)```", README.read_text(), re.DOTALL)
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


if __name__ == "__main__":
    command.main(__doc__)
