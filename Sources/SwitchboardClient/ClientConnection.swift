internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire

/// The client's end of a connection: pairs replies with requests, and passes on what else comes.
///
/// It lives on a loop, where all that may change is changed.
final class ClientConnection: @unchecked Sendable {
    let incoming: IncomingMessages

    private let loop: EventLoop
    /// The socket; once it has started, what speaks TLS over it, if something does.
    private var stream: any ByteStream
    private let table: ProtocolTable
    private let configuration: ClientConfiguration
    private let arrivals: AsyncStream<any Message>.Continuation

    private var requests = ReplyQueue()
    /// Those who wait until less output is pending.
    private var waitingSenders: [WaitingSender] = []
    private var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    /// Why nothing can be sent any more, once nothing can.
    private var ending: (any Error)?
    private var hasClosed = false

    init(
        _ descriptor: Int32,
        _ address: SocketAddress,
        on loop: EventLoop,
        _ table: ProtocolTable,
        _ configuration: ClientConfiguration
    ) {
        var limits = StreamLimits()
        limits.highWaterBytes = configuration.outputHighWaterMark
        limits.lowWaterBytes = configuration.outputHighWaterMark / 2
        limits.maximumPendingBytes = .max
        stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: limits)
        self.loop = loop
        self.table = table
        self.configuration = configuration
        let (stream, continuation) = AsyncStream.makeStream(
            of: (any Message).self,
            bufferingPolicy: .bufferingNewest(configuration.incomingLimit)
        )
        incoming = IncomingMessages(stream: stream)
        arrivals = continuation
    }

    // MARK: From any thread

    func start() {
        loop.execute { self.stream.start(self) }
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
        do throws(TLSError) {
            let timeout = configuration.connectTimeout
            stream = try tls.stream(over: stream, to: host, timeout: timeout) { failure in
                continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
            stream.start(self)
        } catch {
            stream.abort(.requested)
            continuation.resume(throwing: error)
        }
    }

    /// Sends a request's frame, and waits for its reply.
    func request(_ frame: Bytes, expecting replyCode: MessageCode) async throws -> any Message {
        let request = PendingRequest(expecting: replyCode)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute { self.send(frame, for: request, continuation) }
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

    /// Closes when what was sent has gone out, and returns when it is closed.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                if self.hasClosed { return continuation.resume() }
                self.waitingForEnd.append(continuation)
                self.end(with: ClientError(.closed, "the connection was closed"))
            }
        }
    }

    /// Closes; nobody waits for it.
    func abandon() {
        loop.execute { self.end(with: ClientError(.closed, "the connection was closed")) }
    }

    // MARK: On the loop

    private func send(
        _ frame: Bytes,
        for request: PendingRequest,
        _ continuation: CheckedContinuation<any Message, any Error>
    ) {
        if request.isResolved { return continuation.resume(throwing: CancellationError()) }
        if let ending { return continuation.resume(throwing: ending) }
        guard requests.count < configuration.maximumRequestsInFlight else {
            let limit = "\(configuration.maximumRequestsInFlight) requests are without a reply"
            return continuation.resume(throwing: ClientError(.tooManyRequests, limit))
        }
        requests.append(request)
        request.wait(continuation, atMost: loop.deadlines(lasting: configuration.requestTimeout))
        stream.send(frame)
    }

    private func send(
        _ frame: Bytes,
        for sender: WaitingSender,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        if sender.isResumed { return continuation.resume(throwing: CancellationError()) }
        if let ending { return continuation.resume(throwing: ending) }
        stream.send(frame)
        guard stream.pendingOutput > configuration.outputHighWaterMark else { return continuation.resume() }
        sender.wait(continuation)
        // What is pending is offered to the socket before the next job: then it is known whether it is too much.
        loop.execute {
            if self.stream.isCongested, self.ending == nil {
                self.waitingSenders.append(sender)
            } else {
                sender.resume(with: .success(()))
            }
        }
    }

    /// Ends the connection in good order.
    ///
    /// All that wait are told why.
    private func end(with error: any Error) {
        guard ending == nil else { return }
        ending = error
        stream.finish(.requested)
        resumeSenders(with: .failure(error))
        for request in requests.removeAll() { request.resolve(.failure(error)) }
        arrivals.finish()
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
        while ending == nil {
            switch table.decoder.next(in: &input) {
            case .frame(let frame):
                let payload = table.decoder.payload(of: frame, in: &input) { $0.readBytes(frame.payloadSize) }
                // The loop's memory is used again; what the client hands out is kept for as long as its user likes.
                receive(frame.code, (payload ?? Bytes()).copied())
            case .incomplete(let size): return size
            case .skipped(let fault), .broken(let fault): violate("a frame with a fault: \(fault.rawValue)")
            }
        }
        return 0
    }

    func drained() {
        resumeSenders(with: .success(()))
    }

    func reachedEnd() {
        end(with: ClientError(.closed, "the server closed the connection"))
    }

    func closed(_ reason: CloseReason) {
        hasClosed = true
        end(with: ClientError(.closed, "the connection has closed: \(reason)"))
        for continuation in waitingForEnd { continuation.resume() }
        waitingForEnd = []
    }

    private func receive(_ code: MessageCode, _ payload: Bytes) {
        guard let type = table.message(for: code) else {
            return violate("a message with the code \(code), which the server may not send")
        }
        var reader = ByteReader(payload)
        do {
            let message = try type.init(from: &reader)
            try reader.finish()
            deliver(message, code)
        } catch {
            violate("a \(type.name) that does not fit its layout: \(error)")
        }
    }

    private func deliver(_ message: any Message, _ code: MessageCode) {
        if let error = message as? any ErrorMessage { return deliver(error) }
        if requests.first?.replyCode == code {
            requests.removeFirst()?.resolve(.success(message))
        } else if table.isReply(code) {
            violate("a \(type(of: message).name), which answers no request")
        } else {
            arrivals.yield(message)
        }
    }

    /// An error answers the first request, unless it says that the whole connection ends.
    private func deliver(_ error: any ErrorMessage) {
        if let fault = error.fault, fault.endsConnection {
            arrivals.yield(error)
            end(with: error)
        } else if let request = requests.removeFirst() {
            request.resolve(.failure(error))
        } else {
            arrivals.yield(error)
        }
    }

    /// Nothing more can be made of what the server sends.
    private func violate(_ what: String) {
        end(with: ClientError(.protocolViolation, "the server sent \(what)"))
    }
}

extension Fault {
    /// Whether a server closes the connection after telling of it.
    fileprivate var endsConnection: Bool {
        switch self {
        case .invalidMagic, .unsupportedVersion, .tooManyConnections, .timeout, .shuttingDown: true
        default: false
        }
    }
}
