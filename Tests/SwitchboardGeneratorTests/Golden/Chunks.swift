// Generated from Chunks.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Layouts in little-endian byte order, with text as tags, as in RIFF.
nonisolated enum Chunks: WireProtocol {
    /// The protocol's name.
    static var name: String { "Chunks" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .type(.one),
            .length(.four),
        ],
        checksum: nil,
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Chunk.self,
            End.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x3A92_6B3B_4EE6_8D9B }
}

nonisolated extension Chunks {
    /// The message `Chunk`.
    struct Chunk: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Chunk" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `version`.
        var version: UInt8

        /// The field `isLast`.
        var isLast: Bool

        /// The field `level`.
        var level: Int16

        /// The field `body`.
        var body: Body

        /// The field `parts`.
        ///
        /// At most 255 elements.
        var parts: [Part]

        /// The field `title`.
        ///
        /// At most 65_535 bytes in UTF-16.
        var title: String

        /// The field `number`.
        var number: UInt32

        /// The field `added`.
        ///
        /// Since version 2: older peers leave the field out.
        var added: UInt32

        /// A `Chunk` with these fields.
        init(
            version: UInt8,
            isLast: Bool,
            level: Int16,
            body: Body,
            parts: [Part],
            title: String,
            number: UInt32,
            added: UInt32 = 7
        ) {
            self.version = version
            self.isLast = isLast
            self.level = level
            self.body = body
            self.parts = parts
            self.title = title
            self.number = number
            self.added = added
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            guard let fixed = reader.readFixed(6) else {
                throw .truncated(reader.remaining, ["version": 2, "format": 4])
            }
            var bits = fixed.bits(at: 0, 2, .low)
            version = bits.integer(3)
            isLast = bits.boolean()
            level = bits.integer(12)
            let format: UInt32 = fixed.integer(at: 2, .big)
            body = try Body(tag: format, from: &reader)
            parts = try reader.array(count: UInt8.self, .little, minimumSize: 8, field: "parts", Part.init(from:))
            title = try TextEncoding.utf16(.little).text(
                try reader.bytes(length: UInt16.self, .little, field: "title"),
                field: "title"
            )
            number = try reader.integer(bytes: 3, .little, field: "number")
            if reader.remaining > 0 {
                try reader.align(4, from: fieldStart, field: "added")
                added = try reader.integer(.little, field: "added")
            } else {
                added = 7
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            var bits = BitWriter(.low)
            try bits.integer(version, 3, field: "version")
            bits.boolean(isLast)
            try bits.integer(level, 12, field: "level")
            writer.bits(bits)
            let format: UInt32 = body.tag
            writer.integer(format, .big)
            try body.encode(withTag: false, into: &writer)
            try writer.count(parts.count, as: UInt8.self, .little, field: "parts")
            for element in parts {
                try element.encode(into: &writer)
            }
            try writer.bytes(
                try TextEncoding.utf16(.little).bytes(title, field: "title"),
                length: UInt16.self,
                .little,
                field: "title"
            )
            try writer.integer(number, bytes: 3, .little, field: "number")
            writer.align(4, from: fieldStart)
            writer.integer(added, .little)
        }
    }

    /// Handles ``Chunk``, which has no reply.
    ///
    /// Write `func handle(_ message: Chunks.Chunk, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ChunkHandler: OneWayHandler where Input == Chunk {}
}

nonisolated extension Chunks {
    /// There are no more chunks.
    struct End: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "End" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// An `End`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``End``, which has no reply.
    ///
    /// Write `func handle(_ message: Chunks.End, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol EndHandler: OneWayHandler where Input == End {}
}

nonisolated extension Chunks {
    /// The union `Body`.
    enum Body: Hashable, Sendable {
        /// `0x5741_5645` on the wire.
        case wave(rate: UInt8)
        /// `0x4156_4920` on the wire.
        case movie(frames: UInt16)

        /// The tag on the wire.
        var tag: UInt32 {
            switch self {
            case .wave: 0x5741_5645
            case .movie: 0x4156_4920
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Body"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt32, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x5741_5645:
                let rate: UInt8 = try reader.integer(.little, field: "Body.wave.rate")
                self = .wave(rate: rate)
            case 0x4156_4920:
                let frames: UInt16 = try reader.integer(.little, field: "Body.movie.frames")
                self = .movie(frames: frames)
            default: throw PayloadError(.invalidCase, field: "Body")
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
            case .wave(let rate):
                writer.integer(rate, .little)
            case .movie(let frames):
                writer.integer(frames, .little)
            }
        }
    }
}

nonisolated extension Chunks {
    /// The union `Part`.
    enum Part: Hashable, Sendable {
        /// `0x666D_7420` on the wire.
        case format(channels: UInt8)
        /// `0x6461_7461` on the wire.
        case data(samples: Bytes)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt32, data: Bytes)

        /// The tag on the wire.
        var tag: UInt32 {
            switch self {
            case .format: 0x666D_7420
            case .data: 0x6461_7461
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            let tag: UInt32 = try reader.integer(.big, field: "Part")
            self = try reader.window(length: UInt32.self, .little, field: "Part") { reader throws(PayloadError) in
                try Self(fieldsOf: tag, from: &reader)
            }
            try reader.align(2, from: fieldStart, field: "Part")
        }

        private init(fieldsOf tag: UInt32, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x666D_7420:
                let channels: UInt8 = try reader.integer(.little, field: "Part.format.channels")
                self = .format(channels: channels)
            case 0x6461_7461:
                let samples: Bytes = try reader.bytes(field: "Part.data.samples")
                self = .data(samples: samples)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Part"))
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            writer.integer(tag, .big)
            try writer.sized(UInt32.self, .little, field: "Part") { writer throws(PayloadError) in
                try encodeFields(into: &writer)
            }
            writer.align(2, from: fieldStart)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .format(let channels):
                writer.integer(channels, .little)
            case .data(let samples):
                writer.bytes(samples)
            case .unrecognized(let tag, let data):
                guard !([0x666D_7420, 0x6461_7461] as [UInt32]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Part")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Chunks {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Chunk``, which has no reply.
        func chunk(_ message: Chunk, context: Context) async throws

        /// Handles ``End``, which has no reply.
        func end(_ message: End, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Chunks.Service) {
        on(Chunks.Chunk.self) { message, context in
            try await service.chunk(message, context: context)
        }
        on(Chunks.End.self) { message, context in
            try await service.end(message, context: context)
        }
    }
}
