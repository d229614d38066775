// Generated from Cobs.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Cobs.
nonisolated enum Cobs: WireProtocol {
    /// The protocol's name.
    static var name: String { "Cobs" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [],
        framing: .cobs,
        maximumPayload: 2000
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Packet.self,
            Answer.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xB7B5_55C5_03EE_8A63 }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 0 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            return FrameHead(code: 0, payloadSize: 0, header: HeaderBytes())
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }
}

nonisolated extension Cobs {
    /// The message `Packet`.
    struct Packet: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Packet" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `data`.
        ///
        /// At least 1 bytes.
        var data: Bytes

        /// A `Packet` with these fields.
        init(data: Bytes) {
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            data = try reader.bytes(field: "data")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.bytes(data)
        }

        private func checkBounds() throws(PayloadError) {
            guard data.count >= 1 else {
                throw PayloadError(.outOfBounds, field: "data")
            }
        }
    }

    /// Handles ``Packet``, which has no reply.
    ///
    /// Write `func handle(_ message: Cobs.Packet, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol PacketHandler: OneWayHandler where Input == Packet {}
}

nonisolated extension Cobs {
    /// The message `Answer`.
    struct Answer: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Answer" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `data`.
        var data: Bytes

        /// An `Answer` with these fields.
        init(data: Bytes) {
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            data = try reader.bytes(field: "data")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(data)
        }
    }
}

nonisolated extension Cobs {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Packet``, which has no reply.
        func packet(_ message: Packet, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Cobs.Service) {
        on(Cobs.Packet.self) { message, context in
            try await service.packet(message, context: context)
        }
    }
}
