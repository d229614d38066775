package import SwitchboardBackplane
package import SwitchboardBytes

/// The text of a peer in a room, in the sorted set of its server: the number of bytes of the room's name as four hexadecimal digits,
/// the name, and the connection number as 16 hexadecimal digits.
///
/// `0005lobby000000000000002a`. All members of a room are neighbours, in the order of their connection numbers, and no name of a room
/// is the beginning of another one.
package enum RoomText {
    /// The text of a peer in a room.
    package static func encode(_ member: ClusterRoomMember) -> Bytes {
        Bytes(utf8: prefix(of: member.room) + member.connection.hexadecimalDigits)
    }

    /// The limits between which `ZRANGE … BYLEX` finds the peers in a room.
    ///
    /// - Parameter connection: The connection number behind which the list begins; `nil` for the whole list.
    package static func range(of room: String, after connection: UInt64?) -> (first: Bytes, last: Bytes) {
        let prefix = prefix(of: room)
        let start = connection.map { "(" + prefix + $0.hexadecimalDigits } ?? "[" + prefix
        // No hexadecimal digit comes after "f".
        return (Bytes(utf8: start), Bytes(utf8: "[" + prefix + "g"))
    }

    /// The connection number in a text, which any program may have written; `nil` when there is none.
    package static func connection(in text: Bytes) -> UInt64? {
        String(validating: text).flatMap { UInt64($0.suffix(16), radix: 16) }
    }

    private static func prefix(of room: String) -> String { UInt16(clamping: room.utf8.count).hexadecimalDigits + room }
}
