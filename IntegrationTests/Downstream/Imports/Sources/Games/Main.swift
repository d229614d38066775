import NET001
import Rooms
import Switchboard

struct Mover: Games.MoveHandler {
    func handle(_ message: Games.Move, context: Context) throws -> Rooms.Joined {
        Rooms.Joined(members: ["Ada", "Ben"], last: .unknown)
    }
}

@main
struct Main {
    static func main() async throws {
        var router = Router(Games.self)
        router.registerNET001()
        router.register(Mover())
        router.on(Rooms.Join.self) { join, _ in Rooms.Joined(members: [join.room], last: .internal) }
        router.on(Rooms.Beat.self) { _, _ in NET001.Pong(timestamp: 7) }
        let server = try Server(router, configuration: .init(port: 0))
        let running = Task { try await server.run() }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Games.self)
        print(try await client.request(Games.Move()))
        print(try await client.request(Rooms.Beat()))
        if try await client.ping() > .zero { print("ping answered") }
        if try await client.authenticate(username: "Ada", token: "any") != nil { print("authenticated") }
        print(try await client.request(Rooms.Join(room: lobby)))
        await client.close()
        running.cancel()
    }
}
