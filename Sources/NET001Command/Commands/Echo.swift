import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a text in ECHO, and print the reply.",
        usage: "net001 echo [<options>] <text>"
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Argument(help: "Text to send, at most 65535 bytes of UTF-8.")
    var text: String

    func run() async throws {
        _ = try connection.resolve()
        let reply = try await connection.exchange(as: try user.resolve()) { [text] client in
            try await client.echo(Bytes(utf8: text))
        }
        try Terminal.print(reply.visible)
    }
}
