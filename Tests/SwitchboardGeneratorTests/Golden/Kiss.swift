// Generated from Kiss.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Kiss.
nonisolated enum Kiss: WireProtocol {
    /// The protocol's name.
    static var name: String { "Kiss" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [],
        framing: .kiss,
        maximumPayload: 65_536
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Data.self,
            Delay.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0xB18A_F884_82A2_2413 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `port`.
        var port: UInt8

        /// A header with these fields.
        init(port: UInt8 = 0) {
            self.port = port
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            port = bytes.integer(at: 0, .big)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(port, at: 0, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 1 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            var bits = try reader.bits(1, .high, field: "port")
            let port: UInt8 = bits.integer(4)
            let type: UInt8 = bits.integer(4)
            var frameBytes = HeaderBytes()
            frameBytes.set(port, at: 0, .big)
            return FrameHead(code: MessageCode(type), payloadSize: 0, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let port: UInt8 = frameHead.header.integer(at: 0, .big)
            let type = UInt8(truncatingIfNeeded: frameHead.code)
            var bits = BitWriter(.high)
            try bits.integer(port, 4, field: "port")
            try bits.integer(type, 4, field: "type")
            writer.bits(bits)
        }

        /// Headers do not say the size of the payload.
        static var hasLength: Bool { false }
    }
}

nonisolated extension Kiss {
    /// The message `Data`.
    struct Data: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x00 }
        /// The name of the message in the spec.
        static var name: String { "Data" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `data`.
        var data: Bytes

        /// A `Data` with these fields.
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

    /// Handles ``Data``, which has no reply.
    ///
    /// Write `func handle(_ message: Kiss.Data, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol DataHandler: OneWayHandler where Input == Data {}
}

nonisolated extension Kiss {
    /// The message `Delay`.
    struct Delay: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Delay" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `delay`.
        var delay: UInt8

        /// The field `unit`.
        var unit: UInt16?

        /// A `Delay` with these fields.
        init(delay: UInt8, unit: UInt16? = nil) {
            self.delay = delay
            self.unit = unit
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            delay = try reader.integer(.big, field: "delay")
            unit = try reader.remaining > 0 ? reader.integer(.big, field: "unit") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(delay, .big)
            if let unit {
                writer.integer(unit, .big)
            }
        }
    }

    /// Handles ``Delay``, which has no reply.
    ///
    /// Write `func handle(_ message: Kiss.Delay, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol DelayHandler: OneWayHandler where Input == Delay {}
}

nonisolated extension Kiss {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Data``, which has no reply.
        func data(_ message: Data, context: Context) async throws

        /// Handles ``Delay``, which has no reply.
        func delay(_ message: Delay, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Kiss.Service) {
        on(Kiss.Data.self) { message, context in
            try await service.data(message, context: context)
        }
        on(Kiss.Delay.self) { message, context in
            try await service.delay(message, context: context)
        }
    }
}
