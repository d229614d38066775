// Generated from Layouts.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Layouts as protocols that are not new have them, with every key that says where values are and where they end.
nonisolated enum Layouts: WireProtocol {
    /// The protocol's name.
    static var name: String { "Layouts" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .type(.one),
            .length(.four),
        ],
        checksum: nil,
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Connect.self,
            Bits.self,
            VarInts.self,
            Lengths.self,
            Texts.self,
            Presence.self,
            Unions.self,
            Corners.self,
            Blocks.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x02D3_03DB_5A9C_BD1C }
}

nonisolated extension Layouts {
    /// The fields of MQTT's CONNECT.
    struct Connect: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Connect" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `protocolName`.
        ///
        /// The value is always the same.
        var protocolName: String { "MQTT" }

        /// The field `level`.
        ///
        /// The value is always the same.
        var level: UInt8 { 4 }

        /// The field `willRetain`.
        var willRetain: Bool

        /// The field `willQoS`.
        var willQoS: UInt8

        /// The field `clean`.
        var clean: Bool

        /// The field `keepAlive`.
        var keepAlive: UInt16

        /// The field `client`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var client: String

        /// The field `willTopic`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var willTopic: String?

        /// The field `will`.
        ///
        /// At most 65_535 bytes.
        var will: Bytes?

        /// The field `user`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var user: String?

        /// The field `password`.
        ///
        /// At most 65_535 bytes.
        var password: Bytes?

        /// A `Connect` with these fields.
        init(
            willRetain: Bool,
            willQoS: UInt8,
            clean: Bool,
            keepAlive: UInt16,
            client: String,
            willTopic: String? = nil,
            will: Bytes? = nil,
            user: String? = nil,
            password: Bytes? = nil
        ) {
            self.willRetain = willRetain
            self.willQoS = willQoS
            self.clean = clean
            self.keepAlive = keepAlive
            self.client = client
            self.willTopic = willTopic
            self.will = will
            self.user = user
            self.password = password
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard try reader.string(length: UInt16.self, .big, field: "protocolName").isExactly("MQTT") else {
                throw PayloadError(.unexpectedValue, field: "protocolName")
            }
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["level": 1, "hasUser": 1, "keepAlive": 2])
            }
            guard fixed.integer(at: 0, .big) == 4 as UInt8 else {
                throw PayloadError(.unexpectedValue, field: "level")
            }
            var bits = fixed.bits(at: 1, 1, .high)
            let hasUser: Bool = bits.boolean()
            let hasPassword: Bool = bits.boolean()
            willRetain = bits.boolean()
            willQoS = bits.integer(2)
            let hasWill: Bool = bits.boolean()
            clean = bits.boolean()
            keepAlive = fixed.integer(at: 2, .big)
            client = try reader.string(length: UInt16.self, .big, field: "client")
            willTopic = try hasWill ? reader.string(length: UInt16.self, .big, field: "willTopic") : nil
            will = try hasWill ? reader.bytes(length: UInt16.self, .big, field: "will") : nil
            user = try hasUser ? reader.string(length: UInt16.self, .big, field: "user") : nil
            password = try hasPassword ? reader.bytes(length: UInt16.self, .big, field: "password") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(protocolName, length: UInt16.self, .big, field: "protocolName")
            writer.integer(level, .big)
            let hasUser = user != nil
            let hasPassword = password != nil
            guard (willTopic != nil) == (will != nil) else {
                throw PayloadError(.inconsistent, field: willTopic == nil ? "willTopic" : "will")
            }
            let hasWill = willTopic != nil
            var bits = BitWriter(.high)
            bits.boolean(hasUser)
            bits.boolean(hasPassword)
            bits.boolean(willRetain)
            try bits.integer(willQoS, 2, field: "willQoS")
            bits.boolean(hasWill)
            bits.boolean(clean)
            bits.reserved(1)
            writer.bits(bits)
            writer.integer(keepAlive, .big)
            try writer.string(client, length: UInt16.self, .big, field: "client")
            if let willTopic {
                try writer.string(willTopic, length: UInt16.self, .big, field: "willTopic")
            }
            if let will {
                try writer.bytes(will, length: UInt16.self, .big, field: "will")
            }
            if let user {
                try writer.string(user, length: UInt16.self, .big, field: "user")
            }
            if let password {
                try writer.bytes(password, length: UInt16.self, .big, field: "password")
            }
        }
    }

    /// Handles ``Connect``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Connect, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ConnectHandler: OneWayHandler where Input == Connect {}
}

