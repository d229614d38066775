// Generated from Gallery.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Gallery, version 3.
nonisolated enum Gallery: WireProtocol {
    /// The protocol's name.
    static var name: String { "Gallery" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .magic(0x5A, .one),
            .version(1, .one),
            .type(.one),
            .length(.four),
        ],
        checksum: .init(.crc32, covers: .frame),
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Numbers.self,
            Texts.self,
            Arrays.self,
            Options.self,
            Structures.self,
            Bounds.self,
            Grown.self,
            Secrets.self,
            Defaults.self,
            Nothing.self,
            Small.self,
            Constants.self,
            Nested.self,
            Words.self,
            Samples.self,
            Old.self,
            Floats.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x2DD3_73F5_1AFE_5326 }
}

nonisolated extension Gallery {
    /// Numbers of every width.
    struct Numbers: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Numbers" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `u8`.
        var u8: UInt8

        /// The field `u16`.
        var u16: UInt16

        /// The field `u32`.
        var u32: UInt32

        /// The field `u64`.
        var u64: UInt64

        /// The field `i8`.
        var i8: Int8

        /// The field `i16`.
        var i16: Int16

        /// The field `i32`.
        var i32: Int32

        /// The field `i64`.
        var i64: Int64

        /// The field `f32`.
        var f32: Float

        /// The field `f64`.
        var f64: Double

        /// The field `flag`.
        var flag: Bool

        /// A `Numbers` with these fields.
        init(
            u8: UInt8,
            u16: UInt16,
            u32: UInt32,
            u64: UInt64,
            i8: Int8,
            i16: Int16,
            i32: Int32,
            i64: Int64,
            f32: Float,
            f64: Double,
            flag: Bool
        ) {
            self.u8 = u8
            self.u16 = u16
            self.u32 = u32
            self.u64 = u64
            self.i8 = i8
            self.i16 = i16
            self.i32 = i32
            self.i64 = i64
            self.f32 = f32
            self.f64 = f64
            self.flag = flag
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(43) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "u8": 1,
                        "u16": 2,
                        "u32": 4,
                        "u64": 8,
                        "i8": 1,
                        "i16": 2,
                        "i32": 4,
                        "i64": 8,
                        "f32": 4,
                        "f64": 8,
                        "flag": 1,
                    ]
                )
            }
            u8 = fixed.integer(at: 0, .little)
            u16 = fixed.integer(at: 1, .little)
            u32 = fixed.integer(at: 3, .big)
            u64 = fixed.integer(at: 7, .little)
            i8 = fixed.integer(at: 15, .little)
            i16 = fixed.integer(at: 16, .little)
            i32 = fixed.integer(at: 18, .little)
            i64 = fixed.integer(at: 22, .big)
            f32 = fixed.float(at: 30, .little)
            f64 = fixed.float(at: 34, .big)
            flag = try fixed.boolean(at: 42, field: "flag")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(u8, .little)
            writer.integer(u16, .little)
            writer.integer(u32, .big)
            writer.integer(u64, .little)
            writer.integer(i8, .little)
            writer.integer(i16, .little)
            writer.integer(i32, .little)
            writer.integer(i64, .big)
            writer.float(f32, .little)
            writer.float(f64, .big)
            writer.boolean(flag)
        }
    }

    /// Handles ``Numbers``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Numbers, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol NumbersHandler: OneWayHandler where Input == Numbers {}
}

nonisolated extension Gallery {
    /// Text and bytes, wherever they can end.
    struct Texts: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Texts" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `short`.
        ///
        /// At most 255 bytes in UTF-8.
        var short: String

        /// The field `medium`.
        ///
        /// At most 65_535 bytes.
        var medium: Bytes

        /// The field `long`.
        var long: String

        /// The field `tag`.
        ///
        /// Exactly 4 bytes in UTF-8.
        var tag: String

        /// The field `key`.
        ///
        /// Exactly 3 bytes.
        var key: Bytes

        /// The field `rest`.
        var rest: String

        /// A `Texts` with these fields.
        init(short: String, medium: Bytes, long: String, tag: String, key: Bytes, rest: String) {
            self.short = short
            self.medium = medium
            self.long = long
            self.tag = tag
            self.key = key
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            short = try reader.string(length: UInt8.self, .little, field: "short")
            medium = try reader.bytes(length: UInt16.self, .little, field: "medium")
            long = try reader.string(length: UInt32.self, .big, field: "long")
            guard let fixed = reader.readFixed(7) else {
                throw .truncated(reader.remaining, ["tag": 4, "key": 3])
            }
            tag = try fixed.string(at: 0, count: 4, field: "tag")
            key = fixed.bytes(at: 4, count: 3)
            rest = try reader.string(field: "rest")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(short, length: UInt8.self, .little, field: "short")
            try writer.bytes(medium, length: UInt16.self, .little, field: "medium")
            try writer.string(long, length: UInt32.self, .big, field: "long")
            try writer.string(tag, count: 4, field: "tag")
            try writer.bytes(key, count: 3, field: "key")
            writer.string(rest)
        }
    }

    /// Handles ``Texts``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Texts, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol TextsHandler: OneWayHandler where Input == Texts {}
}

