// Generated from Turns.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Turns.
nonisolated enum Turns: WireProtocol {
    /// The protocol's name.
    static var name: String { "Turns" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [],
        maximumPayload: 255,
        stages: [
            FrameFormat.Stage(
                FrameFormat(
                    AnswerHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    trailer: [],
                    maximumPayload: 255
                ),
                starts: .server,
                codes: [4, 5, 6]
            )
        ],
        stageChanges: [
            FrameFormat.StageChange(after: 6, from: .server, of: .server, to: 0)
        ]
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ask.self,
            Add.self,
            Watch.self,
            News.self,
            Answer.self,
            Sum.self,
            Watching.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x875C_DCE1_1C4F_626F }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 2 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let type: UInt8 = try reader.integer(.big, field: "type")
            let length: UInt8 = try reader.integer(.big, field: "length")
            let frameCode: MessageCode
            switch type {
            case 1: frameCode = 0
            case 2: frameCode = 1
            case 3: frameCode = 2
            case 4: frameCode = 3
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length), header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt8
            let type: UInt8
            switch frameHead.code {
            case 0: type = 1
            case 1: type = 2
            case 2: type = 3
            case 3: type = 4
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.integer(type, .big)
            writer.integer(length, .big)
        }
    }

    /// Reads and writes the headers of frames of the form `answer`.
    enum AnswerHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 1 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let length: UInt8 = try reader.integer(.big, field: "length")
            return FrameHead(code: .ofReply, payloadSize: Int(clamping: length), header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt8
            writer.integer(length, .big)
        }
    }
}

nonisolated extension Turns {
    /// The message `Ask`.
    struct Ask: Request, Hashable {
        /// The reply.
        typealias Reply = Answer

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Ask" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `text`.
        var text: String

        /// An `Ask` with these fields.
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

    /// Handles ``Ask`` and answers with ``Answer``.
    ///
    /// Write `func handle(_ message: Turns.Ask, context: Context) async throws -> Turns.Answer`, or the same without
    /// `async` if the handler does not suspend.
    protocol AskHandler: RequestHandler where Input == Ask {}
}

nonisolated extension Turns {
    /// The message `Add`.
    struct Add: Request, Hashable {
        /// The reply.
        typealias Reply = Sum

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Add" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `left`.
        var left: Int8

        /// The field `right`.
        var right: Int8

        /// An `Add` with these fields.
        init(left: Int8, right: Int8) {
            self.left = left
            self.right = right
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["left": 1, "right": 1])
            }
            left = fixed.integer(at: 0, .big)
            right = fixed.integer(at: 1, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(left, .big)
            writer.integer(right, .big)
        }
    }

    /// Handles ``Add`` and answers with ``Sum``.
    ///
    /// Write `func handle(_ message: Turns.Add, context: Context) async throws -> Turns.Sum`, or the same without
    /// `async` if the handler does not suspend.
    protocol AddHandler: RequestHandler where Input == Add {}
}

nonisolated extension Turns {
    /// The message `Watch`.
    struct Watch: Request, Hashable {
        /// The reply.
        typealias Reply = Watching

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Watch" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Watch`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Watch`` and answers with ``Watching``.
    ///
    /// Write `func handle(_ message: Turns.Watch, context: Context) async throws -> Turns.Watching`, or the same
    /// without `async` if the handler does not suspend.
    protocol WatchHandler: RequestHandler where Input == Watch {}
}

nonisolated extension Turns {
    /// The message `Answer`.
    struct Answer: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0004 }
        /// The name of the message in the spec.
        static var name: String { "Answer" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: String

        /// An `Answer` with these fields.
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

nonisolated extension Turns {
    /// The message `Sum`.
    struct Sum: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0005 }
        /// The name of the message in the spec.
        static var name: String { "Sum" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `value`.
        var value: Int16

        /// A `Sum` with these fields.
        init(value: Int16) {
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.big, field: "value")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .big)
        }
    }
}

nonisolated extension Turns {
    /// The message `Watching`.
    struct Watching: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0006 }
        /// The name of the message in the spec.
        static var name: String { "Watching" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// A `Watching`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Turns {
    /// The message `News`.
    struct News: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "News" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: String

        /// A `News` with these fields.
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

nonisolated extension Turns {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Ask`` with ``Answer``.
        func ask(_ message: Ask, context: Context) async throws -> Answer

        /// Answers ``Add`` with ``Sum``.
        func add(_ message: Add, context: Context) async throws -> Sum

        /// Answers ``Watch`` with ``Watching``.
        func watch(_ message: Watch, context: Context) async throws -> Watching
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Turns.Service) {
        on(Turns.Ask.self) { message, context in
            try await service.ask(message, context: context)
        }
        on(Turns.Add.self) { message, context in
            try await service.add(message, context: context)
        }
        on(Turns.Watch.self) { message, context in
            try await service.watch(message, context: context)
        }
    }
}
