/// Integers of three, five, six or seven bytes, and integers of variable length.
///
/// Generated code uses these methods. They throw `PayloadErrorCode.truncated` when the payload ends too early,
/// and `PayloadErrorCode.outOfBounds` for a number that is too large to be written.
@_documentation(visibility: internal)
extension ByteReader {
    /// Reads an integer of `bytes` bytes, 1 to 8.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(
        bytes: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T {
        guard let fixed = readFixed(bytes) else { throw PayloadError(.truncated, field: field) }
        return fixed.integer(at: 0, bytes: bytes, order)
    }

    /// Reads the raw value of an enum, of `bytes` bytes; a value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        bytes: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        guard let value = T(rawValue: try integer(bytes: bytes, order, field: field)) else {
            throw PayloadError(.invalidCase, field: field)
        }
        return value
    }

    /// Reads flags of `bytes` bytes; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func flags<T: OptionSet>(
        bytes: Int,
        _ order: ByteOrder,
        known: T.RawValue = .max,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = try integer(bytes: bytes, order, field: field)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }

    /// Reads an unsigned integer of variable length.
    ///
    /// A number in more bytes than it needs throws `PayloadErrorCode.notShortest`.
    @inlinable
    public mutating func integer(_ length: VariableLength, field: StaticString) throws(PayloadError) -> UInt64 {
        // Most numbers have one byte.
        if let byte = peekInteger(at: 0, .big, as: UInt8.self), byte < length.firstOfMoreBytes {
            skip(1)
            return UInt64(byte)
        }
        return try longInteger(length, field: field)
    }

    /// Reads a signed integer of variable length: ``VariableLength/zigzag``.
    @inlinable
    public mutating func integer(_ length: VariableLength, field: StaticString) throws(PayloadError) -> Int64 {
        let bits: UInt64 = try integer(.leb128, field: field)
        return Int64(bitPattern: bits &>> 1) ^ -Int64(bitPattern: bits & 1)
    }

    @usableFromInline
    mutating func longInteger(_ length: VariableLength, field: StaticString) throws(PayloadError) -> UInt64 {
        guard let first = peekInteger(at: 0, .big, as: UInt8.self) else { throw PayloadError(.truncated, field: field) }
        var number: UInt64 = 0
        var least: UInt64 = 0
        switch length {
        case .leb128, .zigzag:
            var shift: UInt64 = 0
            while true {
                let byte: UInt8 = try integer(.big, field: field)
                number |= UInt64(byte & 0x7F) &<< shift
                if byte < 0x80 {
                    // The last byte is not 0, and the tenth byte contains only the highest bit of the number.
                    guard byte > 0 || shift == 0, shift < 63 || byte == 1 else {
                        throw PayloadError(.notShortest, field: field)
                    }
                    return number
                }
                shift += 7
                guard shift < 70 else { throw PayloadError(.notShortest, field: field) }
            }
        case .quic:
            let exponent = first >> 6
            let size = 1 << Int(exponent)
            number = try integer(bytes: size, .big, field: field)
            number &= .max >> UInt64(66 - 8 * size)
            least = exponent == 0 ? 0 : 1 << UInt64(4 * size - 2)
        case .bitcoin:
            skip(1)
            let size = 2 << Int(first - VariableLength.bitcoin.firstOfMoreBytes)
            number = try integer(bytes: size, .little, field: field)
            least = size == 2 ? 0xFD : 1 << UInt64(4 * size)
        case .asn1:
            skip(1)
            let size = Int(first & 0x7F)
            // Without a number of bytes, the end of the content would be marked in it.
            guard 1...8 ~= size else { throw PayloadError(.notShortest, field: field) }
            number = try integer(bytes: size, .big, field: field)
            least = size == 1 ? 0x80 : 1 << UInt64(8 * (size - 1))
        case .mysql:
            skip(1)
            switch first {
            case 0xFC:
                number = try integer(bytes: 2, .little, field: field)
                least = UInt64(length.firstOfMoreBytes)
            case 0xFD:
                number = try integer(bytes: 3, .little, field: field)
                least = 1 << 16
            case 0xFE:
                number = try integer(bytes: 8, .little, field: field)
                least = 1 << 24
            default: throw PayloadError(.notShortest, field: field)
            }
        case .midi:
            guard first > 0x80 else { throw PayloadError(.notShortest, field: field) }
            while true {
                guard number >> 57 == 0 else { throw PayloadError(.notShortest, field: field) }
                let byte: UInt8 = try integer(.big, field: field)
                number = number << 7 | UInt64(byte & 0x7F)
                if byte < 0x80 { return number }
            }
        }
        guard number >= least else { throw PayloadError(.notShortest, field: field) }
        return number
    }
}

