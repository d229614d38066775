// Generated from Formats.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Formats.
nonisolated enum Formats: WireProtocol {
    /// The protocol's name.
    static var name: String { "Formats" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        HeaderCodec.self,
        byteOrder: .little,
        correlation: nil,
        magicSize: 1,
        trailer: [],
        maximumPayload: 254
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Measure.self,
            Acknowledge.self,
            Start.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x2E6B_9895_2431_D8CB }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The header's field `send`.
        var send: UInt16?

        /// The header's field `receive`.
        var receive: UInt16?

        /// A header with these fields.
        init(send: UInt16? = nil, receive: UInt16? = nil) {
            self.send = send
            self.receive = receive
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            send = bytes.hasValue(at: 0) ? bytes.integer(at: 1, .big) : nil
            receive = bytes.hasValue(at: 3) ? bytes.integer(at: 4, .big) : nil
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.setHasValue(send != nil, at: 0)
            bytes.set(send ?? 0, at: 1, .big)
            bytes.setHasValue(receive != nil, at: 3)
            bytes.set(receive ?? 0, at: 4, .big)
        }
    }

    /// Reads and writes the headers of frames.
    enum HeaderCodec: FrameCodec {
        /// The size of the largest header, in bytes.
        static var maximumHeaderSize: Int { 13 }

        /// Reads a header.
        static func readHead(from reader: inout ByteReader, of frameSender: Sender) throws(PayloadError) -> FrameHead {
            try reader.magic(0x68, bytes: 1)
            let length: UInt8 = try reader.integer(.little, field: "length")
            let frameStart = reader.remaining
            var bits = try reader.bits(2, .low, field: "isOther")
            let isOther: Bool = bits.boolean()
            let send: UInt16? = !isOther ? bits.integer(15) : nil
            let isControl: Bool? = isOther ? bits.boolean() : nil
            let function: UInt8? = isControl == true ? bits.integer(6) : nil
            var bits2 = try reader.bits(2, .low, field: "receive")
            bits2.skip(1)
            let receive: UInt16? = isControl != true ? bits2.integer(15) : nil
            let type: UInt8? = try !isOther ? reader.integer(.little, field: "type") : nil
            var frameBytes = HeaderBytes()
            frameBytes.setHasValue(send != nil, at: 0)
            frameBytes.set(send ?? 0, at: 1, .big)
            frameBytes.setHasValue(receive != nil, at: 3)
            frameBytes.set(receive ?? 0, at: 4, .big)
            let frameCode: MessageCode
            switch (isOther, isControl, function, type) {
            case (false, nil, nil, 100): frameCode = 0
            case (true, false, nil, nil): frameCode = 1
            case (true, true, 1, nil): frameCode = 2
            default: frameCode = .unknown
            }
            return FrameHead(
                code: frameCode,
                payloadSize: Int(clamping: length) - (frameStart - reader.remaining),
                header: frameBytes
            )
        }

        /// Writes a header.
        static func writeHead(
            _ frameHead: FrameHead,
            of frameSender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            let isOther: Bool
            let isControl: Bool?
            let function: UInt8?
            let type: UInt8?
            switch frameHead.code {
            case 0: (isOther, isControl, function, type) = (false, nil, nil, 100)
            case 1: (isOther, isControl, function, type) = (true, false, nil, nil)
            case 2: (isOther, isControl, function, type) = (true, true, 1, nil)
            default: throw PayloadError(.invalidCase, field: "type")
            }
            let length: UInt8 = 0
            let send: UInt16? =
                !isOther && frameHead.header.hasValue(at: 0) ? frameHead.header.integer(at: 1, .big) : nil
            let receive: UInt16? =
                isControl != true && frameHead.header.hasValue(at: 3) ? frameHead.header.integer(at: 4, .big) : nil
            writer.magic(0x68, bytes: 1)
            let frameOffset = writer.count
            writer.integer(length, .little)
            let frameStart = writer.count
            var bits = BitWriter(.low)
            bits.boolean(isOther)
            guard (!isOther) == (send != nil) else {
                throw PayloadError(.inconsistent, field: "send")
            }
            if let send {
                try bits.integer(send, 15, field: "send")
            }
            guard isOther == (isControl != nil) else {
                throw PayloadError(.inconsistent, field: "isControl")
            }
            if let isControl {
                bits.boolean(isControl)
            }
            guard (isControl == true) == (function != nil) else {
                throw PayloadError(.inconsistent, field: "function")
            }
            if let function {
                try bits.integer(function, 6, field: "function")
            }
            if isControl == true {
                bits.reserved(4)
            }
            if isControl == true {
                bits.reserved(4)
            }
            if isControl == false {
                bits.reserved(14)
            }
            writer.bits(bits)
            var bits2 = BitWriter(.low)
            bits2.reserved(1)
            guard (isControl != true) == (receive != nil) else {
                throw PayloadError(.inconsistent, field: "receive")
            }
            if let receive {
                try bits2.integer(receive, 15, field: "receive")
            }
            if isControl == true {
                bits2.reserved(15)
            }
            writer.bits(bits2)
            guard (!isOther) == (type != nil) else {
                throw PayloadError(.inconsistent, field: "type")
            }
            if let type {
                writer.integer(type, .little)
            }
            let frameCount = frameHead.payloadSize + writer.count - frameStart
            let frameSize = try ByteWriter.number(of: frameCount, field: "payload") as UInt8
            writer.length(frameSize, bytes: 1, at: frameOffset, .little)
        }
    }
}

