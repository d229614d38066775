// Generated from Stamps.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Stamps.
nonisolated enum Stamps: WireProtocol {
    /// The protocol's name.
    static var name: String { "Stamps" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: nil,
        trailer: [.fields(0, size: 4), .checksum(.init(.crc8, covers: .frame)), .fields(1, size: 5)],
        framing: .slip,
        maximumPayload: 65_536
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Note.self,
            Move.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x211D_E36B_2DCE_F8A3 }

    /// The fields that this protocol adds to the trailer of a frame.
    struct Header: FrameHeader {
        /// The trailer's field `time`.
        var time: UInt32?

        /// The trailer's field `writer`.
        var writer: Int16

        /// A header with these fields.
        init(time: UInt32? = nil, writer: Int16 = -1) {
            self.time = time
            self.writer = writer
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            time = bytes.hasValue(at: 0) ? bytes.integer(at: 1, .big) : nil
            writer = bytes.integer(at: 5, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.setHasValue(time != nil, at: 0)
            bytes.set(time ?? 0, at: 1, .big)
            bytes.set(writer, at: 5, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 1 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            var bits = try reader.bits(1, .low, field: "type")
            let type: UInt8 = bits.integer(7)
            let isStamped: Bool = bits.boolean()
            var frameBytes = HeaderBytes()
            var frameTrailer = 5
            if isStamped {
                frameBytes.setHasValue(true, at: 0)
                frameTrailer += 4
            }
            return FrameHead(code: MessageCode(type), payloadSize: 0, header: frameBytes, trailerSize: frameTrailer)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let time: UInt32? = frameHead.header.hasValue(at: 0) ? frameHead.header.integer(at: 1, .big) : nil
            let isStamped = time != nil
            var bits = BitWriter(.low)
            try bits.integer(type, 7, field: "type")
            bits.boolean(isStamped)
            writer.bits(bits)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }

        /// Reads fields of a trailer.
        static func readTrailer(
            _ frameItem: Int,
            of frameHead: inout FrameHead,
            from reader: inout ByteReader
        ) throws(PayloadError) {
            switch frameItem {
            case 0:
                if frameHead.header.hasValue(at: 0) {
                    let time: UInt32 = try reader.integer(.little, field: "time")
                    frameHead.header.set(time, at: 1, .big)
                }
            case 1:
                let writerValue: Int16 = try reader.integer(.little, field: "writer")
                frameHead.header.set(writerValue, at: 5, .big)
                try reader.reserved(2, field: "reserved")
                guard try reader.integer(.little, field: "version2") == 7 as UInt8 else {
                    throw PayloadError(.unexpectedValue, field: "version2")
                }
            default: break
            }
        }

        /// Writes fields of a trailer.
        static func writeTrailer(
            _ frameItem: Int,
            of frameHead: FrameHead,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            switch frameItem {
            case 0:
                if frameHead.header.hasValue(at: 0) {
                    let time: UInt32 = frameHead.header.integer(at: 1, .big)
                    writer.integer(time, .little)
                }
            case 1:
                let writerValue: Int16 = frameHead.header.integer(at: 5, .big)
                writer.integer(writerValue, .little)
                writer.reserved(2)
                let version2: UInt8 = 7
                writer.integer(version2, .little)
            default: break
            }
        }
    }
}

nonisolated extension Stamps {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
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
    /// Write `func handle(_ message: Stamps.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Stamps {
    /// The message `Move`.
    struct Move: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Move" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `distance`.
        var distance: Int16

        /// A `Move` with these fields.
        init(distance: Int16) {
            self.distance = distance
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            distance = try reader.integer(.little, field: "distance")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(distance, .little)
        }
    }

    /// Handles ``Move``, which has no reply.
    ///
    /// Write `func handle(_ message: Stamps.Move, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol MoveHandler: OneWayHandler where Input == Move {}
}

nonisolated extension Stamps {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws

        /// Handles ``Move``, which has no reply.
        func move(_ message: Move, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Stamps.Service) {
        on(Stamps.Note.self) { message, context in
            try await service.note(message, context: context)
        }
        on(Stamps.Move.self) { message, context in
            try await service.move(message, context: context)
        }
    }
}
