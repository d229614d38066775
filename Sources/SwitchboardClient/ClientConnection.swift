internal import Dispatch
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire
internal import Synchronization

/// The client's end of a connection: pairs replies with requests, and passes on the other messages.
///
/// A connection belongs to one event loop, and only this loop changes it. Methods for any thread add a job to the loop.
final class ClientConnection: @unchecked Sendable {
    let remoteAddress: SocketAddress

    let loop: EventLoop
    /// The stream of the socket, or the TLS stream over it once the handshake starts.
    private var stream: any ByteStream
    private let table: ProtocolTable
    private let configuration: ClientConfiguration
    private let dispatcher: MessageDispatcher

    @safe @exclusivity(unchecked) private var requests: RequestsInFlight
    /// The senders that are suspended until less output is pending.
    private var suspendedSenders: [SuspendedSender] = []
    private var endWaiters: [CheckedContinuation<Void, Never>] = []
    /// The error that ended the connection; `nil` as long as messages can be sent.
    private let ended = Mutex<(any Error)?>(nil)
    /// A closure that gets the error that ended the connection, and whether the user closed the connection.
    typealias WhenEnded = @Sendable (ClientConnection, any Error, _ isWanted: Bool) -> Void
    private let whenEnded: WhenEnded
    /// Whether ``endingError`` is set, for the event loop.
    @safe @exclusivity(unchecked) private var hasEnded = false
    private var hasClosed = false
    /// Whether replies were outstanding when this side closed.
    ///
    /// The server may still be handling the requests, and may close its side late.
    private var hasOutstandingReplies = false
    /// The requests of other threads that the event loop has not seen.
    private let addedRequests = Mutex<[PendingRequest]>([])
    /// The requests of other threads that were answered in the current read burst.
    @safe @exclusivity(unchecked) private var answered: [PendingRequest] = []
    /// The requests that the event loop took from ``addedRequests``; empty outside ``startAddedRequests()``.
    @safe @exclusivity(unchecked) private var startedRequests: [PendingRequest] = []
    /// The largest capacity of the array of requests that the connection reuses.
    private static let maximumKeptCapacity = 4096
    /// The timeout of the configuration, in nanoseconds.
    private let requestTimeout: UInt64
    /// Passes when requests may be late, or time out after the timeout of the configuration.
    ///
    /// One deadline for all of them takes less time than one for each.
    private let requestDeadline = Deadline()
    /// Whether ``requestDeadline`` passes when requests may be late.
    @safe @exclusivity(unchecked) private var isWatchingForLateRequests = false
    /// The requests with this offset or a smaller one are late when ``requestDeadline`` passes the next time.
    private var lateOffset: UInt64 = 0
    /// The offset of the last request.
    @safe @exclusivity(unchecked) private var lastOffset: UInt64 = 0
    /// A request is late when it has been in flight for this time, or up to twice as long.
    private static let lateness = Duration.milliseconds(5)
    /// The time between two checks is as many times as long as there are requests in flight: a check then takes a hundredth of the time.
    private static let checkTime = Duration.microseconds(1)
    /// The number of bytes that were passed to the stream.
    @safe @exclusivity(unchecked) private var sentBytes: UInt64 = 0
    /// The memory of the last small payload, which the next one reuses unless a message has kept it.
    @safe @exclusivity(unchecked) private var smallPayload = ByteStorage(capacity: maximumSmallPayload)
    /// The largest payload in ``smallPayload``, in bytes.
    private static let maximumSmallPayload = 128
    /// The stage of the next frame from the server.
    @safe @exclusivity(unchecked) private var stage: Int
    /// The stage of the next frame of the client.
    @safe @exclusivity(unchecked) private var ownStage: Int
    /// Passes when the next heartbeat may be due.
    private let heartbeatDeadline = Deadline()
    /// When the client sent its last message, on the clock of the loop, in nanoseconds.
    @safe @exclusivity(unchecked) private var lastSent: UInt64 = 0

