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

/// A type of numbers with a fraction: those of IEEE 754.
package enum FloatType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case float32, float64

    /// Its width, in bytes.
    package var size: Int { self == .float32 ? 4 : 8 }
}
