internal import SwitchboardFiles
internal import SwitchboardSpec

/// Renders the examples of a spec as JSON, for tests of implementations in other languages.
struct VectorsRenderer {
    private let spec: CheckedSpec
    private let values: ValueJSON

    init(_ spec: CheckedSpec) {
        self.spec = spec
        values = ValueJSON(plan: spec.plan)
    }

    func render() -> JSON {
        .object([
            ("protocol", .string(spec.name)),
            ("version", spec.version.map { .number("\($0)") } ?? .null),
            ("messages", .array(spec.messages.map(message))),
            (
                "vectors",
                .array(spec.messages.flatMap { message in spec.examples(of: message).map { vector($0, message) } })
            ),
            (
                "malformed",
                .array(spec.messages.flatMap { message in spec.malformed(of: message).map { malformed($0, message) } })
            ),
        ])
    }

    private func message(_ message: MessageSpec) -> JSON {
        .object([
            ("name", .string(message.name.value)),
            ("code", code(of: message)),
            ("from", .string(message.sender.rawValue)),
            ("reply", message.reply.map { .string($0.value) } ?? .null),
        ])
    }

    /// Returns the code: a number, a text, or the values of the header's fields that are the code.
    private func code(of message: MessageSpec) -> JSON {
        let frame = spec.frame(of: message)
        guard frame.codeType == nil else { return values.number(SpecInteger(magnitude: message.code.value)) }
        let fields = spec.layout(of: frame).items.filter(\.spec.role.isCode).map(\.plan)
        if frame.codeNames != nil { return values.object(message.codeValues, Layout(fields: fields)) }
        return zip(fields, message.codeValues).map { values.json($1, $0.step) }.first ?? .null
    }

    private func vector(_ example: CheckedExample, _ message: MessageSpec) -> JSON {
        let layout = spec.layout(of: spec.frame(of: message)).header
        let header: [(key: String, value: JSON)] =
            layout.fields.isEmpty ? [] : [("header", values.object(example.header, layout))]
        return .object(
            [("message", .string(message.name.value)), ("frame", .string(example.frame.hexadecimal))]
                + [("payload", .string(example.payload.hexadecimal))] + header
                + [("fields", values.object(example.values, spec.layout(of: message)))]
        )
    }

    private func malformed(_ example: CheckedMalformed, _ message: MessageSpec) -> JSON {
        .object([
            ("message", .string(message.name.value)),
            (example.isPayload ? "payload" : "frame", .string(example.bytes.hexadecimal)),
            ("reason", .string(example.reason)),
        ])
    }
}
