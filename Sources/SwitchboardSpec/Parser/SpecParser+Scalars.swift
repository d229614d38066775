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

    /// Warns that text ends before a `#`, which may have been meant to be in it.
    mutating func warnOfComment(behind scalar: Node.Scalar, at place: Place) {
        guard let comment = scalar.comment else { return }
        let text = "the text ends before `\(comment.visible)`, which is a comment"
        let written = "\"\(scalar.text.visible) \(comment.visible)\""
        let advice = written.count > SpecLimits.nameLength ? "" : ", as in `\(written)`"
        diagnostics.warning("\(text): put quotes around all that is text\(advice)", at: place)
    }

    /// Reads a name that refers to something else in the spec.
    mutating func name(_ node: Node, _ what: String) -> Located<String>? {
        guard let scalar = node.scalar, !node.isNothing else {
            diagnostics.error("\(what) must be a name, not \(node.kind)", at: node.place)
            return nil
        }
        return Located(value: scalar.text, place: node.place)
    }

    /// Reads a name that will stand in Swift source.
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
            diagnostics.error("\(what) must be a number such as 10 or 0x0A, not \(node.kind)", at: node.place)
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

    /// Reads one of the words that a type stands for, and keeps where it was.
    mutating func locatedChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: Node,
        _ what: String
    ) -> Located<Choice>? {
        choice(node, what).map { Located(value: $0, place: node.place) }
    }

    /// Reads a list, which may look like `example`.
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

    /// Reads bytes in hexadecimal, two digits a byte, with spaces wherever they help.
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

extension [String] {
    /// The words with commas between them, and `and` before the last.
    var enumerated: String {
        let words = map { "`\($0)`" }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The words with commas between them, and `or` before the last.
    var alternatives: String {
        let words = map { "`\($0)`" }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
