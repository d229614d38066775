/// The words of other languages that newcomers write as values of keys, and what to write instead.
enum ForeignWords {
    /// Returns the one of `words` that the author probably meant by `word`; `nil` if none is likely.
    static func word(for word: String, among words: [String]) -> String? {
        let normalized = word.normalizedKey
        if let same = words.first(where: { $0.normalizedKey == normalized }) { return same }
        if let meant = meanings[normalized]?.first(where: words.contains) { return meant }
        if let type = ForeignTypes.names[normalized], words.contains(type) { return type }
        // The name of another type is not a misspelling.
        let integer = IntegerType(rawValue: word)
        let isType = integer.map { $0.isWholeBytes || $0.isVariable } ?? (FloatType(rawValue: word) != nil)
        return isType ? nil : nearMiss(of: word, among: words)
    }

    /// Returns "; did you mean `word`?", or an empty string if no word is likely.
    static func hint(for word: String, among words: [String]) -> String {
        self.word(for: word, among: words).map { "; did you mean `\($0)`?" } ?? ""
    }

    // The words are in lower case, without `-` and `_`. A word may have several meanings, for different keys.

    private static let meanings: [String: [String]] = {
        var meanings: [String: [String]] = [:]
        for (word, others) in table { for other in others { meanings[other, default: []].append(word) } }
        return meanings
    }()

    private static let table: [(word: String, others: [String])] = [
        ("little", ["le", "littleendian", "lsb", "lsbfirst", "intel", "lil"]),
        ("big", ["be", "bigendian", "network", "networkorder", "msb", "msbfirst", "motorola", "net"]),
        (
            "client",
            [
                "c2s", "clienttoserver", "clients", "toserver", "inbound", "in", "up", "uplink", "request", "host",
                "master",
            ]
        ),
        (
            "server",
            [
                "s2c", "servertoclient", "servers", "toclient", "outbound", "out", "down", "downlink", "response",
                "device", "slave",
            ]
        ),
        (
            "both",
            [
                "any", "either", "peer", "peers", "bidirectional", "bidi", "duplex", "all", "everybody", "everyone",
                "twoway",
            ]
        ),
        ("ignore", ["allow", "skip", "drop", "keep", "permit", "accept", "lenient"]),
        ("reject", ["strict", "deny", "error", "refuse", "fail", "forbid", "disallow"]),
        ("public", ["open", "all", "everybody", "everyone"]),
        ("internal", ["private", "fileprivate", "module"]),
        (
            "authenticated",
            ["auth", "login", "authentication", "authorized", "authorised", "identity", "credentials", "true", "yes"]
        ),
        ("nothing", ["none", "anonymous", "anyone", "anybody", "nobody", "public", "false", "no"]),
        ("slip", ["rfc1055", "serialline"]),
        ("kiss", ["ax25", "tnc"]),
        ("hdlc", ["ppp", "rfc1662", "asynchdlc", "ahdlc", "hdlclike", "asynchronoushdlc"]),
        ("cobs", ["consistentoverhead", "consistentoverheadbytestuffing", "cobsr", "zeroes", "zeros"]),
        ("by-direction", ["perdirection", "directional", "direction", "separate", "bysender", "persender"]),
        ("unique", ["global", "shared", "all"]),
        ("payload", ["body", "data", "content"]),
        ("header-and-payload", ["headerpayload", "header+payload", "message", "payloadandheader"]),
        ("frame", ["everything", "all", "total", "whole", "wholeframe", "packet"]),
        (
            "all",
            [
                "struct", "message", "case", "frame", "everything", "total", "whole", "fields", "header-and-payload",
                "headerandpayload", "record", "packet",
            ]
        ), ("length-and-rest", ["fromlength", "self", "selfandrest", "itself", "inclusive"]),
        ("rest", ["remaining", "remainder", "following", "restofframe", "payload", "value", "body", "data"]),
        ("after-magic", ["withoutmagic", "aftermagicnumber"]),
        ("crc32", ["crc32ieee", "crc32isohdlc", "crc32b", "crc32zlib", "ieee", "zlib", "crc"]),
        ("crc32c", ["castagnoli", "crc32castagnoli", "iscsi", "crc32iscsi"]),
        ("crc16", ["crc16arc", "crc16ibm", "arc"]),
        ("crc16-modbus", ["modbus"]),
        ("crc16-xmodem", ["xmodem", "crc16ccittzero", "zmodem"]),
        ("crc16-ibm-3740", ["crc16ccitt", "crc16ccittfalse", "ccitt", "ccittfalse", "crcccitt"]),
        ("crc16-mcrf4xx", ["mcrf4xx"]),
        ("crc32-bzip2", ["bzip2"]),
        ("crc32-jamcrc", ["jamcrc", "jam"]),
        ("crc32-mpeg2", ["mpeg2", "crc32mpeg"]),
        ("crc32-posix", ["posix", "cksum", "crc32cksum"]),
        ("crc24-openpgp", ["openpgp", "crc24"]),
        ("crc24-lte-a", ["crc24q"]),
        ("crc16-dnp", ["dnp", "dnp3", "crc16dnp3"]),
        ("crc16-en-13757", ["en13757", "wmbus", "crc16mbus"]),
        ("crc16-genibus", ["genibus"]),
        ("crc16-kermit", ["kermit", "crc16ccitttrue"]),
        ("crc16-spi-fujitsu", ["spifujitsu", "augccitt", "crc16augccitt"]),
        ("crc16-umts", ["umts", "buypass", "crc16buypass"]),
        ("crc16-usb", ["usb"]),
        ("crc16-x25", ["x25", "ibmsdlc", "crc16ibmsdlc", "hdlc", "crc16hdlc", "fcs16", "crc16isohdlc"]),
        ("crc8", ["smbus", "crc8smbus"]),
        ("crc8-dvb-s2", ["dvbs2"]),
        ("crc8-maxim", ["maxim", "crc8maximdow", "crc8dallas", "onewire", "1wire"]),
        ("crc8-rohc", ["rohc"]),
        ("crc8-sae-j1850", ["saej1850", "crc8j1850", "j1850"]),
        ("sum8", ["sum", "checksum8"]),
        ("sum16", ["checksum16"]),
        ("sum32", ["checksum32"]),
        ("sha256", ["sha2", "sha2256"]),
        ("sha256d", ["doublesha256", "dsha256", "sha256sha256", "hash256", "dblsha256", "sha256double"]),
        ("xor8", ["xor", "bcc"]),
        ("fletcher8", ["fletcher", "ubx"]),
        ("adler32", ["adler"]),
        ("seconds", ["s", "sec", "secs", "second", "unix", "unixtime", "epoch", "posix", "timet", "true"]),
        ("milliseconds", ["ms", "msec", "millis", "millisecond", "javascript", "java"]),
        ("microseconds", ["us", "µs", "usec", "micros", "microsecond"]),
        ("nanoseconds", ["ns", "nsec", "nanos", "nanosecond"]),
        ("true", ["yes", "on", "y", "t", "1"]),
        ("false", ["no", "off", "n", "f", "0"]),
    ]
}