nonisolated extension Gallery {
    /// Arrays of everything.
    struct Arrays: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Arrays" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `counted`.
        ///
        /// At most 255 elements.
        var counted: [UInt16]

        /// The field `fixed`.
        ///
        /// Exactly 3 elements.
        var fixed: [Float]

        /// The field `names`.
        ///
        /// At most 65_535 elements.
        var names: [String]

        /// The field `flags`.
        ///
        /// At most 255 elements.
        var flags: [Access]

        /// The field `kinds`.
        ///
        /// At most 255 elements.
        var kinds: [Kind]

        /// The field `points`.
        ///
        /// At most 65_535 elements.
        var points: [Point]

        /// The field `shapes`.
        ///
        /// At most 255 elements.
        var shapes: [Shape]

        /// The field `gaps`.
        ///
        /// At most 255 elements.
        var gaps: [UInt32?]

        /// The field `truths`.
        var truths: [Bool]

        /// An `Arrays` with these fields.
        init(
            counted: [UInt16],
            fixed: [Float],
            names: [String],
            flags: [Access],
            kinds: [Kind],
            points: [Point],
            shapes: [Shape],
            gaps: [UInt32?],
            truths: [Bool]
        ) {
            self.counted = counted
            self.fixed = fixed
            self.names = names
            self.flags = flags
            self.kinds = kinds
            self.points = points
            self.shapes = shapes
            self.gaps = gaps
            self.truths = truths
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            counted = try reader.integers(count: UInt8.self, .little, field: "counted")
            self.fixed = try reader.floats(count: 3, .little, field: "fixed")
            names = try reader.array(
                count: UInt16.self,
                .little,
                minimumSize: 1,
                field: "names"
            ) { reader throws(PayloadError) in
                try reader.string(length: UInt8.self, .little, field: "names")
            }
            flags = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "flags"
            ) { reader throws(PayloadError) in
                try reader.flags(.little, field: "flags")
            }
            kinds = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "kinds"
            ) { reader throws(PayloadError) in
                try reader.enumeration(.little, field: "kinds")
            }
            points = try reader.array(count: UInt16.self, .little, minimumSize: 8, field: "points", Point.init(from:))
            shapes = try reader.array(count: UInt8.self, .little, minimumSize: 1, field: "shapes", Shape.init(from:))
            gaps = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "gaps"
            ) { reader throws(PayloadError) in
                try reader.isPresent(field: "gaps") ? reader.integer(.little, field: "gaps") : nil
            }
            truths = try reader.array(field: "truths") { reader throws(PayloadError) in
                try reader.boolean(field: "truths")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.count(counted.count, as: UInt8.self, .little, field: "counted")
            for element in counted {
                writer.integer(element, .little)
            }
            try writer.count(fixed.count, expected: 3, field: "fixed")
            for element in fixed {
                writer.float(element, .little)
            }
            try writer.count(names.count, as: UInt16.self, .little, field: "names")
            for element in names {
                try writer.string(element, length: UInt8.self, .little, field: "names")
            }
            try writer.count(flags.count, as: UInt8.self, .little, field: "flags")
            for element in flags {
                writer.flags(element, .little)
            }
            try writer.count(kinds.count, as: UInt8.self, .little, field: "kinds")
            for element in kinds {
                writer.enumeration(element, .little)
            }
            try writer.count(points.count, as: UInt16.self, .little, field: "points")
            for element in points {
                try element.encode(into: &writer)
            }
            try writer.count(shapes.count, as: UInt8.self, .little, field: "shapes")
            for element in shapes {
                try element.encode(into: &writer)
            }
            try writer.count(gaps.count, as: UInt8.self, .little, field: "gaps")
            for element in gaps {
                writer.presence(element != nil)
                if let element {
                    writer.integer(element, .little)
                }
            }
            for element in truths {
                writer.boolean(element)
            }
        }
    }

    /// Handles ``Arrays``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Arrays, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ArraysHandler: OneWayHandler where Input == Arrays {}
}

nonisolated extension Gallery {
    /// Values that may be left out.
    struct Options: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "Options" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `number`.
        var number: UInt16?

        /// The field `text`.
        ///
        /// At most 255 bytes in UTF-8.
        var text: String?

        /// The field `point`.
        var point: Point?

        /// The field `list`.
        ///
        /// At most 255 elements.
        var list: [Int8]?

        /// The field `kind`.
        var kind: Kind?

        /// The field `rest`.
        var rest: Bytes?

        /// An `Options` with these fields.
        init(
            number: UInt16? = nil,
            text: String? = nil,
            point: Point? = nil,
            list: [Int8]? = nil,
            kind: Kind? = .round,
            rest: Bytes? = nil
        ) {
            self.number = number
            self.text = text
            self.point = point
            self.list = list
            self.kind = kind
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            number = try reader.isPresent(field: "number") ? reader.integer(.little, field: "number") : nil
            text = try reader.isPresent(field: "text") ? reader.string(length: UInt8.self, .little, field: "text") : nil
            point = try reader.isPresent(field: "point") ? Point(from: &reader) : nil
            list =
                try reader.isPresent(field: "list")
                ? reader.integers(count: UInt8.self, .little, field: "list")
                : nil
            kind = try reader.isPresent(field: "kind") ? reader.enumeration(.little, field: "kind") : nil
            rest = try reader.isPresent(field: "rest") ? reader.bytes(field: "rest") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.presence(number != nil)
            if let number {
                writer.integer(number, .little)
            }
            writer.presence(text != nil)
            if let text {
                try writer.string(text, length: UInt8.self, .little, field: "text")
            }
            writer.presence(point != nil)
            if let point {
                try point.encode(into: &writer)
            }
            writer.presence(list != nil)
            if let list {
                try writer.count(list.count, as: UInt8.self, .little, field: "list")
                for element in list {
                    writer.integer(element, .little)
                }
            }
            writer.presence(kind != nil)
            if let kind {
                writer.enumeration(kind, .little)
            }
            writer.presence(rest != nil)
            if let rest {
                writer.bytes(rest)
            }
        }
    }

    /// Handles ``Options``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Options, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol OptionsHandler: OneWayHandler where Input == Options {}
}

nonisolated extension Gallery {
    /// Fields that are made of fields.
    struct Structures: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Structures" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `origin`.
        var origin: Point

        /// The field `path`.
        var path: Path

        /// The field `shape`.
        var shape: Shape

        /// The field `access`.
        var access: Access

        /// The field `rights`.
        var rights: Rights

        /// The field `kind`.
        var kind: Kind

        /// The field `state`.
        var state: State

        /// A `Structures` with these fields.
        init(origin: Point, path: Path, shape: Shape, access: Access, rights: Rights, kind: Kind, state: State) {
            self.origin = origin
            self.path = path
            self.shape = shape
            self.access = access
            self.rights = rights
            self.kind = kind
            self.state = state
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            origin = try Point(from: &reader)
            path = try Path(from: &reader)
            shape = try Shape(from: &reader)
            guard let fixed = reader.readFixed(8) else {
                throw .truncated(reader.remaining, ["access": 1, "rights": 4, "kind": 1, "state": 2])
            }
            access = fixed.flags(at: 0, .little)
            rights = try fixed.flags(at: 1, .little, known: 0x8000_0001, field: "rights")
            kind = try fixed.enumeration(at: 5, .little, field: "kind")
            state = try fixed.enumeration(at: 6, .little, field: "state")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try origin.encode(into: &writer)
            try path.encode(into: &writer)
            try shape.encode(into: &writer)
            writer.flags(access, .little)
            try writer.flags(rights, .little, known: 0x8000_0001, field: "rights")
            writer.enumeration(kind, .little)
            writer.enumeration(state, .little)
        }
    }

    /// Handles ``Structures``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Structures, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol StructuresHandler: OneWayHandler where Input == Structures {}
}

