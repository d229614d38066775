internal import SwitchboardTransport

/// The state of a stream of TLS: events go in, and each returns the action to take.
///
/// The value has no session, buffer or timer, so a test can run every sequence of events. `TLSStream` reports the events on
/// its event loop and performs the actions. Every event is valid in every state; once the stream closes, no event returns
/// another action than ``Action/reportClosed(_:)``, which ``baseClosed(_:)`` returns once.
///
/// "Base" is the stream below: the socket that carries the records.
struct TLSStreamState: Hashable {
    /// What the stream does after an event.
    enum Action: Hashable {
        case nothing
        /// Send the records that the session has made.
        case sendRecords
        /// Send the last records of the handshake, stop its timeout, report success, and report ``TLSStreamState/secured()``.
        case reportSecure
        /// Encrypt the pending output, as far as the base has room for it.
        case encrypt
        /// Encrypt the pending output, and report ``TLSStreamState/encrypted(isAll:)``.
        case encryptRest
        /// Start the write timeout, and throw input away: the base has no room yet for all output.
        case awaitFlush
        /// Restart the handshake's timeout with a shorter one: a last output is to be sent, and nothing more is to come.
        case awaitHandshake
        /// Send a close_notify record, and finish the base.
        case closeNotify(CloseReason)
        /// Finish the base without a record: no key was agreed on.
        case finishBase(CloseReason)
        /// Send the session's alert, report the failure, and finish the base.
        case fail(String)
        /// Abort the base.
        case abortBase(CloseReason)
        /// Stop reading from the base, or read again, as ``TLSStreamState/readsBase`` says.
        case updateReading
        /// Do what ``updateReading`` asks for, and present the input that the delegate left.
        case presentAgain
        /// Tell the delegate that the peer has ended its side, although input is still unread.
        case reportPeerEnded
        /// Tell the delegate that the peer has ended its side, and that all its input was presented or is left.
        case reportEnd
        /// Tell the delegate that the pending output is flushed, and do what ``presentAgain`` asks for.
        case reportFlushed
        /// Let the delegate go.
        case reportClosed(CloseReason)
    }

    private enum Phase {
        case handshaking
        case open
        /// The peer sends nothing more.
        case inputEnded
        /// The base sends its pending output.
        case finishing
        /// The base was aborted.
        case aborted
        /// The base has closed.
        case closed
    }

    /// The largest number of records without data that a peer may send in a row: each costs more than most messages, and no
    /// rate counts it.
    static let maximumEmptyRecords = 32

    private var phase = Phase.handshaking
    /// Whether reading stops while too much output is pending.
    private let stopsReadingWhileCongested: Bool
    /// Whether this side is the client.
    private let speaksFirst: Bool
    private var isPaused = false
    private(set) var isCongested = false
    private var isInBurst = false
    private var awaitsFlush = false
    /// Whether a part of a record has arrived.
    private var isInRecord = false
    /// Whether the delegate is to be told of the peer's end once it takes input again.
    private var endIsDue = false
    private var emptyRecords = 0
    /// Why the stream finishes once the handshake is done and all output is encrypted.
    private var finishReason: CloseReason?
    /// The number of bytes thrown away until then.
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

    /// Whether the handshake is done, and output is encrypted as it comes.
    var isSecure: Bool { phase == .open || phase == .inputEnded }

    /// Whether the delegate may send.
    var maySend: Bool { (isHandshaking || isSecure) && finishReason == nil }

    /// Whether the delegate may send bytes that many streams share.
    ///
    /// They are for peers that are known: before the handshake is done a server does not know this one, and would keep a
    /// copy for each.
    var maySendShared: Bool { maySend && (!isHandshaking || speaksFirst) }

    /// Whether what is sent waits for the end of the read burst.
    var isReceiving: Bool { isInBurst }

    /// Whether input is kept from the delegate until the pending output is flushed.
    var holdsBackInput: Bool { isCongested && stopsReadingWhileCongested }

    /// Whether the delegate may be called with input.
    var mayPresent: Bool { phase == .open && finishReason == nil && !isPaused && !holdsBackInput }

    /// Whether the base's input is thrown away.
    var discardsInput: Bool { finishReason != nil && !isHandshaking }

    /// Whether the base is to be read: input that is thrown away is, too.
    var readsBase: Bool { finishReason != nil || !isPaused && !holdsBackInput }

