internal import SwitchboardSpec

/// Renders a message: a struct that reads and writes itself.
struct MessageRenderer {
    private let spec: CheckedSpec
    private let message: MessageSpec
    private let fields: LayoutRenderer

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        self.message = message
        fields = LayoutRenderer(spec, spec.layout(of: message))
    }

    private var name: String { Identifier.escaped(message.name.value) }
    private var isErrorMessage: Bool { spec.errorMessage?.name.value == message.name.value }

    func render(into writer: inout SourceWriter) {
        var kind = isErrorMessage ? "ErrorMessage" : message.reply == nil ? "Message" : "Request"
        if isErrorMessage, ErrorMessageRenderer(spec, message).describesItself { kind += ", CustomStringConvertible" }
        let since = message.since.map { "Since version \($0.value)." } ?? ""
        writer.documentation(message.doc ?? "The message `\(message.name.value)`.", since)
        writer.block("\(spec.access)struct \(name): \(kind), Hashable") { writer in
            renderConstants(into: &writer)
            if message.fields.contains(where: { !$0.isReserved }) { writer.blank() }
            fields.renderProperties(into: &writer)
            writer.blank()
            renderInitializer(into: &writer)
            writer.blank()
            fields.renderCoding(into: &writer)
            if isErrorMessage { ErrorMessageRenderer(spec, message).render(into: &writer) }
        }
    }

    private func renderConstants(into writer: inout SourceWriter) {
        let access = spec.access
        if let reply = message.reply {
            writer.documentation("The message that answers it.")
            writer.line("\(access)typealias Reply = \(spec.reference(to: reply.value))")
            writer.blank()
        }
        writer.documentation("Its code in the frame.")
        let code = Literal.hexadecimal(message.code.value, spec.frame.codeType)
        writer.line("\(access)static var code: MessageCode { \(code) }")
        writer.documentation("Its name in the spec.")
        writer.line("\(access)static var name: String { \(Literal.string(message.name.value)) }")
        writer.documentation("Who may send it.")
        writer.line("\(access)static var sender: Sender { .\(message.sender.rawValue) }")
        if let requirement = message.requirement {
            writer.documentation("What a peer must have done before it is handled.")
            writer.line("\(access)static var requirement: Requirement { .\(requirement.value.rawValue) }")
        }
        if spec.trailing(of: message) == .ignore {
            writer.documentation("Whether bytes behind the last field are skipped.")
            writer.line("\(access)static var ignoresTrailingBytes: Bool { true }")
        }
        if let maximum = message.maximumPayload {
            writer.documentation("The largest payload it may have, in bytes.")
            writer.line("\(access)static var maximumPayload: Int? { \(Literal.decimal(maximum.value)) }")
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        let article = "AEIOU".contains(message.name.value.prefix(1)) ? "An" : "A"
        let hasFields = message.fields.contains(where: \.isVariable)
        writer.documentation("\(article) `\(message.name.value)`\(hasFields ? " with these fields" : "").")
        // The type itself is not deprecated: it must still be listed and decoded, without a warning in this source.
        renderDeprecation(of: message, into: &writer)
        fields.renderInitializer(into: &writer)
    }
}

/// Renders the attribute of what a program would write to use a message that is deprecated.
func renderDeprecation(of message: MessageSpec, into writer: inout SourceWriter) {
    guard let reason = message.deprecated else { return }
    writer.line("@available(*, deprecated, message: \(Literal.string(reason)))")
}
