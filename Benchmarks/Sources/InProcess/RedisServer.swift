import Foundation

/// A `redis-server` on a Unix-domain socket in a folder of its own, without persistence.
package final class RedisServer {
    private let process = Process()
    private let folder: URL
    private let socket: String

    package let url: String

    package init() throws {
        // The path of a socket has at most 107 bytes.
        folder = URL(filePath: "/tmp/benchmark-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appending(path: "redis.sock").path()
        url = "redis+unix://\(socket)"
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path()]
        process.arguments? += ["--save", "", "--appendonly", "no"]
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try wait {
            guard process.isRunning else { throw BenchmarkFailure("redis-server has ended: is it installed?") }
            return FileManager.default.fileExists(atPath: socket)
        }
    }

    /// The CPU time that the process has used, in seconds.
    package var cpuTime: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/schedstat", encoding: .utf8)
            guard let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) }) else {
                throw BenchmarkFailure("/proc has no CPU time of redis-server")
            }
            return nanoseconds / 1e9
        }
    }

    /// The memory of all values, in bytes.
    package var usedMemory: Int {
        get throws {
            let command = Process()
            let output = Pipe()
            command.executableURL = URL(filePath: "/usr/bin/env")
            command.arguments = ["redis-cli", "-s", socket, "info", "memory"]
            command.standardOutput = output
            try command.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("used_memory:") }
            guard let memory = line.flatMap({ Int($0.dropFirst("used_memory:".count)) }) else {
                throw BenchmarkFailure("redis-cli does not tell the memory of Redis")
            }
            return memory
        }
    }

    package func stop() {
        // It has no data to save; `waitUntilExit` would need a run loop, which a task does not have.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}
