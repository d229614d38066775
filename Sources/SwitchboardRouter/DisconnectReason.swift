/// Why a connection has closed.
///
/// Metrics and the log have the same reasons, by their ``name``.
public enum DisconnectReason: Sendable, Hashable, CustomStringConvertible {
    /// The peer has ended its side, and the server has sent all replies.
    case endOfStream
    /// A handler or the program has closed the connection.
    case requested
    /// The connection broke, for example because the peer reset it.
    case reset
    /// The peer did not read: too much output was pending, or output was pending for too long.
    case slowConsumer
    /// The server has stopped before the connection was closed.
    case loopStopped
    /// The TLS handshake or TLS itself failed.
    case insecure
    /// A fault of the peer, for which the server has closed the connection, or the end of the server.
    ///
    /// The idle timeout and the timeout of a frame are `Fault.timeout`, the end of the server is `Fault.shuttingDown`, and a frame that
    /// cannot be read is the fault of that frame.
    case fault(Fault)

    package static let all: [DisconnectReason] =
        [.endOfStream, .requested, .reset, .slowConsumer, .loopStopped, .insecure]
        + Fault.allCases.map { .fault($0) }

    /// The name of the case, or of its fault: `reset`, `timeout`.
    public var name: String {
        switch self {
        case .endOfStream: "endOfStream"
        case .requested: "requested"
        case .reset: "reset"
        case .slowConsumer: "slowConsumer"
        case .loopStopped: "loopStopped"
        case .insecure: "insecure"
        case .fault(let fault): fault.rawValue
        }
    }

    /// The ``name``.
    public var description: String { name }
}
