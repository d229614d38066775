import Glibc
import TestSupport

extension RawPeer {
    /// Makes a peer, and a connected, non-blocking descriptor.
    ///
    /// The system has small buffers between the two.
    static func pair() throws -> (RawPeer, Int32) {
        let listener = try RawListener(backlog: 1)
        let peer = try RawPeer(port: listener.port)
        let accepted = accept(listener.descriptor, nil, nil)
        guard accepted >= 0, fcntl(accepted, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError(errno: errno) }
        for descriptor in [peer.descriptor, accepted] {
            for option in [SO_SNDBUF, SO_RCVBUF] {
                var size: Int32 = 256 * 1024
                unsafe setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
            }
        }
        return (peer, accepted)
    }
}
