internal import SwitchboardBytes
internal import SwitchboardTransport

#if TLS
/// A stream that is encrypted on its way over another one, the base.
///
/// ``TLSStreamState`` decides what follows each event; this class reports the events and performs the actions. At rest it
/// owns no buffers: input is decrypted when there is a whole record, and presented at once.
final class TLSStream: ByteStream, @unchecked Sendable {
    /// How long the handshake may take when a last output is all that follows.
    private static let lastOutputTimeout = Duration.seconds(1)

    let base: any ByteStream
    let session: TLSSession
    let limits: TLSLimits
    var state: TLSStreamState
    private(set) var delegate: (any StreamDelegate)?

    /// The output that is not encrypted yet.
    var plainOutput = TLSOutput()
    /// The input that is decrypted, and that the delegate has left.
    var plainInput = TLSInput()

    /// Called once, with the reason when the handshake has failed.
    private var whenSecure: ((TLSError?) -> Void)?
    /// Runs until the handshake has succeeded, and while the stream finishes with much to send.
    private var deadline: Deadline?

    init(
        over base: any ByteStream,
        _ session: TLSSession,
        _ limits: TLSLimits,
        whenSecure: ((TLSError?) -> Void)?
    ) {
        self.base = base
        self.session = session
        self.limits = limits
        self.whenSecure = whenSecure
        state = TLSStreamState(
            speaksFirst: limits.speaksFirst,
            stopsReadingWhileCongested: limits.stream.stopsReadingWhileCongested
        )
    }

    var loop: EventLoop { base.loop }
    var remoteAddress: SocketAddress? { base.remoteAddress }

    func start(_ delegate: any StreamDelegate) {
        self.delegate = delegate
        startDeadline(lasting: limits.handshakeTimeout)
        base.start(self)
        if limits.speaksFirst { report(handshake: session.handshake()) }
    }

    func finish(_ reason: CloseReason) {
        perform(state.finishRequested(reason, hasOutput: plainOutput.byteCount > 0 && delegate != nil))
    }

    func abort(_ reason: CloseReason) {
        perform(state.abortRequested(reason))
    }

    /// Reports the result of a step of the handshake.
    func report(handshake outcome: TLSSession.Outcome) {
        switch outcome {
        case .needsInput: perform(state.handshakeNeedsInput())
        case .done: perform(state.handshakeDone())
        case .ended: perform(state.failed("the peer ended TLS during the handshake"))
        case .failed(let text): perform(state.failed(text))
        }
    }

    // MARK: Actions

    func perform(_ action: TLSStreamState.Action) {
        switch action {
        case .nothing: break
        case .sendRecords: sendRecords()
        case .reportSecure: reportSecure()
        case .encrypt: encryptOutput()
        case .encryptRest: encryptRest()
        case .awaitFlush:
            startDeadline(lasting: limits.stream.writeTimeout)
            updateReading()
        case .awaitHandshake: startDeadline(lasting: min(Self.lastOutputTimeout, limits.handshakeTimeout))
        case .closeNotify(let reason):
            session.end()
            sendRecords()
            base.finish(reason)
        case .finishBase(let reason): base.finish(reason)
        case .fail(let text): fail(text)
        case .abortBase(let reason): base.abort(reason)
        case .updateReading: updateReading()
        case .presentAgain: presentAgain()
        case .reportPeerEnded: delegate?.peerEnded()
        case .reportEnd: delegate?.reachedEnd()
        case .reportFlushed:
            // Before the delegate's own jobs: by then it is to have been shown what it has left.
            presentAgain()
            delegate?.flushed()
        case .reportClosed(let reason): reportClosed(reason)
        }
    }

    private func reportSecure() {
        sendRecords()
        stopDeadline()
        whenSecure.take()?(nil)
        delegate?.becameSecure()
        perform(state.secured())
    }

    /// Encrypts the pending output, and goes on with a finish once none is left.
    func encryptRest() {
        encryptOutput()
        perform(state.encrypted(isAll: !plainOutput.isWaiting))
    }

    private func fail(_ text: String) {
        stopDeadline()
        sendRecords()
        whenSecure.take()?(TLSError(text))
        base.finish(.insecure(text))
    }

    private func reportClosed(_ reason: CloseReason) {
        stopDeadline()
        plainOutput.removeWaiting()
        whenSecure.take()?(TLSError("the connection closed during the TLS handshake: \(reason)"))
        let delegate = delegate
        self.delegate = nil
        delegate?.closed(reason)
    }

    private func startDeadline(lasting duration: Duration) {
        let deadline = deadline ?? Deadline()
        self.deadline = deadline
        deadline.start(in: loop.deadlines(lasting: duration), delegate: self)
    }

    private func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}

extension TLSStream: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        state.discardsInput ? discard(&input) : takeRecords(from: &input)
    }

    /// The base has room for more.
    func flushed() {
        encryptRest()
        if !base.isCongested || pendingOutput <= limits.stream.lowWaterBytes { perform(state.outputFlushed()) }
    }

    func reachedEnd() {
        if state.mayPresent { inBurst { presentIfEnough() } }
        perform(state.baseEnded())
    }

    func peerEnded() {
        perform(state.peerEnded())
    }

    func closed(_ reason: CloseReason) {
        perform(state.baseClosed(reason))
    }
}

extension TLSStream: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        perform(state.expired(hasPendingOutput: pendingOutput > 0, timeout: limits.handshakeTimeout))
    }
}
#endif

/// The limits of a TLS stream.
final class TLSLimits: Sendable {
    /// A stream encrypts no output while more encrypted bytes than this are pending: many streams may share the plain bytes, and
    /// each would have to keep an encrypted copy.
    static let maximumEncryptedBytes = 32 * 1024

    /// The longest time that the handshake may take.
    let handshakeTimeout: Duration

    /// How much output the stream keeps for the peer, encrypted or not, and for how long.
    let stream: StreamLimits

    /// Whether this side begins the handshake: a client does.
    let speaksFirst: Bool

    init(handshakeTimeout: Duration, _ stream: StreamLimits, speaksFirst: Bool) {
        self.handshakeTimeout = handshakeTimeout
        self.stream = stream
        self.speaksFirst = speaksFirst
    }

    /// The limits of the socket below a stream with `limits`.
    static func below(_ limits: StreamLimits) -> StreamLimits {
        var below = limits
        below.highWaterBytes = min(limits.highWaterBytes, maximumEncryptedBytes)
        below.lowWaterBytes = min(limits.lowWaterBytes, maximumEncryptedBytes / 2)
        // The TLS stream stops reading when too much output is pending.
        below.stopsReadingWhileCongested = false
        return below
    }
}
