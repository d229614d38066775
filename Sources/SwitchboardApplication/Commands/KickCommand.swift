public import ArgumentParser
import FoundationEssentials
import Switchboard
import SwitchboardVocabulary

/// The command `kick`: closes one connection of a running server, or all connections of a user.
public struct KickCommand: AsyncParsableCommand {
    /// The name and the help of the command.
    public static let configuration = CommandConfiguration(
        commandName: "kick",
        abstract: "Close one connection of a running server, or all connections of a user.",
        usage: OperatorCommands.usage(of: "kick"),
        discussion: """
            Requires the server's token: --admin-token-file. Clients receive the output that is pending for them, and may \
            connect again. With a backplane, the command closes connections of this server only. status --json and top show \
            the numbers of connections.
            """
    )

    @OptionGroup(title: "Metrics") var endpoint: EndpointOptions

    @Option(Setting("connection", nil, .atLeast(0), "Number of the connection to close."))
    var connection: Setting<Int>

    @Option(Setting("user", nil, "User whose connections are closed."))
    var user: Setting<String>

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Closes the connections.
    public func run() async throws {
        let (query, name) =
            switch (try connection.givenValue(), try user.givenValue()) {
            case (let id?, nil): ("connection=\(id)", "number \(id)")
            case (nil, let user?): ("user=\(Self.percentEncoded(user))", "user \(user.quoted)")
            default: throw ValidationError("kick requires either --connection or --user.")
            }
        let client = try endpoint.makeClient(for: "kick", token: .required)
        let answer = try await endpoint.ask { try await client.post("/close?\(query)") }
        guard let count = try? JSONDecoder().decode(AdminActions.Closed.self, from: Data(answer.body.utf8)).closed
        else { throw answer.refusal }
        guard count > 0 else { throw CommandError("no connection of this server has the \(name)") }
        try Terminal.print("closed \(count) connection\(count == 1 ? "" : "s")")
    }

    /// Returns `text` for a query: all bytes but letters and digits as `%41`.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
