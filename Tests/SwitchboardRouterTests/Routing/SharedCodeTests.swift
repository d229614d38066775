import SwitchboardRouter
import Testing

@Suite("One code for two messages, one from clients and one from the server,")
struct SharedCodeTests {
    /// A protocol whose `Add` has the code of the sum, and whose note has the code of the error
    /// message.
    private enum Twofold: WireProtocol {
        static var name: String { "Twofold" }
        static var frameFormat: FrameFormat { Calculator.frameFormat }
        static var messages: [any Message.Type] { [Sum.self, Add.self, Oops.self, Note.self] }
        static var errorMessage: (any ErrorMessage.Type)? { Oops.self }

        struct Add: Request {
            typealias Reply = Sum
            static var code: MessageCode { 1 }
            static var name: String { "Add" }
            static var sender: Sender { .client }
            init() {}
            init(from reader: inout ByteReader) throws(PayloadError) {}
            func encode(into writer: inout ByteWriter) throws(PayloadError) {}
        }

        struct Sum: Message {
            static var code: MessageCode { 1 }
            static var name: String { "Sum" }
            static var sender: Sender { .server }
            init() {}
            init(from reader: inout ByteReader) throws(PayloadError) {}
            func encode(into writer: inout ByteWriter) throws(PayloadError) {}
        }

        struct Note: Message {
            static var code: MessageCode { 2 }
            static var name: String { "Note" }
            static var sender: Sender { .client }
            init() {}
            init(from reader: inout ByteReader) throws(PayloadError) {}
            func encode(into writer: inout ByteWriter) throws(PayloadError) {}
        }

        struct Oops: ErrorMessage {
            static var code: MessageCode { 2 }
            static var name: String { "Oops" }
            static var sender: Sender { .server }
            var fault: Fault? { nil }
            init(_ fault: Fault, detail: String) {}
            init(from reader: inout ByteReader) throws(PayloadError) {}
            func encode(into writer: inout ByteWriter) throws(PayloadError) {}
        }
    }

    @Test("has the handler of the one from clients")
    func handlers() async throws {
        var router = Router(Twofold.self)
        #expect(router.unhandledMessages.map { $0.name } == ["Add", "Note"])
        router.on(Twofold.Add.self) { _, _ in Twofold.Sum() }
        router.on(Twofold.Note.self) { _, _ in }
        #expect(router.unhandledMessages.isEmpty)
        #expect(try await router.answer(1, payload: Bytes()) == [[1, 0]])
        #expect(try await router.answer(2, payload: Bytes()) == [])
    }

    @Test("has no handler of the one from the server")
    func mistake() {
        var router = Router(Twofold.self)
        router.on(Twofold.Sum.self) { _, _ in }
        let error = #expect(throws: RouterError.self) { try router.makeTable() }
        #expect(error?.code == .notSentByClients)
        #expect(error?.message == "Sum")
    }

    @Test("names the one from clients when nobody handles it")
    func unhandled() async throws {
        let router = Router(Twofold.self)
        do {
            _ = try await router.answer(2, payload: Bytes())
            Issue.record("nothing was thrown")
        } catch let RouteFailure.unhandled(name) {
            #expect(name == "Note")
        }
    }
}
