// Generated from Numbers.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Numbers.
nonisolated enum Numbers: WireProtocol {
    /// The protocol's name.
    static var name: String { "Numbers" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .magic(0xCAFE, .two),
            .field(.two),
            .type(.one),
            .length(.one),
        ],
        checksum: nil,
        maximumPayload: 255
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Widths.self,
            Network.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xB4A0_3587_695F_13F5 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `session`.
        var session: UInt16

        /// A header with these fields.
        init(session: UInt16 = 0) {
            self.session = session
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            session = bytes.integer(at: 2, .little)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(session, at: 2, .little)
        }
    }
}

nonisolated extension Numbers {
    /// The message `Widths`.
    struct Widths: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Widths" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `u8`.
        var u8: UInt8

        /// The field `u16`.
        var u16: UInt16

        /// The field `u32`.
        var u32: UInt32

        /// The field `u64`.
        var u64: UInt64

        /// The field `i8`.
        var i8: Int8

        /// The field `i16`.
        var i16: Int16

        /// The field `i32`.
        var i32: Int32

        /// The field `i64`.
        var i64: Int64

        /// The field `flag`.
        var flag: Bool

        /// A `Widths` with these fields.
        init(
            u8: UInt8,
            u16: UInt16,
            u32: UInt32,
            u64: UInt64,
            i8: Int8,
            i16: Int16,
            i32: Int32,
            i64: Int64,
            flag: Bool
        ) {
            self.u8 = u8
            self.u16 = u16
            self.u32 = u32
            self.u64 = u64
            self.i8 = i8
            self.i16 = i16
            self.i32 = i32
            self.i64 = i64
            self.flag = flag
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(31) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "u8": 1,
                        "u16": 2,
                        "u32": 4,
                        "u64": 8,
                        "i8": 1,
                        "i16": 2,
                        "i32": 4,
                        "i64": 8,
                        "flag": 1,
                    ]
                )
            }
            u8 = fixed.integer(at: 0, .little)
            u16 = fixed.integer(at: 1, .little)
            u32 = fixed.integer(at: 3, .little)
            u64 = fixed.integer(at: 7, .little)
            i8 = fixed.integer(at: 15, .little)
            i16 = fixed.integer(at: 16, .little)
            i32 = fixed.integer(at: 18, .little)
            i64 = fixed.integer(at: 22, .little)
            flag = try fixed.boolean(at: 30, field: "flag")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(u8, .little)
            writer.integer(u16, .little)
            writer.integer(u32, .little)
            writer.integer(u64, .little)
            writer.integer(i8, .little)
            writer.integer(i16, .little)
            writer.integer(i32, .little)
            writer.integer(i64, .little)
            writer.boolean(flag)
        }
    }

    /// Handles ``Widths``, which has no reply.
    ///
    /// Write `func handle(_ message: Numbers.Widths, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol WidthsHandler: OneWayHandler where Input == Widths {}
}

nonisolated extension Numbers {
    /// The same, most significant byte first.
    ///
    /// Each field says so itself!
    ///
    /// A second paragraph.
    struct Network: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Network" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// Two bytes.
        var u16: UInt16

        /// The field `u32`.
        var u32: UInt32

        /// The field `u64`.
        var u64: UInt64

        /// The field `i16`.
        var i16: Int16

        /// The field `i32`.
        var i32: Int32

        /// The field `i64`.
        var i64: Int64

        /// A `Network` with these fields.
        init(u16: UInt16, u32: UInt32, u64: UInt64, i16: Int16, i32: Int32, i64: Int64) {
            self.u16 = u16
            self.u32 = u32
            self.u64 = u64
            self.i16 = i16
            self.i32 = i32
            self.i64 = i64
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(28) else {
                throw .truncated(reader.remaining, ["u16": 2, "u32": 4, "u64": 8, "i16": 2, "i32": 4, "i64": 8])
            }
            u16 = fixed.integer(at: 0, .big)
            u32 = fixed.integer(at: 2, .big)
            u64 = fixed.integer(at: 6, .big)
            i16 = fixed.integer(at: 14, .big)
            i32 = fixed.integer(at: 16, .big)
            i64 = fixed.integer(at: 20, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(u16, .big)
            writer.integer(u32, .big)
            writer.integer(u64, .big)
            writer.integer(i16, .big)
            writer.integer(i32, .big)
            writer.integer(i64, .big)
        }
    }
}

nonisolated extension Numbers {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Widths``, which has no reply.
        func widths(_ message: Widths, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Numbers.Service) {
        on(Numbers.Widths.self) { message, context in
            try await service.widths(message, context: context)
        }
    }
}
