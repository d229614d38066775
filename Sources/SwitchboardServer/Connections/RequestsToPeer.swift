internal import SwitchboardRouter
internal import SwitchboardTransport

/// The requests of the server to one peer that have no reply yet, by the numbers in their headers.
///
/// Only connections whose handlers send requests have one.
struct RequestsToPeer {
    private var requests: [UInt64: RequestToPeer] = [:]
    private var last: UInt64 = 0
    /// The highest number of requests without a reply: the limit of the configuration, or less if the header has fewer numbers.
    let limit: Int
    /// The highest number that the header can hold.
    private let largest: UInt64

    /// - Parameters:
    ///   - limit: The highest number of requests without a reply.
    ///   - correlation: The field that pairs replies with requests.
    init(limit: Int, _ correlation: FrameFormat.Correlation) {
        largest = correlation.largest
        self.limit = Int(min(UInt64(limit), largest))
    }

    /// Adds a request, and returns its number; `nil` when ``limit`` requests have no reply yet.
    ///
    /// Numbers count up from 1, skip numbers in use, and start again at 1 after the highest number.
    mutating func add(_ request: RequestToPeer) -> UInt64? {
        // A request that was given up keeps its number as long as there is room, so that a late reply is recognised.
        if requests.count >= limit { requests = requests.filter { !$0.value.isResolved } }
        guard requests.count < limit else { return nil }
        repeat { last = last < largest ? last + 1 : 1 } while requests[last] != nil
        requests[last] = request
        return last
    }

    /// Removes the request with `number`.
    @discardableResult
    mutating func remove(_ number: UInt64) -> RequestToPeer? {
        requests.removeValue(forKey: number)
    }

    /// Fails all requests, because no reply can come any more.
    func fail() {
        let error = PeerRequestError(.closed, "the connection closed before the reply came")
        for request in requests.values { request.resolve(.failure(error)) }
    }
}

/// A request of the server whose reply is outstanding.
///
/// Its result is set once, by the first of these events: the reply, the timeout, a cancellation or the end of the connection. Only the
/// event loop of the connection uses it.
final class RequestToPeer: DeadlineDelegate, @unchecked Sendable {
    typealias Completion = (Result<any Message, any Error>) -> Void

    let reply: any Message.Type

    /// Whether the result is set.
    private(set) var isResolved = false

    private var completion: Completion?
    private let deadline = Deadline()

    init(expecting reply: any Message.Type) {
        self.reply = reply
    }

    /// Starts the timeout, and calls `completion` once, with the reply or an error.
    func wait(atMost time: DeadlineList, _ completion: @escaping Completion) {
        self.completion = completion
        deadline.start(in: time, delegate: self)
    }

    func resolve(_ result: Result<any Message, any Error>) {
        isResolved = true
        deadline.cancel()
        completion.take()?(result)
    }

    func deadlinePassed(_ deadline: Deadline) {
        resolve(.failure(PeerRequestError(.timedOut, "the peer did not reply in time")))
    }
}

extension ServerConnection {
    func request<Input: Request>(
        _ message: Input,
        header: HeaderBytes,
        timeout: Duration
    ) async throws -> Input.Reply {
        guard let tracing = core.table.tracing[Input.code] else {
            return try await exchange(message, header, timeout)
        }
        return try await tracing.request(message, of: core.wireProtocol, to: remoteAddress) { message in
            try await exchange(message, header, timeout)
        }
    }

