package import Foundation
import SwitchboardBytes
import Synchronization
import TestSupport

/// A real `nats-server` with JetStream, in a folder of its own, that a test starts, hurts and stops.
package final class NATSServer: Sendable {
    private let arguments: [String]
    private let process = Mutex<ServerProcess?>(nil)

    /// Where its files are.
    package let folder: URL
    /// The port on 127.0.0.1.
    package let port: Int

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - hasJetStream: Whether JetStream is enabled.
    ///   - settings: More lines for its configuration file.
    package static func start(hasJetStream: Bool = true, _ settings: String = "") async throws -> NATSServer {
        let server = try NATSServer(port: await freePort(), hasJetStream, settings)
        try await server.start()
        return server
    }

    private init(port: Int, _ hasJetStream: Bool, _ settings: String) throws {
        self.port = port
        folder = URL(filePath: "/tmp/nats-test-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "nats.conf")
        let jetStream =
            hasJetStream
            ? "jetstream { store_dir: \"\(folder.path())/store\", max_memory_store: 1GB, max_file_store: 4GB }\n" : ""
        let text = "listen: \"127.0.0.1:\(port)\"\nmax_payload: 32MB\n\(jetStream)\(settings)\n"
        try Data(text.utf8).write(to: file)
        arguments = ["nats-server", "--config", file.path()]
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts the server again, as it was.
    package func start() async throws {
        let new = try await ServerProcess.start(arguments, until: "Server is ready")
        process.withLock { $0 = new }
    }

    /// Kills the server with SIGKILL, and returns when it is gone.
    package func kill() async {
        await process.withLock { $0 }?.end()
    }

    /// Sends a signal to the server.
    package func signal(_ number: Int32) { process.withLock { $0 }?.signal(number) }

    /// The URL without credentials.
    package var url: String { "nats://127.0.0.1:\(port)" }
}

extension NATSServer {
    /// Creates a stream with these settings, which are a part of a JSON object.
    package func createStream(_ name: String, _ settings: String) async throws {
        let answer = try await request(
            "$JS.API.STREAM.CREATE.\(name)",
            "{\"name\":\"\(name)\",\(settings),\"storage\":\"memory\"}"
        )
        if answer.contains("\"error\"") { throw ServerProcess.Failure(description: answer) }
    }

    /// Sets the largest message of a stream that a backplane with the default settings has created; -1 for no limit.
    package func limitMessages(of stream: String, to bytes: Int) async throws {
        let settings = #""subjects":["\#(stream)"],"max_bytes":134217728,"discard":"old","storage":"file""#
        let answer = try await request(
            "$JS.API.STREAM.UPDATE.\(stream)",
            "{\"name\":\"\(stream)\",\(settings),\"num_replicas\":1,\"max_msg_size\":\(bytes)}"
        )
        if answer.contains("\"error\"") { throw ServerProcess.Failure(description: answer) }
    }

    /// Stores a message in the stream with this subject.
    package func store(_ text: String, in subject: String) async throws {
        let answer = try await request(subject, text)
        if !answer.contains("\"seq\"") { throw ServerProcess.Failure(description: answer) }
    }

    /// The reply of NATS to a request.
    @discardableResult
    package func request(_ subject: String, _ text: String) async throws -> String {
        let peer = try await RawPeer(port: port)
        let connect = "CONNECT {\"verbose\":false}\r\nSUB reply 1\r\n"
        try await peer.send(Bytes(utf8: "\(connect)PUB \(subject) reply \(text.utf8.count)\r\n\(text)\r\n"))
        var answer: [UInt8] = []
        // INFO is the first line, MSG the second, the reply the third.
        while answer.count(where: { $0 == UInt8(ascii: "\n") }) < 3 {
            answer += try await peer.receive(count: 1)
        }
        return String(decoding: answer, as: UTF8.self).split(separator: "\r\n").last.map(String.init) ?? ""
    }
}
