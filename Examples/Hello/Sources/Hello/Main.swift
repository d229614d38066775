import Switchboard

@main
struct Main {
    static let port = 5001

    static func main() async throws {
        if CommandLine.arguments.count > 1 {
            try await greet(CommandLine.arguments[1])
        } else {
            try await Server(makeRouter(), configuration: .init(port: port)).run()
        }
    }

    static func makeRouter() -> Router {
        var router = Router(Hello.self)
        router.register(Greeter())
        router.register(Waver())
        return router
    }

    static func greet(_ name: String) async throws {
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Hello.self)
        print(try await client.request(Hello.Greet(name: name, shouting: false)).text)
        await client.close()
    }
}
