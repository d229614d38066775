extension SocketStream {
    package func finish(_ reason: CloseReason) {
        loop.assertIsCurrent()
        switch phase {
        case .notStarted: abandon()
        case .open:
            phase = .finishing
            self.reason = reason
            tail.removeAll()
            // From now on it is for everything together.
            if deadline?.isRunning == true { startDeadline(lasting: limits.writeTimeout) }
            loop.requestFlush(self)
            if isReadable { loop.requestTurn(self) }
        case .finishing, .closed: break
        }
    }

    package func abort(_ reason: CloseReason) {
        loop.assertIsCurrent()
        if phase == .notStarted { abandon() } else { close(reason) }
    }

    /// Closes a stream that nobody was told of.
    private func abandon() {
        phase = .closed
        socket.close()
    }

    /// Tells the peer that nothing follows, when all has been sent, and waits for its end.
    ///
    /// To close while there is unread input would reset the connection, and the peer might lose the last replies.
    func finishIfSent() {
        guard phase == .finishing, pendingOutput == 0, !outputIsShut else { return }
        outputIsShut = true
        let isConnected = socket.shutDownOutput()
        if !isConnected || inputHasEnded || discardedBytes >= limits.lingerBytes { return close(reason) }
        startDeadline(lasting: limits.lingerTimeout)
    }

    /// Closes because the connection is broken.
    ///
    /// Somebody who wanted it to finish gets the reason they gave.
    func fail(_ errno: Int32) {
        close(phase == .finishing ? reason : .reset(errno))
    }

    /// Closes the stream for everyone.
    ///
    /// The descriptor and the delegate are let go at the end of the turn.
    func close(_ reason: CloseReason) {
        guard phase != .closed, phase != .notStarted else { return }
        phase = .closed
        self.reason = reason
        closesWithReset = pendingOutput > 0
        isCongested = false
        tail.removeAll()
        pending.removeAll()
        loop.stage.remove(&staged)
        deadline?.cancel()
        retry?.cancel()
        if let token { loop.unwatch(token) }
        loop.awaitingBurial.append(self)
    }

    func bury() {
        if closesWithReset { socket.closeWithReset() } else { socket.close() }
        let delegate = delegate
        self.delegate = nil
        delegate?.closed(reason)
    }
}
