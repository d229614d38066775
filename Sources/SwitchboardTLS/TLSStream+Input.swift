internal import SwitchboardBytes
internal import SwitchboardTransport

// The base presents records to the TLS stream. The stream decrypts each whole record, and presents the bytes to the
// delegate at once. It keeps only the bytes that the delegate leaves.

#if TLS
extension TLSStream {
    /// The stream decrypts no more input while the delegate has left this many bytes unread.
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

    /// Starts or stops reading from the base, and presents the unread input again, even without more input.
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

    /// Decrypts all whole records in `input`, as far as the delegate may get input.
    ///
    /// - Returns: The size of the next record, in bytes; 0 if it is unknown.
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
                perform(state.failed("the peer does not speak TLS", .notTLS))
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
        case .failed(let text, let failure): perform(state.failed(text, failure))
        case .ended: perform(state.inputEnded())
        }
    }

    /// Presents the decrypted input if it has as many bytes as the delegate needs.
    func presentIfEnough() {
        reportCongestion()
        guard state.mayPresent, plainInput.isEnough else { return }
        var reader = ByteReader(plainInput.bytes.takeBytes())
        plainInput.wanted = max(delegate?.received(&reader) ?? 0, 0)
        guard state.isOpen, reader.remaining > 0, let rest = reader.readBytes(reader.remaining) else { return }
        plainInput.bytes.append(rest)
    }

    /// Discards input while a finishing stream still has output to encrypt.
    ///
    /// As in a finishing socket stream, a limit applies.
    func discard(_ input: inout ByteReader) -> Int {
        let isTooMuch = state.discarded(input.remaining, maximum: limits.stream.lingerBytes)
        input.skip(input.remaining)
        if isTooMuch { base.pauseReading() }
        return 0
    }
}
#endif

/// The decrypted input of a TLS stream that the delegate has not read.
struct TLSInput: ~Copyable {
    var bytes = ByteWriter(capacity: 0)
    /// The number of bytes, with those in this value, that the delegate needs.
    var wanted = 0

    var count: Int { bytes.count }
    var isEmpty: Bool { count == 0 }
    var isEnough: Bool { !isEmpty && count >= wanted }
}
