internal import SwitchboardBytes
internal import SwitchboardTransport

// The base presents records to the TLS stream. The stream decrypts all whole records, and presents their bytes to the
// delegate together. It keeps only the bytes that the delegate leaves. During a read burst, the bytes are in memory of the
// event loop.

#if TLS
extension TLSStream {
    /// The stream decrypts no more input while the delegate has left this many bytes unread.
    private static let maximumUnreadBytes = 256 * 1024

    /// The stream presents this many decrypted bytes before it decrypts more.
    private static let presentedBytes = 64 * 1024

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
        // During the handshake, there is nothing to decrypt yet.
        if state.isSecure {
            plainInput.use(loop)
            takeOutputBuffer()
        }
        body()
        perform(state.burstEnded())
        plainInput.giveBack(to: loop)
        giveBackOutputBuffer()
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
                presentIfEnough()
                perform(state.failed("the peer does not speak TLS", .notTLS))
                return 0
            }
            guard input.remaining >= size else {
                presentIfEnough()
                return size
            }
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
        if outcome != .done || plainInput.count >= Self.presentedBytes { presentIfEnough() }
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
        let count = plainInput.count
        var reader = ByteReader(storage: plainInput.bytes.takeStorage(), offset: 0, count: count)
        plainInput.wanted = max(delegate?.received(&reader) ?? 0, 0)
        if state.isOpen { plainInput.keepRest(of: reader, count) }
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
    /// Whether the memory is returned to the event loop.
    private var isOfLoop = false

    var count: Int { bytes.count }
    var isEmpty: Bool { count == 0 }
    var isEnough: Bool { !isEmpty && count >= wanted }

    /// More unread bytes than this are not moved to memory of the loop, in bytes.
    private static let maximumMovedBytes = 32 * 1024

    /// Moves the bytes to memory of `loop`, which has room for those of a read burst.
    mutating func use(_ loop: EventLoop) {
        guard count <= Self.maximumMovedBytes else { return }
        var larger = ByteWriter(reusing: loop.takeBurstBuffer())
        unsafe bytes.withUnsafeBytes { unsafe larger.append(copying: $0) }
        bytes = larger
        isOfLoop = true
    }

    /// Returns the memory to `loop`, and keeps the bytes in memory of their size.
    mutating func giveBack(to loop: EventLoop) {
        guard isOfLoop else { return }
        isOfLoop = false
        var smaller = ByteWriter(capacity: count)
        unsafe bytes.withUnsafeBytes { unsafe smaller.append(copying: $0) }
        loop.giveBackBurstBuffer(bytes.takeStorage())
        bytes = smaller
    }

    /// Keeps the unread bytes of `reader`, which has read the memory of this value from its start; that had `count` bytes.
    mutating func keepRest(of reader: consuming ByteReader, _ count: Int) {
        let rest = reader.remaining
        var storage = reader.storage
        _ = consume reader
        if isKnownUniquelyReferenced(&storage) {
            bytes = ByteWriter(reusing: storage)
            bytes.advance(by: count)
            bytes.copy(rest, from: count - rest, to: 0)
            bytes.truncate(to: rest)
        } else {
            // The delegate has kept a part of the memory.
            bytes = ByteWriter(capacity: rest)
            let unread = ByteReader(storage: storage, offset: count - rest, count: rest)
            unsafe unread.withUnsafeRemaining { unsafe bytes.append(copying: $0) }
        }
    }
}
