import SwitchboardRouter
import Synchronization
import Testing

@Suite("Middleware")
struct MiddlewareTests {
    /// The recorded events, in order.
    private final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct Witness: Middleware {
        let name: String
        let journal: Journal

        func intercept<Input: Message, Output: Sendable>(
            _ message: Input,
            context: Context,
            next: Next<Input, Output>
        ) async throws -> Output {
            journal.add("\(name) sees \(Input.name)")
            let output = try await next(message, context: context)
            journal.add("\(name) saw \(output)")
            return output
        }
    }

    private struct Doubling: Middleware {
        func intercept<Input: Message, Output: Sendable>(
            _ message: Input,
            context: Context,
            next: Next<Input, Output>
        ) async throws -> Output {
            guard let add = message as? Calculator.Add,
                let changed = Calculator.Add(add.left * 2, add.right * 2) as? Input
            else { return try await next(message, context: context) }
            return try await next(changed, context: context)
        }
    }

    private struct Guard: Middleware {
        func intercept<Input: Message, Output: Sendable>(
            _ message: Input,
            context: Context,
            next: Next<Input, Output>
        ) async throws -> Output {
            guard context.session.identity != nil else { throw Calculator.Problem(text: "who are you?") }
            return try await next(message, context: context)
        }
    }

    private func calculator() -> Router {
        var router = Router(Calculator.self)
        router.on(Calculator.Add.self) { message, _ in Calculator.Sum(digits: "\(message.left + message.right)") }
        router.on(Calculator.Note.self) { _, _ in }
        return router
    }

    @Test("surrounds handlers, the first added outermost")
    func order() async throws {
        let journal = Journal()
        var router = calculator()
        router.use(Witness(name: "outer", journal: journal))
        router.use(Witness(name: "inner", journal: journal))
        #expect(try await router.answer(Calculator.Add(2, 3)) == [[2, 2, 1, UInt8(ascii: "5")]])
        let sum = #"Sum(digits: "5")"#
        #expect(journal.all == ["outer sees Add", "inner sees Add", "inner saw \(sum)", "outer saw \(sum)"])
    }

    @Test("surrounds only the messages that it is registered for")
    func some() async throws {
        let journal = Journal()
        var router = calculator()
        router.use(Witness(name: "witness", journal: journal), for: Calculator.Note.self)
        _ = try await router.answer(Calculator.Add(2, 3))
        #expect(journal.all.isEmpty)
        _ = try await router.answer(Calculator.Note(text: ""))
        #expect(journal.all == ["witness sees Note", "witness saw ()"])
    }

    @Test("may change a message or refuse it")
    func changeAndRefuse() async throws {
        var router = calculator()
        router.use(Doubling())
        #expect(try await router.answer(Calculator.Add(1, 3)) == [[2, 2, 1, UInt8(ascii: "8")]])

        router.use(Guard(), for: Calculator.Add.self)
        let connection = RecordingConnection()
        await #expect(throws: RouteFailure.self) { _ = try await router.answer(Calculator.Add(1, 3), on: connection) }
        connection.session.identity = Session.Identity(user: "alice")
        #expect(try await router.answer(Calculator.Add(1, 3), on: connection).count == 1)
    }
}
