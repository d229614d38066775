/// The error of a payload that cannot be decoded or a message that cannot be encoded.
public struct PayloadError: Error, Hashable {
    /// What is wrong with a field.
    public typealias Code = PayloadErrorCode

    /// What is wrong.
    public let code: Code

    /// The name of the field in the spec, or `payload` if the error concerns the whole payload.
    public var field: String { name.description }

    private let name: StaticString

    /// An error about the field with the name `field`.
    public init(_ code: Code, field: StaticString) {
        self.code = code
        name = field
    }

    /// Whether both errors have the same code and field.
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
    /// The field and what is wrong with it, in one line; the server also sends this line to the peer.
    public var description: String {
        switch code {
        case .truncated: "\(field): the payload ends before this field does"
        case .trailingBytes: "\(field): bytes are left after the last field"
        case .invalidUTF8: "\(field): not valid UTF-8"
        case .invalidBoolean: "\(field): a boolean must be 0 or 1"
        case .invalidCase: "\(field): not a known value"
        case .invalidLength: "\(field): the number of bytes or elements does not fit the layout"
        case .outOfBounds: "\(field): outside the allowed range"
        case .unexpectedValue: "\(field): differs from the only allowed value"
        case .notShortest: "\(field): a number in more bytes than it needs"
        case .invalidText: "\(field): not text in the encoding of the field"
        case .containsEnd: "\(field): contains the bytes that end it"
        case .inconsistent: "\(field): does not agree with another field"
        case .tooDeep: "\(field): types are nested too deeply"
        case .payloadTooLarge: "\(field): larger than allowed"
        }
    }
}
