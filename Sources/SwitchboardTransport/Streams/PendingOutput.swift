package import SwitchboardBytes

/// The output of a stream that its socket did not take, or is not to be offered yet.
///
/// Without any, it owns no memory.
package struct PendingOutput: ~Copyable {
    /// Shared bytes are copied when there are no more of them than this: to refer to them would cost as much.
    private static let maximumCopiedBytes = 512

    /// Memory for copied bytes grows up to about this many bytes; then further memory is begun.
    private static let chunkBytes = 64 * 1024

    private var pieces: [Bytes] = []
    /// The index of the first piece that has not been sent.
    private var firstPiece = 0
    /// How many bytes of that piece have been sent.
    private var sentOfFirst = 0
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
    /// That some of them have been sent does not count: they share the memory with others who have sent less, or more.
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
        guard firstPiece < pieces.count else { return nil }
        let piece = pieces[firstPiece]
        let taken = piece[sentOfFirst..<min(sentOfFirst + limit, piece.count)]
        advance(by: taken.count)
        return taken
    }

    /// Offers all of it to a socket, and forgets what the socket took.
    mutating func send(to socket: Socket, with vector: SendVector) -> SendResult {
        seal()
        var total = 0
        while !isEmpty {
            vector.removeAll()
            collect(in: vector)
            let result = vector.send(to: socket)
            total += result.byteCount
            advance(by: result.byteCount)
            if result.obstacle != nil { return SendResult(byteCount: total, obstacle: result.obstacle) }
        }
        return SendResult(byteCount: total)
    }

    private func collect(in vector: SendVector) {
        var skipped = sentOfFirst
        for piece in pieces[firstPiece...] {
            // The memory stays where it is: the pieces hold it.
            let isAdded = unsafe piece.withUnsafeBytes { bytes in
                unsafe vector.append(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(skipped)))
            }
            guard isAdded else { return }
            skipped = 0
        }
    }

    private mutating func advance(by count: Int) {
        byteCount -= count
        sentOfFirst += count
        while firstPiece < pieces.count, sentOfFirst >= pieces[firstPiece].count {
            sentOfFirst -= pieces[firstPiece].count
            pieces[firstPiece] = Bytes()
            firstPiece += 1
        }
        if isEmpty {
            removeAll()
        } else if firstPiece > pieces.count / 2 {
            pieces.removeFirst(firstPiece)
            firstPiece = 0
        }
    }

    /// Forgets all of it.
    package mutating func removeAll() {
        self = PendingOutput()
    }
}

extension Bytes {
    /// How many times as large as bytes the memory may be that they keep while they wait for a peer, which may take long:
    /// limits count the bytes.
    private static let maximumRetention = 4

    /// Whether the memory that the bytes are in is so much larger than they are that a copy is to wait instead of them.
    package var keepsMuchElse: Bool {
        sharedStorage.map { count < $0.capacity / Self.maximumRetention } ?? false
    }
}
