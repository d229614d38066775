/// A sequence of bytes that never changes: a payload, a field of a message, an encoded frame.
///
/// Copying a value, or taking a part of it with ``subscript(_:)-(Range<Int>)``, shares the memory and copies no byte. A
/// field that is decoded on an event loop shares the memory of its read burst, and may be kept for any time. To keep a
/// few bytes for a long time, keep ``copied()``, which keeps no other bytes in memory.
@frozen
public struct Bytes: Sendable {
    @usableFromInline let storage: ByteStorage?
    @usableFromInline let offset: Int

    /// The number of bytes.
    public let count: Int

    /// An empty sequence of bytes.
    @inlinable
    public init() {
        storage = nil
        offset = 0
        count = 0
    }

    /// The `count` bytes of `storage` from `offset` on, which must be written already and must not change.
    @inlinable
    package init(storage: ByteStorage, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && count <= storage.capacity - offset, "bytes outside their storage")
        self.storage = storage
        self.offset = offset
        self.count = count
    }

    /// A copy of `bytes`.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        var writer = ByteWriter(capacity: bytes.count)
        writer.append(contentsOf: bytes)
        self = writer.takeBytes()
    }

    /// The UTF-8 encoding of `text`.
    @inlinable
    public init(utf8 text: some StringProtocol) {
        self.init(text.utf8)
    }

    /// The bytes of `buffer`, copied.
    @inlinable
    @unsafe
    public init(copying buffer: UnsafeRawBufferPointer) {
        var writer = ByteWriter(capacity: buffer.count)
        unsafe writer.append(copying: buffer)
        self = writer.takeBytes()
    }

    /// The block of memory that has the bytes; `nil` when the sequence is empty.
    package var sharedStorage: ByteStorage? { storage }

    /// Returns a copy of the bytes in a block of its own.
    public func copied() -> Bytes {
        unsafe withUnsafeBytes { unsafe Bytes(copying: $0) }
    }

    /// Calls `body` with the bytes, in memory that is valid during the call only.
    @inlinable @inline(__always)
    @unsafe
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let base = unsafe storage?.base
        // `self` and not the storage: the compiler would count references to the storage.
        defer { extendLifetime(self) }
        guard let base = unsafe base else { return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try unsafe body(UnsafeRawBufferPointer(start: base + offset, count: count))
    }
}

extension Bytes: RandomAccessCollection {
    /// The position of the first byte: 0.
    @inlinable public var startIndex: Int { 0 }

    /// The position after the last byte: ``count``.
    @inlinable public var endIndex: Int { count }

    /// The byte at `position`, which must be in `0..<count`.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "position outside the bytes")
        return unsafe withUnsafeBytes { unsafe $0[position] }
    }

    /// The bytes in `range`, which must lie within `0..<count`.
    ///
    /// Positions in the result start from 0 again.
    @inlinable
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the bytes")
        guard let storage, !range.isEmpty else { return Bytes() }
        return Bytes(storage: storage, offset: offset + range.lowerBound, count: range.count)
    }

    /// Calls `body` with the bytes as they lie in memory.
    @inlinable
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try unsafe withUnsafeBytes { raw in
            try unsafe raw.withMemoryRebound(to: UInt8.self) { try unsafe body($0) }
        }
    }
}

extension Bytes: Hashable {
    /// Whether both values have the same bytes.
    public static func == (left: Bytes, right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in unsafe left.elementsEqual(right) }
        }
    }

    /// Feeds the bytes to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        unsafe withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    /// The bytes of an array literal.
    public init(arrayLiteral elements: UInt8...) {
        self.init(elements)
    }
}

extension Bytes: ExpressibleByStringLiteral {
    /// The UTF-8 encoding of the text.
    public init(stringLiteral text: String) {
        self.init(utf8: text)
    }
}

extension Bytes: CustomStringConvertible, CustomDebugStringConvertible {
    /// The first 64 bytes in hexadecimal.
    public var description: String {
        let shown = prefix(64).map(\.hexadecimalDigits)
        return shown.joined() + (count > shown.count ? "… (\(count) bytes)" : "")
    }

    /// The text of ``description`` after the word `Bytes`.
    public var debugDescription: String { "Bytes(\(description))" }
}

extension String {
    /// The text that `bytes` encode, or `nil` when they are not valid UTF-8.
    @inlinable
    public init?(validating bytes: Bytes) {
        self.init(validating: bytes, as: UTF8.self)
    }
}

/// A block of memory that ``Bytes`` share; it is freed when the last of them is destroyed.
///
/// Code that writes to a block must have the only reference to it (`isKnownUniquelyReferenced`). Bytes of the block
/// that `Bytes` refer to never change. ``ByteWriter`` and the streams follow this rule, which makes the class
/// `Sendable`.
@safe
public final class ByteStorage: @unchecked Sendable {
    /// The first byte.
    @usableFromInline
    package let base: UnsafeMutableRawPointer

    /// The size of the block, in bytes.
    public let capacity: Int

    /// The number of additional bytes after the end of the block.
    ///
    /// They contain no data. Code may load and store whole words near the end of a block, if nothing depends on the
    /// additional bytes.
    package static let slack = 16

    /// A block without any bytes.
    @usableFromInline static let empty = ByteStorage(capacity: 0)

    /// Returns ``empty``, as the block of a writer.
    ///
    /// The caller must not see that the block is a constant: it would count no reference, but `ByteWriter.grow` releases one.
    @usableFromInline @inline(never)
    static func ofEmptyWriter() -> ByteStorage { empty }

    /// A block of `capacity` bytes (0 or more), with undefined content.
    @usableFromInline
    package init(capacity: Int) {
        self.capacity = max(capacity, 0)
        unsafe base = .allocate(byteCount: self.capacity + Self.slack, alignment: MemoryLayout<Int>.alignment)
    }

    deinit {
        unsafe base.deallocate()
    }
}
