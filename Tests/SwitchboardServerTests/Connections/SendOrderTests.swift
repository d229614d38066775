import Dispatch
import Switchboard
import Synchronization
import TestSupport
import Testing

/// Messages that other threads send while the event loop of the connection sends, too.
@Suite("Messages of several threads")
struct SendOrderTests {
    /// Runs `body` on another thread, and returns when it has returned.
    private static func onOtherThread(_ body: @escaping @Sendable () throws -> Void) {
        let done = DispatchSemaphore(value: 0)
        onOwnThread {
            #expect(throws: Never.self) { try body() }
            done.signal()
        }
        done.wait()
    }

    /// What the server sends while it handles a request, besides the reply.
    enum Action: String, CaseIterable {
        case send, sendToConnection, sendToRoom

        func callAsFunction(_ text: String, _ connection: any Connection) throws {
            let note = Workshop.Note(text: text)
            switch self {
            case .send: try connection.send(note)
            case .sendToConnection: try connection.send(note, to: .connection(connection.id))
            case .sendToRoom: try connection.send(note, to: .room("workshop"))
            }
        }
    }

    private func note(_ text: Bytes) -> Bytes { [UInt8(text.count), 0, 0, 0, 0x04, 0x01] + text }

    /// Runs a server whose handler of `Add` is `body`; returns the first `count` bytes that the sender of an `Add` gets.
    private func output(
        count: Int,
        endsAfter: Bool = false,
        _ body: @escaping @Sendable (any Connection) throws -> Void
    ) async throws -> Bytes {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, context in
            try context.join("workshop")
            try body(context.connection)
            return Workshop.Sum(value: message.left)
        }
        var received = Bytes()
        try await withServer(router) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            received = try await peer.receive(count: count)
            if endsAfter { #expect(try await peer.receivesEnd()) }
            peer.close()
        }
        return received
    }

    private let reply: Bytes = [4, 0, 0, 0, 0x02, 0x01, 2, 0, 0, 0]

    @Test(
        "arrive in the order in which they were sent, whichever thread sent them",
        arguments: Action.allCases,
        Action.allCases
    )
    func order(first: Action, second: Action) async throws {
        let received = try await output(count: 14 + 10) { connection in
            Self.onOtherThread { try first("1", connection) }
            try second("2", connection)
        }
        #expect(received == note("1") + note("2") + reply)
    }

    @Test("arrive before the reply that a handler returns after they were sent", arguments: Action.allCases)
    func reply(action: Action) async throws {
        let received = try await output(count: 7 + 10) { connection in
            Self.onOtherThread { try action("1", connection) }
        }
        #expect(received == note("1") + reply)
    }

    @Test("arrive before the error that a handler throws after they were sent")
    func error() async throws {
        let received = try await output(count: 7 + 6) { connection in
            Self.onOtherThread { try connection.send(Workshop.Note(text: "1")) }
            throw Workshop.Problem(code: .outOfPaint, text: "")
        }
        #expect(received == note("1") + [2, 0, 0, 0, 0xFF, 0xFF])
    }

    @Test("arrive before the end of a connection that is closed after they were sent", arguments: [false, true])
    func close(byDestination: Bool) async throws {
        let received = try await output(count: 7 + 10, endsAfter: true) { connection in
            Self.onOtherThread { try connection.send(Workshop.Note(text: "1")) }
            if byDestination { connection.disconnect(.connection(connection.id)) } else { connection.close() }
        }
        #expect(received == note("1") + reply)
    }

    @Test("are not sent after the end of a connection that another thread has closed before")
    func closedBefore() async throws {
        var router = Router.workshop()
        router.onConnect { context in
            let connection = context.connection
            Self.onOtherThread {
                try connection.send(Workshop.Note(text: "1"))
                connection.close()
            }
            try context.send(Workshop.Note(text: "2"))
        }
        try await withServer(router) { port in
            let peer = try await RawPeer(port: port)
            #expect(try await peer.receive(count: 7) == note("1"))
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("to a room arrive at its other members in the order in which one connection sent them")
    func broadcast() async throws {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, context in
            let connection = context.connection
            try context.join("workshop")
            if message.left > 0 {
                Self.onOtherThread { try connection.broadcast(Workshop.Note(text: "1"), to: .room("workshop")) }
                try context.broadcast(Workshop.Note(text: "2"), to: .room("workshop"))
            }
            return Workshop.Sum(value: message.left)
        }
        try await withServer(router) { port in
            // On both event loops.
            let receivers = [try await RawPeer(port: port), try await RawPeer(port: port)]
            for peer in receivers {
                try await peer.send([8, 0, 0, 0, 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0])
                _ = try await peer.receive(count: reply.count)
            }
            let sender = try await RawPeer(port: port)
            try await sender.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            #expect(try await sender.receive(count: reply.count) == reply)
            for peer in receivers { #expect(try await peer.receive(count: 14) == note("1") + note("2")) }
        }
    }

    @Test("under one lock arrive in the order of the lock, while many threads and the event loop send")
    func lock() async throws {
        let counter = SharedCounter()
        var router = Router(Workshop.self)
        router.on(Workshop.Note.self) { note, context in
            let connection = context.connection
            if note.text == "begin" {
                for _ in 0..<4 { onOwnThread { for _ in 0..<500 { counter.sendNext(to: connection) } } }
            } else {
                counter.sendNext(to: connection)
            }
        }
        try await withServer(router) { port in
            try await withClient(port) { client in
                try await client.send(Workshop.Note(text: "begin"))
                let sending = Task { for _ in 0..<500 { try await client.send(Workshop.Note(text: "next")) } }
                var expected = 0
                for try await message in client.incoming {
                    #expect((message as? Workshop.Note)?.text == "\(expected)")
                    expected += 1
                    if expected == 2500 { break }
                }
                try await sending.value
            }
        }
    }
}

/// Sends consecutive numbers, one at a time.
private final class SharedCounter: Sendable {
    private let next = Mutex(0)

    func sendNext(to connection: any Connection) {
        next.withLock { number in
            try? connection.send(Workshop.Note(text: "\(number)"))
            number += 1
        }
    }
}
