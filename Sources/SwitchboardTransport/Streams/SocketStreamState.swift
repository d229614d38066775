/// The state of a socket's stream: events go in, and each returns the action to take.
///
/// The value has no socket, buffer or timer, so a test can run every sequence of events. ``SocketStream`` reports the events
/// on its event loop and performs the actions. Every event is valid in every state; once the stream closes, no event returns
/// another action than ``Action/release(withReset:)``, which ``release()`` returns once.
struct SocketStreamState: Hashable {
    /// What the stream does after an event.
    enum Action: Hashable {
        case nothing
        /// Watch the socket.
        case watch
        /// Present the input that the delegate left and receive more, in the event loop's next iteration.
        case continueInput
        /// Tell the delegate that the peer has ended its side, although input is still unread.
        case reportPeerEnded
        /// Tell the delegate that the peer has ended its side, and that all its input was presented or is left.
        case reportEnd
        /// Tell the delegate that the pending output is flushed, and do what ``continueInput`` asks for.
        case reportFlushed
        /// Drop the input that the delegate left, and flush the output at the end of the iteration.
        case beginFinishing
        /// Tell the peer that no output follows, and report ``SocketStreamState/outputWasShutDown(isConnected:_:)``.
        case shutDownOutput
        /// Wait for the peer's end for ``StreamLimits/lingerTimeout``.
        case awaitPeerEnd
        /// Drop all output, report ``SocketStreamState/outputDropped(_:)``, stop every timer, and stop watching the socket.
        case close
        /// Close the socket, and let the delegate go.
        case release(withReset: Bool)
    }

    /// What to do with a socket that may have input.
    enum Reading {
        /// Leave the input to the system.
        case nothing
        /// Receive the input for the delegate.
        case receive
        /// Receive the input and throw it away.
        case discard
    }

    private enum Phase {
        case notStarted
        case open
        /// The stream sends its pending output and throws input away.
        case finishing
        /// The stream has closed; its socket and its delegate are still to be released.
        case closed
        case released
    }

    /// Why the stream finishes or has closed.
    private(set) var reason = CloseReason.requested
    /// The number of bytes thrown away while finishing.
    private var discardedBytes = 0
    private var phase = Phase.notStarted
    /// Whether reading stops while too much output is pending.
    private let stopsReadingWhileCongested: Bool

    /// Whether the socket may have input to receive: an event comes only when that begins.
    private var isReadable = false
    /// Whether a short read is not the last one.
    private var readsUntilEmpty = false
    private var inputHasEnded = false
    private var isPaused = false
    /// Whether the input that the delegate left is to be presented again without more of it.
    private var presentsAgain = false

    /// Whether more output than the high-water mark is pending, and no flush below the low-water mark has followed.
    private(set) var isCongested = false
    private var outputIsShut = false
    /// Whether output was dropped when the stream closed: the peer is to know that it has not got all.
    private var hasDroppedOutput = false

    /// The state of a stream that is not started.
    init(stopsReadingWhileCongested: Bool) {
        self.stopsReadingWhileCongested = stopsReadingWhileCongested
    }

    // MARK: Questions

    /// Whether the stream was neither started nor closed.
    var isUnstarted: Bool { phase == .notStarted }

    /// Whether output may be sent, and input is presented.
    @inline(__always)
    var isOpen: Bool { phase == .open }

    /// Whether the stream sends its last output and waits for the peer's end.
    var isFinishing: Bool { phase == .finishing }

    /// Whether the stream has closed.
    @inline(__always)
    var isClosed: Bool { phase == .closed || phase == .released }

    /// Whether input is kept from the delegate until the pending output is flushed.
    @inline(__always)
    var holdsBackInput: Bool { isCongested && stopsReadingWhileCongested }

    /// Whether the delegate may be called with input.
    @inline(__always)
    var mayPresent: Bool { phase == .open && !isPaused && !holdsBackInput }

    /// Whether the socket is to be read when it has input.
    ///
    /// - Parameters:
    ///   - unread: The number of bytes that the delegate has left.
    ///   - wanted: The number of bytes that the delegate needs at once.
    func mayReceive(unread: Int, wanted: Int, _ limits: StreamLimits) -> Bool {
        switch phase {
        case .open: mayPresent && !inputHasEnded && unread < max(wanted, limits.maximumUnreadBytes)
        case .finishing: !inputHasEnded && discardedBytes < limits.lingerBytes
        case .notStarted, .closed, .released: false
        }
    }

    /// What to do with the socket now.
    ///
    /// The parameters are those of ``mayReceive(unread:wanted:_:)``.
    func reading(unread: Int, wanted: Int, _ limits: StreamLimits) -> Reading {
        guard isReadable, mayReceive(unread: unread, wanted: wanted, limits) else { return .nothing }
        return phase == .finishing ? .discard : .receive
    }

    // MARK: Start

    /// The delegate is there.
    mutating func started() -> Action {
        guard phase == .notStarted else { return .nothing }
        phase = .open
        return .watch
    }

    // MARK: Input

    /// The socket may have input.
    ///
    /// - Parameter readsUntilEmpty: Whether a short read is not the last: behind all input is the peer's end or an error, or
    ///   urgent data has cut it.
    @inline(__always)
    mutating func becameReadable(readsUntilEmpty: Bool) {
        isReadable = true
        if readsUntilEmpty { self.readsUntilEmpty = true }
    }

