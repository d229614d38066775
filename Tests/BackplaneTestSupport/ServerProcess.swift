import Glibc
import Subprocess
import Synchronization

/// A program that a test runs, and whose output it awaits.
///
/// It ends with this process, whatever happens to it: another program watches over both.
package final class ServerProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let life = Life()

    /// Starts a program, which is found in `PATH`, and returns when it has written a line with `text`.
    package static func start(_ arguments: [String], until text: String) async throws -> ServerProcess {
        let process = ServerProcess(arguments)
        guard await process.hasWritten(text) else { throw Failure(description: process.life.output) }
        return process
    }

    private init(_ arguments: [String]) {
        Task { [life] in await life.run(arguments) }
    }

    deinit {
        life.signal(SIGKILL)
    }

    /// Waits until the program has written a line with `text`.
    ///
    /// - Returns: `false` when it ends without.
    package func hasWritten(_ text: String) async -> Bool { await life.hasWritten(text) }

    /// Sends a signal to the program.
    package func signal(_ number: Int32) { life.signal(number) }

    /// Kills the program, and returns when it is gone.
    package func end() async {
        life.signal(SIGKILL)
        await life.hasEnded()
    }
}

/// The life of a program: its process while there is one, and what it has written.
private final class Life: Sendable {
    private struct State {
        var process: pid_t?
        var lines: [String] = []
        var hasEnded = false
        /// The callers that wait for a line with `text`; a caller without `text` waits for the end of the program.
        var waiting: [(text: String?, continuation: CheckedContinuation<Bool, Never>)] = []

        mutating func takeWaiting(_ isTaken: (String?) -> Bool) -> [CheckedContinuation<Bool, Never>] {
            defer { waiting.removeAll { isTaken($0.text) } }
            return waiting.filter { isTaken($0.text) }.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    var output: String { state.withLock { $0.lines.joined(separator: "\n") } }

    /// Waits until the program has written a line with `text`; `false` when it ends without.
    func hasWritten(_ text: String) async -> Bool {
        await wait(for: text) { $0.lines.contains { $0.contains(text) } ? true : $0.hasEnded ? false : nil }
    }

    /// Waits until the program is gone.
    func hasEnded() async {
        _ = await wait(for: nil) { $0.hasEnded ? true : nil }
    }

    private func wait(for text: String?, _ answer: (borrowing State) -> Bool?) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state in
                let answer = answer(state)
                if answer == nil { state.waiting.append((text, continuation)) }
                return answer
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func signal(_ number: Int32) {
        state.withLock { state in
            if let process = state.process { kill(process, number) }
        }
    }

    /// Runs the program until it ends.
    func run(_ arguments: [String]) async {
        do {
            _ = try await Subprocess.run(
                .name(arguments[0]),
                arguments: Arguments(Array(arguments.dropFirst())),
                input: .none,
                output: .sequence,
                error: .combinedWithOutput
            ) { program in
                let number = program.processIdentifier.value
                state.withLock { $0.process = number }
                try await Self.watching(number) {
                    for try await line in program.standardOutput.strings() { note(line) }
                    // Before the system may give the number to another process.
                    state.withLock { $0.process = nil }
                }
            }
        } catch {
            note("\(error)")
        }
        noteEnd()
    }

    /// Runs `body`; when this process ends meanwhile, however it ends, the system closes the input of a shell, which then
    /// kills the program.
    private static func watching(_ program: pid_t, _ body: () async throws -> Void) async throws {
        _ = try await Subprocess.run(
            .name("sh"),
            arguments: ["-c", "read -r _; kill -KILL \(program)"],
            input: .inputWriter,
            output: .discarded,
            error: .discarded
        ) { shell in
            defer { try? shell.send(signal: .kill) }
            try await body()
        }
    }

    private func note(_ line: String) {
        let found = state.withLock { state in
            state.lines.append(line)
            return state.takeWaiting { $0.map(line.contains) ?? false }
        }
        for continuation in found { continuation.resume(returning: true) }
    }

    private func noteEnd() {
        let (ended, others) = state.withLock { state in
            state.hasEnded = true
            state.process = nil
            let ended = state.takeWaiting { $0 == nil }
            return (ended, state.takeWaiting { _ in true })
        }
        for continuation in ended { continuation.resume(returning: true) }
        for continuation in others { continuation.resume(returning: false) }
    }
}
