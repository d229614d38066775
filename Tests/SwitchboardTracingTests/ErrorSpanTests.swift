#if Tracing
import InMemoryTracing
import Switchboard
import SwitchboardTracing
import TestSupport
import Testing
import Tracing

@Suite("The span of a message that fails", .timeLimit(.minutes(Patience.minutes)))
struct ErrorSpanTests {
    private let tracer = W3CTracer()

    @Test("has the error message that the handler has thrown, at the server and at the client")
    func errorMessage() async throws {
        let error = Market.Problem(code: .soldOut, text: "no cake")
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                await #expect(throws: error) { try await client.request(Market.Buy(item: "cake")) }
            }
        }
        for kind in [SpanKind.server, .client] {
            let span = await tracer.span("Market/Buy", kind)
            // The code is not one of a fault, so the type is the name of the message.
            #expect(span.errorType == "Problem")
            #expect(span.problem == "soldOut: no cake")
            #expect(span.errors.map { $0.error as? Market.Problem } == [error])
        }
    }

    @Test("has the error at the server, of which the client learns only the fault")
    func otherError() async throws {
        try await withServer(.market(tracer)) { _, port in
            try await withClient(port, tracer) { client in
                await #expect(throws: Market.Problem.self) { try await client.request(Market.Buy(item: "ghost")) }
            }
        }
        let server = await tracer.span("Market/Buy", .server)
        #expect(server.errorType == "SwitchboardTracingTests.Missing")
        #expect(server.problem == "Missing()")
        let client = await tracer.span("Market/Buy", .client)
        #expect(client.errorType == "internal")
    }

    @Test("has the timeout of the request at the client")
    func requestTimeout() async throws {
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        var router = Router(Market.self)
        router.on(Market.Look.self) { _, _ in
            for await _ in calls { break }
            return Market.Looked(count: 1)
        }
        try await withServer(router) { _, port in
            try await withClient(port, tracer) { client in
                await #expect(throws: ClientError.self) {
                    try await client.request(Market.Look(item: "tea"), timeout: .milliseconds(20))
                }
                call.yield()
            }
        }
        let span = await tracer.span("Market/Look", .client)
        #expect(span.errorType == "timeout")
        #expect(span.problem == "the server did not reply in time")
    }

    @Test("has the timeout of the handler, also if the handler ignores the cancellation", arguments: [true, false])
    func handlerTimeout(ends: Bool) async throws {
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        var router = Router(Market.self)
        router.use(.tracing(tracer))
        let error = ends ? nil : Market.Problem(code: .soldOut, text: "too late")
        router.on(Market.Look.self, timeout: .milliseconds(20), timeoutError: error) { message, _ in
            if message.item == "tea" { return Market.Looked(count: 1) }
            if ends {
                try await Task.sleep(for: .seconds(Patience.seconds))
            } else {
                await Task { for await _ in calls { break } }.value
            }
            return Market.Looked(count: 2)
        }
        try await withServer(router) { _, port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Market.self)
            _ = try await client.request(Market.Look(item: "tea"))
            await #expect(
                throws: error ?? Market.Problem(.internal, detail: "the server could not handle this message")
            ) {
                try await client.request(Market.Look(item: "cake"))
            }
            call.yield()
            let spans = await tracer.spans("Market/Look", .server, count: 2)
            #expect(spans.map(\.errorType) == [nil, "timeout"])
            #expect(spans[1].problem == (ends ? "the handler did not finish within 0.02 seconds" : "soldOut: too late"))
            await client.close()
        }
    }

    @Test("has the end of the connection")
    func end() async throws {
        var router = Router(Market.self)
        router.use(.tracing(tracer))
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        router.on(Market.Look.self) { _, context in
            arrival.yield()
            try await Task.sleep(for: .seconds(Patience.seconds))
            return Market.Looked(count: 1)
        }
        try await withServer(router) { server, port in
            try await withClient(port, tracer) { client in
                let looked = Task { try await client.request(Market.Look(item: "tea")) }
                for await _ in arrivals { break }
                server.disconnect(.all)
                await #expect(throws: ClientError.self) { try await looked.value }
            }
            let client = await tracer.span("Market/Look", .client)
            #expect(client.errorType == "closed")
            let server = await tracer.span("Market/Look", .server)
            #expect(server.errorType == "Swift.CancellationError")
        }
    }
}
#endif