    /// An event has shown that the peer has ended its side.
    mutating func peerEnded() -> Action {
        phase == .open && !inputHasEnded ? .reportPeerEnded : .nothing
    }

    /// A read has returned bytes.
    ///
    /// - Parameters:
    ///   - count: The number of bytes, 1 or more.
    ///   - capacity: The number of bytes that there was room for.
    @inline(__always)
    mutating func received(_ count: Int, of capacity: Int) {
        if count < capacity, !readsUntilEmpty { isReadable = false }
    }

    /// The bytes of a read were thrown away.
    mutating func discarded(_ count: Int, _ limits: StreamLimits) -> Action {
        guard phase == .finishing else { return .nothing }
        discardedBytes += count
        return discardedBytes >= limits.lingerBytes && outputIsShut ? close(reason) : .nothing
    }

    /// A read has found nothing, or no memory.
    mutating func receivedNothing() {
        isReadable = false
    }

    /// A read has found the peer's end.
    mutating func receivedEnd() -> Action {
        isReadable = false
        guard !inputHasEnded else { return .nothing }
        inputHasEnded = true
        return switch phase {
        case .open: .reportEnd
        case .finishing where outputIsShut: close(reason)
        case .notStarted, .finishing, .closed, .released: .nothing
        }
    }

    /// The delegate wants no input.
    mutating func readingPaused() {
        isPaused = true
    }

    /// The delegate wants input again.
    mutating func readingResumed() -> Action {
        isPaused = false
        guard phase == .open else { return .nothing }
        presentsAgain = true
        return .continueInput
    }

    /// Whether to present the input that the delegate left once more now: the first call since it was asked for says so.
    mutating func takesInputAgain() -> Bool {
        guard presentsAgain, mayPresent else { return false }
        presentsAgain = false
        return true
    }

    // MARK: Output

    /// The number of bytes that wait for the socket has changed.
    mutating func pendingOutputChanged(to byteCount: Int, _ limits: StreamLimits) -> Action {
        guard phase == .open || phase == .finishing else { return .nothing }
        if byteCount > limits.maximumPendingBytes { return close(.slowConsumer) }
        if byteCount > limits.highWaterBytes {
            isCongested = true
        } else if isCongested, byteCount <= limits.lowWaterBytes {
            isCongested = false
            presentsAgain = phase == .open
            return .reportFlushed
        }
        return .nothing
    }

    /// No output is pending.
    mutating func outputFlushed() -> Action {
        guard phase == .finishing, !outputIsShut else { return .nothing }
        outputIsShut = true
        return .shutDownOutput
    }

    /// The peer was told that no output follows.
    ///
    /// To close while there is unread input would reset the connection, and the peer might lose the last replies.
    ///
    /// - Parameter isConnected: Whether there still is a connection.
    mutating func outputWasShutDown(isConnected: Bool, _ limits: StreamLimits) -> Action {
        guard phase == .finishing else { return .nothing }
        return !isConnected || inputHasEnded || discardedBytes >= limits.lingerBytes ? close(reason) : .awaitPeerEnd
    }

    // MARK: The end

    /// The stream is to send its pending output, and then to close.
    mutating func finishRequested(_ reason: CloseReason) -> Action {
        switch phase {
        case .notStarted: return abandon()
        case .open:
            phase = .finishing
            self.reason = reason
            return .beginFinishing
        case .finishing, .closed, .released: return .nothing
        }
    }

    /// The stream is to close now.
    mutating func closeRequested(_ reason: CloseReason) -> Action {
        switch phase {
        case .notStarted: abandon()
        case .open, .finishing: close(reason)
        case .closed, .released: .nothing
        }
    }

    /// The connection is broken.
    mutating func failed(errno: Int32) -> Action {
        switch phase {
        case .open: close(.reset(errno))
        // The reason of the finish stays: it was asked for first.
        case .finishing: close(reason)
        case .notStarted, .closed, .released: .nothing
        }
    }

    /// The write timeout or the linger timeout has passed.
    ///
    /// Either the peer has not taken the pending output, or it has, and has not closed its side.
    mutating func expired(hasPendingOutput: Bool) -> Action {
        switch phase {
        case .open: hasPendingOutput ? close(.slowConsumer) : .nothing
        case .finishing: close(hasPendingOutput ? .slowConsumer : reason)
        case .notStarted, .closed, .released: .nothing
        }
    }

    /// The stream has closed, and so many bytes of output were dropped.
    mutating func outputDropped(_ byteCount: Int) {
        if byteCount > 0 { hasDroppedOutput = true }
    }

    /// The event loop's iteration is over.
    mutating func release() -> Action {
        guard phase == .closed else { return .nothing }
        phase = .released
        return .release(withReset: hasDroppedOutput)
    }

    /// Ends a stream that has no delegate.
    private mutating func abandon() -> Action {
        phase = .released
        return .release(withReset: false)
    }

    private mutating func close(_ reason: CloseReason) -> Action {
        phase = .closed
        isCongested = false
        self.reason = reason
        return .close
    }
}
