// Generated from Zeros.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Zeros.
nonisolated enum Zeros: WireProtocol {
    /// The protocol's name.
    static var name: String { "Zeros" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .length(.one),
            .type(.one),
        ],
        checksum: .init(.crc16Kermit, covers: .frame),
        maximumPayload: 200
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Move.self,
            Name.self,
            Done.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x60D7_A1F6_C7DE_7EF5 }
}

nonisolated extension Zeros {
    /// The message `Move`.
    struct Move: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Move" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// The field `sentReader`.
        var sentReader: Float

        /// The field `sentStart`.
        ///
        /// From -5 to 100.
        var sentStart: Int16

        /// The field `isFast`.
        var isFast: Bool

        /// The field `gear`.
        var gear: UInt8

        /// The field `corners`.
        ///
        /// Exactly 2 elements.
        var corners: [Corner]

        /// The field `label`.
        ///
        /// At most 6 bytes in UTF-8.
        var label: String

        /// The field `key`.
        ///
        /// Exactly 4 bytes.
        var key: Bytes

        /// A `Move` with these fields.
        init(
            sentReader: Float,
            sentStart: Int16,
            isFast: Bool,
            gear: UInt8,
            corners: [Corner],
            label: String,
            key: Bytes
        ) {
            self.sentReader = sentReader
            self.sentStart = sentStart
            self.isFast = isFast
            self.gear = gear
            self.corners = corners
            self.label = label
            self.key = key
        }

        /// Reads the fields in the order of the layout.
        init(from sentReader: inout ByteReader) throws(PayloadError) {
            var reader = sentReader.filled(to: 36)
            let fieldStart = reader.remaining
            guard let fixed = reader.readFixed(7) else {
                throw .truncated(reader.remaining, ["sentReader": 4, "sentStart": 2, "isFast": 1])
            }
            self.sentReader = fixed.float(at: 0, .little)
            sentStart = fixed.integer(at: 4, .little)
            var bits = fixed.bits(at: 6, 1, .low)
            isFast = bits.boolean()
            gear = bits.integer(7)
            corners = try reader.array(count: 2, minimumSize: 8, field: "corners", Corner.init(from:))
            label = try reader.string(count: 6, pad: 0x00, field: "label")
            try reader.align(4, from: fieldStart, field: "key")
            key = try reader.bytes(count: 4, field: "key")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            let sentStart = writer.count
            let fieldStart = writer.count
            writer.float(sentReader, .little)
            writer.integer(self.sentStart, .little)
            var bits = BitWriter(.low)
            bits.boolean(isFast)
            try bits.integer(gear, 7, field: "gear")
            writer.bits(bits)
            try writer.count(corners.count, expected: 2, field: "corners")
            for element in corners {
                try element.encode(into: &writer)
            }
            try writer.string(label, count: 6, pad: 0x00, field: "label")
            writer.align(4, from: fieldStart)
            try writer.bytes(key, count: 4, field: "key")
            writer.truncateZeros(from: sentStart)
        }

        private func checkBounds() throws(PayloadError) {
            guard (-5...100).contains(sentStart) else {
                throw PayloadError(.outOfBounds, field: "sentStart")
            }
        }
    }

    /// Handles ``Move``, which has no reply.
    ///
    /// Write `func handle(_ message: Zeros.Move, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol MoveHandler: OneWayHandler where Input == Move {}
}

nonisolated extension Zeros {
    /// The message `Name`.
    struct Name: Request, Hashable {
        /// The reply.
        typealias Reply = Done

        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Name" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `reader`.
        var reader: Kind

        /// The field `writer`.
        var writer: UInt64

        /// A `Name` with these fields.
        init(reader: Kind, writer: UInt64) {
            self.reader = reader
            self.writer = writer
        }

        /// Reads the fields in the order of the layout.
        init(from sentReader: inout ByteReader) throws(PayloadError) {
            var reader = sentReader.filled(to: 9)
            guard let fixed = reader.readFixed(9) else {
                throw .truncated(reader.remaining, ["reader": 1, "writer": 8])
            }
            self.reader = try fixed.enumeration(at: 0, .little, field: "reader")
            writer = fixed.integer(at: 1, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let sentStart = writer.count
            writer.enumeration(reader, .little)
            writer.integer(self.writer, .big)
            writer.truncateZeros(from: sentStart)
        }
    }

    /// Handles ``Name`` and answers with ``Done``.
    ///
    /// Write `func handle(_ message: Zeros.Name, context: Context) async throws -> Zeros.Done`, or the same without
    /// `async` if the handler does not suspend.
    protocol NameHandler: RequestHandler where Input == Name {}
}

nonisolated extension Zeros {
    /// The message `Done`.
    struct Done: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Done" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// A `Done`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from sentReader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Zeros {
    /// The enum `Kind`.
    enum Kind: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case first
        /// `0x02` on the wire.
        case second
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .first
            case 0x02: self = .second
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .first: 0x01
            case .second: 0x02
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Zeros {
    /// The struct `Corner`.
    struct Corner: Hashable, Sendable {
        /// The field `x`.
        var x: Int32

        /// The field `y`.
        var y: UInt16

        /// A `Corner` with these fields.
        init(x: Int32, y: UInt16) {
            self.x = x
            self.y = y
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let structStart = reader.remaining
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["Corner.x": 3, "Corner.y": 2])
            }
            x = fixed.integer(at: 0, bytes: 3, .little)
            y = fixed.integer(at: 3, .little)
            try reader.align(4, from: structStart, field: "Corner")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let structStart = writer.count
            try writer.integer(x, bytes: 3, .little, field: "Corner.x")
            writer.integer(y, .little)
            writer.align(4, from: structStart)
        }
    }
}

nonisolated extension Zeros {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Move``, which has no reply.
        func move(_ message: Move, context: Context) async throws

        /// Answers ``Name`` with ``Done``.
        func name(_ message: Name, context: Context) async throws -> Done
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Zeros.Service) {
        on(Zeros.Move.self) { message, context in
            try await service.move(message, context: context)
        }
        on(Zeros.Name.self) { message, context in
            try await service.name(message, context: context)
        }
    }
}
