// Generated from References.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// References.
nonisolated enum References: WireProtocol {
    /// The protocol's name.
    static var name: String { "References" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .magic(0xA5, .one),
            .type(.one),
            .field(.one),
            .field(.two),
            .length(.two, covers: .rest),
            .field(.one),
            .correlation(.two),
        ],
        checksum: .init(.crc32, covers: .frame),
        maximumPayload: 65_528
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Store.self,
            Stored.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xFD21_6AE1_FEE4_C8C1 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `options`.
        var options: Options

        /// A header with these fields.
        init(options: Options = []) {
            self.options = options
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            options = Options(rawValue: bytes.integer(at: 2, .big))
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(options.rawValue, at: 2, .big)
        }
    }
}

nonisolated extension References {
    /// The message `Store`.
    struct Store: Request, Hashable {
        /// The reply.
        typealias Reply = Stored

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Store" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `items`.
        var items: [UInt16]

        /// The field `name`.
        var name: String?

        /// The field `data`.
        var data: Bytes

        /// A `Store` with these fields.
        init(items: [UInt16], name: String? = nil, data: Bytes) {
            self.items = items
            self.name = name
            self.data = data
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerOptions: Options = Options(rawValue: header.integer(at: 2, .big))
            let headerCount: UInt16 = header.integer(at: 3, .big)
            let headerNameLength: UInt8 = header.integer(at: 7, .big)
            items = try reader.integers(count: Int(clamping: headerCount), .big, field: "items")
            name =
                try headerOptions.contains(.named)
                ? reader.string(count: try ByteReader.size(headerNameLength, plus: 1, field: "name"), field: "name")
                : nil
            data = try reader.bytes(field: "data")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            let headerOptions: Options = Options(rawValue: header.integer(at: 2, .big))
            let headerCount: UInt16 = try ByteWriter.number(of: items.count, field: "items") as UInt16
            header.set(headerCount, at: 3, .big)
            let headerNameLength: UInt8
            if let value = name {
                headerNameLength = try ByteWriter.number(of: value.utf8.count, plus: 1, field: "name") as UInt8
            } else {
                headerNameLength = 0
            }
            header.set(headerNameLength, at: 7, .big)
            for element in items {
                writer.integer(element, .big)
            }
            guard (headerOptions.contains(.named)) == (name != nil) else {
                throw PayloadError(.inconsistent, field: "name")
            }
            if let name {
                writer.string(name)
            }
            writer.bytes(data)
        }
    }

    /// Handles ``Store`` and answers with ``Stored``.
    ///
    /// Write `func handle(_ message: References.Store, context: Context) async throws -> References.Stored`, or the
    /// same without `async` if the handler does not suspend.
    protocol StoreHandler: RequestHandler where Input == Store {}
}

nonisolated extension References {
    /// The message `Stored`.
    struct Stored: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Stored" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `first`.
        var first: Bytes

        /// The field `second`.
        var second: Bytes

        /// A `Stored` with these fields.
        init(first: Bytes, second: Bytes) {
            self.first = first
            self.second = second
        }

        /// Reads the fields, for a header whose values are 0.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(from: &reader, header: HeaderBytes())
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            let headerNameLength: UInt8 = header.integer(at: 7, .big)
            first = try reader.bytes(count: Int(clamping: headerNameLength), field: "first")
            second = try reader.bytes(count: Int(clamping: headerNameLength), field: "second")
        }

        /// Writes the fields, for a header whose values are 0.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var header = HeaderBytes()
            try encode(into: &writer, header: &header)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt16, at: 3, .big)
            let headerNameLength: UInt8 = try ByteWriter.number(of: first.count, field: "first") as UInt8
            let secondCount: UInt8 = try ByteWriter.number(of: second.count, field: "second") as UInt8
            guard secondCount == headerNameLength else {
                throw PayloadError(.inconsistent, field: "second")
            }
            header.set(headerNameLength, at: 7, .big)
            writer.bytes(first)
            writer.bytes(second)
        }
    }
}

nonisolated extension References {
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

nonisolated extension References {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Store`` with ``Stored``.
        func store(_ message: Store, context: Context) async throws -> Stored
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some References.Service) {
        on(References.Store.self) { message, context in
            try await service.store(message, context: context)
        }
    }
}
