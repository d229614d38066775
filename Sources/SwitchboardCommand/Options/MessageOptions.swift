internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// The message that a verb sends or encodes.
struct MessageOptions: ParsableArguments {
    /// The largest number of bytes of a file with messages, or that a value names: 64 MiB.
    private static let maximumFile = MessageInput.maximumJSON

    @Argument(help: .init("The name of a message.", valueName: "MESSAGE"))
    var message: String?

    @Argument(
        help: .init(
            """
            Values as in the examples of a spec: colour=red, text="two words", shapes=[dot], place.x=1. Bytes may be text, \
            data=0xff00, or the content of a file, data=@FILE.
            """,
            valueName: "FIELD=VALUE"
        )
    )
    var fields: [String] = []

    @Option(help: .init("The value of a field of the header; repeat it for more.", valueName: "FIELD=VALUE"))
    var header: [String] = []

    @Option(
        help: .init(
            "A file with messages to read, JSON objects as `decode --json` prints them; - is standard input.",
            valueName: "FILE"
        ),
        completion: .file()
    )
    var messages: String?

    /// Returns the messages that the command line names: one, or those of a file.
    func read(_ spec: CheckedSpec) throws -> [MessageInput.Message] {
        let input = Self.input(for: spec)
        do {
            if let messages {
                guard fields.isEmpty, header.isEmpty else {
                    throw ValidationError("--messages has all values: remove FIELD=VALUE and --header")
                }
                return try input.messages(json: try Self.content(of: messages), named: message)
            }
            guard let message else { throw ValidationError("the name of a message is missing") }
            return [try input.message(message, fields: fields, header: header)]
        } catch let problem as MessageInput.Problem {
            if problem.isOfFile { throw FileError(problem.message) }
            throw SpecMistakes(lines: ["switchboard: error: \(problem.message)"])
        }
    }

    /// Returns the input for messages of `spec`, whose values may name files.
    static func input(for spec: CheckedSpec) -> MessageInput {
        MessageInput(spec) { field, path throws(MessageInput.Problem) in
            do { return try content(of: path) } catch {
                throw MessageInput.Problem(message: "`\(field)`: \(error)", isOfFile: true)
            }
        }
    }

    private static func content(of path: String) throws -> [UInt8] {
        let file = try FileInput(path)
        var bytes: [UInt8] = []
        while case let piece = try file.next(), !piece.isEmpty {
            bytes += piece
            guard bytes.count <= maximumFile else {
                throw FileError("cannot read \(file.name): it has more than \(maximumFile) bytes")
            }
        }
        return bytes
    }
}
