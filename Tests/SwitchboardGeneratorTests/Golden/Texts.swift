// Generated from Texts.yaml. Edit that file: the next build overwrites this one.

public import SwitchboardRouter
import Synchronization

/// Text and bytes in every form.
nonisolated public enum Texts: WireProtocol {
    /// The protocol's name.
    public static var name: String { "texts-1" }

    /// How messages are delimited on the stream.
    public static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .length(.four),
            .version(258, .two),
            .type(.two),
            .magic(0x00AB, .two),
        ],
        checksum: .init(.crc32, covers: .frame),
        maximumPayload: 100_000
    )

    /// The messages, in the order of their codes.
    public static var messages: [any Message.Type] {
        [
            Prefixed.self,
            Fixed.self,
            Nothing.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    public static var layoutHash: UInt64? { 0xEDE1_0862_E000_8B6B }
}

nonisolated extension Texts {
    /// The message `Prefixed`.
    public struct Prefixed: Request, Hashable {
        /// The reply.
        public typealias Reply = Fixed

        /// The code of the message in a frame.
        public static var code: MessageCode { 0x0100 }
        /// The name of the message in the spec.
        public static var name: String { "Prefixed" }
        /// The end of a connection that may send the message.
        public static var sender: Sender { .client }
        /// The largest payload of the message, in bytes.
        public static var maximumPayload: Int? { 70_000 }

        /// The field `s8`.
        ///
        /// At most 255 bytes in UTF-8.
        public var s8: String

        /// The field `b16`.
        ///
        /// At most 65_535 bytes.
        public var b16: Bytes

        /// The field `s32`.
        public var s32: String

        /// What is left.
        public var rest: Bytes

        /// A `Prefixed` with these fields.
        public init(s8: String, b16: Bytes, s32: String, rest: Bytes) {
            self.s8 = s8
            self.b16 = b16
            self.s32 = s32
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        @_documentation(visibility: internal)
        public init(from reader: inout ByteReader) throws(PayloadError) {
            s8 = try reader.string(length: UInt8.self, .big, field: "s8")
            b16 = try reader.bytes(length: UInt16.self, .little, field: "b16")
            s32 = try reader.string(length: UInt32.self, .big, field: "s32")
            rest = try reader.bytes(field: "rest")
        }

        /// Writes the fields in the order of the layout.
        @_documentation(visibility: internal)
        public func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(s8, length: UInt8.self, .big, field: "s8")
            try writer.bytes(b16, length: UInt16.self, .little, field: "b16")
            try writer.string(s32, length: UInt32.self, .big, field: "s32")
            writer.bytes(rest)
        }
    }

    /// Handles ``Prefixed`` and answers with ``Fixed``.
    ///
    /// Write `func handle(_ message: Texts.Prefixed, context: Context) async throws -> Texts.Fixed`, or the same
    /// without `async` if the handler does not suspend.
    public protocol PrefixedHandler: RequestHandler where Input == Prefixed {}
}

nonisolated extension Texts {
    /// The message `Fixed`.
    public struct Fixed: Message, Hashable {
        /// The code of the message in a frame.
        public static var code: MessageCode { 0x0200 }
        /// The name of the message in the spec.
        public static var name: String { "Fixed" }
        /// The end of a connection that may send the message.
        public static var sender: Sender { .server }

        /// The field `tag`.
        ///
        /// Exactly 4 bytes in UTF-8.
        public var tag: String

        /// The field `key`.
        ///
        /// Exactly 3 bytes.
        public var key: Bytes

        /// The field `text`.
        public var text: String

        /// A `Fixed` with these fields.
        public init(tag: String, key: Bytes, text: String) {
            self.tag = tag
            self.key = key
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        @_documentation(visibility: internal)
        public init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(7) else {
                throw .truncated(reader.remaining, ["tag": 4, "key": 3])
            }
            tag = try fixed.string(at: 0, count: 4, field: "tag")
            key = fixed.bytes(at: 4, count: 3)
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        @_documentation(visibility: internal)
        public func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(tag, count: 4, field: "tag")
            try writer.bytes(key, count: 3, field: "key")
            writer.string(text)
        }
    }
}

nonisolated extension Texts {
    /// Says nothing.
    public struct Nothing: Message, Hashable {
        /// The code of the message in a frame.
        public static var code: MessageCode { 0x0201 }
        /// The name of the message in the spec.
        public static var name: String { "Nothing" }
        /// The end of a connection that may send the message.
        public static var sender: Sender { .client }
        /// What the server requires of a peer before it handles the message.
        public static var requirement: Requirement { .authenticated }

        /// A `Nothing`.
        public init() {}

        /// Reads the fields in the order of the layout.
        @_documentation(visibility: internal)
        public init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        @_documentation(visibility: internal)
        public func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Nothing``, which has no reply.
    ///
    /// Write `func handle(_ message: Texts.Nothing, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    public protocol NothingHandler: OneWayHandler where Input == Nothing {}
}

nonisolated extension Texts {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    public protocol Service: Sendable {
        /// Answers ``Prefixed`` with ``Fixed``.
        func prefixed(_ message: Prefixed, context: Context) async throws -> Fixed

        /// Handles ``Nothing``, which has no reply.
        func nothing(_ message: Nothing, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    public mutating func register(_ service: some Texts.Service) {
        on(Texts.Prefixed.self) { message, context in
            try await service.prefixed(message, context: context)
        }
        on(Texts.Nothing.self) { message, context in
            try await service.nothing(message, context: context)
        }
    }
}