    /// Whether the delegate is to be called again, although nothing new has arrived: the peer's end is due.
    var hasEndToReport: Bool { endIsDue }

    // MARK: The handshake

    /// A step of the handshake needs further records of the peer.
    mutating func handshakeNeedsInput() -> Action {
        isHandshaking ? .sendRecords : .nothing
    }

    /// The last step of the handshake is done.
    mutating func handshakeDone() -> Action {
        guard isHandshaking else { return .nothing }
        phase = .open
        return .reportSecure
    }

    /// The handshake is done, and that was reported.
    mutating func secured() -> Action {
        guard phase == .open else { return .nothing }
        return finishReason == nil ? .encrypt : .encryptRest
    }

    // MARK: Input

    /// The base presents input.
    mutating func burstBegan() { isInBurst = true }

    /// The input that the base presented is handled, as far as it can be.
    mutating func burstEnded() -> Action {
        isInBurst = false
        return isSecure ? .encrypt : .nothing
    }

    /// All whole records were taken from the base's input.
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

    /// Input of the base was thrown away.
    ///
    /// - Returns: Whether the base is to be read no further.
    mutating func discarded(_ count: Int, maximum: Int) -> Bool {
        discardedBytes += count
        return discardedBytes >= maximum
    }

    /// The peer has sent a close_notify record, or has closed the connection between two records.
    mutating func inputEnded() -> Action {
        guard phase == .open else { return .nothing }
        // The delegate may have input left, or owe a reply.
        endIsDue = !mayPresent
        guard !endIsDue else { return .nothing }
        phase = .inputEnded
        return .reportEnd
    }

    /// The base has ended, and all its whole records were taken.
    mutating func baseEnded() -> Action {
        // The output still goes out; no input counts any more.
        if discardsInput { return .nothing }
        return switch phase {
        case .handshaking: failed("the peer closed the connection during the TLS handshake")
        case .open where isInRecord: failed("the peer closed the connection within a TLS record")
        // Many clients close without a close_notify record. Their input until then was whole messages, or was not.
        case .open: inputEnded()
        case .inputEnded, .finishing, .aborted, .closed: .nothing
        }
    }

    /// The base has noticed that the peer has ended its side.
    mutating func peerEnded() -> Action {
        phase == .open ? .reportPeerEnded : .nothing
    }

    /// The delegate wants no input.
    mutating func readingPaused() -> Action {
        isPaused = true
        return isOver ? .nothing : .updateReading
    }

    /// The delegate wants input again.
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

    /// Output was encrypted as far as the base had room.
    ///
    /// - Parameter isAll: Whether no output is left to encrypt.
    mutating func encrypted(isAll: Bool) -> Action {
        guard isSecure, let finishReason else { return .nothing }
        guard isAll else {
            defer { awaitsFlush = true }
            return awaitsFlush ? .nothing : .awaitFlush
        }
        phase = .finishing
        return .closeNotify(finishReason)
    }

    // MARK: The end

    /// The stream is to send its output, and then to close.
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

    /// The stream is to close now.
    mutating func abortRequested(_ reason: CloseReason) -> Action {
        guard !isOver else { return .nothing }
        phase = .aborted
        return .abortBase(reason)
    }

    /// TLS could not be agreed on, or broke.
    mutating func failed(_ text: String) -> Action {
        guard isHandshaking || isSecure else { return .nothing }
        phase = .finishing
        return .fail(text)
    }

    /// The timeout of the handshake, or of a finish, has passed.
    ///
    /// - Parameters:
    ///   - hasPendingOutput: Whether the peer has not taken all output.
    ///   - timeout: The length of the handshake's timeout, as the error says it.
    mutating func expired(hasPendingOutput: Bool, timeout: Duration) -> Action {
        if isHandshaking { return failed("the TLS handshake was not finished within \(timeout)") }
        guard let finishReason else { return .nothing }
        // Either the peer has not taken the pending output, or it has, and has not closed its side.
        return abortRequested(hasPendingOutput ? .slowConsumer : finishReason)
    }

    /// The base has closed.
    mutating func baseClosed(_ reason: CloseReason) -> Action {
        guard phase != .closed else { return .nothing }
        phase = .closed
        // The reason of the finish stays: it was asked for first.
        if case .reset = reason, let finishReason { return .reportClosed(finishReason) }
        return .reportClosed(reason)
    }
}
