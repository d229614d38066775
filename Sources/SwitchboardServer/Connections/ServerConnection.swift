internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

/// One peer: its stream, its session, and its state.
///
/// A connection belongs to the event loop of its worker, and only this loop changes it. Methods that handlers may call
/// on other threads add a job to the loop.
final class ServerConnection: Connection, Identifiable, @unchecked Sendable {
    let session: Session
    let core: ServerCore
    let worker: Worker
    let stream: any ByteStream

    /// The tasks of the suspended handlers.
    @safe @exclusivity(unchecked) var suspended = SuspendedHandlers()
    var messageCount: UInt64 = 0
    /// The time until which the peer has paid for messages: see ``MessageRate``.
    @safe @exclusivity(unchecked) var ratePaidUntil: UInt64 = 0
    /// The number of bytes of the whole frames received.
    @safe @exclusivity(unchecked) var receivedBytes: UInt64 = 0
    /// The number of bytes of the frames sent.
    @safe @exclusivity(unchecked) var sentBytes: UInt64 = 0
    /// The time at which the connection was opened, on the monotonic clock.
    let openedAt: CoarseTime.Units
    var faultCount: UInt32 = 0
    /// The idle timeout in the units of the worker's ``ExpiryTable``; 0 for none.
    private var idleUnits: ExpiryTable.Time
    var checksumFaultsInARow: UInt16 = 0

    // The properties below are small, and in this order, to save memory.

    private var storedPosition: UInt32 = .max
    /// The stage of the next frame from the peer.
    var stage: UInt8
    /// The state, which decides what the connection does after an event.
    @safe @exclusivity(unchecked) var state = ConnectionState()
    /// Whether this connection has sent a message to others in this iteration of its loop.
    var hasBroadcast = false
    /// Whether the stream is not read because other servers cannot take more broadcasts: see ``hold()``.
    var isHeld = false
    /// Whether the closures of `onConnect` were called: then those of `onDisconnect` will be called, too.
    private var hasConnected = false
    /// Whether the closures of `onConnect` were called and have not refused the peer.
    private var isAccepted = false
    /// Whether the connection may join rooms; `false` after it has closed.
    ///
    /// The lock of the worker's rooms protects it.
    @safe @exclusivity(unchecked) var mayJoin = true
    /// Whether the peer has sent an error message before.
    var hasComplained = false
    var lastFault: Fault?

    init(id: ConnectionID, stream: any ByteStream, worker: Worker, core: ServerCore) {
        session = Session(of: id, worker.sessionObserver)
        self.stream = stream
        self.worker = worker
        self.core = core
        openedAt = CoarseTime.units(worker.loop.now)
        stage = UInt8(truncatingIfNeeded: core.decoders.first)
        idleUnits = worker.limits.idle ?? 0
    }

    var id: ConnectionID { session.connectionID }

    var loop: EventLoop { worker.loop }

    /// The position in the list of the worker; `nil` when the connection is not in the list.
    var position: Int? {
        get { storedPosition == .max ? nil : Int(storedPosition) }
        set { storedPosition = newValue.map { UInt32(truncatingIfNeeded: $0) } ?? .max }
    }

    /// The time since the connection was opened, in steps of 67 ms, at least one step.
    var age: Duration {
        CoarseTime.duration(max(CoarseTime.units(loop.now) &- openedAt, 1))
    }

    // MARK: Life

    func start() {
        beginExpiry()
        stream.start(self)
        if core.logsFrames { logger.debug("connection opened", metadata: ["peer": "\(remoteAddress)"]) }
        if core.tls == nil { connected() }
    }

    /// Calls the closures of `onConnect`.
    ///
    /// From now on, the peer can send messages.
    func connected() {
        guard position != nil, state.isOpen else { return }
        hasConnected = true
        isAccepted = true
        worker.currentMessage.beginConnection(of: id)
        let result = Result { try core.table.noteConnected(self) }
        worker.currentMessage.end()
        guard case .failure(let error) = result else { return }
        isAccepted = false
        answer(connectFailure: error)
        disconnect()
    }