nonisolated extension Layouts.Connect: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        """
        Connect(\
        protocolName: \(String(reflecting: protocolName)), \
        level: \(String(reflecting: level)), \
        willRetain: \(String(reflecting: willRetain)), \
        willQoS: \(String(reflecting: willQoS)), \
        clean: \(String(reflecting: clean)), \
        keepAlive: \(String(reflecting: keepAlive)), \
        client: \(String(reflecting: client)), \
        willTopic: \(String(reflecting: willTopic)), \
        will: \(String(reflecting: will)), \
        user: \(String(reflecting: user)), \
        password: <secret>)
        """
    }

    /// The same as ``description``.
    var debugDescription: String { description }

    /// The fields, without the values of secret ones.
    var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "protocolName": protocolName,
                "level": level,
                "willRetain": willRetain,
                "willQoS": willQoS,
                "clean": clean,
                "keepAlive": keepAlive,
                "client": client,
                "willTopic": willTopic as Any,
                "will": will as Any,
                "user": user as Any,
                "password": "<secret>",
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Layouts {
    /// The message `Bits`.
    struct Bits: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Bits" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `version`.
        var version: UInt8

        /// The field `kind`.
        var kind: Kind

        /// The field `offset`.
        var offset: Int16

        /// The field `options`.
        var options: Options

        /// The field `low`.
        var low: UInt8

        /// The field `high`.
        var high: UInt16

        /// The field `wide`.
        var wide: UInt32

        /// The field `signed`.
        var signed: Int64

        /// A `Bits` with these fields.
        init(
            version: UInt8,
            kind: Kind,
            offset: Int16,
            options: Options,
            low: UInt8,
            high: UInt16,
            wide: UInt32,
            signed: Int64
        ) {
            self.version = version
            self.kind = kind
            self.offset = offset
            self.options = options
            self.low = low
            self.high = high
            self.wide = wide
            self.signed = signed
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(13) else {
                throw .truncated(reader.remaining, ["version": 3, "low": 2, "wide": 3, "signed": 5])
            }
            var bits = fixed.bits(at: 0, 3, .high)
            version = bits.integer(3)
            kind = try bits.enumeration(4, field: "kind")
            offset = bits.integer(12)
            options = bits.flags(3)
            var bits2 = fixed.bits(at: 3, 2, .low)
            low = bits2.integer(5)
            high = bits2.integer(11)
            wide = fixed.integer(at: 5, bytes: 3, .big)
            signed = fixed.integer(at: 8, bytes: 5, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            var bits = BitWriter(.high)
            try bits.integer(version, 3, field: "version")
            try bits.enumeration(kind, 4, field: "kind")
            try bits.integer(offset, 12, field: "offset")
            try bits.flags(options, 3, field: "options")
            bits.reserved(2)
            writer.bits(bits)
            var bits2 = BitWriter(.low)
            try bits2.integer(low, 5, field: "low")
            try bits2.integer(high, 11, field: "high")
            writer.bits(bits2)
            try writer.integer(wide, bytes: 3, .big, field: "wide")
            try writer.integer(signed, bytes: 5, .little, field: "signed")
        }
    }

    /// Handles ``Bits``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Bits, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol BitsHandler: OneWayHandler where Input == Bits {}
}

nonisolated extension Layouts {
    /// The message `VarInts`.
    struct VarInts: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "VarInts" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `leb`.
        var leb: UInt64

        /// The field `zigzag`.
        var zigzag: Int64

        /// The field `quic`.
        var quic: UInt64

        /// The field `coin`.
        var coin: UInt64

        /// The field `text`.
        var text: String

        /// The field `numbers`.
        ///
        /// At most 20 elements.
        var numbers: [Int64]

        /// A `VarInts` with these fields.
        init(leb: UInt64, zigzag: Int64, quic: UInt64, coin: UInt64, text: String, numbers: [Int64]) {
            self.leb = leb
            self.zigzag = zigzag
            self.quic = quic
            self.coin = coin
            self.text = text
            self.numbers = numbers
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            leb = try reader.integer(.leb128, field: "leb")
            zigzag = try reader.integer(.zigzag, field: "zigzag")
            quic = try reader.integer(.quic, field: "quic")
            coin = try reader.integer(.bitcoin, field: "coin")
            text = try reader.string(count: reader.size(.leb128, field: "text"), field: "text")
            numbers = try reader.array(
                count: reader.size(.quic, field: "numbers"),
                minimumSize: 1,
                field: "numbers"
            ) { reader throws(PayloadError) in
                try reader.integer(.zigzag, field: "numbers")
            }
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            try writer.integer(leb, .leb128, field: "leb")
            try writer.integer(zigzag, .zigzag, field: "zigzag")
            try writer.integer(quic, .quic, field: "quic")
            try writer.integer(coin, .bitcoin, field: "coin")
            try writer.integer(
                try ByteWriter.number(of: text.utf8.count, field: "text") as UInt64,
                .leb128,
                field: "text"
            )
            writer.string(text)
            try writer.integer(
                try ByteWriter.number(of: numbers.count, bits: 62, field: "numbers") as UInt64,
                .quic,
                field: "numbers"
            )
            for element in numbers {
                try writer.integer(element, .zigzag, field: "numbers")
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard numbers.count <= 20 else {
                throw PayloadError(.outOfBounds, field: "numbers")
            }
        }
    }

    /// Handles ``VarInts``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.VarInts, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol VarIntsHandler: OneWayHandler where Input == VarInts {}
}

