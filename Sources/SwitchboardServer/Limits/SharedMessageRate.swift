internal import Synchronization

/// A rate that all event loops share.
///
/// A loop takes messages in batches, so that the loops do not meet here for each of them.
final class SharedMessageRate: Sendable {
    private static let maximumBatch = 64

    /// How many are let through at once where there is no limit.
    private static let unlimitedBatch = 1 << 20

    private let rate: MessageRate
    private let batch: Int
    private let paidUntil = Atomic<UInt64>(0)

    /// - Parameter perSecond: Messages a second; 0 for no limit.
    init(perSecond: Int) {
        rate = MessageRate(perSecond: perSecond)
        // A hundredth of a second's worth at most: what loops hold and do not use is not missed.
        batch = perSecond > 0 ? min(max(perSecond / 100, 1), Self.maximumBatch) : Self.unlimitedBatch
    }

    var isLimited: Bool { rate.isLimited }

    /// Takes a batch of messages at the time `now`, in nanoseconds.
    ///
    /// - Returns: How many may be handled; 0 when the rate is used up.
    func takeBatch(at now: UInt64) -> Int {
        guard isLimited else { return batch }
        var expected = paidUntil.load(ordering: .relaxed)
        while true {
            var desired = expected
            let taken = rate.take(upTo: batch, from: &desired, at: now)
            guard taken > 0 else { return 0 }
            let (exchanged, original) = paidUntil.weakCompareExchange(
                expected: expected,
                desired: desired,
                ordering: .relaxed
            )
            if exchanged { return taken }
            expected = original
        }
    }
}
