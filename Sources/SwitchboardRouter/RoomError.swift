/// The error of a connection that cannot join a room.
///
/// When a handler does not catch this error, the server rejects the message with ``fault`` and ``description``.
public struct RoomError: Error, Hashable, CustomStringConvertible {
    /// The kinds of this error.
    public enum Code: Sendable, Hashable {
        /// The name of the room is empty or too long.
        case invalidName
        /// The connection is in as many rooms as `ServerConfiguration.maximumRoomsPerConnection` allows.
        case tooManyRooms
    }

    /// The kind of the error.
    public let code: Code

    /// The name of the room, which a peer may have chosen.
    public let room: String

    /// The limit: the bytes of a name for ``Code/invalidName``, the rooms of a connection for ``Code/tooManyRooms``.
    public let limit: Int

    /// An error.
    public init(_ code: Code, room: String, limit: Int) {
        self.code = code
        self.room = room
        self.limit = limit
    }

    /// The fault that the server reports to the peer: `malformedPayload` for ``Code/invalidName``, `rateLimited` for
    /// ``Code/tooManyRooms``.
    public var fault: Fault {
        switch code {
        case .invalidName: .malformedPayload
        case .tooManyRooms: .rateLimited
        }
    }

    /// The error in one line, with what is allowed.
    public var description: String {
        switch code {
        case .invalidName: "the name of a room must have 1 to \(limit) bytes, and this one has \(room.utf8.count)"
        case .tooManyRooms: "a connection may be in \(limit) rooms at most: leave a room before you join another"
        }
    }
}
