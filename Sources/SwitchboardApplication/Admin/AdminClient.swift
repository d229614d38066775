import SwitchboardBytes
import SwitchboardTransport

/// A client of an ``AdminServer``, for one GET request.
package struct AdminClient {
    let address: AdminAddress
    /// The time for the look-up of the host, for connecting, and for the response, each.
    let timeout: Duration

    /// - Parameters:
    ///   - address: The address of the endpoint.
    ///   - timeout: The time for the look-up of the host, for connecting, and for the response, each.
    package init(address: AdminAddress, timeout: Duration) {
        self.address = address
        self.timeout = timeout
    }

    /// The maximum size of a response in bytes.
    private static let maximumAnswer = 64 * 1024

    /// Requests `path`, and returns the status code and the body of the response.
    ///
    /// - Throws: A `TransportError` when the connection fails, or no HTTP response comes in time.
    package func get(_ path: String) async throws -> (status: Int, body: String) {
        let loop = try EventLoop(label: "switchboard.admin.client")
        do {
            let answer = try await get(path, on: loop)
            await stop(loop)
            return answer
        } catch {
            await stop(loop)
            throw error
        }
    }

    private func get(_ path: String, on loop: EventLoop) async throws -> (status: Int, body: String) {
        let addresses = try await address.resolvedForConnecting(within: timeout)
        let (socket, address) = try await withCheckedThrowingContinuation { continuation in
            Connector.connect(to: addresses, on: loop, timeout: timeout) { continuation.resume(with: $0) }
        }
        let answer = await withCheckedContinuation { continuation in
            loop.execute {
                let stream = SocketStream(adopting: socket, on: loop, remoteAddress: address)
                let exchange = Exchange(stream, limit: Self.maximumAnswer) { continuation.resume(returning: $0) }
                exchange.start(Bytes(utf8: "GET \(path) HTTP/1.0\r\nConnection: close\r\n\r\n"), timeout: timeout)
            }
        }
        return try parse(answer, from: address)
    }

    private func parse(_ answer: [UInt8], from address: SocketAddress) throws -> (status: Int, body: String) {
        let text = String(decoding: answer, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: "\r\n").first?.split(separator: " ") ?? []
        guard parts.count == 2, words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw TransportError(.timedOut, description: "no answer over HTTP came from \(address) within \(timeout)")
        }
        return (status, String(parts[1]))
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
    private let stream: SocketStream
    private let limit: Int
    private let completion: ([UInt8]) -> Void
    private let deadline = Deadline()
    private var answer: [UInt8] = []

    init(_ stream: SocketStream, limit: Int, completion: @escaping ([UInt8]) -> Void) {
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
        if answer.count >= limit { stream.abort(.requested) }
        return 1
    }

    func reachedEnd() { stream.abort(.endOfStream) }

    func closed(_ reason: CloseReason) {
        deadline.cancel()
        completion(answer)
    }

    func deadlinePassed(_ deadline: Deadline) { stream.abort(.requested) }
}
