/// Rows of texts in aligned columns.
struct TextTable {
    /// A column: its title, and whether its texts are numbers, which are aligned to the right.
    struct Column {
        let title: String
        let isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let columns: [Column]
    /// The texts of each row, one for each column.
    let rows: [[String]]

    /// The line of the titles, and one line for each row.
    var lines: (heading: String, rows: [String]) {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { index in
            ([titles] + rows).reduce(0) { max($0, $1[index].count) }
        }
        func line(_ texts: [String]) -> String {
            columns.indices.map { index in
                let space = String(repeating: " ", count: max(widths[index] - texts[index].count, 0))
                return columns[index].isNumber ? space + texts[index] : texts[index] + space
            }.joined(separator: "  ")
        }
        return (line(titles), rows.map(line))
    }
}
