// Generated from Lengths.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Lengths.
nonisolated enum Lengths: WireProtocol {
    /// The protocol's name.
    static var name: String { "Lengths" }

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
            List.self,
            Text.self,
            Note.self,
            Items.self,
            Properties.self,
            Values.self,
            Names.self,
            Padded.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xDB42_9633_242F_9219 }
}

nonisolated extension Lengths {
    /// The message `List`.
    struct List: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "List" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `attributes`.
        ///
        /// At most 2 elements.
        var attributes: [Attribute]

        /// A `List` with these fields.
        init(attributes: [Attribute]) {
            self.attributes = attributes
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            attributes = try reader.array(field: "attributes", Attribute.init(from:))
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            for element in attributes {
                try element.encode(into: &writer)
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard attributes.count <= 2 else {
                throw PayloadError(.outOfBounds, field: "attributes")
            }
        }
    }

    /// Handles ``List``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.List, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ListHandler: OneWayHandler where Input == List {}
}

nonisolated extension Lengths {
    /// The message `Text`.
    struct Text: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Text" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        var text: String

        /// A `Text` with these fields.
        init(text: String) {
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let size: UInt8 = try reader.integer(.big, field: "size")
            let sizeEnd = try reader.beginCovered(size, field: "size")
            text = try reader.string(field: "text")
            try reader.endCovered(sizeEnd, field: "size")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let sizePlace = writer.count
            writer.reserved(1)
            writer.string(text)
            try writer.covered(UInt8.self, .big, at: sizePlace, from: sizePlace + 1, field: "size")
        }
    }

    /// Handles ``Text``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Text, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol TextHandler: OneWayHandler where Input == Text {}
}

nonisolated extension Lengths {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Note" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `kind`.
        var kind: UInt8

        /// The field `label`.
        ///
        /// At most 255 bytes in UTF-8.
        var label: String

        /// The field `number`.
        var number: UInt32

        /// The field `extra`.
        var extra: UInt16?

        /// A `Note` with these fields.
        init(kind: UInt8, label: String, number: UInt32, extra: UInt16? = nil) {
            self.kind = kind
            self.label = label
            self.number = number
            self.extra = extra
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var fieldStart = reader.remaining
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["kind": 1, "size": 4])
            }
            kind = fixed.integer(at: 0, .big)
            let size: UInt32 = fixed.integer(at: 1, .little)
            let sizeEnd = try reader.beginCovered(size, behind: 4, field: "size")
            fieldStart -= sizeEnd ?? 0
            label = try reader.string(length: UInt8.self, .big, field: "label")
            try reader.align(4, from: fieldStart, field: "number")
            number = try reader.integer(.big, field: "number")
            extra = try reader.remaining > 0 ? reader.integer(.big, field: "extra") : nil
            try reader.endCovered(sizeEnd, field: "size")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            writer.integer(kind, .big)
            let sizePlace = writer.count
            writer.reserved(4)
            try writer.string(label, length: UInt8.self, .big, field: "label")
            writer.align(4, from: fieldStart)
            writer.integer(number, .big)
            if let extra {
                writer.integer(extra, .big)
            }
            try writer.covered(UInt32.self, .little, at: sizePlace, from: sizePlace, field: "size")
        }
    }

    /// Handles ``Note``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Lengths {
    /// The message `Items`.
    struct Items: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "Items" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `items`.
        var items: [Item]

        /// The field `last`.
        var last: Item?

        /// The field `shape`.
        var shape: Shape

        /// An `Items` with these fields.
        init(items: [Item], last: Item? = nil, shape: Shape) {
            self.items = items
            self.last = last
            self.shape = shape
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let count: UInt8 = try reader.integer(.big, field: "count")
            items = try reader.array(count: Int(clamping: count), minimumSize: 4, field: "items", Item.init(from:))
            last = try reader.isPresent(field: "last") ? Item(from: &reader) : nil
            shape = try Shape(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let count: UInt8 = try ByteWriter.number(of: items.count, field: "items") as UInt8
            writer.integer(count, .big)
            for element in items {
                try element.encode(into: &writer)
            }
            writer.presence(last != nil)
            if let last {
                try last.encode(into: &writer)
            }
            try shape.encode(into: &writer)
        }
    }

    /// Handles ``Items``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Items, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ItemsHandler: OneWayHandler where Input == Items {}
}

