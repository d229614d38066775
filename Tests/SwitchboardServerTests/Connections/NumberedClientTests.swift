import Switchboard
import Testing

@Suite("A client and a server with a correlation in the header")
struct NumberedClientTests {
    private func withLongHeaderClient(
        _ held: HeldRequests,
        _ body: (Client) async throws -> Void
    ) async throws {
        try await withServer(.longHeader(held)) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: LongHeaderProtocol.self)
            do {
                try await body(client)
                await client.close()
            } catch {
                await client.close()
                throw error
            }
        }
    }

    @Test("answer a fast request while slow ones wait, and those in any order")
    func outOfOrder() async throws {
        let held = HeldRequests()
        try await withLongHeaderClient(held) { client in
            let slow = (1...3 as ClosedRange<UInt32>).map { number in
                Task { try await client.request(LongHeaderProtocol.Pause(number: number)).number }
            }
            await held.events(3)
            let fast = try await client.request(LongHeaderProtocol.Work(number: 4))
            #expect(fast.number == 8)
            for number in [2, 1, 3] as [UInt32] {
                await held.release(number)
                let answered = try await slow[Int(number) - 1].value
                #expect(answered == number)
            }
        }
    }

    @Test("pair thousands of requests of many tasks")
    func many() async throws {
        try await withLongHeaderClient(HeldRequests()) { client in
            try await withThrowingTaskGroup { group in
                for number in 100..<3000 as Range<UInt32> {
                    group.addTask {
                        if number.isMultiple(of: 3) {
                            let reply = try await client.request(LongHeaderProtocol.Pause(number: 0))
                            #expect(reply.number == 0)
                        } else {
                            let reply = try await client.request(LongHeaderProtocol.Work(number: number))
                            #expect(reply.number == number * 2)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("carry extra fields with requests, and errors to the requests that they answer")
    func headerAndErrors() async throws {
        try await withLongHeaderClient(HeldRequests()) { client in
            let reply = try await client.request(
                LongHeaderProtocol.Work(number: 1),
                header: LongHeaderProtocol.Header(sender: 40)
            )
            #expect(reply.number == 42)
            await #expect(throws: LongHeaderProtocol.Failure(number: 1300)) {
                try await client.request(LongHeaderProtocol.Work(number: 13))
            }
        }
    }

    @Test("tell messages apart that have one code, one each way")
    func sharedCodes() async throws {
        try await withLongHeaderClient(HeldRequests()) { client in
            try await client.send(LongHeaderProtocol.Done(number: 5), header: LongHeaderProtocol.Header(sender: 1))
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? LongHeaderProtocol.Alarm == LongHeaderProtocol.Alarm(number: 5))
            let error = await #expect(throws: ClientError.self) {
                try await client.send(LongHeaderProtocol.Alarm(number: 1))
            }
            #expect(error?.code == .notSentByClients)
        }
    }
}
