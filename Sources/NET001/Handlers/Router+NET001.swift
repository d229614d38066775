public import SwitchboardRouter

extension Router {
    /// A router for NET-001 with all of its bundled handlers.
    ///
    /// To use other handlers for some messages, start from `Router(NET001.self)` and register one for each.
    ///
    /// - Parameter authenticator: Who checks the credentials of AUTH; without one, nobody does.
    public static func net001(authenticator: some Authenticator = AcceptAnyone()) -> Router {
        var router = Router(NET001.self)
        router.register(PingResponder())
        router.register(EchoResponder())
        router.register(BroadcastRelay())
        router.register(AuthResponder(authenticator))
        router.register(DataReceiver())
        return router
    }
}