@_documentation(visibility: internal)
extension FixedFields {
    /// The integer of `bytes` bytes at `offset`, 1 to 8.
    @inlinable @inline(__always)
    public func integer<T: FixedWidthInteger>(at offset: Int, bytes: Int, _ order: ByteOrder) -> T {
        number(ofBits: unsigned(at: offset, bytes: bytes, order), 8 &* bytes)
    }

    /// The enum value of `bytes` bytes at `offset`; a raw value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func enumeration<T: RawRepresentable>(
        at offset: Int,
        bytes: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        guard let value = T(rawValue: integer(at: offset, bytes: bytes, order)) else {
            throw PayloadError(.invalidCase, field: field)
        }
        return value
    }

    /// The flags of `bytes` bytes at `offset`; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func flags<T: OptionSet>(
        at offset: Int,
        bytes: Int,
        _ order: ByteOrder,
        known: T.RawValue = .max,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = integer(at: offset, bytes: bytes, order)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }
}

@_documentation(visibility: internal)
extension ByteWriter {
    /// Writes an integer as `bytes` bytes, 1 to 8.
    @inlinable @inline(__always)
    public mutating func integer(
        _ value: some FixedWidthInteger,
        bytes: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) {
        unsigned(try bitPattern(of: value, 8 &* bytes, field: field), bytes: bytes, order)
    }

    /// Writes the raw value of an enum as `bytes` bytes.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        _ value: T,
        bytes: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) where T.RawValue: FixedWidthInteger {
        try integer(value.rawValue, bytes: bytes, order, field: field)
    }

    /// Writes flags as `bytes` bytes; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func flags<T: OptionSet>(
        _ value: T,
        bytes: Int,
        _ order: ByteOrder,
        known: T.RawValue = .max,
        field: StaticString
    ) throws(PayloadError) where T.RawValue: FixedWidthInteger {
        guard value.rawValue & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        try integer(value.rawValue, bytes: bytes, order, field: field)
    }

    /// Writes an unsigned integer in as few bytes as it needs.
    @inlinable
    public mutating func integer(_ value: UInt64, _ length: VariableLength, field: StaticString) throws(PayloadError) {
        if value < UInt64(length.firstOfMoreBytes) { return append(UInt8(truncatingIfNeeded: value), .big) }
        try longInteger(value, length, field: field)
    }

    /// Writes a signed integer in as few bytes as it needs: ``VariableLength/zigzag``.
    @inlinable
    public mutating func integer(_ value: Int64, _ length: VariableLength, field: StaticString) throws(PayloadError) {
        try integer(UInt64(bitPattern: value &<< 1 ^ value &>> 63), .leb128, field: field)
    }

    @usableFromInline
    mutating func longInteger(_ value: UInt64, _ length: VariableLength, field: StaticString) throws(PayloadError) {
        switch length {
        case .leb128, .zigzag:
            var rest = value
            while rest >= 0x80 {
                append(UInt8(truncatingIfNeeded: rest) | 0x80, .big)
                rest >>= 7
            }
            append(UInt8(truncatingIfNeeded: rest), .big)
        case .quic:
            guard value >> 62 == 0 else { throw PayloadError(.outOfBounds, field: field) }
            let exponent: UInt64 = value >> 14 == 0 ? 1 : value >> 30 == 0 ? 2 : 3
            let size = 1 << Int(exponent)
            unsigned(value | exponent << UInt64(8 * size - 2), bytes: size, .big)
        case .bitcoin:
            let exponent: UInt8 = value >> 16 == 0 ? 0 : value >> 32 == 0 ? 1 : 2
            append(length.firstOfMoreBytes + exponent, .big)
            unsigned(value, bytes: 2 << Int(exponent), .little)
        case .asn1:
            let size = (71 - value.leadingZeroBitCount) / 8
            append(0x80 | UInt8(truncatingIfNeeded: size), .big)
            unsigned(value, bytes: size, .big)
        case .mysql:
            let (first, size): (UInt8, Int) = value >> 16 == 0 ? (0xFC, 2) : value >> 24 == 0 ? (0xFD, 3) : (0xFE, 8)
            append(first, .big)
            unsigned(value, bytes: size, .little)
        case .midi:
            var shift = (63 - value.leadingZeroBitCount) / 7 * 7
            while shift > 0 {
                append(0x80 | UInt8(truncatingIfNeeded: value >> UInt64(shift)), .big)
                shift -= 7
            }
            append(UInt8(truncatingIfNeeded: value) & 0x7F, .big)
        }
    }
}

extension VariableLength {
    /// The lowest first byte of a number of more than one byte.
    @usableFromInline var firstOfMoreBytes: UInt8 {
        switch self {
        case .leb128, .zigzag, .asn1, .midi: 0x80
        case .quic: 0x40
        case .bitcoin: 0xFD
        case .mysql: 0xFB
        }
    }
}
