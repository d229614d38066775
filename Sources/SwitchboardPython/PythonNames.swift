internal import SwitchboardSpec

/// The names of a package: classes in the form of the spec, attributes, methods and constants with underscores.
struct PythonNames {
    /// Two names of the spec that Python could not tell apart.
    private(set) var problems: [Diagnostic] = []

    /// The words that Python does not accept as names.
    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ]

    /// The names that a class of messages or a module of them has for other things.
    private static let usedInClasses: Set<String> = [
        "bool", "bytes", "dataclass", "decode_payload", "encode", "encode_payload", "field", "float", "int", "list",
        "str",
    ]
    /// The classes that a module uses beside those of the spec.
    private static let usedClasses: Set<String> = [
        "Any", "ClassVar", "Client", "ClientError", "ConnectionClosed", "Connection", "Decoder", "DecodeError",
        "EncodeError", "ErrorReply", "Frame", "Header", "HeaderBase", "IPv4Address", "IPv6Address", "IntEnum",
        "IntFlag",
        "MACAddress", "Message", "OpenEnum", "Optional", "ProtocolViolation", "Record", "RequestTimedOut", "Sender",
        "StreamDecoder", "UUID", "Union", "UnionBase", "CodecError",
    ]
    /// The names of methods and properties that every client has.
    private static let usedInClients: Set<String> = [
        "close", "dropped_count", "incoming", "is_closed", "request", "request_timeout", "send",
    ]

    /// Chooses the names of `spec`.
    init(_ spec: CheckedSpec) {
        var classes: [String: Located<String>] = [:]
        func note(_ name: String, _ written: Located<String>, in taken: inout [String: Located<String>]) {
            guard let other = taken.updateValue(written, forKey: name) else { return }
            problems.append(
                Diagnostic(
                    severity: .error,
                    message: "`\(written.value)` and `\(other.value)` are both `\(name)` in Python: rename one of them",
                    place: written.place,
                    notes: []
                )
            )
        }
        func noteFields(_ fields: [FieldSpec]) {
            var taken: [String: Located<String>] = [:]
            for field in fields where !field.isReserved && !field.isDerived {
                note(Self.attribute(field.name.value), field.name, in: &taken)
            }
        }
        for message in spec.allMessages {
            note(Self.type(message.name.value), message.name, in: &classes)
            noteFields(message.fields)
        }
        for type in spec.allTypes {
            note(Self.type(type.name.value), type.name, in: &classes)
            var taken: [String: Located<String>] = [:]
            switch type {
            case .enumeration(let type):
                for item in type.cases { note(Self.constant(item.name.value), item.name, in: &taken) }
            case .flags(let type): for bit in type.bits { note(Self.constant(bit.name.value), bit.name, in: &taken) }
            case .structure(let type): noteFields(type.fields)
            case .union(let type):
                for item in type.cases {
                    note(Self.type(type, item.name.value), item.name, in: &classes)
                    noteFields(item.fields)
                }
                if type.keepsUnknown { note(Self.type(type, UnionSpec.unknownCase), type.name, in: &classes) }
            }
        }
        noteFields(spec.allFrames.flatMap { spec.layout(of: $0).settableItems.map(\.spec.field) })
    }

    /// Returns whether Python does not accept `name` as a name, because it is a word of the language.
    static func isKeyword(_ name: String) -> Bool { keywords.contains(name) }

    /// Returns the name of the package of the protocol `name`.
    static func package(_ name: String) -> String { free(snake(name), []) }

    /// Returns the name of a class: that of the spec, with a capital at its start.
    static func type(_ name: String) -> String {
        free(String(name.drop { $0 == "_" }.prefix(1)).uppercased() + name.drop { $0 == "_" }.dropFirst(), usedClasses)
    }

    /// Returns the name of the class of a case of a union.
    static func type(_ union: UnionSpec, _ item: String) -> String { type(union.name.value) + type(item) }

    /// Returns the name of an attribute.
    static func attribute(_ name: String) -> String { free(snake(name), usedInClasses) }

    /// Returns the name of a method of the client.
    static func method(_ name: String) -> String { free(snake(name), usedInClients) }

    /// Returns the name of a member of an enum, of a bit or of a constant.
    static func constant(_ name: String) -> String { snake(name).uppercased() }

    /// Returns `name`, which never equals a keyword or one of `used`, and begins with a letter.
    private static func free(_ name: String, _ used: Set<String>) -> String {
        let name = name.first.map { $0.isLetter } ?? false ? name : "n" + name
        return keywords.contains(name) || used.contains(name) ? name + "_" : name
    }

    /// Returns `name` in lower case with underscores between its words: `sessionID` is `session_id`.
    private static func snake(_ name: String) -> String {
        let characters = Array(name.drop { $0 == "_" })
        var result = ""
        for (index, character) in characters.enumerated() {
            let previous = index > 0 ? characters[index - 1] : "_"
            let next = index + 1 < characters.count ? characters[index + 1] : "_"
            let startsWord = character.isUppercase && (previous.isLowercase || previous.isNumber && next.isLowercase)
            let endsCapitals = character.isUppercase && previous.isUppercase && next.isLowercase
            if startsWord || endsCapitals { result += "_" }
            result += character.lowercased()
        }
        return result.first.map { $0.isLetter } ?? false ? result : "n" + result
    }
}
