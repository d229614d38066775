/// What a field holds, and how that travels.
package indirect enum FieldType: Hashable, Sendable {
    /// A whole number of fixed width.
    case integer(IntegerType)
    /// A number with a fraction.
    case float(FloatType)
    /// One byte, 0 or 1.
    case boolean
    /// UTF-8.
    case string(Extent)
    /// Any bytes.
    case bytes(Extent)
    /// Values of one type, one after another.
    case array(FieldType, Extent)
    /// A byte that says whether there is a value, then the value.
    case optional(FieldType)
    /// A value of the enum, the flags, the struct or the union with this name.
    case named(String)
    /// As many bytes as this, zero when they are written and ignored when they are read.
    case reserved(Int)
}

/// How many bytes a `string` or `bytes` has, or how many elements an array.
package enum Extent: Hashable, Sendable {
    /// All that are left of the payload.
    case toEnd
    /// As many as a number of this type says, which travels before them.
    case prefixed(IntegerType)
    /// Always this many.
    case fixed(Int)
}

extension FieldType {
    /// The extent of a text, of bytes or of an array; `nil` for everything else.
    package var extent: Extent? {
        switch self {
        case .string(let extent), .bytes(let extent), .array(_, let extent): extent
        case .integer, .float, .boolean, .optional, .named, .reserved: nil
        }
    }

    /// The type without a question mark.
    package var unwrapped: FieldType {
        if case .optional(let type) = self { type } else { self }
    }

    /// The name of the type that it is made of, if that is one of the spec.
    package var namedType: String? {
        switch self {
        case .named(let name): name
        case .array(let element, _): element.namedType
        case .optional(let type): type.namedType
        case .integer, .float, .boolean, .string, .bytes, .reserved: nil
        }
    }
}

/// A type of whole numbers of fixed width.
package enum IntegerType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case uint8, uint16, uint32, uint64
    // swift-format-ignore: OneCasePerLine
    case int8, int16, int32, int64

    /// Whether it holds numbers below 0.
    package var isSigned: Bool {
        switch self {
        case .uint8, .uint16, .uint32, .uint64: false
        case .int8, .int16, .int32, .int64: true
        }
    }

    /// Its width, in bits.
    package var bitWidth: Int {
        switch self {
        case .uint8, .int8: 8
        case .uint16, .int16: 16
        case .uint32, .int32: 32
        case .uint64, .int64: 64
        }
    }

    /// Its width, in bytes.
    package var size: Int { bitWidth / 8 }

    /// The lowest and the highest of its numbers, in words.
    var range: String {
        let highest = UInt64.max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0))
        return isSigned ? "-\(highest + 1) to \(highest)" : "0 to \(highest)"
    }
}

/// A type of numbers with a fraction: those of IEEE 754.
package enum FloatType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case float32, float64

    /// Its width, in bytes.
    package var size: Int { self == .float32 ? 4 : 8 }
}
