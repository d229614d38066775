import ArgumentParser
import Glibc
import InProcess
import NET001
import Switchboard
import SwitchboardRedis
import Synchronization

/// Measures what it costs that all servers know all connections.
@main
struct PresenceCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presence-costs",
        abstract: "Measure the memory of Redis and the time that presence takes.",
        discussion: """
            Starts a redis-server on a Unix-domain socket, and two servers in this process: all connections are to the first, \
            and the second lists them. Servers and peers are in this process, so that each time is the CPU time of servers and \
            peers together; the CPU time of Redis is separate. A connection needs two descriptors: with fewer than needed \
            (ulimit -n), the number of connections is reduced.
            """
    )

    @Option(help: "How many connections there are.")
    var connections = 9000

    @Option(help: "In how many rooms each connection is.")
    var rooms = 10

    @Option(help: "How many connections are in one of these rooms.")
    var roomSize = 500

    @Option(help: "For how many seconds the servers renew the connections.")
    var seconds = 20

    func validate() throws {
        guard (100...1_000_000).contains(connections), (1...100).contains(rooms), (1...connections).contains(roomSize),
            (6...3600).contains(seconds)
        else {
            throw ValidationError(
                """
                --connections must be 100 to 1000000, --rooms 1 to 100, --room-size 1 to the number of connections, \
                --seconds 6 to 3600
                """
            )
        }
    }

    func run() throws {
        let count = min(connections, Descriptors.raisedLimit / 2 - 100)
        if count < connections { print("descriptors for \(count) connections only") }
        let alone = try measureWithoutPresence(of: count)
        let redis = try RedisServer()
        defer { redis.stop() }
        let url = redis.url
        let path = Self.path("first")
        let first = try RunningServer(Self.router(), backplane: RedisBackplane(url: url)) {
            configure(&$0, path, count)
        }
        defer { first.stop() }
        let second = try RunningServer(Self.router(), backplane: RedisBackplane(url: url)) {
            configure(&$0, Self.path("second"), count)
        }
        defer { second.stop() }
        let meter = Meter(redis, per: count)

        var peers: [LocalPeer] = []
        let opened = try meter.measure {
            peers = try connect(count, to: path)
            try wait { try Self.list(.all, by: second) == count }
        }
        defer { for peer in peers { peer.close() } }
        print("open a connection, without a backplane: \(Int(alone)) ns")
        meter.report("open a connection", opened)

        let connected = Self.state.withLock(\.connected).sorted { $0.id < $1.id }
        let named = try meter.measure {
            for (number, connection) in connected.enumerated() {
                connection.session.identity = Session.Identity(user: Self.user(number))
            }
            try wait { try Self.list(.user(Self.user(count - 1)), by: second) == 1 }
        }
        meter.report("authenticate a connection, name of \(Self.user(0).utf8.count) bytes", named)

        let names = (0..<rooms).map { "room\($0)" }
        let joined = try meter.measure {
            for (number, connection) in connected.enumerated() {
                for name in names { try connection.join("\(name)-\(number / roomSize)") }
            }
            let last = "\(names[rooms - 1])-\((count - 1) / roomSize)"
            let members = (count - 1) % roomSize + 1
            try wait { try Self.list(.room(last), by: second) == members }
        }
        meter.report("join \(rooms) rooms of \(roomSize)", joined)

        meter.report("list a peer, of all", try meter.measure { _ = try Self.list(.all, by: second) })
        let room = try meter.measure {
            for _ in 0..<100 { _ = try Self.list(.room("\(names[0])-0"), by: second) }
        }
        meter.report("list a peer, of a room", room, count: 100 * min(roomSize, count))

        let renewed = try meter.measure { try wait(for: { [seconds] in try await Task.sleep(for: .seconds(seconds)) }) }
        meter.report("keep a connection for a second", renewed, count: count * seconds)

        let closed = try meter.measure {
            for peer in peers { peer.close() }
            try wait { try Self.list(.all, by: second) == 0 }
        }
        meter.report("close a connection", closed)
    }

    /// Returns the CPU time for each connection that is opened, in nanoseconds.
    private func measureWithoutPresence(of count: Int) throws -> Double {
        let path = Self.path("alone")
        let server = try RunningServer(Self.router()) { configure(&$0, path, count) }
        defer { server.stop() }
        let start = ProcessTime.nanoseconds
        let peers = try connect(count, to: path)
        let end = ProcessTime.nanoseconds
        for peer in peers { peer.close() }
        return (end - start) / Double(count)
    }

    // MARK: Servers and connections

    private struct State {
        var connected: [any Connection] = []
    }

    private static let state = Mutex(State())

    private static func router() -> Router {
        var router = Router(NET001.self)
        router.onConnect { context in state.withLock { $0.connected.append(context.connection) } }
        return router
    }

    private func configure(_ configuration: inout ServerConfiguration, _ path: String, _ count: Int) {
        configuration.unixSocketPath = path
        configuration.maximumConnections = count
        configuration.maximumRoomsPerConnection = rooms
        configuration.idleTimeout = .zero
    }

    private func connect(_ count: Int, to path: String) throws -> [LocalPeer] {
        Self.state.withLock { $0.connected = [] }
        let peers = try (0..<count).map { _ in try LocalPeer(path: path) }
        try wait { Self.state.withLock { $0.connected.count } == count }
        return peers
    }

    /// Lists the peers of a destination, and returns how many there are.
    private static func list(_ destination: Destination, by server: RunningServer) throws -> Int {
        let peers = server.server.peers(of: destination)
        return try wait(for: { try await peers.reduce(0) { count, _ in count + 1 } })
    }

    private static func path(_ name: String) -> String { "/tmp/presence-costs-\(getpid())-\(name).sock" }

    private static func user(_ number: Int) -> String { "user\(number + 100_000)" }
}

/// Measures the time of servers and peers, the time of Redis, and the memory of Redis.
private struct Meter {
    struct Result {
        /// In nanoseconds.
        var servers: Double
        var redis: Double
        /// In bytes.
        var memory: Int
    }

    private let redis: RedisServer
    private let count: Int

    /// - Parameter count: The number of connections that share what is measured.
    init(_ redis: RedisServer, per count: Int) {
        self.redis = redis
        self.count = count
    }

    func measure(_ body: () throws -> Void) throws -> Result {
        let (memory, engine, start) = (try redis.usedMemory, try redis.cpuTime, ProcessTime.nanoseconds)
        try body()
        return Result(
            servers: ProcessTime.nanoseconds - start,
            redis: (try redis.cpuTime - engine) * 1e9,
            memory: try redis.usedMemory - memory
        )
    }

    func report(_ name: String, _ result: Result, count: Int? = nil) {
        let count = count ?? self.count
        let times = "\(Int(result.servers) / count) ns, Redis \(Int(result.redis) / count) ns"
        print("\(name): \(times) and \(result.memory / count) bytes")
    }
}
