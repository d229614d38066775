internal import SwitchboardBytes
internal import SwitchboardTransport

// The base presents records. Each whole record is decrypted, and its bytes are presented to the delegate at once; only the
// bytes that the delegate leaves are kept.

#if TLS
extension TLSStream {
    /// While the delegate leaves this many bytes of input, no more are decrypted for it.
    private static let maximumUnreadBytes = 256 * 1024

    var holdsBackInput: Bool {
        reportCongestion()
        return state.holdsBackInput
    }

    func pauseReading() {
        perform(state.readingPaused())
    }

    func resumeReading() {
        perform(state.readingResumed())
    }

    func updateReading() {
        if state.readsBase { base.resumeReading() } else { base.pauseReading() }
    }

    /// Updates the reading, and presents what the delegate has left, although nothing new has come.
    func presentAgain() {
        updateReading()
        guard !plainInput.isEmpty || state.hasEndToReport else { return }
        loop.execute {
            self.inBurst { self.presentIfEnough() }
            if self.state.hasEndToReport { self.perform(self.state.inputEnded()) }
        }
    }

    func inBurst(_ body: () -> Void) {
        state.burstBegan()
        body()
        perform(state.burstEnded())
    }

    private var mayTakeRecord: Bool {
        reportCongestion()
        if state.isHandshaking { return true }
        return state.mayPresent && plainInput.count < max(plainInput.wanted, Self.maximumUnreadBytes)
    }

    /// Takes the whole records from `input`.
    ///
    /// - Returns: The number of bytes that the next record needs.
    func takeRecords(from input: inout ByteReader) -> Int {
        var next = 0
        inBurst {
            presentIfEnough()
            next = takeEachRecord(from: &input)
        }
        state.recordsTaken(isInRecord: input.remaining > 0)
        return next
    }

    private func takeEachRecord(from input: inout ByteReader) -> Int {
        while mayTakeRecord {
            guard let size = TLSSession.recordSize(input) else {
                perform(state.failed("the peer does not speak TLS"))
                return 0
            }
            guard input.remaining >= size else { return size }
            if state.isHandshaking {
                report(handshake: session.handshake(with: &input, recordSize: size))
            } else {
                read(&input, recordSize: size)
            }
        }
        return 0
    }

    private func read(_ input: inout ByteReader, recordSize size: Int) {
        let before = plainInput.count
        let outcome = session.read(&input, recordSize: size, into: &plainInput.bytes)
        perform(state.recordRead(hasData: plainInput.count > before))
        presentIfEnough()
        switch outcome {
        case .done, .needsInput: sendRecords()
        case .failed(let text): perform(state.failed(text))
        case .ended: perform(state.inputEnded())
        }
    }

    /// Presents the decrypted input when it has all that is wanted.
    func presentIfEnough() {
        reportCongestion()
        guard state.mayPresent, plainInput.isEnough else { return }
        var reader = ByteReader(plainInput.bytes.takeBytes())
        plainInput.wanted = max(delegate?.received(&reader) ?? 0, 0)
        guard state.isOpen, reader.remaining > 0, let rest = reader.readBytes(reader.remaining) else { return }
        plainInput.bytes.append(rest)
    }

    /// Throws input away while output is still to be encrypted, within limits, as a socket's stream does when it finishes.
    func discard(_ input: inout ByteReader) -> Int {
        let isTooMuch = state.discarded(input.remaining, maximum: limits.stream.lingerBytes)
        input.skip(input.remaining)
        if isTooMuch { base.pauseReading() }
        return 0
    }
}
#endif

/// The input of a TLS stream that is decrypted and not read.
struct TLSInput: ~Copyable {
    var bytes = ByteWriter(capacity: 0)
    /// The number of bytes that the delegate needs at once.
    var wanted = 0

    var count: Int { bytes.count }
    var isEmpty: Bool { count == 0 }
    var isEnough: Bool { !isEmpty && count >= wanted }
}
