/// Why a payload could not be decoded, or a message not be encoded.
public struct PayloadError: Error, Hashable {
    /// What is wrong with a field.
    public typealias Code = PayloadErrorCode

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
