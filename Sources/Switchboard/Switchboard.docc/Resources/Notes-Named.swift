import Switchboard

/// The name of a peer.
///
/// The session keeps it while the connection is open.
enum Name: SessionKey {
    typealias Value = String
}

/// Rejects messages from peers without a name.
struct Named: Middleware {
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        guard context.session[Name.self] != nil else {
            throw Notes.Problem(code: .nameless, text: "enter a name first")
        }
        return try await next(message, context: context)
    }
}
