internal import SwitchboardBytes
internal import SwitchboardTransport

// The delegate's output is encrypted at the end of a read burst, as far as the base has room for it. The rest waits as it
// was sent: many streams may share it.

#if TLS
extension TLSStream {
    /// The number of bytes of waiting output that are encrypted at once: as many as a record holds.
    private static let recordBytes = 16 * 1024

    var output: OutputBuffer { plainOutput.buffer }

    var pendingOutput: Int { base.pendingOutput + plainOutput.byteCount }

    /// Found out when it is asked for: the base tells only when its output is flushed.
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

    /// Encrypts the output, as far as the base has room for it, and sends the records.
    func encryptOutput() {
        guard state.isSecure else { return }
        if !plainOutput.isWaiting, !base.isCongested {
            // No other stream shares it: at once is cheaper than record by record, and takes no more memory.
            encrypt(output.writer.takeBytes())
        } else {
            plainOutput.moveWritten()
            while !base.isCongested, let plain = plainOutput.take(upTo: Self.recordBytes) {
                guard encrypt(plain) else { return }
            }
            if plainOutput.isWaiting, pendingOutput > limits.stream.maximumPendingBytes { return abort(.slowConsumer) }
            reportCongestion()
        }
    }

    /// Returns whether the base takes records.
    @discardableResult
    private func encrypt(_ plain: Bytes) -> Bool {
        if plain.isEmpty { return true }
        switch unsafe plain.withUnsafeBytes({ unsafe session.write($0) }) {
        case .done: return sendRecords()
        case .failed(let text): perform(state.failed(text))
        case .needsInput, .ended: perform(state.failed("TLS cannot encrypt output in this state"))
        }
        return false
    }

    /// Sends the records that the session has made.
    ///
    /// - Returns: Whether the base takes records.
    @discardableResult
    func sendRecords() -> Bool {
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

    /// Reports when too much output is pending: input is held back until it is flushed.
    func reportCongestion() {
        guard !state.isCongested, base.isCongested, pendingOutput > limits.stream.highWaterBytes else { return }
        perform(state.outputCongested())
    }
}
#endif

/// The output of a TLS stream that is not encrypted yet.
struct TLSOutput: ~Copyable {
    /// The output since the last encryption.
    let buffer = OutputBuffer(capacity: 0)
    /// The output before that: while there is some, the base is congested or the handshake is not done.
    private var waiting = PendingOutput()

    init() {
        buffer.limit = StreamLimits.maximumBurstBytes
    }

    deinit {
        buffer.deallocate()
    }

    var byteCount: Int { waiting.byteCount + buffer.writer.count }
    var isWaiting: Bool { !waiting.isEmpty }

    /// Whether there is so much output that it is to be encrypted before the end of the read burst.
    var isFull: Bool { !buffer.hasRoom || waiting.byteCount > StreamLimits.maximumBurstBytes }

    /// Adds bytes that many streams share.
    mutating func append(_ bytes: Bytes) {
        moveWritten()
        waiting.append(bytes)
    }

    /// Lets what was written wait behind all that waits already.
    mutating func moveWritten() {
        if buffer.writer.count > 0 { waiting.append(buffer.writer.takeBytes()) }
    }

    /// Takes the first waiting bytes, `limit` of them or fewer; `nil` when there are none.
    mutating func take(upTo limit: Int) -> Bytes? {
        waiting.take(upTo: limit)
    }

    mutating func removeWaiting() {
        waiting.removeAll()
    }
}
