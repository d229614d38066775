internal import SwitchboardRouter

/// What is counted of messages on one event loop.
///
/// It only refers to what it counts in, so that nothing on the way of a message counts references. That lives as long as
/// the ``WorkerMetrics`` that made it.
@safe
struct MessageCounters {
    private let receivedSlots: UnsafeMutablePointer<UInt16>
    private let sentSlots: UnsafeMutablePointer<UInt16>
    private let codeCount: Int
    private let counts: UnsafeMutablePointer<MessageCounts>
    private let durations: UnsafeMutablePointer<DurationSamples>

    /// Makes counters by the slots of `slots`, which must live as long.
    init(_ slots: MessageSlots) {
        unsafe receivedSlots = slots.received
        unsafe sentSlots = slots.sent
        codeCount = slots.codeCount
        unsafe counts = .allocate(capacity: slots.count)
        unsafe counts.initialize(repeating: MessageCounts(), count: slots.count)
        unsafe durations = .allocate(capacity: 1)
        unsafe durations.initialize(to: DurationSamples())
    }

    func deallocate() {
        unsafe counts.deallocate()
        unsafe durations.deinitialize(count: 1)
        unsafe durations.deallocate()
    }

    // MARK: Counting

    /// Counts the messages of a batch, and what was done of them on the event loop.
    @inline(__always)
    func count(_ batch: FrameBatch, _ slot: Int) {
        unsafe counts[slot].received &+= batch.count
        unsafe counts[slot].receivedPayloadBytes &+= batch.count &* batch.frame.payloadSize
        unsafe counts[slot].handled &+= batch.handled
        unsafe counts[slot].replyBytes &+= batch.replyBytes
    }

    /// Whether to measure how long the next message of a slot is handled.
    @inline(__always)
    func isSampled(_ slot: Int) -> Bool {
        unsafe counts[slot].isSampled
    }

    /// The most messages of a slot that a batch may have, 1 or more: a message whose duration is measured is a batch of its own.
    @inline(__always)
    func countUntilSample(_ slot: Int) -> Int {
        unsafe counts[slot].countUntilSample
    }

    /// Counts a message with `code` that was handled, and its reply of `replyBytes`, if it has one.
    func countHandled(_ code: MessageCode, replyBytes: Int) {
        let slot = receivedSlot(of: code)
        unsafe counts[slot].handled &+= 1
        unsafe counts[slot].replyBytes &+= replyBytes
    }

    /// Counts how long a message with `code` was handled.
    func count(_ nanoseconds: UInt64, of code: MessageCode) {
        count(nanoseconds, of: receivedSlot(of: code))
    }

    /// Counts how long a message of a slot was handled.
    func count(_ nanoseconds: UInt64, of slot: Int) {
        unsafe durations.pointee.append(Int64(clamping: nanoseconds), slot: slot)
    }

    func countSent(_ code: MessageCode, messages: Int = 1, bytes: Int) {
        let slot = Int(code) < codeCount ? unsafe Int(sentSlots[Int(code)]) : MessageSlots.unknown
        unsafe counts[slot].sent &+= messages
        unsafe counts[slot].sentBytes &+= bytes
    }

    func countRateLimited(_ code: MessageCode) {
        unsafe counts[receivedSlot(of: code)].rateLimited &+= 1
    }

    /// The slot of what comes with `code`.
    @inline(__always)
    func receivedSlot(of code: MessageCode) -> Int {
        Int(code) < codeCount ? unsafe Int(receivedSlots[Int(code)]) : MessageSlots.unknown
    }

    // MARK: Handing over

    /// What was counted in a slot since it was taken last.
    func take(_ slot: Int) -> MessageCounts {
        defer { unsafe counts[slot] = MessageCounts() }
        return unsafe counts[slot]
    }

    /// The durations that were measured since they were taken last.
    func takeDurations(_ body: (DurationSamples.Sample) -> Void) {
        for sample in unsafe durations.pointee.samples { body(sample) }
        unsafe durations.pointee.removeAll()
    }
}

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
