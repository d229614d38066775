internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes _layouts.py: how messages, types and frames are sent.
struct LayoutsRenderer {
    private let spec: CheckedSpec
    private let steps: StepRenderer
    private let forms: FormRenderer
    private let values: ValueRenderer

    init(_ spec: CheckedSpec, _ names: PythonNames) {
        self.spec = spec
        steps = StepRenderer(spec)
        forms = FormRenderer(spec)
        values = ValueRenderer(spec: spec, module: "messages.")
    }

    /// Returns the module.
    func source(_ head: Head, _ uses: inout Uses) -> String {
        var statements: [[String]] = []
        for frame in spec.allFrames {
            let prefix = FormRenderer.name(of: frame) + " = "
            statements.append(forms.expression(frame, &uses).lines(0, prefix: prefix))
        }
        for type in spec.allTypes {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type): statements.append(structure(type, &uses).lines(0))
            case .union(let type): statements += union(type, &uses).map { $0.lines(0) }
            }
        }
        for message in spec.allMessages { statements.append(self.message(message, &uses).lines(0)) }
        statements.append(protocolTable().lines(0, prefix: "PROTOCOL = "))
        let body = statements.map { $0.joined(separator: "\n") }.joined(separator: "\n")
        let doc = "How the messages of \(spec.name) are sent: the fields of each, in wire order."
        let modules = ["ipaddress", "uuid"].filter { body.contains($0 + ".") }
        let standard = modules.map { "import \($0)\n" }.joined() + (modules.isEmpty ? "" : "\n")
        return head.module(doc) + "\nfrom __future__ import annotations\n\n" + standard
            + "from . import _wire as wire\n"
            + "from . import messages\n\n" + body + "\n"
    }

    // MARK: Types

    private func structure(_ type: StructSpec, _ uses: inout Uses) -> Expression {
        let name = type.name.value
        var arguments = [Expression.text("messages.\(PythonNames.type(name))")]
        arguments += steps.items(spec.plan.layout(of: type), &uses)
        arguments.append(.argument("owner", PythonLiteral.text(name)))
        if let alignment = type.alignment { arguments.append(.argument("align", "\(alignment)")) }
        return .call("wire.Layout", arguments + recursion(name, &uses))
    }

    private func union(_ type: UnionSpec, _ uses: inout Uses) -> [Expression] {
        let name = type.name.value
        var layouts: [Expression] = []
        var cases: [(key: Expression, value: Expression)] = []
        for (item, layout) in zip(type.cases, spec.plan.layouts(of: type)) {
            let kind = Expression.text("messages.\(PythonNames.type(type, item.name.value))")
            let owner = Expression.argument("owner", PythonLiteral.text("\(name).\(item.name.value)"))
            layouts.append(
                .call("wire.Layout", [kind] + steps.items(layout, &uses) + [owner, .argument("is_case", "True")])
            )
            cases.append((.text("\(item.tag.value)"), kind))
        }
        var arguments: [Expression] = [
            .text("messages.\(PythonNames.type(name))"), .text(PythonLiteral.text(name)),
        ]
        if let width = type.tag.bitFieldWidth {
            arguments.append(.argument("tag", "None"))
            if spec.plan.byteOrder == .big { arguments.append(.argument("shift", "\(8 - width)")) }
            arguments.append(.argument("mask", PythonLiteral.hexadecimal(1 << UInt64(width) - 1)))
        } else {
            arguments.append(.argument("tag", steps.number(type.tag, spec.plan.table.tagOrder(of: type), &uses)))
        }
        arguments.append(.argument("cases", .dictionary(cases)))
        if let length = type.length {
            arguments.append(.argument("length", steps.count(spec.plan.table.count(length), &uses)))
        }
        if type.keepsUnknown {
            arguments.append(.argument("unknown", "messages.\(PythonNames.type(type, UnionSpec.unknownCase))"))
        }
        if let alignment = type.alignment { arguments.append(.argument("align", "\(alignment)")) }
        return layouts + [.call("wire.UnionLayout", arguments + recursion(name, &uses))]
    }

    private func recursion(_ name: String, _ uses: inout Uses) -> [Expression] {
        guard spec.plan.table.isRecursive(name) else { return [] }
        uses.note("deep")
        return [.argument("is_recursive", "True")]
    }

    // MARK: Messages

    private func message(_ message: MessageSpec, _ uses: inout Uses) -> Expression {
        let frame = spec.frame(of: message)
        let layout = spec.layout(of: message)
        let kind = Expression.text("messages.\(PythonNames.type(message.name.value))")
        var fields = [kind] + steps.items(layout, &uses)
        if !layout.header.isEmpty {
            var outer: [Expression] = []
            for field in layout.header { outer.append(steps.field(field, &uses)) }
            fields.append(.argument("header", .tuple(outer)))
        }
        if let size = layout.filledSize { fields.append(.argument("filled_size", "\(size)")) }
        var arguments: [Expression] = [
            kind, .text(PythonLiteral.text(message.name.value)), .text(FormRenderer.name(of: frame)),
            .call("wire.Layout", fields),
        ]
        let codes = spec.layout(of: frame).items.filter(\.spec.role.isCode).map(\.plan.step)
        if !message.codeValues.isEmpty {
            let code = zip(message.codeValues, codes).map { values.expression($0, $1) }
            arguments.append(.argument("code", .tuple(code)))
        }
        arguments.append(.argument("senders", .tuple(ends(of: message.sender))))
        if let reply = message.reply {
            arguments.append(.argument("reply", "messages.\(PythonNames.type(reply.value))"))
        }
        if spec.trailing(of: message) == .ignore { arguments.append(.argument("trailing", "True")) }
        if let limit = message.maximumPayload { arguments.append(.argument("max_payload", "\(limit.value)")) }
        if let seed = message.checksumSeed { arguments.append(.argument("seed", PythonLiteral.bytes(seed.value))) }
        if !message.then.isEmpty { arguments.append(.argument("then", .dictionary(nextForms(of: message)))) }
        return .call("wire.MessageKind", arguments)
    }

    private func nextForms(of message: MessageSpec) -> [(key: Expression, value: Expression)] {
        var forms: [(key: Expression, value: Expression)] = []
        for next in message.then {
            let form = spec.allFrames.first { $0.key == next.frame.value } ?? spec.frame
            for end in ends(of: next.end ?? message.sender) {
                forms.append((end, .text(FormRenderer.name(of: form))))
            }
        }
        return forms
    }

    private func ends(of sender: Sender) -> [Expression] {
        Sender.ends.filter { sender.includes($0) }.map { .text("wire.Sender.\($0.rawValue.uppercased())") }
    }

    // MARK: The protocol

    private func protocolTable() -> Expression {
        let starts = Sender.ends.map { end in
            let form = spec.allFrames.first { $0.starts?.includes(end) ?? false } ?? spec.frame
            return (
                key: Expression.text("wire.Sender.\(end.rawValue.uppercased())"),
                value: Expression.text(FormRenderer.name(of: form))
            )
        }
        var arguments = [Expression.argument("starts", .dictionary(starts))]
        let replies = Set(spec.allMessages.compactMap(\.reply?.value))
        let kinds = spec.allMessages.map(\.name.value).filter { replies.contains($0) }
        if !kinds.isEmpty {
            arguments.append(.argument("replies", .tuple(kinds.map { .text("messages.\(PythonNames.type($0))") })))
        }
        if let error = spec.errorMessage {
            arguments.append(.argument("error", "messages.\(PythonNames.type(error.name.value))"))
            arguments += faults(of: error)
        }
        if let (message, values) = spec.heartbeat {
            let record = self.values.record(PythonNames.type(message.name.value), values, spec.layout(of: message))
            arguments.append(.argument("heartbeat", .named("lambda: ", record)))
        }
        if let item = spec.frame.correlation?.value {
            if let number = item.number {
                arguments.append(.argument("correlation_bytes", "\(number.size)"))
            } else if case .bytes(.fixed(let count)) = item.field.type.value {
                arguments.append(.argument("correlation_bytes", "\(count)"))
                arguments.append(.argument("correlation_is_number", "False"))
            }
        }
        return .call("wire.Protocol", arguments)
    }

    /// The faults after which a server closes the connection.
    private static let closing: [Fault] = [
        .invalidMagic, .unsupportedVersion, .tooManyConnections, .timeout, .shuttingDown,
    ]

    private func faults(of error: MessageSpec) -> [Expression] {
        guard let field = spec.layout(of: error).fields.first, case .enumeration(let type, _) = field.step else {
            return []
        }
        let names = Set(Self.closing.map(\.rawValue))
        let cases = type.cases.filter { names.contains($0.name.value) }.map { "\($0.value.value)" }
        return [
            .argument("error_code", PythonLiteral.text(PythonNames.attribute(field.name))),
            .argument("closing_faults", .tuple(cases.map { .text($0) })),
        ]
    }
}
