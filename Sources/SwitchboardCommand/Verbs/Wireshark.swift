internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardWireshark

/// Makes a dissector: `switchboard wireshark SPEC --output FILE`.
struct Wireshark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a dissector for Wireshark and tshark.",
        discussion: """
            The dissector is one file of Lua. Copy it to the folder of Wireshark's personal plugins.

            Example: switchboard wireshark protocol.yaml -o protocol.lua --port 9000
            """
    )

    @OptionGroup var spec: SpecOptions

    @Option(
        help: .init(
            "The name of the dissector, which begins all names in filters; by default that of the protocol, in small letters.",
            valueName: "NAME"
        )
    )
    var name: String?

    @Option(
        parsing: .unconditional,
        help: .init("The TCP port of the server, which a preference can change; 0 for none.", valueName: "PORT"),
        transform: Self.port
    )
    var port: UInt16 = 0

    @OptionGroup var output: FileOptions

    /// Returns the value of `--port`.
    private static func port(_ text: String) throws -> UInt16 {
        guard let port = UInt16(text) else {
            throw ValidationError("\(text.visible) is not a TCP port: use a number from 0 to \(UInt16.max)")
        }
        return port
    }

    func validate() throws {
        guard let name, !WiresharkDissector.isPrefix(name) else { return }
        throw ValidationError("--name \(name.visible) is not the name of a dissector: \(WiresharkDissector.prefixRule)")
    }

    func run() throws {
        let checked = try spec.read()
        var settings = WiresharkDissector.Settings()
        (settings.prefix, settings.port) = (name, port)
        let (text, refusals) = WiresharkDissector.source(for: checked, file: spec.file.name, settings)
        guard let text else { throw SpecMistakes(refusals, path: spec.spec) }
        try FileDestination.check(outputs: [output.output], inputs: spec.file.paths)
        try OutputText.write(text, to: output.output)
    }
}
