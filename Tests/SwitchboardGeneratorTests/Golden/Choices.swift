// Generated from Choices.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Choices.
nonisolated enum Choices: WireProtocol {
    /// The protocol's name.
    static var name: String { "Choices" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: nil,
        trailer: [],
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Command.self,
            Data.self,
            Voice.self,
            Event.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x7235_E5D8_CEEC_EDA8 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `opcode`.
        var opcode: UInt16?

        /// The header's field `handle`.
        var handle: UInt16?

        /// The header's field `boundary`.
        var boundary: UInt8?

        /// The header's field `event`.
        var event: UInt8?

        /// A header with these fields.
        init(opcode: UInt16? = nil, handle: UInt16? = nil, boundary: UInt8? = nil, event: UInt8? = nil) {
            self.opcode = opcode
            self.handle = handle
            self.boundary = boundary
            self.event = event
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            opcode = bytes.hasValue(at: 0) ? bytes.integer(at: 1, .big) : nil
            handle = bytes.hasValue(at: 3) ? bytes.integer(at: 4, .big) : nil
            boundary = bytes.hasValue(at: 6) ? bytes.integer(at: 7, .big) : nil
            event = bytes.hasValue(at: 8) ? bytes.integer(at: 9, .big) : nil
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.setHasValue(opcode != nil, at: 0)
            bytes.set(opcode ?? 0, at: 1, .big)
            bytes.setHasValue(handle != nil, at: 3)
            bytes.set(handle ?? 0, at: 4, .big)
            bytes.setHasValue(boundary != nil, at: 6)
            bytes.set(boundary ?? 0, at: 7, .big)
            bytes.setHasValue(event != nil, at: 8)
            bytes.set(event ?? 0, at: 9, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 9 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            let kind: UInt8 = try reader.integer(.little, field: "kind")
            let opcode: UInt16? = try kind == 1 ? reader.integer(.little, field: "opcode") : nil
            var bits =
                try !([1, 4] as [UInt8]).contains(kind) ? reader.bits(2, .low, field: "handle") : BitReader(.low)
            let handle: UInt16? = !([1, 4] as [UInt8]).contains(kind) ? bits.integer(12) : nil
            let boundary: UInt8? = !([1, 4] as [UInt8]).contains(kind) ? bits.integer(2) : nil
            let event: UInt8? = try kind == 4 ? reader.integer(.little, field: "event") : nil
            let length: UInt16? = try kind == 2 ? reader.integer(.little, field: "length") : nil
            let frameLength: UInt8? = try kind != 2 ? reader.integer(.little, field: "frameLength") : nil
            var frameBytes = HeaderBytes()
            frameBytes.setHasValue(opcode != nil, at: 0)
            frameBytes.set(opcode ?? 0, at: 1, .big)
            frameBytes.setHasValue(handle != nil, at: 3)
            frameBytes.set(handle ?? 0, at: 4, .big)
            frameBytes.setHasValue(boundary != nil, at: 6)
            frameBytes.set(boundary ?? 0, at: 7, .big)
            frameBytes.setHasValue(event != nil, at: 8)
            frameBytes.set(event ?? 0, at: 9, .big)
            let frameCode: MessageCode
            switch kind {
            case 1: frameCode = 0
            case 2: frameCode = 1
            case 3: frameCode = 2
            case 4: frameCode = 3
            default: frameCode = .unknown
            }
            let frameSize: Int
            if let frameLength {
                frameSize = Int(clamping: frameLength)
            } else if let length {
                frameSize = Int(clamping: length)
            } else {
                throw PayloadError(.invalidLength, field: "length")
            }
            return FrameHead(code: frameCode, payloadSize: frameSize, header: frameBytes)
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let kind: UInt8
            switch frameHead.code {
            case 0: kind = 1
            case 1: kind = 2
            case 2: kind = 3
            case 3: kind = 4
            default: throw PayloadError(.invalidCase, field: "type")
            }
            let opcode: UInt16? =
                kind == 1 && frameHead.header.hasValue(at: 0) ? frameHead.header.integer(at: 1, .big) : nil
            let handle: UInt16? =
                !([1, 4] as [UInt8]).contains(kind) && frameHead.header.hasValue(at: 3)
                ? frameHead.header.integer(at: 4, .big)
                : nil
            let boundary: UInt8? =
                !([1, 4] as [UInt8]).contains(kind) && frameHead.header.hasValue(at: 6)
                ? frameHead.header.integer(at: 7, .big)
                : nil
            let event: UInt8? =
                kind == 4 && frameHead.header.hasValue(at: 8) ? frameHead.header.integer(at: 9, .big) : nil
            let frameLength: UInt8?
            if kind != 2 {
                frameLength = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt8
            } else {
                frameLength = nil
            }
            let length: UInt16?
            if kind == 2 {
                length = try ByteWriter.number(of: frameHead.payloadSize, field: "payload") as UInt16
            } else {
                length = nil
            }
            writer.integer(kind, .little)
            guard (kind == 1) == (opcode != nil) else {
                throw PayloadError(.inconsistent, field: "opcode")
            }
            if let opcode {
                writer.integer(opcode, .little)
            }
            var bits = BitWriter(.low)
            guard (!([1, 4] as [UInt8]).contains(kind)) == (handle != nil) else {
                throw PayloadError(.inconsistent, field: "handle")
            }
            if let handle {
                try bits.integer(handle, 12, field: "handle")
            }
            guard (!([1, 4] as [UInt8]).contains(kind)) == (boundary != nil) else {
                throw PayloadError(.inconsistent, field: "boundary")
            }
            if let boundary {
                try bits.integer(boundary, 2, field: "boundary")
            }
            if !([1, 4] as [UInt8]).contains(kind) {
                bits.reserved(2)
            }
            writer.bits(bits)
            guard (kind == 4) == (event != nil) else {
                throw PayloadError(.inconsistent, field: "event")
            }
            if let event {
                writer.integer(event, .little)
            }
            guard (kind == 2) == (length != nil) else {
                throw PayloadError(.inconsistent, field: "length")
            }
            if let length {
                writer.integer(length, .little)
            }
            guard (kind != 2) == (frameLength != nil) else {
                throw PayloadError(.inconsistent, field: "frameLength")
            }
            if let frameLength {
                writer.integer(frameLength, .little)
            }
        }
    }
}

nonisolated extension Choices {
    /// The message `Command`.
    struct Command: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Command" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `parameters`.
        var parameters: Bytes

        /// A `Command` with these fields.
        init(parameters: Bytes) {
            self.parameters = parameters
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            parameters = try reader.bytes(field: "parameters")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(parameters)
        }
    }

    /// Handles ``Command``, which has no reply.
    ///
    /// Write `func handle(_ message: Choices.Command, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol CommandHandler: OneWayHandler where Input == Command {}
}

