internal import ArgumentParser

/// The file that a verb writes.
struct FileOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: .init("The file to write; - is standard output.", valueName: "FILE"),
        completion: .file()
    )
    var output: String

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output must be the path of a file, and is empty") }
    }

    /// The same arguments for `switchboard-generate`.
    var arguments: [String] { ["--output", output] }
}
