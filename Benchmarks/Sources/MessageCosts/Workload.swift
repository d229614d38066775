import NET001
import Switchboard

/// What is sent, and what must come back for it.
struct Workload: Sendable {
    let name: String
    /// Whether the server's handlers are `async`.
    var isAsync = false
    /// How many other connections get what comes back; 0: the sender itself does.
    var receivers = 0
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
        let ping = try Workload("ping", NET001.Ping(timestamp: 7), NET001.Pong(timestamp: 7))
        var asyncPing = try Workload("async-ping", NET001.Ping(timestamp: 7), NET001.Pong(timestamp: 7))
        asyncPing.isAsync = true
        var broadcast = try Workload(
            "broadcast",
            NET001.Broadcast(message: text),
            NET001.Broadcast(message: text)
        )
        broadcast.receivers = 8
        return [
            ping,
            try Workload("echo-64", NET001.Echo(data: text), NET001.EchoReply(data: text)),
            try Workload("echo-16k", NET001.Echo(data: page), NET001.EchoReply(data: page), batchSize: 4),
            broadcast,
            asyncPing,
        ]
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
