internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Answers requests in place of a server: `switchboard mock SPEC --listen HOST:PORT`.
struct Mock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run a server that answers requests from rules and from the examples of a spec, until interrupted (Ctrl-C).",
        discussion: """
            A request gets the first example of its reply that has the values of the request in the fields that both have. Without \
            such an example, the reply has these values, and the default or the zero value in its other fields; if that is no valid \
            reply, it is the first example. A malformed frame closes its connection.

            Example: switchboard mock protocol.yaml --listen localhost:6001 --reply 'Echo: EchoReply data=hello'
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var options: ListenOptions
    @OptionGroup var tls: ListenTLSOptions

    @Option(
        help: .init(
            """
            Answer a request with a message: 'Greet: Greeting text=hi', with values as for `encode`, and quotes as in a shell. \
            Repeat it for more; a request with several gets all of them, in order.
            """,
            valueName: "RULE"
        )
    )
    var reply: [String] = []

    func run() async throws {
        let spec = try spec.read()
        let answers: MockAnswers
        do { answers = try MockAnswers(spec, rules: reply, MessageWords.input(for: spec)) } catch {
            throw VerbFailure(error.message)
        }
        let tls = try ListenTLS(try tls.configuration(), MockConnection.limits)
        let serving = try ServingLoop(label: "switchboard.mock")
        let dissector = FrameDissector(spec, showsSecrets: options.showSecrets)
        let printer = try TrafficPrinter(dissector, options, whenFailed: serving.fail)
        let server = MockServer(on: serving.loop, tls, dissector, answers, printer)
        try await serving.run(at: options.listen) { server.accept($0, $1) }
        await printer.finish()
    }
}
