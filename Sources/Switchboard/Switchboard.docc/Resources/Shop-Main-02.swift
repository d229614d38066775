import Switchboard

@main
struct Main {
    static func main() async throws {
        try await Server(makeRouter(), configuration: .init(port: 5002)).run()
    }

    static func makeRouter() -> Router {
        var router = Router(Shop.self)
        router.on(Shop.Order.self) { order, context in
            guard order.item != 13 else {
                throw Shop.Problem(code: .soldOut, text: "the item is sold out")
            }
            return Shop.Ordered(order: .random(in: 1...1000))
        }
        router.register(Canceller())
        return router
    }
}