nonisolated extension Lengths {
    /// The message `Properties`.
    struct Properties: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Properties" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `properties`.
        ///
        /// At most 255 elements.
        var properties: [Property]

        /// A `Properties` with these fields.
        init(properties: [Property]) {
            self.properties = properties
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            properties = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 2,
                field: "properties",
                Property.init(from:)
            )
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.count(properties.count, as: UInt8.self, .big, field: "properties")
            for element in properties {
                try element.encode(into: &writer)
            }
        }
    }

    /// Handles ``Properties``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Properties, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol PropertiesHandler: OneWayHandler where Input == Properties {}
}

nonisolated extension Lengths {
    /// Values in a row or with an address each; one number counts those that there are.
    struct Values: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Values" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `first`.
        var first: UInt32?

        /// The field `row`.
        var row: [UInt8]?

        /// The field `places`.
        var places: [Place]?

        /// A `Values` with these fields.
        init(first: UInt32? = nil, row: [UInt8]? = nil, places: [Place]? = nil) {
            self.first = first
            self.row = row
            self.places = places
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var bits = try reader.bits(1, .high, field: "count")
            let count: UInt8 = bits.integer(7)
            let isRow: Bool = bits.boolean()
            first = try isRow ? reader.integer(bytes: 3, .big, field: "first") : nil
            row = try isRow ? reader.integers(count: Int(clamping: count), .big, field: "row") : nil
            places =
                try !isRow
                ? reader.array(count: Int(clamping: count), minimumSize: 4, field: "places", Place.init(from:))
                : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var countCount: UInt8?
            if let value = row {
                let number: UInt8 = try ByteWriter.number(of: value.count, bits: 7, field: "row") as UInt8
                countCount = number
            }
            if let value = places {
                let number: UInt8 = try ByteWriter.number(of: value.count, bits: 7, field: "places") as UInt8
                guard countCount ?? number == number else {
                    throw PayloadError(.inconsistent, field: "places")
                }
                countCount = number
            }
            let count: UInt8 = countCount ?? 0
            guard (first != nil) == (row != nil) else {
                throw PayloadError(.inconsistent, field: first == nil ? "first" : "row")
            }
            let isRow = first != nil
            var bits = BitWriter(.high)
            try bits.integer(count, 7, field: "count")
            bits.boolean(isRow)
            writer.bits(bits)
            if let first {
                try writer.integer(first, bytes: 3, .big, field: "first")
            }
            if let row {
                for element in row {
                    writer.integer(element, .big)
                }
            }
            guard (!isRow) == (places != nil) else {
                throw PayloadError(.inconsistent, field: "places")
            }
            if let places {
                for element in places {
                    try element.encode(into: &writer)
                }
            }
        }
    }

    /// Handles ``Values``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Values, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ValuesHandler: OneWayHandler where Input == Values {}
}

