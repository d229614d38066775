// Generated from Alternatives.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Alternatives.
nonisolated enum Alternatives: WireProtocol {
    /// The protocol's name.
    static var name: String { "Alternatives" }

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
            Content.self,
            Shape.self,
            Record.self,
            Nested.self,
            Element.self,
            Items.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xA466_72C0_AC23_6219 }
}

nonisolated extension Alternatives {
    /// The message `Content`.
    struct Content: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Content" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `kind`.
        var kind: UInt8

        /// The field `text`.
        var text: String?

        /// The field `data`.
        var data: Bytes?

        /// The field `numbers`.
        var numbers: [UInt16]?

        /// A `Content` with these fields.
        init(kind: UInt8, text: String? = nil, data: Bytes? = nil, numbers: [UInt16]? = nil) {
            self.kind = kind
            self.text = text
            self.data = data
            self.numbers = numbers
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            kind = try reader.integer(.big, field: "kind")
            text = try kind == 1 ? reader.string(field: "text") : nil
            data = try ([2, 3] as [UInt8]).contains(kind) ? reader.bytes(field: "data") : nil
            numbers = try kind >= 4 ? reader.integers(.big, field: "numbers") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(kind, .big)
            guard (kind == 1) == (text != nil) else {
                throw PayloadError(.inconsistent, field: "text")
            }
            if let text {
                writer.string(text)
            }
            guard (([2, 3] as [UInt8]).contains(kind)) == (data != nil) else {
                throw PayloadError(.inconsistent, field: "data")
            }
            if let data {
                writer.bytes(data)
            }
            guard (kind >= 4) == (numbers != nil) else {
                throw PayloadError(.inconsistent, field: "numbers")
            }
            if let numbers {
                for element in numbers {
                    writer.integer(element, .big)
                }
            }
        }
    }

    /// Handles ``Content``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Content, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol ContentHandler: OneWayHandler where Input == Content {}
}

nonisolated extension Alternatives {
    /// The message `Shape`.
    struct Shape: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Shape" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `level`.
        var level: UInt8

        /// The field `low`.
        var low: Low?

        /// The field `middle`.
        var middle: Middle?

        /// The field `high`.
        var high: High?

        /// A `Shape` with these fields.
        init(level: UInt8, low: Low? = nil, middle: Middle? = nil, high: High? = nil) {
            self.level = level
            self.low = low
            self.middle = middle
            self.high = high
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["tag": 1, "level": 1])
            }
            let tagValue: UInt8 = fixed.integer(at: 0, .big)
            level = fixed.integer(at: 1, .big)
            low = try level <= 3 ? Low(tag: tagValue, from: &reader) : nil
            middle = try (4...(9)).contains(level) ? Middle(tag: tagValue, from: &reader) : nil
            high = try level >= 10 ? High(tag: tagValue, from: &reader) : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let tagValue: UInt8 = low?.tag ?? middle?.tag ?? high?.tag ?? 0
            writer.integer(tagValue, .big)
            writer.integer(level, .big)
            guard (level <= 3) == (low != nil) else {
                throw PayloadError(.inconsistent, field: "low")
            }
            if let low {
                try low.encode(withTag: false, into: &writer)
            }
            guard ((4...(9)).contains(level)) == (middle != nil) else {
                throw PayloadError(.inconsistent, field: "middle")
            }
            if let middle {
                try middle.encode(withTag: false, into: &writer)
            }
            guard (level >= 10) == (high != nil) else {
                throw PayloadError(.inconsistent, field: "high")
            }
            if let high {
                try high.encode(withTag: false, into: &writer)
            }
        }
    }

    /// Handles ``Shape``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Shape, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol ShapeHandler: OneWayHandler where Input == Shape {}
}

nonisolated extension Alternatives {
    /// The message `Record`.
    struct Record: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Record" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `version`.
        var version: Version

        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String

        /// The field `data`.
        var data: Bytes

        /// A `Record` with these fields.
        init(version: Version, name: String, data: Bytes) {
            self.version = version
            self.name = name
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            version = try reader.enumeration(.big, field: "version")
            let size: UInt8? = try version == .old ? reader.integer(.big, field: "size") : nil
            let sizeEnd = try reader.beginCovered(size, field: "size")
            let longSize: UInt16? = try version != .old ? reader.integer(.big, field: "longSize") : nil
            let longSizeEnd = try reader.beginCovered(longSize, field: "longSize")
            name = try reader.string(length: UInt8.self, .big, field: "name")
            data = try reader.bytes(field: "data")
            try reader.endCovered(sizeEnd, field: "size")
            try reader.endCovered(longSizeEnd, field: "longSize")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(version, .big)
            let sizePlace = writer.count
            if version == .old {
                writer.reserved(1)
            }
            let longSizePlace = writer.count
            if version != .old {
                writer.reserved(2)
            }
            try writer.string(name, length: UInt8.self, .big, field: "name")
            writer.bytes(data)
            if version == .old {
                try writer.covered(UInt8.self, .big, at: sizePlace, from: sizePlace + 1, field: "size")
            }
            if version != .old {
                try writer.covered(UInt16.self, .big, at: longSizePlace, from: longSizePlace + 2, field: "longSize")
            }
        }
    }

    /// Handles ``Record``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Record, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol RecordHandler: OneWayHandler where Input == Record {}
}

