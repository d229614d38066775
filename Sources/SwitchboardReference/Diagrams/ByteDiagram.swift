internal import SwitchboardSpec

/// The bytes of a layout, in rows.
struct ByteDiagram {
    /// A value.
    struct Cell {
        /// What a value is, which decides its colour.
        enum Kind: String {
            // swift-format-ignore: OneCasePerLine
            case value, constant, derived, unused, payload
        }

        /// The name.
        var label: String
        /// The type or the number of bytes, in few words.
        var detail = ""
        /// The place of the field on the page.
        var anchor: Anchor?
        /// What the value is.
        var kind = Kind.value
        /// Whether some payloads lack the value.
        var isConditional = false
        /// Whether the value begins a row.
        var startsRow = false
        /// The place of the first byte; `nil` for a value of a few bits that is not at the start of its bytes.
        var offset: Offset?
        /// The number of bits; `nil` if it differs between values.
        var bits: Int?
    }

    /// A part of a cell in one row.
    struct Piece {
        /// The index of the cell.
        let cell: Int
        /// The first bit of the row that it fills.
        let start: Int
        /// The number of bits.
        let width: Int
        /// Whether the piece shows the name of the cell.
        var isLabelled: Bool
    }

    /// A row.
    struct Row {
        /// The place of its first byte.
        var offset: Offset?
        /// Its cells.
        var pieces: [Piece] = []
        /// The number of rows that a single fixed value fills.
        var lines = 1
        /// Whether the number of bytes differs between values.
        var isOpen = false
    }

    /// What the diagram shows, for readers who do not see it.
    let title: String
    /// The cells, in wire order.
    let cells: [Cell]
    /// The number of bits of a row: 8, 16 or 32.
    let width: Int
    /// The rows.
    private(set) var rows: [Row] = []

    /// Whether a value begins or ends within a byte.
    let hasBits: Bool

    /// The diagram of `cells`.
    init(title: String, _ cells: [Cell]) {
        self.title = title
        self.cells = cells
        width = Self.width(for: cells)
        hasBits = cells.contains { ($0.bits ?? 0) % 8 != 0 }
        rows = Self.rows(cells, width)
    }

    /// Returns the smallest number of bits of a row that has all neighbours of a fixed size.
    private static func width(for cells: [Cell]) -> Int {
        var (longest, current) = (0, 0)
        for cell in cells {
            if cell.startsRow { current = 0 }
            current = cell.bits.map { current + $0 } ?? 0
            longest = max(longest, current)
        }
        return [8, 16].first { longest <= $0 } ?? 32
    }

    private static func rows(_ cells: [Cell], _ width: Int) -> [Row] {
        var rows: [Row] = []
        var row = Row()
        var filled = 0
        func end() {
            if !row.pieces.isEmpty { rows.append(row) }
            (row, filled) = (Row(), 0)
        }
        for (index, cell) in cells.enumerated() {
            if cell.startsRow || cell.bits == nil || rows.last?.isOpen == true && row.pieces.isEmpty { end() }
            guard let bits = cell.bits else {
                let piece = Piece(cell: index, start: 0, width: width, isLabelled: true)
                rows.append(Row(offset: cell.offset, pieces: [piece], isOpen: true))
                continue
            }
            var rest = bits
            var pieces: [(row: Int, piece: Int, width: Int)] = []
            while rest > 0 {
                if filled == 0 {
                    let behind = rows.last.flatMap { $0.offset?.advanced(by: UInt64($0.lines * width / 8)) }
                    row.offset = cell.offset?.advanced(by: UInt64((bits - rest) / 8)) ?? behind
                }
                let lines = filled == 0 ? rest / width : 0
                let taken = lines > 0 ? width : min(rest, width - filled)
                row.pieces.append(
                    Piece(cell: index, start: filled, width: taken, isLabelled: false)
                )
                pieces.append((rows.count, row.pieces.count - 1, taken * max(1, lines)))
                row.lines = max(1, lines)
                rest -= taken * max(1, lines)
                filled += taken
                if filled == width { end() }
            }
            // The widest piece has the name.
            guard let widest = pieces.max(by: { $0.width < $1.width }) else { continue }
            if widest.row < rows.count {
                rows[widest.row].pieces[widest.piece].isLabelled = true
            } else {
                row.pieces[widest.piece].isLabelled = true
            }
        }
        end()
        return rows
    }
}
