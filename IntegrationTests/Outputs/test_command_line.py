"""Runs the commands of Docs/CommandLine.md, and compares the options of all verbs of `switchboard`.

    python3 IntegrationTests/Outputs/test_command_line.py PATH-OF-SWITCHBOARD [unittest options]
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

from captures import Capture  # noqa: E402
from net001 import TIMEOUT_SECONDS, ping, pong  # noqa: E402
from serving import exchange, serving  # noqa: E402

GUIDE = (REPOSITORY / "Docs/CommandLine.md").read_text()
# The port of servers in the guide. The tests replace it with an unused one.
PORT = "6001"
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
AUTH_WITH_WRONG_CHECKSUM = "deadbeef 01 06 000c 05 616c696365 736573616d65 4a4566fc"
PATH = None


def switchboard(*arguments, folder=REPOSITORY):
    """Runs the command; returns what it printed to standard output, and its status."""
    words = [PATH, *map(str, arguments)]
    result = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return result.stdout, result.returncode


def shown():
    """Returns the commands `switchboard` in the guide, each with the text that it prints there; without one, it is left out.

    `test_replay.py` compares what `replay` prints.
    """
    guide = re.sub(r" \\\n +", " ", GUIDE)
    blocks = re.findall(r"^```console\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    pairs = [pair for block in blocks for pair in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)]
    return {command: printed for command, printed in pairs if re.match("switchboard (?!replay )", command) and printed and "<<" not in command}


class Guide(unittest.TestCase):
    def test_commands_print_what_is_shown(self):
        commands = shown()
        verbs = {"call": self.call, "mock": self.mock}
        for command, printed in commands.items():
            with self.subTest(command), tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                for name in ("protocol.yaml", "Protocols"):
                    (folder / name).symlink_to(REPOSITORY / name)
                capture = Capture()
                capture.connection(int(PORT), ("client", ping(5)), ("server", pong(5)))
                capture.write(folder / "traffic.pcap")
                _, verb, *arguments = shlex.split(command)
                verbs.get(verb, self.other)(verb, arguments, printed, folder)
        self.assertEqual({command.split()[1] for command in commands}, {"decode", "encode", "call", "mock"})

    def other(self, verb, arguments, printed, folder):
        self.assertEqual(switchboard(verb, *arguments, folder=folder), (printed, 0))

    def call(self, verb, arguments, printed, folder):
        with serving(PATH, "mock", folder / "protocol.yaml") as server:
            self.other(verb, [word.replace(PORT, str(server.port)) for word in arguments], printed, folder)

    def mock(self, verb, arguments, printed, folder):
        """Sends the request that the guide shows."""
        listen = arguments.index("--listen")
        self.assertEqual(arguments[listen + 1], f"localhost:{PORT}")
        spec, *rest = arguments[:listen] + arguments[listen + 2 :]
        with serving(PATH, verb, folder / spec, *rest) as server:
            self.assertEqual(exchange(server.port, ping(5)), pong(5))
        listening, *frames = printed.splitlines()
        self.assertEqual(server.errors.replace(str(server.port), PORT), f"{listening}\n")
        self.assertEqual(frames.pop(), "…")
        self.assertEqual(TIME.sub("", server.output).splitlines()[: len(frames)], TIME.sub("", "\n".join(frames)).splitlines())
        self.assertIn("Pong from the server", server.output)

    def test_a_malformed_frame_ends_as_shown(self):
        (text,) = re.findall(r"^```text\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
        output, status = switchboard("decode", "protocol.yaml", AUTH_WITH_WRONG_CHECKSUM)
        self.assertEqual(status, 1)
        self.assertTrue(output.endswith(text), output)

    def test_a_login_before_a_request_is_read_as_shown(self):
        (lines,) = re.findall(r"--messages - <<'END'\n(.*?)^END$", GUIDE, re.DOTALL | re.MULTILINE)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "messages")
            file.write_text(lines)
            output, status = switchboard("encode", "protocol.yaml", "--messages", file)
        self.assertEqual((len(output.splitlines()), status), (2, 0))

    def test_options_that_are_named_exist(self):
        """Each section is about the verbs in its title."""
        count = 0
        for title, text in re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE):
            verbs = re.findall(r"`(\w+)`", title)
            known = {option for verb in verbs for option in re.findall(r"--[a-z-]+", switchboard("help", verb)[0])}
            if not verbs:
                continue
            # The table of options, and the options of the verb in its examples.
            named = re.findall(r"^\| .*? \|", text, re.MULTILINE)
            named += re.findall(rf"^\$ switchboard (?:{'|'.join(verbs)}) .*", text, re.MULTILINE)
            for option in {option for line in named for option in re.findall(r"--[a-z-]+", line)}:
                self.assertIn(option, known, title)
                count += 1
        self.assertGreaterEqual(count, 25)


class Help(unittest.TestCase):
    """`switchboard help` of all verbs."""

    @classmethod
    def setUpClass(cls):
        verbs = re.findall(r"^  ([a-z]\w*) ", switchboard("--help")[0].split("SUBCOMMANDS:")[1], re.MULTILINE)
        os.environ["COLUMNS"] = "1000"
        cls.help = {verb: switchboard("help", verb)[0] for verb in verbs}

    def options(self):
        """Yields each option of each verb: the verb, the name, the placeholder and the text."""
        for verb, text in self.help.items():
            # The text of an option with a long name is on the next line.
            section = re.sub(r"(?m)^(  --[\w-]+ <[A-Z:]+>)\n +", r"\1  ", text.split("OPTIONS:\n")[1])
            for name, placeholder, said in re.findall(r"^  (?:-\w, )?(--[\w-]+)(?: <(.*?)>)? +(.*)$", section, re.MULTILINE):
                yield verb, name, placeholder, said

    def test_each_verb_has_an_example_with_its_options(self):
        for verb, text in self.help.items():
            (example,) = re.findall(r"^Example: (switchboard .*)$", text, re.MULTILINE)
            words = shlex.split(example)
            self.assertEqual(words[1], verb)
            for option in re.findall(r" (--?[a-z-]+)", example):
                self.assertRegex(text, rf"(?m)^  .*{option}\b", verb)

    def test_an_option_has_one_placeholder_in_all_verbs(self):
        found = {}
        for _, name, placeholder, _ in self.options():
            found.setdefault(name, set()).add(placeholder)
        self.assertEqual({name for name, placeholders in found.items() if len(placeholders) > 1}, {"--output"})
        self.assertEqual(found["--output"], {"FILE", "FOLDER"})
        for placeholder in set().union(*found.values()):
            self.assertEqual(placeholder, placeholder.upper())

    def test_a_flag_has_one_meaning_in_all_verbs(self):
        found = {}
        for _, name, placeholder, said in self.options():
            if not placeholder or name in ("--connect", "--listen", "--header", "--messages"):
                found.setdefault(name, set()).add(said)
        self.assertEqual({name: texts for name, texts in found.items() if len(texts) > 1}, {})
        self.assertIn("--json", found)

    def test_summaries_and_options_are_sentences(self):
        for verb, text in self.help.items():
            summary = text.split("\n")[0].removeprefix("OVERVIEW: ")
            self.assertRegex(summary, r"^[A-Z][a-z]+ .*\.$", verb)
            self.assertRegex(text, r"(?m)^  (<SPEC>|<OLD>) ", verb)
        for verb, name, _, said in self.options():
            self.assertRegex(re.sub(r" \((values|default): .*\)$", "", said), r"^[A-Z].*\.$", f"{verb} {name}")


if __name__ == "__main__":
    PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
