// Generated from Replies.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Replies, version 1.
nonisolated enum Replies: WireProtocol {
    /// The protocol's name.
    static var name: String { "Replies" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: .init(offset: 1, width: .four, order: .big),
        trailer: [],
        maximumPayload: 4_294_967_286,
        stages: [
            FrameFormat.Stage(
                FrameFormat(
                    ReplyHeaderCodec.self,
                    byteOrder: .big,
                    correlation: .init(offset: 1, width: .four, order: .big),
                    trailer: [.checksum(.init(.sum8, covers: .frame))],
                    maximumPayload: 65_535
                ),
                starts: .server,
                codes: [4, 5, 6]
            )
        ],
        stageChanges: []
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Count.self,
            Find.self,
            Find2.self,
            Note.self,
            Counted.self,
            Found.self,
            Found2.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x8DA2_DF4F_96BC_0C36 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `priority`.
        var priority: UInt8

        /// A header with these fields.
        init(priority: UInt8 = 1) {
            self.priority = priority
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            priority = bytes.integer(at: 0, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(priority, at: 0, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 13 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let length: UInt32 = try reader.integer(.big, field: "length")
            let key: Int16 = try reader.integer(.big, field: "key")
            let edition: Int16 = try reader.integer(.big, field: "edition")
            let priority: UInt8 = try reader.integer(.big, field: "priority")
            let number: UInt32 = try reader.integer(.big, field: "number")
            var frameBytes = HeaderBytes()
            frameBytes.set(priority, at: 0, .big)
            frameBytes.set(number, at: 1, .big)
            let frameCode: MessageCode
            switch (key, edition) {
            case (-1, 0): frameCode = 0
            case (1, 0): frameCode = 1
            case (1, 2): frameCode = 2
            case (9, 0): frameCode = 3
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length) - 9, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, plus: 9, field: "payload") as UInt32
            let priority: UInt8 = frameHead.header.integer(at: 0, .big)
            let number: UInt32 = frameHead.header.integer(at: 1, .big)
            let key: Int16
            let edition: Int16
            switch frameHead.code {
            case 0: (key, edition) = (-1, 0)
            case 1: (key, edition) = (1, 0)
            case 2: (key, edition) = (1, 2)
            case 3: (key, edition) = (9, 0)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.integer(length, .big)
            writer.integer(key, .big)
            writer.integer(edition, .big)
            writer.integer(priority, .big)
            writer.integer(number, .big)
        }
    }

    /// Reads and writes the headers of frames of the form `reply`.
    enum ReplyHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 6 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let length: UInt16 = try reader.integer(.big, field: "length")
            let number: UInt32 = try reader.integer(.little, field: "number")
            var frameBytes = HeaderBytes()
            frameBytes.set(number, at: 1, .big)
            return FrameHead(code: .ofReply, payloadSize: Int(clamping: length), header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt16
            let number: UInt32 = frameHead.header.integer(at: 1, .big)
            writer.integer(length, .big)
            writer.integer(number, .little)
        }
    }
}

nonisolated extension Replies {
    /// The message `Find`.
    struct Find: Request, Hashable {
        /// The reply.
        typealias Reply = Found

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Find" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `topic`.
        ///
        /// At most 32_767 bytes in UTF-8.
        var topic: String?

        /// A `Find` with these fields.
        init(topic: String? = nil) {
            self.topic = topic
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            topic = try reader.value(
                reader.size(Int16.self, .big, absent: -1, field: "topic")
            ) { reader, count throws(PayloadError) in
                try reader.string(count: count, field: "topic")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            if let topic {
                writer.integer(try ByteWriter.number(of: topic.utf8.count, absent: -1, field: "topic") as Int16, .big)
                writer.string(topic)
            } else {
                writer.integer(-1 as Int16, .big)
            }
        }
    }

    /// Handles ``Find`` and answers with ``Found``.
    ///
    /// Write `func handle(_ message: Replies.Find, context: Context) async throws -> Replies.Found`, or the same
    /// without `async` if the handler does not suspend.
    protocol FindHandler: RequestHandler where Input == Find {}
}

nonisolated extension Replies {
    /// The message `Find2`.
    struct Find2: Request, Hashable {
        /// The reply.
        typealias Reply = Found2

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Find2" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Find2`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Find2`` and answers with ``Found2``.
    ///
    /// Write `func handle(_ message: Replies.Find2, context: Context) async throws -> Replies.Found2`, or the same
    /// without `async` if the handler does not suspend.
    protocol Find2Handler: RequestHandler where Input == Find2 {}
}

nonisolated extension Replies {
    /// The message `Count`.
    struct Count: Request, Hashable {
        /// The reply.
        typealias Reply = Counted

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Count" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `step`.
        var step: UInt8

        /// A `Count` with these fields.
        init(step: UInt8) {
            self.step = step
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            step = try reader.integer(.big, field: "step")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(step, .big)
        }
    }

    /// Handles ``Count`` and answers with ``Counted``.
    ///
    /// Write `func handle(_ message: Replies.Count, context: Context) async throws -> Replies.Counted`, or the same
    /// without `async` if the handler does not suspend.
    protocol CountHandler: RequestHandler where Input == Count {}
}

nonisolated extension Replies {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Note" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

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
    /// Write `func handle(_ message: Replies.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Replies {
    /// The message `Found`.
    struct Found: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0005 }
        /// The name of the message in the spec.
        static var name: String { "Found" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `error`.
        var error: Int16

        /// The field `places`.
        ///
        /// At most 255 elements.
        var places: [UInt16]

        /// A `Found` with these fields.
        init(error: Int16, places: [UInt16]) {
            self.error = error
            self.places = places
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            error = try reader.integer(.big, field: "error")
            places = try reader.integers(count: UInt8.self, .big, field: "places")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(error, .big)
            try writer.count(places.count, as: UInt8.self, .big, field: "places")
            for element in places {
                writer.integer(element, .big)
            }
        }
    }
}

nonisolated extension Replies {
    /// The message `Found2`.
    struct Found2: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0006 }
        /// The name of the message in the spec.
        static var name: String { "Found2" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: String

        /// A `Found2` with these fields.
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
}

nonisolated extension Replies {
    /// The message `Counted`.
    struct Counted: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0004 }
        /// The name of the message in the spec.
        static var name: String { "Counted" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `count`.
        var count: UInt64

        /// A `Counted` with these fields.
        init(count: UInt64) {
            self.count = count
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            count = try reader.integer(.leb128, field: "count")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.integer(count, .leb128, field: "count")
        }
    }
}

nonisolated extension Replies {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Find`` with ``Found``.
        func find(_ message: Find, context: Context) async throws -> Found

        /// Answers ``Find2`` with ``Found2``.
        func find2(_ message: Find2, context: Context) async throws -> Found2

        /// Answers ``Count`` with ``Counted``.
        func count(_ message: Count, context: Context) async throws -> Counted

        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Replies.Service) {
        on(Replies.Find.self) { message, context in
            try await service.find(message, context: context)
        }
        on(Replies.Find2.self) { message, context in
            try await service.find2(message, context: context)
        }
        on(Replies.Count.self) { message, context in
            try await service.count(message, context: context)
        }
        on(Replies.Note.self) { message, context in
            try await service.note(message, context: context)
        }
    }
}
