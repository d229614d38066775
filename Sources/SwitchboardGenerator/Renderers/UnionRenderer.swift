internal import SwitchboardSpec

/// Renders a union as an enum; the fields of a case are its associated values.
struct UnionRenderer {
    private let spec: CheckedSpec
    private let union: UnionSpec

    init(_ spec: CheckedSpec, _ union: UnionSpec) {
        self.spec = spec
        self.union = union
    }

    private var label: String { "field: \(Literal.string(union.name.value))" }
    private var access: String { spec.access }

    /// The cases with their fields.
    private var cases: [(UnionSpec.Case, LayoutRenderer)] {
        zip(union.cases, spec.plan.layouts(of: union)).map { ($0, LayoutRenderer(spec, $1, .caseValues)) }
    }

    /// The renderer of the tag.
    private var tag: StepRenderer {
        StepRenderer(spec, .integer(union.tag, spec.plan.table.tagOrder(of: union)), field: union.name.value)
    }

    /// Whether a field of this union names an earlier field with the tag.
    private var hasTagElsewhere: Bool { spec.namesTag(of: union) }

    private var isRecursive: Bool { spec.plan.table.isRecursive(union.name.value) }

    /// Whether something stands between the tag and the fields, or behind them, or the tag of an unknown case is kept.
    private var isWrapped: Bool { union.length != nil || union.alignment != nil || union.keepsUnknown }

    func render(into writer: inout SourceWriter) {
        let name = union.name.value
        writer.documentation(union.doc ?? "The union `\(name)`.")
        let keyword = isRecursive ? "indirect enum" : "enum"
        writer.block("\(access)\(keyword) \(Identifier.escaped(name)): Hashable, Sendable") { writer in
            for (item, fields) in cases { renderCase(item, fields, into: &writer) }
            if union.keepsUnknown {
                writer.documentation("A value whose tag no case has, with its bytes.")
                writer.line("case \(UnionSpec.unknownCase)(tag: \(union.tag.swiftName), data: Bytes)")
            }
            if hasTagElsewhere || isWrapped {
                writer.blank()
                renderTag(into: &writer)
            }
            writer.blank()
            renderReaders(into: &writer)
            writer.blank()
            renderWriters(into: &writer)
        }
    }

    private func tagLiteral(_ item: UnionSpec.Case) -> String { Literal.number(item.tag.value, union.tag) }

    private func renderCase(_ item: UnionSpec.Case, _ fields: LayoutRenderer, into writer: inout SourceWriter) {
        let tag = "`\(tagLiteral(item))` on the wire."
        let measures = item.fields.compactMap { field in field.measure.map { "`\(field.name.value)`: \($0.note)" } }
        let notes = ([tag] + measures).joined(separator: "\n")
        if let doc = item.doc { writer.documentation(doc, notes) } else { writer.documentation(notes) }
        let values = fields.stored.map { "\(Identifier.label($0.plan.name)): \($0.type)" }
        let name = "case \(Identifier.escaped(item.name.value))"
        if values.isEmpty { writer.line(name) } else { writer.list(name, values, "") }
    }

    /// Writes the property with the tag.
    private func renderTag(into writer: inout SourceWriter) {
        writer.documentation("The tag on the wire.")
        writer.hidden(spec)
        writer.block("\(access)var tag: \(union.tag.swiftName)") { writer in
            writer.line("switch self {")
            for (item, _) in cases { writer.line("case .\(Identifier.member(item.name.value)): \(tagLiteral(item))") }
            if union.keepsUnknown { writer.line("case .\(UnionSpec.unknownCase)(let tag, _): tag") }
            writer.line("}")
        }
    }

    // MARK: Reading

    private func renderReaders(into writer: inout SourceWriter) {
        writer.documentation("Reads the tag, then the fields of its case.")
        writer.hidden(spec)
        let head = "\(access)init(from reader: inout ByteReader) throws(PayloadError)"
        let reading = readingOfTag
        guard isWrapped || isRecursive else {
            guard hasTagElsewhere else {
                return writer.block(head) { renderSwitch("\(reading) as \(union.tag.swiftName)", into: &$0) }
            }
            writer.block(head) { $0.line("try self.init(tag: \(tag.reading.line), from: &reader)") }
            writer.blank()
            renderTagReader(into: &writer) { renderSwitch("tag", into: &$0) }
            return
        }
        writer.block(head) { writer in
            renderWrappedReading(into: &writer) { $0.line("let tag: \(union.tag.swiftName) = \(reading)") }
        }
        writer.blank()
        if hasTagElsewhere {
            renderTagReader(into: &writer) { renderWrappedReading(into: &$0) }
            writer.blank()
        }
        writer.block(
            "private init(fieldsOf tag: \(union.tag.swiftName), from reader: inout ByteReader) throws(PayloadError)"
        ) { renderSwitch("tag", into: &$0) }
    }

    /// The expression that reads the tag; a tag of a few bits is read again with the fields of its case.
    private var readingOfTag: String {
        guard let width = union.tag.bitFieldWidth else { return "try \(tag.reading.line)" }
        let order: BitOrder = spec.byteOrder == .big ? .high : .low
        return "try reader.tag(\(width), .\(order), \(label))"
    }

    /// Writes the initializer for fields that name an earlier field with the tag.
    private func renderTagReader(into writer: inout SourceWriter, _ body: (inout SourceWriter) -> Void) {
        writer.documentation("Reads the value whose tag is `tag`, without the tag.")
        writer.hidden(spec)
        let parameters = "tag: \(union.tag.swiftName), from reader: inout ByteReader"
        writer.block("\(access)init(\(parameters)) throws(PayloadError)", body)
    }

