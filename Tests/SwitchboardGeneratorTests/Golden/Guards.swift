// Generated from Guards.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Guards.
nonisolated enum Guards: WireProtocol {
    /// The protocol's name.
    static var name: String { "Guards" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: 2,
        headerChecksum: .init(.init(.crc16X25, covers: .header), at: 6),
        trailer: [
            .checksum(.init(.sum8, covers: .frame, skipping: 2, upTo: 6)),
            .checksum(.init(.crc8, covers: .header)),
            .checksum(.init(.crc16ARC, covers: .payload)),
        ],
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [Data.self]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xC476_1DA0_6CF4_A8BE }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `flags`.
        var flags: UInt8

        /// The header's field `sequence`.
        var sequence: UInt8

        /// A header with these fields.
        init(flags: UInt8 = 0, sequence: UInt8 = 0) {
            self.flags = flags
            self.sequence = sequence
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            flags = bytes.integer(at: 0, .big)
            sequence = bytes.integer(at: 1, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(flags, at: 0, .big)
            bytes.set(sequence, at: 1, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 9 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xA55A, bytes: 2)
            let type: UInt8 = try reader.integer(.big, field: "type")
            let flags: UInt8 = try reader.integer(.big, field: "flags")
            let length: UInt16 = try reader.integer(.big, field: "length")
            try reader.reserved(2, field: "checksum")
            let sequence: UInt8 = try reader.integer(.big, field: "sequence")
            var frameBytes = HeaderBytes()
            frameBytes.set(flags, at: 0, .big)
            frameBytes.set(sequence, at: 1, .big)
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length), header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let flags: UInt8 = frameHead.header.integer(at: 0, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt16
            let sequence: UInt8 = frameHead.header.integer(at: 1, .big)
            writer.magic(0xA55A, bytes: 2)
            writer.integer(type, .big)
            writer.integer(flags, .big)
            writer.integer(length, .big)
            writer.reserved(2)
            writer.integer(sequence, .big)
        }
    }
}

nonisolated extension Guards {
    /// The message `Data`.
    struct Data: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Data" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `data`.
        var data: Bytes

        /// A `Data` with these fields.
        init(data: Bytes) {
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            data = try reader.bytes(field: "data")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(data)
        }
    }

    /// Handles ``Data``, which has no reply.
    ///
    /// Write `func handle(_ message: Guards.Data, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol DataHandler: OneWayHandler where Input == Data {}
}

nonisolated extension Guards {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Data``, which has no reply.
        func data(_ message: Data, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Guards.Service) {
        on(Guards.Data.self) { message, context in
            try await service.data(message, context: context)
        }
    }
}