nonisolated extension Lengths {
    /// The message `Names`.
    struct Names: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x07 }
        /// The name of the message in the spec.
        static var name: String { "Names" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `kind`.
        var kind: UInt8

        /// The field `title`.
        var title: String?

        /// The field `items`.
        var items: [Place]?

        /// The field `note`.
        var note: Bytes?

        /// The field `extra`.
        var extra: Bytes?

        /// A `Names` with these fields.
        init(kind: UInt8, title: String? = nil, items: [Place]? = nil, note: Bytes? = nil, extra: Bytes? = nil) {
            self.kind = kind
            self.title = title
            self.items = items
            self.note = note
            self.extra = extra
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["size": 1, "kind": 1])
            }
            let size: UInt8 = fixed.integer(at: 0, .big)
            kind = fixed.integer(at: 1, .big)
            title =
                try kind == 1
                ? TextEncoding.latin1.text(
                    try reader.bytes(count: try ByteReader.size(size, plus: 1, field: "title"), field: "title"),
                    field: "title"
                )
                : nil
            items =
                try kind >= 2
                ? reader.window(
                    try ByteReader.size(size, plus: 1, field: "items"),
                    field: "items"
                ) { reader throws(PayloadError) in
                    try reader.array(field: "items", Place.init(from:))
                }
                : nil
            if (1...(2)).contains(kind) {
                note = try reader.value(
                    try ByteReader.size(size, absent: 255, plus: 1, field: "note")
                ) { reader, count throws(PayloadError) in
                    try reader.bytes(count: count, field: "note")
                }
            } else {
                note = nil
            }
            extra =
                try reader.isPresent(field: "extra")
                ? reader.bytes(count: try ByteReader.size(size, plus: 1, field: "extra"), field: "extra")
                : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let titleBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                if let title {
                    writer.bytes(try TextEncoding.latin1.bytes(title, field: "title"))
                }
            }
            let itemsBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                if let items {
                    for element in items {
                        try element.encode(into: &writer)
                    }
                }
            }
            var sizeCount: UInt8?
            if title != nil {
                let number: UInt8 = try ByteWriter.number(of: titleBytes.count, plus: 1, field: "title") as UInt8
                sizeCount = number
            }
            if items != nil {
                let number: UInt8 = try ByteWriter.number(of: itemsBytes.count, plus: 1, field: "items") as UInt8
                guard sizeCount ?? number == number else {
                    throw PayloadError(.inconsistent, field: "items")
                }
                sizeCount = number
            }
            if let value = note {
                let number: UInt8 = try ByteWriter.number(of: value.count, absent: 255, plus: 1, field: "note") as UInt8
                guard sizeCount ?? number == number else {
                    throw PayloadError(.inconsistent, field: "note")
                }
                sizeCount = number
            } else if (1...(2)).contains(kind) {
                let number: UInt8 = 255
                guard sizeCount ?? number == number else {
                    throw PayloadError(.inconsistent, field: "note")
                }
                sizeCount = number
            }
            if let value = extra {
                let number: UInt8 = try ByteWriter.number(of: value.count, plus: 1, field: "extra") as UInt8
                guard sizeCount ?? number == number else {
                    throw PayloadError(.inconsistent, field: "extra")
                }
                sizeCount = number
            }
            let size: UInt8 = sizeCount ?? 0
            writer.integer(size, .big)
            writer.integer(kind, .big)
            guard (kind == 1) == (title != nil) else {
                throw PayloadError(.inconsistent, field: "title")
            }
            if title != nil {
                writer.bytes(titleBytes)
            }
            guard (kind >= 2) == (items != nil) else {
                throw PayloadError(.inconsistent, field: "items")
            }
            if items != nil {
                writer.bytes(itemsBytes)
            }
            if (1...(2)).contains(kind) {
                if let note {
                    writer.bytes(note)
                }
            } else if note != nil {
                throw PayloadError(.inconsistent, field: "note")
            }
            writer.presence(extra != nil)
            if let extra {
                writer.bytes(extra)
            }
        }
    }

    /// Handles ``Names``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Names, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NamesHandler: OneWayHandler where Input == Names {}
}

nonisolated extension Lengths {
    /// Reserved bytes that are there if a bit says so, which follows from another field only.
    struct Padded: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x08 }
        /// The name of the message in the spec.
        static var name: String { "Padded" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `isWide`.
        var isWide: Bool

        /// The field `number`.
        var number: UInt8?

        /// A `Padded` with these fields.
        init(isWide: Bool, number: UInt8? = nil) {
            self.isWide = isWide
            self.number = number
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var bits = try reader.bits(1, .high, field: "hasNumber")
            let hasNumber: Bool = bits.boolean()
            isWide = bits.boolean()
            number = try hasNumber ? reader.integer(.big, field: "number") : nil
            if hasNumber {
                try reader.reserved(1, field: "reserved")
            }
            if isWide {
                try reader.reserved(2, field: "reserved")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let hasNumber = number != nil
            var bits = BitWriter(.high)
            bits.boolean(hasNumber)
            bits.boolean(isWide)
            bits.reserved(6)
            writer.bits(bits)
            if let number {
                writer.integer(number, .big)
            }
            if hasNumber {
                writer.reserved(1)
            }
            if isWide {
                writer.reserved(2)
            }
        }
    }

    /// Handles ``Padded``, which has no reply.
    ///
    /// Write `func handle(_ message: Lengths.Padded, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol PaddedHandler: OneWayHandler where Input == Padded {}
}

nonisolated extension Lengths {
    /// The struct `Place`.
    struct Place: Hashable, Sendable {
        /// The field `address`.
        var address: UInt32

        /// The field `value`.
        var value: UInt8

        /// A `Place` with these fields.
        init(address: UInt32, value: UInt8) {
            self.address = address
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["Place.address": 3, "Place.value": 1])
            }
            address = fixed.integer(at: 0, bytes: 3, .big)
            value = fixed.integer(at: 3, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.integer(address, bytes: 3, .big, field: "Place.address")
            writer.integer(value, .big)
        }
    }
}