    /// Writes the statements that read the value; those of `tag` read the tag.
    private func renderWrappedReading(
        into writer: inout SourceWriter,
        _ tag: (inout SourceWriter) -> Void = { _ in }
    ) {
        if isRecursive {
            writer.line("try reader.enter(\(label))")
            writer.line("defer { reader.leave() }")
        }
        if union.alignment != nil { writer.line("let fieldStart = reader.remaining") }
        tag(&writer)
        if let step = spec.plan.table.window(of: union) {
            var window = StepRenderer(spec, step, field: union.name.value).reading
            window.start = "self = try"
            window.closure = ["try Self(fieldsOf: tag, from: &reader)"]
            window.render(into: &writer)
        } else {
            writer.line("try self.init(fieldsOf: tag, from: &reader)")
        }
        if let alignment = union.alignment {
            writer.line("try reader.align(\(alignment), from: fieldStart, \(label))")
        }
    }

    private func renderSwitch(_ tag: String, into writer: inout SourceWriter) {
        writer.line("switch \(tag) {")
        for (item, fields) in cases {
            writer.line("case \(tagLiteral(item)):")
            writer.indented { writer in
                fields.renderReading(into: &writer)
                let values = fields.stored.map {
                    "\(Identifier.argumentLabel($0.plan.name)): \(Identifier.local($0.plan.name))"
                }
                let head = "self = .\(Identifier.member(item.name.value))"
                if values.isEmpty { writer.line(head) } else { writer.list(head, values, "") }
            }
        }
        if union.keepsUnknown {
            let data = "data: try reader.bytes(\(label))"
            writer.line("default: self = .\(UnionSpec.unknownCase)(tag: tag, \(data))")
        } else {
            writer.line("default: throw PayloadError(.invalidCase, \(label))")
        }
        writer.line("}")
    }

    // MARK: Writing

    private func renderWriters(into writer: inout SourceWriter) {
        writer.documentation("Writes the tag, then the fields of the case.")
        writer.hidden(spec)
        guard isWrapped || hasTagElsewhere else {
            return writer.block("\(access)func encode(into writer: inout ByteWriter) throws(PayloadError)") {
                renderCases(writesTag: !union.isTagOfBits, into: &$0)
            }
        }
        writer.block("\(access)func encode(into writer: inout ByteWriter) throws(PayloadError)") { writer in
            if hasTagElsewhere {
                writer.line("try encode(withTag: true, into: &writer)")
            } else {
                renderWrapped(into: &writer)
            }
        }
        writer.blank()
        if hasTagElsewhere {
            writer.documentation("Writes the tag, unless an earlier field has it, then the fields of the case.")
            writer.hidden(spec)
            let head = "\(access)func encode(withTag hasTag: Bool, into writer: inout ByteWriter) throws(PayloadError)"
            writer.block(head) { renderWrapped(into: &$0) }
            writer.blank()
        }
        writer.block("private func encodeFields(into writer: inout ByteWriter) throws(PayloadError)") {
            renderCases(writesTag: false, into: &$0)
        }
    }

    /// Writes the statements that write the tag, the length, the fields and the padding.
    private func renderWrapped(into writer: inout SourceWriter) {
        if union.alignment != nil { writer.line("let fieldStart = writer.count") }
        if hasTagElsewhere {
            writer.block("if hasTag") { tag.renderWriting(of: "tag", into: &$0) }
        } else if !union.isTagOfBits {
            tag.renderWriting(of: "tag", into: &writer)
        }
        if let step = spec.plan.table.window(of: union) {
            StepRenderer(spec, step, field: union.name.value)
                .renderMeasured(into: &writer) { $0.line("try encodeFields(into: &writer)") }
        } else {
            writer.line("try encodeFields(into: &writer)")
        }
        if let alignment = union.alignment { writer.line("writer.align(\(alignment), from: fieldStart)") }
    }

    private func renderCases(writesTag: Bool, into writer: inout SourceWriter) {
        writer.line("switch self {")
        for (item, fields) in cases {
            let values = fields.stored.map { "let \(Identifier.local($0.plan.name))" }
            let pattern = values.isEmpty ? "" : "(\(values.joined(separator: ", ")))"
            writer.line(
                "case .\(Identifier.member(item.name.value))\(pattern):\(fields.isEmpty && !writesTag ? " break" : "")"
            )
            writer.indented { writer in
                if writesTag { tag.renderWriting(of: "\(tagLiteral(item)) as \(union.tag.swiftName)", into: &writer) }
                fields.renderWriting(into: &writer)
            }
        }
        if union.keepsUnknown { renderUnknown(into: &writer) }
        writer.line("}")
    }

    private func renderUnknown(into writer: inout SourceWriter) {
        writer.line("case .\(UnionSpec.unknownCase)(\(union.cases.isEmpty ? "_" : "let tag"), let data):")
        writer.indented { writer in
            let known = union.cases.map(tagLiteral).joined(separator: ", ")
            let isKnown = "([\(known)] as [\(union.tag.swiftName)]).contains(tag)"
            if !union.cases.isEmpty {
                writer.block("guard !\(isKnown) else") { $0.line("throw PayloadError(.invalidCase, \(label))") }
            }
            writer.line("writer.bytes(data)")
        }
    }
}

extension CheckedSpec {
    /// Whether a field of this union names an earlier field that has the tag.
    fileprivate func namesTag(of union: UnionSpec) -> Bool {
        let fields = allMessages.flatMap(\.fields) + plan.table.all.flatMap(\.fields)
        return fields.contains { $0.tag != nil && $0.type.value.namedType == union.name.value }
    }
}
