/// Decides when publishers are held: when connections that publish are not read.
///
/// A hold begins above ``BackplaneLimits/holdBytes``, and ends at ``BackplaneLimits/releaseBytes``, so that publishers have the pace of
/// the engine. A hold also ends when the engine has acknowledged no block for ``BackplaneLimits/holdTime``. The next acknowledgement
/// allows holds again.
///
/// Times are nanoseconds of any clock that never goes back.
struct PublisherHold {
    private enum State {
        case open
        /// Nothing was acknowledged since this time; `nil` until the first ``PublisherHold/tick(waitingBytes:at:)``.
        case holding(quietSince: UInt64?)
        case givenUp
    }

    private let holdBytes: Int
    private let releaseBytes: Int
    private let holdTime: UInt64
    private var state = State.open

    init(_ limits: BackplaneLimits) {
        holdBytes = limits.holdBytes
        releaseBytes = limits.releaseBytes
        let (seconds, attoseconds) = limits.holdTime.components
        // The limit of one year keeps the number of nanoseconds from overflowing.
        let wholeSeconds = UInt64(min(max(seconds, 0), 31_536_000))
        holdTime = wholeSeconds * 1_000_000_000 + UInt64(max(attoseconds, 0) / 1_000_000_000)
    }

    /// Whether publishers are held.
    var isHolding: Bool {
        if case .holding = state { true } else { false }
    }

    /// Whether a hold has ended because the engine acknowledged nothing for too long.
    var hasGivenUp: Bool {
        if case .givenUp = state { true } else { false }
    }

    /// Notes that more bytes are queued.
    mutating func noteGrowth(waitingBytes: Int) {
        if case .open = state, waitingBytes > holdBytes { state = .holding(quietSince: nil) }
    }

    /// Notes that the engine has acknowledged an entry.
    mutating func noteProgress(waitingBytes: Int, at now: UInt64) {
        if waitingBytes <= releaseBytes {
            state = .open
        } else if isHolding || waitingBytes > holdBytes {
            state = .holding(quietSince: now)
        } else {
            state = .open
        }
    }

    /// Notes the time; call this method several times a second.
    mutating func tick(waitingBytes: Int, at now: UInt64) {
        if waitingBytes <= releaseBytes { state = .open }
        guard case .holding(let quietSince) = state else { return }
        guard let quietSince else { return state = .holding(quietSince: now) }
        if now >= quietSince, now - quietSince >= holdTime { state = .givenUp }
    }
}
