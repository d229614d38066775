import ArgumentParser
import Foundation
import NET001
import Switchboard

/// `chat join`: runs the client.
struct Enter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Enters a room. /quit or Ctrl-D leaves it."
    )

    @OptionGroup var server: ServerAddress

    @Option(help: "Your name.")
    var name: String

    @Option(help: "The room.")
    var room = "lobby"

    @Option(help: "Token for the name, if the server has a file of credentials.")
    var token = "anyone"

    func run() async throws {
        let screen = Screen()
        let visit = Visit(room: room)
        var configuration = ClientConfiguration()
        configuration.reconnect = ReconnectPolicy()
        configuration.onConnect = { client in
            guard try await client.authenticate(username: name, token: token) != nil else { throw Refused(name: name) }
            let joined = try await client.request(Chat.Join(room: visit.room))
            screen.show(joined, in: visit.room)
        }
        let client = try await Client.connect(
            host: server.host,
            port: server.port,
            speaking: Chat.self,
            configuration: configuration
        )
        try client.on(Chat.Heard.self) { screen.show($0.line) }
        try client.on(Chat.Moved.self) { screen.show($0) }
        let watching = Task { await watch(client.events, screen) }
        await talk(over: client, screen, visit)
        watching.cancel()
        await client.close()
        screen.close()
    }

    private func talk(over client: Client, _ screen: Screen, _ visit: Visit) async {
        for await line in screen.lines {
            do {
                switch Command(line) {
                case .nothing: break
                case .quit: return
                case .help: screen.print(Command.usage)
                case .who:
                    let members = try await client.request(Chat.Who(), timeout: .seconds(5))
                    screen.print(members.names.joined(separator: ", "))
                case .join(let room):
                    let joined = try await client.request(Chat.Join(room: room))
                    visit.room = room
                    screen.show(joined, in: room)
                case .say(let text):
                    let said = try await client.request(Chat.Say(text: text))
                    screen.show(Chat.Line(time: said.time, name: name, text: text))
                }
            } catch let error as NET001.Error {
                screen.print(error.message)
            } catch {
                screen.print("\(error)")
            }
        }
    }

    /// Reports once that the connection is lost, not for each attempt to reconnect.
    private func watch(_ events: ConnectionEvents, _ screen: Screen) async {
        var isLost = false
        for await event in events {
            switch event {
            case .disconnected:
                if !isLost { screen.show(event) }
                isLost = true
            case .connected: isLost = false
            case .droppingMessages: screen.show(event)
            }
        }
    }

    private struct Refused: Error, CustomStringConvertible {
        let name: String

        var description: String { "the server refuses the token of \(name)" }
    }
}
