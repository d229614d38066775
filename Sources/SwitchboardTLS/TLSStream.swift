internal import SwitchboardBytes
internal import SwitchboardTransport

#if TLS
/// A stream that is encrypted on its way over another one.
///
/// At rest it owns no buffers: input is decrypted when there is a whole record, and shown at once.
final class TLSStream: ByteStream, @unchecked Sendable {
    /// How many bytes of what waits are encrypted at once: as many as a record holds.
    private static let recordBytes = 16 * 1024

    /// While the delegate leaves this many bytes of input, no more are decrypted for it.
    private static let maximumUnreadBytes = 256 * 1024

    /// The most records without data that a peer may send in a row: each costs more than most messages, and no rate counts
    /// it.
    private static let maximumEmptyRecords = 32

    /// How long the handshake may take when all that follows is a word of farewell.
    private static let lastWordTimeout = Duration.seconds(1)

    enum Phase {
        case handshaking
        case open
        /// The peer sends nothing more.
        case inputEnded
        case finishing
        case closed
    }

    let base: any ByteStream
    let session: TLSSession
    private let limits: TLSLimits
    private(set) var phase = Phase.handshaking
    private(set) var delegate: (any StreamDelegate)?
    /// Told once whether the handshake succeeded.
    private var whenSecure: ((TLSError?) -> Void)?
    /// Runs until the handshake has succeeded, and while the stream finishes with much to send.
    private var deadline: Deadline?

