// Generated from Stages.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Stages, version 3.
nonisolated enum Stages: WireProtocol {
    /// The protocol's name.
    static var name: String { "Stages" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [.end([0x0A])],
        maximumPayload: 65_534,
        stages: [
            FrameFormat.Stage(
                FrameFormat(
                    GreetingHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    magicSize: 2,
                    trailer: [.checksum(.init(.xor8, covers: .frame, skipping: 2))],
                    maximumPayload: 65_536
                ),
                starts: .both,
                codes: [2]
            ),
            FrameFormat.Stage(
                FrameFormat(
                    SetupHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    trailer: [.checksum(.init(.sum8, covers: .payload))],
                    maximumPayload: 100
                ),
                codes: [3, 4]
            ),
            FrameFormat.Stage(
                FrameFormat(
                    AnswerHeaderCodec.self,
                    byteOrder: .big,
                    correlation: nil,
                    trailer: [],
                    maximumPayload: 65_536
                ),
                codes: [5, 6]
            ),
        ],
        stageChanges: [
            FrameFormat.StageChange(after: 2, from: .client, of: .client, to: 2),
            FrameFormat.StageChange(after: 2, from: .server, of: .server, to: 0),
            FrameFormat.StageChange(after: 4, from: .client, of: .server, to: 3),
            FrameFormat.StageChange(after: 3, from: .client, of: .client, to: 0),
            FrameFormat.StageChange(after: 6, from: .server, of: .server, to: 0),
            FrameFormat.StageChange(after: 5, from: .server, of: .server, to: 0),
            FrameFormat.StageChange(after: 1, from: .client, of: .client, to: 2),
            FrameFormat.StageChange(after: 1, from: .client, of: .server, to: 0),
        ]
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ask.self,
            Tell.self,
            Restart.self,
            ClientGreeting.self,
            ServerGreeting.self,
            Begin.self,
            Upgrade.self,
            Refused.self,
            Accepted.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xD7AE_D0E5_E429_3C48 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `flags`.
        var flags: UInt8

        /// A header with these fields.
        init(flags: UInt8 = 0) {
            self.flags = flags
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            flags = bytes.integer(at: 0, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(flags, at: 0, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 4 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let type: UInt8 = try reader.integer(.big, field: "type")
            let flags: UInt8 = try reader.integer(.big, field: "flags")
            let length: UInt16 = try reader.integer(.big, field: "length")
            var frameBytes = HeaderBytes()
            frameBytes.set(flags, at: 0, .big)
            let frameCode: MessageCode
            switch type {
            case 1: frameCode = 0
            case 2: frameCode = 1
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length) - 1, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let flags: UInt8 = frameHead.header.integer(at: 0, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, plus: 1, field: "payload") as UInt16
            let type: UInt8
            switch frameHead.code {
            case 0: type = 1
            case 1: type = 2
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.integer(type, .big)
            writer.integer(flags, .big)
            writer.integer(length, .big)
        }
    }

    /// Reads and writes the headers of frames of the form `greeting`.
    enum GreetingHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 3 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(client: 0x4849, server: 0x594F, bytes: 2, of: frameSender)
            let version: UInt8 = try reader.integer(.big, field: "version")
            guard version == 3 else {
                throw PayloadError(.unexpectedValue, field: "version")
            }
            return FrameHead(code: 2, payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let version: UInt8 = 3
            writer.magic(client: 0x4849, server: 0x594F, bytes: 2, of: frameSender)
            writer.integer(version, .big)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }

        /// Reads a payload, which ends where its fields end.
        static func skipPayload(
            of frameHead: FrameHead,
            from frameSender: Sender,
            in reader: inout ByteReader
        ) throws(PayloadError) {
            switch frameHead.code {
            case 2 where frameSender != .server: _ = try ClientGreeting(from: &reader)
            case 2: _ = try ServerGreeting(from: &reader)
            default: throw PayloadError(.invalidCase, field: "type")
            }
        }
    }

    /// Reads and writes the headers of frames of the form `setup`.
    enum SetupHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 6 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let length: UInt32 = try reader.integer(.big, field: "length")
            var bits = try reader.bits(1, .high, field: "kind")
            let kind: UInt8 = bits.integer(4)
            let way: Bool = bits.boolean()
            try reader.reserved(1, field: "reserved")
            let frameCode: MessageCode
            switch (kind, way) {
            case (1, false): frameCode = 3
            case (1, true): frameCode = 4
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length) - 7, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, plus: 7, field: "payload") as UInt32
            let kind: UInt8
            let way: Bool
            switch frameHead.code {
            case 3: (kind, way) = (1, false)
            case 4: (kind, way) = (1, true)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.integer(length, .big)
            var bits = BitWriter(.high)
            try bits.integer(kind, 4, field: "kind")
            bits.boolean(way)
            bits.reserved(3)
            writer.bits(bits)
            writer.reserved(1)
        }
    }

    /// Reads and writes the headers of frames of the form `answer`.
    enum AnswerHeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 1 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let type: String = try reader.string(count: 1, field: "type")
            let frameCode: MessageCode
            switch type {
            case _ where type.isExactly("N"): frameCode = 5
            case _ where type.isExactly("Y"): frameCode = 6
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type: String
            switch frameHead.code {
            case 5: type = "N"
            case 6: type = "Y"
            default: throw PayloadError(.invalidCase, field: "type")
            }
            try writer.string(type, count: 1, field: "type")
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }

        /// Reads a payload, which ends where its fields end.
        static func skipPayload(
            of frameHead: FrameHead,
            from frameSender: Sender,
            in reader: inout ByteReader
        ) throws(PayloadError) {
            switch frameHead.code {
            case 5: _ = try Refused(from: &reader)
            case 6: break
            default: throw PayloadError(.invalidCase, field: "type")
            }
        }
    }
}

