// Generated from HDLC.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// HDLC.
nonisolated enum HDLC: WireProtocol {
    /// The protocol's name.
    static var name: String { "HDLC" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: 2,
        trailer: [.checksum(.init(.crc16X25, covers: .frame, byteOrder: .little))],
        framing: .hdlc,
        maximumPayload: 1500
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            IP.self,
            LCP.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xF7DC_66A9_2DFB_D86B }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 4 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xFF03, bytes: 2)
            let type: UInt16 = try reader.integer(.big, field: "type")
            return FrameHead(code: MessageCode(type), payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt16(truncatingIfNeeded: frameHead.code)
            writer.magic(0xFF03, bytes: 2)
            writer.integer(type, .big)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }
}

nonisolated extension HDLC {
    /// The message `LCP`.
    struct LCP: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0xC021 }
        /// The name of the message in the spec.
        static var name: String { "LCP" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `data`.
        ///
        /// At least 1 bytes.
        var data: Bytes

        /// A `LCP` with these fields.
        init(data: Bytes) {
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            data = try reader.bytes(field: "data")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.bytes(data)
        }

        private func checkBounds() throws(PayloadError) {
            guard data.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "data")
            }
        }
    }

    /// Handles ``LCP``, which has no reply.
    ///
    /// Write `func handle(_ message: HDLC.LCP, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol LCPHandler: OneWayHandler where Input == LCP {}
}

nonisolated extension HDLC {
    /// The message `IP`.
    struct IP: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0021 }
        /// The name of the message in the spec.
        static var name: String { "IP" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `packet`.
        var packet: Bytes

        /// An `IP` with these fields.
        init(packet: Bytes) {
            self.packet = packet
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            packet = try reader.bytes(field: "packet")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(packet)
        }
    }

    /// Handles ``IP``, which has no reply.
    ///
    /// Write `func handle(_ message: HDLC.IP, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol IPHandler: OneWayHandler where Input == IP {}
}

nonisolated extension HDLC {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``LCP``, which has no reply.
        func lcp(_ message: LCP, context: Context) async throws

        /// Handles ``IP``, which has no reply.
        func ip(_ message: IP, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some HDLC.Service) {
        on(HDLC.LCP.self) { message, context in
            try await service.lcp(message, context: context)
        }
        on(HDLC.IP.self) { message, context in
            try await service.ip(message, context: context)
        }
    }
}
