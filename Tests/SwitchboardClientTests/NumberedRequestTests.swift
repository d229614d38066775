import Switchboard
import TestSupport
import Testing

@Suite("A client that numbers its requests", .timeLimit(.minutes(Patience.minutes)))
struct NumberedRequestTests {
    @Test("gives each its own reply, in whatever order they come")
    func outOfOrder() async throws {
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            var calls: [(number: UInt8, channel: UInt8, value: UInt8)] = []
            for _ in 0..<5 { calls.append(try peer.call()) }
            for call in calls.reversed() {
                if call.value == 3 {
                    try peer.send(NumberedByteProtocol.Lost(value: 33), call.number)
                } else {
                    try peer.send(NumberedByteProtocol.Answer(value: call.value + 100), call.number)
                }
            }
            peer.waitForEnd()
        } _: { client in
            try await withThrowingTaskGroup { group in
                for value in 1...5 as ClosedRange<UInt8> {
                    group.addTask {
                        do {
                            let answer = try await client.request(NumberedByteProtocol.Call(value: value))
                            #expect(answer.value == value + 100)
                        } catch let error as NumberedByteProtocol.Lost {
                            #expect(value == 3)
                            #expect(error.value == 33)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("numbers them 1, 2, 3, … and begins anew, without 0 and those that have no reply yet")
    func numbers() async throws {
        let (answers, continuation) = AsyncStream.makeStream(of: UInt8.self)
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            let slow = try peer.call()
            continuation.yield(slow.number)
            for _ in 0..<600 {
                let call = try peer.call()
                continuation.yield(call.number)
                try peer.send(NumberedByteProtocol.Answer(value: call.value), call.number)
            }
            try peer.send(NumberedByteProtocol.Answer(value: 77), slow.number)
            peer.waitForEnd()
        } _: { client in
            var numbers = answers.makeAsyncIterator()
            async let slow = client.request(NumberedByteProtocol.Call(value: 1))
            #expect(await numbers.next() == 1)
            for index in 0..<600 {
                _ = try await client.request(NumberedByteProtocol.Call(value: 2))
                #expect(await numbers.next() == UInt8(index % 254 + 2))
            }
            let answer = try await slow
            #expect(answer.value == 77)
        }
    }

    @Test("has no more in flight than there are numbers, and says so")
    func exhausted() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            for _ in 0..<255 { _ = try peer.call() }
            continuation.yield()
            peer.waitForEnd()
        } _: { client in
            let waiting = (0..<255).map { _ in Task { try await client.request(NumberedByteProtocol.Call(value: 1)) } }
            var all = calls.makeAsyncIterator()
            await all.next()
            let error = await #expect(throws: ClientError.self) {
                try await client.request(NumberedByteProtocol.Call(value: 1))
            }
            #expect(error?.code == .tooManyRequests)
            await client.close()
            for task in waiting { await #expect(throws: ClientError.self) { try await task.value } }
        }
    }

    @Test("drops the late reply to one that was given up, and uses its number again only when all are taken")
    func givenUp() async throws {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            let first = try peer.call()
            continuation.yield()
            let second = try peer.call()
            try peer.send(NumberedByteProtocol.Answer(value: 1), first.number)
            try peer.send(NumberedByteProtocol.Answer(value: 2), second.number)
            // Together with the requests that have replies, these use all numbers except a few.
            for _ in 0..<250 { _ = try peer.call() }
            continuation.yield()
            for _ in 0..<50 {
                let call = try peer.call()
                try peer.send(NumberedByteProtocol.Answer(value: 9), call.number)
            }
            peer.waitForEnd()
        } _: { client in
            var arrived = arrivals.makeAsyncIterator()
            let first = Task { try await client.request(NumberedByteProtocol.Call(value: 0)) }
            await arrived.next()
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            let second = try await client.request(NumberedByteProtocol.Call(value: 0))
            #expect(second.value == 2)
            let others = (0..<250).map { _ in Task { try await client.request(NumberedByteProtocol.Call(value: 0)) } }
            await arrived.next()
            for request in others { request.cancel() }
            for request in others { await #expect(throws: CancellationError.self) { try await request.value } }
            for _ in 0..<50 {
                let answer = try await client.request(NumberedByteProtocol.Call(value: 1))
                #expect(answer.value == 9)
            }
        }
    }

    @Test("ends the connection at a reply that answers none of them")
    func unknownNumber() async throws {
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            let call = try peer.call()
            try peer.send(NumberedByteProtocol.Answer(value: 1), call.number + 1)
            peer.waitForEnd()
        } _: { client in
            let error = await #expect(throws: ClientError.self) {
                try await client.request(NumberedByteProtocol.Call(value: 1))
            }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("ends the connection at a reply to another kind of request")
    func wrongReply() async throws {
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            try peer.send(NumberedByteProtocol.News(value: 1), try peer.call().number)
            peer.waitForEnd()
        } _: { client in
            let error = await #expect(throws: ClientError.self) {
                try await client.request(NumberedByteProtocol.Call(value: 1))
            }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("takes what has the number 0 for a message of its own, also a reply or an error")
    func unnumbered() async throws {
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            let call = try peer.call()
            try peer.send(NumberedByteProtocol.Answer(value: 1), 0)
            try peer.send(NumberedByteProtocol.News(value: 2), 0)
            try peer.send(NumberedByteProtocol.Lost(value: 3), 0)
            try peer.send(NumberedByteProtocol.Answer(value: 4), call.number)
            peer.waitForEnd()
        } _: { client in
            let answer = try await client.request(NumberedByteProtocol.Call(value: 1))
            #expect(answer.value == 4)
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? NumberedByteProtocol.Answer == NumberedByteProtocol.Answer(value: 1))
            #expect(try await incoming.next() as? NumberedByteProtocol.News == NumberedByteProtocol.News(value: 2))
            #expect(try await incoming.next() as? NumberedByteProtocol.Lost == NumberedByteProtocol.Lost(value: 3))
        }
    }