nonisolated extension Layouts {
    /// The message `Lengths`.
    struct Lengths: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "Lengths" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `scale`.
        var scale: UInt8

        /// The field `name`.
        var name: String

        /// The field `points`.
        var points: [Point]

        /// The field `labels`.
        var labels: [String]

        /// The field `point`.
        var point: Point

        /// The field `plus`.
        ///
        /// At most 253 bytes.
        var plus: Bytes

        /// The field `words`.
        ///
        /// At most 510 elements.
        var words: [UInt16]

        /// The field `units`.
        ///
        /// At most 262_136 bytes.
        var units: Bytes

        /// The field `absent`.
        ///
        /// At most 2_147_483_647 bytes.
        var absent: Bytes?

        /// The field `row`.
        ///
        /// At most 255 elements.
        var row: [String?]

        /// The field `measured`.
        var measured: [Point]

        /// The field `sized`.
        ///
        /// At most 255 bytes.
        var sized: Named

        /// The field `fixed`.
        var fixed: [UInt32]

        /// A `Lengths` with these fields.
        init(
            scale: UInt8,
            name: String,
            points: [Point],
            labels: [String],
            point: Point,
            plus: Bytes,
            words: [UInt16],
            units: Bytes,
            absent: Bytes? = nil,
            row: [String?],
            measured: [Point],
            sized: Named,
            fixed: [UInt32]
        ) {
            self.scale = scale
            self.name = name
            self.points = points
            self.labels = labels
            self.point = point
            self.plus = plus
            self.words = words
            self.units = units
            self.absent = absent
            self.row = row
            self.measured = measured
            self.sized = sized
            self.fixed = fixed
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["nameLength": 1, "count": 2, "pointLength": 1])
            }
            let nameLength: UInt8 = fixed.integer(at: 0, .big)
            let count: UInt16 = fixed.integer(at: 1, .little)
            var bits = fixed.bits(at: 3, 1, .high)
            let pointLength: UInt8 = bits.integer(4)
            scale = bits.integer(4)
            name = try reader.string(count: Int(clamping: nameLength), field: "name")
            points = try reader.array(count: Int(clamping: count), minimumSize: 4, field: "points", Point.init(from:))
            labels = try reader.array(
                count: Int(clamping: count),
                minimumSize: 1,
                field: "labels"
            ) { reader throws(PayloadError) in
                try reader.string(until: 0x00, field: "labels")
            }
            point = try reader.window(Int(clamping: pointLength), field: "point") { reader throws(PayloadError) in
                try Point(from: &reader)
            }
            plus = try reader.bytes(count: reader.size(UInt8.self, .big, plus: 2, field: "plus"), field: "plus")
            words = try reader.integers(
                count: reader.size(UInt8.self, .big, unit: 2, field: "words"),
                .big,
                field: "words"
            )
            units = try reader.bytes(
                count: reader.size(UInt16.self, .big, unit: 4, plus: 4, field: "units"),
                field: "units"
            )
            absent = try reader.value(
                reader.size(Int32.self, .big, absent: -1, field: "absent")
            ) { reader, count throws(PayloadError) in
                try reader.bytes(count: count, field: "absent")
            }
            row = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 2,
                field: "row"
            ) { reader throws(PayloadError) in
                try reader.value(
                    reader.size(Int16.self, .big, absent: -1, field: "row")
                ) { reader, count throws(PayloadError) in
                    try reader.string(count: count, field: "row")
                }
            }
            measured = try reader.window(length: UInt16.self, .big, field: "measured") { reader throws(PayloadError) in
                try reader.array(field: "measured", Point.init(from:))
            }
            sized = try reader.window(length: UInt8.self, .big, field: "sized") { reader throws(PayloadError) in
                try Named(from: &reader)
            }
            self.fixed = try reader.window(8, field: "fixed") { reader throws(PayloadError) in
                try reader.integers(.big, field: "fixed")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let nameLength: UInt8 = try ByteWriter.number(of: name.utf8.count, field: "name") as UInt8
            writer.integer(nameLength, .big)
            let count: UInt16 = try ByteWriter.number(of: points.count, field: "points") as UInt16
            let labelsCount: UInt16 = try ByteWriter.number(of: labels.count, field: "labels") as UInt16
            guard labelsCount == count else {
                throw PayloadError(.inconsistent, field: "labels")
            }
            writer.integer(count, .little)
            let pointBytes = try ByteWriter.bytes { writer throws(PayloadError) in
                try point.encode(into: &writer)
            }
            let pointLength: UInt8 = try ByteWriter.number(of: pointBytes.count, bits: 4, field: "point") as UInt8
            var bits = BitWriter(.high)
            try bits.integer(pointLength, 4, field: "pointLength")
            try bits.integer(scale, 4, field: "scale")
            writer.bits(bits)
            writer.string(name)
            for element in points {
                try element.encode(into: &writer)
            }
            for element in labels {
                try writer.string(element, until: 0x00, field: "labels")
            }
            writer.bytes(pointBytes)
            writer.integer(try ByteWriter.number(of: plus.count, plus: 2, field: "plus") as UInt8, .big)
            writer.bytes(plus)
            writer.integer(try ByteWriter.number(of: words.count, unit: 2, field: "words") as UInt8, .big)
            for element in words {
                writer.integer(element, .big)
            }
            writer.integer(try ByteWriter.number(of: units.count, unit: 4, plus: 4, field: "units") as UInt16, .big)
            writer.bytes(units)
            if let absent {
                writer.integer(try ByteWriter.number(of: absent.count, absent: -1, field: "absent") as Int32, .big)
                writer.bytes(absent)
            } else {
                writer.integer(-1 as Int32, .big)
            }
            try writer.count(row.count, as: UInt8.self, .big, field: "row")
            for element in row {
                if let element {
                    writer.integer(
                        try ByteWriter.number(of: element.utf8.count, absent: -1, field: "row") as Int16,
                        .big
                    )
                    writer.string(element)
                } else {
                    writer.integer(-1 as Int16, .big)
                }
            }
            try writer.sized(UInt16.self, .big, field: "measured") { writer throws(PayloadError) in
                for element in measured {
                    try element.encode(into: &writer)
                }
            }
            try writer.sized(UInt8.self, .big, field: "sized") { writer throws(PayloadError) in
                try sized.encode(into: &writer)
            }
            try writer.sized(expected: 8, field: "fixed") { writer throws(PayloadError) in
                for element in fixed {
                    writer.integer(element, .big)
                }
            }
        }
    }

    /// Handles ``Lengths``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Lengths, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol LengthsHandler: OneWayHandler where Input == Lengths {}
}

