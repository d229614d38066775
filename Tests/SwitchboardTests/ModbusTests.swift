import Switchboard
import TestSupport
import Testing

/// A server and a client of an existing protocol, made only from a spec.
@Suite("Modbus/TCP")
struct ModbusTests {
    private func withDevice(_ body: (_ port: Int) async throws -> Void) async throws {
        var router = Router(Modbus.self)
        router.register(Device())
        let server = try Server(router, configuration: .init(port: 0))
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        defer { running.cancel() }
        try await body(server.listeningAddress.port)
    }

    /// Published requests and replies, each after a header with transaction 1 and unit 0x11.
    private static let exchanges: [(request: Bytes, reply: Bytes)] = [
        ([0x01, 0x00, 0x13, 0x00, 0x13], [0x01, 0x03, 0xCD, 0x6B, 0x05]),
        ([0x03, 0x00, 0x6B, 0x00, 0x03], [0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64]),
        ([0x05, 0x00, 0xAC, 0xFF, 0x00], [0x05, 0x00, 0xAC, 0xFF, 0x00]),
        ([0x06, 0x00, 0x01, 0x00, 0x03], [0x06, 0x00, 0x01, 0x00, 0x03]),
        ([0x0F, 0x00, 0x13, 0x00, 0x0A, 0x02, 0xCD, 0x01], [0x0F, 0x00, 0x13, 0x00, 0x0A]),
        ([0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02], [0x10, 0x00, 0x01, 0x00, 0x02]),
    ]

    private static func frame(_ body: Bytes, transaction: UInt16 = 1) -> Bytes {
        var writer = ByteWriter()
        writer.append(transaction, .big)
        writer.append(0 as UInt16, .big)
        writer.append(UInt16(body.count + 1), .big)
        writer.append(0x11 as UInt8, .big)
        writer.append(body)
        return writer.takeBytes()
    }

    @Test("answers published requests with the published replies, byte for byte")
    func exchanges() async throws {
        try await withDevice { port in
            let peer = try await RawPeer(port: port)
            for (request, reply) in Self.exchanges {
                try await peer.send(Self.frame(request))
                let expected = Self.frame(reply)
                #expect(try await peer.receive(count: expected.count) == expected)
            }
            peer.close()
        }
    }

    @Test("answers in any order, each reply with the transaction and the unit of its request")
    func order() async throws {
        try await withDevice { port in
            let peer = try await RawPeer(port: port)
            // The reply to the first request comes after a minute, the reply to the second one at once.
            try await peer.send(Self.frame([0x01, 0x00, 0x00, 0x00, 0x01], transaction: 0xBEEF))
            try await peer.send(Self.frame([0x04, 0x00, 0x08, 0x00, 0x01], transaction: 0xCAFE))
            let expected = Self.frame([0x04, 0x02, 0x00, 0x11], transaction: 0xCAFE)
            #expect(try await peer.receive(count: expected.count) == expected)
            peer.close()
        }
    }

    @Test("is spoken by the client, to the unit that the header names")
    func client() async throws {
        try await withDevice { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Modbus.self)
            let slow = Task { try await client.request(Modbus.ReadCoils(start: 0, count: 1)) }
            let header = Modbus.Header(unit: 7)
            let reply = try await client.request(Modbus.ReadInputRegisters(start: 8, count: 1), header: header)
            #expect(reply.registers == [0x00, 0x07])
            #expect(throws: PayloadError.self) { try Self.encode(Modbus.ReadCoils(start: 0, count: 2001)) }
            slow.cancel()
            await client.close()
        }
    }

    private static func encode(_ message: some Message) throws(PayloadError) {
        _ = try FrameEncoder(Modbus.frameFormat).encode(message)
    }
}
