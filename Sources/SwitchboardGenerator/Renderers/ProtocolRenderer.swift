internal import SwitchboardSpec

/// Renders the namespace: the name of the protocol, its frame format and the list of its messages.
struct ProtocolRenderer {
    private let spec: CheckedSpec

    init(_ spec: CheckedSpec) {
        self.spec = spec
    }

    func render(into writer: inout SourceWriter) {
        let access = spec.access
        let version = spec.version.map { ", version \($0)" } ?? ""
        writer.documentation(spec.doc ?? "\(spec.name)\(version).")
        writer.block("nonisolated \(access)enum \(Identifier.escaped(spec.namespace)): WireProtocol") { writer in
            writer.documentation("The protocol's name.")
            writer.line("\(access)static var name: String { \(Literal.string(spec.name)) }")
            writer.blank()
            renderFrameFormat(into: &writer)
            writer.blank()
            writer.documentation("The messages, in the order of their codes.")
            writer.block("\(access)static var messages: [any Message.Type]") { writer in
                let messages = spec.allMessages.sorted { spec.messageCode(of: $0) < spec.messageCode(of: $1) }
                let types = messages.map { "\(spec.qualified($0.name.value)).self" }
                // One element stands on the line of the brackets.
                if types.count == 1 { return writer.line("[\(types[0])]") }
                writer.line("[")
                writer.indented { writer in
                    for type in types { writer.line(type + ",") }
                }
                writer.line("]")
            }
            if let errorMessage = spec.errorMessage {
                writer.blank()
                writer.documentation("The message that reports a fault.")
                let name = spec.qualified(errorMessage.name.value)
                writer.line("\(access)static var errorMessage: (any ErrorMessage.Type)? { \(name).self }")
            }
            renderHeartbeat(into: &writer)
            writer.blank()
            writer.documentation("A number that differs between protocols whose messages have different fields.")
            let hash = Literal.hexadecimal(LayoutHash.value(of: spec), .uint64)
            writer.line("\(access)static var layoutHash: UInt64? { \(hash) }")
            HeaderRenderer(spec).render(into: &writer)
            for frame in spec.allFrames { HeaderCodecRenderer(spec, frame).render(into: &writer) }
        }
    }

    private func renderHeartbeat(into writer: inout SourceWriter) {
        let heartbeat: String
        if let (message, values) = spec.heartbeat {
            let given = zip(spec.layout(of: message).fields, values).filter { $0.0.defaultValue == nil }
            let arguments = ValueLiteral(spec: spec, scope: .namespace).arguments(given.map(\.1), given.map(\.0))
            heartbeat = "\(spec.reference(to: message.name.value))(\(arguments.joined(separator: ", ")))"
        } else if !spec.saysHeartbeat, let owner = spec.inheritedHeartbeat ?? spec.base {
            // The module of an imported spec may declare its heartbeat in other source files.
            heartbeat = "\(Identifier.escaped(owner.namespace)).heartbeat"
        } else {
            return
        }
        writer.blank()
        writer.documentation("The request that a client sends when it is idle.")
        let head = "\(spec.access)static var heartbeat: (any Request)?"
        let line = "\(head) { \(heartbeat) }"
        if line.count <= writer.room { writer.line(line) } else { writer.block(head) { $0.line(heartbeat) } }
    }

    private func renderFrameFormat(into writer: inout SourceWriter) {
        writer.documentation("How messages are delimited on the stream.")
        if let base = spec.base {
            let format = "\(Identifier.escaped(base.namespace)).frameFormat"
            writer.line("\(spec.access)static var frameFormat: FrameFormat { \(format) }")
            return
        }
        writer.line("\(spec.access)static let frameFormat = FrameFormat(")
        writer.indented { writer in
            if spec.frame.isPlain { renderFields(into: &writer) } else { renderCodec(of: spec.frame, into: &writer) }
            writer.line(
                "maximumPayload: \(Literal.decimal(spec.frame.maximumPayload))\(spec.frames.isEmpty ? "" : ",")"
            )
            if !spec.frames.isEmpty { renderStages(into: &writer) }
        }
        writer.line(")")
    }

