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

/// The bytes of the extra fields and of the correlation in a header.
///
/// There are 16 bytes, the largest size of a header. The bytes of all other fields are 0.
@frozen
public struct HeaderBytes: Sendable, Hashable {
    // Two words, because a word of 128 bits would need a larger alignment. Swift 6.3 miscompiles async functions with
    // an argument that has such an alignment.
    @usableFromInline var low: UInt64
    @usableFromInline var high: UInt64

    /// The bytes as one number; the first byte is the lowest one.
    @inlinable
    var word: UInt128 {
        @inline(__always) get { UInt128(truncatingIfNeeded: high) &<< 64 | UInt128(truncatingIfNeeded: low) }
        @inline(__always) set {
            low = UInt64(truncatingIfNeeded: newValue)
            high = UInt64(truncatingIfNeeded: newValue &>> 64)
        }
    }

    /// Header bytes that are all 0.
    @inlinable
    public init() {
        low = 0
        high = 0
    }

    @inlinable @inline(__always)
    init(_ word: UInt128) {
        low = UInt64(truncatingIfNeeded: word)
        high = UInt64(truncatingIfNeeded: word &>> 64)
    }

    @inlinable @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Returns the bits that are set in both values.
    @inlinable @inline(__always)
    static func & (bytes: HeaderBytes, mask: HeaderBytes) -> HeaderBytes {
        HeaderBytes(low: bytes.low & mask.low, high: bytes.high & mask.high)
    }

    /// The integer that starts at `offset`, 0 to 15.
    ///
    /// Bytes after the end of the header are 0.
    @inlinable @inline(__always)
    public func integer<T: FixedWidthInteger>(at offset: Int, _ order: ByteOrder, as type: T.Type = T.self) -> T {
        guard let shift = Self.shift(to: offset) else { return 0 }
        let value = T(truncatingIfNeeded: word &>> shift)
        return order == .big ? value.byteSwapped : value
    }

    /// Replaces the bytes from `offset`, 0 to 15, on by the bytes of `value`.
    ///
    /// Bytes of `value` after the end of the header are dropped.
    @inlinable @inline(__always)
    public mutating func set<T: FixedWidthInteger>(_ value: T, at offset: Int, _ order: ByteOrder) {
        guard let shift = Self.shift(to: offset) else { return }
        let ordered = order == .big ? value.byteSwapped : value
        word &= ~(UInt128(truncatingIfNeeded: T.Magnitude.max) &<< shift)
        word |= UInt128(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: ordered)) &<< shift
    }

    /// The number of bits before the byte at `offset`; `nil` for an offset outside the header.
    @inlinable @inline(__always)
    static func shift(to offset: Int) -> UInt128? {
        guard offset >= 0, offset < MemoryLayout<UInt128>.size else { return nil }
        return UInt128(truncatingIfNeeded: 8 &* offset)
    }
}
