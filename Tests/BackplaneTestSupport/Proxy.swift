import Glibc
import SwitchboardBytes
package import SwitchboardTransport

/// Passes connections on, or holds them up, or cuts them.
package final class Proxy: @unchecked Sendable {
    package enum Mode {
        case passing
        /// Everything is accepted, and nothing gets through.
        case blackHole
        /// Connections are reset at once.
        case cut
    }

    private let loop: EventLoop
    private let target: SocketAddress
    private var listener: Listener?

    // Touched on the loop only.
    private var mode = Mode.passing
    private var ends: [End] = []

    /// A proxy on a port of the loopback that the system chooses.
    package init(to target: SocketAddress) throws {
        loop = try EventLoop(label: "proxy")
        self.target = target
        listener = try Listener(address: SocketAddress("127.0.0.1", port: 0), backlog: 100, acceptor: loop) {
            [weak self] descriptor, address in
            self?.adopt(descriptor, address)
        } onFailure: { _ in
        }
        listener?.start { _ in }
    }

    deinit { loop.stop() }

    /// The port of the proxy on 127.0.0.1.
    package var port: Int { listener?.address.port ?? 0 }

    /// Changes what happens to connections, new and old.
    package func set(_ new: Mode) {
        loop.execute { [self] in
            mode = new
            for end in ends {
                switch new {
                case .passing: end.stream.resumeReading()
                case .blackHole: end.stream.pauseReading()
                case .cut: end.stream.abort(.requested)
                }
            }
        }
    }

    private func adopt(_ descriptor: Int32, _ address: SocketAddress) {
        Connector.connect(to: [target], on: loop, timeout: .seconds(60)) { [self] result in
            let client = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: Self.limits)
            guard mode != .cut, case .success(let winner) = result else { return client.abort(.requested) }
            let server = SocketStream(
                adopting: winner.descriptor,
                on: loop,
                remoteAddress: nil,
                limits: Self.limits
            )
            let (inside, outside) = (End(client, self), End(server, self))
            inside.other = server
            outside.other = client
            ends += [inside, outside]
            client.start(inside)
            server.start(outside)
            if mode == .blackHole {
                client.pauseReading()
                server.pauseReading()
            }
        }
    }

    private static var limits: StreamLimits {
        var limits = StreamLimits()
        limits.maximumPendingBytes = 256 * 1024 * 1024
        limits.stopsReadingWhileCongested = false
        return limits
    }

    /// One of two streams, whose input is the output of the other.
    private final class End: StreamDelegate {
        let stream: SocketStream
        weak var other: SocketStream?
        private weak var proxy: Proxy?

        init(_ stream: SocketStream, _ proxy: Proxy) {
            self.stream = stream
            self.proxy = proxy
        }

        func received(_ input: inout ByteReader) -> Int {
            if let bytes = input.readBytes(input.remaining) { other?.send(bytes.copied()) }
            return 1
        }

        func reachedEnd() { stream.finish(.endOfStream) }

        func closed(_ reason: CloseReason) {
            other?.finish(reason)
            proxy?.ends.removeAll { $0 === self }
        }
    }
}

/// Sends the same bytes to everyone who connects, and closes when there are none.
package final class GreetingServer: Sendable {
    private let loop: EventLoop
    private let guests: AsyncStream<Void>
    /// The port of the server on 127.0.0.1.
    package let port: Int

    /// Waits until someone has connected.
    package func waitForGuest() async {
        for await _ in guests { return }
    }

    package init(_ greeting: String) throws {
        let loop = try EventLoop(label: "greeting")
        self.loop = loop
        let (guests, arrivals) = AsyncStream.makeStream(of: Void.self)
        self.guests = guests
        let listener = try Listener(address: SocketAddress("127.0.0.1", port: 0), backlog: 100, acceptor: loop) {
            let stream = SocketStream(adopting: $0, on: loop, remoteAddress: $1)
            stream.start(Guest())
            stream.send(Bytes(utf8: greeting))
            arrivals.yield()
            // Else the end of the connection could overtake what was sent.
            if greeting.isEmpty { stream.finish(.requested) }
        } onFailure: { _ in
        }
        listener.start { _ in }
        port = listener.address.port
    }

    deinit { loop.stop() }

    private final class Guest: StreamDelegate {
        func received(_ input: inout ByteReader) -> Int { 1 }

        func reachedEnd() {}

        func closed(_ reason: CloseReason) {}
    }
}

/// A port on 127.0.0.1 that no program listens on.
///
/// It is below the ports that the system gives to connections and to listeners on port 0, which would otherwise take it before the
/// server of the test does, or while that server is restarted.
package func freePort() async throws -> Int {
    let loop = try EventLoop(label: "port")
    defer { loop.stop() }
    while true {
        let port = Int.random(in: 20_000..<32_000)
        let address = try SocketAddress("127.0.0.1", port: port)
        do {
            let listener = try Listener(address: address, backlog: 1, acceptor: loop) { _, _ in
            } onFailure: { _ in
            }
            await withCheckedContinuation { continuation in listener.close { continuation.resume() } }
            return port
        } catch {
            guard error.errno == EADDRINUSE else { throw error }
        }
    }
}
