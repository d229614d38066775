import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication
import SwitchboardTLS
import SwitchboardTransport

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load a server, check every byte of its replies, and measure throughput and latency.",
        usage: "net001 load [<options>]",
        discussion: """
            --rate schedules the messages, and latency is measured from the scheduled time. With --rate 0 each connection \
            sends the next message as soon as a reply arrives: start the server with --rate-limit 0 and \
            --global-rate-limit 0 for that. Exits with 1 when a reply is wrong, the server sends ERROR, or a connection \
            is lost.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(
        Setting(
            "message",
            nil,
            default: .ping,
            "Message to send: ping, echo, or broadcast (from the first connection to all others)."
        )
    )
    var message: Setting<LoadPlan.Kind>

    @Option(Setting("connections", nil, .between(1, 100_000), default: 1, "Connections to open."), short: "c")
    var connections: Setting<Int>

    @Option(
        Setting(
            "in-flight",
            nil,
            .between(1, 65_536),
            default: 1,
            "Messages per connection that may be unanswered at once."
        )
    )
    var inFlight: Setting<Int>

    @Option(
        Setting(
            "size",
            nil,
            .between(0, NET001.frameFormat.maximumPayload),
            default: 64,
            unit: "bytes",
            "Payload size of ECHO and BROADCAST in bytes."
        )
    )
    var size: Setting<Int>

    @Option(
        Setting(
            "rate",
            nil,
            .between(0, 1e9),
            shown: """
                \(Load.defaultRate.shown) messages/s per sending connection, at most \
                \(Load.maximumDefaultRate.shown) messages/s
                """,
            "Messages to send per second over all connections. 0 disables the limit."
        )
    )
    var rate: Setting<Double>

    @Option(
        Setting(
            "duration",
            nil,
            .between(.milliseconds(1), .seconds(86_400)),
            default: .seconds(10),
            "Seconds to measure."
        ),
        short: "d"
    )
    var duration: Setting<Duration>

    @Option(
        Setting(
            "warm-up",
            nil,
            .between(.zero, .seconds(86_400)),
            default: .seconds(1),
            "Seconds to send before the measurement starts."
        )
    )
    var warmUp: Setting<Duration>

    @Option(Setting("event-loops", nil, .between(1, 64), default: 1, "Event loops that serve the connections."))
    var eventLoops: Setting<Int>

    @Flag(help: "Poll for replies instead of waiting. Each event loop then uses a whole core.")
    var spin = false

    @Option(
        Setting("process", nil, .atLeast(1), "Process ID whose CPU time is measured too, on this machine."),
        valueName: "pid"
    )
    var process: Setting<Int>

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    /// The default rate of one connection in messages per second: nine tenths of a server's default limit.
    private static let defaultRate = Double(ServerConfiguration().rateLimit) * 0.9

    /// The default rate of all connections together, in messages per second.
    private static let maximumDefaultRate = Double(ServerConfiguration().globalRateLimit) * 0.9

    /// Returns the plan that the options describe.
    private func makePlan() throws -> LoadPlan {
        let kind = try message.value()
        let connections = try connections.value()
        let eventLoops = try eventLoops.value()
        let senders = kind == .broadcast ? 1 : Double(connections)
        let defaultRate = min(Self.defaultRate * senders, Self.maximumDefaultRate)
        let rate = try rate.givenValue() ?? defaultRate
        if kind == .broadcast, connections < 2 || eventLoops > 1 {
            throw ValidationError("--message broadcast requires --connections 2 or more, and --event-loops 1.")
        }
        return LoadPlan(
            kind: kind,
            connections: connections,
            inFlight: try inFlight.value(),
            size: try size.value(),
            rate: rate,
            warmUp: try warmUp.value(),
            duration: try duration.value(),
            eventLoops: min(eventLoops, connections),
            spins: spin
        )
    }

    func run() async throws {
        let server = try connection.resolve()
        let plan = try makePlan()
        let process = try process.givenValue()
        let credentials = try user.resolve()
        DescriptorLimit.raise(to: plan.connections + Self.otherDescriptors)
        let run = LoadRun(
            plan: plan,
            host: server.host,
            port: server.port,
            unixSocket: server.unixSocket,
            connectTimeout: server.timeout,
            credentials: credentials,
            tls: try connection.tls.resolve().map { try TLSConnector($0) },
            process: process
        )
        let isTerminal = Terminal.isShown
        let seconds = Int((plan.duration / .seconds(1)).rounded(.up))
        do {
            let report = try await run.run { second in
                if isTerminal { Terminal.show("\r\(second) s of \(seconds) s ") }
            }
            if isTerminal { Terminal.show("\r") }
            try Terminal.print(json ? report.json : report.table)
        } catch {
            throw connection.explain(error)
        }
    }

    /// The number of descriptors in addition to the connections.
    private static let otherDescriptors = 64
}
