import NET001
import Switchboard
import Synchronization

/// The members and the last lines of all rooms.
///
/// One lock protects the rooms. Messages about a change are sent under that lock, so all members of a room receive them in the same
/// order.
final class Rooms: Sendable {
    /// The maximum number of rooms.
    static let roomLimit = 1000
    /// The maximum number of members of a room.
    static let memberLimit = 1000
    /// The number of lines of a room that are kept for new members.
    static let historyLimit = 50

    private struct Room {
        var members: [ConnectionID: Member] = [:]
        var history: [Chat.Line] = []
        var lineCount: UInt64 = 0
    }

    private struct State {
        var rooms: [String: Room] = [:]
        var places: [ConnectionID: String] = [:]
    }

    private let state = Mutex(State())

    /// Puts `member` into a room, and removes it from its previous room.
    ///
    /// - Throws: A `NET001.Error` when the room is full, the number of rooms is at its maximum, or the room has a member of that name.
    func join(_ name: String, _ member: Member) throws -> Chat.Joined {
        try state.withLock { state in
            let room = state.rooms[name] ?? Room()
            guard state.rooms[name] != nil || state.rooms.count < Self.roomLimit else {
                throw NET001.Error(code: .rateLimited, message: "there are already \(Self.roomLimit) rooms")
            }
            let others = room.members.values.filter { $0.connection.id != member.connection.id }
            guard others.count < Self.memberLimit else {
                throw NET001.Error(code: .tooManyConnections, message: "\(name) is full")
            }
            guard !others.contains(where: { $0.name == member.name }) else {
                throw NET001.Error(
                    code: .authenticationFailed,
                    message: "\(name) already has a member named \(member.name)"
                )
            }
            Self.leave(member.connection.id, &state)
            state.rooms[name, default: Room()].members[member.connection.id] = member
            state.places[member.connection.id] = name
            Self.tell(Chat.Moved(name: member.name, hasCome: true), others)
            return Chat.Joined(members: (others.map(\.name) + [member.name]).sorted(), history: room.history)
        }
    }

    /// Sends a line from the peer of `connection` to the other members of its room, and returns the number of the line.
    ///
    /// - Throws: A `NET001.Error` when the peer is in no room.
    func say(_ text: String, _ connection: any Connection) throws -> UInt64 {
        try state.withLock { state in
            let (name, room) = try Self.room(of: connection, state)
            guard let speaker = room.members[connection.id] else { return 0 }
            let line = Chat.Line(
                number: room.lineCount + 1,
                time: .now,
                name: speaker.name,
                text: text
            )
            state.rooms[name]?.lineCount = line.number
            state.rooms[name]?.history = Array((room.history + [line]).suffix(Self.historyLimit))
            Self.tell(Chat.Heard(line: line), room.members.values.filter { $0.connection.id != connection.id })
            return line.number
        }
    }

    /// Returns the names of all members of the room of the peer of `connection`.
    ///
    /// - Throws: A `NET001.Error` when the peer is in no room.
    func members(beside connection: any Connection) throws -> [String] {
        try state.withLock { state in try Self.room(of: connection, state).1.members.values.map(\.name).sorted() }
    }

    /// Removes the peer of `connection` from its room, if it is in a room.
    func leave(_ connection: any Connection) {
        state.withLock { Self.leave(connection.id, &$0) }
    }

    private static func room(of connection: any Connection, _ state: State) throws -> (String, Room) {
        guard let name = state.places[connection.id], let room = state.rooms[name] else {
            throw NET001.Error(code: .malformedPayload, message: "join a room first")
        }
        return (name, room)
    }

    private static func leave(_ id: ConnectionID, _ state: inout State) {
        guard let name = state.places.removeValue(forKey: id) else { return }
        guard let member = state.rooms[name]?.members.removeValue(forKey: id) else { return }
        let others = state.rooms[name]?.members.values.map(\.self) ?? []
        // When the last member leaves, the room and its lines are deleted.
        if others.isEmpty { state.rooms[name] = nil }
        tell(Chat.Moved(name: member.name, hasCome: false), others)
    }

    private static func tell(_ message: some Message, _ members: some Sequence<Member>) {
        for member in members { member.connection.sendIfPossible(message) }
    }
}

extension Connection {
    /// Sends a message whose fields are within their bounds.
    fileprivate func sendIfPossible(_ message: some Message) {
        do throws(PayloadError) { try send(message) } catch {
            logger.error("message not sent", metadata: ["error": "\(error)"])
        }
    }
}
