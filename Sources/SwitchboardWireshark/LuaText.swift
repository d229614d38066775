internal import SwitchboardSpec

/// Text as source of Lua.
enum Lua {
    /// The largest whole number that Lua 5.2 represents exactly, as all smaller ones.
    static let largestNumber: UInt64 = 1 << 53

    /// Returns a string literal with these bytes.
    static func literal(_ bytes: [UInt8]) -> String {
        let text = bytes.enumerated().map { index, byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): return "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: return String(UnicodeScalar(byte))
            default:
                // A digit after an escape would belong to it.
                let digits = String(byte)
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                let isFollowedByDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= next
                return "\\" + (isFollowedByDigit ? String(repeating: "0", count: 3 - digits.count) : "") + digits
            }
        }
        return "\"\(text.joined())\""
    }

    /// Returns a string literal with this text, on one line.
    static func literal(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n", "\r", "\t": " "
            default: character.value < 0x20 || character.value == 0x7F ? "\\\(character.value)" : String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }

    /// Returns the key of a table: `name` or `["name"]`.
    static func key(_ name: String) -> String { isIdentifier(name) ? name : "[\(literal(name))]" }

    /// Returns the field `name` of the table `table`.
    static func member(_ table: String, _ name: String) -> String {
        isIdentifier(name) ? "\(table).\(name)" : "\(table)[\(literal(name))]"
    }

    /// Returns the variable of an item of the frame's header.
    static func header(_ name: String) -> String {
        "h." + name + (keywords.contains(name) || partsOfFrames.contains(name) ? "_" : "")
    }

    /// What a dissector itself keeps about a frame.
    private static let partsOfFrames: Set<String> = [
        "checksum", "code", "counted", "id", "length", "message", "payload", "payload_end", "sender", "start", "stop",
    ]

    private static func isIdentifier(_ name: String) -> Bool {
        !keywords.contains(name) && name.first?.isNumber == false
            && name.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || UnicodeScalar($0).properties.isAlphabetic || UnicodeScalar($0).isDigit
            }
    }

    /// The words that cannot be names.
    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not",
        "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// Returns a name of a spec in small letters, with `_` between its words: `sessionID` becomes `session_id`.
    static func name(_ name: String) -> String {
        let letters = Array(name.unicodeScalars)
        var result = ""
        for (index, letter) in letters.enumerated() {
            guard letter.isUppercase else {
                result.unicodeScalars.append(letter)
                continue
            }
            let before = index > 0 ? letters[index - 1] : "_"
            let after = index + 1 < letters.count ? letters[index + 1] : "_"
            if before != "_", !before.isUppercase || after.isLowercase { result += "_" }
            result += String(letter).lowercased()
        }
        return result
    }
}

extension UnicodeScalar {
    fileprivate var isUppercase: Bool { ("A"..."Z").contains(self) }
    fileprivate var isLowercase: Bool { ("a"..."z").contains(self) }
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}

extension String {
    /// Returns whether the source uses the variable `name`, which has one letter.
    func uses(_ name: Character) -> Bool {
        var previous: Character = " "
        for (index, character) in zip(indices, self) {
            defer { previous = character }
            guard character == name, !previous.isLetter, !previous.isNumber, !"_.\"".contains(previous) else {
                continue
            }
            let next = self[self.index(after: index)...].first
            if next == "." || next == ":" || next == ")" || next == "," { return true }
        }
        return false
    }

    /// The lines of the text, two columns further to the right.
    var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }.joined(
            separator: "\n"
        )
    }
}

/// Writes a function literal with `body`: on one line, if it is short.
func luaFunction(_ parameters: String = "", _ body: String) -> String {
    let head = "function(\(parameters))"
    return body.isEmpty ? "\(head) end" : "\(head)\n\(body.indented)\nend"
}
