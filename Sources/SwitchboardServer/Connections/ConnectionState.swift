internal import SwitchboardRouter

/// The state of a server's connection: events change it, and each event returns the action to take.
///
/// The value has no stream, task or timer, so a test can run every sequence of events. ``ServerConnection`` reports the
/// events on its event loop and performs the actions. Every event is valid in every state. After the connection begins
/// to close, events return only ``Action/nothing``, except that one of them returns ``Action/giveBackSlot``.
struct ConnectionState: Hashable {
    /// The settings that decide what follows an event; all connections of a server share them.
    struct Rules: Hashable, Sendable {
        /// The number of suspended handlers, 1 or more, at which the connection handles no further message.
        let maximumSuspendedHandlers: Int
        /// Whether the connection closes when the peer ends its side while handlers are suspended.
        ///
        /// Otherwise, the connection sends their replies first.
        let closesWhenPeerEnds: Bool
        /// Whether suspended handlers may wait for replies of the peer, which the connection then takes during a drain, too.
        let takesReplies: Bool
    }

    /// What the connection does after an event.
    enum Action: Hashable {
        case nothing
        /// End the current batch after the current message.
        case interruptBatch
        /// Handle the next message of this read burst.
        case handleNext
        /// Stop reading from the stream, and leave its input there.
        case pauseReading
        /// Read again, restart the idle timeout, and report ``ConnectionState/inputReleased()``.
        case resumeReading
        /// Restart the idle timeout, unless the peer has to authenticate first.
        case renewTimeout
        /// Restart the timeout that has passed, because the peer did not cause it.
        case postponeTimeout
        /// Close, and tell the peer which timeout passed.
        case timeOut
        /// Report ``ConnectionState/drainCheck(isInputHeldBack:_:)`` in a later job of the event loop.
        case scheduleDrainCheck
        /// Send the pending output, cancel the suspended handlers, and close.
        case close(Closing)
        /// Let the server admit another connection in place of this one.
        case giveBackSlot
    }

    /// Why the connection closes itself.
    enum Closing: Hashable {
        /// The peer has ended its side.
        case endOfStream
        /// A handler has asked for it.
        case requested
        /// The program disconnects the peer.
        case disconnected
        /// The server stops, and sends an error message to the peer.
        case shutdown
        /// A fault of the peer.
        case fault(Fault)
    }

    /// The timeout that applies after input was read.
    enum Timeout {
        /// The timeout that is running already.
        case unchanged
        case restOfFrame
        case nextMessage
    }

    private enum Phase {
        /// The next message may begin.
        case idle
        /// A message is being handled, or a task is about to call its handler.
        case handling
        /// No message begins before a suspended handler finishes, and the stream does not read.
        case held
        /// The server drains, and handlers are suspended: replies to the server's requests are taken, and other messages rejected.
        case rejecting
        /// The connection closes when its pending output is sent. No message begins.
        case closing
        /// The stream has closed; the connection keeps its slot until its suspended handlers finish.
        case closed
        /// The stream has closed, and the slot is given back.
        case released
    }

    private var suspendedHandlers: UInt16 = 0
    private var pendingDrainChecks: UInt16 = 0
    private var phase = Phase.idle
    private var isInBurst = false
    private var isDraining = false
    private var isInFrame = false
    private var closesWhenAnswered = false
    /// Whether the peer has ended its side; some input may still be unread.
    private var peerHasEnded = false
    /// Whether the peer has ended its side, and all its input is read.
    private var inputHasEnded = false

    // MARK: Questions

    /// Whether the next message may begin; it may only be a reply if ``rejectsRequests``.
    @inline(__always)
    var mayBeginMessage: Bool { phase == .idle || phase == .rejecting }

    /// Whether the server drains, and takes only the replies to its own requests.
    @inline(__always)
    var rejectsRequests: Bool { phase == .rejecting }

    /// Whether the connection has not begun to close.
    var isOpen: Bool {
        switch phase {
        case .idle, .handling, .held, .rejecting: true
        case .closing, .closed, .released: false
        }
    }

    /// Whether replies of the peer can still be read.
    ///
    /// A connection that waits for its handlers before it closes is not read any more.
    func mayReceiveReplies(_ rules: Rules) -> Bool {
        isOpen && !inputHasEnded
            && !(phase == .held && (closesWhenAnswered || isDraining && !rules.takesReplies))
    }

    /// Whether the stream does not read until a suspended handler finishes.
    var waitsForHandlers: Bool { phase == .held }

    /// Whether a read burst of this connection is being handled right now.
    var isReceiving: Bool { isInBurst }

    // MARK: Messages

    /// The stream presents input.
    @inline(__always)
    mutating func burstBegan() { isInBurst = true }

    /// The input is handled as far as possible.
    @inline(__always)
    mutating func burstEnded() { isInBurst = false }

    /// A message or a batch is about to be handled.
    @inline(__always)
    mutating func messageBegan() {
        if phase == .idle { phase = .handling }
    }

    /// The current message or batch is handled.
    @inline(__always)
    mutating func messageFinished() -> Action {
        guard phase == .handling else { return .nothing }
        phase = .idle
        return closesWhenAnswered ? closeOrHold() : .nothing
    }

    /// The handler of the current message is suspended.
    mutating func handlerSuspended(_ rules: Rules) -> Action {
        suspendedHandlers &+= 1
        guard isOpen else { return .nothing }
        if peerHasEnded, rules.closesWhenPeerEnds { return close(.endOfStream) }
        guard phase == .handling else { return .nothing }
        guard mayBeginAnother(rules) else { return hold() }
        phase = .idle
        return .handleNext
    }

