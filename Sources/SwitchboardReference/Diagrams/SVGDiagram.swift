internal import SwitchboardSpec

/// Draws a diagram as SVG; the colours come from the style of the page.
struct SVGDiagram {
    private static let gutter = 46.0
    private static let margin = 8.0
    private static let rowHeight = 42.0
    private static let tallHeight = 62.0
    private static let headHeight = 20.0
    /// The width of a character of a name.
    private static let characterWidth = 7.3
    private static let smallCharacterWidth = 6.1
    private static let largestRotated = 190.0

    /// Returns the SVG element of `diagram`.
    static func text(of diagram: ByteDiagram) -> String {
        let bit = diagram.width == 8 ? 56.0 : diagram.width == 16 ? 36.0 : 21.0
        let width = gutter + Double(diagram.width) * bit + margin
        var svg = ""
        var y = headHeight
        svg += head(diagram, bit)
        for row in diagram.rows {
            let height = self.height(of: row, diagram, bit)
            if let offset = row.offset {
                svg += text("offset", offset.label, x: gutter - 8, y: y + 17, anchor: "end")
            }
            for piece in row.pieces { svg += draw(piece, row, diagram, y, height, bit) }
            y += height
        }
        let size =
            "viewBox=\"0 0 \(number(width)) \(number(y + 2))\" width=\"\(number(width))\" height=\"\(number(y + 2))\""
        return """
            <svg class="bytes" role="group" aria-label="\(diagram.title.escapedForHTML)" \(size)>
            \(svg)</svg>

            """
    }

    private static func head(_ diagram: ByteDiagram, _ bit: Double) -> String {
        var svg = ""
        for byte in 0..<diagram.width / 8 {
            let x = gutter + (Double(byte) * 8 + 4) * bit
            let label = diagram.hasBits ? "" : diagram.width == 8 ? "byte" : "+\(byte)"
            svg += text("ruler", label, x: x, y: 13, anchor: "middle")
            for index in 0..<(diagram.hasBits ? 8 : 0) {
                let x = gutter + (Double(byte * 8 + index) + 0.5) * bit
                svg += text("ruler", "\(7 - index)", x: x, y: 13, anchor: "middle")
            }
        }
        return svg
    }

    private static func height(of row: ByteDiagram.Row, _ diagram: ByteDiagram, _ bit: Double) -> Double {
        if row.isOpen || row.lines > 1 { return tallHeight }
        let heights = row.pieces.filter(\.isLabelled).map { piece in
            let cell = diagram.cells[piece.cell]
            let (width, name) = (Double(piece.width) * bit, label(of: cell))
            let lines = wrapped(name, width)
            guard lines.isEmpty else { return Double(lines.count) * 15 + (cell.detail.isEmpty ? 14 : 28) }
            return min(largestRotated, Double(name.count) * characterWidth + 16)
        }
        return max(rowHeight, heights.max() ?? 0)
    }

    private static func label(of cell: ByteDiagram.Cell) -> String {
        cell.label.isEmpty && cell.kind == .unused ? "unused" : cell.label
    }

    /// Returns `name` in lines that fit in `width`, broken before capital letters; none if a line does not fit.
    private static func wrapped(_ name: String, _ width: Double) -> [String] {
        let room = Int((width - 8) / characterWidth)
        if name.count <= room { return [name] }
        var words: [String] = [""]
        for character in name {
            if character.isUppercase, let last = words.last?.last, !last.isUppercase { words.append("") }
            words[words.count - 1].append(character)
            if character == "_" || character == " " { words.append("") }
        }
        var lines: [String] = []
        for word in words where !word.isEmpty {
            if let last = lines.last, last.count + word.count <= room {
                lines[lines.count - 1] += word
            } else {
                lines.append(word)
            }
        }
        return lines.count <= 3 && lines.allSatisfy { $0.count <= room } ? lines : []
    }

    private static func draw(
        _ piece: ByteDiagram.Piece,
        _ row: ByteDiagram.Row,
        _ diagram: ByteDiagram,
        _ y: Double,
        _ height: Double,
        _ bit: Double
    ) -> String {
        let cell = diagram.cells[piece.cell]
        let x = gutter + Double(piece.start) * bit
        let width = Double(piece.width) * bit
        let classes = "cell \(cell.kind.rawValue)\(cell.isConditional ? " conditional" : "")"
        let key = cell.anchor.map { " data-key=\"\($0.id.escapedForHTML)\"" } ?? ""
        var svg = "<g class=\"\(classes)\"\(key)>"
        svg += "<title>\((label(of: cell) + (cell.detail.isEmpty ? "" : ": \(cell.detail)")).escapedForHTML)</title>"
        svg += "<path d=\"\(outline(piece, isOpen: row.isOpen || row.lines > 8, x, y, width, height))\"/>"
        if piece.isLabelled {
            svg += names(cell, x, y, width, height)
        } else if Double(cell.label.count) * smallCharacterWidth <= width - 6 {
            // A value goes on in several rows.
            svg += text("detail", cell.label, x: x + width / 2, y: y + height / 2 + 4, anchor: "middle")
        }
        svg += "</g>\n"
        guard let anchor = cell.anchor else { return svg }
        return "<a href=\"#\(anchor.id.escapedForHTML)\">\(svg.dropLast())</a>\n"
    }

