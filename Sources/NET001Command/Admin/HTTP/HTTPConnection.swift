import SwitchboardBytes
import SwitchboardTransport

/// A connection of a client of the HTTP server: one request after the other, each answered before the next is read.
///
/// It is used on the server's loop only.
final class HTTPConnection {
    private enum Phase {
        /// No byte of the next request has come.
        case idle
        case reading
        case answering(HTTPRequest)
        /// The last answer is sent; input is thrown away.
        case finishing
    }

    private let stream: SocketStream
    private unowned let server: HTTPServer
    private var phase = Phase.idle
    private var reader = HTTPRequestReader()
    private let deadline = Deadline()
    /// When the client did something, on the loop's clock: began a request, or was answered.
    private(set) var lastActivity: UInt64
    /// How many responses the client has got.
    private(set) var responseCount = 0

    init(_ stream: SocketStream, _ server: HTTPServer) {
        self.stream = stream
        self.server = server
        lastActivity = server.loop.now
    }

    /// Begins to read.
    func start() {
        startDeadline(HTTPLimits.idleTimeout)
        stream.start(self)
    }

    /// Whether a response is being made for it.
    var isBeingAnswered: Bool {
        if case .answering = phase { true } else { false }
    }

    /// Output that the client has not read yet, in bytes.
    var pendingOutput: Int { stream.pendingOutput }

    /// Sends the response to the current request, unless its time is over.
    func respond(_ response: HTTPResponse) {
        guard case .answering(let request) = phase else { return }
        send(response, isHead: request.isHead, closes: !request.keepsAlive)
    }

    /// Closes at once, to make room for another connection.
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
        // While a response is made nothing is read, nor the end seen.
        phase = .finishing
        stream.finish(.endOfStream)
    }

    func closed(_ reason: CloseReason) {
        phase = .finishing
        deadline.cancel()
        server.forget(self)
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
