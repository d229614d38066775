internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire
internal import Synchronization

/// The client's end of a connection: pairs replies with requests, and passes on what else comes.
///
/// It lives on a loop, where all that may change is changed.
final class ClientConnection: @unchecked Sendable {
    let remoteAddress: SocketAddress

    private let loop: EventLoop
    /// The socket; once it has started, what speaks TLS over it, if something does.
    private var stream: any ByteStream
    private let table: ProtocolTable
    private let configuration: ClientConfiguration
    private let unread: Unread<any Message>

    private var requests: RequestsInFlight
    /// Those who wait until less output is pending.
    private var waitingSenders: [WaitingSender] = []
    private var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    /// Why nothing can be sent any more, once nothing can.
    private let ended = Mutex<(any Error)?>(nil)
    /// Is told why nothing can be sent any more, and whether the user wanted that.
    typealias WhenEnded = @Sendable (ClientConnection, any Error, _ isWanted: Bool) -> Void
    private let whenEnded: WhenEnded
    private var hasClosed = false
    /// Whether the server owed replies when this side closed: it may be busy with them, and close its side late.
    private var isOwedReplies = false
    /// How many bytes were handed to the stream.
    private var sentBytes: UInt64 = 0
    /// Runs while nothing is sent.
    private let silence = Deadline()