nonisolated extension Alternatives {
    /// The message `Nested`.
    struct Nested: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "Nested" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `kind`.
        var kind: UInt8

        /// The field `count`.
        var count: UInt8?

        /// The field `access`.
        var access: Access?

        /// The field `isSigned`.
        var isSigned: Bool?

        /// The field `few`.
        var few: UInt8?

        /// The field `several`.
        var several: UInt16?

        /// The field `others`.
        var others: UInt8?

        /// The field `writer`.
        var writer: UInt8?

        /// The field `reader`.
        var reader: UInt8?

        /// The field `stranger`.
        var stranger: UInt8?

        /// The field `signature`.
        var signature: UInt8?

        /// The field `reason`.
        var reason: UInt8?

        /// The field `comment`.
        var comment: UInt8?

        /// A `Nested` with these fields.
        init(
            kind: UInt8,
            count: UInt8? = nil,
            access: Access? = nil,
            isSigned: Bool? = nil,
            few: UInt8? = nil,
            several: UInt16? = nil,
            others: UInt8? = nil,
            writer: UInt8? = nil,
            reader: UInt8? = nil,
            stranger: UInt8? = nil,
            signature: UInt8? = nil,
            reason: UInt8? = nil,
            comment: UInt8? = nil
        ) {
            self.kind = kind
            self.count = count
            self.access = access
            self.isSigned = isSigned
            self.few = few
            self.several = several
            self.others = others
            self.writer = writer
            self.reader = reader
            self.stranger = stranger
            self.signature = signature
            self.reason = reason
            self.comment = comment
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            kind = try reader.integer(.big, field: "kind")
            count = try kind >= 1 ? reader.integer(.big, field: "count") : nil
            access = try kind >= 1 ? reader.flags(.big, field: "access") : nil
            isSigned = try kind == 2 ? reader.boolean(field: "isSigned") : nil
            few = try count.map({ $0 <= 9 }) == true ? reader.integer(.big, field: "few") : nil
            several = try count.map({ (10...(99)).contains($0) }) == true ? reader.integer(.big, field: "several") : nil
            others = try count != 7 ? reader.integer(.big, field: "others") : nil
            writer = try access?.contains(.write) == true ? reader.integer(.big, field: "writer") : nil
            self.reader = try access?.contains(.write) == false ? reader.integer(.big, field: "reader") : nil
            stranger = try access?.contains(.write) != true ? reader.integer(.big, field: "stranger") : nil
            signature = try isSigned == true ? reader.integer(.big, field: "signature") : nil
            reason = try isSigned == false ? reader.integer(.big, field: "reason") : nil
            comment = try isSigned != false ? reader.integer(.big, field: "comment") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(kind, .big)
            guard (kind >= 1) == (count != nil) else {
                throw PayloadError(.inconsistent, field: "count")
            }
            if let count {
                writer.integer(count, .big)
            }
            guard (kind >= 1) == (access != nil) else {
                throw PayloadError(.inconsistent, field: "access")
            }
            if let access {
                writer.flags(access, .big)
            }
            guard (kind == 2) == (isSigned != nil) else {
                throw PayloadError(.inconsistent, field: "isSigned")
            }
            if let isSigned {
                writer.boolean(isSigned)
            }
            guard (count.map({ $0 <= 9 }) == true) == (few != nil) else {
                throw PayloadError(.inconsistent, field: "few")
            }
            if let few {
                writer.integer(few, .big)
            }
            guard (count.map({ (10...(99)).contains($0) }) == true) == (several != nil) else {
                throw PayloadError(.inconsistent, field: "several")
            }
            if let several {
                writer.integer(several, .big)
            }
            guard (count != 7) == (others != nil) else {
                throw PayloadError(.inconsistent, field: "others")
            }
            if let others {
                writer.integer(others, .big)
            }
            guard (access?.contains(.write) == true) == (self.writer != nil) else {
                throw PayloadError(.inconsistent, field: "writer")
            }
            if let value = self.writer {
                writer.integer(value, .big)
            }
            guard (access?.contains(.write) == false) == (reader != nil) else {
                throw PayloadError(.inconsistent, field: "reader")
            }
            if let reader {
                writer.integer(reader, .big)
            }
            guard (access?.contains(.write) != true) == (stranger != nil) else {
                throw PayloadError(.inconsistent, field: "stranger")
            }
            if let stranger {
                writer.integer(stranger, .big)
            }
            guard (isSigned == true) == (signature != nil) else {
                throw PayloadError(.inconsistent, field: "signature")
            }
            if let signature {
                writer.integer(signature, .big)
            }
            guard (isSigned == false) == (reason != nil) else {
                throw PayloadError(.inconsistent, field: "reason")
            }
            if let reason {
                writer.integer(reason, .big)
            }
            guard (isSigned != false) == (comment != nil) else {
                throw PayloadError(.inconsistent, field: "comment")
            }
            if let comment {
                writer.integer(comment, .big)
            }
        }
    }

    /// Handles ``Nested``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Nested, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol NestedHandler: OneWayHandler where Input == Nested {}
}

