import SwitchboardBytes
import SwitchboardTransport

/// A client of an ``AdminServer``, for one request at a time.
struct AdminClient: Sendable {
    let address: AdminAddress

    /// The time for the look-up of the host, for connecting, and for the response, each.
    let timeout: Duration

    /// The token for actions, which the client sends with each request; `nil` for none.
    var token: String?

    /// The maximum size of a response in bytes.
    private static let maximumAnswer = 4 * 1024 * 1024

    /// A response.
    struct Answer {
        let status: Int
        let body: String

        /// The first line of the body, without control characters.
        var line: String {
            body.split(whereSeparator: \.isNewline).first.map { String($0).visible(maximumLength: 200) } ?? ""
        }
    }

    /// Sends a GET request for `path`, and returns the response.
    ///
    /// - Throws: A `TransportError` when the connection fails, or no whole HTTP response comes in time.
    func get(_ path: String) async throws -> Answer { try await send("GET \(path) HTTP/1.0") }

    /// Sends a POST request without a body to `path`, and returns the response.
    ///
    /// - Throws: What ``get(_:)`` throws.
    func post(_ path: String) async throws -> Answer { try await send("POST \(path) HTTP/1.0", "Content-Length: 0") }

    private func send(_ lines: String...) async throws -> Answer {
        let fields = ["Connection: close"] + (token.map { ["Authorization: Bearer \($0)"] } ?? [])
        let request = Bytes(utf8: (lines + fields).joined(separator: "\r\n") + "\r\n\r\n")
        let loop = try EventLoop(label: "switchboard.admin.client")
        do {
            let answer = try await send(request, on: loop)
            await stop(loop)
            return answer
        } catch {
            await stop(loop)
            throw error
        }
    }

    private func send(_ request: Bytes, on loop: EventLoop) async throws -> Answer {
        let addresses = try await address.resolvedForConnecting(within: timeout)
        let (socket, address) = try await withCheckedThrowingContinuation { continuation in
            Connector.connect(to: addresses, on: loop, timeout: timeout) { continuation.resume(with: $0) }
        }
        let (answer, end) = await withCheckedContinuation { continuation in
            loop.execute {
                let stream = SocketStream(adopting: socket, on: loop, remoteAddress: address)
                let exchange = Exchange(stream, limit: Self.maximumAnswer) { continuation.resume(returning: ($0, $1)) }
                exchange.start(request, timeout: timeout)
            }
        }
        return try parse(answer, end, from: address)
    }

    private func parse(_ answer: [UInt8], _ end: Exchange.End, from address: SocketAddress) throws -> Answer {
        switch end {
        case .closed: break
        case .tooLarge:
            throw TransportError(.cannotConnect, description: "the answer of \(address) has more than 4 MiB")
        case .timedOut:
            throw TransportError(.timedOut, description: "no whole answer came from \(address) within \(timeout)")
        }
        let text = String(decoding: answer, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard parts.count == 2, words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw TransportError(.cannotConnect, description: "the program at \(address) does not speak HTTP")
        }
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
        guard let length, Int(length.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) == parts[1].utf8.count else {
            throw TransportError(.cannotConnect, description: "the answer of \(address) is not whole")
        }
        return Answer(status: status, body: String(parts[1]))
    }

    private func stop(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
    }
}

/// Sends a request, and collects the response until the connection closes.
///
/// It is used on the stream's event loop only. The stream keeps the reference to it.
private final class Exchange: StreamDelegate, DeadlineDelegate {
    /// Why no more bytes come.
    enum End {
        case closed
        case tooLarge
        case timedOut
    }

    private let stream: SocketStream
    private let limit: Int
    private let completion: ([UInt8], End) -> Void
    private var end = End.closed
    private let deadline = Deadline()
    private var answer: [UInt8] = []

    init(_ stream: SocketStream, limit: Int, completion: @escaping ([UInt8], End) -> Void) {
        self.stream = stream
        self.limit = limit
        self.completion = completion
    }

    func start(_ request: Bytes, timeout: Duration) {
        deadline.start(in: stream.loop.deadlines(lasting: timeout), delegate: self)
        stream.start(self)
        stream.send(request)
    }

    func received(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(min(input.remaining, limit - answer.count)) { answer += bytes }
        if answer.count >= limit {
            end = .tooLarge
            stream.abort(.requested)
        }
        return 1
    }

    func reachedEnd() { stream.abort(.endOfStream) }

    func closed(_ reason: CloseReason) {
        deadline.cancel()
        completion(answer, end)
    }

    func deadlinePassed(_ deadline: Deadline) {
        end = .timedOut
        stream.abort(.requested)
    }
}
