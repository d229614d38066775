public import SwitchboardRouter

extension Router {
    /// A router for NET-001 with all of its bundled handlers.
    ///
    /// To use other handlers for some messages, start from `Router(NET001.self)` and register one for each.
    public static func net001() -> Router {
        var router = Router(NET001.self)
        router.register(PingResponder())
        router.register(EchoResponder())
        router.register(BroadcastRelay())
        router.register(AuthResponder())
        router.register(DataReceiver())
        return router
    }
}
