internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

// The way of a message: bytes from the stream, a frame, its route, its reply.

extension ServerConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        state.burstBegan()
        worker.currentMessage.begin(id)
        let start = input.mark
        var wanted = advance(&input)
        if waitingMessages != nil { wanted = answerWaitingMessages(before: &input) }
        state.burstEnded()
        worker.currentMessage.end()
        receivedBytes &+= UInt64(truncatingIfNeeded: input.mark &- start)
        renewExpiry(hasRead: input.mark != start, isInFrame: input.remaining > 0)
        return wanted
    }

    /// Too much output was pending, and it is flushed.
    func flushed() {
        renewExpiry()
        perform(state.inputReleased())
    }

    /// Handles frames until there is no whole one left, or one has to wait.
    ///
    /// - Returns: How many bytes are needed to go on.
    func advance(_ input: inout ByteReader) -> Int {
        var context = Context(connection: self)
        let output = stream.output
        let decoder = core.decoder
        let counters = worker.counters
        while state.mayBeginMessage, input.remaining > 0, output.hasRoom || stream.makeRoom() {
            switch decoder.next(in: &input, header: &context.headerBytes) {
            case .frame(let frame):
                if core.requiresAuthentication, !mayReceive(payloadOf: frame.payloadSize) { return 0 }
                checksumFaultsInARow = 0
                handle(frame, in: &input, decoder, context, output, counters)
            case .incomplete(let size):
                if core.requiresAuthentication, !mayReceive(payloadOf: size - core.frameFormat.overhead) { return 0 }
                return size
            case .skipped(let fault):
                skip(fault)
            case .broken(let fault):
                fail(fault, explanation(of: fault))
            }
        }
        return 0
    }

    /// The peer has sent its last byte; it gets the replies to all before it.
    func reachedEnd() {
        perform(state.inputEnded(core.connectionRules))
    }

    func peerEnded() {
        perform(state.peerEnded(core.connectionRules))
    }

    /// Handles a message, and as many as may be of those like it that follow.
    @inline(__always)
    private func handle(
        _ frame: FrameDecoder.Frame,
        in input: inout ByteReader,
        _ decoder: FrameDecoder,
        _ context: Context,
        _ output: OutputBuffer,
        _ counters: MessageCounters
    ) {
        worker.currentMessage.begin(frame.code)
        if core.logsFrames { log(frame) }
        let slot = counters.receivedSlot(of: frame.code)
        var run = decoder.run(from: frame, in: &input, limit: core.looksAtEach ? 1 : counters.countUntilSample(slot))
        let start = input.mark
        state.messageBegan()
        output.isInterrupted = false
        do throws(RouteFailure) {
            guard try route(&run, slot, in: &input, context, output, counters) else { return }
        } catch {
            answer(error, to: frame.code, context.headerBytes)
        }
        // What was refused is passed over.
        if input.mark == start { run.payload(in: &input) { _ in } }
        count(run, slot, counters)
        finishMessage()
    }

    /// Returns whether it is done: otherwise the run waits to be answered by a task.
    @inline(__always)
    private func route(
        _ run: inout FrameRun,
        _ slot: Int,
        in input: inout ByteReader,
        _ context: Context,
        _ output: OutputBuffer,
        _ counters: MessageCounters
    ) throws(RouteFailure) -> Bool {
        let frame = run.frame
        guard isWithinRates() else {
            refuseForRate(frame.code, context.headerBytes)
            return true
        }
        var isDone = true
        let isRouted = try core.routes.withRoute(for: frame.code) { route throws(RouteFailure) in
            guard isEntitled(to: route.requirement) else { return refuseUnauthenticated(context.headerBytes) }
            guard frame.payloadSize <= route.maximumPayload else {
                return refusePayload(of: route, context.headerBytes)
            }
            // The first may end what entitles to the next.
            if route.requirement == .authenticated { run.limit = 1 }
            let start = counters.isSampled(slot) ? loop.clock : 0
            if !route.isAsync, try route.handle(&run, in: &input, context: context, output: output) {
                if start > 0 { counters.count(loop.clock &- start, of: slot) }
                return
            }
            wait(for: route, run, context, start)
            isDone = false
        }
        if !isRouted { try takeUnrouted(run, in: &input, context) }
        return isDone
    }

    /// - Parameter start: When the message came, if its duration is to be measured, or 0.
    @inline(never)
    private func wait(for route: Route, _ run: FrameRun, _ context: Context, _ start: UInt64) {
        waitingMessages = WaitingMessages(
            route: route,
            run: run,
            header: context.headerBytes,
            start: start > 0 ? start : loop.now,
            isMeasured: start > 0
        )
    }

    @inline(never)
    private func refusePayload(of route: Route, _ header: HeaderBytes) {
        answer(.payloadTooLarge, "the payload may have \(route.maximumPayload) bytes", header: header)
    }

    @inline(never)
    private func takeUnrouted(
        _ run: FrameRun,
        in input: inout ByteReader,
        _ context: Context
    ) throws(RouteFailure) {
        let frame = run.frame
        let payload = run.payload(in: &input) { $0.readBytes(frame.payloadSize) ?? Bytes() }
        if frame.code == core.peerErrorCode { return log(errorMessage: payload) }
        guard isEntitled(to: .asConfigured) else { return refuseUnauthenticated(context.headerBytes) }
        try core.table.handleUnhandled(frame.code, payload: payload, context: context)
    }

    @inline(__always)
    func finishMessage() {
        let action = state.messageFinished()
        if action != .nothing { perform(action) }
    }

    // MARK: Entitlement

    /// Whether the peer has done what a message with `requirement` needs.
    @inline(__always)
    func isEntitled(to requirement: Requirement) -> Bool {
        switch requirement {
        case .nothing: true
        case .asConfigured: !core.requiresAuthentication || session.isAuthenticated
        case .authenticated: session.isAuthenticated
        }
    }

    /// Whether others' broadcasts go to this peer.
    var isAudience: Bool { state.isOpen && isEntitled(to: .asConfigured) }

    @inline(never)
    func refuseUnauthenticated(_ header: HeaderBytes) {
        answer(.authenticationFailed, "say who you are first", header: header)
    }

    /// Whether a payload of `size` bytes may be received, whether or not all of it has come.
    ///
    /// Otherwise the server sends `Fault.authenticationFailed` and closes the connection.
    func mayReceive(payloadOf size: Int) -> Bool {
        let limit = core.configuration.maximumUnauthenticatedPayload
        if size <= limit || session.isAuthenticated { return true }
        fail(.authenticationFailed, "before you have said who you are, a payload may have \(limit) bytes")
        return false
    }

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

    // MARK: Faults

    private func skip(_ fault: Fault) {
        checksumFaultsInARow &+= 1
        if checksumFaultsInARow > core.configuration.maximumChecksumFaultsInARow {
            fail(fault, "too many frames in a row have a wrong checksum")
        } else {
            answer(fault, explanation(of: fault))
        }
    }

    @inline(never)
    func answer(_ failure: RouteFailure, to code: MessageCode, _ header: HeaderBytes) {
        switch failure {
        case .unhandled(let name?):
            answer(.unknownType, "\(name) is not handled here", header: header)
        case .unhandled(nil):
            answer(.unknownType, "no message with code \(code) may be sent by a client", header: header)
        case .malformed(let error):
            answer(.malformedPayload, "\(error)", header: header)
        case .handler(let error as any ErrorMessage):
            count(error)
            write(error, header: header)
        case .handler(let error):
            answer(.internal, "the server could not handle this message", header: header)
            log(error, of: code, .handlerFailure, "a handler failed")
        case .unencodableReply(let error):
            answer(.internal, "the server could not handle this message", header: header)
            log(error, of: code, .unencodableReply, "a reply does not fit its layout")
        }
    }

    private func explanation(of fault: Fault) -> String {
        let format = core.frameFormat
        return switch fault {
        case .invalidMagic: "a frame does not start with the magic number"
        case .unsupportedVersion: "this version of the protocol is not spoken here"
        case .malformedPayload: "the length of a frame is less than that of an empty one"
        case .payloadTooLarge: "the payload of a frame may have \(format.maximumPayload) bytes"
        case .checksumMismatch: "the checksum does not match"
        default: fault.rawValue
        }
    }

    // MARK: Logs

    /// The largest number of Unicode scalars that a line of the log shows of an error.
    private static let maximumLoggedLength = 500

    @inline(never)
    private func log(_ frame: FrameDecoder.Frame) {
        guard worker.isLogged(.frame) else { return }
        logger.debug(
            "frame",
            metadata: ["message": "\(core.name(of: frame.code))", "bytes": "\(frame.payloadSize)"]
        )
    }

    private func log(_ error: any Error, of code: MessageCode, _ event: RepeatedEvent, _ text: Logger.Message) {
        guard worker.isLogged(event) else { return }
        logger.error(
            text,
            metadata: [
                "message": "\(core.name(of: code))",
                "error": "\("\(error)".visible(maximumLength: Self.maximumLoggedLength))",
            ]
        )
    }

    /// A peer's own complaint is never answered: two ends that answer each other's errors never stop.
    private func log(errorMessage payload: Bytes) {
        let level: Logger.Level = hasComplained ? .debug : .info
        hasComplained = true
        guard logger.logLevel <= level, worker.isLogged(.peerError) else { return }
        var reader = ByteReader(payload)
        let message = try? core.errorMessage?.init(from: &reader)
        let text = message.map { "\($0)" } ?? "malformed"
        logger.log(
            level: level,
            "the peer sent an error",
            metadata: ["error": "\(text.visible(maximumLength: Self.maximumLoggedLength))"]
        )
    }
}
