// Generated from Twins.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Twins.
nonisolated enum Twins: WireProtocol {
    /// The protocol's name.
    static var name: String { "Twins" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [],
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Decomposed.self,
            Counted.self,
            Tested.self,
            Composed.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x2290_80D8_FD50_F819 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `reader`.
        var reader: UInt8

        /// The header's field `readerValue`.
        var readerValue: UInt8

        /// The header's field `bits2`.
        var bits2: UInt8

        /// The header's field `bits2Value`.
        var bits2Value: UInt8

        /// The header's field `options`.
        var options: Options

        /// The header's field `tag`.
        var tag: UInt8

        /// A header with these fields.
        init(
            reader: UInt8 = 0,
            readerValue: UInt8 = 0,
            bits2: UInt8 = 0,
            bits2Value: UInt8 = 0,
            options: Options = [],
            tag: UInt8 = 0
        ) {
            self.reader = reader
            self.readerValue = readerValue
            self.bits2 = bits2
            self.bits2Value = bits2Value
            self.options = options
            self.tag = tag
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            reader = bytes.integer(at: 0, .big)
            readerValue = bytes.integer(at: 1, .big)
            bits2 = bytes.integer(at: 2, .big)
            bits2Value = bytes.integer(at: 3, .big)
            options = Options(rawValue: bytes.integer(at: 5, .big))
            tag = bytes.integer(at: 6, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(reader, at: 0, .big)
            bytes.set(readerValue, at: 1, .big)
            bytes.set(bits2, at: 2, .big)
            bytes.set(bits2Value, at: 3, .big)
            bytes.set(options.rawValue, at: 5, .big)
            bytes.set(tag, at: 6, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 21 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let type: String = try reader.string(count: 4, pad: 0x00, field: "type")
            let readerValue: UInt8 = try reader.integer(.big, field: "reader")
            let readerValueValue: UInt8 = try reader.integer(.big, field: "readerValue")
            let bits2Value: UInt8 = try reader.integer(.big, field: "bits2")
            let bits2ValueValue: UInt8 = try reader.integer(.big, field: "bits2Value")
            let count: UInt8 = try reader.integer(.big, field: "count")
            let options: Options = try reader.flags(.big, field: "options")
            let tagValue: UInt8 = try reader.integer(.big, field: "tag")
            let length: UInt64 = try reader.integer(.leb128, field: "length")
            var frameBytes = HeaderBytes()
            frameBytes.set(readerValue, at: 0, .big)
            frameBytes.set(readerValueValue, at: 1, .big)
            frameBytes.set(bits2Value, at: 2, .big)
            frameBytes.set(bits2ValueValue, at: 3, .big)
            frameBytes.set(count, at: 4, .big)
            frameBytes.set(options.rawValue, at: 5, .big)
            frameBytes.set(tagValue, at: 6, .big)
            let frameCode: MessageCode
            switch type {
            case _ where type.isExactly("é"): frameCode = 0
            case _ where type.isExactly("n"): frameCode = 1
            case _ where type.isExactly("w"): frameCode = 2
            case _ where type.isExactly("é"): frameCode = 3
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
            let readerValue: UInt8 = frameHead.header.integer(at: 0, .big)
            let readerValueValue: UInt8 = frameHead.header.integer(at: 1, .big)
            let bits2Value: UInt8 = frameHead.header.integer(at: 2, .big)
            let bits2ValueValue: UInt8 = frameHead.header.integer(at: 3, .big)
            let count: UInt8 = frameHead.header.integer(at: 4, .big)
            let options: Options = Options(rawValue: frameHead.header.integer(at: 5, .big))
            let tagValue: UInt8 = frameHead.header.integer(at: 6, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt64
            let type: String
            switch frameHead.code {
            case 0: type = "é"
            case 1: type = "n"
            case 2: type = "w"
            case 3: type = "é"
            default: throw PayloadError(.invalidCase, field: "type")
            }
            try writer.string(type, count: 4, pad: 0x00, field: "type")
            writer.integer(readerValue, .big)
            writer.integer(readerValueValue, .big)
            writer.integer(bits2Value, .big)
            writer.integer(bits2ValueValue, .big)
            writer.integer(count, .big)
            writer.flags(options, .big)
            writer.integer(tagValue, .big)
            try writer.integer(length, .leb128, field: "length")
        }
    }
}

nonisolated extension Twins {
    /// The message `Composed`.
    struct Composed: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Composed" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `header`.
        var header: UInt8

        /// The field `mark`.
        ///
        /// The value is always the same.
        var mark: String { "é" }

        /// A `Composed` with these fields.
        init(header: UInt8) {
            self.header = header
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["header": 1, "mark": 4])
            }
            self.header = fixed.integer(at: 0, .big)
            guard try fixed.string(at: 1, count: 4, pad: 0x00, field: "mark").isExactly("é") else {
                throw PayloadError(.unexpectedValue, field: "mark")
            }
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt8, at: 4, .big)
            writer.integer(self.header, .big)
            try writer.string(mark, count: 4, pad: 0x00, field: "mark")
        }
    }

    /// Handles ``Composed``, which has no reply.
    ///
    /// Write `func handle(_ message: Twins.Composed, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ComposedHandler: OneWayHandler where Input == Composed {}
}