/// The types of other languages that newcomers write, and what to write instead.
enum ForeignTypes {
    /// Returns the advice for the unknown type `name`; `nil` if there is none.
    static func advice(for name: String) -> String? {
        if let array = array(name) { return array }
        if let length = VariableLength.allCases.first(where: { $0.rawValue.normalizedKey == name.normalizedKey }),
            length != .zigzag
        {
            return "did you mean `\(length.rawValue)`?"
        }
        if let several = ambiguous[name.normalizedKey] { return several }
        if let meant = names[name.normalizedKey] { return "did you mean `\(meant)`?" }
        if let other = others[name.normalizedKey] { return other }
        return width(name) ?? generic(name)
    }

    // The names below are in lower case, without `-` and `_`.

    /// The names that mean different types in different languages.
    private static let ambiguous = [
        "u8": "`u8` has one byte in Rust and eight bytes in Kaitai Struct: use `uint8` or `uint64`",
        "s8": "`s8` has one byte in C and eight bytes in Kaitai Struct: use `int8` or `int64`",
        "varint": "use `varuint`, or `varint` if numbers below 0 are sent as zigzag",
    ]

    /// The types by their names in other languages.
    static let names = [
        "u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64", "byte": "uint8", "char": "uint8",
        "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "s8": "int8", "s16": "int16", "s32": "int32",
        "s64": "int64", "short": "int16", "ushort": "uint16", "int": "int32", "uint": "uint32", "long": "int64",
        "ulong": "uint64", "u1": "uint8", "u2": "uint16", "u4": "uint32", "u8le": "uint8", "s1": "int8", "s2": "int16",
        "s4": "int32", "f4": "float32", "f8": "float64", "f32": "float32", "f64": "float64", "float": "float32",
        "double": "float64", "boolean": "bool", "str": "string", "text": "string", "utf8": "string", "data": "bytes",
        "blob": "bytes", "binary": "bytes", "fixed32": "uint32", "fixed64": "uint64", "sfixed32": "int32",
        "sfixed64": "int64", "integer": "int32", "number": "int32", "num": "int32", "unsigned": "uint32",
        "signed": "int32", "word": "uint16", "dword": "uint32", "qword": "uint64", "octet": "uint8", "octets": "bytes",
        "buffer": "bytes", "bytearray": "bytes", "uint8t": "uint8", "uint16t": "uint16", "uint32t": "uint32",
        "uint64t": "uint64", "int8t": "int8", "int16t": "int16", "int32t": "int32", "int64t": "int64",
        "sizet": "uint32", "usize": "uint32", "size": "uint32", "single": "float32", "real": "float64",
        "ubyte": "uint8", "sbyte": "int8", "uchar": "uint8", "varchar": "string", "unicode": "string", "raw": "bytes",
        "guid": "uuid", "ip4": "ipv4", "inet4": "ipv4", "inaddr": "ipv4", "ipv4address": "ipv4", "ip6": "ipv6",
        "inet6": "ipv6", "in6addr": "ipv6", "ipv6address": "ipv6", "macaddr": "mac", "macaddress": "mac",
        "eui48": "mac",
        "ether": "mac", "ethernet": "mac", "hwaddr": "mac",
        "longlong": "int64", "ulonglong": "uint64", "ssizet": "int32", "octetstring": "bytes", "octet string": "bytes",
        "utf8string": "string", "ia5string": "string", "printablestring": "string",
    ]

