/// A value of a field, whose type says what it means.
package indirect enum Value: Hashable, Sendable {
    /// A whole number, a truth value (0 or 1), a case of an enum or flags.
    case number(SpecInteger)
    /// The bits of a `float32` or a `float64`.
    case float(UInt64)
    /// Text in UTF-8, or bytes.
    case bytes([UInt8])
    /// The elements of an array.
    case list([Value])
    /// No value where one is optional, and reserved bytes.
    case nothing
    /// The fields of a struct, in order, with those that are reserved.
    case record([Value])
    /// The place of a union's case in its list, and the fields of that case.
    case choice(Int, [Value])
}
