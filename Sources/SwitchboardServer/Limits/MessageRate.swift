internal import Synchronization

/// A limit of messages per second: a token bucket that holds the messages of one second.
///
/// The bucket is kept as one number, the time until which its user has paid for messages. Each message costs its share of
/// a second, and a user pays at most one second ahead.
struct MessageRate {
    /// The highest rate there is, in messages per second.
    static let maximum = 1_000_000_000

    static let second: UInt64 = 1_000_000_000

    /// The cost of a message, in nanoseconds; 0 when the rate is not limited.
    private let cost: UInt64

    /// - Parameter perSecond: Messages per second, at most ``maximum``; 0 or less for no limit.
    init(perSecond: Int) {
        cost = perSecond > 0 ? max(Self.second / UInt64(perSecond), 1) : 0
    }

    /// A rate that can change while event loops use it.
    struct Changeable: ~Copyable, Sendable {
        private let cost: Atomic<UInt64>

        init(_ rate: MessageRate) {
            cost = Atomic(rate.cost)
        }

        var value: MessageRate {
            @inline(__always)
            get { MessageRate(cost: cost.load(ordering: .relaxed)) }
        }

        func store(_ rate: MessageRate) { cost.store(rate.cost, ordering: .relaxed) }
    }

    private init(cost: UInt64) {
        self.cost = cost
    }

    var isLimited: Bool { cost > 0 }

    /// How many messages the bucket holds at the time `now`, and `count` at most.
    @inline(__always)
    func available(upTo count: Int, _ paidUntil: UInt64, at now: UInt64) -> Int {
        guard isLimited else { return count }
        let ahead = max(paidUntil, now) &- now
        guard ahead < Self.second else { return 0 }
        return Int(min(UInt64(count), (Self.second &- ahead) / cost))
    }

    /// Takes `count` messages, which are available, out of the bucket at the time `now`.
    @inline(__always)
    func take(_ count: Int, from paidUntil: inout UInt64, at now: UInt64) {
        // The rate may have become lower since the messages were allowed.
        paidUntil = min(max(paidUntil, now) &+ UInt64(count) &* cost, now &+ Self.second)
    }
}

/// A rate that all event loops share.
///
/// An event loop takes several messages at once, so that the loops do not meet here for each message.
final class SharedMessageRate: Sendable {
    /// The most messages that an event loop takes at once.
    private static let maximumShare = 64

    /// How many messages an event loop takes at once where the rate is not limited.
    private static let unlimitedShare = 1 << 20

    private let rate: MessageRate.Changeable
    private let share: Atomic<Int>
    private let paidUntil: Atomic<UInt64>

    /// - Parameters:
    ///   - perSecond: Messages per second; 0 for no limit.
    ///   - time: The time at which the bucket is empty, in nanoseconds; `nil` for a full bucket.
    init(perSecond: Int, emptyAt time: UInt64? = nil) {
        rate = MessageRate.Changeable(MessageRate(perSecond: perSecond))
        share = Atomic(Self.shareOrAll(perSecond: perSecond))
        paidUntil = Atomic(time.map { $0 &+ MessageRate.second } ?? 0)
    }

    /// The messages that an event loop takes at once: at most those of 10 ms, because a loop may use them much later.
    static func share(perSecond: Int) -> Int { min(max(perSecond / 100, 1), maximumShare) }

    private static func shareOrAll(perSecond: Int) -> Int {
        perSecond > 0 ? share(perSecond: perSecond) : unlimitedShare
    }

    /// Changes the rate; 0 for no limit.
    func update(perSecond: Int) {
        rate.store(MessageRate(perSecond: perSecond))
        share.store(Self.shareOrAll(perSecond: perSecond), ordering: .relaxed)
    }

    var isLimited: Bool { rate.value.isLimited }