nonisolated extension Lengths {
    /// A value with its code and the size of both, filled up to a multiple of four bytes.
    struct Attribute: Hashable, Sendable {
        /// The field `mandatory`.
        var mandatory: Bool

        /// The field `vendor`.
        var vendor: UInt32?

        /// The field `value`.
        var value: Content

        /// An `Attribute` with these fields.
        init(mandatory: Bool, vendor: UInt32? = nil, value: Content) {
            self.mandatory = mandatory
            self.vendor = vendor
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "Attribute")
            defer { reader.leave() }
            let structStart = reader.remaining
            let fieldStart = reader.remaining
            guard let fixed = reader.readFixed(8) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "Attribute.code": 4,
                        "Attribute.hasVendor": 1,
                        "Attribute.length": 3,
                    ]
                )
            }
            let code: UInt32 = fixed.integer(at: 0, .big)
            var bits = fixed.bits(at: 4, 1, .high)
            let hasVendor: Bool = bits.boolean()
            mandatory = bits.boolean()
            let length: UInt32 = fixed.integer(at: 5, bytes: 3, .big)
            let lengthEnd = try reader.beginCovered(
                length,
                behind: fieldStart - reader.remaining,
                field: "Attribute.length"
            )
            vendor = try hasVendor ? reader.integer(.big, field: "Attribute.vendor") : nil
            value = try Content(tag: code, from: &reader)
            try reader.endCovered(lengthEnd, field: "Attribute.length")
            try reader.align(4, from: structStart, field: "Attribute")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let structStart = writer.count
            let fieldStart = writer.count
            let code: UInt32 = value.tag
            writer.integer(code, .big)
            let hasVendor = vendor != nil
            var bits = BitWriter(.high)
            bits.boolean(hasVendor)
            bits.boolean(mandatory)
            bits.reserved(6)
            writer.bits(bits)
            let lengthPlace = writer.count
            writer.reserved(3)
            if let vendor {
                writer.integer(vendor, .big)
            }
            try value.encode(withTag: false, into: &writer)
            try writer.covered(
                UInt32.self,
                bytes: 3,
                .big,
                at: lengthPlace,
                from: fieldStart,
                field: "Attribute.length"
            )
            writer.align(4, from: structStart)
        }
    }
}

nonisolated extension Lengths {
    /// An item whose length has one byte or two.
    struct Item: Hashable, Sendable {
        /// The field `isLong`.
        var isLong: Bool

        /// The field `kind`.
        var kind: UInt8

        /// The field `first`.
        var first: UInt8

        /// The field `second`.
        var second: UInt16

        /// The field `data`.
        var data: Bytes

        /// An `Item` with these fields.
        init(isLong: Bool, kind: UInt8, first: UInt8, second: UInt16, data: Bytes) {
            self.isLong = isLong
            self.kind = kind
            self.first = first
            self.second = second
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var fieldStart = reader.remaining
            var bits = try reader.bits(1, .high, field: "Item.isLong")
            isLong = bits.boolean()
            kind = bits.integer(7)
            let short: UInt8? = try !isLong ? reader.integer(.big, field: "Item.short") : nil
            let shortEnd = try reader.beginCovered(short, field: "Item.short")
            fieldStart -= shortEnd ?? 0
            let long: UInt16? = try isLong ? reader.integer(.big, field: "Item.long") : nil
            let longEnd = try reader.beginCovered(long, field: "Item.long")
            fieldStart -= longEnd ?? 0
            first = try reader.integer(.big, field: "Item.first")
            try reader.align(2, from: fieldStart, field: "Item.second")
            second = try reader.integer(.big, field: "Item.second")
            data = try reader.bytes(field: "Item.data")
            try reader.endCovered(shortEnd, field: "Item.short")
            try reader.endCovered(longEnd, field: "Item.long")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            var bits = BitWriter(.high)
            bits.boolean(isLong)
            try bits.integer(kind, 7, field: "Item.kind")
            writer.bits(bits)
            let shortPlace = writer.count
            if !isLong {
                writer.reserved(1)
            }
            let longPlace = writer.count
            if isLong {
                writer.reserved(2)
            }
            writer.integer(first, .big)
            writer.align(2, from: fieldStart)
            writer.integer(second, .big)
            writer.bytes(data)
            if !isLong {
                try writer.covered(UInt8.self, .big, at: shortPlace, from: shortPlace + 1, field: "Item.short")
            }
            if isLong {
                try writer.covered(UInt16.self, .big, at: longPlace, from: longPlace + 2, field: "Item.long")
            }
        }
    }
}

