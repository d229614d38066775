internal import SwitchboardFiles
package import SwitchboardSpec

/// Prints frames as `decode` does.
package struct FramePrinter {
    private let text: DissectionText
    private let json: DissectionJSON?
    private let write: (String) throws -> Void
    private var count = 0

    /// A printer of frames that `dissector` takes apart.
    ///
    /// - Parameters:
    ///   - json: Whether each frame is an object on a line of its own.
    ///   - showsSecrets: Whether objects have the values of fields with `secret`.
    ///   - write: Writes a line.
    package init(
        _ dissector: FrameDissector,
        json: Bool,
        showsSecrets: Bool,
        to write: @escaping (String) throws -> Void
    ) {
        text = DissectionText(dissector)
        self.json = json ? DissectionJSON(dissector, showsSecrets: showsSecrets) : nil
        self.write = write
    }

    /// Prints a frame.
    package mutating func print(_ found: FoundFrame) throws {
        count += 1
        if let json { return try write(json.object(found.frame, found.bytes, at: found.offset).line) }
        if count > 1 { try write("") }
        for line in text.lines(found.frame, number: count, at: found.offset) { try write(line) }
    }
}
