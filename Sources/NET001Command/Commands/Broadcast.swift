import ArgumentParser
import NET001
import Switchboard

struct Broadcast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a text to every other client of the server.",
        discussion: "Run 'net001 listen' elsewhere to see it arrive."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The text; at most 65535 bytes of UTF-8.")
    var text: String

    func run() async throws {
        try await connection.withClient { client in
            try await client.broadcast(Bytes(utf8: text))
            // BROADCAST has no answer. Once PING, sent after it, has one, the server has taken it.
            _ = try await client.ping()
        }
    }
}
