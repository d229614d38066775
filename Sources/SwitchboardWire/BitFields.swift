/// Reads fields of a few bits each from one to eight bytes.
///
/// Generated code uses this type where neighbouring fields share bytes.
@_documentation(visibility: internal)
@frozen
public struct BitReader {
    /// The bits that are not read yet: in the highest bits for ``BitOrder/high``, in the lowest for ``BitOrder/low``.
    @usableFromInline var bits: UInt64
    @usableFromInline let order: BitOrder

    /// The bits of `number`, of which the lowest `count` (1 to 64) are fields.
    @inlinable @inline(__always)
    init(_ number: UInt64, count: Int, _ order: BitOrder) {
        bits = order == .high ? number &<< UInt64(truncatingIfNeeded: 64 &- count) : number
        self.order = order
    }

    /// A reader without bits, for fields that are not there.
    @inlinable @inline(__always)
    public init(_ order: BitOrder) {
        self.init(0, count: 0, order)
    }

    /// Reads the next `width` bits, 1 to 64.
    @inlinable @inline(__always)
    mutating func take(_ width: Int) -> UInt64 {
        let unused = UInt64(truncatingIfNeeded: 64 &- width)
        switch order {
        case .high:
            let number = bits &>> unused
            bits = width < 64 ? bits &<< UInt64(truncatingIfNeeded: width) : 0
            return number
        case .low:
            let number = bits & (.max &>> unused)
            bits = width < 64 ? bits &>> UInt64(truncatingIfNeeded: width) : 0
            return number
        }
    }

    /// Reads a boolean of one bit.
    @inlinable @inline(__always)
    public mutating func boolean() -> Bool { take(1) == 1 }

    /// Reads an integer of `width` bits, 1 to the width of `T`.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(_ width: Int) -> T {
        number(ofBits: take(width), width)
    }

    /// Reads the raw value of an enum, of `width` bits; a value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public mutating func enumeration<T: RawRepresentable>(
        _ width: Int,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        guard let value = T(rawValue: integer(width)) else { throw PayloadError(.invalidCase, field: field) }
        return value
    }

    /// Reads flags of `width` bits, and keeps bits without a name.
    @inlinable @inline(__always)
    public mutating func flags<T: OptionSet>(_ width: Int) -> T where T.RawValue: FixedWidthInteger {
        T(rawValue: integer(width))
    }

    /// Reads flags of `width` bits; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public mutating func flags<T: OptionSet>(
        _ width: Int,
        known: T.RawValue,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = integer(width)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }

    /// Skips `width` reserved bits, 1 to 64.
    @inlinable @inline(__always)
    public mutating func skip(_ width: Int) { _ = take(width) }
}

/// Writes fields of a few bits each to one to eight bytes.
///
/// Generated code uses this type where neighbouring fields share bytes. The methods that take a `field` throw
/// `PayloadErrorCode.outOfBounds` for a number that has more bits.
@_documentation(visibility: internal)
@frozen
public struct BitWriter {
    @usableFromInline var bits: UInt64 = 0
    @usableFromInline var count = 0
    @usableFromInline let order: BitOrder

    /// A writer without bits.
    @inlinable @inline(__always)
    public init(_ order: BitOrder) {
        self.order = order
    }

    /// Writes the lowest `width` bits of `number`, 1 to 64.
    @inlinable @inline(__always)
    mutating func append(_ number: UInt64, _ width: Int) {
        switch order {
        case .high: bits = width < 64 ? bits &<< UInt64(truncatingIfNeeded: width) | number : number
        case .low: bits |= number &<< UInt64(truncatingIfNeeded: count)
        }
        count &+= width
    }

    /// Writes a boolean as one bit.
    @inlinable @inline(__always)
    public mutating func boolean(_ value: Bool) { append(value ? 1 : 0, 1) }

    /// Writes an integer as `width` bits, 1 to 64.
    @inlinable @inline(__always)
    public mutating func integer(
        _ value: some FixedWidthInteger,
        _ width: Int,
        field: StaticString
    ) throws(PayloadError) {
        append(try bitPattern(of: value, width, field: field), width)
    }

    /// Writes the raw value of an enum as `width` bits.
    @inlinable @inline(__always)
    public mutating func enumeration<T: RawRepresentable>(
        _ value: T,
        _ width: Int,
        field: StaticString
    ) throws(PayloadError) where T.RawValue: FixedWidthInteger {
        try integer(value.rawValue, width, field: field)
    }

    /// Writes flags as `width` bits; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public mutating func flags<T: OptionSet>(
        _ value: T,
        _ width: Int,
        known: T.RawValue = .max,
        field: StaticString
    ) throws(PayloadError) where T.RawValue: FixedWidthInteger {
        guard value.rawValue & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        try integer(value.rawValue, width, field: field)
    }

    /// Writes `width` reserved bits, 1 to 64: zeros.
    @inlinable @inline(__always)
    public mutating func reserved(_ width: Int) { append(0, width) }
}

