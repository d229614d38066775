extension String {
    /// The text on one line, with every character escaped that a terminal could obey: `\u{1B}`.
    ///
    /// Text of a peer, a file or the command line goes through this function before a person reads it, in diagnostics, logs
    /// and the output of commands. Control and format characters, ends of lines, and code points without a character of their
    /// own are escaped.
    package var visible: String { visible(maximumLength: .max) }

    /// The beginning of the text on one line, with every character escaped that a terminal could obey.
    ///
    /// - Parameter maximumLength: The number of Unicode scalars after which the rest of the text is replaced by `…`.
    ///   Characters would not bound the length: one character has any number of scalars.
    package func visible(maximumLength: Int) -> String {
        var result = ""
        for scalar in unicodeScalars.prefix(maximumLength) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += scalar.escaped(asASCII: true)
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(maximumLength).isEmpty ? result : result + "…"
    }
}
