import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("Input of a stream")
struct SocketStreamInputTests {
    @Test("Bytes are echoed", arguments: [1, 100, 70_000, 500_000])
    func echoes(size: Int) throws {
        let link = try Link(ScriptedDelegate(onReceived: echo))
        let bytes = pattern(size)
        let sender = Background { try link.peer.send(bytes) }
        #expect(try link.peer.receive(count: size).array == bytes.array)
        try sender.join()
    }

    @Test("What has arrived is presented once, in one piece")
    func presentsBurstsWhole() throws {
        let link = try Link(startsAtOnce: false)
        for _ in 0..<10 { try link.peer.send(pattern(1000)) }
        link.start()
        let record = try link.delegate.record.wait { $0.consumed.count == 10_000 }
        #expect(record.presented == [10_000])
    }

    @Test("Urgent data ends a read, not the input behind it")
    func urgentData() throws {
        let link = try Link(startsAtOnce: false)
        for _ in 0..<3 {
            try link.peer.send("abc")
            try link.peer.sendUrgent()
        }
        try link.peer.send("def")
        link.start()
        try link.delegate.record.wait { $0.consumed.suffix(3) == Array("def".utf8) }
        try link.peer.sendUrgent()
        try link.peer.send("ghi")
        try link.delegate.record.wait { $0.consumed.suffix(3) == Array("ghi".utf8) }
    }

    @Test("A frame may be split after any byte")
    func splitsAnywhere() throws {
        let parser = FrameParser()
        let link = try Link(ScriptedDelegate(onReceived: parser.receive))
        let frame = FrameParser.frame(pattern(300))
        for split in 1..<frame.count {
            try link.peer.send(frame[0..<split])
            try link.delegate.record.wait { $0.presented.last == split }
            try link.peer.send(frame[split..<frame.count])
            try parser.frames.wait { $0.count == split }
        }
        #expect(parser.frames.value.allSatisfy { $0 == pattern(300) })
    }

    @Test("A frame that comes byte by byte is presented when its length is known and when it is whole")
    func honoursWhatIsWanted() throws {
        let parser = FrameParser()
        let link = try Link(ScriptedDelegate(onReceived: parser.receive))
        let payload = pattern(20_000)
        try link.peer.send(FrameParser.frame(payload)[0..<1])
        try link.delegate.record.wait { $0.presented == [1] }
        for byte in FrameParser.frame(payload).dropFirst() { try link.peer.send([byte]) }
        #expect(try parser.frames.wait { !$0.isEmpty } == [payload])
        #expect(link.delegate.record.value.presented == [1, 2, 20_002])
    }

    @Test("Bytes that are left are presented again with those that follow")
    func keepsWhatIsLeft() throws {
        let delegate = ScriptedDelegate(onReceived: { input, _ in
            guard input.remaining >= 10 else { return 0 }
            input.skip(input.remaining)
            return 0
        })
        let link = try Link(delegate)
        try link.peer.send("abc")
        try delegate.record.wait { $0.presented == [3] }
        try link.peer.send("defg")
        try delegate.record.wait { $0.presented == [3, 7] }
        try link.peer.send("hijk")
        let record = try delegate.record.wait { !$0.consumed.isEmpty }
        #expect(record.presented == [3, 7, 11])
        #expect(record.consumed == Array("abcdefghijk".utf8))
    }

