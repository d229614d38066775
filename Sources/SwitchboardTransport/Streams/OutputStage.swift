internal import CLinux
internal import SwitchboardBytes

/// The output that streams send in an iteration of their event loop, before it is offered to the sockets.
///
/// All streams write to the same memory. A segment is what one stream has written without interruption, or bytes that
/// it shares with other streams. Therefore a stream needs no output memory of its own, and steady traffic allocates
/// none.
final class OutputStage {
    /// The initial size of the memory, in bytes.
    private static let initialCapacity = 128 * 1024

    /// If the memory has grown beyond this size, it is freed when all output is sent, in bytes.
    private static let maximumKeptBytes = 1024 * 1024

    /// When this many bytes are staged, streams send all of them before the end of the iteration.
    private static let maximumBytes = 1024 * 1024

    /// The segments of one stream, in the order in which it sent them.
    struct Chain {
        fileprivate var first = -1
        fileprivate var last = -1

        /// The number of bytes in all segments.
        fileprivate(set) var byteCount = 0

        var isEmpty: Bool { first < 0 }
    }

    private struct Segment {
        /// The shared bytes; empty if the bytes are in the writer.
        var shared = Bytes()
        /// The offset of the bytes in the writer.
        var offset: Int
        var count: Int
        /// The index of the stream's next segment, or -1.
        var next = -1

        var range: Range<Int> { offset..<offset + count }
    }

    /// The memory that streams write to.
    ///
    /// Afterwards, a stream adds the written bytes to its chain with ``addWritten(since:to:)``.
    let buffer = OutputBuffer(capacity: initialCapacity)

    /// The offset in the buffer at which the read burst of the receiving stream began; `nil` outside read bursts.
    ///
    /// The bytes from there on are not in the stream's chain yet.
    ///
    /// Adding them to the chain after each message would cost more than writing them.
    private var burstStart: Int?

    /// The segments of all chains, followed by unused segments.
    ///
    /// To remove those would cost more than to send a small message.
    @safe @exclusivity(unchecked) private var segments: [Segment] = []
    @safe @exclusivity(unchecked) private var segmentCount = 0
    /// The number of streams whose chain is not empty.
    private var chainCount = 0

    let vector = SendVector()

    deinit {
        buffer.deallocate()
    }

    private var writer: ByteWriter {
        _read { yield buffer.writer }
        _modify { yield &buffer.writer }
    }

    /// Whether every chain is empty.
    var isEmpty: Bool { chainCount == 0 }

    /// Whether streams should send the staged output now.
    var isFull: Bool { writer.count >= Self.maximumBytes }

    /// Begins a burst: bytes that are written from now on belong to it, unless they are added to a chain.
    ///
    /// - Parameter limit: The number of bytes after which the stream should offer them to its socket.
    func beginBurst(limit: Int) {
        burstStart = writer.count
        buffer.limit = writer.count &+ limit
    }

    /// Ends the burst.
    ///
    /// - Returns: The offset in the buffer at which the burst began; `nil` if no burst had begun.
    func endBurst() -> Int? {
        defer { burstStart = nil }
        return burstStart
    }

    /// Adds the bytes from offset `start` of the writer on to `chain`.
    func addWritten(since start: Int, to chain: inout Chain) {
        let count = writer.count - start
        precondition(count >= 0, "an encoder removed what others had written")
        guard count > 0 else { return }
        if chain.last >= 0 {
            let last = segments[chain.last]
            if last.shared.isEmpty, last.offset + last.count == start {
                segments[chain.last].count += count
                chain.byteCount += count
                return
            }
        }
        append(Segment(offset: start, count: count), to: &chain)
    }

    /// Adds `bytes`, which other streams may share, to `chain`.
    func addShared(_ bytes: Bytes, to chain: inout Chain) {
        guard !bytes.isEmpty else { return }
        append(Segment(shared: bytes, offset: 0, count: bytes.count), to: &chain)
    }

    private func append(_ segment: Segment, to chain: inout Chain) {
        let index = segmentCount
        if index < segments.count { segments[index] = segment } else { segments.append(segment) }
        segmentCount += 1
        if chain.isEmpty {
            chain.first = index
            chainCount += 1
        } else {
            segments[chain.last].next = index
        }
        chain.last = index
        chain.byteCount += segment.count
    }

    /// Ends the burst, and offers its bytes to a socket directly, without a chain; every chain must be empty.
    ///
    /// Bytes that the socket does not accept are added to `pending`, which must be empty.
    ///
    /// - Returns: The result, with an obstacle if output is pending now; `nil` if the burst has no bytes.
    func sendBurst(to socket: Socket, behind pending: inout PendingOutput) -> SendResult? {
        guard let start = endBurst(), start < writer.count else { return nil }
        let result = unsafe writer.withUnsafeBytes { written in
            let burst = unsafe UnsafeRawBufferPointer(rebasing: written[start...])
            let result = unsafe socket.send(burst)
            if result.obstacle != nil {
                unsafe pending.append(copying: UnsafeRawBufferPointer(rebasing: burst[result.byteCount...]))
            }
            return result
        }
        clear()
        return result
    }

