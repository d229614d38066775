internal import SwitchboardSpec

/// Splits a text into words as a shell does: quotes keep spaces, and a backslash the next character.
enum RuleWords {
    /// Returns the words of `text`.
    ///
    /// - Throws: A problem when a quotation does not end.
    static func split(_ text: String) throws(MessageInput.Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", quote != "'", let next = rest.popFirst() {
                word = (word ?? "") + String(next)
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                (quote, word) = (character, word ?? "")
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw MessageInput.Problem(message: "it has a \(quote) without an end") }
        return words + (word.map { [$0] } ?? [])
    }
}
