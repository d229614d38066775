internal import SwitchboardSpec

/// Puts the bytes that one end of a connection sends in order.
struct TCPStream {
    /// The largest number of bytes that wait for missing ones before them; then the missing bytes count as lost.
    static let maximumWaitingBytes = 1 << 20
    /// The largest number of segments that wait for missing bytes before them.
    static let maximumWaitingSegments = 1024
    /// The number of packets of the connection after which missing bytes count as lost, although the receiver has acknowledged them:
    /// a capture may have packets in another order than the network.
    static let patience = 16
    /// The largest distance of a segment from the next byte, which is the largest window of TCP; others are no part of the stream.
    private static let maximumWindow = 1 << 30

    /// A part of the stream.
    enum Output {
        case bytes([UInt8], Timestamp?)
        /// Bytes that the capture does not have, because it lacks a packet, or the end of one.
        case missing(Int, isCut: Bool, Timestamp?)
        /// The end of the stream.
        case end
    }

    private struct Piece {
        let sequence: UInt32
        let bytes: [UInt8]
        let missing: Int
        let time: Timestamp?
    }

    /// The number of the next byte; `nil` before the first.
    private var next: UInt32?
    /// The number behind the last byte, once the end was seen.
    private var end: UInt32?
    /// Parts that wait for the bytes before them, in order.
    private var waiting: [Piece] = []
    private(set) var waitingBytes = 0
    private var lastTime: Timestamp?
    /// Whether the receiver has acknowledged the bytes before the first part of ``waiting``.
    private var isAcknowledged = false
    /// The number of packets since then.
    private var waited = 0
    /// Whether the stream has ended.
    private(set) var hasEnded = false

    /// Adds a segment of the sender; returns the parts of the stream that are in order now.
    mutating func add(_ segment: TCPSegment) -> [Output] {
        guard !hasEnded else { return [] }
        let sequence = segment.isSYN ? segment.sequence &+ 1 : segment.sequence
        let size = segment.payload.count + segment.missing
        if next == nil, segment.isSYN || size > 0 || segment.isFIN { next = sequence }
        guard let next, abs(distance(sequence, next)) <= Self.maximumWindow else { return [] }
        if segment.isFIN { end = sequence &+ UInt32(truncatingIfNeeded: size) }
        if size > 0 {
            let piece = Piece(sequence: sequence, bytes: segment.payload, missing: segment.missing, time: segment.time)
            let place = waiting.lastIndex { distance($0.sequence, sequence) <= 0 }.map { $0 + 1 } ?? 0
            waiting.insert(piece, at: place)
            waitingBytes += piece.bytes.count
        }
        return drain()
    }

    /// Notes a packet of the connection, which may acknowledge bytes; returns the parts that no longer wait for lost ones.
    mutating func note(acknowledgement: UInt32?) -> [Output] {
        guard !hasEnded, let first = waiting.first else { return [] }
        if let acknowledgement, distance(acknowledgement, first.sequence) >= 0 { isAcknowledged = true }
        guard isAcknowledged else { return [] }
        waited += 1
        return waited > Self.patience ? drain(holes: 1) : []
    }

    /// Ends the stream; returns all parts that were waiting, and the end.
    mutating func finish() -> [Output] {
        guard !hasEnded else { return [] }
        let parts = drain(holes: .max)
        guard !hasEnded else { return parts }
        hasEnded = true
        return parts + [.end]
    }

    /// Takes the parts that are in order, and those behind `holes` holes.
    private mutating func drain(holes: Int = 0) -> [Output] {
        guard var next else { return [] }
        var parts: [Output] = []
        var holes = holes
        var used = 0
        for piece in waiting {
            let ahead = distance(piece.sequence, next)
            if ahead > 0 {
                let isFull =
                    waitingBytes > Self.maximumWaitingBytes || waiting.count - used > Self.maximumWaitingSegments
                guard holes > 0 || isFull else { break }
                holes -= isFull ? 0 : 1
                parts.append(.missing(ahead, isCut: false, later(piece.time)))
                next = piece.sequence
            }
            used += 1
            waitingBytes -= piece.bytes.count
            let known = max(0, -ahead)
            let size = piece.bytes.count + piece.missing
            guard known < size else { continue }
            if known < piece.bytes.count {
                lastTime = later(piece.time)
                parts.append(.bytes(Array(piece.bytes.dropFirst(known)), lastTime))
            }
            if piece.missing > 0 {
                parts.append(.missing(size - max(known, piece.bytes.count), isCut: true, later(piece.time)))
            }
            next = next &+ UInt32(truncatingIfNeeded: size - known)
        }
        waiting.removeFirst(used)
        if used > 0 { (isAcknowledged, waited) = (false, 0) }
        self.next = next
        if let end, distance(next, end) >= 0 {
            hasEnded = true
            waiting = []
            waitingBytes = 0
            parts.append(.end)
        }
        return parts
    }

    /// Returns the later one of `time` and that of the bytes before.
    private func later(_ time: Timestamp?) -> Timestamp? {
        guard let time, let lastTime else { return time ?? lastTime }
        return time.nanoseconds < lastTime.nanoseconds ? lastTime : time
    }

    /// Returns how far `number` is behind `other`, as numbers of TCP, which begin again at 0.
    private func distance(_ number: UInt32, _ other: UInt32) -> Int { Int(Int32(bitPattern: number &- other)) }
}
