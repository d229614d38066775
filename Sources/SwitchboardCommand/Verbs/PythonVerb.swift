internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardPython
internal import SwitchboardSpec

/// Generates a Python package: `switchboard python SPEC --output FOLDER`.
struct Python: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a Python package: typed messages, their codec, and an asyncio client.",
        discussion: """
            The package is a folder in FOLDER. It needs Python 3.9 and no other packages.

            Example: switchboard python protocol.yaml -o clients
            """
    )

    @OptionGroup var spec: SpecOptions

    @Option(help: .init("The name of the package; by default that of the protocol.", valueName: "NAME"))
    var name: String?

    @OptionGroup var output: FolderOptions

    func validate() throws {
        guard let name, let problem = PythonPackage.problem(inName: name) else { return }
        throw ValidationError("--name \(name.visible) is not the name of a Python package: \(problem)")
    }

    func run() throws {
        let outcome = PythonPackage.files(for: try spec.read(), file: spec.file.name, name: name)
        guard outcome.problems.isEmpty else {
            throw SpecMistakes(outcome.problems, path: spec.spec)
        }
        try output.write(outcome.files, inputs: spec.file.paths)
    }
}
