internal import SwitchboardSpec

/// Renders the namespace: the protocol's name, its frame, its messages.
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
            writer.documentation("Its messages, in order of their codes.")
            writer.block("\(access)static var messages: [any Message.Type]") { writer in
                let messages = spec.messages.sorted { $0.code.value < $1.code.value }
                writer.line("[")
                writer.indented { writer in
                    for message in messages { writer.line("\(Identifier.escaped(message.name.value)).self,") }
                }
                writer.line("]")
            }
            guard let errorMessage = spec.errorMessage else { return }
            writer.blank()
            writer.documentation("The message that answers a fault.")
            let name = Identifier.escaped(errorMessage.name.value)
            writer.line("\(access)static var errorMessage: (any ErrorMessage.Type)? { \(name).self }")
        }
    }

    private func renderFrameFormat(into writer: inout SourceWriter) {
        writer.documentation("How its messages are delimited on the stream.")
        writer.line("\(spec.access)static let frameFormat = FrameFormat(")
        writer.indented { writer in
            writer.line("byteOrder: .\(spec.byteOrder.rawValue),")
            writer.line("header: [")
            writer.indented { writer in
                for field in spec.frame.header { writer.line(source(of: field.value) + ",") }
            }
            writer.line("],")
            writer.line("checksum: \(spec.frame.checksum.map { ".\($0.rawValue)" } ?? "nil"),")
            writer.line("maximumPayload: \(Literal.decimal(spec.frame.maximumPayload))")
        }
        writer.line(")")
    }

    private func source(of field: FrameSpec.HeaderField) -> String {
        switch field {
        case .magic(let value, let type): ".magic(\(Literal.hexadecimal(value, type)), \(width(type)))"
        case .version(let type): ".version(\(Literal.decimal(spec.version ?? 0)), \(width(type)))"
        case .type(let type): ".type(\(width(type)))"
        case .length(let type): ".length(\(width(type)))"
        }
    }

    private func width(_ type: IntegerType) -> String {
        switch type.size {
        case 1: ".one"
        case 2: ".two"
        default: ".four"
        }
    }
}

extension CheckedSpec {
    /// The access level of every declaration, with a space behind it.
    var access: String { swift.access == .internal ? "" : swift.access.rawValue + " " }

    /// How source within the namespace refers to the type `name`, which the runtime may have a type parameter called like.
    func reference(to name: String) -> String {
        let isAmbiguous = name == "Input" || name == "Reply"
        return (isAmbiguous ? Identifier.escaped(namespace) + "." : "") + Identifier.escaped(name)
    }
}