nonisolated extension Gallery {
    /// Values that must lie within bounds.
    struct Bounds: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Bounds" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// Says what this is.
        ///
        /// The value is always the same.
        var protocolID: UInt16 { 4660 }

        /// The field `level`.
        ///
        /// From 1 to 10.
        var level: UInt8

        /// The field `offset`.
        ///
        /// At least -100.
        var offset: Int16

        /// The field `ratio`.
        ///
        /// From 0.0 to 1.0.
        var ratio: Double

        /// The field `name`.
        ///
        /// From 1 to 8 bytes in UTF-8.
        var name: String

        /// The field `blob`.
        ///
        /// At most 4 bytes.
        var blob: Bytes

        /// The field `list`.
        ///
        /// From 1 to 3 elements.
        var list: [UInt8]

        /// The field `limit`.
        ///
        /// At most 1000.
        var limit: UInt32?

        /// The field `signature`.
        ///
        /// The value is always the same.
        var signature: String { "RIFF" }

        /// The field `mode`.
        ///
        /// The value is always the same.
        var mode: Kind { .square }

        /// The field `cold`.
        ///
        /// From -40 to -5.
        var cold: Int8

        /// The field `depth`.
        ///
        /// From -2.5 to -0.5.
        var depth: Float

        /// The field `debt`.
        ///
        /// From -9_223_372_036_854_775_808 to -1.
        var debt: Int64?

        /// The field `last`.
        ///
        /// At most 0.
        var last: Int32

        /// A `Bounds` with these fields.
        init(
            level: UInt8 = 5,
            offset: Int16,
            ratio: Double = 0.5,
            name: String,
            blob: Bytes,
            list: [UInt8],
            limit: UInt32? = nil,
            cold: Int8 = -20,
            depth: Float = -1.0,
            debt: Int64? = nil,
            last: Int32
        ) {
            self.level = level
            self.offset = offset
            self.ratio = ratio
            self.name = name
            self.blob = blob
            self.list = list
            self.limit = limit
            self.cold = cold
            self.depth = depth
            self.debt = debt
            self.last = last
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(13) else {
                throw .truncated(reader.remaining, ["protocolID": 2, "level": 1, "offset": 2, "ratio": 8])
            }
            guard fixed.integer(at: 0, .little) == 4660 as UInt16 else {
                throw PayloadError(.unexpectedValue, field: "protocolID")
            }
            level = fixed.integer(at: 2, .little)
            offset = fixed.integer(at: 3, .little)
            ratio = fixed.float(at: 5, .little)
            name = try reader.string(length: UInt8.self, .little, field: "name")
            blob = try reader.bytes(length: UInt16.self, .little, field: "blob")
            list = try reader.integers(count: UInt8.self, .little, field: "list")
            limit = try reader.isPresent(field: "limit") ? reader.integer(.little, field: "limit") : nil
            guard let fixed2 = reader.readFixed(13) else {
                throw .truncated(reader.remaining, ["signature": 4, "mode": 1, "reserved": 3, "cold": 1, "depth": 4])
            }
            guard try fixed2.string(at: 0, count: 4, field: "signature").isExactly("RIFF") else {
                throw PayloadError(.unexpectedValue, field: "signature")
            }
            guard try fixed2.enumeration(at: 4, .little, field: "mode") == .square as Kind else {
                throw PayloadError(.unexpectedValue, field: "mode")
            }
            cold = fixed2.integer(at: 8, .little)
            depth = fixed2.float(at: 9, .little)
            debt = try reader.isPresent(field: "debt") ? reader.integer(.little, field: "debt") : nil
            last = try reader.integer(.little, field: "last")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(protocolID, .little)
            writer.integer(level, .little)
            writer.integer(offset, .little)
            writer.float(ratio, .little)
            try writer.string(name, length: UInt8.self, .little, field: "name")
            try writer.bytes(blob, length: UInt16.self, .little, field: "blob")
            try writer.count(list.count, as: UInt8.self, .little, field: "list")
            for element in list {
                writer.integer(element, .little)
            }
            writer.presence(limit != nil)
            if let limit {
                writer.integer(limit, .little)
            }
            try writer.string(signature, count: 4, field: "signature")
            writer.enumeration(mode, .little)
            writer.reserved(3)
            writer.integer(cold, .little)
            writer.float(depth, .little)
            writer.presence(debt != nil)
            if let debt {
                writer.integer(debt, .little)
            }
            writer.integer(last, .little)
        }

        private func checkBounds() throws(PayloadError) {
            guard (1...10).contains(level) else {
                throw PayloadError(.outOfBounds, field: "level")
            }
            guard offset >= -100 else {
                throw PayloadError(.outOfBounds, field: "offset")
            }
            guard (0.0...1.0).contains(ratio) else {
                throw PayloadError(.outOfBounds, field: "ratio")
            }
            guard (1...8).contains(name.utf8.count) else {
                throw PayloadError(.outOfBounds, field: "name")
            }
            guard blob.count <= 4 else {
                throw PayloadError(.outOfBounds, field: "blob")
            }
            guard (1...3).contains(list.count) else {
                throw PayloadError(.outOfBounds, field: "list")
            }
            if let limit, !(limit <= 1000) {
                throw PayloadError(.outOfBounds, field: "limit")
            }
            guard (-40...(-5)).contains(cold) else {
                throw PayloadError(.outOfBounds, field: "cold")
            }
            guard (-2.5...(-0.5)).contains(depth) else {
                throw PayloadError(.outOfBounds, field: "depth")
            }
            if let debt, !((-9_223_372_036_854_775_808...(-1)).contains(debt)) {
                throw PayloadError(.outOfBounds, field: "debt")
            }
            guard last <= 0 else {
                throw PayloadError(.outOfBounds, field: "last")
            }
        }
    }

    /// Handles ``Bounds``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Bounds, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol BoundsHandler: OneWayHandler where Input == Bounds {}
}

nonisolated extension Gallery {
    /// A message that has grown.
    ///
    /// Since version 1.
    struct Grown: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x07 }
        /// The name of the message in the spec.
        static var name: String { "Grown" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// The field `id`.
        var id: UInt32

        /// The field `priority`.
        ///
        /// Since version 2: older peers leave the field out.
        var priority: UInt8

        /// The field `note`.
        ///
        /// At most 255 bytes in UTF-8. Since version 2: older peers leave the field out.
        var note: String?

        /// The field `tags`.
        ///
        /// At most 255 elements. Since version 3: older peers leave the field out.
        var tags: [String]

        /// A `Grown` with these fields.
        init(id: UInt32, priority: UInt8 = 7, note: String? = nil, tags: [String] = ["new"]) {
            self.id = id
            self.priority = priority
            self.note = note
            self.tags = tags
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            id = try reader.integer(.little, field: "id")
            if reader.remaining == 0 {
                priority = 7
            } else {
                priority = try reader.integer(.little, field: "priority")
            }
            if reader.remaining == 0 {
                note = nil
            } else {
                note =
                    try reader.isPresent(field: "note")
                    ? reader.string(length: UInt8.self, .little, field: "note")
                    : nil
            }
            if reader.remaining > 0 {
                try reader.reserved(2, field: "reserved")
            }
            if reader.remaining == 0 {
                tags = ["new"]
            } else {
                tags = try reader.array(
                    count: UInt8.self,
                    .little,
                    minimumSize: 1,
                    field: "tags"
                ) { reader throws(PayloadError) in
                    try reader.string(length: UInt8.self, .little, field: "tags")
                }
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(id, .little)
            writer.integer(priority, .little)
            writer.presence(note != nil)
            if let note {
                try writer.string(note, length: UInt8.self, .little, field: "note")
            }
            writer.reserved(2)
            try writer.count(tags.count, as: UInt8.self, .little, field: "tags")
            for element in tags {
                try writer.string(element, length: UInt8.self, .little, field: "tags")
            }
        }
    }

    /// Handles ``Grown``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Grown, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol GrownHandler: OneWayHandler where Input == Grown {}
}

