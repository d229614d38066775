/// The extra fields that a protocol has in the header of its frames.
///
/// The build generates a type with this protocol from the `frame` section of a spec.
public protocol FrameHeader: Sendable, Hashable {
    /// Reads the fields from a header.
    init(_ bytes: HeaderBytes)

    /// Writes the fields into a header.
    func write(into bytes: inout HeaderBytes)
}

extension HeaderBytes {
    /// The bytes of the fields of `header`; all other bytes are 0.
    public init(of header: some FrameHeader) {
        self.init()
        header.write(into: &self)
    }
}

/// The header of a protocol without extra fields.
public struct NoHeader: FrameHeader {
    /// A header without extra fields.
    public init() {}

    /// Reads nothing.
    public init(_ bytes: HeaderBytes) {}

    /// Writes nothing.
    public func write(into bytes: inout HeaderBytes) {}
}

/// The extra fields and the correlation of a header, as 24 bytes.
///
/// For a plain ``FrameFormat``, each field is where it is in the header, and the bytes of all other fields are 0. For a format with a
/// ``FrameCodec``, the codec decides where each field is, and may add numbers that it derives from the payload, or that the payload
/// needs.
@frozen
public struct HeaderBytes: Sendable, Hashable {
    // Words of 64 bits, because a word of 128 bits would need a larger alignment. Swift 6.3 miscompiles async functions
    // with an argument that has such an alignment.
    @usableFromInline var low: UInt64
    @usableFromInline var middle: UInt64
    @usableFromInline var high: UInt64

    /// The number of bytes.
    static let size = 24

    /// Header bytes that are all 0.
    @inlinable
    public init() {
        low = 0
        middle = 0
        high = 0
    }

    /// The bytes of a plain header.
    @inlinable @inline(__always)
    init(_ header: PlainHeader) {
        low = header.low
        middle = header.high
        high = 0
    }

    // MARK: Integers

    /// The integer that starts at `offset`, 0 to 23.
    ///
    /// Bytes after the last one are 0.
    @inlinable @inline(__always)
    public func integer<T: FixedWidthInteger>(at offset: Int, _ order: ByteOrder, as type: T.Type = T.self) -> T {
        var value = T(truncatingIfNeeded: word(at: offset))
        if MemoryLayout<T>.size > 8, offset >= 0 {
            value |= T(truncatingIfNeeded: UInt128(truncatingIfNeeded: word(at: offset &+ 8)) &<< 64)
        }
        return order == .big ? value.byteSwapped : value
    }

    /// Replaces the bytes from `offset`, 0 to 23, on by the bytes of `value`.
    ///
    /// Bytes of `value` after the last one are dropped.
    @inlinable @inline(__always)
    public mutating func set<T: FixedWidthInteger>(_ value: T, at offset: Int, _ order: ByteOrder) {
        let ordered = order == .big ? value.byteSwapped : value
        let bits = UInt128(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: ordered))
        let mask = UInt128(truncatingIfNeeded: T.Magnitude.max)
        replace(UInt64(truncatingIfNeeded: mask), by: UInt64(truncatingIfNeeded: bits), at: offset)
        if MemoryLayout<T>.size > 8, offset >= 0 {
            let (mask, bits) = (mask &>> 64, bits &>> 64)
            replace(UInt64(truncatingIfNeeded: mask), by: UInt64(truncatingIfNeeded: bits), at: offset &+ 8)
        }
    }

    // MARK: Values that may be absent

    /// Whether there is a value after the byte at `offset`, 0 to 23, which is 0 if there is none.
    public func hasValue(at offset: Int) -> Bool { integer(at: offset, .big, as: UInt8.self) != 0 }

    /// Sets whether there is a value after the byte at `offset`, 0 to 23.
    public mutating func setHasValue(_ hasValue: Bool, at offset: Int) {
        set(hasValue ? 1 : 0 as UInt8, at: offset, .big)
    }

    // MARK: Bytes

    /// The `count` bytes (0 to 24) from `offset`, 0 to 23, on.
    ///
    /// Bytes after the last one are 0.
    public func bytes(at offset: Int, count: Int) -> Bytes {
        let count = min(max(count, 0), Self.size)
        var writer = ByteWriter(capacity: count)
        for index in 0..<count { writer.append(integer(at: offset &+ index, .big, as: UInt8.self), .big) }
        return writer.takeBytes()
    }

    /// Replaces the `count` bytes (0 to 24) from `offset`, 0 to 23, on by the first bytes of `bytes`.
    ///
    /// Missing bytes are 0. Bytes after the last one are dropped.
    public mutating func set(_ bytes: Bytes, at offset: Int, count: Int) {
        var reader = ByteReader(bytes)
        for index in 0..<min(max(count, 0), Self.size) {
            set(reader.readInteger(.big, as: UInt8.self) ?? 0, at: offset &+ index, .big)
        }
    }

    // MARK: Words

    /// The eight bytes from `offset` on, with the first byte as the lowest one; bytes outside the header are 0.
    @inlinable @inline(__always)
    func word(at offset: Int) -> UInt64 {
        let word: UInt64
        let next: UInt64
        switch offset {
        case 0..<8: (word, next) = (low, middle)
        case 8..<16: (word, next) = (middle, high)
        case 16..<24: (word, next) = (high, 0)
        default: return 0
        }
        let shift = Self.shift(to: offset)
        return shift == 0 ? word : word &>> shift | next &<< (64 &- shift)
    }

    /// Replaces the bits of `mask` in the eight bytes from `offset` on by `bits`, which has no other bits.
    @inlinable @inline(__always)
    mutating func replace(_ mask: UInt64, by bits: UInt64, at offset: Int) {
        let shift = Self.shift(to: offset)
        let (mask, maskOfNext) = (mask &<< shift, shift == 0 ? 0 : mask &>> (64 &- shift))
        let (bits, bitsOfNext) = (bits &<< shift, shift == 0 ? 0 : bits &>> (64 &- shift))
        switch offset {
        case 0..<8:
            low = low & ~mask | bits
            middle = middle & ~maskOfNext | bitsOfNext
        case 8..<16:
            middle = middle & ~mask | bits
            high = high & ~maskOfNext | bitsOfNext
        case 16..<24: high = high & ~mask | bits
        default: break
        }
    }

    /// The number of bits before the byte at `offset` in its word.
    @inlinable @inline(__always)
    static func shift(to offset: Int) -> UInt64 { UInt64(truncatingIfNeeded: 8 &* (offset & 7)) }
}

/// The bytes of a plain header, of which there are at most 16, or a mask of them.
@usableFromInline
struct PlainHeader: Sendable, Hashable {
    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64

    @inlinable @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    init(_ word: UInt128) {
        self.init(low: UInt64(truncatingIfNeeded: word), high: UInt64(truncatingIfNeeded: word &>> 64))
    }

    /// The first bytes of `bytes`.
    init(_ bytes: HeaderBytes) {
        self.init(low: bytes.low, high: bytes.middle)
    }

    /// The bytes as one number; the first byte is the lowest one.
    var word: UInt128 { UInt128(truncatingIfNeeded: high) &<< 64 | UInt128(truncatingIfNeeded: low) }

    /// Returns the bits that are set in both values.
    @inlinable @inline(__always)
    static func & (bytes: PlainHeader, mask: PlainHeader) -> PlainHeader {
        PlainHeader(low: bytes.low & mask.low, high: bytes.high & mask.high)
    }
}
