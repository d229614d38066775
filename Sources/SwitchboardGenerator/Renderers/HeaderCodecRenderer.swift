internal import SwitchboardSpec

/// Renders the code that reads and writes headers that are more than whole numbers at fixed places.
struct HeaderCodecRenderer {
    private let spec: CheckedSpec
    private let frame: FrameLayout

    init(_ spec: CheckedSpec, _ frame: FrameSpec) {
        self.spec = spec
        self.frame = spec.layout(of: frame)
    }

    func render(into writer: inout SourceWriter) {
        guard !frame.frame.isPlain, spec.base == nil else { return }
        let access = spec.access
        writer.blank()
        let frames = frame.frame.name.map { "frames of the form `\($0.value)`" } ?? "frames"
        writer.documentation("Reads and writes the headers of \(frames).")
        writer.block("\(access)enum \(GeneratedNames.headerCodec(of: frame.frame)): FrameCodec") { writer in
            writer.documentation("The size of the largest header, in bytes.")
            writer.hidden(spec)
            writer.line("\(access)static var maximumHeaderSize: Int { \(frame.frame.maximumHeaderSize) }")
            writer.blank()
            writer.documentation("Reads a header.")
            writer.hidden(spec)
            let reading = ["from reader: inout ByteReader", "of frameSender: Sender"]
            writer.list("\(access)static func readHead", reading, " throws(PayloadError) -> FrameHead {")
            writer.indented(renderReading)
            writer.line("}")
            writer.blank()
            writer.documentation("Writes a header.")
            writer.hidden(spec)
            let writing = ["_ frameHead: FrameHead", "of frameSender: Sender", "into writer: inout ByteWriter"]
            writer.list("\(access)static func writeHead", writing, " throws(PayloadError) {")
            writer.indented(renderWriting)
            writer.line("}")
            if !frame.frame.hasLength { renderEnds(into: &writer) }
            renderChecksumSeeds(into: &writer)
            TrailerRenderer(spec, frame).render(into: &writer)
        }
    }

    /// Writes the members that find the end of a payload, which follows from its fields.
    private func renderEnds(into writer: inout SourceWriter) {
        writer.blank()
        writer.documentation("Headers do not say the size of the payload.")
        writer.hidden(spec)
        writer.line("\(spec.access)static var hasLength: Bool { false }")
        // The payload ends with the frame.
        if frame.frame.framing != nil { return }
        writer.blank()
        writer.documentation("Reads a payload, which ends where its fields end.")
        writer.hidden(spec)
        let parameters = ["of frameHead: FrameHead", "from frameSender: Sender", "in reader: inout ByteReader"]
        writer.list("\(spec.access)static func skipPayload", parameters, " throws(PayloadError) {")
        writer.indented { writer in
            renderCases("frameHead.code", into: &writer) { message in
                let layout = spec.layout(of: message)
                let header = layout.headerReferences.isEmpty ? "" : ", header: frameHead.header"
                let name = Identifier.escaped(message.name.value)
                return layout.fields.isEmpty ? "break" : "_ = try \(name)(from: &reader\(header))"
            }
            writer.line("default: throw PayloadError(.invalidCase, field: \(Literal.string("type")))")
            writer.line("}")
        }
        writer.line("}")
    }

    /// Writes the member with the bytes that messages add to those that a checksum covers.
    private func renderChecksumSeeds(into writer: inout SourceWriter) {
        guard frame.frame.hasChecksumSeeds else { return }
        writer.blank()
        writer.documentation("Returns what a message adds to the bytes that the checksums of its frame cover.")
        writer.hidden(spec)
        let parameters = ["of frameCode: MessageCode", "from frameSender: Sender"]
        writer.list("\(spec.access)static func checksumSeed", parameters, " -> ChecksumSeed {")
        writer.indented { writer in
            renderCases("frameCode", into: &writer) { message in
                guard let seed = message.checksumSeed?.value else { return ".none" }
                return ".init(0x\(seed.hexadecimal.uppercased()), bytes: \(seed.count))"
            }
            writer.line("default: .none")
            writer.line("}")
        }
        writer.line("}")
    }

