internal import SwitchboardSpec

/// Lays a spec out anew: `switchboard-generate format SPEC`.
///
/// Nothing but white space changes: comments, quotes and the order of everything stay.
struct FormatCommand {
    private static let usage = "usage: switchboard-generate format SPEC"

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: false, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let path = arguments.specPath
        // Before it is read: reading a FIFO may never end.
        _ = try FileDestination(path)
        let file = try File.read(path, atMost: SpecLimits.fileBytes + 1)
        let formatted: [UInt8]
        do throws(SpecFormatter.Problem) {
            formatted = try SpecFormatter.format(file)
        } catch {
            throw .mistakes(error.lines(path: path))
        }
        guard formatted != file else { return }
        try File.write(formatted, to: path)
        try StandardOutput.write("\(path): laid out anew")
    }
}
