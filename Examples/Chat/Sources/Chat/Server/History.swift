import Synchronization

/// The last lines of the rooms with the most recent lines, among those that came through this server.
final class History: Sendable {
    /// The maximum number of rooms whose lines are kept.
    static let roomLimit = 1000
    /// The number of lines of a room that are kept for new members.
    static let lineLimit = 50

    private struct Room {
        var lines: [Chat.Line] = []
        /// The number of lines in all rooms when the last line of this room was added.
        var lastUse: UInt64 = 0
    }

    private struct State {
        var rooms: [String: Room] = [:]
        var lineCount: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Returns the last lines of a room.
    func lines(of room: String) -> [Chat.Line] {
        state.withLock { $0.rooms[room]?.lines ?? [] }
    }

    /// Stores a line, and returns it with its time.
    func add(_ text: String, from name: String, in room: String) -> Chat.Line {
        state.withLock { state in
            if state.rooms[room] == nil, state.rooms.count >= Self.roomLimit {
                let oldest = state.rooms.min { $0.value.lastUse < $1.value.lastUse }
                if let oldest { state.rooms[oldest.key] = nil }
            }
            var kept = state.rooms[room] ?? Room()
            state.lineCount += 1
            kept.lastUse = state.lineCount
            let line = Chat.Line(time: .now, name: name, text: text)
            kept.lines = Array((kept.lines + [line]).suffix(Self.lineLimit))
            state.rooms[room] = kept
            return line
        }
    }
}
