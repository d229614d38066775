internal import SwitchboardSpec

/// Renders a union: an enum whose cases have the fields as associated values.
struct UnionRenderer {
    private let spec: CheckedSpec
    private let union: UnionSpec

    init(_ spec: CheckedSpec, _ union: UnionSpec) {
        self.spec = spec
        self.union = union
    }

    private var order: String { ".\(spec.byteOrder.rawValue)" }

    func render(into writer: inout SourceWriter) {
        let name = union.name.value
        writer.documentation(union.doc ?? "The union `\(name)`.")
        writer.block("\(spec.access)enum \(Identifier.escaped(name)): Hashable, Sendable") { writer in
            for item in union.cases { renderCase(item, into: &writer) }
            writer.blank()
            writer.documentation("Reads the tag, then the fields of its case.")
            writer.block("\(spec.access)init(from reader: inout ByteReader) throws(PayloadError)") {
                renderReading(into: &$0)
            }
            writer.blank()
            writer.documentation("Writes the tag, then the fields of the case.")
            writer.block("\(spec.access)func encode(into writer: inout ByteWriter) throws(PayloadError)") {
                renderWriting(into: &$0)
            }
        }
    }

    private func renderCase(_ item: UnionSpec.Case, into writer: inout SourceWriter) {
        let tag = "`\(Literal.number(item.tag.value, union.tag))` on the wire."
        if let doc = item.doc { writer.documentation(doc, tag) } else { writer.documentation(tag) }
        let values = fields(of: item).map { field in
            "\(Identifier.label(field.name.value)): \(TypeRenderer.name(of: field.type.value, spec))"
        }
        let name = "case \(Identifier.escaped(item.name.value))"
        if values.isEmpty { writer.line(name) } else { writer.list(name, values, "") }
    }

    private func renderReading(into writer: inout SourceWriter) {
        let label = Literal.string(union.name.value)
        writer.line("switch try reader.integer(\(order), field: \(label)) as \(union.tag.swiftName) {")
        for item in union.cases {
            writer.line("case \(Literal.number(item.tag.value, union.tag)):")
            writer.indented { writer in
                for field in item.fields {
                    var call = type(of: field, item).reading
                    let type = TypeRenderer.name(of: field.type.value, spec)
                    call.start = field.isReserved ? "try" : "let \(local(field)): \(type) = try"
                    call.render(into: &writer)
                }
                let values = fields(of: item).map { "\(Identifier.argumentLabel($0.name.value)): \(local($0))" }
                let head = "self = .\(Identifier.member(item.name.value))"
                if values.isEmpty { writer.line(head) } else { writer.list(head, values, "") }
            }
        }
        writer.line("default: throw PayloadError(.invalidCase, field: \(label))")
        writer.line("}")
    }

    private func renderWriting(into writer: inout SourceWriter) {
        writer.line("switch self {")
        for item in union.cases {
            let values = fields(of: item).map { "let \(local($0))" }
            let pattern = values.isEmpty ? "" : "(\(values.joined(separator: ", ")))"
            writer.line("case .\(Identifier.member(item.name.value))\(pattern):")
            writer.indented { writer in
                let tag = Literal.number(item.tag.value, union.tag)
                writer.line("writer.integer(\(tag) as \(union.tag.swiftName), \(order))")
                for field in item.fields { type(of: field, item).renderWriting(of: local(field), into: &writer) }
            }
        }
        writer.line("}")
    }

    private func fields(of item: UnionSpec.Case) -> [FieldSpec] { item.fields.filter { !$0.isReserved } }

    private func type(of field: FieldSpec, _ item: UnionSpec.Case) -> TypeRenderer {
        let label = "\(union.name.value).\(item.name.value).\(field.name.value)"
        return TypeRenderer(spec, field.type.value, field.byteOrder ?? spec.byteOrder, field: label)
    }

    /// What the value of `field` is called where it is read and written.
    private func local(_ field: FieldSpec) -> String {
        let name = field.name.value
        return ["reader", "writer", "element", "self"].contains(name) ? name + "Value" : Identifier.escaped(name)
    }
}
