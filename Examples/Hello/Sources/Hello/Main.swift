import Switchboard

@main
struct Main {
    static func main() async throws {
        try await Server(makeRouter(), configuration: .init(port: 5001)).run()
    }

    static func makeRouter() -> Router {
        var router = Router(Hello.self)
        router.register(Greeter())
        router.register(Waver())
        return router
    }
}
