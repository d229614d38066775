import Glibc
import SwitchboardBytes
import SwitchboardTLS
import SwitchboardTesting
import SwitchboardTransport
import TestSupport

#if TLS
/// An event loop that the test runs, with pairs of connected TLS streams.
final class SecureLinks: @unchecked Sendable {
    private let loop: EventLoop
    private let acceptor: TLSAcceptor
    private let connector: TLSConnector
    private var time: UInt64 = 1

    init(_ certificates: Certificates, limits: StreamLimits = StreamLimits()) throws {
        loop = try EventLoop(label: "test", runByHandFrom: 0) {}
        let files = ServerTLSConfiguration(
            certificateChainPath: certificates.path("server.pem"),
            privateKeyPath: certificates.path("server.key")
        )
        acceptor = try TLSAcceptor(files, streamLimits: limits)
        connector = try TLSConnector(ClientTLSConfiguration(authoritiesPath: certificates.path("server.pem")))
    }

    deinit {
        loop.stop()
        loop.run(at: time)
    }

    /// Runs `body` on the loop, and everything that follows from it.
    func run(_ body: @escaping @Sendable () throws -> Void = {}) throws {
        let failure = Box<(any Error)?>(nil)
        loop.execute { do { try body() } catch { failure.value = error } }
        loop.run(at: time)
        if let failure = failure.value { throw failure }
    }

    /// Advances the clock of the loop.
    func advance(by duration: Duration) throws {
        time += UInt64(duration / .nanoseconds(1))
        try run()
    }

    /// Makes two connected streams, and completes their handshake.
    func connect() throws -> SecureLink {
        let link = SecureLink()
        try run { [self] in
            let (inside, outside) = try SocketPair.make()
            link.socket = SocketStream(adopting: inside, on: loop, remoteAddress: nil, limits: acceptor.socketLimits)
            let socket = SocketStream(adopting: outside, on: loop, remoteAddress: nil)
            link.client.stream = try connector.stream(
                over: socket,
                limits: StreamLimits(),
                to: "localhost",
                timeout: .seconds(Patience.seconds)
            ) {
                link.isSecure = $0 == nil
            }
            link.server.stream = link.socket.flatMap { acceptor.stream(over: $0, whenSecure: { _ in }) }
            link.server.start()
            link.client.start()
        }
        return link
    }
}

/// The two ends of a connection.
final class SecureLink: @unchecked Sendable {
    let server = End()
    let client = End()
    /// The socket stream below the server's end.
    var socket: SocketStream?
    var isSecure = false

    /// A stream, and a record of the calls of its delegate.
    final class End: StreamDelegate, @unchecked Sendable {
        var stream: (any ByteStream)?
        private var received = ByteWriter()
        /// The bytes received since the last call.
        var receivedBytes: Bytes { received.takeBytes() }
        var hasEnded = false
        var flushCount = 0
        var reason: CloseReason?
        /// Handles input instead of recording it.
        var whenReceived: ((inout ByteReader, any ByteStream) -> Void)?
        /// Called when the output is flushed.
        var whenDrained: (any ByteStream) -> Void = { _ in }
        /// Called when the other end has ended its side.
        var whenEnded: (any ByteStream) -> Void = { $0.finish(.endOfStream) }

        func start() { stream?.start(self) }

        func received(_ input: inout ByteReader) -> Int {
            if let stream, let whenReceived {
                whenReceived(&input, stream)
            } else if let bytes = input.readBytes(input.remaining) {
                received.append(bytes)
            }
            return 1
        }

        func flushed() {
            flushCount += 1
            if let stream { whenDrained(stream) }
        }

        func reachedEnd() {
            hasEnded = true
            if let stream { whenEnded(stream) }
        }

        func closed(_ reason: CloseReason) {
            self.reason = reason
            stream = nil
        }
    }
}

extension Bytes {
    /// Returns a pattern of bytes.
    static func pattern(_ count: Int, seed: Int = 0) -> Bytes {
        let part = Bytes((0..<997).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 2_654_435_761 >> 13) })
        var writer = ByteWriter(capacity: count + part.count)
        while writer.count < count { writer.append(part) }
        writer.truncate(to: count)
        return writer.takeBytes()
    }

    /// Returns whether both have the same bytes; faster than `==` in debug builds.
    func holds(_ other: Bytes) -> Bool {
        unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                guard left.count == right.count else { return false }
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return unsafe memcmp(left, right, count) == 0
            }
        }
    }
}

final class Box<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}
#endif