nonisolated extension Formats {
    /// The message `Start`.
    struct Start: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0002 }
        /// The name of the message in the spec.
        static var name: String { "Start" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// A `Start`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Start``, which has no reply.
    ///
    /// Write `func handle(_ message: Formats.Start, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol StartHandler: OneWayHandler where Input == Start {}
}

nonisolated extension Formats {
    /// The message `Acknowledge`.
    struct Acknowledge: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0001 }
        /// The name of the message in the spec.
        static var name: String { "Acknowledge" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// An `Acknowledge`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    /// Handles ``Acknowledge``, which has no reply.
    ///
    /// Write `func handle(_ message: Formats.Acknowledge, context: Context) async throws`, or the same without `async`
    /// if the handler does not suspend.
    protocol AcknowledgeHandler: OneWayHandler where Input == Acknowledge {}
}

nonisolated extension Formats {
    /// The message `Measure`.
    struct Measure: Message, Hashable {
        /// The number that stands for the message's code.
        static var code: MessageCode { 0x0000 }
        /// The name of the message in the spec.
        static var name: String { "Measure" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `level`.
        var level: Int8?

        /// The field `first`.
        var first: Kind?

        /// The field `second`.
        var second: Kind?

        /// The field `third`.
        var third: UInt8?

        /// The field `size`.
        var size: UInt8?

        /// The field `data`.
        var data: Bytes

        /// A `Measure` with these fields.
        init(
            level: Int8? = nil,
            first: Kind? = nil,
            second: Kind? = nil,
            third: UInt8? = nil,
            size: UInt8? = nil,
            data: Bytes
        ) {
            self.level = level
            self.first = first
            self.second = second
            self.third = third
            self.size = size
            self.data = data
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            var bits = try reader.bits(1, .low, field: "isShort")
            let isShort: Bool = bits.boolean()
            level = isShort ? bits.integer(7) : nil
            first = try !isShort ? bits.enumeration(3, field: "first") : nil
            second = try first != .high && !isShort ? bits.enumeration(3, field: "second") : nil
            if !([.low, .unrecognized(0x02)] as [Kind?]).contains(second) && !isShort && first != .high {
                bits.skip(1)
            }
            if ([.low, .unrecognized(0x02)] as [Kind?]).contains(second) {
                bits.skip(1)
            }
            third = first == .high ? bits.integer(4) : nil
            size = try !isShort ? reader.integer(.little, field: "size") : nil
            data = try reader.bytes(field: "data")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            let isShort = level != nil
            var bits = BitWriter(.low)
            bits.boolean(isShort)
            if let level {
                try bits.integer(level, 7, field: "level")
            }
            guard (!isShort) == (first != nil) else {
                throw PayloadError(.inconsistent, field: "first")
            }
            if let first {
                try bits.enumeration(first, 3, field: "first")
            }
            guard (first != .high && !isShort) == (second != nil) else {
                throw PayloadError(.inconsistent, field: "second")
            }
            if let second {
                try bits.enumeration(second, 3, field: "second")
            }
            if !([.low, .unrecognized(0x02)] as [Kind?]).contains(second) && !isShort && first != .high {
                bits.reserved(1)
            }
            if ([.low, .unrecognized(0x02)] as [Kind?]).contains(second) {
                bits.reserved(1)
            }
            guard (first == .high) == (third != nil) else {
                throw PayloadError(.inconsistent, field: "third")
            }
            if let third {
                try bits.integer(third, 4, field: "third")
            }
            writer.bits(bits)
            guard (!isShort) == (size != nil) else {
                throw PayloadError(.inconsistent, field: "size")
            }
            if let size {
                writer.integer(size, .little)
            }
            writer.bytes(data)
        }
    }

    /// Handles ``Measure``, which has no reply.
    ///
    /// Write `func handle(_ message: Formats.Measure, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol MeasureHandler: OneWayHandler where Input == Measure {}
}

nonisolated extension Formats {
    /// The enum `Kind`.
    enum Kind: RawRepresentable, Hashable, Sendable {
        /// `0x01` on the wire.
        case low
        /// `0x03` on the wire.
        case high
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x01: self = .low
            case 0x03: self = .high
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .low: 0x01
            case .high: 0x03
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension Formats {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``Start``, which has no reply.
        func start(_ message: Start, context: Context) async throws

        /// Handles ``Acknowledge``, which has no reply.
        func acknowledge(_ message: Acknowledge, context: Context) async throws

        /// Handles ``Measure``, which has no reply.
        func measure(_ message: Measure, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Formats.Service) {
        on(Formats.Start.self) { message, context in
            try await service.start(message, context: context)
        }
        on(Formats.Acknowledge.self) { message, context in
            try await service.acknowledge(message, context: context)
        }
        on(Formats.Measure.self) { message, context in
            try await service.measure(message, context: context)
        }
    }
}
