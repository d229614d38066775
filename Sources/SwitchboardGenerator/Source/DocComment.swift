/// The text of a doc comment.
///
/// Its first sentence stands alone, as the summary that tools show.
struct DocComment {
    private let paragraphs: [String]

    init(_ text: String, _ more: [String] = []) {
        let (summary, rest) = Self.split(text)
        paragraphs = [summary] + (rest.isEmpty ? [] : [rest]) + more.filter { !$0.isEmpty }
    }

    /// The lines, none longer than `width` unless a single word is.
    func lines(width: Int) -> [String] {
        let wrapped = paragraphs.map { paragraph in
            paragraph.split(separator: "\n", omittingEmptySubsequences: false).flatMap { Self.wrap($0, width: width) }
        }
        return Array(wrapped.joined(separator: [""]))
    }

    /// Takes the first sentence off.
    private static func split(_ text: String) -> (summary: String, rest: String) {
        let text = trimmed(text.map { $0.isNewline ? "\n" : isControl($0) ? " " : $0 })
        for index in text.indices.dropLast() {
            let (character, next) = (text[index], text[text.index(after: index)])
            let endsSentence = (character == "." || character == "!" || character == "?") && next.isWhitespace
            let endsParagraph = character == "\n" && next == "\n"
            if (endsSentence && !isAbbreviation(text[...index])) || endsParagraph {
                return (trimmed(Array(text[...index])), trimmed(Array(text[text.index(after: index)...])))
            }
        }
        return (text, "")
    }

    /// Whether `text` ends in something like `e.g.`: its dot ends no sentence.
    private static func isAbbreviation(_ text: Substring) -> Bool {
        let word = text.split(whereSeparator: \.isWhitespace).last ?? ""
        return word.dropLast().contains(".")
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func trimmed(_ characters: [Character]) -> String {
        let start = characters.drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace } ?? start.startIndex
        return String(start.prefix(through: max(end, start.startIndex)))
    }

    private static func wrap(_ line: Substring, width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if current.isEmpty {
                current = String(word)
            } else if current.count + 1 + word.count <= width {
                current += " " + word
            } else {
                lines.append(current)
                current = String(word)
            }
        }
        return lines + [current]
    }
}
