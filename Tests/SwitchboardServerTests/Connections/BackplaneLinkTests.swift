import Dispatch
import Switchboard
import SwitchboardBackplane
import SwitchboardTesting
import TestSupport
import Testing

@testable import SwitchboardServer

@Suite("Servers that are joined by a backplane", .timeLimit(.minutes(Patience.minutes)))
struct BackplaneLinkTests {
    private let encoder = FrameEncoder(Workshop.frameFormat)
    private let memory = InMemoryLog()

    /// The frames of notes with these numbers, one after another.
    private func notes(_ numbers: Range<Int>, by name: String = "a") throws -> Bytes {
        var writer = ByteWriter()
        for number in numbers { try encoder.encode(Workshop.Note(text: "\(name) \(number)"), into: &writer) }
        return writer.takeBytes()
    }

    @Test("A broadcast reaches every other connection of every server, once and in order, and never its sender")
    func reachesAll() async throws {
        var servers: [ClusterServer] = []
        for _ in 0..<3 { servers.append(try await ClusterServer(joining: memory)) }
        var peers: [RawPeer] = []
        for server in servers { for _ in 0..<3 { peers.append(try await server.connect()) } }
        for (sender, name) in [(0, "a"), (4, "b"), (8, "c")] {
            let frames = try notes(0..<500, by: name)
            try await peers[sender].send(frames)
            for index in peers.indices where index != sender {
                #expect(try await peers[index].receive(count: frames.count) == frames, "\(name) to \(index)")
            }
            try await peers[sender].checkAnswer()
        }
        for server in servers { try await server.stop() }
    }

    @Test("Broadcasts of several servers at once all arrive, those of each connection in order")
    func crosses() async throws {
        let servers = [try await ClusterServer(joining: memory), try await ClusterServer(joining: memory)]
        let senders = [try await servers[0].connect(), try await servers[1].connect()]
        let listener = try await servers[1].connect()
        async let first: Void = senders[0].send(notes(0..<1000, by: "a"))
        async let second: Void = senders[1].send(notes(0..<1000, by: "b"))
        _ = try await (first, second)
        let size = try notes(0..<1000, by: "a").count
        var reader = ByteReader(try await listener.receive(count: 2 * size))
        var texts: [String] = []
        let decoder = FrameDecoder(Workshop.frameFormat)
        while case .frame(let frame) = decoder.next(in: &reader) {
            texts.append(try decoder.payload(of: frame, in: &reader) { try Workshop.Note(payload: &$0) }.text)
        }
        for name in ["a", "b"] {
            #expect(texts.filter { $0.hasPrefix(name) } == (0..<1000).map { "\(name) \($0)" })
        }
        for server in servers { try await server.stop() }
    }

    @Test("Frames that no server sends are discarded, counted in the log, and never reach a peer")
    func checksFrames() async throws {
        let server = try await ClusterServer(joining: memory)
        let peer = try await server.connect()
        let stranger = InMemoryBackplane(joining: memory)
        try await stranger.start(for: ProtocolFingerprint(Workshop.self), SilentReceiver())
        func publish(_ frames: Bytes, for target: BackplaneBlock.Target = .all) {
            let tally = BackplaneBlock.Tally(code: Workshop.Note.code, messages: 1, bytes: UInt32(frames.count))
            stranger.publish(BackplaneBlock(for: target, frames, tallies: [tally]))
        }
        let note = try encoder.encode(Workshop.Note(text: "a"))
        publish("garbage that is longer than a header")
        publish(Bytes(Array(note).dropLast()))
        publish(note + "x")
        publish(note + (try encoder.encode(Workshop.Add(left: 1, right: 1))))
        publish(try encoder.encode(Workshop.Note(text: String(repeating: "x", count: 4095))) + Self.tooLong)
        publish(Bytes())
        publish(note, for: .session("no session ID"))
        let last = try encoder.encode(Workshop.Note(text: "last"))
        publish(last)
        #expect(try await peer.receive(count: last.count) == last)
        await server.log.line(containing: "error: backplane blocks invalid")
        // The others of the same second, without another loss.
        await server.log.line(containing: "error: more backplane blocks invalid")
        await stranger.stop()
        try await server.stop()
    }

