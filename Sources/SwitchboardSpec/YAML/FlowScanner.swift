/// Goes through the text of a line and lays out what stands in braces and brackets; knows what is open at its end.
struct FlowScanner {
    private var depth = 0
    private var quote: Character?
    /// Whether the key that a line begins with has been seen.
    private var hasKey = false

    /// Whether the next line goes on with what this one began.
    var isOpen: Bool { depth > 0 || quote != nil }

    /// Whether a text in quotes is open.
    var isInQuotes: Bool { quote != nil }

    /// The text of a line, with one space within braces and behind commas, and none that is not needed.
    mutating func layOut(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        var rest = text[...]
        while let character = rest.popFirst() {
            defer { previous = character }
            if let quote {
                result.append(character)
                // A quote in the text itself is written twice, or behind a backslash.
                if character == "\\", quote == "\"", let next = rest.popFirst() { result.append(next) }
                if character == quote { self.quote = nil }
                continue
            }
            if depth > 0, let quoted = Self.quotedQuestion(character, &rest, after: result) {
                result += quoted
                continue
            }
            switch character {
            case "#" where previous == " " || result.isEmpty:
                result += (result.isEmpty || result.last == " " ? "" : " ") + "#" + rest
                return result
            case "\"", "'":
                if Self.mayBeginQuotes(previous) { quote = character }
                result.append(character)
            case "{", "[":
                guard depth > 0 || Self.mayBeginQuotes(previous) else {
                    result.append(character)
                    continue
                }
                open(character, &rest, &result)
            case "}" where depth > 0, "]" where depth > 0: close(character, &result)
            case "," where depth > 0:
                while result.last == " " { result.removeLast() }
                result.append(",")
                skipSpaces(&rest)
                if !rest.isEmpty { result.append(" ") }
            case " " where depth > 0:
                if result.last != " " { result.append(" ") }
            case ":" where !hasKey && depth == 0 && rest.first == " ":
                hasKey = true
                let spaces = rest.prefix { $0 == " " }
                skipSpaces(&rest)
                // Comments may be aligned.
                result += ":" + (rest.first == "#" ? spaces : " ")
            default: result.append(character)
            }
        }
        while result.last == " " { result.removeLast() }
        return result
    }

    /// A plain text within braces that ends with a question mark, in quotes; `nil` when none begins with `first`.
    ///
    /// Some readers of YAML need them: `string?` becomes `"string?"`.
    private static func quotedQuestion(_ first: Character, _ rest: inout Substring, after before: String) -> String? {
        guard first.isLetter || first == "_", before.last.map({ " {[,".contains($0) }) ?? false else { return nil }
        // A word behind another belongs to the text that the other began.
        let previous = before.last { $0 != " " }
        guard previous.map({ ":{[,".contains($0) }) ?? false else { return nil }
        let text = rest.prefix { !",{}[]#:\"'\\".contains($0) }
        let isEnd = rest.dropFirst(text.count).first.map { ",}]".contains($0) } ?? false
        let spaces = text.reversed().prefix { $0 == " " }.count
        let word = text.dropLast(spaces)
        guard isEnd, word.last == "?" else { return nil }
        rest = rest.dropFirst(word.count)
        return "\"\(first)\(word)\""
    }

    // Within brackets there may be a space or not: `[uint8]` is a type, and `[ a, b ]` a list.

    private mutating func open(_ character: Character, _ rest: inout Substring, _ result: inout String) {
        depth += 1
        result.append(character)
        let hasSpace = character == "{" || rest.first == " "
        skipSpaces(&rest)
        let isEmpty = rest.first == "}" || rest.first == "]"
        if hasSpace, !rest.isEmpty, !isEmpty, rest.first != "#" { result.append(" ") }
    }

    private mutating func close(_ character: Character, _ result: inout String) {
        depth -= 1
        let hasSpace = character == "}" || result.last == " "
        while result.last == " " { result.removeLast() }
        if hasSpace, let last = result.last, last != "{", last != "[" { result.append(" ") }
        result.append(character)
    }

    private func skipSpaces(_ rest: inout Substring) {
        while rest.first == " " { rest.removeFirst() }
    }

    /// Whether a quote or a bracket behind `previous` begins something, and is not part of a word.
    private static func mayBeginQuotes(_ previous: Character) -> Bool {
        " :,{[-".contains(previous)
    }
}
