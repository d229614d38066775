import ArgumentParser
import NET001
import Switchboard

struct Broadcast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a text to every other client of the server.",
        usage: "net001 broadcast [<options>] <text>",
        discussion: "Run 'net001 listen' in another terminal to receive the text."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Argument(help: "Text to send, at most 65535 bytes of UTF-8.")
    var text: String

    func run() async throws {
        _ = try connection.resolve()
        try await connection.exchange(as: try user.resolve()) { [text] client in
            try await client.broadcast(Bytes(utf8: text))
            // BROADCAST has no reply. The reply to a PING after it shows that the server has handled it.
            _ = try await client.ping()
        }
    }
}
