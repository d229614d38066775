import NET001
import Switchboard
import TestSupport
import Testing

@Suite("A request with a timeout of its own", .timeLimit(.minutes(Patience.minutes)))
struct RequestTimeoutTests {
    @Test("fails after this time, and its late reply is not that of another request")
    func lateReply() async throws {
        let client = try await connect { peer in
            _ = try peer.receive(count: 2 * pingSize)
            for timestamp in 1...2 as ClosedRange<UInt64> { try peer.send(NET001.Pong(timestamp: timestamp)) }
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 3))
            peer.waitForEnd()
        }
        let start = ContinuousClock.now
        let error = await #expect(throws: ClientError.self) {
            try await client.request(NET001.Ping(timestamp: 1), timeout: .milliseconds(50))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.mayHaveBeenHandled == true)
        #expect(start.duration(to: .now) >= .milliseconds(50))
        for timestamp in 2...3 as ClosedRange<UInt64> {
            let pong = try await client.request(NET001.Ping(timestamp: timestamp))
            #expect(pong.timestamp == timestamp)
        }
        await client.close()
    }

    @Test("leaves no number behind that another request could not use")
    func numbers() async throws {
        let client = try await connect(speaking: NumberedByteProtocol.self) { peer in
            // More requests than there are numbers. Only the last one has a reply.
            while true {
                let call = try peer.call()
                if call.value == 1 { try peer.send(NumberedByteProtocol.Answer(value: 9), call.number) }
            }
        }
        try await withThrowingTaskGroup { group in
            for round in 0..<3 {
                for _ in 0..<200 {
                    group.addTask {
                        let error = await #expect(throws: ClientError.self) {
                            try await client.request(
                                NumberedByteProtocol.Call(value: 0),
                                timeout: .milliseconds(10 + round)
                            )
                        }
                        #expect(error?.code == .timedOut)
                    }
                }
                try await group.waitForAll()
            }
        }
        let answer = try await client.request(NumberedByteProtocol.Call(value: 1))
        #expect(answer.value == 9)
        await client.close()
    }

    @Test("is not sent if the time is zero or less")
    func nothingLeft() async throws {
        let client = try await connect { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 7))
            peer.waitForEnd()
        }
        for timeout in [Duration.zero, .seconds(-1)] {
            let error = await #expect(throws: ClientError.self) {
                try await client.request(NET001.Ping(timestamp: 1), timeout: timeout)
            }
            #expect(error?.code == .timedOut)
            #expect(error?.mayHaveBeenHandled == false)
        }
        let pong = try await client.request(NET001.Ping(timestamp: 7))
        #expect(pong.timestamp == 7)
        await client.close()
    }

    @Test("may have more time than others have")
    func longer() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let client = try await connect {
            $0.requestTimeout = .milliseconds(1)
        } to: { peer in
            _ = try peer.receive(count: pingSize)
            arrival.yield()
            _ = try peer.receive(count: pingSize + dataSize)
            try peer.send(NET001.Pong(timestamp: 1))
            try peer.send(NET001.Pong(timestamp: 2))
            peer.waitForEnd()
        }
        let patient = Task {
            try await client.request(NET001.Ping(timestamp: 1), timeout: .seconds(Patience.seconds))
        }
        var arrived = arrivals.makeAsyncIterator()
        await arrived.next()
        let error = await #expect(throws: ClientError.self) { try await client.request(NET001.Ping(timestamp: 2)) }
        #expect(error?.code == .timedOut)
        try await client.sendData("go")
        #expect(try await patient.value.timestamp == 1)
        await client.close()
    }

    @Test("waits no longer for a connection, either")
    func withoutConnection() async throws {
        let server = try FakeServer()
        server.accept { _ in }
        var configuration = ClientConfiguration()
        var policy = ReconnectPolicy()
        policy.initialDelay = .seconds(Patience.seconds)
        policy.maximumDelay = .seconds(Patience.seconds)
        configuration.reconnect = policy
        configuration.requestTimeout = .seconds(Patience.seconds)
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: server.port,
            speaking: NET001.self,
            configuration: configuration
        )
        for await event in client.events { if case .disconnected = event { break } }
        let error = await #expect(throws: ClientError.self) {
            try await client.request(NET001.Ping(timestamp: 1), timeout: .milliseconds(10))
        }
        #expect(error?.code == .closed)
        #expect(error?.mayHaveBeenHandled == false)
        await client.close()
    }
}
