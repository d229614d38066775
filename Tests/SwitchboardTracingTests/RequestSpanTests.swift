#if Tracing
import InMemoryTracing
import Switchboard
import SwitchboardTracing
import TestSupport
import Testing
import Tracing

@Suite("The spans of a request", .timeLimit(.minutes(Patience.minutes)))
struct RequestSpanTests {
    private let tracer = W3CTracer()

    @Test("are a child of the caller's span at the client, and a child of that span at the server")
    func parents() async throws {
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                try await tracer.withSpan("shopping") { _ in
                    let bought = try await client.request(Market.Buy(item: "tea"))
                    #expect(bought.price == 3)
                }
            }
        }
        #expect(tracer.spans.map(\.operationName) == ["Market/Buy", "Market/Buy", "shopping"])
        #expect(tracer.spans.map(\.kind) == [.server, .client, .internal])
        #expect(Set(tracer.spans.map(\.traceID)).count == 1)
        #expect(tracer.spans[0].parentSpanID == tracer.spans[1].spanID)
        #expect(tracer.spans[1].parentSpanID == tracer.spans[2].spanID)
        #expect(tracer.spans[2].parentSpanID == nil)
        #expect(tracer.spans.allSatisfy { $0.errors.isEmpty && $0.status == nil && $0.errorType == nil })
    }

    @Test("have the attributes of OpenTelemetry's conventions for RPC")
    func attributes() async throws {
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                _ = try await client.request(Market.Buy(item: "tea"))
            }
            let client = await tracer.span("Market/Buy", .client)
            #expect(
                client.facts == [
                    "network.peer.address=127.0.0.1", "network.peer.port=\(port)", "network.transport=tcp",
                    "rpc.method=Buy", "rpc.service=Market", "rpc.system=switchboard", "server.address=127.0.0.1",
                    "server.port=\(port)",
                ]
            )
            let server = await tracer.span("Market/Buy", .server)
            #expect(server.facts.contains { $0.hasPrefix("network.peer.port=") })
            #expect(
                server.facts.filter { !$0.hasPrefix("network.peer.port=") } == [
                    "network.peer.address=127.0.0.1", "network.transport=tcp", "rpc.method=Buy", "rpc.service=Market",
                    "rpc.system=switchboard", "server.address=market.example", "server.port=5001",
                ]
            )
        }
    }

    @Test("carry every value that the spec has a field for, in the message that the handler gets")
    func values() async throws {
        let seen = Recorded<Market.Buy>()
        var router = Router(Market.self)
        router.on(Market.Buy.self) { message, _ in
            seen.add(message)
            return Market.Bought(price: 1)
        }
        try await withServer(router) { _, port in
            try await withClient(port, tracer) { client in
                _ = try await client.request(Market.Buy(item: "tea"))
            }
        }
        let span = await tracer.span("Market/Buy", .client)
        let message = try #require(seen.values.first)
        #expect(message.parent == "00-\(span.traceID)-\(span.spanID)-01")
        #expect(message.state == "memory=\(span.spanID)")
        #expect(message[trace: "traceparent"] == message.parent)
        #expect(message[trace: "b3"] == nil)
    }

    @Test("are not related if the message has no field for the context")
    func noField() async throws {
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                _ = try await client.request(Market.Look(item: "tea"))
            }
        }
        let server = await tracer.span("Market/Look", .server)
        let client = await tracer.span("Market/Look", .client)
        #expect(server.parentSpanID == nil)
        #expect(server.traceID != client.traceID)
    }

    @Test("begin a new trace at the server if the client makes no spans, or the field has something else")
    func otherValues() async throws {
        try await withServer(.market(tracer)) { _, port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Market.self)
            for parent in [nil, "", "00-1-2-3", "\u{0}\u{FFFD}", String(repeating: "-", count: 255)] {
                let bought = try await client.request(Market.Buy(item: "tea", parent: parent))
                #expect(bought.price == 3)
            }
            let trace = String(repeating: "a", count: 32)
            let parent = "00-\(trace)-\(String(repeating: "b", count: 16))-01"
            _ = try await client.request(Market.Buy(item: "tea", parent: parent))
            await client.close()
            let spans = await tracer.spans("Market/Buy", .server, count: 6)
            #expect(spans.prefix(5).allSatisfy { $0.parentSpanID == nil && $0.errors.isEmpty && $0.status == nil })
            #expect(Set(spans.map(\.traceID)).count == 6)
            #expect(spans[5].traceID == trace)
            #expect(spans[5].parentSpanID == String(repeating: "b", count: 16))
        }
    }

    @Test("do not keep a message from being sent that has no room for the context")
    func noRoom() async throws {
        let seen = Recorded<Market.Buy>()
        var router = Router(Market.self)
        router.on(Market.Buy.self) { message, _ in
            seen.add(message)
            return Market.Bought(price: 1)
        }
        try await withServer(router) { _, port in
            try await withClient(port, TalkativeTracer()) { client in
                _ = try await client.request(Market.Buy(item: "tea"))
                // The mistake of the message itself is reported.
                let long = String(repeating: "x", count: 256)
                await #expect(throws: PayloadError.self) { try await client.request(Market.Buy(item: long)) }
            }
        }
        #expect(seen.values == [Market.Buy(item: "tea")])
    }

    @Test("of a one-way message end when it was passed to the connection, and when it was handled")
    func oneWay() async throws {
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                try await client.send(Market.Hint(text: "tea"))
            }
            let client = await tracer.span("Market/Hint", .client)
            let server = await tracer.span("Market/Hint", .server)
            #expect(server.parentSpanID == client.spanID)
            #expect(server.traceID == client.traceID)
        }
    }

    @Test("go to the tracer of the calling task, and without a tracer there are none")
    func bootstrapped() async throws {
        let seen = Recorded<Market.Buy>()
        var router = Router(Market.self)
        router.use(.tracing())
        router.on(Market.Buy.self) { message, _ in
            seen.add(message)
            return Market.Bought(price: 1)
        }
        try await withServer(router) { _, port in
            try await withClient(port, nil) { client in
                _ = try await client.request(Market.Buy(item: "tea"))
                try await withTracer(tracer) { _ = try await client.request(Market.Buy(item: "tea")) }
            }
        }
        #expect(seen.values.map { $0.parent == nil } == [true, false])
        // The event loop of the server is not part of the calling task.
        #expect(tracer.spans.map(\.kind) == [.client])
    }

    @Test("have the name of the message alone if other middleware calls the middleware")
    func calledByOthers() async throws {
        var router = Router(Market.self)
        router.use(Outer(inner: .tracing(tracer)))
        router.on(Market.Buy.self) { _, _ in Market.Bought(price: 1) }
        try await withServer(router) { _, port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Market.self)
            _ = try await client.request(Market.Buy(item: "tea"))
            await client.close()
        }
        #expect(tracer.spans.map(\.operationName) == ["Buy"])
    }

    @Test("of a message that the middleware is not registered for do not exist")
    func someMessages() async throws {
        var router = Router(Market.self)
        router.use(.tracing(tracer), for: Market.Buy.self)
        router.on(Market.Buy.self) { _, _ in Market.Bought(price: 1) }
        router.on(Market.Look.self) { _, _ in Market.Looked(count: 1) }
        try await withServer(router) { _, port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Market.self)
            _ = try await client.request(Market.Look(item: "tea"))
            _ = try await client.request(Market.Buy(item: "tea"))
            await client.close()
        }
        #expect(tracer.spans.map(\.operationName) == ["Market/Buy"])
    }
}

/// Middleware that calls the middleware for tracing itself.
private struct Outer: Middleware {
    let inner: TracingMiddleware

    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        try await inner.intercept(message, context: context, next: next)
    }
}
#endif
