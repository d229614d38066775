import BackplaneTestSupport
import Foundation

/// A real Sentinel that watches a primary with its replicas under the name `mymaster`.
final class SentinelServer: Sendable {
    private let process: ServerProcess
    private let folder: URL
    let port: Int

    static func start(watching primary: RedisServer) async throws -> SentinelServer {
        let folder = URL(filePath: "/tmp/redis-test-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try await freePort()
        let file = folder.appending(path: "sentinel.conf")
        let settings = """
            port \(port)
            bind 127.0.0.1
            dir \(folder.path())
            sentinel monitor mymaster 127.0.0.1 \(primary.port) 1
            sentinel down-after-milliseconds mymaster 1000

            """
        try Data(settings.utf8).write(to: file)
        // A Sentinel finds replicas by asking the primary.
        let process = try await ServerProcess.start(
            ["redis-server", file.path(), "--sentinel"],
            until: "+slave slave"
        )
        return SentinelServer(process, folder, port)
    }

    private init(_ process: ServerProcess, _ folder: URL, _ port: Int) {
        self.process = process
        self.folder = folder
        self.port = port
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}
