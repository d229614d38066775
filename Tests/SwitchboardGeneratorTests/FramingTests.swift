import Switchboard
import SwitchboardTesting
import Testing

/// Sends messages in frames with delimiters and escapes, in protocols that are generated from golden specs.
@Suite("Frames with delimiters and escapes")
struct FramingTests {
    private static var slip: Router {
        var router = Router(Slip.self)
        router.on(Slip.Ask.self) { question, _ in
            Slip.Answer(text: Bytes(Array(question.text) + [0xC0, question.level]))
        }
        return router
    }

    private static var hexLines: Router {
        var router = Router(HexLines.self)
        router.on(HexLines.Hello.self) { hello, context in try context.send(HexLines.Hello(name: hello.name + "!")) }
        router.on(HexLines.Read.self) { request, _ async in
            await Task.yield()
            return HexLines.Values(values: [request.start, request.start + 1])
        }
        return router
    }

    private static var kiss: Router {
        var router = Router(Kiss.self)
        router.on(Kiss.Data.self) { message, context in
            try context.send(message, header: context.header(of: Kiss.self))
        }
        router.on(Kiss.Delay.self) { message, context in
            try context.send(Kiss.Data(data: [message.delay, UInt8(message.unit ?? 0)]))
        }
        return router
    }

    private func with(_ router: Router, _ body: (_ port: Int) async throws -> Void) async throws {
        let server = try Server(router, configuration: .init(port: 0))
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        defer { running.cancel() }
        try await body(server.listeningAddress.port)
    }