    /// Writes a `switch` over the codes of messages as far as its last case; `body` returns the source for a message.
    private func renderCases(
        _ code: String,
        into writer: inout SourceWriter,
        _ body: (MessageSpec) -> String
    ) {
        writer.line("switch \(code) {")
        let messages = Dictionary(grouping: spec.messages(in: frame.frame)) { spec.messageCode(of: $0) }
        for (code, messages) in messages.sorted(by: { $0.key < $1.key }) {
            // A client and a server may send different messages with the same code.
            for message in messages.sorted(by: { $0.sender != .server && $1.sender == .server }) {
                let isOfClient = messages.count > 1 && message.sender != .server
                let pattern = Literal.decimal(code) + (isOfClient ? " where frameSender != .server" : "")
                writer.line("case \(pattern): \(body(message))")
            }
        }
    }

    /// A magic, items that are read like the fields of a payload, or a place to be noted.
    private enum Part {
        case magic(FrameSpec.Magic)
        case fields([FieldPlan])
        /// The start of the items that the length counts, whose size differs.
        case counted
        /// The place of a length that is known only after the items that it counts.
        case length
    }

    private var parts: [Part] {
        var parts: [Part] = []
        var fields: [FieldPlan] = []
        func endFields() {
            if !fields.isEmpty { parts.append(.fields(fields)) }
            fields = []
        }
        for (index, item) in frame.items.enumerated() {
            if countsVariableItems, index == frame.frame.uncoveredItems {
                endFields()
                parts.append(.counted)
            }
            if countsVariableItems, item.spec.role.isLength, lengths.count == 1 {
                endFields()
                parts.append(.length)
            }
            guard case .magic(let magic) = item.spec.role else {
                fields.append(item.plan)
                continue
            }
            endFields()
            parts.append(.magic(magic))
        }
        endFields()
        return parts
    }

    /// Whether the size of the items that the length counts is known only when they are read or written.
    private var countsVariableItems: Bool { frame.frame.coversVariableItems }

    /// The items whose values are kept in memory.
    private var kept: [FrameLayout.Item] { frame.items.filter(\.isKept) }

    private var codes: [FrameLayout.Item] { frame.items.filter(\.spec.role.isCode) }

    /// The lengths, of which a frame has one; the shorter first.
    private var lengths: [FrameLayout.Item] {
        frame.items.filter(\.spec.role.isLength).sorted { $0.spec.largestNumber < $1.spec.largestNumber }
    }

    /// The number of bytes that a length counts besides the payload and items whose size differs.
    private var fixedOverhead: Int {
        countsVariableItems ? frame.frame.coveredTrailer : frame.frame.coveredOverhead
    }

    /// Returns the layout of `fields`, which are neighbours; their conditions may refer to all fields of the header.
    private func layout(of fields: [FieldPlan]) -> Layout {
        let names = Set(fields.map(\.name))
        let others = frame.trailerItems.isEmpty ? frame.whole.fields : frame.ends.fields
        return Layout(fields: fields, header: others.filter { !names.contains($0.name) })
    }

    private func local(_ item: FrameLayout.Item) -> String { Identifier.local(item.plan.name) }

    // MARK: Reading

    private func renderReading(into writer: inout SourceWriter) {
        var locals = LayoutRenderer.Locals()
        for part in parts {
            switch part {
            case .magic(let magic): render(magic, "try reader", into: &writer)
            case .counted: writer.line("let frameStart = reader.remaining")
            case .length: break
            case .fields(let fields):
                LayoutRenderer(spec, layout(of: fields), .constants).renderReading(&locals, into: &writer)
            }
        }
        for case let item in frame.items {
            guard case .version = item.spec.role else { continue }
            writer.block("guard \(local(item)) == \(Literal.decimal(frame.version)) else") { writer in
                writer.line("throw PayloadError(.unexpectedValue, field: \(Literal.string(item.plan.label)))")
            }
        }
        let optional = frame.trailerItems.filter(\.plan.isOptional)
        let keepsBytes = !kept.isEmpty || !optional.isEmpty
        if keepsBytes { writer.line("var frameBytes = HeaderBytes()") }
        for item in kept { writer.lines(HeaderValue(spec, item).writing(of: local(item), to: "frameBytes")) }
        var code = codes.map(local).joined(separator: ", ")
        if frame.frame.hasPlainCodes {
            code = "MessageCode(\(code))"
        } else if frame.frame.isOfReplies {
            code = ".ofReply"
        } else if codes.isEmpty {
            code = Literal.decimal(numbers.first?.number ?? 0)
        } else {
            renderCode(of: codes.count == 1 ? code : "(\(code))", into: &writer)
            code = "frameCode"
        }
        if lengths.count > 1 { renderChoiceOfLength(into: &writer) }
        if !frame.trailerItems.isEmpty {
            let size = frame.trailerItems.filter { !$0.plan.isOptional }.reduce(0) { $0 + $1.spec.wireSize }
            writer.line("\(optional.isEmpty ? "let" : "var") frameTrailer = \(size)")
        }
        for item in optional {
            writer.block("if \(condition(of: item, isReading: true))") { writer in
                writer.line("frameBytes.setHasValue(true, at: \(item.offset))")
                writer.line("frameTrailer += \(item.spec.wireSize)")
            }
        }
        let size =
            lengths.count > 1 ? "frameSize" : lengths.first.map { payloadSize(from: local($0)) } ?? "0"
        var arguments = [
            "code: \(code)", "payloadSize: \(size)", "header: \(keepsBytes ? "frameBytes" : "HeaderBytes()")",
        ]
        if !frame.trailerItems.isEmpty { arguments.append("trailerSize: frameTrailer") }
        writer.list("return FrameHead", arguments, "")
    }

