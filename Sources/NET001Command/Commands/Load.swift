import ArgumentParser
import Foundation
import NET001
import Switchboard
import SwitchboardTLS

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a load to a server, check every byte that comes back, and measure.",
        discussion: """
            Without --rate, each connection sends the next message as soon as one is answered. With it, messages are \
            sent when they are due, and their latency counts from then, however late they are. Exits with 1 when a \
            reply is wrong or a connection is lost.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "What to send: ping, echo, or broadcast from the first connection to all others.")
    var message: LoadPlan.Kind = .ping

    @Option(name: [.short, .long], help: "How many connections to open.")
    var connections = 1

    @Option(help: "How many messages of a connection may be without an answer.")
    var inFlight = 1

    @Option(help: "The size of the payload of ECHO and BROADCAST, in bytes.")
    var size = 64

    @Option(help: "How many messages to send a second, over all connections. (default: as many as are answered)")
    var rate: Double?

    @Option(name: [.short, .long], help: "How many seconds to measure.")
    var duration = 10.0

    @Option(help: "How many seconds to send before measuring.")
    var warmUp = 1.0

    @Option(help: "How many event loops carry the connections.")
    var eventLoops = 1

    @Flag(help: "Ask for replies again and again instead of waiting: takes a core for each loop.")
    var spin = false

    @Option(help: ArgumentHelp("Also measure the CPU time of a process on this machine.", valueName: "pid"))
    var process: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try check(1...100_000, connections, "--connections")
        try check(1...65_536, inFlight, "--in-flight")
        try check(0...NET001.frameFormat.maximumPayload, size, "--size")
        try check(1...64, eventLoops, "--event-loops")
        try check(0.001...86_400, duration, "--duration")
        try check(0...86_400, warmUp, "--warm-up")
        if let rate { try check(0.001...1e9, rate, "--rate") }
        if message == .broadcast, connections < 2 || eventLoops > 1 || rate != nil {
            throw ValidationError("--message broadcast needs 2 connections or more, one event loop, and no --rate.")
        }
    }

    private func check<Value>(_ range: ClosedRange<Value>, _ value: Value, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }

    func run() async throws {
        let server = try connection.resolve()
        let plan = LoadPlan(
            kind: message,
            connections: connections,
            inFlight: inFlight,
            size: size,
            rate: rate ?? 0,
            warmUp: .seconds(warmUp),
            duration: .seconds(duration),
            eventLoops: min(eventLoops, connections),
            spins: spin
        )
        let run = LoadRun(
            plan: plan,
            host: server.host,
            port: server.port,
            unixSocket: server.unixSocket,
            connectTimeout: server.timeout,
            tls: try connection.tls.resolve().map { try TLSConnector($0) },
            process: process
        )
        let isTerminal = isatty(STDERR_FILENO) == 1
        let report = try await run.run { second in
            if isTerminal { Terminal.write("\r\(second) s of \(Int(duration.rounded(.up))) s ", to: .standardError) }
        }
        if isTerminal { Terminal.write("\r", to: .standardError) }
        Terminal.print(json ? report.json : report.table)
    }
}

extension LoadPlan.Kind: ExpressibleByArgument {}
