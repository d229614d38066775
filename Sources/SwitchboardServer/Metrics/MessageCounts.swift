/// What is counted of one message on one event loop, since it was handed over last.
struct MessageCounts {
    var received = 0
    var receivedPayloadBytes = 0
    /// How many were handled to the end, and answered if they are requests.
    var handled = 0
    /// The bytes of the frames that answered them.
    var replyBytes = 0
    /// How many were sent that are no reply.
    var sent = 0
    var sentBytes = 0
    var rateLimited = 0

    /// Of so many handled messages the duration of the first is measured: to read the clock for each would take a third of the
    /// time that a short handler takes with all that surrounds it.
    private static let samplingInterval = 256

    /// Whether the duration of the next one is to be measured.
    @inline(__always)
    var isSampled: Bool { handled & (Self.samplingInterval - 1) == 0 }

    /// How many there are until the next whose duration is to be measured; 1 for that one itself.
    @inline(__always)
    var countUntilSample: Int { max(-handled & (Self.samplingInterval - 1), 1) }
}
