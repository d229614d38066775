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