    private func exchange<Input: Request>(
        _ message: Input,
        _ header: HeaderBytes,
        _ timeout: Duration
    ) async throws -> Input.Reply {
        let correlation = try core.correlation(forRequestsOf: Input.self)
        guard timeout > .zero else { throw PeerRequestError(.timedOut, "the timeout of the request is \(timeout)") }
        let request = RequestToPeer(expecting: Input.Reply.self)
        let reply = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let send: @Sendable () -> Void = {
                    self.send(message, header, for: request, correlation, timeout) { continuation.resume(with: $0) }
                }
                if isOnLoop() { return send() }
                guard !worker.handOver.add(of: self, send) else { return }
                continuation.resume(throwing: PeerRequestError(.closed, "the server closes the connection"))
            }
        } onCancel: {
            loop.execute { request.resolve(.failure(CancellationError())) }
        }
        guard let reply = reply as? Input.Reply else {
            throw PeerRequestError(.wrongReply, "the reply is not \(Input.Reply.name)")
        }
        return reply
    }

    private func send(
        _ message: some Request,
        _ header: HeaderBytes,
        for request: RequestToPeer,
        _ correlation: FrameFormat.Correlation,
        _ timeout: Duration,
        _ completion: @escaping RequestToPeer.Completion
    ) {
        if request.isResolved { return completion(.failure(CancellationError())) }
        guard state.mayReceiveReplies(core.connectionRules) else {
            return completion(.failure(PeerRequestError(.closed, "the connection is closed, or about to close")))
        }
        var requests =
            worker.requestsToPeers.removeValue(forKey: id)
            ?? RequestsToPeer(limit: core.configuration.maximumRequestsToPeer, correlation)
        let number = requests.add(request)
        worker.requestsToPeers[id] = requests
        guard let number else {
            let text =
                "\(requests.limit) requests to the peer have no reply yet (maximumRequestsToPeer): wait for one of them"
            return completion(.failure(PeerRequestError(.tooManyRequests, text)))
        }
        request.wait(atMost: loop.deadlines(lastingAbout: timeout), completion)
        var header = header
        correlation.set(number, in: &header)
        // This may send what other threads have added before, such as another request to this peer.
        do throws(PayloadError) { try send(message, header: header) } catch {
            worker.requestsToPeers[id]?.remove(number)
            request.resolve(.failure(error))
        }
    }

    /// Passes a reply, or an error message in its place, to the request that it answers.
    ///
    /// - Returns: Whether the message is such a reply. A late reply is one, too, and is dropped.
    func takeReply(_ code: MessageCode, _ payload: Bytes, _ header: HeaderBytes) -> Bool {
        let number = core.frameFormat.correlation?.number(in: header) ?? 0
        let isError = code == core.peerErrorCode
        guard number > 0, worker.requestsToPeers[id] != nil, isError || core.peerReplyCodes.contains(code) else {
            return false
        }
        guard let request = worker.requestsToPeers[id]?.remove(number) else { return !isError }
        guard let type = isError ? core.errorMessage : request.reply, type.code == code else {
            let text = "the peer sent \(core.name(of: code)) in place of \(request.reply.name)"
            request.resolve(.failure(PeerRequestError(.wrongReply, text)))
            return true
        }
        // The event loop reuses its memory; the code that waits for the reply may keep the message.
        var reader = ByteReader(payload.copied())
        do throws(PayloadError) {
            let message = try type.init(payload: &reader, header: header)
            if let error = message as? any ErrorMessage {
                request.resolve(.failure(error))
            } else {
                request.resolve(.success(message))
            }
            return true
        } catch {
            request.resolve(.failure(PeerRequestError(.wrongReply, "the peer sent a malformed \(type.name): \(error)")))
            // The peer would take an error message for the reply to a request of its own.
            note(.malformedPayload, "\(error)")
            if core.configuration.closesOnMalformedPayload { perform(state.failed(.malformedPayload)) }
            return true
        }
    }

    /// Fails the requests to the peer if no reply can come any more.
    func failRequests() {
        if state.mayReceiveReplies(core.connectionRules) { return }
        if worker.requestsToPeers.isEmpty { return }
        worker.requestsToPeers.removeValue(forKey: id)?.fail()
    }
}

extension ServerCore {
    /// Returns the field that pairs the replies of peers with requests.
    ///
    /// - Throws: A `PeerRequestError` when the server cannot send requests of this type.
    fileprivate func correlation<Input: Request>(
        forRequestsOf type: Input.Type
    ) throws(PeerRequestError) -> FrameFormat.Correlation {
        let name = wireProtocol.name
        guard let correlation = frameFormat.correlation else {
            let text = "the header of \(name) has no field with `correlate`, which requests of the server need"
            throw PeerRequestError(.notAllowed, text)
        }
        let messages = wireProtocol.messages
        guard messages.contains(where: { $0 == type }), type.sender != .client, Input.Reply.sender != .server else {
            let text = "in \(name), the server may not send \(type.name), or peers may not send \(Input.Reply.name)"
            throw PeerRequestError(.notAllowed, text)
        }
        guard table[Input.Reply.code] == nil else {
            let text = "the router has a handler for messages with the code of \(Input.Reply.name): remove it"
            throw PeerRequestError(.notAllowed, text)
        }
        return correlation
    }
}
