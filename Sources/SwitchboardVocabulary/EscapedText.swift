extension String {
    /// The text on one line; characters that could control a terminal are escaped, as in `\u{1B}`.
    ///
    /// All text from a peer, a file or the command line is escaped in this way before it is printed: in diagnostics, in
    /// logs and in the output of commands. Control and format characters, ends of lines, and unassigned code points are
    /// escaped.
    package var visible: String { visible(maximumLength: .max) }

    /// The beginning of the text on one line; characters that could control a terminal are escaped.
    ///
    /// - Parameter maximumLength: The number of Unicode scalars after which the rest of the text is replaced by `…`. A
    ///   limit of characters would not bound the length, because one character can have any number of scalars.
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

    /// Returns the text in double quotes, as a string literal of a language with the escapes of C.
    ///
    /// - Parameter control: Returns the escape sequence of a control character, from its hexadecimal digits.
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
