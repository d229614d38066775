import Switchboard

/// A protocol in which both ends send requests, with a correlation in the header.
enum DialogueProtocol: WireProtocol {
    static var name: String { "DialogueProtocol" }
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [.type(.one), .correlation(.two), .field(.one), .length(.two)],
        checksum: nil,
        maximumPayload: 100
    )
    static var messages: [any Message.Type] { [Ask.self, Answer.self, Begin.self, Result.self, Failure.self] }
    static var errorMessage: (any ErrorMessage.Type)? { Failure.self }

    struct Header: FrameHeader, Hashable {
        var flags: UInt8

        init(flags: UInt8 = 0) { self.flags = flags }
        init(_ bytes: HeaderBytes) { flags = bytes.integer(at: 3, .little) }
        func write(into bytes: inout HeaderBytes) { bytes.set(flags, at: 3, .little) }
    }

    /// A request that both ends may send.
    struct Ask: Request, NumberMessage {
        typealias Reply = Answer
        static var code: MessageCode { 1 }
        static var name: String { "Ask" }
        static var sender: Sender { .both }
        var number: UInt32
    }

    struct Answer: NumberMessage {
        static var code: MessageCode { 2 }
        static var name: String { "Answer" }
        static var sender: Sender { .both }
        var number: UInt32
    }

    /// A request of clients, whose handler sends requests.
    struct Begin: Request, NumberMessage {
        typealias Reply = Result
        static var code: MessageCode { 3 }
        static var name: String { "Begin" }
        static var sender: Sender { .client }
        var number: UInt32
    }

    struct Result: NumberMessage {
        static var code: MessageCode { 4 }
        static var name: String { "Result" }
        static var sender: Sender { .server }
        var number: UInt32
    }

    struct Failure: ErrorMessage, NumberMessage {
        static var code: MessageCode { 9 }
        static var name: String { "Failure" }
        static var sender: Sender { .both }
        var number: UInt32

        init(number: UInt32) { self.number = number }
        init(_ fault: Fault, detail: String) {
            number = Fault.allCases.firstIndex(of: fault).map { UInt32($0) } ?? .max
        }
        var fault: Fault? { Int(number) < Fault.allCases.count ? Fault.allCases[Int(number)] : nil }
    }
}

/// The same messages without a correlation.
enum UnnumberedDialogue: WireProtocol {
    static var name: String { "UnnumberedDialogue" }
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [.type(.one), .length(.two)],
        checksum: nil,
        maximumPayload: 100
    )
    static var messages: [any Message.Type] { DialogueProtocol.messages }
    static var errorMessage: (any ErrorMessage.Type)? { DialogueProtocol.Failure.self }
}
