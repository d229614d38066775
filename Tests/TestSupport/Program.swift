import Subprocess

/// What a program has left when it has ended.
package struct ProgramEnd: Sendable {
    package let isSuccess: Bool
    /// What it wrote to its standard output and to its standard error.
    package let output: String
}

/// Runs a program, which is found in `PATH`, until it ends; its standard input is empty.
///
/// Foundation's `Process` is no choice in a process that has many descriptors: it reads beyond the list of them.
package func runProgram(_ name: String, _ arguments: [String]) async throws -> ProgramEnd {
    let end = try await Subprocess.run(
        .name(name),
        arguments: Arguments(arguments),
        output: .string(limit: 1 << 20),
        error: .combinedWithOutput
    )
    return ProgramEnd(isSuccess: end.terminationStatus.isSuccess, output: end.standardOutput)
}