    init(
        _ descriptor: Int32,
        _ address: SocketAddress,
        on loop: EventLoop,
        _ table: ProtocolTable,
        _ configuration: ClientConfiguration,
        _ unread: Unread<any Message>,
        whenEnded: @escaping WhenEnded
    ) {
        let limits = configuration.streamLimits
        let socketLimits = configuration.tls == nil ? limits : TLSConnector.socketLimits(limits)
        stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: socketLimits)
        self.loop = loop
        self.table = table
        requests = RequestsInFlight(table.correlation)
        self.configuration = configuration
        self.unread = unread
        self.whenEnded = whenEnded
        remoteAddress = address
    }

    // MARK: From any thread

    func start() {
        loop.execute {
            self.stream.start(self)
            self.awaitSilence()
        }
    }

    /// Starts, and returns when the server has proved who it is.
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
        // Whoever waited may have given up before this job ran: the socket is closed then.
        if let endingError { return continuation.resume(throwing: endingError) }
        do throws(TLSError) {
            let timeout = configuration.connectTimeout
            let limits = configuration.streamLimits
            stream = try tls.stream(over: stream, limits: limits, to: host, timeout: timeout) { failure in
                continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
            stream.start(self)
            awaitSilence()
        } catch {
            stream.abort(.requested)
            continuation.resume(throwing: error)
        }
    }

    /// Sends a request, and waits for its reply.
    func request(
        _ makeFrame: @escaping ProtocolTable.MakeFrame,
        expecting replyCode: MessageCode
    ) async throws -> any Message {
        let request = PendingRequest(expecting: replyCode)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.send(makeFrame, for: request, continuation) }
            }
        } onCancel: {
            loop.execute { request.resolve(.failure(CancellationError())) }
        }
    }

    /// Sends a frame, and waits while too much output is pending.
    func send(_ frame: Bytes) async throws {
        let sender = WaitingSender()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.send(frame, for: sender, continuation) }
            }
        } onCancel: {
            loop.execute { sender.resume(with: .failure(CancellationError())) }
        }
    }

    /// Closes when what was sent has gone out, and returns when it is closed; when the server owes replies, as soon as what
    /// was sent has gone out.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute { self.close(continuation) }
        }
    }

    /// Closes; nobody waits for it.
    func abandon() {
        loop.execute { self.finish() }
    }

    // MARK: On the loop

    private func send(
        _ makeFrame: ProtocolTable.MakeFrame,
        for request: PendingRequest,
        _ continuation: CheckedContinuation<any Message, any Error>
    ) {
        if request.isResolved { return continuation.resume(throwing: CancellationError()) }
        if let endingError {
            // What is wrong with the request is said whether or not there is a connection.
            do { _ = try makeFrame(0) } catch { return continuation.resume(throwing: error) }
            return continuation.resume(throwing: unsent(endingError))
        }
        guard requests.hasRoom(configuration.maximumRequestsInFlight), let number = requests.nextNumber() else {
            let limit = "as many requests are without a reply as may be"
            return continuation.resume(throwing: ClientError(.tooManyRequests, limit))
        }
        do {
            let frame = try makeFrame(number)
            request.wait(atMost: loop.deadlines(lasting: configuration.requestTimeout)) {
                continuation.resume(with: $0)
            }
            send(frame, for: request, number)
        } catch {
            continuation.resume(throwing: error)
        }
    }

    private func send(_ frame: Bytes, for request: PendingRequest, _ number: UInt64) {
        request.offset = sentBytes
        requests.add(request, number)
        send(frame)
    }

    private func send(_ frame: Bytes) {
        sentBytes &+= UInt64(frame.count)
        silence.renew()
        stream.send(frame)
    }

    private func send(
        _ frame: Bytes,
        for sender: WaitingSender,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        if sender.isResumed { return continuation.resume(throwing: CancellationError()) }
        if let endingError { return continuation.resume(throwing: unsent(endingError)) }
        send(frame)
        guard stream.pendingOutput > configuration.outputHighWaterMark else { return continuation.resume() }
        sender.wait(continuation)
        // What is pending is offered to the socket before the next job: then it is known whether it is too much.
        loop.execute {
            if self.stream.isCongested, self.endingError == nil {
                self.waitingSenders.append(sender)
            } else {
                sender.resume(with: .success(()))
            }
        }
    }

    /// Why nothing can be sent any more; `nil` while something can.
    ///
    /// From any thread.
    var endingError: (any Error)? { ended.withLock { $0 } }

    private func close(_ continuation: CheckedContinuation<Void, Never>) {
        if hasClosed { return continuation.resume() }
        waitingForEnd.append(continuation)
        if !requests.isEmpty { isOwedReplies = true }
        finish()
        guard isOwedReplies else { return }
        // What is pending is offered to the socket before the next job.
        loop.execute {
            if self.stream.pendingOutput == 0 { self.resumeWaitingForEnd() }
        }
    }

    private func resumeWaitingForEnd() {
        for continuation in waitingForEnd { continuation.resume() }
        waitingForEnd = []
    }

    /// Ends the connection in good order: what was sent still goes out.
    private func finish() {
        guard endingError == nil else { return }
        stream.finish(.requested)
        end(with: ClientError(.closed, "the connection was closed"), delivered: sentBytes, isWanted: true)
    }

    /// Ends the connection, of which nothing more is to be expected; what has not gone out is never sent.
    private func end(with error: any Error) {
        guard endingError == nil else { return }
        let delivered = sentBytes &- unsentBytes
        stream.abort(.requested)
        end(with: error, delivered: delivered, isWanted: false)
    }

    /// All that wait are told why, and those behind the first `delivered` bytes that nothing of theirs was sent.
    private func end(with error: any Error, delivered: UInt64, isWanted: Bool) {
        ended.withLock { $0 = error }
        silence.cancel()
        // Whoever is told below may send again at once, and is to find the next connection then, not this one.
        whenEnded(self, error, isWanted)
        resumeSenders(with: .failure(error))
        for request in requests.removeAll() {
            request.resolve(.failure(request.offset >= delivered ? unsent(error) : error))
        }
    }

    /// How many of the last bytes have surely not been sent: TLS makes others of them, so that nobody knows.
    private var unsentBytes: UInt64 {
        stream is SocketStream ? UInt64(clamping: stream.pendingOutput) : 0
    }

    /// `error` for a message of which not a byte was sent.
    private func unsent(_ error: any Error) -> any Error {
        (error as? ClientError)?.ofUnsentMessage ?? error
    }

    private func resumeSenders(with result: Result<Void, any Error>) {
        let waiting = waitingSenders
        waitingSenders = []
        for sender in waiting { sender.resume(with: result) }
    }
}

// MARK: - Input

