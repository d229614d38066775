/// The keys that a mapping may have.
struct KeySchema {
    var required: [String] = []
    var optional: [String] = []
    /// Keys of the language that are not implemented yet.
    var planned: [String] = []
}

extension KeySchema {
    static let spec = KeySchema(
        required: ["protocol", "frame", "messages"],
        optional: ["version", "byte-order", "error", "swift", "enums", "doc"],
        planned: ["imports", "flags", "structs", "unions", "reserved"]
    )
    static let swift = KeySchema(optional: ["access", "imports", "namespace"])
    static let frame = KeySchema(required: ["header"], optional: ["trailer", "max-payload"])
    static let headerField = KeySchema(optional: ["magic", "version", "type", "length"])
    static let trailerField = KeySchema(optional: ["checksum"])
    static let message = KeySchema(
        required: ["code", "from"],
        optional: ["doc", "reply", "fields", "max-payload", "examples", "deprecated", "requires"],
        planned: ["malformed", "since"]
    )
    static let field = KeySchema(
        required: ["name", "type"],
        optional: ["length", "byte-order", "doc", "secret"],
        planned: ["count", "default", "min", "max", "equals", "since", "deprecated", "reserved"]
    )
    static let example = KeySchema(required: ["frame"], optional: ["fields"])
    static let bytesLiteral = KeySchema(required: ["hex"])
    static let enumeration = KeySchema(required: ["type", "cases"], optional: ["doc", "closed"])
}
