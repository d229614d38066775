/// A block of memory that ``Bytes`` share, freed with the last of them.
///
/// Whoever fills a block must be the only one to hold it (`isKnownUniquelyReferenced`); once `Bytes` have been made of
/// it, those bytes never change. That rule, kept by ``ByteWriter`` and by whoever receives input, is what makes it `Sendable`.
@safe
public final class ByteStorage: @unchecked Sendable {
    /// The first byte.
    @usableFromInline
    package let base: UnsafeMutableRawPointer

    /// The size of the block, in bytes.
    public let capacity: Int

    /// How many bytes of memory there are behind the block.
    ///
    /// They are nobody's: whoever has bytes near the end of a block may load and store whole words there, as long as
    /// nothing depends on what lies behind.
    package static let slack = 16

    /// A block without any bytes.
    @usableFromInline static let empty = ByteStorage(capacity: 0)

    /// A block of `capacity` bytes (0 or more), which hold anything until they are written.
    @usableFromInline
    package init(capacity: Int) {
        self.capacity = max(capacity, 0)
        unsafe base = .allocate(byteCount: self.capacity + Self.slack, alignment: MemoryLayout<Int>.alignment)
    }

    deinit {
        unsafe base.deallocate()
    }
}
