// Generated from Names.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Awkward names, such as keywords.
///
/// */ " \ A second sentence that goes on for so long that it has to be wrapped at the column where every line of the
/// source ends.
nonisolated enum Names: WireProtocol {
    /// The protocol's name.
    static var name: String { "Names" }

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
            Keywords.self,
            Reply.self,
            Input.self,
            `switch`.self,
            Old.self,
            Secrets.self,
            HTTPGet.self,
            Choices.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x48FD_DCCB_61CC_371C }
}

nonisolated extension Names {
    /// The message `Keywords`.
    struct Keywords: Request, Hashable {
        /// The reply.
        typealias Reply = Names.Reply

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Keywords" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `class`.
        var `class`: UInt8

        /// The field `in`.
        var `in`: UInt8

        /// The field `init`.
        var `init`: UInt8

        /// The field `reader`.
        var reader: UInt8

        /// The field `writer`.
        var writer: UInt8

        /// The field `message`.
        var message: UInt8

        /// The field `code`.
        var code: UInt8

        /// The field `name`.
        var name: UInt8

        /// The field `hash`.
        var hash: UInt8

        /// Ends the line.
        ///
        /// // and goes on
        var description: String

        /// A `Keywords` with these fields.
        init(
            `class`: UInt8,
            `in`: UInt8,
            `init`: UInt8,
            reader: UInt8,
            writer: UInt8,
            message: UInt8,
            code: UInt8,
            name: UInt8,
            hash: UInt8,
            description: String
        ) {
            self.class = `class`
            self.in = `in`
            self.`init` = `init`
            self.reader = reader
            self.writer = writer
            self.message = message
            self.code = code
            self.name = name
            self.hash = hash
            self.description = description
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(9) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "class": 1,
                        "in": 1,
                        "init": 1,
                        "reader": 1,
                        "writer": 1,
                        "message": 1,
                        "code": 1,
                        "name": 1,
                        "hash": 1,
                    ]
                )
            }
            self.class = fixed.integer(at: 0, .big)
            self.in = fixed.integer(at: 1, .big)
            self.`init` = fixed.integer(at: 2, .big)
            self.reader = fixed.integer(at: 3, .big)
            writer = fixed.integer(at: 4, .big)
            message = fixed.integer(at: 5, .big)
            code = fixed.integer(at: 6, .big)
            name = fixed.integer(at: 7, .big)
            hash = fixed.integer(at: 8, .big)
            description = try reader.string(field: "description")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(self.class, .big)
            writer.integer(self.in, .big)
            writer.integer(self.`init`, .big)
            writer.integer(reader, .big)
            writer.integer(self.writer, .big)
            writer.integer(message, .big)
            writer.integer(code, .big)
            writer.integer(name, .big)
            writer.integer(hash, .big)
            writer.string(description)
        }
    }

    /// Handles ``Keywords`` and answers with ``Reply``.
    ///
    /// Write `func handle(_ message: Names.Keywords, context: Context) async throws -> Names.Reply`, or the same
    /// without `async` if the handler does not suspend.
    protocol KeywordsHandler: RequestHandler where Input == Keywords {}
}

nonisolated extension Names {
    /// The message `Reply`.
    struct Reply: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Reply" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `kind`.
        var kind: `default`

        /// A `Reply` with these fields.
        init(kind: `default`) {
            self.kind = kind
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            kind = try reader.enumeration(.big, field: "kind")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(kind, .big)
        }
    }
}

nonisolated extension Names {
    /// The message `Input`.
    struct Input: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Input" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// An `Input`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Input``, which has no reply.
    ///
    /// Write `func handle(_ message: Names.Input, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol InputHandler: OneWayHandler where Input == Names.Input {}
}

