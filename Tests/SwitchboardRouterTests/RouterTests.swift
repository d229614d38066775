import SwitchboardRouter
import Testing

@Suite("A router")
struct RouterTests {
    private struct Refusal: Error {}

    /// Returns the failure with which handling the message ends.
    private func failure(_ router: Router, _ code: UInt8, _ payload: Bytes) async -> RouteFailure? {
        do {
            _ = try await router.answer(code, payload: payload)
            return nil
        } catch {
            return error as? RouteFailure
        }
    }

    @Test("refuses two handlers for one message")
    func duplicate() {
        var router = Router(Calculator.self)
        router.on(Calculator.Note.self) { _, _ in }
        router.on(Calculator.Note.self) { _, _ in }
        let error = #expect(throws: RouterError.self) { _ = try router.makeTable() }
        #expect(error?.code == .duplicateHandler)
        #expect(error.map { "\($0)" } == "Calculator: two handlers are registered for Note")
    }

    @Test("refuses a handler for a message that clients do not send")
    func serverMessage() {
        var router = Router(Calculator.self)
        router.on(Calculator.Tick.self) { _, _ in }
        #expect(throws: RouterError.self) { _ = try router.makeTable() }
        var other = Router(Calculator.self)
        other.on(Calculator.Problem.self) { _, _ in }
        let error = #expect(throws: RouterError.self) { _ = try other.makeTable() }
        #expect(error?.code == .notSentByClients)
    }

    @Test("refuses a handler that returns no reply to a request")
    func missingReply() {
        var router = Router(Calculator.self)
        struct Silent: OneWayHandler {
            func handle(_ message: Calculator.Add, context: Context) {}
        }
        router.register(Silent())
        let error = #expect(throws: RouterError.self) { _ = try router.makeTable() }
        #expect(error?.code == .missingReply)
    }

    @Test("refuses a handler for another protocol's message")
    func foreignMessage() {
        struct Stranger: Message {
            static var code: MessageCode { 1 }
            static var name: String { "Stranger" }
            static var sender: Sender { .client }
            init(from reader: inout ByteReader) throws(PayloadError) {}
            func encode(into writer: inout ByteWriter) throws(PayloadError) {}
        }
        var router = Router(Calculator.self)
        router.on(Stranger.self) { _, _ in }
        let error = #expect(throws: RouterError.self) { _ = try router.makeTable() }
        #expect(error?.code == .foreignMessage)
    }

    @Test("knows which messages nobody handles")
    func unhandledMessages() {
        var router = Router(Calculator.self)
        #expect(router.unhandledMessages.map { $0.name } == ["Add", "Note"])
        router.on(Calculator.Note.self) { _, _ in }
        #expect(router.unhandledMessages.map { $0.name } == ["Add"])
    }

    @Test("tells apart a message that nobody handles from one that there is not")
    func unhandled() async {
        let router = Router(Calculator.self)
        guard case .unhandled(name: "Add") = await failure(router, 1, [1, 2]) else {
            Issue.record("Add was handled")
            return
        }
        for code: UInt8 in [2, 77, 255] {
            guard case .unhandled(name: nil) = await failure(router, code, "") else {
                Issue.record("code \(code) was handled")
                return
            }
        }
    }

    @Test("hands what is not handled to the default, if there is one")
    func unhandledDefault() async throws {
        var router = Router(Calculator.self)
        router.onUnhandled { message, context in
            try context.send(Calculator.Note(text: "\(message.code) \(message.name ?? "-") \(message.payload)"))
        }
        #expect(try await router.answer(1, payload: [1, 2]) == [[3, 10] + Array("1 Add 0102".utf8)].map { Bytes($0) })
        #expect(try await router.answer(77, payload: "") == [[3, 5] + Array("77 - ".utf8)].map { Bytes($0) })
    }

    @Test("refuses a payload that does not fit, naming the field, before any handler is called")
    func malformed() async {
        var router = Router(Calculator.self)
        router.on(Calculator.Add.self) { _, _ in
            Issue.record("the handler was called")
            return Calculator.Sum(digits: "")
        }
        guard case .malformed(PayloadError(.truncated, field: "right")) = await failure(router, 1, [1]) else {
            Issue.record("too short a payload was taken")
            return
        }
        guard case .malformed(PayloadError(.trailingBytes, field: "payload")) = await failure(router, 1, [1, 2, 3])
        else {
            Issue.record("too long a payload was taken")
            return
        }
    }

    @Test("tells apart what a handler throws from a reply that does not fit", arguments: [false, true])
    func handlerFailures(waits: Bool) async {
        var throwing = Router(Calculator.self)
        var talkative = Router(Calculator.self)
        if waits {
            throwing.on(Calculator.Add.self) { _, _ in
                await Task.yield()
                throw Refusal()
            }
            talkative.on(Calculator.Add.self) { _, _ in
                await Task.yield()
                return Calculator.Sum(digits: String(repeating: "1", count: 256))
            }
        } else {
            throwing.on(Calculator.Add.self) { _, _ in throw Refusal() }
            talkative.on(Calculator.Add.self) { _, _ in
                Calculator.Sum(digits: String(repeating: "1", count: 256))
            }
        }
        guard case .handler(is Refusal) = await failure(throwing, 1, [1, 2]) else {
            Issue.record("the error was lost")
            return
        }
        guard
            case .unencodableReply(PayloadError(.invalidLength, field: "digits")) = await failure(talkative, 1, [1, 2])
        else {
            Issue.record("the reply was sent")
            return
        }
    }
}
