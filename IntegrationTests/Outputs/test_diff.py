"""Checks `switchboard diff`: git references, reports, levels, wrong input.

    python3 IntegrationTests/Outputs/test_diff.py SWITCHBOARD [unittest options]
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
RULES = REPOSITORY / "Tests/SwitchboardDiffTests/Rules"
SWITCHBOARD = pathlib.Path()
# Git ignores the settings of the machine, and finds no repository above the folders of the tests.
ENVIRONMENT = dict(
    os.environ,
    GIT_CONFIG_GLOBAL=os.devnull,
    GIT_CONFIG_SYSTEM=os.devnull,
    GIT_CEILING_DIRECTORIES=tempfile.gettempdir(),
    **{f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in (("NAME", "T"), ("EMAIL", "t@example.com"))},
)
SPEC = """protocol: Shop
version: 1
frame:
  header:
    - version: uint8
    - type: uint8
    - length: uint16
messages:
  Order:
    code: 1
    from: client
    fields:
      - { name: item, type: uint32 }
      - { name: amount, type: uint16 }
  Cancel: { code: 2, from: client }
"""
OTHER_TYPE = SPEC.replace("amount, type: uint16", "amount, type: uint32")
RENAMED = SPEC.replace("name: amount", "name: count")
OTHER_DEFAULT = SPEC.replace("type: uint16 }", "type: uint16, default: 1 }")


def diff(*arguments, folder=None):
    return subprocess.run(
        [SWITCHBOARD, "diff", *arguments], capture_output=True, text=True, timeout=60, cwd=folder, env=ENVIRONMENT
    )


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def compare(self, old, new, *options):
        return diff(self.write("old.yaml", old), self.write("new.yaml", new), *options)

    def error(self, result, status, *words):
        """Expects one line with the words, and nothing on standard output."""
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)


class Levels(Case):
    def test_equal_versions_have_no_changes(self):
        for level in ("wire", "source", "behaviour", "any"):
            result = self.compare(SPEC, SPEC, "--level", level)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertRegex(result.stdout, r"^\S*new.yaml has no changes since \S*old.yaml\n$")

    def test_a_level_fails_changes_with_its_effect_and_worse_ones(self):
        since = SPEC.replace("Cancel: { code: 2, from: client }", "Cancel: { code: 2, from: client, deprecated: Never sent. }")
        for text, fails in (
            (OTHER_TYPE, [1, 1, 1, 1]),
            (RENAMED, [0, 1, 1, 1]),
            (SPEC.replace("from: client }", "from: client, requires: nothing }"), [0, 0, 1, 1]),
            (since, [0, 0, 0, 1]),
        ):
            found = [self.compare(SPEC, text, "--level", level).returncode for level in ("wire", "source", "behaviour", "any")]
            self.assertEqual(found, fails)

    def test_an_allowed_rule_does_not_fail(self):
        result = self.compare(SPEC, OTHER_TYPE, "--allow", "field-type-changed")
        self.assertEqual(result.returncode, 0)
        self.assertIn(": allowed: ", result.stdout)
        result = self.compare(SPEC, OTHER_TYPE, "--allow", "field-renamed", "--allow", "code-changed")
        self.assertEqual(result.returncode, 1)

    def test_an_unknown_rule_is_told_with_the_rule_that_was_meant(self):
        self.error(self.compare(SPEC, SPEC, "--allow", "field-type-change"), 64, "no rule", "did you mean field-type-changed?")
        self.error(self.compare(SPEC, SPEC, "--allow", "zzz"), 64, "--rules")

    def test_the_rules_are_listed(self):
        result = diff("--rules")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        names = [line.split()[0] for line in result.stdout.splitlines()]
        examples = {path.name.partition(".")[0] for path in RULES.glob("*.yaml")}
        self.assertEqual(set(names), examples)
        self.assertEqual(len(names), len(set(names)))


class Text(Case):
    def test_a_change_has_both_places_the_directions_and_advice(self):
        result = self.compare(SPEC, OTHER_TYPE)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], f"{self.folder}/new.yaml:14:17: error: `Order.amount` has the type `uint32`, and had `uint16` [field-type-changed]")
        self.assertEqual(lines[1], "  breaks the wire: old client → new server, new client → old server")
        self.assertEqual(lines[2], f"  before: {self.folder}/old.yaml:14:17")
        self.assertTrue(lines[3].startswith("  advice: "))
        self.assertIn("1 change: 1 breaks the wire", lines)

    def test_advice_names_the_versions_that_must_rise(self):
        result = self.compare(SPEC, OTHER_TYPE).stdout
        self.assertIn("set `version: 2`", result)
        self.assertIn("major version of the package", result)
        result = self.compare(SPEC, SPEC.replace("  Cancel: { code: 2, from: client }\n", "")).stdout
        self.assertIn("add `reserved: [ 0x02, Cancel ]` to the spec", result)
        result = self.compare(SPEC, OTHER_DEFAULT).stdout
        self.assertIn("keep `wire-version: 1`", result)
        self.assertIn("minor version of the package", result)


class Formats(Case):
    def test_markdown_has_a_heading_for_each_effect(self):
        result = self.compare(SPEC, OTHER_TYPE.replace("name: item", "name: thing"), "--format", "markdown").stdout
        self.assertEqual(re.findall(r"(?m)^#.*$", result), ["# Changes of Shop", "## Breaks the wire", "## Breaks source", "## To do"])

    def test_json_has_the_changes(self):
        report = json.loads(self.compare(SPEC, OTHER_TYPE, "--format", "json").stdout)
        self.assertEqual((report["effect"], report["fails"], len(report["findings"])), ("wire", True, 1))
        finding = report["findings"][0]
        self.assertEqual(finding["rule"], "field-type-changed")
        self.assertEqual(finding["breaks"], ["old-client-to-new-server", "new-client-to-old-server"])
        self.assertEqual((finding["new"]["line"], finding["new"]["column"]), (14, 17))

    def test_sarif_has_rules_and_results(self):
        old, new = self.write("old.yaml", SPEC), self.write("a folder/ü #1.yaml", OTHER_TYPE)
        text = diff("old.yaml", "a folder/ü #1.yaml", "--format", "sarif", folder=self.folder).stdout
        report = json.loads(text)
        self.assertEqual((report["version"], len(report["runs"])), ("2.1.0", 1))
        run = report["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual(len({rule["id"] for rule in rules}), len(rules))
        for rule in rules:
            self.assertIn(rule["defaultConfiguration"]["level"], ("error", "warning", "note"))
        (result,) = run["results"]
        self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
        self.assertEqual((result["ruleId"], result["level"]), ("field-type-changed", "error"))
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a%20folder/%C3%BC%20%231.yaml")
        self.assertEqual(place["region"], {"startLine": 14, "startColumn": 17})
        self.assertNotIn("suppressions", result)
        validate(self, report)
        report = json.loads(diff(old, new, "--format", "sarif", "--allow", "field-type-changed").stdout)
        self.assertEqual(report["runs"][0]["results"][0]["suppressions"], [{"kind": "external"}])
        validate(self, report)

    def test_the_report_may_go_to_a_file(self):
        path = self.folder / "report.json"
        result = self.compare(SPEC, OTHER_TYPE, "--format", "json", "-o", path)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (1, "", ""))
        self.assertTrue(json.loads(path.read_text())["fails"])

    def test_every_rule_has_a_report_in_every_format(self):
        for path in sorted(RULES.glob("*.old.yaml"))[::10]:
            for form in ("text", "markdown", "json", "sarif"):
                imports = [f"--import={name}={RULES}/Imports/{name}.yaml" for name in ("Base", "More")]
                result = diff(path, str(path).replace(".old.", ".new."), "--format", form, *imports)
                self.assertIn(path.name.partition(".")[0], result.stdout, result.stderr)


def validate(case, report):
    """Checks a report against the properties that the schema of SARIF 2.1.0 allows and requires where this report has them."""
    allowed = {
        "log": ({"$schema", "version", "runs"}, {"version", "runs"}),
        "run": ({"tool", "columnKind", "results"}, {"tool"}),
        "driver": ({"name", "semanticVersion", "rules"}, {"name"}),
        "rule": ({"id", "shortDescription", "help", "defaultConfiguration"}, {"id"}),
        "result": (
            {"ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "suppressions"},
            {"message"},
        ),
        "location": ({"physicalLocation", "message"}, set()),
        "physical": ({"artifactLocation", "region"}, {"artifactLocation"}),
        "message": ({"text"}, {"text"}),
    }

    def check(kind, value):
        may, must = allowed[kind]
        case.assertLessEqual(set(value), may)
        case.assertGreaterEqual(set(value), must)

    check("log", report)
    for run in report["runs"]:
        check("run", run)
        case.assertEqual(run["columnKind"], "unicodeCodePoints")
        check("driver", run["tool"]["driver"])
        for rule in run["tool"]["driver"]["rules"]:
            check("rule", rule)
            for key in ("shortDescription", "help"):
                if key in rule:
                    check("message", rule[key])
        for result in run["results"]:
            check("result", result)
            check("message", result["message"])
            case.assertIn(result["level"], ("none", "note", "warning", "error"))
            for location in result["locations"] + result["relatedLocations"]:
                check("location", location)
                check("physical", location["physicalLocation"])
                case.assertRegex(location["physicalLocation"]["artifactLocation"]["uri"], r"^[A-Za-z0-9._~/%-]+$")
                for number in location["physicalLocation"]["region"].values():
                    case.assertGreaterEqual(number, 1)


class References(Case):
    def setUp(self):
        super().setUp()
        git(self.folder, "init", "--quiet", "--initial-branch", "main")
        self.commit(SPEC, "v1")
        self.commit(OTHER_DEFAULT, "v2")
        self.write("spec/protocol.yaml", OTHER_DEFAULT.replace("amount, type: uint16", "amount, type: uint32"))

    def commit(self, text, tag):
        self.write("spec/protocol.yaml", text)
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "--message", tag)
        git(self.folder, "tag", tag)

    def rules(self, *arguments, folder=None):
        result = diff(*arguments, "--format", "json", folder=folder or self.folder)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        report = json.loads(result.stdout)
        return report["old"], report["new"], [finding["rule"] for finding in report["findings"]]

    def test_one_file_is_compared_with_head(self):
        old, new, rules = self.rules("spec/protocol.yaml")
        self.assertEqual((old, new), ("git:HEAD:spec/protocol.yaml", "spec/protocol.yaml"))
        self.assertEqual(rules, ["field-type-changed"])

    def test_a_reference_without_a_file_is_that_of_the_other_version(self):
        self.assertEqual(self.rules("git:v1", "spec/protocol.yaml")[2], ["field-type-changed", "default-added"])
        self.assertEqual(self.rules("git:v1", "git:v2:spec/protocol.yaml")[2], ["default-added"])
        self.assertEqual(self.rules("git:HEAD~1:spec/protocol.yaml", "git:main")[2], ["default-added"])

    def test_the_path_is_that_from_here(self):
        self.assertEqual(self.rules("git:v1", "protocol.yaml", folder=self.folder / "spec")[2], ["field-type-changed", "default-added"])
        self.assertEqual(self.rules("git:v1", "../spec/protocol.yaml", folder=self.folder / "spec")[2], ["field-type-changed", "default-added"])
        self.assertEqual(self.rules("git:v1", self.folder / "spec/protocol.yaml", folder="/")[2], ["field-type-changed", "default-added"])

    def test_a_file_of_a_folder_that_is_gone_is_found(self):
        git(self.folder, "mv", "spec", "moved")
        self.assertEqual(self.rules("git:v1:spec/protocol.yaml", "git:v2:spec/protocol.yaml")[2], ["default-added"])

    def test_names_with_odd_characters_are_no_commands(self):
        name = "it's $(touch hacked); 1.yaml"
        self.write(name, SPEC)
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "--message", "odd")
        self.write(name, OTHER_TYPE)
        self.assertEqual(self.rules(name)[2], ["field-type-changed"])
        self.assertFalse((self.folder / "hacked").exists())

    def test_a_missing_reference_file_or_repository_is_told(self):
        self.error(diff("git:v9", "spec/protocol.yaml", folder=self.folder), 2, "no revision v9")
        self.error(diff("git:v1:spec/other.yaml", "spec/protocol.yaml", folder=self.folder), 2, "has no such file")
        self.error(diff("git:v1:spec", "spec/protocol.yaml", folder=self.folder), 2, "has no such file")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "protocol.yaml").write_text(SPEC)
            self.error(diff("protocol.yaml", folder=folder), 2, "not a folder of a git repository")
        self.error(diff("git:-v", "spec/protocol.yaml", folder=self.folder), 2, "no git reference")
        self.error(diff("git:", "spec/protocol.yaml", folder=self.folder), 2, "no git reference")
        self.error(diff("git:v1", "git:v2", folder=self.folder), 64, "name no file")
        self.error(diff("git:v1", folder=self.folder), 64, "another version")

    def test_mistakes_have_the_name_of_the_reference(self):
        self.commit("protocol: 1\n", "v3")
        result = diff("git:v3", "git:v1:spec/protocol.yaml", folder=self.folder)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"(?m)^git:v3:spec/protocol.yaml:\d+:\d+: error: ")

    def test_imported_specs_come_from_the_reference(self):
        base = SPEC.replace("version: 1\n", "version: 1\nswift: { access: public }\n", 1)
        talk = "protocol: Talk\nversion: 1\nimports: [ Shop ]\nmessages:\n  Track: { code: 9, from: client }\n"
        self.write("shop.yaml", base)
        self.write("talk.yaml", talk)
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "--message", "talk")
        self.write("shop.yaml", base.replace("uint16 }", "uint32 }"))
        result = diff("talk.yaml", "--import", "Shop=shop.yaml", folder=self.folder)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^shop.yaml:15:\d+: error: .*\[field-type-changed\]$")
        self.assertRegex(result.stdout, r"(?m)^  before: git:HEAD:shop.yaml:15:\d+$")


class WrongInput(Case):
    def test_each_mistake_is_told(self):
        good = self.write("good.yaml", SPEC)
        self.error(diff(), 64, "Usage: ")
        self.error(diff(good, self.folder / "missing.yaml"), 2, "cannot read")
        self.error(diff(good, self.folder), 2, "cannot read")
        self.error(diff(good, good, good), 64, "Usage: ")
        self.error(diff(good, good, "--level", "none"), 64, "--level")
        self.error(diff(good, good, "--format", "html"), 64, "--format")
        self.error(diff(good, good, "-o", good), 2, "good.yaml")
        self.error(diff(good, good, "-o", os.devnull), 2, os.devnull)
        self.assertEqual(good.read_text(), SPEC)

    def test_a_spec_with_mistakes_is_not_compared(self):
        result = self.compare(SPEC, SPEC.replace("uint16 }", "uint61x }"))
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"(?m)^\S*new.yaml:14:\d+: error: ")


class Speed(Case):
    def test_300_messages_take_seconds_at_most(self):
        fields = "".join(f"      - {{ name: f{number}, type: uint32 }}\n" for number in range(20))
        messages = "".join(f"  M{code}:\n    code: {code}\n    from: client\n    fields:\n{fields}" for code in range(1, 301))
        text = SPEC[: SPEC.index("messages:")].replace("type: uint8", "type: uint16") + "messages:\n" + messages
        start = time.monotonic()
        report = json.loads(self.compare(text, text.replace("f7, type: uint32", "f7, type: uint64"), "--format", "json").stdout)
        print(f"300 messages: {time.monotonic() - start:.1f} s")
        self.assertEqual(len(report["findings"]), 300)


if __name__ == "__main__":
    SWITCHBOARD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
