import SwitchboardBytes
import SwitchboardTransport

/// A connection of an HTTP client, which answers each request before it reads the next one.
///
/// It is used on the server's event loop only.
final class HTTPConnection {
    private enum Phase {
        /// No byte of the next request has arrived.
        case idle
        case reading
        case answering(HTTPRequest)
        /// The response is a stream of events; input is discarded.
        case streaming(HTTPEventStream)
        /// The last response is sent; input is discarded.
        case finishing
    }

    private let stream: SocketStream
    private unowned let server: HTTPServer
    private var phase = Phase.idle
    private var reader = HTTPRequestReader()
    private let deadline = Deadline()
    /// The time at which the last request began or the last response was sent, on the event loop's clock.
    private(set) var lastActivity: UInt64
    /// The number of responses that were sent.
    private(set) var responseCount = 0

    init(_ stream: SocketStream, _ server: HTTPServer) {
        self.stream = stream
        self.server = server
        lastActivity = server.loop.now
    }

    /// Starts to read.
    func start() {
        startDeadline(HTTPLimits.idleTimeout)
        stream.start(self)
    }

    /// Whether a response is being made, or goes on.
    var isBeingAnswered: Bool {
        switch phase {
        case .answering, .streaming: true
        case .idle, .reading, .finishing: false
        }
    }

    /// The number of bytes of pending output.
    var pendingOutput: Int { stream.pendingOutput }

    /// Sends the response to the current request; does nothing after the request has timed out.
    func respond(_ response: HTTPResponse) {
        guard case .answering(let request) = phase else { return }
        send(response, isHead: request.isHead, closes: !request.keepsAlive)
    }

    /// Begins a stream of events as the response to the current request.
    ///
    /// - Returns: The stream; `nil` after the request has timed out, and for a request that wants the head only.
    func beginEvents() -> HTTPEventStream? {
        guard case .answering(let request) = phase else { return nil }
        let head = HTTPResponse(
            .ok,
            contentType: "text/event-stream",
            body: Bytes(),
            fields: [("Cache-Control", "no-store")]
        )
        guard !request.isHead else {
            respond(head)
            return nil
        }
        let events = HTTPEventStream(self, on: server.loop)
        phase = .streaming(events)
        deadline.cancel()
        stream.send(head.headOfStream)
        lastActivity = server.loop.now
        // The end of the input is that of the viewer.
        stream.resumeReading()
        return events
    }

    /// Sends events, unless too many earlier ones are still pending.
    func sendEvents(_ events: Bytes) {
        guard case .streaming = phase, stream.pendingOutput <= HTTPLimits.maximumPendingEvents else { return }
        stream.send(events)
        lastActivity = server.loop.now
    }

    /// Aborts the connection, to make room for another one.
    func abort() {
        stream.abort(.requested)
    }

    private func send(_ response: HTTPResponse, isHead: Bool, closes: Bool) {
        stream.send(response.head(closes: closes))
        if !isHead, response.body.count > 0 { stream.send(response.body) }
        lastActivity = server.loop.now
        responseCount += 1
        if closes {
            phase = .finishing
            deadline.cancel()
            stream.finish(.requested)
        } else {
            phase = .idle
            startDeadline(HTTPLimits.idleTimeout)
            stream.resumeReading()
        }
    }

    private func startDeadline(_ duration: Duration) {
        deadline.start(in: server.loop.deadlines(lasting: duration), delegate: self)
    }
}

extension HTTPConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        switch phase {
        case .idle:
            phase = .reading
            reader = HTTPRequestReader()
            lastActivity = server.loop.now
            startDeadline(HTTPLimits.requestTimeout)
        case .reading: break
        case .streaming:
            _ = input.readBytes(input.remaining)
            return 1
        case .answering, .finishing: return input.remaining + 1
        }
        do throws(HTTPRefusal) {
            guard let request = try reader.read(&input) else { return 1 }
            phase = .answering(request)
            stream.pauseReading()
            startDeadline(HTTPLimits.answerTimeout)
            server.answer(request, from: stream.remoteAddress, on: self)
        } catch {
            send(error.response, isHead: false, closes: true)
        }
        return 1
    }

    func reachedEnd() {
        // No response is being made: the connection does not read meanwhile, and so does not see the end.
        endEvents()
        phase = .finishing
        stream.finish(.endOfStream)
    }

    func closed(_ reason: CloseReason) {
        endEvents()
        phase = .finishing
        deadline.cancel()
        server.forget(self)
    }

    private func endEvents() {
        if case .streaming(let events) = phase { events.close() }
    }
}

extension HTTPConnection: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        if case .answering(let request) = phase {
            let response = HTTPResponse(.unavailable, text: "no answer within \(HTTPLimits.answerTimeout)")
            send(response, isHead: request.isHead, closes: true)
        } else {
            stream.abort(.requested)
        }
    }
}
