internal import SwitchboardRouter

/// The counters of messages on one event loop.
///
/// The value has unowned pointers to its counters, so that no code on the path of a message counts references. The
/// counters live as long as the ``WorkerMetrics`` that made them.
@safe
struct MessageCounters {
    private let receivedIndexes: UnsafeMutablePointer<UInt16>
    private let sentIndexes: UnsafeMutablePointer<UInt16>
    private let codeCount: Int
    private let counts: UnsafeMutablePointer<MessageCounts>
    private let durations: UnsafeMutablePointer<DurationSamples>

    /// Makes one set of counters for each of `indexes`, which must outlive this value.
    init(_ indexes: MetricIndexes) {
        unsafe receivedIndexes = indexes.received
        unsafe sentIndexes = indexes.sent
        codeCount = indexes.codeCount
        unsafe counts = .allocate(capacity: indexes.count)
        unsafe counts.initialize(repeating: MessageCounts(), count: indexes.count)
        unsafe durations = .allocate(capacity: 1)
        unsafe durations.initialize(to: DurationSamples())
    }

    func deallocate() {
        unsafe counts.deallocate()
        unsafe durations.deinitialize(count: 1)
        unsafe durations.deallocate()
    }

    // MARK: Counting

    /// Counts the received messages of a batch, and the messages that were handled on the event loop.
    @inline(__always)
    func count(_ batch: FrameBatch, _ index: Int) {
        unsafe counts[index].received &+= batch.count
        unsafe counts[index].receivedBytes &+= batch.count &* batch.size
        unsafe counts[index].handled &+= batch.handled
        unsafe counts[index].replyBytes &+= batch.replyBytes
    }

    /// Returns whether to measure the duration of the next message with a metric index.
    @inline(__always)
    func isSampled(_ index: Int) -> Bool {
        unsafe counts[index].isSampled
    }

    /// Returns the largest number of messages with a metric index in a batch, 1 or more.
    ///
    /// A message whose duration is measured is a batch of its own.
    @inline(__always)
    func countUntilSample(_ index: Int) -> Int {
        unsafe counts[index].countUntilSample
    }

    /// Counts a handled message with `code`, and the bytes of its reply, if it has one.
    func countHandled(_ code: MessageCode, replyBytes: Int) {
        let index = receivedIndex(of: code)
        unsafe counts[index].handled &+= 1
        unsafe counts[index].replyBytes &+= replyBytes
    }

    /// Records the duration of a message with `code`.
    func count(_ nanoseconds: UInt64, of code: MessageCode) {
        count(nanoseconds, of: receivedIndex(of: code))
    }

    /// Records the duration of a message with a metric index.
    func count(_ nanoseconds: UInt64, of index: Int) {
        unsafe durations.pointee.append(Int64(clamping: nanoseconds), index: index)
    }

    func countSent(_ code: MessageCode, messages: Int = 1, bytes: Int) {
        let index = Int(code) < codeCount ? unsafe Int(sentIndexes[Int(code)]) : MetricIndexes.unknown
        unsafe counts[index].sent &+= messages
        unsafe counts[index].sentBytes &+= bytes
    }

    /// Counts handlers of messages with `code` that were suspended, or that have ended since, as a negative number.
    func countSuspended(_ code: MessageCode, by change: Int) {
        unsafe counts[receivedIndex(of: code)].suspended &+= change
    }

    func countRateLimited(_ code: MessageCode) {
        unsafe counts[receivedIndex(of: code)].rateLimited &+= 1
    }

    /// Returns the metric index of received messages with `code`.
    @inline(__always)
    func receivedIndex(of code: MessageCode) -> Int {
        Int(code) < codeCount ? unsafe Int(receivedIndexes[Int(code)]) : MetricIndexes.unknown
    }

    // MARK: Handing over

    /// Returns the counts of a metric index since the last call.
    func take(_ index: Int) -> MessageCounts {
        defer { unsafe counts[index] = MessageCounts() }
        return unsafe counts[index]
    }

    /// Calls `body` with the durations that were measured since the last call.
    func takeDurations(_ body: (DurationSamples.Sample) -> Void) {
        for sample in unsafe durations.pointee.samples { body(sample) }
        unsafe durations.pointee.removeAll()
    }
}

/// The counts of one message on one event loop since the last hand-over.
struct MessageCounts {
    var received = 0
    /// The number of bytes of the received frames.
    var receivedBytes = 0
    /// The number of messages that were handled and, if they are requests, answered.
    var handled = 0
    /// The number of bytes of the replies.
    var replyBytes = 0
    /// The number of sent messages that are not replies.
    var sent = 0
    var sentBytes = 0
    var rateLimited = 0
    /// The change of the number of suspended handlers.
    var suspended = 0

    /// The duration of one message in this many is measured.
    ///
    /// To read the clock for each message would take a third of the time of a short handler and everything around it.
    private static let samplingInterval = 256

    /// Whether the duration of the next message is measured.
    @inline(__always)
    var isSampled: Bool { handled & (Self.samplingInterval - 1) == 0 }

    /// The number of messages up to the next one whose duration is measured; 1 when it is the next.
    @inline(__always)
    var countUntilSample: Int { max(-handled & (Self.samplingInterval - 1), 1) }
}

/// A sample of the durations of handlers: of more than ``maximumCount`` durations, each is kept with the same
/// probability.
struct DurationSamples {
    struct Sample {
        var index: Int
        var nanoseconds: Int64
    }

    /// The maximum number of samples between two hand-overs.
    static let maximumCount = 1024

    private(set) var samples: [Sample] = []
    private var offered = 0
    private var random = QuickRandomNumbers()

    init() {
        samples.reserveCapacity(Self.maximumCount)
    }

    mutating func append(_ nanoseconds: Int64, index: Int) {
        offered += 1
        let sample = Sample(index: index, nanoseconds: nanoseconds)
        if samples.count < Self.maximumCount {
            samples.append(sample)
        } else {
            let position = Int.random(in: 0..<offered, using: &random)
            if position < Self.maximumCount { samples[position] = sample }
        }
    }

    mutating func removeAll() {
        samples.removeAll(keepingCapacity: true)
        offered = 0
    }
}

/// Predictable random numbers.
///
/// The generator of the system would make a system call for each number.
///
/// It is SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
private struct QuickRandomNumbers: RandomNumberGenerator {
    private var state = UInt64.random(in: .min ... .max)

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}
