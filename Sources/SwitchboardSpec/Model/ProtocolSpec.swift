/// What becomes of bytes behind the last field of a payload.
package enum TrailingBytes: String, CaseIterable, Sendable {
    /// The payload is malformed.
    case reject
    /// They are skipped: a newer peer sends fields that this one does not know.
    case ignore
}

/// What a spec says, as far as it could be read.
package struct ProtocolSpec: Sendable {
    /// `protocol`: its name.
    package var name = Located(value: "", place: .start)
    /// `version`.
    package var version: Located<UInt64>?
    /// Whether there is a `version`, be it one or not.
    var saysVersion = false
    /// `doc`: what it is for.
    package var doc: String?
    /// `byte-order`: of every number that does not say its own.
    package var byteOrder = ByteOrder.big
    /// `error`: the name of the message that answers faults.
    package var errorMessage: Located<String>?
    /// `heartbeat`: the name of the request that a client sends when it has nothing else to say, or `none`.
    package var heartbeat: Located<String>?
    /// Whether there is a `heartbeat`, be it a name or not.
    var saysHeartbeat = false
    /// `swift`: how the generated source looks from outside.
    package var swift = SwiftSettings()
    /// `frame`: how a message is delimited, or `nil` when that could not be read.
    package var frame: FrameSpec?
    /// `messages`, as they stand in the file.
    package var messages: [MessageSpec] = []
    /// `enums`, `flags`, `structs` and `unions`, in this order, each as they stand in the file.
    package var types: [TypeSpec] = []
    /// `imports`: the specs that this one builds on, in order.
    package var imports: [ImportedSpec] = []
    /// `trailing`: what becomes of bytes behind the last field, where a message does not say it.
    package var trailing: Located<TrailingBytes>?
    /// `wire-version`: the number in the header, where it is not that of the spec.
    package var wireVersion: Located<UInt64>?
    /// `reserved`: codes and names that may not come back.
    package var reserved = ReservedSpec()

    /// Whether something could not be read that the bytes of every message depend on: no example can be checked.
    var lacksLayout = false

    /// Whether a spec could not be imported: what is not known may be in it.
    var lacksImports = false

    /// The names of messages and types with mistakes, which are left out above or lack a part.
    ///
    /// What depends on them is not checked, so that one mistake is reported once.
    var incomplete: Set<String> = []
}

/// `swift`: how the generated source looks from outside.
package struct SwiftSettings: Sendable {
    /// Who may use what is generated.
    package enum Access: String, CaseIterable, Sendable {
        /// Everybody.
        case `public`
        /// The targets of the same package.
        case package
        /// The same module.
        case `internal`
    }

    /// `access`.
    package var access = Access.internal
    /// `imports`: modules to import beside the runtime.
    package var imports: [Located<String>] = []
    /// `namespace`: the enum that everything is generated in, where it is not called like the protocol.
    package var namespace: Located<String>?
}

/// `reserved`: numbers and names that were used once, and may not come back with another meaning.
package struct ReservedSpec: Sendable {
    /// The numbers, and where each was written.
    package var numbers: [SpecInteger: Place] = [:]
    /// The names, and where each was written.
    package var names: [String: Place] = [:]
}

/// A spec that another one builds on, and the module that has what was generated from it.
package struct ImportedSpec: Sendable {
    /// The module's name, as written under `imports`.
    package let module: Located<String>
    /// What is in it.
    package let spec: CheckedSpec
    /// The path of its file, for diagnostics.
    package let path: String
}

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
