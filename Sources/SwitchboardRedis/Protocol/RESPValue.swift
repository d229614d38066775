package import SwitchboardBytes

/// A reply of Redis, in version 2 of its protocol (RESP2).
package enum RESPValue: Sendable, Equatable {
    /// A short text, such as `OK`.
    case status(String)
    /// An error.
    case error(RedisErrorReply)
    /// A number.
    case integer(Int64)
    /// Bytes of any kind.
    case bulk(Bytes)
    /// Nothing: no such key, or no entry in time.
    case null
    /// Several values.
    case array([RESPValue])

    /// The text of a status or of bytes that are UTF-8; `nil` for all others.
    package var text: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(validating: bytes)
        case .error, .integer, .null, .array: nil
        }
    }

    /// The elements of an array; `nil` for all others.
    package var elements: [RESPValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
