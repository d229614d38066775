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
