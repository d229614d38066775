import SwitchboardBytes
import SwitchboardTransport
import TestSupport

/// A stream on its own event loop, with its peer.
final class Link: @unchecked Sendable {
    let loop: EventLoop
    let peer: RawPeer
    let delegate: ScriptedDelegate
    /// Use it only on the loop.
    let stream: SocketStream

    init(
        limits: StreamLimits = StreamLimits(),
        startsAtOnce: Bool = true,
        _ delegate: ScriptedDelegate = ScriptedDelegate()
    ) throws {
        loop = try EventLoop(label: "test")
        let descriptor: Int32
        (peer, descriptor) = try RawPeer.pair()
        self.delegate = delegate
        stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: nil, limits: limits)
        if startsAtOnce { start() }
    }

    deinit {
        loop.stop()
    }

    func start() {
        onLoop { $0.delegate.start($0.stream) }
    }

    /// Runs `body` on the loop, and waits until it is done.
    func onLoop(_ body: @escaping @Sendable (Link) -> Void) {
        let done = Watched(false)
        loop.execute { [unowned self] in
            body(self)
            done.update { $0 = true }
        }
        _ = try? done.wait { $0 }
    }

    /// Waits for the stream to close, and returns why it did.
    func closeReason() throws -> CloseReason? {
        try delegate.record.wait { $0.isClosed }.reasons.first
    }
}
