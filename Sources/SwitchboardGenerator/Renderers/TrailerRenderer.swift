internal import SwitchboardSpec

/// Renders the code that reads and writes the fields of a trailer.
struct TrailerRenderer {
    private let spec: CheckedSpec
    private let frame: FrameLayout

    init(_ spec: CheckedSpec, _ frame: FrameLayout) {
        self.spec = spec
        self.frame = frame
    }

    /// The neighbouring fields.
    private var groups: [[FrameLayout.Item]] {
        frame.frame.trailerParts.compactMap { part in
            if case .fields(let range) = part { Array(frame.trailerItems[range]) } else { nil }
        }
    }

    func render(into writer: inout SourceWriter) {
        guard !groups.isEmpty else { return }
        writer.blank()
        writer.documentation("Reads fields of a trailer.")
        writer.hidden(spec)
        let reading = ["_ frameItem: Int", "of frameHead: inout FrameHead", "from reader: inout ByteReader"]
        writer.list("\(spec.access)static func readTrailer", reading, " throws(PayloadError) {")
        writer.indented { writer in renderCases(into: &writer, renderReading) }
        writer.line("}")
        writer.blank()
        writer.documentation("Writes fields of a trailer.")
        writer.hidden(spec)
        let writing = ["_ frameItem: Int", "of frameHead: FrameHead", "into writer: inout ByteWriter"]
        writer.list("\(spec.access)static func writeTrailer", writing, " throws(PayloadError) {")
        writer.indented { writer in renderCases(into: &writer, renderWriting) }
        writer.line("}")
    }

    /// Writes a `switch` over the numbers of neighbouring fields.
    private func renderCases(
        into writer: inout SourceWriter,
        _ body: (FrameLayout.Item, inout SourceWriter) -> Void
    ) {
        writer.line("switch frameItem {")
        for (number, items) in groups.enumerated() {
            writer.line("case \(number):")
            writer.indented { writer in
                for item in items {
                    guard item.plan.isOptional else {
                        body(item, &writer)
                        continue
                    }
                    writer.block("if frameHead.header.hasValue(at: \(item.offset))") { body(item.present, &$0) }
                }
            }
        }
        writer.line("default: break")
        writer.line("}")
    }

    private func layout(of item: FrameLayout.Item) -> LayoutRenderer {
        LayoutRenderer(spec, Layout(fields: [item.plan]), .constants)
    }

    private func renderReading(of item: FrameLayout.Item, into writer: inout SourceWriter) {
        layout(of: item).renderReading(into: &writer)
        guard item.isKept else { return }
        writer.lines(HeaderValue(spec, item).writing(of: Identifier.local(item.plan.name), to: "frameHead.header"))
    }

    private func renderWriting(of item: FrameLayout.Item, into writer: inout SourceWriter) {
        let start = "let \(Identifier.local(item.plan.name)): \(FieldRenderer(spec, item.plan).type)"
        if item.isKept {
            writer.line("\(start) = \(HeaderValue(spec, item).reading(from: "frameHead.header"))")
        } else if let constant = item.plan.constant {
            let literal = ValueLiteral(spec: spec, scope: .namespace).text(of: constant, item.plan.step)
            writer.line("\(start) = \(literal)")
        }
        layout(of: item).renderWriting(into: &writer)
    }
}