    /// A note whose payload is larger than its `max-payload`, which an encoder would not make.
    private static var tooLong: Bytes {
        var writer = ByteWriter()
        writer.append(UInt32(5000), .little)
        writer.append(Workshop.Note.code, .little)
        for _ in 0..<5000 { writer.append(UInt8(ascii: "x"), .little) }
        return writer.takeBytes()
    }

    @Test("Servers with other protocols share a log and ignore each other")
    func ignoresOtherProtocols() async throws {
        let server = try await ClusterServer(joining: memory)
        let peer = try await server.connect()
        let other = InMemoryBackplane(joining: memory)
        try await other.start(for: ProtocolFingerprint(rawValue: 1), SilentReceiver())
        let note = try encoder.encode(Workshop.Note(text: "a"))
        let tally = BackplaneBlock.Tally(code: Workshop.Note.code, messages: 1, bytes: UInt32(note.count))
        other.publish(BackplaneBlock(for: .all, note, tallies: [tally]))
        #expect(server.backplane.status.counters.foreign > 0)
        try await peer.checkAnswer()
        await other.stop()
        try await server.stop()
    }

    @Test(
        "While the engine is away, a connection that broadcasts too much is held, others are served, and nothing is lost"
    )
    func holdsPublishers() async throws {
        var limits = BackplaneLimits()
        limits.holdBytes = 2000
        let first = try await ClusterServer(joining: memory, limits: limits)
        let second = try await ClusterServer(joining: memory)
        let publisher = try await first.connect()
        let listener = try await first.connect()
        let remote = try await second.connect()
        memory.isReachable = false
        let frames = try notes(0..<1000)
        try await publisher.send(frames)
        // Who has received all of a batch here knows that it was published.
        _ = try await listener.receive(count: 1)
        #expect(first.backplane.holdsPublishers)
        try await listener.checkAnswerBehind(frames, offset: 1)
        try await publisher.send(encoder.encode(Workshop.Add(left: 1, right: 2)))
        #expect(first.backplane.status.state == .degraded)
        memory.isReachable = true
        #expect(try await remote.receive(count: frames.count) == frames)
        let sum = try encoder.encode(Workshop.Sum(value: 3))
        #expect(try await publisher.receive(count: sum.count) == sum)
        #expect(!first.backplane.holdsPublishers)
        await first.log.line(containing: "warning: backplane disconnected")
        await first.log.line(containing: "info: backplane connected")
        await first.log.line(containing: "info: backplane recovered")
        try await first.stop()
        try await second.stop()
    }

    @Test("A backlog of messages of this server and of others pauses the backplane only until it is sent")
    func pausesAndResumes() async throws {
        let (blocked, continuation) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in
            if message.left == 99 {
                continuation.yield()
                release.wait()
            }
            return Workshop.Sum(value: message.left &+ message.right)
        }
        router.on(Workshop.Note.self) { note, context in try context.broadcast(note) }
        let server = try await ClusterServer(router, joining: memory) { configuration in
            configuration.outputHighWaterMark = 64 * 1024 * 1024
            configuration.maximumPendingOutput = 64 * 1024 * 1024
        }
        // Each on an event loop of its own.
        let receiver = try await server.connect()
        let sender = try await server.connect()
        let stranger = InMemoryBackplane(joining: memory)
        try await stranger.start(for: ProtocolFingerprint(Workshop.self), SilentReceiver())

        try await receiver.send(encoder.encode(Workshop.Add(left: 99, right: 0)))
        for await _ in blocked { break }
        // More than the 16 MiB above which the backplane pauses, and more than the 8 MiB below which it goes on.
        let note = try encoder.encode(Workshop.Note(text: String(repeating: "x", count: 4000)))
        let remote = Bytes((0..<1500).flatMap { _ in note })
        for _ in 0..<3 {
            let tally = BackplaneBlock.Tally(code: Workshop.Note.code, messages: 1500, bytes: UInt32(remote.count))
            stranger.publish(BackplaneBlock(for: .all, remote, tallies: [tally]))
        }
        #expect(try await sender.receive(count: 3 * remote.count).count == 3 * remote.count)
        let local = Bytes((0..<2500).flatMap { _ in note })
        try await sender.send(local)
        try await sender.checkAnswer()
        release.signal()
        let sum = try encoder.encode(Workshop.Sum(value: 99))
        #expect(try await receiver.receive(count: sum.count) == sum)
        let count = 3 * remote.count + local.count
        #expect(try await receiver.receive(count: count).count == count)

