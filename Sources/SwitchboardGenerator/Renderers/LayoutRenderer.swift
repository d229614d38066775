internal import SwitchboardSpec

/// Renders the fields of a message or a struct: the properties, the initializer, reading and writing.
struct FieldsRenderer {
    private let spec: CheckedSpec
    private let fields: [FieldSpec]
    private let owner: String
    private let renderers: [FieldRenderer]

    /// - Parameter owner: The name of the struct that has the fields, with a dot behind it; nothing for a message.
    init(_ spec: CheckedSpec, _ fields: [FieldSpec], owner: String = "") {
        self.spec = spec
        self.fields = fields
        self.owner = owner
        renderers = fields.map { FieldRenderer(spec, $0, owner: owner) }
    }

    private var hasBounds: Bool { renderers.contains(where: \.hasBounds) }

    /// Writes the properties, with a blank line between them.
    func renderProperties(into writer: inout SourceWriter) {
        for (index, renderer) in renderers.filter({ !$0.field.isReserved }).enumerated() {
            if index > 0 { writer.blank() }
            renderer.renderProperty(into: &writer)
        }
    }

    /// Writes the initializer that takes a value for each field.
    func renderInitializer(into writer: inout SourceWriter) {
        let variable = renderers.filter(\.field.isVariable)
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
            var runCount = 0
            for run in FieldRun.runs(of: fields, spec.table) { renderReading(of: run, &runCount, into: &writer) }
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
        if fields.isEmpty { writer.line(head + " {}") } else { writer.block(head, body) }
    }

    private func renderReading(of run: FieldRun, _ runCount: inout Int, into writer: inout SourceWriter) {
        switch run {
        case .single(let field): FieldRenderer(spec, field, owner: owner).renderReading(into: &writer)
        case .flat(let fields, let size):
            runCount += 1
            let local = runCount == 1 ? "fixed" : "fixed\(runCount)"
            let sizes = fields.map { ($0, spec.table.flatSize(of: $0.type.value) ?? 0) }
            let isRead = fields.contains { !$0.isReserved }
            let run = "reader.readFixed(\(size))"
            writer.block("guard \(isRead ? "let \(local) = \(run)" : "\(run) != nil") else") { writer in
                let entries = sizes.map { "\(Literal.string(owner + $0.name.value)): \($1)" }
                writer.call("throw .truncated", "reader.remaining", list: entries)
            }
            var offset = 0
            for (field, size) in sizes {
                let renderer = FieldRenderer(spec, field, owner: owner)
                renderer.renderReading(from: local, at: offset, into: &writer)
                offset += size
            }
        }
    }
}
