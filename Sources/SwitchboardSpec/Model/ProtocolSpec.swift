/// The order in which the bytes of a number travel.
package enum ByteOrderSpec: String, CaseIterable, Sendable {
    /// Most significant byte first.
    case big
    /// Least significant byte first.
    case little
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
    package var byteOrder = ByteOrderSpec.big
    /// `error`: the name of the message that answers faults.
    package var errorMessage: Located<String>?
    /// `swift`: how the generated source looks from outside.
    package var swift = SwiftSettings()
    /// `frame`: how a message is delimited, or `nil` when that could not be read.
    package var frame: FrameSpec?
    /// `messages`, as they stand in the file.
    package var messages: [MessageSpec] = []
    /// `enums`, as they stand in the file.
    package var enums: [EnumSpec] = []

    /// The names of messages and enums with mistakes, which are left out above or lack a part.
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
