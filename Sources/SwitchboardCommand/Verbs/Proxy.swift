internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardTransport

/// Shows the messages between clients and a server: `switchboard proxy SPEC --listen HOST:PORT --connect HOST:PORT`.
struct Proxy: AsyncParsableCommand {
    /// The time to look up the server's host.
    private static let lookUpTime = Duration.seconds(10)

    static let configuration = CommandConfiguration(
        abstract: "Pass bytes between clients and a server, and print the messages, until interrupted (Ctrl-C).",
        discussion: """
            Bytes pass unchanged, unless --delay, --drop or --corrupt name a message. If the bytes of an end cannot be decoded, the \
            proxy says so once, and passes them on. With --tls and --listen-cert, it decrypts what it passes on: the capture has the \
            plain bytes.

            Example: switchboard proxy protocol.yaml --listen localhost:7001 --connect localhost:6001 --write traffic.pcapng
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var options: ListenOptions
    @OptionGroup var listenTLS: ListenTLSOptions

    @Option(
        help: .init("The server: a host name or an address, and a TCP port.", valueName: "HOST:PORT"),
        transform: ServerAddress.value
    )
    var connect: ServerAddress

    @OptionGroup var connectTLS: ConnectTLSOptions

    @Option(
        help: .init(
            "Write what clients and server send to a capture in the format pcapng, for Wireshark.",
            valueName: "FILE"
        ),
        completion: .file(extensions: ["pcapng"])
    )
    var write: String?

    @Option(
        help: .init(
            "Delay a message, and what the same end sends after it, by milliseconds; repeat it for more.",
            valueName: "MESSAGE=MS"
        ),
        transform: MessageDelay.value
    )
    var delay: [MessageDelay] = []

    @Option(help: .init("Drop a message; repeat it for more.", valueName: "MESSAGE"))
    var drop: [String] = []

    @Option(help: .init("Change a bit of a message; repeat it for more.", valueName: "MESSAGE"))
    var corrupt: [String] = []

    func run() async throws {
        let checked = try spec.read()
        let rules: ProxyRules
        do { rules = try ProxyRules(checked, delays: delay, drop: drop, corrupt: corrupt) } catch {
            throw VerbFailure(error.message)
        }
        let tls = try ProxyTLS(try listenTLS.configuration(), try connectTLS.configuration(), to: connect.host)
        let addresses = try await SocketAddress.resolve(host: connect.host, port: connect.port, within: Self.lookUpTime)
        let serving = try ServingLoop(label: "switchboard.proxy")
        let dissector = FrameDissector(checked, showsSecrets: options.showSecrets)
        let printer = try TrafficPrinter(dissector, options, whenFailed: serving.fail)
        let inputs = [spec.spec] + spec.imports.map(\.path)
        let server = ProxyServer(on: serving.loop, to: addresses, tls, dissector, rules, printer)
        try await serving.run(
            at: options.listen,
            prepare: {
                server.capture = try write.map { try CaptureWriter($0, inputs: inputs, whenFailed: serving.fail) }
            },
            accept: { server.accept($0, $1) }
        )
        await printer.finish()
    }
}
