internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Sends messages to a server: `switchboard call SPEC MESSAGE FIELD=VALUE … --connect HOST:PORT`.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a message to a server, and print its reply.",
        discussion: """
            With --messages, several messages are sent one after another, each after the reply to the one before. The exit status \
            is 1 if the server sends the protocol's error, or no reply.

            Example: switchboard call protocol.yaml Echo data=hello --connect localhost:6001
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var message: MessageOptions
    @OptionGroup var server: ServerOptions

    @Option(
        parsing: .unconditional,
        help: .init("The number of messages to wait for, in place of the reply.", valueName: "N")
    )
    var count: Int?

    @OptionGroup var output: FrameOutputOptions

    func validate() throws {
        if let count, count < 0 { throw ValidationError("--count must be at least 0") }
    }

    func run() async throws {
        let spec = try spec.read()
        let call = try ServerCall(try message.read(spec), spec, count: count, within: server.duration)
        let connection = try await server.connection(lingers: !call.awaitsReply)
        let dissector = FrameDissector(spec, showsSecrets: output.showSecrets)
        var conversation = Conversation(connection, dissector)
        var printer = output.printer(dissector)
        do {
            try await call.run(over: &conversation, &printer)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// Prints what a server sends: `switchboard listen SPEC --connect HOST:PORT`.
struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect to a server, and print the messages that it sends, until interrupted (Ctrl-C).",
        discussion: """
            The exit status is 1 if the server ends the connection before --count messages, or sends a malformed frame.

            Example: switchboard listen protocol.yaml --connect localhost:6001
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var server: ServerOptions

    @Option(
        parsing: .unconditional,
        help: .init("The number of messages to wait for; without it, there is no limit.", valueName: "N")
    )
    var count: Int?

    @OptionGroup var output: FrameOutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
    }

    func run() async throws {
        let spec = try spec.read()
        let connection = try await server.connection(lingers: false)
        do {
            try await listen(spec, over: connection)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    private func listen(_ spec: CheckedSpec, over connection: RawConnection) async throws {
        let dissector = FrameDissector(spec, showsSecrets: output.showSecrets)
        var conversation = Conversation(connection, dissector)
        var printer = output.printer(dissector)
        var printed = 0
        while printed != count {
            guard let found = try await conversation.next(before: nil) else {
                throw VerbFailure("the server ended the connection")
            }
            try printer.print(found)
            if found.frame.problem != nil {
                throw VerbFailure("the server sent a malformed frame")
            }
            printed += 1
        }
    }
}