    /// Returns the expression of the condition of a field of the trailer, or of a length.
    private func condition(of item: FrameLayout.Item, isReading: Bool) -> String {
        guard case .when(let condition) = item.plan.presence else { return "true" }
        return LayoutRenderer(spec, layout(of: [item.plan]), .constants).source(of: condition, isReading: isReading)
    }

    /// Writes the constants with the values of fields of the trailer that only some frames have, and on which the header depends.
    private func renderTrailerValues(into writer: inout SourceWriter) {
        for item in frame.trailerItems where item.plan.isOptional {
            let value = HeaderValue(spec, item)
            writer.assign(
                value.reading(from: "frameHead.header"),
                if: value.condition(in: "frameHead.header"),
                to: "let \(local(item)): \(FieldRenderer(spec, item.plan).type)"
            )
        }
    }

    /// Writes the checks that a frame has the fields of the trailer that its header says, behind the constants with what the header says.
    private func renderTrailerChecks(into writer: inout SourceWriter) {
        for item in frame.trailerItems {
            guard case .when(let condition) = item.plan.presence, !condition.isDerived else { continue }
            let source = self.condition(of: item, isReading: false)
            writer.block("guard (\(source)) == (\(local(item)) != nil) else") { writer in
                writer.line("throw PayloadError(.inconsistent, field: \(Literal.string(item.plan.label)))")
            }
        }
    }

    /// Returns the expression of the size of the payload of a frame with the length `length`.
    private func payloadSize(from length: String) -> String {
        let header = countsVariableItems ? " - (frameStart - reader.remaining)" : ""
        return "Int(clamping: \(length))" + header + (fixedOverhead == 0 ? "" : " - \(fixedOverhead)")
    }

    /// Writes the constant with the size of the payload, which one of two lengths says: unless other items say which, the longer one
    /// says only what the shorter cannot.
    private func renderChoiceOfLength(into writer: inout SourceWriter) {
        let (short, long) = (local(lengths[0]), local(lengths[1]))
        writer.line("let frameSize: Int")
        writer.line("if let \(short) {")
        writer.indented { $0.line("frameSize = \(payloadSize(from: short))") }
        let isNeeded = frame.frame.largestShortLength.map { ", \(long) > \(Literal.decimal($0))" } ?? ""
        writer.line("} else if let \(long)\(isNeeded) {")
        writer.indented { $0.line("frameSize = \(payloadSize(from: long))") }
        writer.line("} else {")
        writer.indented { $0.line("throw PayloadError(.invalidLength, field: \(Literal.string("length")))") }
        writer.line("}")
    }

    /// Writes the constants with two lengths, one of which is the size of the payload.
    private func renderLengths(into writer: inout SourceWriter) {
        let counted = "frameHead.payloadSize" + (countsVariableItems ? " + frameRest.count" : "")
        let size = counted + (fixedOverhead == 0 ? "" : " + \(fixedOverhead)")
        var conditions = lengths.map { condition(of: $0, isReading: false) }
        if let largest = frame.frame.largestShortLength {
            conditions = ["\(size) <= \(Literal.decimal(largest))", "\(local(lengths[0])) == nil"]
        }
        for (item, isSent) in zip(lengths, conditions) {
            guard case .integer(let integer, let order) = item.plan.step else { continue }
            let number = StepRenderer(spec, item.plan.step, field: "payload")
                .number(of: counted, .length(integer, order, plus: fixedOverhead), integer)
            writer.line("let \(local(item)): \(integer.swiftName)?")
            writer.line("if \(isSent) {")
            writer.indented { $0.line("\(local(item)) = \(number)") }
            writer.line("} else {")
            writer.indented { $0.line("\(local(item)) = nil") }
            writer.line("}")
        }
    }

