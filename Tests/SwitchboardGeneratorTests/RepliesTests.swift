import Switchboard
import SwitchboardTesting
import Testing

/// Pairs replies without a code with their requests, in protocols that are generated from `Golden/Replies.yaml` and `Golden/Turns.yaml`.
@Suite("Replies without a code")
struct RepliesTests {
    private static var numbered: Router {
        var router = Router(Replies.self)
        router.on(Replies.Find.self) { find, _ in
            Replies.Found(error: find.topic == nil ? -1 : 0, places: [1, 2, 3])
        }
        router.on(Replies.Find2.self) { _, _ in Replies.Found2(text: "two") }
        router.on(Replies.Count.self) { count, _ in Replies.Counted(count: UInt64(count.step) + 1) }
        router.on(Replies.Note.self) { note, context in
            try context.send(Replies.Found2(text: note.text))
        }
        return router
    }

    @Test("have the number of their request, in any order")
    func numbers() async throws {
        let server = try TestServer(Self.numbered)
        let client = try server.makeClient()
        async let counted = client.request(Replies.Count(step: 4), header: Replies.Header(priority: 9))
        async let found = client.request(Replies.Find(topic: "a"))
        async let second = client.request(Replies.Find2())
        #expect(try await found == Replies.Found(error: 0, places: [1, 2, 3]))
        #expect(try await second.text == "two")
        #expect(try await counted.count == 5)
        #expect(try await client.request(Replies.Find(topic: nil)).error == -1)
    }

    @Test("end the client's connection if no request has their number")
    func strangers() async throws {
        let server = try TestServer(Self.numbered)
        let client = try server.makeClient()
        _ = try await client.request(Replies.Find2())
        try await client.send(Replies.Note(text: "no one has asked"))
        let error = await #expect(throws: ClientError.self) { _ = try await client.request(Replies.Find2()) }
        #expect(error?.description.contains("a reply with request number 0, which is not in use") == true)
    }

    @Test("are decoded by a test's peer, in the order in which the server sends them")
    func peer() async throws {
        let server = try TestServer(Self.numbered)
        let peer = try server.connect()
        try peer.send(Replies.Count(step: 1), header: Replies.Header(priority: 1))
        #expect(try await peer.receive(Replies.Counted.self).count == 2)
        #expect(try await peer.request(Replies.Find(topic: "")).error == 0)
        try peer.send(Replies.Note(text: "no one has asked"))
        #expect(try await peer.receive().code == .ofReply)
    }

    @Test("come in the order of their requests where the header has no number, and may end this form")
    func turns() async throws {
        var router = Router(Turns.self)
        router.on(Turns.Ask.self) { question, _ in Turns.Answer(text: question.text + "!") }
        router.on(Turns.Add.self) { numbers, _ in Turns.Sum(value: Int16(numbers.left) + Int16(numbers.right)) }
        router.on(Turns.Watch.self) { _, _ in Turns.Watching() }
        let server = try TestServer(router)
        let client = try server.makeClient()
        async let first = client.request(Turns.Ask(text: "a"))
        #expect(try await first.text == "a!")
        #expect(try await client.request(Turns.Add(left: 127, right: 127)).value == 254)
        _ = try await client.request(Turns.Watch())
        try server.broadcast(Turns.News(text: "new"))
        var incoming = client.incoming.makeAsyncIterator()
        #expect(try await incoming.next() as? Turns.News == Turns.News(text: "new"))
    }
}
