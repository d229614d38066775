/// How much a backplane queues, and for how long.
public struct BackplaneLimits: Sendable, Hashable {
    /// Above this many bytes that the engine has not acknowledged, connections that publish are not read: at least 1.
    public var holdBytes = 4 * 1024 * 1024

    /// The longest time for which publishers are held while the engine acknowledges nothing.
    ///
    /// Then the server goes on for its own connections alone, and queues up to ``maximumWaitingBytes``.
    public var holdTime = Duration.seconds(5)

    /// Above this many bytes that the engine has not acknowledged, the oldest blocks are dropped and counted: at least
    /// ``holdBytes``.
    public var maximumWaitingBytes = 64 * 1024 * 1024

    /// The limits of a server in production.
    public init() {}

    /// Held publishers are released at this part of ``holdBytes``: one half.
    var releaseBytes: Int { holdBytes / 2 }

    /// Checks the limits.
    ///
    /// - Throws: A ``BackplaneError`` that names the first limit that is out of range.
    package func validate() throws(BackplaneError) {
        guard holdBytes >= 1 else {
            throw BackplaneError(.invalidConfiguration, "holdBytes is \(holdBytes): it must be at least 1")
        }
        guard maximumWaitingBytes >= holdBytes else {
            throw BackplaneError(
                .invalidConfiguration,
                "maximumWaitingBytes is \(maximumWaitingBytes): it must be at least holdBytes, \(holdBytes)"
            )
        }
        guard holdTime >= .zero else {
            throw BackplaneError(.invalidConfiguration, "holdTime is \(holdTime): it must not be negative")
        }
    }
}
