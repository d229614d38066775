/// Decides when connections that publish are not read.
///
/// It begins when too many bytes wait, and ends when few enough do: publishers get the pace of the engine. It also ends when
/// the engine has acknowledged no block for ``BackplaneLimits/holdTime``, until the engine acknowledges a block again.
///
/// Times are nanoseconds of any clock that never goes back.
struct PublisherHold {
    private enum State {
        case open
        /// Since this time nothing was acknowledged; `nil` until the first ``PublisherHold/tick(at:)``.
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

    /// Whether publishers are to be held.
    var isHolding: Bool {
        if case .holding = state { true } else { false }
    }

    /// Whether the engine has been quiet for too long.
    var hasGivenUp: Bool {
        if case .givenUp = state { true } else { false }
    }

    /// Takes note that more bytes wait.
    mutating func noteGrowth(waitingBytes: Int) {
        if case .open = state, waitingBytes > holdBytes { state = .holding(quietSince: nil) }
    }

    /// Takes note that the engine has acknowledged blocks.
    mutating func noteProgress(waitingBytes: Int, at now: UInt64) {
        if waitingBytes <= releaseBytes {
            state = .open
        } else if isHolding || waitingBytes > holdBytes {
            state = .holding(quietSince: now)
        } else {
            state = .open
        }
    }

    /// Takes note of the time: to be called several times a second.
    mutating func tick(waitingBytes: Int, at now: UInt64) {
        if waitingBytes <= releaseBytes { state = .open }
        guard case .holding(let quietSince) = state else { return }
        guard let quietSince else { return state = .holding(quietSince: now) }
        if now >= quietSince, now - quietSince >= holdTime { state = .givenUp }
    }
}
