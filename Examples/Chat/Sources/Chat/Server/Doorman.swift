import NET001
import Switchboard

/// Answers the messages of the chat, in the name that the peer has proved to have.
struct Doorman: Chat.Service {
    let rooms: Rooms

    func join(_ message: Chat.Join, context: Context) async throws -> Chat.Joined {
        try rooms.join(message.room, Member(context))
    }

    func say(_ message: Chat.Say, context: Context) async throws -> Chat.Said {
        Chat.Said(number: try rooms.say(message.text, context.connection))
    }

    func who(_ message: Chat.Who, context: Context) async throws -> Chat.Members {
        Chat.Members(names: try rooms.members(beside: context.connection))
    }
}

/// Somebody in a room.
struct Member: Sendable {
    let name: String
    let connection: any Connection

    /// The peer, who is known: the messages require it.
    init(_ context: Context) throws {
        guard let identity = context.session.identity else {
            throw NET001.Error(code: .authenticationFailed, message: "say who you are")
        }
        name = identity.user
        connection = context.connection
    }
}