    /// Writes the constant with the number of the message that has the code `value`.
    private func renderCode(of value: String, into writer: inout SourceWriter) {
        writer.line("let frameCode: MessageCode")
        writer.line("switch \(value) {")
        for (number, values) in numbers {
            var patterns: [String] = []
            var tests: [String] = []
            for (item, value) in zip(codes, values) {
                if case .text = item.plan.step, value != .nothing {
                    patterns.append("_")
                    let test = ".isExactly(\(literal(value, item)))"
                    tests.append(local(item) + (item.plan.isOptional ? "?\(test) == true" : test))
                } else {
                    patterns.append(literal(value, item))
                }
            }
            let pattern = patterns.count == 1 ? patterns[0] : "(\(patterns.joined(separator: ", ")))"
            let test = tests.isEmpty ? "" : " where \(tests.joined(separator: " && "))"
            writer.line("case \(pattern)\(test): frameCode = \(Literal.decimal(number))")
        }
        if !isEveryCodeTaken { writer.line("default: frameCode = .unknown") }
        writer.line("}")
    }

    /// Whether the compiler knows that messages have all codes.
    private var isEveryCodeTaken: Bool {
        var count: UInt64 = 1
        for item in codes {
            switch item.plan.step {
            case .bit: count = count.multipliedOrLargest(2)
            case .enumeration(let type, _) where type.isClosed:
                count = count.multipliedOrLargest(UInt64(type.cases.count))
            case .integer, .float, .boolean, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved,
                .reservedBits, .structure, .union, .sized:
                return false
            }
        }
        return numbers.count == count
    }

    private func literal(_ value: Value, _ item: FrameLayout.Item) -> String {
        ValueLiteral(spec: spec, scope: .namespace).text(of: value, item.plan.step)
    }