nonisolated extension Alternatives {
    /// A union whose tag and length earlier fields have, with others between them.
    struct Element: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Element" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `instance`.
        var instance: UInt8

        /// The field `value`.
        var value: Value

        /// The field `mark`.
        var mark: UInt8

        /// An `Element` with these fields.
        init(instance: UInt8, value: Value, mark: UInt8) {
            self.instance = instance
            self.value = value
            self.mark = mark
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["kind": 1, "size": 2, "instance": 1])
            }
            let kind: UInt8 = fixed.integer(at: 0, .big)
            let size: UInt16 = fixed.integer(at: 1, .big)
            var bits = fixed.bits(at: 3, 1, .high)
            bits.skip(4)
            instance = bits.integer(4)
            value = try reader.window(Int(clamping: size), field: "value") { reader throws(PayloadError) in
                try Value(tag: kind, from: &reader)
            }
            mark = try reader.integer(.big, field: "mark")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let kind: UInt8 = value.tag
            writer.integer(kind, .big)
            let valueBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                try value.encode(withTag: false, into: &writer)
            }
            let size: UInt16 = try ByteWriter.number(of: valueBytes.count, field: "value") as UInt16
            writer.integer(size, .big)
            var bits = BitWriter(.high)
            bits.reserved(4)
            try bits.integer(instance, 4, field: "instance")
            writer.bits(bits)
            writer.bytes(valueBytes)
            writer.integer(mark, .big)
        }
    }

    /// Handles ``Element``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Element, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol ElementHandler: OneWayHandler where Input == Element {}
}

nonisolated extension Alternatives {
    /// Arrays whose elements have one tag.
    struct Items: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Items" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `items`.
        ///
        /// At least 1 elements.
        var items: [Known]

        /// The field `parts`.
        ///
        /// At least 1 elements.
        var parts: [Value]

        /// An `Items` with these fields.
        init(items: [Known], parts: [Value]) {
            self.items = items
            self.parts = parts
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var bits = try reader.bits(1, .high, field: "type")
            let type: UInt8 = bits.integer(4)
            let count: UInt8 = bits.integer(4)
            items = try reader.array(
                count: Int(clamping: count),
                minimumSize: 1,
                field: "items"
            ) { reader throws(PayloadError) in
                try Known(tag: type, from: &reader)
            }
            let other: UInt8 = try reader.integer(.big, field: "other")
            parts = try reader.window(length: UInt8.self, .big, field: "parts") { reader throws(PayloadError) in
                try reader.array(field: "parts") { reader throws(PayloadError) in
                    try reader.window(length: UInt8.self, .big, field: "parts") { reader throws(PayloadError) in
                        try Value(tag: other, from: &reader)
                    }
                }
            }
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            let type: UInt8 = items.first?.tag ?? 0
            guard items.allSatisfy({ $0.tag == type }) else {
                throw PayloadError(.inconsistent, field: "items")
            }
            let count: UInt8 = try ByteWriter.number(of: items.count, bits: 4, field: "items") as UInt8
            var bits = BitWriter(.high)
            try bits.integer(type, 4, field: "type")
            try bits.integer(count, 4, field: "count")
            writer.bits(bits)
            for element in items {
                try element.encode(withTag: false, into: &writer)
            }
            let other: UInt8 = parts.first?.tag ?? 0
            guard parts.allSatisfy({ $0.tag == other }) else {
                throw PayloadError(.inconsistent, field: "parts")
            }
            writer.integer(other, .big)
            try writer.sized(UInt8.self, .big, field: "parts") { writer throws(PayloadError) in
                for element in parts {
                    try writer.sized(UInt8.self, .big, field: "parts") { writer throws(PayloadError) in
                        try element.encode(withTag: false, into: &writer)
                    }
                }
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard items.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "items")
            }
            guard parts.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "parts")
            }
        }
    }

    /// Handles ``Items``, which has no reply.
    ///
    /// Write `func handle(_ message: Alternatives.Items, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol ItemsHandler: OneWayHandler where Input == Items {}
}

