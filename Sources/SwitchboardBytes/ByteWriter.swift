/// Writes bytes to memory that grows as needed.
@frozen
public struct ByteWriter: ~Copyable {
    @usableFromInline var storage: ByteStorage

    @usableFromInline var end = 0

    /// The number of bytes written.
    @inlinable @inline(__always)
    public var count: Int { end }

    /// An empty writer.
    ///
    /// - Parameter capacity: The initial size of the memory, in bytes.
    @inlinable
    public init(capacity: Int = 256) {
        storage = capacity > 0 ? ByteStorage(capacity: capacity) : .ofEmptyWriter()
    }

    /// An empty writer in `storage`, which must have no other reference.
    package init(reusing storage: ByteStorage) {
        self.storage = storage
    }

    /// Reserves memory for `additional` bytes (0 or more) after the last byte.
    @inlinable @inline(__always)
    public mutating func reserve(_ additional: Int) {
        if additional > storage.capacity &- end { grow(by: additional) }
    }

    // The method releases only the memory of the writer, so the compiler need not retain the bytes that the caller
    // writes.
    @usableFromInline @inline(never) @_effects(releasenone)
    mutating func grow(by additional: Int) {
        let larger = ByteStorage(capacity: max(storage.capacity * 2, end + additional))
        unsafe larger.base.copyMemory(from: storage.base, byteCount: end)
        storage = larger
    }

    /// Appends the bytes of `value`.
    @inlinable @inline(__always)
    public mutating func append<T: FixedWidthInteger>(_ value: T, _ order: ByteOrder) {
        reserve(MemoryLayout<T>.size)
        unsafe storage.base.storeBytes(of: value.ordered(order), toByteOffset: end, as: T.self)
        end &+= MemoryLayout<T>.size
    }

    /// Replaces the bytes at `offset`, which must be written already, by the bytes of `value`.
    @inlinable @inline(__always)
    public mutating func overwrite<T: FixedWidthInteger>(at offset: Int, with value: T, _ order: ByteOrder) {
        precondition(offset >= 0 && MemoryLayout<T>.size <= end &- offset, "overwrite outside the written bytes")
        unsafe storage.base.storeBytes(of: value.ordered(order), toByteOffset: offset, as: T.self)
    }

    /// Appends `count` bytes (0 or more) with undefined content, to be overwritten later.
    @inlinable @inline(__always)
    package mutating func advance(by count: Int) {
        reserve(count)
        end &+= count
    }

    /// Replaces `count` bytes (0 to 16) at `offset`, which must be written already, by the low-order bytes of `word`,
    /// the lowest byte first.
    @inlinable @inline(__always)
    package mutating func overwrite(at offset: Int, withFirst count: Int, of word: UInt128) {
        precondition(offset >= 0 && count >= 0 && count <= end &- offset, "overwrite outside the written bytes")
        if count >= 8, count <= 16 {
            // Two stores of eight bytes, which overlap if `count` is less than 16.
            let last = count &- 8
            let lastBits = UInt128(truncatingIfNeeded: 8 &* last)
            overwrite(at: offset, with: UInt64(truncatingIfNeeded: word), .little)
            overwrite(at: offset &+ last, with: UInt64(truncatingIfNeeded: word &>> lastBits), .little)
        } else {
            for index in 0..<min(count, 16) {
                let byte = UInt8(truncatingIfNeeded: word &>> UInt128(truncatingIfNeeded: 8 &* index))
                overwrite(at: offset &+ index, with: byte, .little)
            }
        }
    }

    /// Copies `count` bytes (0 or more) from offset `source` to offset `target`; all of them must be written already.
    package mutating func copy(_ count: Int, from source: Int, to target: Int) {
        precondition(
            count >= 0 && source >= 0 && target >= 0 && count <= end &- source && count <= end &- target,
            "copy outside the written bytes"
        )
        unsafe (storage.base + target).copyMemory(from: storage.base + source, byteCount: count)
    }

