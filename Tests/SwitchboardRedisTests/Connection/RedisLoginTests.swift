import BackplaneTestSupport
import Foundation
import SwitchboardBackplane
import SwitchboardRedis
import SwitchboardTLS
import TestSupport
import Testing

@Suite("Reaching Redis and logging in", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct RedisLoginTests {
    /// Two members, one by each URL, can talk.
    private func checkTraffic(
        _ first: String,
        _ second: String,
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        let cluster = try await Cluster([first, second], configure)
        for member in cluster.members { member.publish() }
        await cluster.check()
        await cluster.stop()
    }

    /// Why a member cannot join, in one line.
    private func failure(
        _ url: String,
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) async throws -> BackplaneError {
        let member = try Member(url, name: 0, configure)
        let error = await #expect(throws: BackplaneError.self) {
            try await member.backplane.start(for: fingerprint, member.receiver)
        }
        #expect(member.backplane.status.state == .stopped)
        #expect(error?.description.contains("\n") == false)
        #expect(error?.description.contains("wrong-secret") == false)
        return try #require(error)
    }

    // MARK: Ways

    @Test("Redis is reached over IPv4, IPv6, a name and a Unix-domain socket")
    func reachesRedis() async throws {
        let server = try await RedisServer.start(port: freePort())
        try await checkTraffic("redis://127.0.0.1:\(server.port)", server.url)
        try await checkTraffic("redis://localhost:\(server.port)", server.url)
        try await checkTraffic("redis://127.0.0.1:1,127.0.0.1:\(server.port)", server.url)
        let hasIPv6 = await server.hasWritten("Ready") && FileManager.default.fileExists(atPath: "/proc/net/if_inet6")
        if hasIPv6 { try await checkTraffic("redis://[::1]:\(server.port)", server.url) }
    }

    @Test("A password, a user of an access list, and a database are used")
    func logsIn() async throws {
        let server = try await RedisServer.start(["--requirepass", "se/cret"])
        let path = server.socketPath
        let rules = ["ACL", "SETUSER", "b@b", "on", ">pa:ss", "~switchboard", "+xadd", "+xread", "+xrevrange", "+info"]
        try await server.run(rules, password: "se/cret")
        try await checkTraffic("unix://:se%2Fcret@\(path)", "unix://b%40b:pa%3Ass@\(path)")
        try await server.run(["ACL", "SETUSER", "b@b", "+select"], password: "se/cret")
        try await checkTraffic("unix://:se%2Fcret@\(path)?db=3", "unix://b%40b:pa%3Ass@\(path)?db=3")
    }

    @Test("A user that may not ask for INFO is served: Redis is taken to be another one at every connection")
    func doesWithoutInfo() async throws {
        let server = try await RedisServer.start()
        try await server.run("ACL", "SETUSER", "bob", "on", ">pw", "~switchboard", "+xadd", "+xread", "+xrevrange")
        let cluster = try await Cluster(2, at: "unix://bob:pw@\(server.socketPath)")
        try await cluster.flood {
            for count in 2...3 {
                try await server.run("CLIENT", "KILL", "TYPE", "normal")
                for member in cluster.members { await member.receiver.waitForReconnection(count) }
            }
        }
        await cluster.stop()
    }

    // MARK: Mistakes

    @Test("A wrong, a missing and a superfluous password are told apart")
    func explainsPasswords() async throws {
        let closed = try await RedisServer.start(["--requirepass", "secret"])
        let open = try await RedisServer.start()
        let wrong = try await failure("unix://:wrong-secret@\(closed.socketPath)")
        #expect(wrong.code == .rejected)
        #expect(wrong.description.contains("rejects the user name or the password"))
        let unknownUser = try await failure("unix://bob:wrong-secret@\(closed.socketPath)")
        #expect(unknownUser.description.contains("rejects the user name or the password"))
        let missing = try await failure(closed.url)
        #expect(missing.code == .rejected)
        #expect(missing.description.contains("requires a password"))
        let superfluous = try await failure("unix://:wrong-secret@\(open.socketPath)")
        #expect(superfluous.description.contains("no password set"))
    }

    @Test("A user that may not write, or not read, is rejected at the start")
    func explainsPermissions() async throws {
        let server = try await RedisServer.start()
        for (user, rules) in [
            ("reader", ["+xread", "+xrevrange", "~*"]), ("writer", ["+xadd", "+xrevrange", "~*"]),
            ("blind", ["+xadd", "+xread", "~*"]), ("elsewhere", ["+xadd", "+xread", "+xrevrange", "~other"]),
        ] {
            try await server.run(["ACL", "SETUSER", user, "on", ">pw", "+info"] + rules)
            let error = try await failure("unix://\(user):pw@\(server.socketPath)")
            #expect(error.code == .rejected)
            #expect(error.description.contains("lacks a permission"), "\(user)")
        }
    }

    @Test("A Redis that may evict the log is rejected at the start, and warned of later")
    func explainsEviction() async throws {
        let server = try await RedisServer.start(["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"])
        let error = try await failure(server.url)
        #expect(error.code == .rejected)
        #expect(error.description.contains("maxmemory-policy is allkeys-lru"))
        try await server.run("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        let member = try await Member.join(server.url)
        try await server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
        try await server.run("CLIENT", "KILL", "TYPE", "normal")
        await member.receiver.wait(for: 1) {
            if case .warning(let text) = $0 { text.contains("allkeys-random") } else { false }
        }
        await member.backplane.stop()
    }

    @Test("A wrong port, socket, host, database, key or server is explained")
    func explainsPlaces() async throws {
        let server = try await RedisServer.start(port: freePort())
        func soon(_ configuration: inout RedisBackplaneConfiguration) {
            configuration.startTimeout = .milliseconds(500)
        }
        let refused = try await failure("redis://127.0.0.1:\(try await freePort())", soon)
        #expect(refused.code == .unreachable)
        #expect(refused.description.contains("connection refused"))
        let noSocket = try await failure("unix:///tmp/no/such.sock", soon)
        #expect(noSocket.code == .unreachable)
        #expect(noSocket.description.contains("/tmp/no/such.sock: no such file"))
        let longPath = try await failure("unix:///" + String(repeating: "x", count: 200), soon)
        #expect(longPath.description.contains("107"))
        let noHost = try await failure("redis://no-such-host.invalid", soon)
        #expect(noHost.code == .unreachable)
        #expect(noHost.description.contains("no-such-host.invalid"))
        let noDatabase = try await failure(server.url + "?db=16")
        #expect(noDatabase.code == .rejected)
        #expect(noDatabase.description.contains("no database with the number"))
        try await server.run("SET", "switchboard", "x")
        let wrongType = try await failure(server.url)
        #expect(wrongType.code == .rejected)
        #expect(wrongType.description.contains("holds something else"))
        let silent = try await RedisServer.start()
        silent.signal(SIGSTOP)
        let noAnswer = try await failure(silent.url) {
            $0.replyTimeout = .milliseconds(100)
            $0.startTimeout = .milliseconds(600)
        }
        #expect(noAnswer.code == .unreachable)
        #expect(noAnswer.description.contains("not answered"))
        silent.signal(SIGCONT)
    }

    @Test(
        "A server that is no Redis, or does not serve this client, is explained",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", BackplaneError.Code.rejected, "not a Redis server"),
            ("SSH-2.0-OpenSSH_9.2\r\n", .rejected, "not a Redis server"),
            ("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}", .rejected, "rediss://"),
            ("-DENIED Redis is running in protected mode\r\n", .rejected, "protected mode"),
            ("-ERR max number of clients reached\r\n", .unreachable, "maxclients"),
            ("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n", .unreachable, "unexpected"),
            ("*1\r\n$100000000\r\n", .unreachable, "more than"),
            ("", .unreachable, "closed"),
        ]
    )
    func explainsStrangers(greeting: String, code: BackplaneError.Code, reason: String) async throws {
        let server = try GreetingServer(greeting)
        let error = try await failure(server.url) { $0.startTimeout = .milliseconds(500) }
        #expect(error.code == code)
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("A replica alone, and a Redis Cluster, are explained")
    func explainsRoles() async throws {
        let primary = try await RedisServer.start(port: freePort())
        let replica = try await RedisServer.start(
            ["--replicaof", "127.0.0.1 \(primary.port)"],
            until: "Finished with success"
        )
        let error = try await failure(replica.url) { $0.startTimeout = .milliseconds(500) }
        #expect(error.code == .unreachable)
        #expect(error.description.contains("is a replica"))
        let cluster = try await RedisServer.start(
            port: freePort(),
            ["--cluster-enabled", "yes", "--cluster-port", "\(freePort())"]
        )
        let unsupported = try await failure(cluster.url)
        #expect(unsupported.code == .rejected)
        #expect(unsupported.description.contains("Redis Cluster is not supported"))
    }
}

extension RedisServer {
    @discardableResult
    fileprivate func run(_ command: [String], password: String? = nil) async throws -> String {
        try await run(command: command, password: password)
    }
}

#if TLS
@Suite("TLS to Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct RedisTLSTests {
    @Test("Redis is reached over TLS with a certificate that is verified; each mistake is explained")
    func speaksTLS() async throws {
        let certificates = try Certificates()
        try await certificates.make("server", for: "IP:127.0.0.1")
        let (certificate, key) = (certificates.path("server.pem"), certificates.path("server.key"))
        let (tlsPort, plainPort) = try await (freePort(), freePort())
        let server = try await RedisServer.start(
            port: plainPort,
            ["--tls-port", "\(tlsPort)", "--tls-cert-file", certificate, "--tls-key-file", key]
                + ["--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"]
        )
        let url = "rediss://127.0.0.1:\(tlsPort)"
        let cluster = try await Cluster([url, url, server.url]) { $0.tls.authoritiesPath = certificate }
        try await cluster.flood {
            try await server.run("CLIENT", "KILL", "TYPE", "normal")
            for member in cluster.members { await member.receiver.waitForReconnection() }
        }
        await cluster.stop()

        func failure(
            _ url: String,
            _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
        ) async throws -> String {
            let member = try Member(url, name: 0) {
                $0.startTimeout = .milliseconds(500)
                $0.connectTimeout = .seconds(2)
                configure(&$0)
            }
            let error = await #expect(throws: BackplaneError.self) {
                try await member.backplane.start(for: fingerprint, member.receiver)
            }
            return error?.description ?? ""
        }
        let unknown = try await failure(url)
        #expect(unknown.contains("no TLS with Redis at 127.0.0.1:\(tlsPort)"), "unknown authority")
        let wrongName = try await failure("rediss://localhost:\(tlsPort)") { $0.tls.authoritiesPath = certificate }
        #expect(wrongName.contains("no TLS with Redis at localhost:\(tlsPort)"))
        let noFile = try await failure(url) { $0.tls.authoritiesPath = "/no/such.pem" }
        #expect(noFile.contains("/no/such.pem"))
        let plainToTLS = try await failure("redis://127.0.0.1:\(tlsPort)")
        #expect(plainToTLS.contains("127.0.0.1:\(tlsPort)"), "\(plainToTLS)")
        let tlsToPlain = try await failure("rediss://127.0.0.1:\(plainPort)") { $0.tls.authoritiesPath = certificate }
        #expect(tlsToPlain.contains("no TLS with Redis at 127.0.0.1:\(plainPort)"), "\(tlsToPlain)")
    }
}
#endif