nonisolated extension Layouts {
    /// The message `Texts`.
    struct Texts: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Texts" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `terminated`.
        var terminated: String

        /// The field `lines`.
        var lines: Bytes

        /// The field `padded`.
        ///
        /// At most 8 bytes in UTF-8.
        var padded: String

        /// The field `spaces`.
        ///
        /// At most 4 bytes.
        var spaces: Bytes

        /// The field `latin`.
        ///
        /// At most 255 bytes in ISO 8859-1.
        var latin: String

        /// The field `wide`.
        ///
        /// At most 65_535 bytes in UTF-16.
        var wide: String

        /// The field `plain`.
        ///
        /// At most 254 bytes in ASCII.
        var plain: String

        /// The field `names`.
        var names: [String]

        /// The field `rest`.
        var rest: String

        /// A `Texts` with these fields.
        init(
            terminated: String,
            lines: Bytes,
            padded: String,
            spaces: Bytes,
            latin: String,
            wide: String,
            plain: String,
            names: [String],
            rest: String
        ) {
            self.terminated = terminated
            self.lines = lines
            self.padded = padded
            self.spaces = spaces
            self.latin = latin
            self.wide = wide
            self.plain = plain
            self.names = names
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            terminated = try reader.string(until: 0x00, field: "terminated")
            lines = try reader.bytes(until: "\u{d}\n", field: "lines")
            guard let fixed = reader.readFixed(12) else {
                throw .truncated(reader.remaining, ["padded": 8, "spaces": 4])
            }
            padded = try fixed.string(at: 0, count: 8, pad: 0x00, field: "padded")
            spaces = fixed.bytes(at: 8, count: 4, pad: 0x20)
            latin = try TextEncoding.latin1.text(
                try reader.bytes(length: UInt8.self, .big, field: "latin"),
                field: "latin"
            )
            wide = try TextEncoding.utf16(.big).text(
                try reader.bytes(length: UInt16.self, .big, field: "wide"),
                field: "wide"
            )
            plain = try TextEncoding.ascii.text(
                try reader.bytes(count: reader.size(UInt8.self, .big, plus: 1, field: "plain"), field: "plain"),
                field: "plain"
            )
            names = try reader.array(until: 0x00, field: "names") { reader throws(PayloadError) in
                try reader.string(length: UInt8.self, .big, field: "names")
            }
            rest = try TextEncoding.latin1.text(try reader.bytes(field: "rest"), field: "rest")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(terminated, until: 0x00, field: "terminated")
            try writer.bytes(lines, until: "\u{d}\n", field: "lines")
            try writer.string(padded, count: 8, pad: 0x00, field: "padded")
            try writer.bytes(spaces, count: 4, pad: 0x20, field: "spaces")
            try writer.bytes(
                try TextEncoding.latin1.bytes(latin, field: "latin"),
                length: UInt8.self,
                .big,
                field: "latin"
            )
            try writer.bytes(
                try TextEncoding.utf16(.big).bytes(wide, field: "wide"),
                length: UInt16.self,
                .big,
                field: "wide"
            )
            try writer.sized(UInt8.self, .big, plus: 1, field: "plain") { writer throws(PayloadError) in
                writer.bytes(try TextEncoding.ascii.bytes(plain, field: "plain"))
            }
            for element in names {
                let elementStart = writer.count
                try writer.string(element, length: UInt8.self, .big, field: "names")
                try writer.element(from: elementStart, isNot: 0x00, field: "names")
            }
            writer.end(0x00)
            writer.bytes(try TextEncoding.latin1.bytes(rest, field: "rest"))
        }
    }

    /// Handles ``Texts``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Texts, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol TextsHandler: OneWayHandler where Input == Texts {}
}

nonisolated extension Layouts {
    /// The message `Presence`.
    struct Presence: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Presence" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `flags`.
        var flags: Options

        /// The field `more`.
        var more: UInt8

        /// The field `kind`.
        var kind: UInt8

        /// The field `color`.
        var color: Color

        /// The field `urgency`.
        var urgency: UInt8?

        /// The field `id`.
        var id: UInt16?

        /// The field `pair`.
        var pair: Point?

        /// The field `aligned`.
        var aligned: UInt32

        /// The field `last`.
        var last: UInt8?

        /// The field `lastText`.
        ///
        /// At most 255 bytes in UTF-8.
        var lastText: String?

        /// A `Presence` with these fields.
        init(
            flags: Options,
            more: UInt8,
            kind: UInt8,
            color: Color,
            urgency: UInt8? = nil,
            id: UInt16? = nil,
            pair: Point? = nil,
            aligned: UInt32,
            last: UInt8? = nil,
            lastText: String? = nil
        ) {
            self.flags = flags
            self.more = more
            self.kind = kind
            self.color = color
            self.urgency = urgency
            self.id = id
            self.pair = pair
            self.aligned = aligned
            self.last = last
            self.lastText = lastText
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            guard let fixed = reader.readFixed(3) else {
                throw .truncated(reader.remaining, ["flags": 1, "kind": 1, "color": 1])
            }
            var bits = fixed.bits(at: 0, 1, .high)
            let flagsOnWire: Options = bits.flags(3)
            flags = flagsOnWire.subtracting([.urgent])
            more = bits.integer(5)
            kind = fixed.integer(at: 1, .big)
            color = try fixed.enumeration(at: 2, .big, field: "color")
            urgency = try flagsOnWire.contains(.urgent) ? reader.integer(.big, field: "urgency") : nil
            id = try (1...(3)).contains(kind) ? reader.integer(.big, field: "id") : nil
            pair = try ([1, 5] as [UInt8]).contains(kind) && color == .red ? Point(from: &reader) : nil
            if kind == 7 {
                try reader.reserved(2, field: "reserved")
            }
            try reader.align(4, from: fieldStart, field: "aligned")
            aligned = try reader.integer(.big, field: "aligned")
            last = try reader.remaining > 0 ? reader.integer(.big, field: "last") : nil
            lastText = try reader.remaining > 0 ? reader.string(length: UInt8.self, .big, field: "lastText") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            var flagsOnWire = flags
            if urgency != nil { flagsOnWire.insert(.urgent) } else { flagsOnWire.remove(.urgent) }
            var bits = BitWriter(.high)
            try bits.flags(flagsOnWire, 3, field: "flags")
            try bits.integer(more, 5, field: "more")
            writer.bits(bits)
            writer.integer(kind, .big)
            writer.enumeration(color, .big)
            if let urgency {
                writer.integer(urgency, .big)
            }
            guard ((1...(3)).contains(kind)) == (id != nil) else {
                throw PayloadError(.inconsistent, field: "id")
            }
            if let id {
                writer.integer(id, .big)
            }
            guard (([1, 5] as [UInt8]).contains(kind) && color == .red) == (pair != nil) else {
                throw PayloadError(.inconsistent, field: "pair")
            }
            if let pair {
                try pair.encode(into: &writer)
            }
            if kind == 7 {
                writer.reserved(2)
            }
            writer.align(4, from: fieldStart)
            writer.integer(aligned, .big)
            guard last != nil || lastText == nil else {
                throw PayloadError(.inconsistent, field: "last")
            }
            if let last {
                writer.integer(last, .big)
            }
            if let lastText {
                try writer.string(lastText, length: UInt8.self, .big, field: "lastText")
            }
        }
    }

    /// Handles ``Presence``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Presence, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol PresenceHandler: OneWayHandler where Input == Presence {}
}

