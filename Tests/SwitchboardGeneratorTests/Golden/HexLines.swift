// Generated from HexLines.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// HexLines.
nonisolated enum HexLines: WireProtocol {
    /// The protocol's name.
    static var name: String { "HexLines" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [.checksum(.init(.sum(.init(width: 8, isNegated: true)), covers: .frame))],
        framing: .hex(begins: [0x3A], ends: [0x0D, 0x0A]),
        maximumPayload: 252,
        stages: [
            FrameFormat.Stage(
                FrameFormat(
                    GreetingHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    magicSize: 2,
                    trailer: [],
                    framing: .hex(begins: [0x3A], ends: [0x0D, 0x0A]),
                    maximumPayload: 65_536
                ),
                starts: .both,
                codes: [2]
            ),
            FrameFormat.Stage(
                FrameFormat(
                    EndHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    magicSize: 3,
                    trailer: [],
                    framing: .hex(begins: [0x3A], ends: [0x0D, 0x0A]),
                    maximumPayload: 65_536
                ),
                codes: [3]
            ),
        ],
        stageChanges: [
            FrameFormat.StageChange(after: 2, from: .client, of: .client, to: 0),
            FrameFormat.StageChange(after: 2, from: .server, of: .server, to: 0),
            FrameFormat.StageChange(after: 1, from: .client, of: .client, to: 2),
            FrameFormat.StageChange(after: 3, from: .client, of: .client, to: 0),
        ]
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Read.self,
            Values.self,
            Finish.self,
            Hello.self,
            Bye.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x38F0_53D4_A5D3_93FA }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `unit`.
        var unit: UInt8

        /// A header with these fields.
        init(unit: UInt8 = 0) {
            self.unit = unit
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            unit = bytes.integer(at: 0, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(unit, at: 0, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 2 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let unit: UInt8 = try reader.integer(.big, field: "unit")
            let type: UInt8 = try reader.integer(.big, field: "type")
            var frameBytes = HeaderBytes()
            frameBytes.set(unit, at: 0, .big)
            let frameCode: MessageCode
            switch type {
            case 3: frameCode = 0
            case 4: frameCode = 1
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: 0, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let unit: UInt8 = frameHead.header.integer(at: 0, .big)
            let type: UInt8
            switch frameHead.code {
            case 0: type = 3
            case 1: type = 4
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.integer(unit, .big)
            writer.integer(type, .big)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }

    /// Reads and writes the headers of frames of the form `greeting`.
    enum GreetingHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 2 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0x4869, bytes: 2)
            return FrameHead(code: 2, payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            writer.magic(0x4869, bytes: 2)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }

    /// Reads and writes the headers of frames of the form `end`.
    enum EndHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 3 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0x427965, bytes: 3)
            return FrameHead(code: 3, payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            writer.magic(0x427965, bytes: 3)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }
}

nonisolated extension HexLines {
    /// The message `Hello`.
    struct Hello: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Hello" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `name`.
        var name: String

        /// A `Hello` with these fields.
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

    /// Handles ``Hello``, which has no reply.
    ///
    /// Write `func handle(_ message: HexLines.Hello, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol HelloHandler: OneWayHandler where Input == Hello {}
}

nonisolated extension HexLines {
    /// The message `Read`.
    struct Read: Request, Hashable {
        /// The reply.
        typealias Reply = Values

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Read" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `start`.
        var start: UInt16

        /// A `Read` with these fields.
        init(start: UInt16) {
            self.start = start
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            start = try reader.integer(.big, field: "start")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(start, .big)
        }
    }

    /// Handles ``Read`` and answers with ``Values``.
    ///
    /// Write `func handle(_ message: HexLines.Read, context: Context) async throws -> HexLines.Values`, or the same
    /// without `async` if the handler does not suspend.
    protocol ReadHandler: RequestHandler where Input == Read {}
}

nonisolated extension HexLines {
    /// The message `Values`.
    struct Values: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Values" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `values`.
        ///
        /// At most 100 elements.
        var values: [UInt16]

        /// A `Values` with these fields.
        init(values: [UInt16]) {
            self.values = values
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            values = try reader.integers(.big, field: "values")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            for element in values {
                writer.integer(element, .big)
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard values.count <= 100 else {
                throw PayloadError(.outOfBounds, field: "values")
            }
        }
    }
}

nonisolated extension HexLines {
    /// The message `Finish`.
    struct Finish: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Finish" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Finish`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Finish``, which has no reply.
    ///
    /// Write `func handle(_ message: HexLines.Finish, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol FinishHandler: OneWayHandler where Input == Finish {}
}

nonisolated extension HexLines {
    /// The message `Bye`.
    struct Bye: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Bye" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Bye`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Bye``, which has no reply.
    ///
    /// Write `func handle(_ message: HexLines.Bye, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ByeHandler: OneWayHandler where Input == Bye {}
}

nonisolated extension HexLines {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Hello``, which has no reply.
        func hello(_ message: Hello, context: Context) async throws

        /// Answers ``Read`` with ``Values``.
        func read(_ message: Read, context: Context) async throws -> Values

        /// Handles ``Finish``, which has no reply.
        func finish(_ message: Finish, context: Context) async throws

        /// Handles ``Bye``, which has no reply.
        func bye(_ message: Bye, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some HexLines.Service) {
        on(HexLines.Hello.self) { message, context in
            try await service.hello(message, context: context)
        }
        on(HexLines.Read.self) { message, context in
            try await service.read(message, context: context)
        }
        on(HexLines.Finish.self) { message, context in
            try await service.finish(message, context: context)
        }
        on(HexLines.Bye.self) { message, context in
            try await service.bye(message, context: context)
        }
    }
}
