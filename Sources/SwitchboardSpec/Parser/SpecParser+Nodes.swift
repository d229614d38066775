/// The values of a mapping by their keys, which are in the schema.
struct KeyedNodes {
    fileprivate var nodes: [String: Node] = [:]

    /// Whether unknown keys were reported; each may be a misspelling of a key that seems to be missing.
    fileprivate(set) var hasUnknown = false

    subscript(key: String) -> Node? { nodes[key] }
}

extension SpecParser {
    /// Reads a mapping whose keys belong to the language of specs.
    ///
    /// A misspelt or foreign key is reported, and then read as the key that the author probably meant. So it causes no
    /// further diagnostics.
    ///
    /// - Parameters:
    ///   - what: What the mapping is, for diagnostics.
    ///   - place: The place at which to report missing keys.
    mutating func keys(of node: Node, _ what: String, at place: Place, _ schema: KeySchema) -> KeyedNodes? {
        guard case .mapping(let entries) = node.content else {
            let form = "\(what) must be a mapping of keys to values such as `\(schema.example)`"
            diagnostics.error("\(form), not \(node.kind)", at: node.place)
            return nil
        }
        var result = KeyedNodes()
        var seen: [String: Place] = [:]
        var unknown: [(key: String, entry: Node.Entry)] = []
        var cut = CutText()
        for entry in entries where !diagnostics.isFull {
            guard let key = key(entry) else { continue }
            if let advice = cut.next(entry, isText: { Self.textKeys.contains($0) }) {
                if !advice.isEmpty { diagnostics.error(advice, at: entry.key.place) }
                continue
            }
            if let first = seen[key] {
                let note = "the first `\(key)` is here"
                diagnostics.error("`\(key)` is given twice: remove one", at: entry.key.place, first: first, note)
                continue
            }
            seen[key] = entry.key.place
            if schema.all.contains(key) { result.nodes[key] = entry.value } else { unknown.append((key, entry)) }
        }
        reportUnknown(unknown, in: what, schema, &result)
        guard !result.hasUnknown else { return result }
        for key in schema.required where result.nodes[key] == nil {
            diagnostics.error("\(what) needs `\(key)`: add it", at: place)
        }
        return result
    }

    /// The keys whose values may be text.
    private static let textKeys: Set<String> = ["doc", "deprecated", "default", "equals"]

    /// Reports unknown keys; an unknown key that is similar to a key of the schema is read as that key.
    private mutating func reportUnknown(
        _ unknown: [(key: String, entry: Node.Entry)],
        in what: String,
        _ schema: KeySchema,
        _ result: inout KeyedNodes
    ) {
        var others: [(key: String, place: Place)] = []
        for (key, entry) in unknown {
            let problem = "unknown key `\(key.visible)` in \(what)"
            if let meant = schema.key(for: key) {
                diagnostics.error("\(problem); did you mean `\(meant)`?", at: entry.key.place)
                if result.nodes[meant] == nil { result.nodes[meant] = entry.value }
            } else if let advice = schema.foreign.advice(for: key) {
                diagnostics.error("\(problem); \(advice)", at: entry.key.place)
                result.hasUnknown = true
            } else {
                others.append((key, entry.key.place))
                result.hasUnknown = true
            }
        }
        let keys = schema.all.map { "`\($0)`" }.joined(separator: ", ")
        let lacking = schema.required.filter { result.nodes[$0] == nil }
        for (index, (key, place)) in others.enumerated() {
            let problem = "unknown key `\(key.visible)` in \(what)"
            // Report one mistake, not two: the missing key is probably what the author meant by the first unknown key.
            let needed = index > 0 || lacking.isEmpty ? "" : "; required keys that are missing: \(lacking.enumerated)"
            diagnostics.error("\(problem); the keys here are \(keys)\(needed)", at: place)
        }
    }

