internal import SwitchboardSpec

/// Makes Python literals.
enum PythonLiteral {
    /// Returns a text, in the quotes that need fewer escapes.
    static func text(_ text: String) -> String {
        let quote: Character = text.contains("\"") && !text.contains("'") ? "'" : "\""
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\"" where quote == "\"": "\\\""
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: "\\x" + hex(UInt8(clamping: scalar.value))
            case _ where scalar.properties.isWhitespace && scalar != " ", _ where isInvisible(scalar):
                "\\U" + padded(String(scalar.value, radix: 16), 8)
            default: String(scalar)
            }
        }
        return "\(quote)\(escaped.joined())\(quote)"
    }

    /// Returns bytes.
    static func bytes(_ bytes: [UInt8]) -> String {
        let escaped = bytes.map { byte in
            (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x27 && byte != 0x5C
                ? String(Unicode.Scalar(byte)) : "\\x" + hex(byte)
        }
        return "b\"\(escaped.joined())\""
    }

    /// Returns a number in hexadecimal, with pairs of digits.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return "0x" + padded(digits, digits.count + digits.count % 2)
    }

    /// Returns a floating-point number with `bits`.
    static func float(_ bits: UInt64, _ type: FloatType) -> String {
        let number = FloatBits.number(bits, type)
        if number.isNaN { return "float(\"nan\")" }
        if number.isInfinite { return "float(\"\(number < 0 ? "-" : "")inf\")" }
        return switch type {
        case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        case .float64: "\(number)"
        }
    }

    /// Returns `True` or `False`.
    static func boolean(_ value: Bool) -> String { value ? "True" : "False" }

    private static func hex(_ byte: UInt8) -> String { padded(String(byte, radix: 16), 2) }

    private static func padded(_ digits: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
