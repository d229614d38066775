internal import SwitchboardSpec

/// Renders a message: a struct that reads and writes itself.
struct MessageRenderer {
    private let spec: CheckedSpec
    private let message: MessageSpec
    private let fields: [FieldRenderer]

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        self.message = message
        fields = message.fields.map { FieldRenderer(spec, $0) }
    }

    private var name: String { Identifier.escaped(message.name.value) }
    private var isErrorMessage: Bool { spec.errorMessage?.name.value == message.name.value }

    func render(into writer: inout SourceWriter) {
        let kind = isErrorMessage ? "ErrorMessage" : message.reply == nil ? "Message" : "Request"
        writer.documentation(message.doc ?? "The message `\(message.name.value)`.")
        writer.block("\(spec.access)struct \(name): \(kind), Hashable") { writer in
            renderConstants(into: &writer)
            for field in fields {
                writer.blank()
                field.renderProperty(into: &writer)
            }
            writer.blank()
            renderInitializer(into: &writer)
            writer.blank()
            renderReading(into: &writer)
            writer.blank()
            renderWriting(into: &writer)
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
        if let maximum = message.maximumPayload {
            writer.documentation("The largest payload it may have, in bytes.")
            writer.line("\(access)static var maximumPayload: Int? { \(Literal.decimal(maximum.value)) }")
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        let article = "AEIOU".contains(message.name.value.prefix(1)) ? "An" : "A"
        writer.documentation("\(article) `\(message.name.value)`\(fields.isEmpty ? "" : " with these fields").")
        // The type itself is not deprecated: it must still be listed and decoded, without a warning in this source.
        renderDeprecation(of: message, into: &writer)
        guard !fields.isEmpty else {
            writer.line("\(spec.access)init() {}")
            return
        }
        writer.list("\(spec.access)init", fields.map(\.parameter), " {")
        writer.indented { writer in
            for field in fields { writer.line(field.assignment) }
        }
        writer.line("}")
    }

    private func renderReading(into writer: inout SourceWriter) {
        writer.documentation("Reads the fields in the order of the layout.")
        let head = "\(spec.access)init(from reader: inout ByteReader) throws(PayloadError)"
        renderBody(head, fields.map(\.reading), into: &writer)
    }

    private func renderWriting(into writer: inout SourceWriter) {
        writer.documentation("Writes the fields in the order of the layout.")
        let head = "\(spec.access)func encode(into writer: inout ByteWriter) throws(PayloadError)"
        renderBody(head, fields.map(\.writing), into: &writer)
    }

    private func renderBody(_ head: String, _ lines: [String], into writer: inout SourceWriter) {
        if lines.isEmpty {
            writer.line(head + " {}")
        } else {
            writer.block(head) { $0.lines(lines) }
        }
    }
}

/// Renders the attribute of what a program would write to use a message that is deprecated.
func renderDeprecation(of message: MessageSpec, into writer: inout SourceWriter) {
    guard let reason = message.deprecated else { return }
    writer.line("@available(*, deprecated, message: \(Literal.string(reason)))")
}
