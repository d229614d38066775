/// What a field holds, and how that travels.
package enum FieldType: Hashable, Sendable {
    /// A number of fixed width.
    case integer(IntegerType)
    /// One byte, 0 or 1.
    case boolean
    /// UTF-8.
    case string(Extent)
    /// Any bytes.
    case bytes(Extent)
    /// A value of the enum with this name.
    case enumeration(String)
}

/// How many bytes a field has.
package enum Extent: Hashable, Sendable {
    /// All that are left of the payload.
    case toEnd
    /// As many as a number of this type says, which travels before them.
    case prefixed(IntegerType)
    /// Always this many.
    case fixed(Int)
}

extension FieldType {
    /// How many bytes it has, or `nil` when it runs to the end of the payload.
    var extent: Extent? {
        switch self {
        case .string(let extent), .bytes(let extent): extent
        case .integer, .boolean, .enumeration: nil
        }
    }
}
