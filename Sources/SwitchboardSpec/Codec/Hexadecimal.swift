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
                let found = "`\(String(character).visible)` is none"
                throw Problem(message: "hexadecimal digits\(advice.isEmpty ? ": " + found : advice)")
            }
            if let first = high { bytes.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        guard high == nil else { throw Problem(message: "two hexadecimal digits a byte: there is one too few") }
        return bytes
    }
}

extension [UInt8] {
    /// The bytes in hexadecimal.
    package var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The bytes in hexadecimal, cut off when there are many.
    var shownInHexadecimal: String {
        let digits = Array(prefix(SpecLimits.shownFrameBytes)).hexadecimal
        return digits + (count > SpecLimits.shownFrameBytes ? "… (\(count) bytes)" : "")
    }
}
