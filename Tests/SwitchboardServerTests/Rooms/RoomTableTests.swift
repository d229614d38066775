import SwitchboardRouter
import Testing

@testable import SwitchboardServer

private struct Member: Identifiable, Hashable {
    let id: ConnectionID
}

/// The rooms of an event loop, without connections.
@Suite("The table of rooms")
struct RoomTableTests {
    /// Lets a member join a room, or expects that it may not.
    private func expectJoin(
        _ isAllowed: Bool,
        _ room: String,
        _ member: Member,
        limit: Int,
        _ table: inout RoomTable<Member>
    ) {
        let hasJoined = table.join(room, member, limit: limit)
        #expect(hasJoined == isAllowed)
    }

    @Test("has in each room the members that have joined and not left, in any order of joining and leaving")
    func anyOrder() {
        var table = RoomTable<Member>()
        table.tracksUsers = true
        var rooms: [String: Set<ConnectionID>] = [:]
        var users: [ConnectionID: String] = [:]
        var random = SystemRandomNumberGenerator()
        let names = (0..<7).map { "room \($0)" }
        for _ in 0..<20_000 {
            let member = Member(id: .random(in: 1...40, using: &random))
            let name = names.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                expectJoin(true, name, member, limit: 7, &table)
                rooms[name, default: []].insert(member.id)
            case 5..<8:
                table.leave(name, member.id)
                rooms[name]?.remove(member.id)
            case 8:
                let user = Bool.random(using: &random) ? name : nil
                table.setUser(user, of: member)
                users[member.id] = user
            default:
                table.remove(member.id)
                for name in names { rooms[name]?.remove(member.id) }
                users[member.id] = nil
            }
            for name in names {
                let members = table.members(of: .room(name)).map(\.id)
                #expect(Set(members) == rooms[name, default: []] && Set(members).count == members.count)
                #expect(table.mayHaveMembers(.room(name)) == !members.isEmpty)
                let ofUser = table.members(of: .user(name)).map(\.id)
                #expect(Set(ofUser) == Set(users.filter { $0.value == name }.keys) && Set(ofUser).count == ofUser.count)
            }
            #expect(table.rooms(of: member.id) == Set(names.filter { rooms[$0]?.contains(member.id) == true }))
        }
        for id in 1...40 as ClosedRange<ConnectionID> { table.remove(id) }
        #expect(table.isEmpty)
    }

    @Test("lets a connection into as many rooms as it may be in, and into another once it has left one")
    func limit() {
        var table = RoomTable<Member>()
        let member = Member(id: 1)
        expectJoin(true, "a", member, limit: 2, &table)
        expectJoin(true, "b", member, limit: 2, &table)
        expectJoin(false, "c", member, limit: 2, &table)
        expectJoin(true, "a", member, limit: 2, &table)
        #expect(table.rooms(of: 1) == ["a", "b"])
        table.leave("a", 1)
        expectJoin(true, "c", member, limit: 2, &table)
    }

    @Test("keeps a user's connections apart from a room with the user's name, and does not count them as a room")
    func users() {
        var table = RoomTable<Member>()
        #expect(table.mayHaveMembers(.user("ada")))
        table.tracksUsers = true
        #expect(!table.mayHaveMembers(.user("ada")))
        table.setUser("ada", of: Member(id: 1))
        expectJoin(true, "ada", Member(id: 2), limit: 1, &table)
        expectJoin(true, "ada", Member(id: 1), limit: 1, &table)
        #expect(table.members(of: .user("ada")) == [Member(id: 1)])
        table.setUser("ben", of: Member(id: 1))
        #expect(table.members(of: .user("ada")).isEmpty)
        #expect(table.rooms(of: 1) == ["ada"])
        table.remove(1)
        #expect(!table.mayHaveMembers(.user("ben")))
        #expect(table.tracksUsers)
    }

    @Test("takes no longer for a connection in a large room, or in many rooms, than for another")
    func effort() {
        // Were any step quadratic, this would take hours.
        var table = RoomTable<Member>()
        for id in 1...100_000 as ClosedRange<ConnectionID> { _ = table.join("large", Member(id: id), limit: 10_000) }
        for room in 1...10_000 { _ = table.join("\(room)", Member(id: 1), limit: 10_001) }
        for id in 2...100_000 as ClosedRange<ConnectionID> where id % 2 == 0 { table.leave("large", id) }
        #expect(table.members(of: .room("large")).count == 50_000)
        #expect(table.rooms(of: 1).count == 10_001)
        for id in 1...100_000 as ClosedRange<ConnectionID> { table.remove(id) }
        #expect(table.isEmpty)
    }
}

@Suite("The index of connections by number")
struct PositionIndexTests {
    @Test("finds each connection of a list, and no other, while connections come and go")
    func anyOrder() {
        var index = PositionIndex()
        var list: [Member] = []
        var random = SystemRandomNumberGenerator()
        var next: ConnectionID = 3
        for step in 0..<20_000 {
            // The list grows, then shrinks, and so on.
            if list.isEmpty || Int.random(in: 0..<10, using: &random) < (step / 2000 % 2 == 0 ? 7 : 3) {
                list.append(Member(id: next))
                index.append(from: list)
                next += 4
            } else {
                let position = Int.random(in: 0..<list.count, using: &random)
                let gone = list[position].id
                index.swapRemove(at: position, of: list)
                list.swapAt(position, list.count - 1)
                list.removeLast()
                #expect(index.position(of: gone, in: list) == nil)
            }
            if step % 100 == 0 {
                for (position, member) in list.enumerated() {
                    #expect(index.position(of: member.id, in: list) == position)
                    #expect(index.position(of: member.id + 1, in: list) == nil)
                }
            }
        }
    }

    @Test("is empty when its list is")
    func empty() {
        var index = PositionIndex()
        #expect(index.position(of: 1, in: [Member]()) == nil)
        index.append(from: [Member(id: 1)])
        #expect(index.position(of: 1, in: [Member(id: 1)]) == 0)
        index.swapRemove(at: 0, of: [Member(id: 1)])
        #expect(index.position(of: 1, in: [Member]()) == nil)
    }
}
