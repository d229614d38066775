internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

// The path of a message: from the bytes of the stream to a frame, its batch, its route and its reply.

extension ServerConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        state.burstBegan()
        worker.currentMessage.begin(id)
        let start = input.mark
        var hasRead = false
        let wanted = core.hasFraming ? handleFramedBurst(&input, &hasRead) : handleBurst(&input)
        state.burstEnded()
        worker.currentMessage.end()
        receivedBytes &+= UInt64(truncatingIfNeeded: input.mark &- start)
        if !core.hasFraming { hasRead = input.mark != start }
        // Delimiters alone do not keep a connection open.
        if core.hasFraming, !hasRead, input.remaining == 0, !state.awaitsRestOfFrame { return wanted }
        renewExpiry(hasRead: hasRead, isInFrame: input.remaining > 0)
        return wanted
    }

    /// Handles the messages in `input`; returns the number of bytes that are needed to continue.
    @inline(__always)
    private func handleBurst(_ input: inout ByteReader) -> Int {
        while true {
            switch advance(&input) {
            case .wanted(let count): return count
            case .asyncBatch(let batch):
                if let count = handle(batch, in: &input) { return count }
            }
        }
    }

    /// Handles the messages in `input`, whose frames have delimiters and escapes; returns the number of bytes that are needed to
    /// continue.
    ///
    /// A frame that may not be handled yet stays in `input` with its delimiters.
    ///
    /// - Parameter hasRead: Becomes true if there is a whole frame.
    private func handleFramedBurst(_ input: inout ByteReader, _ hasRead: inout Bool) -> Int {
        while state.mayBeginMessage, input.remaining > 0 {
            let decoder = core.decoders[Int(stage)]
            let start = input.mark
            switch decoder.content(in: &input) {
            case .whole(let content):
                var frame = ByteReader(content)
                let wanted = handleBurst(&frame)
                guard frame.remaining == 0 else {
                    input.rewind(to: start)
                    return wanted
                }
                hasRead = true
            case .incomplete(let size):
                if core.requiresAuthentication, !mayReceive(payloadOf: size - core.maximumOverhead) { return 0 }
                return input.remaining + 1
            case .skipped(let fault):
                skipFrame(fault)
                hasRead = true
            case .broken(let fault): fail(fault, explanation(of: fault))
            }
        }
        return 0
    }

    /// The TLS handshake is done.
    func becameSecure() {
        connected()
    }

    /// The pending output has fallen below the low-water mark.
    func flushed() {
        renewExpiry()
        perform(state.inputReleased())
    }

    /// Why ``advance(_:)`` has returned.
    enum Pause {
        /// No whole frame is left, or no message may begin. The value is the number of bytes that are
        /// needed to continue.
        case wanted(Int)
        /// The handler of the next messages is `async`.
        case asyncBatch(AsyncBatch)
    }

    /// Handles messages until no whole frame is left, no message may begin, or a handler is `async`.
    func advance(_ input: inout ByteReader) -> Pause {
        let output = stream.output
        var decoder = stage == 0 ? core.decoder : core.decoders[Int(stage)]
        let counters = worker.counters
        while state.mayBeginMessage, input.remaining > 0, output.hasRoom || stream.makeRoom() {
            switch decoder.next(in: &input) {
            case .frame(let frame):
                if core.requiresAuthentication, !mayReceive(payloadOf: frame.payloadSize) { return .wanted(0) }
                checksumFaultsInARow = 0
                if let batch = handle(frame, in: &input, decoder, output, counters) { return .asyncBatch(batch) }
                if core.hasStages { decoder = core.decoders[Int(stage)] }
            case .incomplete(let size):
                // A codec may have read a smaller header: then the payload is checked again when it is complete.
                if core.requiresAuthentication, !mayReceive(payloadOf: size - core.maximumOverhead) {
                    return .wanted(0)
                }
                return .wanted(size)
            case .skipped(let fault): skipFrame(fault)
            case .broken(let fault):
                fail(fault, explanation(of: fault))
            }
        }
        return .wanted(0)
    }

    /// The peer has sent its last byte: the server sends the replies to all messages before it.
    func reachedEnd() {
        perform(state.inputEnded(core.connectionRules))
        failRequests()
    }

    func peerEnded() {
        perform(state.peerEnded(core.connectionRules))
    }

    /// Handles the batch that begins with `frame`.
    ///
    /// - Returns: The batch when its handler is `async`: it is not handled yet then.
    @inline(__always)
    private func handle(
        _ frame: FrameDecoder.Frame,
        in input: inout ByteReader,
        _ decoder: FrameDecoder,
        _ output: OutputBuffer,
        _ counters: MessageCounters
    ) -> AsyncBatch? {
        worker.currentMessage.begin(frame.code)
        if core.logsFrames { log(frame) }
        let metricIndex = counters.receivedIndex(of: frame.code)
        let isAlone = core.logsFrames || core.hasStages && core.decoders.mayChange(after: frame.code)
        let limit = allowance(upTo: isAlone ? 1 : counters.countUntilSample(metricIndex))
        // Made before the authentication is checked, so that a later change interrupts the batch.
        var batch = decoder.batch(from: frame, in: input, limit: limit, worker.interruption)
        if core.hasStages { enterStage(after: frame.code) }
        let start = input.mark
        state.messageBegan()
        if limit > 0 {
            do throws(RouteFailure) {
                if let asyncBatch = try route(&batch, metricIndex, in: &input, output, counters) { return asyncBatch }
            } catch {
                answer(error, to: frame.code, batch.header)
            }
            takeFromRates(batch.count)
        } else {
            refuseForRate(frame.code, batch.header)
        }
        // A rejected message is still unread.
        if input.mark == start { batch.payload(in: &input) { _ in } }
        count(batch, metricIndex, counters)
        finishMessage()
        return nil
    }

    private func enterStage(after code: MessageCode) {
        stage = UInt8(truncatingIfNeeded: core.decoders.stage(after: code, in: Int(stage)))
    }

    /// Handles a batch with its route, or rejects its first message.
    ///
    /// - Returns: The batch when its handler is `async`: it is not handled yet then.
    @inline(__always)
    private func route(
        _ batch: inout FrameBatch,
        _ metricIndex: Int,
        in input: inout ByteReader,
        _ output: OutputBuffer,
        _ counters: MessageCounters
    ) throws(RouteFailure) -> AsyncBatch? {
        var asyncBatch: AsyncBatch?
        let isRouted = try core.routes.withRoute(for: batch.code) { route throws(RouteFailure) in
            if state.rejectsRequests { return rejectForDrain(batch.code, batch.header) }
            guard isEntitled(to: route.requirement) else { return refuseUnauthenticated(batch.header) }
            guard batch.payloadSize <= route.maximumPayload else { return refusePayload(of: route, batch.header) }
            let start = counters.isSampled(metricIndex) ? loop.clock : 0
            if !route.isAsync, try route.handle(&batch, in: &input, from: self, output: output) {
                if start > 0 { counters.count(loop.clock &- start, of: metricIndex) }
                return
            }
            asyncBatch = AsyncBatch(
                route: route,
                frames: batch,
                start: start > 0 ? start : loop.now,
                isMeasured: start > 0
            )
        }
        if !isRouted { try takeUnrouted(batch, in: &input) }
        return asyncBatch
    }

    @inline(never)
    private func refusePayload(of route: Route, _ header: HeaderBytes) {
        reject(.payloadTooLarge, "the payload may have at most \(route.maximumPayload) bytes", header)
    }

    /// Rejects a payload that does not fit its message; closes the connection if the configuration says so.
    private func reject(_ fault: Fault, _ detail: String, _ header: HeaderBytes) {
        answer(fault, detail, header: header)
        if core.configuration.closesOnMalformedPayload { perform(state.failed(fault)) }
    }

    @inline(never)
    private func takeUnrouted(_ batch: FrameBatch, in input: inout ByteReader) throws(RouteFailure) {
        let code = batch.code
        let payload = batch.payload(in: &input) { $0.readBytes($0.remaining) ?? Bytes() }
        if !core.peerReplyCodes.isEmpty, takeReply(code, payload, batch.header) { return }
        if code == core.peerErrorCode { return log(errorMessage: payload, batch.header) }
        if state.rejectsRequests { return rejectForDrain(code, batch.header) }
        guard isEntitled(to: .asConfigured) else { return refuseUnauthenticated(batch.header) }
        let context = Context(connection: self, header: batch.header)
        try core.table.handleUnhandled(code, payload: payload, context: context)
    }

    /// Refuses a message that has arrived after the server has begun to drain: a request with an error message.
    @inline(never)
    private func rejectForDrain(_ code: MessageCode, _ header: HeaderBytes) {
        if core.expectsReply(code) { announceShutdown(header: header) }
    }

    @inline(__always)
    func finishMessage() {
        let action = state.messageFinished()
        if action != .nothing { perform(action) }
    }

    /// Counts the received messages of a batch, and the messages that were handled on the event loop.
    @inline(__always)
    func count(_ batch: FrameBatch, _ metricIndex: Int, _ counters: MessageCounters) {
        messageCount &+= UInt64(truncatingIfNeeded: batch.count)
        sentBytes &+= UInt64(truncatingIfNeeded: batch.replyBytes)
        counters.count(batch, metricIndex)
    }

    // MARK: Rates

    /// Returns the number of messages that the rates allow, at most `count`.
    @inline(__always)
    private func allowance(upTo count: Int) -> Int {
        guard core.rates.isLimited else { return count }
        return core.rates.allowance(upTo: count, &ratePaidUntil, &worker.sharedAllowance, at: loop.now)
    }

    /// Takes `count` messages, which the rates have allowed, from the rates.
    @inline(__always)
    func takeFromRates(_ count: Int) {
        guard core.rates.isLimited else { return }
        core.rates.take(count, &ratePaidUntil, &worker.sharedAllowance, at: loop.now)
    }

    /// Rejects a message that exceeds a rate with an error, or drops it when it has no reply.
    ///
    /// A peer would take an error for a one-way message as the reply to an earlier request.
    @inline(never)
    func refuseForRate(_ code: MessageCode, _ header: HeaderBytes) {
        worker.counters.countRateLimited(code)
        if core.expectsReply(code) {
            answer(.rateLimited, "too many messages per second: this message was not handled", header: header)
        } else {
            note(.rateLimited, "a one-way message above the rate limit was dropped")
            guard core.logger.logLevel <= .info, worker.isLogged(.rateLimitedDrop) else { return }
            logger.info(
                "one-way message dropped",
                metadata: ["message": "\(core.name(of: code))", "reason": "\(Fault.rateLimited.rawValue)"]
            )
        }
    }

    // MARK: Faults

    private func skipFrame(_ fault: Fault) {
        // The message may have changed the form of the next frame.
        if stage != 0 { return fail(fault, explanation(of: fault)) }
        checksumFaultsInARow &+= 1
        if checksumFaultsInARow > worker.limits.maximumChecksumFaultsInARow {
            let problem = fault == .checksumMismatch ? "have a wrong checksum" : "are malformed"
            fail(fault, "too many consecutive frames \(problem)")
        } else {
            answer(fault, explanation(of: fault))
        }
    }

    @inline(never)
    func answer(_ failure: RouteFailure, to code: MessageCode, _ header: HeaderBytes) {
        switch failure {
        case .unhandled(let name?):
            answer(.unknownType, "this server has no handler for \(name)", header: header)
        case .unhandled(nil):
            answer(.unknownType, "clients may not send a message with code \(code)", header: header)
        case .malformed(let error):
            reject(.malformedPayload, "\(error)", header)
        case .handler(let error as any ErrorMessage):
            count(error)
            write(error, header: header)
        case .handler(let error as RoomError):
            answer(error.fault, error.description, header: header)
        case .handler(let error):
            answer(.internal, "the server could not handle this message", header: header)
            log(error, of: code, .handlerFailure, "a handler failed")
        case .unencodableReply(let error):
            answer(.internal, "the server could not handle this message", header: header)
            log(error, of: code, .unencodableReply, "cannot encode a reply")
        }
    }

    /// Sends the error of a closure of `onConnect`, which refuses the peer.
    func answer(connectFailure error: any Error) {
        if let error = error as? any ErrorMessage {
            count(error)
            return write(error)
        }
        answer(.internal, "the server could not accept this connection")
        guard worker.isLogged(.handlerFailure) else { return }
        logger.error(
            "a handler failed",
            metadata: [
                "handler": "onConnect",
                "error": "\("\(error)".visible(maximumLength: Self.maximumLoggedLength))",
            ]
        )
    }

    private func explanation(of fault: Fault) -> String {
        let format = core.frameFormat
        return switch fault {
        case .invalidMagic: "a frame does not start with the magic number"
        case .unsupportedVersion: "this version of the protocol is not supported"
        case .malformedPayload where format.framing != nil: "a frame is malformed"
        case .malformedPayload where format.codec != nil: "the header or the end of a frame is malformed"
        case .malformedPayload: "the length in the header is less than the length of an empty frame"
        case .payloadTooLarge: "the payload of a frame may have at most \(format.maximumPayload) bytes"
        case .checksumMismatch: "the checksum of the frame does not match its bytes"
        default: fault.rawValue
        }
    }

    // MARK: Logs

    /// The largest number of Unicode scalars of an error in a line of the log.
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

    /// Logs an error message of the peer, without a reply: two ends that reply to errors would never
    /// stop.
    private func log(errorMessage payload: Bytes, _ header: HeaderBytes) {
        let level: Logger.Level = hasComplained ? .debug : .info
        hasComplained = true
        guard logger.logLevel <= level, worker.isLogged(.peerError) else { return }
        var reader = ByteReader(payload)
        let message = try? core.errorMessage?.init(from: &reader, header: header)
        let text = message.map { "\($0)" } ?? "malformed"
        logger.log(
            level: level,
            "the peer sent an error",
            metadata: ["error": "\(text.visible(maximumLength: Self.maximumLoggedLength))"]
        )
    }
}
