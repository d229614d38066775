internal import SwitchboardSpec

/// Renders the fields of a message or a struct: the properties, the initializer, reading and writing.
struct LayoutRenderer {
    private let spec: CheckedSpec
    private let layout: Layout
    private let renderers: [FieldRenderer]

    init(_ spec: CheckedSpec, _ layout: Layout) {
        self.spec = spec
        self.layout = layout
        renderers = layout.fields.map { FieldRenderer(spec, $0) }
    }

    private var hasBounds: Bool { renderers.contains(where: \.hasBounds) }

    /// Writes the properties, with a blank line between them.
    func renderProperties(into writer: inout SourceWriter) {
        for (index, renderer) in renderers.filter({ !$0.plan.field.isReserved }).enumerated() {
            if index > 0 { writer.blank() }
            renderer.renderProperty(into: &writer)
        }
    }

    /// Writes the initializer that takes a value for each field.
    func renderInitializer(into writer: inout SourceWriter) {
        let variable = renderers.filter(\.plan.field.isVariable)
        guard !variable.isEmpty else {
            writer.line("\(spec.access)init() {}")
            return
        }
        writer.list("\(spec.access)init", variable.map(\.parameter), " {")
        writer.indented { $0.lines(variable.map(\.assignment)) }
        writer.line("}")
    }

    /// Writes how the fields are read and written, and how their bounds are checked.
    func renderCoding(into writer: inout SourceWriter) {
        writer.documentation("Reads the fields in the order of the layout.")
        renderBody("\(spec.access)init(from reader: inout ByteReader) throws(PayloadError)", into: &writer) { writer in
            var constants = 0
            for group in layout.groups { renderReading(of: group, &constants, into: &writer) }
            if hasBounds { writer.line("try checkBounds()") }
        }
        writer.blank()
        writer.documentation("Writes the fields in the order of the layout.")
        let head = "\(spec.access)func encode(into writer: inout ByteWriter) throws(PayloadError)"
        renderBody(head, into: &writer) { writer in
            if hasBounds { writer.line("try checkBounds()") }
            for renderer in renderers { renderer.renderWriting(into: &writer) }
        }
        guard hasBounds else { return }
        writer.blank()
        writer.block("private func checkBounds() throws(PayloadError)") { writer in
            for renderer in renderers where renderer.hasBounds { renderer.renderBoundsCheck(into: &writer) }
        }
    }

    private func renderBody(
        _ head: String,
        into writer: inout SourceWriter,
        _ body: (inout SourceWriter) -> Void
    ) {
        if renderers.isEmpty { writer.line(head + " {}") } else { writer.block(head, body) }
    }

    /// - Parameter constants: The number of constants that fields have been read from.
    private func renderReading(of group: FieldGroup, _ constants: inout Int, into writer: inout SourceWriter) {
        switch group {
        case .single(let field): FieldRenderer(spec, field).renderReading(into: &writer)
        case .fixedSize(let fields, let bytes):
            constants += 1
            let local = constants == 1 ? "fixed" : "fixed\(constants)"
            let sizes = fields.map { ($0, $0.step.fixedSize ?? 0) }
            let isRead = fields.contains { !$0.field.isReserved }
            let reading = "reader.readFixed(\(bytes))"
            writer.block("guard \(isRead ? "let \(local) = \(reading)" : "\(reading) != nil") else") { writer in
                let entries = sizes.map { "\(Literal.string($0.label)): \($1)" }
                writer.call("throw .truncated", "reader.remaining", list: entries)
            }
            var offset = 0
            for (field, size) in sizes {
                FieldRenderer(spec, field).renderReading(from: local, at: offset, into: &writer)
                offset += size
            }
        }
    }
}
