// Generated from Headers.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Headers, version 3.
nonisolated enum Headers: WireProtocol {
    /// The protocol's name.
    static var name: String { "Headers" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: .init(offset: 19, width: .four, order: .big),
        magicSize: 1,
        trailer: [.checksum(.init(.crc32, covers: .payload)), .end([0xCE])],
        maximumPayload: 100_000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Empty.self,
            Parts.self,
            Done.self,
            Outline.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xDDEA_7D75_A082_D4B5 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `urgent`.
        var urgent: Bool

        /// The header's field `priority`.
        var priority: UInt8

        /// The header's field `mode`.
        var mode: Mode

        /// The header's field `marks`.
        var marks: Marks

        /// A number below 0 or above.
        var delta: Int64

        /// The header's field `key`.
        var key: Bytes

        /// A header with these fields.
        init(
            urgent: Bool = false,
            priority: UInt8 = 0,
            mode: Mode,
            marks: Marks = [],
            delta: Int64 = 0,
            key: Bytes = [0x00, 0x00, 0x00, 0x00]
        ) {
            self.urgent = urgent
            self.priority = priority
            self.mode = mode
            self.marks = marks
            self.delta = delta
            self.key = key
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            urgent = bytes.integer(at: 0, .big, as: UInt8.self) != 0
            priority = bytes.integer(at: 1, .big)
            mode = Mode(rawValue: bytes.integer(at: 2, .big))
            marks = Marks(rawValue: bytes.integer(at: 3, .big))
            delta = bytes.integer(at: 7, .big)
            key = bytes.bytes(at: 15, count: 4)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(urgent ? 1 : 0 as UInt8, at: 0, .big)
            bytes.set(priority, at: 1, .big)
            bytes.set(mode.rawValue, at: 2, .big)
            bytes.set(marks.rawValue, at: 3, .big)
            bytes.set(delta, at: 7, .big)
            bytes.set(key, at: 15, count: 4)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 44 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(client: 0x80, server: 0x81, bytes: 1, of: frameSender)
            var bits = try reader.bits(1, .high, field: "kind")
            let kind: UInt8 = bits.integer(4)
            let urgent: Bool = bits.boolean()
            let priority: UInt8 = bits.integer(3)
            let version: UInt8 = try reader.integer(.big, field: "version")
            let mode: Mode = try reader.enumeration(.big, field: "mode")
            let length: UInt64 = try reader.integer(.leb128, field: "length")
            let number: UInt32 = try reader.integer(bytes: 3, .big, field: "number")
            try reader.magic(0xAABBCC, bytes: 3)
            let marks: Marks = try reader.flags(.big, field: "marks")
            try reader.reserved(1, field: "reserved")
            var bits2 = try reader.bits(1, .high, field: "level")
            guard bits2.integer(4) == 5 as UInt8 else {
                throw PayloadError(.unexpectedValue, field: "level")
            }
            let count: UInt16 = try reader.integer(.little, field: "count")
            let shape: UInt8 = try reader.integer(.big, field: "shape")
            let delta: Int64 = try reader.integer(.zigzag, field: "delta")
            let key: Bytes = try reader.bytes(count: 4, field: "key")
            let opaque: UInt32 = try reader.integer(.big, field: "opaque")
            guard version == 3 else {
                throw PayloadError(.unexpectedValue, field: "version")
            }
            var frameBytes = HeaderBytes()
            frameBytes.set(urgent ? 1 : 0 as UInt8, at: 0, .big)
            frameBytes.set(priority, at: 1, .big)
            frameBytes.set(mode.rawValue, at: 2, .big)
            frameBytes.set(marks.rawValue, at: 3, .big)
            frameBytes.set(count, at: 4, .big)
            frameBytes.set(shape, at: 6, .big)
            frameBytes.set(delta, at: 7, .big)
            frameBytes.set(key, at: 15, count: 4)
            frameBytes.set(opaque, at: 19, .big)
            let frameCode: MessageCode
            switch (kind, number) {
            case (1, 1): frameCode = 0
            case (2, 66_051): frameCode = 1
            case (15, 16_777_215): frameCode = 2
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length), header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let urgent: Bool = frameHead.header.integer(at: 0, .big, as: UInt8.self) != 0
            let priority: UInt8 = frameHead.header.integer(at: 1, .big)
            let version: UInt8 = 3
            let mode: Mode = Mode(rawValue: frameHead.header.integer(at: 2, .big))
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt64
            let marks: Marks = Marks(rawValue: frameHead.header.integer(at: 3, .big))
            let level: UInt8 = 5
            let count: UInt16 = frameHead.header.integer(at: 4, .big)
            let shape: UInt8 = frameHead.header.integer(at: 6, .big)
            let delta: Int64 = frameHead.header.integer(at: 7, .big)
            let key: Bytes = frameHead.header.bytes(at: 15, count: 4)
            let opaque: UInt32 = frameHead.header.integer(at: 19, .big)
            let kind: UInt8
            let number: UInt32
            switch frameHead.code {
            case 0: (kind, number) = (1, 1)
            case 1: (kind, number) = (2, 66_051)
            case 2: (kind, number) = (15, 16_777_215)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.magic(client: 0x80, server: 0x81, bytes: 1, of: frameSender)
            var bits = BitWriter(.high)
            try bits.integer(kind, 4, field: "kind")
            bits.boolean(urgent)
            try bits.integer(priority, 3, field: "priority")
            writer.bits(bits)
            writer.integer(version, .big)
            writer.enumeration(mode, .big)
            try writer.integer(length, .leb128, field: "length")
            try writer.integer(number, bytes: 3, .big, field: "number")
            writer.magic(0xAABBCC, bytes: 3)
            writer.flags(marks, .big)
            writer.reserved(1)
            var bits2 = BitWriter(.high)
            try bits2.integer(level, 4, field: "level")
            bits2.reserved(4)
            writer.bits(bits2)
            writer.integer(count, .little)
            writer.integer(shape, .big)
            try writer.integer(delta, .zigzag, field: "delta")
            try writer.bytes(key, count: 4, field: "key")
            writer.integer(opaque, .big)
        }
    }
}

nonisolated extension Headers {
    /// The message `Empty`.
    struct Empty: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Empty" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// An `Empty`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt16, at: 4, .big)
            header.set(0 as UInt8, at: 6, .big)
        }
    }

    /// Handles ``Empty``, which has no reply.
    ///
    /// Write `func handle(_ message: Headers.Empty, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol EmptyHandler: OneWayHandler where Input == Empty {}
}

