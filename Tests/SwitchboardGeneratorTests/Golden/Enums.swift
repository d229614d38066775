// Generated from Enums.yaml. Edit that file: the next build overwrites this one.

package import SwitchboardRouter

/// Enums, version 3.
nonisolated package enum Enums: WireProtocol {
    /// The protocol's name.
    package static var name: String { "Enums" }

    /// How messages are delimited on the stream.
    package static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .magic(0xAB, .one),
            .version(3, .one),
            .type(.one),
            .length(.two),
        ],
        checksum: nil,
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    package static var messages: [any Message.Type] {
        [
            Mood.self,
            Problem.self,
        ]
    }

    /// The message that reports a fault.
    package static var errorMessage: (any ErrorMessage.Type)? { Problem.self }

    /// A number that differs between protocols whose messages have different fields.
    package static var layoutHash: UInt64? { 0x19B8_14EB_866B_27D7 }
}

nonisolated extension Enums {
    /// The message `Mood`.
    package struct Mood: Message, Hashable {
        /// The code of the message in a frame.
        package static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        package static var name: String { "Mood" }
        /// The end of a connection that may send the message.
        package static var sender: Sender { .both }

        /// The field `open`.
        package var `open`: Open

        /// The field `closed`.
        package var closed: Closed

        /// The field `signed`.
        package var signed: Signed

        /// A `Mood` with these fields.
        package init(`open`: Open, closed: Closed, signed: Signed) {
            self.open = `open`
            self.closed = closed
            self.signed = signed
        }

        /// Reads the fields in the order of the layout.
        package init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["open": 2, "closed": 1, "signed": 2])
            }
            self.open = try fixed.enumeration(at: 0, .big, field: "open")
            closed = try fixed.enumeration(at: 2, .big, field: "closed")
            signed = try fixed.enumeration(at: 3, .little, field: "signed")
        }

        /// Writes the fields in the order of the layout.
        package func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(self.open, .big)
            writer.enumeration(closed, .big)
            writer.enumeration(signed, .little)
        }
    }

    /// Handles ``Mood``, which has no reply.
    ///
    /// Write `func handle(_ message: Enums.Mood, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    package protocol MoodHandler: OneWayHandler where Input == Mood {}
}

nonisolated extension Enums {
    /// The message `Problem`.
    package struct Problem: ErrorMessage, CustomStringConvertible, Hashable {
        /// The code of the message in a frame.
        package static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        package static var name: String { "Problem" }
        /// The end of a connection that may send the message.
        package static var sender: Sender { .server }

        /// The field `detail`.
        package var detail: Reason

        /// The field `reader`.
        package var reader: String

        /// A `Problem` with these fields.
        package init(detail: Reason, reader: String) {
            self.detail = detail
            self.reader = reader
        }

        /// Reads the fields in the order of the layout.
        package init(from reader: inout ByteReader) throws(PayloadError) {
            detail = try reader.enumeration(.big, field: "detail")
            self.reader = try reader.string(field: "reader")
        }

        /// Writes the fields in the order of the layout.
        package func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(detail, .big)
            writer.string(reader)
        }

        /// The message for `fault`, with `detail` as its text.
        package init(_ fault: Fault, detail: String) {
            switch fault {
            case .timeout: self.detail = .timeout
            default: self.detail = .internal
            }
            reader = detail
        }

        /// The fault that the code reports; `nil` if the code reports none.
        package var fault: Fault? {
            switch detail {
            case .timeout: .timeout
            case .internal: .internal
            }
        }

        /// The code and the text, in one line.
        package var description: String {
            reader.isEmpty ? "\(detail)" : "\(detail): \(reader)"
        }
    }
}

nonisolated extension Enums {
    /// Grows with the protocol.
    package enum Open: RawRepresentable, Hashable, Sendable {
        /// `0x0001` on the wire.
        case first
        /// `0x0002` on the wire.
        case second
        /// A number without a name in the spec.
        case unrecognized(UInt16)

        /// The case with this number.
        package init(rawValue: UInt16) {
            switch rawValue {
            case 0x0001: self = .first
            case 0x0002: self = .second
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        package var rawValue: UInt16 {
            switch self {
            case .first: 0x0001
            case .second: 0x0002
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Enums {
    /// The enum `Closed`.
    package enum Closed: UInt8, Hashable, Sendable {
        /// `0x01` on the wire.
        case happy = 0x01
        /// `0x02` on the wire.
        case sad = 0x02
    }
}

nonisolated extension Enums {
    /// The enum `Signed`.
    package enum Signed: RawRepresentable, Hashable, Sendable {
        /// `-32_768` on the wire.
        case low
        /// `1` on the wire.
        case `init`
        /// `2` on the wire.
        case hash
        /// A number without a name in the spec.
        case unrecognized(Int16)

        /// The case with this number.
        package init(rawValue: Int16) {
            switch rawValue {
            case -32_768: self = .low
            case 1: self = .`init`
            case 2: self = .hash
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        package var rawValue: Int16 {
            switch self {
            case .low: -32_768
            case .`init`: 1
            case .hash: 2
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Enums {
    /// The enum `Reason`.
    package enum Reason: UInt8, Hashable, Sendable {
        /// `0x01` on the wire.
        case timeout = 0x01
        /// `0x02` on the wire.
        case `internal` = 0x02
    }
}

nonisolated extension Enums {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    package protocol Service: Sendable {
        /// Handles ``Mood``, which has no reply.
        func mood(_ message: Mood, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    package mutating func register(_ service: some Enums.Service) {
        on(Enums.Mood.self) { message, context in
            try await service.mood(message, context: context)
        }
    }
}
