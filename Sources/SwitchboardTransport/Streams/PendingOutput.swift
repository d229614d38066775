internal import DequeModule
package import SwitchboardBytes

/// The pending output of a stream: bytes that its socket did not accept, or that come after such bytes.
///
/// An empty value owns no memory.
package struct PendingOutput: ~Copyable {
    /// Shared bytes up to this number are copied, because a reference would cost as much, in bytes.
    private static let maximumCopiedBytes = 512

    /// The approximate size of a block of copied bytes; after that, a new block begins, in bytes.
    private static let chunkBytes = 64 * 1024

    private var pieces: Deque<Bytes> = []
    /// The copied bytes after all pieces, which will become the next piece.
    private var open = ByteWriter(capacity: 0)

    /// The number of pending bytes.
    package private(set) var byteCount = 0

    /// No pending output.
    package init() {}

    /// Whether no output is pending.
    package var isEmpty: Bool { byteCount == 0 }

    /// Adds `bytes` without the first `sent` of them.
    ///
    /// The value refers to many bytes, and copies few bytes or a small part of a large block: see
    /// `keepsMuchElse`.
    ///
    /// The size of the block decides, not the number of sent bytes: other streams share the block, and have sent fewer
    /// or more bytes.
    package mutating func append(_ bytes: Bytes, after sent: Int = 0) {
        let rest = bytes[sent..<bytes.count]
        guard rest.count > Self.maximumCopiedBytes, !bytes.keepsMuchElse else {
            return unsafe rest.withUnsafeBytes { unsafe append(copying: $0) }
        }
        seal()
        pieces.append(rest)
        byteCount += rest.count
    }

    /// Adds a copy of `bytes`.
    @unsafe
    mutating func append(copying bytes: UnsafeRawBufferPointer) {
        unsafe open.append(copying: bytes)
        byteCount += bytes.count
        if open.count >= Self.chunkBytes { seal() }
    }

    private mutating func seal() {
        if open.count > 0 { pieces.append(open.takeBytes()) }
    }

    /// Removes and returns the first bytes, at most `limit`; `nil` if no output is pending.
    package mutating func take(upTo limit: Int) -> Bytes? {
        seal()
        guard let piece = pieces.first else { return nil }
        let taken = piece[..<min(limit, piece.count)]
        removeFirst(taken.count)
        return taken
    }

    /// Offers all pending output to a socket, and removes the bytes that the socket accepted.
    mutating func send(to socket: Socket, with vector: SendVector) -> SendResult {
        seal()
        var total = 0
        while !isEmpty {
            vector.removeAll()
            collect(in: vector)
            let result = vector.send(to: socket)
            total += result.byteCount
            removeFirst(result.byteCount)
            if result.obstacle != nil { return SendResult(byteCount: total, obstacle: result.obstacle) }
        }
        return SendResult(byteCount: total)
    }

    private func collect(in vector: SendVector) {
        for piece in pieces {
            // The memory stays valid, because the pieces own it.
            guard unsafe piece.withUnsafeBytes({ unsafe vector.append($0) }) else { return }
        }
    }

    private mutating func removeFirst(_ count: Int) {
        byteCount -= count
        if isEmpty { return removeAll() }
        var rest = count
        while let piece = pieces.first, rest >= piece.count {
            rest -= piece.count
            pieces.removeFirst()
        }
        if rest > 0 { pieces[0] = pieces[0][rest...] }
    }

    /// Drops all pending output.
    package mutating func removeAll() {
        self = PendingOutput()
    }
}

extension Bytes {
    /// How many times larger than the pending bytes the block may be that they keep alive.
    ///
    /// The limits count the bytes only.
    private static let maximumRetention = 4

    /// Whether the bytes are such a small part of the block that they share that a copy saves memory.
    package var keepsMuchElse: Bool {
        sharedStorage.map { count < $0.capacity / Self.maximumRetention } ?? false
    }
}
