package import SwitchboardBytes

// Output is staged in the loop's memory, and offered to the socket at the end of the burst or of the turn. What the
// socket does not take waits in the stream, which is not read while too much of it waits.

extension SocketStream {
    /// A stream sends what it has staged when it is this many bytes, without waiting for the end of the burst.
    private var maximumStagedBytes: Int { min(StreamLimits.maximumBurstBytes, limits.highWaterBytes) }

    /// How long to wait before the system may have memory again.
    private static let retryDelay = Duration.milliseconds(10)

    package var pendingOutput: Int {
        account()
        return pending.byteCount + staged.byteCount
    }

    package var holdsBackInput: Bool { isCongested && limits.stopsReadingWhileCongested }

    package var output: OutputBuffer { loop.stage.buffer }

    package func send(_ encode: (inout ByteWriter) -> Void) {
        loop.assertIsCurrent()
        guard phase == .open else { return }
        if loop.receiver === self {
            encode(&output.writer)
            if !output.hasRoom { _ = makeRoom() }
            return
        }
        loop.receiver?.account()
        let start = output.writer.count
        encode(&output.writer)
        loop.stage.addWritten(since: start, to: &staged)
        loop.receiver?.beginOutputBurst()
        flushSoon()
    }

    @discardableResult
    package func send(_ bytes: Bytes) -> Bool {
        loop.assertIsCurrent()
        guard phase == .open else { return false }
        loop.receiver?.account()
        loop.stage.addShared(bytes, to: &staged)
        flushSoon()
        return true
    }

    @discardableResult
    package func sendAtOnce(_ bytes: Bytes) -> Bool {
        let isAlone = staged.isEmpty && pending.isEmpty && loop.receiver == nil
        guard phase == .open, isAlone, !bytes.isEmpty else { return send(bytes) }
        let result = unsafe bytes.withUnsafeBytes { unsafe socket.send($0) }
        if result.obstacle != nil {
            pending.append(bytes, after: result.byteCount)
            settle(result)
        }
        return true
    }

    package func makeRoom() -> Bool {
        if loop.stage.isFull { loop.flushOutput() } else if loop.receiver === self { flush() }
        return phase == .open && !isCongested
    }

    // MARK: Bursts

    /// What is written from now on, while the stream's input is being received, is the stream's own.
    func beginOutputBurst() {
        loop.stage.beginBurst(limit: maximumStagedBytes - staged.byteCount)
    }

    /// Adds to the stream's run what it has written in the burst so far.
    func account() {
        guard loop.receiver === self, let start = loop.stage.endBurst() else { return }
        // What a stream has written that was closed meanwhile goes nowhere.
        if phase != .closed { loop.stage.addWritten(since: start, to: &staged) }
        beginOutputBurst()
    }

    func endOutputBurst() {
        if loop.stage.isEmpty, pending.isEmpty, phase != .closed {
            if let result = loop.sendBurst(to: socket, behind: &pending) { settle(result) }
        } else {
            account()
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
            loop.requestFlush(self)
        }
    }

    func flushAtEndOfTurn() {
        awaitsFlush = false
        flush()
        finishIfSent()
    }

    /// Offers what is staged to the socket, or lets it wait behind what waits already.
    func flush() {
        account()
        guard !staged.isEmpty else { return }
        if pending.isEmpty {
            settle(loop.stage.send(&staged, to: socket, behind: &pending))
        } else {
            loop.stage.move(&staged, to: &pending)
            pendingOutputHasChanged()
        }
        if loop.receiver === self, phase != .closed { beginOutputBurst() }
    }

    /// Sees to what the socket has not taken, if nothing waited before.
    private func settle(_ result: SendResult) {
        switch result.obstacle {
        case nil: return
        case .broken(let errno): return fail(errno)
        case .noMemory: retryLater()
        case .full: break
        }
        startDeadline(lasting: limits.writeTimeout)
        pendingOutputHasChanged()
    }

    /// Offers what waits to the socket.
    func sendPending() {
        guard !pending.isEmpty else { return }
        let result = pending.send(to: socket, with: loop.stage.vector)
        switch result.obstacle {
        case .broken(let errno): return fail(errno)
        case .noMemory: retryLater()
        case .full, nil: break
        }
        if pending.isEmpty {
            deadline?.cancel()
        } else if result.byteCount > 0, phase == .open {
            deadline?.renew()
        }
        pendingOutputHasChanged()
        finishIfSent()
    }

    private func pendingOutputHasChanged() {
        let byteCount = pending.byteCount
        if byteCount > limits.maximumPendingBytes {
            close(.slowConsumer)
        } else if byteCount > limits.highWaterBytes {
            isCongested = true
        } else if isCongested, byteCount <= limits.lowWaterBytes {
            isCongested = false
            continueInput()
            delegate?.drained()
        }
    }

    // MARK: Deadlines

    func startDeadline(lasting duration: Duration) {
        let deadline = deadline ?? Deadline()
        self.deadline = deadline
        deadline.start(in: loop.deadlines(lasting: duration), delegate: self)
    }

    /// Tries again to send, and to receive, when the system may have memory again.
    func retryLater() {
        let retry = retry ?? Deadline()
        self.retry = retry
        if !retry.isRunning { retry.start(in: loop.deadlines(lasting: Self.retryDelay), delegate: self) }
    }
}

extension SocketStream: DeadlineDelegate {
    package func deadlinePassed(_ passed: Deadline) {
        if passed === retry {
            sendPending()
            isReadable = true
            receiveOnce()
        } else {
            // Either the peer has not taken what is pending, or it has, and not closed its side.
            close(pending.isEmpty ? reason : .slowConsumer)
        }
    }
}