nonisolated extension Names {
    /// The message `switch`.
    struct `switch`: Request, Hashable {
        /// The reply.
        typealias Reply = Names.Reply

        /// The code of the message in a frame.
        static var code: MessageCode { 0x04 }
        /// The name of the message in the spec.
        static var name: String { "switch" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `switch`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``switch`` and answers with ``Reply``.
    ///
    /// Write `func handle(_ message: Names.switch, context: Context) async throws -> Names.Reply`, or the same without
    /// `async` if the handler does not suspend.
    protocol switchHandler: RequestHandler where Input == `switch` {}
}

nonisolated extension Names {
    /// The message `Old`.
    struct Old: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x05 }
        /// The name of the message in the spec.
        static var name: String { "Old" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// An `Old`.
        @available(*, deprecated, message: "use \"Input\" \\ or\nnothing")
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Old``, which has no reply.
    ///
    /// Write `func handle(_ message: Names.Old, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    @available(*, deprecated, message: "use \"Input\" \\ or\nnothing")
    protocol OldHandler: OneWayHandler where Input == Old {}
}

nonisolated extension Names {
    /// Nobody sees them.
    struct Secrets: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x06 }
        /// The name of the message in the spec.
        static var name: String { "Secrets" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// Who.
        ///
        /// At most 255 bytes in UTF-8.
        var user: String

        /// What only they know.
        ///
        /// At most 255 bytes in UTF-8.
        var password: String

        /// Some bytes.
        ///
        /// At most 255 bytes.
        var aRatherLongNameForAField: Bytes

        /// A number.
        var `in`: UInt32

        /// Yes or no.
        var anotherRatherLongNameForAField: Bool

        /// A `Secrets` with these fields.
        init(
            user: String,
            password: String,
            aRatherLongNameForAField: Bytes,
            `in`: UInt32,
            anotherRatherLongNameForAField: Bool
        ) {
            self.user = user
            self.password = password
            self.aRatherLongNameForAField = aRatherLongNameForAField
            self.in = `in`
            self.anotherRatherLongNameForAField = anotherRatherLongNameForAField
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            user = try reader.string(length: UInt8.self, .big, field: "user")
            password = try reader.string(length: UInt8.self, .big, field: "password")
            aRatherLongNameForAField = try reader.bytes(length: UInt8.self, .big, field: "aRatherLongNameForAField")
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["in": 4, "anotherRatherLongNameForAField": 1])
            }
            self.in = fixed.integer(at: 0, .big)
            anotherRatherLongNameForAField = try fixed.boolean(at: 4, field: "anotherRatherLongNameForAField")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(user, length: UInt8.self, .big, field: "user")
            try writer.string(password, length: UInt8.self, .big, field: "password")
            try writer.bytes(aRatherLongNameForAField, length: UInt8.self, .big, field: "aRatherLongNameForAField")
            writer.integer(self.in, .big)
            writer.boolean(anotherRatherLongNameForAField)
        }
    }

    /// Handles ``Secrets``, which has no reply.
    ///
    /// Write `func handle(_ message: Names.Secrets, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol SecretsHandler: OneWayHandler where Input == Secrets {}
}

