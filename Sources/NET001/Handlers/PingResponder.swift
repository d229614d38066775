public import SwitchboardRouter

/// Answers PING with PONG, which has the same timestamp.
public struct PingResponder: NET001.PingHandler {
    /// A handler of PING.
    public init() {}

    /// Returns the timestamp.
    public func handle(_ message: NET001.Ping, context: Context) -> NET001.Pong {
        NET001.Pong(timestamp: message.timestamp)
    }
}
