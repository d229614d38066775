// Generated from Counts.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Counts.
nonisolated enum Counts: WireProtocol {
    /// The protocol's name.
    static var name: String { "Counts" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: 1,
        trailer: [.checksum(.init(.hash(.init(.sha256, size: 8)), covers: .frame, skipping: 1)), .end([0x0D, 0x0A])],
        maximumPayload: 65_532
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Note.self,
            Stop.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x44C4_F043_62C7_4DE4 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `id`.
        var id: UInt64

        /// The header's field `low`.
        var low: UInt8

        /// A header with these fields.
        init(id: UInt64 = 0, low: UInt8 = 0) {
            self.id = id
            self.low = low
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            id = bytes.integer(at: 0, .big)
            low = bytes.integer(at: 8, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(id, at: 0, .big)
            bytes.set(low, at: 8, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 15 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xAB, bytes: 1)
            let type: UInt8 = try reader.integer(.big, field: "type")
            let id: UInt64 = try reader.integer(.leb128, field: "id")
            let length: UInt16 = try reader.integer(.big, field: "length")
            var bits = try reader.bits(1, .high, field: "low")
            let low: UInt8 = bits.integer(4)
            var frameBytes = HeaderBytes()
            frameBytes.set(id, at: 0, .big)
            frameBytes.set(low, at: 8, .big)
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length) - 3, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let id: UInt64 = frameHead.header.integer(at: 0, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, plus: 3, field: "payload") as UInt16
            let low: UInt8 = frameHead.header.integer(at: 8, .big)
            writer.magic(0xAB, bytes: 1)
            writer.integer(type, .big)
            try writer.integer(id, .leb128, field: "id")
            writer.integer(length, .big)
            var bits = BitWriter(.high)
            try bits.integer(low, 4, field: "low")
            bits.reserved(4)
            writer.bits(bits)
        }
    }
}

nonisolated extension Counts {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Note" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        var text: String

        /// A `Note` with these fields.
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

    /// Handles ``Note``, which has no reply.
    ///
    /// Write `func handle(_ message: Counts.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Counts {
    /// The message `Stop`.
    struct Stop: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Stop" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `Stop`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Stop``, which has no reply.
    ///
    /// Write `func handle(_ message: Counts.Stop, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol StopHandler: OneWayHandler where Input == Stop {}
}

nonisolated extension Counts {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws

        /// Handles ``Stop``, which has no reply.
        func stop(_ message: Stop, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Counts.Service) {
        on(Counts.Note.self) { message, context in
            try await service.note(message, context: context)
        }
        on(Counts.Stop.self) { message, context in
            try await service.stop(message, context: context)
        }
    }
}
