import Switchboard
import Testing

@testable import Hello

@Suite("The Hello server")
struct HelloTests {
    /// Starts a server on a free port for as long as `body` runs.
    private func withServer(_ body: (_ port: Int) async throws -> Void) async throws {
        let server = try Server(Main.makeRouter(), configuration: .init(port: 0))
        let running = Task { try await server.run() }
        do {
            try await body(server.listeningAddress.port)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }

    @Test("greets")
    func greet() async throws {
        try await withServer { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Hello.self)
            #expect(try await client.request(Hello.Greet(name: "Ada", shouting: false)).text == "Hello, Ada!")
            #expect(try await client.request(Hello.Greet(name: "Ada", shouting: true)).text == "HELLO, ADA!")
            await #expect(throws: Hello.Problem(code: .namelessPeer, text: "the name is empty")) {
                try await client.request(Hello.Greet(name: "", shouting: false))
            }
            await client.close()
        }
    }

    @Test("sends a wave to all other clients")
    func wave() async throws {
        try await withServer { port in
            let ada = try await Client.connect(host: "127.0.0.1", port: port, speaking: Hello.self)
            let ben = try await Client.connect(host: "127.0.0.1", port: port, speaking: Hello.self)
            // A reply shows that the server knows Ben.
            _ = try await ben.request(Hello.Greet(name: "Ben", shouting: false))
            try await ada.send(Hello.Wave(from: "Ada"))
            var incoming = ben.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? Hello.Wave == Hello.Wave(from: "Ada"))
            await ada.close()
            await ben.close()
        }
    }
}