nonisolated extension Twins {
    /// The message `Decomposed`.
    struct Decomposed: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Decomposed" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `header`.
        var header: Bytes

        /// A `Decomposed` with these fields.
        init(header: Bytes) {
            self.header = header
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerCount: UInt8 = header.integer(at: 4, .big)
            self.header = try reader.bytes(count: Int(clamping: headerCount), field: "header")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerCount: UInt8 = try ByteWriter.number(of: self.header.count, field: "header") as UInt8
            header.set(headerCount, at: 4, .big)
            writer.bytes(self.header)
        }
    }

    /// Handles ``Decomposed``, which has no reply.
    ///
    /// Write `func handle(_ message: Twins.Decomposed, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol DecomposedHandler: OneWayHandler where Input == Decomposed {}
}

nonisolated extension Twins {
    /// The message `Counted`.
    struct Counted: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Counted" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `point`.
        var point: Point?

        /// The field `latin`.
        ///
        /// At most 255 bytes in ISO 8859-1.
        var latin: String?

        /// The field `text`.
        var text: String?

        /// A `Counted` with these fields.
        init(point: Point? = nil, latin: String? = nil, text: String? = nil) {
            self.point = point
            self.latin = latin
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let size: UInt8 = try reader.integer(.big, field: "size")
            point =
                try reader.isPresent(field: "point")
                ? reader.window(Int(clamping: size), field: "point") { reader throws(PayloadError) in
                    try Point(from: &reader)
                }
                : nil
            latin =
                try reader.isPresent(field: "latin")
                ? TextEncoding.latin1.text(try reader.bytes(length: UInt8.self, .big, field: "latin"), field: "latin")
                : nil
            let readerValue: UInt8 = try reader.integer(.big, field: "reader")
            text =
                try reader.isPresent(field: "text")
                ? TextEncoding.latin1.text(
                    try reader.bytes(count: Int(clamping: readerValue), field: "text"),
                    field: "text"
                )
                : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt8, at: 4, .big)
            let pointBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                if let point {
                    try point.encode(into: &writer)
                }
            }
            let size: UInt8
            if point != nil {
                size = try ByteWriter.number(of: pointBytes.count, field: "point") as UInt8
            } else {
                size = 0
            }
            writer.integer(size, .big)
            writer.presence(point != nil)
            writer.bytes(pointBytes)
            writer.presence(latin != nil)
            if let latin {
                try writer.bytes(
                    try TextEncoding.latin1.bytes(latin, field: "latin"),
                    length: UInt8.self,
                    .big,
                    field: "latin"
                )
            }
            let textBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                if let text {
                    writer.bytes(try TextEncoding.latin1.bytes(text, field: "text"))
                }
            }
            let readerValue: UInt8
            if text != nil {
                readerValue = try ByteWriter.number(of: textBytes.count, field: "text") as UInt8
            } else {
                readerValue = 0
            }
            writer.integer(readerValue, .big)
            writer.presence(text != nil)
            writer.bytes(textBytes)
        }
    }

    /// Handles ``Counted``, which has no reply.
    ///
    /// Write `func handle(_ message: Twins.Counted, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol CountedHandler: OneWayHandler where Input == Counted {}
}