nonisolated extension Gallery {
    /// Values that are never shown.
    struct Secrets: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x08 }
        /// The name of the message in the spec.
        static var name: String { "Secrets" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `user`.
        ///
        /// At most 255 bytes in UTF-8.
        var user: String

        /// The field `pin`.
        var pin: UInt32

        /// The field `hint`.
        ///
        /// At most 255 bytes in UTF-8.
        var hint: String?

        private var _old: UInt16

        /// The field `old`.
        @available(*, deprecated, message: "use `pin`")
        var old: UInt16 {
            get { _old }
            set { _old = newValue }
        }

        /// The field `credential`.
        var credential: Credential

        /// A `Secrets` with these fields.
        init(user: String, pin: UInt32, hint: String? = nil, old: UInt16 = 9, credential: Credential) {
            self.user = user
            self.pin = pin
            self.hint = hint
            _old = old
            self.credential = credential
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            user = try reader.string(length: UInt8.self, .little, field: "user")
            pin = try reader.integer(.little, field: "pin")
            hint = try reader.isPresent(field: "hint") ? reader.string(length: UInt8.self, .little, field: "hint") : nil
            _old = try reader.integer(.little, field: "old")
            credential = try Credential(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(user, length: UInt8.self, .little, field: "user")
            writer.integer(pin, .little)
            writer.presence(hint != nil)
            if let hint {
                try writer.string(hint, length: UInt8.self, .little, field: "hint")
            }
            writer.integer(_old, .little)
            try credential.encode(into: &writer)
        }
    }

    /// Handles ``Secrets``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Secrets, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol SecretsHandler: OneWayHandler where Input == Secrets {}
}

nonisolated extension Gallery.Secrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        """
        Secrets(\
        user: \(String(reflecting: user)), \
        pin: <secret>, \
        hint: \(String(reflecting: hint)), \
        old: \(String(reflecting: _old)), \
        credential: \(String(reflecting: credential)))
        """
    }

    /// The same as ``description``.
    var debugDescription: String { description }

    /// The fields, without the values of secret ones.
    var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "user": user,
                "pin": "<secret>",
                "hint": hint as Any,
                "old": _old,
                "credential": credential,
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Gallery {
    /// Every kind of default.
    struct Defaults: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x09 }
        /// The name of the message in the spec.
        static var name: String { "Defaults" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `number`.
        var number: Int64

        /// The field `ratio`.
        var ratio: Float

        /// The field `truth`.
        var truth: Bool

        /// The field `text`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var text: String

        /// The field `blob`.
        ///
        /// At most 255 bytes.
        var blob: Bytes

        /// The field `kind`.
        var kind: Kind

        /// The field `access`.
        var access: Access

        /// The field `shape`.
        var shape: Shape

        /// The field `ports`.
        ///
        /// At most 255 elements.
        var ports: [UInt16]

        /// The field `corners`.
        ///
        /// At most 255 elements.
        var corners: [Point]

        /// The field `figure`.
        var figure: Shape?

        /// The field `mark`.
        var mark: Mark?

        private var _fixedMark: UInt8 { 2 }

        /// The field `fixedMark`.
        ///
        /// The value is always the same.
        @available(*, deprecated, message: "no more")
        var fixedMark: UInt8 { _fixedMark }

        /// A `Defaults` with these fields.
        init(
            number: Int64 = -5,
            ratio: Float = 0.25,
            truth: Bool = true,
            text: String = "a \"quoted\" text",
            blob: Bytes = [0x00, 0xFF],
            kind: Kind = .square,
            access: Access = [.read, .write],
            shape: Shape = .nothing,
            ports: [UInt16] = [80, 443],
            corners: [Point] = [Point(x: 1.0, y: 2.5)],
            figure: Shape? = .circle(center: Point(x: 0.0, y: 0.0), radius: 1.0),
            mark: Mark? = Mark.none
        ) {
            self.number = number
            self.ratio = ratio
            self.truth = truth
            self.text = text
            self.blob = blob
            self.kind = kind
            self.access = access
            self.shape = shape
            self.ports = ports
            self.corners = corners
            self.figure = figure
            self.mark = mark
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(13) else {
                throw .truncated(reader.remaining, ["number": 8, "ratio": 4, "truth": 1])
            }
            number = fixed.integer(at: 0, .little)
            ratio = fixed.float(at: 8, .little)
            truth = try fixed.boolean(at: 12, field: "truth")
            text = try reader.string(length: UInt16.self, .little, field: "text")
            blob = try reader.bytes(length: UInt8.self, .little, field: "blob")
            guard let fixed2 = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["kind": 1, "access": 1])
            }
            kind = try fixed2.enumeration(at: 0, .little, field: "kind")
            access = fixed2.flags(at: 1, .little)
            shape = try Shape(from: &reader)
            ports = try reader.integers(count: UInt8.self, .little, field: "ports")
            corners = try reader.array(count: UInt8.self, .little, minimumSize: 8, field: "corners", Point.init(from:))
            figure = try reader.isPresent(field: "figure") ? Shape(from: &reader) : nil
            mark = try reader.isPresent(field: "mark") ? reader.enumeration(.little, field: "mark") : nil
            guard try reader.integer(.little, field: "fixedMark") == 2 as UInt8 else {
                throw PayloadError(.unexpectedValue, field: "fixedMark")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(number, .little)
            writer.float(ratio, .little)
            writer.boolean(truth)
            try writer.string(text, length: UInt16.self, .little, field: "text")
            try writer.bytes(blob, length: UInt8.self, .little, field: "blob")
            writer.enumeration(kind, .little)
            writer.flags(access, .little)
            try shape.encode(into: &writer)
            try writer.count(ports.count, as: UInt8.self, .little, field: "ports")
            for element in ports {
                writer.integer(element, .little)
            }
            try writer.count(corners.count, as: UInt8.self, .little, field: "corners")
            for element in corners {
                try element.encode(into: &writer)
            }
            writer.presence(figure != nil)
            if let figure {
                try figure.encode(into: &writer)
            }
            writer.presence(mark != nil)
            if let mark {
                writer.enumeration(mark, .little)
            }
            writer.integer(_fixedMark, .little)
        }
    }

    /// Handles ``Defaults``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Defaults, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol DefaultsHandler: OneWayHandler where Input == Defaults {}
}

