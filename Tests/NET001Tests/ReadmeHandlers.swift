import NET001
import Switchboard
import Synchronization

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
        peers.withLock { $0[message.username] = context.connection }
        return NET001.AuthReply(success: true, sessionID: sessionID)
    }
}

let peers = Mutex<[String: any Connection]>([:])

func pushNews() throws {
    try peers.withLock { $0["alice"] }?.send(NET001.Data(data: "news"))
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

func addTLS(to configuration: inout ServerConfiguration, and client: inout ClientConfiguration) {
    configuration.tls = ServerTLSConfiguration(certificateChainPath: "cert.pem", privateKeyPath: "key.pem")
    client.tls = ClientTLSConfiguration(authoritiesPath: "ca.pem")
}

func makeTableClientConfiguration() -> ClientConfiguration {
    var client = ClientConfiguration()
    client.heartbeatInterval = .seconds(10)
    client.requestTimeout = .seconds(2)
    return client
}
