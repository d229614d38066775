import NET001
import Switchboard

/// Handles the messages of the chat, under the authenticated name of the peer.
struct Doorman: Chat.Service {
    /// The maximum number of members of a room.
    static let memberLimit = 1000

    let history: History

    func join(_ message: Chat.Join, context: Context) async throws -> Chat.Joined {
        let name = try context.userName
        let room = message.room
        let isReturning = context.rooms.contains(room)
        // First: of two peers with one name who join at the same time, each then sees the other. On different servers, each sees
        // the other a tenth of a second later, and both may stay.
        if !isReturning { try context.join(room) }
        do {
            let others = try await context.members(of: room).filter { $0.session != context.sessionID }.compactMap(
                \.user
            )
            guard others.count < Self.memberLimit else {
                throw NET001.Error(code: .tooManyConnections, message: "\(room) is full")
            }
            guard !others.contains(name) else {
                throw NET001.Error(code: .authenticationFailed, message: "\(room) already has a member named \(name)")
            }
            for previous in context.rooms where previous != room {
                context.leave(previous)
                try context.broadcast(Chat.Moved(name: name, hasCome: false), to: .room(previous))
            }
            if !isReturning { try context.broadcast(Chat.Moved(name: name, hasCome: true), to: .room(room)) }
            return Chat.Joined(members: (others + [name]).sorted(), history: history.lines(of: room))
        } catch {
            if !isReturning { context.leave(room) }
            throw error
        }
    }

    func say(_ message: Chat.Say, context: Context) async throws -> Chat.Said {
        let room = try context.room
        let line = history.add(message.text, from: try context.userName, in: room)
        try context.broadcast(Chat.Heard(line: line), to: .room(room))
        return Chat.Said(time: line.time)
    }

    func who(_ message: Chat.Who, context: Context) async throws -> Chat.Members {
        Chat.Members(names: try await context.members(of: try context.room).compactMap(\.user).sorted())
    }

    /// Tells the members of its room that a peer has gone.
    @Sendable static func leave(_ connection: any Connection) {
        guard let name = connection.session.identity?.user else { return }
        for room in connection.rooms {
            do throws(PayloadError) {
                try connection.broadcast(Chat.Moved(name: name, hasCome: false), to: .room(room))
            } catch {
                connection.logger.error("message not sent", metadata: ["error": "\(error)"])
            }
        }
    }
}

extension Context {
    /// The name of the authenticated peer; the messages of the chat require authentication.
    fileprivate var userName: String {
        get throws {
            guard let identity = session.identity else {
                throw NET001.Error(code: .authenticationFailed, message: "authenticate first")
            }
            return identity.user
        }
    }

    /// The room that the peer is in.
    fileprivate var room: String {
        get throws {
            guard let room = rooms.first else {
                throw NET001.Error(code: .malformedPayload, message: "join a room first")
            }
            return room
        }
    }

    /// Returns the members of a room.
    fileprivate func members(of room: String) async throws -> [Peer] {
        try await peers(of: .room(room)).reduce(into: []) { $0.append($1) }
    }
}
