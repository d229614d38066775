internal import Logging
public import SwitchboardRouter

extension NET001 {
    /// The key of the session ID that AUTH_REPLY gave a peer: `context.session[NET001.SessionID.self]`.
    public enum SessionID: SessionKey {
        /// 32 hexadecimal digits.
        public typealias Value = String
    }
}

/// Replies to AUTH with the result of an `Authenticator`.
///
/// After ``maximumRefusals`` wrong credentials, the server closes the connection. When too many wrong credentials come
/// from one address, the handler rejects further AUTH messages from that address with ERROR 07 (rateLimited) for some
/// time. IPv6 addresses with the same first 64 bits count as one address, and so do all peers over a Unix-domain
/// socket.
///
/// The handler notes each accepted and each refused AUTH, for the metrics and the log of the server.
public struct AuthResponder: NET001.AuthHandler {
    /// The number of wrong credentials after which a connection is closed.
    public static let maximumRefusals = 3

    private enum Refusals: SessionKey {
        typealias Value = Int
    }

    private let authenticator: any Authenticator
    private let failures: FailureLimiter

    /// A handler of AUTH.
    ///
    /// - Parameters:
    ///   - authenticator: Checks the credentials.
    ///   - maximumFailures: The number of wrong credentials from one address before that address must wait; less than 1
    ///     counts as 1.
    ///   - failureInterval: The time after which the address may send wrong credentials once more.
    public init(
        _ authenticator: some Authenticator,
        maximumFailures: Int = 10,
        failureInterval: Duration = .seconds(6)
    ) {
        self.authenticator = authenticator
        failures = FailureLimiter(burst: max(maximumFailures, 1), interval: failureInterval)
    }

    /// Checks the credentials, and authenticates a peer with valid credentials under a session ID of 128 random bits.
    ///
    /// - Throws: ERROR 07 (rateLimited) when too many wrong credentials came from the peer's address, or when too many
    ///   credentials wait to be checked; what the authenticator throws.
    public func handle(_ message: NET001.Auth, context: Context) async throws -> NET001.AuthReply {
        let network = context.connection.remoteAddress.network
        guard failures.mayFail(network) else {
            context.noteAuthentication(of: message.username, isAccepted: false)
            throw NET001.Error(
                code: .rateLimited,
                message: "too many wrong credentials from your address; wait and try again"
            )
        }
        guard try await isAccepted(message, context) else {
            failures.countFailure(network)
            context.noteAuthentication(of: message.username, isAccepted: false)
            return refuse(context)
        }
        context.noteAuthentication(of: message.username, isAccepted: true)
        let sessionID = Self.makeSessionID()
        context.session[NET001.SessionID.self] = sessionID
        context.session.identity = Session.Identity(user: message.username)
        return NET001.AuthReply(success: true, sessionID: sessionID)
    }

    private func isAccepted(_ message: NET001.Auth, _ context: Context) async throws -> Bool {
        guard !message.username.isEmpty, !message.token.isEmpty else { return false }
        do {
            return try await authenticator.authenticate(
                user: message.username,
                token: message.token,
                context: context
            )
        } catch is AuthenticatorIsBusy {
            throw NET001.Error(code: .rateLimited, message: "too many credential checks are queued; try again later")
        }
    }

    private func refuse(_ context: Context) -> NET001.AuthReply {
        let refusals = context.session.update(Refusals.self, default: 0) { count in
            count += 1
            return count
        }
        if refusals >= Self.maximumRefusals { context.connection.close() }
        return NET001.AuthReply(success: false, sessionID: "")
    }

    /// Returns 128 random bits as 32 hexadecimal digits.
    private static func makeSessionID() -> String {
        UInt128.random(in: .min ... .max).hexadecimalDigits
    }
}
