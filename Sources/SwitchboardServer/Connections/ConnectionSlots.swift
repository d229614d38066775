internal import SwitchboardTransport
internal import Synchronization

/// The connection slots of a server: a limit for all connections, and one for each address.
final class ConnectionSlots: Sendable {
    /// The decision about a connection that was accepted.
    enum Admission {
        /// The connection has a slot, and belongs to the event loop with this position.
        case admitted(loop: Int)
        /// The peer gets an error message, then the connection closes.
        case refused(RefusalReason)
        /// The connection is aborted without an error message: ``maximumRefusals`` other refused connections
        /// are open.
        case aborted(RefusalReason)
    }

    private struct State {
        var limit: Int
        var limitPerAddress: Int
        var taken = 0
        /// The number of refused connections that have not closed yet.
        var refusals = 0
        /// The slots taken by each address, also without a limit: one may be set while connections are open.
        var takenByAddress: [SocketAddress.Network: Int] = [:]
        /// The slots taken by the connections of each event loop.
        var takenByLoop: [Int]
        /// Called when no slot is taken any more.
        var whenFree: (@Sendable () -> Void)?

        // With one look-up each, because every connection passes here.

        /// Takes a slot of an address, if it has one left.
        mutating func takeSlot(of network: SocketAddress.Network) -> Bool {
            let limit = limitPerAddress > 0 ? limitPerAddress : .max
            func take(_ taken: inout Int) -> Bool {
                if taken >= limit { return false }
                taken += 1
                return true
            }
            return take(&takenByAddress[network, default: 0])
        }

        mutating func giveBackSlot(of network: SocketAddress.Network) {
            guard let index = takenByAddress.index(forKey: network) else { return }
            takenByAddress.values[index] -= 1
            if takenByAddress.values[index] == 0 { takenByAddress.remove(at: index) }
        }
    }

    /// The highest number of refused connections that are open at a time: each has a descriptor.
    private static let maximumRefusals = 32

    private let state: Mutex<State>

    /// - Parameters:
    ///   - limit: The number of slots.
    ///   - limitPerAddress: The number of slots that one address may take; 0 disables the limit.
    ///   - loops: The number of event loops.
    init(limit: Int, limitPerAddress: Int, loops: Int) {
        let takenByLoop = Array(repeating: 0, count: max(loops, 1))
        state = Mutex(State(limit: limit, limitPerAddress: limitPerAddress, takenByLoop: takenByLoop))
    }

    /// Changes the limits for later connections.
    func update(limit: Int, limitPerAddress: Int) {
        state.withLock { ($0.limit, $0.limitPerAddress) = (limit, limitPerAddress) }
    }

    /// The number of slots taken.
    var taken: Int { state.withLock { $0.taken } }

    /// Takes a slot for a peer at `address`, if one is left.
    ///
    /// The connection stays on the event loop that accepted it, unless another one has fewer connections.
    ///
    /// - Parameter acceptor: The position of the event loop that accepted the connection.
    func take(for address: SocketAddress, acceptedBy acceptor: Int) -> Admission {
        state.withLock { state in
            guard state.taken < state.limit else { return Self.refuse(.serverIsFull, &state) }
            if let network = address.network, !state.takeSlot(of: network) {
                return Self.refuse(.addressIsFull, &state)
            }
            state.taken += 1
            return .admitted(loop: Self.takeFairly(acceptor, &state.takenByLoop))
        }
    }

    private static func takeFairly(_ acceptor: Int, _ taken: inout [Int]) -> Int {
        var loop = taken.indices.contains(acceptor) ? acceptor : 0
        for other in taken.indices where taken[other] < taken[loop] { loop = other }
        taken[loop] += 1
        return loop
    }

    private static func refuse(_ reason: RefusalReason, _ state: inout State) -> Admission {
        guard state.refusals < maximumRefusals else { return .aborted(reason) }
        state.refusals += 1
        return .refused(reason)
    }

    /// A refused connection has closed.
    func endRefusal() {
        state.withLock { $0.refusals -= 1 }
    }

    /// Gives back the slot of a peer at `address`, whose connection belonged to an event loop.
    func giveBack(for address: SocketAddress?, of loop: Int) {
        let whenFree = state.withLock { state in
            state.taken -= 1
            if state.takenByLoop.indices.contains(loop) { state.takenByLoop[loop] -= 1 }
            if let network = address?.network { state.giveBackSlot(of: network) }
            return state.taken == 0 ? state.whenFree.take() : nil
        }
        whenFree?()
    }

    /// Returns when no slot is taken, after `timeout`, or on cancellation.
    func waitUntilFree(for timeout: Duration) async {
        let (free, whenFree) = AsyncStream.makeStream(of: Never.self)
        let isFree = state.withLock { state in
            state.whenFree = { whenFree.finish() }
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
        case .addressIsFull:
            "the maximum number of connections from your address is reached; close one or try again later"
        }
    }
}
