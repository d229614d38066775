/// The types of whole numbers, each a word of the language: all there is to know of one is its row in the table.
package enum IntegerType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case uint8, uint16, uint32, uint64
    // swift-format-ignore: OneCasePerLine
    case int8, int16, int32, int64

    /// Where a spec may name the type, beside the `type` of a field and of the elements of an array.
    package struct Role: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `length` and `count` of a field; `length` and `version` in `header`.
        static let count = Role(rawValue: 1)
        /// `type` in `header`: the codes of messages.
        static let code = Role(rawValue: 2)
        /// A field of the protocol's own in `header`.
        static let header = Role(rawValue: 4)
        /// `type` of an enum.
        static let enumeration = Role(rawValue: 8)
        /// `type` of flags, `tag` of a union.
        static let bits = Role(rawValue: 16)
    }

    private var row: (bitWidth: Int, isSigned: Bool, roles: Role) {
        switch self {
        case .uint8: (8, false, [.count, .code, .header, .enumeration, .bits])
        case .uint16: (16, false, [.count, .code, .header, .enumeration, .bits])
        case .uint32: (32, false, [.count, .header, .enumeration, .bits])
        case .uint64: (64, false, [.header, .enumeration, .bits])
        case .int8: (8, true, [.header, .enumeration])
        case .int16: (16, true, [.header, .enumeration])
        case .int32: (32, true, [.header, .enumeration])
        case .int64: (64, true, [.header, .enumeration])
        }
    }

    /// Its width, in bits.
    package var bitWidth: Int { row.bitWidth }

    /// Whether it holds numbers below 0.
    package var isSigned: Bool { row.isSigned }

    /// The types that have `role`.
    static func all(for role: Role) -> [IntegerType] { allCases.filter { $0.row.roles.contains(role) } }
}

extension IntegerType {
    /// Its width, in bytes.
    package var size: Int { bitWidth / 8 }

    /// The highest of its numbers.
    package var largest: UInt64 { .max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0)) }

    /// The lowest and the highest of its numbers, in words.
    var range: String { isSigned ? "-\(largest + 1) to \(largest)" : "0 to \(largest)" }
}

/// A type of numbers with a fraction, as IEEE 754 defines them.
package enum FloatType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case float32, float64

    /// Its width, in bytes.
    package var size: Int { self == .float32 ? 4 : 8 }
}

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

/// Numbers with a fraction as the bits that travel.
package enum FloatBits {
    /// The number that `bits` stand for.
    package static func number(_ bits: UInt64, _ type: FloatType) -> Double {
        switch type {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        }
    }

    /// The bits of the number of `type` that is nearest to what `text` says, or of what it spells as YAML does: `.inf`,
    /// `-.inf` or `.nan`; `nil` when it says nothing of these.
    static func bits(_ text: String, _ type: FloatType) -> UInt64? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return bits(.infinity, type)
        case "-.inf", "-.Inf", "-.INF": return bits(-.infinity, type)
        case ".nan", ".NaN", ".NAN": return bits(.nan, type)
        default: return finiteBits(text, type)
        }
    }

    /// `number` as a spec writes it.
    ///
    /// A NaN whose bits differ from the bits of `.nan` is shown with its bits.
    static func text(_ bits: UInt64, _ type: FloatType) -> String {
        let number = number(bits, type)
        if number.isNaN {
            return bits == self.bits(.nan, type) ? ".nan" : "a NaN with the bits \(bits.hexadecimal)"
        }
        return number.isInfinite ? (number < 0 ? "-.inf" : ".inf") : "\(number)"
    }

    private static func bits(_ number: Double, _ type: FloatType) -> UInt64 {
        switch type {
        case .float32: UInt64(Float(number).bitPattern)
        case .float64: number.bitPattern
        }
    }

    private static func finiteBits(_ text: String, _ type: FloatType) -> UInt64? {
        let isNumber = text.contains { $0.isNumber } && text.allSatisfy { "0123456789.eE+-_".contains($0) }
        let digits = text.filter { $0 != "_" }
        guard isNumber, text.first != "_", text.last != "_" else { return nil }
        switch type {
        case .float32: return Float(digits).flatMap { $0.isFinite ? UInt64($0.bitPattern) : nil }
        case .float64: return Double(digits).flatMap { $0.isFinite ? $0.bitPattern : nil }
        }
    }
}
