import Foundation
import Synchronization

/// A program that a test runs, and whose output it awaits.
///
/// It ends with this process, whatever happens to it: another program watches over both.
package final class ServerProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var lines: [String] = []
        var rest = Data()
        var hasEnded = false
        var waiting: [(text: String, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let program = Process()
    private let watcher = Process()
    private let life = Pipe()
    private let output = Pipe()
    private let state = Mutex(State())

    /// What `hasWritten` finds when the program has ended.
    private static let end = "the program has ended"

    /// Starts a program, and returns when it has written a line with `text`.
    package static func start(_ arguments: [String], until text: String) async throws -> ServerProcess {
        let process = try ServerProcess(arguments)
        guard await process.hasWritten(text) else {
            throw Failure(description: process.state.withLock { $0.lines.joined(separator: "\n") })
        }
        return process
    }

    private init(_ arguments: [String]) throws {
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments = arguments
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = output
        program.standardError = output
        program.terminationHandler = { [weak self] _ in self?.noteEnd() }
        try program.run()
        // Not by a readability handler: Dispatch may crash when its source is cancelled while the other end hangs up.
        Thread.detachNewThread { [weak self, reader = output.fileHandleForReading] in
            while true {
                let data = reader.availableData
                if data.isEmpty { return }
                self?.note(data)
            }
        }
        watcher.executableURL = URL(filePath: "/bin/sh")
        watcher.arguments = ["-c", "read -r _; kill -KILL \(program.processIdentifier)"]
        watcher.standardInput = life
        watcher.standardError = FileHandle.nullDevice
        try watcher.run()
    }

    deinit {
        try? life.fileHandleForWriting.close()
    }

    private func note(_ data: Data) {
        let resumed = state.withLock { state in
            state.rest.append(data)
            while let end = state.rest.firstIndex(of: UInt8(ascii: "\n")) {
                state.lines.append(String(decoding: state.rest[..<end], as: UTF8.self))
                state.rest.removeSubrange(...end)
            }
            return Self.takeFound(&state)
        }
        for continuation in resumed { continuation.resume(returning: true) }
    }

    private static func takeFound(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        let lines = state.lines
        func isFound(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
        let found = state.waiting.filter { isFound($0.text) }
        state.waiting.removeAll { isFound($0.text) }
        return found.map(\.continuation)
    }

    private func noteEnd() {
        let (found, others) = state.withLock { state in
            state.hasEnded = true
            state.lines.append(Self.end)
            let found = Self.takeFound(&state)
            defer { state.waiting = [] }
            return (found, state.waiting.map(\.continuation))
        }
        for continuation in found { continuation.resume(returning: true) }
        for continuation in others { continuation.resume(returning: false) }
    }

    /// Waits until the program has written a line with `text`.
    ///
    /// - Returns: `false` when it ends without.
    package func hasWritten(_ text: String) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.lines.contains(where: { $0.contains(text) }) { return true }
                if state.hasEnded { return false }
                state.waiting.append((text, continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Sends a signal to the program.
    package func signal(_ number: Int32) {
        if !state.withLock({ $0.hasEnded }) { kill(program.processIdentifier, number) }
    }

    /// Kills the program, and returns when it is gone.
    package func end() async {
        // Its number may be another program's soon.
        watcher.terminate()
        signal(SIGKILL)
        _ = await hasWritten(Self.end)
    }
}
