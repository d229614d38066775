// Generated from Options.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Options.
nonisolated enum Options: WireProtocol {
    /// The protocol's name.
    static var name: String { "Options" }

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
            Row.self,
            Values.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xB230_8198_C323_50AE }
}

nonisolated extension Options {
    /// The message `Row`.
    struct Row: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Row" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `hasName`.
        var hasName: Bool

        /// The field `access`.
        var access: Access

        /// The field `kind`.
        var kind: UInt8

        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String?

        /// The field `id`.
        var id: UInt32?

        /// The field `note`.
        var note: Note?

        /// The field `numbers`.
        ///
        /// At most 255 elements.
        var numbers: [UInt16?]?

        /// The field `data`.
        ///
        /// At most 2_147_483_647 bytes.
        var data: Bytes?

        /// A `Row` with these fields.
        init(
            hasName: Bool,
            access: Access,
            kind: UInt8,
            name: String? = nil,
            id: UInt32? = nil,
            note: Note? = nil,
            numbers: [UInt16?]? = nil,
            data: Bytes? = nil
        ) {
            self.hasName = hasName
            self.access = access
            self.kind = kind
            self.name = name
            self.id = id
            self.note = note
            self.numbers = numbers
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            var bits = try reader.bits(1, .high, field: "hasName")
            hasName = bits.boolean()
            access = bits.flags(4)
            kind = bits.integer(3)
            if hasName {
                name =
                    try reader.isPresent(field: "name")
                    ? reader.string(length: UInt8.self, .big, field: "name")
                    : nil
            } else {
                name = nil
            }
            if kind >= 3 {
                id = try reader.isPresent(field: "id") ? reader.integer(.big, field: "id") : nil
            } else {
                id = nil
            }
            if access.contains(.write) {
                try reader.align(4, from: fieldStart, field: "note")
                note = try reader.isPresent(field: "note") ? Note(from: &reader) : nil
            } else {
                note = nil
            }
            if ([1, 5] as [UInt8]).contains(kind) {
                numbers =
                    try reader.isPresent(field: "numbers")
                    ? reader.array(
                        count: UInt8.self,
                        .big,
                        minimumSize: 1,
                        field: "numbers"
                    ) { reader throws(PayloadError) in
                        try reader.isPresent(field: "numbers") ? reader.integer(.big, field: "numbers") : nil
                    }
                    : nil
            } else {
                numbers = nil
            }
            if hasName {
                data = try reader.value(
                    reader.size(Int32.self, .big, absent: -1, field: "data")
                ) { reader, count throws(PayloadError) in
                    try reader.bytes(count: count, field: "data")
                }
            } else {
                data = nil
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            var bits = BitWriter(.high)
            bits.boolean(hasName)
            try bits.flags(access, 4, field: "access")
            try bits.integer(kind, 3, field: "kind")
            writer.bits(bits)
            if hasName {
                writer.presence(name != nil)
                if let name {
                    try writer.string(name, length: UInt8.self, .big, field: "name")
                }
            } else if name != nil {
                throw PayloadError(.inconsistent, field: "name")
            }
            if kind >= 3 {
                writer.presence(id != nil)
                if let id {
                    writer.integer(id, .big)
                }
            } else if id != nil {
                throw PayloadError(.inconsistent, field: "id")
            }
            if access.contains(.write) {
                writer.align(4, from: fieldStart)
                writer.presence(note != nil)
                if let note {
                    try note.encode(into: &writer)
                }
            } else if note != nil {
                throw PayloadError(.inconsistent, field: "note")
            }
            if ([1, 5] as [UInt8]).contains(kind) {
                writer.presence(numbers != nil)
                if let numbers {
                    try writer.count(numbers.count, as: UInt8.self, .big, field: "numbers")
                    for element in numbers {
                        writer.presence(element != nil)
                        if let element {
                            writer.integer(element, .big)
                        }
                    }
                }
            } else if numbers != nil {
                throw PayloadError(.inconsistent, field: "numbers")
            }
            if hasName {
                if let data {
                    writer.integer(try ByteWriter.number(of: data.count, absent: -1, field: "data") as Int32, .big)
                    writer.bytes(data)
                } else {
                    writer.integer(-1 as Int32, .big)
                }
            } else if data != nil {
                throw PayloadError(.inconsistent, field: "data")
            }
        }
    }

    /// Handles ``Row``, which has no reply.
    ///
    /// Write `func handle(_ message: Options.Row, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol RowHandler: OneWayHandler where Input == Row {}
}

