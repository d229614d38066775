package import Foundation
import Synchronization
import TestSupport

/// A real `redis-server`, in a folder of its own, that a test starts, hurts and stops.
///
/// It listens on a Unix-domain socket, and on a port if it is told to.
package final class RedisServer: Sendable {
    private let arguments: [String]
    private let process = Mutex<ServerProcess?>(nil)

    /// Where its files are.
    package let folder: URL
    /// The port on the loopback, or 0.
    package let port: Int

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - port: A port to listen on; 0 for none.
    ///   - isPersistent: Whether it keeps its data in an append-only file.
    ///   - arguments: More arguments for `redis-server`.
    package static func start(
        port: Int = 0,
        isPersistent: Bool = false,
        _ arguments: [String] = [],
        until text: String = "eady to accept connections"
    ) async throws -> RedisServer {
        let server = try RedisServer(port: port, isPersistent: isPersistent, arguments)
        try await server.start(until: text)
        return server
    }

    private init(port: Int, isPersistent: Bool, _ more: [String]) throws {
        self.port = port
        // Short: the path of a socket may have 107 bytes.
        folder = URL(filePath: "/tmp/redis-test-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        arguments =
            ["redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "-::1", "--unixsocket", folder.path() + "/s"]
            + ["--dir", folder.path(), "--save", "", "--appendonly", isPersistent ? "yes" : "no"]
            + ["--appendfsync", "always", "--repl-diskless-sync-delay", "0", "--daemonize", "no"] + more
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts the server again, as it was.
    package func start(until text: String = "eady to accept connections", _ more: [String] = []) async throws {
        let new = try await ServerProcess.start(arguments + more, until: text)
        process.withLock { $0 = new }
    }

    /// Kills the server with SIGKILL, and returns when it is gone.
    package func kill() async {
        await process.withLock { $0 }?.end()
    }

    package func signal(_ number: Int32) { process.withLock { $0 }?.signal(number) }

    package func hasWritten(_ text: String) async -> Bool {
        await process.withLock { $0 }?.hasWritten(text) ?? false
    }

    /// The path of the socket.
    package var socketPath: String { folder.path() + "/s" }

    /// The URL of the socket.
    package var url: String { "redis+unix://\(socketPath)" }

    /// What `redis-cli` prints for a command.
    @discardableResult
    package func run(_ command: String...) async throws -> String { try await run(command: command, password: nil) }

    /// What `redis-cli` prints for a command after it has logged in.
    @discardableResult
    package func run(command: [String], password: String?) async throws -> String {
        let login = password.map { ["--pass", $0, "--no-auth-warning"] } ?? []
        return try await runProgram("redis-cli", ["-s", socketPath] + login + command).output
            .trimmingCharacters(in: .newlines)
    }
}
