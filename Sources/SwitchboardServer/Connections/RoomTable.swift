internal import SwitchboardRouter

/// The rooms of an event loop, with the connections in each and, once it is asked for, the connections of each user.
///
/// The value has no lock and no socket, so a test can use it with any type of member. To join and to leave takes the same time
/// whatever the number of members and rooms; a connection that closes takes time for each of its rooms. A connection in no room has no
/// memory here.
struct RoomTable<Member: Identifiable> where Member.ID == ConnectionID {
    /// The connections that a message can be for.
    enum Group: Hashable {
        case room(String)
        case user(String)
    }

    /// A group with at least one member.
    private struct Entry {
        let group: Group
        var members: [Member]
    }

    /// The positions of a connection in the lists of its groups, by the numbers of these groups.
    private struct Places {
        var rooms: [UInt32: UInt32] = [:]
        /// The group of the connection's user.
        ///
        /// It is apart from the rooms because many connections have a user and no room.
        var user: (number: UInt32, position: UInt32)?

        var isEmpty: Bool { rooms.isEmpty && user == nil }

        mutating func move(in number: UInt32, to position: UInt32) {
            if user?.number == number { user?.position = position } else { rooms[number] = position }
        }
    }

    private var numbers: [Group: UInt32] = [:]
    /// The groups by number; `nil` for a number that is free.
    private var entries: [Entry?] = []
    private var freeNumbers: [UInt32] = []
    private var places: [ConnectionID: Places] = [:]

    /// Whether the connections of each user are known.
    ///
    /// They cost memory for each authenticated connection, and most servers do not send to users.
    var tracksUsers = false

    // MARK: Questions

    /// Whether the group has a member, or may have one because users are not tracked.
    func mayHaveMembers(_ group: Group) -> Bool {
        if case .user = group, !tracksUsers { return true }
        return numbers[group] != nil
    }

    /// The members of a group, in no particular order.
    func members(of group: Group) -> [Member] {
        numbers[group].flatMap { entries[Int($0)]?.members } ?? []
    }

    /// Whether a connection is in a group.
    func contains(_ id: ConnectionID, in group: Group) -> Bool {
        guard let number = numbers[group], let places = places[id] else { return false }
        return places.user?.number == number || places.rooms[number] != nil
    }

    /// The names of the rooms that a connection is in.
    func rooms(of id: ConnectionID) -> Set<String> {
        var names: Set<String> = []
        for number in (places[id]?.rooms ?? [:]).keys {
            if case .room(let name) = entries[Int(number)]?.group { names.insert(name) }
        }
        return names
    }

    /// Whether the table has no members.
    var isEmpty: Bool { places.isEmpty }

    // MARK: Changes

    /// Adds a connection to a room, unless it is in the room.
    ///
    /// - Parameter limit: The number of rooms that a connection may be in.
    /// - Returns: Whether the connection is in the room now: it is not when it is in `limit` other rooms.
    mutating func join(_ room: String, _ member: Member, limit: Int) -> Bool {
        if contains(member.id, in: .room(room)) { return true }
        guard places[member.id]?.rooms.count ?? 0 < limit, let (number, position) = add(member, to: .room(room)) else {
            return false
        }
        places[member.id, default: Places()].rooms[number] = position
        return true
    }

    /// Removes a connection from a room, if it is in the room.
    mutating func leave(_ room: String, _ id: ConnectionID) {
        guard let number = numbers[.room(room)], let position = places[id]?.rooms.removeValue(forKey: number) else {
            return
        }
        forgetPlacesIfEmpty(of: id)
        remove(at: position, from: number)
    }

    /// Notes the user of a connection, in place of the one before; `nil` for none.
    mutating func setUser(_ user: String?, of member: Member) {
        if let user, contains(member.id, in: .user(user)) { return }
        if let (number, position) = places[member.id]?.user {
            places[member.id]?.user = nil
            remove(at: position, from: number)
        }
        if let user, let (number, position) = add(member, to: .user(user)) {
            places[member.id, default: Places()].user = (number, position)
        }
        forgetPlacesIfEmpty(of: member.id)
    }

    /// Removes a connection from all its groups.
    mutating func remove(_ id: ConnectionID) {
        guard let left = places.removeValue(forKey: id) else { return }
        if let (number, position) = left.user { remove(at: position, from: number) }
        for (number, position) in left.rooms { remove(at: position, from: number) }
        guard places.isEmpty else { return }
        // Gives the memory of all groups back.
        self = RoomTable(tracksUsers: tracksUsers)
    }

    init() {}

    private init(tracksUsers: Bool) {
        self.tracksUsers = tracksUsers
    }

    /// - Returns: The number of the group and the position of the member; `nil` when there are no numbers left.
    private mutating func add(_ member: Member, to group: Group) -> (number: UInt32, position: UInt32)? {
        if let number = numbers[group] {
            guard let position = entries[Int(number)].flatMap({ UInt32(exactly: $0.members.count) }) else { return nil }
            entries[Int(number)]?.members.append(member)
            return (number, position)
        }
        let number: UInt32
        if let free = freeNumbers.popLast() {
            number = free
            entries[Int(free)] = Entry(group: group, members: [member])
        } else {
            guard let next = UInt32(exactly: entries.count) else { return nil }
            number = next
            entries.append(Entry(group: group, members: [member]))
        }
        numbers[group] = number
        return (number, 0)
    }

    /// Removes the member at `position` of a group; the last member takes its place.
    private mutating func remove(at position: UInt32, from number: UInt32) {
        guard let last = entries[Int(number)]?.members.popLast() else { return }
        let count = entries[Int(number)]?.members.count ?? 0
        if Int(position) < count {
            entries[Int(number)]?.members[Int(position)] = last
            places[last.id]?.move(in: number, to: position)
        }
        if count == 0 {
            if let group = entries[Int(number)]?.group { numbers[group] = nil }
            entries[Int(number)] = nil
            freeNumbers.append(number)
        } else if let capacity = entries[Int(number)]?.members.capacity, capacity > 64, count < capacity / 4 {
            // A room that has become small gives the memory of the large one back.
            let members = entries[Int(number)]?.members ?? []
            entries[Int(number)]?.members = Array(members[...])
        }
    }

    private mutating func forgetPlacesIfEmpty(of id: ConnectionID) {
        if places[id]?.isEmpty == true { places[id] = nil }
    }
}
