import NET001
import Switchboard

extension Router {
    /// Everything that the server answers: the rooms, and what NET-001 has beside.
    static func chat(authenticator: some Authenticator, rooms: Rooms = Rooms()) -> Router {
        var router = Router(Chat.self)
        router.registerNET001(authenticator: authenticator)
        router.register(Doorman(rooms: rooms))
        router.onDisconnect { rooms.leave($0) }
        return router
    }
}
