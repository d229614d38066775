internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire
internal import Synchronization

/// The client's end of a connection: pairs replies with requests, and passes on the other messages.
///
/// A connection belongs to one event loop, and only this loop changes it. Methods for any thread add a job to the loop.
final class ClientConnection: @unchecked Sendable {
    let remoteAddress: SocketAddress

    private let loop: EventLoop
    /// The stream of the socket, or the TLS stream over it once the handshake starts.
    private var stream: any ByteStream
    private let table: ProtocolTable
    private let configuration: ClientConfiguration
    private let dispatcher: MessageDispatcher

    private var requests: RequestsInFlight
    /// The senders that are suspended until less output is pending.
    private var suspendedSenders: [SuspendedSender] = []
    private var endWaiters: [CheckedContinuation<Void, Never>] = []
    /// The error that ended the connection; `nil` as long as messages can be sent.
    private let ended = Mutex<(any Error)?>(nil)
    /// A closure that gets the error that ended the connection, and whether the user closed the connection.
    typealias WhenEnded = @Sendable (ClientConnection, any Error, _ isWanted: Bool) -> Void
    private let whenEnded: WhenEnded
    private var hasClosed = false
    /// Whether replies were outstanding when this side closed.
    ///
    /// The server may still be handling the requests, and may close its side late.
    private var hasOutstandingReplies = false
    /// The number of bytes that were passed to the stream.
    private var sentBytes: UInt64 = 0
    /// The stage of the next frame from the server.
    private var stage: Int
    /// The stage of the next frame of the client.
    private var ownStage: Int
    /// The time until the next heartbeat; it restarts with each message that the client sends.
    private let heartbeatDeadline = Deadline()

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
        self.dispatcher = dispatcher
        self.whenEnded = whenEnded
        remoteAddress = address
    }

    // MARK: From any thread

    func start() {
        loop.execute {
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
            stream.start(self)
            startHeartbeatDeadline()
        } catch {
            stream.abort(.requested)
            continuation.resume(throwing: error)
        }
    }

    /// Sends a request, and returns its reply.
    ///
    /// - Parameter timeout: The time to wait for the reply; `nil` for the time of the configuration.
    func request(
        _ makeFrame: @escaping ProtocolTable.MakeFrame,
        expecting replyCode: MessageCode,
        within timeout: Duration?
    ) async throws -> any Message {
        let request = PendingRequest(expecting: replyCode)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.send(makeFrame, for: request, within: timeout, continuation) }
            }
        } onCancel: {
            loop.execute { request.resolve(.failure(CancellationError())) }
        }
    }

    /// Sends a frame, and returns when the pending output is below the high-water mark.
    func send(_ frame: OutgoingFrame) async throws {
        let sender = SuspendedSender()
        try await withTaskCancellationHandler {
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

    private func send(
        _ makeFrame: ProtocolTable.MakeFrame,
        for request: PendingRequest,
        within timeout: Duration?,
        _ continuation: CheckedContinuation<any Message, any Error>
    ) {
        if request.isResolved { return continuation.resume(throwing: CancellationError()) }
        if let endingError {
            // Report a mistake in the request even if the connection has ended.
            do { _ = try makeFrame(0) } catch { return continuation.resume(throwing: error) }
            return continuation.resume(throwing: unsent(endingError))
        }
        guard requests.hasRoom(configuration.maximumRequestsInFlight), let number = requests.nextNumber() else {
            let limit = configuration.maximumRequestsInFlight
            let text = "\(limit) requests have no reply yet (maximumRequestsInFlight): wait for one of them"
            return continuation.resume(throwing: ClientError(.tooManyRequests, text, mayHaveBeenHandled: false))
        }
        do {
            let frame = try makeFrame(number)
            let time =
                timeout.map { loop.deadlines(lastingAbout: $0) }
                ?? loop.deadlines(lasting: configuration.requestTimeout)
            request.wait(atMost: time) { continuation.resume(with: $0) }
            send(frame, for: request, number)
        } catch {
            continuation.resume(throwing: error)
        }
    }

    private func send(_ frame: OutgoingFrame, for request: PendingRequest, _ number: UInt64) {
        request.offset = sentBytes
        requests.add(request, number)
        send(frame)
    }

    private func send(_ frame: OutgoingFrame) {
        sentBytes &+= UInt64(frame.bytes.count)
        if !table.decoders.isSingle {
            stage = table.decoders.stage(afterPeerSent: frame.code, in: stage)
            ownStage = table.ownStages.stage(after: frame.code, in: ownStage)
        }
        heartbeatDeadline.renew()
        stream.send(frame.bytes)
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
        ended.withLock { $0 = error }
        heartbeatDeadline.cancel()
        // Call it first: tasks that are resumed below may send again at once, and must then find the next connection,
        // not this one.
        whenEnded(self, error, isWanted)
        resumeSenders(with: .failure(error))
        for request in requests.removeAll() {
            request.resolve(.failure(request.offset >= delivered ? unsent(error) : error))
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
        while endingError == nil, !table.hasFraming || input.remaining > 0 {
            let decoder = table.decoders[stage]
            switch decoder.next(in: &input, header: &header) {
            case .frame(let frame):
                let payload = decoder.payload(of: frame, in: &input) { $0.readBytes(frame.payloadSize) }
                guard let code = code(of: frame, header) else { continue }
                stage = table.decoders.stage(after: code, in: stage)
                // The event loop reuses its memory; the user of the client may keep the message.
                receive(code, header, (payload ?? Bytes()).copied())
            case .incomplete(let size): return size
            case .skipped(let fault), .broken(let fault): violate("a broken frame (\(fault.rawValue))")
            }
        }
        return 0
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
        guard let type = table.message(for: code) else {
            return violate("message code \(code), which servers may not send in this protocol")
        }
        var reader = ByteReader(payload)
        do {
            let message = try type.init(payload: &reader, header: header)
            if let correlation = table.correlation {
                deliver(message, code, payload.count, correlation.number(in: header), header)
            } else {
                deliver(message, code, payload.count)
            }
        } catch {
            violate("a malformed \(type.name): \(error)")
        }
    }

    /// Delivers a message in a protocol whose header has a correlation.
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
        if let error {
            request.resolve(.failure(error))
        } else if request.replyCode == code {
            request.resolve(.success(message))
        } else {
            let what = "\(type(of: message).name) with request number \(number), which belongs to another request"
            violate(what)
            request.resolve(.failure(ClientError(.protocolViolation, "the server sent \(what)")))
        }
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

    /// Delivers a message in a protocol where replies come in the order of their requests.
    private func deliver(_ message: any Message, _ code: MessageCode, _ size: Int) {
        if let error = message as? any ErrorMessage { return deliver(error, code, size) }
        if requests.first?.replyCode == code {
            requests.removeFirst()?.resolve(.success(message))
        } else if table.isReply(code) {
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
            request.resolve(.failure(error))
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

// MARK: - Heartbeats

extension ClientConnection: DeadlineDelegate {
    private func startHeartbeatDeadline() {
        guard table.heartbeat != nil, configuration.heartbeatInterval > .zero, endingError == nil else { return }
        heartbeatDeadline.start(in: loop.deadlines(lasting: configuration.heartbeatInterval), delegate: self)
    }

    func deadlinePassed(_ deadline: Deadline) {
        guard let heartbeat = table.heartbeat, endingError == nil else { return }
        // A heartbeat is a frame of the format itself.
        guard ownStage == 0 else { return startHeartbeatDeadline() }
        // When every number is in use, requests are in flight, and no heartbeat is needed.
        guard let number = requests.nextNumber(), let frame = try? heartbeat.makeFrame(number) else {
            return startHeartbeatDeadline()
        }
        let request = PendingRequest(expecting: heartbeat.replyCode)
        request.wait(atMost: loop.deadlines(lasting: configuration.requestTimeout)) { [weak self] result in
            // Every reply shows that the server is alive, even an error.
            guard case .failure(let error as ClientError) = result, error.code == .timedOut else { return }
            self?.end(with: ClientError(.closed, "the server did not answer a heartbeat in time"))
        }
        send(frame, for: request, number)
        startHeartbeatDeadline()
    }
}
