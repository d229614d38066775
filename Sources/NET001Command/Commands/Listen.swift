import ArgumentParser
import Foundation
import NET001
import Switchboard

struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what the server sends without being asked, until interrupted (Ctrl-C).",
        discussion: "Exits with 1 when the server closes the connection, unless it is told to reconnect."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: [.short, .long], help: "How many messages to print; without it, until interrupted.")
    var count: Int?

    @Flag(help: "Connect again when the connection breaks, as often as it takes.")
    var reconnect = false

    func validate() throws {
        guard count ?? 1 >= 1 else { throw ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        try await connection.withClient(reconnects: reconnect) { client in
            let reports = Task {
                for await event in client.events { report(event) }
            }
            defer { reports.cancel() }
            var printed = 0
            for try await message in client.incoming {
                Terminal.print(line(for: message))
                printed += 1
                if printed == count { return }
            }
        }
    }

    private func report(_ event: ConnectionEvent) {
        switch event {
        case .connected(let address): Terminal.print("listening to \(address)", to: .standardError)
        case .disconnected(let reason, retryingIn: let delay?):
            Terminal.print("\(reason); trying again in \(delay.inMilliseconds)", to: .standardError)
        case .disconnected(_, retryingIn: nil): break
        case .droppingMessages:
            Terminal.print("messages are lost: they come faster than they are printed", to: .standardError)
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
}