nonisolated extension Lengths {
    /// The struct `Property`.
    struct Property: Hashable, Sendable {
        /// The field `isPrivate`.
        var isPrivate: Bool

        /// The field `common`.
        var common: Common?

        /// The field `own`.
        var own: Own?

        /// A `Property` with these fields.
        init(isPrivate: Bool, common: Common? = nil, own: Own? = nil) {
            self.isPrivate = isPrivate
            self.common = common
            self.own = own
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["Property.isPrivate": 1, "Property.size": 1])
            }
            var bits = fixed.bits(at: 0, 1, .high)
            isPrivate = bits.boolean()
            let kind: UInt8 = bits.integer(7)
            let size: UInt8 = fixed.integer(at: 1, .big)
            let sizeEnd = try reader.beginCovered(size, field: "Property.size")
            common = try !isPrivate ? Common(tag: kind, from: &reader) : nil
            own = try isPrivate ? Own(tag: kind, from: &reader) : nil
            try reader.endCovered(sizeEnd, field: "Property.size")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let kind: UInt8 = common?.tag ?? own?.tag ?? 0
            var bits = BitWriter(.high)
            bits.boolean(isPrivate)
            try bits.integer(kind, 7, field: "Property.kind")
            writer.bits(bits)
            let sizePlace = writer.count
            writer.reserved(1)
            guard (!isPrivate) == (common != nil) else {
                throw PayloadError(.inconsistent, field: "Property.common")
            }
            if let common {
                try common.encode(withTag: false, into: &writer)
            }
            guard isPrivate == (own != nil) else {
                throw PayloadError(.inconsistent, field: "Property.own")
            }
            if let own {
                try own.encode(withTag: false, into: &writer)
            }
            try writer.covered(UInt8.self, .big, at: sizePlace, from: sizePlace + 1, field: "Property.size")
        }
    }
}

