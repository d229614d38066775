import NET001
import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardTesting
import TestSupport
import Testing

@Suite("The backplane in memory")
struct InMemoryBackplaneTests {
    private let fingerprint = ProtocolFingerprint(rawValue: 2)
    private let log = InMemoryLog()

    private func join(
        for protocolFingerprint: ProtocolFingerprint? = nil,
        limits: BackplaneLimits = BackplaneLimits()
    ) async throws -> (backplane: InMemoryBackplane, receiver: RecordingReceiver) {
        let backplane = InMemoryBackplane(joining: log, limits: limits)
        let receiver = RecordingReceiver()
        try await backplane.start(for: protocolFingerprint ?? fingerprint, receiver)
        return (backplane, receiver)
    }

    @Test("A block reaches every other server with the same protocol, and not its own")
    func delivers() async throws {
        let (first, firstReceiver) = try await join()
        let (_, secondReceiver) = try await join()
        let (_, thirdReceiver) = try await join()
        let (_, foreignReceiver) = try await join(for: ProtocolFingerprint(rawValue: 1))
        first.publish(block(1, for: .room("a")))
        first.publish(block(2))
        #expect(firstReceiver.blocks == [])
        #expect(secondReceiver.blocks == [block(1, for: .room("a")), block(2)])
        #expect(thirdReceiver.blocks == secondReceiver.blocks)
        #expect(foreignReceiver.blocks == [])
    }

    @Test("A server that joins starts at the end of the log; one that has stopped receives and publishes nothing")
    func joinsAndLeaves() async throws {
        let (first, firstReceiver) = try await join()
        first.publish(block(1))
        let (second, secondReceiver) = try await join()
        first.publish(block(2))
        #expect(secondReceiver.blocks == [block(2)])
        await second.stop()
        first.publish(block(3))
        second.publish(block(4))
        #expect(secondReceiver.blocks == [block(2)])
        #expect(firstReceiver.blocks == [])
        #expect(second.status.state == .stopped)
        let (_, _) = try await join()
        await #expect(throws: BackplaneError.self) { try await second.start(for: fingerprint, firstReceiver) }
    }

    @Test(
        "While the log cannot be reached blocks wait, publishers are held, and the oldest blocks are dropped and counted"
    )
    func queuesDuringOutages() async throws {
        var limits = BackplaneLimits()
        limits.holdBytes = 5000
        limits.maximumWaitingBytes = 10_000
        let (first, firstReceiver) = try await join(limits: limits)
        let (second, secondReceiver) = try await join()
        first.publish(block(0))
        log.isReachable = false
        #expect(first.status.state == .degraded)
        for number in 1...30 { first.publish(block(UInt8(number), size: 1000)) }
        #expect(first.holdsPublishers)
        #expect(secondReceiver.blocks == [block(0)])
        #expect(await first.drain(within: .zero) == false)
        log.isReachable = true
        #expect(!first.holdsPublishers)
        #expect(firstReceiver.releases == 1)
        #expect(await first.drain(within: .zero))
        #expect(secondReceiver.blocks.last?.frames.last == 30)
        #expect(first.status.counters.dropped > 0)
        #expect(second.status.counters.missed == first.status.counters.dropped)
        #expect(second.status.counters.received + second.status.counters.missed == 31)
    }

    @Test("What arrives while receiving is paused is delivered afterwards, in order")
    func pauses() async throws {
        let (first, _) = try await join()
        let (second, receiver) = try await join()
        second.pauseReceiving()
        for number in 0..<10 { first.publish(block(UInt8(number))) }
        #expect(receiver.blocks == [])
        second.resumeReceiving()
        #expect(receiver.blocks.map(\.frames.first) == (0..<10).map { UInt8($0) })
    }

    @Test("A receiver may publish an answer while it is being called")
    func allowsAnswers() async throws {
        let (first, firstReceiver) = try await join()
        let (second, secondReceiver) = try await join()
        secondReceiver.whenReceived = { if $0.frames.first == 1 { second.publish(block(2)) } }
        first.publish(block(1))
        #expect(firstReceiver.blocks == [block(2)])
    }