nonisolated extension Stages {
    /// The message `ClientGreeting`.
    struct ClientGreeting: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "ClientGreeting" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String

        /// A `ClientGreeting` with these fields.
        init(name: String) {
            self.name = name
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            name = try reader.string(length: UInt8.self, .big, field: "name")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(name, length: UInt8.self, .big, field: "name")
        }
    }

    /// Handles ``ClientGreeting``, which has no reply.
    ///
    /// Write `func handle(_ message: Stages.ClientGreeting, context: Context) async throws`, or the same without
    /// `async` if the handler does not suspend.
    protocol ClientGreetingHandler: OneWayHandler where Input == ClientGreeting {}
}

nonisolated extension Stages {
    /// The message `ServerGreeting`.
    struct ServerGreeting: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "ServerGreeting" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `load`.
        var load: UInt16

        /// A `ServerGreeting` with these fields.
        init(load: UInt16) {
            self.load = load
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            load = try reader.integer(.big, field: "load")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(load, .big)
        }
    }
}

nonisolated extension Stages {
    /// The message `Upgrade`.
    struct Upgrade: Request, Hashable {
        /// The reply.
        typealias Reply = Accepted

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0004 }
        /// The name of the message in the spec.
        static var name: String { "Upgrade" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `level`.
        var level: UInt8

        /// An `Upgrade` with these fields.
        init(level: UInt8) {
            self.level = level
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            level = try reader.integer(.big, field: "level")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(level, .big)
        }
    }

    /// Handles ``Upgrade`` and answers with ``Accepted``.
    ///
    /// Write `func handle(_ message: Stages.Upgrade, context: Context) async throws -> Stages.Accepted`, or the same
    /// without `async` if the handler does not suspend.
    protocol UpgradeHandler: RequestHandler where Input == Upgrade {}
}

