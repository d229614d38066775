import NET001
import Switchboard

/// What is sent, and what must come back for it.
struct Workload: Sendable {
    let name: String
    /// Whether the server's handlers are `async`.
    var isAsync = false
    /// How many other connections get what comes back; 0: the sender itself does.
    var receivers = 0
    /// How many times fewer of these messages are sent, which take longer than others.
    var divisor = 1
    /// The most that a message may cost, on average; see ``Costs``.
    var ceiling = Costs()
    /// The frames of one batch, and what comes of them.
    let requests: Bytes
    let replies: Bytes
    let batchSize: Int

    private init<Request: Message, Reply: Message>(
        _ name: String,
        _ request: Request,
        _ reply: Reply,
        batchSize: Int = 64
    ) throws {
        self.name = name
        self.batchSize = batchSize
        let encoder = FrameEncoder(NET001.frameFormat)
        var requests = ByteWriter()
        var replies = ByteWriter()
        for _ in 0..<batchSize {
            try encoder.encode(request, into: &requests)
            try encoder.encode(reply, into: &replies)
        }
        self.requests = requests.takeBytes()
        self.replies = replies.takeBytes()
    }

    static func all() throws -> [Workload] {
        let text = Bytes(Array(repeating: UInt8(ascii: "x"), count: 64))
        let page = Bytes(Array(repeating: UInt8(ascii: "x"), count: 16 * 1024))
        var ping = try Workload("ping", NET001.Ping(timestamp: 7), NET001.Pong(timestamp: 7))
        ping.ceiling = Costs(allocations: 0.001, retains: 0.2, releases: 0.2)
        var lonePing = try Workload(
            "lone-ping",
            NET001.Ping(timestamp: 7),
            NET001.Pong(timestamp: 7),
            batchSize: 1
        )
        lonePing.divisor = 10
        lonePing.ceiling = Costs(allocations: 0.005, retains: 6, releases: 6)
        var echo = try Workload("echo-64", NET001.Echo(data: text), NET001.EchoReply(data: text))
        echo.ceiling = Costs(allocations: 0.001, retains: 0.2, releases: 0.2)
        var largeEcho = try Workload(
            "echo-16k",
            NET001.Echo(data: page),
            NET001.EchoReply(data: page),
            batchSize: 4
        )
        largeEcho.divisor = 10
        largeEcho.ceiling = Costs(allocations: 0.05, retains: 2, releases: 2)
        var broadcast = try Workload(
            "broadcast",
            NET001.Broadcast(message: text),
            NET001.Broadcast(message: text)
        )
        broadcast.receivers = 8
        broadcast.ceiling = Costs(allocations: 0.05, retains: 4.5, releases: 4.5)
        var asyncPing = try Workload("async-ping", NET001.Ping(timestamp: 7), NET001.Pong(timestamp: 7))
        asyncPing.isAsync = true
        asyncPing.ceiling = Costs(allocations: 0.12, retains: 2.8, releases: 2.9)
        return [ping, lonePing, echo, largeEcho, broadcast, asyncPing]
    }

    var router: Router {
        guard isAsync else { return .net001() }
        var router = Router(NET001.self)
        router.register(AsyncPingResponder())
        return router
    }
}

/// Answers PING as the bundled handler does, but could wait.
struct AsyncPingResponder: NET001.PingHandler {
    func handle(_ message: NET001.Ping, context: Context) async -> NET001.Pong {
        NET001.Pong(timestamp: message.timestamp)
    }
}
