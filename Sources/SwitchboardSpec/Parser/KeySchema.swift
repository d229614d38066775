/// The keys that a mapping may have.
struct KeySchema {
    var required: [String] = []
    var optional: [String] = []
    /// A short example of the mapping, for diagnostics.
    let example: String
    /// The keys of other languages, for diagnostics.
    var foreign = ForeignKeys.none

    var all: [String] { required + optional }

    /// Returns the key that the author probably meant by the unknown key `word`: in another spelling, from another
    /// language, or misspelt.
    func key(for word: String) -> String? {
        if let key = all.first(where: { $0.normalizedKey == word.normalizedKey }) { return key }
        if foreign.advice(for: word) != nil { return nil }
        let known = foreign.key(for: word).flatMap { all.contains($0) ? $0 : nil }
        return known ?? nearMiss(of: word, among: all)
    }
}

extension KeySchema {
    static let spec = KeySchema(
        required: ["protocol", "messages"],
        optional: [
            "frame", "frames", "imports", "version", "wire-version", "byte-order", "error", "heartbeat", "trailing",
            "reserved", "swift", "enums", "flags", "structs", "unions", "doc",
        ],
        example: "protocol: NAME",
        foreign: .spec
    )
    static let swift = KeySchema(
        optional: ["access", "imports", "namespace"],
        example: "{ access: public }",
        foreign: .swift
    )
    static let frame = KeySchema(
        required: ["header"],
        optional: ["trailer", "max-payload", "codes", "type", "framing", "truncate"],
        example: "{ header: [ type: uint8, length: uint16 ] }",
        foreign: .frame
    )
    static let framing = KeySchema(
        required: ["hex"],
        example: #"{ hex: { begins: ":", ends: "\r\n" } }"#,
        foreign: .framing
    )
    static let hexFraming = KeySchema(
        required: ["ends"],
        optional: ["begins"],
        example: #"{ begins: ":", ends: "\r\n" }"#,
        foreign: .hexFraming
    )
    static let namedFrame = KeySchema(
        required: ["header"],
        optional: ["starts", "trailer", "max-payload", "codes", "type", "truncate"],
        example: "{ starts: client, header: [ type: uint32, length: uint32 ] }",
        foreign: .namedFrame
    )
    static let nextFrames = KeySchema(
        optional: ["client", "server"],
        example: "{ client: main, server: answer }"
    )
    static let length = KeySchema(
        required: ["type"],
        optional: ["covers", "when", "byte-order", "bit-order"],
        example: "{ type: uint16, covers: frame }",
        foreign: .length
    )
    static let coverage = KeySchema(
        optional: ["after", "from", "to"],
        example: "{ after: type }",
        foreign: .coverage
    )
    static let version = KeySchema(
        required: ["type"],
        optional: ["byte-order", "bit-order"],
        example: "{ type: uint16, byte-order: little }",
        foreign: .length
    )
    static let headerField = KeySchema(
        required: ["type"],
        optional: ["correlate", "default", "doc", "equals", "length", "when", "byte-order", "bit-order"],
        example: "{ type: uint32, correlate: true }",
        foreign: .headerField
    )
    static let reservedHeader = KeySchema(
        required: ["type"],
        optional: ["when"],
        example: "{ type: uint16, when: { kind: 1 } }",
        foreign: .headerField
    )
    static let codeField = KeySchema(
        required: ["type"],
        optional: ["length", "pad", "encoding", "when", "byte-order", "bit-order", "doc"],
        example: "{ type: string, length: 4 }",
        foreign: .codeField
    )
    static let magicOfEnds = KeySchema(
        required: ["client", "server"],
        example: "{ client: 0x80, server: 0x81 }",
        foreign: .magicOfEnds
    )
    static let trailerField = KeySchema(
        optional: ["checksum", "end", "reserved"],
        example: "checksum: crc32",
        foreign: .trailerField
    )
    static let checksum = KeySchema(
        required: ["type"],
        optional: ["covers", "byte-order", "bytes", "width", "poly", "init", "reflect", "xor", "negate"],
        example: "{ type: crc32, covers: payload }",
        foreign: .checksum
    )
    static let message = KeySchema(
        required: ["from"],
        optional: [
            "code", "doc", "reply", "fields", "max-payload", "examples", "malformed", "deprecated", "requires",
            "trailing", "since", "frame", "then", "checksum-seed",
        ],
        example: "{ code: 0x01, from: client }",
        foreign: .message
    )
    static let field = KeySchema(
        required: ["name", "type"],
        optional: [
            "length", "count", "byte-order", "doc", "secret", "default", "min", "max", "equals", "since", "deprecated",
            "when", "optional", "tag", "pad", "encoding", "align", "bit-order", "covers", "unit", "scale", "time",
            "trace",
        ],
        example: "{ name: count, type: uint16 }",
        foreign: .field
    )
    static let unionField = KeySchema(
        required: ["name", "type"],
        optional: [
            "length", "count", "byte-order", "doc", "when", "tag", "pad", "encoding", "align", "bit-order", "covers",
            "equals", "unit", "scale", "time",
        ],
        example: "{ name: count, type: uint16 }",
        foreign: .unionField
    )
    static let reservedField = KeySchema(
        required: ["reserved"],
        optional: ["doc", "since", "when", "bit-order"],
        example: "{ reserved: 2 }",
        foreign: .reservedField
    )
    static let example = KeySchema(
        optional: ["frame", "payload", "header", "fields"],
        example: "{ payload: 01ff, fields: { count: 511 } }",
        foreign: .example
    )
    static let malformed = KeySchema(
        optional: ["frame", "payload", "doc"],
        example: "{ payload: 01ff, doc: Why. }",
        foreign: .malformed
    )
    static let end = KeySchema(
        optional: ["type", "field", "until", "before", "plus", "unit", "absent"],
        example: "{ type: uint16, plus: 4 }",
        foreign: .end
    )
    static let count = KeySchema(
        optional: ["type", "field", "until", "before", "bytes", "plus", "unit", "absent"],
        example: "{ bytes: uint16 }",
        foreign: .end
    )
    static let time = KeySchema(
        required: ["unit"],
        optional: ["since"],
        example: "{ unit: seconds, since: 1900-01-01T00:00:00Z }",
        foreign: .time
    )
    static let range = KeySchema(optional: ["min", "max", "not"], example: "{ min: 1 }")
    static let tag = KeySchema(required: ["length"], example: "{ length: 1 }")
    static let bytesLiteral = KeySchema(required: ["hex"], example: "{ hex: 01ff }", foreign: .bytesLiteral)
    static let enumeration = KeySchema(
        required: ["type", "cases"],
        optional: ["doc", "closed", "reserved"],
        example: "{ type: uint8, cases: { off: 0, on: 1 } }",
        foreign: .enumeration
    )
    static let flags = KeySchema(
        required: ["type", "bits"],
        optional: ["doc", "closed"],
        example: "{ type: uint8, bits: { read: 0, write: 1 } }",
        foreign: .flags
    )
    static let structure = KeySchema(
        required: ["fields"],
        optional: ["doc", "align"],
        example: "{ fields: [ { name: x, type: int16 } ] }",
        foreign: .structure
    )
    static let union = KeySchema(
        required: ["tag", "cases"],
        optional: ["doc", "length", "align", "unknown"],
        example: "{ tag: uint8, cases: { none: 0 } }",
        foreign: .union
    )
    static let unionCase = KeySchema(
        required: ["tag"],
        optional: ["doc", "fields"],
        example: "{ tag: 1, fields: [ { name: x, type: int16 } ] }",
        foreign: .unionCase
    )
}
