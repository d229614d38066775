internal import SwitchboardSpec

/// The names of a C codec, which all begin with that of the codec.
struct CNames {
    /// The name of the codec in lower case: `net001`.
    let prefix: String

    /// The names of the codec called `name`.
    init(_ name: String) {
        prefix = Self.snake(name)
    }

    /// The words of C99 and of <stdbool.h>, and the macros that common compilers define.
    private static let reserved: Set<String> = [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
        "float",
        "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof",
        "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "bool", "true",
        "false",
        "asm", "linux", "unix", "i386", "errno", "stdin", "stdout", "stderr", "class", "new", "delete", "template",
        "this",
        "namespace", "private", "public", "protected", "operator", "virtual", "typename", "using", "try", "catch",
        "throw",
        "and", "or", "not", "xor", "export", "friend", "mutable", "explicit", "near", "far", "interrupt",
    ]

    /// The names of types and functions of every codec, without the prefix.
    private static let taken: Set<String> = [
        "message", "header", "text", "bytes", "memory", "status", "sender", "kind", "decode", "encode", "status_text",
        "h",
    ]

    /// Returns the name of the C type of `name`: `net001_echo_reply`.
    func type(_ name: String) -> String {
        let snake = Self.snake(name)
        return "\(prefix)_\(snake)\(Self.taken.contains(snake) ? "_type" : "")"
    }

    /// Returns a name in capitals, of the protocol and `parts`: `NET001_COLOUR_RED`.
    func constant(_ parts: String...) -> String {
        ([prefix] + parts.map(Self.snake)).joined(separator: "_").uppercased()
    }

    /// Returns the name of a member.
    func member(_ name: String) -> String {
        let snake = Self.snake(name)
        return Self.reserved.contains(snake) ? snake + "_" : snake
    }

    /// Returns the name of a variable with the value of the field `name`.
    func variable(_ name: String) -> String {
        let member = member(name)
        return Self.used.contains(member) ? member + "_" : member
    }

    /// The names of variables and parameters of the functions of a codec.
    private static let used: Set<String> = [
        "r", "w", "value", "start", "probe", "items", "count", "length", "behind", "i", "bits", "shift", "tag", "mark",
        "item", "space",
        "kind", "data", "size", "number", "view", "message", "header", "from", "memory", "frame_size", "payload",
        "frame", "covered",
        "counted", "overhead", "payload_size", "payload_end", "sent", "end", "status", "again", "head", "pad", "before",
        "has_value",
        "is_covered", "first", "name", "expected", "parts", "sum", "seed", "seed_size", "zeros", "header_end",
        "frame_start",
    ]

    /// Returns `name` in lower case with `_` between its words: `userID` becomes `user_id`.
    static func snake(_ name: String) -> String {
        let characters = Array(name)
        var snake = ""
        var start = 0
        for (index, character) in characters.enumerated() {
            guard character.isASCII, character.isLetter || character.isNumber else {
                snake += "_"
                continue
            }
            if character.isUppercase, index > 0 {
                let previous = characters[index - 1]
                let startsWord = index + 1 < characters.count && characters[index + 1].isLowercase
                // `QoS` is one word.
                let isAbbreviation = index - start == 2 && characters[start].isUppercase && !startsWord
                if previous.isLowercase && !isAbbreviation || !previous.isLowercase && startsWord {
                    snake += "_"
                    start = index
                }
            }
            snake += character.lowercased()
        }
        return snake.first?.isNumber == true ? "_" + snake : snake
    }
}

extension String {
    /// The text with nothing that ends or begins a comment of C.
    var inComment: String {
        String(map { $0.isNewline ? " " : $0 }).replacing("*/", with: "* /").replacing("/*", with: "/ *")
    }

    /// The text as a literal of C.
    var literalInC: String {
        var text = "\""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default:
                // Three octal digits end an escape, whatever follows.
                let octal = String(byte, radix: 8)
                text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            }
        }
        // No trigraphs.
        return text.split(separator: "??", omittingEmptySubsequences: false).joined(separator: "?\\?") + "\""
    }
}

extension [UInt8] {
    /// The bytes as a literal of C: a string.
    var bytesInC: String { "\"\(map(\.escapedInC).joined())\"" }
}

extension UInt8 {
    fileprivate var escapedInC: String {
        switch self {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return "\\" + String(UnicodeScalar(self))
        case UInt8(ascii: "?"): return "\\?"
        case 0x20..<0x7F: return String(UnicodeScalar(self))
        default:
            let octal = String(self, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }
    }
}
