// Generated from Tags.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Tags.
nonisolated enum Tags: WireProtocol {
    /// The protocol's name.
    static var name: String { "Tags" }

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
            Name.self,
            Items.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x3E6A_D40C_B2C9_47B6 }
}

nonisolated extension Tags {
    /// The message `Name`.
    struct Name: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Name" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `labels`.
        var labels: [Label]

        /// A `Name` with these fields.
        init(labels: [Label]) {
            self.labels = labels
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            labels = try reader.array(field: "labels", Label.init(from:))
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            for element in labels {
                try element.encode(into: &writer)
            }
        }
    }

    /// Handles ``Name``, which has no reply.
    ///
    /// Write `func handle(_ message: Tags.Name, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NameHandler: OneWayHandler where Input == Name {}
}

nonisolated extension Tags {
    /// The message `Items`.
    struct Items: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Items" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `first`.
        var first: Item

        /// The field `others`.
        ///
        /// At most 255 elements.
        var others: [Item]

        /// The field `last`.
        var last: Marked?

        /// An `Items` with these fields.
        init(first: Item, others: [Item], last: Marked? = nil) {
            self.first = first
            self.others = others
            self.last = last
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            first = try Item(from: &reader)
            others = try reader.array(count: UInt8.self, .big, minimumSize: 2, field: "others", Item.init(from:))
            last = try reader.isPresent(field: "last") ? Marked(from: &reader) : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try first.encode(into: &writer)
            try writer.count(others.count, as: UInt8.self, .big, field: "others")
            for element in others {
                try element.encode(into: &writer)
            }
            writer.presence(last != nil)
            if let last {
                try last.encode(into: &writer)
            }
        }
    }

    /// Handles ``Items``, which has no reply.
    ///
    /// Write `func handle(_ message: Tags.Items, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ItemsHandler: OneWayHandler where Input == Items {}
}

nonisolated extension Tags {
    /// The enum `Kind`.
    enum Kind: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case first
        /// `0x03` on the wire.
        case second
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .first
            case 0x03: self = .second
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .first: 0x01
            case .second: 0x03
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Tags {
    /// The union `Label`.
    enum Label: Hashable, Sendable {
        /// `0x00` on the wire.
        case text(text: String)
        /// `0x03` on the wire.
        case pointer(offset: UInt16)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.tag(2, .high, field: "Label") as UInt8 {
            case 0x00:
                var bits = try reader.bits(1, .high, field: "Label.text")
                bits.skip(2)
                let size: UInt8 = bits.integer(6)
                let text: String = try reader.string(count: Int(clamping: size), field: "Label.text.text")
                self = .text(text: text)
            case 0x03:
                var bits = try reader.bits(2, .high, field: "Label.pointer")
                bits.skip(2)
                let offset: UInt16 = bits.integer(14)
                self = .pointer(offset: offset)
            default: throw PayloadError(.invalidCase, field: "Label")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .text(let text):
                let size: UInt8 = try ByteWriter.number(of: text.utf8.count, bits: 6, field: "Label.text.text") as UInt8
                var bits = BitWriter(.high)
                try bits.integer((0 as UInt8), 2, field: "Label.text")
                try bits.integer(size, 6, field: "Label.text.size")
                writer.bits(bits)
                writer.string(text)
            case .pointer(let offset):
                var bits = BitWriter(.high)
                try bits.integer((3 as UInt8), 2, field: "Label.pointer")
                try bits.integer(offset, 14, field: "Label.pointer.offset")
                writer.bits(bits)
            }
        }
    }
}

