internal import SwitchboardSpec

/// Renders the parts of the error message that convert it from and to a fault.
struct ErrorMessageRenderer {
    private let spec: CheckedSpec
    private let message: MessageSpec
    private let fields: [FieldRenderer]

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        self.message = message
        fields = spec.layout(of: message).fields.map { FieldRenderer(spec, $0) }
    }

    func render(into writer: inout SourceWriter) {
        guard
            fields.count == 2, case .enumeration(let enumeration, _) = fields[0].plan.step
        else { return }
        let cases = Set(enumeration.cases.map(\.name.value))
        let known = Fault.allCases.map(\.rawValue).filter(cases.contains)
        writer.blank()
        renderInitializer(known, into: &writer)
        writer.blank()
        renderFault(known, of: enumeration, into: &writer)
        guard describesItself, !hasOwnDescription else { return }
        writer.blank()
        renderDescription(into: &writer)
    }

    /// Whether the message gets a `description` with its code and its text.
    ///
    /// It gets none if the first field has the name `description`, or if a field is secret: then ``SecretRenderer``
    /// renders the description.
    var describesItself: Bool {
        message.fields.count == 2 && message.fields[0].name.value != "description"
            && !message.fields.contains(where: \.isSecret)
    }

    /// Whether the field with the text has the name `description`.
    private var hasOwnDescription: Bool { message.fields[1].name.value == "description" }

    private func renderDescription(into writer: inout SourceWriter) {
        let (code, text) = (fields[0].value(), fields[1].value())
        writer.documentation("The code and the text, in one line.")
        writer.block("\(spec.access)var description: String") { writer in
            writer.line("\(text).isEmpty ? \"\\(\(code))\" : \"\\(\(code)): \\(\(text))\"")
        }
    }

    private func renderInitializer(_ known: [String], into writer: inout SourceWriter) {
        let properties = fields.map { $0.value(besides: ["fault", "detail"]) }
        writer.documentation("The message for `fault`, with `detail` as its text.")
        writer.block("\(spec.access)init(_ fault: Fault, detail: String)") { writer in
            let named = known.filter { $0 != Fault.internal.rawValue }
            if named.isEmpty {
                writer.line("\(properties[0]) = .\(Fault.internal.rawValue)")
            } else {
                writer.line("switch fault {")
                for name in named { writer.line("case .\(name): \(properties[0]) = .\(name)") }
                writer.line("default: \(properties[0]) = .\(Fault.internal.rawValue)")
                writer.line("}")
            }
            writer.line("\(properties[1]) = detail")
        }
    }

    private func renderFault(_ known: [String], of enumeration: EnumSpec, into writer: inout SourceWriter) {
        writer.documentation("The fault that the code reports; `nil` if the code reports none.")
        writer.block("\(spec.access)var fault: Fault?") { writer in
            writer.line("switch \(fields[0].value()) {")
            for name in known { writer.line("case .\(name): .\(name)") }
            if !enumeration.isClosed || known.count < enumeration.cases.count { writer.line("default: nil") }
            writer.line("}")
        }
    }
}
