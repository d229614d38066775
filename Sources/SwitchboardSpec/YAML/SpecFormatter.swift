/// Lays the text of a spec out: two spaces for each level, one blank line at most, no white space at the ends of lines, one
/// space within braces and behind colons and commas.
///
/// It works on lines, so that comments stay where they are, and proves afterwards that the text still says the same.
package struct SpecFormatter {
    /// Why a file was left as it is.
    package struct Problem: Error {
        let diagnostic: Diagnostic

        /// The lines to print.
        package func lines(path: String) -> [String] { diagnostic.lines(path: path) }

        init(_ message: String, at place: Place) {
            diagnostic = Diagnostic(severity: .error, message: message, place: place, notes: [])
        }
    }

    private var output: [String] = []
    /// The columns at which blocks begin that are open: of the source.
    private var columns = [0]
    /// What holds the lines that continue something together.
    private var open = Continuation.none

    private enum Continuation {
        case none
        /// Braces, brackets or quotes are open, in a value that stood at this column and now stands at that.
        case flow(FlowScanner, from: Int, to: Int)
        /// A block of text, whose lines lie deeper than this column.
        case text(deeperThan: Int, shift: Int?)
    }

    /// The bytes of `file`, laid out.
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

    /// What `file` says, without places.
    private static func read(_ file: [UInt8]) throws(Problem) -> Content {
        do throws(YAMLError) {
            return Content(try YAMLReader.read(file))
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
        // What follows a dash begins a block of its own, two columns further in.
        for column in inner { columns.append(column) }
        var scanner = FlowScanner()
        let laidOut = scanner.layOut(text)
        output.append(String(repeating: "  ", count: level) + laidOut)
        if scanner.isOpen {
            open = .flow(scanner, from: column, to: 2 * level)
        } else if Self.beginsText(laidOut) {
            // Behind a key it lies deeper than that; as an item of a list, deeper than the dash.
            let isItem = laidOut.split(separator: " ").dropLast().allSatisfy { $0 == "-" }
            let parents = isItem ? inner.dropLast() : inner[...]
            open = .text(deeperThan: parents.last ?? column, shift: nil)
        }
    }

    /// Appends a line that goes on with what the one before began; returns whether it does.
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
            // The first line says how far in the text lies; the others keep their distance to it.
            let shift = shift ?? 2 * columns.count - column
            output.append(String(repeating: " ", count: max(0, column + shift)) + content)
            open = .text(deeperThan: outer, shift: shift)
            return true
        }
    }

    /// Closes the blocks that end before a line at `column`, and opens one if it lies deeper; returns how deep it lies.
    private mutating func level(of column: Int) -> Int {
        while columns.count > 1, let last = columns.last, column < last { columns.removeLast() }
        if let last = columns.last, column > last { columns.append(column) }
        return columns.count - 1
    }

    /// A comment stands where the block that it is in does, and opens none.
    private func indentation(of column: Int) -> String {
        let level = columns.lastIndex { $0 <= column } ?? 0
        let isDeeper = column > (columns.last ?? 0)
        return String(repeating: "  ", count: level + (isDeeper ? 1 : 0))
    }

    /// One space behind each dash at the start, and the columns at which what follows them stood.
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

    /// Whether a block of text begins at the end of `line`: `|` or `>`.
    private static func beginsText(_ line: String) -> Bool {
        guard let last = line.split(separator: " ").last, let mark = last.first else { return false }
        return (mark == "|" || mark == ">") && last.dropFirst().allSatisfy { "+-123456789".contains($0) }
    }
}

/// What a file says, without the places where it says it.
private indirect enum Content: Equatable {
    case scalar(String, isPlain: Bool)
    case list([Content])
    case mapping([[Content]])

    init(_ node: Node) {
        switch node.content {
        case .scalar(let scalar):
            // Text with a `?` at its end is the same in quotes, which it is given within braces.
            self = .scalar(scalar.text, isPlain: scalar.isPlain && scalar.text.last != "?")
        case .list(let items): self = .list(items.map { Content($0) })
        case .mapping(let entries): self = .mapping(entries.map { [Content($0.key), Content($0.value)] })
        }
    }
}

extension Substring {
    /// The text without white space at its end.
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

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
