/// A place in a file.
package struct Place: Hashable, Sendable {
    /// The line, counted from 1.
    package let line: Int
    /// The column, counted from 1 in Unicode scalars.
    package let column: Int

    /// A place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a file: the place to report missing parts of the whole file.
    package static let start = Place(line: 1, column: 1)
}

extension Place: Comparable {
    /// Whether `left` comes before `right` in the file.
    package static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
