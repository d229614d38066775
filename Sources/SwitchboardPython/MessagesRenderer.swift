internal import SwitchboardSpec

/// Writes messages.py: the classes of the types and of the messages.
struct MessagesRenderer {
    private let spec: CheckedSpec
    private let values: ValueRenderer

    init(_ spec: CheckedSpec, _ names: PythonNames) {
        self.spec = spec
        values = ValueRenderer(spec: spec)
    }

    /// Returns the module.
    func source(_ head: Head, _ uses: inout Uses) -> String {
        var classes: [[String]] = []
        for type in spec.allTypes {
            switch type {
            case .enumeration(let type): classes.append(enumeration(type, &uses))
            case .flags(let type): classes.append(flags(type))
            case .structure, .union: break
            }
        }
        if !spec.layout(of: spec.frame).settableItems.isEmpty { classes.append(header()) }
        for type in spec.allTypes {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type):
                let doc = type.doc ?? "The struct \(type.name.value)."
                classes.append(
                    record(PythonNames.type(type.name.value), "Record", doc, spec.plan.layout(of: type).fields)
                )
            case .union(let type): classes += union(type, &uses)
            }
        }
        for message in spec.allMessages { classes.append(self.message(message)) }
        let body = classes.map { $0.joined(separator: "\n") }.joined(separator: "\n\n\n")
        let doc = spec.doc ?? "The messages of \(spec.name)."
        return head.module(doc) + "\n" + imports(of: body, &uses) + "\n\n" + body + "\n"
    }

    // MARK: Imports

    /// Returns the imports of what `body` uses.
    private func imports(of body: String, _ uses: inout Uses) -> String {
        let words = Set(body.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        func isUsed(_ name: String) -> Bool {
            switch name {
            case "field": body.contains(" = field(")
            case "Record", "Message", "HeaderBase", "UnionBase", "OpenEnum", "IntEnum", "IntFlag":
                body.contains("(\(name)):")
            default: words.contains(name)
            }
        }
        func line(_ module: String, _ names: [String]) -> [String] {
            let names = names.filter(isUsed)
            guard !names.isEmpty else { return [] }
            let line = "from \(module) import \(names.joined(separator: ", "))"
            if line.count <= 88 { return [line] }
            return ["from \(module) import ("] + names.map { "    \($0)," } + [")"]
        }
        if words.contains("MACAddress") { uses.note("mac") }
        let standard =
            line("dataclasses", ["dataclass", "field"]) + line("enum", ["IntEnum", "IntFlag"])
            + line("ipaddress", ["IPv4Address", "IPv6Address"]) + line("typing", ["ClassVar"])
            + line("uuid", ["UUID"])
        let own = line("._wire", ["HeaderBase", "MACAddress", "Message", "OpenEnum", "Record", "UnionBase"])
        let parts = [["from __future__ import annotations"], standard, own].filter { !$0.isEmpty }
        return parts.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    // MARK: Types

    private func enumeration(_ type: EnumSpec, _ uses: inout Uses) -> [String] {
        if !type.isClosed { uses.note("open") }
        let base = type.isClosed ? "IntEnum" : "OpenEnum"
        return ["class \(PythonNames.type(type.name.value))(\(base)):"]
            + Docstring(type.doc ?? "The enum \(type.name.value).").lines(4) + [""]
            + type.cases.map { item in
                let number = item.value.value
                let text = type.type.isSigned ? "\(number)" : PythonLiteral.hexadecimal(number.magnitude)
                return "    \(PythonNames.constant(item.name.value)) = \(text)"
            }
    }

    private func flags(_ type: FlagsSpec) -> [String] {
        ["class \(PythonNames.type(type.name.value))(IntFlag):"]
            + Docstring(type.doc ?? "The flags \(type.name.value).").lines(4) + [""]
            + type.bits.map { "    \(PythonNames.constant($0.name.value)) = 1 << \($0.position.value)" }
    }

    private func union(_ type: UnionSpec, _ uses: inout Uses) -> [[String]] {
        let name = PythonNames.type(type.name.value)
        uses.note("union")
        let base =
            ["class \(name)(UnionBase):"]
            + Docstring(type.doc ?? "The union \(type.name.value): each case is a subclass.").lines(4)
        let layouts = spec.plan.layouts(of: type)
        let cases = zip(type.cases, layouts).map { item, layout in
            record(
                PythonNames.type(type, item.name.value),
                name,
                item.doc ?? "The case \(item.name.value) of \(type.name.value).",
                layout.fields
            )
        }
        guard type.keepsUnknown else { return [base] + cases }
        let unknown =
            ["@dataclass", "class \(PythonNames.type(type, UnionSpec.unknownCase))(\(name)):"]
            + Docstring("A value whose tag no case has, with its bytes.").lines(4) + [
                "", "    tag: int", "    data: bytes",
            ]
        return [base] + cases + [unknown]
    }

    private func message(_ message: MessageSpec) -> [String] {
        let name = PythonNames.type(message.name.value)
        let deprecated = message.deprecated.map { "Deprecated: \($0)" } ?? ""
        let doc = message.doc ?? "The message \(message.name.value)."
        return record(name, "Message", doc, spec.layout(of: message).fields, deprecated)
    }

    private func header() -> [String] {
        let items = spec.layout(of: spec.frame).settableItems
        let doc = "The fields of a frame's header that a program sets."
        return record("Header", "HeaderBase", doc, items.map(\.plan))
    }

    // MARK: Fields

    private func record(
        _ name: String,
        _ base: String,
        _ doc: String,
        _ fields: [FieldPlan],
        _ more: String = ""
    ) -> [String] {
        var lines = ["@dataclass", "class \(name)(\(base)):"] + Docstring(doc, more).lines(4)
        let constants = fields.filter { $0.constant != nil && !$0.field.isReserved && $0.derivation == nil }
        // Attributes without a default come first, as Python requires.
        let variable = fields.filter { $0.field.isVariable }
        let ordered = variable.filter { $0.defaultValue == nil } + variable.filter { $0.defaultValue != nil }
        guard !constants.isEmpty || !ordered.isEmpty else { return lines }
        lines.append("")
        for field in constants {
            guard let constant = field.constant else { continue }
            let prefix = "\(PythonNames.attribute(field.name)): ClassVar[\(field.step.annotation)] = "
            lines += values.expression(constant, field.step).lines(4, prefix: prefix) + docs(of: field)
        }
        for field in ordered { lines += attribute(field) + docs(of: field) }
        return lines
    }

    private func attribute(_ field: FieldPlan) -> [String] {
        let type = field.step.annotation
        let isOptional = field.isOptional && !field.step.isOptional
        let prefix = "\(PythonNames.attribute(field.name)): \(type)\(isOptional ? " | None" : "")"
        var arguments: [Expression] = []
        if let value = field.defaultValue {
            let expression = values.expression(value, field.step)
            switch factory(of: value, expression, field.step) {
            case let factory?: arguments.append(.argument("default_factory", factory))
            case nil where !field.field.isSecret: return expression.lines(4, prefix: prefix + " = ")
            case nil: arguments.append(.argument("default", expression))
            }
        }
        if field.field.isSecret { arguments.append(.argument("repr", "False")) }
        guard !arguments.isEmpty else { return ["    \(prefix)"] }
        return Expression.call("field", arguments).lines(4, prefix: prefix + " = ")
    }

    /// Returns the function that makes a default which each message has for itself; `nil` for a value that never changes.
    private func factory(of value: Value, _ expression: Expression, _ step: Step) -> String? {
        switch value {
        case .list(let elements): elements.isEmpty ? "list" : "lambda: \(expression.flat)"
        case .record, .choice, .unrecognized: "lambda: \(expression.flat)"
        // A call is one for each message, too: linters ask for it.
        case .number, .bytes: expression.flat.hasSuffix(")") ? "lambda: \(expression.flat)" : nil
        case .float, .nothing: nil
        }
    }

    private func docs(of field: FieldPlan) -> [String] {
        let deprecated = field.field.deprecated.map { "Deprecated: \($0)" } ?? ""
        let parts = [field.field.doc ?? "", field.field.measure?.note ?? "", deprecated].filter { !$0.isEmpty }
        return parts.isEmpty ? [] : Docstring(parts.joined(separator: " ")).lines(4)
    }
}