nonisolated extension Alternatives {
    /// The enum `Version`.
    enum Version: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case old
        /// `0x02` on the wire.
        case new
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .old
            case 0x02: self = .new
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .old: 0x01
            case .new: 0x02
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Alternatives {
    /// The flags `Access`.
    struct Access: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let read = Access(rawValue: 1 << 0)
        /// Bit 1, where bit 0 is the lowest.
        static let write = Access(rawValue: 1 << 1)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Alternatives {
    /// The union `Value`.
    enum Value: Hashable, Sendable {
        /// `0x01` on the wire.
        case pair(low: UInt8, high: UInt8)
        /// `0x03` on the wire.
        case counter(number: UInt8)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .pair: 0x01
            case .counter: 0x03
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let tag: UInt8 = try reader.integer(.big, field: "Value")
            try self.init(fieldsOf: tag, from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                let low: UInt8 = try reader.integer(.big, field: "Value.pair.low")
                let high: UInt8 = try reader.integer(.big, field: "Value.pair.high")
                self = .pair(low: low, high: high)
            case 0x03:
                let number: UInt8 = try reader.integer(.big, field: "Value.counter.number")
                self = .counter(number: number)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Value"))
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
            case .pair(let low, let high):
                writer.integer(low, .big)
                writer.integer(high, .big)
            case .counter(let number):
                writer.integer(number, .big)
            case .unrecognized(let tag, let data):
                guard !([0x01, 0x03] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Value")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Alternatives {
    /// The union `Known`.
    enum Known: Hashable, Sendable {
        /// `0x01` on the wire.
        case pair(low: UInt8, high: UInt8)
        /// `0x03` on the wire.
        case counter(number: UInt8)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .pair: 0x01
            case .counter: 0x03
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Known"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                let low: UInt8 = try reader.integer(.big, field: "Known.pair.low")
                let high: UInt8 = try reader.integer(.big, field: "Known.pair.high")
                self = .pair(low: low, high: high)
            case 0x03:
                let number: UInt8 = try reader.integer(.big, field: "Known.counter.number")
                self = .counter(number: number)
            default: throw PayloadError(.invalidCase, field: "Known")
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
            case .pair(let low, let high):
                writer.integer(low, .big)
                writer.integer(high, .big)
            case .counter(let number):
                writer.integer(number, .big)
            }
        }
    }
}

nonisolated extension Alternatives {
    /// The union `Low`.
    enum Low: Hashable, Sendable {
        /// `0x01` on the wire.
        case dot

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .dot: 0x01
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Low"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                self = .dot
            default: throw PayloadError(.invalidCase, field: "Low")
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
            case .dot: break
            }
        }
    }
}

nonisolated extension Alternatives {
    /// The union `Middle`.
    enum Middle: Hashable, Sendable {
        /// `0x02` on the wire.
        case circle(radius: UInt8)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .circle: 0x02
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Middle"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x02:
                let radius: UInt8 = try reader.integer(.big, field: "Middle.circle.radius")
                self = .circle(radius: radius)
            default: throw PayloadError(.invalidCase, field: "Middle")
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
            case .circle(let radius):
                writer.integer(radius, .big)
            }
        }
    }
}

nonisolated extension Alternatives {
    /// The union `High`.
    enum High: Hashable, Sendable {
        /// `0x05` on the wire.
        case point

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .point: 0x05
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "High"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x05:
                self = .point
            default: throw PayloadError(.invalidCase, field: "High")
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
            case .point: break
            }
        }
    }
}

nonisolated extension Alternatives {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Content``, which has no reply.
        func content(_ message: Content, context: Context) async throws

        /// Handles ``Shape``, which has no reply.
        func shape(_ message: Shape, context: Context) async throws

        /// Handles ``Record``, which has no reply.
        func record(_ message: Record, context: Context) async throws

        /// Handles ``Nested``, which has no reply.
        func nested(_ message: Nested, context: Context) async throws

        /// Handles ``Element``, which has no reply.
        func element(_ message: Element, context: Context) async throws

        /// Handles ``Items``, which has no reply.
        func items(_ message: Items, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Alternatives.Service) {
        on(Alternatives.Content.self) { message, context in
            try await service.content(message, context: context)
        }
        on(Alternatives.Shape.self) { message, context in
            try await service.shape(message, context: context)
        }
        on(Alternatives.Record.self) { message, context in
            try await service.record(message, context: context)
        }
        on(Alternatives.Nested.self) { message, context in
            try await service.nested(message, context: context)
        }
        on(Alternatives.Element.self) { message, context in
            try await service.element(message, context: context)
        }
        on(Alternatives.Items.self) { message, context in
            try await service.items(message, context: context)
        }
    }
}
