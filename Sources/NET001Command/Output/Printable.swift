import Switchboard

extension Bytes {
    /// The bytes as text that a terminal shows and does not obey, or in hexadecimal where they are not UTF-8.
    var visible: String { String(validating: self)?.visible ?? "0x\(description)" }
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