    /// Offers the output of `chain` to a socket, and empties the chain.
    ///
    /// Bytes that the socket does not accept are added to `pending`, which must be empty.
    ///
    /// - Returns: The result, with an obstacle if output is pending now.
    func send(_ chain: inout Chain, to socket: Socket, behind pending: inout PendingOutput) -> SendResult {
        let result = offer(chain, to: socket)
        if result.obstacle != nil { move(&chain, after: result.byteCount, to: &pending) } else { remove(&chain) }
        return result
    }

    /// Offers the output of `chain` to a socket.
    private func offer(_ chain: Chain, to socket: Socket) -> SendResult {
        var total = 0
        var index = chain.first
        while index >= 0 {
            vector.removeAll()
            index = collect(from: index)
            let result = vector.send(to: socket)
            total += result.byteCount
            if result.obstacle != nil { return SendResult(byteCount: total, obstacle: result.obstacle) }
        }
        return SendResult(byteCount: total)
    }

    /// Fills the vector with the segments from `index` on; returns the index of the first segment without room, or -1.
    private func collect(from index: Int) -> Int {
        var index = index
        while index >= 0 {
            let segment = segments[index]
            // The memory stays valid: the segments and the writer own it, and no stream writes before the vector is
            // sent.
            let isAdded =
                if segment.shared.isEmpty {
                    unsafe writer.withUnsafeBytes { written in
                        unsafe vector.append(UnsafeRawBufferPointer(rebasing: written[segment.range]))
                    }
                } else {
                    unsafe segment.shared.withUnsafeBytes { unsafe vector.append($0) }
                }
            guard isAdded else { break }
            index = segment.next
        }
        return index
    }

    /// Moves the output of `chain` after the first `count` bytes to `pending`, and empties the chain.
    func move(_ chain: inout Chain, after count: Int = 0, to pending: inout PendingOutput) {
        var skipped = count
        var index = chain.first
        while index >= 0 {
            let segment = segments[index]
            index = segment.next
            guard skipped < segment.count else {
                skipped -= segment.count
                continue
            }
            if segment.shared.isEmpty {
                unsafe writer.withUnsafeBytes { written in
                    let rest = unsafe written[segment.range].dropFirst(skipped)
                    unsafe pending.append(copying: UnsafeRawBufferPointer(rebasing: rest))
                }
            } else {
                pending.append(segment.shared, after: skipped)
            }
            skipped = 0
        }
        remove(&chain)
    }

    /// Empties `chain`.
    ///
    /// When the last chain is emptied, all memory can be used again.
    func remove(_ chain: inout Chain) {
        guard !chain.isEmpty else { return }
        var index = chain.first
        while index >= 0 {
            if !segments[index].shared.isEmpty { segments[index].shared = Bytes() }
            index = segments[index].next
        }
        chain = Chain()
        chainCount -= 1
        if chainCount == 0, burstStart ?? writer.count == writer.count { clear() }
    }

    /// Makes all memory available again; frees it if it has grown too large.
    private func clear() {
        segmentCount = 0
        if burstStart != nil {
            burstStart = 0
            buffer.limit -= writer.count
        }
        if writer.count > Self.maximumKeptBytes {
            writer = ByteWriter(capacity: Self.initialCapacity)
            segments = []
        } else {
            writer.truncate(to: 0)
        }
    }

    /// Frees all memory.
    func release() {
        writer = ByteWriter(capacity: 0)
        segments = []
    }
}

/// The pieces of memory that one system call sends.
///
/// The pieces must stay valid until the call returns.
@safe
final class SendVector {
    /// The largest number of pieces.
    private static let capacity = 64

    private let pieces: UnsafeMutablePointer<iovec>
    private var count = 0

    /// The number of bytes in the pieces.
    private(set) var byteCount = 0

    init() {
        unsafe pieces = .allocate(capacity: Self.capacity)
    }

    deinit {
        unsafe pieces.deallocate()
    }

    func removeAll() {
        count = 0
        byteCount = 0
    }

    /// Adds a piece; returns whether the vector had room.
    @unsafe
    func append(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard count < Self.capacity else { return false }
        let base = unsafe UnsafeMutableRawPointer(mutating: piece.baseAddress)
        unsafe (pieces + count).initialize(to: iovec(iov_base: base, iov_len: piece.count))
        count += 1
        byteCount += piece.count
        return true
    }

    /// Sends the pieces, in order.
    func send(to socket: Socket) -> SendResult {
        if count == 1 {
            return unsafe socket.send(UnsafeRawBufferPointer(start: pieces.pointee.iov_base, count: byteCount))
        }
        return SendResult(unsafe linux_send_vector(socket.descriptor, pieces, count), of: byteCount)
    }
}
