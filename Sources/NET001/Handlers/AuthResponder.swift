public import SwitchboardRouter

/// Answers AUTH: any user with any token is let in, as long as neither is empty.
///
/// It checks nothing: it is for trying things out. A peer that has been refused ``maximumRefusals`` times is closed.
public struct AuthResponder: NET001.AuthHandler {
    /// How often a peer may be refused before its connection is closed.
    public static let maximumRefusals = 3

    private enum Refusals: SessionKey {
        typealias Value = Int
    }

    /// A handler of AUTH.
    public init() {}

    /// Lets the peer in, under a session ID of 128 random bits, or refuses it.
    public func handle(_ message: NET001.Auth, context: Context) -> NET001.AuthReply {
        guard !message.username.isEmpty, !message.token.isEmpty else {
            let refusals = context.session.update(Refusals.self, default: 0) { count in
                count += 1
                return count
            }
            if refusals >= Self.maximumRefusals { context.connection.close() }
            return NET001.AuthReply(success: false, sessionID: "")
        }
        let sessionID = Self.makeSessionID()
        context.session.identity = Session.Identity(user: message.username, sessionID: sessionID)
        return NET001.AuthReply(success: true, sessionID: sessionID)
    }

    /// 128 random bits in hexadecimal: 32 digits.
    private static func makeSessionID() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
