internal import SwitchboardSpec

/// Renders the fields of a message, a struct or a case: the properties, the initializer, reading and writing.
struct LayoutRenderer {
    private let spec: CheckedSpec
    private let layout: Layout
    private let owner: FieldRenderer.Owner
    private let renderers: [FieldRenderer]
    /// The fields of the frame's header to which fields of the message refer.
    private let header: [FieldRenderer]
    private let names: Set<String>

    init(_ spec: CheckedSpec, _ layout: Layout, _ owner: FieldRenderer.Owner = .properties) {
        self.spec = spec
        self.layout = layout
        self.owner = owner
        let names = Set(layout.fields.map(\.name))
        self.names = names
        renderers = layout.fields.map { FieldRenderer(spec, $0, owner, besides: names) }
        header = layout.header.map { FieldRenderer(spec, $0, .constants, besides: names) }
    }

    private var hasBounds: Bool { renderers.contains(where: \.hasBounds) }

    private var isAligned: Bool { layout.fields.contains { $0.alignment != nil } }

    /// The fields with `covers`.
    private var lengths: [FieldRenderer] { renderers.filter { $0.plan.coverage != nil } }

    /// Whether code needs to know where the fields start.
    private var usesStart: Bool { isAligned || lengths.contains { $0.plan.coverage == .all } }

    /// Whether there is no field.
    var isEmpty: Bool { layout.fields.isEmpty }

    /// The fields that have values of their own.
    var stored: [FieldRenderer] { renderers.filter(\.isStored) }

