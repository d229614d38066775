import Logging
import ServiceLifecycle
import Switchboard
import Testing

@Suite("With a correlation in the header")
struct CorrelationTests {
    @Test("a reply is sent as soon as it is ready, with the number of its request")
    func outOfOrder() async throws {
        let desk = Desk()
        try await withServer(.bench(desk)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...3 as ClosedRange<UInt32> {
                try await peer.send(Bench.Pause(number: id), .bench(UInt64(id + 0x1000)))
            }
            try await peer.send(Bench.Work(number: 21), .bench(0xFFFF))
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 42), .bench(0xFFFF)))
            await desk.events(3)
            for number in [2, 3, 1] as [UInt32] {
                await desk.letGo(number)
                let reply = BenchFrame(Bench.Result(number: number), .bench(UInt64(number + 0x1000)))
                #expect(try await peer.receive() == reply)
            }
            await peer.close()
        }
    }

    @Test("requests that come in one burst are all begun, whether their handlers wait or not")
    func burst() async throws {
        let desk = Desk()
        try await withServer(.bench(desk)) { port in
            let peer = try await RawPeer(port: port)
            let encoder = FrameEncoder(Bench.frameFormat)
            var burst = ByteWriter()
            for id in 1...20 as ClosedRange<UInt32> {
                // Every third handler is async, and does not wait.
                if id.isMultiple(of: 3) {
                    try encoder.encode(Bench.Pause(number: 0), header: .bench(UInt64(id)), into: &burst)
                } else if id.isMultiple(of: 2) {
                    try encoder.encode(Bench.Pause(number: id), header: .bench(UInt64(id)), into: &burst)
                } else {
                    try encoder.encode(Bench.Work(number: id + 100), header: .bench(UInt64(id)), into: &burst)
                }
            }
            try await peer.send(burst.takeBytes())
            for id in 1...20 as ClosedRange<UInt32> {
                if id.isMultiple(of: 3) {
                    #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 0), .bench(UInt64(id))))
                } else if !id.isMultiple(of: 2) {
                    #expect(
                        try await peer.receive() == BenchFrame(Bench.Result(number: id * 2 + 200), .bench(UInt64(id)))
                    )
                }
            }
            let held = [2, 4, 8, 10, 14, 16, 20] as [UInt32]
            await desk.events(held.count)
            for id in held.reversed() where id != 14 {
                await desk.letGo(id)
                #expect(try await peer.receive() == BenchFrame(Bench.Result(number: id), .bench(UInt64(id))))
            }
            await desk.letGo(14)
            #expect(try await peer.receive() == BenchFrame(Bench.Failure(number: 1400), .bench(14)))
            await peer.close()
        }
    }

    @Test("no more handlers of a connection wait at once than may, and what follows waits in their place")
    func limit() async throws {
        let desk = Desk()
        try await withServer(.bench(desk), { $0.maximumConcurrentHandlers = 2 }) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...4 as ClosedRange<UInt32> { try await peer.send(Bench.Pause(number: id), .bench(UInt64(id))) }
            try await peer.send(Bench.Work(number: 5), .bench(5))
            await desk.events(2)
            // Another connection has handlers of its own, and shows that the server has had time.
            let other = try await RawPeer(port: port)
            for id in 11...12 as ClosedRange<UInt32> {
                try await other.send(Bench.Pause(number: id), .bench(UInt64(id)))
            }
            await desk.events(4)
            #expect(await desk.arrivals == 4)

            await desk.letGo(2)
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 2), .bench(2)))
            await desk.events(5)
            await desk.letGo(1)
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 1), .bench(1)))
            await desk.events(6)
            await desk.letGo(4)
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 4), .bench(4)))
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 10), .bench(5)))
            await desk.letGo(3)
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 3), .bench(3)))
            await peer.close()
            await other.close()
        }
    }

    @Test("every handler that waits is cancelled when its connection breaks")
    func cancellation() async throws {
        let desk = Desk()
        try await withServer(.bench(desk)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...5 as ClosedRange<UInt32> { try await peer.send(Bench.Pause(number: id), .bench(UInt64(id))) }
            await desk.events(5)
            await peer.reset()
            await desk.events(10)
            #expect(await desk.cancellations == 5)
        }
    }

    @Test("a peer that half-closes has the replies to all that it has sent, then the end")
    func halfClose() async throws {
        let desk = Desk()
        try await withServer(.bench(desk)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...3 as ClosedRange<UInt32> { try await peer.send(Bench.Pause(number: id), .bench(UInt64(id))) }
            await peer.endOutput()
            await desk.events(3)
            for id in [3, 1, 2] as [UInt32] {
                await desk.letGo(id)
                #expect(try await peer.receive() == BenchFrame(Bench.Result(number: id), .bench(UInt64(id))))
            }
            #expect(try await peer.receivesEnd())
            await peer.close()
        }
    }

    @Test("a connection that a handler closes is closed when all that was begun is answered, and nothing else is")
    func closedByHandler() async throws {
        let desk = Desk()
        try await withServer(.bench(desk)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...2 as ClosedRange<UInt32> { try await peer.send(Bench.Pause(number: id), .bench(UInt64(id))) }
            await desk.events(2)
            try await peer.send(Bench.Work(number: 99), .bench(99))
            try await peer.send(Bench.Work(number: 1), .bench(100))
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 198), .bench(99)))
            for id in [2, 1] as [UInt32] {
                await desk.letGo(id)
                #expect(try await peer.receive() == BenchFrame(Bench.Result(number: id), .bench(UInt64(id))))
            }
            #expect(try await peer.receivesEnd())
            await peer.close()
        }
    }

    @Test("a server that stops waits for every handler")
    func drain() async throws {
        let desk = Desk()
        let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(.bench(desk), configuration: .init(port: 0, eventLoops: 1), logger: silent)
        let group = ServiceGroup(services: [server], logger: silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            let peer = try await RawPeer(port: server.listeningAddress.port)
            for id in 1...3 as ClosedRange<UInt32> { try await peer.send(Bench.Pause(number: id), .bench(UInt64(id))) }
            await desk.events(3)
            await group.triggerGracefulShutdown()
            for id in [2, 3, 1] as [UInt32] {
                await desk.letGo(id)
                #expect(try await peer.receive() == BenchFrame(Bench.Result(number: id), .bench(UInt64(id))))
            }
            let farewell = BenchFrame(Bench.Failure(.shuttingDown, detail: ""), HeaderBytes())
            #expect(try await peer.receive() == farewell)
            #expect(try await peer.receivesEnd())
            await peer.close()
            try await tasks.waitForAll()
        }
    }

    @Test("a frame that stays a part is not waited for, though handlers are")
    func frameTimeout() async throws {
        let desk = Desk()
        try await withServer(.bench(desk), { $0.frameTimeout = .milliseconds(10) }) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(Bench.Pause(number: 1), .bench(1))
            await desk.events(1)
            try await peer.send([0x55])
            #expect(try await peer.receive() == BenchFrame(Bench.Failure(.timeout, detail: ""), HeaderBytes()))
            #expect(try await peer.receivesEnd())
            await peer.close()
        }
    }

    @Test("a connection whose handlers wait is not idle")
    func idleTimeout() async throws {
        let desk = Desk()
        try await withServer(.bench(desk), { $0.idleTimeout = .milliseconds(10) }) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(Bench.Pause(number: 1), .bench(1))
            // One that is idle shows that the time has passed.
            let idle = try await RawPeer(port: port)
            #expect(try await idle.receive().code == Bench.Failure.code)
            #expect(try await idle.receivesEnd())
            await desk.letGo(1)
            #expect(try await peer.receive() == BenchFrame(Bench.Result(number: 1), .bench(1)))
            await peer.close()
            await idle.close()
        }
    }
}