    init(
        _ descriptor: Int32,
        _ address: SocketAddress,
        on loop: EventLoop,
        _ table: ProtocolTable,
        _ configuration: ClientConfiguration,
        _ dispatcher: MessageDispatcher,
        whenEnded: @escaping WhenEnded
    ) {
        let limits = configuration.streamLimits
        let socketLimits = configuration.tls == nil ? limits : TLSConnector.socketLimits(limits)
        stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: socketLimits)
        self.loop = loop
        self.table = table
        stage = table.decoders.first
        ownStage = table.ownStages.first
        requests = RequestsInFlight(table.correlation)
        self.configuration = configuration
        requestTimeout = configuration.requestTimeout.wholeNanoseconds
        self.dispatcher = dispatcher
        self.whenEnded = whenEnded
        remoteAddress = address
    }

    // MARK: From any thread

    func start() {
        loop.execute {
            self.lastSent = self.loop.now
            self.stream.start(self)
            self.startHeartbeatDeadline()
        }
    }

    /// Starts the TLS handshake, and returns when the server's certificate is verified.
    func start(_ tls: TLSConnector, to host: String) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.start(tls, to: host, continuation) }
            }
            try Task.checkCancellation()
        } onCancel: {
            abandon()
        }
    }

    private func start(_ tls: TLSConnector, to host: String, _ continuation: CheckedContinuation<Void, any Error>) {
        // If the task was cancelled before this job ran, the socket is closed already.
        if let endingError { return continuation.resume(throwing: endingError) }
        do throws(TLSError) {
            let timeout = configuration.connectTimeout
            let limits = configuration.streamLimits
            stream = try tls.stream(over: stream, limits: limits, to: host, timeout: timeout) { failure in
                continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
            lastSent = loop.now
            stream.start(self)
            startHeartbeatDeadline()
        } catch {
            stream.abort(.requested)
            continuation.resume(throwing: error)
        }
    }

    /// Sends a request, and returns when it has its reply.
    ///
    /// To note how to cancel a task takes nearly as long as to suspend it, and most replies come before anyone cancels. Therefore the task
    /// is suspended without it, and resumed to note it when the request is late.
    nonisolated(nonsending) func exchange(_ request: PendingRequest) async throws {
        try Task.checkCancellation()
        try await unsafe withUnsafeThrowingContinuation { continuation in
            unsafe request.suspend(continuation)
            add(request)
        }
        if request.isLate { try await waitCancellably(for: request) }
    }

    /// Returns when a late request has its reply.
    private func waitCancellably(
        for request: PendingRequest,
        isolation: isolated (any Actor)? = #isolation
    ) async throws {
        try await withTaskCancellationHandler {
            // Without this capture, the closure would not run on the actor of the caller.
            _ = isolation
            try await unsafe withUnsafeThrowingContinuation { continuation in
                loop.execute { unsafe request.suspendAgain(continuation) }
            }
        } onCancel: {
            loop.execute { request.fail(CancellationError()) }
        }
    }

    /// Sends a request of any thread.
    private func add(_ request: PendingRequest) {
        if loop.isCurrent {
            request.isOfLoop = true
            return start(request)
        }
        // One job sends all requests that are added before it runs.
        let isFirst = addedRequests.withLock { requests in
            requests.append(request)
            return requests.count == 1
        }
        if isFirst { loop.execute { self.startAddedRequests() } }
    }

    /// Sends a frame, and returns when the pending output is below the high-water mark.
    func send(_ frame: OutgoingFrame, isolation: isolated (any Actor)? = #isolation) async throws {
        let sender = SuspendedSender()
        try await withTaskCancellationHandler {
            _ = isolation
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.send(frame, for: sender, continuation) }
            }
        } onCancel: {
            loop.execute { sender.resume(with: .failure(CancellationError())) }
        }
    }

    /// Closes the connection once the pending output is sent, and returns when it is closed.
    ///
    /// When replies are outstanding, the method returns as soon as the pending output is sent.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute { self.close(continuation) }
        }
    }

    /// Closes the connection, without waiting until it is closed.
    func abandon() {
        loop.execute { self.finish() }
    }

    // MARK: On the loop

    private func startAddedRequests() {
        addedRequests.withLock { swap(&$0, &startedRequests) }
        for request in startedRequests { start(request) }
        startedRequests.removeAll(keepingCapacity: startedRequests.capacity <= Self.maximumKeptCapacity)
    }

    private func start(_ request: PendingRequest) {
        if hasEnded, let endingError {
            // Report a mistake in the request even if the connection has ended.
            do { try table.check(request) } catch { return request.fail(error) }
            return request.fail(unsent(endingError))
        }
        guard requests.hasRoom(configuration.maximumRequestsInFlight), let number = requests.nextNumber() else {
            let limit = configuration.maximumRequestsInFlight
            let text = "\(limit) requests have no reply yet (maximumRequestsInFlight): wait for one of them"
            return request.fail(ClientError(.tooManyRequests, text, mayHaveBeenHandled: false))
        }
        do { try send(request, number) } catch { request.fail(error) }
    }

    private func send(_ request: PendingRequest, _ number: UInt64) throws {
        var mistake: (any Error)?
        request.offset = sentBytes
        lastOffset = sentBytes
        stream.send { writer in
            let start = writer.count
            do {
                try request.encode(number, table, into: &writer)
                sentBytes &+= UInt64(writer.count - start)
            } catch {
                mistake = error
            }
        }
        if let mistake { throw mistake }
        requests.add(request, number)
        if let timeout = request.timeout {
            request.startTimeout(in: loop.deadlines(lastingAbout: timeout))
        } else {
            request.endTime = loop.now &+ requestTimeout
        }
        noteSent(request.code)
        // The clock of such a loop may stand still, and the request must be cancellable meanwhile.
        if loop.isRunByHand { request.becomeLate() }
        if !isWatchingForLateRequests { watchForLateRequests() }
    }

    private func send(_ frame: OutgoingFrame) {
        sentBytes &+= UInt64(frame.bytes.count)
        noteSent(frame.code)
        stream.send(frame.bytes)
    }

    private func noteSent(_ code: MessageCode) {
        if !table.decoders.isSingle {
            stage = table.decoders.stage(afterPeerSent: code, in: stage)
            ownStage = table.ownStages.stage(after: code, in: ownStage)
        }
        lastSent = loop.now
    }

    private func send(
        _ frame: OutgoingFrame,
        for sender: SuspendedSender,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        if sender.isResumed { return continuation.resume(throwing: CancellationError()) }
        if let endingError { return continuation.resume(throwing: unsent(endingError)) }
        send(frame)
        guard stream.pendingOutput > configuration.outputHighWaterMark else { return continuation.resume() }
        sender.wait(continuation)
        // The stream offers the pending output to the socket before the next job runs. Only then is it known how much
        // stays pending.
        loop.execute {
            if self.stream.isCongested, self.endingError == nil {
                self.suspendedSenders.append(sender)
            } else {
                sender.resume(with: .success(()))
            }
        }
    }

    /// The error that ended the connection; `nil` as long as messages can be sent.
    ///
    /// Any thread may read it.
    var endingError: (any Error)? { ended.withLock { $0 } }

    private func close(_ continuation: CheckedContinuation<Void, Never>) {
        if hasClosed { return continuation.resume() }
        endWaiters.append(continuation)
        if !requests.isEmpty { hasOutstandingReplies = true }
        finish()
        guard hasOutstandingReplies else { return }
        // The stream offers the pending output to the socket before the next job runs.
        loop.execute {
            if self.stream.pendingOutput == 0 { self.resumeWaitingForEnd() }
        }
    }

    private func resumeWaitingForEnd() {
        for continuation in endWaiters { continuation.resume() }
        endWaiters = []
    }

    /// Ends the connection after the pending output is sent.
    private func finish() {
        guard endingError == nil else { return }
        stream.finish(.requested)
        end(with: ClientError(.closed, "the connection was closed"), delivered: sentBytes, isWanted: true)
    }

    /// Aborts the connection; the pending output is lost.
    private func end(with error: any Error) {
        guard endingError == nil else { return }
        let delivered = sentBytes &- unsentBytes
        stream.abort(.requested)
        end(with: error, delivered: delivered, isWanted: false)
    }

    /// Fails all suspended senders and all requests with `error`.
    ///
    /// - Parameters:
    ///   - error: Why the connection ends.
    ///   - delivered: The number of bytes that may have reached the server. Requests after these bytes were not sent.
    ///   - isWanted: Whether the user has closed the connection.
    private func end(with error: any Error, delivered: UInt64, isWanted: Bool) {
        hasEnded = true
        ended.withLock { $0 = error }
        heartbeatDeadline.cancel()
        requestDeadline.cancel()
        // Call it first: tasks that are resumed below may send again at once, and must then find the next connection,
        // not this one.
        whenEnded(self, error, isWanted)
        resumeSenders(with: .failure(error))
        for request in requests.removeAll() {
            request.fail(request.offset >= delivered ? unsent(error) : error)
        }
    }

    /// The number of bytes at the end of the output that were not sent; 0 with TLS, where it is unknown.
    private var unsentBytes: UInt64 {
        stream is SocketStream ? UInt64(clamping: stream.pendingOutput) : 0
    }

    /// Returns `error` for a message of which no byte was sent.
    private func unsent(_ error: any Error) -> any Error {
        (error as? ClientError)?.ofUnsentMessage ?? error
    }

    private func resumeSenders(with result: Result<Void, any Error>) {
        let senders = suspendedSenders
        suspendedSenders = []
        for sender in senders { sender.resume(with: result) }
    }
}

