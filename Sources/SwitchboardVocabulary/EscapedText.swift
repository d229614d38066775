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

    /// The text in double quotes, as a literal of a language with the escapes of C.
    ///
    /// - Parameter control: What the language writes in place of a control character, by its digits in hexadecimal.
    package func quoted(_ control: (_ digits: String) -> String) -> String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case _ where scalar.properties.generalCategory == .control:
                result += control(String(scalar.value, radix: 16))
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
