#if NATS
import BackplaneTestSupport
import Foundation
import SwitchboardBackplane
import SwitchboardNATS
import SwitchboardTLS
import SwitchboardTransport
import TestSupport
import Testing

@Suite("Reaching NATS and logging in", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct NATSLoginTests {
    /// Members, one by each URL, can talk.
    private func checkTraffic(
        _ urls: String...,
        configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        let cluster = try await Cluster(urls, configure)
        for member in cluster.members { member.publish() }
        await cluster.check()
        await cluster.stop()
    }

    /// Why a member cannot join, in one line.
    private func failure(
        _ url: String,
        _ configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) async throws -> BackplaneError {
        let backplane = try NATSBackplane.forTests(url) {
            $0.startTimeout = .milliseconds(500)
            $0.connectTimeout = .seconds(2)
            $0.replyTimeout = .seconds(2)
            configure(&$0)
        }
        let member = Member(backplane, name: 0)
        let error = await #expect(throws: BackplaneError.self) { try await member.join() }
        #expect(backplane.status.state == .stopped)
        #expect(error?.description.contains("\n") == false)
        #expect(error?.description.contains("hush") == false)
        #expect(error?.description.contains(".c:") == false)
        return try #require(error)
    }

    /// A folder that is removed at the end.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/nats-test-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    // MARK: Ways

    @Test("NATS is reached by an address, by a name, and by the second address of a list")
    func reachesNATS() async throws {
        let server = try await NATSServer.start()
        let (port, free) = (server.port, try await freePort())
        try await checkTraffic(server.url, "nats://localhost:\(port)", "nats://127.0.0.1:\(free),127.0.0.1:\(port)")
    }

    @Test("A user with a password, and a token, are used; wrong ones and missing ones are explained")
    func logsIn() async throws {
        let server = try await NATSServer.start("authorization { user: \"a@b\", password: \"se/cret\" }")
        let place = "127.0.0.1:\(server.port)"
        try await checkTraffic("nats://a%40b:se%2Fcret@\(place)", "nats://a%40b:se%2Fcret@\(place)")
        let wrong = try await failure("nats://a%40b:hush@\(place)")
        #expect(wrong.code == .rejected)
        #expect(wrong.description.contains("does not accept the credentials"), "\(wrong)")
        let missing = try await failure("nats://\(place)")
        #expect(missing.code == .rejected)
        #expect(missing.description.contains("requires credentials"), "\(missing)")

        let other = try await NATSServer.start("authorization { token: \"s3cr3t\" }")
        try await checkTraffic("nats://s3cr3t@127.0.0.1:\(other.port)", "nats://s3cr3t@127.0.0.1:\(other.port)")
        #expect(try await failure("nats://hush@127.0.0.1:\(other.port)").code == .rejected)
    }

    @Test("An NKey is used; files that cannot be read are named")
    func logsInWithKey() async throws {
        let key = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
        let server = try await NATSServer.start("authorization { users: [ { nkey: \(key) } ] }")
        try await withFolder { folder in
            let seed = folder.appending(path: "user.nk")
            try Data("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY".utf8).write(to: seed)
            let url = "\(server.url)?nkey=\(key)&seed=\(seed.path())"
            try await checkTraffic(url, url)
        }
        let queries = ["creds=/no/such.file", "nkey=\(key)&seed=/no/such.file"]
        for query in queries {
            let error = #expect(throws: BackplaneError.self) { try NATSBackplane(url: "nats://h?\(query)") }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.description.contains("/no/such.file cannot be read: No such file") == true)
        }
    }

    // MARK: Mistakes

    @Test("An address without a server, and a server that does not speak the protocol of NATS, are explained")
    func explainsStrangers() async throws {
        let unreachable = try await failure("nats://127.0.0.1:\(freePort())")
        #expect(unreachable.code == .unreachable)
        #expect(unreachable.description.contains("is unreachable: no server accepts connections"), "\(unreachable)")
        let unknown = try await failure("nats://no-such-host.invalid")
        #expect(unknown.code == .unreachable)
        #expect(
            unknown.description.contains("no-such-host.invalid:4222 is unreachable: cannot find the host: "),
            "\(unknown)"
        )
        let web = try GreetingServer("HTTP/1.1 400 Bad Request\r\n\r\n")
        let stranger = try await failure("nats://127.0.0.1:\(web.port)")
        #expect(stranger.code == .rejected)
        #expect(stranger.description.contains("does not speak the protocol of NATS"), "\(stranger)")
        let gone = try GreetingServer("")
        #expect(try await failure("nats://127.0.0.1:\(gone.port)").description.contains("127.0.0.1:\(gone.port)"))
    }

    @Test(
        "A server that falls silent while a client connects is given up after the connect timeout",
        arguments: [
            // Before a client sends anything, before it answers a ping, and before it takes part in a TLS handshake.
            ("nats", ""), ("nats", #""headers":true"#), ("tls", #""tls_required":true"#),
        ]
    )
    func givesUpSilence(scheme: String, information: String) async throws {
        let greeting = "INFO {\"server_id\":\"N\",\"version\":\"2.9.10\",\(information)}\r\n"
        let mute = try GreetingServer(information.isEmpty ? "I" : greeting)
        let error = try await failure("\(scheme)://127.0.0.1:\(mute.port)") {
            $0.connectTimeout = .milliseconds(300)
        }
        #expect(error.code == .unreachable)
        #expect(error.description.contains("no answer within 0.3 seconds"), "\(error)")
    }

    @Test(
        "A backplane that is stopped does not wait for the connect timeout, nor for a reply",
        arguments: ["I", "INFO {\"server_id\":\"N\",\"version\":\"2.9.10\"}\r\n"]
    )
    func stopsWhileConnecting(greeting: String) async throws {
        let mute = try GreetingServer(greeting)
        let backplane = try NATSBackplane.forTests("nats://127.0.0.1:\(mute.port)") {
            // Longer than the time limit of the test.
            $0.connectTimeout = .seconds(3600)
            $0.replyTimeout = .seconds(3600)
            $0.startTimeout = .seconds(3600)
        }
        let member = Member(backplane, name: 0)
        let starting = Task { try await member.join() }
        await mute.waitForGuest()
        starting.cancel()
        await #expect(throws: CancellationError.self) { try await starting.value }
        #expect(backplane.status.state == .stopped)
    }

    @Test("A server without JetStream is explained")
    func explainsMissingJetStream() async throws {
        let server = try await NATSServer.start(hasJetStream: false)
        let error = try await failure(server.url)
        #expect(error.code == .rejected)
        #expect(error.description.contains("JetStream is not enabled"), "\(error)")
    }

    @Test("A JetStream with too little space is explained")
    func explainsMissingSpace() async throws {
        let server = try await NATSServer.start()
        let error = try await failure(server.url) { $0.retentionBytes = 100 << 30 }
        #expect(error.description.contains("retentionBytes"), "\(error)")
    }

    @Test(
        "A missing permission is explained",
        arguments: [
            (#"publish: ["$JS.API.>", "$JS.FC.>"], subscribe: ["_INBOX.>"]"#, "switchboard"),
            (#"publish: ["switchboard", "$JS.FC.>"], subscribe: ["_INBOX.>"]"#, "$JS.API."),
            (#"publish: [">"], subscribe: ["nothing"]"#, "_INBOX."),
        ]
    )
    func explainsPermissions(permissions: String, subject: String) async throws {
        let server = try await NATSServer.start(
            "authorization { users: [ { user: u, password: p, permissions: { \(permissions) } } ] }"
        )
        let error = try await failure("nats://u:p@127.0.0.1:\(server.port)") { $0.replyTimeout = .milliseconds(500) }
        #expect(error.code == .rejected)
        #expect(error.description.contains("lacks a permission"), "\(error)")
        #expect(error.description.contains(subject), "\(error)")
    }

    @Test(
        "A stream that cannot hold the log is explained",
        arguments: [
            (#""subjects":["other"]"#, "does not have the subject"),
            (#""subjects":["switchboard"],"retention":"workqueue""#, "retention policy"),
            (#""subjects":["switchboard"],"discard":"new","max_bytes":10000000"#, "discards new"),
            (#""subjects":["switchboard"],"no_ack":true"#, "does not acknowledge"),
            (#""subjects":["switchboard"],"max_msg_size":1000"#, "limits messages to 1000 bytes"),
        ]
    )
    func explainsStreams(settings: String, reason: String) async throws {
        let server = try await NATSServer.start()
        try await server.createStream("switchboard", settings)
        let error = try await failure(server.url)
        #expect(error.code == .rejected)
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("A subject that belongs to another stream is explained")
    func explainsOverlap() async throws {
        let server = try await NATSServer.start()
        try await server.createStream("other", #""subjects":["switchboard"]"#)
        let error = try await failure(server.url)
        #expect(error.code == .rejected)
        #expect(error.description.contains("change the settings or the name of the stream"), "\(error)")
    }

    @Test("A stream with other limits is used, and reported")
    func reportsStreams() async throws {
        let server = try await NATSServer.start()
        try await server.createStream("switchboard", #""subjects":["switchboard"],"max_bytes":1000000,"max_msgs":50"#)
        let cluster = try await Cluster(2, at: server.url)
        cluster.members[0].publish()
        await cluster.check()
        let warnings = cluster.members[0].receiver.state.events.compactMap { event -> String? in
            if case .warning(let text) = event { text } else { nil }
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("max_bytes is 1000000 instead of 134217728, max_msgs is 50") == true)
        await cluster.stop()
    }

    @Test("A max_payload that is too small is explained")
    func explainsPayload() async throws {
        let server = try await NATSServer.start("max_payload: 64KB")
        let error = try await failure(server.url)
        #expect(error.code == .rejected)
        #expect(error.description.contains("set max_payload to at least"), "\(error)")
    }

    // MARK: TLS

    @Test("NATS is reached over TLS with a certificate that is verified; each mistake is explained")
    func speaksTLS() async throws {
        let certificates = try Certificates()
        try await certificates.make("server", for: "IP:127.0.0.1")
        let (certificate, key) = (certificates.path("server.pem"), certificates.path("server.key"))
        let server = try await NATSServer.start("tls { cert_file: \"\(certificate)\", key_file: \"\(key)\" }")
        let url = "tls://127.0.0.1:\(server.port)"
        try await checkTraffic(url, url) { $0.tls.authoritiesPath = certificate }
        try await checkTraffic(url, url) { $0.tls.verification = .insecureNone }

        let unknown = try await failure(url)
        #expect(unknown.description.contains("TLS has failed"), "\(unknown)")
        let name = try await failure("tls://localhost:\(server.port)") { $0.tls.authoritiesPath = certificate }
        #expect(name.description.contains("TLS has failed"), "\(name)")
        try await checkTraffic("tls://localhost:\(server.port)", url) {
            $0.tls.authoritiesPath = certificate
            $0.tls.serverName = "127.0.0.1"
        }
        let plain = try await failure("nats://127.0.0.1:\(server.port)")
        #expect(plain.code == .rejected)
        #expect(plain.description.contains("use tls://"), "\(plain)")
        let other = try await NATSServer.start()
        let wanted = try await failure("tls://127.0.0.1:\(other.port)") { $0.tls.authoritiesPath = certificate }
        #expect(wanted.code == .rejected)
        #expect(wanted.description.contains("does not offer TLS"), "\(wanted)")
        let error = #expect(throws: BackplaneError.self) {
            try NATSBackplane.forTests("tls://h") { $0.tls.authoritiesPath = "/no/such.pem" }
        }
        #expect(error?.description.contains("/no/such.pem cannot be read") == true)
    }
}
#endif
