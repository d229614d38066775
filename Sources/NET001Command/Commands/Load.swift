import ArgumentParser
import NET001
import Switchboard
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
            "Message to send: ping, echo, or broadcast (from the first connection to all others).",
            default: LoadPlan.Kind.ping.rawValue
        )
    )
    var message: Setting

    @Option(Setting("connections", nil, "Connections to open.", default: "1"), short: "c")
    var connections: Setting

    @Option(Setting("in-flight", nil, "Messages per connection that may be unanswered at once.", default: "1"))
    var inFlight: Setting

    @Option(Setting("size", nil, "Payload size of ECHO and BROADCAST in bytes.", default: "64", unit: "bytes"))
    var size: Setting

    @Option(
        Setting(
            "rate",
            nil,
            "Messages to send per second over all connections. 0 disables the limit.",
            shown: """
                \(Setting.plain(Load.defaultRate)) messages/s per sending connection, at most \
                \(Setting.plain(Load.maximumDefaultRate)) messages/s
                """
        )
    )
    var rate: Setting

    @Option(Setting("duration", nil, "Seconds to measure.", default: "10", unit: "s"), short: "d")
    var duration: Setting

    @Option(Setting("warm-up", nil, "Seconds to send before the measurement starts.", default: "1", unit: "s"))
    var warmUp: Setting

    @Option(Setting("event-loops", nil, "Event loops that serve the connections.", default: "1"))
    var eventLoops: Setting

    @Flag(help: "Poll for replies instead of waiting. Each event loop then uses a whole core.")
    var spin = false

    @Option(Setting("process", nil, "Process ID whose CPU time is measured too, on this machine."), valueName: "pid")
    var process: Setting

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    /// The default rate of one connection, in messages per second: nine tenths of a server's default limit.
    private static let defaultRate = Double(ServerConfiguration().rateLimit) * 0.9

    /// The default rate of all connections together, in messages per second.
    private static let maximumDefaultRate = Double(ServerConfiguration().globalRateLimit) * 0.9

    /// The plan that the options make.
    private func makePlan() throws -> LoadPlan {
        let kind = try message.choice(of: LoadPlan.Kind.self)
        let connections = try connections.integer(1...100_000)
        let inFlight = try inFlight.integer(1...65_536)
        let size = try size.integer(0...NET001.frameFormat.maximumPayload)
        let eventLoops = try eventLoops.integer(1...64)
        let duration = try duration.number(0.001...86_400, unit: "seconds")
        let warmUp = try warmUp.number(0...86_400, unit: "seconds")
        let senders = kind == .broadcast ? 1 : Double(connections)
        let defaultRate = min(Self.defaultRate * senders, Self.maximumDefaultRate)
        let rate = try rate.givenNumber(0...1e9, unit: "messages a second") ?? defaultRate
        if kind == .broadcast, connections < 2 || eventLoops > 1 {
            throw ValidationError("--message broadcast requires --connections 2 or more, and --event-loops 1.")
        }
        return LoadPlan(
            kind: kind,
            connections: connections,
            inFlight: inFlight,
            size: size,
            rate: rate,
            warmUp: .seconds(warmUp),
            duration: .seconds(duration),
            eventLoops: min(eventLoops, connections),
            spins: spin
        )
    }

    func run() async throws {
        let server = try connection.resolve()
        let plan = try makePlan()
        let process = try process.givenInteger(1 ... .max)
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

    /// Descriptors that are needed beside those of the connections.
    private static let otherDescriptors = 64
}