    /// The codes of all messages with their numbers, in order.
    private var numbers: [(number: UInt64, values: [Value])] {
        let all = spec.messages(in: frame.frame).map { (spec.messageCode(of: $0), $0.codeValues) }
        let unique = Dictionary(all, uniquingKeysWith: { first, _ in first })
        return unique.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Writes the calls that read or write `magic`, which may have more bytes than a number; `start` is the text before the name of the
    /// method.
    private func render(_ magic: FrameSpec.Magic, _ start: String, into writer: inout SourceWriter) {
        func numbers(_ bytes: [UInt8]) -> [String] {
            stride(from: 0, to: bytes.count, by: 8).map { start in
                "0x" + Array(bytes[start..<min(start + 8, bytes.count)]).hexadecimal.uppercased()
            }
        }
        let (client, server, count) = (numbers(magic.client), numbers(magic.server), magic.client.count)
        if magic.client == magic.server {
            for (index, number) in client.enumerated() {
                writer.line("\(start).magic(\(number), bytes: \(min(8, count - 8 * index)))")
            }
        } else if client.count == 1 {
            let ends = ["client: \(client[0])", "server: \(server[0])"]
            writer.list("\(start).magic", ends + ["bytes: \(count)", "of: frameSender"], "")
        } else {
            let ends = [("client", client), ("server", server)].map { "\($0): [\($1.joined(separator: ", "))]" }
            writer.list("\(start).magic", ends + ["bytes: \(count)", "of: frameSender"], "")
        }
    }

    // MARK: Writing

    private func renderWriting(into writer: inout SourceWriter) {
        // Values that depend on the code come after it.
        let beginsWithCodes = frame.items.contains { $0.codeCondition != nil }
        if beginsWithCodes { renderCodes(into: &writer) }
        for item in frame.items {
            let type = spec.swiftName(of: item.plan.step)
            switch item.spec.role {
            case .magic, .checksum, .presence: break
            case .version: writer.line("let \(local(item)): \(type) = \(Literal.decimal(frame.version))")
            case .code where frame.frame.hasPlainCodes:
                writer.line("let \(local(item)) = \(type)(truncatingIfNeeded: frameHead.code)")
            case .code: break
            case .length where lengths.count > 1: break
            case .length:
                guard case .integer(let integer, let order) = item.plan.step else { break }
                if countsVariableItems {
                    writer.line("let \(local(item)): \(integer.swiftName) = 0")
                    break
                }
                let count = Count.length(integer, order, plus: frame.frame.coveredOverhead)
                let number = StepRenderer(spec, item.plan.step, field: "payload")
                    .number(of: "frameHead.payloadSize", count, integer)
                writer.assign(number, to: "let \(local(item))")
            case .correlation, .field:
                if let constant = item.plan.constant {
                    writer.line("let \(local(item)): \(type) = \(literal(constant, item))")
                }
                guard item.isKept else { break }
                let value = HeaderValue(spec, item)
                let conditions = [
                    item.codeCondition.map { condition in
                        LayoutRenderer(spec, layout(of: [item.plan]), .constants).source(
                            of: condition,
                            isReading: false
                        )
                    }, value.condition(in: "frameHead.header"),
                ].compactMap(\.self)
                writer.assign(
                    value.reading(from: "frameHead.header"),
                    if: conditions.isEmpty ? nil : conditions.joined(separator: " && "),
                    to: "let \(local(item)): \(FieldRenderer(spec, item.plan).type)"
                )
            }
        }
        if !beginsWithCodes { renderCodes(into: &writer) }
        renderTrailerValues(into: &writer)
        var locals = LayoutRenderer.Locals()
        let (first, rest) = partsWritten
        if !rest.isEmpty {
            writer.block("let frameRest = try ByteWriter.bytes", parameters: "writer throws(PayloadError) in") {
                writer in
                for part in rest { renderWriting(of: part, &locals, into: &writer) }
            }
        }
        if lengths.count > 1 { renderLengths(into: &writer) }
        for part in first { renderWriting(of: part, &locals, into: &writer) }
        if !rest.isEmpty { writer.line("writer.bytes(frameRest)") }
        if countsVariableItems, lengths.count == 1 { renderLengthBehindItems(into: &writer) }
        renderTrailerChecks(into: &writer)
    }

    /// The parts of the header, and those that are encoded before the others, because their size decides which of two lengths is sent.
    private var partsWritten: (first: [Part], rest: [Part]) {
        let parts = parts
        guard lengths.count > 1, let index = parts.firstIndex(where: { if case .counted = $0 { true } else { false } })
        else { return (parts, []) }
        return (Array(parts[..<index]), Array(parts[(index + 1)...]))
    }

    private func renderWriting(of part: Part, _ locals: inout LayoutRenderer.Locals, into writer: inout SourceWriter) {
        switch part {
        case .magic(let magic): render(magic, "writer", into: &writer)
        case .counted: writer.line("let frameStart = writer.count")
        case .length: writer.line("let frameOffset = writer.count")
        case .fields(let fields):
            LayoutRenderer(spec, layout(of: fields), .constants).renderWriting(&locals, into: &writer)
        }
    }

    /// Writes the statement that replaces the length, which counts items of the header that are written by then.
    private func renderLengthBehindItems(into writer: inout SourceWriter) {
        guard let item = lengths.first, case .integer(let integer, let order) = item.plan.step else { return }
        let number = StepRenderer(spec, item.plan.step, field: "payload")
            .number(of: "frameCount", .length(integer, order, plus: fixedOverhead), integer)
        writer.line("let frameCount = frameHead.payloadSize + writer.count - frameStart")
        writer.assign(number, to: "let frameSize")
        let arguments = ["frameSize", "bytes: \(integer.size)", "at: frameOffset", ".\(order.rawValue)"]
        writer.list("writer.length", arguments, "")
    }

    /// Writes the constants with the code of the message.
    private func renderCodes(into writer: inout SourceWriter) {
        if frame.frame.hasPlainCodes || codes.isEmpty { return }
        for item in codes { writer.line("let \(local(item)): \(FieldRenderer(spec, item.plan).type)") }
        writer.line("switch frameHead.code {")
        for (number, values) in numbers {
            let (names, literals) = (codes.map(local), zip(codes, values).map { literal($1, $0) })
            let assignment =
                names.count == 1
                ? "\(names[0]) = \(literals[0])"
                : "(\(names.joined(separator: ", "))) = (\(literals.joined(separator: ", ")))"
            writer.line("case \(Literal.decimal(number)): \(assignment)")
        }
        writer.line("default: throw PayloadError(.invalidCase, field: \(Literal.string("type")))")
        writer.line("}")
    }
}
