import Dispatch
import NET001
import Switchboard
import TestSupport

/// A server that runs a script of a test, byte by byte, including actions that no real server would
/// take.
final class FakeServer: Sendable {
    private let listener: RawListener
    private let queue = DispatchQueue(label: "fake server")

    var port: Int { listener.port }

    /// - Parameter listens: Whether clients can connect; otherwise the server only reserves its
    ///   port.
    init(listens: Bool = true) throws {
        listener = try RawListener(backlog: listens ? 8 : nil)
    }

    /// Accepts one connection, runs `script` with it on another thread, and then closes it.
    func accept(_ script: @escaping @Sendable (RawPeer) throws -> Void) {
        queue.async { [self] in
            guard let peer = try? listener.accept() else { return }
            try? script(peer)
            peer.close()
        }
    }
}

/// Methods for the client, as the server sees it.
extension RawPeer {
    func send(_ message: some Message) throws {
        try send(FrameEncoder(NET001.frameFormat).encode(message))
    }

    /// Receives until the client closes or resets the connection; returns the number of bytes.
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