    @Test("Blocks from many threads arrive once each, those of one server in order")
    func isSafeOnManyThreads() async throws {
        let (_, receiver) = try await join()
        let publishers = try await [join(), join(), join()].map(\.backplane)
        await withTaskGroup(of: Void.self) { group in
            for (index, publisher) in publishers.enumerated() {
                group.addTask {
                    for number in 0..<200 { publisher.publish(block(UInt8(number), size: index + 1)) }
                }
            }
        }
        for index in publishers.indices {
            let numbers = receiver.blocks.filter { $0.frames.count == index + 1 }.compactMap(\.frames.first)
            #expect(numbers == (0..<200).map { UInt8($0) })
        }
    }
}

/// A block with one frame of `size` bytes, which all are `byte`.
private func block(_ byte: UInt8, size: Int = 10, for target: BackplaneBlock.Target = .all) -> BackplaneBlock {
    let frames = Bytes([UInt8](repeating: byte, count: size))
    return BackplaneBlock(for: target, frames, tallies: [.init(code: 7, messages: 1, bytes: UInt32(size))])
}

/// What a backplane has delivered.
private final class RecordingReceiver: BackplaneReceiver, @unchecked Sendable {
    var blocks: [BackplaneBlock] = []
    var events: [BackplaneEvent] = []
    var releases = 0
    var whenReceived: (BackplaneBlock) -> Void = { _ in }

    func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
        blocks.append(block)
        whenReceived(block)
    }

    func releasePublishers() { releases += 1 }

    func backplaneChanged(_ event: BackplaneEvent) { events.append(event) }
}

@Suite("Test servers that are joined in memory", .timeLimit(.minutes(Patience.minutes)))
struct JoinedTestServerTests {
    private let log = InMemoryLog()

    private func join() throws -> TestServer { try TestServer(.net001(), backplane: InMemoryBackplane(joining: log)) }

    @Test("A broadcast reaches the peers of both servers once, and not its sender")
    func broadcasts() async throws {
        let (first, second) = (try join(), try join())
        let (sender, neighbour, remote) = (try first.connect(), try first.connect(), try second.connect())
        try sender.send(NET001.Broadcast(message: "hello"))
        for peer in [neighbour, remote] { #expect(try await peer.receive(NET001.Broadcast.self).message == "hello") }
        for peer in [sender, neighbour, remote] {
            #expect(try await peer.request(NET001.Ping(timestamp: 1)) == NET001.Pong(timestamp: 1))
        }
    }

    @Test("Messages to a user and disconnections reach the connections of the other server")
    func reachesUsers() async throws {
        let (first, second) = (try join(), try join())
        let peer = try second.connect()
        _ = try await peer.request(NET001.Auth(username: "ada", token: "x"))
        try first.send(NET001.Broadcast(message: "note"), to: .user("ada"))
        #expect(try await peer.receive(NET001.Broadcast.self).message == "note")
        first.disconnect(.user("ada"))
        try await peer.receiveEnd()
    }

    @Test("An outage of the log delays messages, and loses none")
    func survivesOutage() async throws {
        let (first, second) = (try join(), try join())
        let peer = try second.connect()
        log.isReachable = false
        for number in 0..<10 { try first.broadcast(NET001.Broadcast(message: Bytes(utf8: "\(number)"))) }
        #expect(try await peer.request(NET001.Ping(timestamp: 1)) == NET001.Pong(timestamp: 1))
        log.isReachable = true
        for number in 0..<10 {
            #expect(try await peer.receive(NET001.Broadcast.self).message == Bytes(utf8: "\(number)"))
        }
    }

    @Test("A server that is gone has left the log; a backplane joins one server only")
    func leaves() throws {
        let backplane = InMemoryBackplane(joining: log)
        do {
            let server = try TestServer(.net001(), backplane: backplane)
            #expect(server.openConnections == 0)
            #expect(backplane.status.state == .up)
            #expect(throws: BackplaneError.self) { try TestServer(.net001(), backplane: backplane) }
            #expect(backplane.status.state == .up)
        }
        #expect(backplane.status.state == .stopped)
    }
}