nonisolated extension Gallery {
    /// No fields at all.
    struct Nothing: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0A }
        /// The name of the message in the spec.
        static var name: String { "Nothing" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `Nothing`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Nothing``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Nothing, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol NothingHandler: OneWayHandler where Input == Nothing {}
}

nonisolated extension Gallery {
    /// A message that stays short.
    struct Small: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0B }
        /// The name of the message in the spec.
        static var name: String { "Small" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }
        /// The largest payload of the message, in bytes.
        static var maximumPayload: Int? { 4 }

        /// The field `text`.
        var text: String

        /// A `Small` with these fields.
        init(text: String) {
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }

    /// Handles ``Small``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Small, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol SmallHandler: OneWayHandler where Input == Small {}
}

nonisolated extension Gallery {
    /// Every kind of value that is always the same.
    struct Constants: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0C }
        /// The name of the message in the spec.
        static var name: String { "Constants" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `half`.
        ///
        /// The value is always the same.
        var half: Float { 0.5 }

        /// The field `zero`.
        ///
        /// The value is always the same.
        var zero: Double { 0.0 }

        /// The field `below`.
        ///
        /// The value is always the same.
        var below: Int16 { -2 }

        /// The field `truth`.
        ///
        /// The value is always the same.
        var truth: Bool { true }

        /// The field `key`.
        ///
        /// The value is always the same.
        var key: Bytes { [0xFF, 0x00] }

        /// The field `label`.
        ///
        /// The value is always the same.
        var label: Bytes { [0x6B, 0x65, 0x79] }

        /// The field `access`.
        ///
        /// The value is always the same.
        var access: Access { [.read, .execute] }

        /// The field `rights`.
        ///
        /// The value is always the same.
        var rights: Rights { [.change] }

        /// The field `state`.
        ///
        /// The value is always the same.
        var state: State { .low }

        /// The field `text`.
        ///
        /// The value is always the same.
        var text: String { "" }

        /// The field `count`.
        var count: UInt8

        /// A `Constants` with these fields.
        init(count: UInt8) {
            self.count = count
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(17) else {
                throw .truncated(reader.remaining, ["half": 4, "zero": 8, "below": 2, "truth": 1, "key": 2])
            }
            guard fixed.float(at: 0, .little) == 0.5 as Float else {
                throw PayloadError(.unexpectedValue, field: "half")
            }
            guard fixed.float(at: 4, .big) == 0.0 as Double else {
                throw PayloadError(.unexpectedValue, field: "zero")
            }
            guard fixed.integer(at: 12, .little) == -2 as Int16 else {
                throw PayloadError(.unexpectedValue, field: "below")
            }
            guard try fixed.boolean(at: 14, field: "truth") == true as Bool else {
                throw PayloadError(.unexpectedValue, field: "truth")
            }
            guard fixed.bytes(at: 15, count: 2) == [0xFF, 0x00] as Bytes else {
                throw PayloadError(.unexpectedValue, field: "key")
            }
            guard try reader.bytes(length: UInt8.self, .little, field: "label") == [0x6B, 0x65, 0x79] as Bytes else {
                throw PayloadError(.unexpectedValue, field: "label")
            }
            guard let fixed2 = reader.readFixed(7) else {
                throw .truncated(reader.remaining, ["access": 1, "rights": 4, "state": 2])
            }
            guard fixed2.flags(at: 0, .little) == [.read, .execute] as Access else {
                throw PayloadError(.unexpectedValue, field: "access")
            }
            guard try fixed2.flags(at: 1, .little, known: 0x8000_0001, field: "rights") == [.change] as Rights else {
                throw PayloadError(.unexpectedValue, field: "rights")
            }
            guard try fixed2.enumeration(at: 5, .little, field: "state") == .low as State else {
                throw PayloadError(.unexpectedValue, field: "state")
            }
            guard try reader.string(length: UInt16.self, .little, field: "text").isExactly("") else {
                throw PayloadError(.unexpectedValue, field: "text")
            }
            count = try reader.integer(.little, field: "count")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.float(half, .little)
            writer.float(zero, .big)
            writer.integer(below, .little)
            writer.boolean(truth)
            try writer.bytes(key, count: 2, field: "key")
            try writer.bytes(label, length: UInt8.self, .little, field: "label")
            writer.flags(access, .little)
            try writer.flags(rights, .little, known: 0x8000_0001, field: "rights")
            writer.enumeration(state, .little)
            try writer.string(text, length: UInt16.self, .little, field: "text")
            writer.integer(count, .little)
        }
    }

    /// Handles ``Constants``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Constants, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ConstantsHandler: OneWayHandler where Input == Constants {}
}

