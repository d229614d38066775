#if Tracing
import InMemoryTracing
import Switchboard
import SwitchboardTracing
import TestSupport
import Testing
import Tracing

@Suite("The spans of a request that the server sends", .timeLimit(.minutes(Patience.minutes)))
struct PeerRequestSpanTests {
    private let tracer = W3CTracer()

    /// A router whose handler of Buy asks the client, and waits for its reply for `timeout`.
    private func router(timeout: Duration = .seconds(Patience.seconds)) -> Router {
        var router = Router(Market.self)
        router.use(.tracing(tracer))
        router.on(Market.Buy.self) { message, context in
            let confirmed = try await context.request(Market.Confirm(item: message.item), timeout: timeout)
            return Market.Bought(price: confirmed.isAccepted ? 3 : 0)
        }
        return router
    }

    @Test("are children of the handler's span, one at the server and one at the handler of the client")
    func parents() async throws {
        try await withServer(router()) { _, port in
            try await withClient(port, tracer) { client in
                try client.on(Market.Confirm.self) { message in
                    tracer.withSpan("looking") { _ in Market.Confirmed(isAccepted: message.item == "tea") }
                }
                let bought = try await client.request(Market.Buy(item: "tea"))
                #expect(bought.price == 3)
            }
            let names = ["looking", "Market/Confirm", "Market/Confirm", "Market/Buy", "Market/Buy"]
            #expect(tracer.spans.map(\.operationName) == names)
            #expect(tracer.spans.map(\.kind) == [.internal, .server, .client, .server, .client])
            #expect(Set(tracer.spans.map(\.traceID)).count == 1)
            for (child, parent) in zip(tracer.spans, tracer.spans.dropFirst()) {
                #expect(child.parentSpanID == parent.spanID)
            }
            let asking = tracer.spans[2].facts
            #expect(asking.contains("rpc.service=Market"))
            #expect(asking.contains("rpc.method=Confirm"))
            #expect(asking.contains("server.address=127.0.0.1"))
            let answering = tracer.spans[1].facts
            #expect(answering.contains("network.peer.port=\(port)"))
            #expect(!answering.contains { $0.hasPrefix("server.") })
        }
    }

    @Test("have the error with which the client replies")
    func error() async throws {
        try await withServer(router()) { _, port in
            try await withClient(port, tracer) { client in
                try client.on(Market.Confirm.self) { _ in throw Market.Problem(code: .soldOut, text: "no") }
                await #expect(throws: Market.Problem.self) { try await client.request(Market.Buy(item: "tea")) }
            }
        }
        for kind in [SpanKind.server, .client] {
            let span = await tracer.span("Market/Confirm", kind)
            #expect(span.errorType == "Problem")
            #expect(span.problem == "soldOut: no")
        }
    }

    @Test("end with the timeout of the request")
    func timeout() async throws {
        try await withServer(router(timeout: .milliseconds(20))) { _, port in
            try await withClient(port, tracer) { client in
                await #expect(throws: Market.Problem.self) { try await client.request(Market.Buy(item: "tea")) }
            }
        }
        let span = await tracer.span("Market/Confirm", .client)
        #expect(span.errorType == "timeout")
        #expect(span.problem == "the peer did not reply in time")
    }

    @Test("do not exist at a client without tracing, whose handler gets the context in the message")
    func plainClient() async throws {
        let parents = Recorded<String?>()
        try await withServer(router()) { _, port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Market.self)
            try client.on(Market.Confirm.self) { message in
                parents.add(message.parent)
                return Market.Confirmed(isAccepted: true)
            }
            _ = try await client.request(Market.Buy(item: "tea"))
            await client.close()
        }
        let span = await tracer.span("Market/Confirm", .client)
        #expect(parents.values == ["00-\(span.traceID)-\(span.spanID)-01"])
        #expect(tracer.spans.map(\.kind) == [.client, .server])
    }

    @Test("belong to the code outside handlers that sends it")
    func outsideHandlers() async throws {
        let connections = Recorded<any Connection>()
        var router = router()
        router.onConnect { context in connections.add(context.connection) }
        try await withServer(router) { _, port in
            try await withClient(port, tracer) { client in
                try client.on(Market.Confirm.self) { _ in Market.Confirmed(isAccepted: true) }
                while connections.values.isEmpty { await Task.yield() }
                try await tracer.withSpan("closing time") { _ in
                    let message = Market.Confirm(item: "tea")
                    _ = try await connections.values[0].request(message, timeout: .seconds(Patience.seconds))
                }
            }
        }
        let outer = await tracer.span("closing time", .internal)
        let sent = await tracer.span("Market/Confirm", .client)
        #expect(sent.parentSpanID == outer.spanID)
    }

    @Test("a message without a reply has a span at the handler of the client, with the context that it carries")
    func oneWay() async throws {
        var router = Router(Market.self)
        let trace = String(repeating: "c", count: 32)
        let parent = "00-\(trace)-\(String(repeating: "d", count: 16))-01"
        router.on(Market.Look.self) { _, context in
            try context.send(Market.Offer(parent: parent, item: "tea"))
            return Market.Looked(count: 1)
        }
        try await withServer(router) { _, port in
            try await withClient(port, tracer) { client in
                try tracer.withSpan("registration") { _ in try client.on(Market.Offer.self) { _ in } }
                _ = try await client.request(Market.Look(item: "tea"))
                let span = await tracer.span("Market/Offer", .server)
                #expect(span.traceID == trace)
                #expect(span.parentSpanID == String(repeating: "d", count: 16))
            }
        }
    }
}
#endif
