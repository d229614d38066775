import Switchboard
import Testing

@testable import Notes

@Suite("Notes")
struct NotesTests {
    @Test("are read as they were written, by those who have a name")
    func write() async throws {
        let server = try Server(Main.makeRouter(), configuration: .init(port: 0))
        let running = Task { try await server.run() }
        defer { running.cancel() }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Notes.self)
        await #expect(throws: Notes.Problem(code: .nameless, text: "say who you are first")) {
            try await client.request(Notes.Read(number: 0))
        }
        #expect(try await client.request(Notes.Enter(name: "Ada")).count == 0)
        try await client.send(Notes.Write(text: "I was here"))
        #expect(try await client.request(Notes.Read(number: 0)) == Notes.Note(author: "Ada", text: "I was here"))
        await client.close()
    }
}
