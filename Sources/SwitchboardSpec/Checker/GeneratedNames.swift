/// The names that generated source gives to what the spec does not name.
///
/// Names of the spec may not be the same.
enum GeneratedNames {
    /// The members of the namespace that a message or an enum would clash with.
    static let inNamespace: Set<String> = [
        "name", "frameFormat", "messages", "errorMessage", "heartbeat", "Service", "Header",
    ]

    /// The types that generated source uses, which a message, an enum or a field of the same name would hide.
    static let usedTypes: Set<String> = [
        "Bool", "Float", "Double", "OptionSet", "Int", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32",
        "UInt64", "String",
        "Hashable", "Sendable", "RawRepresentable", "RawValue", "Mirror",
        "CustomStringConvertible", "CustomDebugStringConvertible", "CustomReflectable",
        "Bytes", "ByteReader", "ByteWriter", "FixedFields", "FrameFormat", "FrameHeader", "HeaderBytes", "Message",
        "MessageCode", "Request", "Requirement", "Sender",
        "ErrorMessage", "Fault", "PayloadError", "WireProtocol", "RequestHandler", "OneWayHandler", "Context", "Router",
        "Any", "Self", "self", "Type", "Protocol",
        // These are no reserved words, but begin a type where one is written.
        "some", "any", "each", "isolated", "sending", "__owned", "__shared",
    ]

    /// Which names no message and no type may have, in words.
    static var typeList: String { "the names that are taken are " + inNamespace.union(usedTypes).sorted().enumerated }

    /// Which names are taken, in words: `members` when `name` is one of them, and otherwise the types that source uses.
    static func list(_ members: Set<String>, for name: String) -> String {
        "the names that are taken are " + (members.contains(name) ? members : usedTypes).sorted().enumerated
    }

    /// The members of every message and struct that a field would clash with.
    static let inFields: Set<String> = ["encode", "hashValue", "checkBounds"]

    /// The name of the property behind a field that is deprecated.
    static func storage(of field: FieldSpec) -> String { "_" + field.name.value }

    /// Further members of a message with a reply.
    static let inRequest: Set<String> = ["Reply"]

    /// Further members of a message or a struct with a secret field.
    static let besidesSecrets: Set<String> = ["description", "debugDescription", "customMirror"]

    /// Further members of the message that answers faults.
    static let inErrorMessage: Set<String> = ["fault"]

    /// The members of every enum that a case would clash with.
    static let inEnum: Set<String> = ["rawValue", "RawValue", "hashValue", "self", "Self", "Type", "Protocol"]

    /// Further members of an enum that is not closed.
    static let inOpenEnum: Set<String> = ["unrecognized"]

    /// The members of every option set that a bit would clash with.
    static let inFlags: Set<String> = [
        "rawValue", "RawValue", "Element", "ArrayLiteralElement", "self", "Self", "Type", "Protocol",
    ]

    /// The members of every union that a case would clash with.
    static let inUnion: Set<String> = ["encode", "hashValue", "self", "Self", "Type", "Protocol"]

    /// The name of the protocol that a handler of `message` adopts.
    static func handler(of message: MessageSpec) -> String { message.name.value + "Handler" }
}
