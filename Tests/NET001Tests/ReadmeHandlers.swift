import NET001
import Switchboard

// The code that README and the articles show.

struct Shout: NET001.EchoHandler {
    func handle(_ message: NET001.Echo, context: Context) throws -> NET001.EchoReply {
        guard let text = String(validating: message.data) else {
            throw NET001.Error(code: .malformedPayload, message: "the data is not text in UTF-8")
        }
        return NET001.EchoReply(data: Bytes(utf8: text.uppercased()))
    }
}

actor GuestBook: NET001.DataHandler {
    private var entries: [Bytes] = []

    func handle(_ message: NET001.Data, context: Context) async throws {
        entries.append(message.data.copied())
        context.logger.info("guest book signed", metadata: ["entries": "\(entries.count)"])
    }
}

struct MembersOnly: Middleware {
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        guard context.session.identity != nil else {
            throw NET001.Error(code: .authenticationFailed, message: "authenticate first")
        }
        return try await next(message, context: context)
    }
}

struct Members: Authenticator {
    let verify: @Sendable (_ user: String, _ token: String) async throws -> Bool  // asks your database

    func authenticate(user: String, token: String, context: Context) async throws -> Bool {
        try await verify(user, token)
    }
}

func connectForGood(_ host: String, _ port: Int, token: String) async throws -> Client {
    var configuration = ClientConfiguration()
    configuration.reconnect = ReconnectPolicy()
    configuration.onConnect = { client in  // on every new connection, before anything else
        _ = try await client.authenticate(username: "alice", token: token)
    }
    let client = try await Client.connect(host: host, port: port, speaking: NET001.self, configuration: configuration)
    return client
}

/// The code of the article Clients about many requests.
func readAll(_ sensors: [Bytes], with client: Client) async throws -> [Bytes] {
    let latest: [Bytes] = try await withThrowingTaskGroup { group in
        for sensor in sensors {
            group.addTask(executorPreference: client.taskExecutor) {
                try await client.request(NET001.Echo(data: sensor))
            }
        }
        return try await group.reduce(into: []) { $0.append($1.data) }
    }
    return latest
}

func makeReadmeRouter() -> Router {
    var router = Router(NET001.self)
    router.register(Shout())
    router.register(GuestBook())
    router.register(AuthResponder(AcceptAnyone()))
    router.on(NET001.Ping.self) { ping, _ in NET001.Pong(timestamp: ping.timestamp) }
    router.on(NET001.Broadcast.self) { news, context in try context.broadcast(news) }
    router.use(MembersOnly(), for: NET001.Data.self, NET001.Broadcast.self)
    return router
}

/// The code of README's table "I want to …", for a server.
struct LoginResponder: NET001.AuthHandler {
    let sessionID: String

    func handle(_ message: NET001.Auth, context: Context) throws -> NET001.AuthReply {
        context.session.identity = .init(user: message.username)
        return NET001.AuthReply(success: true, sessionID: sessionID)
    }
}

func pushNews(_ context: Context) throws {
    try context.send(NET001.Data(data: "news"), to: .user("alice"))
}

func pushNews(_ server: Server) throws {
    try server.send(NET001.Data(data: "news"), to: .user("alice"))
}

func tellLobby(_ message: NET001.Broadcast, _ context: Context) throws {
    try context.join("lobby")
    try context.broadcast(message, to: .room("lobby"))
}

/// The code of the article Handlers about rooms.
func makeLobbyRouter() -> Router {
    var router = Router(NET001.self)
    router.onConnect { context in
        try context.join("lobby")
        try context.send(NET001.Data(data: "welcome to the lobby"))
    }
    router.on(NET001.Broadcast.self) { news, context in
        try context.broadcast(news, to: .room("lobby"))
    }
    router.on(NET001.Echo.self) { message, context in
        var users: [String] = []
        for try await peer in context.peers(of: .room("lobby")) {
            users.append(peer.user ?? "a guest")
        }
        return NET001.EchoReply(data: Bytes(utf8: users.sorted().joined(separator: ", ")))
    }
    router.on(NET001.Auth.self) { message, context in
        let reason = NET001.Error(code: .authenticationFailed, message: "logged in elsewhere")
        try context.disconnect(.user(message.username), because: reason)
        context.session.identity = .init(user: message.username)
        return NET001.AuthReply(success: true, sessionID: "\(context.sessionID)")
    }
    return router
}

func announce(_ server: Server) async throws {
    try server.broadcast(NET001.Data(data: "maintenance at noon"))
    for try await peer in server.peers where peer.user == nil {
        server.disconnect(.session(peer.session))
    }
}

enum Count: SessionKey { typealias Value = Int }

func countMessage(_ context: Context) {
    context.session.update(Count.self, default: 0) { $0 += 1 }
}

func makeTableConfiguration() -> ServerConfiguration {
    var configuration = ServerConfiguration(port: 0)
    configuration.requiresAuthentication = true
    configuration.drainTimeout = .seconds(30)
    configuration.idleTimeout = .seconds(30)
    return configuration
}

func serveUntilSignal(_ router: Router, _ configuration: ServerConfiguration) async throws {
    try await Server(router, configuration: configuration).run()
}

func addTLS(to configuration: inout ServerConfiguration, and clientConfiguration: inout ClientConfiguration) {
    configuration.tls = ServerTLSConfiguration(certificateChainPath: "cert.pem", privateKeyPath: "key.pem")
    clientConfiguration.tls = ClientTLSConfiguration(authoritiesPath: "ca.pem")
}

func makeTableClientConfiguration() -> ClientConfiguration {
    var clientConfiguration = ClientConfiguration()
    clientConfiguration.heartbeatInterval = .seconds(10)
    clientConfiguration.requestTimeout = .seconds(2)
    return clientConfiguration
}

protocol Index: Sendable {
    func find(_ data: Bytes) async throws -> Bytes
}

extension Router {
    /// A router whose handler of Echo has two seconds.
    static func searching(_ index: some Index) -> Router {
        var router = Router(NET001.self)
        let busy = NET001.Error(code: .unknown, message: "try again later")
        router.on(NET001.Echo.self, timeout: .seconds(2), timeoutError: busy) { message, context in
            NET001.EchoReply(data: try await index.find(message.data))
        }
        return router
    }
}

func addReadyMiddleware(to router: inout Router) {
    router.use(.logging(level: .info))
    router.use(.timing(), for: NET001.Echo.self)
}

func printNews(_ client: Client) throws {
    try client.on(NET001.Broadcast.self) { message in
        print("news: \(message.message)")
    }
}

func echoWithinTwoSeconds(_ client: Client) async throws -> NET001.EchoReply {
    let reply = try await client.request(NET001.Echo(data: "hello"), timeout: .seconds(2))
    return reply
}