nonisolated extension Choices {
    /// The message `Data`.
    struct Data: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
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
    /// Write `func handle(_ message: Choices.Data, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol DataHandler: OneWayHandler where Input == Data {}
}

nonisolated extension Choices {
    /// The message `Voice`.
    struct Voice: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Voice" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `samples`.
        var samples: [Int8]

        /// A `Voice` with these fields.
        init(samples: [Int8]) {
            self.samples = samples
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            samples = try reader.integers(.little, field: "samples")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            for element in samples {
                writer.integer(element, .little)
            }
        }
    }

    /// Handles ``Voice``, which has no reply.
    ///
    /// Write `func handle(_ message: Choices.Voice, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol VoiceHandler: OneWayHandler where Input == Voice {}
}

nonisolated extension Choices {
    /// The message `Event`.
    struct Event: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0003 }
        /// The name of the message in the spec.
        static var name: String { "Event" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// The field `origin`.
        var origin: UInt8

        /// The field `level`.
        ///
        /// At most 5.
        var level: UInt8?

        /// The field `number`.
        var number: Int16?

        /// The field `parameters`.
        var parameters: Bytes

        /// An `Event` with these fields.
        init(origin: UInt8, level: UInt8? = nil, number: Int16? = nil, parameters: Bytes) {
            self.origin = origin
            self.level = level
            self.number = number
            self.parameters = parameters
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            origin = try reader.integer(.little, field: "origin")
            var bits =
                try ([2, 3] as [UInt8]).contains(origin) ? reader.bits(3, .low, field: "level") : BitReader(.low)
            level = ([2, 3] as [UInt8]).contains(origin) ? bits.integer(3) : nil
            if ([2, 3] as [UInt8]).contains(origin) {
                bits.skip(6)
            }
            number = ([2, 3] as [UInt8]).contains(origin) ? bits.integer(15) : nil
            parameters = try reader.bytes(field: "parameters")
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(origin, .little)
            var bits = BitWriter(.low)
            guard (([2, 3] as [UInt8]).contains(origin)) == (level != nil) else {
                throw PayloadError(.inconsistent, field: "level")
            }
            if let level {
                try bits.integer(level, 3, field: "level")
            }
            if ([2, 3] as [UInt8]).contains(origin) {
                bits.reserved(6)
            }
            guard (([2, 3] as [UInt8]).contains(origin)) == (number != nil) else {
                throw PayloadError(.inconsistent, field: "number")
            }
            if let number {
                try bits.integer(number, 15, field: "number")
            }
            writer.bits(bits)
            writer.bytes(parameters)
        }

        private func checkBounds() throws(PayloadError) {
            if let level, !(level <= 5) {
                throw PayloadError(.outOfBounds, field: "level")
            }
        }
    }
}

nonisolated extension Choices {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Command``, which has no reply.
        func command(_ message: Command, context: Context) async throws

        /// Handles ``Data``, which has no reply.
        func data(_ message: Data, context: Context) async throws

        /// Handles ``Voice``, which has no reply.
        func voice(_ message: Voice, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Choices.Service) {
        on(Choices.Command.self) { message, context in
            try await service.command(message, context: context)
        }
        on(Choices.Data.self) { message, context in
            try await service.data(message, context: context)
        }
        on(Choices.Voice.self) { message, context in
            try await service.voice(message, context: context)
        }
    }
}
