extension Unicode.Scalar {
    /// Whether the scalar shows nothing itself, but ends lines or says how others are shown: control characters, line
    /// ends, directions, joiners.
    package var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension String {
    /// The text in one line, in which nothing ends the line or commands a terminal: `\u{1b}` in place of an escape.
    package var visible: String {
        replacingScalars { $0.isInvisible ? "\\u{\(String($0.value, radix: 16))}" : nil }
    }

    /// The text in double quotes, as a literal of a language with the escapes of C.
    ///
    /// - Parameter control: What the language writes in place of a control character, by its digits in hexadecimal.
    package func quoted(_ control: (_ digits: String) -> String) -> String {
        let escaped = replacingScalars { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case _ where scalar.properties.generalCategory == .control: control(String(scalar.value, radix: 16))
            default: nil
            }
        }
        return "\"\(escaped)\""
    }

    private func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            if let replacement = replacement(scalar) {
                text += replacement
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
