/// Lines of C source.
struct CText {
    private(set) var text = ""
    private var depth = 0

    /// Adds a line.
    mutating func line(_ line: String) {
        text += line.isEmpty ? "\n" : String(repeating: "    ", count: depth) + line + "\n"
    }

    /// Adds an empty line.
    mutating func blank() { text += "\n" }

    /// Adds `head {`, the lines of `body`, indented, and `}` with `tail`.
    mutating func block(_ head: String, _ tail: String = "", _ body: (inout CText) -> Void) {
        line(head.isEmpty ? "{" : head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line("}" + tail)
    }

    /// Adds `if (condition) {` with the lines of `body`; nothing if there are none.
    mutating func ifBlock(_ condition: String, _ body: (inout CText) -> Void) {
        var inner = CText()
        inner.depth = depth + 1
        body(&inner)
        guard !inner.text.isEmpty else { return }
        line("if (\(condition)) {")
        text += inner.text
        line("}")
    }

    /// Adds `if (!call) return false;`, or another statement for a call that fails.
    mutating func require(_ call: String, otherwise statement: String = "return false;") {
        line("if (!\(call)) \(statement)")
    }

    /// Adds the definition of a function: its head, then its body in braces.
    mutating func function(_ head: String, _ body: (inout CText) -> Void) {
        line(head)
        line("{")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
        blank()
    }

    /// Adds a doc comment of at most 100 columns.
    mutating func documentation(_ paragraphs: [String]) {
        let paragraphs = paragraphs.filter { !$0.isEmpty }
        guard !paragraphs.isEmpty else { return }
        var lines: [String] = []
        for paragraph in paragraphs {
            if !lines.isEmpty { lines.append("") }
            var current = ""
            for word in paragraph.split(whereSeparator: \.isWhitespace) {
                if !current.isEmpty, current.count + word.count + 1 > 96 - 4 * depth {
                    lines.append(current)
                    current = ""
                }
                current += current.isEmpty ? String(word) : " " + word
            }
            lines.append(current)
        }
        lines = lines.map(\.inComment)
        if lines.count == 1 { return line("/** \(lines[0]) */") }
        line("/**")
        for text in lines { line(text.isEmpty ? " *" : " * " + text) }
        line(" */")
    }

    /// Adds ready lines, which are not indented.
    mutating func append(_ other: String) { text += other }
}
