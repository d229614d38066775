internal import SwitchboardBytes

/// The input of a stream that its delegate has left: as a rule the beginning of a frame.
///
/// Without any, it owns no memory.
///
/// Its memory grows with what has arrived, never with what a peer has announced.
struct InputTail {
    /// The least memory that is allocated, in bytes, unless less will ever be needed.
    private static let minimumCapacity = 256

    private(set) var storage: ByteStorage?
    private(set) var start = 0
    private var end = 0

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// Memory behind the last byte: at least one byte, at most `limit` (1 or more).
    @unsafe
    mutating func room(upTo limit: Int) -> UnsafeMutableRawBufferPointer {
        let storage = storage(withRoomFor: 1, growingUpTo: limit)
        let size = min(limit, storage.capacity - end)
        return unsafe UnsafeMutableRawBufferPointer(start: storage.base + end, count: size)
    }

    /// Takes the next `count` bytes of the room, which have been filled.
    mutating func fill(_ count: Int) {
        precondition(count >= 0 && count <= (storage?.capacity ?? 0) - end, "filled more than there was room for")
        end += count
    }

    /// Adds a copy of `bytes`.
    ///
    /// With `missing` more bytes all would be there.
    @unsafe
    mutating func append(copying bytes: UnsafeRawBufferPointer, missing: Int) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let storage = storage(withRoomFor: bytes.count, growingUpTo: missing)
        unsafe (storage.base + end).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Forgets the first `count` bytes.
    mutating func consume(_ count: Int) {
        start += count
        if start >= end { removeAll() }
    }

    mutating func removeAll() {
        self = InputTail()
    }

    /// The memory, with room for `needed` more bytes.
    ///
    /// When it has to grow, it doubles, but not beyond what is useful.
    ///
    /// Parts of memory in which nothing may be written any more are in the hands of others, so that is replaced, too.
    private mutating func storage(withRoomFor needed: Int, growingUpTo useful: Int) -> ByteStorage {
        if isKnownUniquelyReferenced(&storage), let storage, storage.capacity - end >= needed { return storage }
        let growth = max(needed, min(useful, max(count + needed, Self.minimumCapacity)))
        let larger = ByteStorage(capacity: count + growth)
        if let storage { unsafe larger.base.copyMemory(from: storage.base + start, byteCount: count) }
        end = count
        start = 0
        storage = larger
        return larger
    }
}
