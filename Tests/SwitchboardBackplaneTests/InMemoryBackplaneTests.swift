import SwitchboardBackplane
import SwitchboardBytes
import Testing

@Suite("The backplane in memory")
struct InMemoryBackplaneTests {
    private let log = InMemoryLog()

    private func join(
        for protocolFingerprint: ProtocolFingerprint = fingerprint,
        limits: BackplaneLimits = BackplaneLimits()
    ) async throws -> (backplane: InMemoryBackplane, receiver: RecordingReceiver) {
        let backplane = InMemoryBackplane(joining: log, limits: limits)
        let receiver = RecordingReceiver()
        try await backplane.start(for: protocolFingerprint, receiver)
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
