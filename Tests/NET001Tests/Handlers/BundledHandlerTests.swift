import Logging
import NET001
import Switchboard
import SwitchboardTesting
import Testing

@Suite("The bundled handlers")
struct BundledHandlerTests {
    private func withClients(_ body: (Client, Client) async throws -> Void) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(.net001(), configuration: .init(port: 0, eventLoops: 2), logger: logger)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        do {
            let port = try await server.listeningAddress.port
            let first = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)
            let second = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)
            try await body(first, second)
            await first.close()
            await second.close()
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }

    @Test("answer PING, ECHO and AUTH")
    func answers() async throws {
        try await withClients { client, _ in
            #expect(try await client.ping() > .zero)
            #expect(try await client.echo("Hello, Server!") == "Hello, Server!")
            #expect(try await client.echo("") == "")
            let data = Bytes((0..<65_535).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            #expect(try await client.echo(data) == data)
            let sessionID = try await client.authenticate(username: "alice", token: "s3cret")
            #expect(sessionID?.count == 32)
            let other = try await client.authenticate(username: "alice", token: "s3cret")
            #expect(other != sessionID)
            #expect(try await client.authenticate(username: "alice", token: "") == nil)
        }
    }

    @Test("pass BROADCAST on, and take DATA without a word")
    func broadcastAndData() async throws {
        try await withClients { sender, receiver in
            _ = try await receiver.ping()
            try await sender.sendData("for the server")
            try await sender.broadcast("to all")
            var incoming = receiver.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "to all"))
            _ = try await sender.ping()
        }
    }

    @Test("refuse a peer three times, then close")
    func refusals() async throws {
        try await withClients { client, _ in
            for _ in 0..<AuthResponder.maximumRefusals {
                let sessionID = try await client.authenticate(username: "", token: "x")
                #expect(sessionID == nil)
            }
            var incoming = client.incoming.makeAsyncIterator()
            await #expect(throws: ClientError.self) { try await incoming.next() }
            await #expect(throws: ClientError.self) { try await client.ping() }
        }
    }

    @Test("keep the session ID that AUTH_REPLY names with the session")
    func sessionID() async throws {
        let connection = RecordingConnection()
        let context = Context(connection: connection)
        let reply = try await AuthResponder(AcceptAnyone())
            .handle(NET001.Auth(username: "alice", token: "s3cret"), context: context)
        #expect(connection.session.identity == Session.Identity(user: "alice"))
        #expect(connection.authentications == [.init(user: "alice", isAccepted: true)])
        #expect(connection.session[NET001.SessionID.self] == reply.sessionID)
        #expect(reply.sessionID.count == 32)
    }

    @Test(
        "count wrong credentials by the network of the peer",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:2", true), ("2001:db8::1", "2001:db8:0:1::1", false),
            ("fe80::1%1", "fe80::2%1", true), ("::1", "127.0.0.1", false),
        ]
    )
    func networks(first: String, second: String, isOneNetwork: Bool) async throws {
        let responder = AuthResponder(AcceptAnyone(), maximumFailures: 1, failureInterval: .seconds(3600))
        func answer(_ host: String, _ port: Int) async throws -> Bool {
            let connection = RecordingConnection(remoteAddress: try SocketAddress(host, port: port))
            let message = NET001.Auth(username: "alice", token: "")
            return try await responder.handle(message, context: Context(connection: connection)).success
        }
        #expect(try await answer(first, 1024) == false)
        if isOneNetwork {
            let error = await #expect(throws: NET001.Error.self) { try await answer(second, 1025) }
            #expect(error?.code == .rateLimited)
        } else {
            #expect(try await answer(second, 1025) == false)
        }
    }

    @Test("count the wrong credentials of all peers over a Unix-domain socket together")
    func unixPeers() async throws {
        let responder = AuthResponder(AcceptAnyone(), maximumFailures: 1, failureInterval: .seconds(3600))
        let connection = RecordingConnection(remoteAddress: .unnamedUnixSocket)
        let context = Context(connection: connection)
        let message = NET001.Auth(username: "alice", token: "")
        #expect(try await responder.handle(message, context: context).success == false)
        await #expect(throws: NET001.Error.self) { try await responder.handle(message, context: context) }
        // The credentials of an address that must wait are refused, too.
        #expect(connection.authentications.map(\.isAccepted) == [false, false])
    }
}
