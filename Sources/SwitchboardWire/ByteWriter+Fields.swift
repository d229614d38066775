/// Methods that write the fields of a payload; they have the names of the methods of `ByteReader`.
///
/// Generated code uses them. Methods that take a `field` throw `PayloadErrorCode.invalidLength` with this name for
/// a value that does not fit.
@_documentation(visibility: internal)
extension ByteWriter {
    /// Writes an integer of `T`'s width.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(_ value: T, _ order: ByteOrder) {
        append(value, order)
    }

    /// Replaces the number of `bytes` bytes (1 to 8) at `offset`, which must be written already, by `length`.
    public mutating func length(_ length: some FixedWidthInteger, bytes: Int, at offset: Int, _ order: ByteOrder) {
        let number = UInt64(truncatingIfNeeded: length)
        let unused = UInt64(truncatingIfNeeded: 64 &- 8 &* bytes)
        let word = order == .big ? number.byteSwapped &>> unused : number
        overwrite(at: offset, withFirst: bytes, of: UInt128(word))
    }

    /// Writes one byte, 0 or 1.
    @inlinable
    public mutating func boolean(_ value: Bool) {
        append(value ? 1 : 0 as UInt8, .big)
    }

    /// Writes the raw value of an enum.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        _ value: T,
        _ order: ByteOrder
    ) where T.RawValue: FixedWidthInteger {
        append(value.rawValue, order)
    }

    /// Writes the bits of flags.
    @inlinable
    public mutating func flags<T: OptionSet>(_ value: T, _ order: ByteOrder) where T.RawValue: FixedWidthInteger {
        append(value.rawValue, order)
    }

    /// Writes the bits of flags; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func flags<T: OptionSet>(
        _ value: T,
        _ order: ByteOrder,
        known: T.RawValue,
        field: StaticString
    ) throws(PayloadError) where T.RawValue: FixedWidthInteger {
        guard value.rawValue & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        append(value.rawValue, order)
    }

    /// Writes a floating-point number of four bytes: `float32`.
    @inlinable
    public mutating func float(_ value: Float, _ order: ByteOrder) {
        append(value.bitPattern, order)
    }

    /// Writes a floating-point number of eight bytes: `float64`.
    @inlinable
    public mutating func float(_ value: Double, _ order: ByteOrder) {
        append(value.bitPattern, order)
    }

    /// Writes whether the value of an optional field follows.
    @inlinable
    public mutating func presence(_ isPresent: Bool) {
        boolean(isPresent)
    }

    /// Writes `count` reserved bytes: zeros.
    @inlinable
    public mutating func reserved(_ count: Int) {
        for _ in 0..<count { append(0 as UInt8, .big) }
    }

    // MARK: Arrays

    /// Writes the number of elements that follow; throws when `Count` cannot hold the number.
    @inlinable
    public mutating func count<Count: FixedWidthInteger & UnsignedInteger>(
        _ count: Int,
        as type: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) {
        guard let count = Count(exactly: count) else { throw PayloadError(.invalidLength, field: field) }
        append(count, order)
    }

    /// Checks that exactly `expected` elements follow.
    @inlinable
    public func count(_ count: Int, expected: Int, field: StaticString) throws(PayloadError) {
        guard count == expected else { throw PayloadError(.invalidLength, field: field) }
    }

    // MARK: Bytes and text

    /// Writes bytes that run to the end of the payload.
    @inlinable @inline(__always)
    public mutating func bytes(_ value: Bytes) {
        append(value)
    }

    /// Writes exactly `count` bytes; throws when `value` has another length.
    @inlinable
    public mutating func bytes(_ value: Bytes, count: Int, field: StaticString) throws(PayloadError) {
        guard value.count == count else { throw PayloadError(.invalidLength, field: field) }
        append(value)
    }

    /// Writes the number of bytes and the bytes; throws when `Length` cannot hold the number.
    @inlinable
    public mutating func bytes<Length: FixedWidthInteger & UnsignedInteger>(
        _ value: Bytes,
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) {
        guard let length = Length(exactly: value.count) else { throw PayloadError(.invalidLength, field: field) }
        append(length, order)
        append(value)
    }

    /// Writes UTF-8 that runs to the end of the payload.
    @inlinable
    public mutating func string(_ value: String) {
        append(contentsOf: value.utf8)
    }

    /// Writes exactly `count` bytes of UTF-8; throws when `value` has another length.
    @inlinable
    public mutating func string(_ value: String, count: Int, field: StaticString) throws(PayloadError) {
        guard value.utf8.count == count else { throw PayloadError(.invalidLength, field: field) }
        append(contentsOf: value.utf8)
    }

    /// Writes the number of bytes and the UTF-8; throws when `Length` cannot hold the number.
    @inlinable
    public mutating func string<Length: FixedWidthInteger & UnsignedInteger>(
        _ value: String,
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) {
        guard let length = Length(exactly: value.utf8.count) else { throw PayloadError(.invalidLength, field: field) }
        append(length, order)
        append(contentsOf: value.utf8)
    }

    /// Removes zeros from the end of the payload that begins at `start`, but not its first byte.
    public mutating func truncateZeros(from start: Int) {
        let count = unsafe withUnsafeBytes { bytes in
            unsafe bytes.dropFirst(start &+ 1).lastIndex { $0 != 0 }.map { $0 &+ 1 } ?? start &+ 1
        }
        truncate(to: count)
    }
}
