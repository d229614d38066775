/// A place in a spec: where a diagnostic points.
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

    /// The first character of a file: where what is missing altogether is reported.
    package static let start = Place(line: 1, column: 1)
}

extension Place: Comparable {
    /// Whether `left` comes before `right` in the file.
    package static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A value of a spec, and where it was written.
package struct Located<Value> {
    /// The value.
    package let value: Value
    /// Where it was written.
    package let place: Place
}

extension Located: Sendable where Value: Sendable {}
