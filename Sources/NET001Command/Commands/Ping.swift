import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication
import UnixSignals

struct Ping: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the round-trip time to the server.",
        usage: "net001 ping [<options>]",
        discussion: "Exits with 0 when the server answered every PING."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(Setting("count", nil, .atLeast(1), "PINGs to send. Without it, ping runs until interrupted."), short: "c")
    var count: Setting<Int>

    @Option(
        Setting("interval", nil, .between(.zero, .seconds(86_400)), default: .seconds(1), "Seconds between PINGs."),
        short: "i"
    )
    var interval: Setting<Duration>

    /// The values of the options.
    private struct Plan {
        let count: Int?
        let interval: Duration
        let timeout: Duration
        /// The time by which the first PONG must come; connecting counts.
        let deadline: ContinuousClock.Instant
    }

    func run() async throws {
        let timeout = try connection.resolve().timeout
        let interval = try interval.value()
        let count = try count.givenValue()
        let credentials = try user.resolve()
        let plan = Plan(count: count, interval: interval, timeout: timeout, deadline: .now + timeout)
        let latencies = try await connection.withClient(as: credentials) { client in
            try await ping(client, plan)
        }
        guard let fastest = latencies.min(), let slowest = latencies.max() else { throw ExitCode.failure }
        let mean = latencies.reduce(.zero, +) / latencies.count
        try Terminal.print("\(latencies.count) answered")
        try Terminal.print(
            "fastest \(fastest.inMilliseconds), mean \(mean.inMilliseconds), slowest \(slowest.inMilliseconds)"
        )
    }

    private func ping(_ client: Client, _ plan: Plan) async throws -> [Duration] {
        try Terminal.print("PING \(client.remoteAddress)")
        let interruption = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (latencies, continuation) = AsyncThrowingStream.makeStream(of: Duration.self)
        let pings = Task {
            do {
                try await Self.ping(client, plan) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error is CancellationError ? nil : error)
            }
        }
        let interrupted = Task {
            for await _ in interruption { pings.cancel() }
        }
        defer {
            interrupted.cancel()
            pings.cancel()
        }
        var all: [Duration] = []
        for try await latency in latencies {
            all.append(latency)
            try Terminal.print("PONG \(all.count): \(latency.inMilliseconds)")
        }
        return all
    }

    private static func ping(_ client: Client, _ plan: Plan, _ report: (Duration) -> Void) async throws {
        let left = ContinuousClock.now.duration(to: plan.deadline)
        report(try await ConnectionOptions.within(left, of: plan.timeout) { try await client.ping() })
        var sent = 1
        while sent != plan.count {
            try await Task.sleep(for: plan.interval)
            report(try await client.ping())
            sent += 1
        }
    }
}
