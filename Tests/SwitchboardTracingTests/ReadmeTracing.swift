#if Tracing
import InMemoryTracing
import Switchboard
import SwitchboardTracing
import TestSupport
import Testing
import Tracing

/// The code of the pages: a server and a client with spans.
private struct TracedMarket {
    var router = Router(Market.self)
    var configuration = ClientConfiguration()

    init() {
        router.use(.tracing(serverAddress: "market.example", serverPort: 5001))
        configuration.useTracing()
    }
}

@Suite("The tracing that the pages show", .timeLimit(.minutes(Patience.minutes)))
struct ReadmeTracing {
    @Test("runs with and without a tracer, and a handler is called in its span")
    func spans() async throws {
        let tracer = W3CTracer()
        var market = TracedMarket()
        market.router.on(Market.Buy.self) { message, _ in
            withSpan("charge") { span in
                span.attributes["item"] = message.item
                return Market.Bought(price: 3)
            }
        }
        let configuration = market.configuration
        try await withServer(market.router) { _, port in
            let client = try await Client.connect(
                host: "127.0.0.1",
                port: port,
                speaking: Market.self,
                configuration: configuration
            )
            let bought = try await client.request(Market.Buy(item: "tea"))
            #expect(bought.price == 3)
            _ = try await withTracer(tracer) { try await client.request(Market.Buy(item: "tea")) }
            await client.close()
        }
        #expect(tracer.spans.map(\.operationName) == ["Market/Buy"])
    }
}
#endif
