internal import Logging
public import SwitchboardRouter

extension Router {
    /// Returns a router for NET-001 with all of its bundled handlers.
    ///
    /// To use other handlers for some messages, start from `Router(NET001.self)` and register a handler for each
    /// message.
    ///
    /// - Parameter authenticator: Checks the credentials of AUTH; by default any user and token are accepted, unless one is empty.
    public static func net001(authenticator: some Authenticator = AcceptAnyone()) -> Router {
        var router = Router(NET001.self)
        router.registerNET001(authenticator: authenticator)
        return router
    }

    /// Registers all bundled handlers of NET-001, in a router for it or for a protocol that imports it.
    ///
    /// - Parameter authenticator: Checks the credentials of AUTH; by default any user and token are accepted, unless one is empty.
    public mutating func registerNET001(authenticator: some Authenticator = AcceptAnyone()) {
        register(PingResponder())
        register(EchoResponder())
        register(BroadcastRelay())
        register(AuthResponder(authenticator))
        register(DataReceiver())
    }
}

/// Replies to PING with PONG, which has the same timestamp.
public struct PingResponder: NET001.PingHandler {
    /// A handler of PING.
    public init() {}

    /// Returns the timestamp.
    public func handle(_ message: NET001.Ping, context: Context) -> NET001.Pong {
        NET001.Pong(timestamp: message.timestamp)
    }
}

/// Replies to ECHO with the same bytes.
public struct EchoResponder: NET001.EchoHandler {
    /// A handler of ECHO.
    public init() {}

    /// Returns the bytes.
    public func handle(_ message: NET001.Echo, context: Context) -> NET001.EchoReply {
        NET001.EchoReply(data: message.data)
    }
}

/// Sends each BROADCAST to all other peers; the sender gets no reply.
public struct BroadcastRelay: NET001.BroadcastHandler {
    /// A handler of BROADCAST.
    public init() {}

    /// Sends the message to all other peers.
    public func handle(_ message: NET001.Broadcast, context: Context) throws {
        try context.broadcast(message)
    }
}

/// Passes the bytes of DATA to a closure; the sender gets no reply.
public struct DataReceiver: NET001.DataHandler {
    private let receive: @Sendable (Bytes, Context) throws -> Void

    /// A handler of DATA that logs the number of bytes, at debug level.
    public init() {
        self.init { data, context in
            context.logger.debug("data received", metadata: ["bytes": "\(data.count)"])
        }
    }

    /// A handler of DATA that passes the bytes to `receive`, which must not block.
    ///
    /// An error that `receive` throws is handled like the error of any handler.
    public init(_ receive: @escaping @Sendable (Bytes, Context) throws -> Void) {
        self.receive = receive
    }

    /// Passes the bytes to the closure.
    public func handle(_ message: NET001.Data, context: Context) throws {
        try receive(message.data, context)
    }
}
