internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardReference
internal import SwitchboardVocabulary

internal import enum SwitchboardSpec.OutputName

/// Writes reference pages: `switchboard docs SPEC -o FOLDER`.
struct Docs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write reference pages of a protocol, in HTML and Markdown.",
        discussion: """
            A page shows the bytes of each message, its fields and its examples. It needs no other file.

            Example: switchboard docs protocol.yaml -o pages
            """
    )

    @OptionGroup var spec: SpecOptions

    @Option(
        help: .init("The name of the pages, without its ending; by default that of the protocol.", valueName: "NAME")
    )
    var name: String?

    @Option(help: .init("The format of the pages.", valueName: "FORMAT"))
    var format = Reference.Format.both

    @OptionGroup var output: FolderOptions

    func validate() throws {
        guard let name, !OutputName.isName(name) else { return }
        throw ValidationError("--name \(name.visible) is not the name of a file: \(OutputName.rule)")
    }

    func run() throws {
        let checked = try spec.read()
        if name == nil, let refusal = OutputName.refusal(of: checked) {
            throw SpecMistakes([refusal], path: spec.spec)
        }
        let files = Reference.files(for: checked, file: spec.file.name, name: name, format: format)
        try output.write(files, inputs: spec.file.paths)
    }
}

extension Reference.Format: ExpressibleByArgument {}
