/// What a stream of TLS keeps to.
final class TLSLimits: Sendable {
    /// How long the handshake may take.
    let handshakeTimeout: Duration

    /// A peer for which more bytes wait until the handshake is done is cut off.
    let maximumPendingBytes: Int

    /// Whether it begins the handshake.
    let speaksFirst: Bool

    init(handshakeTimeout: Duration, maximumPendingBytes: Int, speaksFirst: Bool) {
        self.handshakeTimeout = handshakeTimeout
        self.maximumPendingBytes = maximumPendingBytes
        self.speaksFirst = speaksFirst
    }
}
