/// A whole number of a spec, from the smallest `int64` to the largest `uint64`.
package struct SpecInteger: Hashable, Sendable {
    /// Whether it is below 0.
    package let isNegative: Bool
    /// Its distance from 0.
    package let magnitude: UInt64

    package init(isNegative: Bool = false, magnitude: UInt64) {
        self.isNegative = isNegative && magnitude > 0
        self.magnitude = magnitude
    }

    /// The number that `bits`, the low bits of a number of `type`, stand for.
    package init(bits: UInt64, of type: IntegerType) {
        let unused = UInt64(64 - type.bitWidth)
        guard type.isSigned else {
            self.init(magnitude: (bits << unused) >> unused)
            return
        }
        let value = Int64(bitPattern: bits << unused) >> Int64(unused)
        self.init(isNegative: value < 0, magnitude: value.magnitude)
    }

    /// The low bits of a number of `type`, or `nil` when it is none.
    func bits(of type: IntegerType) -> UInt64? {
        let bits = isNegative ? 0 &- magnitude : magnitude
        return SpecInteger(bits: bits, of: type) == self ? bits : nil
    }
}

extension SpecInteger: CustomStringConvertible, Comparable {
    /// The number in decimal.
    package var description: String { (isNegative ? "-" : "") + String(magnitude) }

    /// Whether `left` is the lower number.
    package static func < (left: SpecInteger, right: SpecInteger) -> Bool {
        switch (left.isNegative, right.isNegative) {
        case (false, false): left.magnitude < right.magnitude
        case (true, true): left.magnitude > right.magnitude
        case (let leftIsNegative, _): leftIsNegative
        }
    }
}
