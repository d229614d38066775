// Generated from Sums.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Sums.
nonisolated enum Sums: WireProtocol {
    /// The protocol's name.
    static var name: String { "Sums" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: nil,
        magicSize: 4,
        headerChecksum: .init(.init(.hash(.init(.sha256d, size: 4)), covers: .payload), at: 10),
        trailer: [.checksum(.init(.hash(.init(.sha256, size: 20)), covers: .frame)), .end([0x0A])],
        maximumPayload: 4_294_967_295
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Ping.self,
            Pong.self,
            Quit.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x7AD7_8D8D_F855_1425 }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 24 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0xF9BEB4D9, bytes: 4)
            let type: String = try reader.string(count: 6, pad: 0x00, field: "type")
            try reader.reserved(4, field: "checksum")
            let length: UInt64 = try reader.integer(.leb128, field: "length")
            let frameCode: MessageCode
            switch type {
            case _ where type.isExactly("ping"): frameCode = 0
            case _ where type.isExactly("pong"): frameCode = 1
            case _ where type.isExactly("quit"): frameCode = 2
            default: frameCode = .unknown
            }
            return FrameHead(code: frameCode, payloadSize: Int(clamping: length), header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt64
            let type: String
            switch frameHead.code {
            case 0: type = "ping"
            case 1: type = "pong"
            case 2: type = "quit"
            default: throw PayloadError(.invalidCase, field: "type")
            }
            writer.magic(0xF9BEB4D9, bytes: 4)
            try writer.string(type, count: 6, pad: 0x00, field: "type")
            writer.reserved(4)
            try writer.integer(length, .leb128, field: "length")
        }
    }
}

nonisolated extension Sums {
    /// The message `Ping`.
    struct Ping: Request, Hashable {
        /// The reply.
        typealias Reply = Pong

        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Ping" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `nonce`.
        var nonce: UInt16

        /// A `Ping` with these fields.
        init(nonce: UInt16) {
            self.nonce = nonce
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            nonce = try reader.integer(.little, field: "nonce")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(nonce, .little)
        }
    }

    /// Handles ``Ping`` and answers with ``Pong``.
    ///
    /// Write `func handle(_ message: Sums.Ping, context: Context) async throws -> Sums.Pong`, or the same without
    /// `async` if the handler does not suspend.
    protocol PingHandler: RequestHandler where Input == Ping {}
}

nonisolated extension Sums {
    /// The message `Pong`.
    struct Pong: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Pong" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `text`.
        var text: String

        /// A `Pong` with these fields.
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

nonisolated extension Sums {
    /// The message `Quit`.
    struct Quit: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Quit" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// A `Quit`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Quit``, which has no reply.
    ///
    /// Write `func handle(_ message: Sums.Quit, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol QuitHandler: OneWayHandler where Input == Quit {}
}

nonisolated extension Sums {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Ping`` with ``Pong``.
        func ping(_ message: Ping, context: Context) async throws -> Pong

        /// Handles ``Quit``, which has no reply.
        func quit(_ message: Quit, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Sums.Service) {
        on(Sums.Ping.self) { message, context in
            try await service.ping(message, context: context)
        }
        on(Sums.Quit.self) { message, context in
            try await service.quit(message, context: context)
        }
    }
}
