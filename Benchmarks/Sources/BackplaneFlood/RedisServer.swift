import Foundation

/// A `redis-server` on a Unix-domain socket in a folder of its own, without persistence.
final class RedisServer {
    private let process = Process()
    private let folder: URL

    let url: String

    init() async throws {
        // The path of a socket has at most 107 bytes.
        folder = URL(filePath: "/tmp/backplane-flood-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let socket = folder.appending(path: "redis.sock").path()
        url = "redis+unix://\(socket)"
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path()]
        process.arguments? += ["--save", "", "--appendonly", "no"]
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while !FileManager.default.fileExists(atPath: socket) {
            guard process.isRunning else { throw Failure(description: "redis-server has ended: is it installed?") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The CPU time that the process has used, in seconds.
    var cpuTime: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/schedstat", encoding: .utf8)
            guard let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) }) else {
                throw Failure(description: "/proc has no CPU time of redis-server")
            }
            return nanoseconds / 1e9
        }
    }

    func stop() {
        // It has no data to save; `waitUntilExit` would need a run loop, which a task does not have.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}
