import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print broadcasts and other unsolicited messages until interrupted (Ctrl-C).",
        usage: "net001 listen [<options>]",
        discussion: """
            Exits with 1 when the server closes the connection, unless --reconnect is set. When messages arrive faster \
            than the output is read, listen drops messages and reports their number on standard error.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(
        Setting("count", nil, .atLeast(1), "Messages to print. Without it, listen runs until interrupted."),
        short: "c"
    )
    var count: Setting<Int>

    @Flag(help: "Reconnect whenever the connection breaks.")
    var reconnect = false

    func run() async throws {
        _ = try connection.resolve()
        let count = try count.givenValue()
        let credentials = try user.resolve()
        try await connection.withClient(as: credentials, reconnects: reconnect) { client in
            let reports = Task {
                for await event in client.events { Self.report(event) }
            }
            defer { reports.cancel() }
            let output = LineQueue()
            let end = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    try await output.print()
                    return nil
                }
                group.addTask {
                    defer { output.finish() }
                    do { try await Self.collect(client, count, output) } catch { return error }
                    return nil
                }
                // Messages that arrived before the end are printed first. When that fails, no more are collected.
                return try await group.reduce(nil) { $0 ?? $1 }
            }
            if let end { throw end }
        }
    }

    /// Passes messages on as soon as they arrive, so that none waits in the client for slow output.
    private static func collect(_ client: Client, _ count: Int?, _ output: LineQueue) async throws {
        var taken = 0
        var known = 0
        for try await message in client.incoming {
            let dropped = client.incoming.droppedCount
            output.countLost(dropped - known)
            known = dropped
            guard output.add(line(for: message)) else { continue }
            taken += 1
            if taken == count { return }
        }
    }

    private static func report(_ event: ConnectionEvent) {
        switch event {
        case .connected(let address): Terminal.report("listening to \(address)")
        case .disconnected(let reason, retryingIn: let delay?):
            Terminal.report("\(reason); trying again in \(delay.inMilliseconds)")
        case .disconnected(_, retryingIn: nil), .droppingMessages: break
        }
    }

    private static func line(for message: any Message) -> String {
        switch message {
        case let broadcast as NET001.Broadcast: "BROADCAST \(broadcast.message.visible)"
        case let data as NET001.Data: "DATA \(data.data.visible)"
        case let error as NET001.Error: "ERROR \(error.code): \(error.message.visible)"
        default: "\(type(of: message).name)"
        }
    }
}
