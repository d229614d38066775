import NET001
import Switchboard
import Synchronization

/// Who is in which room, and what was said there.
///
/// All of it changes under one lock, and what changes is told under it: everybody in a room hears the same in the same order.
final class Rooms: Sendable {
    /// How many rooms there may be.
    static let roomLimit = 1000
    /// How many may be in a room.
    static let memberLimit = 1000
    /// How many lines of a room are kept for those who come later.
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

    /// Puts `member` into a room, and out of the one before.
    ///
    /// - Throws: A `NET001.Error` when the room is full, there are too many rooms, or the name is taken there.
    func join(_ name: String, _ member: Member) throws -> Chat.Joined {
        try state.withLock { state in
            let room = state.rooms[name] ?? Room()
            guard state.rooms[name] != nil || state.rooms.count < Self.roomLimit else {
                throw NET001.Error(code: .rateLimited, message: "there are too many rooms")
            }
            let others = room.members.values.filter { $0.connection.id != member.connection.id }
            guard others.count < Self.memberLimit else {
                throw NET001.Error(code: .tooManyConnections, message: "\(name) is full")
            }
            guard !others.contains(where: { $0.name == member.name }) else {
                throw NET001.Error(code: .authenticationFailed, message: "\(member.name) is in \(name) already")
            }
            Self.leave(member.connection.id, &state)
            state.rooms[name, default: Room()].members[member.connection.id] = member
            state.places[member.connection.id] = name
            Self.tell(Chat.Moved(name: member.name, hasCome: true), others)
            return Chat.Joined(members: (others.map(\.name) + [member.name]).sorted(), history: room.history)
        }
    }

    /// Tells the others what the peer of `connection` says; returns the number of the line.
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

    /// The names of all that are in the room of the peer of `connection`.
    ///
    /// - Throws: A `NET001.Error` when the peer is in no room.
    func members(beside connection: any Connection) throws -> [String] {
        try state.withLock { state in try Self.room(of: connection, state).1.members.values.map(\.name).sorted() }
    }

    /// Puts the peer of `connection` out of its room, if it is in one.
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
        // A room is forgotten, with all that was said there, when the last one leaves.
        if others.isEmpty { state.rooms[name] = nil }
        tell(Chat.Moved(name: member.name, hasCome: false), others)
    }

    private static func tell(_ message: some Message, _ members: some Sequence<Member>) {
        for member in members { member.connection.sendIfPossible(message) }
    }
}

extension Connection {
    /// Sends a message that is known to fit its layout.
    fileprivate func sendIfPossible(_ message: some Message) {
        do throws(PayloadError) { try send(message) } catch {
            logger.error("a message does not fit its layout", metadata: ["error": "\(error)"])
        }
    }
}
