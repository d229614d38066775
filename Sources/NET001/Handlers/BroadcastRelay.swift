public import SwitchboardRouter

/// Passes each BROADCAST on to every other peer.
///
/// The sender gets no answer.
public struct BroadcastRelay: NET001.BroadcastHandler {
    /// A handler of BROADCAST.
    public init() {}

    /// Passes the message on.
    public func handle(_ message: NET001.Broadcast, context: Context) throws {
        try context.broadcast(message)
    }
}
