internal import Synchronization

/// What is known of a peer, from its connection's first message to its last.
///
/// It may be used from any thread.
public final class Session: Sendable {
    // Made when there is something to keep: most peers never identify themselves. It is used under the lock only.
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

    /// Who a peer has proved to be.
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

    /// The session of a peer of whom nothing is known.
    public init() {}

    /// Who the peer has proved to be, or `nil` before it has.
    ///
    /// A handler that checks credentials sets it.
    public var identity: Identity? {
        get { state.withLock { $0.identity } }
        set {
            state.withLock { state in
                state.identity = newValue
                hasIdentity.store(newValue != nil, ordering: .releasing)
            }
        }
    }

    /// Whether the peer has proved who it is: whether there is an ``identity``.
    public var isAuthenticated: Bool { hasIdentity.load(ordering: .acquiring) }

    /// A value that handlers keep with the session, by its key.
    public subscript<Key: SessionKey>(key: Key.Type) -> Key.Value? {
        get { state.withLock { $0.values[ObjectIdentifier(key)] as? Key.Value } }
        set { state.withLock { $0.values[ObjectIdentifier(key)] = newValue } }
    }

    /// Changes the value of a key, with nobody else in between.
    ///
    /// - Parameters:
    ///   - key: The value's key.
    ///   - initial: The value before the first change.
    ///   - body: Changes the value. It must not use the session.
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

/// Names a value in a ``Session``: `enum Nickname: SessionKey { typealias Value = String }`.
public protocol SessionKey {
    /// The type of the value.
    associatedtype Value: Sendable
}
