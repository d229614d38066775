internal import SwitchboardTransport
internal import Synchronization

/// Counts the connections that are open, up to a limit in all and one for each address.
final class ConnectionSlots: Sendable {
    /// Whether a connection got a slot.
    enum Admission {
        case admitted
        case refused(RefusalReason)
        /// There is not even a place to be told so.
        case turnedAway(RefusalReason)
    }

    private struct State {
        var taken = 0
        /// How many peers are being told that there is no place for them.
        var refusals = 0
        /// By address; empty while there is no limit for each.
        var takenByAddress: [SocketAddress.Network: Int] = [:]
        var whenFree: AsyncStream<Never>.Continuation?
    }

    /// The most peers that are told at the same time that there is no place for them: each has a descriptor meanwhile.
    private static let maximumRefusals = 32

    private let limit: Int
    private let limitPerAddress: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: How many there are.
    ///   - limitPerAddress: How many of them one address may have; 0 for all.
    init(limit: Int, limitPerAddress: Int) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    /// How many are taken.
    var taken: Int { state.withLock { $0.taken } }

    /// Takes a slot for a peer at `address`, if one is left.
    func take(for address: SocketAddress) -> Admission {
        state.withLock { state in
            guard state.taken < limit else { return Self.refuse(.serverIsFull, &state) }
            if limitPerAddress > 0, let network = address.network {
                let count = state.takenByAddress[network, default: 0]
                guard count < limitPerAddress else { return Self.refuse(.addressIsFull, &state) }
                state.takenByAddress[network] = count + 1
            }
            state.taken += 1
            return .admitted
        }
    }

    private static func refuse(_ reason: RefusalReason, _ state: inout State) -> Admission {
        guard state.refusals < maximumRefusals else { return .turnedAway(reason) }
        state.refusals += 1
        return .refused(reason)
    }

    /// A peer that was told that there is no place for it has gone.
    func endRefusal() {
        state.withLock { $0.refusals -= 1 }
    }

    /// Gives the slot of a peer at `address` back.
    func giveBack(for address: SocketAddress?) {
        let whenFree = state.withLock { state in
            state.taken -= 1
            if limitPerAddress > 0, let network = address?.network, let count = state.takenByAddress[network] {
                state.takenByAddress[network] = count > 1 ? count - 1 : nil
            }
            return state.taken == 0 ? state.whenFree.take() : nil
        }
        whenFree?.finish()
    }

    /// Returns when no slot is taken, after `timeout`, or on cancellation.
    func waitUntilFree(for timeout: Duration) async {
        let (free, whenFree) = AsyncStream.makeStream(of: Never.self)
        let isFree = state.withLock { state in
            state.whenFree = whenFree
            return state.taken == 0
        }
        if isFree { return }
        await withTaskGroup { group in
            group.addTask { for await _ in free {} }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Why the server refuses a connection.
enum RefusalReason: String, CaseIterable {
    case serverIsFull
    case addressIsFull

    /// The text of the error message to the peer.
    var explanation: String {
        switch self {
        case .serverIsFull: "the server has reached its maximum number of connections; try again later"
        case .addressIsFull: "your address has reached its maximum number of connections"
        }
    }
}
