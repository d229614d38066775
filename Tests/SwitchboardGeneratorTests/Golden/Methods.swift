// Generated from Methods.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Methods.
nonisolated enum Methods: WireProtocol {
    /// The protocol's name.
    static var name: String { "Methods" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: .init(offset: 3, width: .four, order: .big),
        trailer: [.checksum(.init(.sum8, covers: .frame))],
        maximumPayload: 1000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Stop.self,
            Add.self,
            Sum.self,
            Unlike.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x46AC_24CC_56D0_9756 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `tag`.
        var tag: UInt16?

        /// The header's field `depth`.
        var depth: UInt64

        /// A header with these fields.
        init(tag: UInt16? = nil, depth: UInt64 = 0) {
            self.tag = tag
            self.depth = depth
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            tag = bytes.hasValue(at: 0) ? bytes.integer(at: 1, .big) : nil
            depth = bytes.integer(at: 7, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.setHasValue(tag != nil, at: 0)
            bytes.set(tag ?? 0, at: 1, .big)
            bytes.set(depth, at: 7, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 149 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let frameStart = reader.remaining
            var bits = try reader.bits(1, .high, field: "hasTag")
            let hasTag: Bool = bits.boolean()
            let kind: UInt8 = bits.integer(7)
            let tagValue: UInt16? = try hasTag ? reader.integer(.big, field: "tag") : nil
            let length: UInt32 = try reader.integer(bytes: 3, .little, field: "length")
            let method: String = try reader.string(length: UInt8.self, .big, field: "method")
            let sequence: UInt32 = try reader.integer(.big, field: "sequence")
            let depth: UInt64 = try reader.integer(.leb128, field: "depth")
            var frameBytes = HeaderBytes()
            frameBytes.setHasValue(tagValue != nil, at: 0)
            frameBytes.set(tagValue ?? 0, at: 1, .big)
            frameBytes.set(sequence, at: 3, .big)
            frameBytes.set(depth, at: 7, .big)
            let frameCode: MessageCode
            switch (kind, method) {
            case (1, _) where method.isExactly(""): frameCode = 0
            case (1, _) where method.isExactly("add"): frameCode = 1
            case (2, _) where method.isExactly("add"): frameCode = 2
            case (3, _) where method.isExactly("ünlike"): frameCode = 3
            default: frameCode = .unknown
            }
            return FrameHead(
                code: frameCode,
                payloadSize: Int(clamping: length) - (frameStart - reader.remaining) - 1,
                header: frameBytes
            )
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let tagValue: UInt16? = frameHead.header.hasValue(at: 0) ? frameHead.header.integer(at: 1, .big) : nil
            let length: UInt32 = 0
            let sequence: UInt32 = frameHead.header.integer(at: 3, .big)
            let depth: UInt64 = frameHead.header.integer(at: 7, .big)
            let kind: UInt8
            let method: String
            switch frameHead.code {
            case 0: (kind, method) = (1, "")
            case 1: (kind, method) = (1, "add")
            case 2: (kind, method) = (2, "add")
            case 3: (kind, method) = (3, "ünlike")
            default: throw PayloadError(.invalidCase, field: "type")
            }
            let frameStart = writer.count
            let hasTag = tagValue != nil
            var bits = BitWriter(.high)
            bits.boolean(hasTag)
            try bits.integer(kind, 7, field: "kind")
            writer.bits(bits)
            if let tagValue {
                writer.integer(tagValue, .big)
            }
            let frameOffset = writer.count
            try writer.integer(length, bytes: 3, .little, field: "length")
            try writer.string(method, length: UInt8.self, .big, field: "method")
            writer.integer(sequence, .big)
            try writer.integer(depth, .leb128, field: "depth")
            let frameCount = frameHead.payloadSize + writer.count - frameStart
            let frameSize = try ByteWriter.number(of: frameCount, bits: 24, plus: 1, field: "payload") as UInt32
            writer.length(frameSize, bytes: 3, at: frameOffset, .little)
        }
    }
}

nonisolated extension Methods {
    /// The message `Add`.
    struct Add: Request, Hashable {
        /// The reply.
        typealias Reply = Sum

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Add" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `left`.
        var left: Int8

        /// The field `right`.
        var right: Int8

        /// An `Add` with these fields.
        init(left: Int8, right: Int8) {
            self.left = left
            self.right = right
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["left": 1, "right": 1])
            }
            left = fixed.integer(at: 0, .big)
            right = fixed.integer(at: 1, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(left, .big)
            writer.integer(right, .big)
        }
    }

    /// Handles ``Add`` and answers with ``Sum``.
    ///
    /// Write `func handle(_ message: Methods.Add, context: Context) async throws -> Methods.Sum`, or the same without
    /// `async` if the handler does not suspend.
    protocol AddHandler: RequestHandler where Input == Add {}
}

nonisolated extension Methods {
    /// The message `Sum`.
    struct Sum: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Sum" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `value`.
        var value: Int16

        /// A `Sum` with these fields.
        init(value: Int16) {
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
}

nonisolated extension Methods {
    /// The message `Stop`.
    struct Stop: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Stop" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Stop`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Stop``, which has no reply.
    ///
    /// Write `func handle(_ message: Methods.Stop, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol StopHandler: OneWayHandler where Input == Stop {}
}

nonisolated extension Methods {
    /// The message `Unlike`.
    struct Unlike: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Unlike" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        var text: String

        /// An `Unlike` with these fields.
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

    /// Handles ``Unlike``, which has no reply.
    ///
    /// Write `func handle(_ message: Methods.Unlike, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol UnlikeHandler: OneWayHandler where Input == Unlike {}
}

nonisolated extension Methods {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Add`` with ``Sum``.
        func add(_ message: Add, context: Context) async throws -> Sum

        /// Handles ``Stop``, which has no reply.
        func stop(_ message: Stop, context: Context) async throws

        /// Handles ``Unlike``, which has no reply.
        func unlike(_ message: Unlike, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Methods.Service) {
        on(Methods.Add.self) { message, context in
            try await service.add(message, context: context)
        }
        on(Methods.Stop.self) { message, context in
            try await service.stop(message, context: context)
        }
        on(Methods.Unlike.self) { message, context in
            try await service.unlike(message, context: context)
        }
    }
}
