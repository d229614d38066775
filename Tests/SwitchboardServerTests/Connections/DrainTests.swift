import Logging
import Switchboard
import SwitchboardServer
import SwitchboardTesting
import SwitchboardTransport
import TestSupport
import Testing

@Suite("A server that stops", .timeLimit(.minutes(Patience.minutes)))
struct DrainTests {
    private let encoder = FrameEncoder(Workshop.frameFormat)

    /// Makes requests after `count` requests with large replies, which the peer does not read yet.
    private func makeRequests(after count: Int) throws -> [Bytes] {
        let blob = Workshop.Blob(data: Bytes([UInt8](repeating: 7, count: 3000)))
        var frames = try (0..<count).map { _ in try encoder.encode(blob) }
        let large = Workshop.Blob(data: Bytes([UInt8](repeating: 7, count: 20_000)))
        for _ in 0..<2 { frames.append(try encoder.encode(large)) }
        for number in 0..<25 as Range<UInt32> {
            frames.append(try encoder.encode(Workshop.Add(left: number, right: 1)))
            frames.append(try encoder.encode(Workshop.Fail(waits: true, openly: true)))
        }
        return frames
    }

    @Test("answers what it has received of a peer that did not read, when it does", arguments: 0..<40)
    func congested(_ count: Int) async throws {
        let server = try makeTestServer { $0.outputHighWaterMark = 1024 }
        let peer = try server.connect()
        peer.isReading = false
        let requests = try makeRequests(after: count)
        peer.send(bytes: Array(requests.joined()))
        server.drain()
        peer.isReading = true
        for _ in 0..<(count + 2) { _ = try await peer.receive(Workshop.BlobReply.self) }
        for number in 0..<25 as Range<UInt32> {
            #expect(try await peer.receive(Workshop.Sum.self).value == number + 1)
            #expect(try await peer.receive(Workshop.Problem.self).code == .outOfPaint)
        }
        try await peer.receiveEnd()
    }

    @Test("answers what came behind a message whose handler is done at that very moment")
    func simultaneous() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        let loop = try EventLoop(label: "test", runByHandFrom: 0) { wake.yield() }
        defer {
            loop.stop()
            loop.run(at: 0)
        }
        let gate = Gate()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try EmbeddedServer(
            .workshop(gate),
            configuration: ServerConfiguration(),
            logger: logger,
            on: loop
        )
        let (inside, outside) = try SocketPair.make()
        defer { SocketPair.close(outside) }
        server.serve(inside, from: try SocketAddress("127.0.0.1", port: 1))
        let requests = [
            try encoder.encode(Workshop.Hold(value: 1)), try encoder.encode(Workshop.Add(left: 1, right: 1)),
        ]
        _ = SocketPair.send(Array(requests.joined()), to: outside)
        loop.run(at: 0)
        await gate.arrival(of: 1)

        var iterator = wakes.makeAsyncIterator()
        await iterator.next()
        await gate.open()
        // The first wake-up is for the connection; at the second one, the handler has finished.
        await iterator.next()
        server.drain()
        loop.run(at: 0)

        var received: [UInt8] = []
        _ = SocketPair.receive(from: outside, into: &received)
        let replies = [try encoder.encode(Workshop.Sum(value: 1)), try encoder.encode(Workshop.Sum(value: 2))]
        #expect(received == Array(replies.joined()))
        #expect(SocketPair.receive(from: outside, into: &received) == .end)
    }

    @Test("cuts a peer off that has still not read after the time to write")
    func silent() throws {
        let server = try makeTestServer {
            $0.outputHighWaterMark = 1024
            $0.writeTimeout = .seconds(30)
        }
        let peer = try server.connect()
        peer.isReading = false
        peer.send(bytes: Array(try makeRequests(after: 30).joined()))
        server.drain()
        server.advance(by: .seconds(29))
        #expect(server.openConnections == 1)
        server.advance(by: .seconds(2))
        #expect(server.openConnections == 0)
    }
}