    @Test("is closed by an error without a number that ends the connection, not by one that answers a request")
    func endingError() async throws {
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            try peer.send(NumberedByteProtocol.Lost(value: 1), try peer.call().number)
            _ = try peer.call()
            try peer.send(NumberedByteProtocol.Lost(value: 1), 0)
            peer.waitForEnd()
        } _: { client in
            await #expect(throws: NumberedByteProtocol.Lost(value: 1)) {
                try await client.request(NumberedByteProtocol.Call(value: 1))
            }
            let pending = await #expect(throws: ClientError.self) {
                try await client.request(NumberedByteProtocol.Call(value: 2))
            }
            #expect(pending?.fault == NumberedByteProtocol.Lost(value: 1).fault)
            #expect(pending?.mayHaveBeenHandled == true)
            let late = await #expect(throws: ClientError.self) {
                try await client.request(NumberedByteProtocol.Call(value: 3))
            }
            #expect(late?.fault == NumberedByteProtocol.Lost(value: 1).fault)
            #expect(late?.mayHaveBeenHandled == false)
        }
    }

    @Test("sends heartbeats with a number, and needs the reply")
    func heartbeat() async throws {
        let (beats, continuation) = AsyncStream.makeStream(of: UInt8.self)
        try await withClient(speaking: NumberedByteProtocol.self) {
            $0.heartbeatInterval = .milliseconds(5)
            $0.requestTimeout = .seconds(1)
        } of: { peer in
            for _ in 0..<3 {
                let beat = try peer.call()
                continuation.yield(beat.number)
                try peer.send(NumberedByteProtocol.Answer(value: 0), beat.number)
            }
            peer.waitForEnd()
            continuation.finish()
        } _: { client in
            var numbers: [UInt8] = []
            // The stream ends when the client has closed the connection, because the later
            // heartbeats have no reply.
            for await number in beats { numbers.append(number) }
            #expect(numbers == [1, 2, 3])
        }
    }

    @Test("writes the extra fields that it is given, and tells a message by its type where another has its code")
    func header() async throws {
        let (channels, continuation) = AsyncStream.makeStream(of: UInt8.self)
        try await withClient(speaking: NumberedByteProtocol.self) { peer in
            for _ in 0..<2 {
                let call = try peer.call()
                continuation.yield(call.channel)
                try peer.send(NumberedByteProtocol.Answer(value: 0), call.number)
            }
            peer.waitForEnd()
        } _: { client in
            var received = channels.makeAsyncIterator()
            _ = try await client.request(
                NumberedByteProtocol.Call(value: 1),
                header: NumberedByteProtocol.Header(channel: 7)
            )
            #expect(await received.next() == 7)
            _ = try await client.request(NumberedByteProtocol.Call(value: 1))
            #expect(await received.next() == 0)
            let error = await #expect(throws: ClientError.self) {
                try await client.send(NumberedByteProtocol.Answer(value: 1))
            }
            #expect(error?.code == .notSentByClients)
        }
    }
}
