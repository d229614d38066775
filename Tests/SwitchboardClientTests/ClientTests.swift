import Dispatch
import NET001
import Switchboard
import TestSupport
import Testing

@Suite("A client", .timeLimit(.minutes(Patience.minutes)))
struct ClientTests {
    @Test("sends more than the server and the network hold, and reads the replies meanwhile")
    func manyLargeRequests() async throws {
        let data = Bytes([UInt8](repeating: 7, count: 60_000))
        var configuration = ServerConfiguration(port: 0)
        configuration.removeLimits()
        let server = try Server(.net001(), configuration: configuration)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)
        try await withThrowingTaskGroup { group in
            for _ in 0..<500 {
                group.addTask {
                    let reply = try await client.echo(data)
                    #expect(reply.count == data.count)
                }
            }
            try await group.waitForAll()
        }
        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("is told in one line when nobody is there")
    func refused() async throws {
        let nobody = try FakeServer(listens: false)
        let error = await #expect(throws: TransportError.self) {
            try await Client.connect(host: "127.0.0.1", port: nobody.port, speaking: NET001.self)
        }
        #expect(error?.code == .cannotConnect)
        #expect(error.map { "\($0)".lowercased() } == "cannot connect to 127.0.0.1:\(nobody.port): connection refused")
    }

    @Test("is told when there is no such host")
    func unknownHost() async {
        let error = await #expect(throws: TransportError.self) {
            try await Client.connect(host: "no such host", port: 5000, speaking: NET001.self)
        }
        #expect(error?.code == .cannotResolve)
    }

    @Test("refuses a configuration that makes no sense")
    func configuration() async {
        var senseless = ClientConfiguration()
        senseless.incomingLimit = 0
        let configuration = senseless
        let error = await #expect(throws: ClientError.self) {
            try await Client.connect(host: "127.0.0.1", port: 1, speaking: NET001.self, configuration: configuration)
        }
        #expect(error.map { "\($0)" } == "incomingLimit is 0: it must be at least 1")
    }

    @Test("throws the error that answers a request, and goes on")
    func errorReply() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Error(code: .rateLimited, message: "slow down"))
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 2))
            peer.waitForEnd()
        } _: { client in
            await #expect(throws: NET001.Error(code: .rateLimited, message: "slow down")) {
                try await client.request(NET001.Ping(timestamp: 1))
            }
            let pong = try await client.request(NET001.Ping(timestamp: 2))
            #expect(pong.timestamp == 2)
        }
    }

    @Test("gives up a request after its time, and still pairs the late reply with it")
    func timeout() async throws {
        try await withClient {
            $0.requestTimeout = .milliseconds(200)
        } of: { peer in
            _ = try peer.receive(count: 2 * pingSize)
            try peer.send(NET001.Pong(timestamp: 1))
            try peer.send(NET001.Pong(timestamp: 2))
            peer.waitForEnd()
        } _: { client in
            let error = await #expect(throws: ClientError.self) {
                try await client.request(NET001.Ping(timestamp: 1))
            }
            #expect(error?.code == .timedOut)
            let pong = try await client.request(NET001.Ping(timestamp: 2))
            #expect(pong.timestamp == 2)
        }
    }

    @Test("gives each of several requests its whole time, whether others are answered or not")
    func timeouts() async throws {
        let time = Duration.milliseconds(100)
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withClient {
            $0.requestTimeout = time
        } of: { peer in
            for timestamp in 1...5 as ClosedRange<UInt64> {
                _ = try peer.receive(count: pingSize)
                if timestamp == 1 { try peer.send(NET001.Pong(timestamp: timestamp)) }
                arrival.yield()
            }
            peer.waitForEnd()
        } _: { client in
            #expect(try await client.request(NET001.Ping(timestamp: 1)).timestamp == 1)
            var arrived = arrivals.makeAsyncIterator()
            await arrived.next()
            try await withThrowingTaskGroup { group in
                for timestamp in 2...5 as ClosedRange<UInt64> {
                    group.addTask {
                        let start = ContinuousClock.now
                        let error = await #expect(throws: ClientError.self) {
                            try await client.request(NET001.Ping(timestamp: timestamp))
                        }
                        #expect(error?.code == .timedOut)
                        #expect(start.duration(to: .now) >= time)
                    }
                    await arrived.next()
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("gives up a request when its task is cancelled, and still pairs the reply with it")
    func cancellation() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            arrival.yield()
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 1))
            try peer.send(NET001.Pong(timestamp: 2))
            peer.waitForEnd()
        } _: { client in
            let first = Task { try await client.request(NET001.Ping(timestamp: 1)) }
            var arrivals = arrived.makeAsyncIterator()
            await arrivals.next()
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            let pong = try await client.request(NET001.Ping(timestamp: 2))
            #expect(pong.timestamp == 2)
        }
    }

    @Test("gives up a request that takes long when its task is cancelled, and returns the late reply of another")
    func lateRequests() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withClient { peer in
            for _ in 1...2 {
                _ = try peer.receive(count: pingSize)
                arrival.yield()
            }
            _ = try peer.receive(count: 2 * pingSize)
            for number in 1...4 as ClosedRange<UInt64> { try peer.send(NET001.Pong(timestamp: number)) }
            peer.waitForEnd()
        } _: { client in
            let first = Task { try await client.request(NET001.Ping(timestamp: 1)) }
            var arrivals = arrived.makeAsyncIterator()
            await arrivals.next()
            let second = Task { try await client.request(NET001.Ping(timestamp: 2)) }
            await arrivals.next()
            // The timeout is longer than the time after which a task notes how to cancel its request.
            await #expect(throws: ClientError.self) {
                try await client.request(NET001.Ping(timestamp: 3), timeout: .milliseconds(50))
            }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            let pong = try await client.request(NET001.Ping(timestamp: 4))
            #expect(pong.timestamp == 4)
            let firstPong = try await first.value
            #expect(firstPong.timestamp == 1)
        }
    }

    @Test("fails the requests that take long with the others when the server closes the connection")
    func lateFailure() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: 3 * pingSize)
        } _: { client in
            let first = Task { try await client.request(NET001.Ping(timestamp: 1)) }
            await #expect(throws: ClientError.self) {
                try await client.request(NET001.Ping(timestamp: 2), timeout: .milliseconds(50))
            }
            let error = await #expect(throws: ClientError.self) { try await client.request(NET001.Ping(timestamp: 3)) }
            let firstError = await #expect(throws: ClientError.self) { try await first.value }
            #expect(error?.code == .closed && firstError?.code == .closed)
        }
    }

    @Test("tells apart replies from what the server sends of its own accord")
    func unsolicited() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Broadcast(message: "first"))
            try peer.send(NET001.Pong(timestamp: 1))
            try peer.send(NET001.Data(data: "second"))
            try peer.send(NET001.Error(code: .rateLimited, message: "third"))
        } _: { client in
            let pong = try await client.request(NET001.Ping(timestamp: 1))
            #expect(pong.timestamp == 1)
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "first"))
            #expect(try await incoming.next() as? NET001.Data == NET001.Data(data: "second"))
            #expect(try await incoming.next() as? NET001.Error == NET001.Error(code: .rateLimited, message: "third"))
            await #expect(throws: ClientError.self) { try await incoming.next() }
        }
    }

    @Test("keeps the newest incoming messages when nobody reads them, counts the others, and says when that begins")
    func incomingLimit() async throws {
        try await withClient {
            $0.incomingLimit = 2
        } of: { peer in
            _ = try peer.receive(count: pingSize)
            for number in 0..<5 { try peer.send(NET001.Broadcast(message: Bytes(utf8: "\(number)"))) }
            try peer.send(NET001.Pong(timestamp: 1))
        } _: { client in
            _ = try await client.request(NET001.Ping(timestamp: 1))
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "3"))
            #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "4"))
            await #expect(throws: ClientError.self) { try await incoming.next() }
            #expect(client.incoming.droppedCount == 3)
            let totals = await client.events.reduce(into: [Int]()) { totals, event in
                if case .droppingMessages(let total) = event { totals.append(total) }
            }
            #expect(totals == [1])
        }
    }

    @Test("keeps no more bytes of incoming messages than it may")
    func maximumIncomingBytes() async throws {
        let size = 64_000
        let fitting = ClientConfiguration.maximumIncomingBytes / size
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            for number in 0..<(fitting + 10) {
                try peer.send(NET001.Broadcast(message: Bytes(Array(repeating: UInt8(number % 256), count: size))))
            }
            try peer.send(NET001.Pong(timestamp: 1))
        } _: { client in
            _ = try await client.request(NET001.Ping(timestamp: 1))
            let read = await client.incoming.untilClosed.map { ($0 as? NET001.Broadcast)?.message.first }
            #expect(read == (10..<(fitting + 10)).map { UInt8($0 % 256) })
            #expect(client.incoming.droppedCount == 10)
        }
    }

    @Test("hands each incoming message to one of those who read")
    func incomingReaders() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            for number in 0..<1000 { try peer.send(NET001.Broadcast(message: Bytes(utf8: "\(number)"))) }
            try peer.send(NET001.Pong(timestamp: 1))
        } _: { client in
            let readers = (0..<3).map { _ in
                Task { await client.incoming.untilClosed.map { ($0 as? NET001.Broadcast)?.message } }
            }
            _ = try await client.request(NET001.Ping(timestamp: 1))
            var read: [Bytes?] = []
            for reader in readers { read += await reader.value }
            #expect(Set(read) == Set((0..<1000).map { Bytes(utf8: "\($0)") }))
            #expect(read.count == 1000)
        }
    }

    @Test("goes on with its incoming messages when one of those who read them is cancelled")
    func cancelledReader() async throws {
        try await withClient { peer in
            for round in 1...20 as ClosedRange<UInt64> {
                _ = try peer.receive(count: pingSize)
                try peer.send(NET001.Broadcast(message: Bytes(utf8: "\(round)")))
                try peer.send(NET001.Pong(timestamp: round))
            }
        } _: { client in
            for round in 1...20 as ClosedRange<UInt64> {
                let (begun, beginning) = AsyncStream.makeStream(of: Never.self)
                let reader = Task {
                    var incoming = client.incoming.makeAsyncIterator()
                    beginning.finish()
                    return try await incoming.next()
                }
                // The cancellation comes before the request waits, or while it waits.
                for await _ in begun {}
                for _ in 0..<round % 4 { await Task.yield() }
                reader.cancel()
                #expect(try await reader.value == nil)
                let pong = try await client.request(NET001.Ping(timestamp: round))
                #expect(pong.timestamp == round)
                var incoming = client.incoming.makeAsyncIterator()
                let message = Bytes(utf8: "\(round)")
                #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: message))
            }
        }
    }

    @Test("leaves its incoming messages to others when a task that was cancelled reads")
    func readerAfterCancellation() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Broadcast(message: "news"))
            try peer.send(NET001.Pong(timestamp: 1))
        } _: { client in
            _ = try await client.request(NET001.Ping(timestamp: 1))
            let cancelled = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                var incoming = client.incoming.makeAsyncIterator()
                return try await incoming.next()
            }
            #expect(try await cancelled.value == nil)
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "news"))
            await #expect(throws: ClientError.self) { try await incoming.next() }
        }
    }

    @Test("fails what waits, and all that follows, when the server closes")
    func serverCloses() async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
        } _: { client in
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.code == .closed)
            await #expect(throws: ClientError.self) { try await client.ping() }
            await #expect(throws: ClientError.self) { try await client.sendData("x") }
        }
    }

    @Test("returns at once from closing, though a request has no reply")
    func closesAtOnce() async throws {
        let server = try FakeServer()
        let (ended, end) = (DispatchSemaphore(value: 0), AsyncStream.makeStream(of: Int.self))
        server.accept { peer in
            _ = try peer.receive(count: pingSize)
            // The server is busy: it notices the end of the client's side, but does not close its
            // own side.
            end.continuation.yield(peer.countToEnd())
            ended.wait()
        }
        let client = try await Client.connect(host: "127.0.0.1", port: server.port, speaking: NET001.self)
        let request = Task.immediate { try await client.ping() }
        try await client.sendData("accepted")
        await client.close()
        await client.close()
        // A client that waited for the server's side would wait as long as the test.
        await #expect(throws: ClientError.self) { try await request.value }
        var ends = end.stream.makeAsyncIterator()
        #expect(await ends.next() == 12 + "accepted".utf8.count)
        ended.signal()
    }

    @Test("says why the server has closed the connection")
    func endingError() async throws {
        try await withClient { peer in
            try peer.send(NET001.Error(code: .tooManyConnections, message: "full"))
        } _: { client in
            var incoming = client.incoming.makeAsyncIterator()
            let first = try await incoming.next()
            #expect(first is NET001.Error)
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.code == .closed)
            #expect(error?.fault == .tooManyConnections)
            #expect(error?.mayHaveBeenHandled == false)
            #expect(error?.description.contains("full") == true)
        }
    }

    @Test("ends the connection when the server breaks the protocol", arguments: Violation.allCases)
    func violation(_ violation: Violation) async throws {
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(violation.bytes)
            peer.waitForEnd()
        } _: { client in
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.code == .protocolViolation)
        }
    }

    enum Violation: CaseIterable {
        case garbage, wrongChecksum, wrongReply, clientMessage, malformed

        var bytes: Bytes {
            let encoder = FrameEncoder(NET001.frameFormat)
            let frame: Bytes =
                switch self {
                case .garbage: "not a frame at all"
                case .wrongChecksum: (try? encoder.encode(NET001.Pong(timestamp: 0))) ?? ""
                case .wrongReply: (try? encoder.encode(NET001.EchoReply(data: "x"))) ?? ""
                case .clientMessage: (try? encoder.encode(NET001.Echo(data: "x"))) ?? ""
                // An AUTH_REPLY whose success is neither 0 nor 1.
                case .malformed: [0xDE, 0xAD, 0xBE, 0xEF, 1, 7, 0, 1, 2, 0xCB, 0x7E, 0xA0, 0x96]
                }
            return self == .wrongChecksum ? Bytes(frame.dropLast() + [frame[frame.count - 1] ^ 1]) : frame
        }
    }

    @Test("sends no message that clients may not send, and no request without waiting for its reply")
    func serverMessage() async throws {
        try await withClient {
            $0.waitForEnd()
        } _: { client in
            let error = await #expect(throws: ClientError.self) {
                try await client.send(NET001.Pong(timestamp: 1))
            }
            #expect(error?.code == .notSentByClients)
            let request: any Message = NET001.Ping(timestamp: 1)
            let refusal = await #expect(throws: ClientError.self) { try await client.send(request) }
            #expect(refusal.map { "\($0)" } == "Ping has a reply: use request(_:)")
        }
    }

    @Test("has no more requests in flight than it may")
    func tooManyRequests() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withClient {
            $0.maximumRequestsInFlight = 1
        } of: { peer in
            _ = try peer.receive(count: pingSize)
            arrival.yield()
            peer.waitForEnd()
        } _: { client in
            let first = Task { try await client.request(NET001.Ping(timestamp: 1)) }
            var arrivals = arrived.makeAsyncIterator()
            await arrivals.next()
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.code == .tooManyRequests)
            await client.close()
            await #expect(throws: ClientError.self) { try await first.value }
        }
    }

    @Test("waits with sending while too much output has not gone out, and loses nothing")
    func backPressure() async throws {
        let size = 60_000
        try await withClient {
            $0.outputHighWaterMark = 64 * 1024
        } of: { peer in
            for number in 0..<500 {
                let frame = try peer.receive(count: size + 12)
                guard frame[8] == UInt8(truncatingIfNeeded: number) else { return }
            }
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 1))
            peer.waitForEnd()
        } _: { client in
            for number in 0..<500 {
                try await client.sendData(Bytes(Array(repeating: UInt8(truncatingIfNeeded: number), count: size)))
            }
            let pong = try await client.request(NET001.Ping(timestamp: 1))
            #expect(pong.timestamp == 1)
        }
    }

    @Test("stops sending when its task is cancelled, also while it waits for the server to read")
    func cancelledSender() async throws {
        let isOver = DispatchSemaphore(value: 0)
        try await withClient {
            $0.outputHighWaterMark = 1
        } of: { _ in
            // The server reads nothing, so that the output of the client stays pending.
            isOver.wait()
        } _: { client in
            let (progress, continuation) = AsyncStream.makeStream(of: Void.self)
            let sender = Task {
                while true {
                    try await client.sendData(Bytes(Array(repeating: 0, count: 60_000)))
                    continuation.yield()
                }
            }
            var sent = progress.makeAsyncIterator()
            for _ in 0..<20 { await sent.next() }
            sender.cancel()
            await #expect(throws: CancellationError.self) { try await sender.value }
            isOver.signal()
        }
    }
}

extension IncomingMessages {
    /// All messages until the connection closes.
    fileprivate var untilClosed: [any Message] {
        get async {
            var messages: [any Message] = []
            do { for try await message in self { messages.append(message) } } catch {}
            return messages
        }
    }
}
