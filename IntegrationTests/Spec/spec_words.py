"""Reads the words of the spec language from the source of its parser."""

import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "Sources/SwitchboardSpec"
VOCABULARY = REPOSITORY / "Sources/SwitchboardVocabulary"


def schemas():
    """Returns the keys of each kind of mapping, by its name: pairs of a list of required keys and a list of optional keys."""
    source = (SOURCES / "Parser/KeySchema.swift").read_text()
    result = {}
    for name, arguments in re.findall(r"static let (\w+) = KeySchema\(([^()]*)\)", source):
        lists = dict(re.findall(r"(required|optional): \[(.*?)\]", arguments, re.DOTALL))
        result[name] = tuple(re.findall(r'"([^"]+)"', lists.get(key, "")) for key in ("required", "optional"))
    assert len(result) == source.count("KeySchema("), "the source of the keys is laid out in another way"
    return result


def words(enum):
    """Returns the words of the cases of an enum in SwitchboardSpec or SwitchboardVocabulary."""
    start = rf"^( *)(?:package|public) enum {enum}: String.*?\{{(.*?)^\1\}}"
    files = [file for folder in (VOCABULARY, SOURCES) for file in sorted(folder.rglob("*.swift"))]
    bodies = [match[2] for file in files for match in re.finditer(start, file.read_text(), re.DOTALL | re.MULTILINE)]
    assert len(bodies) == 1, f"{len(bodies)} enums are called {enum}"
    found = []
    for line in re.findall(r"^ *case (?!\.)(.*)$", bodies[0], re.MULTILINE):
        for case in line.split(", "):
            name, _, word = case.partition(" = ")
            found.append(word.strip('"') or name.strip("`"))
    # The case has no word in specs: it is the default.
    return [word for word in found if word != "asConfigured"]


def checksums():
    """Returns the names of the checksums."""
    source = (VOCABULARY / "ChecksumAlgorithm.swift").read_text()
    names = dict(re.findall(r'^ *case \.(\w+): \("([^"]+)", ', source, re.MULTILINE))
    cases = re.search(r"static let allCases: \[ChecksumAlgorithm\] = \[(.*?)\n    \]", source, re.DOTALL)[1]
    return [names.pop(case) for case in re.findall(r"\.(\w+)", cases)] + list(names.values())


def integer_types(role):
    """Returns the integer types with `role` that are types of Swift."""
    source = (SOURCES / "Model/NumberTypes.swift").read_text()
    common = re.search(r"static let common: \[IntegerType\] = \[(.*)\]", source)[1].split(", ")
    allowed = re.search(rf"^ *case \.{role}: (.*)$", source, re.MULTILINE)[1]
    if allowed == "Self.common.contains(self)":
        return common
    return re.findall(r"\.(\w+)", re.fullmatch(r"\[(.*)\]\.contains\(self\)", allowed)[1])


def builtin_types():
    """Returns the built-in types, without integers of other widths than those of Swift."""
    numbers = integer_types("header") + words("FloatType") + ["bool", "bit"] + words("VariableLength")
    return numbers + ["string", "bytes"] + words("Notation")


def limits():
    """Returns the limits of a spec."""
    header = (VOCABULARY / "Header.swift").read_text()
    source = (SOURCES / "SpecLimits.swift").read_text()
    named = dict(re.findall(r"static let (\w+) = (\d+)", header))
    source = re.sub(r"HeaderLimits\.(\w+)", lambda match: named[match[1]], source)
    return {name: eval(value) for name, value in re.findall(r"static let (\w+) = ([\d_< ]+)", source)}


def fault_names():
    """Returns the names of the faults, which cases of the error enum may have."""
    return words("Fault")
