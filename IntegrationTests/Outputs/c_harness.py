"""Compiles the C codec of a spec with a program that decodes frames, prints their values as JSON, and encodes them again."""

import ipaddress
import json
import math
import re
import struct
import subprocess

WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
# Without recovery: a finding of a sanitizer ends the program with an error.
SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
TIMEOUT_SECONDS = 300

PROGRAM = """#include "$NAME.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_hex(const void *data, size_t size)
{
    printf("\\"");
    for (size_t i = 0; i < size; i++) printf("%02x", ((const uint8_t *)data)[i]);
    printf("\\"");
}

$PRINTERS
/* Decodes the frame of each line `form sender hex`, prints its size, its bytes when it is encoded again, and its values. */
int main(void)
{
    static char line[1 << 21];
    static uint64_t space[1 << 18];
    static uint8_t buffer[1 << 20];
    (void)print_hex;
    while (fgets(line, sizeof line, stdin) != NULL) {
        int form, sender, offset;
        if (sscanf(line, "%d %d %n", &form, &sender, &offset) < 2) return 2;
        size_t size = strspn(line + offset, "0123456789abcdef") / 2;
        $NAME_message message;
        $NAME_status status = $MACRO_OK;
        size_t frame = 0, count = 0;
        $NAME_memory memory;
        uint8_t *data = NULL;
        int first = 0, last = 0;
        switch (form) {
$REPLIES
        default: break;
        }
        $NAME_status kept = $MACRO_OK;
        for (int kind = first; kind <= last; kind++) {
            /* As large as the frame, so that a read behind it is found. */
            free(data);
            data = malloc(size == 0 ? 1 : size);
            for (size_t i = 0; i < size; i++) {
                unsigned byte;
                sscanf(line + offset + 2 * i, "%2x", &byte);
                data[i] = (uint8_t)byte;
            }
            memory = ($NAME_memory){ space, sizeof space, 0 };
            memset(&message, 1, sizeof message);
            switch (form) {
$DECODE
            default: return 2;
            }
            if (kind == first) kept = status;
            if (status == $MACRO_OK) break;
        }
        if (status != $MACRO_OK) {
            if (kept == $MACRO_INCOMPLETE) printf("incomplete\\n");
            else printf("error %s\\n", $NAME_status_text(kept));
            free(data);
            continue;
        }
        printf("ok %zu ", frame);
        status = $NAME_encode(&message, ($NAME_sender)sender, buffer, sizeof buffer, &count);
        if (status != $MACRO_OK) {
            printf("error:%d ", (int)status);
        } else {
            for (size_t i = 0; i < count; i++) printf("%02x", buffer[i]);
            printf(" ");
            /* One byte less is too few, and counting says the same. */
            uint8_t *exact = malloc(count == 0 ? 1 : count);
            size_t other = 0;
            if ($NAME_encode(&message, ($NAME_sender)sender, exact, count, &other) != $MACRO_OK && !$FILLS) return 3;
            if (count > 0 && $NAME_encode(&message, ($NAME_sender)sender, exact, count - 1, &other) != $MACRO_NO_ROOM) return 4;
            if ($NAME_encode(&message, ($NAME_sender)sender, NULL, 0, &other) != $MACRO_OK || other < count) return 5;
            free(exact);
        }
        print_$NAME_message(&message);
        printf("\\n");
        free(data);
    }
    return 0;
}
"""


def snake(name):
    """Returns a name of a spec as C writes it: `userID` is `user_id`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def key(name):
    """Returns `name` without what C's form of names changes."""
    return name.replace("_", "").lower()


class Member:
    """A member of a struct."""

    def __init__(self, name, form, type=None, members=(), count=0):
        self.name, self.form, self.type, self.members, self.count = name, form, type, members, count
        #: The member that says whether this one has a value.
        self.presence = None