nonisolated extension Options {
    /// The message `Values`.
    struct Values: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Values" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `key`.
        ///
        /// At most 2_147_483_647 bytes.
        var key: Bytes?

        /// The field `counts`.
        var counts: [UInt8]?

        /// The field `value`.
        var value: String?

        /// The field `parts`.
        ///
        /// At most 255 elements.
        var parts: [Bytes?]

        /// A `Values` with these fields.
        init(key: Bytes? = nil, counts: [UInt8]? = nil, value: String? = nil, parts: [Bytes?]) {
            self.key = key
            self.counts = counts
            self.value = value
            self.parts = parts
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let size: UInt16 = try reader.integer(.big, field: "size")
            key = try reader.value(
                reader.size(Int32.self, .big, absent: [-1, 0], field: "key")
            ) { reader, count throws(PayloadError) in
                try reader.bytes(count: count, field: "key")
            }
            counts = try reader.value(
                reader.size(.leb128, absent: [0, 7], plus: 1, field: "counts")
            ) { reader, count throws(PayloadError) in
                try reader.integers(count: count, .big, field: "counts")
            }
            value = try reader.value(
                try ByteReader.size(size, absent: [65535, 65534], field: "value")
            ) { reader, count throws(PayloadError) in
                try reader.string(count: count, field: "value")
            }
            parts = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 1,
                field: "parts"
            ) { reader throws(PayloadError) in
                try reader.value(
                    reader.size(UInt8.self, .big, absent: [255, 254], field: "parts")
                ) { reader, count throws(PayloadError) in
                    try reader.bytes(count: count, field: "parts")
                }
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let size: UInt16
            if let value = value {
                size = try ByteWriter.number(of: value.utf8.count, absent: [65535, 65534], field: "value") as UInt16
            } else {
                size = 65535
            }
            writer.integer(size, .big)
            if let key {
                writer.integer(try ByteWriter.number(of: key.count, absent: [-1, 0], field: "key") as Int32, .big)
                writer.bytes(key)
            } else {
                writer.integer(-1 as Int32, .big)
            }
            if let counts {
                try writer.integer(
                    try ByteWriter.number(of: counts.count, absent: [0, 7], plus: 1, field: "counts") as UInt64,
                    .leb128,
                    field: "counts"
                )
                for element in counts {
                    writer.integer(element, .big)
                }
            } else {
                try writer.integer(0 as UInt64, .leb128, field: "counts")
            }
            if let value {
                writer.string(value)
            }
            try writer.count(parts.count, as: UInt8.self, .big, field: "parts")
            for element in parts {
                if let element {
                    writer.integer(
                        try ByteWriter.number(of: element.count, absent: [255, 254], field: "parts") as UInt8,
                        .big
                    )
                    writer.bytes(element)
                } else {
                    writer.integer(255 as UInt8, .big)
                }
            }
        }
    }

    /// Handles ``Values``, which has no reply.
    ///
    /// Write `func handle(_ message: Options.Values, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ValuesHandler: OneWayHandler where Input == Values {}
}

nonisolated extension Options {
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

nonisolated extension Options {
    /// The struct `Note`.
    struct Note: Hashable, Sendable {
        /// The field `isLong`.
        var isLong: Bool

        /// The field `text`.
        ///
        /// At most 255 bytes in UTF-8.
        var text: String?

        /// A `Note` with these fields.
        init(isLong: Bool, text: String? = nil) {
            self.isLong = isLong
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            isLong = try reader.boolean(field: "Note.isLong")
            if isLong {
                text = try reader.value(
                    reader.size(UInt8.self, .big, absent: 255, field: "Note.text")
                ) { reader, count throws(PayloadError) in
                    try reader.string(count: count, field: "Note.text")
                }
            } else {
                text = nil
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.boolean(isLong)
            if isLong {
                if let text {
                    writer.integer(
                        try ByteWriter.number(of: text.utf8.count, absent: 255, field: "Note.text") as UInt8,
                        .big
                    )
                    writer.string(text)
                } else {
                    writer.integer(255 as UInt8, .big)
                }
            } else if text != nil {
                throw PayloadError(.inconsistent, field: "Note.text")
            }
        }
    }
}

nonisolated extension Options {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Row``, which has no reply.
        func row(_ message: Row, context: Context) async throws

        /// Handles ``Values``, which has no reply.
        func values(_ message: Values, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Options.Service) {
        on(Options.Row.self) { message, context in
            try await service.row(message, context: context)
        }
        on(Options.Values.self) { message, context in
            try await service.values(message, context: context)
        }
    }
}
