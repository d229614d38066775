import SwitchboardBytes
import SwitchboardTransport
import TestSupport

/// A stream on an event loop that the test runs, with its peer.
final class HandRunLink {
    let peer: RawPeer
    private let loop: EventLoop
    private let delegate: ScriptedDelegate

    init(limits: StreamLimits, onReceived: @escaping (inout ByteReader, any ByteStream) -> Int) throws {
        let descriptor: Int32
        (peer, descriptor) = try RawPeer.pair()
        let loop = try EventLoop(label: "test", runByHandFrom: 0) {}
        let delegate = ScriptedDelegate(onReceived: onReceived)
        loop.execute {
            delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil, limits: limits))
        }
        (self.loop, self.delegate) = (loop, delegate)
    }

    deinit {
        loop.stop()
        loop.run(at: .max)
    }

    /// Runs the loop at `time` after its start, until it has nothing more to do.
    func run(at time: Duration) {
        loop.run(at: UInt64(time.components.seconds) * 1_000_000_000)
    }

    /// The reason for which the stream has closed; `nil` while it is open.
    var closeReason: CloseReason? { delegate.record.value.reasons.first }
}
