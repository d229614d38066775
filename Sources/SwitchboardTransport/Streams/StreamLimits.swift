/// How much a stream keeps for a peer, and for how long.
package struct StreamLimits: Sendable, Hashable {
    /// The number of bytes of output, without the last message, after which a stream offers them to its socket, in bytes.
    package static let maximumBurstBytes = 64 * 1024

    /// The high-water mark: a stream with more pending output than this is congested, in bytes.
    package var highWaterBytes = 256 * 1024

    /// The low-water mark: a congested stream stays so until its pending output is no more than this, in bytes.
    package var lowWaterBytes = 128 * 1024

    /// Whether reading stops above ``highWaterBytes``.
    ///
    /// A server stops reading. A client continues: if both ends stopped, each could wait for the other to read, and neither
    /// would.
    package var stopsReadingWhileCongested = true

    /// A stream with more pending output than this is closed as a slow consumer, in bytes.
    package var maximumPendingBytes = 4 * 1024 * 1024

    /// A stream is closed as a slow consumer when the peer takes no byte of its pending output for this long, or has not taken
    /// all of it this long after the stream began to finish.
    package var writeTimeout = Duration.seconds(30)

    /// The time that the peer may take to close its side once all output is sent.
    package var lingerTimeout = Duration.seconds(1)

    /// The largest number of bytes of input that are read and thrown away while a stream finishes.
    package var lingerBytes = 16 * 1024 * 1024

    /// A stream receives no more while its delegate leaves this many bytes of input unread.
    package var maximumUnreadBytes = 256 * 1024

    /// The defaults.
    package init() {}
}

/// Limits in memory that many streams share: a stream at rest is small.
package final class SharedStreamLimits: Sendable {
    let limits: StreamLimits

    /// Shares `limits`.
    package init(_ limits: StreamLimits) {
        self.limits = limits
    }
}
