internal import SwitchboardFiles
internal import SwitchboardSpec

/// Prints the frames of a stream as text or JSON, and counts those that are wrong.
struct StreamPrinter {
    private let text: DissectionText
    private let objects: DissectionJSON
    private let json: Bool
    private var count = 0
    private var wrong = 0

    /// Prints frames that `dissector` has taken apart.
    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool) {
        text = DissectionText(dissector)
        objects = DissectionJSON(dissector, showsSecrets: showsSecrets)
        self.json = json
    }

    /// Prints a frame.
    mutating func write(_ found: StreamDecoder.Found) throws {
        count += 1
        if !found.frame.isWhole { wrong += 1 }
        if json {
            try StandardOutput.write(objects.object(found.frame, found.bytes, at: found.offset).line)
        } else {
            if count > 1 { try StandardOutput.write("") }
            for line in text.lines(found.frame, number: count, at: found.offset) { try StandardOutput.write(line) }
        }
    }

    /// Throws an error if there was no frame, or a wrong one.
    func finish() throws {
        guard count > 0 else { throw SpecMistakes(lines: ["switchboard: error: the input has no bytes"]) }
        guard wrong == 0 else {
            let what = count == 1 ? "the frame is" : "\(wrong) of \(count) frames \(wrong == 1 ? "is" : "are")"
            throw SpecMistakes(lines: ["switchboard: error: \(what) malformed or incomplete"])
        }
    }
}