    /// The advice for types that the language does not have.
    private static let others: [String: String] = {
        let advice: [(String, [String])] = [
            (
                "a time is a number: write `type: uint32, time: seconds`, or other types and units",
                [
                    "timestamp", "datetime", "date", "time", "instant", "epoch", "timet", "unixtime",
                ]
            ),
            (
                "a duration is a number: use `uint32` or `uint64`, and say its unit in `doc`",
                ["duration", "timespan", "interval"]
            ),
            ("use `bytes` with `length: 16`", ["int128", "uint128", "u128", "i128", "md5"]),
            ("use `bytes` with `length: 8`", ["eui64"]),
            ("use `ipv4` or `ipv6`", ["ip", "ipaddress", "ipaddr", "inet"]),
            ("use `bytes` with `length: 32`", ["sha256", "hash", "digest"]),
            ("use `uint16`, or `bytes` with `length: 2`", ["half", "bfloat16"]),
            ("use a whole number with `scale`", ["decimal", "money", "fixed", "fixedpoint"]),
            (
                "did you mean `varuint`?",
                ["uvarint", "leb128", "uleb128", "vint", "var", "varlong", "vlqbase128le", "varuintleb128", "varintle"]
            ),
            (
                "did you mean `varuint-quic`?",
                ["quicvarint", "quicint", "varintquic", "varint62", "varuint62", "varuintrfc9000"]
            ),
            ("did you mean `varuint-bitcoin`?", ["compactsize", "compactint", "compactuint", "varintbitcoin"]),
            (
                "did you mean `varuint-midi`, which has the highest bits first?",
                ["vlq", "vlqbase128be", "midivarint", "varuintbe", "varintbe"]
            ),
            ("did you mean `varuint-asn1`?", ["ber", "der", "berlength", "derlength", "asn1length"]),
            ("did you mean `varuint-mysql`?", ["lenenc", "lenencint", "lengthencodedinteger"]),
            ("did you mean `varint`, which is zigzag?", ["sleb128", "zigzag", "svarint", "sint32", "sint64"]),
            ("use `varint` or `varuint`", ["varint32", "varint64", "varuint32", "varuint64"]),
            (
                "text in this encoding is `type: string, encoding: utf16`",
                ["utf16", "utf16le", "utf16be", "string16", "wstring", "wchar", "wchart", "bmpstring"]
            ),
            (
                "a checksum belongs to the frame, as in `trailer: [ checksum: crc32 ]`",
                ["checksum", "crc", "crc8", "crc16", "crc32", "crc32c"]
            ),
            ("constant bytes are a number with `equals`, or `magic` in the header", ["magic", "const", "constant"]),
            (
                "a length is a number with a name of its own, such as `name: size, type: uint16`; the field whose size it "
                    + "says has `length: size`",
                ["length", "len"]
            ),
            (
                "write the type, and `byte-order: little` or `byte-order: big` beside it",
                ["", "u", "s", "i", "f", "uint", "int", "float"].flatMap { kind in
                    ["2", "4", "8", "16", "32", "64"].flatMap { ["\(kind)\($0)le", "\(kind)\($0)be"] }
                }
            ),
            (
                "use `bit` for one bit, `uint4` for four, or define `flags`",
                ["bits", "nibble", "bitfield", "bitset", "bitmap"]
            ),
            (
                "text that a byte ends is `string` with `length: { until: 0 }`",
                [
                    "cstring", "cstr", "stringz", "strz", "asciz", "zstring", "nullterminated", "ntstring",
                ]
            ),
            (
                "an array has the type of its elements in brackets, such as `[uint16]`",
                [
                    "array", "list", "vector", "vec", "seq", "sequence", "repeated", "set", "slice",
                ]
            ),
            ("an optional type has `?` behind it, such as `uint16?`", ["optional", "option", "nullable", "maybe"]),
            (
                "use an array of a struct that has a key and a value",
                ["map", "dict", "dictionary", "hashmap", "table", "object"]
            ),
            ("define an enum under `enums`, and give its name here", ["enum", "enumeration"]),
            ("define flags under `flags`, and give their name here", ["flags", "bitmask", "flagset"]),
            (
                "define a struct under `structs`, and give its name here",
                ["struct", "record", "message", "tuple", "structure", "pair"]
            ),
            (
                "define a union under `unions`, and give its name here",
                ["union", "oneof", "variant", "choice", "any", "sum"]
            ),
            ("use `string` or `bytes`", ["json", "xml", "yaml"]),
            (
                "remove the field: a message can have no fields",
                ["void", "nil", "null", "none", "empty", "unit", "nothing"]
            ),
            (
                "use `reserved: 1` in place of `name` and `type`",
                ["pad", "padding", "reserved", "skip", "unused", "spare"]
            ),
        ]
        var others: [String: String] = [:]
        for (text, words) in advice { for word in words { others[word] = text } }
        return others
    }()