nonisolated extension Stages {
    /// The message `Begin`.
    struct Begin: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Begin" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `options`.
        var options: [String]

        /// A `Begin` with these fields.
        init(options: [String]) {
            self.options = options
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            options = try reader.array(until: 0x00, field: "options") { reader throws(PayloadError) in
                try reader.string(length: UInt8.self, .big, field: "options")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            for element in options {
                let elementStart = writer.count
                try writer.string(element, length: UInt8.self, .big, field: "options")
                try writer.element(from: elementStart, isNot: 0x00, field: "options")
            }
            writer.end(0x00)
        }
    }

    /// Handles ``Begin``, which has no reply.
    ///
    /// Write `func handle(_ message: Stages.Begin, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol BeginHandler: OneWayHandler where Input == Begin {}
}

nonisolated extension Stages {
    /// The message `Accepted`.
    struct Accepted: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0006 }
        /// The name of the message in the spec.
        static var name: String { "Accepted" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// An `Accepted`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Stages {
    /// The message `Refused`.
    struct Refused: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0005 }
        /// The name of the message in the spec.
        static var name: String { "Refused" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `reason`.
        var reason: String

        /// A `Refused` with these fields.
        init(reason: String) {
            self.reason = reason
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            reason = try reader.string(until: 0x00, field: "reason")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(reason, until: 0x00, field: "reason")
        }
    }
}

nonisolated extension Stages {
    /// The message `Ask`.
    struct Ask: Request, Hashable {
        /// The reply.
        typealias Reply = Tell

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Ask" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `value`.
        var value: UInt32

        /// An `Ask` with these fields.
        init(value: UInt32) {
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

    /// Handles ``Ask`` and answers with ``Tell``.
    ///
    /// Write `func handle(_ message: Stages.Ask, context: Context) async throws -> Stages.Tell`, or the same without
    /// `async` if the handler does not suspend.
    protocol AskHandler: RequestHandler where Input == Ask {}
}

nonisolated extension Stages {
    /// The message `Tell`.
    struct Tell: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Tell" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `value`.
        var value: UInt32

        /// The field `option`.
        var option: String?

        /// A `Tell` with these fields.
        init(value: UInt32, option: String? = nil) {
            self.value = value
            self.option = option
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerFlags: UInt8 = header.integer(at: 0, .big)
            value = try reader.integer(.big, field: "value")
            option = try headerFlags >= 1 ? reader.string(field: "option") : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerFlags: UInt8 = header.integer(at: 0, .big)
            writer.integer(value, .big)
            guard (headerFlags >= 1) == (option != nil) else {
                throw PayloadError(.inconsistent, field: "option")
            }
            if let option {
                writer.string(option)
            }
        }
    }
}

nonisolated extension Stages {
    /// The message `Restart`.
    struct Restart: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Restart" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Restart`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Restart``, which has no reply.
    ///
    /// Write `func handle(_ message: Stages.Restart, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol RestartHandler: OneWayHandler where Input == Restart {}
}

nonisolated extension Stages {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``ClientGreeting``, which has no reply.
        func clientGreeting(_ message: ClientGreeting, context: Context) async throws

        /// Answers ``Upgrade`` with ``Accepted``.
        func upgrade(_ message: Upgrade, context: Context) async throws -> Accepted

        /// Handles ``Begin``, which has no reply.
        func begin(_ message: Begin, context: Context) async throws

        /// Answers ``Ask`` with ``Tell``.
        func ask(_ message: Ask, context: Context) async throws -> Tell

        /// Handles ``Restart``, which has no reply.
        func restart(_ message: Restart, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Stages.Service) {
        on(Stages.ClientGreeting.self) { message, context in
            try await service.clientGreeting(message, context: context)
        }
        on(Stages.Upgrade.self) { message, context in
            try await service.upgrade(message, context: context)
        }
        on(Stages.Begin.self) { message, context in
            try await service.begin(message, context: context)
        }
        on(Stages.Ask.self) { message, context in
            try await service.ask(message, context: context)
        }
        on(Stages.Restart.self) { message, context in
            try await service.restart(message, context: context)
        }
    }
}
