/// Formats the text of a spec.
///
/// Each level is indented by two spaces. The result has at most one consecutive blank line, no white space at the ends
/// of lines, and one space inside braces and after colons and commas.
///
/// The formatter works on lines, so that comments keep their places. Afterwards it checks that the content is
/// unchanged.
package struct SpecFormatter {
    /// The reason why a file cannot be formatted.
    package struct Problem: Error {
        let diagnostic: Diagnostic

        /// Returns the lines to print.
        package func lines(path: String) -> [String] { diagnostic.lines(path: path) }

        init(_ message: String, at place: Place) {
            diagnostic = Diagnostic(severity: .error, message: message, place: place, notes: [])
        }
    }

    private var output: [String] = []
    /// The columns in the source at which the open blocks begin.
    private var columns = [0]
    /// The construct that continues on the next line.
    private var open = Continuation.none

    private enum Continuation {
        case none
        /// Braces, brackets or quotes are open, in a value that moves from one column to another.
        case flow(FlowScanner, from: Int, to: Int)
        /// A block of text, whose lines have a larger indentation than this column.
        case text(deeperThan: Int, shift: Int?)
    }

    /// Returns the formatted bytes of `file`.
    package static func format(_ file: [UInt8]) throws(Problem) -> [UInt8] {
        let before = try read(file)
        var formatter = SpecFormatter()
        let text = String(decoding: file, as: UTF8.self).replacing("\r\n", with: "\n")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { formatter.append(line) }
        while formatter.output.last?.isEmpty == true { formatter.output.removeLast() }
        let formatted = Array((formatter.output.joined(separator: "\n") + "\n").utf8)
        guard try read(formatted) == before else {
            throw Problem("formatting would change the values in this file: the file was not changed", at: .start)
        }
        return formatted
    }

    /// Returns the content of `file`, without places.
    private static func read(_ file: [UInt8]) throws(Problem) -> Content {
        do throws(YAMLError) {
            return Content(try SpecReader.tree(of: file))
        } catch {
            throw Problem(error.message, at: error.place)
        }
    }

    private mutating func append(_ line: Substring) {
        let column = line.prefix { $0 == " " }.count
        let content = line.dropFirst(column).trimmingEnd
        if continues(content, column) { return }
        guard !content.isEmpty else {
            if output.last?.isEmpty == false { output.append("") }
            return
        }
        guard content.first != "#" else {
            output.append(indentation(of: column) + content)
            return
        }
        let level = self.level(of: column)
        let (text, inner) = Self.normalizedDashes(content, column)
        // The value after a dash begins a block of its own, which is indented by two more columns.
        for column in inner { columns.append(column) }
        var scanner = FlowScanner()
        let laidOut = scanner.layOut(text)
        output.append(String(repeating: "  ", count: level) + laidOut)
        if scanner.isOpen {
            open = .flow(scanner, from: column, to: 2 * level)
        } else if Self.beginsText(laidOut) {
            // After a key, the text is indented more than the key; as an item of a list, more than the dash.
            let isItem = laidOut.split(separator: " ").dropLast().allSatisfy { $0 == "-" }
            let parents = isItem ? inner.dropLast() : inner[...]
            open = .text(deeperThan: parents.last ?? column, shift: nil)
        }
    }

    /// Appends a line that continues the construct of the line before; returns `false` if it does not.
    private mutating func continues(_ content: String, _ column: Int) -> Bool {
        switch open {
        case .none: return false
        case .flow(var scanner, let from, let to):
            let laidOut = scanner.layOut(content)
            let shifted = max(to, column - from + to)
            output.append(content.isEmpty ? "" : String(repeating: " ", count: shifted) + laidOut)
            open = scanner.isOpen ? .flow(scanner, from: from, to: to) : .none
            return true
        case .text(let outer, let shift):
            guard column > outer || content.isEmpty else {
                open = .none
                return false
            }
            guard !content.isEmpty else {
                output.append("")
                return true
            }
            // The first line decides the indentation of the text; the other lines keep their distance to it.
            let shift = shift ?? 2 * columns.count - column
            output.append(String(repeating: " ", count: max(0, column + shift)) + content)
            open = .text(deeperThan: outer, shift: shift)
            return true
        }
    }

    /// Closes the blocks that end before a line at `column`, and opens a block if the line is indented more; returns
    /// the level.
    private mutating func level(of column: Int) -> Int {
        while columns.count > 1, let last = columns.last, column < last { columns.removeLast() }
        if let last = columns.last, column > last { columns.append(column) }
        return columns.count - 1
    }

    /// Returns the indentation of a comment: that of its block.
    private func indentation(of column: Int) -> String {
        let level = columns.lastIndex { $0 <= column } ?? 0
        let isDeeper = column > (columns.last ?? 0)
        return String(repeating: "  ", count: level + (isDeeper ? 1 : 0))
    }

    /// Returns the text with one space after each dash at its start, and the columns of the values after the dashes.
    private static func normalizedDashes(_ text: String, _ column: Int) -> (text: String, inner: [Int]) {
        var (rest, start) = (text[...], column)
        var (dashes, inner): (String, [Int]) = ("", [])
        while rest.first == "-", rest.dropFirst().first == " " {
            let spaces = rest.dropFirst().prefix { $0 == " " }.count
            rest = rest.dropFirst(1 + spaces)
            start += 1 + spaces
            dashes += "- "
            inner.append(start)
        }
        return (dashes + rest, inner)
    }

    /// Returns whether a block of text (`|` or `>`) begins at the end of `line`.
    private static func beginsText(_ line: String) -> Bool {
        guard let last = line.split(separator: " ").last, let mark = last.first else { return false }
        return (mark == "|" || mark == ">") && last.dropFirst().allSatisfy { "+-123456789".contains($0) }
    }
}

