internal import ArgumentParser
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

    @Option(help: .init("The number of messages to wait for, in place of the reply.", valueName: "N"))
    var count: Int?

    @OptionGroup var output: FrameOutputOptions

    func validate() throws {
        if let count, count < 0 { throw ValidationError("--count must be at least 0") }
    }

    func run() async throws {
        let spec = try spec.read()
        let input = MessageInput(spec)
        var requests: [(message: MessageSpec, frame: [UInt8])] = []
        do {
            for message in try message.read(spec) {
                guard message.message.sender != .server else {
                    let text = "`\(message.message.name.value)` is a message of the server: name one that clients send"
                    throw MessageInput.Problem(message: text)
                }
                requests.append((message.message, try input.frame(message)))
            }
        } catch let problem as MessageInput.Problem {
            throw SpecMistakes(lines: ["switchboard: error: \(problem.message)"])
        }
        // Until a server has read a message without a reply, its bytes may be lost if the connection is reset.
        let awaitsReply = count.map { $0 > 0 } ?? (requests.last?.message.reply != nil)
        let connection = try await server.connection(lingers: !awaitsReply)
        do {
            try await exchange(requests, spec, over: connection)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    private func exchange(
        _ requests: [(message: MessageSpec, frame: [UInt8])],
        _ spec: CheckedSpec,
        over connection: RawConnection
    ) async throws {
        let dissector = FrameDissector(spec, showsSecrets: output.showSecrets)
        var conversation = Conversation(connection, dissector)
        var printer = output.printer(dissector)
        for (message, frame) in requests {
            let number = conversation.send(frame)
            guard count == nil, let reply = message.reply?.value else { continue }
            let deadline = ReplyDeadline(server.duration)
            while true {
                let found = try await next(in: &conversation, before: deadline, &printer)
                let name = found.frame.message?.name.value
                guard number == nil || found.frame.correlation == number else { continue }
                if name == spec.errorMessage?.name.value {
                    throw SpecMistakes(lines: ["switchboard: error: the server answered with `\(name ?? "")`"])
                }
                if name == reply { break }
            }
        }
        for _ in 0..<(count ?? 0) {
            _ = try await next(in: &conversation, before: ReplyDeadline(server.duration), &printer)
        }
    }

    /// Prints the next frame of the server, and returns it.
    private func next(
        in conversation: inout Conversation,
        before deadline: ReplyDeadline,
        _ printer: inout FramePrinter
    ) async throws -> StreamDecoder.Found {
        guard let found = try await conversation.next(before: deadline) else {
            throw SpecMistakes(lines: ["switchboard: error: the server ended the connection without a reply"])
        }
        try printer.print(found)
        if found.frame.problem != nil {
            throw SpecMistakes(lines: ["switchboard: error: the server sent a malformed frame"])
        }
        return found
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

    @Option(help: .init("The number of messages to wait for; without it, there is no limit.", valueName: "N"))
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
                throw SpecMistakes(lines: ["switchboard: error: the server ended the connection"])
            }
            try printer.print(found)
            if found.frame.problem != nil {
                throw SpecMistakes(lines: ["switchboard: error: the server sent a malformed frame"])
            }
            printed += 1
        }
    }
}

/// How a verb prints frames.
struct FrameOutputOptions: ParsableArguments {
    @Flag(help: "Print JSON objects, each on a line of its own.")
    var json = false

    @Flag(help: "Show the values of fields with `secret`.")
    var showSecrets = false

    /// A printer of frames that `dissector` takes apart.
    func printer(_ dissector: FrameDissector) -> FramePrinter {
        FramePrinter(dissector, json: json, showsSecrets: showSecrets)
    }
}