/// A task that is suspended until less output is pending.
///
/// The first of two events resumes it: less output is pending, or the task is cancelled. Only the event loop of the
/// connection uses it.
private final class SuspendedSender: @unchecked Sendable {
    /// Whether the task was resumed, or cancelled before it was suspended.
    private(set) var isResumed = false

    private var continuation: CheckedContinuation<Void, any Error>?

    func wait(_ continuation: CheckedContinuation<Void, any Error>) {
        self.continuation = continuation
    }

    func resume(with result: Result<Void, any Error>) {
        isResumed = true
        continuation.take()?.resume(with: result)
    }
}

// MARK: - Input

extension ClientConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        defer { resumeAnswered() }
        guard table.hasFraming else { return receive(&input) }
        while endingError == nil {
            switch table.decoders[stage].content(in: &input) {
            case .whole(let content):
                var frame = ByteReader(content)
                _ = receive(&frame)
            case .incomplete: return input.remaining + 1
            case .skipped(let fault), .broken(let fault): violate("a broken frame (\(fault.rawValue))")
            }
        }
        return 0
    }

    /// Receives the frames in `input`; returns the number of bytes that are needed to continue.
    private func receive(_ input: inout ByteReader) -> Int {
        var header = HeaderBytes()
        var decoder = table.decoders[stage]
        while !hasEnded, !table.hasFraming || input.remaining > 0 {
            switch decoder.next(in: &input, header: &header) {
            case .frame(let frame):
                let payload = decoder.payload(of: frame, in: &input) { $0.readBytes(frame.payloadSize) }
                guard let code = code(of: frame, header) else { continue }
                if !table.decoders.isSingle {
                    stage = table.decoders.stage(after: code, in: stage)
                    decoder = table.decoders[stage]
                }
                receive(code, header, payload ?? Bytes())
            case .incomplete(let size): return size
            case .skipped(let fault), .broken(let fault): violate("a broken frame (\(fault.rawValue))")
            }
        }
        return 0
    }

    /// Resumes the tasks whose replies have come in this read burst.
    ///
    /// A thread of Dispatch resumes them, where most of them run: the event loop wakes that thread once, not for each of them.
    private func resumeAnswered() {
        if answered.count > 1 {
            DispatchQueue.global().async { [answered] in
                for request in answered { request.resume() }
            }
        } else {
            answered.first?.resume()
        }
        answered.removeAll(keepingCapacity: answered.capacity <= Self.maximumKeptCapacity)
    }

    func flushed() {
        resumeSenders(with: .success(()))
    }

    func reachedEnd() {
        end(with: ClientError(.closed, "the server closed the connection"))
    }

    func closed(_ reason: CloseReason) {
        hasClosed = true
        end(with: ClientError(.closed, "the connection closed: \(reason)"))
        resumeWaitingForEnd()
    }

    /// Returns the code of the message in `frame`, which the request says if the header does not; `nil`, after a violation, if there is no
    /// such request.
    private func code(of frame: FrameDecoder.Frame, _ header: HeaderBytes) -> MessageCode? {
        guard frame.code == .ofReply else { return frame.code }
        let number = table.correlation?.number(in: header)
        if let code = requests.replyCode(for: number ?? 0) { return code }
        violate("a reply\(number.map { " with request number \($0), which is not in use" } ?? " without a request")")
        return nil
    }

    private func receive(_ code: MessageCode, _ header: HeaderBytes, _ payload: Bytes) {
        let payload = copy(of: payload)
        var reader = ByteReader(payload)
        let number = table.correlation?.number(in: header)
        if code != table.errorMessage?.code, let request = requests.removeRequest(answeredBy: code, number) {
            do {
                try request.receive(&reader, header)
                if request.isOfLoop { request.resume() } else { answered.append(request) }
            } catch {
                violate("a malformed \(table.message(for: code)?.name ?? "reply"): \(error)")
                request.fail(endingError ?? error)
            }
            return
        }
        guard let type = table.message(for: code) else {
            return violate("message code \(code), which servers may not send in this protocol")
        }
        do {
            let message = try type.init(payload: &reader, header: header)
            if let number {
                deliver(message, code, payload.count, number, header)
            } else {
                deliver(message, code, payload.count)
            }
        } catch {
            violate("a malformed \(type.name): \(error)")
        }
    }

    /// Returns a copy of a payload, because the event loop reuses its memory, and the user of the client may keep the message.
    private func copy(of payload: Bytes) -> Bytes {
        guard payload.count <= Self.maximumSmallPayload else { return payload.copied() }
        if !isKnownUniquelyReferenced(&smallPayload) { smallPayload = ByteStorage(capacity: Self.maximumSmallPayload) }
        var writer = ByteWriter(reusing: smallPayload)
        writer.append(payload)
        return writer.takeBytes()
    }

    /// Delivers a message that is not the reply to its request, in a protocol whose header has a correlation.
    ///
    /// - Parameter number: The number of the request that the message answers; 0 when it answers none.
    private func deliver(
        _ message: any Message,
        _ code: MessageCode,
        _ size: Int,
        _ number: UInt64,
        _ header: HeaderBytes
    ) {
        let error = message as? any ErrorMessage
        if number == 0 || error == nil && !table.isReply(code) {
            dispatcher.add(arrived(message, code, number, header), code, size: size)
            if let error, error.endsConnection { end(because: error) }
            return
        }
        guard let request = requests.remove(number) else {
            return violate(
                "\(type(of: message).name) with request number \(number), which is not in use"
            )
        }
        if let error { return request.fail(error) }
        let what = "\(type(of: message).name) with request number \(number), which belongs to another request"
        violate(what)
        request.fail(ClientError(.protocolViolation, "the server sent \(what)"))
    }

    /// Returns a message with what is needed to reply to it: a request without a number expects no reply.
    private func arrived(
        _ message: any Message,
        _ code: MessageCode,
        _ number: UInt64,
        _ header: HeaderBytes
    ) -> ArrivedMessage {
        guard number > 0, table.isRequest(code) else { return ArrivedMessage(content: message) }
        return ArrivedMessage(content: message, origin: RequestOrigin(header, self))
    }

    /// Delivers a message that is not the reply to the first request, in a protocol where replies come in the order of their requests.
    private func deliver(_ message: any Message, _ code: MessageCode, _ size: Int) {
        if let error = message as? any ErrorMessage { return deliver(error, code, size) }
        if table.isReply(code) {
            violate("\(type(of: message).name), which is not the reply to a pending request")
        } else {
            dispatcher.add(ArrivedMessage(content: message), code, size: size)
        }
    }

    /// Delivers an error message: it answers the first request, unless it ends the whole connection.
    private func deliver(_ error: any ErrorMessage, _ code: MessageCode, _ size: Int) {
        if error.endsConnection {
            dispatcher.add(ArrivedMessage(content: error), code, size: size)
            end(because: error)
        } else if let request = requests.removeFirst() {
            request.fail(error)
        } else {
            dispatcher.add(ArrivedMessage(content: error), code, size: size)
        }
    }

    /// Ends the connection because the server has sent an error message that announces the end.
    ///
    /// The message answers no request, so every request fails with a ``ClientError``.
    private func end(because error: any ErrorMessage) {
        end(with: ClientError(.closed, "the server closed the connection: \(error)", fault: error.fault))
    }

    /// Ends the connection because the server has violated the protocol.
    ///
    /// - Parameter what: What the server sent.
    private func violate(_ what: String) {
        end(with: ClientError(.protocolViolation, "the server sent \(what)"))
    }
}

