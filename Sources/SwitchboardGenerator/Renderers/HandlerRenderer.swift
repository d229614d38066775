internal import SwitchboardSpec

/// Renders the protocol that handlers of a message adopt.
struct HandlerRenderer {
    private let spec: CheckedSpec
    private let message: MessageSpec

    init(_ spec: CheckedSpec, _ message: MessageSpec) {
        self.spec = spec
        self.message = message
    }

    func render(into writer: inout SourceWriter) {
        guard spec.isHandled(message) else { return }
        let (name, namespace) = (message.name.value, spec.namespace)
        let result =
            message.reply.map { reply in
                " -> \(spec.importedNamespace(of: reply.value) ?? namespace).\(reply.value)"
            } ?? ""
        let summary = message.reply.map { "Handles ``\(name)`` and answers with ``\($0.value)``." }
        writer.blank()
        writer.documentation(
            summary ?? "Handles ``\(name)``, which has no reply.",
            "Write `func handle(_ message: \(namespace).\(name), context: Context) async throws\(result)`, or the same "
                + "without `async` if it does not wait."
        )
        renderDeprecation(of: message, into: &writer)
        let kind = message.reply == nil ? "OneWayHandler" : "RequestHandler"
        writer.line(
            "\(spec.access)protocol \(name)Handler: \(kind) where Input == \(spec.reference(to: name)) {}"
        )
    }
}
