internal import SwitchboardTransport
internal import Synchronization

/// Counts the connections that are open, up to a limit in all and one for each address.
final class ConnectionSlots: Sendable {
    /// Whether a connection got a slot.
    enum Admission {
        case admitted
        case full
        case addressIsFull
    }

    private struct State {
        var taken = 0
        /// By address; empty while there is no limit for each.
        var takenByAddress: [SocketAddress.Network: Int] = [:]
        var whenFree: AsyncStream<Never>.Continuation?
    }

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
            guard state.taken < limit else { return .full }
            if limitPerAddress > 0, let network = address.network {
                let count = state.takenByAddress[network, default: 0]
                guard count < limitPerAddress else { return .addressIsFull }
                state.takenByAddress[network] = count + 1
            }
            state.taken += 1
            return .admitted
        }
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
