public import SwitchboardRouter

extension Router {
    /// A router for NET-001 with all of its bundled handlers.
    ///
    /// To use other handlers for some messages, start from `Router(NET001.self)` and register one for each.
    ///
    /// - Parameter authenticator: Who checks the credentials of AUTH; without one, nobody does.
    public static func net001(authenticator: some Authenticator = AcceptAnyone()) -> Router {
        var router = Router(NET001.self)
        router.registerNET001(authenticator: authenticator)
        return router
    }

    /// Registers all bundled handlers of NET-001, in a router for it or for a protocol that imports it.
    ///
    /// - Parameter authenticator: Who checks the credentials of AUTH; without one, nobody does.
    public mutating func registerNET001(authenticator: some Authenticator = AcceptAnyone()) {
        register(PingResponder())
        register(EchoResponder())
        register(BroadcastRelay())
        register(AuthResponder(authenticator))
        register(DataReceiver())
    }
}
