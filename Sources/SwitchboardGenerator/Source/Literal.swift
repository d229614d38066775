internal import SwitchboardSpec

/// Values of a spec as Swift literals.
enum Literal {
    /// A string literal, in which nothing of `text` is special.
    static func string(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case _ where scalar.properties.generalCategory == .control: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    /// A number in hexadecimal, with as many digits as `type` has when these are few.
    static func hexadecimal(_ value: UInt64, _ type: IntegerType) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        let width = type.size <= 2 ? type.size * 2 : digits.count + digits.count % 2
        return "0x" + grouped(String(repeating: "0", count: max(0, width - digits.count)) + digits, by: 4)
    }

    /// A number in decimal.
    static func decimal(_ value: UInt64) -> String { grouped(String(value), by: 3) }

    /// The number of an enum's case: a bit pattern when it is unsigned.
    static func number(_ value: SpecInteger, _ type: IntegerType) -> String {
        type.isSigned ? (value.isNegative ? "-" : "") + decimal(value.magnitude) : hexadecimal(value.magnitude, type)
    }

    /// A number with a fraction: the shortest that is read as the same bits; or infinity, or NaN.
    static func float(_ bits: UInt64, _ type: FloatType) -> String {
        let number = FloatBits.number(bits, type)
        let name = type == .float32 ? "Float" : "Double"
        if number.isNaN { return "\(name).nan" }
        if number.isInfinite { return "\(number < 0 ? "-" : "")\(name).infinity" }
        return switch type {
        case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        case .float64: "\(Double(bitPattern: bits))"
        }
    }

    /// Digits in groups from the right, when there are more than four.
    private static func grouped(_ digits: String, by size: Int) -> String {
        guard digits.count > 4 else { return digits }
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % size == 0 { result += "_" }
            result.append(digit)
        }
        return result
    }
}
