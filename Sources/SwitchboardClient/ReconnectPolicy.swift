/// How a client comes back to a server after its connection has broken.
///
/// It waits before each attempt: up to a limit that begins at ``initialDelay`` and doubles with every attempt, and for a
/// random part of that, so that the clients of a server that was restarted do not all come back at the same moment.
public struct ReconnectPolicy: Sendable, Hashable {
    /// The longest wait before the first attempt: more than zero.
    public var initialDelay = Duration.milliseconds(100)

    /// The longest wait before any attempt: at least ``initialDelay``.
    public var maximumDelay = Duration.seconds(30)

    /// How many attempts in a row may fail before the client gives up: at least 1; `nil` for any number.
    public var maximumAttempts: Int?

    /// How long a connection must stand so that the next attempts begin with ``initialDelay`` again.
    public var stableTime = Duration.seconds(10)

    /// The defaults.
    public init() {}

    /// How long to wait before an attempt, which `failures` others have gone before.
    func delay(after failures: Int) -> Duration {
        // Beyond this many the doubled delay is longer than any maximum.
        let doublings = min(max(failures, 0), 40)
        let limit = min(initialDelay * Double(UInt64(1) << UInt64(doublings)), maximumDelay)
        return limit * Double.random(in: 0...1)
    }

    func validate() throws(ClientError) {
        guard initialDelay > .zero else {
            throw ClientError(.invalidConfiguration, "reconnect.initialDelay must be longer than 0 s")
        }
        guard maximumDelay >= initialDelay else {
            throw ClientError(.invalidConfiguration, "reconnect.maximumDelay must be at least initialDelay")
        }
        guard maximumAttempts ?? 1 >= 1 else {
            throw ClientError(.invalidConfiguration, "reconnect.maximumAttempts must be at least 1")
        }
    }
}
