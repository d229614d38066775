internal import SwitchboardTransport

/// The state of a TLS stream: events change it, and each event returns the action to take.
///
/// The value has no session, buffer or timer, so a test can run every sequence of events. `TLSStream` reports the
/// events on its event loop and performs the actions. Every event is valid in every state. After the stream has closed,
/// events return only ``Action/nothing``, except that ``baseClosed(_:)`` returns ``Action/reportClosed(_:)`` once.
///
/// The base is the stream below, which carries the records: a socket stream.
struct TLSStreamState: Hashable {
    /// What the stream does after an event.
    enum Action: Hashable {
        case nothing
        /// Send the records that the session has made.
        case sendRecords
        /// Send the last records of the handshake, stop its timeout, report success, and report
        /// ``TLSStreamState/secured()``.
        case reportSecure
        /// Encrypt the pending output until the base is congested.
        case encrypt
        /// Encrypt the pending output, and report ``TLSStreamState/encrypted(isAll:)``.
        case encryptRest
        /// Start the write timeout, and discard input, because the base does not accept all output yet.
        case awaitFlush
        /// Restart the timeout of the handshake with a shorter one: the stream finishes after a last output.
        case awaitHandshake
        /// Send a close_notify record, and continue to read.
        case endOutput
        /// Send a close_notify record, and finish the base.
        case closeNotify(CloseReason)
        /// Finish the base without a record, because the handshake is not done, or the record was sent.
        case finishBase(CloseReason)
        /// Send the session's alert, report the failure, and finish the base.
        case fail(String)
        /// Abort the base.
        case abortBase(CloseReason)
        /// Stop reading from the base, or read again, as ``TLSStreamState/readsBase`` says.
        case updateReading
        /// Do the same as for ``updateReading``, and present the unread input again.
        case presentAgain
        /// Tell the delegate that the peer has ended its side; input may still be unread.
        case reportPeerEnded
        /// Tell the delegate that the peer has ended its side, and that all its input was presented.
        case reportEnd
        /// Tell the delegate that the pending output is flushed, and do the same as for ``presentAgain``.
        case reportFlushed
        /// Tell the delegate that the stream has closed, and release the delegate.
        case reportClosed(CloseReason)
    }

    private enum Phase {
        case handshaking
        case open
        /// The peer has ended its side.
        case inputEnded
        /// The base sends its pending output.
        case finishing
        /// The base was aborted.
        case aborted
        /// The base has closed.
        case closed
    }

    /// The largest number of consecutive records without data.
    ///
    /// Such a record costs more than most messages, and no rate limit counts it.
    static let maximumEmptyRecords = 32

    private var phase = Phase.handshaking
    /// Whether reading stops while too much output is pending.
    private let stopsReadingWhileCongested: Bool
    /// Whether this side is the client.
    private let speaksFirst: Bool
    private var isPaused = false
    private(set) var isCongested = false
    /// Why the handshake failed, after ``Action/fail(_:)``.
    private(set) var failure = TLSFailure.other
    private var isInBurst = false
    private var awaitsFlush = false
    /// Whether a part of a record has arrived.
    private var isInRecord = false
    /// Whether to tell the delegate of the peer's end as soon as the delegate may get input again.
    private var endIsDue = false
    private var emptyRecords = 0
    /// Whether the delegate has asked to end this side.
    private var endsOutput = false
    /// Whether a close_notify record was sent, although the stream does not finish.
    private var outputHasEnded = false
    /// Why the stream finishes; set while it waits for the end of the handshake or encrypts the rest of the output.
    private var finishReason: CloseReason?
    /// The number of bytes discarded while ``finishReason`` is set.
    private var discardedBytes = 0

    /// The state of a stream that begins its handshake.
    init(speaksFirst: Bool, stopsReadingWhileCongested: Bool) {
        self.speaksFirst = speaksFirst
        self.stopsReadingWhileCongested = stopsReadingWhileCongested
    }

    // MARK: Questions

    var isHandshaking: Bool { phase == .handshaking }

