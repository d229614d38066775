internal import ArgumentParser
internal import SwitchboardC
internal import SwitchboardFiles

/// Generates a codec in C: `switchboard c SPEC -o FOLDER`.
struct CVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "c",
        abstract: "Write a codec in C99, without dependencies and without allocation.",
        discussion: """
            The folder gets NAME.h and NAME.c, where NAME is the name of the protocol in lower case. What C cannot say is an \
            error with its place in the spec, and nothing is written.
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var folder: FolderOptions

    func run() throws {
        let checked = try spec.read()
        let refusals = COutput.refusals(of: checked)
        guard refusals.isEmpty else { throw SpecMistakes(refusals, path: spec.spec) }
        try folder.write(COutput.files(for: checked, file: spec.file.name), inputs: spec.file.paths)
    }
}