nonisolated extension Gallery {
    /// Arrays of what may be left out, and unions with wide tags.
    struct Nested: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0D }
        /// The name of the message in the spec.
        static var name: String { "Nested" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `blobs`.
        ///
        /// At most 255 elements.
        var blobs: [Bytes]

        /// The field `keys`.
        ///
        /// Exactly 2 elements.
        var keys: [Bytes]

        /// The field `gaps`.
        ///
        /// At most 255 elements.
        var gaps: [UInt16?]?

        /// The field `rows`.
        ///
        /// At most 65_535 elements.
        var rows: [String?]?

        /// The field `marks`.
        ///
        /// At most 255 elements.
        var marks: [Mark?]

        /// The field `figures`.
        ///
        /// At most 255 elements.
        var figures: [Shape?]?

        /// The field `wide`.
        var wide: Wide

        /// The field `wider`.
        var wider: Wider?

        /// The field `widest`.
        ///
        /// At most 255 elements.
        var widest: [Widest]

        /// A `Nested` with these fields.
        init(
            blobs: [Bytes],
            keys: [Bytes],
            gaps: [UInt16?]? = nil,
            rows: [String?]? = nil,
            marks: [Mark?],
            figures: [Shape?]? = nil,
            wide: Wide,
            wider: Wider? = nil,
            widest: [Widest]
        ) {
            self.blobs = blobs
            self.keys = keys
            self.gaps = gaps
            self.rows = rows
            self.marks = marks
            self.figures = figures
            self.wide = wide
            self.wider = wider
            self.widest = widest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            blobs = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "blobs"
            ) { reader throws(PayloadError) in
                try reader.bytes(length: UInt8.self, .little, field: "blobs")
            }
            keys = try reader.array(count: 2, minimumSize: 2, field: "keys") { reader throws(PayloadError) in
                try reader.bytes(count: 2, field: "keys")
            }
            gaps =
                try reader.isPresent(field: "gaps")
                ? reader.array(
                    count: UInt8.self,
                    .little,
                    minimumSize: 1,
                    field: "gaps"
                ) { reader throws(PayloadError) in
                    try reader.isPresent(field: "gaps") ? reader.integer(.little, field: "gaps") : nil
                }
                : nil
            rows =
                try reader.isPresent(field: "rows")
                ? reader.array(count: UInt16.self, .big, minimumSize: 1, field: "rows") { reader throws(PayloadError) in
                    try reader.isPresent(field: "rows") ? reader.string(length: UInt16.self, .big, field: "rows") : nil
                }
                : nil
            marks = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "marks"
            ) { reader throws(PayloadError) in
                try reader.isPresent(field: "marks") ? reader.enumeration(.little, field: "marks") : nil
            }
            figures =
                try reader.isPresent(field: "figures")
                ? reader.array(
                    count: UInt8.self,
                    .little,
                    minimumSize: 1,
                    field: "figures"
                ) { reader throws(PayloadError) in
                    try reader.isPresent(field: "figures") ? Shape(from: &reader) : nil
                }
                : nil
            wide = try Wide(from: &reader)
            wider = try reader.isPresent(field: "wider") ? Wider(from: &reader) : nil
            widest = try reader.array(count: UInt8.self, .little, minimumSize: 8, field: "widest", Widest.init(from:))
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.count(blobs.count, as: UInt8.self, .little, field: "blobs")
            for element in blobs {
                try writer.bytes(element, length: UInt8.self, .little, field: "blobs")
            }
            try writer.count(keys.count, expected: 2, field: "keys")
            for element in keys {
                try writer.bytes(element, count: 2, field: "keys")
            }
            writer.presence(gaps != nil)
            if let gaps {
                try writer.count(gaps.count, as: UInt8.self, .little, field: "gaps")
                for element in gaps {
                    writer.presence(element != nil)
                    if let element {
                        writer.integer(element, .little)
                    }
                }
            }
            writer.presence(rows != nil)
            if let rows {
                try writer.count(rows.count, as: UInt16.self, .big, field: "rows")
                for element in rows {
                    writer.presence(element != nil)
                    if let element {
                        try writer.string(element, length: UInt16.self, .big, field: "rows")
                    }
                }
            }
            try writer.count(marks.count, as: UInt8.self, .little, field: "marks")
            for element in marks {
                writer.presence(element != nil)
                if let element {
                    writer.enumeration(element, .little)
                }
            }
            writer.presence(figures != nil)
            if let figures {
                try writer.count(figures.count, as: UInt8.self, .little, field: "figures")
                for element in figures {
                    writer.presence(element != nil)
                    if let element {
                        try element.encode(into: &writer)
                    }
                }
            }
            try wide.encode(into: &writer)
            writer.presence(wider != nil)
            if let wider {
                try wider.encode(into: &writer)
            }
            try writer.count(widest.count, as: UInt8.self, .little, field: "widest")
            for element in widest {
                try element.encode(into: &writer)
            }
        }
    }

    /// Handles ``Nested``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Nested, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol NestedHandler: OneWayHandler where Input == Nested {}
}

nonisolated extension Gallery {
    /// A message to which a text was added that runs to the end.
    struct Words: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0E }
        /// The name of the message in the spec.
        static var name: String { "Words" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `id`.
        var id: UInt16

        /// The field `text`.
        ///
        /// At least 1 bytes in UTF-8. Since version 2: older peers leave the field out.
        var text: String

        /// A `Words` with these fields.
        init(id: UInt16, text: String = "none") {
            self.id = id
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            id = try reader.integer(.little, field: "id")
            if reader.remaining == 0 {
                text = "none"
            } else {
                text = try reader.string(field: "text")
            }
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(id, .little)
            writer.string(text)
        }

        private func checkBounds() throws(PayloadError) {
            guard text.utf8.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "text")
            }
        }
    }

    /// Handles ``Words``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Words, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol WordsHandler: OneWayHandler where Input == Words {}
}

nonisolated extension Gallery {
    /// A message to which an array was added that runs to the end.
    struct Samples: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0F }
        /// The name of the message in the spec.
        static var name: String { "Samples" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `id`.
        var id: UInt16

        /// The field `values`.
        ///
        /// Since version 3: older peers leave the field out.
        var values: [Int16]

        /// A `Samples` with these fields.
        init(id: UInt16, values: [Int16] = []) {
            self.id = id
            self.values = values
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            id = try reader.integer(.little, field: "id")
            if reader.remaining == 0 {
                values = []
            } else {
                values = try reader.integers(.little, field: "values")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(id, .little)
            for element in values {
                writer.integer(element, .little)
            }
        }
    }

    /// Handles ``Samples``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Samples, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol SamplesHandler: OneWayHandler where Input == Samples {}
}

nonisolated extension Gallery {
    /// The message `Old`.
    struct Old: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x10 }
        /// The name of the message in the spec.
        static var name: String { "Old" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        var text: String

        /// An `Old` with these fields.
        @available(*, deprecated, message: "say nothing")
        init(text: String) {
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }

    /// Handles ``Old``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Old, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    @available(*, deprecated, message: "say nothing")
    protocol OldHandler: OneWayHandler where Input == Old {}
}

