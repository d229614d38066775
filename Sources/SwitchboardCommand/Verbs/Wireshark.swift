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

    @Option(
        help: .init("The server's TCP port: the default of a preference. 0 for none.", valueName: "PORT"),
        transform: Self.port
    )
    var port: UInt16 = 0

    /// Returns the value of `--port`.
    private static func port(_ text: String) throws -> UInt16 {
        guard let port = UInt16(text) else {
            throw ValidationError("\(text.visible) is not a TCP port: use a number from 0 to \(UInt16.max)")
        }
        return port
    }

    func validate() throws {
        guard let prefix, !WiresharkDissector.isPrefix(prefix) else { return }
        throw ValidationError("--prefix \"\(prefix.visible)\" is not a prefix: \(WiresharkDissector.prefixRule)")
    }

    func run() throws {
        let checked = try spec.read()
        var settings = WiresharkDissector.Settings()
        (settings.prefix, settings.port) = (prefix, port)
        let (text, refusals) = WiresharkDissector.source(for: checked, file: spec.file.name, settings)
        guard let text else { throw SpecMistakes(refusals, path: spec.spec) }
        try FileDestination.check(outputs: [output.output], inputs: spec.file.paths)
        try OutputText.write(text, to: output.output)
    }
}
