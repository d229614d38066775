internal import SwitchboardSpec

/// Renders a union as an enum; the fields of a case are its associated values.
struct UnionRenderer {
    private let spec: CheckedSpec
    private let union: UnionSpec

    init(_ spec: CheckedSpec, _ union: UnionSpec) {
        self.spec = spec
        self.union = union
    }

    private var order: String { spec.byteOrder.source }

    /// The cases with their fields.
    private var cases: [(UnionSpec.Case, [FieldPlan])] {
        Array(zip(union.cases, spec.plan.layouts(of: union).map(\.fields)))
    }

    func render(into writer: inout SourceWriter) {
        let name = union.name.value
        writer.documentation(union.doc ?? "The union `\(name)`.")
        writer.block("\(spec.access)enum \(Identifier.escaped(name)): Hashable, Sendable") { writer in
            for (item, fields) in cases { renderCase(item, fields, into: &writer) }
            writer.blank()
            writer.documentation("Reads the tag, then the fields of its case.")
            writer.hidden(spec)
            writer.block("\(spec.access)init(from reader: inout ByteReader) throws(PayloadError)") {
                renderReading(into: &$0)
            }
            writer.blank()
            writer.documentation("Writes the tag, then the fields of the case.")
            writer.hidden(spec)
            writer.block("\(spec.access)func encode(into writer: inout ByteWriter) throws(PayloadError)") {
                renderWriting(into: &$0)
            }
        }
    }

    private func renderCase(_ item: UnionSpec.Case, _ fields: [FieldPlan], into writer: inout SourceWriter) {
        let tag = "`\(Literal.number(item.tag.value, union.tag))` on the wire."
        if let doc = item.doc { writer.documentation(doc, tag) } else { writer.documentation(tag) }
        let values = named(fields).map { "\(Identifier.label($0.name)): \(spec.swiftName(of: $0.step))" }
        let name = "case \(Identifier.escaped(item.name.value))"
        if values.isEmpty { writer.line(name) } else { writer.list(name, values, "") }
    }

    private func renderReading(into writer: inout SourceWriter) {
        let label = Literal.string(union.name.value)
        writer.line("switch try reader.integer(\(order), field: \(label)) as \(union.tag.swiftName) {")
        for (item, fields) in cases {
            writer.line("case \(Literal.number(item.tag.value, union.tag)):")
            writer.indented { writer in
                for field in fields {
                    var call = renderer(of: field).reading
                    let type = spec.swiftName(of: field.step)
                    call.start = field.field.isReserved ? "try" : "let \(local(field)): \(type) = try"
                    call.render(into: &writer)
                }
                let values = named(fields).map { "\(Identifier.argumentLabel($0.name)): \(local($0))" }
                let head = "self = .\(Identifier.member(item.name.value))"
                if values.isEmpty { writer.line(head) } else { writer.list(head, values, "") }
            }
        }
        writer.line("default: throw PayloadError(.invalidCase, field: \(label))")
        writer.line("}")
    }

    private func renderWriting(into writer: inout SourceWriter) {
        writer.line("switch self {")
        for (item, fields) in cases {
            let values = named(fields).map { "let \(local($0))" }
            let pattern = values.isEmpty ? "" : "(\(values.joined(separator: ", ")))"
            writer.line("case .\(Identifier.member(item.name.value))\(pattern):")
            writer.indented { writer in
                let tag = Literal.number(item.tag.value, union.tag)
                writer.line("writer.integer(\(tag) as \(union.tag.swiftName), \(order))")
                for field in fields { renderer(of: field).renderWriting(of: local(field), into: &writer) }
            }
        }
        writer.line("}")
    }

    private func named(_ fields: [FieldPlan]) -> [FieldPlan] { fields.filter { !$0.field.isReserved } }

    private func renderer(of field: FieldPlan) -> StepRenderer { StepRenderer(spec, field.step, field: field.label) }

    /// Returns the name of the constant with the value of `field`, in the code that reads and
    /// writes it.
    private func local(_ field: FieldPlan) -> String {
        let name = field.name
        return ["reader", "writer", "element", "self"].contains(name) ? name + "Value" : Identifier.escaped(name)
    }
}