    private var isOver: Bool { phase == .aborted || phase == .closed }

    /// Whether the handshake is done, and the peer has not ended its side.
    var isOpen: Bool { phase == .open }

    /// Whether the handshake is done, and the stream can encrypt output.
    var isSecure: Bool { phase == .open || phase == .inputEnded }

    /// Whether the delegate may send.
    var maySend: Bool { (isHandshaking || isSecure) && finishReason == nil && !endsOutput }

    /// Whether the delegate may send bytes that many streams share.
    ///
    /// A server sends no shared bytes before the handshake is done: it does not know the peer yet, and each such
    /// connection would keep the bytes in memory.
    var maySendShared: Bool { maySend && (!isHandshaking || speaksFirst) }

    /// Whether the stream is handling a read burst: it encrypts output at its end.
    var isReceiving: Bool { isInBurst }

    /// Whether the delegate gets no input until the pending output is flushed.
    var holdsBackInput: Bool { isCongested && stopsReadingWhileCongested }

    /// Whether the delegate may be called with input.
    var mayPresent: Bool { phase == .open && finishReason == nil && !isPaused && !holdsBackInput }

    /// Whether the stream discards the input of the base.
    var discardsInput: Bool { finishReason != nil && !isHandshaking }

    /// Whether the stream reads from the base; it also reads input that it discards.
    var readsBase: Bool { finishReason != nil || !isPaused && !holdsBackInput }

    /// Whether the delegate has not been told of the peer's end, because it could not get input.
    var hasEndToReport: Bool { endIsDue }

    // MARK: The handshake

    /// A step of the handshake needs more records from the peer.
    mutating func handshakeNeedsInput() -> Action {
        isHandshaking ? .sendRecords : .nothing
    }

    /// The last step of the handshake is done.
    mutating func handshakeDone() -> Action {
        guard isHandshaking else { return .nothing }
        phase = .open
        return .reportSecure
    }

    /// The action ``Action/reportSecure`` was performed.
    mutating func secured() -> Action {
        guard phase == .open else { return .nothing }
        return finishReason == nil && !endsOutput ? .encrypt : .encryptRest
    }

    // MARK: Input

    /// The base presents input.
    mutating func burstBegan() { isInBurst = true }

    /// The input that the base presented is handled, as far as it can be.
    mutating func burstEnded() -> Action {
        isInBurst = false
        return isSecure ? .encrypt : .nothing
    }

    /// The stream has taken the whole records from the input of the base.
    ///
    /// - Parameter isInRecord: Whether a part of a record is left.
    mutating func recordsTaken(isInRecord: Bool) {
        self.isInRecord = isInRecord
    }

    /// A record was decrypted.
    mutating func recordRead(hasData: Bool) -> Action {
        emptyRecords = hasData ? 0 : emptyRecords + 1
        guard emptyRecords > Self.maximumEmptyRecords else { return .nothing }
        return failed("more than \(Self.maximumEmptyRecords) consecutive TLS records without data")
    }

    /// The stream discarded input of the base.
    ///
    /// - Returns: Whether to stop reading from the base.
    mutating func discarded(_ count: Int, maximum: Int) -> Bool {
        discardedBytes += count
        return discardedBytes >= maximum
    }

    /// The peer has sent a close_notify record, or has closed the connection between two records.
    mutating func inputEnded() -> Action {
        guard phase == .open else { return .nothing }
        // The delegate may have unread input, or may still have to reply.
        endIsDue = !mayPresent
        guard !endIsDue else { return .nothing }
        phase = .inputEnded
        return .reportEnd
    }

    /// The base has reached its end, and the stream has taken all whole records.
    mutating func baseEnded() -> Action {
        // The stream still sends its output, and ignores the end of the input.
        if discardsInput { return .nothing }
        return switch phase {
        case .handshaking: failed("the peer closed the connection during the TLS handshake", .disconnected)
        case .open where isInRecord: failed("the peer closed the connection within a TLS record")
        // Many clients close without a close_notify record. The end of the messages shows whether the input is
        // complete.
        case .open: inputEnded()
        case .inputEnded, .finishing, .aborted, .closed: .nothing
        }
    }

