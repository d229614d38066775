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
                + "without `async` if the handler does not suspend."
        )
        renderDeprecation(of: message, into: &writer)
        let kind = message.reply == nil ? "OneWayHandler" : "RequestHandler"
        writer.line(
            "\(spec.access)protocol \(name)Handler: \(kind) where Input == \(spec.reference(to: name)) {}"
        )
    }
}

/// Renders the `Service` protocol, which has one method for each message that clients may send, except for replies to requests of the
/// server, and its registration.
struct ServiceRenderer {
    private let spec: CheckedSpec
    private let messages: [MessageSpec]

    init(_ spec: CheckedSpec) {
        self.spec = spec
        messages = spec.messages.filter { spec.isHandled($0) && !spec.answersServer($0) }
    }

    func render(into writer: inout SourceWriter) {
        guard !messages.isEmpty else { return }
        writer.blank()
        writer.block("nonisolated extension \(Identifier.escaped(spec.namespace))") { renderProtocol(into: &$0) }
        writer.blank()
        writer.block("nonisolated extension Router") { renderRegistration(into: &$0) }
    }

    private func renderProtocol(into writer: inout SourceWriter) {
        writer.documentation(
            "Handles every message that clients send, with one method for each.",
            "A type without one of the methods does not compile. Register the service with `router.register(_:)`."
        )
        writer.block("\(spec.access)protocol Service: Sendable") { writer in
            for (index, message) in messages.enumerated() {
                let name = message.name.value
                if index > 0 { writer.blank() }
                writer.documentation(
                    message.reply.map { "Answers ``\(name)`` with ``\($0.value)``." }
                        ?? "Handles ``\(name)``, which has no reply."
                )
                let result = message.reply.map { " -> \(spec.reference(to: $0.value))" } ?? ""
                writer.line(
                    "func \(Identifier.escaped(Identifier.method(for: name)))(_ message: \(spec.reference(to: name)), context: Context) "
                        + "async throws\(result)"
                )
            }
        }
    }

    private func renderRegistration(into writer: inout SourceWriter) {
        let namespace = Identifier.escaped(spec.namespace)
        writer.documentation("Registers the methods of `service` for every message that clients send.")
        writer.block("\(spec.access)mutating func register(_ service: some \(namespace).Service)") { writer in
            for message in messages {
                let type = "\(namespace).\(Identifier.member(message.name.value))"
                let method = Identifier.member(Identifier.method(for: message.name.value))
                writer.block("on(\(type).self)", parameters: "message, context in") { writer in
                    writer.line("try await service.\(method)(message, context: context)")
                }
            }
        }
    }
}
