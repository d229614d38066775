/// The fields of a payload, each named in the error that it can throw. Generated code reads with these.
///
/// Every method throws ``PayloadError/Code/truncated`` when the payload ends too early.
extension ByteReader {
    /// An integer of `T`'s width.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T {
        guard let value = readInteger(order, as: T.self) else { throw PayloadError(.truncated, field: field) }
        return value
    }

    /// One byte that is 0 or 1; any other throws ``PayloadError/Code/invalidBoolean``.
    @inlinable
    public mutating func boolean(field: StaticString) throws(PayloadError) -> Bool {
        switch try integer(.big, field: field) as UInt8 {
        case 0: return false
        case 1: return true
        default: throw PayloadError(.invalidBoolean, field: field)
        }
    }

    /// A value of an enum, by its raw value; one that the enum refuses throws ``PayloadError/Code/invalidCase``.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let raw: T.RawValue = try integer(order, field: field)
        guard let value = T(rawValue: raw) else { throw PayloadError(.invalidCase, field: field) }
        return value
    }

    /// The bytes up to the end of the payload.
    @inlinable
    public mutating func bytes(field: StaticString) throws(PayloadError) -> Bytes {
        try bytes(count: remaining, field: field)
    }

    /// As many bytes as `count` says.
    @inlinable
    public mutating func bytes(count: Int, field: StaticString) throws(PayloadError) -> Bytes {
        guard let bytes = readBytes(count) else { throw PayloadError(.truncated, field: field) }
        return bytes
    }

    /// Bytes behind a prefix of type `Length` that counts them.
    @inlinable
    public mutating func bytes<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> Bytes {
        let length: Length = try integer(order, field: field)
        return try bytes(count: Int(clamping: length), field: field)
    }

    /// UTF-8 up to the end of the payload; other bytes throw ``PayloadError/Code/invalidUTF8``.
    @inlinable
    public mutating func string(field: StaticString) throws(PayloadError) -> String {
        try text(bytes(field: field), field: field)
    }

    /// UTF-8 of as many bytes as `count` says; other bytes throw ``PayloadError/Code/invalidUTF8``.
    @inlinable
    public mutating func string(count: Int, field: StaticString) throws(PayloadError) -> String {
        try text(bytes(count: count, field: field), field: field)
    }

    /// UTF-8 behind a prefix of type `Length` that counts its bytes; other bytes throw
    /// ``PayloadError/Code/invalidUTF8``.
    @inlinable
    public mutating func string<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> String {
        try text(bytes(length: length, order, field: field), field: field)
    }

    /// Checks that the payload has been read to its end; otherwise throws ``PayloadError/Code/trailingBytes``.
    @inlinable @inline(__always)
    public func finish() throws(PayloadError) {
        guard remaining == 0 else { throw PayloadError(.trailingBytes, field: "payload") }
    }

    @usableFromInline
    func text(_ bytes: Bytes, field: StaticString) throws(PayloadError) -> String {
        guard let text = String(validating: bytes) else { throw PayloadError(.invalidUTF8, field: field) }
        return text
    }
}
