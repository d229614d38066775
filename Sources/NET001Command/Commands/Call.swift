import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication
import SwitchboardCalling
import SwitchboardSpec

struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a message of the protocol, and print the reply.",
        usage: "net001 call [<options>] [<message>] [<field=value> ...]",
        discussion: """
            Values are written as in timestamp=5, data=hello, data=0xff00 for hexadecimal digits, or data=@FILE for the \
            content of a file. With --messages, each message is sent after the reply to the one before. Exits with 1 \
            when the server answers ERROR, or sends no reply.

            Example: net001 call Echo data=hello
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(
        Setting(
            "messages",
            nil,
            """
            File with messages to send, JSON objects such as {"message": "Ping", "fields": {"timestamp": 5}}; \
            - reads standard input.
            """
        )
    )
    var messages: Setting<String>

    @Option(Setting("count", nil, .atLeast(1), "Messages to wait for, in place of the reply."), short: "c")
    var count: Setting<Int>

    @Flag(help: "Print JSON objects, each on a line of its own.")
    var json = false

    @Argument(help: "Name of the message.", completion: .list(BundledSpec.namesOfRequests))
    var message: String?

    @Argument(
        help: ArgumentHelp("Values of its fields.", valueName: "field=value"),
        completion: .custom(BundledSpec.fieldsOfMessage)
    )
    var fields: [String] = []

    func run() async throws {
        let deadline = ReplyDeadline(try connection.resolve().timeout)
        let credentials = try user.resolve()
        let spec = try BundledSpec.read()
        let call = try ServerCall(
            try words.messages(for: spec),
            spec,
            count: try count.givenValue(),
            within: deadline.timeout
        )
        let raw = try await connection.rawConnection(lingers: !call.awaitsReply, before: deadline)
        // No message of the server has secrets.
        let dissector = FrameDissector(spec)
        var conversation = Conversation(raw, dissector)
        var printer = FramePrinter(dissector, json: json, showsSecrets: false) { try Terminal.print($0) }
        do {
            try await credentials?.authenticate(over: &conversation, before: deadline)
            try await call.run(over: &conversation, before: deadline, &printer)
            await raw.close()
        } catch {
            await raw.close()
            throw (error as? ErrorAnswer)?.frame.errorMessage ?? error
        }
    }

    private var words: MessageWords {
        get throws {
            if let file = try messages.givenValue() {
                guard fields.isEmpty else {
                    throw ValidationError("--messages has all values: remove \(fields[0].quoted).")
                }
                return .file(file, message: message)
            }
            guard let message else { throw ValidationError("Missing the name of a message, such as Ping.") }
            return .message(message, fields: fields, header: [])
        }
    }
}
