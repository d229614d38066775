import ArgumentParser
import CMemory
import Glibc
import InProcess
import NET001
import Switchboard
import Synchronization

/// Measures the memory and the time of rooms.
@main
struct RoomCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room-costs",
        abstract: "Measure the memory and the time of rooms.",
        discussion: """
            Server and peers are in this process, connected by a Unix-domain socket. A connection needs two descriptors: \
            with fewer than needed (ulimit -n), the number of connections is reduced. All times are CPU times of the whole \
            process, so that other programs on the machine do not count.
            """
    )

    @Option(help: "How many connections are in the large room.")
    var connections = 100_000

    @Option(help: "How many connections are in many rooms.")
    var members = 1000

    @Option(help: "In how many rooms these connections are.")
    var rooms = 100

    @Option(help: "How many connections receive the messages that are timed.")
    var receivers = 1000

    @Option(help: "How many messages of each kind are timed.")
    var messages = 200

    private static let roomOfAll = "large"
    private static let smallRoom = "small"
    private static let smallRoomSize = 10

    func validate() throws {
        guard connections >= 100, (1...connections).contains(members), (1...10_000).contains(rooms),
            (Self.smallRoomSize + 1...connections).contains(receivers), messages >= 1
        else {
            throw ValidationError(
                """
                --connections must be 100 or more, --members and --receivers at most as many (--receivers more than \
                \(Self.smallRoomSize)), --rooms 1 to 10000, --messages 1 or more
                """
            )
        }
    }

    func run() throws {
        let count = min(connections, Descriptors.raisedLimit / 2 - 100)
        if count < connections { print("descriptors for \(count) connections only") }
        try measureMembership(of: count)
        try measureMessages(among: min(receivers, count))
        for kind in Closing.allCases { try measureClosing(kind, min(members, count)) }
    }

    // MARK: Joining and leaving

    private func measureMembership(of count: Int) throws {
        try withConnections(count) { connected, peers in
            let large = try measure { for connection in connected { try connection.join(Self.roomOfAll) } }
            report("join a room that grows to \(count) members", large, count)
            let left = measure { for connection in connected { connection.leave(Self.roomOfAll) } }
            report("leave it", left, count)
            let names = (0..<rooms).map { "room \($0)" }
            let some = connected.prefix(members)
            let joined = try measure {
                for connection in some {
                    for name in names { try connection.join(name) }
                }
            }
            report("join \(rooms) rooms, each of \(some.count) connections", joined, some.count * rooms)
            print("  a connection in \(rooms) rooms: \(joined.bytes / some.count) bytes")
            let again = measure {
                for connection in some {
                    for name in names { connection.leave(name) }
                }
            }
            report("leave them", again, some.count * rooms)
            for (number, connection) in connected.enumerated() {
                connection.session.identity = Session.Identity(user: "user\(number)")
            }
            // The first message to a user makes the server note the users of all connections.
            let noted = try measure {
                try connected[0].send(NET001.Data(data: ""), to: .user("user0"))
                try peers[0].receive(count: FrameEncoder(NET001.frameFormat).encode(NET001.Data(data: "")).count)
                try connected[0].send(NET001.Data(data: ""), to: .user("user1"))
                try peers[1].receive(count: FrameEncoder(NET001.frameFormat).encode(NET001.Data(data: "")).count)
            }
            report("note the users of \(count) connections", noted, count)
        }
    }

    // MARK: Messages

    private func measureMessages(among count: Int) throws {
        try withConnections(count) { connected, peers in
            for connection in connected { try connection.join(Self.roomOfAll) }
            for connection in connected.prefix(Self.smallRoomSize) { try connection.join(Self.smallRoom) }
            let others = Array(peers.dropLast())
            // The last connection sends, and receives nothing.
            let sender = peers[count - 1]
            let text = Bytes(Array(repeating: UInt8(ascii: "x"), count: 64))
            let broadcast = NET001.Broadcast(message: text)
            // Each kind in turn, so that what else the machine does meets all of them.
            var times: [[Double]] = [[], [], []]
            for _ in 0..<messages {
                times[0].append(try time(broadcast, from: sender, to: others))
                times[1].append(try time(NET001.Data(data: text), from: sender, to: others))
                let few = Array(others.prefix(Self.smallRoomSize))
                times[2].append(try time(NET001.Echo(data: text), from: sender, to: few))
            }
            let medians = times.map { $0.sorted()[$0.count / 2] }
            print("broadcast to \(others.count) peers: \(Int(medians[0] / Double(others.count))) ns a receiver")
            print("message to a room of them: \(Int(medians[1] / Double(others.count))) ns a receiver")
            print("message to a room of \(Self.smallRoomSize) of them: \(Int(medians[2] / 1000)) µs in all")
        }
    }

    /// Sends `message`, and returns the CPU time until all of `receivers` have its broadcast, in nanoseconds.
    private func time(_ message: some Message, from sender: LocalPeer, to receivers: [LocalPeer]) throws -> Double {
        let frame = try FrameEncoder(NET001.frameFormat).encode(message)
        let start = ProcessTime.nanoseconds
        try sender.send(frame)
        // As long as the frame that was sent: both messages consist of the text.
        for receiver in receivers { try receiver.receive(count: frame.count) }
        return ProcessTime.nanoseconds - start
    }

    // MARK: Closing

    private enum Closing: CaseIterable {
        case noRoom, largeRoom, manyRooms
    }

    private func measureClosing(_ kind: Closing, _ count: Int) throws {
        try withConnections(count) { connected, peers in
            for connection in connected {
                switch kind {
                case .noRoom: break
                case .largeRoom: try connection.join(Self.roomOfAll)
                case .manyRooms: for number in 0..<rooms { try connection.join("room \(number)") }
                }
            }
            let start = ProcessTime.nanoseconds
            for peer in peers { peer.close() }
            try wait { Self.state.withLock { $0.closed } == count }
            let time = (ProcessTime.nanoseconds - start) / Double(count)
            let place =
                switch kind {
                case .noRoom: "no room"
                case .largeRoom: "one room"
                case .manyRooms: "\(rooms) rooms"
                }
            print("close a connection in \(place), of \(count): \(Int(time)) ns")
        }
    }

    // MARK: The server

    private struct State {
        var connected: [any Connection] = []
        var closed = 0
    }

    private static let state = Mutex(State())

    private func withConnections(
        _ count: Int,
        _ body: (_ connected: [any Connection], _ peers: [LocalPeer]) throws -> Void
    ) throws {
        Self.state.withLock { $0 = State() }
        let path = "/tmp/room-costs-\(getpid()).sock"
        let server = try RunningServer(Self.router()) { configuration in
            configuration.unixSocketPath = path
            configuration.maximumConnections = count
            configuration.maximumRoomsPerConnection = max(rooms, 100)
            configuration.idleTimeout = .zero
        }
        defer { server.stop() }
        let peers = try (0..<count).map { _ in try LocalPeer(path: path) }
        defer { for peer in peers { peer.close() } }
        try wait { Self.state.withLock { $0.connected.count } == count }
        var connected = Self.state.withLock { state in
            defer { state.connected = [] }
            return state.connected
        }
        connected.sort { $0.id < $1.id }
        try body(connected, peers)
    }

    private static func router() -> Router {
        var router = Router(NET001.self)
        router.onConnect { context in state.withLock { $0.connected.append(context.connection) } }
        router.onDisconnect { _ in state.withLock { $0.closed += 1 } }
        router.on(NET001.Broadcast.self) { news, context in try context.broadcast(news) }
        router.on(NET001.Data.self) { message, context in
            try context.broadcast(NET001.Broadcast(message: message.data), to: .room(roomOfAll))
        }
        router.on(NET001.Echo.self) { message, context in
            try context.broadcast(NET001.Broadcast(message: message.data), to: .room(smallRoom))
            return NET001.EchoReply(data: Bytes())
        }
        return router
    }

    // MARK: Results

    private struct Result {
        let nanoseconds: Double
        let bytes: Int
    }

    private func measure(_ body: () throws -> Void) rethrows -> Result {
        let bytes = Self.usedBytes
        let start = ProcessTime.nanoseconds
        try body()
        return Result(nanoseconds: ProcessTime.nanoseconds - start, bytes: Self.usedBytes - bytes)
    }

    /// The bytes that the process has allocated.
    private static var usedBytes: Int { Int(switchboard_allocated_bytes()) }

    private func report(_ name: String, _ result: Result, _ count: Int) {
        print("\(name): \(Int(result.nanoseconds) / count) ns and \(result.bytes / count) bytes each")
    }
}
