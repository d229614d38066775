import ArgumentParser
import NET001
import Switchboard

struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Send a text, and print what comes back.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The text; at most 65535 bytes of UTF-8.")
    var text: String

    func run() async throws {
        let reply = try await connection.withClient { try await $0.echo(Bytes(utf8: text)) }
        Terminal.print(reply.printable)
    }
}