nonisolated extension Gallery {
    /// Numbers that are not finite.
    struct Floats: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x11 }
        /// The name of the message in the spec.
        static var name: String { "Floats" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `least`.
        var least: Float

        /// The field `most`.
        ///
        /// The value is always the same.
        var most: Double { Double.infinity }

        /// The field `unknown`.
        var unknown: Double

        /// The field `level`.
        ///
        /// From -Float.infinity to Float.infinity.
        var level: Float

        /// The field `list`.
        ///
        /// At most 255 elements.
        var list: [Float]

        /// A `Floats` with these fields.
        init(
            least: Float = -Float.infinity,
            unknown: Double = Double.nan,
            level: Float = 0.0,
            list: [Float] = [Float.nan, Float.infinity]
        ) {
            self.least = least
            self.unknown = unknown
            self.level = level
            self.list = list
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(24) else {
                throw .truncated(reader.remaining, ["least": 4, "most": 8, "unknown": 8, "level": 4])
            }
            least = fixed.float(at: 0, .little)
            guard fixed.float(at: 4, .little) == Double.infinity as Double else {
                throw PayloadError(.unexpectedValue, field: "most")
            }
            unknown = fixed.float(at: 12, .little)
            level = fixed.float(at: 20, .little)
            list = try reader.floats(count: UInt8.self, .little, field: "list")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.float(least, .little)
            writer.float(most, .little)
            writer.float(unknown, .little)
            writer.float(level, .little)
            try writer.count(list.count, as: UInt8.self, .little, field: "list")
            for element in list {
                writer.float(element, .little)
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard (-Float.infinity...Float.infinity).contains(level) else {
                throw PayloadError(.outOfBounds, field: "level")
            }
        }
    }

    /// Handles ``Floats``, which has no reply.
    ///
    /// Write `func handle(_ message: Gallery.Floats, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol FloatsHandler: OneWayHandler where Input == Floats {}
}

nonisolated extension Gallery {
    /// An enum with a case called like that of Swift's.
    enum Mark: RawRepresentable, Hashable, Sendable {
        /// `0x00` on the wire.
        case none
        /// `0x01` on the wire.
        case some
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x00: self = .none
            case 0x01: self = .some
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .none: 0x00
            case .some: 0x01
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Gallery {
    /// An open enum.
    enum Kind: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case round
        /// `0x02` on the wire.
        case square
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .round
            case 0x02: self = .square
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .round: 0x01
            case .square: 0x02
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Gallery {
    /// A closed enum.
    enum State: Int16, Hashable, Sendable {
        /// `-1` on the wire.
        case low = -1
        /// `0` on the wire.
        case middle = 0
        /// `300` on the wire.
        case high = 300
    }
}

nonisolated extension Gallery {
    /// Open flags.
    struct Access: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let read = Access(rawValue: 1 << 0)
        /// Bit 1, where bit 0 is the lowest.
        static let write = Access(rawValue: 1 << 1)
        /// Bit 7, where bit 0 is the lowest.
        static let execute = Access(rawValue: 1 << 7)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Gallery {
    /// Closed flags.
    struct Rights: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let see = Rights(rawValue: 1 << 0)
        /// Bit 31, where bit 0 is the lowest.
        static let change = Rights(rawValue: 1 << 31)

        /// The bits as a number.
        let rawValue: UInt32

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Gallery {
    /// A place in the plane.
    struct Point: Hashable, Sendable {
        /// The field `x`.
        var x: Float

        /// The field `y`.
        var y: Float

        /// A `Point` with these fields.
        init(x: Float, y: Float) {
            self.x = x
            self.y = y
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(8) else {
                throw .truncated(reader.remaining, ["Point.x": 4, "Point.y": 4])
            }
            x = fixed.float(at: 0, .little)
            y = fixed.float(at: 4, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.float(x, .little)
            writer.float(y, .little)
        }
    }
}

nonisolated extension Gallery {
    /// Places, one after another.
    struct Path: Hashable, Sendable {
        /// The field `name`.
        ///
        /// At most 20 bytes in UTF-8.
        var name: String

        /// The field `isClosed`.
        var isClosed: Bool

        /// The field `points`.
        ///
        /// At most 255 elements.
        var points: [Point]

        /// The field `speed`.
        ///
        /// At least 1.
        var speed: UInt8

        /// A `Path` with these fields.
        init(name: String, isClosed: Bool, points: [Point], speed: UInt8 = 1) {
            self.name = name
            self.isClosed = isClosed
            self.points = points
            self.speed = speed
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            name = try reader.string(length: UInt8.self, .little, field: "Path.name")
            guard let fixed = reader.readFixed(2) else {
                throw .truncated(reader.remaining, ["Path.isClosed": 1, "Path.reserved": 1])
            }
            isClosed = try fixed.boolean(at: 0, field: "Path.isClosed")
            points = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 8,
                field: "Path.points",
                Point.init(from:)
            )
            speed = try reader.integer(.little, field: "Path.speed")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            try writer.string(name, length: UInt8.self, .little, field: "Path.name")
            writer.boolean(isClosed)
            writer.reserved(1)
            try writer.count(points.count, as: UInt8.self, .little, field: "Path.points")
            for element in points {
                try element.encode(into: &writer)
            }
            writer.integer(speed, .little)
        }

        private func checkBounds() throws(PayloadError) {
            guard name.utf8.count <= 20 else {
                throw PayloadError(.outOfBounds, field: "Path.name")
            }
            guard speed >= 1 else {
                throw PayloadError(.outOfBounds, field: "Path.speed")
            }
        }
    }
}

nonisolated extension Gallery {
    /// What proves who somebody is.
    struct Credential: Hashable, Sendable {
        /// The field `kind`.
        var kind: Kind

        /// The field `token`.
        ///
        /// At most 255 bytes.
        var token: Bytes

        /// A `Credential` with these fields.
        init(kind: Kind, token: Bytes) {
            self.kind = kind
            self.token = token
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            kind = try reader.enumeration(.little, field: "Credential.kind")
            token = try reader.bytes(length: UInt8.self, .little, field: "Credential.token")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(kind, .little)
            try writer.bytes(token, length: UInt8.self, .little, field: "Credential.token")
        }
    }
}

nonisolated extension Gallery.Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        "Credential(kind: \(String(reflecting: kind)), token: <secret>)"
    }

    /// The same as ``description``.
    var debugDescription: String { description }

    /// The fields, without the values of secret ones.
    var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "kind": kind,
                "token": "<secret>",
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Gallery {
    /// One of several figures.
    enum Shape: Hashable, Sendable {
        /// `0x00` on the wire.
        case nothing
        /// All points at a distance.
        ///
        /// `0x01` on the wire.
        /// `radius`: In m.
        case circle(center: Point, radius: Float)
        /// `0x02` on the wire.
        case polygon(corners: [Point], label: String?)
        /// `0x09` on the wire.
        case reference(path: Path, index: UInt16)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.little, field: "Shape") as UInt8 {
            case 0x00:
                self = .nothing
            case 0x01:
                let center: Point = try Point(from: &reader)
                let radius: Float = try reader.float(.little, field: "Shape.circle.radius")
                self = .circle(center: center, radius: radius)
            case 0x02:
                let corners: [Point] = try reader.array(
                    count: UInt8.self,
                    .little,
                    minimumSize: 8,
                    field: "Shape.polygon.corners",
                    Point.init(from:)
                )
                try reader.reserved(2, field: "Shape.polygon.reserved")
                let label: String? =
                    try reader.isPresent(field: "Shape.polygon.label")
                    ? reader.string(length: UInt8.self, .little, field: "Shape.polygon.label")
                    : nil
                self = .polygon(corners: corners, label: label)
            case 0x09:
                let path: Path = try Path(from: &reader)
                let index: UInt16 = try reader.integer(.big, field: "Shape.reference.index")
                self = .reference(path: path, index: index)
            default: throw PayloadError(.invalidCase, field: "Shape")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .nothing:
                writer.integer(0x00 as UInt8, .little)
            case .circle(let center, let radius):
                writer.integer(0x01 as UInt8, .little)
                try center.encode(into: &writer)
                writer.float(radius, .little)
            case .polygon(let corners, let label):
                writer.integer(0x02 as UInt8, .little)
                try writer.count(corners.count, as: UInt8.self, .little, field: "Shape.polygon.corners")
                for element in corners {
                    try element.encode(into: &writer)
                }
                writer.reserved(2)
                writer.presence(label != nil)
                if let label {
                    try writer.string(label, length: UInt8.self, .little, field: "Shape.polygon.label")
                }
            case .reference(let path, let index):
                writer.integer(0x09 as UInt8, .little)
                try path.encode(into: &writer)
                writer.integer(index, .big)
            }
        }
    }
}

nonisolated extension Gallery {
    /// The union `Wide`.
    enum Wide: Hashable, Sendable {
        /// `0x0001` on the wire.
        case near
        /// `0x0102` on the wire.
        case far(steps: UInt8)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.little, field: "Wide") as UInt16 {
            case 0x0001:
                self = .near
            case 0x0102:
                let steps: UInt8 = try reader.integer(.little, field: "Wide.far.steps")
                self = .far(steps: steps)
            default: throw PayloadError(.invalidCase, field: "Wide")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .near:
                writer.integer(0x0001 as UInt16, .little)
            case .far(let steps):
                writer.integer(0x0102 as UInt16, .little)
                writer.integer(steps, .little)
            }
        }
    }
}

