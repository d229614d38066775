import ArgumentParser
import NET001
import Switchboard
import SwitchboardTLS
import SwitchboardTransport

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a load to a server, check every byte that comes back, and measure.",
        usage: "net001 load [<options>]",
        discussion: """
            Messages are sent when they are due by --rate, and their latency counts from then, however late they are. \
            With --rate 0 each connection sends the next message as soon as one is answered: set --rate-limit and \
            --global-rate-limit of the server to 0 for that. Exits with 1 when a reply is wrong, the server answers \
            with an error, or a connection is lost.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(help: "What to send: ping, echo, or broadcast from the first connection to all others. (default: ping)")
    var message: String?

    @Option(name: [.short, .long], parsing: .unconditional, help: "How many connections to open. (default: 1)")
    var connections: String?

    @Option(
        parsing: .unconditional,
        help: "How many messages of a connection may be without an answer. (default: 1)"
    )
    var inFlight: String?

    @Option(parsing: .unconditional, help: "The size of the payload of ECHO and BROADCAST, in bytes. (default: 64)")
    var size: String?

    @Option(
        parsing: .unconditional,
        help: """
            How many messages to send a second, over all connections; 0 for as many as are answered. (default: 900 for \
            each connection that sends, at most 45000, which is below a server's default limits)
            """
    )
    var rate: String?

    @Option(name: [.short, .long], parsing: .unconditional, help: "How many seconds to measure. (default: 10)")
    var duration: String?

    @Option(parsing: .unconditional, help: "How many seconds to send before measuring. (default: 1)")
    var warmUp: String?

    @Option(parsing: .unconditional, help: "How many event loops carry the connections. (default: 1)")
    var eventLoops: String?

    @Flag(help: "Ask for replies again and again instead of waiting: takes a core for each loop.")
    var spin = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Also measure the CPU time of a process on this machine.", valueName: "pid")
    )
    var process: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The messages a second that a connection sends by default: nine tenths of what a server takes by default.
    private static let defaultRate = 900.0

    /// The same for all connections together.
    private static let maximumDefaultRate = 45_000.0

    /// The plan that the options make.
    private func makePlan() throws -> LoadPlan {
        let kind = try Setting("--message", message).choice() ?? LoadPlan.Kind.ping
        let connections = try Setting("--connections", connections).integer(1...100_000) ?? 1
        let inFlight = try Setting("--in-flight", inFlight).integer(1...65_536) ?? 1
        let size = try Setting("--size", size).integer(0...NET001.frameFormat.maximumPayload) ?? 64
        let eventLoops = try Setting("--event-loops", eventLoops).integer(1...64) ?? 1
        let duration = try Setting("--duration", duration).number(0.001...86_400, unit: "seconds") ?? 10
        let warmUp = try Setting("--warm-up", warmUp).number(0...86_400, unit: "seconds") ?? 1
        let senders = kind == .broadcast ? 1 : Double(connections)
        let defaultRate = min(Self.defaultRate * senders, Self.maximumDefaultRate)
        let rate = try Setting("--rate", rate).number(0...1e9, unit: "messages a second") ?? defaultRate
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
        let process = try Setting("--process", process).integer(1 ... .max)
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
