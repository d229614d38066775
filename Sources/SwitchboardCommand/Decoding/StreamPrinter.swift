internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Prints the frames of a stream as text or JSON, and counts those that are wrong.
struct StreamPrinter {
    private let text: DissectionText
    private let objects: DissectionJSON
    private let json: Bool
    private let output: BufferedOutput
    private var count = 0
    private var wrong = 0

    /// Prints frames that `dissector` has taken apart.
    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool, to output: BufferedOutput) {
        text = DissectionText(dissector)
        objects = DissectionJSON(dissector, showsSecrets: showsSecrets)
        self.json = json
        self.output = output
    }

    /// Prints a frame.
    mutating func write(_ found: FoundFrame) throws {
        count += 1
        if !found.frame.isWhole { wrong += 1 }
        if json {
            try output.write(objects.object(found.frame, found.bytes, at: found.offset).line)
        } else {
            if count > 1 { try output.write("") }
            for line in text.lines(found.frame, number: count, at: found.offset) { try output.write(line) }
        }
    }

    /// Writes what is left of the output, and throws an error if there was no frame, or a wrong one.
    func finish() throws {
        try output.flush()
        guard count > 0 else { throw VerbFailure("the input has no bytes") }
        guard wrong == 0 else {
            let what = count == 1 ? "the frame is" : "\(wrong) of \(count) frames \(wrong == 1 ? "is" : "are")"
            throw VerbFailure("\(what) malformed or incomplete")
        }
    }
}
