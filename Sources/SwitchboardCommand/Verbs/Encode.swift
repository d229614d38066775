internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Makes a frame: `switchboard encode SPEC MESSAGE FIELD=VALUE …`.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the frame of a message, in hexadecimal or as bytes.",
        discussion: """
            A field without a value has its default. Lengths, counts and checksums follow from the values.

            Example: switchboard encode protocol.yaml Echo data=hello
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var message: MessageOptions

    @Option(
        help: .init(
            """
            The end that sends a message which either end may send, where its frames differ; by default the client, or what a \
            file says.
            """,
            valueName: "END"
        )
    )
    var from: SendingEnd?

    @Flag(help: "Write the bytes themselves, in place of hexadecimal digits.")
    var raw = false

    @Flag(help: "Process each line of the file by itself.")
    var lines = false

    func validate() throws {
        guard lines else { return }
        if message.messages == nil { throw ValidationError("--lines needs --messages") }
        if raw { throw ValidationError("--lines prints hexadecimal digits: remove --raw") }
    }

    func run() throws {
        let spec = try spec.read()
        let input = MessageInput(spec)
        if lines, let path = message.messages { return try encodeLines(of: FileInput(path), input) }
        var frames: [[UInt8]] = []
        do {
            for message in try message.read(spec) { frames.append(try frame(message, input)) }
        } catch let problem as MessageInput.Problem {
            throw VerbFailure(problem.message)
        }
        for frame in frames {
            if raw { try StandardOutput.write(frame) } else { try StandardOutput.write(frame.hexadecimal) }
        }
    }

    private func frame(_ message: MessageInput.Message, _ input: MessageInput) throws(MessageInput.Problem) -> [UInt8] {
        guard let end = from?.sender else { return try input.frame(message) }
        guard message.message.sender.includes(end) else {
            let text =
                "`\(message.message.name.value)` is a message of the \(message.message.sender.rawValue): remove --from"
            throw MessageInput.Problem(message: text)
        }
        return try input.frame(message.sent(by: end))
    }

    /// Prints the frame of the message on each line of `file`, or the reason why there is none.
    private func encodeLines(of file: FileInput, _ input: MessageInput) throws {
        var lines = LineInput(file)
        var wrong = 0
        while let line = try lines.next() {
            var output = ""
            do throws(MessageInput.Problem) {
                for message in try input.messages(json: line, named: message.message) {
                    output += try frame(message, input).hexadecimal
                }
            } catch {
                output = "error: \(error.message)"
                wrong += 1
            }
            try StandardOutput.write(output)
        }
        guard wrong == 0 else {
            let what = "\(wrong) of \(lines.count) messages cannot be encoded"
            throw VerbFailure(what)
        }
    }
}

/// The value of `--from` of `encode`: the end that sends a message.
enum SendingEnd: String, CaseIterable, ExpressibleByArgument {
    case client, server

    var sender: Sender {
        switch self {
        case .client: .client
        case .server: .server
        }
    }
}
