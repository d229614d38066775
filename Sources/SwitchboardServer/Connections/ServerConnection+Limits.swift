internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

// How often, and how soon, a peer must be heard.

extension ServerConnection {
    // MARK: Rates

    /// Takes a message out of the connection's rate and out of that of all; returns whether it may be handled.
    @inline(__always)
    func isWithinRates() -> Bool {
        guard core.limitsRates else { return true }
        return takeFromRates()
    }

    @inline(never)
    private func takeFromRates() -> Bool {
        let worker = worker
        let now = worker.loop.now
        guard core.rate.take(from: &ratePaidUntil, at: now) else { return false }
        if worker.messageAllowance == 0 { worker.messageAllowance = core.sharedRate.takeBatch(at: now) }
        guard worker.messageAllowance > 0 else { return false }
        worker.messageAllowance &-= 1
        return true
    }

    /// Answers a message that is beyond a rate, if its peer waits for an answer: an error for any other would be taken for
    /// that to an earlier request.
    @inline(never)
    func refuseForRate(_ code: MessageCode, _ header: HeaderBytes) {
        worker.counters.countRateLimited(code)
        if core.expectsReply(code) {
            answer(.rateLimited, "too many messages a second; this one was not handled", header: header)
        } else {
            note(.rateLimited, "a message of a kind that is not answered")
        }
    }

    // MARK: Time

    /// Moves the time at which nothing will have come for too long, after a burst of input.
    ///
    /// - Parameters:
    ///   - hasRead: Whether something complete was in it.
    ///   - isInFrame: Whether a part of a frame is left.
    @inline(__always)
    func renewExpiry(hasRead: Bool, isInFrame: Bool) {
        guard let position else { return }
        if core.requiresAuthentication, isAwaitingCredentials { return }
        switch state.inputRead(completesFrame: hasRead, isInFrame: isInFrame) {
        case .unchanged: break
        case .restOfFrame: worker.lookAt(position, after: worker.limits.frame ?? worker.limits.idle)
        case .nextMessage: worker.lookAt(position, after: worker.limits.idle)
        }
    }

    /// Lets the time begin in which something must come, or in which the peer must say who it is.
    func beginExpiry() {
        guard let position else { return }
        if isAwaitingCredentials {
            worker.lookAt(position, after: worker.limits.authentication)
        } else {
            renewExpiry()
        }
    }

    /// Whether no message gives the peer more time, because it has to say who it is.
    private var isAwaitingCredentials: Bool {
        core.requiresAuthentication && worker.limits.authentication != nil && !session.isAuthenticated
    }

    /// Lets the time in which something must come begin anew.
    func renewExpiry() {
        renewExpiry(hasRead: true, isInFrame: false)
    }

    /// Nothing has come for too long, unless that is not the peer's fault.
    func expire() {
        perform(state.expired())
    }

    /// Closes because the peer has let its time pass, unless it has not taken all output: then it gets more.
    func timeOut() {
        let configuration = core.configuration
        if isAwaitingCredentials {
            // One that reads slowly on purpose would make the last word take as long as it likes.
            if stream.isCongested { return stream.abort(.fault(Fault.authenticationFailed.rawValue)) }
            fail(.authenticationFailed, "no valid credentials came within \(configuration.authenticationTimeout)")
        } else if stream.isCongested {
            renewExpiry()
        } else if state.awaitsRestOfFrame, configuration.frameTimeout > .zero {
            fail(.timeout, "the rest of a frame did not come within \(configuration.frameTimeout)")
        } else {
            fail(.timeout, "no message came within \(configuration.idleTimeout)")
        }
    }

    // MARK: The end of the server

    /// Tells the peer that the server stops, and closes, once all that has been received is answered: some of it may wait
    /// until the peer has read what was answered before.
    func drain() {
        perform(state.drainRequested())
    }

    /// Tells the peer that the server stops, if the protocol has words for it.
    func announceShutdown() {
        if let message = core.errorMessage?.init(.shuttingDown, detail: "the server stops; come back later"),
            message.fault == .shuttingDown
        {
            write(message)
        }
    }
}