    /// Writes the properties, with a blank line between them.
    func renderProperties(into writer: inout SourceWriter) {
        for (index, renderer) in stored.enumerated() {
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
    ///
    /// - Parameters:
    ///   - recursiveType: The name of the type whose fields they are, if its values can hold themselves.
    ///   - alignment: The number of which the size of the fields is a multiple, with the name of their type.
    func renderCoding(
        recursiveType: String? = nil,
        alignment: (bytes: Int, type: String)? = nil,
        into writer: inout SourceWriter
    ) {
        var parameters = ["from reader: inout ByteReader"]
        let references = layout.headerReferences
        if !references.isEmpty {
            writer.documentation("Reads the fields, for a header whose values are 0.")
            writer.hidden(spec)
            writer.block("\(spec.access)init(from reader: inout ByteReader) throws(PayloadError)") { writer in
                writer.line("try self.init(from: &reader, header: HeaderBytes())")
            }
            writer.blank()
            parameters.append("header: HeaderBytes")
        }
        // The zeros that the sender has cut off follow the bytes of the payload.
        if layout.filledSize != nil { parameters[0] = "from sentReader: inout ByteReader" }
        writer.documentation("Reads the fields in the order of the layout.")
        writer.hidden(spec)
        let reading = "\(spec.access)init(\(parameters.joined(separator: ", "))) throws(PayloadError)"
        renderBody(reading, isEmpty: renderers.isEmpty, into: &writer) { writer in
            if let size = layout.filledSize {
                writer.line("var reader = sentReader.filled(to: \(Literal.decimal(UInt64(clamping: size))))")
            }
            for renderer in header where references.contains(renderer.plan.name) {
                writer.line(self.reading(ofHeader: renderer))
            }
            if let recursiveType {
                writer.line("try reader.enter(field: \(Literal.string(recursiveType)))")
                writer.line("defer { reader.leave() }")
            }
            if alignment != nil { writer.line("let structStart = reader.remaining") }
            renderReading(into: &writer)
            if hasBounds { writer.line("try checkBounds()") }
            if let (bytes, type) = alignment {
                writer.line("try reader.align(\(bytes), from: structStart, field: \(Literal.string(type)))")
            }
        }
        writer.blank()
        parameters = ["into writer: inout ByteWriter"]
        if !header.isEmpty {
            writer.documentation("Writes the fields, for a header whose values are 0.")
            writer.hidden(spec)
            let head = "\(spec.access)func encode(into writer: inout ByteWriter) throws(PayloadError)"
            writer.block(head) { writer in
                writer.line("var header = HeaderBytes()")
                writer.line("try encode(into: &writer, header: &header)")
            }
            writer.blank()
            parameters.append("header: inout HeaderBytes")
        }
        writer.documentation("Writes the fields in the order of the layout.")
        writer.hidden(spec)
        let head = "\(spec.access)func encode(\(parameters.joined(separator: ", "))) throws(PayloadError)"
        renderBody(head, isEmpty: renderers.isEmpty && header.isEmpty, into: &writer) { writer in
            if hasBounds { writer.line("try checkBounds()") }
            for renderer in header { renderHeaderValue(renderer, into: &writer) }
            if alignment != nil { writer.line("let structStart = writer.count") }
            if layout.filledSize != nil { writer.line("let sentStart = writer.count") }
            renderWriting(into: &writer)
            if layout.filledSize != nil { writer.line("writer.truncateZeros(from: sentStart)") }
            if let (bytes, _) = alignment { writer.line("writer.align(\(bytes), from: structStart)") }
        }
        guard hasBounds else { return }
        writer.blank()
        writer.block("private func checkBounds() throws(PayloadError)") { writer in
            for renderer in renderers where renderer.hasBounds { renderer.renderBoundsCheck(into: &writer) }
        }
    }

    private func renderBody(
        _ head: String,
        isEmpty: Bool,
        into writer: inout SourceWriter,
        _ body: (inout SourceWriter) -> Void
    ) {
        if isEmpty { writer.line(head + " {}") } else { writer.block(head, body) }
    }

    // MARK: The frame's header

    /// Returns the statement that reads a value of the frame's header.
    private func reading(ofHeader renderer: FieldRenderer) -> String {
        let value = headerValue(renderer)?.reading(from: "header") ?? ""
        return "let \(renderer.writtenValue): \(renderer.type) = \(value)"
    }

    private func headerValue(_ renderer: FieldRenderer) -> HeaderValue? {
        spec.frameLayout.items.first { ReferenceSpec.header($0.plan.name) == renderer.plan.name }.map {
            HeaderValue(spec, $0)
        }
    }

    /// Writes the constant with a value of the frame's header; sets the value if it follows from fields of the message.
    private func renderHeaderValue(_ renderer: FieldRenderer, into writer: inout SourceWriter) {
        guard renderer.plan.derivation != nil else {
            if renderer.plan.field.isDerived, let value = headerValue(renderer) {
                // A reply begins with the header of its request, where the value can follow from other fields.
                writer.line(value.literal(of: .number(SpecInteger(magnitude: 0)), to: "header"))
            }
            if layout.headerReferences.contains(renderer.plan.name) { writer.line(reading(ofHeader: renderer)) }
            return
        }
        renderer.renderDerived(self, into: &writer)
        writer.lines(headerValue(renderer)?.writing(of: renderer.writtenValue, to: "header") ?? [])
    }

    // MARK: Reading

    /// Writes the statements that read the fields.
    func renderReading(into writer: inout SourceWriter) {
        var locals = Locals()
        renderReading(&locals, into: &writer)
    }

    /// Writes the statements that read the fields, after other statements with the constants in `locals`.
    func renderReading(_ locals: inout Locals, into writer: inout SourceWriter) {
        // The bytes that a length leaves out do not remain while the fields after it are read.
        let isMoved = isAligned && !lengths.isEmpty
        if usesStart { writer.line("\(isMoved ? "var" : "let") fieldStart = reader.remaining") }
        for group in owner == .properties ? layout.groups : layout.items.map(ItemGroup.single) {
            switch group {
            case .single(.field(let field)): renderer(of: field).renderReading(self, into: &writer)
            case .single(.bits(let group)): renderReading(of: group, &locals, into: &writer)
            case .fixedSize(let items, let bytes): renderReading(of: items, bytes, &locals, into: &writer)
            }
            guard let length = lengths.first(where: { group.ends(with: $0.plan) }) else { continue }
            length.renderCovered(movesStart: isMoved, into: &writer)
        }
        for length in lengths { length.renderEndOfCovered(into: &writer) }
    }

    /// Writes the statements that read a group of fields of a few bits alone.
    private func renderReading(of group: BitGroup, _ locals: inout Locals, into writer: inout SourceWriter) {
        let condition = group.condition.map { source(of: $0, isReading: true) }
        guard group.fields.contains(where: { !$0.field.isReserved }) else {
            let reading = "try reader.reserved(\(group.bytes), field: \(Literal.string(group.label)))"
            guard let condition else { return writer.line(reading) }
            return writer.block("if \(condition)") { $0.line(reading) }
        }
        let local = locals.next("bits")
        let arguments = ["\(group.bytes)", ".\(group.order)", "field: \(Literal.string(group.label))"]
        if let condition {
            let reading = "reader.bits(\(arguments.joined(separator: ", ")))"
            writer.assign(reading, if: "try \(condition)", else: "BitReader(.\(group.order))", to: "var \(local)")
        } else {
            writer.list("var \(local) = try reader.bits", arguments, "")
        }
        renderReading(of: group, from: local, into: &writer)
    }

    private func renderReading(
        of items: [LayoutItem],
        _ bytes: Int,
        _ locals: inout Locals,
        into writer: inout SourceWriter
    ) {
        let isRead = items.contains { $0.fields.contains { !$0.field.isReserved } }
        let local = isRead ? locals.next("fixed") : ""
        let reading = "reader.readFixed(\(bytes))"
        writer.block("guard \(isRead ? "let \(local) = \(reading)" : "\(reading) != nil") else") { writer in
            let entries = items.map { "\(Literal.string($0.label)): \($0.fixedSize ?? 0)" }
            writer.call("throw .truncated", "reader.remaining", list: entries)
        }
        var offset = 0
        for item in items {
            switch item {
            case .field(let field):
                if !field.field.isReserved {
                    renderer(of: field).renderReading(from: local, at: offset, into: &writer)
                }
            case .bits(let group) where group.fields.contains { !$0.field.isReserved }:
                let bits = locals.next("bits")
                let arguments = "at: \(offset), \(group.bytes), .\(group.order)"
                writer.line("var \(bits) = \(local).bits(\(arguments))")
                renderReading(of: group, from: bits, into: &writer)
            case .bits: break
            }
            offset += item.fixedSize ?? 0
        }
    }

    private func renderReading(of group: BitGroup, from local: String, into writer: inout SourceWriter) {
        // Reserved bits at the end need no code.
        let count = (group.fields.lastIndex { !$0.field.isReserved } ?? -1) + 1
        for field in group.fields.prefix(count) {
            renderer(of: field).renderBitReading(from: local, self, into: &writer)
        }
    }

    /// The names of the constants that fields are read from.
    struct Locals {
        private var counts: [String: Int] = [:]

        mutating func next(_ name: String) -> String {
            counts[name, default: 0] += 1
            let count = counts[name] ?? 1
            return count == 1 ? name : "\(name)\(count)"
        }
    }

    private func renderer(of field: FieldPlan) -> FieldRenderer {
        FieldRenderer(spec, field, owner, besides: names)
    }

    func renderer(of name: String) -> FieldRenderer? { (renderers + header).first { $0.plan.name == name } }

    // MARK: Writing

    /// Writes the statements that write the fields.
    func renderWriting(into writer: inout SourceWriter) {
        var locals = Locals()
        renderWriting(&locals, into: &writer)
    }

    /// Writes the statements that write the fields, after other statements with the constants in `locals`.
    func renderWriting(_ locals: inout Locals, into writer: inout SourceWriter) {
        if usesStart { writer.line("let fieldStart = writer.count") }
        for item in layout.items {
            switch item {
            case .field(let field): renderer(of: field).renderWriting(self, into: &writer)
            case .bits(let group):
                for field in group.fields { renderer(of: field).renderDerived(self, into: &writer) }
                let local = locals.next("bits")
                writer.line("var \(local) = BitWriter(.\(group.order))")
                for field in group.fields { renderer(of: field).renderBitWriting(to: local, self, into: &writer) }
                writer.line("writer.bits(\(local))")
            }
        }
        for length in lengths { length.renderSize(self, into: &writer) }
    }

    /// Returns the expression for the value of the field `name` in the code that writes it.
    func writtenValue(of name: String) -> String { renderer(of: name)?.writtenValue ?? name }

    /// Returns the expressions for the values of the fields after `field`.
    func writtenValues(behind field: FieldPlan) -> [String] {
        guard let index = renderers.firstIndex(where: { $0.plan.name == field.name }) else { return [] }
        return renderers[(index + 1)...].filter(\.isStored).map(\.writtenValue)
    }

    /// Writes the checks that all fields in `names` have values, or none has.
    func renderAgreement(of names: [String], into writer: inout SourceWriter) {
        guard let first = names.first.flatMap(renderer) else { return }
        for other in names.dropFirst().compactMap(renderer) {
            let (left, right) = (first.writtenValue, other.writtenValue)
            let (leftLabel, rightLabel) = (Literal.string(first.plan.label), Literal.string(other.plan.label))
            writer.block("guard (\(left) != nil) == (\(right) != nil) else") { writer in
                let field = "\(left) == nil ? \(leftLabel) : \(rightLabel)"
                writer.line("throw PayloadError(.inconsistent, field: \(field))")
            }
        }
    }

    /// Writes the constant with the value of `field`, which is the size of each of the fields in `names` that there are.
    func renderCount(of names: [String], as field: FieldRenderer, into writer: inout SourceWriter) {
        guard case .integer(let type, _) = field.plan.step else { return }
        let local = Identifier.local(field.plan.name)
        let targets = names.compactMap(renderer)
        for target in targets where isEncodedBefore(target.plan) { target.renderEncodedBytes(into: &writer) }
        guard targets.count == 1 || !targets.contains(where: \.plan.mayLackCount) else {
            let common = field.otherCount
            writer.line("var \(common): \(type.swiftName)?")
            for (index, target) in targets.enumerated() {
                var condition: String?
                if case .when(let tested) = target.plan.presence { condition = source(of: tested, isReading: false) }
                target.renderCount(in: common, type, isFirst: index == 0, if: condition, into: &writer)
            }
            writer.line("let \(local): \(type.swiftName) = \(common) ?? \(targets[0].countOfNothing)")
            return
        }
        for (index, target) in targets.enumerated() {
            let other = target.otherCount
            target.renderCount(as: index == 0 ? local : other, type, into: &writer)
            if index == 0 { continue }
            writer.block("guard \(other) == \(local) else") { writer in
                writer.line("throw PayloadError(.inconsistent, field: \(Literal.string(target.plan.label)))")
            }
        }
    }

    /// Returns whether `field` is encoded before it is written, because an earlier field says how many bytes it has.
    func isEncodedBefore(_ field: FieldPlan) -> Bool {
        guard
            case .counted(let count)? = field.step.unwrapped.size, case .field = count.source,
            let renderer = renderer(of: field.name)
        else { return false }
        return renderer.sizeExpression(of: "") == nil
    }

    // MARK: Conditions

    /// Returns the Swift expression of `condition`.
    func source(of condition: Condition, isReading: Bool) -> String {
        let terms = condition.terms.compactMap { term in
            renderer(of: term.reference.field)?.source(of: term, isReading: isReading)
        }
        return terms.joined(separator: " && ")
    }
}

extension ItemGroup {
    /// Returns whether `field` is the last one of the group.
    fileprivate func ends(with field: FieldPlan) -> Bool {
        let item: LayoutItem? =
            switch self {
            case .single(let item): item
            case .fixedSize(let items, _): items.last
            }
        return item?.fields.last?.name == field.name
    }
}
