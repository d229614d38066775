// Generated from Trailers.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Trailers.
nonisolated enum Trailers: WireProtocol {
    /// The protocol's name.
    static var name: String { "Trailers" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: .init(offset: 3, width: .one, order: .big),
        magicSize: 1,
        trailer: [
            .fields(0, size: 3),
            .checksum(.init(.crc16Kermit, covers: .frame)),
            .fields(1, size: 6),
            .end([0x0D, 0x0A]),
            .fields(2, size: 2),
        ],
        maximumPayload: 1000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ask.self,
            Answer.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x5410_3058_3A74_E7E2 }

    /// The fields that this protocol adds to the header and the trailer of a frame.
    struct Header: FrameHeader {
        /// The header's field `kind`.
        var kind: UInt8

        /// The header's field `reason`.
        var reason: UInt8?

        /// How often the frame may be passed on.
        var hops: UInt8

        /// The trailer's field `marks`.
        var marks: Marks?

        /// The channel.
        var link: UInt8?

        /// The trailer's field `time`.
        var time: UInt32?

        /// The trailer's field `signature`.
        var signature: Bytes?

        /// The trailer's field `level`.
        var level: Level?

        /// A header with these fields.
        init(
            kind: UInt8 = 1,
            reason: UInt8? = nil,
            hops: UInt8 = 9,
            marks: Marks? = nil,
            link: UInt8? = nil,
            time: UInt32? = nil,
            signature: Bytes? = nil,
            level: Level? = nil
        ) {
            self.kind = kind
            self.reason = reason
            self.hops = hops
            self.marks = marks
            self.link = link
            self.time = time
            self.signature = signature
            self.level = level
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            kind = bytes.integer(at: 0, .big)
            reason = bytes.hasValue(at: 1) ? bytes.integer(at: 2, .big) : nil
            hops = bytes.integer(at: 4, .big)
            marks = bytes.hasValue(at: 5) ? Marks(rawValue: bytes.integer(at: 6, .big)) : nil
            link = bytes.hasValue(at: 8) ? bytes.integer(at: 9, .big) : nil
            time = bytes.hasValue(at: 10) ? bytes.integer(at: 11, .big) : nil
            signature = bytes.hasValue(at: 15) ? bytes.bytes(at: 16, count: 2) : nil
            level = bytes.hasValue(at: 18) ? Level(rawValue: bytes.integer(at: 19, .big)) : nil
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(kind, at: 0, .big)
            bytes.setHasValue(reason != nil, at: 1)
            bytes.set(reason ?? 0, at: 2, .big)
            bytes.set(hops, at: 4, .big)
            bytes.setHasValue(marks != nil, at: 5)
            bytes.set(marks?.rawValue ?? 0, at: 6, .big)
            bytes.setHasValue(link != nil, at: 8)
            bytes.set(link ?? 0, at: 9, .big)
            bytes.setHasValue(time != nil, at: 10)
            bytes.set(time ?? 0, at: 11, .big)
            bytes.setHasValue(signature != nil, at: 15)
            bytes.set(signature ?? Bytes(), at: 16, count: 2)
            bytes.setHasValue(level != nil, at: 18)
            bytes.set(level?.rawValue ?? 0, at: 19, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 8 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let frameStart = reader.remaining
            try reader.magic(0xFD, bytes: 1)
            let type: UInt8 = try reader.integer(.big, field: "type")
            var bits = try reader.bits(1, .high, field: "isSigned")
            bits.skip(6)
            let isSigned: Bool = bits.boolean()
            let isUrgent: Bool = bits.boolean()
            let kind: UInt8 = try reader.integer(.big, field: "kind")
            let reason: UInt8? = try isUrgent ? reader.integer(.big, field: "reason") : nil
            let id: UInt8 = try reader.integer(.big, field: "id")
            let length: UInt16 = try reader.integer(.big, field: "length")
            var frameBytes = HeaderBytes()
            frameBytes.set(kind, at: 0, .big)
            frameBytes.setHasValue(reason != nil, at: 1)
            frameBytes.set(reason ?? 0, at: 2, .big)
            frameBytes.set(id, at: 3, .big)
            var frameTrailer = 1
            if ([2, 3] as [UInt8]).contains(kind) {
                frameBytes.setHasValue(true, at: 5)
                frameTrailer += 2
            }
            if isSigned {
                frameBytes.setHasValue(true, at: 8)
                frameTrailer += 1
            }
            if isSigned {
                frameBytes.setHasValue(true, at: 10)
                frameTrailer += 3
            }
            if isSigned {
                frameBytes.setHasValue(true, at: 15)
                frameTrailer += 2
            }
            if isUrgent {
                frameBytes.setHasValue(true, at: 18)
                frameTrailer += 2
            }
            return FrameHead(
                code: MessageCode(type),
                payloadSize: Int(clamping: length) - (frameStart - reader.remaining),
                header: frameBytes,
                trailerSize: frameTrailer
            )
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let kind: UInt8 = frameHead.header.integer(at: 0, .big)
            let reason: UInt8? = frameHead.header.hasValue(at: 1) ? frameHead.header.integer(at: 2, .big) : nil
            let id: UInt8 = frameHead.header.integer(at: 3, .big)
            let length: UInt16 = 0
            let marks: Marks? =
                frameHead.header.hasValue(at: 5) ? Marks(rawValue: frameHead.header.integer(at: 6, .big)) : nil
            let link: UInt8? = frameHead.header.hasValue(at: 8) ? frameHead.header.integer(at: 9, .big) : nil
            let time: UInt32? = frameHead.header.hasValue(at: 10) ? frameHead.header.integer(at: 11, .big) : nil
            let signature: Bytes? = frameHead.header.hasValue(at: 15) ? frameHead.header.bytes(at: 16, count: 2) : nil
            let level: Level? =
                frameHead.header.hasValue(at: 18) ? Level(rawValue: frameHead.header.integer(at: 19, .big)) : nil
            let frameStart = writer.count
            writer.magic(0xFD, bytes: 1)
            writer.integer(type, .big)
            guard (link != nil) == (time != nil) else {
                throw PayloadError(.inconsistent, field: link == nil ? "link" : "time")
            }
            guard (link != nil) == (signature != nil) else {
                throw PayloadError(.inconsistent, field: link == nil ? "link" : "signature")
            }
            let isSigned = link != nil
            guard (reason != nil) == (level != nil) else {
                throw PayloadError(.inconsistent, field: reason == nil ? "reason" : "level")
            }
            let isUrgent = reason != nil
            var bits = BitWriter(.high)
            bits.reserved(6)
            bits.boolean(isSigned)
            bits.boolean(isUrgent)
            writer.bits(bits)
            writer.integer(kind, .big)
            if let reason {
                writer.integer(reason, .big)
            }
            writer.integer(id, .big)
            let frameOffset = writer.count
            writer.integer(length, .big)
            let frameCount = frameHead.payloadSize + writer.count - frameStart
            let frameSize = try ByteWriter.number(of: frameCount, field: "payload") as UInt16
            writer.length(frameSize, bytes: 2, at: frameOffset, .big)
            guard (([2, 3] as [UInt8]).contains(kind)) == (marks != nil) else {
                throw PayloadError(.inconsistent, field: "marks")
            }
        }

        /// Reads fields of a trailer.
        static func readTrailer(
            _ frameItem: Int,
            of frameHead: inout FrameHead,
            from reader: inout ByteReader
        ) throws(PayloadError) {
            switch frameItem {
            case 0:
                let hops: UInt8 = try reader.integer(.big, field: "hops")
                frameHead.header.set(hops, at: 4, .big)
                if frameHead.header.hasValue(at: 5) {
                    let marks: Marks = try reader.flags(.big, field: "marks")
                    frameHead.header.set(marks.rawValue, at: 6, .big)
                }
            case 1:
                if frameHead.header.hasValue(at: 8) {
                    let link: UInt8 = try reader.integer(.big, field: "link")
                    frameHead.header.set(link, at: 9, .big)
                }
                if frameHead.header.hasValue(at: 10) {
                    let time: UInt32 = try reader.integer(bytes: 3, .little, field: "time")
                    frameHead.header.set(time, at: 11, .big)
                }
                if frameHead.header.hasValue(at: 15) {
                    let signature: Bytes = try reader.bytes(count: 2, field: "signature")
                    frameHead.header.set(signature, at: 16, count: 2)
                }
            case 2:
                if frameHead.header.hasValue(at: 18) {
                    let level: Level = try reader.enumeration(.big, field: "level")
                    frameHead.header.set(level.rawValue, at: 19, .big)
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
                let hops: UInt8 = frameHead.header.integer(at: 4, .big)
                writer.integer(hops, .big)
                if frameHead.header.hasValue(at: 5) {
                    let marks: Marks = Marks(rawValue: frameHead.header.integer(at: 6, .big))
                    writer.flags(marks, .big)
                }
            case 1:
                if frameHead.header.hasValue(at: 8) {
                    let link: UInt8 = frameHead.header.integer(at: 9, .big)
                    writer.integer(link, .big)
                }
                if frameHead.header.hasValue(at: 10) {
                    let time: UInt32 = frameHead.header.integer(at: 11, .big)
                    try writer.integer(time, bytes: 3, .little, field: "time")
                }
                if frameHead.header.hasValue(at: 15) {
                    let signature: Bytes = frameHead.header.bytes(at: 16, count: 2)
                    try writer.bytes(signature, count: 2, field: "signature")
                }
            case 2:
                if frameHead.header.hasValue(at: 18) {
                    let level: Level = Level(rawValue: frameHead.header.integer(at: 19, .big))
                    writer.enumeration(level, .big)
                }
            default: break
            }
        }
    }
}

nonisolated extension Trailers {
    /// The message `Ask`.
    struct Ask: Request, Hashable {
        /// The reply.
        typealias Reply = Answer

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
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
    /// Write `func handle(_ message: Trailers.Ask, context: Context) async throws -> Trailers.Answer`, or the same
    /// without `async` if the handler does not suspend.
    protocol AskHandler: RequestHandler where Input == Ask {}
}

nonisolated extension Trailers {
    /// The message `Answer`.
    struct Answer: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Answer" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `reader`.
        var reader: UInt16

        /// An `Answer` with these fields.
        init(reader: UInt16) {
            self.reader = reader
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            self.reader = try reader.integer(.big, field: "reader")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(reader, .big)
        }
    }
}

nonisolated extension Trailers {
    /// The enum `Level`.
    enum Level: RawRepresentable, Hashable, Sendable {
        /// `-1` on the wire.
        case low
        /// `1` on the wire.
        case high
        /// A number without a name in the spec.
        case unrecognized(Int16)

        /// The case with this number.
        init(rawValue: Int16) {
            switch rawValue {
            case -1: self = .low
            case 1: self = .high
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: Int16 {
            switch self {
            case .low: -1
            case .high: 1
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Trailers {
    /// The flags `Marks`.
    struct Marks: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let read = Marks(rawValue: 1 << 0)
        /// Bit 15, where bit 0 is the lowest.
        static let starred = Marks(rawValue: 1 << 15)

        /// The bits as a number.
        let rawValue: UInt16

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt16) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Trailers {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Ask`` with ``Answer``.
        func ask(_ message: Ask, context: Context) async throws -> Answer
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Trailers.Service) {
        on(Trailers.Ask.self) { message, context in
            try await service.ask(message, context: context)
        }
    }
}