    /// Returns the advice for a number type of a width that has another name, or is not supported.
    private static func width(_ given: String) -> String? {
        let name = given.normalizedKey
        let letters = name.prefix { !$0.isNumber }
        let digits = name.dropFirst(letters.count).prefix(while: \.isNumber)
        let end = name.dropFirst(letters.count + digits.count)
        guard let width = Int(digits), width > 0, ["", "t", "le", "be"].contains(end) else { return nil }
        switch letters {
        case "uint", "u", "int", "i", "s", "ftuint", "ftint":
            let stem = letters.contains("u") ? "uint" : "int"
            if IntegerType(rawValue: "\(stem)\(width)") != nil, given != "\(stem)\(width)" {
                let order = ["le": "little", "be": "big"][end].map { " with `byte-order: \($0)`" } ?? ""
                return "did you mean `\(stem)\(width)`\(order)?"
            }
            let widths = Set(IntegerType.common.map(\.bitWidth)).sorted()
            // Not for a misspelling such as `uint61`, which is `uint16` with two digits swapped.
            if widths.contains(where: { String($0).sorted() == String(width).sorted() }) { return nil }
            let next = widths.first { $0 > width }
            let bytes = width % 8 == 0 && width <= 1024 ? ", or `bytes` with `length: \(width / 8)`" : ""
            let advice = next.map { "use `\(stem)\($0)`\(bytes)" } ?? String("use\(bytes.dropFirst(4))")
            let widest = ": `\(stem)64` is the widest"
            return "there is no whole number of \(width) bits\(advice.count > 4 ? ": \(advice)" : widest)"
        case "b" where width <= 64:
            return "did you mean `\(width == 1 ? "bit" : "uint\(width)")`?"
        case "float", "f":
            return "`float32` and `float64` are the numbers with a fraction"
        default: return nil
        }
    }

    /// Returns the advice for an array or an optional type of other languages: `T[]`, `char[16]`, `array<T>`,
    /// `Option<T>`.
    private static func array(_ name: String) -> String? {
        let words = name.split { "[]<>".contains($0) }.map(String.init)
        guard let first = words.first, words.allSatisfy({ IdentifierRule.problem(in: $0) == nil || Int($0) != nil })
        else {
            return nil
        }
        let element = { (word: String) in names[word.normalizedKey] ?? word }
        if name.hasPrefix("[]"), words.count == 1 {
            return first.lowercased() == "byte" ? "did you mean `bytes`?" : "did you mean `[\(element(first))]`?"
        }
        switch name.last {
        case "]" where !name.hasPrefix("["):
            let count = words.count == 2 ? Int(words[1]) : nil
            let kind = first.lowercased() == "char" ? "string" : element(first)
            if kind == "string" || kind == "bytes" || first.lowercased() == "byte", let count {
                return "write `type: \(kind == "string" ? kind : "bytes")` and `length: \(count)`"
            }
            if let count { return "write `type: [\(element(first))]` and `count: \(count)`" }
            return "did you mean `[\(element(first))]`?"
        case ">" where words.count == 2:
            switch first.lowercased() {
            case "array", "list", "vector", "vec", "seq", "sequence", "set":
                return "did you mean `[\(element(words[1]))]`?"
            case "optional", "option", "maybe", "nullable": return "did you mean `\(element(words[1]))?`?"
            default: return nil
            }
        default: return nil
        }
    }

    /// Returns the advice for a map type.
    private static func generic(_ name: String) -> String? {
        let word = name.prefix { $0 != "<" && $0 != "(" && $0 != "[" }
        guard word.count < name.count else { return nil }
        return others[String(word).normalizedKey]
    }
}
