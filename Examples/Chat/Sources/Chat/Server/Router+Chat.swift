import NET001
import Switchboard

extension Router {
    /// The handlers of the chat and those of NET-001.
    static func chat(authenticator: some Authenticator, rooms: Rooms = Rooms()) -> Router {
        var router = Router(Chat.self)
        router.registerNET001(authenticator: authenticator)
        router.register(Doorman(rooms: rooms))
        router.onDisconnect { rooms.leave($0) }
        return router
    }
}