    /// A handler that was suspended has finished, and its reply is sent.
    ///
    /// Reported outside read bursts.
    mutating func handlerFinished(_ rules: Rules) -> Action {
        guard suspendedHandlers > 0 else { return .nothing }
        suspendedHandlers &-= 1
        switch phase {
        case .handling, .closing, .released: return .nothing
        case .closed: return releaseSlot()
        case .idle:
            if inputHasEnded, suspendedHandlers == 0 { return close(.endOfStream) }
            return isInFrame ? .nothing : .renewTimeout
        case .rejecting:
            if suspendedHandlers == 0 { return close(.shutdown) }
            return isInFrame ? .nothing : .renewTimeout
        case .held:
            guard suspendedHandlers == 0 || mayBeginAnother(rules) else { return .nothing }
            phase = .idle
            if closesWhenAnswered { return closeOrHold() }
            if inputHasEnded, suspendedHandlers == 0, !isDraining { return close(.endOfStream) }
            return .resumeReading
        }
    }

    private func mayBeginAnother(_ rules: Rules) -> Bool {
        suspendedHandlers < rules.maximumSuspendedHandlers && !closesWhenAnswered
            && (!isDraining || rules.takesReplies && !inputHasEnded)
    }

    // MARK: Timeouts

    /// Input was read, or the timeout restarts for another reason.
    ///
    /// - Parameters:
    ///   - completesFrame: Whether at least one frame was complete.
    ///   - isInFrame: Whether the input ends with a part of a frame.
    @inline(__always)
    mutating func inputRead(completesFrame: Bool, isInFrame: Bool) -> Timeout {
        guard isInFrame else {
            self.isInFrame = false
            return .nextMessage
        }
        if !completesFrame, self.isInFrame { return .unchanged }
        self.isInFrame = true
        return .restOfFrame
    }

    /// Whether the peer has sent a part of a frame.
    var awaitsRestOfFrame: Bool { isInFrame }

    /// The timeout has passed.
    func expired() -> Action {
        guard isOpen else { return .nothing }
        // Other limits bound the time of handlers.
        return !mayBeginMessage || suspendedHandlers > 0 && !isInFrame ? .postponeTimeout : .timeOut
    }

    // MARK: The end

    /// The peer has ended its side; some of its input may still be unread.
    mutating func peerEnded(_ rules: Rules) -> Action {
        guard isOpen else { return .nothing }
        peerHasEnded = true
        return suspendedHandlers > 0 && rules.closesWhenPeerEnds ? close(.endOfStream) : .nothing
    }

    /// The peer has ended its side, and all its input is read.
    ///
    /// Reported outside read bursts.
    mutating func inputEnded(_ rules: Rules) -> Action {
        guard isOpen else { return .nothing }
        if suspendedHandlers == 0 { return close(.endOfStream) }
        inputHasEnded = true
        return peerEnded(rules)
    }

    /// A handler asks to close the connection after the replies to all messages that have begun.
    mutating func closeRequested() -> Action {
        guard isOpen else { return .nothing }
        closesWhenAnswered = true
        return switch phase {
        case .idle, .rejecting: closeOrHold()
        case .handling: .interruptBatch
        case .held, .closing, .closed, .released: .nothing
        }
    }

    /// The program disconnects the peer: the connection closes without further replies.
    mutating func disconnected() -> Action {
        isOpen ? close(.disconnected) : .nothing
    }

    /// The server stops: the connection closes after the replies to all messages that have arrived.
    mutating func drainRequested() -> Action {
        isDraining = true
        return inputReleased()
    }

    /// The stream will present the input that it held back, before the next job of the event loop runs.
    mutating func inputReleased() -> Action {
        guard isOpen, isDraining else { return .nothing }
        pendingDrainChecks &+= 1
        return .scheduleDrainCheck
    }

    /// A scheduled job checks whether the drain is complete.
    ///
    /// - Parameter isInputHeldBack: Whether the stream presents no input until the peer has read more output.
    mutating func drainCheck(isInputHeldBack: Bool, _ rules: Rules) -> Action {
        guard pendingDrainChecks > 0 else { return .nothing }
        pendingDrainChecks &-= 1
        // Only at the last check has the stream presented all input.
        guard pendingDrainChecks == 0, phase == .idle, !isInputHeldBack else { return .nothing }
        if suspendedHandlers == 0 { return close(.shutdown) }
        // The end of the input is known: no reply can come.
        guard rules.takesReplies, !inputHasEnded else { return hold() }
        phase = .rejecting
        return .nothing
    }

    /// A fault of the peer ends the connection.
    mutating func failed(_ fault: Fault) -> Action {
        isOpen ? close(.fault(fault)) : .nothing
    }

    /// The stream has closed, for whatever reason.
    ///
    /// The connection keeps its slot until its suspended handlers finish, so the slots bound their number.
    mutating func streamClosed() -> Action {
        guard phase != .released else { return .nothing }
        phase = .closed
        return releaseSlot()
    }

    private mutating func releaseSlot() -> Action {
        guard suspendedHandlers == 0 else { return .nothing }
        phase = .released
        return .giveBackSlot
    }

    private mutating func closeOrHold() -> Action {
        suspendedHandlers == 0 ? close(.requested) : hold()
    }

    private mutating func hold() -> Action {
        phase = .held
        return .pauseReading
    }

    private mutating func close(_ reason: Closing) -> Action {
        phase = .closing
        return .close(reason)
    }
}
