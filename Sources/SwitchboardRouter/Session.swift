internal import Synchronization

/// The state that handlers keep for a peer as long as its connection exists.
///
/// A session may be used from any thread.
public final class Session: Sendable {
    // Most peers never authenticate, so the object is created with the first value. It is used only under the lock.
    private final class State: @unchecked Sendable {
        var identity: Identity?
        var values: [ObjectIdentifier: any Sendable] = [:]
    }

    private struct Storage {
        private var state: State?

        var identity: Identity? {
            get { state?.identity }
            set { existing { $0.identity = newValue } }
        }

        var values: [ObjectIdentifier: any Sendable] {
            get { state?.values ?? [:] }
            set { existing { $0.values = newValue } }
        }

        private mutating func existing(_ body: (State) -> Void) {
            let state = state ?? State()
            self.state = state
            body(state)
        }
    }

    /// The identity of an authenticated peer.
    public struct Identity: Sendable, Hashable {
        /// The name of the user that the peer has authenticated as.
        public var user: String

        /// An identity.
        public init(user: String) {
            self.user = user
        }
    }

    private let state = Mutex(Storage())
    private let hasIdentity = Atomic(false)
    /// The number of the connection; 0 for a session without a connection.
    package let connectionID: ConnectionID
    private let observer: SessionObserver?

    /// A session without identity and values.
    public init() {
        connectionID = 0
        observer = nil
    }

    /// The session of a connection; `observer` is notified of changes of the identity.
    package init(of connection: ConnectionID, _ observer: SessionObserver) {
        connectionID = connection
        self.observer = observer
    }

    /// The identity of the peer; `nil` until a handler that checks credentials sets it.
    public var identity: Identity? {
        get { state.withLock { $0.identity } }
        set {
            let isRevoked = state.withLock { state in
                state.identity = newValue
                return hasIdentity.exchange(newValue != nil, ordering: .acquiringAndReleasing) && newValue == nil
            }
            // The server checks once for each batch whether the peer may send it. End the batch, so that the server
            // checks the remaining messages again.
            if isRevoked { observer?.interruption.interrupt() }
            observer?.identityChanged(connectionID)
        }
    }

    /// Removes the identity, unless the session has another one.
    ///
    /// - Returns: Whether the session had this identity.
    package func revoke(_ identity: Identity) -> Bool {
        let isRevoked = state.withLock { state in
            guard state.identity == identity else { return false }
            state.identity = nil
            hasIdentity.store(false, ordering: .releasing)
            return true
        }
        guard isRevoked else { return false }
        observer?.interruption.interrupt()
        observer?.identityChanged(connectionID)
        return true
    }

    /// Whether the peer is authenticated: whether it has an ``identity``.
    public var isAuthenticated: Bool { hasIdentity.load(ordering: .acquiring) }

    /// The value of a key; `nil` when there is none.
    public subscript<Key: SessionKey>(key: Key.Type) -> Key.Value? {
        get { state.withLock { $0.values[ObjectIdentifier(key)] as? Key.Value } }
        set { state.withLock { $0.values[ObjectIdentifier(key)] = newValue } }
    }

    /// Changes the value of a key atomically.
    ///
    /// - Parameters:
    ///   - key: The value's key.
    ///   - initial: The value before the first change.
    ///   - body: A closure that changes the value. It must not use the session.
    /// - Returns: What `body` returns.
    public func update<Key: SessionKey, Result>(
        _ key: Key.Type,
        default initial: Key.Value,
        _ body: (inout Key.Value) -> Result
    ) -> Result {
        state.withLock { state in
            var value = state.values[ObjectIdentifier(key)] as? Key.Value ?? initial
            defer { state.values[ObjectIdentifier(key)] = value }
            return body(&value)
        }
    }
}

/// Is notified when the identity of a session changes; all connections of an event loop share one observer.
package final class SessionObserver: Sendable {
    /// Ends the current batch when a peer is no longer authenticated.
    package let interruption: BatchInterruption

    let identityChanged: @Sendable (ConnectionID) -> Void

    /// - Parameters:
    ///   - interruption: See ``interruption``.
    ///   - identityChanged: Called with the number of the connection, on any thread, after the identity has changed.
    package init(_ interruption: BatchInterruption, identityChanged: @escaping @Sendable (ConnectionID) -> Void) {
        self.interruption = interruption
        self.identityChanged = identityChanged
    }
}

/// The key of a value in a ``Session``: `enum Nickname: SessionKey { typealias Value = String }`.
public protocol SessionKey {
    /// The type of the value.
    associatedtype Value: Sendable
}
