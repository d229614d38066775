/// Which names may stand in Swift source.
///
/// Words that Swift reserves may: they are written in backticks there.
enum IdentifierRule {
    /// What keeps `name` from being an identifier and what to do instead, or `nil` when it is one.
    static func problem(in name: String) -> String? {
        guard name.unicodeScalars.count <= SpecLimits.nameLength else {
            return "a name has at most \(SpecLimits.nameLength) characters"
        }
        let isIdentifier =
            name.unicodeScalars.allSatisfy(isPart) && name.first?.isNumber == false && name.contains { $0 != "_" }
        guard !isIdentifier else { return nil }
        let rule = "a name is made of letters, digits and `_`, and begins with no digit"
        let suggestion = camelCased(name)
        return suggestion.isEmpty ? rule : "\(rule); `\(suggestion)` would do"
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// The words of `name` put together: `session-id` becomes `sessionId`.
    private static func camelCased(_ name: String) -> String {
        let words = name.unicodeScalars.split { !isPart($0) || $0 == "_" }.map { String($0) }
        let capitalized = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let joined = (words.prefix(1) + capitalized).joined()
        return String(joined.drop { $0.isNumber })
    }
}
