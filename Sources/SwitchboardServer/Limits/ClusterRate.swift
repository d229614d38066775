internal import SwitchboardBackplane
internal import Synchronization

/// A rate that all servers of a cluster share.
///
/// Half of the messages of one second are in the bucket of the engine. The other half are leased to the servers: each keeps its part
/// in reserve, so that a message does not wait for the engine, and event loops take messages from that reserve. A task fills the
/// reserve again when half of it is used. When the engine grants less than it was asked for, the task waits before it asks again.
///
/// While the engine does not answer, this server has its part of the rate: the limit divided by the number of servers last known.
final class ClusterRate: Sendable {
    /// The time without an answer after which the engine counts as unreachable.
    static let answerTime = Duration.milliseconds(250)

    /// The time after which the task asks an engine again that was unreachable.
    private static let retryTime = Duration.milliseconds(250)

    /// The time after which the task asks again when the rate is used up.
    private static let backOff = Duration.milliseconds(10)...Duration.milliseconds(100)

    /// How often the rate is asked for the reserve of a server that starts.
    private static let preparations = 5

    /// The time whose messages the bucket of the engine holds.
    private static let burst = Duration.milliseconds(500)

    /// What decides while the reserve is empty.
    private enum Source {
        /// The engine: the reserve is filled again soon.
        case engine
        /// This server, with its part of the rate; the bucket is made, empty, at the first message.
        case server(SharedMessageRate?)
    }

    private struct State {
        var source = Source.engine
        var awaitsAnswer = false
    }

    private let perSecond: Int
    private let share: Int
    private let state = Mutex(State())
    private let reserve = Atomic(0)
    private let servers = Atomic(1)
    private let isAsking = Atomic(false)
    private let refused = Atomic<UInt64>(0)
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter perSecond: Messages per second of all servers, 1 or more.
    init(perSecond: Int) {
        self.perSecond = perSecond
        share = SharedMessageRate.share(perSecond: perSecond)
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The number of messages that were refused because of this rate.
    var refusedMessages: UInt64 { refused.load(ordering: .relaxed) }

    /// Notes the number of living servers, including this one.
    ///
    /// When there are more servers than before, this server gives up what it has in reserve above its part.
    func noteServers(_ count: Int) {
        servers.store(max(count, 1), ordering: .relaxed)
        var left = reserve.load(ordering: .relaxed)
        while left > target {
            let (exchanged, original) = reserve.weakCompareExchange(expected: left, desired: target, ordering: .relaxed)
            if exchanged { return }
            left = original
        }
    }

    /// The number of messages that this server keeps in reserve.
    private var target: Int { max(perSecond / 2 / servers.load(ordering: .relaxed), 1) }

    // MARK: Event loops

    /// Takes an event loop's share of messages at the time `now`, in nanoseconds.
    ///
    /// - Returns: How many messages the loop may handle, at most `count`; 0 when the rate is used up, which refuses one message.
    func takeShare(upTo count: Int, at now: UInt64) -> Int {
        let wanted = min(count, share)
        var left = reserve.load(ordering: .relaxed)
        while left > 0 {
            let taken = min(left, wanted)
            let (exchanged, original) = reserve.weakCompareExchange(
                expected: left,
                desired: left - taken,
                ordering: .relaxed
            )
            if exchanged {
                if left - taken < max(target / 2, 1) { ask() }
                return taken
            }
            left = original
        }
        ask()
        let taken = takeOwnShare(at: now)
        if taken == 0 { refused.wrappingAdd(1, ordering: .relaxed) }
        // The reserve has what the loop does not want.
        if taken > wanted { giveBack(taken - wanted) }
        return min(taken, wanted)
    }

    /// Gives messages back that an event loop has taken and does not need.
    func giveBack(_ count: Int) { reserve.wrappingAdd(count, ordering: .relaxed) }

    private func takeOwnShare(at now: UInt64) -> Int {
        state.withLock { state in
            guard case .server(let rate) = state.source else { return 0 }
            let part = max(perSecond / servers.load(ordering: .relaxed), 1)
            let own = rate ?? SharedMessageRate(perSecond: part, emptyAt: now)
            state.source = .server(own)
            return own.takeShare(at: now)
        }
    }

    private func ask() {
        if !isAsking.exchange(true, ordering: .relaxed) { wake.yield() }
    }

    // MARK: The task

    /// Fills the reserve for the first messages, before the server accepts connections.
    ///
    /// When other servers use the rate up, the reserve stays empty for now: this takes half a second at most.
    func prepare(with store: any ClusterStore) async {
        for _ in 0..<Self.preparations {
            guard let pause = await refill(from: store) else { return }
            try? await Task.sleep(for: min(pause, Self.backOff.upperBound))
        }
    }

    /// Fills the reserve again whenever it is half empty, until the task is cancelled.
    func run(with store: any ClusterStore) async {
        ask()
        for await _ in wakeups {
            guard let pause = await refill(from: store) else { continue }
            try? await Task.sleep(for: pause)
            ask()
        }
    }

    /// Fills the reserve.
    ///
    /// - Returns: The time after which to try again; `nil` when the reserve is full.
    @discardableResult
    func refill(from store: any ClusterStore) async -> Duration? {
        // First, so that a message that finds the reserve empty after that asks again.
        isAsking.store(false, ordering: .sequentiallyConsistent)
        let wanted = target - reserve.load(ordering: .sequentiallyConsistent)
        guard wanted > 0 else { return nil }
        state.withLock { $0.awaitsAnswer = true }
        let timeout = Task {
            try await Task.sleep(for: Self.answerTime)
            self.goOnAlone()
        }
        defer { timeout.cancel() }
        do throws(BackplaneError) {
            let limit = ClusterRateLimit(perSecond: perSecond, burst: Self.burst)
            let granted = try await store.takeMessages(upTo: wanted, of: limit)
            state.withLock { $0 = State() }
            reserve.wrappingAdd(granted, ordering: .relaxed)
            if granted == wanted { return nil }
            let pause = Duration.seconds(Double(wanted - granted) / Double(perSecond))
            return min(max(pause, Self.backOff.lowerBound), Self.backOff.upperBound)
        } catch {
            goOnAlone()
            return Self.retryTime
        }
    }

    /// Lets this server have its part of the rate, unless the engine has answered.
    private func goOnAlone() {
        state.withLock { state in
            guard state.awaitsAnswer else { return }
            state.awaitsAnswer = false
            if case .engine = state.source { state.source = .server(nil) }
        }
    }
}
