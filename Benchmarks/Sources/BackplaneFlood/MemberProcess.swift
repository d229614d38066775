import Foundation
import InProcess

/// A process with one server, which runs the subcommand `member`.
///
/// Both sides write lines of text.
final class MemberProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer: [UInt8] = []

    init(_ url: String, _ shape: Shape, publishes: Bool) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["member", url] + shape.arguments + (publishes ? ["--publishes"] : [])
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    func expect(_ line: String) throws {
        let actual = try nextLine()
        guard actual == line else { throw BenchmarkFailure("a server wrote \"\(actual)\" instead of \"\(line)\"") }
    }

    /// The number in the next line, behind this name.
    func number(_ name: String) throws -> Int {
        let line = try nextLine()
        let parts = line.split(separator: " ")
        guard parts.count == 2, parts[0] == name, let number = Int(parts[1]) else {
            throw BenchmarkFailure("a server wrote \"\(line)\" instead of \(name) and a number")
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
            guard !data.isEmpty else { throw BenchmarkFailure("a server has ended") }
            buffer += data
        }
    }
}
