/// The limits of a backplane: how many bytes it queues, and for how long it holds publishers.
public struct BackplaneLimits: Sendable, Hashable {
    /// The number of bytes without acknowledgement above which the server does not read connections that publish: at least 1.
    ///
    /// Publishers thus have the pace of the engine.
    public var holdBytes = 4 * 1024 * 1024

    /// The longest time for which publishers are held without progress: while the engine acknowledges no block.
    ///
    /// After that time, the server reads publishers again, and queues up to ``maximumWaitingBytes``.
    public var holdTime = Duration.seconds(5)

    /// The most bytes without acknowledgement: at least ``holdBytes``.
    ///
    /// Above this number, the backplane drops and counts the oldest blocks.
    public var maximumWaitingBytes = 64 * 1024 * 1024

    /// The limits of a server in production.
    public init() {}

    /// The number of bytes at which held publishers are released: half of ``holdBytes``.
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
