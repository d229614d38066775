internal import SwitchboardSpec

/// Renders a message as a struct with its coding methods.
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
            if message.fields.contains(where: { !$0.isReserved && !$0.isDerived }) { writer.blank() }
            fields.renderProperties(into: &writer)
            writer.blank()
            renderInitializer(into: &writer)
            writer.blank()
            fields.renderCoding(into: &writer)
            TraceRenderer(spec, message).render(into: &writer)
            if isErrorMessage { ErrorMessageRenderer(spec, message).render(into: &writer) }
        }
    }

    private func renderConstants(into writer: inout SourceWriter) {
        let access = spec.access
        if let reply = message.reply {
            writer.documentation("The reply.")
            writer.line("\(access)typealias Reply = \(spec.reference(to: reply.value))")
            writer.blank()
        }
        let isPlain = spec.frame.hasPlainCodes
        writer.documentation(
            isPlain ? "The code of the message in a frame." : "The number that stands for the message's code."
        )
        let codeType = isPlain ? spec.frame.codeType : nil
        let code = Literal.hexadecimal(spec.messageCode(of: message), codeType ?? .uint16)
        writer.line("\(access)static var code: MessageCode { \(code) }")
        writer.documentation("The name of the message in the spec.")
        writer.line("\(access)static var name: String { \(Literal.string(message.name.value)) }")
        writer.documentation("The end of a connection that may send the message.")
        writer.line("\(access)static var sender: Sender { .\(message.sender.rawValue) }")
        if let requirement = message.requirement {
            writer.documentation("What the server requires of a peer before it handles the message.")
            writer.line("\(access)static var requirement: Requirement { .\(requirement.value.rawValue) }")
        }
        if spec.trailing(of: message) == .ignore {
            writer.documentation("Whether bytes after the last field are skipped.")
            writer.line("\(access)static var ignoresTrailingBytes: Bool { true }")
        }
        if let maximum = message.maximumPayload {
            writer.documentation("The largest payload of the message, in bytes.")
            writer.line("\(access)static var maximumPayload: Int? { \(Literal.decimal(maximum.value)) }")
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        let article = "AEIOU".contains(message.name.value.prefix(1)) ? "An" : "A"
        let hasFields = message.fields.contains(where: \.isVariable)
        writer.documentation("\(article) `\(message.name.value)`\(hasFields ? " with these fields" : "").")
        // The type itself is not deprecated, so that generated code can list and decode it without a warning.
        renderDeprecation(of: message, into: &writer)
        fields.renderInitializer(into: &writer)
    }
}

/// Renders the attribute of a declaration that programs use for a deprecated message.
func renderDeprecation(of message: MessageSpec, into writer: inout SourceWriter) {
    guard let reason = message.deprecated else { return }
    writer.line("@available(*, deprecated, message: \(Literal.string(reason)))")
}

/// Renders a struct with its coding methods.
struct StructRenderer {
    private let spec: CheckedSpec
    private let type: StructSpec

    init(_ spec: CheckedSpec, _ type: StructSpec) {
        self.spec = spec
        self.type = type
    }

    func render(into writer: inout SourceWriter) {
        let name = type.name.value
        let fields = LayoutRenderer(spec, spec.plan.layout(of: type))
        writer.documentation(type.doc ?? "The struct `\(name)`.")
        writer.block("\(spec.access)struct \(Identifier.escaped(name)): Hashable, Sendable") { writer in
            fields.renderProperties(into: &writer)
            if type.fields.contains(where: { !$0.isReserved && !$0.isDerived }) { writer.blank() }
            let article = "AEIOU".contains(name.prefix(1)) ? "An" : "A"
            let hasFields = type.fields.contains(where: \.isVariable)
            writer.documentation("\(article) `\(name)`\(hasFields ? " with these fields" : "").")
            fields.renderInitializer(into: &writer)
            writer.blank()
            fields.renderCoding(
                recursiveType: spec.plan.table.isRecursive(name) ? name : nil,
                alignment: type.alignment.map { ($0, name) },
                into: &writer
            )
        }
    }
}
