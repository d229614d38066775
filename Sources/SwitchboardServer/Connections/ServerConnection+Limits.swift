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
        if isInFrame {
            if hasRead || !awaitsRestOfFrame { expectRestOfFrame(position) }
        } else {
            awaitsRestOfFrame = false
            worker.lookAt(position, after: worker.limits.idle)
        }
    }

    private func expectRestOfFrame(_ position: Int) {
        awaitsRestOfFrame = true
        worker.lookAt(position, after: worker.limits.frame ?? worker.limits.idle)
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
        guard activity != .closed else { return }
        let configuration = core.configuration
        // What is being handled is bounded in other ways.
        if activity != .idle || !awaited.isEmpty && !awaitsRestOfFrame { return beginExpiry() }
        if isAwaitingCredentials {
            // One that reads slowly on purpose would make the last word take as long as it likes.
            if stream.isCongested { return stream.abort(.fault(Fault.authenticationFailed.rawValue)) }
            fail(.authenticationFailed, "no valid credentials came within \(configuration.authenticationTimeout)")
        } else if stream.isCongested {
            renewExpiry()
        } else if awaitsRestOfFrame, configuration.frameTimeout > .zero {
            fail(.timeout, "the rest of a frame did not come within \(configuration.frameTimeout)")
        } else {
            fail(.timeout, "no message came within \(configuration.idleTimeout)")
        }
    }

    // MARK: The end of the server

    /// Tells the peer that the server stops, and closes, once all that has been received is answered: some of it may wait
    /// until the peer has read what was answered before.
    func drain() {
        isDraining = true
        drainOncePresented()
    }

    /// Goes on with the drain when what was held back of the input until now is presented, which it is before the next job.
    func drainOncePresented() {
        drainJobs &+= 1
        loop.execute {
            self.drainJobs &-= 1
            // Another such job has been given since: there was more to present.
            guard self.drainJobs == 0 else { return }
            if self.activity == .idle, !self.stream.holdsBackInput { self.endDrain() }
        }
    }

    private func endDrain() {
        guard awaited.isEmpty else { return hold() }
        if let message = core.errorMessage?.init(.shuttingDown, detail: "the server stops; come back later"),
            message.fault == .shuttingDown
        {
            write(message)
        }
        finish(.fault(Fault.shuttingDown.rawValue))
    }
}
