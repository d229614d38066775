/// How much a stream keeps for a peer, and for how long.
package struct StreamLimits: Sendable, Hashable {
    /// The most bytes that are written for a peer, but for the last message, before it is seen how many it takes.
    package static let maximumBurstBytes = 64 * 1024

    /// While more bytes of output than this wait for the peer, the stream is congested.
    package var highWaterBytes = 256 * 1024

    /// A congested stream is so until no more bytes of output than this wait.
    package var lowWaterBytes = 128 * 1024

    /// Whether reading stops above ``highWaterBytes``.
    ///
    /// A server's does. If both ends did it, each could wait for the other to read for ever: so a client reads on.
    package var stopsReadingWhileCongested = true

    /// A peer for which more bytes of output than this wait is cut off.
    package var maximumPendingBytes = 4 * 1024 * 1024

    /// A peer that takes no byte of what waits for it for this long is cut off; so is one that has not taken everything
    /// when the stream has been finishing for this long.
    package var writeTimeout = Duration.seconds(30)

    /// How long the peer may take to close its side once all output has gone out.
    package var lingerTimeout = Duration.seconds(1)

    /// How many bytes of input are read and thrown away while a stream finishes.
    package var lingerBytes = 16 * 1024 * 1024

    /// While the delegate leaves this many bytes of input that it could read, no more are read for it.
    package var maximumUnreadBytes = 256 * 1024

    /// The defaults.
    package init() {}
}

/// Limits that many streams keep, in memory that they share: a stream at rest is to be small.
package final class SharedStreamLimits: Sendable {
    let limits: StreamLimits

    /// Shares `limits`.
    package init(_ limits: StreamLimits) {
        self.limits = limits
    }
}
