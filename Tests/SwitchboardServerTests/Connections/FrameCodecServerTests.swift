import Switchboard
import SwitchboardBackplane
import SwitchboardTesting
import TestSupport
import Testing

@testable import SwitchboardServer

@Suite("A server of frames with a codec", .timeLimit(.minutes(Patience.minutes)))
struct FrameCodecServerTests {
    private func withClient<Result>(
        of wireProtocol: any WireProtocol.Type,
        _ port: Int,
        _ body: (Client) async throws -> Result
    ) async throws -> Result {
        var configuration = ClientConfiguration()
        configuration.requestTimeout = .seconds(300)
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: port,
            speaking: wireProtocol,
            configuration: configuration
        )
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    private func testServer(
        _ router: Router,
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        backplane: InMemoryBackplane? = nil
    ) throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.removeLimits()
        configure(&configuration)
        return try TestServer(
            router,
            configuration: configuration,
            backplane: backplane,
            patience: .seconds(Patience.seconds)
        )
    }

    // MARK: A real server and client

    @Test("pairs replies with requests by the correlation, in any order, and errors, too")
    func correlation() async throws {
        let gate = Gate()
        try await withServer(.cache(CacheEntries(), gate)) { port in
            try await withClient(of: Cache.self, port) { client in
                _ = try await client.request(Cache.Store(key: "slow", value: "late"))
                _ = try await client.request(Cache.Store(key: "", value: ""))
                let slow = Task { try await client.request(Cache.Get(key: "slow")).value }
                await gate.arrival(of: 1)
                #expect(try await client.request(Cache.Get(key: "")).value == "")
                await #expect(throws: Cache.Failure(.unknownType, detail: "no entry")) {
                    try await client.request(Cache.Get(key: "none"))
                }
                await gate.open()
                #expect(try await slow.value == "late")
            }
        }
    }

    @Test("answers many requests of many tasks, with payloads whose parts have a size in the header")
    func many() async throws {
        try await withServer(.cache()) { port in
            try await withClient(of: Cache.self, port) { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<500 {
                        group.addTask {
                            let key = Bytes(utf8: String(repeating: "k", count: number % 40) + "\(number)")
                            let value = Bytes(repeatElement(UInt8(number & 0xFF), count: number * 11 % 3000))
                            _ = try await client.request(Cache.Store(key: key, value: value))
                            #expect(try await client.request(Cache.Get(key: key)).value == value)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("sends one-way messages to other clients, whose correlation is 0")
    func changes() async throws {
        try await withServer(.cache()) { port in
            try await withClient(of: Cache.self, port) { listener in
                await #expect(throws: Cache.Failure.self) { try await listener.request(Cache.Get(key: "a")) }
                _ = try await withClient(of: Cache.self, port) { client in
                    try await client.request(Cache.Store(key: "a", value: "1"))
                }
                var incoming = listener.incoming.makeAsyncIterator()
                #expect(try await incoming.next() as? Cache.Changed == Cache.Changed(key: "a", value: "1"))
            }
        }
    }

    @Test("broadcasts messages with headers of several sizes, in order")
    func broadcast() async throws {
        try await withServer(.topics()) { port in
            try await withClient(of: Topics.self, port) { listener in
                _ = try await listener.request(Topics.Ping())
                let texts = [0, 1, 127, 128, 5, 16_383, 16_384, 0, 60_000].map { String(repeating: "t", count: $0) }
                try await withClient(of: Topics.self, port) { client in
                    for text in texts { try await client.send(Topics.Publish(text: text)) }
                    _ = try await client.request(Topics.Ping())
                }
                var incoming = listener.incoming.makeAsyncIterator()
                for text in texts {
                    #expect(try await incoming.next() as? Topics.Publish == Topics.Publish(text: text))
                }
            }
        }
    }

    // MARK: Bytes

    @Test("repeats the correlation and the extra fields in the reply, with the numbers of its own payload")
    func replyHeader() async throws {
        let server = try testServer(.cache())
        let peer = try server.connect()
        _ = try await peer.request(Cache.Store(key: "key", value: "value"))
        var header = HeaderBytes(of: Cache.Header(entryVersion: 0x0908))
        Cache.frameFormat.correlation?.set(0xA1B2, in: &header)
        let get = try FrameEncoder(Cache.frameFormat, as: .client).encode(Cache.Get(key: "key"), header: header)
        peer.send(bytes: Array(get))
        let reply = try await peer.receive()
        #expect(reply.code == 0)
        #expect(Cache.frameFormat.correlation?.number(in: reply.header) == 0xA1B2)
        #expect(Cache.Header(reply.header).entryVersion == 0x0908)
        #expect(reply.header.integer(at: 4, .big, as: UInt16.self) == 0)
        #expect(try reply.decoded(as: Cache.Value.self).value == "value")
    }

    @Test("lets a handler choose the extra fields of its reply, whose correlation stays", arguments: [false, true])
    func chosenReplyHeader(isAsync: Bool) async throws {
        let gate = Gate()
        var router = Router(Cache.self)
        if isAsync {
            router.on(Cache.Get.self) { message, _ in
                if message.key == "slow" { await gate.pass() }
                return Reply(Cache.Value(value: message.key), header: Cache.Header(entryVersion: 7))
            }
        } else {
            router.on(Cache.Get.self) { message, _ in
                Reply(Cache.Value(value: message.key), header: Cache.Header(entryVersion: 7))
            }
        }
        let peer = try testServer(router).connect()
        for (number, key) in ["slow", "fast"].enumerated() {
            var header = HeaderBytes(of: Cache.Header(entryVersion: 0x0908))
            Cache.frameFormat.correlation?.set(UInt64(number), in: &header)
            let get = Cache.Get(key: Bytes(utf8: key))
            peer.send(bytes: Array(try FrameEncoder(Cache.frameFormat, as: .client).encode(get, header: header)))
        }
        var numbers: [UInt64?] = []
        for _ in 0..<2 {
            let reply = try await peer.receive()
            #expect(Cache.Header(reply.header).entryVersion == 7)
            numbers.append(Cache.frameFormat.correlation?.number(in: reply.header))
            await gate.open()
        }
        #expect(numbers == (isAsync ? [1, 0] : [0, 1]))
    }

    @Test("lets a handler choose the flags of its reply")
    func replyFlags() async throws {
        var router = Router(Topics.self)
        router.on(Topics.Ping.self) { _, context in
            let flags = context.header(of: Topics.self).flags
            return Reply(Topics.Pong(), header: Topics.Header(flags: flags ^ 0b1111))
        }
        let peer = try testServer(router).connect()
        for flags: UInt8 in [0b0010, 0b1111] {
            try peer.send(Topics.Ping(), header: Topics.Header(flags: flags))
            #expect(Topics.Header(try await peer.receive().header).flags == flags ^ 0b1111)
        }
    }

    @Test("gives handlers the extra fields, and sends theirs")
    func extraFields() async throws {
        let server = try testServer(.topics())
        let peer = try server.connect()
        try peer.send(Topics.Publish(text: "echo"), header: Topics.Header(flags: 0b0110))
        let echo = try await peer.receive()
        #expect(Topics.Header(echo.header).flags == 0b0110)
        #expect(try echo.decoded(as: Topics.Publish.self).text == "echo")
    }

    @Test("reports a malformed payload to its request, and a broken frame before it closes the connection")
    func faults() async throws {
        let server = try testServer(.cache())
        let peer = try server.connect()
        var header = HeaderBytes()
        Cache.frameFormat.correlation?.set(5, in: &header)
        var frame = Array(try FrameEncoder(Cache.frameFormat, as: .client).encode(Cache.Get(key: "k"), header: header))
        // A key that is longer than the payload.
        frame[3] = 2
        peer.send(bytes: frame)
        let malformed = try await peer.receive()
        #expect(Cache.frameFormat.correlation?.number(in: malformed.header) == 5)
        #expect(try malformed.decoded(as: Cache.Failure.self).fault == .malformedPayload)

        // A code without a message.
        frame[1] = 99
        peer.send(bytes: frame)
        #expect(try await peer.receive(Cache.Failure.self).fault == .unknownType)

        // The magic number of the server.
        peer.send(bytes: [0x81])
        #expect(try await peer.receive(Cache.Failure.self).fault == .invalidMagic)
        try await peer.receiveEnd()

        for (length, fault) in [(-1, .malformedPayload), (1_000_000, .payloadTooLarge)] as [(Int32, Fault)] {
            let peer = try server.connect()
            frame[8..<12] = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }[...]
            peer.send(bytes: frame)
            #expect(try await peer.receive(Cache.Failure.self).fault == fault)
            try await peer.receiveEnd()
        }
    }

    @Test("limits the payload of a peer that is not authenticated, whatever the size of its header is")
    func unauthenticatedPayload() async throws {
        let server = try testServer(.topics()) {
            $0.requiresAuthentication = true
            $0.maximumUnauthenticatedPayload = 200
        }
        for (size, fault) in [(200, nil), (201, .authenticationFailed)] as [(Int, Fault?)] {
            let peer = try server.connect()
            let text = String(repeating: "x", count: size)
            peer.send(bytes: Array(try FrameEncoder(Topics.frameFormat).encode(Topics.Publish(text: text))))
            #expect(try await peer.receive(Topics.Failure.self).fault == .authenticationFailed)
            if fault != nil { try await peer.receiveEnd() }
            #expect(peer.hasEnded == (fault != nil))
        }
    }

    @Test("decodes a stream of a client or of a server to the same frames wherever it is split")
    func splits() throws {
        var client = ByteWriter()
        var server = ByteWriter()
        for text in ["", "a", "longer"] {
            let key = Bytes(utf8: text)
            try FrameEncoder(Cache.frameFormat, as: .client).encode(Cache.Store(key: key, value: "v"), into: &client)
            try FrameEncoder(Cache.frameFormat, as: .server).encode(Cache.Changed(key: key, value: "v"), into: &server)
        }
        let (sent, received) = (Array(client.takeBytes()), Array(server.takeBytes()))
        #expect(try verifySplits(of: sent, speaking: Cache.self, from: .client).count == 3)
        #expect(try verifySplits(of: received, speaking: Cache.self, from: .server).count == 3)
        #expect(try verifySplits(of: sent + received, speaking: Cache.self).count == 6)
        #expect(
            try verifySplits(of: sent + received, speaking: Cache.self, from: .client).last == .broken(.invalidMagic)
        )
    }

    @Test("lets a handler be tested alone, and checks what it sends")
    func recordingConnection() throws {
        let connection = RecordingConnection()
        try connection.send(Cache.Changed(key: "k", value: "v"))
        #expect(throws: PayloadError(.invalidLength, field: "key")) {
            try connection.send(Cache.Changed(key: Bytes(repeatElement(0, count: 70_000)), value: ""))
        }
        #expect(connection.sent.count == 1)
    }

    // MARK: A backplane

    @Test("sends broadcasts to the peers of other servers")
    func backplane() async throws {
        let log = InMemoryLog()
        let caches = try (0..<2).map { _ in try testServer(.cache(), backplane: InMemoryBackplane(joining: log)) }
        let (sender, receiver) = (try caches[0].connect(), try caches[1].connect())
        _ = try await sender.request(Cache.Store(key: "a", value: "1"))
        #expect(try await receiver.receive(Cache.Changed.self) == Cache.Changed(key: "a", value: "1"))

        let topics = try (0..<2).map { _ in try testServer(.topics(), backplane: InMemoryBackplane(joining: log)) }
        let (publisher, reader) = (try topics[0].connect(), try topics[1].connect())
        let texts = [0, 1, 127, 128, 16_384].map { String(repeating: "t", count: $0) }
        for text in texts { try publisher.send(Topics.Publish(text: text)) }
        for text in texts { #expect(try await reader.receive(Topics.Publish.self).text == text) }
    }

    @Test("divides and counts frames with headers of several sizes, and accepts only those of servers from others")
    func broadcastCheck() throws {
        func check(_ router: Router) throws -> BroadcastCheck {
            BroadcastCheck(
                try ServerCore(
                    router,
                    configuration: ServerConfiguration(),
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                )
            )
        }
        let topics = try check(.topics())
        var writer = ByteWriter()
        var sizes: [Int] = []
        for count in [0, 1, 127, 128, 300] {
            let frame = try FrameEncoder(Topics.frameFormat, as: .server).encode(
                Topics.Publish(text: String(repeating: "t", count: count))
            )
            sizes.append(frame.count)
            writer.append(frame)
        }
        let frames = writer.takeBytes()
        #expect(sizes == [2, 3, 129, 131, 303])
        let tallies = try #require(topics.tallies(of: frames))
        #expect(tallies.map(\.messages) == [5])
        #expect(tallies.map(\.bytes) == [frames.count])
        #expect(topics.tallies(of: frames[0..<frames.count - 1]) == nil)
        let pieces = topics.pieces(of: frames, limit: 140)
        #expect(pieces.map(\.start) == [0, 134, 265])
        #expect(pieces.map(\.end) == [134, 265, 568])

        let cache = try check(.cache())
        let changed = Cache.Changed(key: "k", value: "v")
        let frame = try FrameEncoder(Cache.frameFormat, as: .server).encode(changed)
        #expect(cache.tallies(of: frame) != nil)
        // The first byte is the magic number, which is 0x80 in frames of clients.
        #expect(cache.tallies(of: Bytes([0x80] + Array(frame).dropFirst())) == nil)
    }

    @Test("has a fingerprint that depends on the sizes and the trailer of its frames, not on the name of the codec")
    func fingerprints() {
        let all = [
            ProtocolFingerprint(Plain<Ended>.self), ProtocolFingerprint(Plain<Checked>.self),
            ProtocolFingerprint(Plain<Small>.self), ProtocolFingerprint(Plain<Wide>.self),
        ]
        #expect(Set(all).count == all.count)
        #expect(ProtocolFingerprint(Plain<Ended>.self) == ProtocolFingerprint(Plain<Renamed>.self))
    }

    private protocol Format: Sendable {
        static var frameFormat: FrameFormat { get }
    }

    private enum Plain<F: Format>: WireProtocol {
        static var name: String { "Plain" }
        static var frameFormat: FrameFormat { F.frameFormat }
        static var messages: [any Message.Type] { [Chunk.self] }
    }

    private enum Ended: Format { static var frameFormat: FrameFormat { .ended } }
    private enum Checked: Format { static var frameFormat: FrameFormat { .checkedAndEnded } }
    private enum Small: Format {
        static var frameFormat: FrameFormat { .channels([.end([0xCE])], maximumPayload: 5) }
    }
    private enum Wide: Format { static var frameFormat: FrameFormat { format(Topics.Codec.self) } }
    private enum Renamed: Format { static var frameFormat: FrameFormat { format(OtherChannelCodec.self) } }

    private static func format(_ codec: any FrameCodec.Type) -> FrameFormat {
        FrameFormat(codec, byteOrder: .big, correlation: nil, trailer: [.end([0xCE])], maximumPayload: 100_000)
    }

    private enum OtherChannelCodec: FrameCodec {
        static var maximumHeaderSize: Int { ChannelCodec.maximumHeaderSize }

        static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
            try ChannelCodec.readHead(from: &reader, of: sender)
        }

        static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            try ChannelCodec.writeHead(head, of: sender, into: &writer)
        }
    }
}