    /// Takes an event loop's share of messages at the time `now`, in nanoseconds.
    ///
    /// - Returns: How many messages the loop may handle, at most `count`; 0 when the rate is used up.
    func takeShare(upTo count: Int = .max, at now: UInt64) -> Int {
        let rate = rate.value
        let share = min(share.load(ordering: .relaxed), count)
        guard rate.isLimited else { return share }
        var expected = paidUntil.load(ordering: .relaxed)
        while true {
            let taken = rate.available(upTo: share, expected, at: now)
            guard taken > 0 else { return 0 }
            var desired = expected
            rate.take(taken, from: &desired, at: now)
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

/// The rates that a connection's messages must keep: its own, the one that all connections share, and that of all servers.
///
/// All are asked once for a batch: ``allowance(upTo:_:_:at:)`` tells how many messages may be handled, and
/// ``take(_:_:_:at:)`` takes as many as were. The result is the same as when each message is asked for by itself.
struct MessageRates: ~Copyable, Sendable {
    private let connectionRate: MessageRate.Changeable
    let shared: SharedMessageRate
    /// The rate that all servers share, if there is one.
    let cluster: ClusterRate?

    private let isAnyLimited: Atomic<Bool>

    /// The rate of each connection.
    var perConnection: MessageRate {
        @inline(__always)
        get { connectionRate.value }
    }

    /// Whether any of them is limited.
    var isLimited: Bool {
        @inline(__always)
        get { isAnyLimited.load(ordering: .relaxed) }
    }

    /// - Parameters:
    ///   - perConnection: Messages per second of a connection; 0 for no limit.
    ///   - shared: Messages per second of all connections; 0 for no limit.
    ///   - cluster: Messages per second of all servers; 0 for no limit.
    init(perConnection: Int, shared: Int, cluster: Int = 0) {
        connectionRate = MessageRate.Changeable(MessageRate(perSecond: perConnection))
        self.shared = SharedMessageRate(perSecond: shared)
        self.cluster = cluster > 0 ? ClusterRate(perSecond: cluster) : nil
        isAnyLimited = Atomic(perConnection > 0 || shared > 0 || cluster > 0)
    }

    /// Changes the rate of each connection, and that of all connections together; 0 for no limit.
    func update(perConnection: Int, shared: Int) {
        connectionRate.store(MessageRate(perSecond: perConnection))
        self.shared.update(perSecond: shared)
        isAnyLimited.store(perConnection > 0 || shared > 0 || cluster != nil, ordering: .relaxed)
    }

    /// How many messages of a connection may be handled at the time `now`, and `count` at most.
    ///
    /// - Parameters:
    ///   - count: 1 or more.
    ///   - paidUntil: Until when the connection has paid for messages.
    ///   - held: How many messages of the shared rate the event loop holds.
    ///   - now: The monotonic clock, in nanoseconds.
    /// - Returns: 0 when a rate is used up. The connection has paid for the message if only the shared rate is.
    @inline(never)
    func allowance(upTo count: Int, _ paidUntil: inout UInt64, _ held: inout Int, at now: UInt64) -> Int {
        let perConnection = perConnection
        let available = perConnection.available(upTo: count, paidUntil, at: now)
        guard available > 0 else { return 0 }
        // Below 0 when messages were allowed before the rate was limited.
        if held <= 0 { held = takeShare(at: now) }
        if held == 0 { perConnection.take(1, from: &paidUntil, at: now) }
        return min(available, held)
    }

    /// Takes an event loop's share of messages from the rates of all connections and all servers.
    private func takeShare(at now: UInt64) -> Int {
        guard let cluster else { return shared.takeShare(at: now) }
        let granted = cluster.takeShare(upTo: .max, at: now)
        guard granted > 0 else { return 0 }
        let taken = shared.takeShare(upTo: granted, at: now)
        if taken < granted { cluster.giveBack(granted - taken) }
        return taken
    }

    /// Takes `count` messages, which were allowed, out of all rates.
    @inline(__always)
    func take(_ count: Int, _ paidUntil: inout UInt64, _ held: inout Int, at now: UInt64) {
        perConnection.take(count, from: &paidUntil, at: now)
        held &-= count
    }
}