    /// Writes the frames of another form, and the messages after which they follow.
    private func renderStages(into writer: inout SourceWriter) {
        writer.line("stages: [")
        writer.indented { writer in
            for frame in spec.frames {
                writer.line("FrameFormat.Stage(")
                writer.indented { writer in
                    writer.line("FrameFormat(")
                    writer.indented { writer in
                        renderCodec(of: frame, into: &writer)
                        writer.line("maximumPayload: \(Literal.decimal(frame.maximumPayload))")
                    }
                    writer.line("),")
                    if let end = frame.starts { writer.line("starts: .\(end.rawValue),") }
                    let codes = Set(spec.messages(in: frame).map { spec.messageCode(of: $0) }).sorted()
                    writer.line("codes: [\(codes.map { Literal.decimal($0) }.joined(separator: ", "))]")
                }
                writer.line(spec.frames.count == 1 ? ")" : "),")
            }
        }
        writer.line("],")
        let changes = spec.messages.flatMap { message in message.then.flatMap { stageChanges($0, after: message) } }
        guard !changes.isEmpty else { return writer.line("stageChanges: []") }
        writer.line("stageChanges: [")
        writer.indented { $0.lines(changes.map { $0 + (changes.count == 1 ? "" : ",") }) }
        writer.line("]")
    }

    /// The expressions for `next` after `message`: one for each end that sends the message.
    private func stageChanges(_ next: NextFrame, after message: MessageSpec) -> [String] {
        let stage = (spec.frames.firstIndex { $0.key == next.frame.value } ?? -1) + 1
        let code = Literal.decimal(spec.messageCode(of: message))
        return Sender.ends.filter(message.sender.includes).map { sender in
            let end = next.end ?? sender
            return
                "FrameFormat.StageChange(after: \(code), from: .\(sender.rawValue), of: .\(end.rawValue), to: \(stage))"
        }
    }

    private func renderFields(into writer: inout SourceWriter) {
        writer.line("byteOrder: .\(spec.byteOrder.rawValue),")
        writer.line("header: [")
        writer.indented { writer in
            for field in spec.frame.header { writer.line(source(of: field.value) + ",") }
        }
        writer.line("],")
        renderChecksum(into: &writer)
    }

    private func renderCodec(of frame: FrameSpec, into writer: inout SourceWriter) {
        writer.line("\(GeneratedNames.headerCodec(of: frame)).self,")
        writer.line("byteOrder: .\(spec.byteOrder.rawValue),")
        writer.line("correlation: \(correlation(of: frame) ?? "nil"),")
        if frame.magicSize > 0 { writer.line("magicSize: \(frame.magicSize),") }
        if let checksum = frame.headerChecksum?.spec, let offset = frame.headerChecksumOffset {
            let arguments = [".init(\(arguments(of: checksum, in: frame).joined(separator: ", ")))", "at: \(offset)"]
            writer.list("headerChecksum: .init", arguments, ",")
        }
        let trailer = trailer(of: frame)
        let line = "trailer: [\(trailer.joined(separator: ", "))],"
        if line.count > writer.room {
            writer.line("trailer: [")
            writer.indented { $0.lines(trailer.map { $0 + "," }) }
            writer.line("],")
        } else {
            writer.line(line)
        }
        if let framing = frame.framing { writer.line("framing: \(source(of: framing)),") }
    }

    private func source(of framing: Framing) -> String {
        func list(_ bytes: [UInt8]) -> String { "[\(bytes.map(Literal.byte).joined(separator: ", "))]" }
        return switch framing {
        case .slip, .kiss, .hdlc, .cobs: ".\(framing)"
        case .hex(let begins, let ends): ".hex(begins: \(list(begins)), ends: \(list(ends)))"
        }
    }

    /// The Swift expression for the place of the number that pairs replies with requests; `nil` if there is none.
    private func correlation(of frame: FrameSpec) -> String? {
        let item = spec.layout(of: frame).items.first(where: \.spec.role.isCorrelation)
        guard let item else { return nil }
        // The runtime numbers requests in the last eight bytes of longer values.
        let width = min(item.spec.packedSize, IntegerWidth.eight.rawValue)
        let offset = item.offset + item.spec.packedSize - width
        return ".init(offset: \(offset), width: \(self.width(width)), order: \(item.order.source))"
    }

