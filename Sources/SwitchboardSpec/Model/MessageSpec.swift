/// A message of the protocol.
package struct MessageSpec: Sendable {
    /// Who may send a message.
    package enum Sender: String, CaseIterable, Sendable {
        /// Only clients.
        case client
        /// Only the server.
        case server
        /// Either end.
        case both
    }

    /// What a peer must have done before the server handles a message.
    package enum Requirement: String, CaseIterable, Sendable {
        /// It must have proved who it is.
        case authenticated
        /// Nothing, whatever the server wants otherwise.
        case nothing
    }

    /// Its name.
    package let name: Located<String>
    /// `code`: its number in the frame.
    package let code: Located<UInt64>
    /// Whether the code could not be read, and only something in its place is there; the spec has a mistake then.
    var lacksCode = false
    /// `from`.
    package let sender: Sender
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
    /// `examples`: frames, and what they mean.
    package var examples: [ExampleSpec] = []
}

/// A field of a message.
package struct FieldSpec: Sendable {
    /// `name`.
    package let name: Located<String>
    /// `type` and `length`.
    package let type: Located<FieldType>
    /// `byte-order`: of its own, where it differs from the protocol's.
    package var byteOrder: ByteOrderSpec?
    /// `doc`: what it means.
    package var doc: String?
    /// `secret`: whether it must never be shown.
    package var isSecret = false
}

/// `examples`: a frame, and what it means.
package struct ExampleSpec: Sendable {
    /// `frame`: its bytes.
    package let frame: Located<[UInt8]>
    /// `fields`: the values of its fields.
    package let fields: [Value]

    /// A field's value.
    package struct Value: Sendable {
        /// The field's name.
        package let name: Located<String>
        /// What was written.
        package let literal: Located<Literal>
    }

    /// A value as written.
    ///
    /// What it means depends on the type of its field.
    package enum Literal: Sendable {
        /// A scalar, and whether it was written without quotes.
        case text(String, isPlain: Bool)
        /// Bytes in hexadecimal: `{ hex: 00ff }`.
        case bytes([UInt8])
    }
}
