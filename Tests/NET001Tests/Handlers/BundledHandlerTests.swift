import Logging
import NET001
import Switchboard
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
}