nonisolated extension Names.Secrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        """
        Secrets(\
        user: \(String(reflecting: user)), \
        password: <secret>, \
        aRatherLongNameForAField: \(String(reflecting: aRatherLongNameForAField)), \
        in: <secret>, \
        anotherRatherLongNameForAField: \(String(reflecting: anotherRatherLongNameForAField)))
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
                "password": "<secret>",
                "aRatherLongNameForAField": aRatherLongNameForAField,
                "in": "<secret>",
                "anotherRatherLongNameForAField": anotherRatherLongNameForAField,
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Names {
    /// The message `HTTPGet`.
    struct HTTPGet: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x07 }
        /// The name of the message in the spec.
        static var name: String { "HTTPGet" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `HTTPGet`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``HTTPGet``, which has no reply.
    ///
    /// Write `func handle(_ message: Names.HTTPGet, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol HTTPGetHandler: OneWayHandler where Input == HTTPGet {}
}

nonisolated extension Names {
    /// The message `Choices`.
    struct Choices: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x08 }
        /// The name of the message in the spec.
        static var name: String { "Choices" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `choice`.
        var choice: Choice

        /// The field `class`.
        var `class`: `is`

        /// A `Choices` with these fields.
        init(choice: Choice = .default, `class`: `is` = [.default, .in]) {
            self.choice = choice
            self.class = `class`
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            choice = try Choice(from: &reader)
            self.class = try reader.flags(.big, field: "class")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try choice.encode(into: &writer)
            writer.flags(self.class, .big)
        }
    }

    /// Handles ``Choices``, which has no reply.
    ///
    /// Write `func handle(_ message: Names.Choices, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol ChoicesHandler: OneWayHandler where Input == Choices {}
}

nonisolated extension Names {
    /// The enum `default`.
    enum `default`: RawRepresentable, Hashable, Sendable {
        /// `0x0102_0304_0506_0708` on the wire.
        case `case`
        /// `0x00` on the wire.
        case unknown
        /// A number without a name in the spec.
        case unrecognized(UInt64)

        /// The case with this number.
        init(rawValue: UInt64) {
            switch rawValue {
            case 0x0102_0304_0506_0708: self = .case
            case 0x00: self = .unknown
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt64 {
            switch self {
            case .case: 0x0102_0304_0506_0708
            case .unknown: 0x00
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Names {
    /// The flags `is`.
    struct `is`: OptionSet, Hashable, Sendable {
        /// Bit 0, where bit 0 is the lowest.
        static let `init` = `is`(rawValue: 1 << 0)
        /// Bit 1, where bit 0 is the lowest.
        static let `default` = `is`(rawValue: 1 << 1)
        /// Bit 2, where bit 0 is the lowest.
        static let `in` = `is`(rawValue: 1 << 2)
        /// Bit 3, where bit 0 is the lowest.
        static let selfish = `is`(rawValue: 1 << 3)
        /// Bit 4, where bit 0 is the lowest.
        static let none = `is`(rawValue: 1 << 4)

        /// The bits as a number.
        let rawValue: UInt8

        /// The flags whose bits are set in `rawValue`.
        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }
}

nonisolated extension Names {
    /// The struct `Locals`.
    struct Locals: Hashable, Sendable {
        /// The field `fixed`.
        var fixed: UInt8

        /// The field `fixed2`.
        var fixed2: UInt16

        /// The field `element`.
        ///
        /// At most 255 elements.
        var element: [UInt8]

        /// The field `value`.
        ///
        /// At most 255 elements.
        var value: [UInt8]?

        /// The field `fixed3`.
        ///
        /// At most 255 bytes.
        var fixed3: Bytes

        /// The field `count`.
        var count: UInt8

        /// The field `writer`.
        var writer: UInt8?

        /// The field `reader`.
        ///
        /// At least 1 bytes in UTF-8.
        var reader: String

        /// A `Locals` with these fields.
        init(
            fixed: UInt8,
            fixed2: UInt16,
            element: [UInt8],
            value: [UInt8]? = nil,
            fixed3: Bytes,
            count: UInt8,
            writer: UInt8? = nil,
            reader: String
        ) {
            self.fixed = fixed
            self.fixed2 = fixed2
            self.element = element
            self.value = value
            self.fixed3 = fixed3
            self.count = count
            self.writer = writer
            self.reader = reader
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(3) else {
                throw .truncated(reader.remaining, ["Locals.fixed": 1, "Locals.fixed2": 2])
            }
            self.fixed = fixed.integer(at: 0, .big)
            self.fixed2 = fixed.integer(at: 1, .big)
            element = try reader.integers(count: UInt8.self, .big, field: "Locals.element")
            value =
                try reader.isPresent(field: "Locals.value")
                ? reader.integers(count: UInt8.self, .big, field: "Locals.value")
                : nil
            self.fixed3 = try reader.bytes(length: UInt8.self, .big, field: "Locals.fixed3")
            count = try reader.integer(.big, field: "Locals.count")
            writer = try reader.isPresent(field: "Locals.writer") ? reader.integer(.big, field: "Locals.writer") : nil
            self.reader = try reader.string(length: UInt8.self, .big, field: "Locals.reader")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(fixed, .big)
            writer.integer(fixed2, .big)
            try writer.count(self.element.count, as: UInt8.self, .big, field: "Locals.element")
            for element in self.element {
                writer.integer(element, .big)
            }
            writer.presence(value != nil)
            if let value {
                try writer.count(value.count, as: UInt8.self, .big, field: "Locals.value")
                for element in value {
                    writer.integer(element, .big)
                }
            }
            try writer.bytes(fixed3, length: UInt8.self, .big, field: "Locals.fixed3")
            writer.integer(count, .big)
            writer.presence(self.writer != nil)
            if let value = self.writer {
                writer.integer(value, .big)
            }
            try writer.string(reader, length: UInt8.self, .big, field: "Locals.reader")
        }

        private func checkBounds() throws(PayloadError) {
            guard reader.utf8.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "Locals.reader")
            }
        }
    }
}

nonisolated extension Names {
    /// The union `Choice`.
    enum Choice: Hashable, Sendable {
        /// `0x00` on the wire.
        case `default`
        /// `0x01` on the wire.
        case `init`
        /// `0x02` on the wire.
        case `in`(true: Bool, `inout`: UInt8, class: UInt8)
        /// `0x03` on the wire.
        case `let`(reader: UInt8, writer: UInt8?, `let`: `is`)
        /// `0x04` on the wire.
        case `case`(element: [Locals])

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.big, field: "Choice") as UInt8 {
            case 0x00:
                self = .default
            case 0x01:
                self = .`init`
            case 0x02:
                let `true`: Bool = try reader.boolean(field: "Choice.in.true")
                let `inout`: UInt8 = try reader.integer(.big, field: "Choice.in.inout")
                let `class`: UInt8 = try reader.integer(.big, field: "Choice.in.class")
                self = .in(true: `true`, `inout`: `inout`, class: `class`)
            case 0x03:
                let readerValue: UInt8 = try reader.integer(.big, field: "Choice.let.reader")
                let writerValue: UInt8? =
                    try reader.isPresent(field: "Choice.let.writer")
                    ? reader.integer(.big, field: "Choice.let.writer")
                    : nil
                let `let`: `is` = try reader.flags(.big, field: "Choice.let.let")
                self = .let(reader: readerValue, writer: writerValue, let: `let`)
            case 0x04:
                let elementValue: [Locals] = try reader.array(
                    count: UInt8.self,
                    .big,
                    minimumSize: 9,
                    field: "Choice.case.element",
                    Locals.init(from:)
                )
                self = .case(element: elementValue)
            default: throw PayloadError(.invalidCase, field: "Choice")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .default:
                writer.integer(0x00 as UInt8, .big)
            case .`init`:
                writer.integer(0x01 as UInt8, .big)
            case .in(let `true`, let `inout`, let `class`):
                writer.integer(0x02 as UInt8, .big)
                writer.boolean(`true`)
                writer.integer(`inout`, .big)
                writer.integer(`class`, .big)
            case .let(let readerValue, let writerValue, let `let`):
                writer.integer(0x03 as UInt8, .big)
                writer.integer(readerValue, .big)
                writer.presence(writerValue != nil)
                if let writerValue {
                    writer.integer(writerValue, .big)
                }
                writer.flags(`let`, .big)
            case .case(let elementValue):
                writer.integer(0x04 as UInt8, .big)
                try writer.count(elementValue.count, as: UInt8.self, .big, field: "Choice.case.element")
                for element in elementValue {
                    try element.encode(into: &writer)
                }
            }
        }
    }
}

nonisolated extension Names {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Keywords`` with ``Reply``.
        func keywords(_ message: Keywords, context: Context) async throws -> Names.Reply

        /// Handles ``Input``, which has no reply.
        func input(_ message: Names.Input, context: Context) async throws

        /// Answers ``switch`` with ``Reply``.
        func `switch`(_ message: `switch`, context: Context) async throws -> Names.Reply

        /// Handles ``Old``, which has no reply.
        func old(_ message: Old, context: Context) async throws

        /// Handles ``Secrets``, which has no reply.
        func secrets(_ message: Secrets, context: Context) async throws

        /// Handles ``HTTPGet``, which has no reply.
        func httpGet(_ message: HTTPGet, context: Context) async throws

        /// Handles ``Choices``, which has no reply.
        func choices(_ message: Choices, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Names.Service) {
        on(Names.Keywords.self) { message, context in
            try await service.keywords(message, context: context)
        }
        on(Names.Input.self) { message, context in
            try await service.input(message, context: context)
        }
        on(Names.switch.self) { message, context in
            try await service.switch(message, context: context)
        }
        on(Names.Old.self) { message, context in
            try await service.old(message, context: context)
        }
        on(Names.Secrets.self) { message, context in
            try await service.secrets(message, context: context)
        }
        on(Names.HTTPGet.self) { message, context in
            try await service.httpGet(message, context: context)
        }
        on(Names.Choices.self) { message, context in
            try await service.choices(message, context: context)
        }
    }
}