nonisolated extension Layouts {
    /// The message `Unions`.
    struct Unions: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x07 }
        /// The name of the message in the spec.
        static var name: String { "Unions" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `body`.
        var body: Body

        /// The field `attributes`.
        var attributes: [Attribute]

        /// The field `value`.
        var value: TableValue

        /// The field `tree`.
        var tree: Tree

        /// An `Unions` with these fields.
        init(body: Body, attributes: [Attribute], value: TableValue, tree: Tree) {
            self.body = body
            self.attributes = attributes
            self.value = value
            self.tree = tree
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let kind: UInt8 = try reader.integer(.big, field: "kind")
            body = try Body(tag: kind, from: &reader)
            attributes = try reader.window(
                length: UInt16.self,
                .big,
                field: "attributes"
            ) { reader throws(PayloadError) in
                try reader.array(field: "attributes", Attribute.init(from:))
            }
            value = try TableValue(from: &reader)
            tree = try Tree(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let kind: UInt8 = body.tag
            writer.integer(kind, .big)
            try body.encode(withTag: false, into: &writer)
            try writer.sized(UInt16.self, .big, field: "attributes") { writer throws(PayloadError) in
                for element in attributes {
                    try element.encode(into: &writer)
                }
            }
            try value.encode(into: &writer)
            try tree.encode(into: &writer)
        }
    }

    /// Handles ``Unions``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Unions, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol UnionsHandler: OneWayHandler where Input == Unions {}
}

nonisolated extension Layouts {
    /// Fields with the names of constants in generated code, and combinations of keys.
    struct Corners: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x08 }
        /// The name of the message in the spec.
        static var name: String { "Corners" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `left`.
        var left: [UInt8]

        /// The field `right`.
        var right: [UInt16]

        /// The field `rightCount`.
        var rightCount: UInt8

        /// The field `access`.
        var access: Access

        /// The field `accessOnWire`.
        var accessOnWire: UInt8

        /// The field `point`.
        var point: Point?

        /// The field `pointBytes`.
        var pointBytes: UInt8

        /// The field `fixed`.
        var fixed: UInt8

        /// The field `padded`.
        var padded: UInt8?

        /// The field `body`.
        var body: Wrapped

        /// The field `bodies`.
        ///
        /// Exactly 2 elements.
        var bodies: [Wrapped]

        /// The field `columns`.
        ///
        /// At most 255 elements.
        var columns: [Point?]

        /// The field `tail`.
        var tail: UInt16?

        /// A `Corners` with these fields.
        init(
            left: [UInt8],
            right: [UInt16],
            rightCount: UInt8,
            access: Access,
            accessOnWire: UInt8,
            point: Point? = nil,
            pointBytes: UInt8,
            fixed: UInt8,
            padded: UInt8? = nil,
            body: Wrapped,
            bodies: [Wrapped],
            columns: [Point?],
            tail: UInt16? = nil
        ) {
            self.left = left
            self.right = right
            self.rightCount = rightCount
            self.access = access
            self.accessOnWire = accessOnWire
            self.point = point
            self.pointBytes = pointBytes
            self.fixed = fixed
            self.padded = padded
            self.body = body
            self.bodies = bodies
            self.columns = columns
            self.tail = tail
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            let count: UInt8 = try reader.integer(.big, field: "count")
            left = try reader.integers(count: Int(clamping: count), .big, field: "left")
            right = try reader.integers(count: Int(clamping: count), .big, field: "right")
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["rightCount": 1, "size": 1, "access": 1, "accessOnWire": 1])
            }
            rightCount = fixed.integer(at: 0, .big)
            let size: UInt8 = fixed.integer(at: 1, .big)
            let accessOnWireValue: Access = fixed.flags(at: 2, .big)
            access = accessOnWireValue.subtracting([.read])
            accessOnWire = fixed.integer(at: 3, .big)
            point =
                try accessOnWireValue.contains(.read)
                ? reader.window(Int(clamping: size), field: "point") { reader throws(PayloadError) in
                    try Point(from: &reader)
                }
                : nil
            guard let fixed2 = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["pointBytes": 1, "fixed": 1])
            }
            pointBytes = fixed2.integer(at: 0, .big)
            self.fixed = fixed2.integer(at: 1, .big)
            if (1...(128)).contains(self.fixed) {
                try reader.align(4, from: fieldStart, field: "padded")
                padded = try reader.integer(.big, field: "padded")
            } else {
                padded = nil
            }
            let bodyKind: UInt8 = try reader.integer(.big, field: "bodyKind")
            body = try Wrapped(tag: bodyKind, from: &reader)
            bodies = try reader.array(count: 2, minimumSize: 2, field: "bodies", Wrapped.init(from:))
            columns = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 3,
                field: "columns"
            ) { reader throws(PayloadError) in
                try reader.value(
                    reader.size(Int32.self, bytes: 3, .big, absent: -1, field: "columns")
                ) { reader, count throws(PayloadError) in
                    try reader.window(count, field: "columns") { reader throws(PayloadError) in
                        try Point(from: &reader)
                    }
                }
            }
            if reader.remaining > 0 {
                try reader.align(4, from: fieldStart, field: "tail")
                tail = try reader.integer(.big, field: "tail")
            } else {
                tail = nil
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            let count: UInt8 = try ByteWriter.number(of: left.count, field: "left") as UInt8
            let rightCountValue: UInt8 = try ByteWriter.number(of: right.count, field: "right") as UInt8
            guard rightCountValue == count else {
                throw PayloadError(.inconsistent, field: "right")
            }
            writer.integer(count, .big)
            for element in left {
                writer.integer(element, .big)
            }
            for element in right {
                writer.integer(element, .big)
            }
            writer.integer(rightCount, .big)
            let pointBytesValue = try ByteWriter.bytes { writer throws(PayloadError) in
                if let point {
                    try point.encode(into: &writer)
                }
            }
            let size: UInt8
            if point != nil {
                size = try ByteWriter.number(of: pointBytesValue.count, field: "point") as UInt8
            } else {
                size = 0
            }
            writer.integer(size, .big)
            var accessOnWireValue = access
            if point != nil { accessOnWireValue.insert(.read) } else { accessOnWireValue.remove(.read) }
            writer.flags(accessOnWireValue, .big)
            writer.integer(accessOnWire, .big)
            if point != nil {
                writer.bytes(pointBytesValue)
            }
            writer.integer(pointBytes, .big)
            writer.integer(fixed, .big)
            guard ((1...(128)).contains(fixed)) == (padded != nil) else {
                throw PayloadError(.inconsistent, field: "padded")
            }
            if let padded {
                writer.align(4, from: fieldStart)
                writer.integer(padded, .big)
            }
            let bodyKind: UInt8 = body.tag
            writer.integer(bodyKind, .big)
            try body.encode(withTag: false, into: &writer)
            try writer.count(bodies.count, expected: 2, field: "bodies")
            for element in bodies {
                try element.encode(into: &writer)
            }
            try writer.count(columns.count, as: UInt8.self, .big, field: "columns")
            for element in columns {
                if let element {
                    try writer.sized(
                        Int32.self,
                        bytes: 3,
                        .big,
                        absent: -1,
                        field: "columns"
                    ) { writer throws(PayloadError) in
                        try element.encode(into: &writer)
                    }
                } else {
                    try writer.integer(-1 as Int32, bytes: 3, .big, field: "columns")
                }
            }
            if let tail {
                writer.align(4, from: fieldStart)
                writer.integer(tail, .big)
            }
        }
    }

    /// Handles ``Corners``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Corners, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol CornersHandler: OneWayHandler where Input == Corners {}
}

