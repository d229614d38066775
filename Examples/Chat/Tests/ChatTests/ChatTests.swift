import NET001
import Switchboard
import SwitchboardTesting
import Testing

@testable import Chat

@Suite("The Chat server")
struct ChatTests {
    /// Starts a server on a free port for as long as `body` runs.
    private func withServer(
        joining log: InMemoryLog = InMemoryLog(),
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let server = try Server(
            .chat(authenticator: AcceptAnyone()),
            configuration: .init(port: 0),
            backplane: InMemoryBackplane(joining: log)
        )
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await body(server.listeningAddress.port)
    }

    private func client(_ name: String?, _ port: Int) async throws -> Client {
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Chat.self)
        if let name { _ = try await client.authenticate(username: name, token: "any") }
        return client
    }

    @Test("sends the lines of a room to its members only, in order")
    func talking() async throws {
        try await withServer { port in
            let (ada, ben, eve) = (
                try await client("Ada", port), try await client("Ben", port), try await client("Eve", port)
            )
            _ = try await ada.request(Chat.Join(room: "lobby"))
            _ = try await eve.request(Chat.Join(room: "cellar"))
            let joined = try await ben.request(Chat.Join(room: "lobby"))
            #expect(joined.members == ["Ada", "Ben"])
            var times: [Int64] = []
            for number in 1...20 { times.append(try await ada.request(Chat.Say(text: "line \(number)")).time) }
            var heard = ben.incoming.makeAsyncIterator()
            for number in 1...20 {
                let line = Chat.Line(time: times[number - 1], name: "Ada", text: "line \(number)")
                #expect(try await heard.next() as? Chat.Heard == Chat.Heard(line: line))
            }
            await ada.close()
            #expect(try await heard.next() as? Chat.Moved == Chat.Moved(name: "Ada", hasCome: false))
            await eve.close()
            var strange = eve.incoming.makeAsyncIterator()
            #expect(try await strange.next() == nil)
            await ben.close()
        }
    }

    @Test("has the members of a room on several servers")
    func severalServers() async throws {
        let log = InMemoryLog()
        try await withServer(joining: log) { first in
            try await withServer(joining: log) { second in
                let (ada, ben) = (try await client("Ada", first), try await client("Ben", second))
                _ = try await ada.request(Chat.Join(room: "lobby"))
                _ = try await ben.request(Chat.Join(room: "lobby"))
                for member in [ada, ben] {
                    while try await member.request(Chat.Who()).names != ["Ada", "Ben"] {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                let said = try await ada.request(Chat.Say(text: "hi there"))
                var heard = ben.incoming.makeAsyncIterator()
                let line = Chat.Line(time: said.time, name: "Ada", text: "hi there")
                #expect(try await heard.next() as? Chat.Heard == Chat.Heard(line: line))
                await ada.close()
                #expect(try await heard.next() as? Chat.Moved == Chat.Moved(name: "Ada", hasCome: false))
                let other = try await client("Ben", first)
                await #expect(throws: NET001.Error.self) { try await other.request(Chat.Join(room: "lobby")) }
                await other.close()
                await ben.close()
            }
        }
    }

    @Test("sends the last lines of a room to a new member")
    func history() async throws {
        try await withServer { port in
            let (ada, ben) = (try await client("Ada", port), try await client("Ben", port))
            _ = try await ada.request(Chat.Join(room: "lobby"))
            for number in 1...60 { _ = try await ada.request(Chat.Say(text: "\(number)")) }
            let joined = try await ben.request(Chat.Join(room: "lobby"))
            #expect(joined.history.map(\.text) == (11...60).map { "\($0)" })
            await ada.close()
            await ben.close()
        }
    }

    @Test("rejects messages from peers that are not authenticated")
    func strangers() async throws {
        try await withServer { port in
            let stranger = try await client(nil, port)
            let error = await #expect(throws: NET001.Error.self) {
                try await stranger.request(Chat.Join(room: "lobby"))
            }
            #expect(error?.code == .authenticationFailed)
            await stranger.close()
        }
    }

    @Test("accepts each name once in a room, and again after its member has left")
    func names() async throws {
        try await withServer { port in
            let (ada, other) = (try await client("Ada", port), try await client("Ada", port))
            _ = try await ada.request(Chat.Join(room: "lobby"))
            await #expect(throws: NET001.Error.self) { try await other.request(Chat.Join(room: "lobby")) }
            await #expect(throws: NET001.Error.self) { try await other.request(Chat.Who()) }
            _ = try await ada.request(Chat.Join(room: "cellar"))
            let joined = try await other.request(Chat.Join(room: "lobby"))
            #expect(joined.members == ["Ada"])
            await ada.close()
            await other.close()
        }
    }

    @Test("handles the messages of NET-001, too")
    func imported() async throws {
        try await withServer { port in
            let ada = try await client("Ada", port)
            let echo = try await ada.echo("hello")
            #expect(echo == "hello")
            await ada.close()
        }
    }
}

@Suite("A typed line")
struct TerminalTests {
    @Test("is a command or a text to send")
    func commands() {
        #expect(Command("hello there") == .say("hello there"))
        #expect(Command("/join the cellar") == .join("the cellar"))
        #expect(Command("/who") == .who)
        #expect(Command("/dance") == .help)
        #expect(Command("") == .nothing)
    }

    @Test("can be corrected, one character at a time")
    func editing() {
        var editor = LineEditor(isShown: true)
        for byte in Array("caféx".utf8) { #expect(editor.type(byte) == .nothing) }
        #expect(editor.type(0x7F) == .nothing)
        #expect(editor.type(0x7F) == .nothing)
        #expect(editor.prompt.hasSuffix("> caf"))
        #expect(editor.type(0x0D) == .line("caf"))
        #expect(editor.type(0x04) == .end)
    }
}
