/// Draws a diagram with the lines of Unicode's box drawing characters.
struct TextDiagram {
    /// The directions in which lines leave a place.
    private struct Lines: OptionSet, Hashable {
        let rawValue: UInt8
        static let up = Lines(rawValue: 1)
        static let down = Lines(rawValue: 2)
        static let left = Lines(rawValue: 4)
        static let right = Lines(rawValue: 8)
    }

    /// The character for each set of ``Lines``.
    private static let corners: [Character] = [
        " ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼",
    ]
    private static let columns = 64
    private static let gutter = 6

    private let diagram: ByteDiagram
    private var lines: [[Lines]] = []
    private var texts: [[Character]] = []
    private var legend: [(letter: Character, name: String)] = []

    init(_ diagram: ByteDiagram) { self.diagram = diagram }

    /// The text, with a legend for values that have no room for their names.
    static func text(of diagram: ByteDiagram) -> String {
        var drawing = TextDiagram(diagram)
        return drawing.draw()
    }

    private var scale: Int { Self.columns / diagram.width }

    private mutating func draw() -> String {
        var offsets: [Int: String] = [:]
        var y = 0
        for row in diagram.rows {
            let height = row.lines > 1 || row.isOpen ? 4 : 2
            extend(to: y + height)
            if let offset = row.offset { offsets[y + 1] = offset.label }
            for piece in row.pieces { draw(piece, row, y, height) }
            y += height
        }
        var result = [head]
        for (index, row) in texts.enumerated() {
            let label = offsets[index] ?? ""
            let gutter = String(repeating: " ", count: max(0, Self.gutter - 1 - label.count)) + label + " "
            let characters = zip(row, lines[index]).map { $0 == " " ? Self.corners[Int($1.rawValue)] : $0 }
            result.append(trimmed(gutter + String(characters)))
        }
        if !legend.isEmpty { result.append("") }
        result += legend.map { "      \($0.letter)  \($0.name)" }
        return result.joined(separator: "\n")
    }

    /// The line with the numbers of the bytes in a row.
    private var head: String {
        let bytes = diagram.width / 8
        let room = Self.columns / bytes
        let cells = (0..<bytes).map { byte in
            let label = bytes == 1 ? "byte" : "+\(byte)"
            let before = (room - label.count) / 2
            return String(repeating: " ", count: before) + label
                + String(repeating: " ", count: room - label.count - before)
        }
        return trimmed(String(repeating: " ", count: Self.gutter) + " " + cells.joined())
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    private mutating func extend(to row: Int) {
        while lines.count <= row {
            lines.append([Lines](repeating: [], count: Self.columns + 1))
            texts.append([Character](repeating: " ", count: Self.columns + 1))
        }
    }

    private mutating func draw(_ piece: ByteDiagram.Piece, _ row: ByteDiagram.Row, _ y: Int, _ height: Int) {
        let (left, right) = (piece.start * scale, (piece.start + piece.width) * scale)
        let bottom = y + height
        for x in left..<right {
            for edge in [y, bottom] {
                lines[edge][x].insert(.right)
                lines[edge][x + 1].insert(.left)
            }
        }
        for line in y..<bottom {
            for edge in [left, right] {
                lines[line][edge].insert(.down)
                lines[line + 1][edge].insert(.up)
            }
        }
        if row.isOpen || row.lines > Self.shownLines {
            // The sides of a value that has more bytes than the diagram shows.
            for edge in [left, right] { texts[y + 2][edge] = "~" }
        }
        let cell = diagram.cells[piece.cell]
        let room = right - left - 1
        guard piece.isLabelled else {
            // A value goes on in several rows.
            let label = "(\(cell.label))"
            if label.count <= room, !cell.label.isEmpty {
                write(label, at: y + height / 2, left + 1 + (room - label.count) / 2)
            }
            return
        }
        var label = cell.label
        if label.isEmpty, cell.kind == .unused { label = "unused" }
        if cell.isConditional, label.count + 1 <= room { label += "?" }
        if label.count > room { label = cell.kind == .unused ? "" : letter(for: cell.label) }
        var content = [label]
        if height > 2, !cell.detail.isEmpty, cell.detail.count <= room { content.append(cell.detail) }
        let top = y + (height > 2 ? (height - content.count) / 2 + 1 : 1)
        for (index, text) in content.enumerated() where top + index < bottom {
            write(text, at: top + index, left + 1 + (room - text.count) / 2)
        }
    }

    private mutating func write(_ text: String, at line: Int, _ column: Int) {
        for (offset, character) in text.enumerated() where character != " " { texts[line][column + offset] = character }
    }

    /// The number of rows of a value above which its sides show that it has more.
    private static let shownLines = 2

    /// Returns the letter that stands for `name`, which the legend explains.
    private mutating func letter(for name: String) -> String {
        if let known = legend.first(where: { $0.name == name }) { return String(known.letter) }
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        guard legend.count < letters.count else { return "" }
        legend.append((letters[legend.count], name))
        return String(letters[legend.count - 1])
    }
}
