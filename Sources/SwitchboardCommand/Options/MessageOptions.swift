internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardSpec

/// The message that a verb sends or encodes.
struct MessageOptions: ParsableArguments {
    @Argument(
        help: .init(
            "The name of a message; with --messages, the name for objects that do not have one.",
            valueName: "MESSAGE"
        )
    )
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
        try words.messages(for: spec)
    }

    private var words: MessageWords {
        get throws {
            if let messages {
                // The first word of the values is taken for the name of a message.
                guard fields.isEmpty, header.isEmpty, message?.contains("=") != true else {
                    throw ValidationError("--messages has all values: remove FIELD=VALUE and --header")
                }
                return .file(messages, message: message)
            }
            guard let message else { throw ValidationError("the name of a message is missing") }
            return .message(message, fields: fields, header: header)
        }
    }
}