extension ClientConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        var header = HeaderBytes()
        while endingError == nil {
            switch table.decoder.next(in: &input, header: &header) {
            case .frame(let frame):
                let payload = table.decoder.payload(of: frame, in: &input) { $0.readBytes(frame.payloadSize) }
                // The loop's memory is used again; what the client hands out is kept for as long as its user likes.
                receive(frame.code, header, (payload ?? Bytes()).copied())
            case .incomplete(let size): return size
            case .skipped(let fault), .broken(let fault): violate("a frame with a fault: \(fault.rawValue)")
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
        end(with: ClientError(.closed, "the connection has closed: \(reason)"))
        resumeWaitingForEnd()
    }

    private func receive(_ code: MessageCode, _ header: HeaderBytes, _ payload: Bytes) {
        guard let type = table.message(for: code) else {
            return violate("a message with the code \(code), which the server may not send")
        }
        var reader = ByteReader(payload)
        do {
            let message = try type.init(payload: &reader)
            if let correlation = table.correlation {
                deliver(message, code, payload.count, correlation.number(in: header))
            } else {
                deliver(message, code, payload.count)
            }
        } catch {
            violate("a \(type.name) that does not fit its layout: \(error)")
        }
    }

    /// A number says which request is answered.
    private func deliver(_ message: any Message, _ code: MessageCode, _ size: Int, _ number: UInt64) {
        let error = message as? any ErrorMessage
        if number == 0 || error == nil && !table.isReply(code) {
            unread.add(message, size: size)
            if let error, error.endsConnection { end(because: error) }
            return
        }
        guard let request = requests.remove(number) else {
            return violate(
                "a \(type(of: message).name), which answers no request: there is none with the number \(number)"
            )
        }
        if let error {
            request.resolve(.failure(error))
        } else if request.replyCode == code {
            request.resolve(.success(message))
        } else {
            let what = "a \(type(of: message).name), which answers another request than that with the number \(number)"
            violate(what)
            request.resolve(.failure(ClientError(.protocolViolation, "the server sent \(what)")))
        }
    }

    /// The order says which request is answered.
    private func deliver(_ message: any Message, _ code: MessageCode, _ size: Int) {
        if let error = message as? any ErrorMessage { return deliver(error, size) }
        if requests.first?.replyCode == code {
            requests.removeFirst()?.resolve(.success(message))
        } else if table.isReply(code) {
            violate("a \(type(of: message).name), which answers no request")
        } else {
            unread.add(message, size: size)
        }
    }

    /// An error answers the first request, unless it says that the whole connection ends.
    private func deliver(_ error: any ErrorMessage, _ size: Int) {
        if error.endsConnection {
            unread.add(error, size: size)
            end(because: error)
        } else if let request = requests.removeFirst() {
            request.resolve(.failure(error))
        } else {
            unread.add(error, size: size)
        }
    }

    /// The server has said why it closes the connection.
    ///
    /// That answers no request: each that has no reply is told that the connection has closed.
    private func end(because error: any ErrorMessage) {
        end(with: ClientError(.closed, "the server closed the connection: \(error)", fault: error.fault))
    }

    /// Nothing more can be made of what the server sends.
    private func violate(_ what: String) {
        end(with: ClientError(.protocolViolation, "the server sent \(what)"))
    }
}

extension ErrorMessage {
    /// Whether a server closes the connection after sending it.
    fileprivate var endsConnection: Bool {
        switch fault {
        case .invalidMagic, .unsupportedVersion, .tooManyConnections, .timeout, .shuttingDown: true
        default: false
        }
    }
}

// MARK: - Heartbeats

extension ClientConnection: DeadlineDelegate {
    private func awaitSilence() {
        guard table.heartbeat != nil, configuration.heartbeatInterval > .zero, endingError == nil else { return }
        silence.start(in: loop.deadlines(lasting: configuration.heartbeatInterval), delegate: self)
    }

    func deadlinePassed(_ deadline: Deadline) {
        guard let heartbeat = table.heartbeat, endingError == nil else { return }
        // With a request for every number there is more under way than a heartbeat.
        guard let number = requests.nextNumber(), let frame = try? heartbeat.makeFrame(number) else {
            return awaitSilence()
        }
        let request = PendingRequest(expecting: heartbeat.replyCode)
        request.wait(atMost: loop.deadlines(lasting: configuration.requestTimeout)) { [weak self] result in
            // Any answer will do, an error, too.
            guard case .failure(let error as ClientError) = result, error.code == .timedOut else { return }
            self?.end(with: ClientError(.closed, "the server did not answer a heartbeat in time"))
        }
        send(frame, for: request, number)
        awaitSilence()
    }
}
