internal import DequeModule
package import SwitchboardBytes

/// The output of a stream that its socket did not take, or is not to be offered yet.
///
/// Without any output, it owns no memory.
package struct PendingOutput: ~Copyable {
    /// Shared bytes are copied when there are no more of them than this: a reference would cost as much.
    private static let maximumCopiedBytes = 512

    /// Memory for copied bytes grows up to about this many bytes; then further memory is begun.
    private static let chunkBytes = 64 * 1024

    private var pieces: Deque<Bytes> = []
    /// Copied bytes that are not a piece yet, behind all pieces.
    private var open = ByteWriter(capacity: 0)

    /// The number of bytes.
    package private(set) var byteCount = 0

    /// No output.
    package init() {}

    /// Whether there is none.
    package var isEmpty: Bool { byteCount == 0 }

    /// Adds `bytes` without the first `sent` of them: by reference if they are many, and not a small part of what is in
    /// their memory.
    ///
    /// The choice does not depend on how many are sent: other streams share the memory, and have sent fewer or more.
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

    /// Takes the first bytes out, `limit` of them or fewer; `nil` when there are none.
    package mutating func take(upTo limit: Int) -> Bytes? {
        seal()
        guard let piece = pieces.first else { return nil }
        let taken = piece[..<min(limit, piece.count)]
        removeFirst(taken.count)
        return taken
    }

    /// Offers all of it to a socket, and removes what the socket took.
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
            // The memory stays where it is: the pieces hold it.
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

    /// Drops all of it.
    package mutating func removeAll() {
        self = PendingOutput()
    }
}

extension Bytes {
    /// How many times as large as the bytes the memory may be that pending bytes keep: limits count the bytes alone.
    private static let maximumRetention = 4

    /// Whether the memory that the bytes share is so much larger than they are that a copy is better kept.
    package var keepsMuchElse: Bool {
        sharedStorage.map { count < $0.capacity / Self.maximumRetention } ?? false
    }
}
