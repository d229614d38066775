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
        if utf8.count <= maximumLength, hasOnly({ Self.printable ~= $0 }) { return self }
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
        let (backslash, quote) = (UInt8(ascii: "\\"), UInt8(ascii: "\""))
        if hasOnly({ Self.printable ~= $0 && $0 != backslash && $0 != quote }) { return "\"\(self)\"" }
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

    /// The printable characters of ASCII, of which most texts consist: they are not escaped.
    private static var printable: ClosedRange<UInt8> { 0x20...0x7E }

    /// Returns whether the text has only bytes that `test` accepts.
    private func hasOnly(_ test: (UInt8) -> Bool) -> Bool {
        unsafe utf8.withContiguousStorageIfAvailable { unsafe $0.allSatisfy(test) } ?? utf8.allSatisfy(test)
    }
}
