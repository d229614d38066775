import ArgumentParser
import CMemory
import Glibc
import InProcess
import NET001
import Switchboard

/// The command that a person runs.
struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run all measurements (the default).")

    @Option(help: "How many connections there are.")
    var connections = 100_000

    /// The descriptors of a process that no connection has.
    private static let otherDescriptors = 100

    private static let room = "room"

    func validate() throws {
        guard (1000...10_000_000).contains(connections) else {
            throw ValidationError("--connections must be 1000 to 10000000")
        }
    }

    func run() throws {
        let count = min(connections, Descriptors.raisedLimit - Self.otherDescriptors)
        if count < connections { print("descriptors for \(count) connections only") }
        let path = "/tmp/session-costs-\(getpid()).sock"
        let server = try RunningServer(Self.router()) { configuration in
            configuration.unixSocketPath = path
            configuration.maximumConnections = count + 1
        }
        defer { server.stop() }
        let peers = try ChildProcess(arguments: ["peers", path, "\(count)"])
        // What the first connection of a server allocates belongs to the server.
        try Self.order(.connectOne, peers)
        let idle = Memory.now
        report("a connection that has sent a message", since: idle, count, try Self.memory(after: .connect, peers))
        let connected = Memory.now
        report("its identity", since: connected, count, try Self.memory(after: .authenticate, peers))
        let authenticated = Memory.now
        // The first message to a user makes the server note the users of all connections.
        try server.server.send(NET001.Data(data: ""), to: .user(PeerProcess.user(0)))
        report("its entry in the list of users", since: authenticated, count, try Self.memory(after: .receive, peers))
        let noted = Memory.now
        report("its entry in one room", since: noted, count, try Self.memory(after: .join, peers))
        let all = Memory.now
        report("all of these", since: idle, count, all)
        print("a million connections with all of these: \((all.allocated - idle.allocated) / count) MB allocated")
        report("a part of a frame of 100 bytes", since: all, count, try Self.memory(after: .sendPart, peers))
    }

    /// Lets the peers do something, and waits until they have.
    private static func order(_ order: PeerProcess.Order, _ peers: ChildProcess) throws {
        try peers.tell(order.rawValue)
        try peers.expect("done")
    }

    private static func memory(after order: PeerProcess.Order, _ peers: ChildProcess) throws -> Memory {
        try Self.order(order, peers)
        return .now
    }

    private func report(_ name: String, since before: Memory, _ count: Int, _ after: Memory) {
        let allocated = (after.allocated - before.allocated) / count
        let resident = (after.resident - before.resident) / count
        print("\(name): \(allocated) bytes allocated, \(resident) bytes resident")
    }

    private static func router() -> Router {
        var router = Router(NET001.self)
        router.on(NET001.Ping.self) { ping, _ in NET001.Pong(timestamp: ping.timestamp) }
        router.on(NET001.Auth.self) { auth, context in
            context.session.identity = Session.Identity(user: auth.username)
            return NET001.AuthReply(success: true, sessionID: "")
        }
        router.on(NET001.Echo.self) { message, context in
            try context.join(room)
            return NET001.EchoReply(data: message.data)
        }
        return router
    }
}

/// The memory of this process, in bytes.
private struct Memory {
    /// What the process has allocated and not freed.
    let allocated: Int
    /// The pages that the process has used.
    let resident: Int

    static var now: Memory {
        Memory(allocated: Int(switchboard_allocated_bytes()), resident: Int(switchboard_resident_bytes()))
    }
}
