import ArgumentParser
import Foundation
import NET001
import Switchboard

struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what the server sends without being asked, until interrupted (Ctrl-C).",
        discussion: "Exits with 1 when the server closes the connection."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: [.short, .long], help: "How many messages to print; without it, until interrupted.")
    var count: Int?

    func validate() throws {
        guard count ?? 1 >= 1 else { throw ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        try await connection.withClient { client in
            Terminal.print("listening to \(client.remoteAddress)", to: .standardError)
            var printed = 0
            for await message in client.incoming {
                Terminal.print(line(for: message))
                printed += 1
                if printed == count { return }
            }
            throw ServerClosed()
        }
    }

    private func line(for message: any Message) -> String {
        switch message {
        case let broadcast as NET001.Broadcast: "BROADCAST \(broadcast.message.printable)"
        case let data as NET001.Data: "DATA \(data.data.printable)"
        case let error as NET001.Error: "ERROR \(error.code): \(Bytes(utf8: error.message).printable)"
        default: "\(type(of: message).name)"
        }
    }

    private struct ServerClosed: Error, CustomStringConvertible {
        var description: String { "the server closed the connection" }
    }
}
