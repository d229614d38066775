import ArgumentParser
import InProcess

/// Measures how many broadcasts a second servers exchange over Redis, at what cost, and how long one takes.
@main
struct BackplaneFlood: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backplane-flood",
        abstract: "Measure broadcasts between servers over Redis: rate, CPU time and latency.",
        discussion: """
            Starts a redis-server on a Unix-domain socket, and one process for each server. A process has a backplane without \
            connections: it publishes blocks of frames as fast as the backplane takes them, and counts the frames of the others. \
            The command fails when a frame is missed.
            """,
        subcommands: [Measure.self, Member.self],
        defaultSubcommand: Measure.self
    )
}

/// The shape of a measurement, for all processes.
struct Shape: ParsableArguments {
    @Option(help: "The size of a frame, in bytes.")
    var size = 128

    @Option(help: "The number of frames in a block: what one iteration of an event loop broadcasts.")
    var frames = 64

    @Option(help: "The duration of each flood, in seconds.")
    var seconds = 5.0

    func validate() throws {
        guard (8...65_536).contains(size), (1...1000).contains(frames), seconds > 0, seconds <= 3600 else {
            throw ValidationError("--size must be 8 to 65536, --frames 1 to 1000, --seconds above 0 and at most 3600")
        }
    }

    var arguments: [String] { ["--size", "\(size)", "--frames", "\(frames)", "--seconds", "\(seconds)"] }
}

/// The command that a person runs.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run all measurements (the default).")

    @OptionGroup var shape: Shape

    @Option(help: "The number of servers.")
    var servers = 3

    @Option(help: "The number of latencies to measure.")
    var samples = 2000

    func validate() throws {
        guard (2...16).contains(servers), (100...1_000_000).contains(samples) else {
            throw ValidationError("--servers must be 2 to 16, --samples 100 to 1000000")
        }
    }

    func run() async throws {
        let redis = try RedisServer()
        defer { redis.stop() }
        print("blocks of \(shape.frames) frames of \(shape.size) bytes, \(servers) servers, \(shape.seconds) s each\n")
        try flood(redis, publishers: servers)
        try flood(redis, publishers: 1)
        for rate in [200, 20_000] {
            let latency = try await Latency.measure(redis.url, messagesPerSecond: rate, samples: samples)
            print("latency from server to server at \(rate) broadcasts/s: \(latency)")
        }
    }

    /// Lets the first `publishers` servers publish as fast as they can, and prints rate and costs.
    private func flood(_ redis: RedisServer, publishers: Int) throws {
        let members = try (0..<servers).map { try member(of: redis, publishes: $0 < publishers) }
        for member in members { try member.expect("ready") }
        let engineTime = try redis.cpuTime
        let start = ContinuousClock.now
        for member in members { try member.tell("go") }
        let published = try members.map { try $0.number("published") }
        for (index, member) in members.enumerated() {
            try member.tell("\(published.reduce(0, +) - published[index])")
        }
        let results = try members.map { member in try ["received", "missed", "cpu"].map { try member.number($0) } }
        let duration = (ContinuousClock.now - start) / .seconds(1)
        let engine = try redis.cpuTime - engineTime
        let total = Double(published.reduce(0, +))
        let missed = results.reduce(0) { $0 + $1[1] }
        let cpu = results.map { Double($0[2]) }
        print("\(publishers) of \(servers) servers publish")
        print(
            "  broadcasts/s        \(Int(total / duration)) (\(Int(total)) in \(round(duration)) s, \(missed) missed)"
        )
        print("  CPU µs a broadcast  in Redis \(round(engine / total * 1e6))")
        if publishers == 1 {
            let receiver = cpu.dropFirst().reduce(0, +) / Double(servers - 1)
            print(
                "                      in the sender \(round(cpu[0] / total)), in a receiver \(round(receiver / total))\n"
            )
        } else {
            print("                      in all servers \(round(cpu.reduce(0, +) / total))\n")
        }
        for member in members { try member.tell("stop") }
        if missed > 0 { throw BenchmarkFailure("\(missed) frames were missed") }
    }

    /// Starts the process of a server, which runs the subcommand `member`.
    private func member(of redis: RedisServer, publishes: Bool) throws -> ChildProcess {
        try ChildProcess(arguments: ["member", redis.url] + shape.arguments + (publishes ? ["--publishes"] : []))
    }

    private func round(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
