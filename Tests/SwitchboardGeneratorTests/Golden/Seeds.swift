// Generated from Seeds.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Seeds.
nonisolated enum Seeds: WireProtocol {
    /// The protocol's name.
    static var name: String { "Seeds" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: 1,
        headerChecksum: .init(.init(.crc32c, covers: .frame, byteOrder: .little), at: 3),
        trailer: [.checksum(.init(.crc16MCRF4XX, covers: .afterMagic))],
        maximumPayload: 255
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Start.self,
            Started.self,
            Stop.self,
            Note.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xE79A_04CC_42B8_CFF8 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `channel`.
        var channel: UInt8

        /// A header with these fields.
        init(channel: UInt8 = 1) {
            self.channel = channel
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            channel = bytes.integer(at: 0, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(channel, at: 0, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 8 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xFE, bytes: 1)
            let type: UInt8 = try reader.integer(.big, field: "type")
            let channel: UInt8 = try reader.integer(.big, field: "channel")
            try reader.reserved(4, field: "checksum")
            let length: UInt8 = try reader.integer(.big, field: "length")
            var frameBytes = HeaderBytes()
            frameBytes.set(channel, at: 0, .big)
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length), header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let channel: UInt8 = frameHead.header.integer(at: 0, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt8
            writer.magic(0xFE, bytes: 1)
            writer.integer(type, .big)
            writer.integer(channel, .big)
            writer.reserved(4)
            writer.integer(length, .big)
        }

        /// Returns what a message adds to the bytes that the checksums of its frame cover.
        static func checksumSeed(of frameCode: MessageCode, from frameSender: Sender) -> ChecksumSeed {
            switch frameCode {
            case 0 where frameSender != .server: .init(0x32, bytes: 1)
            case 0: .init(0x0100F00D, bytes: 4)
            case 1: .none
            case 2: .init(0x616263, bytes: 3)
            default: .none
            }
        }
    }
}

nonisolated extension Seeds {
    /// The message `Start`.
    struct Start: Request, Hashable {
        /// The reply.
        typealias Reply = Started

        /// The code of the message in a frame.
        static var code: MessageCode { 0x00 }
        /// The name of the message in the spec.
        static var name: String { "Start" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `mode`.
        var mode: UInt32

        /// A `Start` with these fields.
        init(mode: UInt32) {
            self.mode = mode
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            mode = try reader.integer(.big, field: "mode")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(mode, .big)
        }
    }

    /// Handles ``Start`` and answers with ``Started``.
    ///
    /// Write `func handle(_ message: Seeds.Start, context: Context) async throws -> Seeds.Started`, or the same without
    /// `async` if the handler does not suspend.
    protocol StartHandler: RequestHandler where Input == Start {}
}

nonisolated extension Seeds {
    /// The message `Started`.
    struct Started: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x00 }
        /// The name of the message in the spec.
        static var name: String { "Started" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `name`.
        var name: String

        /// A `Started` with these fields.
        init(name: String) {
            self.name = name
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            name = try reader.string(field: "name")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(name)
        }
    }
}

nonisolated extension Seeds {
    /// The message `Stop`.
    struct Stop: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
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
    /// Write `func handle(_ message: Seeds.Stop, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol StopHandler: OneWayHandler where Input == Stop {}
}

nonisolated extension Seeds {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Note" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `data`.
        var data: Bytes

        /// A `Note` with these fields.
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

    /// Handles ``Note``, which has no reply.
    ///
    /// Write `func handle(_ message: Seeds.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Seeds {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Start`` with ``Started``.
        func start(_ message: Start, context: Context) async throws -> Started

        /// Handles ``Stop``, which has no reply.
        func stop(_ message: Stop, context: Context) async throws

        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Seeds.Service) {
        on(Seeds.Start.self) { message, context in
            try await service.start(message, context: context)
        }
        on(Seeds.Stop.self) { message, context in
            try await service.stop(message, context: context)
        }
        on(Seeds.Note.self) { message, context in
            try await service.note(message, context: context)
        }
    }
}
