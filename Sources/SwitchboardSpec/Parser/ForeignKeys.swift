/// The keys of other languages that newcomers write in a mapping, and what to write instead.
///
/// The parser consults this table before it looks for similar keys: no key is similar to `description`, and `id` is
/// similar to wrong keys.
struct ForeignKeys {
    /// The key for each foreign key whose value may stay the same.
    private let keys: [String: String]
    /// The advice for each foreign key that has another form here.
    private let advice: [String: String]

    /// - Parameters:
    ///   - keys: The foreign keys for each key.
    ///   - advice: The foreign keys for each advice.
    init(_ keys: [String: [String]], advice: [String: [String]] = [:]) {
        self.keys = Self.inverted(keys)
        self.advice = Self.inverted(advice)
    }

    static let none = ForeignKeys([:])

    /// Returns the key for the foreign key `word`.
    func key(for word: String) -> String? { keys[word.normalizedKey] }

    /// Returns the advice for the foreign key `word`.
    func advice(for word: String) -> String? { advice[word.normalizedKey] }

    private static func inverted(_ table: [String: [String]]) -> [String: String] {
        var result: [String: String] = [:]
        for (key, words) in table { for word in words { result[word] = key } }
        return result
    }
}

extension String {
    /// The word in lower case without `-` and `_`, so that `maxPayload` and `max_payload` match `max-payload`.
    var normalizedKey: String { lowercased().filter { $0 != "-" && $0 != "_" } }
}

// All words below are in lower case, without `-` and `_`.

private let descriptions = [
    "description", "desc", "docs", "documentation", "comment", "comments", "summary", "help", "note", "notes", "brief",
    "text", "title", "about", "remark",
]
private let orders = ["endian", "endianness", "endianess", "order", "byteorder", "bytesorder"]
private let bitOrders = ["bitendian", "bitendianness", "bitnumbering"]
private let deprecations = ["obsolete", "deprecation", "removed"]
private let versions = ["added", "introduced", "version", "minversion", "sinceversion", "addedin"]
private let baseTypes = ["base", "repr", "underlying", "basetype", "backing", "raw", "rawtype", "size", "width", "tag"]

