import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("Output of a stream")
struct SocketStreamOutputTests {
    @Test("All replies to a burst leave together")
    func sendsBurstsWhole() throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            while let byte = input.readInteger(.big, as: UInt8.self) {
                for _ in 0..<10 { stream.send { $0.append(byte, .big) } }
            }
            return 1
        })
        let link = try Link(startsAtOnce: false, delegate)
        try link.peer.send(pattern(1000))
        link.start()
        #expect(try link.peer.receiveOnce() == Bytes(pattern(1000).flatMap { Array(repeating: $0, count: 10) }))
    }

    @Test("What is sent in a job leaves together at the end of the iteration")
    func sendsTurnsWhole() throws {
        let link = try Link()
        link.onLoop { link in
            for byte in UInt8.min...UInt8.max { link.stream.send { $0.append(byte, .big) } }
        }
        #expect(try link.peer.receiveOnce() == Bytes(UInt8.min...UInt8.max))
    }

    @Test("What is to leave at once does not wait for the end of the turn, unless something before it does")
    func sendsAtOnce() throws {
        let link = try Link()
        let pending = Watched<[Int]>([])
        link.onLoop { link in
            link.stream.sendAtOnce([1])
            pending.update { $0.append(link.stream.pendingOutput) }
            link.stream.send([2])
            link.stream.sendAtOnce([3])
            pending.update { $0.append(link.stream.pendingOutput) }
        }
        #expect(try link.peer.receive(count: 3) == [1, 2, 3])
        #expect(pending.value == [0, 2])
    }

    @Test("Shared bytes and written bytes keep their order, on several streams at once")
    func keepsOrder() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let shared: [Bytes] = [pattern(10), pattern(600), pattern(100_000), []]
        var peers: [RawPeer] = []
        let delegates = Watched<[ScriptedDelegate]>([])
        for _ in 0..<3 {
            let (peer, descriptor) = try RawPeer.pair()
            peers.append(peer)
            let started = Watched(false)
            loop.execute {
                let delegate = ScriptedDelegate()
                delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
                delegates.update { $0.append(delegate) }
                started.update { $0 = true }
            }
            try started.wait { $0 }
        }
        loop.execute {
            for round in 0..<100 {
                for (number, delegate) in delegates.value.enumerated() {
                    delegate.stream?.send { $0.append(UInt32(round * 10 + number), .big) }
                    let bytes = shared[(round + number) % shared.count]
                    if round % 3 == 0 { delegate.stream?.sendAtOnce(bytes) } else { delegate.stream?.send(bytes) }
                }
            }
            for delegate in delegates.value { delegate.stream?.finish(.requested) }
        }
        // One after the other, so that the output of the later peers stays pending.
        for (number, peer) in peers.enumerated() {
            var expected = ByteWriter()
            for round in 0..<100 {
                expected.append(UInt32(round * 10 + number), .big)
                expected.append(shared[(round + number) % shared.count])
            }
            let received = try peer.receiveAll()
            #expect(received.array == expected.takeBytes().array)
        }
    }

    /// Observes whether the memory of bytes is still referenced.
    private final class Memory: @unchecked Sendable {
        private weak var storage: ByteStorage?
        var isKept: Bool { storage != nil }

        init(of bytes: Bytes) { storage = bytes.sharedStorage }
    }

    @Test("What waits is kept by reference, but for small parts of much larger memory, which is let go")
    func retention() throws {
        let link = try Link()
        let filling = pattern(1_500_000)
        // Fills the buffers of the system, so that all later output stays pending.
        link.onLoop { $0.stream.send(filling) }
        let parts: [(Range<Int>, isShared: Bool)] = [
            (0..<100_000, true), (30_000..<90_000, true), (75_000..<100_000, true), (76_000..<100_000, false),
            (0..<600, false), (99_990..<100_000, false),
        ]
        var expected = filling.array
        for (range, isShared) in parts {
            let large = Watched(pattern(100_000))
            let memory = Memory(of: large.value)
            link.onLoop { $0.stream.send(large.value[range]) }
            large.update { $0 = [] }
            // The output of an iteration is offered to the socket before the next iteration.
            link.onLoop { _ in }
            #expect(memory.isKept == isShared, "\(range)")
            expected += pattern(100_000)[range].array
        }
        #expect(try link.peer.receive(count: expected.count).array == expected)
    }

    @Test("What is written straight to a burst's output keeps its order, whoever else sends meanwhile")
    func keepsOrderInBursts() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let (otherPeer, otherDescriptor) = try RawPeer.pair()
        let (peer, descriptor) = try RawPeer.pair()
        let other = Watched<ScriptedDelegate?>(nil)
        let count = 3000
        loop.execute {
            let otherDelegate = ScriptedDelegate()
            otherDelegate.start(SocketStream(adopting: otherDescriptor, on: loop, remoteAddress: nil))
            let delegate = ScriptedDelegate(onReceived: { input, stream in
                while stream.output.hasRoom || stream.makeRoom(), let byte = input.readInteger(.big, as: UInt8.self) {
                    // The reply has 40 bytes, which are sent with each of the methods.
                    stream.output.writer.append(contentsOf: repeatElement(byte, count: 10))
                    otherDelegate.stream?.send { $0.append(byte, .big) }
                    stream.send { $0.append(contentsOf: repeatElement(byte, count: 10)) }
                    stream.send(Bytes(repeatElement(byte, count: 10)))
                    otherDelegate.stream?.send([byte])
                    stream.output.writer.append(contentsOf: repeatElement(byte, count: 10))
                }
                return 1
            })
            delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
            other.update { $0 = otherDelegate }
        }
        _ = try other.wait { $0 != nil }
        let bytes = pattern(count)
        let sender = Background { try peer.send(bytes) }
        let received = try peer.receive(count: count * 40)
        #expect(received.array == bytes.flatMap { Array(repeating: $0, count: 40) })
        #expect(try otherPeer.receive(count: count * 2).array == bytes.flatMap { [$0, $0] })
        try sender.join()
    }

    @Test("What is written in a burst before the stream is cut off goes nowhere, and harms nobody")
    func dropsOutputOfClosedBursts() throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            stream.output.writer.append(contentsOf: repeatElement(7, count: 1000))
            stream.abort(.requested)
            stream.output.writer.append(contentsOf: repeatElement(7, count: 1000))
            input.skip(input.remaining)
            return 1
        })
        let link = try Link(delegate)
        try link.peer.send([1])
        #expect(try link.closeReason() == .requested)
        #expect(try link.peer.receiveAll().isEmpty)
    }

    @Test(
        "A peer that does not read is not read either, and misses nothing once it reads",
        .timeLimit(.minutes(Patience.minutes))
    )
    func appliesBackPressure() throws {
        let largest = Watched(0)
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            if stream.isCongested { Issue.record("called while congested") }
            while !stream.isCongested, let bytes = input.readBytes(min(10_000, input.remaining)), !bytes.isEmpty {
                stream.send { $0.append(bytes) }
                largest.update { $0 = max($0, stream.pendingOutput) }
            }
            return 1
        })
        let link = try Link(delegate)
        let bytes = pattern(4_000_000)
        let sender = Background { try link.peer.send(bytes) }
        let isCongested = Watched(false)
        while !isCongested.value {
            link.onLoop { link in isCongested.update { $0 = link.stream.isCongested } }
        }
        #expect(try link.peer.receive(count: bytes.count).array == bytes.array)
        try sender.join()
        #expect(largest.value < 256 * 1024 + 64 * 1024 + 10_000)
    }

    @Test("A delegate that stops for congestion which the end of the burst relieves goes on at once")
    func continuesAfterShortCongestion() throws {
        var limits = StreamLimits()
        limits.highWaterBytes = 1000
        limits.lowWaterBytes = 500
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            while !stream.isCongested, let byte = input.readInteger(.big, as: UInt8.self) {
                stream.send { $0.append(contentsOf: repeatElement(byte, count: 4000)) }
            }
            return 0
        })
        let link = try Link(limits: limits, delegate)
        let bytes = pattern(500)
        let sender = Background { try link.peer.send(bytes) }
        let received = try link.peer.receive(count: 500 * 4000)
        try sender.join()
        #expect(received.array == bytes.flatMap { Array(repeating: $0, count: 4000) })
    }

    @Test("A peer for which too much output waits is cut off as a slow consumer")
    func cutsOffAtTheCap() throws {
        var limits = StreamLimits()
        limits.maximumPendingBytes = 1_000_000
        let link = try Link(limits: limits)
        let bytes = pattern(100_000)
        while link.delegate.record.value.reasons.isEmpty {
            link.onLoop { $0.stream.send(bytes) }
        }
        #expect(try link.closeReason() == .slowConsumer)
        link.onLoop { link in
            link.stream.send(bytes)
            #expect(link.stream.pendingOutput == 0)
        }
        #expect(throws: SystemError.self) { try link.peer.receiveAll() }
    }

    @Test("A peer that takes nothing in time is cut off as a slow consumer")
    func cutsOffAfterTheWriteTimeout() throws {
        var limits = StreamLimits()
        limits.writeTimeout = .milliseconds(100)
        limits.maximumPendingBytes = .max
        let link = try Link(limits: limits)
        link.onLoop { $0.stream.send(pattern(4_000_000)) }
        #expect(try link.closeReason() == .slowConsumer)
    }

    @Test("Output for one stream does not wait for another's peer")
    func isIndependent() throws {
        let blocked = try Link()
        blocked.onLoop { $0.stream.send(pattern(3_000_000)) }
        let (peer, descriptor) = try RawPeer.pair()
        let delegate = ScriptedDelegate(onReceived: echo)
        let loop = blocked.loop
        loop.execute { delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil)) }
        try peer.send("hello")
        #expect(try peer.receive(count: 5) == "hello")
        #expect(try blocked.peer.receive(count: 3_000_000).array == pattern(3_000_000).array)
    }
}