nonisolated extension Headers {
    /// The message `Parts`.
    struct Parts: Request, Hashable {
        /// The reply.
        typealias Reply = Done

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Parts" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `items`.
        var items: [UInt16]

        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String?

        /// The field `note`.
        var note: UInt8?

        /// The field `extra`.
        var extra: UInt8?

        /// The field `quick`.
        var quick: UInt8?

        /// The field `data`.
        var data: Bytes

        /// A `Parts` with these fields.
        init(
            items: [UInt16],
            name: String? = nil,
            note: UInt8? = nil,
            extra: UInt8? = nil,
            quick: UInt8? = nil,
            data: Bytes
        ) {
            self.items = items
            self.name = name
            self.note = note
            self.extra = extra
            self.quick = quick
            self.data = data
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerUrgent: Bool = header.integer(at: 0, .big, as: UInt8.self) != 0
            let headerPriority: UInt8 = header.integer(at: 1, .big)
            let headerMode: Mode = Mode(rawValue: header.integer(at: 2, .big))
            let headerMarks: Marks = Marks(rawValue: header.integer(at: 3, .big))
            let headerCount: UInt16 = header.integer(at: 4, .big)
            items = try reader.integers(count: Int(clamping: headerCount), .big, field: "items")
            name = try headerUrgent ? reader.string(length: UInt8.self, .big, field: "name") : nil
            note = try headerPriority >= 2 ? reader.integer(.big, field: "note") : nil
            extra = try headerMarks.contains(.extra) ? reader.integer(.big, field: "extra") : nil
            quick = try headerMode == .quick ? reader.integer(.big, field: "quick") : nil
            data = try reader.bytes(field: "data")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerUrgent: Bool = header.integer(at: 0, .big, as: UInt8.self) != 0
            let headerPriority: UInt8 = header.integer(at: 1, .big)
            let headerMode: Mode = Mode(rawValue: header.integer(at: 2, .big))
            let headerMarks: Marks = Marks(rawValue: header.integer(at: 3, .big))
            let headerCount: UInt16 = try ByteWriter.number(of: items.count, field: "items") as UInt16
            header.set(headerCount, at: 4, .big)
            header.set(0 as UInt8, at: 6, .big)
            for element in items {
                writer.integer(element, .big)
            }
            guard headerUrgent == (name != nil) else {
                throw PayloadError(.inconsistent, field: "name")
            }
            if let name {
                try writer.string(name, length: UInt8.self, .big, field: "name")
            }
            guard (headerPriority >= 2) == (note != nil) else {
                throw PayloadError(.inconsistent, field: "note")
            }
            if let note {
                writer.integer(note, .big)
            }
            guard (headerMarks.contains(.extra)) == (extra != nil) else {
                throw PayloadError(.inconsistent, field: "extra")
            }
            if let extra {
                writer.integer(extra, .big)
            }
            guard (headerMode == .quick) == (quick != nil) else {
                throw PayloadError(.inconsistent, field: "quick")
            }
            if let quick {
                writer.integer(quick, .big)
            }
            writer.bytes(data)
        }
    }

    /// Handles ``Parts`` and answers with ``Done``.
    ///
    /// Write `func handle(_ message: Headers.Parts, context: Context) async throws -> Headers.Done`, or the same
    /// without `async` if the handler does not suspend.
    protocol PartsHandler: RequestHandler where Input == Parts {}
}