    /// Reads a mapping whose keys are names of the spec.
    ///
    /// - Parameters:
    ///   - what: What the mapping is, for diagnostics.
    ///   - item: What each name names, for diagnostics.
    ///   - example: An example of the mapping, for diagnostics.
    mutating func named(
        _ node: Node,
        _ what: String,
        _ item: String,
        limit: Int,
        example: String
    ) -> [(Located<String>, Node)] {
        guard case .mapping(let entries) = node.content else {
            let form = "\(what) must be a mapping of names to values such as `\(example)`"
            diagnostics.error("\(form), not \(node.kind)", at: node.place)
            return []
        }
        guard entries.count <= limit else {
            diagnostics.error("\(what) has \(entries.count) entries: at most \(limit) are allowed", at: node.place)
            return []
        }
        var result: [(Located<String>, Node)] = []
        var seen: [String: Place] = [:]
        var cut = CutText()
        for entry in entries where !diagnostics.isFull {
            guard let key = key(entry) else { continue }
            if let advice = cut.next(entry, isText: { _ in true }) {
                if !advice.isEmpty { diagnostics.error(advice, at: entry.key.place) }
                continue
            }
            guard let name = identifier(entry.key, "the name of \(item)") else {
                refusedNames.insert(key)
                continue
            }
            if let first = seen[name.value] {
                let message = "the name `\(name.value)` is given twice in \(what): rename one"
                diagnostics.error(message, at: name.place, first: first, "the first `\(name.value)` is here")
                continue
            }
            seen[name.value] = name.place
            result.append((name, entry.value))
        }
        return result
    }

    private mutating func key(_ entry: Node.Entry) -> String? {
        guard let key = entry.key.scalar else {
            diagnostics.error("a key must be a word, not \(entry.key.kind)", at: entry.key.place)
            return nil
        }
        return key.text
    }
}

/// Detects unquoted text in braces that contains a comma: YAML takes the text after the comma for a key without a
/// value.
private struct CutText {
    /// The last key with the text read so far, if the text may have been cut by a comma.
    private var last: (key: String, text: String)?

    /// Returns the advice if `entry` is the rest of a cut text: an empty string after the first time, `nil` if it is
    /// not.
    mutating func next(_ entry: Node.Entry, isText: (String) -> Bool) -> String? {
        let key = entry.key.scalar?.text ?? ""
        guard let last, let value = entry.value.scalar, value.isPlain, value.text.isEmpty,
            entry.key.scalar?.isPlain == true
        else {
            let value = entry.value.scalar
            let isWord = value.map { $0.isPlain && !$0.isNumberOrTruth } ?? false
            last = isWord && isText(key) ? (key, value?.text ?? "") : nil
            hasTold = false
            return nil
        }
        let text = "\(last.text), \(key)"
        defer { hasTold = true }
        self.last = (last.key, text)
        let advice =
            "a comma ends text within braces: put quotes around all of it, as in `\(last.key.visible): \"\(text.visible)\"`"
        return hasTold ? "" : advice
    }

    private var hasTold = false
}

