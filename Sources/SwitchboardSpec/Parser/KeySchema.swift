/// The keys that a mapping may have.
struct KeySchema {
    var required: [String] = []
    var optional: [String] = []

    var all: [String] { required + optional }
}

extension KeySchema {
    static let spec = KeySchema(
        required: ["protocol", "messages"],
        optional: [
            "frame", "imports", "version", "wire-version", "byte-order", "error", "trailing", "reserved", "swift",
            "enums",
            "flags", "structs", "unions", "doc",
        ]
    )
    static let swift = KeySchema(optional: ["access", "imports", "namespace"])
    static let frame = KeySchema(required: ["header"], optional: ["trailer", "max-payload", "codes"])
    static let length = KeySchema(required: ["type"], optional: ["covers"])
    static let headerField = KeySchema(required: ["type"], optional: ["correlate", "default", "doc"])
    static let trailerField = KeySchema(optional: ["checksum"])
    static let checksum = KeySchema(required: ["type"], optional: ["covers"])
    static let message = KeySchema(
        required: ["code", "from"],
        optional: [
            "doc", "reply", "fields", "max-payload", "examples", "malformed", "deprecated", "requires", "trailing",
            "since",
        ]
    )
    static let field = KeySchema(
        required: ["name", "type"],
        optional: [
            "length", "count", "byte-order", "doc", "secret", "default", "min", "max", "equals", "since", "deprecated",
        ]
    )
    static let unionField = KeySchema(required: ["name", "type"], optional: ["length", "count", "byte-order", "doc"])
    static let reservedField = KeySchema(required: ["reserved"], optional: ["doc", "since"])
    static let example = KeySchema(optional: ["frame", "payload", "header", "fields"])
    static let malformed = KeySchema(optional: ["frame", "payload", "doc"])
    static let bytesLiteral = KeySchema(required: ["hex"])
    static let enumeration = KeySchema(required: ["type", "cases"], optional: ["doc", "closed", "reserved"])
    static let flags = KeySchema(required: ["type", "bits"], optional: ["doc", "closed"])
    static let structure = KeySchema(required: ["fields"], optional: ["doc"])
    static let union = KeySchema(required: ["tag", "cases"], optional: ["doc"])
    static let unionCase = KeySchema(required: ["tag"], optional: ["doc", "fields"])
}
