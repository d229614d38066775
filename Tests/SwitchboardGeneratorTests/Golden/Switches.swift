// Generated from Switches.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Switches.
nonisolated enum Switches: WireProtocol {
    /// The protocol's name.
    static var name: String { "Switches" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: 16,
        trailer: [],
        maximumPayload: 255
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ask.self,
            Answered.self,
            AskNow.self,
            DoNow.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xE012_C95F_06E2_CAA2 }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 18 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(
                client: [0x6162636465666768, 0x3132333435363738],
                server: [0x4142434445464748, 0x3132333435363739],
                bytes: 16,
                of: frameSender
            )
            var bits = try reader.bits(1, .high, field: "urgent")
            let urgent: Bool = bits.boolean()
            let kind: Kind = try bits.enumeration(7, field: "kind")
            let length: UInt8 = try reader.integer(.big, field: "length")
            let frameCode: MessageCode
            switch (urgent, kind) {
            case (false, .question): frameCode = 0
            case (false, .command): frameCode = 1
            case (true, .question): frameCode = 2
            case (true, .command): frameCode = 3
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
            let urgent: Bool
            let kind: Kind
            switch frameHead.code {
            case 0: (urgent, kind) = (false, .question)
            case 1: (urgent, kind) = (false, .command)
            case 2: (urgent, kind) = (true, .question)
            case 3: (urgent, kind) = (true, .command)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.magic(
                client: [0x6162636465666768, 0x3132333435363738],
                server: [0x4142434445464748, 0x3132333435363739],
                bytes: 16,
                of: frameSender
            )
            var bits = BitWriter(.high)
            bits.boolean(urgent)
            try bits.enumeration(kind, 7, field: "kind")
            writer.bits(bits)
            writer.integer(length, .big)
        }
    }
}

nonisolated extension Switches {
    /// The message `Ask`.
    struct Ask: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Ask" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// An `Ask`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Ask``, which has no reply.
    ///
    /// Write `func handle(_ message: Switches.Ask, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol AskHandler: OneWayHandler where Input == Ask {}
}

nonisolated extension Switches {
    /// The message `AskNow`.
    struct AskNow: Request, Hashable {
        /// The reply.
        typealias Reply = Answered

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "AskNow" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// An `AskNow`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``AskNow`` and answers with ``Answered``.
    ///
    /// Write `func handle(_ message: Switches.AskNow, context: Context) async throws -> Switches.Answered`, or the same
    /// without `async` if the handler does not suspend.
    protocol AskNowHandler: RequestHandler where Input == AskNow {}
}

nonisolated extension Switches {
    /// The message `Answered`.
    struct Answered: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Answered" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// An `Answered`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Switches {
    /// The message `DoNow`.
    struct DoNow: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "DoNow" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `DoNow`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``DoNow``, which has no reply.
    ///
    /// Write `func handle(_ message: Switches.DoNow, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol DoNowHandler: OneWayHandler where Input == DoNow {}
}

nonisolated extension Switches {
    /// The enum `Kind`.
    enum Kind: UInt8, Hashable, Sendable {
        /// `0x01` on the wire.
        case question = 0x01
        /// `0x02` on the wire.
        case command = 0x02
    }
}

nonisolated extension Switches {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Ask``, which has no reply.
        func ask(_ message: Ask, context: Context) async throws

        /// Answers ``AskNow`` with ``Answered``.
        func askNow(_ message: AskNow, context: Context) async throws -> Answered

        /// Handles ``DoNow``, which has no reply.
        func doNow(_ message: DoNow, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Switches.Service) {
        on(Switches.Ask.self) { message, context in
            try await service.ask(message, context: context)
        }
        on(Switches.AskNow.self) { message, context in
            try await service.askNow(message, context: context)
        }
        on(Switches.DoNow.self) { message, context in
            try await service.doNow(message, context: context)
        }
    }
}
