import Switchboard
import TestSupport
import Testing

@Suite("A connection")
struct ConnectionTests {
    @Test("whose peer breaks it off cancels the handler that was waiting for it")
    func cancellation() async throws {
        let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
        var router = Router(Workshop.self)
        router.on(Workshop.Hold.self) { message, _ in
            continuation.yield()
            // Ends only when the task is cancelled.
            for await _ in AsyncStream(Never.self, { _ in }) {}
            continuation.yield()
            return Workshop.Sum(value: message.value)
        }
        try await withServer(router) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([4, 0, 0, 0, 0x03, 0x01, 1, 0, 0, 0])
            var events = cancelled.makeAsyncIterator()
            await events.next()
            peer.reset()
            await events.next()
        }
    }

    @Test("that a handler closes gets what was sent before, then its end")
    func closedByHandler() async throws {
        try await withServer { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            try await peer.send([3, 0, 0, 0, 0x04, 0x01] + "bye")
            try await peer.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0])
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("gets what other connections broadcast, in order, but not what it broadcasts itself")
    func broadcast() async throws {
        try await withServer { port in
            try await withClient(port) { sender in
                try await withClient(port) { receiver in
                    // A reply shows that the server knows the connection.
                    _ = try await receiver.request(Workshop.Add(left: 0, right: 0))
                    for number in 0..<100 { try await sender.send(Workshop.Note(text: "\(number)")) }
                    var incoming = receiver.incoming.makeAsyncIterator()
                    for number in 0..<100 {
                        #expect(try await incoming.next() as? Workshop.Note == Workshop.Note(text: "\(number)"))
                    }
                    try await receiver.send(Workshop.Note(text: "last"))
                    var echoes = sender.incoming.makeAsyncIterator()
                    #expect(try await echoes.next() as? Workshop.Note == Workshop.Note(text: "last"))
                }
            }
        }
    }

    @Test("may be written to by a handler at any time, before and after its reply")
    func sendFromHandler() async throws {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, context in
            try context.send(Workshop.Note(text: "before"))
            Task { try context.send(Workshop.Note(text: "after")) }
            return Workshop.Sum(value: message.left)
        }
        try await withServer(router) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            #expect(try await peer.receive(count: 12) == [6, 0, 0, 0, 0x04, 0x01] + "before")
            #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 2, 0, 0, 0])
            #expect(try await peer.receive(count: 11) == [5, 0, 0, 0, 0x04, 0x01] + "after")
            peer.close()
        }
    }

    @Test("over the limit is refused, and its connection slot is free again when another has closed")
    func limit() async throws {
        try await withServer(.workshop(), { $0.maximumConnections = 1 }) { port in
            try await withClient(port) { client in
                _ = try await client.request(Workshop.Add(left: 0, right: 0))
                try await withClient(port) { refused in
                    let error = await #expect(throws: ClientError.self) {
                        try await refused.request(Workshop.Add(left: 0, right: 0))
                    }
                    #expect(error?.fault == .tooManyConnections)
                }
            }
            // A client notices the end a moment before the server has released its side.
            var isServed = false
            while !isServed {
                isServed = try await withClient(port) { client in
                    (try? await client.request(Workshop.Add(left: 0, right: 0))) != nil
                }
            }
        }
    }

    @Test("gets all that handlers send for its one-way messages, also when it reads late")
    func sendsOfABatch() async throws {
        let (count, text) = (5000, String(repeating: "x", count: 4000))
        var router = Router(Workshop.self)
        router.on(Workshop.Note.self) { _, context in try context.send(Workshop.Note(text: text)) }
        try await withServer(router, { $0.maximumPendingOutput = 1_000_000 }) { port in
            let peer = try await RawPeer(port: port)
            // One read burst, whose answers are more than the buffers of both sockets and the pending output may have.
            try await peer.send(Bytes(repeatElement([1, 0, 0, 0, 0x04, 0x01, 0x61], count: count).joined()))
            try await Task.sleep(for: .milliseconds(200))
            let answer: Bytes = [160, 15, 0, 0, 0x04, 0x01] + Bytes(utf8: text)
            let answers = Bytes(repeatElement(Array(answer), count: 100).joined())
            for _ in 0..<count / 100 { #expect(try await peer.receive(count: answers.count) == answers) }
            peer.close()
        }
    }

    @Test("whose peer does not read is closed when too much waits for it, and nobody else notices")
    func slowConsumer() async throws {
        try await withServer(
            .workshop(),
            {
                $0.outputHighWaterMark = 10_000
                $0.maximumPendingOutput = 1_000_000
            }
        ) { port in
            try await withClient(port) { sender in
                let slow = try await RawPeer(port: port)
                try await slow.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
                _ = try await slow.receive(count: 10)
                // `slow` reads nothing else, and its socket accepts a few megabytes at most.
                let note = Workshop.Note(text: String(repeating: "x", count: 4096))
                for _ in 0..<8000 { try await sender.send(note) }
                _ = try await sender.request(Workshop.Add(left: 0, right: 0))
                await #expect(throws: SystemError.self) {
                    while true { _ = try await slow.receive(count: 1_000) }
                }
                slow.close()
            }
        }
    }
}
