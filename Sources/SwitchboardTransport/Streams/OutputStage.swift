internal import SwitchboardBytes

/// What streams send in a turn of their loop, until it is offered to their sockets.
///
/// All streams write into the same memory, each its own segments of it, in the order in which they send; bytes that are
/// shared are segments, too. No stream has memory of its own for this, and none is allocated while traffic is steady.
final class OutputStage {
    /// The memory to begin with, in bytes.
    private static let initialCapacity = 128 * 1024

    /// Memory that has grown beyond this many bytes is given back when all has been sent.
    private static let maximumKeptBytes = 1024 * 1024

    /// When this many bytes have been written, all that is staged is to be sent.
    private static let maximumBytes = 1024 * 1024

    /// The segments of one stream.
    struct Run {
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

    /// Where streams write.
    ///
    /// What was written is then added to the stream's run.
    let buffer = OutputBuffer(capacity: initialCapacity)

    /// From where on the buffer holds what the stream that is receiving has written in its burst without adding it to its
    /// run; `nil` outside bursts.
    ///
    /// Adding it message by message would cost more than writing it.
    private var burstStart: Int?

    /// The segments of all runs, and behind them those that are no longer used: to remove them would cost more than to
    /// send a small message.
    @safe @exclusivity(unchecked) private var segments: [Segment] = []
    @safe @exclusivity(unchecked) private var segmentCount = 0
    /// How many streams have a run that is not empty.
    private var runCount = 0

    let vector = SendVector()

    deinit {
        buffer.deallocate()
    }

    private var writer: ByteWriter {
        _read { yield buffer.writer }
        _modify { yield &buffer.writer }
    }

    /// Whether there is no run.
    var isEmpty: Bool { runCount == 0 }

    /// Whether all that is staged should be sent now.
    var isFull: Bool { writer.count >= Self.maximumBytes }

    /// Makes everything that is written from now on, and not added to another run, part of a burst of output.
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
    func addWritten(since start: Int, to run: inout Run) {
        let count = writer.count - start
        precondition(count >= 0, "an encoder removed what others had written")
        guard count > 0 else { return }
        if run.last >= 0 {
            let last = segments[run.last]
            if last.shared.isEmpty, last.offset + last.count == start {
                segments[run.last].count += count
                run.byteCount += count
                return
            }
        }
        append(Segment(offset: start, count: count), to: &run)
    }

    /// Adds bytes that others may send, too.
    func addShared(_ bytes: Bytes, to run: inout Run) {
        guard !bytes.isEmpty else { return }
        append(Segment(shared: bytes, offset: 0, count: bytes.count), to: &run)
    }

    private func append(_ segment: Segment, to run: inout Run) {
        let index = segmentCount
        if index < segments.count { segments[index] = segment } else { segments.append(segment) }
        segmentCount += 1
        if run.isEmpty {
            run.first = index
            runCount += 1
        } else {
            segments[run.last].next = index
        }
        run.last = index
        run.byteCount += segment.count
    }

    /// Ends the burst, and offers what was written in it to a socket without making it part of a run, of which there is none;
    /// what the socket does not take waits in `pending`, which is empty.
    ///
    /// - Returns: What came of it, with bytes that wait an obstacle; `nil` when nothing was written.
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

    /// Offers `run` to a socket, lets what the socket does not take wait in `pending`, which is empty, and forgets the run.
    ///
    /// - Returns: What came of it, with bytes that wait an obstacle.
    func send(_ run: inout Run, to socket: Socket, behind pending: inout PendingOutput) -> SendResult {
        let result = offer(run, to: socket)
        if result.obstacle != nil { move(&run, after: result.byteCount, to: &pending) } else { remove(&run) }
        return result
    }

    /// Offers all of `run` to a socket.
    private func offer(_ run: Run, to socket: Socket) -> SendResult {
        var total = 0
        var index = run.first
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
            // The memory stays where it is: the segments hold it, and nothing is written before it has been offered.
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

    /// Moves what follows the first `count` bytes of `run` to `pending`, and forgets the run.
    func move(_ run: inout Run, after count: Int = 0, to pending: inout PendingOutput) {
        var skipped = count
        var index = run.first
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
        remove(&run)
    }

    /// Forgets `run`.
    ///
    /// With the last one all memory is free for what comes next.
    func remove(_ run: inout Run) {
        guard !run.isEmpty else { return }
        var index = run.first
        while index >= 0 {
            if !segments[index].shared.isEmpty { segments[index].shared = Bytes() }
            index = segments[index].next
        }
        run = Run()
        runCount -= 1
        if runCount == 0, burstStart ?? writer.count == writer.count { clear() }
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

    /// Gives all memory back.
    func release() {
        writer = ByteWriter(capacity: 0)
        segments = []
    }
}