/// Returns the integer whose lowest `width` bits (1 to 64) are `bits`; the highest of them is the sign of a signed integer.
@inlinable @inline(__always)
func number<T: FixedWidthInteger>(ofBits bits: UInt64, _ width: Int) -> T {
    guard T.isSigned else { return T(truncatingIfNeeded: bits) }
    let unused = Int64(truncatingIfNeeded: 64 &- width)
    return T(truncatingIfNeeded: (Int64(bitPattern: bits) &<< unused) &>> unused)
}

/// Returns the lowest `width` bits (1 to 64) of `value`; throws `PayloadErrorCode.outOfBounds` if it has more.
@inlinable @inline(__always)
func bitPattern<T: FixedWidthInteger>(
    of value: T,
    _ width: Int,
    field: StaticString
) throws(PayloadError) -> UInt64 {
    let bits = UInt64(truncatingIfNeeded: value)
    let unused = Int64(truncatingIfNeeded: 64 &- width)
    let mask: UInt64 = .max &>> UInt64(truncatingIfNeeded: unused)
    let fits: Bool
    if T.isSigned {
        fits = (Int64(bitPattern: bits) &<< unused) &>> unused == Int64(bitPattern: bits)
    } else {
        fits = bits & ~mask == 0
    }
    guard fits else { throw PayloadError(.outOfBounds, field: field) }
    return bits & mask
}

@_documentation(visibility: internal)
extension ByteReader {
    /// Reads `count` bytes, 1 to 8, as fields of a few bits.
    @inlinable @inline(__always)
    public mutating func bits(_ count: Int, _ order: BitOrder, field: StaticString) throws(PayloadError) -> BitReader {
        guard let fixed = readFixed(count) else { throw PayloadError(.truncated, field: field) }
        return fixed.bits(at: 0, count, order)
    }

    /// The first `width` bits of the next byte, 1 to 7, which are read later: the tag of a union.
    @inlinable @inline(__always)
    public func tag(_ width: Int, _ order: BitOrder, field: StaticString) throws(PayloadError) -> UInt8 {
        guard let byte = peekInteger(at: 0, .big, as: UInt8.self) else { throw PayloadError(.truncated, field: field) }
        var bits = BitReader(UInt64(byte), count: 8, order)
        return bits.integer(width)
    }
}

@_documentation(visibility: internal)
extension FixedFields {
    /// The `count` bytes at `offset`, 1 to 8, as fields of a few bits.
    @inlinable @inline(__always)
    public func bits(at offset: Int, _ count: Int, _ order: BitOrder) -> BitReader {
        let number = unsigned(at: offset, bytes: count, order == .high ? .big : .little)
        return BitReader(number, count: 8 &* count, order)
    }

    /// The unsigned number of `bytes` bytes at `offset`, 1 to 8.
    @inlinable @inline(__always)
    func unsigned(at offset: Int, bytes: Int, _ order: ByteOrder) -> UInt64 {
        switch bytes {
        case 1: return UInt64(integer(at: offset, order, as: UInt8.self))
        case 2: return UInt64(integer(at: offset, order, as: UInt16.self))
        case 4: return UInt64(integer(at: offset, order, as: UInt32.self))
        case 8: return integer(at: offset, order, as: UInt64.self)
        default:
            var number: UInt64 = 0
            for index in 0..<bytes {
                let place = order == .big ? index : bytes &- 1 &- index
                number = number &<< 8 | UInt64(integer(at: offset &+ place, order, as: UInt8.self))
            }
            return number
        }
    }
}

@_documentation(visibility: internal)
extension ByteWriter {
    /// Writes the fields of a few bits, which are a whole number of bytes.
    @inlinable @inline(__always)
    public mutating func bits(_ fields: BitWriter) {
        unsigned(fields.bits, bytes: fields.count &>> 3, fields.order == .high ? .big : .little)
    }

    /// Writes the lowest `bytes` bytes of `number`, 1 to 8.
    @inlinable @inline(__always)
    mutating func unsigned(_ number: UInt64, bytes: Int, _ order: ByteOrder) {
        switch bytes {
        case 1: append(UInt8(truncatingIfNeeded: number), order)
        case 2: append(UInt16(truncatingIfNeeded: number), order)
        case 4: append(UInt32(truncatingIfNeeded: number), order)
        case 8: append(number, order)
        default:
            for index in 0..<bytes {
                let place = order == .big ? bytes &- 1 &- index : index
                append(UInt8(truncatingIfNeeded: number &>> UInt64(truncatingIfNeeded: 8 &* place)), order)
            }
        }
    }
}
