// Generated from Words.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Words.
nonisolated enum Words: WireProtocol {
    /// The protocol's name.
    static var name: String { "Words" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: .init(offset: 6, width: .eight, order: .big),
        magicSize: 11,
        trailer: [.end([0x62, 0x79, 0x65]), .checksum(.init(.crc16Modbus, covers: .afterMagic))],
        maximumPayload: 16_777_169
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ping.self,
            Accepted.self,
            Version.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xF202_A7E5_6575_57A3 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `low`.
        var low: UInt8

        /// The header's field `bits`.
        var bits: Int8

        /// The header's field `size`.
        var size: UInt64

        /// The header's field `reader`.
        var reader: Bool

        /// A header with these fields.
        init(low: UInt8 = 0, bits: Int8 = 0, size: UInt64 = 0, reader: Bool = false) {
            self.low = low
            self.bits = bits
            self.size = size
            self.reader = reader
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            low = bytes.integer(at: 0, .big)
            bits = bytes.integer(at: 1, .big)
            size = bytes.integer(at: 14, .big)
            reader = bytes.integer(at: 22, .big, as: UInt8.self) != 0
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(low, at: 0, .big)
            bytes.set(bits, at: 1, .big)
            bytes.set(size, at: 14, .big)
            bytes.set(reader ? 1 : 0 as UInt8, at: 22, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 41 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0x68656C6C6F20776F, bytes: 8)
            try reader.magic(0x726C64, bytes: 3)
            var bits = try reader.bits(1, .low, field: "low")
            let low: UInt8 = bits.integer(2)
            let bitsValue: Int8 = bits.integer(6)
            let type: String = try reader.string(count: 8, pad: 0x00, field: "type")
            let transaction: Bytes = try reader.bytes(count: 12, field: "transaction")
            let size: UInt64 = try reader.integer(bytes: 5, .little, field: "size")
            let length: UInt32 = try reader.integer(bytes: 3, .little, field: "length")
            var bits2 = try reader.bits(1, .low, field: "reader")
            let readerValue: Bool = bits2.boolean()
            var frameBytes = HeaderBytes()
            frameBytes.set(low, at: 0, .big)
            frameBytes.set(bitsValue, at: 1, .big)
            frameBytes.set(transaction, at: 2, count: 12)
            frameBytes.set(size, at: 14, .big)
            frameBytes.set(readerValue ? 1 : 0 as UInt8, at: 22, .big)
            let frameCode: MessageCode
            switch type {
            case _ where type.isExactly("ping"): frameCode = 0
            case _ where type.isExactly("verack"): frameCode = 1
            case _ where type.isExactly("version"): frameCode = 2
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length) - 46, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let low: UInt8 = frameHead.header.integer(at: 0, .big)
            let bitsValue: Int8 = frameHead.header.integer(at: 1, .big)
            let transaction: Bytes = frameHead.header.bytes(at: 2, count: 12)
            let size: UInt64 = frameHead.header.integer(at: 14, .big)
            let length =
                try ByteWriter.number(of: frameHead.payloadSize, bits: 24, plus: 46, field: "payload") as UInt32
            let readerValue: Bool = frameHead.header.integer(at: 22, .big, as: UInt8.self) != 0
            let type: String
            switch frameHead.code {
            case 0: type = "ping"
            case 1: type = "verack"
            case 2: type = "version"
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.magic(0x68656C6C6F20776F, bytes: 8)
            writer.magic(0x726C64, bytes: 3)
            var bits = BitWriter(.low)
            try bits.integer(low, 2, field: "low")
            try bits.integer(bitsValue, 6, field: "bits")
            writer.bits(bits)
            try writer.string(type, count: 8, pad: 0x00, field: "type")
            try writer.bytes(transaction, count: 12, field: "transaction")
            try writer.integer(size, bytes: 5, .little, field: "size")
            try writer.integer(length, bytes: 3, .little, field: "length")
            var bits2 = BitWriter(.low)
            bits2.boolean(readerValue)
            bits2.reserved(7)
            writer.bits(bits2)
        }
    }
}

nonisolated extension Words {
    /// The message `Version`.
    struct Version: Request, Hashable {
        /// The reply.
        typealias Reply = Accepted

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Version" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `number`.
        var number: UInt32

        /// A `Version` with these fields.
        init(number: UInt32) {
            self.number = number
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            number = try reader.integer(.little, field: "number")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(number, .little)
        }
    }

    /// Handles ``Version`` and answers with ``Accepted``.
    ///
    /// Write `func handle(_ message: Words.Version, context: Context) async throws -> Words.Accepted`, or the same
    /// without `async` if the handler does not suspend.
    protocol VersionHandler: RequestHandler where Input == Version {}
}

nonisolated extension Words {
    /// The message `Accepted`.
    struct Accepted: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Accepted" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// An `Accepted`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Words {
    /// The message `Ping`.
    struct Ping: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Ping" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `Ping`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Ping``, which has no reply.
    ///
    /// Write `func handle(_ message: Words.Ping, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol PingHandler: OneWayHandler where Input == Ping {}
}

nonisolated extension Words {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Version`` with ``Accepted``.
        func version(_ message: Version, context: Context) async throws -> Accepted

        /// Handles ``Ping``, which has no reply.
        func ping(_ message: Ping, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Words.Service) {
        on(Words.Version.self) { message, context in
            try await service.version(message, context: context)
        }
        on(Words.Ping.self) { message, context in
            try await service.ping(message, context: context)
        }
    }
}