    /// What the delegate has written since output was encrypted last.
    let output = OutputBuffer(capacity: 0)
    /// What is to be encrypted before that: while there is some, the socket is congested.
    private var waiting = PendingOutput()
    private var isHeldBack = false
    /// What has been decrypted and the delegate has left.
    private var plain = ByteWriter(capacity: 0)
    /// How many bytes the delegate wants to see at once.
    private var wanted = 0
    private var isPaused = false
    private var isReceiving = false
    /// Whether the peer has closed, which the delegate is to be told when it has seen all that is left.
    private var endIsDue = false
    /// How many records without data have come in a row: new keys, say.
    private var emptyRecords = 0
    /// Whether a part of a record has come.
    private var awaitsRestOfRecord = false
    /// Why the stream finishes when the handshake has succeeded and all output is encrypted.
    private var finishReason: CloseReason?
    /// How many bytes were thrown away until then.
    private var discardedBytes = 0

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
        output.limit = StreamLimits.maximumBurstBytes
    }

    deinit {
        output.deallocate()
    }

    var loop: EventLoop { base.loop }
    var remoteAddress: SocketAddress? { base.remoteAddress }
    var holdsBackInput: Bool { isCongested && limits.stream.stopsReadingWhileCongested }
    var pendingOutput: Int { base.pendingOutput + waiting.byteCount + output.writer.count }

    /// Found out when somebody asks: the socket tells only when its output has drained.
    var isCongested: Bool {
        noteCongestion()
        return isHeldBack
    }

    func start(_ delegate: any StreamDelegate) {
        self.delegate = delegate
        startDeadline(lasting: limits.handshakeTimeout)
        base.start(self)
        if limits.speaksFirst { see(to: session.handshake()) }
    }

    // MARK: Output

    func send(_ encode: (inout ByteWriter) -> Void) {
        guard maySend else { return }
        encode(&output.writer)
        seeToOutput()
    }

    @discardableResult
    func send(_ bytes: Bytes) -> Bool {
        // What is shared is for peers that are there: before the handshake nobody knows who this one is, and a copy would
        // have to be kept for each.
        guard maySend, phase != .handshaking || limits.speaksFirst else { return false }
        moveOutput()
        waiting.append(bytes)
        seeToOutput()
        return true
    }

    func makeRoom() -> Bool {
        encryptOutput()
        return maySend && !isCongested
    }

    private var maySend: Bool {
        (phase == .handshaking || phase == .open || phase == .inputEnded) && finishReason == nil
    }

    private func seeToOutput() {
        if phase == .handshaking {
            if waiting.byteCount + output.writer.count > limits.stream.maximumPendingBytes { abort(.slowConsumer) }
        } else if !isReceiving || !output.hasRoom || waiting.byteCount > StreamLimits.maximumBurstBytes {
            encryptOutput()
        }
    }

    /// Lets what was written wait behind all that waits already.
    private func moveOutput() {
        if output.writer.count > 0 { waiting.append(output.writer.takeBytes()) }
    }

    /// Encrypts what waits for it, as far as the socket has room, and hands it on.
    private func encryptOutput() {
        guard phase == .open || phase == .inputEnded else { return }
        if waiting.isEmpty, !base.isCongested {
            // Nobody shares it: at once is cheaper than record by record, and takes no more memory.
            encrypt(output.writer.takeBytes())
        } else {
            moveOutput()
            while !base.isCongested, let plain = waiting.take(upTo: Self.recordBytes) {
                guard encrypt(plain) else { return }
            }
            if !waiting.isEmpty, pendingOutput > limits.stream.maximumPendingBytes { return abort(.slowConsumer) }
            noteCongestion()
        }
    }

    /// Returns whether there is still somebody to encrypt for.
    @discardableResult
    private func encrypt(_ plain: Bytes) -> Bool {
        if plain.isEmpty { return true }
        let outcome = unsafe plain.withUnsafeBytes { unsafe session.write($0) }
        guard outcome == .done else {
            fail(outcome)
            return false
        }
        return sendRecords()
    }

    /// Returns whether the socket takes what there is to send.
    @discardableResult
    private func sendRecords() -> Bool {
        var isTaken = true
        unsafe session.takeOutput { records in
            isTaken = false
            base.send {
                isTaken = true
                unsafe $0.append(copying: records)
            }
        }
        return isTaken
    }

    /// Holds input back when too much waits, until the socket says that it has drained.
    private func noteCongestion() {
        guard !isHeldBack, base.isCongested, pendingOutput > limits.stream.highWaterBytes else { return }
        isHeldBack = true
        updateReading()
    }

    // MARK: Input

    func pauseReading() {
        isPaused = true
        updateReading()
    }

    func resumeReading() {
        isPaused = false
        updateReading()
        presentSoon()
    }

    /// Input that is thrown away anyway is read on.
    private func updateReading() {
        let isStopped = isPaused || isHeldBack && limits.stream.stopsReadingWhileCongested
        if isStopped, finishReason == nil { base.pauseReading() } else { base.resumeReading() }
    }

    private var mayPresent: Bool { phase == .open && finishReason == nil && !isPaused && !holdsBackInput }

    /// Whether a record may be taken in.
    private var mayRead: Bool {
        phase == .handshaking || mayPresent && plain.count < max(wanted, Self.maximumUnreadBytes)
    }

    /// Shows the delegate what it has left, although nothing new has come.
    private func presentSoon() {
        guard plain.count > 0 || endIsDue else { return }
        loop.execute {
            self.inBurst { self.presentIfWanted() }
            if self.endIsDue { self.endInput() }
        }
    }

    private func inBurst(_ body: () -> Void) {
        isReceiving = true
        body()
        isReceiving = false
        encryptOutput()
    }

    /// Tells the delegate that the peer sends nothing more, once it is ready for more: until then it may have input left,
    /// or owe a reply.
    private func endInput() {
        guard phase == .open else { return }
        endIsDue = !mayPresent
        if endIsDue { return }
        phase = .inputEnded
        delegate?.reachedEnd()
    }

    /// Takes in whole records from `input`.
    ///
    /// - Returns: How many bytes there must be of the next one.
    private func readRecords(_ input: inout ByteReader) -> Int {
        presentIfWanted()
        while mayRead {
            guard let size = TLSSession.recordSize(input) else {
                fail(.failed("the peer does not speak TLS"))
                return 0
            }
            guard input.remaining >= size else { return size }
            if phase == .handshaking {
                see(to: session.handshake(with: &input, recordSize: size))
            } else {
                read(&input, recordSize: size)
            }
        }
        return 0
    }

    private func read(_ input: inout ByteReader, recordSize size: Int) {
        let before = plain.count
        let outcome = session.read(&input, recordSize: size, into: &plain)
        emptyRecords = plain.count > before ? 0 : emptyRecords + 1
        guard emptyRecords <= Self.maximumEmptyRecords else {
            return fail(.failed("too many TLS records without data"))
        }
        presentIfWanted()
        see(toEndOf: outcome)
    }

    private func presentIfWanted() {
        guard mayPresent, plain.count > 0, plain.count >= wanted else { return }
        var reader = ByteReader(plain.takeBytes())
        wanted = max(delegate?.received(&reader) ?? 0, 0)
        guard phase == .open, reader.remaining > 0, let rest = reader.readBytes(reader.remaining) else { return }
        plain.append(rest)
    }

    private func see(toEndOf outcome: TLSSession.Outcome) {
        switch outcome {
        case .done, .needsInput: sendRecords()
        case .failed: fail(outcome)
        case .ended: endInput()
        }
    }

    // MARK: The handshake

    private func see(to outcome: TLSSession.Outcome) {
        guard phase == .handshaking else { return }
        switch outcome {
        case .needsInput: sendRecords()
        case .failed, .ended: fail(outcome)
        case .done:
            sendRecords()
            phase = .open
            deadline?.cancel()
            deadline = nil
            whenSecure.take()?(nil)
            if let finishReason {
                self.finishReason = nil
                finish(finishReason)
            } else {
                encryptOutput()
            }
        }
    }

    // MARK: The end

    func finish(_ reason: CloseReason) {
        guard finishReason == nil else { return }
        switch phase {
        case .handshaking where waiting.byteCount + output.writer.count > 0 && delegate != nil:
            finishReason = reason
            startDeadline(lasting: min(Self.lastWordTimeout, limits.handshakeTimeout))
        case .open, .inputEnded:
            finishReason = reason
            encryptOutput()
            guard phase == .open || phase == .inputEnded else { return }
            finishIfEncrypted()
            if phase == .finishing { return }
            startDeadline(lasting: limits.stream.writeTimeout)
            updateReading()
        case .handshaking:
            phase = .finishing
            base.finish(reason)
        case .finishing, .closed: break
        }
    }

    /// Tells the peer that nothing follows, once all output is encrypted, and lets the socket finish.
    private func finishIfEncrypted() {
        guard phase == .open || phase == .inputEnded, waiting.isEmpty, let finishReason else { return }
        phase = .finishing
        session.end()
        sendRecords()
        base.finish(finishReason)
    }

    private func startDeadline(lasting duration: Duration) {
        let deadline = deadline ?? Deadline()
        self.deadline = deadline
        deadline.start(in: loop.deadlines(lasting: duration), delegate: self)
    }

    func abort(_ reason: CloseReason) {
        guard phase != .closed else { return }
        phase = .closed
        base.abort(reason)
    }

    /// Tells the peer what is wrong, as far as TLS has words for it, and closes.
    private func fail(_ outcome: TLSSession.Outcome) {
        guard phase != .closed, phase != .finishing else { return }
        let reason = if case .failed(let text) = outcome { text } else { "the peer ended TLS during the handshake" }
        phase = .finishing
        deadline?.cancel()
        sendRecords()
        whenSecure.take()?(TLSError(reason))
        base.finish(.insecure(reason))
    }
}

