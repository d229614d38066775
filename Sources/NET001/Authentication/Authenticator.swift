public import SwitchboardRouter

/// Says whether somebody is who they say.
///
/// Adopt it to ask a database of your own:
///
/// ```swift
/// struct Members: Authenticator {
///     let database: Database
///
///     func authenticate(user: String, token: String, context: Context) async throws -> Bool {
///         try await database.verify(user, token)
///     }
/// }
///
/// let router = Router.net001(authenticator: Members(database: database))
/// ```
public protocol Authenticator: Sendable {
    /// Says whether `token` proves that the peer is `user`.
    ///
    /// It should take as long for a user that there is not as for one that there is.
    ///
    /// - Parameters:
    ///   - user: At most 255 bytes of UTF-8, not empty.
    ///   - token: What is to prove it, not empty. It must not be logged.
    ///   - context: The peer's connection and session.
    /// - Throws: ``AuthenticatorIsBusy`` when too many wait already; anything else when it cannot say, which the peer does
    ///   not learn more about.
    func authenticate(user: String, token: String, context: Context) async throws -> Bool
}

/// An authenticator has too much to do; the peer is told to come back later.
public struct AuthenticatorIsBusy: Error, CustomStringConvertible {
    /// One line that says so.
    public var description: String { "too many credentials wait to be checked" }

    /// An error.
    public init() {}
}

/// Takes anybody for whoever they say: for trying things out.
public struct AcceptAnyone: Authenticator {
    /// An authenticator that checks nothing.
    public init() {}

    /// Says yes.
    public func authenticate(user: String, token: String, context: Context) async -> Bool { true }
}