/// The content of a file, without places.
private indirect enum Content: Equatable {
    case scalar(String, isPlain: Bool)
    case list([Content])
    case mapping([[Content]])

    init(_ node: Node) {
        switch node.content {
        case .scalar(let scalar):
            // Text that ends with `?` equals the same text in quotes, because the formatter adds quotes inside braces.
            self = .scalar(scalar.text, isPlain: scalar.isPlain && scalar.text.last != "?")
        case .list(let items): self = .list(items.map { Content($0) })
        case .mapping(let entries): self = .mapping(entries.map { [Content($0.key), Content($0.value)] })
        }
    }
}

extension Substring {
    /// The text without trailing white space.
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// Formats the braces and brackets in a line, and knows which of them are open at its end.
struct FlowScanner {
    private var depth = 0
    private var quote: Character?
    /// Whether the scanner has passed the key at the start of the line.
    private var hasKey = false

    /// Whether braces, brackets or quotes are open, so that the next line continues them.
    var isOpen: Bool { depth > 0 || quote != nil }

    /// Whether quotes are open.
    var isInQuotes: Bool { quote != nil }

    /// Returns the text of a line with one space inside braces and after commas, and without needless spaces.
    mutating func layOut(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        var rest = text[...]
        while let character = rest.popFirst() {
            defer { previous = character }
            if let quote {
                result.append(character)
                // A quote inside the text is doubled, or follows a backslash.
                if character == "\\", quote == "\"", let next = rest.popFirst() { result.append(next) }
                guard character == quote else { continue }
                if quote == "'", rest.first == quote, let next = rest.popFirst() {
                    result.append(next)
                } else {
                    self.quote = nil
                }
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
                // Keep the spaces before a comment, which may be aligned.
                result += ":" + (rest.first == "#" ? spaces : " ")
            default: result.append(character)
            }
        }
        while result.last == " " { result.removeLast() }
        return result
    }

    /// Returns a plain text inside braces that ends with `?`, in quotes; `nil` if `first` does not begin such a text.
    ///
    /// Some YAML parsers require the quotes: `string?` becomes `"string?"`.
    private static func quotedQuestion(_ first: Character, _ rest: inout Substring, after before: String) -> String? {
        guard first.isLetter || first == "_", before.last.map({ " {[,".contains($0) }) ?? false else { return nil }
        // A word after another word belongs to the same text.
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

    // Brackets may have inner spaces or not: `[uint8]` is a type, and `[ a, b ]` is a list.

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

    /// Returns whether a quote or a bracket after `previous` begins a value, and is not part of a word.
    private static func mayBeginQuotes(_ previous: Character) -> Bool {
        " :,{[-".contains(previous)
    }
}
