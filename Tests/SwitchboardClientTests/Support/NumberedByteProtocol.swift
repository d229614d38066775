import Switchboard
import TestSupport

/// A protocol whose correlation has one byte, so that the numbers of requests soon run out.
enum NumberedByteProtocol: WireProtocol {
    static var name: String { "NumberedByteProtocol" }
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [.correlation(.one), .type(.one), .field(.one), .length(.one)],
        checksum: nil,
        maximumPayload: 255
    )
    static var messages: [any Message.Type] { [Call.self, Answer.self, Time.self, News.self, Lost.self] }
    static var errorMessage: (any ErrorMessage.Type)? { Lost.self }
    static var heartbeat: (any Request)? { Call(value: 0) }

    struct Header: FrameHeader, Hashable {
        var channel: UInt8

        init(channel: UInt8 = 0) { self.channel = channel }
        init(_ bytes: HeaderBytes) { channel = bytes.integer(at: 2, .big) }
        func write(into bytes: inout HeaderBytes) { bytes.set(channel, at: 2, .big) }
    }

    struct Call: Request, ByteMessage {
        typealias Reply = Answer
        static var code: MessageCode { 1 }
        static var name: String { "Call" }
        static var sender: Sender { .client }
        var value: UInt8
    }

    struct Answer: ByteMessage {
        static var code: MessageCode { 1 }
        static var name: String { "Answer" }
        static var sender: Sender { .server }
        var value: UInt8
    }

    /// A request that these tests do not send.
    struct Time: Request, ByteMessage {
        typealias Reply = News
        static var code: MessageCode { 2 }
        static var name: String { "Time" }
        static var sender: Sender { .client }
        var value: UInt8
    }

    struct News: ByteMessage {
        static var code: MessageCode { 3 }
        static var name: String { "News" }
        static var sender: Sender { .server }
        var value: UInt8
    }

    struct Lost: ErrorMessage, ByteMessage {
        static var code: MessageCode { 9 }
        static var name: String { "Lost" }
        static var sender: Sender { .server }
        var value: UInt8
        var fault: Fault? { value == 1 ? .shuttingDown : nil }

        init(value: UInt8) { self.value = value }
        init(_ fault: Fault, detail: String) { value = 0 }
    }
}

/// A message of one byte.
protocol ByteMessage: Message, Hashable {
    var value: UInt8 { get }
    init(value: UInt8)
}

extension ByteMessage {
    init(from reader: inout ByteReader) throws(PayloadError) {
        self.init(value: try reader.integer(.big, field: "value"))
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.integer(value, .big)
    }
}

extension RawPeer {
    /// Sends a message of NumberedByteProtocol with a number.
    func send<M: ByteMessage>(_ message: M, _ number: UInt8) throws {
        try send([number, UInt8(truncatingIfNeeded: M.code), 0, 1, message.value])
    }

    /// Receives the next message of NumberedByteProtocol.
    func call() throws -> (number: UInt8, channel: UInt8, value: UInt8) {
        let frame = try receive(count: 5)
        return (frame[0], frame[2], frame[4])
    }
}
