/// Conditions of other languages, such as `kind == 1`, and what to write in `when` instead.
enum ForeignConditions {
    /// The operators, each before those that it begins with.
    private static let operators = ["==", "!=", "<>", ">=", "<=", ">", "<", "="]

    /// Returns the mapping that means the same as the condition `text`; `nil` if it is no condition with an operator.
    static func mapping(for text: String) -> String? {
        let terms = parts(of: text, between: ["&&", " and "])
        let mappings = terms.compactMap(term)
        // A name alone is no condition of another language, and a mapping has each key once.
        guard mappings.count == terms.count, Set(mappings.map(\.name)).count == terms.count,
            mappings.count > 1 || mappings[0].name != text
        else { return nil }
        return "{ \(mappings.map { "\($0.name): \($0.test)" }.joined(separator: ", ")) }"
    }

    private static func term(_ text: String) -> (name: String, test: String)? {
        for word in ["not ", "!"] where text.hasPrefix(word) && !text.contains("=") {
            let name = trimmed(text.dropFirst(word.count))
            return isName(name) ? (name, "false") : nil
        }
        guard let sign = operators.first(where: text.contains) else { return isName(text) ? (text, "true") : nil }
        let sides = parts(of: text, between: [sign])
        guard sides.count == 2, isName(sides[0]), isValue(sides[1]) else { return nil }
        let (name, value) = (sides[0], sides[1])
        switch sign {
        case "==", "=": return (name, value)
        case "!=", "<>": return (name, "{ not: \(value) }")
        case ">=": return (name, "{ min: \(value) }")
        case "<=": return (name, "{ max: \(value) }")
        case ">": return IntegerLiteral(value).number?.successor.map { (name, "{ min: \($0) }") }
        default: return IntegerLiteral(value).number?.predecessor.map { (name, "{ max: \($0) }") }
        }
    }

    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...3).contains(parts.count) && parts.allSatisfy { IdentifierRule.problem(in: String($0)) == nil }
    }

    private static func isValue(_ text: String) -> Bool { IntegerLiteral(text).number != nil || isName(text) }

    private static func parts(of text: String, between separators: [String]) -> [String] {
        guard let separator = separators.first(where: text.contains) else { return [trimmed(text[...])] }
        return text.split(separator: separator, omittingEmptySubsequences: false).map(trimmed)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
