"""Holds what the documentation shows against what it says it shows.

A code block behind a comment with a file's name, <!-- FILE -->, must stand in that file as it is; links between files of
the repository must lead somewhere.

    python3 Tests/Interop/test_documentation.py [unittest options]
"""

import pathlib
import re
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("Docs/*.md"), *REPOSITORY.glob("Examples/*/README.md")]


class Documentation(unittest.TestCase):
    def test_code_blocks_stand_in_the_files_that_they_name(self):
        count = 0
        for page in PAGES:
            for path, block in re.findall(r"<!-- (\S+) -->\n```\w*\n(.*?)```", page.read_text(), re.DOTALL):
                self.assertIn(block, (REPOSITORY / path).read_text(), f"{page.name} shows something else than {path}")
                count += 1
        self.assertGreaterEqual(count, 7)

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for link in re.findall(r"\]\(([^)#]+)", page.read_text()):
                if "://" not in link:
                    self.assertTrue((page.parent / link).exists(), f"{page.name} links to {link}")


if __name__ == "__main__":
    unittest.main()
