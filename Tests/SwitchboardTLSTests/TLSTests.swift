import Foundation
import NET001
import Switchboard
import TestSupport
import Testing

private let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

#if TLS
@Suite("TLS")
struct TLSTests {
    private let certificates: Certificates

    init() async throws {
        certificates = try Certificates()
        try await certificates.make("server", for: "DNS:localhost,IP:127.0.0.1")
    }

    /// Runs a server with the certificate `name` for as long as `body` runs.
    private func withServer(
        _ name: String = "server",
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        router: Router = .net001(),
        _ body: (Server, _ port: Int) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration(port: 0, eventLoops: 2)
        configuration.removeLimits()
        configuration.tls = ServerTLSConfiguration(
            certificateChainPath: certificates.path("\(name).pem"),
            privateKeyPath: certificates.path("\(name).key")
        )
        // Many handshakes at once take long on a busy machine or with a sanitizer.
        configuration.tls?.handshakeTimeout = .seconds(60)
        configure(&configuration)
        let server = try Server(router, configuration: configuration, logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        defer { running.cancel() }
        try await body(server, server.listeningAddress.port)
        running.cancel()
        try await running.value
    }

    private func connect(
        _ port: Int,
        trusting name: String = "server",
        _ configure: (inout ClientTLSConfiguration) -> Void = { _ in }
    ) async throws -> Client {
        var configuration = ClientConfiguration()
        var tls = ClientTLSConfiguration(authoritiesPath: certificates.path("\(name).pem"))
        configure(&tls)
        configuration.tls = tls
        return try await Client.connect(
            host: "127.0.0.1",
            port: port,
            speaking: NET001.self,
            configuration: configuration
        )
    }

    @Test("carries many requests at once, of every size, in order")
    func requests() async throws {
        try await withServer { _, port in
            let client = try await connect(port)
            try await withThrowingTaskGroup { group in
                for size in [0, 1, 100, 16_383, 16_384, 16_385, 40_000, 65_535] {
                    for seed in 0..<20 {
                        group.addTask {
                            let data = Bytes((0..<size).map { UInt8(truncatingIfNeeded: $0 &* seed &+ seed) })
                            let echo = try await client.echo(data)
                            #expect(echo == data)
                        }
                    }
                }
                try await group.waitForAll()
            }
            await client.close()
        }
    }

    @Test("carries broadcasts to every other client")
    func broadcasts() async throws {
        try await withServer { _, port in
            let sender = try await connect(port)
            let receivers = [try await connect(port), try await connect(port)]
            for receiver in receivers { _ = try await receiver.ping() }
            let news = Bytes(repeatElement(7, count: 50_000))
            try await sender.broadcast(news)
            for receiver in receivers {
                var incoming = receiver.incoming.makeAsyncIterator()
                #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: news))
                await receiver.close()
            }
            await sender.close()
        }
    }

    @Test("is done before the program is told of a connection; it is not told of one whose handshake fails")
    func connections() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        var router = Router.net001()
        router.onConnect { context in
            continuation.yield("connected \(context.connection.id)")
            try context.join("lobby")
            try context.send(NET001.Data(data: "welcome"))
        }
        router.onDisconnect { continuation.yield("disconnected \($0.id)") }
        try await withServer(router: router) { server, port in
            await #expect(throws: TLSError.self) {
                try await connect(port) { $0.serverName = "elsewhere.example" }
            }
            let client = try await connect(port)
            var incoming = client.incoming.makeAsyncIterator()
            #expect((try await incoming.next() as? NET001.Data)?.data == "welcome")
            try server.send(NET001.Data(data: "to the lobby"), to: .room("lobby"))
            #expect((try await incoming.next() as? NET001.Data)?.data == "to the lobby")
            await client.close()
            var seen: [String] = []
            for await event in events {
                seen.append(event)
                if event.hasPrefix("disconnected") { break }
            }
            let id = try #require(seen.first?.split(separator: " ").last)
            #expect(seen == ["connected \(id)", "disconnected \(id)"])
        }
    }

    @Test("is refused by a client that does not know who vouches for the server, or meant another")
    func verification() async throws {
        try await certificates.make("stranger", for: "DNS:localhost")
        try await withServer { _, port in
            let unknown = await #expect(throws: TLSError.self) { try await connect(port, trusting: "stranger") }
            #expect(unknown?.description.hasPrefix("the TLS handshake failed: self") == true)
            let meant = await #expect(throws: TLSError.self) {
                try await connect(port) { $0.serverName = "elsewhere.example" }
            }
            #expect(meant?.description == "the TLS handshake failed: hostname mismatch")
            let careless = try await connect(port, trusting: "stranger") { $0.verification = .insecureNone }
            _ = try await careless.ping()
            await careless.close()
        }
    }

    @Test(
        "looks for the name or the address alone in a certificate",
        arguments: ["localhost.", "[::1]", "::1", "127.1"]
    )
    func namesOfServers(_ name: String) async throws {
        try await certificates.make("many", for: "DNS:localhost,IP:127.0.0.1,IP:::1")
        try await withServer("many") { _, port in
            let client = try await connect(port, trusting: "many") { $0.serverName = name }
            _ = try await client.ping()
            await client.close()
        }
    }

    @Test("needs certificates that are valid: others are refused, and those before them stay")
    func validity() async throws {
        try await certificates.make("early", validFrom: "20990131101112Z", until: "20990201000000Z")
        try await certificates.make("late", validFrom: "20200101000000Z", until: "20200131101112Z")
        try certificates.join(["server.pem", "early.pem"], as: "chain.pem")
        try certificates.join(["server.key"], as: "chain.key")
        let expected = [
            ("early", "the certificate in", "is not valid before 2099-01-31 10:11:12 UTC"),
            ("late", "the certificate in", "expired on 2020-01-31 10:11:12 UTC"),
            ("chain", "the authority's certificate in", "is not valid before 2099-01-31 10:11:12 UTC"),
        ]
        for (name, what, when) in expected {
            let error = await #expect(throws: TLSError.self) { try await withServer(name) { _, _ in } }
            #expect(error?.description == "\(what) \(certificates.path("\(name).pem")) \(when)")
            try certificates.join(["server.pem"], as: "current.pem")
            try certificates.join(["server.key"], as: "current.key")
            try await withServer("current") { server, port in
                try certificates.join(["\(name).pem"], as: "current.pem")
                try certificates.join(["\(name).key"], as: "current.key")
                #expect(throws: TLSError.self) { try server.reloadCertificates() }
                let client = try await connect(port)
                _ = try await client.ping()
                await client.close()
            }
        }
    }

    @Test("may be given up at any moment while it is begun")
    func cancellation() async throws {
        try await withServer { _, port in
            for round in 0..<50 {
                let attempts = (0..<4).map { _ in Task { try await connect(port) } }
                for _ in 0..<round { await Task.yield() }
                for attempt in attempts { attempt.cancel() }
                for attempt in attempts {
                    if case .success(let client) = await attempt.result { await client.close() }
                }
            }
            let client = try await connect(port)
            _ = try await client.ping()
            await client.close()
        }
    }

    @Test("may want a certificate of the client, too")
    func clientCertificates() async throws {
        try await certificates.make("client", for: "DNS:client")
        try await withServer("server", { $0.tls?.clientAuthoritiesPath = certificates.path("client.pem") }) { _, port in
            let known = try await connect(port) {
                $0.certificateChainPath = certificates.path("client.pem")
                $0.privateKeyPath = certificates.path("client.key")
            }
            _ = try await known.ping()
            await known.close()
            // With TLS 1.3, the handshake of a client is done before the server has checked the
            // client's certificate.
            await #expect(throws: (any Error).self) {
                let unknown = try await connect(port)
                _ = try await unknown.ping()
            }
        }
    }

    @Test("takes new certificates while it runs, and keeps the old ones when the new ones are bad")
    func reload() async throws {
        try await withServer { server, port in
            let before = try await connect(port)
            try await certificates.make("new", for: "IP:127.0.0.1")
            try FileManager.default.removeItem(atPath: certificates.path("server.key"))
            #expect(throws: TLSError.self) { try server.reloadCertificates() }
            _ = try await connect(port).ping()
            for suffix in ["pem", "key"] {
                try? FileManager.default.removeItem(atPath: certificates.path("server.\(suffix)"))
                try FileManager.default.copyItem(
                    atPath: certificates.path("new.\(suffix)"),
                    toPath: certificates.path("server.\(suffix)")
                )
            }
            try server.reloadCertificates()
            _ = try await connect(port, trusting: "new").ping()
            _ = try await before.ping()
            await before.close()
        }
    }

    @Test("tells apart the files that cannot be used")
    func files() {
        func refusal(_ chain: String, _ key: String) -> String? {
            var configuration = ServerConfiguration(port: 0)
            configuration.tls = ServerTLSConfiguration(
                certificateChainPath: certificates.path(chain),
                privateKeyPath: certificates.path(key)
            )
            do {
                _ = try Server(.net001(), configuration: configuration, logger: silent)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal("server.pem", "server.key") == nil)
        #expect(refusal("none.pem", "server.key")?.hasSuffix("none.pem: No such file or directory") == true)
        #expect(refusal("server.pem", "none.key")?.hasSuffix("none.key: No such file or directory") == true)
    }

    @Test("says what is wrong with a file that it cannot use, and what to do")
    func contents() async throws {
        try await certificates.make("other", for: "DNS:other")
        try certificates.join([], as: "empty.pem")
        let parameters = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
        let isMade = try await runProgram("openssl", parameters + ["-out", certificates.path("rsa.key")]).isSuccess
        #expect(isMade)
        // Both forms of keys with a password.
        for (command, name) in [("ec", "old.key"), ("pkey", "new.key")] {
            let files = ["-in", certificates.path("server.key"), "-out", certificates.path(name)]
            let end = try await runProgram("openssl", [command, "-aes128", "-passout", "pass:secret"] + files)
            #expect(end.isSuccess, "\(end.output)")
        }
        func refusal(_ chain: String, _ key: String, _ authorities: String? = nil) -> String? {
            var configuration = ServerConfiguration(port: 0)
            configuration.tls = ServerTLSConfiguration(
                certificateChainPath: certificates.path(chain),
                privateKeyPath: certificates.path(key)
            )
            configuration.tls?.clientAuthoritiesPath = authorities.map(certificates.path)
            do {
                _ = try Server(.net001(), configuration: configuration, logger: silent)
                return nil
            } catch {
                return "\(error)"
            }
        }
        for name in ["server.key", "empty.pem"] {
            let path = certificates.path(name)
            let problem = "\(path): the file has no certificate in PEM form"
            #expect(refusal(name, "server.key") == "cannot use the certificate \(problem)")
            #expect(refusal("server.pem", "server.key", name) == "cannot use the authorities in \(problem)")
        }
        for name in ["server.pem", "empty.pem"] {
            let problem = "\(certificates.path(name)): the file has no private key in PEM form"
            #expect(refusal("server.pem", name) == "cannot use the key \(problem)")
        }
        for name in ["other.key", "rsa.key"] {
            let problem = "\(certificates.path(name)): it is not the private key of the certificate"
            #expect(refusal("server.pem", name) == "cannot use the key \(problem)")
        }
        for name in ["old.key", "new.key"] {
            let path = certificates.path(name)
            let remedy = "remove it with \"openssl pkey -in \(path) -out KEY\""
            #expect(refusal("server.pem", name) == "cannot use the key \(path): it has a password: \(remedy)")
        }
    }
}
#else
@Suite("TLS")
struct TLSTests {
    @Test("that was not built says how to get it")
    func notBuilt() async throws {
        var server = ServerConfiguration(port: 0)
        server.tls = ServerTLSConfiguration(certificateChainPath: "cert.pem", privateKeyPath: "key.pem")
        let error = #expect(throws: TLSError.self) { try Server(.net001(), configuration: server, logger: silent) }
        #expect(error?.description.contains("--traits TLS") == true)
        var client = ClientConfiguration()
        client.tls = ClientTLSConfiguration()
        await #expect(throws: TLSError.self) {
            try await Client.connect(host: "127.0.0.1", port: 1, speaking: NET001.self, configuration: client)
        }
    }
}
#endif
