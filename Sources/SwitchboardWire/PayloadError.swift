/// Why a payload could not be decoded, or a message not be encoded.
public struct PayloadError: Error, Hashable {
    /// What is wrong with a field.
    public enum Code: Sendable, Hashable {
        /// The payload ends before the field does.
        case truncated
        /// Bytes are left after the last field.
        case trailingBytes
        /// The field's bytes are not valid UTF-8.
        case invalidUTF8
        /// The byte of a boolean is neither 0 nor 1.
        case invalidBoolean
        /// The value is none of the cases of a closed enum or of a union, or has a bit that closed flags do not have.
        case invalidCase
        /// The field has more bytes or elements than its prefix can say, or not as many as its fixed length.
        case invalidLength
        /// The value is less than the field's `min` or more than its `max`; or its bytes or elements are.
        case outOfBounds
        /// The value is another than the field's `equals`.
        case unexpectedValue
        /// The whole payload is larger than the message or the frame allows.
        case payloadTooLarge
    }

    /// What is wrong.
    public let code: Code

    /// The name of the field in the spec, or `payload` where the whole of it is meant.
    public var field: String { name.description }

    private let name: StaticString

    /// An error about the field called `field`.
    public init(_ code: Code, field: StaticString) {
        self.code = code
        name = field
    }

    /// Whether both say the same of the same field.
    public static func == (left: PayloadError, right: PayloadError) -> Bool {
        left.code == right.code && left.field == right.field
    }

    /// Feeds the code and the field to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(field)
    }
}

extension PayloadError: CustomStringConvertible {
    /// One line for people, as it also goes to the peer: the field, and what is wrong with it.
    public var description: String {
        switch code {
        case .truncated: "\(field): the payload ends before this field does"
        case .trailingBytes: "\(field): bytes are left after the last field"
        case .invalidUTF8: "\(field): not valid UTF-8"
        case .invalidBoolean: "\(field): a boolean must be 0 or 1"
        case .invalidCase: "\(field): not a known value"
        case .invalidLength: "\(field): its length does not fit the layout"
        case .outOfBounds: "\(field): out of its bounds"
        case .unexpectedValue: "\(field): not the value that it must always have"
        case .payloadTooLarge: "\(field): larger than allowed"
        }
    }
}