extension SpecParser {
    /// Reads text, in quotes or without.
    mutating func text(_ node: Node, _ what: String) -> String? {
        guard let scalar = node.scalar, !node.isNothing else {
            diagnostics.error("\(what) must be text, not \(node.kind)", at: node.place)
            return nil
        }
        let isBlank = scalar.text.unicodeScalars.allSatisfy {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
        guard !isBlank else {
            diagnostics.error("\(what) is empty: write some text", at: node.place)
            return nil
        }
        warnOfComment(behind: scalar, at: node.place)
        return scalar.text
    }

    /// Warns if a comment follows the text directly, because the author may have meant it as part of the text.
    mutating func warnOfComment(behind scalar: Node.Scalar, at place: Place) {
        guard let comment = scalar.comment else { return }
        let text = "the text ends before `\(comment.visible)`, which is a comment"
        let written = "\"\(scalar.text.visible) \(comment.visible)\""
        let advice = written.count > SpecLimits.nameLength ? "" : ", as in `\(written)`"
        diagnostics.warning("\(text): put quotes around all that is text\(advice)", at: place)
    }

    /// Reads a name that refers to another part of the spec.
    mutating func name(_ node: Node, _ what: String) -> Located<String>? {
        guard let scalar = node.scalar, !node.isNothing else {
            diagnostics.error("\(what) must be a name, not \(node.kind)", at: node.place)
            return nil
        }
        return Located(value: scalar.text, place: node.place)
    }

    /// Reads a name that generated Swift source will use.
    mutating func identifier(_ node: Node, _ what: String) -> Located<String>? {
        guard let name = name(node, what) else { return nil }
        guard let problem = IdentifierRule.problem(in: name.value) else { return name }
        diagnostics.error("\(what) cannot be `\(name.value.visible)`: \(problem)", at: name.place)
        return nil
    }

    /// Reads `true` or `false`.
    mutating func boolean(_ node: Node, _ what: String) -> Bool? {
        switch (node.scalar?.isPlain, node.scalar?.text) {
        case (true, "true"): return true
        case (true, "false"): return false
        case (false, "true"), (false, "false"):
            diagnostics.error("\(what) must be true or false: remove the quotes", at: node.place)
            return nil
        default:
            let advice = node.scalar.map { ForeignWords.hint(for: $0.text, among: ["true", "false"]) } ?? ""
            diagnostics.error("\(what) must be true or false, not \(node.kind)\(advice)", at: node.place)
            return nil
        }
    }

    /// Reads a whole number.
    mutating func integer(_ node: Node, _ what: String) -> Located<SpecInteger>? {
        guard let scalar = node.scalar, scalar.isPlain else {
            let isQuoted = node.scalar.map { IntegerLiteral($0.text) != .invalid } ?? false
            let advice = isQuoted ? "a number: remove the quotes" : "a number, not \(node.kind)"
            diagnostics.error("\(what) must be \(advice)", at: node.place)
            return nil
        }
        switch IntegerLiteral(scalar.text) {
        case .value(let value, _): return Located(value: value, place: node.place)
        case .tooLarge:
            let message = "\(what) is too large: no number may be more than \(UInt64.max) or less than \(Int64.min)"
            diagnostics.error(message, at: node.place)
            return nil
        case .invalid:
            diagnostics.error("\(what) must be a whole number such as 10 or 0x0A, not \(node.kind)", at: node.place)
            return nil
        }
    }

    /// Reads a whole number that is not below 0.
    mutating func unsigned(_ node: Node, _ what: String) -> Located<UInt64>? {
        guard let number = integer(node, what) else { return nil }
        guard !number.value.isNegative else {
            diagnostics.error("\(what) is \(number.value), and must not be below 0", at: node.place)
            return nil
        }
        return Located(value: number.value.magnitude, place: number.place)
    }

    /// Reads one of the words that a type stands for.
    mutating func choice<Choice: RawRepresentable<String>>(
        _ node: Node,
        _ what: String,
        among choices: [Choice]
    ) -> Choice? {
        if let scalar = node.scalar, let choice = choices.first(where: { $0.rawValue == scalar.text }) { return choice }
        let words = choices.map(\.rawValue)
        let advice = node.scalar.map { ForeignWords.hint(for: $0.text, among: words) } ?? ""
        diagnostics.error("\(what) must be \(words.alternatives), not \(node.kind)\(advice)", at: node.place)
        return nil
    }

    /// Reads one of the words that a type stands for.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ node: Node, _ what: String) -> Choice? {
        choice(node, what, among: Array(Choice.allCases))
    }

    /// Reads one of the raw values of a type, and keeps its place.
    mutating func locatedChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: Node,
        _ what: String
    ) -> Located<Choice>? {
        choice(node, what).map { Located(value: $0, place: node.place) }
    }

    /// Reads a list; diagnostics show `example`.
    mutating func list(_ node: Node, _ what: String, limit: Int, example: String) -> [Node]? {
        guard case .list(let items) = node.content else {
            diagnostics.error("\(what) must be a list such as `\(example)`, not \(node.kind)", at: node.place)
            return nil
        }
        guard items.count <= limit else {
            diagnostics.error("\(what) has \(items.count) items: at most \(limit) are allowed", at: node.place)
            return nil
        }
        return items
    }

    /// Reads bytes in hexadecimal: two digits for each byte, with any white space.
    mutating func hexadecimal(_ node: Node, _ what: String) -> Located<[UInt8]>? {
        guard let text = node.scalar?.text, !node.isNothing || node.scalar?.isPlain == false else {
            diagnostics.error("\(what) must be hexadecimal digits, not \(node.kind)", at: node.place)
            return nil
        }
        do throws(Hexadecimal.Problem) {
            return Located(value: try Hexadecimal.bytes(text), place: node.place)
        } catch {
            diagnostics.error("\(what) must be \(error.message)", at: node.place)
            return nil
        }
    }
}

