import Subprocess

/// The result of a program that has ended.
package struct ProgramEnd: Sendable {
    package let isSuccess: Bool
    /// What it wrote to its standard output and to its standard error.
    package let output: String
}

/// Runs a program, which is found in `PATH`, until it ends; its standard input is empty.
///
/// The tests do not use Foundation's `Process`: in a process with many descriptors, it reads beyond the list of them and may crash.
package func runProgram(_ name: String, _ arguments: [String]) async throws -> ProgramEnd {
    let end = try await Subprocess.run(
        .name(name),
        arguments: Arguments(arguments),
        output: .string(limit: 1 << 20),
        error: .combinedWithOutput
    )
    return ProgramEnd(isSuccess: end.terminationStatus.isSuccess, output: end.standardOutput)
}
