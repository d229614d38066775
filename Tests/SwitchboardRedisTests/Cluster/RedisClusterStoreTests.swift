import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardRedis
import TestSupport
import Testing

@Suite("The values that servers share in Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct RedisClusterStoreTests {
    private static let prefix = "switchboard:\(fingerprint):"

    /// A server that has opened its store.
    private struct StoreMember {
        let member: Member
        let store: any ClusterStore
        let id: ServerIncarnation

        /// - Parameter lifetime: Long, because no test is to fail on a slow machine, unless it waits for the end of it.
        static func join(
            _ url: String,
            _ id: UInt64,
            lifetime: Duration = .seconds(600),
            for protocolFingerprint: ProtocolFingerprint = fingerprint
        ) async throws -> StoreMember {
            let member = try await Member.join(url, name: UInt32(id), for: protocolFingerprint)
            let store = try #require(member.backplane.store)
            let id = ServerIncarnation(rawValue: id)
            try await store.open(for: protocolFingerprint, server: id, lifetime: lifetime)
            return StoreMember(member: member, store: store, id: id)
        }

        func stop() async { await member.backplane.stop() }

        func apply(_ change: (inout ClusterChanges) -> Void) async throws {
            var changes = ClusterChanges()
            change(&changes)
            try await store.apply(changes)
        }

        /// All peers of a server, or those in a room.
        func peers(of server: ServerIncarnation, in room: String? = nil) async throws -> [ClusterPeer] {
            var peers: [ClusterPeer] = []
            var cursor: UInt64?
            repeat {
                let page = try await store.peers(of: server, in: room, at: cursor)
                #expect(page.peers.count <= 2 * ClusterChanges.maximumCount)
                peers += page.peers
                cursor = page.next
            } while cursor != nil
            return peers
        }
    }

    private static func peer(_ connection: UInt64, user: String? = nil) -> ClusterPeer {
        ClusterPeer(
            connection: connection,
            user: user,
            address: "192.0.2.1:5000",
            since: .milliseconds(1_790_000_000_123)
        )
    }

    /// Returns when `condition` holds.
    private func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    // MARK: Rate

    @Test("Three servers that take messages unevenly get the limit together, by the clock of Redis")
    func sharesRate() async throws {
        let redis = try await RedisServer.start()
        let members = try await [
            StoreMember.join(redis.url, 1), StoreMember.join(redis.url, 2), StoreMember.join(redis.url, 3),
        ]
        // A bucket that no pause of this machine fills, and that is empty at first.
        let rate = ClusterRateLimit(perSecond: 50_000, burst: .seconds(600))
        let start = try await members[0].store.servers().time
        #expect(try await members[0].store.takeMessages(upTo: 30_000_000, of: rate) == 30_000_000)
        let totals = try await withThrowingTaskGroup(of: Int.self) { group in
            for (member, load) in zip(members, [1, 40, 5000]) {
                group.addTask {
                    var total = 0
                    while try await member.store.servers().time - start < .seconds(2) {
                        total += try await member.store.takeMessages(upTo: load, of: rate)
                    }
                    return total
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var total = totals.reduce(0, +)
        total += try await members[0].store.takeMessages(upTo: 1_000_000, of: rate)
        let expected = try await members[0].store.servers().time - start
        let limit = expected / .seconds(1) * 50_000
        #expect(Double(total) <= limit)
        // The last tokens of the bucket are from the moments between the commands, of which a slow machine has more.
        #expect(Double(total) >= limit * 0.7)
        #expect(totals.allSatisfy { $0 > 0 })
        for member in members { await member.stop() }
    }

    @Test("A rate grants what is left, holds at least one message, and outlives the scripts that Redis knows")
    func grants() async throws {
        let redis = try await RedisServer.start()
        let member = try await StoreMember.join(redis.url, 1)
        let slow = ClusterRateLimit(perSecond: 1, burst: .milliseconds(1))
        #expect(try await member.store.takeMessages(upTo: 5, of: slow) == 1)
        #expect(try await member.store.takeMessages(upTo: 5, of: slow) <= 1)
        try await redis.run("SCRIPT", "FLUSH")
        try await redis.run("DEL", Self.prefix + "rate")
        #expect(try await member.store.takeMessages(upTo: 5, of: slow) == 1)
        // A clock that has gone back by an hour leaves a bucket that is empty, and not one that is empty for an hour.
        try await redis.run("SET", Self.prefix + "rate", "9e18")
        try await wait { try await member.store.takeMessages(upTo: 5, of: slow) == 1 }
        try await redis.run("SET", Self.prefix + "rate", "no number")
        #expect(try await member.store.takeMessages(upTo: 5, of: slow) == 1)
        await member.stop()
    }

    // MARK: Servers

    @Test("A server that does not renew itself vanishes with its peers and users; one that leaves vanishes at once")
    func expires() async throws {
        let redis = try await RedisServer.start()
        let witness = try await StoreMember.join(redis.url, 1)
        let killed = try await StoreMember.join(redis.url, 2, lifetime: .seconds(1))
        let leaving = try await StoreMember.join(redis.url, 3)
        for member in [killed, leaving] {
            try await member.apply { changes in
                changes.peers = [Self.peer(1, user: "alice")]
                changes.users = ["alice": 1]
            }
        }
        // Whether the killed server is still alive is unknown on a slow machine.
        let alice = [UserAdmission(user: "alice", count: 1)]
        #expect(try await witness.store.admit(alice, limit: 1) == [false])
        await leaving.store.leave()
        #expect(try await !witness.store.servers().servers.contains(leaving.id))
        #expect(try await witness.peers(of: leaving.id).isEmpty)
        #expect(try await witness.store.admit(alice, limit: 2) == [true])
        await #expect(throws: BackplaneError.self) { try await leaving.store.renew() }
        await #expect(throws: BackplaneError.self) { try await leaving.store.apply(ClusterChanges()) }
        await killed.stop()
        try await wait { try await witness.store.servers().servers == [witness.id] }
        try await wait { try await witness.peers(of: killed.id).isEmpty }
        #expect(try await witness.store.admit(alice, limit: 1) == [true])
        #expect(try await witness.store.renew().servers == 1)
        try await wait { try await redis.run("KEYS", "*\(killed.id)").isEmpty }
        #expect(try await redis.run("ZCARD", Self.prefix + "servers") == "1")
        for member in [witness, leaving] { await member.stop() }
    }

    @Test("A renewal says whether Redis may have lost what the server has written")
    func noticesLoss() async throws {
        let redis = try await RedisServer.start()
        let member = try await StoreMember.join(redis.url, 1)
        let other = try await StoreMember.join(redis.url, 2)
        #expect(try await member.store.renew().servers == 2)
        #expect(try await !member.store.renew().isIncomplete)
        try await redis.run("FLUSHALL")
        #expect(try await member.store.renew().isIncomplete)
        #expect(try await member.store.renew().servers == 1)
        #expect(try await other.store.renew().servers == 2)
        // Every key of servers expires.
        for key in try await redis.run("KEYS", Self.prefix + "*").split(separator: "\n") {
            #expect(try await redis.run("PTTL", String(key)) != "-1", "\(key)")
        }
        await redis.kill()
        await #expect(throws: BackplaneError.self) { try await member.store.renew() }
        await #expect(throws: BackplaneError.self) { try await member.store.servers() }
        try await redis.start()
        var renewal: ClusterRenewal?
        try await wait {
            renewal = try? await member.store.renew()
            return renewal != nil
        }
        #expect(renewal?.isIncomplete == true)
        #expect(try await !member.store.renew().isIncomplete)
        for member in [member, other] { await member.stop() }
    }

    @Test("Servers with another protocol or key share nothing")
    func separates() async throws {
        let redis = try await RedisServer.start()
        let member = try await StoreMember.join(redis.url, 1)
        let foreign = try await StoreMember.join(redis.url, 2, for: ProtocolFingerprint(rawValue: 1))
        try await foreign.apply { $0.users = ["alice": 1] }
        #expect(try await member.store.servers().servers == [member.id])
        #expect(try await member.store.admit([UserAdmission(user: "alice", count: 1)], limit: 1) == [true])
        for member in [member, foreign] { await member.stop() }
    }

    // MARK: Peers

    @Test("Each peer is listed once over pages, as it was written; what other programs have written is skipped")
    func listsPeers() async throws {
        let redis = try await RedisServer.start()
        let member = try await StoreMember.join(redis.url, 1)
        let witness = try await StoreMember.join(redis.url, 2)
        let peers = (1...3000).map { Self.peer(UInt64($0), user: $0 % 3 == 0 ? nil : "user \($0) =\n") }
        for start in stride(from: 0, to: peers.count, by: ClusterChanges.maximumCount) {
            try await member.apply {
                $0.peers = Array(peers[start..<min(start + ClusterChanges.maximumCount, peers.count)])
            }
        }
        try await redis.run("HSET", Self.prefix + "peers:\(member.id)", "hello", "world")
        #expect(try await witness.peers(of: member.id).sorted { $0.connection < $1.connection } == peers)
        #expect(try await witness.store.peer(7, of: member.id) == peers[6])
        #expect(try await witness.store.peer(3001, of: member.id) == nil)
        #expect(try await witness.store.peer(1, of: ServerIncarnation(rawValue: 9)) == nil)
        try await member.apply { changes in
            changes.removedPeers = Array(1...400)
            changes.peers = [Self.peer(500, user: "bob")]
        }
        let left = try await witness.peers(of: member.id)
        #expect(Set(left.map(\.connection)) == Set(401...3000))
        #expect(left.first { $0.connection == 500 }?.user == "bob")
        try await member.store.reset(.peers)
        #expect(try await witness.peers(of: member.id).isEmpty)
        #expect(try await !member.store.renew().isIncomplete)
        for member in [member, witness] { await member.stop() }
    }

    // MARK: Rooms

    @Test("Each peer in a room is listed once over pages, whatever the names of other rooms are")
    func listsRooms() async throws {
        let redis = try await RedisServer.start()
        let member = try await StoreMember.join(redis.url, 1, lifetime: .seconds(600))
        let witness = try await StoreMember.join(redis.url, 2)
        // Names that begin or continue each other, and names that no command must take for its own.
        let rooms = [
            "a", "aa", "a\0", "a0000000000000001", "", "[a", "(", "+", "ä\r\n", String(repeating: "x", count: 1024),
        ]
        let connections = (1...1201).map { UInt64($0) } + [.max]
        for start in stride(from: 0, to: connections.count, by: ClusterChanges.maximumCount) {
            let some = connections[start..<min(start + ClusterChanges.maximumCount, connections.count)]
            try await member.apply { $0.peers = some.map { Self.peer($0) } }
            try await member.apply { $0.joined = some.map { ClusterRoomMember(room: "a", connection: $0) } }
        }
        for (index, room) in rooms.enumerated().dropFirst() {
            try await member.apply {
                $0.joined = [
                    ClusterRoomMember(room: room, connection: UInt64(index)), .init(room: room, connection: .max),
                ]
            }
        }
        let key = Self.prefix + "rooms:\(member.id)"
        try await redis.run("ZADD", key, "0", "0001anonsense")
        func listed(_ room: String) async throws -> [UInt64] {
            try await witness.peers(of: member.id, in: room).map(\.connection)
        }
        #expect(try await listed("a") == connections)
        for (index, room) in rooms.enumerated().dropFirst() {
            #expect(try await listed(room) == [UInt64(index), .max])
        }
        #expect(try await listed("b").isEmpty)
        // A peer that has gone is not listed, though its room is still known.
        try await member.apply { changes in
            changes.left = [ClusterRoomMember(room: "a", connection: 2), ClusterRoomMember(room: "b", connection: 3)]
            changes.removedPeers = [4]
        }
        #expect(try await listed("a") == connections.filter { $0 != 2 && $0 != 4 })
        #expect(try await redis.run("PTTL", key) != "-1")
        try await member.store.reset(.peers)
        #expect(try await listed("aa").isEmpty)
        #expect(try await !member.store.renew().isIncomplete)
        try await redis.run("DEL", key)
        #expect(try await member.store.renew().isIncomplete)
        await member.store.leave()
        #expect(try await redis.run("EXISTS", key) == "0")
        for member in [member, witness] { await member.stop() }
    }

    // MARK: Users

    @Test("Of connections on two servers at once, as many as the limit are admitted")
    func admits() async throws {
        let redis = try await RedisServer.start()
        let first = try await StoreMember.join(redis.url, 1)
        let second = try await StoreMember.join(redis.url, 2)
        for round in 0..<50 {
            let requests = [UserAdmission(user: "user \(round)", count: 1), UserAdmission(user: "", count: 1)]
            async let one = first.store.admit(requests, limit: 1)
            async let other = second.store.admit(requests, limit: 1)
            let results = try await [one, other]
            #expect(results.count { $0[0] } == 1)
            #expect(results.allSatisfy { $0.count == 2 })
        }
        #expect(
            try await first.store.admit([.init(user: "x", count: 1), .init(user: "x", count: 2)], limit: 2) == [
                true, true,
            ]
        )
        #expect(try await second.store.admit([.init(user: "x", count: 1)], limit: 2) == [false])
        try await first.apply { $0.users = ["x": 1] }
        #expect(try await second.store.admit([.init(user: "x", count: 1)], limit: 2) == [true])
        try await first.apply { $0.users = ["x": 0] }
        #expect(try await second.store.admit([.init(user: "x", count: 2)], limit: 2) == [true])
        // A value that is no count of connections admits no connection beyond the limit.
        try await redis.run("HSET", Self.prefix + "users:\(first.id)", "=x", "-5")
        #expect(try await second.store.admit([.init(user: "x", count: 3)], limit: 2) == [false])
        for member in [first, second] { await member.stop() }
    }

    // MARK: Failures

    @Test(
        "An ACL user with the commands that the documentation lists is enough, and one without them is rejected at once"
    )
    func permissions() async throws {
        let redis = try await RedisServer.start()
        let log = ["~switchboard", "+xadd", "+xread", "+xrevrange", "+ping", "+info", "+client|setname", "+select"]
        let more = [
            "~switchboard:*", "+eval", "+evalsha", "+script|load", "+time", "+get", "+set", "+hset", "+hget", "+hdel",
            "+hscan",
            "+zadd", "+zrem", "+zcard", "+zrange", "+zrangebyscore", "+zremrangebyscore", "+pexpire", "+pttl",
            "+unlink",
        ]
        try await redis.run(command: ["ACL", "SETUSER", "log", "on", ">secret"] + log, password: nil)
        try await redis.run(command: ["ACL", "SETUSER", "all", "on", ">secret"] + log + more, password: nil)
        let member = try await StoreMember.join("redis+unix://all:secret@\(redis.socketPath)", 1)
        try await member.apply { changes in
            changes.peers = [Self.peer(1)]
            changes.removedPeers = [2]
            changes.users = ["alice": 1, "bob": 0]
        }
        #expect(try await member.store.takeMessages(upTo: 1, of: .init(perSecond: 5, burst: .seconds(1))) == 1)
        #expect(try await member.store.admit([.init(user: "alice", count: 1)], limit: 1) == [true])
        #expect(try await member.peers(of: member.id).count == 1)
        #expect(try await member.store.peer(1, of: member.id) != nil)
        #expect(try await member.store.servers().servers == [member.id])
        try await member.store.reset(.peers)
        await member.store.leave()
        #expect(try await redis.run("ZCARD", Self.prefix + "servers") == "0")
        await member.stop()
        let error = await #expect(throws: BackplaneError.self) {
            _ = try await StoreMember.join("redis+unix://log:secret@\(redis.socketPath)", 2)
        }
        #expect(error?.code == .rejected)
        #expect(error?.description.contains("Docs/Cluster.md") == true)
    }

    @Test("A store is used between the start and the stop of its backplane, and opened once")
    func life() async throws {
        let redis = try await RedisServer.start()
        let new = try RedisBackplane(url: redis.url)
        let store = try #require(new.store)
        let id = ServerIncarnation.random()
        await #expect(throws: BackplaneError.self) {
            try await store.open(for: fingerprint, server: id, lifetime: .seconds(1))
        }
        await #expect(throws: BackplaneError.self) { try await store.servers() }
        await store.leave()
        let member = try await StoreMember.join(redis.url, 1)
        let error = await #expect(throws: BackplaneError.self) {
            try await member.store.open(for: fingerprint, server: id, lifetime: .seconds(1))
        }
        #expect(error?.code == .alreadyStarted)
        await member.stop()
        await #expect(throws: BackplaneError.self) { try await member.store.renew() }
    }

    @Test("Commands wait for no silent Redis longer than its reply timeout, and their number is bounded")
    func boundsCommands() async throws {
        let redis = try await RedisServer.start()
        let member = try await Member.join(redis.url, name: 1) { $0.replyTimeout = .seconds(1) }
        let store = try #require(member.backplane.store)
        try await store.open(for: fingerprint, server: .random(), lifetime: .seconds(600))
        redis.signal(SIGSTOP)
        let failures = await withTaskGroup(of: BackplaneError?.self) { group in
            for _ in 0..<3000 {
                group.addTask {
                    do throws(BackplaneError) {
                        _ = try await store.servers()
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        redis.signal(SIGCONT)
        #expect(failures.allSatisfy { $0?.code == .unreachable })
        #expect(failures.contains { $0?.description.contains("too many commands") == true })
        try await wait { (try? await store.renew()) != nil }
        await member.backplane.stop()
    }
}
