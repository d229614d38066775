// Generated from Parts.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Parts.
nonisolated enum Parts: WireProtocol {
    /// The protocol's name.
    static var name: String { "Parts" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        headerChecksum: .init(.init(.sum16, covers: .frame, skipping: 4), at: 4),
        trailer: [.checksum(.init(.crc16ARC, covers: .frame, skipping: 3))],
        maximumPayload: 16_777_210
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ping.self,
            Pong.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xF673_F7DE_EBFE_FBF4 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `sequence`.
        var sequence: UInt8

        /// The header's field `kind`.
        var kind: UInt8

        /// A header with these fields.
        init(sequence: UInt8 = 0, kind: UInt8 = 0) {
            self.sequence = sequence
            self.kind = kind
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            sequence = bytes.integer(at: 0, .big)
            kind = bytes.integer(at: 1, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(sequence, at: 0, .big)
            bytes.set(kind, at: 1, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 7 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let length: UInt32 = try reader.integer(bytes: 3, .little, field: "length")
            let sequence: UInt8 = try reader.integer(.big, field: "sequence")
            try reader.reserved(2, field: "checksum")
            var bits = try reader.bits(1, .high, field: "kind")
            let kind: UInt8 = bits.integer(3)
            let type: UInt8 = bits.integer(5)
            var frameBytes = HeaderBytes()
            frameBytes.set(sequence, at: 0, .big)
            frameBytes.set(kind, at: 1, .big)
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length) - 5, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, bits: 24, plus: 5, field: "payload") as UInt32
            let sequence: UInt8 = frameHead.header.integer(at: 0, .big)
            let kind: UInt8 = frameHead.header.integer(at: 1, .big)
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            try writer.integer(length, bytes: 3, .little, field: "length")
            writer.integer(sequence, .big)
            writer.reserved(2)
            var bits = BitWriter(.high)
            try bits.integer(kind, 3, field: "kind")
            try bits.integer(type, 5, field: "type")
            writer.bits(bits)
        }
    }
}

nonisolated extension Parts {
    /// The message `Ping`.
    struct Ping: Request, Hashable {
        /// The reply.
        typealias Reply = Pong

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Ping" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `text`.
        var text: String

        /// A `Ping` with these fields.
        init(text: String) {
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }

    /// Handles ``Ping`` and answers with ``Pong``.
    ///
    /// Write `func handle(_ message: Parts.Ping, context: Context) async throws -> Parts.Pong`, or the same without
    /// `async` if the handler does not suspend.
    protocol PingHandler: RequestHandler where Input == Ping {}
}

nonisolated extension Parts {
    /// The message `Pong`.
    struct Pong: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Pong" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// A `Pong`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Parts {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Ping`` with ``Pong``.
        func ping(_ message: Ping, context: Context) async throws -> Pong
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Parts.Service) {
        on(Parts.Ping.self) { message, context in
            try await service.ping(message, context: context)
        }
    }
}
