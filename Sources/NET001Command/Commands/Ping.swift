import ArgumentParser
import NET001
import Switchboard
import UnixSignals

struct Ping: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how long the server takes to answer.",
        discussion: "Exits with 0 when every PING was answered."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: [.short, .long], help: "How many PINGs to send; without it, until interrupted.")
    var count: Int?

    @Option(name: [.short, .long], help: "How many seconds to wait between them.")
    var interval = 1.0

    func validate() throws {
        guard count ?? 1 >= 1 else { throw ValidationError("--count must be at least 1.") }
        guard interval >= 0, interval <= 86_400 else {
            throw ValidationError("--interval must be between 0 and 86400 seconds.")
        }
    }

    func run() async throws {
        let latencies = try await connection.withClient { client in
            Terminal.print("PING \(client.remoteAddress)")
            let interruption = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            let (latencies, continuation) = AsyncThrowingStream.makeStream(of: Duration.self)
            let pings = Task {
                do {
                    try await ping(client) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error is CancellationError ? nil : error)
                }
            }
            let interrupted = Task {
                for await _ in interruption { pings.cancel() }
            }
            defer { interrupted.cancel() }
            var all: [Duration] = []
            for try await latency in latencies {
                all.append(latency)
                Terminal.print("PONG \(all.count): \(latency.inMilliseconds)")
            }
            return all
        }
        guard let fastest = latencies.min(), let slowest = latencies.max() else { throw ExitCode.failure }
        let mean = latencies.reduce(.zero, +) / latencies.count
        Terminal.print("\(latencies.count) answered")
        Terminal.print(
            "fastest \(fastest.inMilliseconds), mean \(mean.inMilliseconds), slowest \(slowest.inMilliseconds)"
        )
    }

    private func ping(_ client: Client, _ report: (Duration) -> Void) async throws {
        var sent = 0
        while true {
            report(try await client.ping())
            sent += 1
            if sent == count { return }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}
