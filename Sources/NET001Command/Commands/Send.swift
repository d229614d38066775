import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a file as DATA, in frames of at most 65535 bytes.",
        usage: "net001 send [<options>] <file>",
        discussion: """
            DATA has no reply, and a server drops DATA above its rate limit silently. Therefore send limits its frames to \
            --rate and sends a PING after each frame. When the server answers a PING with ERROR 07 (rateLimited), part \
            of the file may be lost, and the command fails.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var user: UserOptions

    @Option(
        Setting(
            "rate",
            nil,
            .between(0, 1_000_000),
            default: Double(ServerConfiguration().rateLimit) * 0.45,
            unit: "frames/s",
            "Frames to send per second, each followed by a PING. 0 disables the limit."
        )
    )
    var rate: Setting<Double>

    @Argument(help: ArgumentHelp("File to send; - reads standard input.", valueName: "file"))
    var path: String

    /// The maximum number of PINGs without a reply.
    private static let maximumUnanswered = 256

    func run() async throws {
        _ = try connection.resolve()
        let rate = try rate.value()
        let credentials = try user.resolve()
        let file = try InputFile(path: path)
        let start = ContinuousClock.now
        var progress = ProgressBar(total: file.size)
        var frames = 0
        do {
            try await connection.withSender(as: credentials) { client in
                var pace = Pace(perSecond: rate)
                var unanswered = 0
                try await withThrowingTaskGroup(of: Void.self) { group in
                    while let chunk = try file.read(upTo: NET001.frameFormat.maximumPayload) {
                        try await pace.wait()
                        try await client.sendData(Bytes(chunk))
                        frames += 1
                        progress.advance(by: chunk.count)
                        if unanswered == Self.maximumUnanswered {
                            try await group.next()
                            unanswered -= 1
                        }
                        group.addTask { _ = try await client.ping() }
                        unanswered += 1
                    }
                    try await group.waitForAll()
                }
                // The reply to a PING after everything else shows that the server has handled all frames.
                _ = try await client.ping()
            }
        } catch let error as NET001.Error where error.code == .rateLimited {
            progress.finish()
            throw CommandError(
                "the server dropped some of the \(frames) frames sent: \(ServerErrors.text(of: error))"
            )
        } catch {
            progress.finish()
            throw error
        }
        progress.finish()
        let time = start.duration(to: .now).inMilliseconds
        try Terminal.print("\(progress.done) bytes sent in \(frames) \(frames == 1 ? "frame" : "frames"), \(time)")
    }
}

/// Limits the rate of an action.
private struct Pace {
    private let interval: Duration
    private var next = ContinuousClock.now

    /// The delay that is made up for at once.
    private static let slack = Duration.milliseconds(50)

    /// - Parameter rate: Actions per second; 0 disables the limit.
    init(perSecond rate: Double) {
        interval = rate > 0 ? .seconds(1 / rate) : .zero
    }

    /// Returns when the next action may happen.
    mutating func wait() async throws {
        let now = ContinuousClock.now
        if next > now { try await Task.sleep(until: next) }
        next = max(next, now - Self.slack) + interval
    }
}
