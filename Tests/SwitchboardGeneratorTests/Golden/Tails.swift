// Generated from Tails.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Tails.
nonisolated enum Tails: WireProtocol {
    /// The protocol's name.
    static var name: String { "Tails" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .type(.one),
            .length(.two),
        ],
        checksum: nil,
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Uplink.self,
            List.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x74A1_0959_2403_EF1A }
}

nonisolated extension Tails {
    /// The message `Uplink`.
    struct Uplink: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Uplink" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `counter`.
        var counter: UInt16

        /// The field `data`.
        var data: Bytes

        /// The field `port`.
        var port: UInt8

        /// The field `isLast`.
        var isLast: Bool

        /// The field `rate`.
        var rate: UInt8

        /// The field `integrity`.
        ///
        /// Exactly 4 bytes.
        var integrity: Bytes

        /// An `Uplink` with these fields.
        init(counter: UInt16, data: Bytes, port: UInt8, isLast: Bool, rate: UInt8, integrity: Bytes) {
            self.counter = counter
            self.data = data
            self.port = port
            self.isLast = isLast
            self.rate = rate
            self.integrity = integrity
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            counter = try reader.integer(.big, field: "counter")
            data = try reader.window(reader.remaining - 6, field: "data") { reader throws(PayloadError) in
                try reader.bytes(field: "data")
            }
            guard let fixed = reader.readFixed(6) else {
                throw .truncated(reader.remaining, ["port": 1, "isLast": 1, "integrity": 4])
            }
            port = fixed.integer(at: 0, .big)
            var bits = fixed.bits(at: 1, 1, .high)
            isLast = bits.boolean()
            bits.skip(3)
            rate = bits.integer(4)
            integrity = fixed.bytes(at: 2, count: 4)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(counter, .big)
            writer.bytes(data)
            writer.integer(port, .big)
            var bits = BitWriter(.high)
            bits.boolean(isLast)
            bits.reserved(3)
            try bits.integer(rate, 4, field: "rate")
            writer.bits(bits)
            try writer.bytes(integrity, count: 4, field: "integrity")
        }
    }

    /// Handles ``Uplink``, which has no reply.
    ///
    /// Write `func handle(_ message: Tails.Uplink, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol UplinkHandler: OneWayHandler where Input == Uplink {}
}

nonisolated extension Tails {
    /// The message `List`.
    struct List: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "List" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `kind`.
        var kind: UInt8

        /// The field `items`.
        var items: [Item]?

        /// The field `text`.
        ///
        /// At most 4 bytes in UTF-8.
        var text: String?

        /// The field `latin`.
        var latin: String?

        /// The field `value`.
        var value: Value?

        /// The field `end`.
        ///
        /// The value is always the same.
        var end: UInt16 { 48_879 }

        /// A `List` with these fields.
        init(kind: UInt8, items: [Item]? = nil, text: String? = nil, latin: String? = nil, value: Value? = nil) {
            self.kind = kind
            self.items = items
            self.text = text
            self.latin = latin
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            kind = try reader.integer(.big, field: "kind")
            items =
                try kind == 1
                ? reader.window(reader.remaining - 2, field: "items") { reader throws(PayloadError) in
                    try reader.array(field: "items", Item.init(from:))
                }
                : nil
            text =
                try kind == 2
                ? reader.window(reader.remaining - 2, field: "text") { reader throws(PayloadError) in
                    try reader.string(field: "text")
                }
                : nil
            if kind == 3 {
                latin = try reader.window(reader.remaining - 2, field: "latin") { reader throws(PayloadError) in
                    try reader.isPresent(field: "latin")
                        ? TextEncoding.latin1.text(try reader.bytes(field: "latin"), field: "latin")
                        : nil
                }
            } else {
                latin = nil
            }
            if kind == 4 {
                try reader.align(2, from: fieldStart, field: "value")
                value = try reader.window(reader.remaining - 2, field: "value") { reader throws(PayloadError) in
                    try Value(from: &reader)
                }
            } else {
                value = nil
            }
            guard try reader.integer(.big, field: "end") == 48_879 as UInt16 else {
                throw PayloadError(.unexpectedValue, field: "end")
            }
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            let fieldStart = writer.count
            writer.integer(kind, .big)
            guard (kind == 1) == (items != nil) else {
                throw PayloadError(.inconsistent, field: "items")
            }
            if let items {
                for element in items {
                    try element.encode(into: &writer)
                }
            }
            guard (kind == 2) == (text != nil) else {
                throw PayloadError(.inconsistent, field: "text")
            }
            if let text {
                writer.string(text)
            }
            if kind == 3 {
                writer.presence(latin != nil)
                if let latin {
                    writer.bytes(try TextEncoding.latin1.bytes(latin, field: "latin"))
                }
            } else if latin != nil {
                throw PayloadError(.inconsistent, field: "latin")
            }
            guard (kind == 4) == (value != nil) else {
                throw PayloadError(.inconsistent, field: "value")
            }
            if let value {
                writer.align(2, from: fieldStart)
                try value.encode(into: &writer)
            }
            writer.integer(end, .big)
        }

        private func checkBounds() throws(PayloadError) {
            if let text, !(text.utf8.count <= 4) {
                throw PayloadError(.outOfBounds, field: "text")
            }
        }
    }

    /// Handles ``List``, which has no reply.
    ///
    /// Write `func handle(_ message: Tails.List, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ListHandler: OneWayHandler where Input == List {}
}

nonisolated extension Tails {
    /// The struct `Item`.
    struct Item: Hashable, Sendable {
        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String

        /// An `Item` with these fields.
        init(name: String) {
            self.name = name
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            name = try reader.string(length: UInt8.self, .big, field: "Item.name")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(name, length: UInt8.self, .big, field: "Item.name")
        }
    }
}

nonisolated extension Tails {
    /// The union `Value`.
    enum Value: Hashable, Sendable {
        /// `0x01` on the wire.
        case pair(left: String, right: UInt8)
        /// `0x02` on the wire.
        case nothing

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.big, field: "Value") as UInt8 {
            case 0x01:
                let left: String = try reader.window(
                    reader.remaining - 1,
                    field: "Value.pair.left"
                ) { reader throws(PayloadError) in
                    try reader.string(field: "Value.pair.left")
                }
                let right: UInt8 = try reader.integer(.big, field: "Value.pair.right")
                self = .pair(left: left, right: right)
            case 0x02:
                self = .nothing
            default: throw PayloadError(.invalidCase, field: "Value")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .pair(let left, let right):
                writer.integer(0x01 as UInt8, .big)
                writer.string(left)
                writer.integer(right, .big)
            case .nothing:
                writer.integer(0x02 as UInt8, .big)
            }
        }
    }
}

nonisolated extension Tails {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Uplink``, which has no reply.
        func uplink(_ message: Uplink, context: Context) async throws

        /// Handles ``List``, which has no reply.
        func list(_ message: List, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Tails.Service) {
        on(Tails.Uplink.self) { message, context in
            try await service.uplink(message, context: context)
        }
        on(Tails.List.self) { message, context in
            try await service.list(message, context: context)
        }
    }
}
