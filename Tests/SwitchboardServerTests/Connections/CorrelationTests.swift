import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("With a correlation in the header")
struct CorrelationTests {
    @Test("a reply is sent as soon as it is ready, with the number of its request")
    func outOfOrder() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...3 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id + 0x1000)))
            }
            try await peer.send(LongHeaderProtocol.Work(number: 21), .longHeader(0xFFFF))
            #expect(
                try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 42), .longHeader(0xFFFF))
            )
            await held.events(3)
            for number in [2, 3, 1] as [UInt32] {
                await held.release(number)
                let reply = LongHeaderFrame(
                    LongHeaderProtocol.Result(number: number),
                    .longHeader(UInt64(number + 0x1000))
                )
                #expect(try await peer.receive() == reply)
            }
            peer.close()
        }
    }

    @Test("requests that come in one burst are all begun, whether their handlers wait or not")
    func burst() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            let encoder = FrameEncoder(LongHeaderProtocol.frameFormat)
            var burst = ByteWriter()
            for id in 1...20 as ClosedRange<UInt32> {
                // Every third handler is async, and is not suspended.
                if id.isMultiple(of: 3) {
                    try encoder.encode(
                        LongHeaderProtocol.Pause(number: 0),
                        header: .longHeader(UInt64(id)),
                        into: &burst
                    )
                } else if id.isMultiple(of: 2) {
                    try encoder.encode(
                        LongHeaderProtocol.Pause(number: id),
                        header: .longHeader(UInt64(id)),
                        into: &burst
                    )
                } else {
                    try encoder.encode(
                        LongHeaderProtocol.Work(number: id + 100),
                        header: .longHeader(UInt64(id)),
                        into: &burst
                    )
                }
            }
            try await peer.send(burst.takeBytes())
            for id in 1...20 as ClosedRange<UInt32> {
                if id.isMultiple(of: 3) {
                    #expect(
                        try await peer.receive()
                            == LongHeaderFrame(LongHeaderProtocol.Result(number: 0), .longHeader(UInt64(id)))
                    )
                } else if !id.isMultiple(of: 2) {
                    #expect(
                        try await peer.receive()
                            == LongHeaderFrame(LongHeaderProtocol.Result(number: id * 2 + 200), .longHeader(UInt64(id)))
                    )
                }
            }
            let numbers = [2, 4, 8, 10, 14, 16, 20] as [UInt32]
            await held.events(numbers.count)
            for id in numbers.reversed() where id != 14 {
                await held.release(id)
                #expect(
                    try await peer.receive()
                        == LongHeaderFrame(LongHeaderProtocol.Result(number: id), .longHeader(UInt64(id)))
                )
            }
            await held.release(14)
            #expect(
                try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Failure(number: 1400), .longHeader(14))
            )
            peer.close()
        }
    }

    @Test("no more handlers of a connection wait at once than may, and what follows waits in their place")
    func limit() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held), { $0.maximumConcurrentHandlers = 2 }) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...4 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            try await peer.send(LongHeaderProtocol.Work(number: 5), .longHeader(5))
            await held.events(2)
            // Another connection has its own limit of handlers. Its replies show that the server
            // has had time to handle the messages.
            let other = try await RawPeer(port: port)
            for id in 11...12 as ClosedRange<UInt32> {
                try await other.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            await held.events(4)
            #expect(await held.arrivals == 4)

            await held.release(2)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 2), .longHeader(2)))
            await held.events(5)
            await held.release(1)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 1), .longHeader(1)))
            await held.events(6)
            await held.release(4)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 4), .longHeader(4)))
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 10), .longHeader(5)))
            await held.release(3)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 3), .longHeader(3)))
            peer.close()
            other.close()
        }
    }

    @Test("every handler that waits is cancelled when its connection breaks")
    func cancellation() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...5 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            await held.events(5)
            peer.reset()
            await held.events(10)
            #expect(await held.cancellations == 5)
        }
    }

    @Test("a peer that half-closes has the replies to all that it has sent, then the end")
    func halfClose() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...3 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            peer.endOutput()
            await held.events(3)
            for id in [3, 1, 2] as [UInt32] {
                await held.release(id)
                #expect(
                    try await peer.receive()
                        == LongHeaderFrame(LongHeaderProtocol.Result(number: id), .longHeader(UInt64(id)))
                )
            }
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("a connection that a handler closes is closed when all that was begun is answered, and nothing else is")
    func closedByHandler() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            for id in 1...2 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            await held.events(2)
            try await peer.send(LongHeaderProtocol.Work(number: 99), .longHeader(99))
            try await peer.send(LongHeaderProtocol.Work(number: 1), .longHeader(100))
            #expect(
                try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 198), .longHeader(99))
            )
            for id in [2, 1] as [UInt32] {
                await held.release(id)
                #expect(
                    try await peer.receive()
                        == LongHeaderFrame(LongHeaderProtocol.Result(number: id), .longHeader(UInt64(id)))
                )
            }
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("a server that stops waits for every handler")
    func drain() async throws {
        let held = HeldRequests()
        let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(.longHeader(held), configuration: .init(port: 0, eventLoops: 1), logger: silent)
        let group = ServiceGroup(services: [server], logger: silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            let peer = try await RawPeer(port: server.listeningAddress.port)
            for id in 1...3 as ClosedRange<UInt32> {
                try await peer.send(LongHeaderProtocol.Pause(number: id), .longHeader(UInt64(id)))
            }
            await held.events(3)
            await group.triggerGracefulShutdown()
            for id in [2, 3, 1] as [UInt32] {
                await held.release(id)
                #expect(
                    try await peer.receive()
                        == LongHeaderFrame(LongHeaderProtocol.Result(number: id), .longHeader(UInt64(id)))
                )
            }
            let farewell = LongHeaderFrame(LongHeaderProtocol.Failure(.shuttingDown, detail: ""), HeaderBytes())
            #expect(try await peer.receive() == farewell)
            #expect(try await peer.receivesEnd())
            peer.close()
            try await tasks.waitForAll()
        }
    }

    @Test("a frame that stays a part is not waited for, though handlers are")
    func frameTimeout() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held), { $0.frameTimeout = .milliseconds(10) }) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(LongHeaderProtocol.Pause(number: 1), .longHeader(1))
            await held.events(1)
            try await peer.send([0x55])
            #expect(
                try await peer.receive()
                    == LongHeaderFrame(LongHeaderProtocol.Failure(.timeout, detail: ""), HeaderBytes())
            )
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("a connection whose handlers wait is not idle")
    func idleTimeout() async throws {
        let held = HeldRequests()
        var configuration = ServerConfiguration()
        configuration.idleTimeout = .seconds(60)
        let server = try TestServer(
            .longHeader(held),
            configuration: configuration,
            patience: .seconds(Patience.seconds)
        )
        let peer = try server.connect()
        async let reply = peer.request(LongHeaderProtocol.Pause(number: 1))
        await held.events(1)
        let idle = try server.connect()
        server.advance(by: .seconds(3600))
        #expect(try await idle.receive().code == LongHeaderProtocol.Failure.code)
        try await idle.receiveEnd()
        await held.release(1)
        #expect(try await reply.number == 1)
    }
}
