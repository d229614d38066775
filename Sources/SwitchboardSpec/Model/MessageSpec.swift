/// A message of the protocol.
package struct MessageSpec: Sendable {
    /// Its name.
    package let name: Located<String>
    /// `code`: its number in the frame.
    package let code: Located<UInt64>
    /// Whether the code could not be read, and only something in its place is there; the spec has a mistake then.
    var lacksCode = false
    /// `from`.
    package let sender: Sender
    /// Whether the sender could not be read, and only something in its place is there; the spec has a mistake then.
    var lacksSender = false
    /// `doc`: what it is for.
    package var doc: String?
    /// `reply`: the name of the message that answers it.
    package var reply: Located<String>?
    /// `requires`: what a peer must have done before; `nil` to leave that to the server.
    package var requirement: Located<Requirement>?
    /// `max-payload`: the largest payload it may have, in bytes.
    package var maximumPayload: Located<UInt64>?
    /// `deprecated`: why it should not be used any more.
    package var deprecated: String?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
    /// `trailing`: what becomes of bytes behind the last field; `nil` to leave that to the spec.
    package var trailing: Located<TrailingBytes>?
    /// `since`: the version of the spec that brought it.
    package var since: Located<UInt64>?
    /// `examples`: bytes, and what they mean.
    package var examples: [ExampleSpec] = []
    /// `malformed`: bytes that must be refused.
    package var malformed: [MalformedSpec] = []
}

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