extension Node.Scalar {
    /// Whether the text is a number, a boolean or empty.
    var isNumberOrTruth: Bool {
        guard isPlain else { return false }
        return ["", "~", "null", "true", "false"].contains(text) || IntegerLiteral(text) != .invalid
            || FloatBits.bits(text, .float64) != nil
    }
}

/// A whole number as a spec writes it: decimal or, after `0x`, hexadecimal; `_` may separate digits.
enum IntegerLiteral: Equatable {
    /// A number, with the number of its hexadecimal digits; `nil` for a decimal number.
    case value(SpecInteger, hexDigits: Int?)
    /// A number that does not fit in 64 bits.
    case tooLarge
    /// Anything else.
    case invalid

    init(_ text: String) {
        let isNegative = text.hasPrefix("-")
        var digits = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0)
        let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
        if isHexadecimal { digits = digits.dropFirst(2) }
        let separated = digits.first == "_" || digits.last == "_" || digits.contains("__")
        digits.removeAll { $0 == "_" }
        let radix = isHexadecimal ? 16 : 10
        let areDigits = digits.allSatisfy { $0.isASCII && $0.hexDigitValue ?? radix < radix }
        guard !digits.isEmpty, areDigits, !separated else {
            self = .invalid
            return
        }
        guard let magnitude = UInt64(digits, radix: radix), !isNegative || magnitude <= Int64.min.magnitude else {
            self = .tooLarge
            return
        }
        self = .value(
            SpecInteger(isNegative: isNegative, magnitude: magnitude),
            hexDigits: isHexadecimal ? digits.count : nil
        )
    }

    /// The number; `nil` for text that is none, or one that does not fit in 64 bits.
    var number: SpecInteger? {
        if case .value(let number, _) = self { number } else { nil }
    }
}

/// Parses bytes in hexadecimal: two digits for each byte, with any white space.
package enum Hexadecimal {
    /// The reason why a text is not hexadecimal, as the end of a sentence after "must be".
    package struct Problem: Error {
        /// The text.
        package let message: String
    }

    /// Returns the bytes of hexadecimal digits, which may have white space between them.
    package static func bytes(_ text: String) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text where !character.isWhitespace {
            guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init(clamping:)) else {
                let advice = text.hasPrefix("0x") || text.hasPrefix("0X") ? ", as they are: leave `0x` out" : ""
                let found = "`\(String(character).visible)` is not one"
                throw Problem(message: "hexadecimal digits\(advice.isEmpty ? ": " + found : advice)")
            }
            if let first = high { bytes.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        guard high == nil else {
            throw Problem(message: "pairs of hexadecimal digits: the last byte has only one digit")
        }
        return bytes
    }
}

/// The rule for names that generated Swift source uses.
///
/// Reserved words of Swift are allowed: the source has them in backticks.
enum IdentifierRule {
    /// Returns why `name` is not an identifier, and what to do; `nil` if it is one.
    static func problem(in name: String) -> String? {
        guard name.unicodeScalars.count <= SpecLimits.nameLength else {
            return "a name has at most \(SpecLimits.nameLength) characters"
        }
        let isIdentifier =
            name.unicodeScalars.allSatisfy(isPart) && name.first?.isNumber == false && name.contains { $0 != "_" }
        guard !isIdentifier else { return nil }
        if !name.isEmpty, name.allSatisfy({ $0 == "_" }) { return "a name has at least one letter" }
        let rule = "a name consists of letters, digits and `_`, and does not begin with a digit"
        let suggestion = camelCased(name)
        return suggestion.isEmpty ? rule : "\(rule); for example `\(suggestion)`"
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// Returns `name` in camel case: `session-id` becomes `sessionId`.
    private static func camelCased(_ name: String) -> String {
        let words = name.unicodeScalars.split { !isPart($0) || $0 == "_" }.map { String($0) }
        let capitalized = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let joined = (words.prefix(1) + capitalized).joined()
        return String(joined.drop { $0.isNumber })
    }
}