extension TLSStream: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        if finishReason != nil, phase != .handshaking { return discard(&input) }
        var next = 0
        inBurst { next = readRecords(&input) }
        awaitsRestOfRecord = input.remaining > 0
        return next
    }

    /// Throws input away while output is still to be encrypted, within limits, as the socket does when it finishes.
    private func discard(_ input: inout ByteReader) -> Int {
        discardedBytes += input.remaining
        input.skip(input.remaining)
        if discardedBytes >= limits.stream.lingerBytes { base.pauseReading() }
        return 0
    }

    /// The socket has room for more.
    func drained() {
        encryptOutput()
        finishIfEncrypted()
        guard isHeldBack, !base.isCongested || pendingOutput <= limits.stream.lowWaterBytes else { return }
        isHeldBack = false
        updateReading()
        // Before the delegate's own jobs: it is to have been shown what it has left by then.
        presentSoon()
        delegate?.drained()
    }

    func reachedEnd() {
        // What is to be sent still goes out; nothing that the peer has sent counts any more.
        if finishReason != nil, phase != .handshaking { return }
        switch phase {
        case .open:
            // Many a client closes without a word of TLS. What it has said until then was whole messages or was not.
            inBurst { presentIfWanted() }
            if awaitsRestOfRecord {
                fail(.failed("the peer closed the connection within a TLS record"))
            } else {
                endInput()
            }
        case .handshaking: fail(.failed("the peer closed the connection during the TLS handshake"))
        case .inputEnded, .finishing, .closed: break
        }
    }

    func peerEnded() {
        if phase == .open { delegate?.peerEnded() }
    }

    func closed(_ reason: CloseReason) {
        // Somebody who wanted it to finish gets the reason they gave.
        let reason = if case .reset = reason, let finishReason { finishReason } else { reason }
        phase = .closed
        deadline?.cancel()
        deadline = nil
        waiting.removeAll()
        whenSecure.take()?(TLSError("the connection closed during the TLS handshake: \(reason)"))
        let delegate = delegate
        self.delegate = nil
        delegate?.closed(reason)
    }
}

extension TLSStream: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        if phase == .handshaking {
            fail(.failed("the TLS handshake was not finished within \(limits.handshakeTimeout)"))
        } else if let finishReason {
            // Either the peer has not taken what is pending, or it has, and not closed its side.
            abort(pendingOutput > 0 ? .slowConsumer : finishReason)
        }
    }
}
#endif