nonisolated extension Headers {
    /// The message `Done`.
    struct Done: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Done" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `data`.
        var data: Bytes

        /// A `Done` with these fields.
        init(data: Bytes) {
            self.data = data
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerCount: UInt16 = header.integer(at: 4, .big)
            data = try reader.bytes(count: Int(clamping: headerCount), field: "data")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerCount: UInt16 = try ByteWriter.number(of: data.count, field: "data") as UInt16
            header.set(headerCount, at: 4, .big)
            header.set(0 as UInt8, at: 6, .big)
            writer.bytes(data)
        }
    }
}

nonisolated extension Headers {
    /// The message `Outline`.
    struct Outline: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Outline" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }
        /// The largest payload of the message, in bytes.
        static var maximumPayload: Int? { 16 }

        /// The field `outline`.
        var outline: Shape

        /// An `Outline` with these fields.
        init(outline: Shape) {
            self.outline = outline
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerShape: UInt8 = header.integer(at: 6, .big)
            outline = try Shape(tag: headerShape, from: &reader)
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt16, at: 4, .big)
            let headerShape: UInt8 = outline.tag
            header.set(headerShape, at: 6, .big)
            try outline.encode(withTag: false, into: &writer)
        }
    }

    /// Handles ``Outline``, which has no reply.
    ///
    /// Write `func handle(_ message: Headers.Outline, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol OutlineHandler: OneWayHandler where Input == Outline {}
}

nonisolated extension Headers {
    /// The enum `Mode`.
    enum Mode: RawRepresentable, Hashable, Sendable {
        /// `0x00` on the wire.
        case normal
        /// `0x01` on the wire.
        case quick
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x00: self = .normal
            case 0x01: self = .quick
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .normal: 0x00
            case .quick: 0x01
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Headers {
    /// The flags `Marks`.
    struct Marks: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let extra = Marks(rawValue: 1 << 0)
        /// Bit 7, where bit 0 is the lowest.
        static let last = Marks(rawValue: 1 << 7)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Headers {
    /// The union `Shape`.
    enum Shape: Hashable, Sendable {
        /// `0x01` on the wire.
        case dot
        /// `0x02` on the wire.
        case circle(radius: UInt16)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .dot: 0x01
            case .circle: 0x02
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Shape"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                self = .dot
            case 0x02:
                let radius: UInt16 = try reader.integer(.big, field: "Shape.circle.radius")
                self = .circle(radius: radius)
            default: throw PayloadError(.invalidCase, field: "Shape")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try encode(withTag: true, into: &writer)
        }

        /// Writes the tag, unless an earlier field has it, then the fields of the case.
        func encode(withTag hasTag: Bool, into writer: inout ByteWriter) throws(PayloadError) {
            if hasTag {
                writer.integer(tag, .big)
            }
            try encodeFields(into: &writer)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .dot: break
            case .circle(let radius):
                writer.integer(radius, .big)
            }
        }
    }
}

nonisolated extension Headers {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Empty``, which has no reply.
        func empty(_ message: Empty, context: Context) async throws

        /// Answers ``Parts`` with ``Done``.
        func parts(_ message: Parts, context: Context) async throws -> Done

        /// Handles ``Outline``, which has no reply.
        func outline(_ message: Outline, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Headers.Service) {
        on(Headers.Empty.self) { message, context in
            try await service.empty(message, context: context)
        }
        on(Headers.Parts.self) { message, context in
            try await service.parts(message, context: context)
        }
        on(Headers.Outline.self) { message, context in
            try await service.outline(message, context: context)
        }
    }
}