    /// Refuses the connection: sends an error message, and closes.
    func refuse(_ reason: String) {
        stream.start(self)
        fail(.tooManyConnections, reason)
    }

    /// Performs the action that an event of ``state`` has returned.
    func perform(_ action: ConnectionState.Action) {
        switch action {
        case .nothing, .handleNext: break
        case .interruptBatch: worker.interruption.interrupt()
        case .pauseReading:
            stream.pauseReading()
            failRequests()
        case .resumeReading:
            renewExpiry()
            if isHeld { return }
            stream.resumeReading()
            perform(state.inputReleased())
        case .renewTimeout: renewExpiry()
        case .postponeTimeout: beginExpiry()
        case .timeOut: timeOut()
        case .scheduleDrainCheck:
            loop.execute {
                let isHeldBack = self.stream.holdsBackInput
                self.perform(self.state.drainCheck(isInputHeldBack: isHeldBack, self.core.connectionRules))
            }
        case .close(let reason): finish(reason)
        case .giveBackSlot: worker.giveBackSlot(of: self)
        }
    }

    private func finish(_ reason: ConnectionState.Closing) {
        switch reason {
        case .endOfStream: finish(CloseReason.endOfStream)
        case .requested, .disconnected: finish(CloseReason.requested)
        case .fault(let fault): finish(CloseReason.fault(fault))
        case .shutdown:
            announceShutdown()
            finish(CloseReason.fault(.shuttingDown))
        }
    }

    /// Closes the stream after its pending output is sent.
    private func finish(_ reason: CloseReason) {
        worker.interruption.interrupt()
        // The peer will not get the replies of these handlers. In a job, because a task that is cancelled calls user code, and
        // the caller may be a handler that sends a message under a lock of its own.
        if !suspended.isEmpty { loop.execute { self.suspended.cancel() } }
        stream.finish(reason)
    }

    func closed(_ reason: CloseReason) {
        let action = state.streamClosed()
        if !suspended.isEmpty { suspended.cancel() }
        failRequests()
        worker.interruption.interrupt()
        if position == nil { return core.slots.endRefusal() }
        noteClosed(reason)
        if hasConnected {
            worker.currentMessage.beginDisconnection(of: id)
            core.table.noteDisconnected(self, reason.kind)
            worker.currentMessage.end()
        }
        worker.forget(self)
        perform(action)
        guard worker.isLogged(.close(reason.kind)) else { return }
        var logger = logger
        logger[metadataKey: "peer"] = "\(remoteAddress)"
        logger[metadataKey: "messages"] = "\(messageCount)"
        if faultCount > 0 { logger[metadataKey: "faults"] = "\(faultCount)" }
        if let user = session.identity?.user { logger[metadataKey: "user"] = "\(Self.logged(user: user))" }
        logger.info("connection closed", metadata: ["reason": "\(reason)"])
    }

    /// Records a connection that has closed.
    func noteClosed(_ reason: CloseReason) {
        worker.metrics.countClosed(reason)
        core.closed.append {
            let summary = ConnectionSummary(self, user: session.identity?.user)
            return ClosedConnection(summary: summary, reason: reason.kind.name, time: .now)
        }
    }

    // MARK: Faults

    /// Counts a fault of the peer.
    func count(_ fault: Fault) {
        faultCount &+= 1
        lastFault = fault
        worker.metrics.countFault(fault)
    }

    /// Counts an error message that a handler has thrown.
    func count(_ error: any ErrorMessage) {
        if let fault = error.fault { return count(fault) }
        faultCount &+= 1
        worker.metrics.countFault(nil)
    }

    /// Sends an error message about a fault; the connection stays open.
    ///
    /// - Parameter header: The header of the message that caused the fault, if any.
    func answer(_ fault: Fault, _ detail: String, header: HeaderBytes = HeaderBytes()) {
        note(fault, detail)
        if mayReport, let message = core.errorMessage { write(message.init(fault, detail: detail), header: header) }
    }

    /// Whether an error message may come now: the peer expects a greeting of the server while it has not sent its own.
    private var mayReport: Bool { stage == 0 || !core.startsWithStage }

