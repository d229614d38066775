/// The types of values that people write in a form of their own, such as addresses.
///
/// They are in a namespace, because Foundation and Network have types with the same names.
public enum Wire {}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The number whose bytes are `bytes`, the most significant byte first; `nil` if there are not `count` of them.
    init?(mostSignificantFirst bytes: some Collection<UInt8>, count: Int) {
        guard bytes.count == count else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }

    /// Returns the `count` lowest bytes, the most significant byte first.
    func bytes(count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: self >> Self($0 * 8)) }
    }

    /// The number in `digits`, which are hexadecimal in either case; `nil` without digits, with other characters, and with more digits
    /// than the number has.
    init?(hexadecimalDigits digits: some Collection<UInt8>) {
        guard !digits.isEmpty, digits.count <= Self.bitWidth / 4 else { return nil }
        var number: Self = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | Self(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | Self(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): number = number << 4 | Self(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        self = number
    }
}
