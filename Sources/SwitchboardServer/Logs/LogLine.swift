/// Text that others have written, fit for one line of a log.
enum LogLine {
    /// The most characters that are shown.
    private static let maximumCharacters = 500

    /// `text` without anything that ends a line or commands a terminal, and not longer than it should be.
    static func text(_ text: String) -> String {
        var line = ""
        for scalar in text.prefix(maximumCharacters).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return text.count > maximumCharacters ? line + "…" : line
    }
}
