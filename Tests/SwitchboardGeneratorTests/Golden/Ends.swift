// Generated from Ends.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Ends.
nonisolated enum Ends: WireProtocol {
    /// The protocol's name.
    static var name: String { "Ends" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [.checksum(.init(.crc16Modbus, covers: .frame, byteOrder: .little)), .end([0x0D, 0x0A])],
        maximumPayload: 300
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Read.self,
            Values.self,
            Stop.self,
            Draw.self,
            Place.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xDF86_5F9F_B336_F056 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `unit`.
        var unit: UInt8

        /// The header's field `options`.
        var options: Options

        /// A header with these fields.
        init(unit: UInt8 = 0, options: Options = []) {
            self.unit = unit
            self.options = options
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            unit = bytes.integer(at: 0, .big)
            options = Options(rawValue: bytes.integer(at: 1, .big))
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(unit, at: 0, .big)
            bytes.set(options.rawValue, at: 1, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 4 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let unit: UInt8 = try reader.integer(.big, field: "unit")
            let options: Options = try reader.flags(.big, field: "options")
            let count: UInt8 = try reader.integer(.big, field: "count")
            let type: UInt8 = try reader.integer(.big, field: "type")
            var frameBytes = HeaderBytes()
            frameBytes.set(unit, at: 0, .big)
            frameBytes.set(options.rawValue, at: 1, .big)
            frameBytes.set(count, at: 2, .big)
            return FrameHead(code: MessageCode(type), payloadSize: 0, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let unit: UInt8 = frameHead.header.integer(at: 0, .big)
            let options: Options = Options(rawValue: frameHead.header.integer(at: 1, .big))
            let count: UInt8 = frameHead.header.integer(at: 2, .big)
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            writer.integer(unit, .big)
            writer.flags(options, .big)
            writer.integer(count, .big)
            writer.integer(type, .big)
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
            case 3 where frameSender != .server: _ = try Read(from: &reader, header: frameHead.header)
            case 3: _ = try Values(from: &reader, header: frameHead.header)
            case 4: break
            case 5: _ = try Draw(from: &reader)
            case 6: _ = try Place(from: &reader)
            default: throw PayloadError(.invalidCase, field: "type")
            }
        }
    }
}

nonisolated extension Ends {
    /// The message `Read`.
    struct Read: Request, Hashable {
        /// The reply.
        typealias Reply = Values

        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Read" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `address`.
        var address: UInt16

        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String?

        /// A `Read` with these fields.
        init(address: UInt16, name: String? = nil) {
            self.address = address
            self.name = name
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerOptions: Options = Options(rawValue: header.integer(at: 1, .big))
            address = try reader.integer(.big, field: "address")
            name = try headerOptions.contains(.named) ? reader.string(length: UInt8.self, .big, field: "name") : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerOptions: Options = Options(rawValue: header.integer(at: 1, .big))
            header.set(0 as UInt8, at: 2, .big)
            writer.integer(address, .big)
            guard (headerOptions.contains(.named)) == (name != nil) else {
                throw PayloadError(.inconsistent, field: "name")
            }
            if let name {
                try writer.string(name, length: UInt8.self, .big, field: "name")
            }
        }
    }

    /// Handles ``Read`` and answers with ``Values``.
    ///
    /// Write `func handle(_ message: Ends.Read, context: Context) async throws -> Ends.Values`, or the same without
    /// `async` if the handler does not suspend.
    protocol ReadHandler: RequestHandler where Input == Read {}
}

nonisolated extension Ends {
    /// The message `Values`.
    struct Values: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Values" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `values`.
        var values: [UInt16]

        /// A `Values` with these fields.
        init(values: [UInt16]) {
            self.values = values
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerCount: UInt8 = header.integer(at: 2, .big)
            values = try reader.integers(count: Int(clamping: headerCount), .big, field: "values")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerCount: UInt8 = try ByteWriter.number(of: values.count, field: "values") as UInt8
            header.set(headerCount, at: 2, .big)
            for element in values {
                writer.integer(element, .big)
            }
        }
    }
}