nonisolated extension Layouts {
    /// The message `Blocks`.
    struct Blocks: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x09 }
        /// The name of the message in the spec.
        static var name: String { "Blocks" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `blocks`.
        ///
        /// At most 255 elements.
        var blocks: [Block]

        /// The field `last`.
        var last: Rest

        /// A `Blocks` with these fields.
        init(blocks: [Block], last: Rest) {
            self.blocks = blocks
            self.last = last
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            blocks = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 2,
                field: "blocks"
            ) { reader throws(PayloadError) in
                try reader.window(
                    reader.size(UInt8.self, .big, plus: 1, field: "blocks"),
                    field: "blocks"
                ) { reader throws(PayloadError) in
                    try Block(from: &reader)
                }
            }
            let kind: UInt8 = try reader.integer(.big, field: "kind")
            last = try Rest(tag: kind, from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.count(blocks.count, as: UInt8.self, .big, field: "blocks")
            for element in blocks {
                try writer.sized(UInt8.self, .big, plus: 1, field: "blocks") { writer throws(PayloadError) in
                    try element.encode(into: &writer)
                }
            }
            let kind: UInt8 = last.tag
            writer.integer(kind, .big)
            try last.encode(withTag: false, into: &writer)
        }
    }

    /// Handles ``Blocks``, which has no reply.
    ///
    /// Write `func handle(_ message: Layouts.Blocks, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol BlocksHandler: OneWayHandler where Input == Blocks {}
}