    /// The base has noticed that the peer has ended its side.
    mutating func peerEnded() -> Action {
        phase == .open ? .reportPeerEnded : .nothing
    }

    /// The delegate pauses reading.
    mutating func readingPaused() -> Action {
        isPaused = true
        return isOver ? .nothing : .updateReading
    }

    /// The delegate resumes reading.
    mutating func readingResumed() -> Action {
        isPaused = false
        return isOver ? .nothing : .presentAgain
    }

    // MARK: Output

    /// More output is pending than the high-water mark, and the base is congested.
    mutating func outputCongested() -> Action {
        guard !isCongested, !isOver else { return .nothing }
        isCongested = true
        return .updateReading
    }

    /// Less output is pending than the low-water mark, or the base has room for more.
    mutating func outputFlushed() -> Action {
        guard isCongested, !isOver else { return .nothing }
        isCongested = false
        return .reportFlushed
    }

    /// The stream encrypted output until the base was congested.
    ///
    /// - Parameter isAll: Whether no output is left to encrypt.
    mutating func encrypted(isAll: Bool) -> Action {
        guard isSecure else { return .nothing }
        guard let finishReason else {
            guard endsOutput, isAll, !outputHasEnded else { return .nothing }
            outputHasEnded = true
            return .endOutput
        }
        guard isAll else {
            defer { awaitsFlush = true }
            return awaitsFlush ? .nothing : .awaitFlush
        }
        phase = .finishing
        return outputHasEnded ? .finishBase(finishReason) : .closeNotify(finishReason)
    }

    // MARK: The end

    /// The delegate asks to end this side after the output is sent, and to continue to read.
    mutating func outputEndRequested() -> Action {
        guard maySend else { return .nothing }
        endsOutput = true
        return isSecure ? .encryptRest : .nothing
    }

    /// The delegate asks to close the stream after the output is sent.
    ///
    /// - Parameter hasOutput: Whether output is waiting for the handshake.
    mutating func finishRequested(_ reason: CloseReason, hasOutput: Bool) -> Action {
        guard finishReason == nil else { return .nothing }
        switch phase {
        case .handshaking where hasOutput:
            finishReason = reason
            return .awaitHandshake
        case .handshaking:
            phase = .finishing
            return .finishBase(reason)
        case .open, .inputEnded:
            finishReason = reason
            return .encryptRest
        case .finishing, .aborted, .closed: return .nothing
        }
    }

    /// The delegate or the event loop asks to close the stream at once.
    mutating func abortRequested(_ reason: CloseReason) -> Action {
        guard !isOver else { return .nothing }
        phase = .aborted
        return .abortBase(reason)
    }

    /// The handshake or TLS itself failed.
    mutating func failed(_ text: String, _ failure: TLSFailure = .other) -> Action {
        guard isHandshaking || isSecure else { return .nothing }
        self.failure = failure
        phase = .finishing
        return .fail(text)
    }

    /// The timeout of the handshake, or of a finish, has passed.
    ///
    /// - Parameters:
    ///   - hasPendingOutput: Whether the peer has not accepted all output.
    ///   - timeout: The timeout of the handshake, for the text of the error.
    mutating func expired(hasPendingOutput: Bool, timeout: Duration) -> Action {
        if isHandshaking { return failed("the TLS handshake was not finished within \(timeout)", .timeout) }
        guard let finishReason else { return .nothing }
        // Either the peer has not accepted the pending output, or it has not ended its side in time.
        return abortRequested(hasPendingOutput ? .slowConsumer : finishReason)
    }

    /// The base has closed.
    mutating func baseClosed(_ reason: CloseReason) -> Action {
        guard phase != .closed else { return .nothing }
        phase = .closed
        // The reason of ``finishRequested(_:hasOutput:)`` stays, because it came first.
        if case .reset = reason, let finishReason { return .reportClosed(finishReason) }
        return .reportClosed(reason)
    }
}
