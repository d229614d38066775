/// Why bytes are no payload of a message, or values cannot become one.
package struct PayloadProblem: Error, Hashable, Sendable {
    /// What is wrong with a field.
    package typealias Code = PayloadErrorCode

    /// What is wrong.
    package let code: Code
    /// The name of the field, as the runtime gives it.
    package let field: String

    init(_ code: Code, _ field: String) {
        self.code = code
        self.field = field
    }
}

extension PayloadProblem: CustomStringConvertible {
    /// What is wrong, in words.
    package var description: String {
        switch code {
        case .truncated: "it ends within `\(field)`"
        case .trailingBytes: "bytes are left behind its last field"
        case .invalidUTF8: "its `\(field)` is not UTF-8"
        case .invalidBoolean: "its `\(field)` is neither 0 nor 1"
        case .invalidCase: "its `\(field)` has a number that means nothing"
        case .invalidLength: "its `\(field)` has a length that does not fit the layout"
        case .payloadTooLarge: "its payload is larger than allowed"
        case .outOfBounds: "its `\(field)` is out of its bounds"
        case .unexpectedValue: "its `\(field)` is not what it must always be"
        }
    }
}
