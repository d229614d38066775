/// A whole number as a spec writes it: decimal or, after `0x`, hexadecimal; `_` may separate digits.
enum IntegerLiteral: Equatable {
    /// A number, and how many hexadecimal digits it was written with, or `nil` in decimal.
    case value(SpecInteger, hexDigits: Int?)
    /// Digits that say more than 64 bits can.
    case tooLarge
    /// Anything else.
    case invalid

    init(_ text: String) {
        let isNegative = text.hasPrefix("-")
        var digits = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0)
        let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
        if isHexadecimal { digits = digits.dropFirst(2) }
        let separated = digits.first == "_" || digits.last == "_" || digits.contains("__")
        digits.removeAll { $0 == "_" }
        let radix = isHexadecimal ? 16 : 10
        let areDigits = digits.allSatisfy { $0.isASCII && $0.hexDigitValue ?? radix < radix }
        guard !digits.isEmpty, areDigits, !separated else {
            self = .invalid
            return
        }
        guard let magnitude = UInt64(digits, radix: radix), !isNegative || magnitude <= Int64.min.magnitude else {
            self = .tooLarge
            return
        }
        self = .value(
            SpecInteger(isNegative: isNegative, magnitude: magnitude),
            hexDigits: isHexadecimal ? digits.count : nil
        )
    }
}

/// Bytes in hexadecimal, two digits a byte, with spaces wherever they help.
enum Hexadecimal {
    /// Why text is no bytes, to be put behind "must be".
    struct Problem: Error {
        let message: String
    }

    static func bytes(_ text: String) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text where !character.isWhitespace {
            guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init(clamping:)) else {
                let advice = text.hasPrefix("0x") || text.hasPrefix("0X") ? ", as they are: leave `0x` out" : ""
                let found = "`\(String(character).visible)` is not one"
                throw Problem(message: "hexadecimal digits\(advice.isEmpty ? ": " + found : advice)")
            }
            if let first = high { bytes.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        guard high == nil else { throw Problem(message: "two hexadecimal digits a byte: there is one too few") }
        return bytes
    }
}

/// Which names may stand in Swift source.
///
/// Words that Swift reserves may: they are written in backticks there.
enum IdentifierRule {
    /// What keeps `name` from being an identifier and what to do instead, or `nil` when it is one.
    static func problem(in name: String) -> String? {
        guard name.unicodeScalars.count <= SpecLimits.nameLength else {
            return "a name has at most \(SpecLimits.nameLength) characters"
        }
        let isIdentifier =
            name.unicodeScalars.allSatisfy(isPart) && name.first?.isNumber == false && name.contains { $0 != "_" }
        guard !isIdentifier else { return nil }
        let rule = "a name is made of letters, digits and `_`, and begins with no digit"
        let suggestion = camelCased(name)
        return suggestion.isEmpty ? rule : "\(rule); `\(suggestion)` would do"
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// The words of `name` put together: `session-id` becomes `sessionId`.
    private static func camelCased(_ name: String) -> String {
        let words = name.unicodeScalars.split { !isPart($0) || $0 == "_" }.map { String($0) }
        let capitalized = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let joined = (words.prefix(1) + capitalized).joined()
        return String(joined.drop { $0.isNumber })
    }
}
