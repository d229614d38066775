import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("The end of a stream")
struct SocketStreamClosingTests {
    @Test("Finishing delivers all output although there is unread input")
    func finishesInGoodOrder() throws {
        let reply = pattern(3_000_000)
        let delegate = ScriptedDelegate(onReceived: { _, stream in
            stream.send(reply)
            stream.send { $0.append("the end" as Bytes) }
            stream.finish(.fault(.timeout))
            return 0
        })
        let link = try Link(delegate)
        let sender = Background { try link.peer.send(pattern(5_000_000)) }
        try sender.join()
        let received = try link.peer.receiveAll()
        #expect(received.count == reply.count + 7)
        #expect(Array(received.suffix(7)) == Array("the end".utf8))
        link.peer.close()
        #expect(try link.closeReason() == .fault(.timeout))
        #expect(delegate.record.value.presented.count == 1)
        #expect(delegate.record.value.endCount == 0)
    }

    @Test("A peer that does not close its side is waited for no longer than the linger timeout")
    func lingersForALimitedTime() throws {
        var limits = StreamLimits()
        limits.lingerTimeout = .milliseconds(50)
        let link = try Link(limits: limits)
        link.onLoop { $0.stream.finish(.requested) }
        #expect(try link.peer.receiveAll().isEmpty)
        #expect(try link.closeReason() == .requested)
    }

    @Test("A peer that goes on sending is read no further than the linger limit")
    func discardsALimitedNumberOfBytes() throws {
        var limits = StreamLimits()
        limits.lingerTimeout = .seconds(3600)
        limits.lingerBytes = 1_000_000
        let link = try Link(limits: limits)
        link.onLoop { $0.stream.finish(.requested) }
        let sender = Background {
            while true { try link.peer.send(pattern(10_000)) }
        }
        #expect(try link.closeReason() == .requested)
        #expect(throws: SystemError.self) { try sender.join() }
    }

    @Test("A peer that takes a little now and then does not keep a stream that finishes longer than the write timeout")
    func finishesInTime() throws {
        var limits = StreamLimits()
        limits.writeTimeout = .seconds(30)
        limits.maximumPendingBytes = 32 * 1024 * 1024
        limits.stopsReadingWhileCongested = false
        let link = try HandRunLink(limits: limits) { input, stream in
            if input.readInteger(.big, as: UInt8.self) == 1 {
                stream.send(pattern(16 * 1024 * 1024))
            } else {
                stream.finish(.requested)
            }
            return 1
        }
        try link.peer.send([1])
        for second in 0..<40 {
            link.run(at: .seconds(second))
            _ = try link.peer.receive(count: 100_000)
        }
        try link.peer.send([2])
        for second in 40..<70 {
            link.run(at: .seconds(second))
            _ = try link.peer.receive(count: 100_000)
        }
        #expect(link.closeReason == nil)
        link.run(at: .seconds(70))
        #expect(link.closeReason == .slowConsumer)
    }

    @Test("What is sent after finishing is not sent")
    func sendsNothingAfterFinishing() throws {
        let link = try Link()
        link.onLoop { link in
            link.stream.send("before")
            link.stream.finish(.requested)
            link.stream.send("after")
            link.stream.send { _ in Issue.record("encoded for nobody") }
            link.stream.finish(.slowConsumer)
        }
        #expect(try link.peer.receiveAll() == "before")
        link.peer.close()
        #expect(try link.closeReason() == .requested)
    }

    @Test("A peer that has closed its side still gets replies")
    func answersHalfClosedPeers() throws {
        let delegate = ScriptedDelegate(onEnd: { stream in
            stream.send("goodbye")
            stream.finish(.endOfStream)
        })
        let link = try Link(delegate)
        try link.peer.send("hello")
        link.peer.endOutput()
        #expect(try link.peer.receiveAll() == "goodbye")
        #expect(try link.closeReason() == .endOfStream)
        #expect(delegate.record.value.consumed == Array("hello".utf8))
        #expect(delegate.record.value.endCount == 1)
    }

    @Test("Aborting closes at once, and tells the delegate afterwards")
    func aborts() throws {
        let wasClosedWithin = Watched(false)
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            stream.send("never sent")
            stream.abort(.requested)
            stream.abort(.slowConsumer)
            stream.finish(.slowConsumer)
            wasClosedWithin.update { $0 = false }
            return 0
        })
        let link = try Link(delegate)
        try link.peer.send("hello")
        #expect(throws: SystemError.self) { try link.peer.receiveAll() }
        #expect(try link.closeReason() == .requested)
        link.onLoop { _ in }
        #expect(delegate.record.value.reasons.count == 1)
        #expect(!wasClosedWithin.value)
    }

    @Test("A reset by the peer closes the stream, even one that is paused", arguments: [false, true])
    func noticesResets(isPaused: Bool) throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            if isPaused { stream.pauseReading() }
            input.skip(input.remaining)
            return 1
        })
        let link = try Link(delegate)
        try link.peer.send("hello")
        try delegate.record.wait { !$0.presented.isEmpty }
        link.peer.reset()
        let reason = try #require(try link.closeReason())
        #expect("\(reason)" == "connection reset by peer")
    }

    @Test("A stream that was never started closes its socket when it is gone, finished or aborted", arguments: 0..<3)
    func closesWithoutStart(way: Int) throws {
        let (peer, descriptor) = try RawPeer.pair()
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        loop.execute {
            let stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: nil)
            if way == 1 { stream.finish(.requested) }
            if way == 2 { stream.abort(.requested) }
        }
        #expect(try peer.receiveAll().isEmpty)
    }

    @Test("A stream that is started on a stopped loop closes at once")
    func closesOnStoppedLoops() throws {
        let (peer, descriptor) = try RawPeer.pair()
        let loop = try EventLoop(label: "test")
        loop.stop()
        let delegate = ScriptedDelegate()
        loop.execute { delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil)) }
        #expect(try peer.receiveAll().isEmpty)
        #expect(try delegate.record.wait { $0.isClosed }.reasons == [.loopStopped])
    }

    @Test("Thousands of connections that are reset at random leave nothing behind")
    func survivesResets() async {
        await #expect(processExitsWith: .success) {
            let loops = [try EventLoop(label: "one"), try EventLoop(label: "two")]
            let closed = Watched(0)
            // At the first connections, the process opens descriptors that it keeps.
            var before = 0
            for round in 0..<3000 {
                if round == 10 {
                    try closed.wait { $0 == 10 }
                    before = try openDescriptorCount()
                }
                let (peer, descriptor) = try RawPeer.pair()
                let loop = loops[round % 2]
                loop.execute {
                    let delegate = ScriptedDelegate(onReceived: echo)
                    delegate.whenClosed = { closed.update { $0 += 1 } }
                    delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
                }
                var generator = SeededGenerator(seed: UInt64(round))
                for _ in 0..<Int.random(in: 0...3, using: &generator) {
                    try peer.send(pattern(Int.random(in: 1...100_000, using: &generator)))
                }
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: peer.close()
                case 1: peer.reset()
                default:
                    peer.endOutput()
                    peer.close()
                }
            }
            try closed.wait { $0 == 3000 }
            for loop in loops {
                let isIdle = Watched(false)
                loop.execute { isIdle.update { $0 = true } }
                try isIdle.wait { $0 }
            }
            try #require(try openDescriptorCount() == before)
        }
    }
}
