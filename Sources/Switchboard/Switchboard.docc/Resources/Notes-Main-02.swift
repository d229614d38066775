import Switchboard

@main
struct Main {
    static func main() async throws {
        try await Server(makeRouter(), configuration: .init(port: 5003)).run()
    }

    static func makeRouter() -> Router {
        var router = Router(Notes.self)
        router.register(Librarian(book: Book()))
        return router
    }
}
