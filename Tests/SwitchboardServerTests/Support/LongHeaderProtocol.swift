import Switchboard
import TestSupport

/// A protocol with a long header: it has a correlation and extra fields, its length counts the whole frame, and some
/// messages share a code.
enum LongHeaderProtocol: WireProtocol {
    static var name: String { "LongHeaderProtocol" }
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .magic(0x55, .one), .field(.two), .type(.one), .correlation(.two), .length(.two, covers: .frame),
            .field(.one),
        ],
        checksum: .init(.crc16MCRF4XX, covers: .afterMagic),
        maximumPayload: 1000
    )
    static var messages: [any Message.Type] {
        [Work.self, Pause.self, Done.self, Alarm.self, Result.self, Failure.self]
    }
    static var errorMessage: (any ErrorMessage.Type)? { Failure.self }
    static var heartbeat: (any Request)? { Pause(number: 0) }

    struct Header: FrameHeader, Hashable {
        var sender: UInt16
        var flags: UInt8

        init(sender: UInt16 = 0, flags: UInt8 = 0) {
            self.sender = sender
            self.flags = flags
        }

        init(_ bytes: HeaderBytes) {
            sender = bytes.integer(at: 1, .little)
            flags = bytes.integer(at: 8, .little)
        }

        func write(into bytes: inout HeaderBytes) {
            bytes.set(sender, at: 1, .little)
            bytes.set(flags, at: 8, .little)
        }
    }

    /// A request whose reply has the same code.
    struct Work: Request, NumberMessage {
        typealias Reply = Result
        static var code: MessageCode { 1 }
        static var name: String { "Work" }
        static var sender: Sender { .client }
        var number: UInt32
    }

    /// A request whose handler is suspended until the test resumes it.
    struct Pause: Request, NumberMessage {
        typealias Reply = Result
        static var code: MessageCode { 2 }
        static var name: String { "Pause" }
        static var sender: Sender { .client }
        var number: UInt32
    }

    /// A one-way message.
    struct Done: NumberMessage {
        static var code: MessageCode { 3 }
        static var name: String { "Done" }
        static var sender: Sender { .client }
        var number: UInt32
    }

    /// A message of the server, with the code of a message of clients.
    struct Alarm: NumberMessage {
        static var code: MessageCode { 3 }
        static var name: String { "Alarm" }
        static var sender: Sender { .server }
        var number: UInt32
    }

    struct Result: NumberMessage {
        static var code: MessageCode { 1 }
        static var name: String { "Result" }
        static var sender: Sender { .server }
        var number: UInt32
    }

    /// The error message, with the code of a request.
    struct Failure: ErrorMessage, NumberMessage {
        static var code: MessageCode { 2 }
        static var name: String { "Failure" }
        static var sender: Sender { .server }
        var number: UInt32

        init(number: UInt32) {
            self.number = number
        }

        init(_ fault: Fault, detail: String) {
            number = Fault.allCases.firstIndex(of: fault).map { UInt32($0) } ?? .max
        }

        var fault: Fault? {
            Int(number) < Fault.allCases.count ? Fault.allCases[Int(number)] : nil
        }
    }
}

/// A message with one number.
protocol NumberMessage: Message, Hashable {
    var number: UInt32 { get set }
    init(number: UInt32)
}

extension NumberMessage {
    init(from reader: inout ByteReader) throws(PayloadError) {
        self.init(number: try reader.integer(.little, field: "number"))
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.integer(number, .little)
    }
}

extension HeaderBytes {
    /// A header of the protocol.
    static func longHeader(_ id: UInt64, sender: UInt16 = 0, flags: UInt8 = 0) -> HeaderBytes {
        var bytes = HeaderBytes(of: LongHeaderProtocol.Header(sender: sender, flags: flags))
        LongHeaderProtocol.frameFormat.correlation?.set(id, in: &bytes)
        return bytes
    }
}

extension RawPeer {
    /// Sends a message of LongHeaderProtocol.
    func send(_ message: some NumberMessage, _ header: HeaderBytes) async throws {
        try await send(FrameEncoder(LongHeaderProtocol.frameFormat).encode(message, header: header))
    }

    /// Receives the next message, which must belong to LongHeaderProtocol.
    func receive() async throws -> LongHeaderFrame {
        let bytes = try await receive(count: LongHeaderProtocol.frameFormat.overhead + 4)
        var reader = ByteReader(bytes)
        let decoder = FrameDecoder(LongHeaderProtocol.frameFormat)
        var header = HeaderBytes()
        guard case .frame(let frame) = decoder.next(in: &reader, header: &header),
            let number = decoder.payload(of: frame, in: &reader, { $0.readInteger(.little, as: UInt32.self) })
        else { throw SystemError(errno: 0) }
        return LongHeaderFrame(code: frame.code, header: header, number: number)
    }
}

/// A frame of LongHeaderProtocol.
struct LongHeaderFrame: Hashable {
    var code: MessageCode
    var header: HeaderBytes
    var number: UInt32

    init<M: NumberMessage>(_ message: M, _ header: HeaderBytes) {
        self.init(code: M.code, header: header, number: message.number)
    }

    init(code: MessageCode, header: HeaderBytes, number: UInt32) {
        self.code = code
        self.header = header
        self.number = number
    }
}
