// Generated from Slip.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Slip, version 2.
nonisolated enum Slip: WireProtocol {
    /// The protocol's name.
    static var name: String { "Slip" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: .init(offset: 0, width: .two, order: .big),
        magicSize: 1,
        trailer: [.checksum(.init(.crc32, covers: .frame))],
        framing: .slip,
        maximumPayload: 1000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ask.self,
            Answer.self,
            Failure.self,
        ]
    }

    /// The message that reports a fault.
    static var errorMessage: (any ErrorMessage.Type)? { Failure.self }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x7C71_FCE0_9C43_5CE9 }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 6 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xAB, bytes: 1)
            let type: UInt8 = try reader.integer(.big, field: "type")
            let id: UInt16 = try reader.integer(.big, field: "id")
            let length: UInt16 = try reader.integer(.big, field: "length")
            var frameBytes = HeaderBytes()
            frameBytes.set(id, at: 0, .big)
            return FrameHead(code: MessageCode(type), payloadSize: Int(clamping: length), header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            let id: UInt16 = frameHead.header.integer(at: 0, .big)
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt16
            writer.magic(0xAB, bytes: 1)
            writer.integer(type, .big)
            writer.integer(id, .big)
            writer.integer(length, .big)
        }
    }
}

nonisolated extension Slip {
    /// The message `Ask`.
    struct Ask: Request, Hashable {
        /// The reply.
        typealias Reply = Answer

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Ask" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// The field `text`.
        ///
        /// At most 255 bytes.
        var text: Bytes

        /// The field `level`.
        ///
        /// Since version 2: older peers leave the field out.
        var level: UInt8

        /// An `Ask` with these fields.
        init(text: Bytes, level: UInt8 = 3) {
            self.text = text
            self.level = level
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.bytes(length: UInt8.self, .big, field: "text")
            if reader.remaining == 0 {
                level = 3
            } else {
                level = try reader.integer(.big, field: "level")
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.bytes(text, length: UInt8.self, .big, field: "text")
            writer.integer(level, .big)
        }
    }

    /// Handles ``Ask`` and answers with ``Answer``.
    ///
    /// Write `func handle(_ message: Slip.Ask, context: Context) async throws -> Slip.Answer`, or the same without
    /// `async` if the handler does not suspend.
    protocol AskHandler: RequestHandler where Input == Ask {}
}

nonisolated extension Slip {
    /// The message `Answer`.
    struct Answer: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Answer" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: Bytes

        /// An `Answer` with these fields.
        init(text: Bytes) {
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.bytes(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(text)
        }
    }
}

nonisolated extension Slip {
    /// The message `Failure`.
    struct Failure: ErrorMessage, CustomStringConvertible, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0xFF }
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
            reason = try reader.enumeration(.big, field: "reason")
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(reason, .big)
            writer.string(text)
        }

        /// The message for `fault`, with `detail` as its text.
        init(_ fault: Fault, detail: String) {
            switch fault {
            case .unknownType: reason = .unknownType
            case .payloadTooLarge: reason = .payloadTooLarge
            case .checksumMismatch: reason = .checksumMismatch
            case .malformedPayload: reason = .malformedPayload
            default: reason = .internal
            }
            text = detail
        }

        /// The fault that the code reports; `nil` if the code reports none.
        var fault: Fault? {
            switch reason {
            case .unknownType: .unknownType
            case .payloadTooLarge: .payloadTooLarge
            case .checksumMismatch: .checksumMismatch
            case .malformedPayload: .malformedPayload
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

nonisolated extension Slip {
    /// The enum `Reason`.
    enum Reason: RawRepresentable, Hashable, Sendable {
        /// `0x00` on the wire.
        case `internal`
        /// `0x01` on the wire.
        case malformedPayload
        /// `0x02` on the wire.
        case checksumMismatch
        /// `0x03` on the wire.
        case unknownType
        /// `0x04` on the wire.
        case payloadTooLarge
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x00: self = .internal
            case 0x01: self = .malformedPayload
            case 0x02: self = .checksumMismatch
            case 0x03: self = .unknownType
            case 0x04: self = .payloadTooLarge
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .internal: 0x00
            case .malformedPayload: 0x01
            case .checksumMismatch: 0x02
            case .unknownType: 0x03
            case .payloadTooLarge: 0x04
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Slip {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Ask`` with ``Answer``.
        func ask(_ message: Ask, context: Context) async throws -> Answer
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Slip.Service) {
        on(Slip.Ask.self) { message, context in
            try await service.ask(message, context: context)
        }
    }
}
