import NET001
import Switchboard

extension Router {
    /// The handlers of the chat and those of NET-001.
    static func chat(authenticator: some Authenticator, history: History = History()) -> Router {
        var router = Router(Chat.self)
        router.registerNET001(authenticator: authenticator)
        router.register(Doorman(history: history))
        router.onDisconnect(Doorman.leave)
        return router
    }
}
