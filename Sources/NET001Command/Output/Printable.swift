import Switchboard

extension Bytes {
    /// The bytes as text that a terminal shows and does not obey: control characters are escaped, and what is no UTF-8
    /// is shown in hexadecimal.
    var printable: String {
        guard let text = String(validating: self) else { return "0x\(description)" }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += scalar.escaped(asASCII: true)
            default:
                result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Duration {
    /// The duration in milliseconds, to the microsecond: `0.123 ms`.
    var inMilliseconds: String {
        let microseconds = self / .microseconds(1)
        let rounded = Int(microseconds.rounded())
        let fraction = String(rounded % 1000)
        return "\(rounded / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
    }
}
