import Dispatch
import NET001
import Switchboard
import TestSupport

/// A server that does what a test says, byte by byte: what no real server would do.
final class FakeServer: Sendable {
    private let listener: RawListener
    private let queue = DispatchQueue(label: "fake server")

    var port: Int { listener.port }

    /// - Parameter listens: Whether it can be reached; otherwise it only keeps its port from others.
    init(listens: Bool = true) throws {
        listener = try RawListener(backlog: listens ? 8 : nil)
    }

    /// Accepts one connection, and does `script` with it on a thread of its own; then closes it.
    func accept(_ script: @escaping @Sendable (RawPeer) throws -> Void) {
        queue.async { [self] in
            guard let peer = try? listener.accept() else { return }
            try? script(peer)
            peer.close()
        }
    }
}

/// The client, seen from the server.
extension RawPeer {
    func send(_ message: some Message) throws {
        try send(FrameEncoder(NET001.frameFormat).encode(message))
    }

    /// The number of bytes that come until the client closes or resets the connection.
    func countToEnd() -> Int {
        var total = 0
        while let count = try? receiveOnce().count, count > 0 { total += count }
        return total
    }

    /// Waits until the client closes or resets the connection.
    func waitForEnd() {
        _ = countToEnd()
    }
}
