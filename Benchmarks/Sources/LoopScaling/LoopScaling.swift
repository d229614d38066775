import ArgumentParser
import InProcess
import NET001
import Switchboard

/// Measures the throughput of two event loops compared with one.
///
/// The handlers take so long that the cost of the load hardly counts.
@main
struct LoopScaling: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop-scaling",
        abstract: "Measure how much more two event loops do than one.",
        discussion: """
            Server and load are in this process, on two cores. A handler computes for some microseconds, so that the load, \
            which does not, leaves nearly both cores to the loops.
            """
    )

    @Option(help: "How many steps a handler computes; some five take a nanosecond.")
    var steps = 50_000

    @Option(help: "How often both are measured, in turn.")
    var rounds = 5

    @Option(help: "How long each measurement takes, in seconds.")
    var seconds = 1.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard steps >= 1, rounds >= 1, rounds <= 1000, seconds > 0, seconds <= 3600 else {
            throw ValidationError("--steps and --rounds must be 1 or more, --seconds above 0")
        }
    }

    func run() throws {
        var ratios: [Double] = []
        var rates: [[Double]] = []
        for _ in 0..<rounds {
            let pair = try [1, 2].map { try messagesPerSecond(eventLoops: $0) }
            rates.append(pair)
            ratios.append(pair[1] / pair[0])
        }
        let ratio = ratios.sorted()[ratios.count / 2]
        if json {
            print("{\"ratio\": \(ratio), \"messages_per_second\": \(rates)}")
        } else {
            for pair in rates { print("messages a second: one loop \(Int(pair[0])), two loops \(Int(pair[1]))") }
            print("two loops do \(ratio) times as much as one, in the median")
        }
    }

    private static let connections = 8
    private static let batchSize = 16

    private func messagesPerSecond(eventLoops: Int) throws -> Double {
        var router = Router(NET001.self)
        router.register(BusyPingResponder(steps: steps))
        let server = try RunningServer(router, eventLoops: eventLoops)
        defer { server.stop() }
        let (requests, replies) = try Self.frames()
        let peers = try (0..<Self.connections).map { _ in try BlockingPeer(port: server.port) }
        for peer in peers { try peer.send(requests) }
        var batches = 0
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < .seconds(seconds) {
            // Each peer sends the next batch as soon as it has the replies, so that every loop always has work.
            for peer in peers {
                try peer.expect(replies)
                try peer.send(requests)
                batches += 1
            }
        }
        let duration = clock.now - start
        for peer in peers { try peer.expect(replies) }
        return Double(batches * Self.batchSize) / (duration / .seconds(1))
    }

    private static func frames() throws -> (requests: Bytes, replies: Bytes) {
        let encoder = FrameEncoder(NET001.frameFormat)
        var requests = ByteWriter()
        var replies = ByteWriter()
        for _ in 0..<batchSize {
            try encoder.encode(NET001.Ping(timestamp: 7), into: &requests)
            try encoder.encode(NET001.Pong(timestamp: 7), into: &replies)
        }
        return (requests.takeBytes(), replies.takeBytes())
    }
}

/// Replies to PING after a computation.
private struct BusyPingResponder: NET001.PingHandler {
    let steps: Int

    func handle(_ message: NET001.Ping, context: Context) -> NET001.Pong {
        var number = message.timestamp
        for _ in 0..<steps { number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        // The number is never 0, but the compiler cannot know that, and so cannot remove the computation.
        return NET001.Pong(timestamp: number == 0 ? 0 : message.timestamp)
    }
}
