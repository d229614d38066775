"""The words of the spec language, as the source of its parser has them."""

import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "Sources/SwitchboardSpec"


def schemas():
    """The keys that each kind of mapping may have: pairs of lists, of those needed and of the others, by its name."""
    source = (SOURCES / "Parser/KeySchema.swift").read_text()
    result = {}
    for name, arguments in re.findall(r"static let (\w+) = KeySchema\(([^()]*)\)", source):
        lists = dict(re.findall(r"(required|optional): \[(.*?)\]", arguments, re.DOTALL))
        result[name] = tuple(re.findall(r'"([^"]+)"', lists.get(key, "")) for key in ("required", "optional"))
    assert len(result) == source.count("KeySchema("), "the source of the keys is laid out in another way"
    return result


def words(file, enum):
    """The words that the cases of an enum in `file` stand for."""
    source = (SOURCES / file).read_text()
    body = re.search(rf"^( *)package enum {enum}: String.*?\{{(.*?)^\1\}}", source, re.DOTALL | re.MULTILINE)[2]
    found = []
    for line in re.findall(r"^ *case (?!\.)(.*)$", body, re.MULTILINE):
        for case in line.split(", "):
            name, _, word = case.partition(" = ")
            found.append(word.strip('"') or name.strip("`"))
    assert found, f"{file} has no enum {enum}"
    return found


def builtin_types():
    """The types that every spec knows."""
    integers = words("Model/IntegerType.swift", "IntegerType")
    return integers + words("Model/FloatType.swift", "FloatType") + ["bool", "string", "bytes"]


def limits():
    """How much a spec may hold."""
    source = (SOURCES / "SpecLimits.swift").read_text()
    return {name: eval(value) for name, value in re.findall(r"static let (\w+) = ([\d_< ]+)", source)}


def fault_names():
    """The names of the faults that a case of the error enum may have."""
    source = (SOURCES / "Model/FaultNames.swift").read_text()
    return re.findall(r'"(\w+)"', re.search(r"all = \[(.*?)\]", source, re.DOTALL)[1])
