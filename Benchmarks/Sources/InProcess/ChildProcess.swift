import Foundation

/// A copy of this program in another process; both sides write lines of text.
package final class ChildProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer: [UInt8] = []

    /// Starts the copy with `arguments`.
    package init(arguments: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    package func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    package func expect(_ line: String) throws {
        let actual = try nextLine()
        guard actual == line else { throw BenchmarkFailure("a process wrote \"\(actual)\" instead of \"\(line)\"") }
    }

    /// Returns the number in the next line, behind this name.
    package func number(_ name: String) throws -> Int {
        let line = try nextLine()
        let parts = line.split(separator: " ")
        guard parts.count == 2, parts[0] == name, let number = Int(parts[1]) else {
            throw BenchmarkFailure("a process wrote \"\(line)\" instead of \(name) and a number")
        }
        return number
    }

    private func nextLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchmarkFailure("a process has ended") }
            buffer += data
        }
    }

    /// Writes a line to the process that has started this one.
    package static func answer(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
