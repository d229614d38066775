import Switchboard
import Synchronization

/// The connections of the stations that take readings when the server asks for them.
///
/// A connection has one station at most, so there are never more stations than connections.
final class Stations: Sendable {
    private enum Number: SessionKey { typealias Value = UInt32 }

    private let connections = Mutex<[UInt32: any Connection]>([:])

    /// The connection of a station; `nil` if the station is not connected.
    subscript(station: UInt32) -> (any Connection)? { connections.withLock { $0[station] } }

    /// Adds the station of a connection, in place of an earlier connection of the same station.
    func add(_ station: UInt32, at connection: any Connection) {
        connections.withLock { connections in
            Self.remove(connection, from: &connections)
            connection.session[Number.self] = station
            connections[station] = connection
        }
    }

    /// Removes the station of a connection; does nothing if the station has another connection.
    func remove(_ connection: any Connection) {
        connections.withLock { Self.remove(connection, from: &$0) }
    }

    private static func remove(_ connection: any Connection, from connections: inout [UInt32: any Connection]) {
        guard let station = connection.session[Number.self], connections[station]?.id == connection.id else { return }
        connections[station] = nil
    }
}
