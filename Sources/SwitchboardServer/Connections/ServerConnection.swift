internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

/// One peer: the stream of its bytes, and what is being done for it.
///
/// It lives on its worker's loop, where all that may change is changed. What handlers may call from elsewhere sends a job
/// there.
final class ServerConnection: Connection, @unchecked Sendable {
    let id: ConnectionID
    let session = Session()

    /// Where it stands in its worker's list, while it does.
    var position: Int?

    let core: ServerCore
    let stream: any ByteStream
    private let worker: Worker

    /// What it is doing.
    var activity = Activity.idle
    /// What awaits a handler.
    var awaited: Task<Void, Never>?
    /// Whether some of what its loop is to broadcast at the end of the turn comes from this connection.
    var hasBroadcast = false
    /// Whether its input is being received right now.
    var isInBurst = false
    /// Whether it closes as soon as it is idle.
    var closesWhenIdle = false
    var checksumFaultsInARow = 0
    /// Whether the peer has sent an error message before.
    var hasComplained = false
    var messageCount: UInt64 = 0
    var faultCount: UInt64 = 0

    /// What a connection is doing.
    enum Activity {
        /// It waits for frames.
        case idle
        /// It handles a message right now.
        case handling
        /// It waits for a handler that waits for something; no further message is begun before it is answered.
        case awaiting
        /// It has closed, or will when the last output has gone out. No further message is handled.
        case closed
    }

    init(id: ConnectionID, stream: any ByteStream, worker: Worker, core: ServerCore) {
        self.id = id
        self.stream = stream
        self.worker = worker
        self.core = core
    }

    var loop: EventLoop { worker.loop }

    /// The message that the next handler to be awaited is to have, within a burst of this connection.
    var waitingMessage: WaitingMessage? {
        get { worker.waitingMessage }
        set { worker.waitingMessage = newValue }
    }

    // MARK: Life

    func start() {
        stream.start(self)
    }

    /// Tells the peer that there are too many connections, and closes.
    func refuse() {
        stream.start(self)
        fail(.tooManyConnections, "the server has as many connections as it may; try again later")
    }

    /// Closes when nothing is being handled any more.
    func closeWhenAnswered() {
        closesWhenIdle = true
        if activity == .idle { finish(.requested) }
    }

    /// Closes once the output has gone out.
    func finish(_ reason: CloseReason) {
        if activity == .closed { return }
        activity = .closed
        stream.finish(reason)
    }

    func closed(_ reason: CloseReason) {
        awaited?.cancel()
        activity = .closed
        worker.forget(self)
        var logger = logger
        logger[metadataKey: "peer"] = "\(remoteAddress)"
        logger[metadataKey: "messages"] = "\(messageCount)"
        if faultCount > 0 { logger[metadataKey: "faults"] = "\(faultCount)" }
        logger.info("connection closed", metadata: ["reason": "\(reason)"])
    }

    // MARK: Faults

    /// Tells the peer of a fault; the connection stays open.
    func answer(_ fault: Fault, _ detail: String) {
        faultCount &+= 1
        logger.debug("fault", metadata: ["fault": "\(fault.rawValue)", "detail": "\(detail)"])
        if let message = core.errorMessage { write(message.init(fault, detail: detail)) }
    }

    /// Tells the peer of a fault that ends the connection.
    func fail(_ fault: Fault, _ detail: String) {
        answer(fault, detail)
        finish(.fault(fault.rawValue))
    }

    /// Sends a message of the server's own, whose values fit their layout.
    func write(_ message: some Message) {
        do throws(PayloadError) { try send(message) } catch {
            logger.error("cannot encode a message", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Connection

    var remoteAddress: String {
        stream.remoteAddress.map { "\($0)" } ?? "unknown"
    }

    var logger: Logger {
        var logger = core.logger
        logger[metadataKey: "connection"] = "\(id)"
        return logger
    }

    func send(_ message: some Message) throws(PayloadError) {
        guard loop.isCurrent else {
            let frame = try core.encoder.encode(message)
            loop.execute { self.send(frame: frame) }
            return
        }
        var failure: PayloadError?
        stream.send { writer in
            do throws(PayloadError) { try core.encoder.encode(message, into: &writer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Sends a frame that is already encoded.
    func send(frame: Bytes) {
        stream.send(frame)
    }

    func broadcast(_ message: some Message) throws(PayloadError) {
        guard loop.isCurrent else {
            let frame = try core.encoder.encode(message)
            return loop.execute { self.broadcast(frame: frame) }
        }
        try worker.broadcast(from: self) { writer throws(PayloadError) in
            try core.encoder.encode(message, into: &writer)
        }
    }

    /// Broadcasts a frame that is already encoded.
    private func broadcast(frame: Bytes) {
        worker.broadcast(from: self) { $0.append(frame) }
    }

    func close() {
        if loop.isCurrent { closeWhenAnswered() } else { loop.execute { self.closeWhenAnswered() } }
    }
}