nonisolated extension Ends {
    /// The message `Stop`.
    struct Stop: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "Stop" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `Stop`.
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
            header.set(0 as UInt8, at: 2, .big)
        }
    }

    /// Handles ``Stop``, which has no reply.
    ///
    /// Write `func handle(_ message: Ends.Stop, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol StopHandler: OneWayHandler where Input == Stop {}
}

nonisolated extension Ends {
    /// The message `Draw`.
    struct Draw: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Draw" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `points`.
        var points: [Point]

        /// The field `title`.
        var title: String

        /// The field `body`.
        var body: Body

        /// A `Draw` with these fields.
        init(points: [Point], title: String, body: Body) {
            self.points = points
            self.title = title
            self.body = body
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            points = try reader.array(
                count: reader.size(.leb128, field: "points"),
                minimumSize: 3,
                field: "points",
                Point.init(from:)
            )
            title = try reader.string(until: 0x00, field: "title")
            try reader.align(2, from: fieldStart, field: "body")
            body = try Body(from: &reader)
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt8, at: 2, .big)
            let fieldStart = writer.count
            try writer.integer(
                try ByteWriter.number(of: points.count, field: "points") as UInt64,
                .leb128,
                field: "points"
            )
            for element in points {
                try element.encode(into: &writer)
            }
            try writer.string(title, until: 0x00, field: "title")
            writer.align(2, from: fieldStart)
            try body.encode(into: &writer)
        }
    }

    /// Handles ``Draw``, which has no reply.
    ///
    /// Write `func handle(_ message: Ends.Draw, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol DrawHandler: OneWayHandler where Input == Draw {}
}

nonisolated extension Ends {
    /// The message `Place`.
    struct Place: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Place" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `point`.
        var point: Point?

        /// A `Place` with these fields.
        init(point: Point? = nil) {
            self.point = point
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            point = try reader.isPresent(field: "point") ? Point(from: &reader) : nil
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt8, at: 2, .big)
            writer.presence(point != nil)
            if let point {
                try point.encode(into: &writer)
            }
        }
    }
}

nonisolated extension Ends {
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

nonisolated extension Ends {
    /// The struct `Point`.
    struct Point: Hashable, Sendable {
        /// The field `x`.
        var x: Int16

        /// The field `labels`.
        ///
        /// At most 255 elements.
        var labels: [String]

        /// A `Point` with these fields.
        init(x: Int16, labels: [String]) {
            self.x = x
            self.labels = labels
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            x = try reader.integer(.big, field: "Point.x")
            labels = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 1,
                field: "Point.labels"
            ) { reader throws(PayloadError) in
                try reader.string(length: UInt8.self, .big, field: "Point.labels")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(x, .big)
            try writer.count(labels.count, as: UInt8.self, .big, field: "Point.labels")
            for element in labels {
                try writer.string(element, length: UInt8.self, .big, field: "Point.labels")
            }
        }
    }
}

nonisolated extension Ends {
    /// The union `Body`.
    enum Body: Hashable, Sendable {
        /// `0x01` on the wire.
        case number(value: UInt32)
        /// `0x02` on the wire.
        case text(value: String)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.big, field: "Body") as UInt8 {
            case 0x01:
                let value: UInt32 = try reader.integer(.big, field: "Body.number.value")
                self = .number(value: value)
            case 0x02:
                let value: String = try reader.string(until: 0x00, field: "Body.text.value")
                self = .text(value: value)
            default: throw PayloadError(.invalidCase, field: "Body")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .number(let value):
                writer.integer(0x01 as UInt8, .big)
                writer.integer(value, .big)
            case .text(let value):
                writer.integer(0x02 as UInt8, .big)
                try writer.string(value, until: 0x00, field: "Body.text.value")
            }
        }
    }
}

nonisolated extension Ends {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Read`` with ``Values``.
        func read(_ message: Read, context: Context) async throws -> Values

        /// Handles ``Stop``, which has no reply.
        func stop(_ message: Stop, context: Context) async throws

        /// Handles ``Draw``, which has no reply.
        func draw(_ message: Draw, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Ends.Service) {
        on(Ends.Read.self) { message, context in
            try await service.read(message, context: context)
        }
        on(Ends.Stop.self) { message, context in
            try await service.stop(message, context: context)
        }
        on(Ends.Draw.self) { message, context in
            try await service.draw(message, context: context)
        }
    }
}