    @Test("pass between a server and its client over sockets: SLIP")
    func slipOverSockets() async throws {
        try await with(Self.slip) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Slip.self)
            for level in UInt8(0xBE)..<0xDF {
                let reply = try await client.request(Slip.Ask(text: [0xDB, 0xC0, level], level: level))
                #expect(reply.text == [0xDB, 0xC0, level, 0xC0, level])
            }
            await client.close()
        }
    }

    @Test("pass between a server and its client over sockets: hexadecimal digits, in two forms, to a suspended handler")
    func hexOverSockets() async throws {
        try await with(Self.hexLines) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: HexLines.self)
            var incoming = client.incoming.makeAsyncIterator()
            try await client.send(HexLines.Hello(name: "a"))
            #expect(try await incoming.next() as? HexLines.Hello == HexLines.Hello(name: "a!"))
            for start in UInt16(0)..<20 {
                let header = HexLines.Header(unit: 17)
                let reply = try await client.request(HexLines.Read(start: start), header: header)
                #expect(reply.values == [start, start + 1])
            }
            await client.close()
        }
    }

    @Test("arrive together, in pieces and with several delimiters between them")
    func pieces() async throws {
        for size in [1, 2, 3, 1000] {
            let server = try TestServer(Self.kiss)
            let peer = try server.connect()
            peer.link.pieceSize = size
            peer.send(bytes: [0xC0, 0xC0, 0xC0])
            for number in UInt8(0)..<20 {
                try peer.send(Kiss.Data(data: [number, 0xC0, 0xDB]), header: Kiss.Header(port: number % 16))
                if number % 3 == 0 { peer.send(bytes: [0xC0, 0xC0]) }
            }
            try peer.send(Kiss.Delay(delay: 3, unit: nil))
            for number in UInt8(0)..<20 {
                #expect(try await peer.receive(Kiss.Data.self).data == [number, 0xC0, 0xDB])
            }
            #expect(try await peer.receive(Kiss.Data.self).data == [3, 0])
        }
    }

    @Test("are skipped if they are malformed, and the next one is handled")
    func malformed() async throws {
        let server = try TestServer(Self.slip)
        let peer = try server.connect()
        let malformed: [([UInt8], Slip.Reason)] = [
            ([0xAB, 0xDB, 0x01, 0xC0], .malformedPayload),
            ([0xAB, 0xDB, 0xC0], .malformedPayload),
            ([0xAB, 0x01, 0xC0], .malformedPayload),
            // The length counts another byte than the checksum covers.
            (
                [0xAB, 0x01, 0x00, 0x07, 0x00, 0x02, 0xDB, 0xDC, 0x27, 0x19, 0x13, 0xC4, 0xC0],
                .malformedPayload
            ),
            (
                [0xAB, 0x01, 0x00, 0x07, 0x00, 0x01, 0xDB, 0xDC, 0x27, 0x19, 0x13, 0xC4, 0xC0],
                .checksumMismatch
            ),
        ]
        for (bytes, reason) in malformed {
            peer.send(bytes: bytes)
            #expect(try await peer.receive(Slip.Failure.self).reason == reason)
            #expect(try await peer.request(Slip.Ask(text: [], level: 1)).text == [0xC0, 1])
        }
        // An unknown code.
        let unknown = try FrameEncoder(Slip.frameFormat).encode(Slip.Answer(text: []))
        peer.send(bytes: Array(unknown))
        #expect(try await peer.receive(Slip.Failure.self).reason == .unknownType)
        #expect(try await peer.request(Slip.Ask(text: [], level: 1)).text == [0xC0, 1])
        #expect(!peer.hasEnded)
    }

    @Test("end the connection if they are too large or too many of them are malformed")
    func hostile() async throws {
        for bytes in [[UInt8](repeating: 0xAA, count: 3000), Array(repeatElement([0xDB, 0xC0], count: 1000).joined())] {
            let server = try TestServer(Self.slip)
            let peer = try server.connect()
            peer.send(bytes: bytes)
            let reason: Slip.Reason = bytes[0] == 0xAA ? .payloadTooLarge : .malformedPayload
            #expect(try await peer.receive(Slip.Failure.self).reason == reason)
            while (try? await peer.receive(Slip.Failure.self)) != nil {}
            #expect(peer.hasEnded)
        }
    }

    @Test("reach the peers of joined servers")
    func joinedServers() async throws {
        let log = InMemoryLog()
        let first = try TestServer(Self.kiss, backplane: InMemoryBackplane(joining: log))
        let second = try TestServer(Self.kiss, backplane: InMemoryBackplane(joining: log))
        let peer = try second.connect()
        for number in UInt8(0xB0)..<0xE0 { try first.broadcast(Kiss.Data(data: [number, 0xC0])) }
        for number in UInt8(0xB0)..<0xE0 { #expect(try await peer.receive(Kiss.Data.self).data == [number, 0xC0]) }
    }

    @Test("may have the largest payload, even if every byte has an escape")
    func largestPayload() async throws {
        let server = try TestServer(Self.kiss)
        let peer = try server.connect()
        let data = Bytes([UInt8](repeating: 0xC0, count: Kiss.frameFormat.maximumPayload))
        for _ in 0..<3 {
            try peer.send(Kiss.Data(data: data))
            #expect(try await peer.receive(Kiss.Data.self).data == data)
        }
    }

    @Test("do not keep a connection open if they are empty")
    func idle() async throws {
        var configuration = ServerConfiguration()
        configuration.idleTimeout = .seconds(60)
        let server = try TestServer(Self.kiss, configuration: configuration)
        let peer = try server.connect()
        for _ in 0..<10 {
            peer.send(bytes: [0xC0, 0xC0])
            server.advance(by: .seconds(20))
        }
        #expect(peer.hasEnded)
    }

    @Test("have to arrive within the timeout for frames")
    func timeout() async throws {
        var configuration = ServerConfiguration()
        configuration.frameTimeout = .seconds(5)
        let server = try TestServer(Self.slip, configuration: configuration)
        let peer = try server.connect()
        for _ in 0..<4 {
            peer.send(bytes: [0xAB])
            server.advance(by: .seconds(2))
        }
        #expect(peer.hasEnded)
    }

    @Test("are the same however the stream is split", arguments: [1, 2, 3] as [UInt64])
    func splits(_ seed: UInt64) throws {
        let slip = try Array(FrameEncoder(Slip.frameFormat).encode(Slip.Ask(text: [0xC0, 0xDB], level: 0xC0)))
        let kiss = try Array(FrameEncoder(Kiss.frameFormat).encode(Kiss.Data(data: [0xC0, 1])))
        let hdlc = try Array(FrameEncoder(HDLC.frameFormat).encode(HDLC.LCP(data: [0x7E, 0x7D])))
        let cobs = try Array(FrameEncoder(Cobs.frameFormat).encode(Cobs.Packet(data: [0, 1, 0])))
        let hello = try Array(FrameEncoder(HexLines.frameFormat).encode(HexLines.Hello(name: "a")))
        let read = try Array(FrameEncoder(HexLines.frameFormat).encode(HexLines.Read(start: 1)))
        let streams: [(any WireProtocol.Type, [[UInt8]])] = [
            (Slip.self, [slip, [0xC0], [0xDB, 0xC0], [0xDB, 0x01, 0xC0], [0xAB, 0xC0]]),
            (Kiss.self, [kiss, [0xC0], [0xDB], [0x02, 0xC0]]), (HDLC.self, [hdlc, [0x7E], [0x7D], [0xFF]]),
            (Cobs.self, [cobs, [0], [1, 0], [5]]), (HexLines.self, [hello, read, [0x0D], [0x0D, 0x0A], [0x3A]]),
        ]
        var generator = RandomNumbers(seed: seed)
        for (wireProtocol, pieces) in streams {
            for _ in 0..<40 {
                let stream = (0..<4).flatMap { _ in pieces[Int(generator.next(below: UInt64(pieces.count)))] }
                try verifySplits(of: stream, speaking: wireProtocol, from: .client)
            }
        }
    }

    @Test("cannot be empty")
    func empty() {
        #expect(throws: PayloadError.self) { try FrameEncoder(Cobs.frameFormat).encode(Cobs.Answer(data: [])) }
    }
}