nonisolated extension Twins {
    /// The message `Tested`.
    struct Tested: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Tested" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `x`.
        var x: UInt8?

        /// The field `options`.
        var options: Options

        /// The field `y`.
        var y: UInt8?

        /// The field `z`.
        var z: UInt8?

        /// A `Tested` with these fields.
        init(x: UInt8? = nil, options: Options, y: UInt8? = nil, z: UInt8? = nil) {
            self.x = x
            self.options = options
            self.y = y
            self.z = z
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerCount: UInt8 = header.integer(at: 4, .big)
            let headerOptions: Options = Options(rawValue: header.integer(at: 5, .big))
            x = try headerCount == 0 && !headerOptions.contains(.final) ? reader.integer(.big, field: "x") : nil
            let optionsOnWire: Options = try reader.flags(.big, field: "options")
            options = optionsOnWire.subtracting([.final])
            y = try !optionsOnWire.contains(.named) ? reader.integer(.big, field: "y") : nil
            z = try optionsOnWire.contains(.final) ? reader.integer(.big, field: "z") : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt8, at: 4, .big)
            let headerCount: UInt8 = header.integer(at: 4, .big)
            let headerOptions: Options = Options(rawValue: header.integer(at: 5, .big))
            guard (headerCount == 0 && !headerOptions.contains(.final)) == (x != nil) else {
                throw PayloadError(.inconsistent, field: "x")
            }
            if let x {
                writer.integer(x, .big)
            }
            var optionsOnWire = options
            if z != nil { optionsOnWire.insert(.final) } else { optionsOnWire.remove(.final) }
            writer.flags(optionsOnWire, .big)
            guard (!optionsOnWire.contains(.named)) == (y != nil) else {
                throw PayloadError(.inconsistent, field: "y")
            }
            if let y {
                writer.integer(y, .big)
            }
            if let z {
                writer.integer(z, .big)
            }
        }
    }

    /// Handles ``Tested``, which has no reply.
    ///
    /// Write `func handle(_ message: Twins.Tested, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol TestedHandler: OneWayHandler where Input == Tested {}
}

nonisolated extension Twins {
    /// The flags `Options`.
    struct Options: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let named = Options(rawValue: 1 << 0)
        /// Bit 1, where bit 0 is the lowest.
        static let final = Options(rawValue: 1 << 1)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Twins {
    /// The struct `Point`.
    struct Point: Hashable, Sendable {
        /// The field `rest`.
        var rest: Bytes

        /// A `Point` with these fields.
        init(rest: Bytes) {
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            rest = try reader.bytes(field: "Point.rest")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(rest)
        }
    }
}

nonisolated extension Twins {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Composed``, which has no reply.
        func composed(_ message: Composed, context: Context) async throws

        /// Handles ``Decomposed``, which has no reply.
        func decomposed(_ message: Decomposed, context: Context) async throws

        /// Handles ``Counted``, which has no reply.
        func counted(_ message: Counted, context: Context) async throws

        /// Handles ``Tested``, which has no reply.
        func tested(_ message: Tested, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Twins.Service) {
        on(Twins.Composed.self) { message, context in
            try await service.composed(message, context: context)
        }
        on(Twins.Decomposed.self) { message, context in
            try await service.decomposed(message, context: context)
        }
        on(Twins.Counted.self) { message, context in
            try await service.counted(message, context: context)
        }
        on(Twins.Tested.self) { message, context in
            try await service.tested(message, context: context)
        }
    }
}
