import Logging
import Switchboard
import Testing

@Suite("A peer that has not said who it is")
struct AuthenticationTests {
    private func isRefused<Input: Request>(_ message: Input, _ client: Client) async -> Bool {
        let error = await #expect(throws: Workshop.Problem.self) { try await client.request(message) }
        return error?.code == .authenticationFailed
    }

    @Test("is refused what requires it, before any user code runs, and may say it then")
    func requirement() async throws {
        var router = Router(Workshop.self)
        router.use(Trap(), for: Workshop.Vault.self)
        router.on(Workshop.Vault.self) { _, _ in Workshop.Sum(value: 1) }
        router.on(Workshop.Door.self) { message, context in
            context.session.identity = Session.Identity(user: message.user)
            return Workshop.Sum(value: 0)
        }
        try await withServer(router) { port in
            try await withClient(port) { client in
                #expect(await isRefused(Workshop.Vault(), client))
                _ = try await client.request(Workshop.Door(user: "ada"))
                let error = await #expect(throws: Workshop.Problem.self) {
                    try await client.request(Workshop.Vault())
                }
                #expect(error?.code == .outOfPaint)
            }
        }
    }

    @Test("is refused everything but what requires nothing, where the server wants that")
    func configuration() async throws {
        try await withServer(.workshop(), { $0.requiresAuthentication = true }) { port in
            try await withClient(port) { client in
                #expect(await isRefused(Workshop.Add(left: 1, right: 2), client))
                #expect(await isRefused(Workshop.Vault(), client))
                _ = try await client.request(Workshop.Door(user: ""))
                #expect(await isRefused(Workshop.Add(left: 1, right: 2), client))
                _ = try await client.request(Workshop.Door(user: "ada"))
                let sum = try await client.request(Workshop.Add(left: 1, right: 2))
                #expect(sum.value == 3)
                let vault = try await client.request(Workshop.Vault())
                #expect(vault.value == 1_000_000)
            }
        }
    }

    @Test("leaves one line of the log for each attempt, with a user that cannot control a terminal")
    func log() async throws {
        let log = RecordingLog()
        let logger = Logger(label: "test", factory: { _ in log })
        let name = "eve\u{1B}[31m\n" + String(repeating: "x", count: 100)
        try await withServer(.workshop(), logger: logger) { port in
            try await withClient(port) { client in
                _ = try await client.request(Workshop.Door(user: ""))
                _ = try await client.request(Workshop.Door(user: name))
            }
            await log.line(containing: "connection closed")
        }
        let lines = log.lines.filter { $0.contains("authentication") }
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("notice: authentication refused [\"peer\": 127.0.0.1:") == true)
        #expect(lines.last?.hasPrefix("info: authentication accepted [\"peer\": 127.0.0.1:") == true)
        #expect(lines.last?.contains("\"user\": eve\\u{1B}[31m\\nxxx") == true)
        #expect(lines.last?.hasSuffix("x…]") == true)
        #expect(lines.last.map { $0.count < 200 } == true)
    }

    @Test("gets no handler of unhandled messages to see either")
    func unhandled() async throws {
        var router = Router.workshop()
        router.onUnhandled { _, _ in throw Workshop.Problem(code: .outOfPaint, text: "seen") }
        try await withServer(router, { $0.requiresAuthentication = true }) { port in
            try await withClient(port) { client in
                try await client.send(Workshop.Ignored())
                var incoming = client.incoming.makeAsyncIterator()
                let problem = try await incoming.next() as? Workshop.Problem
                #expect(problem?.code == .authenticationFailed)
            }
        }
    }
}

/// Middleware that records that it was called.
private struct Trap: Middleware {
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        throw Workshop.Problem(code: .outOfPaint, text: "reached")
    }
}
