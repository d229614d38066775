// Generated from Varints.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Varints.
nonisolated enum Varints: WireProtocol {
    /// The protocol's name.
    static var name: String { "Varints" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: nil,
        trailer: [],
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Numbers.self,
            Values.self,
            Row.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x3AE8_99A6_2211_A1B4 }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 10 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let type: UInt8 = try reader.integer(.little, field: "type")
            let length: UInt64 = try reader.integer(.asn1, field: "length")
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length), header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt64
            writer.integer(type, .little)
            try writer.integer(length, .asn1, field: "length")
        }
    }
}

nonisolated extension Varints {
    /// The message `Numbers`.
    struct Numbers: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Numbers" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `asn1`.
        var asn1: UInt64

        /// The field `mysql`.
        var mysql: UInt64

        /// The field `midi`.
        var midi: UInt64

        /// A `Numbers` with these fields.
        init(asn1: UInt64, mysql: UInt64, midi: UInt64) {
            self.asn1 = asn1
            self.mysql = mysql
            self.midi = midi
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            asn1 = try reader.integer(.asn1, field: "asn1")
            mysql = try reader.integer(.mysql, field: "mysql")
            midi = try reader.integer(.midi, field: "midi")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.integer(asn1, .asn1, field: "asn1")
            try writer.integer(mysql, .mysql, field: "mysql")
            try writer.integer(midi, .midi, field: "midi")
        }
    }

    /// Handles ``Numbers``, which has no reply.
    ///
    /// Write `func handle(_ message: Varints.Numbers, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol NumbersHandler: OneWayHandler where Input == Numbers {}
}

nonisolated extension Varints {
    /// The message `Values`.
    struct Values: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Values" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        var text: String

        /// The field `items`.
        var items: [Item]

        /// A `Values` with these fields.
        init(text: String, items: [Item]) {
            self.text = text
            self.items = items
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(count: reader.size(.mysql, field: "text"), field: "text")
            items = try reader.array(
                count: reader.size(.midi, field: "items"),
                minimumSize: 2,
                field: "items",
                Item.init(from:)
            )
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.integer(
                try ByteWriter.number(of: text.utf8.count, field: "text") as UInt64,
                .mysql,
                field: "text"
            )
            writer.string(text)
            try writer.integer(try ByteWriter.number(of: items.count, field: "items") as UInt64, .midi, field: "items")
            for element in items {
                try element.encode(into: &writer)
            }
        }
    }

    /// Handles ``Values``, which has no reply.
    ///
    /// Write `func handle(_ message: Varints.Values, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ValuesHandler: OneWayHandler where Input == Values {}
}

nonisolated extension Varints {
    /// The message `Row`.
    struct Row: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Row" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `columns`.
        var columns: [String?]

        /// A `Row` with these fields.
        init(columns: [String?]) {
            self.columns = columns
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            columns = try reader.array(field: "columns") { reader throws(PayloadError) in
                try reader.value(
                    reader.size(.mysql, absent: 251, field: "columns")
                ) { reader, count throws(PayloadError) in
                    try reader.string(count: count, field: "columns")
                }
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            for element in columns {
                if let element {
                    try writer.integer(
                        try ByteWriter.number(of: element.utf8.count, field: "columns") as UInt64,
                        .mysql,
                        field: "columns"
                    )
                    writer.string(element)
                } else {
                    writer.integer(251 as UInt8, .little)
                }
            }
        }
    }

    /// Handles ``Row``, which has no reply.
    ///
    /// Write `func handle(_ message: Varints.Row, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol RowHandler: OneWayHandler where Input == Row {}
}

nonisolated extension Varints {
    /// The union `Item`.
    enum Item: Hashable, Sendable {
        /// `0x02` on the wire.
        case name(name: String)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .name: 0x02
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let tag: UInt8 = try reader.integer(.little, field: "Item")
            self = try reader.window(reader.size(.asn1, field: "Item"), field: "Item") { reader throws(PayloadError) in
                try Self(fieldsOf: tag, from: &reader)
            }
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x02:
                let name: String = try reader.string(field: "Item.name.name")
                self = .name(name: name)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Item"))
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(tag, .little)
            try writer.sized(.asn1, field: "Item") { writer throws(PayloadError) in
                try encodeFields(into: &writer)
            }
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .name(let name):
                writer.string(name)
            case .unrecognized(let tag, let data):
                guard !([0x02] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Item")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Varints {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Numbers``, which has no reply.
        func numbers(_ message: Numbers, context: Context) async throws

        /// Handles ``Values``, which has no reply.
        func values(_ message: Values, context: Context) async throws

        /// Handles ``Row``, which has no reply.
        func row(_ message: Row, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Varints.Service) {
        on(Varints.Numbers.self) { message, context in
            try await service.numbers(message, context: context)
        }
        on(Varints.Values.self) { message, context in
            try await service.values(message, context: context)
        }
        on(Varints.Row.self) { message, context in
            try await service.row(message, context: context)
        }
    }
}
