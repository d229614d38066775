import Logging
import Switchboard
import Testing

@Suite("A limit")
struct LimitTests {
    private let add: Bytes = [8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]
    private let sum: Bytes = [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0]

    /// The code of the Problem that must come next.
    private func problem(_ peer: RawPeer) async throws -> UInt8 {
        let header = try await peer.receive(count: 6)
        #expect(header[4..<6] == [0xFF, 0xFF])
        return try await peer.receive(count: Int(header[0]))[0]
    }

    @Test("of a connection's rate refuses requests beyond it, each with an answer in its place")
    func rate() async throws {
        try await withServer(.workshop(), { $0.rateLimit = 3 }) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(add + add + add + add + add)
            for _ in 0..<3 { #expect(try await peer.receive(count: 10) == sum) }
            for _ in 0..<2 { #expect(try await problem(peer) == 5) }
            await peer.close()
        }
    }

    @Test("of a rate is no obstacle to a handler that waits")
    func rateOfWaitingHandlers() async throws {
        let gate = Gate()
        await gate.open()
        try await withServer(.workshop(gate), { $0.rateLimit = 2 }) { port in
            let peer = try await RawPeer(port: port)
            let hold: Bytes = [4, 0, 0, 0, 0x03, 0x01, 5, 0, 0, 0]
            // More than a slow machine could let through in the time that it needs for them.
            for _ in 0..<20 { try await peer.send(hold) }
            for _ in 0..<2 { #expect(try await peer.receive(count: 10) == sum) }
            var refusals = 0
            for _ in 2..<20 {
                let header = try await peer.receive(count: 6)
                _ = try await peer.receive(count: Int(header[0]))
                if header[4..<6] == [0xFF, 0xFF] { refusals += 1 }
            }
            #expect(refusals > 0)
            await peer.close()
        }
    }

    @Test("of the rate of all is kept by all event loops together")
    func globalRate() async throws {
        try await withServer(.workshop(), { $0.globalRateLimit = 1 }) { port in
            let peers = [try await RawPeer(port: port), try await RawPeer(port: port)]
            var refusals = 0
            // In a second that has just begun one is handled, of whichever: not more than four in four.
            for peer in peers { try await peer.send(add + add + add + add) }
            for peer in peers {
                for _ in 0..<4 {
                    let header = try await peer.receive(count: 6)
                    _ = try await peer.receive(count: Int(header[0]))
                    if header[4..<6] == [0xFF, 0xFF] { refusals += 1 }
                }
                await peer.close()
            }
            #expect(refusals >= 4)
            #expect(refusals < 8)
        }
    }

    @Test("of silence closes a connection that has never said anything, and no other")
    func idle() async throws {
        try await withServer(.workshop(), { $0.idleTimeout = .seconds(2) }) { port in
            let silent = try await RawPeer(port: port)
            let speaking = try await RawPeer(port: port)
            let chat = Task {
                while !Task.isCancelled {
                    try await speaking.send(add)
                    guard try await speaking.receive(count: 10) == sum else { return false }
                }
                return true
            }
            #expect(try await problem(silent) == 6)
            #expect(try await silent.receivesEnd())
            chat.cancel()
            #expect(try await chat.value)
            await silent.close()
            await speaking.close()
        }
    }

    @Test("of silence does not count while a handler waits")
    func idleWhileHandling() async throws {
        let gate = Gate()
        try await withServer(.workshop(gate), { $0.idleTimeout = .milliseconds(100) }) { port in
            let waiting = try await RawPeer(port: port)
            try await waiting.send([4, 0, 0, 0, 0x03, 0x01, 5, 0, 0, 0])
            await gate.arrival(of: 1)
            // Two others come after it and are closed: so would it be by now.
            for _ in 0..<2 {
                let silent = try await RawPeer(port: port)
                #expect(try await problem(silent) == 6)
                await silent.close()
            }
            await gate.open()
            #expect(try await waiting.receive(count: 10) == sum)
            #expect(try await problem(waiting) == 6)
            await waiting.close()
        }
    }

    @Test("of a frame's time is not moved by further parts of it")
    func frame() async throws {
        try await withServer(.workshop(), { $0.frameTimeout = .milliseconds(300) }) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(add + Bytes([100, 0, 0, 0, 0x06, 0x01]))
            #expect(try await peer.receive(count: 10) == sum)
            let drip = Task {
                for _ in 0..<100 where !Task.isCancelled {
                    try await peer.send([0])
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let other = try await RawPeer(port: port)
            try await other.send([100])
            #expect(try await problem(other) == 6)
            drip.cancel()
            await other.close()
            #expect(try await problem(peer) == 6)
            await peer.close()
        }
    }

    @Test("of connections for each address lets as many in, and more when one has gone")
    func perAddress() async throws {
        try await withServer(.workshop(), { $0.maximumConnectionsPerAddress = 1 }) { port in
            let first = try await RawPeer(port: port)
            try await first.send(add)
            #expect(try await first.receive(count: 10) == sum)
            let second = try await RawPeer(port: port)
            #expect(try await problem(second) == 4)
            #expect(try await second.receivesEnd())
            await second.close()
            await first.close()
            var isServed = false
            while !isServed {
                isServed = try await withClient(port) { client in
                    (try? await client.request(Workshop.Add(left: 0, right: 0))) != nil
                }
            }
        }
    }

    @Test("of what is logged turns ten thousand failures into a line or two a second")
    func logs() async throws {
        let log = RecordingLog()
        try await withServer(logger: Logger(label: "test", factory: { _ in log })) { port in
            try await withClient(port) { client in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<10_000 {
                        group.addTask {
                            await #expect(throws: Workshop.Problem.self) {
                                try await client.request(Workshop.Fail(waits: false, openly: false))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            await log.line(containing: "more handlers failed")
        }
        #expect(log.lines.count { $0.contains("failed") } < 50)
    }
}