        let last = try encoder.encode(Workshop.Note(text: "last"))
        let tally = BackplaneBlock.Tally(code: Workshop.Note.code, messages: 1, bytes: UInt32(last.count))
        stranger.publish(BackplaneBlock(for: .all, last, tallies: [tally]))
        #expect(try await receiver.receive(count: last.count) == last)
        #expect(try await sender.receive(count: last.count) == last)
        await stranger.stop()
        try await server.stop()
    }

    @Test("A server that stops publishes all that it has accepted, even if the engine comes back only then")
    func drains() async throws {
        var limits = BackplaneLimits()
        limits.holdBytes = 2000
        let first = try await ClusterServer(joining: memory, limits: limits) { $0.drainTimeout = .seconds(60) }
        let second = try await ClusterServer(joining: memory)
        let publisher = try await first.connect()
        let listener = try await first.connect()
        let remote = try await second.connect()
        memory.isReachable = false
        let frames = try notes(0..<1000)
        try await publisher.send(frames)
        _ = try await listener.receive(count: 1)
        await first.drain()
        // The connection was held, and is read to its end now.
        _ = try await listener.receive(count: frames.count - 1)
        await first.log.line(containing: "stopping")
        memory.isReachable = true
        try await first.stopped()
        #expect(try await remote.receive(count: frames.count) == frames)
        #expect(first.backplane.status.state == .stopped)
        try await second.stop()
    }

    @Test("What a handler sends at once reaches other servers even if it is larger than a block may be")
    func splitsLargeBlocks() async throws {
        let small = Workshop.BlobReply(data: Bytes([UInt8](repeating: 1, count: 200_000)))
        let large = Workshop.BlobReply(data: Bytes([UInt8](repeating: 2, count: 16 * 1024 * 1024 - 1000)))
        var router = Router(LargeMessages.self)
        router.on(Workshop.Add.self) { message, context in
            if message.left == 7 { for blob in [small, large, small] { try context.broadcast(blob) } }
            return Workshop.Sum(value: message.left &+ message.right)
        }
        let first = try await ClusterServer(router, joining: memory)
        let second = try await ClusterServer(router, joining: memory)
        let sender = try await first.connect()
        let receiver = try await second.connect()
        var expected = ByteWriter()
        for blob in [small, large, small] { try FrameEncoder(LargeMessages.frameFormat).encode(blob, into: &expected) }
        let frames = expected.takeBytes()
        try await sender.send(encoder.encode(Workshop.Add(left: 7, right: 1)))
        // Nothing else comes: a block that is dropped shows in the counter, and the wait below would not end.
        let sum = try encoder.encode(Workshop.Sum(value: 8))
        #expect(try await sender.receive(count: sum.count) == sum)
        await first.server.sendBroadcasts()
        try #require(first.backplane.status.counters.dropped == 0)
        #expect(try await receiver.receive(count: frames.count) == frames)
        try await first.stop()
        try await second.stop()
    }

    /// Workshop with messages of 16 MiB.
    private enum LargeMessages: WireProtocol {
        static let name = "Large messages"
        static let frameFormat = FrameFormat(
            byteOrder: .little,
            header: [.length(.four), .type(.two)],
            checksum: nil,
            maximumPayload: 16 * 1024 * 1024
        )
        static let messages: [any Message.Type] = [
            Workshop.Add.self, Workshop.Sum.self, Workshop.BlobReply.self,
        ]
    }

    @Test(
        "Messages of onDisconnect in a drain reach the other servers, also of connections that are aborted after the timeout",
        arguments: [true, false]
    )
    func publishesLastMessages(isTimedOut: Bool) async throws {
        let gate = Gate()
        var router = Router.workshop(gate)
        router.onDisconnect { connection in try? connection.broadcast(Workshop.Note(text: "left")) }
        let first = try await ClusterServer(router, joining: memory) {
            $0.drainTimeout = isTimedOut ? .milliseconds(50) : .seconds(60)
        }
        let second = try await ClusterServer(joining: memory)
        let peer = try await first.connect()
        let remote = try await second.connect()
        if isTimedOut {
            try await peer.send(encoder.encode(Workshop.Hold(value: 7)))
            await gate.arrival(of: 1)
        }
        try await first.stop()
        let note = try encoder.encode(Workshop.Note(text: "left"))
        try #require(first.backplane.status.counters.published == 1)
        #expect(try await remote.receive(count: note.count) == note)
        await gate.open()
        try await second.stop()
    }

    @Test("A server that cannot publish before the drain timeout says what is lost")
    func reportsLoss() async throws {
        let server = try await ClusterServer(joining: memory) { $0.drainTimeout = .zero }
        let publisher = try await server.connect()
        let listener = try await server.connect()
        memory.isReachable = false
        let frames = try notes(0..<10)
        try await publisher.send(frames)
        _ = try await listener.receive(count: frames.count)
        try await server.stop()
        await server.log.line(containing: "error: backplane blocks lost")
    }

    @Test("A server whose backplane cannot be started does not listen, and throws the error of the backplane")
    func failsToStart() async throws {
        let backplane = InMemoryBackplane(joining: memory)
        try await backplane.start(for: ProtocolFingerprint(rawValue: 1), SilentReceiver())
        let server = try Server(.workshop(), configuration: ServerConfiguration(port: 0), backplane: backplane)
        let error = await #expect(throws: BackplaneError.self) {
            try await server.run(gracefulShutdownSignals: [])
        }
        #expect(error?.code == .alreadyStarted)
    }

    @Test("Fingerprints of protocols that differ in a message or a frame differ, and are the same in every process")
    func fingerprints() {
        #expect(ProtocolFingerprint(Workshop.self) == ProtocolFingerprint(Workshop.self))
        #expect(ProtocolFingerprint(Workshop.self) != ProtocolFingerprint(LongHeaderProtocol.self))
        // FNV-1a of the texts "One", "big", "type 2", …, computed by another program.
        #expect(ProtocolFingerprint(OneMessage.self) == ProtocolFingerprint(rawValue: 0xE855_6655_8F80_BF3D))
    }

    @Test("Protocols whose messages have the same names and sizes, and other fields, have other fingerprints")
    func layoutFingerprints() {
        let fingerprints = [
            ProtocolFingerprint(OneMessage.self), ProtocolFingerprint(OneLayout.self),
            ProtocolFingerprint(OtherLayout.self),
        ]
        #expect(Set(fingerprints).count == 3)
        #expect(Workshop.layoutHash != nil)
    }

    private enum OneLayout: WireProtocol {
        static let name = OneMessage.name
        static let frameFormat = OneMessage.frameFormat
        static let messages = OneMessage.messages
        static let layoutHash: UInt64? = 1
    }

    private enum OtherLayout: WireProtocol {
        static let name = OneMessage.name
        static let frameFormat = OneMessage.frameFormat
        static let messages = OneMessage.messages
        static let layoutHash: UInt64? = 2
    }

    private enum OneMessage: WireProtocol {
        static let name = "One"
        static let frameFormat = FrameFormat(
            byteOrder: .big,
            header: [.type(.two), .length(.four)],
            checksum: nil,
            maximumPayload: 100
        )
        static let messages: [any Message.Type] = [Workshop.Note.self]
    }

    private final class SilentReceiver: BackplaneReceiver {
        func received(_ block: BackplaneBlock, from server: ServerIncarnation) {}
        func releasePublishers() {}
        func backplaneChanged(_ event: BackplaneEvent) {}
    }
}

extension RawPeer {
    /// Receives a part of `frames`, from `offset` on, and the reply to a request: the part is what the server had handled.
    fileprivate func checkAnswerBehind(_ frames: Bytes, offset: Int) async throws {
        let encoder = FrameEncoder(Workshop.frameFormat)
        try await send(encoder.encode(Workshop.Add(left: 4, right: 5)))
        let reply = Array(try encoder.encode(Workshop.Sum(value: 9)))
        var received: [UInt8] = []
        while received.count < reply.count || !received.suffix(reply.count).elementsEqual(reply) {
            received += try await receive(count: 1)
        }
        guard
            received.dropLast(reply.count).elementsEqual(frames.dropFirst(offset).prefix(received.count - reply.count))
        else { throw UnexpectedBytes(description: "\(received)") }
    }
}
