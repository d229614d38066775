package import SwitchboardBytes

// A stream writes output to the stage of its event loop, and offers it to the socket at the end of the read burst or of
// the iteration. Output that the socket does not accept stays pending in the stream. While too much is pending, the
// stream does not read.

extension SocketStream {
    /// The number of staged bytes at which a stream does not wait for the end of the read burst, and sends them.
    private var maximumStagedBytes: Int { min(StreamLimits.maximumBurstBytes, limits.highWaterBytes) }

    package var pendingOutput: Int {
        stageBurst()
        return pending.byteCount + staged.byteCount
    }

    package var isCongested: Bool { state.isCongested }

    package var output: OutputBuffer { loop.stage.buffer }

    package func send(_ encode: (inout ByteWriter) -> Void) {
        loop.assertIsCurrent()
        guard state.isOpen else { return }
        if loop.receiver === self {
            encode(&output.writer)
            if !output.hasRoom { _ = makeRoom() }
            return
        }
        loop.receiver?.stageBurst()
        let start = output.writer.count
        encode(&output.writer)
        loop.stage.addWritten(since: start, to: &staged)
        loop.receiver?.beginOutputBurst()
        flushSoon()
    }

    @discardableResult
    package func send(_ bytes: Bytes) -> Bool {
        loop.assertIsCurrent()
        guard state.isOpen else { return false }
        loop.receiver?.stageBurst()
        loop.stage.addShared(bytes, to: &staged)
        flushSoon()
        return true
    }

    @discardableResult
    package func sendAtOnce(_ bytes: Bytes) -> Bool {
        let isAlone = staged.isEmpty && pending.isEmpty && loop.receiver == nil
        guard state.isOpen, isAlone, !bytes.isEmpty else { return send(bytes) }
        let result = unsafe bytes.withUnsafeBytes { unsafe socket.send($0) }
        if result.obstacle != nil {
            pending.append(bytes, after: result.byteCount)
            report(result)
        }
        return true
    }

    package func makeRoom() -> Bool {
        if loop.stage.isFull { loop.flushOutput() } else if loop.receiver === self { flush() }
        return state.isOpen && !isCongested
    }

    // MARK: Bursts

    /// Begins a burst: what is written from now on, during a read burst of this stream, is output of this stream.
    ///
    /// While input is held back, the buffer has no room: the delegate would otherwise handle the rest of its input, because the buffer is
    /// empty again.
    func beginOutputBurst() {
        loop.stage.beginBurst(limit: holdsBackInput ? 0 : maximumStagedBytes - staged.byteCount)
    }

    /// Adds the output of the read burst so far to the stream's chain.
    private func stageBurst() {
        guard loop.receiver === self, let start = loop.stage.endBurst() else { return }
        // The output of a stream that has closed in the meantime is dropped.
        if !state.isClosed { loop.stage.addWritten(since: start, to: &staged) }
        beginOutputBurst()
    }

    func endOutputBurst() {
        if loop.stage.isEmpty, pending.isEmpty, !state.isClosed {
            if let result = loop.sendBurst(to: socket, behind: &pending) { report(result) }
        } else {
            stageBurst()
            _ = loop.stage.endBurst()
            flush()
        }
    }

    // MARK: Flushing

    private func flushSoon() {
        if loop.stage.isFull {
            loop.flushOutput()
            flush()
        } else if staged.byteCount >= maximumStagedBytes {
            flush()
        } else if loop.receiver !== self {
            loop.requestFlush(of: self)
        }
    }

    func flushAtEndOfIteration() {
        awaitsFlush = false
        flush()
        finishIfFlushed()
    }

    /// Offers the staged output to the socket; if output is pending, adds the staged output to it instead.
    func flush() {
        stageBurst()
        guard !staged.isEmpty else { return }
        if pending.isEmpty {
            report(loop.stage.send(&staged, to: socket, behind: &pending))
        } else {
            loop.stage.move(&staged, to: &pending)
            reportPendingOutput()
        }
        if loop.receiver === self, !state.isClosed { beginOutputBurst() }
    }

    /// Reports the result of a send that began without pending output.
    private func report(_ result: SendResult) {
        switch result.obstacle {
        case nil: return
        case .broken(let errno): return perform(state.failed(errno: errno))
        case .noMemory: retryLater()
        case .full: break
        }
        startDeadline(lasting: limits.writeTimeout)
        reportPendingOutput()
    }

    /// Offers the pending output to the socket.
    func sendPending() {
        guard !pending.isEmpty else { return }
        let result = pending.send(to: socket, with: loop.stage.vector)
        switch result.obstacle {
        case .broken(let errno): return perform(state.failed(errno: errno))
        case .noMemory: retryLater()
        case .full, nil: break
        }
        if pending.isEmpty {
            deadline?.cancel()
        } else if result.byteCount > 0, state.isOpen {
            deadline?.renew()
        }
        reportPendingOutput()
        finishIfFlushed()
    }

    private func reportPendingOutput() {
        countPending()
        perform(state.pendingOutputChanged(to: pending.byteCount, limits))
    }
}
