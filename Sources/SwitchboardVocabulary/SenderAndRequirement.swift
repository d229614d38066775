/// The end of a connection that may send a message.
///
/// The raw value is the keyword in a spec.
public enum Sender: String, Sendable, Hashable, CaseIterable {
    /// Only clients: `from: client`.
    case client
    /// Only the server: `from: server`.
    case server
    /// Either end: `from: both`.
    case both

    /// The two ends of a connection.
    package static let ends = [client, server]

    /// Returns whether `other` is this end, or either of them stands for both ends.
    package func includes(_ other: Sender) -> Bool { self == other || self == .both || other == .both }
}

/// What the server requires of a peer before it handles a message: `requires` in a spec.
public enum Requirement: String, Sendable, Hashable {
    /// The peer must be authenticated: `requires: authenticated`.
    case authenticated
    /// Nothing, even if the server requires authentication: `requires: nothing`.
    case nothing
    /// Whatever the configuration of the server requires: a message without `requires`.
    case asConfigured

    /// The requirements that a spec can state.
    public static let stated = [authenticated, nothing]
}
