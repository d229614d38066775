internal import SwitchboardSpec

/// Renders the access to the fields of a message that carry a trace context.
struct TraceRenderer {
    private let spec: CheckedSpec
    private let fields: [(key: String, renderer: FieldRenderer)]

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        fields = spec.layout(of: message).fields.compactMap { plan in
            plan.field.trace.map { ($0.value, FieldRenderer(spec, plan)) }
        }
    }

    /// Renders nothing if no field has `trace`.
    func render(into writer: inout SourceWriter) {
        guard !fields.isEmpty else { return }
        let keys = fields.map { Literal.string($0.key) }.joined(separator: ", ")
        writer.blank()
        writer.documentation("The names of the values of a trace context that the message carries.")
        writer.line("\(spec.access)static var traceKeys: [String] { [\(keys)] }")
        writer.blank()
        writer.documentation("A value of the trace context that the message carries; `nil` if it carries none.")
        writer.block("\(spec.access)subscript(trace key: String) -> String?") { writer in
            writer.block("get") { renderSwitch(else: "nil", into: &$0) { value, _ in value } }
            writer.block("set") { writer in
                renderSwitch(else: "break", into: &writer) { value, isOptional in
                    "\(value) = newValue\(isOptional ? "" : " ?? \"\"")"
                }
            }
        }
    }

    private func renderSwitch(
        else other: String,
        into writer: inout SourceWriter,
        _ statement: (_ value: String, _ isOptional: Bool) -> String
    ) {
        writer.line("switch key {")
        for (key, field) in fields {
            let value = field.value(besides: ["key", "newValue"])
            writer.line("case \(Literal.string(key)): \(statement(value, field.plan.isOptional))")
        }
        writer.line("default: \(other)")
        writer.line("}")
    }
}
