internal import SwitchboardBytes
internal import SwitchboardTransport

// The stream encrypts the output of the delegate at the end of a read burst, until the base is congested. The rest
// waits unencrypted, because many streams may share its memory.

#if TLS
extension TLSStream {
    /// The number of bytes of waiting output to encrypt at once: the content of one record.
    private static let recordBytes = 16 * 1024

    var output: OutputBuffer { plainOutput.buffer }

    var pendingOutput: Int { base.pendingOutput + plainOutput.byteCount }

    /// Computed when it is read, because the base reports only when its output is flushed.
    var isCongested: Bool {
        reportCongestion()
        return state.isCongested
    }

    func send(_ encode: (inout ByteWriter) -> Void) {
        guard state.maySend else { return }
        encode(&output.writer)
        encryptSoon()
    }

    @discardableResult
    func send(_ bytes: Bytes) -> Bool {
        guard state.maySendShared else { return false }
        plainOutput.append(bytes)
        encryptSoon()
        return true
    }

    func makeRoom() -> Bool {
        encryptOutput()
        return state.maySend && !isCongested
    }

    private func encryptSoon() {
        if state.isHandshaking {
            if plainOutput.byteCount > limits.stream.maximumPendingBytes { abort(.slowConsumer) }
        } else if !state.isReceiving || plainOutput.isFull {
            encryptOutput()
        }
    }

    /// Encrypts output until the base is congested, and sends the records.
    func encryptOutput() {
        guard state.isSecure else { return }
        defer {
            if !state.isReceiving { giveBackOutputBuffer() }
            countPlainOutput()
        }
        if !plainOutput.isWaiting, !base.isCongested {
            // No other stream shares this output. To encrypt all of it at once is cheaper than one record at a time,
            // and takes no more memory.
            _ = unsafe output.writer.withUnsafeBytes { unsafe encrypt($0) }
            output.writer.truncate(to: 0)
        } else {
            plainOutput.moveWritten()
            while !base.isCongested, let plain = plainOutput.take(upTo: Self.recordBytes) {
                guard unsafe plain.withUnsafeBytes({ unsafe encrypt($0) }) else { return }
            }
            if plainOutput.isWaiting, pendingOutput > limits.stream.maximumPendingBytes { return abort(.slowConsumer) }
            reportCongestion()
        }
    }

    /// Encrypts `plain` directly into the output of the base; returns whether the base accepts records.
    @unsafe
    private func encrypt(_ plain: UnsafeRawBufferPointer) -> Bool {
        if plain.count == 0 { return true }
        var outcome: TLSSession.Outcome?
        base.send { outcome = unsafe session.write(plain, appendingTo: &$0) }
        switch outcome {
        case .done: return true
        case .failed(let text, let failure): perform(state.failed(text, failure))
        case .needsInput, .ended: perform(state.failed("TLS cannot encrypt output in this state"))
        case nil: break
        }
        return false
    }

    /// Sends the records that the session has made in addition: of the handshake, alerts and answers to key updates.
    func sendRecords() {
        unsafe session.takeOutput { records in
            base.send { unsafe $0.append(copying: records) }
        }
    }

    /// Takes memory of the loop for the output of a read burst.
    func takeOutputBuffer() {
        if output.writer.count == 0 { output.writer = ByteWriter(reusing: loop.takeBurstBuffer()) }
    }

    /// Returns the memory for output, unless it has output.
    func giveBackOutputBuffer() {
        if output.writer.count == 0 { loop.giveBackBurstBuffer(output.writer.takeStorage()) }
    }

    /// Reports to the state when too much output is pending, so that the delegate gets no input until it is flushed.
    func reportCongestion() {
        guard !state.isCongested, base.isCongested, pendingOutput > limits.stream.highWaterBytes else { return }
        perform(state.outputCongested())
        limitOutput()
    }

    /// Adds the change of the unencrypted output to the pending output of the event loop.
    func countPlainOutput() {
        loop.pendingOutput += plainOutput.byteCount - countedOutput
        countedOutput = plainOutput.byteCount
    }

    /// Sets how much the delegate may write before it asks for room: nothing while its input is held back.
    func limitOutput() {
        plainOutput.buffer.limit = state.holdsBackInput ? 0 : StreamLimits.maximumBurstBytes
    }
}
#endif

/// The unencrypted output of a TLS stream.
struct TLSOutput: ~Copyable {
    /// The output since the last encryption.
    let buffer = OutputBuffer(capacity: 0)
    /// The output before that.
    ///
    /// It waits because the base is congested or the handshake is not done.
    private var waiting = PendingOutput()

    init() {
        buffer.limit = StreamLimits.maximumBurstBytes
    }

    deinit {
        buffer.deallocate()
    }

    var byteCount: Int { waiting.byteCount + buffer.writer.count }
    var isWaiting: Bool { !waiting.isEmpty }

    /// Whether so much output waits that the stream encrypts it before the end of the read burst.
    var isFull: Bool { !buffer.hasRoom || waiting.byteCount > StreamLimits.maximumBurstBytes }

    /// Appends bytes that many streams share.
    mutating func append(_ bytes: Bytes) {
        moveWritten()
        waiting.append(bytes)
    }

    /// Moves the bytes in ``buffer`` to the end of the waiting output.
    mutating func moveWritten() {
        if buffer.writer.count > 0 { waiting.append(buffer.writer.takeBytes()) }
    }

    /// Removes and returns the first waiting bytes, at most `limit`; `nil` if no output waits.
    mutating func take(upTo limit: Int) -> Bytes? {
        waiting.take(upTo: limit)
    }

    mutating func removeWaiting() {
        waiting.removeAll()
    }
}
