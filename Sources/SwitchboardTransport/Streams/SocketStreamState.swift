/// The state of a socket stream: events change it, and each event returns the action to take.
///
/// The value has no socket, buffer or timer, so a test can run every sequence of events. ``SocketStream`` reports the
/// events on its event loop and performs the actions. Every event is valid in every state. After the stream has closed,
/// events return only ``Action/nothing``, except that ``release()`` returns ``Action/release(withReset:)`` once.
struct SocketStreamState: Hashable {
    /// What the stream does after an event.
    enum Action: Hashable {
        case nothing
        /// Watch the socket.
        case watch
        /// Present the unread input and receive more, in the next iteration of the event loop.
        case continueInput
        /// Tell the delegate that the peer has ended its side; input may still be unread.
        case reportPeerEnded
        /// Tell the delegate that the peer has ended its side, and that all its input was presented.
        case reportEnd
        /// Tell the delegate that the pending output is flushed, and do the same as for ``continueInput``.
        case reportFlushed
        /// Drop the unread input, and flush the output at the end of the iteration.
        case beginFinishing
        /// Shut down the output of the socket, and report ``SocketStreamState/outputWasShutDown(isConnected:_:)``.
        case shutDownOutput
        /// Wait for the peer's end for ``StreamLimits/lingerTimeout``.
        case awaitPeerEnd
        /// Drop all output, report ``SocketStreamState/outputDropped(_:)``, stop every timer, and stop watching the
        /// socket.
        case close
        /// Close the socket, and release the delegate.
        case release(withReset: Bool)
    }

    /// What to do with a socket that may have input.
    enum Reading {
        /// Leave the input to the system.
        case nothing
        /// Receive the input for the delegate.
        case receive
        /// Receive the input and discard it.
        case discard
    }

    private enum Phase {
        case notStarted
        case open
        /// The stream sends its pending output and discards input.
        case finishing
        /// The stream has closed; its socket and its delegate are not released yet.
        case closed
        case released
    }

    /// Why the stream finishes or has closed.
    private(set) var reason = CloseReason.requested
    /// The number of bytes discarded while finishing.
    private var discardedBytes = 0
    private var phase = Phase.notStarted
    /// Whether reading stops while too much output is pending.
    private let stopsReadingWhileCongested: Bool

    /// Whether the socket may have input.
    ///
    /// The system reports only the moment at which input becomes available.
    private var isReadable = false
    /// Whether to read until a read finds no input, even after a read that did not fill the buffer.
    private var readsUntilEmpty = false
    private var inputHasEnded = false
    private var isPaused = false
    /// Whether to present the unread input again, even without more input.
    private var presentsAgain = false

    /// Whether more output than the high-water mark is pending, and no flush below the low-water mark has followed.
    private(set) var isCongested = false
    private var outputIsShut = false
    /// Whether the stream dropped output when it closed.
    ///
    /// Then a reset tells the peer that output is missing.
    private var hasDroppedOutput = false

    /// The state of a stream that is not started.
    init(stopsReadingWhileCongested: Bool) {
        self.stopsReadingWhileCongested = stopsReadingWhileCongested
    }

    // MARK: Questions

    /// Whether the stream was not started and not closed.
    var isUnstarted: Bool { phase == .notStarted }

    /// Whether the delegate may send output and gets input.
    @inline(__always)
    var isOpen: Bool { phase == .open }

    /// Whether the stream is sending its last output or waiting for the peer's end.
    var isFinishing: Bool { phase == .finishing }

    /// Whether the stream has closed.
    @inline(__always)
    var isClosed: Bool { phase == .closed || phase == .released }

    /// Whether the delegate gets no input until the pending output is flushed.
    @inline(__always)
    var holdsBackInput: Bool { isCongested && stopsReadingWhileCongested }

    /// Whether the delegate may be called with input.
    @inline(__always)
    var mayPresent: Bool { phase == .open && !isPaused && !holdsBackInput }

    /// Whether the stream reads from the socket when the socket has input.
    ///
    /// - Parameters:
    ///   - unread: The number of unread bytes.
    ///   - wanted: The number of bytes that the delegate needs.
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

    /// The stream gets its delegate.
    mutating func started() -> Action {
        guard phase == .notStarted else { return .nothing }
        phase = .open
        return .watch
    }

    // MARK: Input

    /// The socket may have input.
    ///
    /// - Parameter readsUntilEmpty: Whether to read until a read finds no input: because the peer's end or an error
    ///   follows the input, or because urgent data can end a read early.
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
    ///   - capacity: The size of the buffer, in bytes.
    @inline(__always)
    mutating func received(_ count: Int, of capacity: Int) {
        if count < capacity, !readsUntilEmpty { isReadable = false }
    }

    /// The stream discarded the bytes of a read.
    mutating func discarded(_ count: Int, _ limits: StreamLimits) -> Action {
        guard phase == .finishing else { return .nothing }
        discardedBytes += count
        return discardedBytes >= limits.lingerBytes && outputIsShut ? close(reason) : .nothing
    }

    /// A read has found no input, or the system had no memory.
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

    /// The delegate pauses reading.
    mutating func readingPaused() {
        isPaused = true
    }

    /// The delegate resumes reading.
    mutating func readingResumed() -> Action {
        isPaused = false
        guard phase == .open else { return .nothing }
        presentsAgain = true
        return .continueInput
    }

    /// Returns whether to present the unread input again now; only the first call after a request returns `true`.
    mutating func takesInputAgain() -> Bool {
        guard presentsAgain, mayPresent else { return false }
        presentsAgain = false
        return true
    }

    // MARK: Output

    /// The number of pending bytes has changed.
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

    /// The output of the socket was shut down.
    ///
    /// The stream does not close at once: closing a socket with unread input resets the connection, and the peer might
    /// lose the last replies.
    ///
    /// - Parameter isConnected: Whether the socket is still connected.
    mutating func outputWasShutDown(isConnected: Bool, _ limits: StreamLimits) -> Action {
        guard phase == .finishing else { return .nothing }
        return !isConnected || inputHasEnded || discardedBytes >= limits.lingerBytes ? close(reason) : .awaitPeerEnd
    }

    // MARK: The end

    /// The delegate asks to close the stream after the pending output is sent.
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

    /// The delegate or the event loop asks to close the stream at once.
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
        // The reason of ``finishRequested(_:)`` stays, because it came first.
        case .finishing: close(reason)
        case .notStarted, .closed, .released: .nothing
        }
    }

    /// The write timeout or the linger timeout has passed.
    ///
    /// Either the peer has not accepted the pending output, or it has not ended its side in time.
    mutating func expired(hasPendingOutput: Bool) -> Action {
        switch phase {
        case .open: hasPendingOutput ? close(.slowConsumer) : .nothing
        case .finishing: close(hasPendingOutput ? .slowConsumer : reason)
        case .notStarted, .closed, .released: .nothing
        }
    }

    /// The stream has closed, and dropped this number of bytes of output.
    mutating func outputDropped(_ byteCount: Int) {
        if byteCount > 0 { hasDroppedOutput = true }
    }

    /// The event loop releases the stream, which has closed.
    mutating func release() -> Action {
        guard phase == .closed else { return .nothing }
        phase = .released
        return .release(withReset: hasDroppedOutput)
    }

    /// Closes a stream that was not started and has no delegate.
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
