import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

#if TLS
@Suite("Output over TLS", .timeLimit(.minutes(Patience.minutes)))
struct SlowReaderTests {
    private let certificates: Certificates

    init() async throws {
        certificates = try Certificates()
        try await certificates.make("server", for: "DNS:localhost")
    }

    /// The largest number of encrypted pending bytes, and one more record.
    private let maximumEncryptedBytes = 80 * 1024

    private struct Weak {
        weak var storage: ByteStorage?
    }

    @Test("that waits for many is kept once, and all of it comes in order when they read")
    func sharing() throws {
        let links = try SecureLinks(certificates)
        let ends = try (0..<8).map { _ in try links.connect() }
        #expect(ends.allSatisfy { $0.isSecure })
        try links.run { for end in ends { end.client.stream?.pauseReading() } }
        var storages: [Weak] = []
        var sent = ByteWriter()
        for seed in 0..<8 {
            let shared = Bytes.pattern(250_000, seed: seed)
            sent.append(shared)
            storages.append(Weak(storage: shared.sharedStorage))
            // Each peer gets some bytes of its own between the shared bytes.
            let own = UInt8(seed)
            sent.append(own, .big)
            try links.run {
                for end in ends {
                    end.server.stream?.send(shared)
                    end.server.stream?.send { $0.append(own, .big) }
                }
            }
        }
        let expected = sent.takeBytes()
        #expect(storages.allSatisfy { $0.storage != nil }, "it was copied")
        for end in ends {
            #expect(try #require(end.socket).pendingOutput <= maximumEncryptedBytes)
            #expect(try #require(end.server.stream).pendingOutput > expected.count - 200_000)
        }
        try links.run { for end in ends { end.client.stream?.resumeReading() } }
        for end in ends { #expect(end.client.receivedBytes.holds(expected)) }
        #expect(storages.allSatisfy { $0.storage == nil })
    }

    @Test(
        "that is too much holds input back until it is flushed, and none is lost",
        arguments: [1, 1000, 40_000, 300_000]
    )
    func congestion(_ highWaterBytes: Int) throws {
        var limits = StreamLimits()
        limits.highWaterBytes = highWaterBytes
        limits.lowWaterBytes = highWaterBytes / 2
        limits.maximumPendingBytes = highWaterBytes + 10_000
        let links = try SecureLinks(certificates, limits: limits)
        let end = try links.connect()
        let reply = Bytes.pattern(5000)
        let count = 500
        let seen = Box(0)
        // The reply to each byte has many bytes.
        end.server.whenReceived = { input, stream in
            while input.remaining > 0, stream.makeRoom() {
                guard let number = input.readInteger(.big, as: UInt8.self) else { return }
                seen.value += 1
                stream.send {
                    $0.append(reply)
                    $0.append(number, .big)
                }
            }
        }
        end.server.whenDrained = { stream in
            let before = seen.value
            if before == count { return }
            stream.loop.execute { #expect(seen.value > before, "what was left is to be shown before the next job") }
        }
        try links.run { end.client.stream?.pauseReading() }
        let requests = Bytes.pattern(count)
        try links.run { end.client.stream?.send { $0.append(requests) } }
        let stream = try #require(end.server.stream)
        #expect(stream.holdsBackInput)
        #expect(stream.pendingOutput > highWaterBytes)
        #expect(stream.pendingOutput <= limits.maximumPendingBytes)
        #expect(end.server.flushCount == 0)
        try links.run { end.client.stream?.resumeReading() }
        var replies = ByteWriter()
        for number in requests {
            replies.append(reply)
            replies.append(number, .big)
        }
        #expect(end.client.receivedBytes.holds(replies.takeBytes()))
        #expect(!stream.isCongested)
        #expect(end.server.flushCount > 0)
    }

    @Test("has no room while input is held back, so that a delegate that asks for room only then keeps its input")
    func room() throws {
        let links = try SecureLinks(certificates)
        let end = try links.connect()
        let reply = Bytes.pattern(5000)
        let (count, seen) = (2000, Box(0))
        end.server.whenReceived = { input, stream in
            while input.remaining > 0, stream.output.hasRoom || stream.makeRoom() {
                input.skip(1)
                seen.value += 1
                stream.send { $0.append(reply) }
            }
        }
        try links.run { end.client.stream?.pauseReading() }
        try links.run { end.client.stream?.send { $0.append(Bytes.pattern(count)) } }
        #expect(try #require(end.server.stream).holdsBackInput)
        #expect(seen.value < count)
        try links.run { end.client.stream?.resumeReading() }
        #expect(seen.value == count)
        #expect(end.client.receivedBytes.count == count * reply.count)
        #expect(end.server.reason == nil)
    }

    @Test("that is more than may wait, or waits for too long, ends the connection")
    func limits() throws {
        var limits = StreamLimits()
        limits.maximumPendingBytes = 1_000_000
        let links = try SecureLinks(certificates, limits: limits)
        let (greedy, slow, other) = (try links.connect(), try links.connect(), try links.connect())
        let piece = Bytes.pattern(250_000)
        try links.run { for end in [greedy, slow] { end.client.stream?.pauseReading() } }
        for _ in 0..<3 { try links.run { for end in [greedy, slow] { end.server.stream?.send(piece) } } }
        #expect(greedy.server.reason == nil)
        for _ in 0..<2 { try links.run { for end in [greedy, other] { end.server.stream?.send(piece) } } }
        #expect(greedy.server.reason == .slowConsumer)
        try links.advance(by: limits.writeTimeout - .seconds(1))
        #expect(slow.server.reason == nil)
        try links.advance(by: .seconds(2))
        #expect(slow.server.reason == .slowConsumer)
        #expect(other.server.reason == nil)
        #expect(other.client.receivedBytes.count == 2 * piece.count)
    }

    @Test("still goes out when the stream finishes, and the word that nothing follows; what the peer sends is nothing")
    func finishing() throws {
        let links = try SecureLinks(certificates)
        let end = try links.connect()
        let output = Bytes.pattern(2_000_000)
        try links.run { end.client.stream?.pauseReading() }
        try links.run {
            end.server.stream?.send(output)
            end.server.stream?.finish(.requested)
            end.server.stream?.send("nothing follows")
        }
        #expect(end.server.reason == nil)
        try links.run { end.client.stream?.send(output) }
        #expect(end.client.stream?.pendingOutput == 0, "the peer can send")
        #expect(end.server.receivedBytes.isEmpty)
        try links.run { end.client.stream?.resumeReading() }
        #expect(end.client.receivedBytes.holds(output))
        #expect(end.client.hasEnded)
        #expect(end.client.reason == .endOfStream)
        #expect(end.server.reason == .requested)
    }

    @Test("goes out before the stream ends its side, and the stream still receives")
    func halfClosing() throws {
        let links = try SecureLinks(certificates)
        let end = try links.connect()
        let output = Bytes.pattern(2_000_000)
        end.client.whenEnded = { _ in }
        try links.run { end.client.stream?.pauseReading() }
        try links.run {
            end.server.stream?.send(output)
            end.server.stream?.endOutput()
            end.server.stream?.send("nothing follows")
        }
        #expect(!end.client.hasEnded)
        try links.run { end.client.stream?.resumeReading() }
        #expect(end.client.receivedBytes.holds(output))
        #expect(end.client.hasEnded)
        try links.run { end.client.stream?.send(output) }
        #expect(end.server.receivedBytes.holds(output))
        #expect(!end.server.hasEnded)
        try links.run { end.client.stream?.finish(.requested) }
        #expect(end.server.hasEnded)
        #expect(end.server.reason == .endOfStream)
        #expect(end.client.reason == .requested)
    }

    @Test("has the time to write for all of it once the stream finishes, however steadily a little is read")
    func finishingSlowly() throws {
        let links = try SecureLinks(certificates)
        let end = try links.connect()
        try links.run { end.client.stream?.pauseReading() }
        try links.run {
            end.server.stream?.send(Bytes.pattern(4_000_000))
            end.server.stream?.finish(.requested)
        }
        for second in 1...29 {
            try links.advance(by: .seconds(1))
            // The client reads once in each iteration.
            end.client.whenReceived = { input, stream in
                input.skip(input.remaining)
                stream.pauseReading()
            }
            try links.run { end.client.stream?.resumeReading() }
            #expect(end.server.reason == nil, "after \(second) s")
        }
        try links.advance(by: .seconds(2))
        #expect(end.server.reason == .slowConsumer)
    }
}
#endif
