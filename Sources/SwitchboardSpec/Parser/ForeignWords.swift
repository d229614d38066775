/// What newcomers write in place of the words that a key may have as its value, by habit from other languages.
enum ForeignWords {
    /// The one of `words` that is meant by `word`, which is none of them; `nil` when nothing is known.
    static func word(for word: String, among words: [String]) -> String? {
        let normalized = word.normalizedKey
        if let same = words.first(where: { $0.normalizedKey == normalized }) { return same }
        if let meant = meanings[normalized]?.first(where: words.contains) { return meant }
        if let type = ForeignTypes.names[normalized], words.contains(type) { return type }
        // A type of another width is no slip.
        let isType = IntegerType(rawValue: word) != nil || FloatType(rawValue: word) != nil
        return isType ? nil : nearMiss(of: word, among: words)
    }

    /// "; did you mean `word`?", or nothing when no word is meant.
    static func hint(for word: String, among words: [String]) -> String {
        self.word(for: word, among: words).map { "; did you mean `\($0)`?" } ?? ""
    }

    // Without `-` and `_`, in lower case. What has several meanings has one in each place.

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
        ("by-direction", ["perdirection", "directional", "direction", "separate", "bysender", "persender"]),
        ("unique", ["global", "shared", "all"]),
        ("payload", ["body", "data", "content"]),
        ("header-and-payload", ["headerpayload", "header+payload", "message", "payloadandheader"]),
        ("frame", ["everything", "all", "total", "whole", "wholeframe", "packet"]),
        ("rest", ["remaining", "remainder", "following", "restofframe"]),
        ("after-magic", ["withoutmagic", "aftermagicnumber"]),
        ("crc32", ["crc32ieee", "crc32isohdlc", "crc32b", "crc32zlib", "ieee", "zlib", "crc"]),
        ("crc32c", ["castagnoli", "crc32castagnoli", "iscsi", "crc32iscsi"]),
        ("crc16", ["crc16arc", "crc16ibm", "arc"]),
        ("crc16-modbus", ["modbus"]),
        ("crc16-xmodem", ["xmodem", "crc16ccittzero", "zmodem"]),
        ("crc16-ibm-3740", ["crc16ccitt", "crc16ccittfalse", "ccitt", "ccittfalse", "crcccitt"]),
        ("crc16-mcrf4xx", ["mcrf4xx"]),
        ("true", ["yes", "on", "y", "t", "1"]),
        ("false", ["no", "off", "n", "f", "0"]),
    ]
}
