internal import CLinux
internal import SwitchboardBytes

/// The output that streams send in an iteration of their loop, until it is offered to their sockets.
///
/// All streams write to the same memory. A segment is what one stream has written in a row, or bytes that it shares with other
/// streams. No stream has output memory of its own, and none is allocated while traffic is steady.
final class OutputStage {
    /// The memory to begin with, in bytes.
    private static let initialCapacity = 128 * 1024

    /// Memory that has grown beyond this many bytes is freed once all output is sent.
    private static let maximumKeptBytes = 1024 * 1024

    /// When this many bytes are staged, all of them are sent before the end of the iteration.
    private static let maximumBytes = 1024 * 1024

    /// The segments of one stream, in the order in which it sent them.
    struct Chain {
        fileprivate var first = -1
        fileprivate var last = -1

        /// The number of bytes in all of them.
        fileprivate(set) var byteCount = 0

        var isEmpty: Bool { first < 0 }
    }

    private struct Segment {
        /// The bytes, or none when they are in the writer.
        var shared = Bytes()
        /// Where in the writer they begin.
        var offset: Int
        var count: Int
        /// The index of the stream's next segment, or -1.
        var next = -1

        var range: Range<Int> { offset..<offset + count }
    }

    /// The memory that streams write to.
    ///
    /// What a stream has written is then added to its chain.
    let buffer = OutputBuffer(capacity: initialCapacity)

    /// The offset in the buffer from which on it holds what the receiving stream has written in its read burst, and not added
    /// to its chain; `nil` outside read bursts.
    ///
    /// Adding it message by message would cost more than writing it.
    private var burstStart: Int?

    /// The segments of all chains, and behind them those that are no longer used: to remove them would cost more than
    /// to send a small message.
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

    /// Whether all that is staged should be sent now.
    var isFull: Bool { writer.count >= Self.maximumBytes }

    /// Begins a burst: what is written from now on, and not added to another chain, is part of it.
    ///
    /// - Parameter limit: How many bytes to write before they are to be offered to the socket.
    func beginBurst(limit: Int) {
        burstStart = writer.count
        buffer.limit = writer.count &+ limit
    }

    /// Ends the burst.
    ///
    /// - Returns: Where in the buffer it began.
    func endBurst() -> Int? {
        defer { burstStart = nil }
        return burstStart
    }

    /// Adds what was written since the writer's count was `start`.
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

    /// Adds bytes that other streams may send, too.
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

    /// Ends the burst, and offers what was written in it to a socket without making it part of a chain; every chain is
    /// empty.
    ///
    /// What the socket does not take is added to `pending`, which is empty.
    ///
    /// - Returns: The result, which has an obstacle when output is pending; `nil` when nothing was written.
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

    /// Offers `chain` to a socket, adds what the socket does not take to `pending`, which is empty, and empties the chain.
    ///
    /// - Returns: The result, which has an obstacle when output is pending.
    func send(_ chain: inout Chain, to socket: Socket, behind pending: inout PendingOutput) -> SendResult {
        let result = offer(chain, to: socket)
        if result.obstacle != nil { move(&chain, after: result.byteCount, to: &pending) } else { remove(&chain) }
        return result
    }

    /// Offers all of `chain` to a socket.
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

    /// Fills the vector from the segment at `index` on, and returns the index of the first that has no room in it.
    private func collect(from index: Int) -> Int {
        var index = index
        while index >= 0 {
            let segment = segments[index]
            // The memory stays valid: the segments hold it, and nothing is written before it has been offered.
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

    /// Moves what follows the first `count` bytes of `chain` to `pending`, and empties the chain.
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
    /// With the last chain all memory is free for what comes next.
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

    /// Frees all memory for what comes next.
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

/// Pieces of memory that one system call sends.
///
/// The pieces must stay valid until the call returns.
@safe
final class SendVector {
    /// The largest number of pieces.
    private static let capacity = 64

    private let pieces: UnsafeMutablePointer<iovec>
    private var count = 0

    /// The number of bytes in its pieces.
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

    /// Adds a piece, and returns whether there was room for it.
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