    @Test("What follows a completed frame comes after it, whatever the sizes of the pieces", arguments: 1...20)
    func keepsOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let parser = FrameParser()
        var delegateChoices = SeededGenerator(seed: seed &+ 1000)
        // Sometimes the delegate pauses, and a job resumes it. Sometimes it asks for no particular number of bytes.
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            while true {
                let size = parser.readFrame(&input)
                if let size { return Bool.random(using: &delegateChoices) ? size : 0 }
                guard UInt8.random(in: 0..<8, using: &delegateChoices) == 0 else { continue }
                stream.pauseReading()
                resumeLater(stream)
                return 0
            }
        })
        let link = try Link(delegate)
        var payloads: [Bytes] = []
        var wire = ByteWriter()
        for index in 0..<200 {
            let size = Int.random(in: 0..<10, using: &generator) == 0 ? 60_000 : 40
            payloads.append(pattern(Int.random(in: 0...size, using: &generator), seed: seed &+ UInt64(index)))
            wire.append(FrameParser.frame(payloads[index]))
        }
        var rest = wire.takeBytes()
        while !rest.isEmpty {
            let most = Bool.random(using: &generator) ? 50 : 200_000
            let count = min(Int.random(in: 1...most, using: &generator), rest.count)
            try link.peer.send(rest[0..<count])
            rest = rest[count..<rest.count]
        }
        let frames = try parser.frames.wait { $0.count == payloads.count }
        #expect(frames.map(\.array) == payloads.map(\.array))
    }

    @Test("A paused stream presents what was left when it is resumed, with nothing new")
    func presentsAgainWhenResumed() throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            input.skip(2)
            stream.pauseReading()
            return 0
        })
        let link = try Link(delegate)
        try link.peer.send("aabbcc")
        try delegate.record.wait { $0.presented == [6] }
        link.onLoop { $0.stream.resumeReading() }
        try delegate.record.wait { $0.presented == [6, 4] }
        link.onLoop { $0.stream.resumeReading() }
        let record = try delegate.record.wait { $0.presented == [6, 4, 2] }
        #expect(record.consumed == Array("aabbcc".utf8))
    }

    @Test("A paused stream is not read, so that its peer must wait")
    func doesNotReadWhilePaused() throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            input.skip(input.remaining)
            stream.pauseReading()
            return 1
        })
        let link = try Link(delegate)
        let bytes = pattern(2_000_000)
        let sender = Background { try link.peer.send(bytes) }
        try delegate.record.wait { !$0.presented.isEmpty }
        // After more iterations, the delegate has still been called only once.
        for _ in 0..<100 { link.onLoop { _ in } }
        #expect(delegate.record.value.presented.count == 1)
        while delegate.record.value.consumed.count < bytes.count {
            let count = delegate.record.value.presented.count
            link.onLoop { $0.stream.resumeReading() }
            try delegate.record.wait { $0.presented.count > count }
        }
        try sender.join()
        #expect(delegate.record.value.consumed == bytes.array)
    }

    @Test("A delegate that neither reads nor pauses is given no more than the limit")
    func limitsUnreadBytes() throws {
        var limits = StreamLimits()
        limits.maximumUnreadBytes = 100_000
        let isReading = Watched(false)
        let delegate = ScriptedDelegate(onReceived: { input, _ in
            if isReading.value { input.skip(input.remaining) }
            return 0
        })
        let link = try Link(limits: limits, delegate)
        let bytes = pattern(2_000_000)
        let sender = Background { try link.peer.send(bytes) }
        let record = try delegate.record.wait { ($0.presented.last ?? 0) >= 100_000 }
        for _ in 0..<100 { link.onLoop { _ in } }
        let most = delegate.record.value.presented.max() ?? 0
        #expect(most < 100_000 + 128 * 1024 + 1024)
        #expect(record.consumed.isEmpty)
        isReading.update { $0 = true }
        link.onLoop { $0.stream.resumeReading() }
        #expect(try delegate.record.wait { $0.consumed.count == bytes.count }.consumed == bytes.array)
        try sender.join()
    }

    @Test("Bytes that a delegate keeps do not change when more arrive")
    func keepsBytesIntact() throws {
        let kept = Watched<[Bytes]>([])
        let delegate = ScriptedDelegate(onReceived: { input, _ in
            if let bytes = input.readBytes(input.remaining) { kept.update { $0.append(bytes) } }
            return 1
        })
        let link = try Link(delegate)
        for number in 1...50 {
            try link.peer.send(pattern(5000, seed: UInt64(number)))
            try kept.wait { $0.reduce(0) { $0 + $1.count } == number * 5000 }
        }
        let joined = kept.value.flatMap(\.array)
        #expect(joined == (1...50).flatMap { pattern(5000, seed: UInt64($0)).array })
    }

    @Test("The end of the peer's output comes after all its bytes")
    func reportsTheEndLast() throws {
        let delegate = ScriptedDelegate(onReceived: { input, stream in
            input.skip(1)
            stream.pauseReading()
            resumeLater(stream)
            return 0
        })
        let link = try Link(delegate)
        try link.peer.send("abcdef")
        link.peer.close()
        #expect(try link.closeReason() == .endOfStream)
        let record = delegate.record.value
        #expect(record.consumed == Array("abcdef".utf8))
        #expect(record.endCount == 1)
    }

    @Test("A peer that never stops sending does not keep others waiting")
    func isFair() throws {
        let busy = try Link()
        let (peer, descriptor) = try RawPeer.pair()
        let delegate = ScriptedDelegate(onReceived: echo)
        let loop = busy.loop
        loop.execute { delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil)) }
        let isDone = Watched(false)
        let sender = Background {
            let bytes = pattern(1_000_000)
            while !isDone.value { try busy.peer.send(bytes) }
        }
        try busy.delegate.record.wait { !$0.presented.isEmpty }
        for _ in 0..<100 {
            try peer.send("ping")
            #expect(try peer.receive(count: 4) == "ping")
        }
        isDone.update { $0 = true }
        try sender.join()
    }
}
