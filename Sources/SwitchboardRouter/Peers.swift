/// A connected peer, as ``Context/peers`` lists it.
public struct Peer: Sendable, Hashable {
    /// The session ID of its connection.
    public let session: SessionID

    /// The user of the authenticated peer; `nil` when the peer is not authenticated.
    public let user: String?

    /// The address of the peer.
    public let address: SocketAddress

    /// The time at which the server accepted the connection, to 0.1 s, by the clock of this process.
    ///
    /// It is right also for a connection of another machine, whose clock may be wrong.
    public let since: ContinuousClock.Instant

    /// The server of the connection.
    public var server: ServerID { session.server }

    /// A peer.
    public init(session: SessionID, user: String?, address: SocketAddress, since: ContinuousClock.Instant) {
        self.session = session
        self.user = user
        self.address = address
        self.since = since
    }
}

/// The peers of a destination, in no particular order.
///
/// ```swift
/// for try await peer in context.peers { names.append(peer.user) }
/// ```
///
/// Each iteration lists the connections of this server that are open when it begins, then those of other servers, if the backplane has
/// a store. Other servers write their connections into the store ten times a second, and the iteration reads them from there page by
/// page: a connection that is opened or closed meanwhile may be listed or not, and rarely twice. The iteration throws a ``PeersError``
/// after the last peer when an event loop of this server or the engine of the backplane did not answer.
public struct Peers: AsyncSequence, Sendable {
    /// An element of the sequence.
    public typealias Element = Peer

    /// Some of the peers, such as those of one event loop.
    ///
    /// A part makes each peer only when the iteration has come to it.
    package struct Part: Sendable {
        let count: Int
        let peer: @Sendable (Int) -> Peer

        package init(count: Int, peer: @escaping @Sendable (Int) -> Peer) {
            self.count = count
            self.peer = peer
        }
    }

    /// Makes the parts of an iteration.
    package let parts: @Sendable () -> AsyncThrowingStream<Part, any Error>

    /// The peers in `parts`, which is called for each iteration.
    package init(_ parts: @escaping @Sendable () -> AsyncThrowingStream<Part, any Error>) {
        self.parts = parts
    }

    /// The peers in an array.
    public init(_ peers: [Peer]) {
        parts = {
            AsyncThrowingStream { continuation in
                continuation.yield(Part(count: peers.count) { peers[$0] })
                continuation.finish()
            }
        }
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(parts().makeAsyncIterator()) }

    /// An iterator over peers.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var parts: AsyncThrowingStream<Part, any Error>.Iterator
        private var current: Part?
        private var position = 0

        fileprivate init(_ parts: AsyncThrowingStream<Part, any Error>.Iterator) {
            self.parts = parts
        }

        /// Returns the next peer; `nil` after the last one.
        ///
        /// - Throws: A ``PeersError`` when the list is incomplete.
        public mutating func next() async throws -> Peer? {
            try await next(isolation: #isolation)
        }

        /// Returns the next peer; `nil` after the last one.
        ///
        /// - Throws: A ``PeersError`` when the list is incomplete.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> Peer? {
            while true {
                if let current, position < current.count {
                    defer { position += 1 }
                    return current.peer(position)
                }
                guard let part = try await parts.next(isolation: actor) else { return nil }
                (current, position) = (part, 0)
            }
        }
    }
}

/// The error of a list of peers that is not complete.
///
/// All peers that could be listed were listed before.
public struct PeersError: Error, Hashable, CustomStringConvertible {
    /// The number of event loops of this server whose peers are missing.
    public let missingEventLoops: Int

    /// The time that the event loops had to answer.
    public let timeout: Duration

    /// The other servers whose peers are missing; `nil` when the engine of the backplane did not say which servers there are.
    public let missingServers: [ServerID]?

    /// The reason why peers of other servers are missing, in one line; `nil` when none are.
    public let engineProblem: String?

    /// An error of a list without the peers of some event loops, of some servers, or of both.
    package init(
        missingEventLoops: Int = 0,
        timeout: Duration = .zero,
        missingServers: [ServerID]? = [],
        engineProblem: String? = nil
    ) {
        self.missingEventLoops = missingEventLoops
        self.timeout = timeout
        self.missingServers = missingServers
        self.engineProblem = engineProblem
    }

    /// The error in one line.
    public var description: String {
        var reasons: [String] = []
        if missingEventLoops > 0 {
            reasons.append("\(missingEventLoops) of the event loops did not answer within \(timeout)")
        }
        if let engineProblem {
            let servers = missingServers.map { "of \($0.count) other servers" } ?? "of all other servers"
            reasons.append("the peers \(servers) are missing: \(engineProblem)")
        }
        return "the list of peers is incomplete: " + reasons.joined(separator: "; ")
    }
}
