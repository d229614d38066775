internal import Logging
public import SwitchboardRouter

extension NET001 {
    /// The key of the session ID that AUTH_REPLY gave a peer: `context.session[NET001.SessionID.self]`.
    public enum SessionID: SessionKey {
        /// 32 hexadecimal digits.
        public typealias Value = String
    }
}

/// Answers AUTH as an ``Authenticator`` says.
///
/// A peer that has been refused ``maximumRefusals`` times is closed. An address from which too many wrong credentials
/// came is told to wait (ERROR 07); IPv6 addresses with the same first 64 bits count as one.
public struct AuthResponder: NET001.AuthHandler {
    /// How often a peer may be refused before its connection is closed.
    public static let maximumRefusals = 3

    private enum Refusals: SessionKey {
        typealias Value = Int
    }

    private let authenticator: any Authenticator
    private let failures: FailureLimiter

    /// A handler of AUTH.
    ///
    /// - Parameters:
    ///   - authenticator: Who checks credentials.
    ///   - maximumFailures: How often they may be wrong from one address before it has to wait: at least 1.
    ///   - failureInterval: How long it has to wait until they may be wrong once more.
    public init(
        _ authenticator: some Authenticator,
        maximumFailures: Int = 10,
        failureInterval: Duration = .seconds(6)
    ) {
        self.authenticator = authenticator
        failures = FailureLimiter(burst: max(maximumFailures, 1), interval: failureInterval)
    }

    /// Lets the peer in, under a session ID of 128 random bits, or refuses it.
    public func handle(_ message: NET001.Auth, context: Context) async throws -> NET001.AuthReply {
        let network = context.connection.remoteAddress.network
        guard failures.mayFail(network) else {
            throw NET001.Error(code: .rateLimited, message: "too many wrong credentials came from your address")
        }
        guard try await isAccepted(message, context) else {
            failures.countFailure(network)
            return refuse(context)
        }
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
            throw NET001.Error(code: .rateLimited, message: "too many credentials wait to be checked; try again")
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

    /// 128 random bits in hexadecimal: 32 digits.
    private static func makeSessionID() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