    private func source(of field: FrameSpec.HeaderField) -> String {
        let width = width(field.number?.size ?? field.packedSize)
        switch field.role {
        case .magic(let magic):
            let number = magic.client.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let type: IntegerType = magic.client.count == 1 ? .uint8 : magic.client.count == 2 ? .uint16 : .uint32
            return ".magic(\(Literal.hexadecimal(number, type)), \(width))"
        case .version: return ".version(\(Literal.decimal(spec.wireVersion ?? 0)), \(width))"
        case .code: return ".type(\(width))"
        case .length(let coverage):
            // A length with a mapping is never in a plain header.
            let word = coverage.word ?? .payload
            return word == .payload ? ".length(\(width))" : ".length(\(width), covers: .\(word))"
        case .correlation: return ".correlation(\(width))"
        // A plain header has neither a checksum nor items with conditions.
        case .field, .checksum, .presence: return ".field(\(width))"
        }
    }

    /// The Swift expressions for the items of the trailer.
    private func trailer(of frame: FrameSpec) -> [String] {
        var items: [String] = []
        var count = 0
        for part in frame.trailerParts {
            switch part {
            case .item(.checksum(let checksum)):
                items.append(".checksum(.init(\(arguments(of: checksum, in: frame).joined(separator: ", "))))")
            case .item(.end(let bytes)): items.append(".end([\(bytes.map(Literal.byte).joined(separator: ", "))])")
            case .item(.field): break
            case .fields(let range):
                let size = frame.trailerFields[range].reduce(0) { $0 + $1.value.wireSize }
                items.append(".fields(\(count), size: \(size))")
                count += 1
            }
        }
        return items
    }

    private func renderChecksum(into writer: inout SourceWriter) {
        guard let checksum = spec.frame.checksum else { return writer.line("checksum: nil,") }
        writer.list("checksum: .init", arguments(of: checksum, in: spec.frame), ",")
    }

    private func arguments(of checksum: ChecksumSpec, in frame: FrameSpec) -> [String] {
        var arguments = [source(of: checksum.algorithm), "covers: .\(checksum.coverage.word ?? .frame)"]
        if let part = checksum.coverage.part {
            arguments.append("skipping: \(frame.offset(of: part))")
            if let end = frame.end(of: part) { arguments.append("upTo: \(end)") }
        }
        if let order = checksum.byteOrder, order != spec.byteOrder { arguments.append("byteOrder: .\(order.rawValue)") }
        return arguments
    }

    private func source(of algorithm: ChecksumAlgorithm) -> String {
        let name: String
        var arguments: [String]
        switch algorithm {
        case .crc(let crc):
            (name, arguments) = ("crc", ["width: \(crc.width)", "polynomial: \(register(crc.polynomial, crc.width))"])
            if crc.initial != 0 { arguments.append("initial: \(register(crc.initial, crc.width))") }
            if crc.isReflected { arguments.append("isReflected: true") }
            if crc.finalXOR != 0 { arguments.append("finalXOR: \(register(crc.finalXOR, crc.width))") }
        case .sum(let sum):
            (name, arguments) = ("sum", ["width: \(sum.width)"])
            if sum.isNegated { arguments.append("isNegated: true") }
            if sum.finalXOR != 0 { arguments.append("finalXOR: \(register(sum.finalXOR, sum.width))") }
        case .hash(let hash): (name, arguments) = ("hash", [".\(hash.function)", "size: \(hash.size)"])
        default: return ".\(algorithm)"
        }
        return ".\(name)(.init(\(arguments.joined(separator: ", "))))"
    }

    /// Returns a number of `width` bits in hexadecimal.
    private func register(_ number: UInt32, _ width: Int) -> String {
        Literal.hexadecimal(UInt64(number), width == 8 ? .uint8 : width == 16 ? .uint16 : .uint32)
    }

    private func width(_ bytes: Int) -> String {
        // Numbers that the runtime reads itself have one of these widths.
        ".\(IntegerWidth(rawValue: bytes) ?? .eight)"
    }
}
