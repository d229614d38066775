/// Why a stream has closed.
package enum CloseReason: Sendable, Hashable, CustomStringConvertible {
    /// The peer sent all it had to send, and so did this side.
    case endOfStream
    /// This side wanted it.
    case requested
    /// The connection broke; the `errno` says how.
    case reset(Int32)
    /// The peer did not read: too much output waited for it, or for too long.
    case slowConsumer
    /// The event loop of the stream was stopped.
    case loopStopped
    /// TLS could not be agreed on with the peer, or broke; says how.
    case insecure(String)
    /// A fault that an upper layer found, by its name.
    case fault(String)

    /// A few words for a log.
    package var description: String {
        switch self {
        case .endOfStream: "end of stream"
        case .requested: "closed by this side"
        case .reset(let errno): TransportError.text(for: errno)
        case .slowConsumer: "slow consumer"
        case .loopStopped: "event loop stopped"
        case .insecure(let how): how
        case .fault(let name): name
        }
    }
}
