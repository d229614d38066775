import NET001
import Switchboard

/// Handles the messages of the chat, under the authenticated name of the peer.
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

/// A peer in a room.
struct Member: Sendable {
    let name: String
    let connection: any Connection

    /// The authenticated peer of `context`; the messages require authentication.
    init(_ context: Context) throws {
        guard let identity = context.session.identity else {
            throw NET001.Error(code: .authenticationFailed, message: "authenticate first")
        }
        name = identity.user
        connection = context.connection
    }
}
