internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardWireshark

/// Makes a dissector: `switchboard wireshark SPEC --output FILE`.
struct Wireshark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a dissector for Wireshark and tshark.",
        discussion: "The dissector is one file of Lua. Copy it to the folder of Wireshark's personal plugins."
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var output: FileOptions

    @Option(
        help: .init(
            "The prefix of all names in filters; by default the protocol's name in small letters.",
            valueName: "NAME"
        )
    )
    var prefix: String?

    @Option(help: .init("The server's TCP port: the default of a preference. 0 for none.", valueName: "PORT"))
    var port: UInt16 = 0

    func validate() throws {
        guard let prefix else { return }
        let isName = prefix.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                || $0 == UInt8(ascii: "_")
        }
        guard isName, prefix.first?.isLetter == true else {
            throw ValidationError(
                "--prefix \"\(prefix)\" must be small letters, digits and `_`, and begin with a letter"
            )
        }
    }

    func run() throws {
        let checked = try spec.read()
        var settings = WiresharkDissector.Settings()
        (settings.prefix, settings.port) = (prefix, port)
        let (text, refusals) = WiresharkDissector.source(for: checked, file: spec.file.name, settings)
        guard let text else { throw SpecMistakes(lines: refusals.flatMap { $0.lines(path: spec.spec) }) }
        try FileDestination.check(outputs: [output.output], inputs: spec.file.paths)
        try File.write(Array(text.utf8), to: output.output)
    }
}
