/// Why a TLS handshake failed: a few kinds, for metrics.
package enum TLSFailure: String, CaseIterable, Sendable {
    /// A certificate is missing, or one end has rejected that of the other.
    case certificate
    /// The two ends have no version, cipher or group in common.
    case incompatible
    /// The peer does not speak TLS.
    case notTLS
    /// The handshake was not finished in time.
    case timeout
    /// The peer closed the connection during the handshake.
    case disconnected
    /// This side closed the connection during the handshake.
    case cancelled
    /// Any other failure.
    case other
}
