import Switchboard
import Testing

@Suite("Replies")
struct ReplyTests {
    @Test("come in the order of their requests, from handlers that wait and handlers that do not")
    func order() async throws {
        let gate = Gate()
        try await withServer(.workshop(gate)) { port in
            try await withClient(port) { client in
                let answered = Answers()
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        _ = try await client.request(Workshop.Hold(value: 1))
                        await answered.add(1)
                    }
                    await gate.arrival(of: 1)
                    group.addTask {
                        _ = try await client.request(Workshop.Add(left: 1, right: 1))
                        await answered.add(2)
                    }
                    // Another connection is served meanwhile.
                    try await withClient(port) { other in
                        let sum = try await other.request(Workshop.Add(left: 40, right: 2))
                        #expect(sum.value == 42)
                    }
                    #expect(await answered.all.isEmpty)
                    await gate.open()
                    try await group.waitForAll()
                }
                #expect(await Set(answered.all) == [1, 2])
            }
        }
    }

    @Test("to thousands of requests in flight from many tasks each find their own")
    func manyInFlight() async throws {
        let gate = Gate()
        await gate.open()
        try await withServer(.workshop(gate)) { port in
            try await withClient(port) { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<5000 as Range<UInt32> {
                        group.addTask {
                            let reply =
                                number.isMultiple(of: 2)
                                ? try await client.request(Workshop.Add(left: number, right: 1)).value
                                : try await client.request(Workshop.Hold(value: number)).value
                            #expect(reply == (number.isMultiple(of: 2) ? number + 1 : number))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("may be as large as the frame allows")
    func largest() async throws {
        let data = Bytes((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try await withServer { port in
            try await withClient(port) { client in
                let reply = try await client.request(Workshop.Blob(data: data))
                #expect(reply.data == data)
                await #expect(throws: PayloadError(.payloadTooLarge, field: "payload")) {
                    try await client.request(Workshop.Blob(data: Bytes(Array(data) + [0])))
                }
            }
        }
    }

    private actor Answers {
        private(set) var all: [Int] = []
        func add(_ number: Int) { all.append(number) }
    }
}
