public import SwitchboardRouter

/// Checks the credentials of AUTH.
///
/// Adopt this protocol to check credentials against your own database:
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
    /// Returns whether `token` is the token of `user`.
    ///
    /// The method should take as long for an unknown user as for a known one, so that its time tells nothing about
    /// users.
    ///
    /// - Parameters:
    ///   - user: At most 255 bytes of UTF-8, not empty.
    ///   - token: The secret of the user, not empty. Do not log it.
    ///   - context: The peer's connection and session.
    /// - Throws: ``AuthenticatorIsBusy`` when too many credentials wait to be checked; any other error when the check
    ///   fails; the peer receives no details of that error.
    func authenticate(user: String, token: String, context: Context) async throws -> Bool
}

/// Too many credentials wait to be checked: the server answers AUTH with ERROR 07 (rateLimited).
public struct AuthenticatorIsBusy: Error, CustomStringConvertible {
    /// The error in one line.
    public var description: String { "too many credential checks are queued" }

    /// An error.
    public init() {}
}

/// Accepts any user and any token: for tests only.
public struct AcceptAnyone: Authenticator {
    /// An authenticator that checks nothing.
    public init() {}

    /// Returns `true`.
    public func authenticate(user: String, token: String, context: Context) async -> Bool { true }
}
