// Generated from Wide.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Wide.
nonisolated enum Wide: WireProtocol {
    /// The protocol's name.
    static var name: String { "Wide" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: .init(offset: 22, width: .two, order: .big),
        trailer: [],
        maximumPayload: 70_000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Say.self,
            Said.self,
            Shout.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x23BC_86C6_179F_0CD0 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `more`.
        var more: Bool

        /// The header's field `marks`.
        var marks: Marks

        /// The header's field `stamp`.
        var stamp: UInt32?

        /// The header's field `mask`.
        var mask: Bytes?

        /// The header's field `level`.
        var level: Level?

        /// The header's field `extra`.
        var extra: Int16?

        /// The header's field `rest`.
        var rest: UInt16?

        /// The header's field `others`.
        var others: Marks?

        /// A header with these fields.
        init(
            more: Bool = false,
            marks: Marks = [],
            stamp: UInt32? = nil,
            mask: Bytes? = nil,
            level: Level? = nil,
            extra: Int16? = nil,
            rest: UInt16? = nil,
            others: Marks? = nil
        ) {
            self.more = more
            self.marks = marks
            self.stamp = stamp
            self.mask = mask
            self.level = level
            self.extra = extra
            self.rest = rest
            self.others = others
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            more = bytes.integer(at: 0, .big, as: UInt8.self) != 0
            marks = Marks(rawValue: bytes.integer(at: 1, .big))
            stamp = bytes.hasValue(at: 2) ? bytes.integer(at: 3, .big) : nil
            mask = bytes.hasValue(at: 7) ? bytes.bytes(at: 8, count: 4) : nil
            level = bytes.hasValue(at: 12) ? Level(rawValue: bytes.integer(at: 13, .big)) : nil
            extra = bytes.hasValue(at: 14) ? bytes.integer(at: 15, .big) : nil
            rest = bytes.hasValue(at: 17) ? bytes.integer(at: 18, .big) : nil
            others = bytes.hasValue(at: 20) ? Marks(rawValue: bytes.integer(at: 21, .big)) : nil
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(more ? 1 : 0 as UInt8, at: 0, .big)
            bytes.set(marks.rawValue, at: 1, .big)
            bytes.setHasValue(stamp != nil, at: 2)
            bytes.set(stamp ?? 0, at: 3, .big)
            bytes.setHasValue(mask != nil, at: 7)
            bytes.set(mask ?? Bytes(), at: 8, count: 4)
            bytes.setHasValue(level != nil, at: 12)
            bytes.set(level?.rawValue ?? 0, at: 13, .big)
            bytes.setHasValue(extra != nil, at: 14)
            bytes.set(extra ?? 0, at: 15, .big)
            bytes.setHasValue(rest != nil, at: 17)
            bytes.set(rest ?? 0, at: 18, .big)
            bytes.setHasValue(others != nil, at: 20)
            bytes.set(others?.rawValue ?? 0, at: 21, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 24 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            var bits = try reader.bits(1, .low, field: "code")
            let code: UInt8 = bits.integer(4)
            let more: Bool = bits.boolean()
            let isLong: Bool = bits.boolean()
            let hasMask: Bool = bits.boolean()
            let kind: UInt8 = try reader.integer(.little, field: "kind")
            let marksOnWire: Marks = try reader.flags(.little, field: "marks")
            let marks: Marks = marksOnWire.subtracting([.extra])
            let stamp: UInt32? =
                try ([1, 3] as [UInt8]).contains(kind)
                ? reader.integer(bytes: 3, .big, field: "stamp")
                : nil
            let length: UInt32? = try isLong ? reader.integer(.little, field: "length") : nil
            let frameLength: UInt8? = try !isLong ? reader.integer(.little, field: "frameLength") : nil
            try reader.magic(client: 0x01, server: 0x02, bytes: 1, of: frameSender)
            let mask: Bytes? = try hasMask ? reader.bytes(count: 4, field: "mask") : nil
            let level: Level? = try hasMask ? reader.enumeration(.little, field: "level") : nil
            let extra: Int16? = try marksOnWire.contains(.extra) ? reader.integer(.little, field: "extra") : nil
            let rest: UInt16? = try !marksOnWire.contains(.rest) && more ? reader.integer(.little, field: "rest") : nil
            let others: Marks? = try kind >= 3 ? reader.flags(.little, field: "others") : nil
            let number: UInt16 = try reader.integer(.little, field: "number")
            var frameBytes = HeaderBytes()
            frameBytes.set(more ? 1 : 0 as UInt8, at: 0, .big)
            frameBytes.set(marks.rawValue, at: 1, .big)
            frameBytes.setHasValue(stamp != nil, at: 2)
            frameBytes.set(stamp ?? 0, at: 3, .big)
            frameBytes.setHasValue(mask != nil, at: 7)
            frameBytes.set(mask ?? Bytes(), at: 8, count: 4)
            frameBytes.setHasValue(level != nil, at: 12)
            frameBytes.set(level?.rawValue ?? 0, at: 13, .big)
            frameBytes.setHasValue(extra != nil, at: 14)
            frameBytes.set(extra ?? 0, at: 15, .big)
            frameBytes.setHasValue(rest != nil, at: 17)
            frameBytes.set(rest ?? 0, at: 18, .big)
            frameBytes.setHasValue(others != nil, at: 20)
            frameBytes.set(others?.rawValue ?? 0, at: 21, .big)
            frameBytes.set(number, at: 22, .big)
            let frameCode: MessageCode
            switch (code, kind) {
            case (1, 1): frameCode = 0
            case (1, 2): frameCode = 1
            case (2, 3): frameCode = 2
            default: frameCode = .unknown
            }
            let frameSize: Int
            if let frameLength {
                frameSize = Int(clamping: frameLength)
            } else if let length, length > 255 {
                frameSize = Int(clamping: length)
            } else {
                throw PayloadError(.invalidLength, field: "length")
            }
            return FrameHead(code: frameCode, payloadSize: frameSize, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let code: UInt8
            let kind: UInt8
            switch frameHead.code {
            case 0: (code, kind) = (1, 1)
            case 1: (code, kind) = (1, 2)
            case 2: (code, kind) = (2, 3)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            let more: Bool = frameHead.header.integer(at: 0, .big, as: UInt8.self) != 0
            let marks: Marks = Marks(rawValue: frameHead.header.integer(at: 1, .big))
            let stamp: UInt32? =
                ([1, 3] as [UInt8]).contains(kind) && frameHead.header.hasValue(at: 2)
                ? frameHead.header.integer(at: 3, .big)
                : nil
            let mask: Bytes? = frameHead.header.hasValue(at: 7) ? frameHead.header.bytes(at: 8, count: 4) : nil
            let level: Level? =
                frameHead.header.hasValue(at: 12) ? Level(rawValue: frameHead.header.integer(at: 13, .big)) : nil
            let extra: Int16? = frameHead.header.hasValue(at: 14) ? frameHead.header.integer(at: 15, .big) : nil
            let rest: UInt16? = frameHead.header.hasValue(at: 17) ? frameHead.header.integer(at: 18, .big) : nil
            let others: Marks? =
                kind >= 3 && frameHead.header.hasValue(at: 20)
                ? Marks(rawValue: frameHead.header.integer(at: 21, .big))
                : nil
            let number: UInt16 = frameHead.header.integer(at: 22, .big)
            let frameLength: UInt8?
            if frameHead.payloadSize <= 255 {
                frameLength = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt8
            } else {
                frameLength = nil
            }
            let length: UInt32?
            if frameLength == nil {
                length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt32
            } else {
                length = nil
            }
            let isLong = length != nil
            guard (mask != nil) == (level != nil) else {
                throw PayloadError(.inconsistent, field: mask == nil ? "mask" : "level")
            }
            let hasMask = mask != nil
            var bits = BitWriter(.low)
            try bits.integer(code, 4, field: "code")
            bits.boolean(more)
            bits.boolean(isLong)
            bits.boolean(hasMask)
            bits.reserved(1)
            writer.bits(bits)
            writer.integer(kind, .little)
            var marksOnWire = marks
            if extra != nil { marksOnWire.insert(.extra) } else { marksOnWire.remove(.extra) }
            writer.flags(marksOnWire, .little)
            guard (([1, 3] as [UInt8]).contains(kind)) == (stamp != nil) else {
                throw PayloadError(.inconsistent, field: "stamp")
            }
            if let stamp {
                try writer.integer(stamp, bytes: 3, .big, field: "stamp")
            }
            if let length {
                writer.integer(length, .little)
            }
            guard (!isLong) == (frameLength != nil) else {
                throw PayloadError(.inconsistent, field: "frameLength")
            }
            if let frameLength {
                writer.integer(frameLength, .little)
            }
            writer.magic(client: 0x01, server: 0x02, bytes: 1, of: frameSender)
            if let mask {
                try writer.bytes(mask, count: 4, field: "mask")
            }
            if let level {
                writer.enumeration(level, .little)
            }
            if let extra {
                writer.integer(extra, .little)
            }
            guard (!marksOnWire.contains(.rest) && more) == (rest != nil) else {
                throw PayloadError(.inconsistent, field: "rest")
            }
            if let rest {
                writer.integer(rest, .little)
            }
            guard (kind >= 3) == (others != nil) else {
                throw PayloadError(.inconsistent, field: "others")
            }
            if let others {
                writer.flags(others, .little)
            }
            writer.integer(number, .little)
        }
    }
}

nonisolated extension Wide {
    /// The message `Say`.
    struct Say: Request, Hashable {
        /// The reply.
        typealias Reply = Said

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Say" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `text`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var text: String

        /// The field `note`.
        var note: UInt8?

        /// A `Say` with these fields.
        init(text: String, note: UInt8? = nil) {
            self.text = text
            self.note = note
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerMore: Bool = header.integer(at: 0, .big, as: UInt8.self) != 0
            text = try reader.string(length: UInt16.self, .little, field: "text")
            note = try headerMore ? reader.integer(.little, field: "note") : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerMore: Bool = header.integer(at: 0, .big, as: UInt8.self) != 0
            try writer.string(text, length: UInt16.self, .little, field: "text")
            guard headerMore == (note != nil) else {
                throw PayloadError(.inconsistent, field: "note")
            }
            if let note {
                writer.integer(note, .little)
            }
        }
    }

    /// Handles ``Say`` and answers with ``Said``.
    ///
    /// Write `func handle(_ message: Wide.Say, context: Context) async throws -> Wide.Said`, or the same without
    /// `async` if the handler does not suspend.
    protocol SayHandler: RequestHandler where Input == Say {}
}

nonisolated extension Wide {
    /// The message `Said`.
    struct Said: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Said" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `data`.
        var data: Bytes

        /// A `Said` with these fields.
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
}

nonisolated extension Wide {
    /// The message `Shout`.
    struct Shout: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Shout" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `times`.
        var times: UInt8

        /// A `Shout` with these fields.
        init(times: UInt8) {
            self.times = times
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            times = try reader.integer(.little, field: "times")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(times, .little)
        }
    }

    /// Handles ``Shout``, which has no reply.
    ///
    /// Write `func handle(_ message: Wide.Shout, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ShoutHandler: OneWayHandler where Input == Shout {}
}

nonisolated extension Wide {
    /// The enum `Level`.
    enum Level: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case low
        /// `0x09` on the wire.
        case high
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .low
            case 0x09: self = .high
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .low: 0x01
            case .high: 0x09
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Wide {
    /// The flags `Marks`.
    struct Marks: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let extra = Marks(rawValue: 1 << 0)
        /// Bit 1, where bit 0 is the lowest.
        static let rest = Marks(rawValue: 1 << 1)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Wide {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Say`` with ``Said``.
        func say(_ message: Say, context: Context) async throws -> Said

        /// Handles ``Shout``, which has no reply.
        func shout(_ message: Shout, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Wide.Service) {
        on(Wide.Say.self) { message, context in
            try await service.say(message, context: context)
        }
        on(Wide.Shout.self) { message, context in
            try await service.shout(message, context: context)
        }
    }
}
