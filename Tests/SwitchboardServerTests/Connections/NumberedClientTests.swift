import Switchboard
import Testing

@Suite("A client and a server with a correlation in the header")
struct NumberedClientTests {
    private func withBenchClient(
        _ desk: Desk,
        _ body: (Client) async throws -> Void
    ) async throws {
        try await withServer(.bench(desk)) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Bench.self)
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
        let desk = Desk()
        try await withBenchClient(desk) { client in
            let slow = (1...3 as ClosedRange<UInt32>).map { number in
                Task { try await client.request(Bench.Pause(number: number)).number }
            }
            await desk.events(3)
            let fast = try await client.request(Bench.Work(number: 4))
            #expect(fast.number == 8)
            for number in [2, 1, 3] as [UInt32] {
                await desk.letGo(number)
                let answered = try await slow[Int(number) - 1].value
                #expect(answered == number)
            }
        }
    }

    @Test("pair thousands of requests of many tasks")
    func many() async throws {
        try await withBenchClient(Desk()) { client in
            try await withThrowingTaskGroup { group in
                for number in 100..<3000 as Range<UInt32> {
                    group.addTask {
                        if number.isMultiple(of: 3) {
                            let reply = try await client.request(Bench.Pause(number: 0))
                            #expect(reply.number == 0)
                        } else {
                            let reply = try await client.request(Bench.Work(number: number))
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
        try await withBenchClient(Desk()) { client in
            let reply = try await client.request(Bench.Work(number: 1), header: Bench.Header(sender: 40))
            #expect(reply.number == 42)
            await #expect(throws: Bench.Failure(number: 1300)) { try await client.request(Bench.Work(number: 13)) }
        }
    }

    @Test("tell messages apart that have one code, one each way")
    func sharedCodes() async throws {
        try await withBenchClient(Desk()) { client in
            try await client.send(Bench.Done(number: 5), header: Bench.Header(sender: 1))
            var incoming = client.incoming.makeAsyncIterator()
            #expect(try await incoming.next() as? Bench.Alarm == Bench.Alarm(number: 5))
            let error = await #expect(throws: ClientError.self) { try await client.send(Bench.Alarm(number: 1)) }
            #expect(error?.code == .notSentByClients)
        }
    }
}
