// Generated from Requests.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Requests.
nonisolated enum Requests: WireProtocol {
    /// The protocol's name.
    static var name: String { "Requests" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .magic(0x5A, .one),
            .correlation(.two),
            .type(.one),
            .field(.one),
            .length(.two, covers: .frame),
        ],
        checksum: .init(.crc16Modbus, covers: .afterMagic),
        maximumPayload: 2000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Now.self,
            Done.self,
            Later.self,
            News.self,
            Hint.self,
            Failure.self,
        ]
    }

    /// The message that reports a fault.
    static var errorMessage: (any ErrorMessage.Type)? { Failure.self }

    /// The request that a client sends when it is idle.
    static var heartbeat: (any Request)? { Now(value: 0) }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xF971_1E5C_108F_B4A3 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `priority`.
        var priority: UInt8

        /// A header with these fields.
        init(priority: UInt8 = 3) {
            self.priority = priority
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            priority = bytes.integer(at: 4, .little)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(priority, at: 4, .little)
        }
    }
}

nonisolated extension Requests {
    /// Is answered at once.
    struct Now: Request, Hashable {
        /// The reply.
        typealias Reply = Done

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Now" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `value`.
        var value: UInt32

        /// A `Now` with these fields.
        init(value: UInt32) {
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.little, field: "value")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .little)
        }
    }

    /// Handles ``Now`` and answers with ``Done``.
    ///
    /// Write `func handle(_ message: Requests.Now, context: Context) async throws -> Requests.Done`, or the same
    /// without `async` if the handler does not suspend.
    protocol NowHandler: RequestHandler where Input == Now {}
}

nonisolated extension Requests {
    /// Is answered when something else has been waited for.
    struct Later: Request, Hashable {
        /// The reply.
        typealias Reply = Done

        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Later" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `value`.
        var value: UInt32

        /// A `Later` with these fields.
        init(value: UInt32) {
            self.value = value
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.little, field: "value")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .little)
        }
    }

    /// Handles ``Later`` and answers with ``Done``.
    ///
    /// Write `func handle(_ message: Requests.Later, context: Context) async throws -> Requests.Done`, or the same
    /// without `async` if the handler does not suspend.
    protocol LaterHandler: RequestHandler where Input == Later {}
}

nonisolated extension Requests {
    /// Has no reply.
    struct Hint: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Hint" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `text`.
        var text: String

        /// A `Hint` with these fields.
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

    /// Handles ``Hint``, which has no reply.
    ///
    /// Write `func handle(_ message: Requests.Hint, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol HintHandler: OneWayHandler where Input == Hint {}
}

nonisolated extension Requests {
    /// The message `Done`.
    struct Done: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Done" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `value`.
        var value: UInt32

        /// The field `note`.
        ///
        /// At most 255 bytes in UTF-8.
        var note: String

        /// A `Done` with these fields.
        init(value: UInt32, note: String) {
            self.value = value
            self.note = note
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.little, field: "value")
            note = try reader.string(length: UInt8.self, .little, field: "note")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .little)
            try writer.string(note, length: UInt8.self, .little, field: "note")
        }
    }
}

nonisolated extension Requests {
    /// Comes unasked.
    struct News: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "News" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: String

        /// A `News` with these fields.
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
}

nonisolated extension Requests {
    /// The message `Failure`.
    struct Failure: ErrorMessage, CustomStringConvertible, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x7F }
        /// The name of the message in the spec.
        static var name: String { "Failure" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `reason`.
        var reason: Reason

        /// The field `text`.
        var text: String

        /// A `Failure` with these fields.
        init(reason: Reason, text: String) {
            self.reason = reason
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            reason = try reader.enumeration(.little, field: "reason")
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(reason, .little)
            writer.string(text)
        }

        /// The message for `fault`, with `detail` as its text.
        init(_ fault: Fault, detail: String) {
            switch fault {
            case .invalidMagic: reason = .invalidMagic
            case .unknownType: reason = .unknownType
            case .payloadTooLarge: reason = .payloadTooLarge
            case .checksumMismatch: reason = .checksumMismatch
            case .rateLimited: reason = .rateLimited
            case .timeout: reason = .timeout
            case .malformedPayload: reason = .malformedPayload
            case .shuttingDown: reason = .shuttingDown
            default: reason = .internal
            }
            text = detail
        }

        /// The fault that the code reports; `nil` if the code reports none.
        var fault: Fault? {
            switch reason {
            case .invalidMagic: .invalidMagic
            case .unknownType: .unknownType
            case .payloadTooLarge: .payloadTooLarge
            case .checksumMismatch: .checksumMismatch
            case .rateLimited: .rateLimited
            case .timeout: .timeout
            case .malformedPayload: .malformedPayload
            case .shuttingDown: .shuttingDown
            case .internal: .internal
            default: nil
            }
        }

        /// The code and the text, in one line.
        var description: String {
            text.isEmpty ? "\(reason)" : "\(reason): \(text)"
        }
    }
}

nonisolated extension Requests {
    /// The enum `Reason`.
    enum Reason: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case unknownType
        /// `0x02` on the wire.
        case malformedPayload
        /// `0x03` on the wire.
        case payloadTooLarge
        /// `0x04` on the wire.
        case checksumMismatch
        /// `0x05` on the wire.
        case invalidMagic
        /// `0x06` on the wire.
        case rateLimited
        /// `0x07` on the wire.
        case timeout
        /// `0x08` on the wire.
        case shuttingDown
        /// `0x09` on the wire.
        case `internal`
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .unknownType
            case 0x02: self = .malformedPayload
            case 0x03: self = .payloadTooLarge
            case 0x04: self = .checksumMismatch
            case 0x05: self = .invalidMagic
            case 0x06: self = .rateLimited
            case 0x07: self = .timeout
            case 0x08: self = .shuttingDown
            case 0x09: self = .internal
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .unknownType: 0x01
            case .malformedPayload: 0x02
            case .payloadTooLarge: 0x03
            case .checksumMismatch: 0x04
            case .invalidMagic: 0x05
            case .rateLimited: 0x06
            case .timeout: 0x07
            case .shuttingDown: 0x08
            case .internal: 0x09
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Requests {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Now`` with ``Done``.
        func now(_ message: Now, context: Context) async throws -> Done

        /// Answers ``Later`` with ``Done``.
        func later(_ message: Later, context: Context) async throws -> Done

        /// Handles ``Hint``, which has no reply.
        func hint(_ message: Hint, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Requests.Service) {
        on(Requests.Now.self) { message, context in
            try await service.now(message, context: context)
        }
        on(Requests.Later.self) { message, context in
            try await service.later(message, context: context)
        }
        on(Requests.Hint.self) { message, context in
            try await service.hint(message, context: context)
        }
    }
}
