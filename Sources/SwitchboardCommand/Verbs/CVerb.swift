internal import ArgumentParser
internal import SwitchboardC
internal import SwitchboardFiles
internal import SwitchboardVocabulary

/// Generates a codec in C: `switchboard c SPEC -o FOLDER`.
struct CVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "c",
        abstract: "Write a codec in C99, without dependencies and without allocation.",
        discussion: """
            The folder gets NAME.h and NAME.c, in lower case. What C cannot say is an error with its place in the spec, and nothing \
            is written.

            Example: switchboard c protocol.yaml -o codec
            """
    )

    @OptionGroup var spec: SpecOptions

    @Option(
        help: .init(
            "The name of the codec, which begins all names in C; by default that of the protocol.",
            valueName: "NAME"
        )
    )
    var name: String?

    @OptionGroup var output: FolderOptions

    func validate() throws {
        guard let name, let problem = COutput.problem(inName: name) else { return }
        throw ValidationError("--name \(name.visible) is not the name of a codec: \(problem)")
    }

    func run() throws {
        let checked = try spec.read()
        let refusals = COutput.refusals(of: checked, name: name)
        guard refusals.isEmpty else { throw SpecMistakes(refusals, path: spec.spec) }
        let files = COutput.files(for: checked, file: spec.file.name, name: name)
        try output.write(files, inputs: spec.file.paths)
    }
}