extension ErrorMessage {
    /// Whether a server closes the connection after it has sent the message.
    fileprivate var endsConnection: Bool {
        switch fault {
        case .invalidMagic, .unsupportedVersion, .tooManyConnections, .timeout, .shuttingDown: true
        default: false
        }
    }
}

// MARK: - Timeouts and heartbeats

extension ClientConnection: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        if deadline === requestDeadline { checkRequests() } else { sendHeartbeat() }
    }

    /// Lets the requests that are in flight now be checked when they are late.
    private func watchForLateRequests() {
        isWatchingForLateRequests = true
        lateOffset = lastOffset
        // The check looks at all requests in flight: the more there are, the rarer it is.
        let time = max(Self.lateness, Self.checkTime * requests.count)
        requestDeadline.start(in: loop.deadlines(lastingAbout: min(time, configuration.requestTimeout)), delegate: self)
    }

    /// Ends the wait of requests that have timed out, and lets the tasks of late ones note how to cancel them.
    private func checkRequests() {
        isWatchingForLateRequests = false
        var timedOut: [PendingRequest] = []
        var nextEnd = UInt64.max
        var areAllLate = true
        requests.forEachWaiting { request in
            if request.offset <= lateOffset { request.becomeLate() }
            areAllLate = areAllLate && request.isLate
            if request.endTime <= loop.now { timedOut.append(request) } else { nextEnd = min(nextEnd, request.endTime) }
        }
        if !areAllLate {
            watchForLateRequests()
        } else if nextEnd < .max {
            // Rounded up, so that connections share few lists of deadlines.
            let steps = (nextEnd &- loop.now) / Self.lateness.wholeNanoseconds + 1
            let rest = Self.lateness * Int(clamping: steps)
            requestDeadline.start(in: loop.deadlines(lastingAbout: rest), delegate: self)
        }
        for request in timedOut { request.timeOut() }
    }

    private func startHeartbeatDeadline() {
        guard table.heartbeat != nil, configuration.heartbeatInterval > .zero, endingError == nil else { return }
        heartbeatDeadline.start(in: loop.deadlines(lasting: configuration.heartbeatInterval), delegate: self)
    }

    private func sendHeartbeat() {
        guard let heartbeat = table.heartbeat, endingError == nil else { return }
        // Looking here takes less than restarting the deadline for each message.
        let silence = Duration.nanoseconds(Int64(clamping: loop.now &- lastSent))
        guard silence >= configuration.heartbeatInterval else {
            let rest = loop.deadlines(lastingAbout: configuration.heartbeatInterval - silence)
            return heartbeatDeadline.start(in: rest, delegate: self)
        }
        // A heartbeat is a frame of the format itself.
        guard ownStage == 0 else { return startHeartbeatDeadline() }
        // When every number is in use, requests are in flight, and no heartbeat is needed.
        guard let number = requests.nextNumber() else { return startHeartbeatDeadline() }
        let request = HeartbeatRequest(heartbeat) { [weak self] in
            self?.end(with: ClientError(.closed, "the server did not answer a heartbeat in time"))
        }
        // A heartbeat that cannot be encoded is none.
        try? send(request, number)
        startHeartbeatDeadline()
    }
}