    /// Returns the outline of a cell; sides within a value that goes on in the next row are open, and long values have waves.
    private static func outline(
        _ piece: ByteDiagram.Piece,
        isOpen: Bool,
        _ x: Double,
        _ y: Double,
        _ width: Double,
        _ height: Double
    ) -> String {
        let (right, bottom) = (number(x + width), number(y + height))
        let (left, top) = (number(x), number(y))
        guard isOpen else { return "M\(left) \(top)H\(right)V\(bottom)H\(left)Z" }
        let step = number(height / 4)
        let down = "q4 \(number(height / 8)) 0 \(step)t0 \(step)t0 \(step)t0 \(step)"
        let up = "q4 \(number(-height / 8)) 0 -\(step)t0 -\(step)t0 -\(step)t0 -\(step)"
        return "M\(left) \(top)H\(right)\(down)H\(left)\(up)Z"
    }

    private static func names(_ cell: ByteDiagram.Cell, _ x: Double, _ y: Double, _ width: Double, _ height: Double)
        -> String
    {
        let name = label(of: cell)
        let middle = x + width / 2
        let lines = wrapped(name, width)
        guard !lines.isEmpty else {
            let room = Int((largestRotated - 16) / characterWidth)
            let shown = name.count > room ? name.prefix(room - 1) + "…" : name[...]
            let turn = "transform=\"rotate(-90 \(number(middle)) \(number(y + height / 2)))\""
            return text("name", String(shown), x: middle, y: y + height / 2 + 4, anchor: "middle", turn)
        }
        let fits = !cell.detail.isEmpty && Double(cell.detail.count) * smallCharacterWidth <= width - 6
        let total = Double(lines.count) * 15 + (fits ? 14 : 0)
        var place = y + (height - total) / 2 + 12
        var svg = ""
        for line in lines {
            svg += text("name", line, x: middle, y: place, anchor: "middle")
            place += 15
        }
        if fits { svg += text("detail", cell.detail, x: middle, y: place - 1, anchor: "middle") }
        return svg
    }

    static func text(_ style: String, _ text: String, x: Double, y: Double, anchor: String, _ more: String = "")
        -> String
    {
        guard !text.isEmpty else { return "" }
        let place = "x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(more.isEmpty ? "" : " " + more)"
        return "<text class=\"\(style)\" \(place)>\(text.escapedForHTML)</text>"
    }

    /// Returns a number with at most one digit behind the point.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let magnitude = abs(tenths)
        return sign + (magnitude % 10 == 0 ? "\(magnitude / 10)" : "\(magnitude / 10).\(magnitude % 10)")
    }
}

/// Draws a conversation as SVG.
struct SVGSequence {
    private static let (left, right) = (70.0, 470.0)
    private static let stepHeight = 32.0

    /// Returns the SVG element of `diagram`.
    static func text(of diagram: SequenceDiagram) -> String {
        let height = 44 + Double(diagram.steps.count) * stepHeight + 12
        var svg = ""
        for (x, name) in [(left, "client"), (right, "server")] {
            svg += "<path class=\"life\" d=\"M\(SVGDiagram.number(x)) 32V\(SVGDiagram.number(height - 4))\"/>"
            svg +=
                "<rect class=\"end\" x=\"\(SVGDiagram.number(x - 42))\" y=\"4\" width=\"84\" height=\"26\" rx=\"6\"/>"
            svg += SVGDiagram.text("name", name, x: x, y: 21, anchor: "middle")
        }
        for (index, step) in diagram.steps.enumerated() {
            svg += draw(step, y: 58 + Double(index) * stepHeight)
        }
        let size =
            "viewBox=\"0 0 540 \(SVGDiagram.number(height))\" width=\"540\" height=\"\(SVGDiagram.number(height))\""
        return """
            <svg class="sequence" role="group" aria-label="Messages between client and server, in order" \(size)>
            \(svg)</svg>

            """
    }

    private static func draw(_ step: SequenceDiagram.Step, y: Double) -> String {
        let middle = (left + right) / 2
        switch step {
        case .note(let text): return SVGDiagram.text("note", text, x: middle, y: y, anchor: "middle") + "\n"
        case .message(let name, let sender, let isReply):
            let (from, to) = sender == .server ? (right - 5, left + 5) : (left + 5, right - 5)
            let tip = { (x: Double, direction: Double) in
                "<path class=\"tip\" d=\"M\(SVGDiagram.number(x)) \(SVGDiagram.number(y))"
                    + "l\(SVGDiagram.number(-9 * direction)) -5v10z\"/>"
            }
            let id = Anchor.message(name).id.escapedForHTML
            var svg = "<a href=\"#\(id)\"><g class=\"arrow\(isReply ? " reply" : "")\">"
            svg += "<path d=\"M\(SVGDiagram.number(from)) \(SVGDiagram.number(y))H\(SVGDiagram.number(to))\"/>"
            svg += tip(to, to > from ? 1 : -1)
            if sender == .both { svg += tip(from, -1) }
            svg += SVGDiagram.text("name", name, x: middle, y: y - 6, anchor: "middle")
            return svg + "</g></a>\n"
        }
    }
}
