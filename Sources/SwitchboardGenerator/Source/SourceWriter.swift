/// Source in the making, line by line.
struct SourceWriter {
    /// The most columns that a line should have.
    static let lineLength = 120

    private(set) var text = ""
    private var indentation = ""

    /// How many columns are left for a line.
    var room: Int { Self.lineLength - indentation.count }

    mutating func line(_ line: String) {
        text += indentation + line + "\n"
    }

    mutating func lines(_ lines: [String]) {
        for line in lines { self.line(line) }
    }

    mutating func blank() {
        text += "\n"
    }

    /// Writes `head {`, with a closure's parameters behind it, what `body` writes, indented, and `}`.
    mutating func block(_ head: String, parameters: String = "", _ body: (inout SourceWriter) -> Void) {
        line(head + " {" + (parameters.isEmpty ? "" : " " + parameters))
        indented(body)
        line("}")
    }

    /// Writes what `body` writes, indented.
    mutating func indented(_ body: (inout SourceWriter) -> Void) {
        let outer = indentation
        indentation += "    "
        body(&self)
        indentation = outer
    }

    /// Writes `head(items)tail` in one line, or with an item a line when that is too long.
    mutating func list(_ head: String, _ items: [String], _ tail: String) {
        let line = head + "(" + items.joined(separator: ", ") + ")" + tail
        guard line.count > room, !items.isEmpty else {
            self.line(line)
            return
        }
        self.line(head + "(")
        indented { writer in
            for (index, item) in items.enumerated() {
                writer.line(item + (index == items.count - 1 ? "" : ","))
            }
        }
        self.line(")" + tail)
    }

    /// Writes a call with a list as its last argument, in one line or with an item a line.
    mutating func call(_ head: String, _ first: String, list items: [String]) {
        let line = "\(head)(\(first), [\(items.joined(separator: ", "))])"
        guard line.count > room else { return self.line(line) }
        self.line(head + "(")
        indented { writer in
            writer.line(first + ",")
            writer.line("[")
            writer.indented { writer in
                for item in items { writer.line(item + ",") }
            }
            writer.line("]")
        }
        self.line(")")
    }

    /// Writes a doc comment: a summary, then paragraphs.
    mutating func documentation(_ summary: String, _ paragraphs: String...) {
        let comment = DocComment(summary, paragraphs)
        for line in comment.lines(width: room - 4) { self.line(line.isEmpty ? "///" : "/// " + line) }
    }
}

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
