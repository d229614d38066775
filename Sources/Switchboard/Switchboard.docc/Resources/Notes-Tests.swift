import SwitchboardTesting
import Testing

@testable import Notes

@Suite("Notes")
struct NotesTests {
    @Test("are kept under the name of their author")
    func names() async throws {
        let connection = RecordingConnection()
        let context = Context(connection: connection)
        let librarian = Librarian(book: Book())
        #expect(try await librarian.enter(Notes.Enter(name: "Ada"), context: context).count == 0)
        #expect(connection.session[Name.self] == "Ada")
    }

    @Test("are read by peers with a name")
    func write() async throws {
        let server = try TestServer(Main.makeRouter())
        let peer = try server.connect()
        await #expect(throws: Notes.Problem(code: .nameless, text: "enter a name first")) {
            try await peer.request(Notes.Read(number: 0))
        }
        #expect(try await peer.request(Notes.Enter(name: "Ada")).count == 0)
        try peer.send(Notes.Write(text: "I was here"))
        #expect(try await peer.request(Notes.Read(number: 0)) == Notes.Note(author: "Ada", text: "I was here"))
    }

    @Test("close a connection that is idle for a minute")
    func silence() throws {
        let server = try TestServer(Main.makeRouter())
        let peer = try server.connect()
        server.advance(by: .seconds(59))
        #expect(!peer.hasEnded)
        server.advance(by: .seconds(2))
        #expect(peer.hasEnded)
    }

    @Test("arrive complete, one byte at a time")
    func slowLink() async throws {
        let server = try TestServer(Main.makeRouter())
        let peer = try server.connect(link: Link(pieceSize: 1, delay: .milliseconds(100)))
        try peer.send(Notes.Enter(name: "Ada"))
        server.advance(by: .seconds(1))
        #expect(try await peer.receive(Notes.Entered.self).count == 0)
    }

    @Test("are served over a real socket, too")
    func socket() async throws {
        let server = try Server(Main.makeRouter(), configuration: .init(port: 0))
        let running = Task { try await server.run() }
        defer { running.cancel() }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Notes.self)
        #expect(try await client.request(Notes.Enter(name: "Ada")).count == 0)
        await client.close()
    }
}
