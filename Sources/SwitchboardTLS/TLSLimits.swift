internal import SwitchboardTransport

/// What a stream of TLS keeps to.
final class TLSLimits: Sendable {
    /// While more encrypted bytes than this wait for the socket, no more are encrypted: what waits is kept as it was sent,
    /// where many streams share it, and not as each of them would encrypt it.
    static let maximumEncryptedBytes = 32 * 1024

    /// How long the handshake may take.
    let handshakeTimeout: Duration

    /// How much it keeps for the peer, encrypted or not, and for how long.
    let stream: StreamLimits

    /// Whether it begins the handshake.
    let speaksFirst: Bool

    init(handshakeTimeout: Duration, _ stream: StreamLimits, speaksFirst: Bool) {
        self.handshakeTimeout = handshakeTimeout
        self.stream = stream
        self.speaksFirst = speaksFirst
    }

    /// What the socket below a stream with `limits` is to keep to.
    static func below(_ limits: StreamLimits) -> StreamLimits {
        var below = limits
        below.highWaterBytes = min(limits.highWaterBytes, maximumEncryptedBytes)
        below.lowWaterBytes = min(limits.lowWaterBytes, maximumEncryptedBytes / 2)
        // The stream above knows when too much waits.
        below.stopsReadingWhileCongested = false
        return below
    }
}
