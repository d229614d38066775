internal import SwitchboardBytes
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// A connection to a server that sends and receives bytes.
final class RawConnection: @unchecked Sendable {
    /// The number of received bytes, waiting to be taken, with which the connection stops to read.
    private static let maximumWaiting = 1 << 20

    /// The time that a server has to end its side, if the connection does not linger.
    private static let shortLinger = Duration.milliseconds(1)

    private let loop: EventLoop
    private let limits: StreamLimits

    // Only the event loop uses the properties below.

    private var stream: any ByteStream
    private var received: [UInt8] = []
    private var taker: CheckedContinuation<[UInt8], any Error>?
    private var end: Result<Void, ConnectionEnd>?
    private var closer: CheckedContinuation<Void, Never>?
    private var hasClosed = false

    private init(_ stream: any ByteStream, on loop: EventLoop, _ limits: StreamLimits) {
        self.stream = stream
        self.limits = limits
        self.loop = loop
    }

    /// Connects to `server`; with `tls`, returns when the server's certificate is verified.
    ///
    /// - Parameter lingers: Whether ``close()`` gives the server time to end its side.
    static func connect(
        to server: ServerAddress,
        _ tls: ClientTLSConfiguration?,
        lingers: Bool,
        within timeout: Duration
    ) async throws -> RawConnection {
        let connector = try tls.map { configuration throws(TLSError) in try TLSConnector(configuration) }
        let loop = try EventLoop(label: "switchboard.call")
        let start = ContinuousClock.now
        let addresses = try await SocketAddress.resolve(host: server.host, port: server.port, within: timeout)
        let left = max(timeout - start.duration(to: .now), .milliseconds(1))
        let (descriptor, address) = try await withCheckedThrowingContinuation { continuation in
            Connector.connect(to: addresses, on: loop, timeout: left) { continuation.resume(with: $0) }
        }
        var limits = StreamLimits()
        if !lingers { limits.lingerTimeout = shortLinger }
        let socketLimits = connector == nil ? limits : TLSConnector.socketLimits(limits)
        let socket = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: socketLimits)
        let connection = RawConnection(socket, on: loop, limits)
        try await withCheckedThrowingContinuation { continuation in
            loop.execute { connection.start(connector, to: server.host, within: left, continuation) }
        }
        return connection
    }

    private func start(
        _ connector: TLSConnector?,
        to host: String,
        within timeout: Duration,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        guard let connector else {
            stream.start(self)
            return continuation.resume()
        }
        do throws(TLSError) {
            stream = try connector.stream(over: stream, limits: limits, to: host, timeout: timeout) { failure in
                continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
            stream.start(self)
        } catch {
            stream.abort(.requested)
            continuation.resume(throwing: error)
        }
    }

    /// Sends `bytes` after all earlier bytes.
    func send(_ bytes: [UInt8]) {
        loop.execute { self.stream.send(Bytes(bytes)) }
    }

    /// Returns the bytes that have arrived, at least one; none when the server has ended the connection.
    func next() async throws -> [UInt8] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.execute {
                    self.taker = continuation
                    self.deliver()
                }
            }
        } onCancel: {
            loop.execute { self.taker.take()?.resume(throwing: CancellationError()) }
        }
    }

    /// Sends the pending output, and closes.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                if self.hasClosed { return continuation.resume() }
                self.closer = continuation
                self.stream.finish(.requested)
            }
        }
        loop.stop {}
    }

    private func deliver() {
        guard taker != nil else { return }
        if !received.isEmpty {
            let bytes = received
            received = []
            stream.resumeReading()
            taker.take()?.resume(returning: bytes)
        } else if let end {
            taker.take()?.resume(with: end.map { [] }.mapError { $0 })
        }
    }
}

extension RawConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(input.remaining) { received += Array(bytes) }
        if received.count > Self.maximumWaiting { stream.pauseReading() }
        deliver()
        return 0
    }

    func reachedEnd() {
        end = .success(())
        deliver()
    }

    func closed(_ reason: CloseReason) {
        hasClosed = true
        if end == nil {
            end = reason == .endOfStream ? .success(()) : .failure(ConnectionEnd(description: "\(reason)"))
        }
        deliver()
        closer.take()?.resume()
    }
}

/// The error for a connection that broke.
struct ConnectionEnd: Error, CustomStringConvertible {
    let description: String
}