nonisolated extension Gallery {
    /// The union `Wider`.
    enum Wider: Hashable, Sendable {
        /// `0x00` on the wire.
        case bottom
        /// `0x8000_0000` on the wire.
        case top

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.little, field: "Wider") as UInt32 {
            case 0x00:
                self = .bottom
            case 0x8000_0000:
                try reader.reserved(1, field: "Wider.top.reserved")
                self = .top
            default: throw PayloadError(.invalidCase, field: "Wider")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .bottom:
                writer.integer(0x00 as UInt32, .little)
            case .top:
                writer.integer(0x8000_0000 as UInt32, .little)
                writer.reserved(1)
            }
        }
    }
}

nonisolated extension Gallery {
    /// The union `Widest`.
    enum Widest: Hashable, Sendable {
        /// `0x00` on the wire.
        case nearest
        /// `0x0102_0304_0506_0708` on the wire.
        case furthest

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.little, field: "Widest") as UInt64 {
            case 0x00:
                self = .nearest
            case 0x0102_0304_0506_0708:
                self = .furthest
            default: throw PayloadError(.invalidCase, field: "Widest")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .nearest:
                writer.integer(0x00 as UInt64, .little)
            case .furthest:
                writer.integer(0x0102_0304_0506_0708 as UInt64, .little)
            }
        }
    }
}

nonisolated extension Gallery {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Numbers``, which has no reply.
        func numbers(_ message: Numbers, context: Context) async throws

        /// Handles ``Texts``, which has no reply.
        func texts(_ message: Texts, context: Context) async throws

        /// Handles ``Arrays``, which has no reply.
        func arrays(_ message: Arrays, context: Context) async throws

        /// Handles ``Options``, which has no reply.
        func options(_ message: Options, context: Context) async throws

        /// Handles ``Structures``, which has no reply.
        func structures(_ message: Structures, context: Context) async throws

        /// Handles ``Bounds``, which has no reply.
        func bounds(_ message: Bounds, context: Context) async throws

        /// Handles ``Grown``, which has no reply.
        func grown(_ message: Grown, context: Context) async throws

        /// Handles ``Secrets``, which has no reply.
        func secrets(_ message: Secrets, context: Context) async throws

        /// Handles ``Defaults``, which has no reply.
        func defaults(_ message: Defaults, context: Context) async throws

        /// Handles ``Nothing``, which has no reply.
        func nothing(_ message: Nothing, context: Context) async throws

        /// Handles ``Small``, which has no reply.
        func small(_ message: Small, context: Context) async throws

        /// Handles ``Constants``, which has no reply.
        func constants(_ message: Constants, context: Context) async throws

        /// Handles ``Nested``, which has no reply.
        func nested(_ message: Nested, context: Context) async throws

        /// Handles ``Words``, which has no reply.
        func words(_ message: Words, context: Context) async throws

        /// Handles ``Samples``, which has no reply.
        func samples(_ message: Samples, context: Context) async throws

        /// Handles ``Old``, which has no reply.
        func old(_ message: Old, context: Context) async throws

        /// Handles ``Floats``, which has no reply.
        func floats(_ message: Floats, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Gallery.Service) {
        on(Gallery.Numbers.self) { message, context in
            try await service.numbers(message, context: context)
        }
        on(Gallery.Texts.self) { message, context in
            try await service.texts(message, context: context)
        }
        on(Gallery.Arrays.self) { message, context in
            try await service.arrays(message, context: context)
        }
        on(Gallery.Options.self) { message, context in
            try await service.options(message, context: context)
        }
        on(Gallery.Structures.self) { message, context in
            try await service.structures(message, context: context)
        }
        on(Gallery.Bounds.self) { message, context in
            try await service.bounds(message, context: context)
        }
        on(Gallery.Grown.self) { message, context in
            try await service.grown(message, context: context)
        }
        on(Gallery.Secrets.self) { message, context in
            try await service.secrets(message, context: context)
        }
        on(Gallery.Defaults.self) { message, context in
            try await service.defaults(message, context: context)
        }
        on(Gallery.Nothing.self) { message, context in
            try await service.nothing(message, context: context)
        }
        on(Gallery.Small.self) { message, context in
            try await service.small(message, context: context)
        }
        on(Gallery.Constants.self) { message, context in
            try await service.constants(message, context: context)
        }
        on(Gallery.Nested.self) { message, context in
            try await service.nested(message, context: context)
        }
        on(Gallery.Words.self) { message, context in
            try await service.words(message, context: context)
        }
        on(Gallery.Samples.self) { message, context in
            try await service.samples(message, context: context)
        }
        on(Gallery.Old.self) { message, context in
            try await service.old(message, context: context)
        }
        on(Gallery.Floats.self) { message, context in
            try await service.floats(message, context: context)
        }
    }
}
