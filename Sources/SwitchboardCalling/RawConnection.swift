package import SwitchboardBytes
internal import SwitchboardTLS
package import SwitchboardTransport

/// A connection to a server that sends and receives bytes.
package final class RawConnection: @unchecked Sendable {
    /// The number of received bytes, waiting to be taken, with which the connection stops to read.
    private static let maximumWaiting = 1 << 20
    /// The largest number of bytes that wait to be sent: the largest frame behind those with which ``send(_:before:)`` waits.
    private static let maximumPending = 2 * FrameBuffer.maximumFrame
    /// The time that a server has to end its side, if the connection does not linger.
    private static let shortLinger = Duration.milliseconds(1)

    /// Returns the limits of a connection.
    ///
    /// - Parameter lingers: Whether ``close()`` gives the server time to end its side.
    static func limits(lingers: Bool) -> StreamLimits {
        var limits = StreamLimits()
        // If both ends stopped, each could wait for the other to read.
        limits.stopsReadingWhileCongested = false
        limits.maximumPendingBytes = maximumPending
        if !lingers { limits.lingerTimeout = shortLinger }
        return limits
    }

    private let loop: EventLoop

    // Only the event loop uses the properties below.

    private var stream: any ByteStream
    private var received: [UInt8] = []
    private var taker: CheckedContinuation<[UInt8]?, any Error>?
    private let takerDeadline = Deadline()
    private var sender: CheckedContinuation<Bool, Never>?
    private let senderDeadline = Deadline()
    private var end: Result<Void, ConnectionEnd>?
    private var closer: CheckedContinuation<Void, Never>?
    private var hasClosed = false

    private init(_ stream: any ByteStream) {
        self.stream = stream
        loop = stream.loop
    }

    /// Begins a connection over `socket`.
    static func start(over socket: SocketStream) -> RawConnection {
        let connection = RawConnection(socket)
        connection.loop.execute { connection.stream.start(connection) }
        return connection
    }

    /// Begins a connection with TLS over `socket`; returns when the server's certificate is verified.
    ///
    /// - Parameters:
    ///   - limits: The limits of the connection.
    ///   - host: The name of the server.
    ///   - timeout: The time for the handshake.
    static func start(
        over socket: SocketStream,
        _ connector: TLSConnector,
        _ limits: StreamLimits,
        to host: String,
        within timeout: Duration
    ) async throws -> RawConnection {
        let connection = RawConnection(socket)
        try await withCheckedThrowingContinuation { continuation in
            connection.loop.execute { connection.start(connector, limits, to: host, within: timeout, continuation) }
        }
        return connection
    }

    private func start(
        _ connector: TLSConnector,
        _ limits: StreamLimits,
        to host: String,
        within timeout: Duration,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
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
    package func send(_ bytes: [UInt8]) {
        loop.execute { self.stream.send(Bytes(bytes)) }
    }

    /// Sends `bytes` after all earlier bytes, and waits until the server has read so much that more may be sent.
    ///
    /// - Returns: Whether the server did so before the deadline, or has ended the connection.
    package func send(_ bytes: [UInt8], before deadline: ReplyDeadline) async -> Bool {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.stream.send(Bytes(bytes))
                guard self.stream.isCongested, !self.hasClosed else { return continuation.resume(returning: true) }
                self.sender = continuation
                self.senderDeadline.start(in: self.loop.deadlines(lastingAbout: deadline.left), delegate: self)
            }
        }
    }

    /// Ends what is sent, after all earlier bytes, and continues to read.
    package func endOutput() {
        loop.execute { self.stream.endOutput() }
    }

    /// Returns the bytes that have arrived, at least one; none when the server has ended the connection, and `nil` if nothing arrives
    /// before the deadline.
    ///
    /// - Throws: A ``ConnectionEnd`` when the connection is broken.
    package func next(before deadline: ReplyDeadline? = nil) async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                self.taker = continuation
                self.deliver()
                guard let deadline, self.taker != nil else { return }
                self.takerDeadline.start(in: self.loop.deadlines(lastingAbout: deadline.left), delegate: self)
            }
        }
    }

    /// Returns how the server has ended the connection, even if bytes wait to be taken; `nil` if it has not.
    package func ending() async -> Result<Void, ConnectionEnd>? {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: self.end) }
        }
    }

    /// Sends the pending output, and closes.
    package func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                if self.hasClosed { return continuation.resume() }
                self.closer = continuation
                self.stream.finish(.requested)
            }
        }
    }

    /// Closes at once, without the pending output.
    package func abort() {
        loop.execute { self.stream.abort(.requested) }
    }

    private func deliver() {
        guard taker != nil else { return }
        if !received.isEmpty {
            let bytes = received
            received = []
            stream.resumeReading()
            takerDeadline.cancel()
            taker.take()?.resume(returning: bytes)
        } else if let end {
            takerDeadline.cancel()
            switch end {
            case .success: taker.take()?.resume(returning: [])
            case .failure(let failure): taker.take()?.resume(throwing: failure)
            }
        }
    }

    private func reportSent(isInTime: Bool = true) {
        senderDeadline.cancel()
        sender.take()?.resume(returning: isInTime)
    }
}

extension RawConnection: StreamDelegate {
    package func received(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(input.remaining) { received += Array(bytes) }
        if received.count > Self.maximumWaiting { stream.pauseReading() }
        deliver()
        return 0
    }

    package func flushed() { reportSent() }

    package func reachedEnd() {
        end = .success(())
        deliver()
    }

    package func closed(_ reason: CloseReason) {
        hasClosed = true
        if end == nil {
            end = reason == .endOfStream ? .success(()) : .failure(ConnectionEnd(description: "\(reason)"))
        }
        deliver()
        reportSent()
        closer.take()?.resume()
    }
}

extension RawConnection: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        if deadline === senderDeadline { reportSent(isInTime: false) } else { taker.take()?.resume(returning: nil) }
    }
}

/// The error for a connection that broke.
package struct ConnectionEnd: Error, CustomStringConvertible {
    /// Why the connection broke.
    package let description: String
}
