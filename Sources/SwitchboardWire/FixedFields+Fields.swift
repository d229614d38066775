/// Fields whose sizes do not depend on their values, each named in the error that it can throw.
///
/// Generated code reads with these, where several of them follow each other.
@_documentation(visibility: internal)
extension FixedFields {
    /// The floating-point number of four bytes at `offset`: `float32`.
    @inlinable @inline(__always)
    public func float(at offset: Int, _ order: ByteOrder) -> Float {
        Float(bitPattern: integer(at: offset, order))
    }

    /// The floating-point number of eight bytes at `offset`: `float64`.
    @inlinable @inline(__always)
    public func float(at offset: Int, _ order: ByteOrder) -> Double {
        Double(bitPattern: integer(at: offset, order))
    }

    /// The boolean at `offset`; a byte other than 0 and 1 throws `PayloadErrorCode.invalidBoolean`.
    @inlinable @inline(__always)
    public func boolean(at offset: Int, field: StaticString) throws(PayloadError) -> Bool {
        let byte = integer(at: offset, .big, as: UInt8.self)
        guard byte < 2 else { throw PayloadError(.invalidBoolean, field: field) }
        return byte == 1
    }

    /// The enum value at `offset`; a raw value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func enumeration<T: RawRepresentable>(
        at offset: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        guard let value = T(rawValue: integer(at: offset, order)) else {
            throw PayloadError(.invalidCase, field: field)
        }
        return value
    }

    /// The flags at `offset`, with bits that have no name.
    @inlinable @inline(__always)
    public func flags<T: OptionSet>(at offset: Int, _ order: ByteOrder) -> T where T.RawValue: FixedWidthInteger {
        T(rawValue: integer(at: offset, order))
    }

    /// The flags at `offset`; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func flags<T: OptionSet>(
        at offset: Int,
        _ order: ByteOrder,
        known: T.RawValue,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = integer(at: offset, order)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }

    /// The `count` bytes of UTF-8 at `offset`; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public func string(at offset: Int, count: Int, field: StaticString) throws(PayloadError) -> String {
        guard let text = String(validating: bytes(at: offset, count: count)) else {
            throw PayloadError(.invalidUTF8, field: field)
        }
        return text
    }
}

@_documentation(visibility: internal)
extension PayloadError {
    /// The error for a payload of which `remaining` bytes are left for `fields`, each with its size in bytes.
    public static func truncated(_ remaining: Int, _ fields: KeyValuePairs<StaticString, Int>) -> PayloadError {
        var end = 0
        for (field, size) in fields {
            end += size
            if end > remaining { return PayloadError(.truncated, field: field) }
        }
        return PayloadError(.truncated, field: "payload")
    }
}
