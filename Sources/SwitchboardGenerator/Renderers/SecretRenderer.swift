internal import SwitchboardSpec

/// Renders how a message with secret fields is shown: without their values, wherever Swift would show them.
struct SecretRenderer {
    private let spec: CheckedSpec
    private let message: MessageSpec

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        self.message = message
    }

    func render(into writer: inout SourceWriter) {
        guard message.fields.contains(where: \.isSecret) else { return }
        let type = Identifier.escaped(spec.namespace) + "." + Identifier.member(message.name.value)
        let conformances = "CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable"
        writer.blank()
        writer.block("nonisolated extension \(type): \(conformances)") { writer in
            writer.documentation("The fields, without the values of secret ones.")
            writer.block("\(spec.access)var description: String") { renderText(into: &$0) }
            writer.blank()
            writer.documentation("The same as ``description``.")
            writer.line("\(spec.access)var debugDescription: String { description }")
            writer.blank()
            writer.documentation("The fields, without the values of secret ones.")
            writer.block("\(spec.access)var customMirror: Mirror") { renderMirror(into: &$0) }
        }
    }

    private func renderText(into writer: inout SourceWriter) {
        let parts = message.fields.map { field in
            let name = field.name.value
            let value = "\\(String(reflecting: \(FieldRenderer.property(name))))"
            return name + ": " + (field.isSecret ? "<secret>" : value)
        }
        let line = "\"\(message.name.value)(\(parts.joined(separator: ", ")))\""
        guard line.count > writer.room else {
            writer.line(line)
            return
        }
        writer.line("\"\"\"")
        writer.line("\(message.name.value)(\\")
        for (index, part) in parts.enumerated() {
            writer.line(part + (index == parts.count - 1 ? ")" : ", \\"))
        }
        writer.line("\"\"\"")
    }

    private func renderMirror(into writer: inout SourceWriter) {
        writer.line("Mirror(")
        writer.indented { writer in
            writer.line("self,")
            writer.line("children: [")
            writer.indented { writer in
                for field in message.fields {
                    let name = field.name.value
                    let value = field.isSecret ? "\"<secret>\"" : FieldRenderer.property(name)
                    writer.line("\(Literal.string(name)): \(value),")
                }
            }
            writer.line("],")
            writer.line("displayStyle: .struct")
        }
        writer.line(")")
    }
}
