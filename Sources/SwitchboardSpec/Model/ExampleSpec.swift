/// `examples`: bytes, and what they mean.
package struct ExampleSpec: Sendable {
    /// `frame` or `payload`: the bytes.
    package let bytes: Located<[UInt8]>
    /// Whether the bytes are a payload, without a frame around it.
    package let isPayload: Bool
    /// `header`: the values of the header's own fields.
    package let header: [Literal.Entry]
    /// `fields`: the values of the message's fields.
    package let fields: [Literal.Entry]
}

/// `malformed`: bytes that must be refused.
package struct MalformedSpec: Sendable {
    /// `frame` or `payload`: the bytes.
    package let bytes: Located<[UInt8]>
    /// Whether the bytes are a payload, without a frame around it.
    package let isPayload: Bool
    /// `doc`: why they are refused.
    package let doc: String?
}
