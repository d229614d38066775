package import SwitchboardBytes

// Output is staged in the loop's memory, and offered to the socket at the end of the read burst or of the iteration. What
// the socket does not take is pending in the stream, which is not read while too much is.

extension SocketStream {
    /// A stream sends its staged output when it is this many bytes, without waiting for the end of the read burst.
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

    /// Makes what is written from now on, while the stream's input is being received, the stream's own.
    func beginOutputBurst() {
        loop.stage.beginBurst(limit: maximumStagedBytes - staged.byteCount)
    }

    /// Adds to the stream's chain what it has written in the read burst so far.
    private func stageBurst() {
        guard loop.receiver === self, let start = loop.stage.endBurst() else { return }
        // What a stream has written that was closed meanwhile goes nowhere.
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

    /// Offers the staged output to the socket, or adds it to the pending output if there is some.
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

    /// Reports the result of the first send since no output was pending.
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
        perform(state.pendingOutputChanged(to: pending.byteCount, limits))
    }
}
