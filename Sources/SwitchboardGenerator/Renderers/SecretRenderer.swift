internal import SwitchboardSpec

/// Renders the descriptions and the mirror of a message or a struct with secret fields, which redact their values.
struct SecretRenderer {
    private let spec: CheckedSpec
    private let name: String
    private let fields: [FieldRenderer]

    init(_ spec: CheckedSpec, _ name: String, _ layout: Layout) {
        self.spec = spec
        self.name = name
        fields = layout.fields.map { FieldRenderer(spec, $0) }.filter(\.isStored)
    }

    func render(into writer: inout SourceWriter) {
        guard fields.contains(where: \.plan.field.isSecret) else { return }
        let type = Identifier.escaped(spec.namespace) + "." + Identifier.member(name)
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
        let parts = fields.map { field in
            let value = "\\(String(reflecting: \(field.value())))"
            return field.plan.name + ": " + (field.plan.field.isSecret ? "<secret>" : value)
        }
        let line = "\"\(name)(\(parts.joined(separator: ", ")))\""
        guard line.count > writer.room else {
            writer.line(line)
            return
        }
        writer.line("\"\"\"")
        writer.line("\(name)(\\")
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
                for field in fields {
                    let value = field.plan.field.isSecret ? "\"<secret>\"" : shown(field)
                    writer.line("\(Literal.string(field.plan.name)): \(value),")
                }
            }
            writer.line("],")
            writer.line("displayStyle: .struct")
        }
        writer.line(")")
    }

    private func shown(_ field: FieldRenderer) -> String {
        // Without the cast, the compiler warns of an optional where `Any` is expected.
        field.value() + (field.plan.isOptional ? " as Any" : "")
    }
}
