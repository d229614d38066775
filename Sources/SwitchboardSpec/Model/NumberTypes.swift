/// The integer types.
///
/// The raw value is the keyword in a spec.
package enum IntegerType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case uint8, uint16, uint32, uint64
    // swift-format-ignore: OneCasePerLine
    case int8, int16, int32, int64

    /// The places in a spec where the type is allowed, in addition to the types of fields and elements.
    package struct Role: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `length` and `count` of a field, `length` and `version` in `header`.
        static let count = Role(rawValue: 1)
        /// `type` in `header`: the codes of messages.
        static let code = Role(rawValue: 2)
        /// An extra field in `header`.
        static let header = Role(rawValue: 4)
        /// `type` of an enum.
        static let enumeration = Role(rawValue: 8)
        /// `type` of flags and `tag` of a union.
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

    /// The width of the type, in bits.
    package var bitWidth: Int { row.bitWidth }

    /// Whether the type has negative numbers.
    package var isSigned: Bool { row.isSigned }

    /// Returns the types with `role`.
    static func all(for role: Role) -> [IntegerType] { allCases.filter { $0.row.roles.contains(role) } }
}

extension IntegerType {
    /// The width of the type, in bytes.
    package var size: Int { bitWidth / 8 }

    /// The highest number of the type.
    package var largest: UInt64 { .max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0)) }

    /// The lowest and the highest number of the type, as text.
    var range: String { isSigned ? "-\(largest + 1) to \(largest)" : "0 to \(largest)" }
}

/// A type of floating-point numbers (IEEE 754).
///
/// The raw value is the keyword in a spec.
package enum FloatType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case float32, float64

    /// The width of the type, in bytes.
    package var size: Int { self == .float32 ? 4 : 8 }
}

/// An integer in a spec, from the lowest `int64` to the highest `uint64`.
package struct SpecInteger: Hashable, Sendable {
    /// Whether the number is negative.
    package let isNegative: Bool
    /// The absolute value.
    package let magnitude: UInt64

    package init(isNegative: Bool = false, magnitude: UInt64) {
        self.isNegative = isNegative && magnitude > 0
        self.magnitude = magnitude
    }

    /// The number of type `type` whose low bits are `bits`.
    package init(bits: UInt64, of type: IntegerType) {
        let unused = UInt64(64 - type.bitWidth)
        guard type.isSigned else {
            self.init(magnitude: (bits << unused) >> unused)
            return
        }
        let value = Int64(bitPattern: bits << unused) >> Int64(unused)
        self.init(isNegative: value < 0, magnitude: value.magnitude)
    }

    /// Returns the bits of the number as a `type`; `nil` when `type` cannot represent it.
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

/// Converts floating-point numbers to and from the bits on the wire.
package enum FloatBits {
    /// Returns the number with `bits`.
    package static func number(_ bits: UInt64, _ type: FloatType) -> Double {
        switch type {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        }
    }

    /// Returns the bits of the number of type `type` that is nearest to the number in `text`; `nil` when `text` is not
    /// a number.
    ///
    /// As in YAML, `.inf`, `-.inf` and `.nan` stand for infinity and NaN.
    static func bits(_ text: String, _ type: FloatType) -> UInt64? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return bits(.infinity, type)
        case "-.inf", "-.Inf", "-.INF": return bits(-.infinity, type)
        case ".nan", ".NaN", ".NAN": return bits(.nan, type)
        default: return finiteBits(text, type)
        }
    }

    /// Returns the text of a number, as a spec writes it.
    ///
    /// The text of a NaN whose bits differ from the bits of `.nan` contains the bits.
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
