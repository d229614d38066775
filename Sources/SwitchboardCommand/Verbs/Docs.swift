internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardReference
internal import SwitchboardVocabulary

/// Writes reference pages: `switchboard docs SPEC -o FOLDER`.
struct Docs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write reference pages of a protocol, in HTML and Markdown.",
        discussion: "A page shows the bytes of each message, its fields and its examples. It needs no other file."
    )

    @OptionGroup var spec: SpecOptions

    @Option(help: "Pages to write: \(Reference.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = Reference.Format.both

    @Option(
        help: .init("The name of the pages without its ending; the name of the protocol by default.", valueName: "NAME")
    )
    var name: String?

    @OptionGroup var output: FolderOptions

    func validate() throws {
        guard let name, name.isEmpty || name.hasPrefix(".") || name.contains("/") else { return }
        throw ValidationError("--name \(name.visible) is not the name of a file: use letters, digits, `-` and `_`")
    }

    func run() throws {
        let files = Reference.files(for: try spec.read(), file: spec.file.name, name: name, format: format)
        try output.write(files, inputs: spec.file.paths)
    }
}

extension Reference.Format: ExpressibleByArgument {}
