/// An integer type: `uint16`, `int4`, `varuint`.
///
/// The raw value is the keyword in a spec.
package struct IntegerType: Hashable, Sendable {
    /// How a number of the type is sent.
    package enum Encoding: Hashable, Sendable {
        /// In ``IntegerType/bitWidth`` bits.
        case fixed
        /// In as few bytes as the number needs.
        case variable(VariableLength)
    }

    /// The largest number of bits of a number.
    package static let maximumBitWidth = 64

    /// The width of the largest number of the type, in bits: 1 to 64.
    package let bitWidth: Int
    /// Whether the type has negative numbers.
    package let isSigned: Bool
    /// How a number of the type is sent.
    package let encoding: Encoding

    private init(bitWidth: Int, isSigned: Bool, encoding: Encoding = .fixed) {
        self.bitWidth = bitWidth
        self.isSigned = isSigned
        self.encoding = encoding
    }

    // The types of one, two, four and eight bytes, which are types of Swift.
    package static let uint8 = IntegerType(bitWidth: 8, isSigned: false)
    package static let uint16 = IntegerType(bitWidth: 16, isSigned: false)
    package static let uint32 = IntegerType(bitWidth: 32, isSigned: false)
    package static let uint64 = IntegerType(bitWidth: 64, isSigned: false)
    package static let int8 = IntegerType(bitWidth: 8, isSigned: true)
    package static let int16 = IntegerType(bitWidth: 16, isSigned: true)
    package static let int32 = IntegerType(bitWidth: 32, isSigned: true)
    package static let int64 = IntegerType(bitWidth: 64, isSigned: true)

    /// The types that diagnostics list: those that are types of Swift.
    package static let common: [IntegerType] = [uint8, uint16, uint32, uint64, int8, int16, int32, int64]
}

extension IntegerType: RawRepresentable {
    /// The type with the keyword `rawValue`: `uint` or `int` with a number of bits from 1 to 64, or a variable length.
    package init?(rawValue: String) {
        if let length = VariableLength(rawValue: rawValue) {
            self.init(bitWidth: length.bitWidth, isSigned: length.isSigned, encoding: .variable(length))
            return
        }
        let isSigned = rawValue.hasPrefix("int")
        guard isSigned || rawValue.hasPrefix("uint") else { return nil }
        let digits = rawValue.dropFirst(isSigned ? 3 : 4)
        guard
            digits.first != "0", digits.allSatisfy({ $0.isASCII && $0.isNumber }), let width = Int(digits),
            (1...Self.maximumBitWidth).contains(width)
        else { return nil }
        self.init(bitWidth: width, isSigned: isSigned)
    }

    /// The keyword of the type.
    package var rawValue: String {
        switch encoding {
        case .fixed: "\(isSigned ? "int" : "uint")\(bitWidth)"
        case .variable(let length): length.rawValue
        }
    }
}

extension IntegerType {
    /// The places in a spec where an integer type is allowed, in addition to the types of fields and elements.
    package enum Role: Sendable {
        /// `length` and `count` of a field.
        case prefix
        /// `tag` of a union.
        case tag
        /// `length` and `version` in `header`.
        case headerNumber
        /// `type` in `header`: the codes of messages.
        case code
        /// An extra field in `header`.
        case header
        /// `type` of an enum.
        case enumeration
        /// `type` of flags.
        case flags
    }

    /// Returns whether the type is allowed in `role`.
    package func has(_ role: Role) -> Bool {
        switch role {
        case .prefix: !isSigned && (isVariable || isWholeBytes)
        case .tag: !isSigned && (isVariable || isWholeBytes || bitWidth < 8)
        case .headerNumber: [.uint8, .uint16, .uint32].contains(self)
        case .code: [.uint8, .uint16].contains(self)
        case .header: Self.common.contains(self)
        case .enumeration: !isVariable
        case .flags: !isVariable && !isSigned
        }
    }

    /// Returns the types that diagnostics list for `role`.
    static func common(for role: Role) -> [IntegerType] {
        let types = common.filter { $0.has(role) && (role != .prefix && role != .tag || $0.bitWidth < 64) }
        guard role == .tag else { return types }
        return types + VariableLength.allCases.compactMap { IntegerType(rawValue: $0.rawValue) }.filter { $0.has(role) }
    }

    /// Whether the number of bytes depends on the number.
    package var isVariable: Bool { encoding != .fixed }

    /// Whether every number of the type has the same number of whole bytes.
    package var isWholeBytes: Bool { !isVariable && bitWidth % 8 == 0 }

    /// The width of every number, in bytes; `nil` when it depends on the number, or is not a whole number of bytes.
    package var fixedSize: Int? { isWholeBytes ? bitWidth / 8 : nil }

    /// The width of the shortest number, in bytes.
    package var size: Int { isVariable ? 1 : (bitWidth + 7) / 8 }

    /// The width of the smallest Swift type that has all numbers of the type, in bits.
    package var storageWidth: Int { [8, 16, 32].first { $0 >= bitWidth } ?? 64 }

    /// Whether the Swift type has numbers that this type has not.
    package var isNarrow: Bool { storageWidth > bitWidth }

    /// The highest number of the type.
    package var largest: UInt64 { .max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0)) }

    /// The lowest number of the type.
    var lowest: SpecInteger {
        isSigned ? SpecInteger(isNegative: true, magnitude: largest + 1) : SpecInteger(magnitude: 0)
    }

    /// The highest number of the type.
    var highest: SpecInteger { SpecInteger(magnitude: largest) }

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

    /// The next number; `nil` for the highest.
    var successor: SpecInteger? {
        if isNegative { return SpecInteger(isNegative: true, magnitude: magnitude - 1) }
        let (next, isTooLarge) = magnitude.addingReportingOverflow(1)
        return isTooLarge ? nil : SpecInteger(magnitude: next)
    }

    /// The number before this one; `nil` for the lowest.
    var predecessor: SpecInteger? {
        if !isNegative, magnitude > 0 { return SpecInteger(magnitude: magnitude - 1) }
        return magnitude < Int64.min.magnitude ? SpecInteger(isNegative: true, magnitude: magnitude + 1) : nil
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
