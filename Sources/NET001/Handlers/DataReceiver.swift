internal import Logging
public import SwitchboardRouter

/// Takes DATA, and does with it what it was told to.
///
/// The sender gets no answer.
public struct DataReceiver: NET001.DataHandler {
    private let receive: @Sendable (Bytes, Context) throws -> Void

    /// A handler of DATA that notes in the log, at debug level, how many bytes came.
    public init() {
        self.init { data, context in
            context.logger.debug("data received", metadata: ["bytes": "\(data.count)"])
        }
    }

    /// A handler of DATA that hands the bytes to `receive`, which must not block.
    ///
    /// What it throws, the peer is told as any handler's error.
    public init(_ receive: @escaping @Sendable (Bytes, Context) throws -> Void) {
        self.receive = receive
    }

    /// Hands the bytes on.
    public func handle(_ message: NET001.Data, context: Context) throws {
        try receive(message.data, context)
    }
}
