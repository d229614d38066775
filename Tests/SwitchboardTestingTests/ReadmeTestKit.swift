import NET001
import SwitchboardTesting
import Testing

@Suite("The tests that README and the articles show")
struct ReadmeTestKit {
    private let router: Router = {
        var router = Router(NET001.self)
        router.on(NET001.Echo.self) { message, _ in
            NET001.EchoReply(data: Bytes(utf8: String(decoding: message.data, as: UTF8.self).uppercased()))
        }
        return router
    }()

    @Test("calls a handler without a server")
    func handler() {
        let context = Context(connection: RecordingConnection())
        #expect(EchoResponder().handle(NET001.Echo(data: "hello"), context: context).data == "hello")
    }

    @Test("shouts back, and closes idle connections")
    func shout() async throws {
        let server = try TestServer(router)
        let peer = try server.connect()
        #expect(try await peer.request(NET001.Echo(data: "hello")).data == "HELLO")
        server.advance(by: .seconds(61))
        #expect(try await peer.receive(NET001.Error.self).code == .timeout)
    }

    @Test("passes what the server sends to a handler of the client")
    func news() async throws {
        let (news, continuation) = AsyncStream.makeStream(of: Bytes.self)
        let server = try TestServer(router)
        let client = try server.makeClient()
        try client.on(NET001.Data.self) { message in continuation.yield(message.data) }
        try server.broadcast(NET001.Data(data: "news"))
        var received = news.makeAsyncIterator()
        #expect(await received.next() == "news")
        await client.close()
    }

    @Test("relays a message to the peers of another server")
    func relay() async throws {
        var router = router
        router.register(BroadcastRelay())
        let log = InMemoryLog()
        let first = try TestServer(router, backplane: InMemoryBackplane(joining: log))
        let second = try TestServer(router, backplane: InMemoryBackplane(joining: log))
        let (sender, receiver) = (try first.connect(), try second.connect())
        try sender.send(NET001.Broadcast(message: "hello"))
        #expect(try await receiver.receive(NET001.Broadcast.self).message == "hello")
    }

    /// What a program does with a client.
    private func shout(_ text: String, with client: Client) async throws -> String {
        String(decoding: try await client.echo(Bytes(utf8: text)), as: UTF8.self)
    }

    @Test("shouts back at clients")
    func shoutAtClient() async throws {
        let server = try TestServer(router)
        let client = try server.makeClient()
        #expect(try await shout("hello", with: client) == "HELLO")
    }
}