nonisolated extension Tags {
    /// The union `Item`.
    indirect enum Item: Hashable, Sendable {
        /// `0x00` on the wire.
        case nothing
        /// `0x01` on the wire.
        case list(isSorted: Bool, name: String?, items: [Item])
        /// `0x0C` on the wire.
        case wide(low: UInt8, number: UInt32)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .nothing: 0x00
            case .list: 0x01
            case .wide: 0x0C
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "Item")
            defer { reader.leave() }
            let fieldStart = reader.remaining
            let tag: UInt8 = try reader.tag(4, .high, field: "Item")
            try self.init(fieldsOf: tag, from: &reader)
            try reader.align(2, from: fieldStart, field: "Item")
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x00:
                var bits = try reader.bits(2, .high, field: "Item.nothing")
                bits.skip(4)
                self = .nothing
            case 0x01:
                let fieldStart = reader.remaining
                var bits = try reader.bits(1, .high, field: "Item.list")
                bits.skip(4)
                let isSorted: Bool = bits.boolean()
                let hasName: Bool = bits.boolean()
                let size: UInt16 = try reader.integer(.big, field: "Item.list.size")
                let sizeEnd = try reader.beginCovered(
                    size,
                    behind: fieldStart - reader.remaining,
                    field: "Item.list.size"
                )
                let name: String? = try hasName ? reader.string(length: UInt8.self, .big, field: "Item.list.name") : nil
                let items: [Item] = try reader.array(field: "Item.list.items", Item.init(from:))
                try reader.endCovered(sizeEnd, field: "Item.list.size")
                self = .list(isSorted: isSorted, name: name, items: items)
            case 0x0C:
                let fieldStart = reader.remaining
                var bits = try reader.bits(1, .high, field: "Item.wide")
                bits.skip(4)
                let low: UInt8 = bits.integer(4)
                try reader.align(2, from: fieldStart, field: "Item.wide.number")
                let number: UInt32 = try reader.integer(.big, field: "Item.wide.number")
                self = .wide(low: low, number: number)
            default: throw PayloadError(.invalidCase, field: "Item")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            try encodeFields(into: &writer)
            writer.align(2, from: fieldStart)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .nothing:
                var bits = BitWriter(.high)
                try bits.integer((0 as UInt8), 4, field: "Item.nothing")
                bits.reserved(12)
                writer.bits(bits)
            case .list(let isSorted, let name, let items):
                let fieldStart = writer.count
                let hasName = name != nil
                var bits = BitWriter(.high)
                try bits.integer((1 as UInt8), 4, field: "Item.list")
                bits.boolean(isSorted)
                bits.boolean(hasName)
                bits.reserved(2)
                writer.bits(bits)
                let sizePlace = writer.count
                writer.reserved(2)
                if let name {
                    try writer.string(name, length: UInt8.self, .big, field: "Item.list.name")
                }
                for element in items {
                    try element.encode(into: &writer)
                }
                try writer.covered(UInt16.self, .big, at: sizePlace, from: fieldStart, field: "Item.list.size")
            case .wide(let low, let number):
                let fieldStart = writer.count
                var bits = BitWriter(.high)
                try bits.integer((12 as UInt8), 4, field: "Item.wide")
                try bits.integer(low, 4, field: "Item.wide.low")
                writer.bits(bits)
                writer.align(2, from: fieldStart)
                writer.integer(number, .big)
            }
        }
    }
}

nonisolated extension Tags {
    /// The union `Marked`.
    enum Marked: Hashable, Sendable {
        /// `0x01` on the wire.
        case number(number: UInt8)
        /// `0x02` on the wire.
        case flag(kind: UInt8, data: Bytes?)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.big, field: "Marked") as UInt8 {
            case 0x01:
                let number: UInt8 = try reader.integer(.big, field: "Marked.number.number")
                guard try reader.integer(.big, field: "Marked.number.marker") == 48_879 as UInt16 else {
                    throw PayloadError(.unexpectedValue, field: "Marked.number.marker")
                }
                guard try reader.enumeration(.big, field: "Marked.number.kind") == .second as Kind else {
                    throw PayloadError(.unexpectedValue, field: "Marked.number.kind")
                }
                guard try reader.string(count: 2, field: "Marked.number.text").isExactly("ok") else {
                    throw PayloadError(.unexpectedValue, field: "Marked.number.text")
                }
                self = .number(number: number)
            case 0x02:
                var bits = try reader.bits(1, .high, field: "Marked.flag.set")
                guard bits.boolean() == true as Bool else {
                    throw PayloadError(.unexpectedValue, field: "Marked.flag.set")
                }
                let kind: UInt8 = bits.integer(7)
                let data: Bytes? =
                    try kind >= 9
                    ? reader.bytes(length: UInt8.self, .big, field: "Marked.flag.data")
                    : nil
                guard try reader.bytes(count: 2, field: "Marked.flag.end") == [0x0D, 0x0A] as Bytes else {
                    throw PayloadError(.unexpectedValue, field: "Marked.flag.end")
                }
                self = .flag(kind: kind, data: data)
            default: throw PayloadError(.invalidCase, field: "Marked")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .number(let number):
                writer.integer(0x01 as UInt8, .big)
                writer.integer(number, .big)
                writer.integer((48_879 as UInt16), .big)
                writer.enumeration((.second as Kind), .big)
                try writer.string(("ok" as String), count: 2, field: "Marked.number.text")
            case .flag(let kind, let data):
                writer.integer(0x02 as UInt8, .big)
                var bits = BitWriter(.high)
                bits.boolean((true as Bool))
                try bits.integer(kind, 7, field: "Marked.flag.kind")
                writer.bits(bits)
                guard (kind >= 9) == (data != nil) else {
                    throw PayloadError(.inconsistent, field: "Marked.flag.data")
                }
                if let data {
                    try writer.bytes(data, length: UInt8.self, .big, field: "Marked.flag.data")
                }
                try writer.bytes(([0x0D, 0x0A] as Bytes), count: 2, field: "Marked.flag.end")
            }
        }
    }
}

nonisolated extension Tags {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Name``, which has no reply.
        func name(_ message: Name, context: Context) async throws

        /// Handles ``Items``, which has no reply.
        func items(_ message: Items, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Tags.Service) {
        on(Tags.Name.self) { message, context in
            try await service.name(message, context: context)
        }
        on(Tags.Items.self) { message, context in
            try await service.items(message, context: context)
        }
    }
}
