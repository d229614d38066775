/// A set of connections, to which you can send a message, or which you can list or disconnect.
///
/// A destination may have any number of connections, including none.
public enum Destination: Sendable, Hashable {
    /// Every connection.
    case all
    /// The connections that have joined the room with this name: see ``Context/join(_:)``.
    case room(String)
    /// The connections whose session has the identity of this user.
    ///
    /// With a name of more than 1,024 bytes, it has only the connections of this server.
    case user(String)
    /// The connection with this session ID.
    case session(SessionID)
    /// The connection of this server with this number.
    case connection(ConnectionID)
}

/// The identity of a server: a random number that each `Server` chooses when it is created.
public typealias ServerID = UInt64

/// The identity of a connection among the past and present connections of all servers.
///
/// The text form has only letters, digits and a hyphen. Do not use a session ID as a secret: other peers may know it.
public struct SessionID: Sendable, Hashable, LosslessStringConvertible {
    /// The server that accepted the connection.
    public let server: ServerID

    /// The number of the connection at that server.
    public let connection: ConnectionID

    /// The session ID of a connection of a server.
    public init(server: ServerID, connection: ConnectionID) {
        self.server = server
        self.connection = connection
    }

    /// The session ID with the text form `description`; `nil` when the text is not a session ID.
    public init?(_ description: String) {
        let numbers = description.split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, let server = ServerID(numbers[0], radix: 16),
            let connection = ConnectionID(numbers[1], radix: 10)
        else { return nil }
        self.init(server: server, connection: connection)
        // Each session ID has only one text form.
        guard self.description == description else { return nil }
    }

    /// The server as 16 hexadecimal digits, a hyphen and the number of the connection: `00c0ffee12345678-42`.
    public var description: String { "\(server.hexadecimalDigits)-\(connection)" }
}
