internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec

/// How a verb prints frames.
struct FrameOutputOptions: ParsableArguments {
    @Flag(help: "Print JSON objects, each on a line of its own.")
    var json = false

    @Flag(help: "Show the values of fields with `secret`.")
    var showSecrets = false

    /// A printer of frames that `dissector` takes apart.
    func printer(_ dissector: FrameDissector) -> FramePrinter {
        FramePrinter(dissector, json: json, showsSecrets: showSecrets) { try StandardOutput.write($0) }
    }
}
