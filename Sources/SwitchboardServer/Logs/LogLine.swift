/// Text that others have written, fit for one line of a log.
enum LogLine {
    /// The most Unicode scalars that are shown: a character may have any number of them.
    private static let maximumScalars = 500

    /// `text` without anything that ends a line or commands a terminal, and not longer than it should be.
    static func text(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(maximumScalars) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.dropFirst(maximumScalars).isEmpty ? line : line + "…"
    }
}
