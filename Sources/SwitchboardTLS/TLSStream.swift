internal import SwitchboardBytes
internal import SwitchboardTransport

#if TLS
/// A TLS stream: encrypts output and decrypts input, over another stream, the base.
///
/// ``TLSStreamState`` decides what the stream does after each event. This class reports the events and performs the
/// actions. An idle stream has no buffers: it decrypts input only when it has a whole record, and presents it in the same read burst.
///
/// As in ``SocketStream``, Swift does not check exclusive access to the properties that each record uses.
final class TLSStream: ByteStream, @unchecked Sendable {
    /// The time limit for the handshake of a stream that finishes and has a last output to send.
    private static let lastOutputTimeout = Duration.seconds(1)

    let base: any ByteStream
    let session: TLSSession
    let limits: TLSLimits
    @safe @exclusivity(unchecked) var state: TLSStreamState
    private(set) var delegate: (any StreamDelegate)?

    /// The unencrypted output.
    @safe @exclusivity(unchecked) var plainOutput = TLSOutput()
    /// The decrypted input that the delegate has left unread.
    @safe @exclusivity(unchecked) var plainInput = TLSInput()

    /// The unencrypted output that the event loop's pending output contains, in bytes.
    @safe @exclusivity(unchecked) var countedOutput = 0

    /// Called once: with `nil` when the handshake has succeeded, or with an error.
    private var whenSecure: ((TLSError?) -> Void)?
    /// Runs during the handshake, and while a finishing stream has output that the base does not accept.
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

    func endOutput() {
        perform(state.outputEndRequested())
    }

    func abort(_ reason: CloseReason) {
        perform(state.abortRequested(reason))
    }

    /// Reports the result of a step of the handshake to the state.
    func report(handshake outcome: TLSSession.Outcome) {
        switch outcome {
        case .needsInput: perform(state.handshakeNeedsInput())
        case .done: perform(state.handshakeDone())
        case .ended: perform(state.failed("the peer ended TLS during the handshake", .disconnected))
        case .failed(let text, let failure): perform(state.failed(text, failure))
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
        case .endOutput:
            session.end()
            sendRecords()
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
            // First, so that the stream presents the unread input before the jobs that the delegate adds here.
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

    /// Encrypts the pending output, and continues to finish when all of it is encrypted.
    func encryptRest() {
        encryptOutput()
        perform(state.encrypted(isAll: !plainOutput.isWaiting))
    }

    private func fail(_ text: String) {
        stopDeadline()
        sendRecords()
        whenSecure.take()?(TLSError(text, state.failure))
        base.finish(.insecure(text))
    }

    private func reportClosed(_ reason: CloseReason) {
        stopDeadline()
        plainOutput.removeWaiting()
        _ = plainOutput.buffer.writer.takeBytes()
        countPlainOutput()
        let text = "the connection closed during the TLS handshake: \(reason)"
        whenSecure.take()?(TLSError(text, reason.isOfPeer ? .disconnected : .cancelled))
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

    /// The output of the base is flushed.
    func flushed() {
        encryptRest()
        guard !base.isCongested || pendingOutput <= limits.stream.lowWaterBytes else { return }
        let action = state.outputFlushed()
        limitOutput()
        perform(action)
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

extension CloseReason {
    /// Whether the peer has closed the connection.
    fileprivate var isOfPeer: Bool {
        switch self {
        case .endOfStream, .reset: true
        default: false
        }
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
    /// A stream encrypts no more output while more encrypted bytes than this are pending, in bytes.
    ///
    /// Many streams may share unencrypted bytes, but each of them would have its own encrypted copy.
    static let maximumEncryptedBytes = 32 * 1024

    /// The time limit for the handshake.
    let handshakeTimeout: Duration

    /// The limits of the stream; they count both the encrypted and the unencrypted output.
    let stream: StreamLimits

    /// Whether this side begins the handshake, as a client does.
    let speaksFirst: Bool

    init(handshakeTimeout: Duration, _ stream: StreamLimits, speaksFirst: Bool) {
        self.handshakeTimeout = handshakeTimeout
        self.stream = stream
        self.speaksFirst = speaksFirst
    }

    /// Returns the limits of the socket stream below a TLS stream with `limits`.
    static func below(_ limits: StreamLimits) -> StreamLimits {
        var below = limits
        below.highWaterBytes = min(limits.highWaterBytes, maximumEncryptedBytes)
        below.lowWaterBytes = min(limits.lowWaterBytes, maximumEncryptedBytes / 2)
        // The TLS stream stops reading when too much output is pending.
        below.stopsReadingWhileCongested = false
        return below
    }
}
