import NET001
import SwitchboardTesting
import Synchronization
import Testing

@Suite("The logging middleware")
struct LoggingMiddlewareTests {
    /// Records the lines of a level and above.
    private final class Log: LogHandler {
        private let state = Mutex<[(event: String, metadata: [String: String])]>([])
        private let level: Logger.Level

        init(_ level: Logger.Level) { self.level = level }

        // A connection adds its number to a copy of its logger, which shares this object.
        private let common = Mutex<Logger.Metadata>([:])
        var metadata: Logger.Metadata {
            get { common.withLock { $0 } }
            set { common.withLock { $0 = newValue } }
        }
        var logLevel: Logger.Level {
            get { level }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { common.withLock { $0[key] = newValue } }
        }

        /// The lines about messages.
        var lines: [(event: String, metadata: [String: String])] {
            state.withLock { $0.filter { ["message handled", "message failed"].contains($0.event) } }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            state.withLock { $0.append((event: "\(event.message)", metadata: metadata)) }
        }
    }

    private func makeServer(_ log: Log, _ middleware: LoggingMiddleware) throws -> TestServer {
        var router = Router(NET001.self)
        router.on(NET001.Echo.self) { message, _ in NET001.EchoReply(data: message.data) }
        router.on(NET001.Auth.self) { message, _ in
            await Task.yield()
            throw NET001.Error(code: .authenticationFailed, message: "no user \(message.username)")
        }
        router.on(NET001.Data.self) { _, _ in }
        router.use(middleware)
        return try TestServer(router, logger: Logger(label: "test", factory: { _ in log }), patience: .seconds(300))
    }

    @Test("logs the name and the duration of each message, and the connection")
    func handled() async throws {
        let log = Log(.debug)
        let server = try makeServer(log, .logging())
        let peer = try server.connect()
        _ = try await peer.request(NET001.Echo(data: "hello"))
        try peer.send(NET001.Data(data: "x"))
        #expect(log.lines.map(\.event) == ["message handled", "message handled"])
        #expect(log.lines.map { $0.metadata["message"] } == ["Echo", "Data"])
        for line in log.lines {
            #expect(line.metadata["connection"] == "1")
            #expect(line.metadata["duration"]?.wholeMatch(of: /\d+\.\d{3}/) != nil)
            #expect(Set(line.metadata.keys) == ["connection", "message", "duration"])
        }
    }

    @Test("logs the fields on request, without the values of secret ones, and the error of a handler")
    func fields() async throws {
        let log = Log(.info)
        let server = try makeServer(log, .logging(level: .info, includesFields: true))
        let peer = try server.connect()
        await #expect(throws: NET001.Error.self) {
            try await peer.request(NET001.Auth(username: "ada", token: "lovelace"))
        }
        let line = try #require(log.lines.first)
        #expect(line.event == "message failed")
        #expect(line.metadata["fields"] == #"Auth(username: "ada", token: <secret>)"#)
        #expect(line.metadata["error"]?.contains("no user ada") == true)
        #expect(!log.lines.contains { $0.metadata.values.contains { $0.contains("lovelace") } })
    }

    @Test("bounds the length of a line, whatever the peer sends, and keeps it on one line")
    func longFields() async throws {
        let log = Log(.info)
        let server = try makeServer(log, .logging(level: .info, includesFields: true))
        let peer = try server.connect()
        let name = String(repeating: "a\n", count: 120)
        _ = try? await peer.request(NET001.Auth(username: name, token: "lovelace"))
        _ = try await peer.request(NET001.Echo(data: Bytes([UInt8](repeating: 7, count: 50_000))))
        let limit = LoggingMiddleware.maximumTextLength
        for text in log.lines.flatMap(\.metadata.values) {
            #expect(!text.contains("\n"))
            // A character may be escaped with several others.
            #expect(text.count <= 8 * limit)
        }
        #expect(log.lines.count == 2)
        #expect(log.lines.last?.metadata["fields"]?.isEmpty == false)
    }

    @Test("logs nothing when the logger ignores its level")
    func ignoredLevel() async throws {
        let log = Log(.info)
        let server = try makeServer(log, .logging(level: .debug))
        let peer = try server.connect()
        _ = try await peer.request(NET001.Echo(data: "hello"))
        #expect(log.lines.isEmpty)
    }

    @Test("logs only the messages that it is registered for")
    func oneMessage() async throws {
        let log = Log(.info)
        var router = Router(NET001.self)
        router.on(NET001.Echo.self) { message, _ in NET001.EchoReply(data: message.data) }
        router.on(NET001.Data.self) { _, _ in }
        router.use(.logging(level: .info), for: NET001.Data.self)
        let server = try TestServer(
            router,
            logger: Logger(label: "test", factory: { _ in log }),
            patience: .seconds(300)
        )
        let peer = try server.connect()
        _ = try await peer.request(NET001.Echo(data: "hello"))
        try peer.send(NET001.Data(data: "x"))
        #expect(log.lines.map { $0.metadata["message"] } == ["Data"])
    }
}
