/// The policy by which a client reconnects after its connection has broken.
///
/// Before each attempt, the client waits for a random time up to a limit. The limit is ``initialDelay`` before the
/// first attempt, and doubles with every attempt. The random time keeps the clients of a restarted server from all
/// reconnecting at the same moment.
public struct ReconnectPolicy: Sendable, Hashable {
    /// The longest delay before the first attempt: more than zero.
    public var initialDelay = Duration.milliseconds(100)

    /// The longest delay before any attempt: at least ``initialDelay``.
    public var maximumDelay = Duration.seconds(30)

    /// The number of consecutive failed attempts, 1 or more, after which the client closes; `nil` for no limit.
    public var maximumAttempts: Int?

    /// The time after which a connection counts as stable, so that the next attempts begin with ``initialDelay`` again.
    public var stableTime = Duration.seconds(10)

    /// A policy with the defaults.
    public init() {}

    /// Returns the delay before an attempt.
    ///
    /// - Parameter failures: The number of attempts that have failed before it.
    func delay(after failures: Int) -> Duration {
        // After 40 doublings the delay is longer than any maximum.
        let doublings = min(max(failures, 0), 40)
        let limit = min(initialDelay * Double(UInt64(1) << UInt64(doublings)), maximumDelay)
        return limit * Double.random(in: 0...1)
    }

    func validate() throws(ClientError) {
        guard initialDelay > .zero else {
            throw ClientError(
                .invalidConfiguration,
                "reconnect.initialDelay is \(initialDelay): it must be more than 0 s"
            )
        }
        guard maximumDelay >= initialDelay else {
            throw ClientError(
                .invalidConfiguration,
                "reconnect.maximumDelay is \(maximumDelay): it must be at least initialDelay"
            )
        }
        if let maximumAttempts, maximumAttempts < 1 {
            let text = "reconnect.maximumAttempts is \(maximumAttempts): it must be at least 1"
            throw ClientError(.invalidConfiguration, text)
        }
    }
}
