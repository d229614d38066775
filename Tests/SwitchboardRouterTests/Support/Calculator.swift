import SwitchboardRouter

/// A protocol for these tests: a request for a sum, a one-way note, and a message that only the
/// server sends.
enum Calculator: WireProtocol {
    static var name: String { "Calculator" }
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [.type(.one), .length(.one)],
        checksum: nil,
        maximumPayload: 255
    )
    static var messages: [any Message.Type] { [Add.self, Sum.self, Note.self, Tick.self, Problem.self] }
    static var errorMessage: (any ErrorMessage.Type)? { Problem.self }

    struct Add: Request, Hashable {
        typealias Reply = Sum
        static var code: MessageCode { 1 }
        static var name: String { "Add" }
        static var sender: Sender { .client }

        var left: UInt8
        var right: UInt8

        init(_ left: UInt8, _ right: UInt8) {
            self.left = left
            self.right = right
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            left = try reader.integer(.big, field: "left")
            right = try reader.integer(.big, field: "right")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(left, .big)
            writer.integer(right, .big)
        }
    }

    struct Sum: Message, Hashable {
        static var code: MessageCode { 2 }
        static var name: String { "Sum" }
        static var sender: Sender { .server }

        var digits: String

        init(digits: String) {
            self.digits = digits
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            digits = try reader.string(length: UInt8.self, .big, field: "digits")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(digits, length: UInt8.self, .big, field: "digits")
        }
    }

    struct Note: Message, Hashable {
        static var code: MessageCode { 3 }
        static var name: String { "Note" }
        static var sender: Sender { .both }

        var text: String

        init(text: String) {
            self.text = text
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }

    struct Tick: Message, Hashable {
        static var code: MessageCode { 4 }
        static var name: String { "Tick" }
        static var sender: Sender { .server }

        init() {}
        init(from reader: inout ByteReader) throws(PayloadError) {}
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    struct Problem: ErrorMessage, Hashable {
        static var code: MessageCode { 9 }
        static var name: String { "Problem" }
        static var sender: Sender { .both }

        var text: String

        init(text: String) {
            self.text = text
        }

        init(_ fault: Fault, detail: String) {
            text = "\(fault.rawValue): \(detail)"
        }

        var fault: Fault? { nil }

        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }
}