    /// Appends `bytes`.
    @inlinable @inline(__always)
    public mutating func append(_ bytes: Bytes) {
        unsafe bytes.withUnsafeBytes { unsafe append(copying: $0) }
    }

    /// Appends `bytes`, with a single copy if they are contiguous in memory.
    @inlinable
    public mutating func append(contentsOf bytes: some Collection<UInt8>) {
        let copied: Void? = bytes.withContiguousStorageIfAvailable {
            unsafe append(copying: UnsafeRawBufferPointer($0))
        }
        if copied == nil {
            for byte in bytes { append(byte, .big) }
        }
    }

    /// Appends the bytes of `buffer`.
    @inlinable @inline(__always)
    @unsafe
    public mutating func append(copying buffer: UnsafeRawBufferPointer) {
        guard let source = buffer.baseAddress, buffer.count > 0 else { return }
        reserve(buffer.count)
        unsafe (storage.base + end).copyMemory(from: source, byteCount: buffer.count)
        end &+= buffer.count
    }

    /// Removes the bytes after the first `count`, if there are more.
    @inlinable @inline(__always)
    public mutating func truncate(to count: Int) {
        end = min(max(count, 0), end)
    }

    /// Calls `body` with the bytes written, in memory that is valid during the call only.
    @inlinable @inline(__always)
    @unsafe
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: storage.base, count: end))
    }

    /// Moves the memory out of the writer, which is empty afterwards.
    package mutating func takeStorage() -> ByteStorage {
        let taken = storage
        storage = .ofEmptyWriter()
        end = 0
        return taken
    }

    /// Moves the bytes out of the writer, without a copy; the writer is empty afterwards.
    @inlinable
    public mutating func takeBytes() -> Bytes {
        guard end > 0 else { return Bytes() }
        let bytes = Bytes(storage: storage, offset: 0, count: end)
        storage = .ofEmptyWriter()
        end = 0
        return bytes
    }
}

/// A reference to a writer that the routes of a read burst share for their replies.
///
/// Only one thread uses a buffer. A route encodes its reply directly into the buffer, and the stream that owns the
/// buffer sends it. The value counts no references: the memory lives until the owner calls ``deallocate()``.
@safe @usableFromInline
package struct OutputBuffer {
    // Not an object: for its properties, Swift would check exclusive access at run time, at a tenth of the cost of a
    // message.
    @usableFromInline let contents: UnsafeMutablePointer<Contents>

    @usableFromInline
    struct Contents: ~Copyable {
        @usableFromInline var writer: ByteWriter
        // The count of the writer at which a route must stop.
        @usableFromInline var limit = Int.max

        init(writer: consuming ByteWriter) {
            self.writer = writer
        }
    }

    /// An empty buffer.
    package init(capacity: Int = 256) {
        unsafe contents = .allocate(capacity: 1)
        unsafe contents.initialize(to: Contents(writer: ByteWriter(capacity: capacity)))
    }

    /// Frees the memory; the buffer must not be used afterwards.
    package func deallocate() {
        unsafe contents.deinitialize(count: 1)
        unsafe contents.deallocate()
    }

    /// The writer.
    ///
    /// Do not use the buffer in any other way during a call that writes.
    @inlinable
    package var writer: ByteWriter {
        @inline(__always) _read { yield unsafe contents.pointee.writer }
        @inline(__always) nonmutating _modify { yield unsafe &contents.pointee.writer }
    }

    /// The count of the writer at which the owner sends the written bytes.
    @inlinable
    package var limit: Int {
        @inline(__always) get { unsafe contents.pointee.limit }
        @inline(__always) nonmutating set { unsafe contents.pointee.limit = newValue }
    }

    /// Whether a route may write more before the owner sends the bytes.
    @inlinable @inline(__always)
    package var hasRoom: Bool { writer.count < limit }
}