extension ForeignKeys {
    static let spec = ForeignKeys(
        [
            "protocol": ["name", "title", "package", "id"], "doc": descriptions.filter { $0 != "title" },
            "byte-order": orders,
            "frames": ["stages", "states", "handshake", "phases", "handshakes", "greetings"],
            "messages": ["message", "packets", "commands", "requests", "payloads"],
            "enums": ["enum", "enumerations", "enumeration"],
            "flags": ["bitfields", "bitflags", "bitfield", "flag", "bitmasks"],
            "structs": ["struct", "records", "record", "structures"],
            "unions": ["union", "oneof", "oneofs", "variants", "choices", "variant"],
            "imports": ["import", "include", "includes", "uses", "depends", "extends"],
            "frame": ["frames", "packet", "envelope"], "error": ["errors", "errormessage"],
            "heartbeat": ["ping", "keepalive", "keepalives", "heartbeats"], "trailing": ["unknownbytes", "extrabytes"],
        ],
        advice: [
            "put it under `frame`": [
                "header", "trailer", "codes", "maxpayload", "maxsize", "framing", "escaping", "stuffing",
            ],
            "a checksum stands under `frame`, as `trailer: [ checksum: crc32 ]`": ["checksum", "crc"],
            "a magic stands under `frame`, in its `header`": ["magic"],
            "put it under `swift`": ["access", "namespace", "visibility"],
            "types are under `enums`, `flags`, `structs` and `unions`": [
                "types", "typedefs", "definitions", "defs", "datatypes",
            ],
            "a request is a message with a `reply`, under `messages`": [
                "rpc", "rpcs", "service", "services", "methods",
            ],
        ]
    )
    static let swift = ForeignKeys(
        [
            "access": ["visibility", "accesslevel"], "namespace": ["enum", "name", "module", "package"],
            "imports": ["import"],
        ]
    )
    static let frame = ForeignKeys(frameKeys.merging(framingKeys) { first, _ in first }, advice: frameAdvice)
    static let namedFrame = ForeignKeys(
        frameKeys,
        advice: frameAdvice.merging([
            "put it under `frame`: all forms have the same framing": framingKeys.values.flatMap(\.self) + ["framing"]
        ]) { first, _ in first }
    )
    private static let framingKeys = [
        "framing": [
            "escaping", "escape", "escapes", "stuffing", "bytestuffing", "transparency", "delimiter", "delimiters",
            "delimited", "slip", "kiss", "hdlc", "cobs",
        ]
    ]
    private static let frameKeys = [
        "header": ["headers", "head", "prefix"], "trailer": ["footer", "tail", "suffix"],
        "max-payload": ["maxsize", "maxlength", "maxframe", "maxframesize", "limit", "maxpayloadsize", "max"],
        "codes": ["numbering", "code"],
        "truncate": [
            "truncation", "trim", "trimzeros", "truncatezeros", "striptrailingzeros", "cut", "cutzeros", "strip",
        ],
        "starts": ["begins", "start", "first", "initial", "opening", "opens"],
    ]
    private static let frameAdvice: [String: [String]] =
        [
            "put it into `header`, as `- magic: 0xCAFE`": ["magic", "sync", "preamble"],
            "put it into `header`, as `- length: uint16`": ["length", "size"],
            "put it into `header`, as `- type: uint8`, or name the fields that are the code, as in `type: [ class, id ]`":
                [
                    "id", "opcode", "kind", "command", "cmd", "tag",
                ],
            "put it into `header`, as `- version: uint8`": ["version"],
            "put it into `trailer`, as `- checksum: crc32`": ["checksum", "crc"],
            "put it into `trailer`, as `- end: 0xCE`": ["end", "terminator", "eof", "postamble"],
            "`byte-order` stands at the top of the file": orders + ["byteorder"],
            "`doc` stands at the top of the file": descriptions + ["doc"],
        ]
    static let framing = ForeignKeys(
        ["hex": ["hexadecimal", "ascii", "text", "base16", "digits"]],
        advice: [
            "`slip`, `kiss`, `hdlc` and `cobs` are words, as in `framing: slip`": [
                "slip", "kiss", "hdlc", "cobs", "type",
            ]
        ]
    )
    static let hexFraming = ForeignKeys(
        [
            "begins": ["begin", "start", "starts", "prefix", "first", "from", "open"],
            "ends": ["end", "stop", "until", "delimiter", "terminator", "suffix", "last", "to", "close"],
        ],
        advice: [
            "digits are written as capital letters, and read in either form: remove it": [
                "case", "upper", "lower", "uppercase",
            ]
        ]
    )
    static let length = ForeignKeys(
        [
            "type": ["size", "width"], "covers": ["counts", "includes", "of", "scope", "coverage", "cover"],
            "byte-order": orders, "bit-order": bitOrders,
        ],
        advice: [
            "`covers` says which bytes the length counts, as in `covers: frame`": [
                "plus", "add", "offset", "bias", "adjust", "adjustment", "unit",
            ],
            "write a comment": descriptions + ["doc"],
        ]
    )
    static let coverage = ForeignKeys(
        [
            "after": ["behind", "following", "past"],
            "from": ["start", "starting", "begin", "begins", "first", "since"],
            "to": ["until", "through", "end", "ends", "upto", "last"],
        ],
        advice: ["a length that counts in another way is a field of a message": ["plus", "unit"]]
    )
    private static let traceAdvice = "a trace context is a field of a message, of type `string`: use `trace` there"
    private static let headerAdvice: [String: [String]] = [
        traceAdvice: ["trace", "traced", "traceparent", "tracecontext"],
        "the `type`, such as `uint4`, says how many bits a number has, and `length` how many bytes `bytes` have": [
            "size", "width", "len", "bits", "bytes",
        ],
        "the key is the name of the field: remove it": ["name", "field", "key", "label"],
        "items are sent in the order of the list: remove this key": [
            "id", "number", "index", "position", "offset", "ordinal", "pos",
        ],
        "an item of `header` or `trailer` is one value: put arrays into the `fields` of messages": [
            "count", "repeat", "repeatexpr", "repeated", "array",
        ],
        "the runtime checks bounds only in the `fields` of messages: remove it": [
            "min", "max", "minimum", "maximum", "range",
        ],
        "the `type`, such as `int16`, determines the sign: remove this key": ["signed", "unsigned"],
        "define an enum under `enums`, and give its name as `type`": ["enum", "values", "cases"],
        "define flags under `flags`, and give their name as `type`": ["bitfield", "flags", "mask"],
    ]
    static let headerField = ForeignKeys(
        [
            "type": ["datatype", "kind", "typ"], "doc": descriptions,
            "correlate": ["correlation", "correlates", "correlationid", "requestid"],
            "default": ["value", "initial", "defaultvalue"],
            "equals": ["const", "constant", "fixed", "contents", "equal", "always", "valid", "magic"],
            "byte-order": orders, "bit-order": bitOrders,
            "when": ["if", "condition", "presentif", "presentwhen", "optional"],
        ],
        advice: headerAdvice
    )
    static let codeField = ForeignKeys(
        [
            "type": ["datatype", "kind", "typ"], "length": ["size", "len", "width", "bytes"], "doc": descriptions,
            "pad": ["padright", "padding", "fill", "filler"], "encoding": ["charset", "format"],
            "byte-order": orders, "bit-order": bitOrders,
            "when": ["if", "condition", "presentif", "presentwhen", "optional"],
        ],
        advice: ["each message says its code under `code`: remove it": ["default", "equals", "value", "const"]]
    )
    static let magicOfEnds = ForeignKeys([
        "client": ["request", "requests", "c2s", "clients", "clienttoserver", "fromclient"],
        "server": ["response", "responses", "reply", "s2c", "servers", "servertoclient", "fromserver"],
    ])
    static let bytesLiteral = ForeignKeys(
        ["hex": ["bytes", "hexadecimal", "contents", "data"]],
        advice: ["write text in quotes, without a mapping": ["text", "string", "ascii", "str"]]
    )
    static let trailerField = ForeignKeys(
        [
            "checksum": ["crc", "crc32", "sum", "hash", "digest", "fcs"],
            "end": ["terminator", "eof", "magic", "delimiter", "stop", "suffix", "postamble", "etx", "marker"],
        ],
        advice: [
            "it belongs to the checksum: write `checksum: { type: crc16-modbus, covers: payload }`": [
                "covers", "over", "scope", "poly", "init", "reflect", "xor", "negate", "width",
            ]
        ]
    )
    static let checksum = ForeignKeys(
        [
            "type": ["algorithm", "kind", "name", "crc"], "covers": ["over", "scope", "of", "coverage", "cover"],
            "byte-order": orders, "width": ["bits", "size", "length"],
            "poly": ["polynomial", "polynom", "generator"], "init": ["initial", "initialvalue", "initvalue", "seed"],
            "reflect": [
                "refin", "refout", "reflected", "reflectin", "reflectout", "inputreflected", "resultreflected",
                "reflectinput", "reflectoutput", "reverse", "reversed",
            ],
            "xor": ["xorout", "finalxor", "finalxorvalue", "xorvalue"],
            "negate": ["negated", "negative", "twoscomplement"], "bytes": ["truncate", "truncated", "first", "prefix"],
        ],
        advice: [
            "the ones' complement of a sum of 8 bits is `xor: 0xFF`": [
                "complement", "onescomplement", "invert", "inverted",
            ],
            "the checksum of the catalogue is no parameter: remove it": ["check", "residue"],
        ]
    )
    static let hash = ForeignKeys([
        "type": ["algorithm", "kind", "name", "hash"], "covers": ["over", "scope", "of", "coverage", "cover"],
        "bytes": ["size", "length", "len", "truncate", "truncated", "first", "prefix"],
    ])
    static let message = ForeignKeys(
        [
            "code": [
                "id", "opcode", "type", "number", "tag", "cmd", "command", "kind", "msgid", "messageid", "op", "value",
            ],
            "from": ["direction", "sender", "source", "origin", "by", "sentby", "dir", "side"],
            "reply": [
                "response", "returns", "answer", "replies", "result", "responsetype", "replywith", "respondswith",
            ],
            "then": ["next", "goto", "after", "nextframe", "nextstate"], "frame": ["form", "stage", "state", "phase"],
            "fields": [
                "body", "payload", "properties", "members", "data", "parameters", "params", "args", "arguments",
                "content", "contents", "layout", "struct", "items", "field",
            ],
            "doc": descriptions, "requires": ["auth", "authentication", "require", "permission"],
            "max-payload": ["maxsize", "maxlength", "max", "maxpayloadsize", "limit"],
            "checksum-seed": ["crcextra", "extracrc", "crcseed", "seed", "checksumextra"],
            "examples": ["example", "samples", "vectors", "tests"], "malformed": ["invalid", "bad"],
            "deprecated": deprecations, "since": versions, "trailing": ["extensible"],
        ],
        advice: [
            "a message without a `reply` is one-way: remove it": ["oneway"],
            "the key is the name of the message: remove it": ["name"],
            "state the sender with `from`": ["to"],
            "the `fields` of a message determine its length: remove it": ["size", "length"],
            "`byte-order` stands at the top of the file, or at a field": orders + ["byteorder"],
        ]
    )
    private static let constants = ["const", "constant", "value", "fixed", "magic", "contents", "equal", "always"]
    private static let fieldAdvice: [String: [String]] = [
        "a field is always there, unless its type has `?` or it has `when`: remove this key": [
            "required", "mandatory",
        ],
        "write `?` behind the type, as in `type: \"uint16?\"`": ["nullable", "presence"],
        "an array has the type of its elements in brackets, as in `type: [uint16], count: uint8`": [
            "repeated", "array", "items", "list", "elements", "element", "isarray", "of",
        ],
        "`length` says where `string` and `bytes` end, `count` where an array ends": ["size", "len", "width", "bytes"],
        "`name` names a field, and fields have no numbers: use `name`, or remove this key": ["id"],
        "fields are sent in the order of the list and have no numbers: remove this key": [
            "number", "index", "position", "offset", "ordinal",
        ],
        "a byte ends the value with `length: { until: 0 }`, or an array with `count: { until: 0 }`": [
            "terminator", "term", "nullterminated", "until", "delimiter", "repeatuntil",
        ],
        "a value without `length` or `count` runs to the end of the payload: remove it": ["sizeeos", "eos", "rest"],
        "define an enum under `enums`, and give its name as `type`": ["enum", "values", "cases"],
        "define flags under `flags`, and give their name as `type`": ["bits", "bitfield", "flags", "mask"],
        "define a struct under `structs`, and give its name as `type`": ["struct", "fields", "members", "properties"],
        "define a union under `unions`, and give its name as `type`": ["oneof", "union", "variants", "choice"],
        "the `type`, such as `int16`, determines width and sign: remove this key": ["signed", "unsigned"],
        "an address, a UUID or text has its form as `type` or `encoding`, as in `type: ipv4`": ["format"],
    ]
    private static let fieldKeys: [String: [String]] = [
        "name": ["field", "key", "label", "identifier"], "type": ["kind", "datatype", "typ"],
        "doc": descriptions, "byte-order": orders,
        "count": ["repeat", "repeatexpr", "repeatcount", "arraysize", "arraylength"],
        "when": ["if", "condition", "presentif", "presentwhen"], "encoding": ["charset"],
        "pad": ["padright", "padding", "fill", "filler"], "align": ["alignment"],
        "tag": ["switch", "switchon", "discriminator"], "bit-order": bitOrders,
        "covers": ["cover", "coverage", "includes", "scope", "lengthof", "sizeof", "measures"],
        "unit": ["units", "measure", "uom"], "scale": ["factor", "multiplier", "resolution", "lsb", "gain"],
        "time": ["timestamp", "datetime", "date", "epoch", "istime", "istimestamp"],
    ]
    static let unionField = ForeignKeys(
        fieldKeys.merging(["equals": constants]) { first, _ in first },
        advice: fieldAdvice.merging([
            "a field of a case does not support this key: give the case a field whose type is a struct, and use the key there":
                [
                    "default", "min", "max", "secret", "since", "deprecated",
                ],
            traceAdvice: ["trace", "traced", "traceparent", "tracecontext"],
        ]) { first, _ in first }
    )
    static let field = ForeignKeys(
        fieldKeys.merging([
            "min": ["minimum", "minlength", "minsize", "minvalue", "atleast"],
            "max": ["maximum", "maxlength", "maxsize", "maxvalue", "atmost"],
            "equals": constants,
            "default": ["initial", "defaultvalue", "defaults"],
            "secret": ["sensitive", "private", "hidden", "redacted"],
            "trace": ["traced", "tracing", "traceparent", "tracecontext", "traceid", "propagate", "propagation"],
            "since": versions, "deprecated": deprecations,
        ]) { first, _ in first },
        advice: fieldAdvice
    )
    static let end = ForeignKeys([
        "type": ["prefix"], "field": ["of", "name", "from", "ref"],
        "until": ["terminator", "term", "delimiter", "end"],
        "bytes": ["size"], "plus": ["add", "offset", "bias"], "unit": ["multiplier", "times", "scale", "words"],
        "absent": ["null", "none", "nil"],
    ])
    static let time = ForeignKeys([
        "unit": ["type", "units", "resolution", "precision", "in", "counts"],
        "since": ["epoch", "from", "start", "origin", "base", "zero", "reference"],
    ])
    static let reservedField = ForeignKeys([
        "doc": descriptions, "since": versions, "reserved": ["pad", "padding", "skip"],
    ])
    static let example = ForeignKeys(
        [
            "fields": ["values", "value", "expect", "expected", "decoded", "message", "object"], "header": ["headers"],
            "frame": ["packet", "wholeframe"], "payload": ["body"],
        ],
        advice: [
            "put the bytes under `frame` (a whole frame) or `payload`": [
                "bytes", "hex", "data", "wire", "raw", "encoded", "input",
            ],
            "an example has no `doc`: write a comment": descriptions + ["doc", "name"],
        ]
    )
    static let malformed = ForeignKeys(
        ["doc": descriptions + ["reason", "why", "error", "name"], "frame": ["packet"], "payload": ["body"]],
        advice: [
            "put the bytes under `frame` (a whole frame) or `payload`": [
                "bytes", "hex", "data", "wire", "raw", "input",
            ]
        ]
    )
    static let enumeration = ForeignKeys(
        [
            "cases": [
                "values", "members", "items", "entries", "enumerators", "symbols", "constants", "options", "names",
            ],
            "type": baseTypes, "doc": descriptions, "closed": ["strict", "exhaustive", "frozen", "sealed"],
        ],
        advice: ["an enum is open unless it has `closed: true`: remove it": ["open", "extensible", "nonexhaustive"]]
    )
    static let flags = ForeignKeys(
        [
            "bits": ["values", "flags", "cases", "members", "options", "names", "masks"], "type": baseTypes,
            "doc": descriptions, "closed": ["strict", "exhaustive", "frozen"],
        ],
        advice: ["flags are open unless they have `closed: true`: remove it": ["open", "extensible"]]
    )
    static let structure = ForeignKeys(
        [
            "fields": ["members", "properties", "items", "body", "elements", "field"], "doc": descriptions,
            "align": ["alignment", "padding", "pad", "roundup"],
        ],
        advice: [
            "the length of a struct is a field of it, as in `{ name: length, type: uint16, covers: all }`": [
                "length", "size",
            ],
            "`byte-order` stands at the top of the file, or at a field": orders + ["byteorder"],
        ]
    )
    static let union = ForeignKeys(
        [
            "tag": ["type", "discriminator", "discriminant", "selector", "switch", "tagtype", "kind", "switchon"],
            "cases": ["variants", "oneof", "options", "members", "alternatives", "values", "types", "fields"],
            "doc": descriptions,
        ]
    )
    static let unionCase = ForeignKeys(
        [
            "tag": ["id", "value", "number", "code", "discriminant"], "doc": descriptions,
            "fields": ["members", "properties", "body", "payload", "data"],
        ],
        advice: ["a case has `fields` instead of a type: add a field of this type": ["type", "struct"]]
    )
}
