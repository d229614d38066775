/// The next bytes of a payload, whose number was checked once for all the fields in them.
///
/// Generated source reads each field at its place. The places are literals, so that what is checked here is known when it
/// is compiled.
@_documentation(visibility: internal)
@frozen
public struct FixedFields {
    @usableFromInline let storage: ByteStorage
    @usableFromInline let start: Int

    /// The number of bytes.
    public let count: Int

    @inlinable @inline(__always)
    init(storage: ByteStorage, start: Int, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// The integer whose first byte is `offset` bytes ahead, which must be among the bytes with the rest of it.
    @inlinable @inline(__always)
    public func integer<T: FixedWidthInteger>(at offset: Int, _ order: ByteOrder, as type: T.Type = T.self) -> T {
        precondition(offset >= 0 && MemoryLayout<T>.size <= count &- offset, "a field outside its bytes")
        return unsafe storage.base.loadUnaligned(fromByteOffset: start &+ offset, as: T.self).ordered(order)
    }

    /// The `size` bytes from `offset` on, which must all be among the bytes.
    @inlinable @inline(__always)
    public func bytes(at offset: Int, count size: Int) -> Bytes {
        precondition(offset >= 0 && size >= 0 && size <= count &- offset, "a field outside its bytes")
        return size == 0 ? Bytes() : Bytes(storage: storage, offset: start &+ offset, count: size)
    }
}

@_documentation(visibility: internal)
extension ByteReader {
    /// Reads the next `count` bytes as fields, or returns `nil`, and reads nothing, when fewer are left.
    @inlinable @inline(__always)
    public mutating func readFixed(_ count: Int) -> FixedFields? {
        guard count >= 0, count <= remaining else { return nil }
        let fields = FixedFields(storage: storage, start: position, count: count)
        position &+= count
        return fields
    }
}
