/// Reads bytes from a position up to an end.
///
/// No method reads past the end: a method that finds too few bytes returns `nil` and does not move the position.
/// ``Bytes`` that a reader returns share the memory of the bytes that it reads.
@frozen
public struct ByteReader {
    @usableFromInline package let storage: ByteStorage
    @usableFromInline var position: Int
    @usableFromInline var end: Int
    /// The depth of nested values at the position whose types contain themselves.
    @usableFromInline package var depth = 0

    /// Reads `bytes` from their start.
    @inlinable
    public init(_ bytes: Bytes) {
        storage = bytes.storage ?? .empty
        position = bytes.offset
        end = bytes.offset + bytes.count
    }

    /// Reads `count` bytes of `storage` from `offset`.
    @inlinable
    package init(storage: ByteStorage, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && count <= storage.capacity - offset, "reader outside its storage")
        self.storage = storage
        position = offset
        end = offset + count
    }

    /// The current position, as an argument for ``rewind(to:)``.
    @inlinable @inline(__always)
    package var mark: Int { position }

    /// Goes back to the position `mark`.
    @inlinable @inline(__always)
    package mutating func rewind(to mark: Int) {
        precondition(mark >= 0 && mark <= position, "cannot rewind to a later position")
        position = mark
    }

    /// The number of bytes that have not been read.
    @inlinable @inline(__always)
    public var remaining: Int { end &- position }

    /// The bytes that have not been read, in memory that is valid during the call only.
    @inlinable @inline(__always)
    @unsafe
    public func withUnsafeRemaining<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = try unsafe body(UnsafeRawBufferPointer(start: storage.base + position, count: remaining))
        extendLifetime(storage)
        return result
    }

    /// Reads an integer of `T`'s width, or returns `nil` when fewer bytes are left.
    @inlinable @inline(__always)
    public mutating func readInteger<T: FixedWidthInteger>(_ order: ByteOrder, as type: T.Type = T.self) -> T? {
        guard let value = peekInteger(at: 0, order, as: type) else { return nil }
        position &+= MemoryLayout<T>.size
        return value
    }

    /// The integer that starts `offset` bytes (0 or more) ahead, or `nil` when the bytes end before it does.
    @inlinable @inline(__always)
    public func peekInteger<T: FixedWidthInteger>(at offset: Int, _ order: ByteOrder, as type: T.Type = T.self) -> T? {
        guard offset >= 0, offset <= remaining, MemoryLayout<T>.size <= remaining &- offset else { return nil }
        let value = unsafe storage.base.loadUnaligned(fromByteOffset: position &+ offset, as: T.self)
        return value.ordered(order)
    }

    /// Reads the next `count` bytes, or returns `nil` when fewer are left.
    ///
    /// The result shares the memory of the bytes that the reader reads, even if `count` is 0.
    @inlinable @inline(__always)
    public mutating func readBytes(_ count: Int) -> Bytes? {
        guard count >= 0, count <= remaining else { return nil }
        let bytes = Bytes(storage: storage, offset: position, count: count)
        position &+= count
        return bytes
    }

    /// Moves `count` bytes ahead, or to the end when fewer are left.
    @inlinable @inline(__always)
    public mutating func skip(_ count: Int) {
        position &+= min(max(count, 0), remaining)
    }

    /// Calls `body` with this reader confined to the bytes from offset `start` to offset `end`, then moves `count`
    /// bytes ahead.
    ///
    /// At least `count` bytes must be left, and the offsets must be in `0...count`.
    @inlinable @inline(__always)
    package mutating func readWindow<Result, Failure>(
        from start: Int,
        to end: Int,
        of count: Int,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(0 <= start && start <= end && end <= count && count <= remaining, "a window outside its bytes")
        let outerEnd = self.end
        let next = position &+ count
        self.end = position &+ end
        position &+= start
        defer {
            position = next
            self.end = outerEnd
        }
        return try body(&self)
    }

    /// Confines the reader to the next `count` bytes (all, if fewer are left); returns the number of bytes behind them.
    @inlinable @inline(__always)
    package mutating func narrow(to count: Int) -> Int {
        let outside = remaining &- min(max(count, 0), remaining)
        end &-= outside
        return outside
    }

    /// Moves the end behind the next `outside` bytes, the number that ``narrow(to:)`` returned.
    @inlinable @inline(__always)
    package mutating func widen(by outside: Int) {
        precondition(outside >= 0 && outside <= storage.capacity &- end, "a reader outside its storage")
        end &+= outside
    }

    /// Calls `body` with this reader confined to the next `count` bytes (all, if fewer are left), then moves past them.
    @inlinable @inline(__always)
    public mutating func readWindow<Result, Failure>(
        _ count: Int,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outerEnd = end
        let windowEnd = position &+ min(max(count, 0), remaining)
        end = windowEnd
        defer {
            position = windowEnd
            end = outerEnd
        }
        return try body(&self)
    }
}

/// The next bytes of a payload, with one length check for all fields in these bytes.
///
/// Generated source reads each field at a literal offset, so the compiler removes the checks here.
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

    /// The integer that starts at `offset`; all of its bytes must lie within ``count``.
    @inlinable @inline(__always)
    public func integer<T: FixedWidthInteger>(at offset: Int, _ order: ByteOrder, as type: T.Type = T.self) -> T {
        precondition(offset >= 0 && MemoryLayout<T>.size <= count &- offset, "a field outside its bytes")
        return unsafe storage.base.loadUnaligned(fromByteOffset: start &+ offset, as: T.self).ordered(order)
    }

    /// The `size` bytes from `offset` on, which must all lie within ``count``.
    @inlinable @inline(__always)
    public func bytes(at offset: Int, count size: Int) -> Bytes {
        precondition(offset >= 0 && size >= 0 && size <= count &- offset, "a field outside its bytes")
        return size == 0 ? Bytes() : Bytes(storage: storage, offset: start &+ offset, count: size)
    }
}

@_documentation(visibility: internal)
extension ByteReader {
    /// Reads the next `count` bytes as fields; returns `nil` and reads nothing when fewer bytes are left.
    @inlinable @inline(__always)
    public mutating func readFixed(_ count: Int) -> FixedFields? {
        guard count >= 0, count <= remaining else { return nil }
        let fields = FixedFields(storage: storage, start: position, count: count)
        position &+= count
        return fields
    }
}
