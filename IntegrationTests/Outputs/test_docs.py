"""Checks the reference pages that `switchboard docs` makes of the specs of the repository.

    python3 IntegrationTests/Outputs/test_docs.py PATH-OF-SWITCHBOARD [unittest options]

`Browser` opens pages in Chromium; `IntegrationTests/Interop/environment` prints a Python that has Selenium. With the variable
PICTURES=FOLDER it saves pictures of the pages, light and dark, in the widths of a desktop and a phone.
"""

import concurrent.futures
import functools
import html.parser
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

import browser as chromium  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from test_page import CONTRASTS, SMALLEST_CONTRAST  # noqa: E402

COMMAND = pathlib.Path()
PICTURES = os.environ.get("PICTURES")
SECONDS = 60
SHOWN = ("protocol.yaml", "Protocols/MQTT311.yaml", "Protocols/DNS.yaml", "Protocols/LDAP.yaml", "Protocols/MAVLink2.yaml")
VOID = {"meta", "link", "input", "br"}
MARKUP = "<script>document.title='x'</script> & \"quoted\" | `code|` <b>"
HOSTILE = f"""protocol: Hostile
doc: {json.dumps(MARKUP)}
frame:
  header: [ type: uint8, length: uint8 ]
messages:
  Say:
    code: 1
    from: both
    doc: {json.dumps(MARKUP)}
    deprecated: {json.dumps(MARKUP)}
    fields:
      - {{ name: text, type: string, doc: {json.dumps(MARKUP)}, default: {json.dumps(MARKUP)} }}
    examples:
      - {{ payload: {MARKUP.encode().hex()}, fields: {{ text: {json.dumps(MARKUP)} }} }}
    malformed:
      - {{ payload: ff, doc: {json.dumps(MARKUP)} }}
"""


def switchboard(*arguments):
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS)


