internal import SwitchboardSpec

/// Renders the fields that the header has of the protocol's own.
struct HeaderRenderer {
    private let spec: CheckedSpec
    private let fields: [(field: FieldSpec, type: IntegerType, offset: Int)]

    init(_ spec: CheckedSpec) {
        self.spec = spec
        fields = spec.frame.ownFields
    }

    func render(into writer: inout SourceWriter) {
        guard !fields.isEmpty else { return }
        let access = spec.access
        writer.blank()
        if let base = spec.base {
            writer.documentation("What the header of a frame says beside what every frame has.")
            writer.line("\(access)typealias Header = \(Identifier.escaped(base.namespace)).Header")
            return
        }
        writer.documentation("What the header of a frame says beside what every frame has.")
        writer.block("\(access)struct Header: FrameHeader") { writer in
            for (field, _, _) in fields {
                writer.documentation(field.doc ?? "The header's field `\(field.name.value)`.")
                writer.line("\(access)var \(Identifier.escaped(field.name.value)): \(type(of: field))")
                writer.blank()
            }
            renderInitializer(into: &writer)
            writer.blank()
            writer.documentation("Reads the fields from the bytes of a header.")
            writer.block("\(access)init(_ bytes: HeaderBytes)") { writer in
                for field in fields { writer.line(reading(of: field)) }
            }
            writer.blank()
            writer.documentation("Writes the fields into the bytes of a header.")
            writer.block("\(access)func write(into bytes: inout HeaderBytes)") { writer in
                for field in fields { writer.line(writing(of: field)) }
            }
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        writer.documentation("A header with these fields.")
        let table = PayloadLayout(table: spec.table, byteOrder: spec.byteOrder)
        let parameters = fields.map { field, _, _ in
            let value = table.defaultValue(of: field).map { Literal.value($0, field.type.value, spec) } ?? zero(field)
            return "\(Identifier.escaped(field.name.value)): \(type(of: field))" + (value.map { " = " + $0 } ?? "")
        }
        writer.list("\(spec.access)init", parameters, " {")
        writer.indented { writer in
            for (field, _, _) in fields {
                let name = field.name.value
                writer.line("self.\(Identifier.member(name)) = \(Identifier.escaped(name))")
            }
        }
        writer.line("}")
    }

    /// What stands for nothing in a field without a default; an enum has no such value.
    private func zero(_ field: FieldSpec) -> String? {
        guard case .named(let name) = field.type.value else { return "0" }
        if case .flags? = spec.table[name] { return "[]" }
        return nil
    }

    private func type(of field: FieldSpec) -> String { TypeRenderer.name(of: field.type.value, spec) }

    private func reading(of header: (field: FieldSpec, type: IntegerType, offset: Int)) -> String {
        let number = "bytes.integer(at: \(header.offset), .\(spec.byteOrder.rawValue))"
        let property = FieldRenderer.property(header.field.name.value, besides: ["bytes"])
        guard case .named = header.field.type.value else { return "\(property) = \(number)" }
        return "\(property) = \(type(of: header.field))(rawValue: \(number))"
    }

    private func writing(of header: (field: FieldSpec, type: IntegerType, offset: Int)) -> String {
        let property = FieldRenderer.property(header.field.name.value, besides: ["bytes"])
        let isNamed = if case .named = header.field.type.value { true } else { false }
        let value = property + (isNamed ? ".rawValue" : "")
        return "bytes.set(\(value), at: \(header.offset), .\(spec.byteOrder.rawValue))"
    }
}
