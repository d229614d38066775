internal import Logging
public import SwitchboardRouter

/// Answers AUTH as an ``Authenticator`` says.
///
/// A peer that has been refused ``maximumRefusals`` times is closed. An address from which too many wrong credentials
/// came is told to wait (ERROR 07); those that were right do not count.
public struct AuthResponder: NET001.AuthHandler {
    /// How often a peer may be refused before its connection is closed.
    public static let maximumRefusals = 3

    private enum Refusals: SessionKey {
        typealias Value = Int
    }

    private let authenticator: any Authenticator
    private let attempts: AttemptLimiter

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
        attempts = AttemptLimiter(burst: max(maximumFailures, 1), interval: failureInterval)
    }

    /// Lets the peer in, under a session ID of 128 random bits, or refuses it.
    public func handle(_ message: NET001.Auth, context: Context) async throws -> NET001.AuthReply {
        let address = Self.host(of: context.connection.remoteAddress)
        guard attempts.take(address) else {
            throw NET001.Error(code: .rateLimited, message: "too many wrong credentials came from your address")
        }
        guard try await isAccepted(message, context) else { return refuse(context) }
        attempts.giveBack(address)
        let sessionID = Self.makeSessionID()
        context.session.identity = Session.Identity(user: message.username, sessionID: sessionID)
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

    /// An address without its port.
    private static func host(of address: String) -> String {
        address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
    }

    /// 128 random bits in hexadecimal: 32 digits.
    private static func makeSessionID() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
