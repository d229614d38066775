import NET001
import Switchboard
import SwitchboardTransport
import TestSupport
import Testing

/// The code of the article about clients.
private func readAll(_ sensors: [Bytes], with client: Client) async throws -> [Bytes] {
    let latest = try await withThrowingTaskGroup { group in
        for sensor in sensors {
            group.addTask(executorPreference: client.taskExecutor) {
                try await client.request(NET001.Echo(data: sensor))
            }
        }
        return try await group.reduce(into: []) { $0.append($1.data) }
    }
    return latest
}

@Suite("A task that prefers the executor of a client", .timeLimit(.minutes(Patience.minutes)))
struct TaskExecutorTests {
    private func withClient(_ body: @Sendable (Client, EventLoop) async throws -> Void) async throws {
        let server = try Server(.net001(), configuration: ServerConfiguration(port: 0))
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)
        let loop = try #require(client.taskExecutor as? EventLoop)
        try await body(client, loop)
        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("is on the event loop before and after each request, beside tasks that are not")
    func requests() async throws {
        try await withClient { client, loop in
            #expect(!loop.isCurrent)
            try await withThrowingTaskGroup { group in
                for task in 0..<50 as Range<UInt64> {
                    group.addTask(executorPreference: task % 2 == 0 ? client.taskExecutor : nil) {
                        for number in 0..<20 as Range<UInt64> {
                            #expect(loop.isCurrent == (task % 2 == 0))
                            let ping = NET001.Ping(timestamp: task << 32 | number)
                            let pong = try await client.request(ping)
                            #expect(pong.timestamp == ping.timestamp)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("is started as the article about clients shows")
    func article() async throws {
        try await withClient { client, _ in
            let sensors: [Bytes] = ["indoor", "outdoor", "cellar"]
            let latest = try await readAll(sensors, with: client)
            #expect(Set(latest) == Set(sensors))
        }
    }

    @Test("is cancelled like another, before its request and during it")
    func cancellation() async throws {
        let silent = try await connect { peer in peer.waitForEnd() }
        let executor = silent.taskExecutor
        let cancelled = Task(executorPreference: executor) {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            _ = await #expect(throws: CancellationError.self) { try await silent.request(NET001.Ping(timestamp: 1)) }
        }
        await cancelled.value
        let waiting = Task(executorPreference: executor) {
            _ = await #expect(throws: CancellationError.self) { try await silent.request(NET001.Ping(timestamp: 2)) }
        }
        waiting.cancel()
        await waiting.value
        await silent.close()
    }
}
