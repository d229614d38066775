import Switchboard

/// The name that a peer has given, kept for as long as its connection lives.
enum Name: SessionKey {
    typealias Value = String
}

/// Lets nobody pass who has not given a name.
struct Named: Middleware {
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        guard context.session[Name.self] != nil else {
            throw Notes.Problem(code: .nameless, text: "say who you are first")
        }
        return try await next(message, context: context)
    }
}