def specs():
    """Returns the specs of the repository, each with the options for its imports."""
    listed = subprocess.run(["git", "ls-files", "*.yaml"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    paths = [REPOSITORY / name for name in listed.splitlines()]
    for path in paths:
        text = path.read_text()
        # The mistakes are not valid, and the pairs of the rules of `diff` differ only a little.
        if re.search(r"^protocol:", text, re.MULTILINE) and not {"Mistakes", "Rules"} & set(path.parts):
            yield path, imports(text)


def imports(text):
    """Returns the options for the modules that a spec may import."""
    modules = {
        "NET001": "protocol.yaml",
        "Base": "IntegrationTests/Spec/base.yaml",
        "Rooms": "IntegrationTests/Downstream/Imports/Sources/Rooms/protocol.yaml",
    }
    options = [word for name, path in modules.items() for word in ("--import", f"{name}={REPOSITORY / path}")]
    return options if re.search("^imports:", text, re.MULTILINE) else []


class Parser(html.parser.HTMLParser):
    """Reads a page: its elements, which must be balanced, its identifiers and its links."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.identifiers, self.links, self.rows, self.references = [], [], [], [], []
        self.examples = []
        self.feed(text)
        self.close()
        assert not self.stack, self.stack

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            self.identifiers.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        elif "src" in values or "href" in values:
            self.references.append(values.get("src") or values["href"])
        assert "style" not in values, "the policy of the page forbids the attribute"
        if tag == "h4":
            self.examples.append([])
        if tag == "tr":
            self.rows.append({"id": values.get("id"), "key": values.get("data-key"), "run": values.get("data-run"), "cells": {}})
            if "data-run" in values:
                self.examples[-1].append(self.rows[-1])
        if tag == "td":
            self.cell = self.rows[-1]["cells"]
            self.label = values["data-label"]
            self.cell[self.label] = ""
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1] == tag, f"</{tag}> at {self.getpos()} within {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, data):
        if "td" in self.stack:
            self.cell[self.label] += data


class Page:
    """The pages of a spec."""

    def __init__(self, path, options, folder):
        self.path, self.options, self.folder = path, options, folder
        result = switchboard("docs", path, *options, "--name", "page", "-o", folder)
        assert result.returncode == 0, f"{path}: {result.stderr}"
        self.html, self.markdown = ((folder / f"page.{ending}").read_text() for ending in ("html", "md"))

    @functools.cached_property
    def parser(self):
        return Parser(self.html)

    @functools.cached_property
    def vectors(self):
        file = self.folder / "vectors.json"
        result = switchboard("vectors", self.path, *self.options, "--output", file)
        assert result.returncode == 0, result.stderr
        return json.loads(file.read_text())


class Made(unittest.TestCase):
    """The pages of all specs."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        places = (pathlib.Path(folder.name) / str(number) for number in itertools.count())
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
            cls.pages = list(executor.map(lambda spec: Page(*spec, next(places)), specs()))

    def test_all_specs_have_pages(self):
        self.assertGreater(len(self.pages), 90)

    def test_pages_are_well_formed_and_link_within_themselves(self):
        links = 0
        for page in self.pages:
            with self.subTest(page.path):
                identifiers = set(page.parser.identifiers)
                self.assertEqual(len(page.parser.identifiers), len(identifiers))
                self.assertEqual([link for link in page.parser.links if not link.startswith("#")], [])
                self.assertLessEqual({link[1:] for link in page.parser.links}, identifiers)
                links += len(page.parser.links)
        self.assertGreater(links, 10_000)

    def test_pages_load_nothing(self):
        for page in self.pages:
            with self.subTest(page.path):
                self.assertEqual(page.parser.references, ["data:,"])
                style = page.html.partition("<style>")[2].partition("</style>")[0]
                self.assertNotRegex(style, r"url\(|@import")
                self.assertIn("default-src 'none'", page.html)

    def test_markdown_has_whole_tables_and_its_links_lead_to_headings(self):
        for page in self.pages:
            with self.subTest(page.path):
                text = re.sub(r"^```.*?^```", "", page.markdown, flags=re.DOTALL | re.MULTILINE)
                columns = 0
                for line in text.splitlines():
                    if not line.startswith("|"):
                        columns = 0
                        continue
                    found = len(re.findall(r"(?<!\\)\|", line))
                    columns = columns or found
                    self.assertEqual(found, columns, line)
                anchors = set(slugs(re.findall(r"^#+ (.*)$", text, re.MULTILINE)))
                links = re.findall(r"\]\(#([^)]*)\)", re.sub(r"`[^`\n]*`", "", text))
                self.assertLessEqual(set(links), anchors)

    def test_each_message_is_on_its_page(self):
        for page in self.pages:
            with self.subTest(page.path):
                for name in (message["name"] for message in page.vectors["messages"]):
                    self.assertIn(f"message-{name}", page.parser.identifiers)
                    self.assertIn("\n### " + name.replace("_", "\\_") + "\n", page.markdown)

    def test_offsets_are_where_the_codec_has_the_values(self):
        """The codec's vectors have each whole number at the offset that the page states, in the byte order that it states."""
        count = 0
        for page in self.pages:
            rows = {row["id"]: row["cells"] for row in page.parser.rows if row["id"] and "Size" in row["cells"]}
            little = "Numbers are little-endian" in page.html
            for vector in page.vectors["vectors"]:
                payload = bytes.fromhex(vector["payload"])
                for name, value in vector["fields"].items():
                    cells = rows.get(f"message-{vector['message']}.{name}")
                    if not cells or not re.fullmatch(r"[\d,]+", cells["Offset"]) or value is None:
                        continue
                    type = re.fullmatch(r"(u?)int(\d+)(, (little|big)-endian)?", cells["Type"])
                    if not type or isinstance(value, str) and not value.lstrip("-").isdigit():
                        continue
                    start, size = int(cells["Offset"].replace(",", "")), int(type[2]) // 8
                    order = type[4] or ("little" if little else "big")
                    # Zeros at the end may have been cut off.
                    found = payload[start : start + size].ljust(size, b"\0")
                    with self.subTest(page.path, message=vector["message"], field=name):
                        self.assertEqual(cells["Size"].removesuffix(", or none"), f"{size} byte{'s' * (size > 1)}")
                        self.assertEqual(int.from_bytes(found, order, signed=not type[1]), int(value))
                    count += 1
        self.assertGreater(count, 600)

    def test_offsets_agree_with_the_examples_on_the_page(self):
        """Offsets in the table of a header are those in the examples; in a payload, all differ by the size of the header."""
        count = 0
        for page in self.pages:
            tables = {row["id"]: row["cells"].get("Offset", "") for row in page.parser.rows if row["id"]}
            for example in page.parser.examples:
                starts, seen = set(), set()
                for row in example:
                    key, name = row["key"] or "", row["cells"]["Field"]
                    stated = re.fullmatch(r"([\d,]+)(, bits? .*)?", tables.get(key, ""))
                    if not stated or key in seen or not re.fullmatch(r"\w+( (length|count|presence))?", name):
                        continue
                    seen.add(key)
                    found = re.fullmatch(r"(\d+)(?:, (bits? .*))?", row["cells"]["Offset"])
                    difference = int(found[1]) - int(stated[1].replace(",", ""))
                    with self.subTest(page.path, field=key):
                        self.assertEqual(found[2], stated[2] and stated[2].removeprefix(", "))
                        if key.startswith("frame-"):
                            self.assertEqual(difference, 0, row)
                    if key.startswith("message-"):
                        starts.add(difference)
                    count += 1
                with self.subTest(page.path):
                    self.assertLessEqual(len(starts), 1, [(row["key"], row["cells"]["Offset"]) for row in example])
        self.assertGreater(count, 2000)

    def test_examples_have_every_byte(self):
        """The parts of an example follow one another without gaps, from the first byte to the last."""
        count = 0
        for page in self.pages:
            for example in page.parser.examples:
                end = 0
                for row in example:
                    offset, _, bits = row["cells"]["Offset"].partition(", ")
                    size = len(re.findall(r"\b[0-9A-F]{2}\b", row["cells"]["Bytes"].partition(" … ")[0]))
                    more = re.search(r"and (\d+) more", row["cells"]["Bytes"])
                    size += int(more[1]) if more else 0
                    with self.subTest(page.path, row=row):
                        self.assertLessEqual(int(offset), end)
                        if not bits and size:
                            self.assertEqual(int(offset), end)
                    end = max(end, int(offset) + size)
                    count += 1
        self.assertGreater(count, 5000)


def slugs(titles):
    """Returns the anchors that GitHub gives to headings."""
    seen = {}
    for title in titles:
        slug = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        yield slug if count == 0 else f"{slug}-{count}"


class Repository(unittest.TestCase):
    def test_pages_of_the_repository_are_up_to_date(self):
        with tempfile.TemporaryDirectory() as folder:
            script = [REPOSITORY / "Scripts/reference-pages", COMMAND, folder]
            result = subprocess.run(script, capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            pages = sorted(pathlib.Path(folder).rglob("*.md"))
            self.assertEqual(len(pages), 4)
            for page in pages:
                name = page.relative_to(folder)
                with self.subTest(name):
                    self.assertEqual((REPOSITORY / name).read_text(), page.read_text(), f"{name} is out of date: make reference")


class Mistakes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def fails(self, status, expected, *arguments):
        result = switchboard("docs", *arguments)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, expected)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_a_spec_with_a_mistake_has_no_pages(self):
        spec = self.folder / "wrong.yaml"
        spec.write_text("protocol: Wrong\nframe: { header: [ type: strng, length: uint8 ] }\nmessages: {}\n")
        result = switchboard("docs", spec, "-o", self.folder / "out")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"wrong.yaml:2:\d+: error: ")
        self.assertFalse((self.folder / "out").exists())

    def test_outputs_that_cannot_be_written_end_in_one_line(self):
        spec = REPOSITORY / "protocol.yaml"
        file = self.folder / "file"
        file.write_text("kept")
        self.fails(2, "cannot", spec, "-o", file)
        self.assertEqual(file.read_text(), "kept")
        (self.folder / "NET001.html").mkdir()
        self.fails(2, "it is a directory", spec, "-o", self.folder)
        self.assertFalse((self.folder / "NET001.md").exists())
        self.fails(2, "no such file|No such file", self.folder / "none.yaml", "-o", self.folder)

    def test_wrong_options_end_in_one_line(self):
        spec = REPOSITORY / "protocol.yaml"
        self.fails(64, "--name ../x is not the name of a file", spec, "--name", "../x")
        self.fails(64, "format", spec, "--format", "pdf")
        self.fails(64, "--output must be the path of a folder, and is empty", spec, "-o", "")


class Browser(unittest.TestCase):
    """Pages in Chromium."""

    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.Browser(keeps_requests=True)
        cls.addClassCleanup(cls.browser.driver.quit)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def open(self, spec, width=chromium.WIDE, scheme="light"):
        result = switchboard("docs", spec, "--format", "html", "--name", "page", "-o", self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.browser.resize(width)
        self.browser.prefer(scheme)
        self.browser.open((self.folder / "page.html").as_uri())

    def tearDown(self):
        self.browser.open("about:blank")
        self.assertEqual(self.browser.console(), [])
        requests = [url for url in self.browser.requests() if not url.startswith(("file:", "data:", "about:"))]
        self.assertEqual(requests, [])

    def test_pages_fit_in_their_windows_and_can_be_read(self):
        for spec in SHOWN:
            for width in (chromium.WIDE, chromium.PHONE):
                for scheme in ("light", "dark"):
                    with self.subTest(spec, width=width, scheme=scheme):
                        self.open(REPOSITORY / spec, width, scheme)
                        overflow = self.browser.read("return document.documentElement.scrollWidth - innerWidth")
                        self.assertLessEqual(overflow, 0)
                        self.assertEqual(self.browser.read(CONTRASTS, SMALLEST_CONTRAST), [])
                        if PICTURES:
                            pathlib.Path(PICTURES).mkdir(parents=True, exist_ok=True)
                            name = f"{pathlib.Path(spec).stem}-{width}-{scheme}.png"
                            self.browser.save_picture(pathlib.Path(PICTURES) / name)

    def test_the_search_finds_messages_fields_and_codes(self):
        self.open(REPOSITORY / "protocol.yaml")
        for text, found, place in (("ping", "Ping", "#message-Ping"), ("0x07", "AuthReply", "#message-AuthReply"),
                                   ("timest", "timestamp", "#message-Ping.timestamp"), ("ratelim", "rateLimited", "")):  # fmt: skip
            field = self.browser.driver.find_element("id", "search")
            field.send_keys(text)
            first = self.browser.wait("const b = document.querySelector('#results b'); return b && b.textContent")
            self.assertEqual(first, found)
            field.send_keys(Keys.ENTER)
            self.assertIn(place, self.browser.driver.current_url)
            self.assertTrue(self.browser.read("return document.getElementById('results').hidden"))

    def test_bytes_and_fields_are_linked(self):
        self.open(REPOSITORY / "protocol.yaml")
        row = self.browser.driver.find_element("css selector", "#message-Auth .parts tr[data-key='message-Auth.username']")
        ActionChains(self.browser.driver).scroll_to_element(row).move_to_element(row).perform()
        marked = self.browser.wait(
            "const on = [...document.querySelectorAll('#message-Auth .on')]; return on.length && on.map(n => n.tagName + n.className)"
        )
        self.assertTrue(any("run" in name for name in marked), marked)
        self.assertTrue(any(name.startswith("g") for name in marked), marked)
        self.assertTrue(self.browser.read("return document.getElementById('message-Auth.username').classList.contains('on')"))
        # The arrow keys walk through the bytes.
        hex = self.browser.driver.find_element("css selector", "#message-Auth .hex[tabindex]")
        hex.send_keys(Keys.ARROW_RIGHT * 2)
        self.assertEqual(self.browser.read("return document.querySelectorAll('#message-Auth .hex .on').length"), 1)

    def test_texts_of_a_spec_are_no_markup(self):
        spec = self.folder / "hostile.yaml"
        spec.write_text(HOSTILE)
        self.open(spec)
        self.assertEqual(self.browser.driver.title, "Hostile")
        self.assertEqual(self.browser.read("return document.scripts.length"), 1)
        self.assertEqual(self.browser.read("return document.querySelectorAll('main b').length"), 0)
        self.assertIn("<script>document.title='x'</script>", self.browser.text("main"))


if __name__ == "__main__":
    COMMAND = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