    /// Counts a fault, without an error message to the peer.
    func note(_ fault: Fault, _ detail: String) {
        count(fault)
        guard core.logger.logLevel <= .debug, worker.isLogged(.fault(fault)) else { return }
        logger.debug("fault", metadata: ["fault": "\(fault.rawValue)", "detail": "\(detail)"])
    }

    /// Sends an error message about a fault, and closes the connection.
    func fail(_ fault: Fault, _ detail: String) {
        answer(fault, detail)
        perform(state.failed(fault))
    }

    /// Sends a message of the server itself, which fits its layout.
    func write(_ message: some Message, header: HeaderBytes = HeaderBytes()) {
        do throws(PayloadError) { try send(message, header: header) } catch {
            logger.error("cannot encode a message", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Entitlement

    /// Returns whether the peer may now send messages with `requirement`.
    @inline(__always)
    func isEntitled(to requirement: Requirement) -> Bool {
        switch requirement {
        case .nothing: true
        case .asConfigured: !core.requiresAuthentication || session.isAuthenticated
        case .authenticated: session.isAuthenticated
        }
    }

    /// Whether this peer receives the broadcasts of other peers.
    var isAudience: Bool { isReachable && isEntitled(to: .asConfigured) }

    /// Whether this peer receives messages of other peers to its connection.
    var isReachable: Bool { isAccepted && state.isOpen }

    /// Counts the connection for its user; returns the user when it has too many connections.
    func userAboveLimit(_ limit: UserLimit) -> String? {
        // The identity of this moment: when it changes again, it is counted again.
        let user = session.identity?.user
        return limit.setUser(user, of: id) ? nil : user
    }

    /// Closes the connection of a user with too many connections, and takes the user's identity away at once.
    func refuse(user: String) {
        guard let limit = core.userLimit, session.revoke(Session.Identity(user: user)) else { return }
        // A message that is being handled goes on first.
        if state.isReceiving {
            loop.execute { self.fail(.tooManyConnections, limit.explanation) }
        } else {
            fail(.tooManyConnections, limit.explanation)
        }
    }

    func noteAuthentication(of user: String, isAccepted: Bool) {
        let user = Self.logged(user: user)
        if isOnLoop() {
            worker.noteAuthentication(of: self, user: user, isAccepted: isAccepted)
        } else {
            worker.handOver.add(of: self) {
                self.worker.noteAuthentication(of: self, user: user, isAccepted: isAccepted)
            }
        }
    }

    /// The largest number of Unicode scalars of a user in a line of the log.
    private static let maximumLoggedUser = 64

    private static func logged(user: String) -> String { user.visible(maximumLength: maximumLoggedUser) }

    @inline(never)
    func refuseUnauthenticated(_ header: HeaderBytes) {
        answer(.authenticationFailed, "this message requires authentication: authenticate first", header: header)
    }

    /// Returns whether the peer may send a payload of `size` bytes, which need not have arrived yet.
    ///
    /// Otherwise the server sends `Fault.authenticationFailed` and closes the connection.
    func mayReceive(payloadOf size: Int) -> Bool {
        let limit = worker.limits.maximumUnauthenticatedPayload
        if size <= limit || session.isAuthenticated { return true }
        fail(.authenticationFailed, "before authentication a payload may have at most \(limit) bytes")
        return false
    }

    // MARK: Connection

    var remoteAddress: SocketAddress { stream.remoteAddress ?? .unnamedUnixSocket }

    var logger: Logger {
        var logger = core.logger
        logger[metadataKey: "connection"] = "\(id)"
        return logger
    }

    /// Returns whether the calling thread is running the event loop, and may use the connection.
    ///
    /// What other threads have done before is done then. A caller on another thread hands its action over.
    @inline(__always)
    func isOnLoop() -> Bool {
        guard loop.isCurrent else { return false }
        sendEarlierOutput()
        return true
    }

    @inline(__always)
    func sendEarlierOutput() {
        if !worker.handOver.isEmpty { worker.handOver.perform() }
    }

    func send(_ message: some Message, header: HeaderBytes) throws(PayloadError) {
        let code = type(of: message).code
        guard isOnLoop() else {
            let frame = try core.encoder.encode(message, header: header)
            worker.handOver.add(frame.count, of: self) {
                if self.send(frame: frame) { self.worker.counters.countSent(code, bytes: frame.count) }
            }
            return
        }
        var failure: PayloadError?
        var size = 0
        stream.send { writer in
            let start = writer.count
            do throws(PayloadError) {
                try core.encoder.encode(message, header: header, into: &writer)
            } catch {
                failure = error
            }
            size = writer.count &- start
        }
        if let failure { throw failure }
        guard size > 0 else { return }
        worker.counters.countSent(code, bytes: size)
        sentBytes &+= UInt64(truncatingIfNeeded: size)
    }

    /// Sends an encoded frame, which the caller counts; returns whether the stream accepts it.
    ///
    /// - Parameter atOnce: Whether the stream offers the frame to the socket at once.
    @discardableResult
    func send(frame: Bytes, atOnce: Bool = false) -> Bool {
        guard atOnce ? stream.sendAtOnce(frame) : stream.send(frame) else { return false }
        sentBytes &+= UInt64(frame.count)
        return true
    }

    var sessionID: SessionID { SessionID(server: core.serverID, connection: id) }

    func broadcast(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let code = type(of: message).code
        guard isOnLoop() else {
            let frame = try core.encoder.encode(message)
            worker.handOver.add(of: self) {
                self.worker.broadcast(code, from: self, to: destination) { $0.append(frame) }
            }
            return
        }
        try worker.broadcast(code, from: self, to: destination) { writer throws(PayloadError) in
            try core.encoder.encode(message, into: &writer)
        }
    }

    func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let frame = try core.encoder.encode(message)
        let code = type(of: message).code
        if isOnLoop() {
            send(frame: frame, of: code, to: destination)
        } else {
            worker.handOver.add(of: self) { self.send(frame: frame, of: code, to: destination) }
        }
    }

    private func send(frame: Bytes, of code: MessageCode, to destination: Destination) {
        // Sent at once, so that this peer receives it before messages that are sent to it alone later.
        if belongs(to: destination), worker.mayReceive(self, destination), send(frame: frame) {
            worker.counters.countSent(code, bytes: frame.count)
        }
        guard !isAllThatBelongs(to: destination) else { return }
        worker.broadcast(code, from: self, to: destination) { $0.append(frame) }
    }

    func disconnect(_ destination: Destination, because error: (any ErrorMessage)?) throws(PayloadError) {
        var last: (code: MessageCode, frame: Bytes)?
        if let error { last = (type(of: error).code, try core.encoder.encode(error)) }
        if isOnLoop() {
            disconnect(destination, last)
        } else {
            worker.handOver.add(of: self) { [last] in self.disconnect(destination, last) }
        }
    }

    private func disconnect(_ destination: Destination, _ last: (code: MessageCode, frame: Bytes)?) {
        if belongs(to: destination) {
            if let last, send(frame: last.frame) { worker.counters.countSent(last.code, bytes: last.frame.count) }
            requestClose()
        }
        guard !isAllThatBelongs(to: destination) else { return }
        worker.disconnect(destination, from: self, last: last)
    }

    /// Returns whether this connection belongs to a destination.
    private func belongs(to destination: Destination) -> Bool {
        switch destination {
        case .all: true
        case .room(let name): worker.isMember(id, of: name)
        case .user(let user): session.identity?.user == user
        case .session, .connection: isAllThatBelongs(to: destination)
        }
    }

    /// Returns whether a destination has only this connection.
    private func isAllThatBelongs(to destination: Destination) -> Bool {
        switch destination {
        case .all, .room, .user: false
        case .session(let session): session == sessionID
        case .connection(let other): other == id
        }
    }

    func join(_ room: String) throws(RoomError) { try worker.join(room, self) }

    func leave(_ room: String) { worker.leave(room, self) }

    var rooms: Set<String> { worker.rooms(of: id) }

    func peers(of destination: Destination) -> Peers {
        worker.group?.peers(of: destination) ?? Peers([])
    }

    /// Closes the connection without further replies.
    func disconnect() {
        // The current message is handled first.
        if state.isReceiving { return loop.execute { self.perform(self.state.disconnected()) } }
        perform(state.disconnected())
    }

    func close() {
        if isOnLoop() { requestClose() } else { worker.handOver.add(of: self) { self.requestClose() } }
    }

    private func requestClose() {
        perform(state.closeRequested())
    }
}

// MARK: - Time and the end of the server

extension ServerConnection {
    // MARK: Time

    /// Restarts the timeout that applies after a read burst.
    ///
    /// - Parameters:
    ///   - hasRead: Whether a whole frame was read.
    ///   - isInFrame: Whether a part of a frame is left.
    @inline(__always)
    func renewExpiry(hasRead: Bool, isInFrame: Bool) {
        guard let position else { return }
        if core.requiresAuthentication, isAwaitingCredentials { return }
        switch state.inputRead(completesFrame: hasRead, isInFrame: isInFrame) {
        case .unchanged: break
        case .restOfFrame: worker.lookAt(position, after: worker.limits.frame ?? idleTimeout)
        case .nextMessage: worker.lookAt(position, after: idleTimeout)
        }
    }

    /// Starts the timeout for authentication, if the peer must authenticate first, or the idle timeout.
    func beginExpiry() {
        guard let position else { return }
        if isAwaitingCredentials {
            worker.lookAt(position, after: worker.limits.authentication)
        } else {
            renewExpiry()
        }
    }

    /// Whether the timeout for authentication applies, which messages do not restart.
    private var isAwaitingCredentials: Bool {
        core.requiresAuthentication && worker.limits.authentication != nil && !session.isAuthenticated
    }

    /// Restarts the idle timeout.
    func renewExpiry() {
        renewExpiry(hasRead: true, isInFrame: false)
    }

    /// The idle timeout of this connection; `nil` for none.
    @inline(__always)
    private var idleTimeout: ExpiryTable.Time? { idleUnits == 0 ? nil : idleUnits }

    func setIdleTimeout(_ timeout: Duration) {
        let units = ExpiryTable.units(timeout) ?? 0
        if isOnLoop() { setIdle(units) } else { worker.handOver.add(of: self) { self.setIdle(units) } }
    }

    private func setIdle(_ units: ExpiryTable.Time) {
        idleUnits = units
        // The timeout of a frame goes on.
        if !state.awaitsRestOfFrame { beginExpiry() }
    }

    /// Handles the end of a timeout; restarts it if the peer did not cause it.
    func expire() {
        if isHeld { return beginExpiry() }
        perform(state.expired())
    }

    /// Closes the connection because of a timeout.
    ///
    /// While the pending output is above the high-water mark, the idle timeout restarts instead.
    func timeOut() {
        let limits = worker.limits
        if isAwaitingCredentials {
            // Do not wait until the output is sent: the peer could delay the end by reading slowly.
            if stream.isCongested { return stream.abort(.fault(.authenticationFailed)) }
            fail(.authenticationFailed, "the peer did not authenticate within \(limits.authenticationTimeout)")
        } else if stream.isCongested {
            renewExpiry()
        } else if state.awaitsRestOfFrame, limits.frame != nil {
            fail(.timeout, "the rest of the frame did not arrive within \(limits.frameTimeout)")
        } else {
            let time = idleTimeout == limits.idle ? "\(limits.idleTimeout)" : "the idle timeout of this connection"
            fail(.timeout, "no complete message arrived within \(time)")
        }
    }

    // MARK: The end of the server

    /// Sends an error message and closes the connection, after the replies to all messages that have arrived.
    func drain() {
        perform(state.drainRequested())
    }

    /// Sends an error message about the shutdown, if the protocol has one for it.
    ///
    /// - Parameter header: The header of the request that is refused, if any.
    func announceShutdown(header: HeaderBytes = HeaderBytes()) {
        if mayReport,
            let message = core.errorMessage?.init(
                .shuttingDown,
                detail: "the server is shutting down: reconnect later"
            ),
            message.fault == .shuttingDown
        {
            write(message, header: header)
        }
    }
}
