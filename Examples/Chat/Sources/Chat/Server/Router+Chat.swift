import NET001
import Switchboard

extension Router {
    /// The handlers of the chat and those of NET-001.
    static func chat(authenticator: some Authenticator, history: History = History()) -> Router {
        var router = Router(Chat.self)
        router.registerNET001(authenticator: authenticator)
        router.register(Doorman(history: history))
        // These handlers ask other servers for the members of a room.
        router.setTimeout(.seconds(10), for: Chat.Join.self, Chat.Who.self)
        router.use(.logging(level: .debug, includesFields: true), for: Chat.Join.self, Chat.Say.self, Chat.Who.self)
        router.onDisconnect(Doorman.leave)
        return router
    }
}