class Header:
    """The types that a header file declares."""

    def __init__(self, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        self.defines = dict(re.findall(r"#define (\w+) (.+)", text))
        self.numbers = dict((name, type) for type, name in re.findall(r"typedef (u?int\d+_t) (\w+);", text))
        self.tokens = re.findall(r"\w+|[{};,*\[\]()]", text[text.index("typedef enum") :])
        self.position = 0
        self.structs = {}
        self.enums = {}
        while self.position < len(self.tokens):
            self.declaration()

    def peek(self, *words):
        return tuple(self.tokens[self.position : self.position + len(words)]) == words

    def take(self):
        self.position += 1
        return self.tokens[self.position - 1]

    def declaration(self):
        if self.peek("typedef", "struct", "{"):
            self.position += 2
            members = self.body()
            self.structs[self.take()] = members
        elif self.peek("typedef", "enum", "{"):
            self.position += 2
            constants = self.constants()
            self.enums[self.take()] = constants
        elif self.peek("struct") and self.tokens[self.position + 2] == "{":
            name = self.tokens[self.position + 1]
            self.position += 2
            self.structs[name] = self.body()
        else:
            self.position += 1

    def constants(self):
        assert self.take() == "{"
        found = []
        while not self.peek("}"):
            word = self.take()
            if word != ",":
                found.append(word)
        self.position += 1
        return found

    def body(self):
        assert self.take() == "{"
        members = []
        while not self.peek("}"):
            members.append(self.member())
        self.position += 1
        for flag, member in zip(members, members[1:]):
            name = re.escape(member.name.rstrip("_"))
            if flag.type == "bool" and re.fullmatch(f"has_{name}_*(_value)?", flag.name):
                member.presence = flag
        flags = [member.presence for member in members if member.presence]
        return [member for member in members if member not in flags]

    def member(self):
        if self.peek("enum"):
            self.position += 1
            constants = self.constants()
            return self.named(Member("", "kind", members=constants))
        if self.peek("union"):
            self.position += 1
            return self.named(Member("", "union", members=self.body()))
        if self.peek("struct", "{"):
            self.position += 1
            members = self.body()
            is_array = [member.name for member in members] == ["items", "count"]
            form = Member("", "array", type=members[0].type) if is_array else Member("", "struct", members=members)
            return self.named(form)
        is_pointer = False
        if self.peek("const"):
            self.position += 1
        type = self.take()
        if self.peek("*"):
            self.position += 1
            is_pointer = True
        member = Member("", "pointer" if is_pointer else "value", type=type)
        return self.named(member)

    def named(self, member):
        member.name = self.take()
        if self.peek("["):
            self.position += 1
            member.form, member.count = "bytes", int(self.take())
            assert self.take() == "]"
        assert self.take() == ";", (member.name, self.tokens[self.position - 5 : self.position + 5])
        return member


class Harness:
    """The compiled codec of a spec."""

    def __init__(self, folder):
        self.source, = folder.glob("*.c")
        self.name = self.source.stem
        text = self.source.with_suffix(".h").read_text()
        self.header = Header(text)
        decoders = re.findall(
            rf"^{self.name}_status {self.name}_decode(_\w+)?\((?:const )?void \*data, size_t size, \w+ from, ({self.name}_kind expected, )?",
            text, re.MULTILINE,
        )  # fmt: skip
        self.forms = [name[1:] if name else "main" for name, _ in decoders]
        kinds = self.header.enums[f"{self.name}_kind"]
        decode = replies = ""
        for index, (name, expected) in enumerate(decoders):
            argument = f"({self.name}_kind)kind, " if expected else ""
            call = f"{self.name}_decode{name}(data, size, ({self.name}_sender)sender, {argument}&memory, &message, &frame)"
            decode += f"            case {index}: status = {call}; break;\n"
            if expected:
                replies += f"        case {index}: last = {len(kinds) - 1}; break;\n"
        program = PROGRAM.replace("$DECODE\n", decode).replace("$REPLIES\n", replies).replace("$PRINTERS", self.printers())
        fills = "true" if "static bool fill(" in self.source.read_text() else "false"
        program = program.replace("$FILLS", fills).replace("$NAME", self.name).replace("$MACRO", self.name.upper())
        (folder / "harness.c").write_text(program)
        self.program = folder / "harness"
        command = ["cc", "-O1", *WARNINGS, *SANITIZERS, "-o", self.program, self.source, folder / "harness.c"]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        assert result.returncode == 0, result.stderr[:3000]

    def run(self, form, end, frames):
        """Returns a line of output for each frame."""
        start = f"{self.forms.index(snake(form))} {int(end == 'server')} "
        text = "".join(f"{start}{frame.hex()}\n" for frame in frames)
        result = subprocess.run([self.program], input=text, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        done = len(result.stdout.splitlines())
        frame = frames[done].hex() if done < len(frames) else "no frame"
        assert result.returncode == 0, f"{self.name}, {form} frame from the {end} {frame}: {result.returncode} {result.stderr[:4000]}"
        return result.stdout.splitlines()

    def printers(self):
        """The C functions that print values as JSON."""
        types = [name for name in self.header.structs if not re.fullmatch(self.name + "_(text|bytes|memory)", name)]
        text = "".join(f"static void print_{type}(const {type} *value);\n" for type in types)
        for type in types:
            text += f"\nstatic void print_{type}(const {type} *value)\n{{\n"
            text += "".join(f"    {line}\n" for line in self.struct(self.header.structs[type], "value->")) + "}\n"
        return text

    def struct(self, members, base):
        lines = ['printf("{");']
        kinds = next((member for member in members if member.form == "kind" or member.name == "kind" and "_kind" in member.type), None)
        for index, member in enumerate(members):
            lines.append(f'printf("{", " if index else ""}\\"{member.name}\\": ");')
            if member.presence:
                lines.append(f'if (!{base}{member.presence.name}) printf("null"); else {{')
            if member.form == "union":
                lines += self.union(member, base, kinds)
            else:
                lines += self.value(member, base + member.name)
            if member.presence:
                lines.append("}")
        return [*lines, 'printf("}");']

    def union(self, member, base, kinds):
        constants = kinds.members if kinds.form == "kind" else self.header.enums[kinds.type]
        lines = [f"switch ((int){base}kind) {{"]
        for part in member.members:
            ends = [constant for constant in constants if key(constant).endswith(key(part.name))]
            constant = min(ends, key=len) if kinds.form != "kind" else max(ends, key=lambda name: -len(name))
            lines.append(f"case {constant}:")
            if part.form == "struct":
                lines += self.struct(part.members, f"{base}{member.name}.{part.name}.")
            else:
                lines += self.value(part, f"{base}{member.name}.{part.name}")
            lines.append("break;")
        return [*lines, 'default: printf("null");', "}"]

    def value(self, member, place):
        type = self.header.numbers.get(member.type, member.type)
        if member.form == "kind":
            return [f'printf("%d", (int){place});']
        if member.form == "bytes":
            return [f"print_hex({place}, sizeof {place});"]
        if member.form == "pointer":
            return [f"print_{member.type}({place});"]
        if member.form == "array":
            element = Member("", "value", type=member.type)
            return [
                'printf("[");',
                f"for (size_t i = 0; i < {place}.count; i++) {{",
                'if (i > 0) printf(", ");',
                *self.value(element, f"{place}.items[i]"),
                "}",
                'printf("]");',
            ]
        if type in (self.name + "_text", self.name + "_bytes"):
            return [f'if ({place}.data == NULL && {place}.size == 0) printf("\\"\\""); else print_hex({place}.data, {place}.size);']
        if type == "bool":
            return [f'printf({place} ? "true" : "false");']
        if type == "float" or type == "double":
            size = 4 if type == "float" else 8
            return [
                f'{{ uint{8 * size}_t bits; memcpy(&bits, &{place}, {size}); printf("%llu", (unsigned long long)bits); }}'
            ]
        if re.fullmatch(r"uint\d+_t", type):
            return [f'printf("%llu", (unsigned long long){place});']
        if re.fullmatch(r"int\d+_t", type) or type in self.header.enums:
            return [f'printf("%lld", (long long){place});']
        return [f"print_{type}(&{place});"]

    def differences(self, expected, found):
        """Yields how the values that the program printed differ from those that the interpreter printed."""
        members = {member.name: member for member in self.header.structs[f"{self.name}_message"]}
        kind = self.header.enums[f"{self.name}_kind"][found["kind"]]
        if not key(kind).endswith(key(expected["message"])):
            yield f"is {kind}, not {expected['message']}"
            return
        if "header" in expected and "header" in found:
            header = {name: value for name, value in expected["header"].items() if any(key(name) == key(one) for one in found["header"])}
            # Bits that only say whether other items are there are no value of the program.
            yield from self.record(header, found["header"], self.header.structs[f"{self.name}_header"], "header", flags_may_lack=True)
        if "as" in members:
            part = next((one for one in members["as"].members if key(one.name) == key(expected["message"])), None)
            if part is not None:
                yield from self.difference(expected["fields"], found["as"], part, expected["message"])

    def record(self, expected, found, members, where, flags_may_lack=False):
        by_key = {key(member.name): member for member in members}
        for name, value in expected.items():
            member = by_key.get(key(name))
            if member is None:
                # A constant is no member.
                continue
            yield from self.difference(value, found[member.name], member, f"{where}.{name}", flags_may_lack)

    def difference(self, expected, found, member, where, flags_may_lack=False):
        if str(member.type).startswith(f"{self.name}_optional_") and isinstance(found, dict):
            # An element of an array that may lack a value.
            member, = self.header.structs[member.type]
            found = found["value"]
        if not self.is_same(expected, found, member, flags_may_lack):
            if isinstance(expected, dict) and isinstance(found, dict):
                yield from self.record_difference(expected, found, member, where)
            else:
                yield f"{where} is {found!r}, not {expected!r}"

    def record_difference(self, expected, found, member, where):
        members = self.header.structs.get(member.type, member.members)
        kind = next((one for one in members if one.form == "kind"), None)
        if kind is None:
            yield from self.record(expected, found, members, where)
            return
        (case, fields), = expected.items()
        constant = kind.members[found["kind"]]
        if not key(constant).endswith(key(case)):
            yield f"{where} is {constant}, not {case}"
            return
        union = next((one for one in members if one.form == "union"), None)
        part = next((one for one in union.members if key(one.name) == key(case)), None) if union else None
        if part is not None:
            yield from self.record(fields or {}, found["as"], self.header.structs.get(part.type, part.members), f"{where}.{case}")

    def is_same(self, expected, found, member, flags_may_lack=False):
        """Whether simple values are the same; structs are not."""
        if expected is None or found is None:
            return expected is None and (found is None or found == "")
        if isinstance(expected, list) and isinstance(found, list):
            element = Member("", "value", type=member.type)
            return len(expected) == len(found) and not any(
                list(self.difference(one, other, element, "")) for one, other in zip(expected, found)
            )
        if isinstance(expected, list):
            bits = sum(self.constant(member.type, name) for name in expected)
            return found == bits or flags_may_lack and found & bits == found
        if isinstance(expected, dict):
            return False
        if member.type in ("float", "double"):
            return self.is_same_float(float(expected), found, member.type)
        if isinstance(found, bool) or isinstance(expected, bool):
            return bool(found) == expected
        if isinstance(found, int):
            if isinstance(expected, str) and not re.fullmatch(r"-?\d+", expected):
                return self.constant(member.type, expected) == found
            return int(expected) == found
        return self.is_same_content(str(expected), bytes.fromhex(found))

    def is_same_float(self, expected, bits, type):
        number, = struct.unpack("<f" if type == "float" else "<d", bits.to_bytes(4 if type == "float" else 8, "little"))
        if math.isnan(expected) or math.isnan(number):
            return math.isnan(expected) and math.isnan(number)
        if type == "float" and not math.isinf(expected):
            try:
                expected, = struct.unpack("f", struct.pack("f", expected))
            except OverflowError:
                return math.isinf(number)
        return number == expected

    def is_same_content(self, expected, content):
        if content.hex() == expected or content.hex() == expected.replace(":", "").replace("-", ""):
            return True
        for encoding in ("utf-8", "latin-1", "utf-16-be", "utf-16-le"):
            try:
                if content.decode(encoding) == expected:
                    return True
            except UnicodeDecodeError:
                continue
        try:
            return ipaddress.ip_address(expected).packed == content
        except ValueError:
            return False

    def constant(self, type, name):
        """The number of a case or a bit."""
        start = type.upper() + "_"
        for constant, number in self.header.defines.items():
            if constant.startswith(start) and key(constant[len(start) :]) == key(name):
                digits = re.search(r"-?(?:U?INT\d+_C\()?(\d+)", number)
                return -int(digits[1]) if "-" in number else int(digits[1])
        raise AssertionError(f"{self.name} has no constant {start}{name}")