nonisolated extension Lengths {
    /// The union `Common`.
    enum Common: Hashable, Sendable {
        /// `0x07` on the wire.
        case name(text: String)
        /// `0x08` on the wire.
        case empty
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .name: 0x07
            case .empty: 0x08
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let tag: UInt8 = try reader.integer(.big, field: "Common")
            try self.init(fieldsOf: tag, from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x07:
                let text: String = try reader.string(field: "Common.name.text")
                self = .name(text: text)
            case 0x08:
                self = .empty
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Common"))
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
            case .name(let text):
                writer.string(text)
            case .empty: break
            case .unrecognized(let tag, let data):
                guard !([0x07, 0x08] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Common")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Lengths {
    /// The union `Own`.
    enum Own: Hashable, Sendable {
        /// `0x07` on the wire.
        case data(number: UInt16)
        /// `0x09` on the wire.
        case text(text: String)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .data: 0x07
            case .text: 0x09
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Own"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x07:
                let number: UInt16 = try reader.integer(.big, field: "Own.data.number")
                self = .data(number: number)
            case 0x09:
                let text: String = try reader.string(field: "Own.text.text")
                self = .text(text: text)
            default: throw PayloadError(.invalidCase, field: "Own")
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
            case .data(let number):
                writer.integer(number, .big)
            case .text(let text):
                writer.string(text)
            }
        }
    }
}

nonisolated extension Lengths {
    /// The union `Content`.
    indirect enum Content: Hashable, Sendable {
        /// `0x01` on the wire.
        case name(text: String)
        /// `0x02` on the wire.
        case number(number: UInt32)
        /// `0x03` on the wire.
        case group(attributes: [Attribute])
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt32, data: Bytes)

        /// The tag on the wire.
        var tag: UInt32 {
            switch self {
            case .name: 0x01
            case .number: 0x02
            case .group: 0x03
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "Content")
            defer { reader.leave() }
            let tag: UInt32 = try reader.integer(.big, field: "Content")
            try self.init(fieldsOf: tag, from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt32, from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "Content")
            defer { reader.leave() }
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt32, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                let text: String = try reader.string(field: "Content.name.text")
                self = .name(text: text)
            case 0x02:
                let number: UInt32 = try reader.integer(.big, field: "Content.number.number")
                self = .number(number: number)
            case 0x03:
                let attributes: [Attribute] = try reader.array(field: "Content.group.attributes", Attribute.init(from:))
                self = .group(attributes: attributes)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Content"))
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
            case .name(let text):
                writer.string(text)
            case .number(let number):
                writer.integer(number, .big)
            case .group(let attributes):
                for element in attributes {
                    try element.encode(into: &writer)
                }
            case .unrecognized(let tag, let data):
                guard !([0x01, 0x02, 0x03] as [UInt32]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Content")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Lengths {
    /// The union `Shape`.
    enum Shape: Hashable, Sendable {
        /// `0x00` on the wire.
        case dot
        /// `0x01` on the wire.
        case line(before: String, points: [UInt16])
        /// `0x02` on the wire.
        case polygon(corner: UInt32, data: Bytes)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.big, field: "Shape") as UInt8 {
            case 0x00:
                self = .dot
            case 0x01:
                let fieldStart = reader.remaining
                let before: String = try reader.string(length: UInt8.self, .big, field: "Shape.line.before")
                let size: UInt16 = try reader.integer(.big, field: "Shape.line.size")
                let sizeEnd = try reader.beginCovered(
                    size,
                    behind: fieldStart - reader.remaining,
                    field: "Shape.line.size"
                )
                let points: [UInt16] = try reader.integers(.big, field: "Shape.line.points")
                try reader.endCovered(sizeEnd, field: "Shape.line.size")
                self = .line(before: before, points: points)
            case 0x02:
                var fieldStart = reader.remaining
                try reader.align(4, from: fieldStart, field: "Shape.polygon.size")
                let size: UInt16 = try reader.integer(.big, field: "Shape.polygon.size")
                let sizeEnd = try reader.beginCovered(size, behind: 2, field: "Shape.polygon.size")
                fieldStart -= sizeEnd ?? 0
                try reader.align(4, from: fieldStart, field: "Shape.polygon.corner")
                let corner: UInt32 = try reader.integer(.big, field: "Shape.polygon.corner")
                let data: Bytes = try reader.bytes(field: "Shape.polygon.data")
                try reader.endCovered(sizeEnd, field: "Shape.polygon.size")
                self = .polygon(corner: corner, data: data)
            default: throw PayloadError(.invalidCase, field: "Shape")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .dot:
                writer.integer(0x00 as UInt8, .big)
            case .line(let before, let points):
                writer.integer(0x01 as UInt8, .big)
                let fieldStart = writer.count
                try writer.string(before, length: UInt8.self, .big, field: "Shape.line.before")
                let sizePlace = writer.count
                writer.reserved(2)
                for element in points {
                    writer.integer(element, .big)
                }
                try writer.covered(UInt16.self, .big, at: sizePlace, from: fieldStart, field: "Shape.line.size")
            case .polygon(let corner, let data):
                writer.integer(0x02 as UInt8, .big)
                let fieldStart = writer.count
                writer.align(4, from: fieldStart)
                let sizePlace = writer.count
                writer.reserved(2)
                writer.align(4, from: fieldStart)
                writer.integer(corner, .big)
                writer.bytes(data)
                try writer.covered(UInt16.self, .big, at: sizePlace, from: sizePlace, field: "Shape.polygon.size")
            }
        }
    }
}

nonisolated extension Lengths {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``List``, which has no reply.
        func list(_ message: List, context: Context) async throws

        /// Handles ``Text``, which has no reply.
        func text(_ message: Text, context: Context) async throws

        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws

        /// Handles ``Items``, which has no reply.
        func items(_ message: Items, context: Context) async throws

        /// Handles ``Properties``, which has no reply.
        func properties(_ message: Properties, context: Context) async throws

        /// Handles ``Values``, which has no reply.
        func values(_ message: Values, context: Context) async throws

        /// Handles ``Names``, which has no reply.
        func names(_ message: Names, context: Context) async throws

        /// Handles ``Padded``, which has no reply.
        func padded(_ message: Padded, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Lengths.Service) {
        on(Lengths.List.self) { message, context in
            try await service.list(message, context: context)
        }
        on(Lengths.Text.self) { message, context in
            try await service.text(message, context: context)
        }
        on(Lengths.Note.self) { message, context in
            try await service.note(message, context: context)
        }
        on(Lengths.Items.self) { message, context in
            try await service.items(message, context: context)
        }
        on(Lengths.Properties.self) { message, context in
            try await service.properties(message, context: context)
        }
        on(Lengths.Values.self) { message, context in
            try await service.values(message, context: context)
        }
        on(Lengths.Names.self) { message, context in
            try await service.names(message, context: context)
        }
        on(Lengths.Padded.self) { message, context in
            try await service.padded(message, context: context)
        }
    }
}