nonisolated extension Layouts {
    /// The enum `Kind`.
    enum Kind: RawRepresentable, Hashable, Sendable {
        /// `0x00` on the wire.
        case ping
        /// `0x0F` on the wire.
        case data
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x00: self = .ping
            case 0x0F: self = .data
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .ping: 0x00
            case .data: 0x0F
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Layouts {
    /// The enum `Color`.
    enum Color: UInt8, Hashable, Sendable {
        /// `0x00` on the wire.
        case green = 0x00
        /// `0x01` on the wire.
        case red = 0x01
    }
}

nonisolated extension Layouts {
    /// The flags `Options`.
    struct Options: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let last = Options(rawValue: 1 << 0)
        /// Bit 2, where bit 0 is the lowest.
        static let urgent = Options(rawValue: 1 << 2)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Layouts {
    /// The flags `Access`.
    struct Access: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let read = Access(rawValue: 1 << 0)
        /// Bit 2, where bit 0 is the lowest.
        static let write = Access(rawValue: 1 << 2)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Layouts {
    /// The struct `Point`.
    struct Point: Hashable, Sendable {
        /// The field `x`.
        var x: Int16

        /// The field `y`.
        var y: Int16

        /// A `Point` with these fields.
        init(x: Int16, y: Int16) {
            self.x = x
            self.y = y
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(reader.remaining, ["Point.x": 2, "Point.y": 2])
            }
            x = fixed.integer(at: 0, .big)
            y = fixed.integer(at: 2, .big)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(x, .big)
            writer.integer(y, .big)
        }
    }
}

nonisolated extension Layouts {
    /// The struct `Named`.
    struct Named: Hashable, Sendable {
        /// The field `id`.
        var id: UInt8

        /// The field `name`.
        var name: String

        /// A `Named` with these fields.
        init(id: UInt8, name: String) {
            self.id = id
            self.name = name
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            id = try reader.integer(.big, field: "Named.id")
            name = try reader.string(field: "Named.name")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(id, .big)
            writer.string(name)
        }
    }
}

nonisolated extension Layouts {
    /// The struct `TableEntry`.
    struct TableEntry: Hashable, Sendable {
        /// The field `name`.
        ///
        /// At most 255 bytes in UTF-8.
        var name: String

        /// The field `value`.
        var value: TableValue

        /// A `TableEntry` with these fields.
        init(name: String, value: TableValue) {
            self.name = name
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "TableEntry")
            defer { reader.leave() }
            name = try reader.string(length: UInt8.self, .big, field: "TableEntry.name")
            value = try TableValue(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(name, length: UInt8.self, .big, field: "TableEntry.name")
            try value.encode(into: &writer)
        }
    }
}

nonisolated extension Layouts {
    /// The struct `Tree`.
    struct Tree: Hashable, Sendable {
        /// The field `value`.
        var value: UInt8

        /// The field `children`.
        ///
        /// At most 255 elements.
        var children: [Tree]

        /// A `Tree` with these fields.
        init(value: UInt8, children: [Tree]) {
            self.value = value
            self.children = children
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "Tree")
            defer { reader.leave() }
            value = try reader.integer(.big, field: "Tree.value")
            children = try reader.array(
                count: UInt8.self,
                .big,
                minimumSize: 2,
                field: "Tree.children",
                Tree.init(from:)
            )
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .big)
            try writer.count(children.count, as: UInt8.self, .big, field: "Tree.children")
            for element in children {
                try element.encode(into: &writer)
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `Body`.
    enum Body: Hashable, Sendable {
        /// `0x00` on the wire.
        case none
        /// `0x01` on the wire.
        case flag(isSet: Bool, level: UInt8)
        /// `0x02` on the wire.
        case number(value: UInt16)
        /// `0x03` on the wire.
        case text(text: String)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .none: 0x00
            case .flag: 0x01
            case .number: 0x02
            case .text: 0x03
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try self.init(tag: reader.integer(.big, field: "Body"), from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x00:
                self = .none
            case 0x01:
                var bits = try reader.bits(1, .high, field: "Body.flag.isSet")
                let isSet: Bool = bits.boolean()
                let level: UInt8 = bits.integer(7)
                self = .flag(isSet: isSet, level: level)
            case 0x02:
                let value: UInt16 = try reader.integer(.big, field: "Body.number.value")
                self = .number(value: value)
            case 0x03:
                let size: UInt8 = try reader.integer(.big, field: "Body.text.size")
                let text: String = try reader.string(count: Int(clamping: size), field: "Body.text.text")
                self = .text(text: text)
            default: throw PayloadError(.invalidCase, field: "Body")
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
            case .none: break
            case .flag(let isSet, let level):
                var bits = BitWriter(.high)
                bits.boolean(isSet)
                try bits.integer(level, 7, field: "Body.flag.level")
                writer.bits(bits)
            case .number(let value):
                writer.integer(value, .big)
            case .text(let text):
                let size: UInt8 = try ByteWriter.number(of: text.utf8.count, field: "Body.text.text") as UInt8
                writer.integer(size, .big)
                writer.string(text)
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `Attribute`.
    enum Attribute: Hashable, Sendable {
        /// `0x0006` on the wire.
        case name(text: String)
        /// `0x0008` on the wire.
        case hash(bytes: Bytes)
        /// `0x0009` on the wire.
        case done
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt16, data: Bytes)

        /// The tag on the wire.
        var tag: UInt16 {
            switch self {
            case .name: 0x0006
            case .hash: 0x0008
            case .done: 0x0009
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            let tag: UInt16 = try reader.integer(.big, field: "Attribute")
            self = try reader.window(length: UInt16.self, .big, field: "Attribute") { reader throws(PayloadError) in
                try Self(fieldsOf: tag, from: &reader)
            }
            try reader.align(4, from: fieldStart, field: "Attribute")
        }

        private init(fieldsOf tag: UInt16, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x0006:
                let text: String = try reader.string(field: "Attribute.name.text")
                self = .name(text: text)
            case 0x0008:
                let bytes: Bytes = try reader.bytes(count: 4, field: "Attribute.hash.bytes")
                self = .hash(bytes: bytes)
            case 0x0009:
                self = .done
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Attribute"))
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            writer.integer(tag, .big)
            try writer.sized(UInt16.self, .big, field: "Attribute") { writer throws(PayloadError) in
                try encodeFields(into: &writer)
            }
            writer.align(4, from: fieldStart)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .name(let text):
                writer.string(text)
            case .hash(let bytes):
                try writer.bytes(bytes, count: 4, field: "Attribute.hash.bytes")
            case .done: break
            case .unrecognized(let tag, let data):
                guard !([0x0006, 0x0008, 0x0009] as [UInt16]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Attribute")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `Wrapped`.
    enum Wrapped: Hashable, Sendable {
        /// `0x00` on the wire.
        case none
        /// `0x02` on the wire.
        case data(bytes: Bytes)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .none: 0x00
            case .data: 0x02
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            let tag: UInt8 = try reader.integer(.big, field: "Wrapped")
            self = try reader.window(length: UInt8.self, .big, field: "Wrapped") { reader throws(PayloadError) in
                try Self(fieldsOf: tag, from: &reader)
            }
            try reader.align(2, from: fieldStart, field: "Wrapped")
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            let fieldStart = reader.remaining
            self = try reader.window(length: UInt8.self, .big, field: "Wrapped") { reader throws(PayloadError) in
                try Self(fieldsOf: tag, from: &reader)
            }
            try reader.align(2, from: fieldStart, field: "Wrapped")
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x00:
                self = .none
            case 0x02:
                let bytes: Bytes = try reader.bytes(field: "Wrapped.data.bytes")
                self = .data(bytes: bytes)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Wrapped"))
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try encode(withTag: true, into: &writer)
        }

        /// Writes the tag, unless an earlier field has it, then the fields of the case.
        func encode(withTag hasTag: Bool, into writer: inout ByteWriter) throws(PayloadError) {
            let fieldStart = writer.count
            if hasTag {
                writer.integer(tag, .big)
            }
            try writer.sized(UInt8.self, .big, field: "Wrapped") { writer throws(PayloadError) in
                try encodeFields(into: &writer)
            }
            writer.align(2, from: fieldStart)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .none: break
            case .data(let bytes):
                writer.bytes(bytes)
            case .unrecognized(let tag, let data):
                guard !([0x00, 0x02] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Wrapped")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `TableValue`.
    indirect enum TableValue: Hashable, Sendable {
        /// `0x74` on the wire.
        case flag(value: Bool)
        /// `0x53` on the wire.
        case text(text: String)
        /// `0x46` on the wire.
        case table(fields: [TableEntry])

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            try reader.enter(field: "TableValue")
            defer { reader.leave() }
            let tag: UInt8 = try reader.integer(.big, field: "TableValue")
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x74:
                let value: Bool = try reader.boolean(field: "TableValue.flag.value")
                self = .flag(value: value)
            case 0x53:
                let text: String = try reader.string(length: UInt32.self, .big, field: "TableValue.text.text")
                self = .text(text: text)
            case 0x46:
                let fields: [TableEntry] = try reader.window(
                    length: UInt32.self,
                    .big,
                    field: "TableValue.table.fields"
                ) { reader throws(PayloadError) in
                    try reader.array(field: "TableValue.table.fields", TableEntry.init(from:))
                }
                self = .table(fields: fields)
            default: throw PayloadError(.invalidCase, field: "TableValue")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .flag(let value):
                writer.integer(0x74 as UInt8, .big)
                writer.boolean(value)
            case .text(let text):
                writer.integer(0x53 as UInt8, .big)
                try writer.string(text, length: UInt32.self, .big, field: "TableValue.text.text")
            case .table(let fields):
                writer.integer(0x46 as UInt8, .big)
                try writer.sized(UInt32.self, .big, field: "TableValue.table.fields") { writer throws(PayloadError) in
                    for element in fields {
                        try element.encode(into: &writer)
                    }
                }
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `Block`.
    enum Block: Hashable, Sendable {
        /// `0x00` on the wire.
        case empty
        /// `0x01` on the wire.
        case number(value: UInt16)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .empty: 0x00
            case .number: 0x01
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let tag: UInt8 = try reader.integer(.big, field: "Block")
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x00:
                self = .empty
            case 0x01:
                let value: UInt16 = try reader.integer(.big, field: "Block.number.value")
                self = .number(value: value)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Block"))
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(tag, .big)
            try encodeFields(into: &writer)
        }

        private func encodeFields(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .empty: break
            case .number(let value):
                writer.integer(value, .big)
            case .unrecognized(let tag, let data):
                guard !([0x00, 0x01] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Block")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Layouts {
    /// The union `Rest`.
    enum Rest: Hashable, Sendable {
        /// `0x01` on the wire.
        case number(value: UInt8)
        /// A value whose tag no case has, with its bytes.
        case unrecognized(tag: UInt8, data: Bytes)

        /// The tag on the wire.
        var tag: UInt8 {
            switch self {
            case .number: 0x01
            case .unrecognized(let tag, _): tag
            }
        }

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            let tag: UInt8 = try reader.integer(.big, field: "Rest")
            try self.init(fieldsOf: tag, from: &reader)
        }

        /// Reads the value whose tag is `tag`, without the tag.
        init(tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            try self.init(fieldsOf: tag, from: &reader)
        }

        private init(fieldsOf tag: UInt8, from reader: inout ByteReader) throws(PayloadError) {
            switch tag {
            case 0x01:
                let value: UInt8 = try reader.integer(.big, field: "Rest.number.value")
                self = .number(value: value)
            default: self = .unrecognized(tag: tag, data: try reader.bytes(field: "Rest"))
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
            case .number(let value):
                writer.integer(value, .big)
            case .unrecognized(let tag, let data):
                guard !([0x01] as [UInt8]).contains(tag) else {
                    throw PayloadError(.invalidCase, field: "Rest")
                }
                writer.bytes(data)
            }
        }
    }
}

nonisolated extension Layouts {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Connect``, which has no reply.
        func connect(_ message: Connect, context: Context) async throws

        /// Handles ``Bits``, which has no reply.
        func bits(_ message: Bits, context: Context) async throws

        /// Handles ``VarInts``, which has no reply.
        func varInts(_ message: VarInts, context: Context) async throws

        /// Handles ``Lengths``, which has no reply.
        func lengths(_ message: Lengths, context: Context) async throws

        /// Handles ``Texts``, which has no reply.
        func texts(_ message: Texts, context: Context) async throws

        /// Handles ``Presence``, which has no reply.
        func presence(_ message: Presence, context: Context) async throws

        /// Handles ``Unions``, which has no reply.
        func unions(_ message: Unions, context: Context) async throws

        /// Handles ``Corners``, which has no reply.
        func corners(_ message: Corners, context: Context) async throws

        /// Handles ``Blocks``, which has no reply.
        func blocks(_ message: Blocks, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Layouts.Service) {
        on(Layouts.Connect.self) { message, context in
            try await service.connect(message, context: context)
        }
        on(Layouts.Bits.self) { message, context in
            try await service.bits(message, context: context)
        }
        on(Layouts.VarInts.self) { message, context in
            try await service.varInts(message, context: context)
        }
        on(Layouts.Lengths.self) { message, context in
            try await service.lengths(message, context: context)
        }
        on(Layouts.Texts.self) { message, context in
            try await service.texts(message, context: context)
        }
        on(Layouts.Presence.self) { message, context in
            try await service.presence(message, context: context)
        }
        on(Layouts.Unions.self) { message, context in
            try await service.unions(message, context: context)
        }
        on(Layouts.Corners.self) { message, context in
            try await service.corners(message, context: context)
        }
        on(Layouts.Blocks.self) { message, context in
            try await service.blocks(message, context: context)
        }
    }
}
