/// The order in which the bytes of a number are sent.
///
/// The raw value is the keyword in a spec.
@frozen
public enum ByteOrder: String, Sendable, Hashable, CaseIterable {
    /// Most significant byte first: network order.
    case big
    /// Least significant byte first.
    case little
}

/// The order of the fields in bytes that several fields of a few bits share.
///
/// The raw value is the keyword in a spec.
@frozen
public enum BitOrder: String, Sendable, Hashable, CaseIterable {
    /// The first field has the highest bits, as in the diagrams of RFCs.
    case high
    /// The first field has the lowest bits.
    case low
}

extension FixedWidthInteger {
    /// Returns the value whose bytes in memory are the bytes of this value in `order`.
    ///
    /// The method is its own inverse.
    @inlinable @inline(__always)
    public func ordered(_ order: ByteOrder) -> Self {
        switch order {
        case .big: bigEndian
        case .little: littleEndian
        }
    }
}
