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
    /// The type without a question mark.
    package var unwrapped: FieldType {
        if case .optional(let type) = self { type } else { self }
    }

    /// The type without question marks and brackets.
    var innermost: FieldType {
        switch self {
        case .array(let element, _): element.innermost
        case .optional(let type): type.innermost
        default: self
        }
    }

    /// The name of the type that it is made of, if that is one of the spec.
    package var namedType: String? {
        if case .named(let name) = innermost { name } else { nil }
    }
}
