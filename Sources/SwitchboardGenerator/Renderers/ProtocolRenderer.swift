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
                let messages = spec.allMessages.sorted { $0.code.value < $1.code.value }
                writer.line("[")
                writer.indented { writer in
                    for message in messages { writer.line("\(spec.qualified(message.name.value)).self,") }
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
            writer.line("byteOrder: .\(spec.byteOrder.rawValue),")
            writer.line("header: [")
            writer.indented { writer in
                for field in spec.frame.header { writer.line(source(of: field.value) + ",") }
            }
            writer.line("],")
            writer.line("checksum: \(spec.frame.checksum.map(source) ?? "nil"),")
            writer.line("maximumPayload: \(Literal.decimal(spec.frame.maximumPayload))")
        }
        writer.line(")")
    }

    private func source(of field: FrameSpec.HeaderField) -> String {
        let width = width(field.type)
        switch field {
        case .magic(let value, let type): return ".magic(\(Literal.hexadecimal(value, type)), \(width))"
        case .version: return ".version(\(Literal.decimal(spec.wireVersion ?? 0)), \(width))"
        case .type: return ".type(\(width))"
        case .length(_, .payload): return ".length(\(width))"
        case .length(_, let coverage): return ".length(\(width), covers: .\(coverage))"
        case .correlation: return ".correlation(\(width))"
        case .field: return ".field(\(width))"
        }
    }

    private func source(of checksum: ChecksumSpec) -> String {
        ".init(.\(checksum.algorithm), covers: .\(checksum.coverage))"
    }

    private func width(_ type: IntegerType) -> String {
        // The types of header fields have one of these widths.
        ".\(IntegerWidth(rawValue: type.size) ?? .eight)"
    }
}

/// Renders the type with the extra fields of the header.
struct HeaderRenderer {
    private let spec: CheckedSpec
    private let fields: [(plan: FieldPlan, step: FrameLayout.Step)]

    init(_ spec: CheckedSpec) {
        self.spec = spec
        fields = spec.frameLayout.ownFields
    }

    func render(into writer: inout SourceWriter) {
        guard !fields.isEmpty else { return }
        let access = spec.access
        writer.blank()
        if let base = spec.base {
            writer.documentation("The fields that this protocol adds to the header of a frame.")
            writer.line("\(access)typealias Header = \(Identifier.escaped(base.namespace)).Header")
            return
        }
        writer.documentation("The fields that this protocol adds to the header of a frame.")
        writer.block("\(access)struct Header: FrameHeader") { writer in
            for (plan, _) in fields {
                writer.documentation(plan.field.doc ?? "The header's field `\(plan.name)`.")
                writer.line("\(access)var \(Identifier.escaped(plan.name)): \(spec.swiftName(of: plan.step))")
                writer.blank()
            }
            renderInitializer(into: &writer)
            writer.blank()
            writer.documentation("Reads the fields from the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)init(_ bytes: HeaderBytes)") { writer in
                for (plan, step) in fields { writer.line(reading(of: plan, step)) }
            }
            writer.blank()
            writer.documentation("Writes the fields into the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)func write(into bytes: inout HeaderBytes)") { writer in
                for (plan, step) in fields { writer.line(writing(of: plan, step)) }
            }
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        writer.documentation("A header with these fields.")
        let renderers = fields.map { FieldRenderer(spec, $0.plan) }
        writer.list("\(spec.access)init", renderers.map(\.parameter), " {")
        writer.indented { $0.lines(renderers.map(\.assignment)) }
        writer.line("}")
    }

    private func reading(of plan: FieldPlan, _ step: FrameLayout.Step) -> String {
        let number = "bytes.integer(at: \(step.offset), \(step.order.source))"
        let value = isNamed(plan) ? "\(spec.swiftName(of: plan.step))(rawValue: \(number))" : number
        return "\(property(plan)) = \(value)"
    }

    private func writing(of plan: FieldPlan, _ step: FrameLayout.Step) -> String {
        let value = property(plan) + (isNamed(plan) ? ".rawValue" : "")
        return "bytes.set(\(value), at: \(step.offset), \(step.order.source))"
    }

    /// Returns whether the number stands for an enum or for flags.
    private func isNamed(_ plan: FieldPlan) -> Bool {
        switch plan.step {
        case .enumeration, .flags: true
        case .integer, .float, .boolean, .bit, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure,
            .union, .sized:
            false
        }
    }

    private func property(_ plan: FieldPlan) -> String { FieldRenderer(spec, plan).value(besides: ["bytes"]) }
}
