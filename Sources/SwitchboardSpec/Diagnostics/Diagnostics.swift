/// The mistakes found so far.
struct Diagnostics {
    private var errors: [Diagnostic] = []
    private var warnings: [Diagnostic] = []

    /// The number of errors, counting the errors that are not kept.
    private(set) var errorCount = 0

    var hasErrors: Bool { errorCount > 0 }

    /// Whether as many errors are known as are shown: then there is no use in looking for more.
    var isFull: Bool { errorCount > SpecLimits.diagnostics }

    mutating func error(_ message: String, at place: Place, notes: [Diagnostic.Note] = []) {
        // What was found on two ways is one mistake.
        if errors.contains(where: { $0.place == place && $0.message == message }) { return }
        errorCount += 1
        guard errors.count < SpecLimits.diagnostics else { return }
        errors.append(Diagnostic(severity: .error, message: message, place: place, notes: notes))
    }

    mutating func error(_ message: String, at place: Place, first: Place, _ note: String) {
        error(message, at: place, notes: [Diagnostic.Note(message: note, place: first)])
    }

    mutating func warning(_ message: String, at place: Place) {
        guard warnings.count < SpecLimits.diagnostics else { return }
        warnings.append(Diagnostic(severity: .warning, message: message, place: place, notes: []))
    }

    /// The mistakes in the order in which they stand in the file, and a last one that says when there are more.
    var sorted: [Diagnostic] {
        var sorted = (errors + warnings).enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
        if isFull, let last = sorted.last {
            let message = "more than \(SpecLimits.diagnostics) mistakes: correct these to see the rest"
            sorted.append(Diagnostic(severity: .error, message: message, place: last.place, notes: []))
        }
        return sorted
    }
}

/// One mistake in a spec.
package struct Diagnostic: Hashable, Sendable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// Nothing can be generated.
        case error
        /// What is generated works, and is probably not what was meant.
        case warning
    }

    /// A second place that belongs to the mistake.
    package struct Note: Hashable, Sendable {
        /// What is there.
        package let message: String
        /// Where.
        package let place: Place
        /// The file that it is in, when that is another.
        package var path: String?
    }

    /// How bad it is.
    package let severity: Severity

    /// What is wrong, and what to do instead.
    package let message: String

    /// Where it is wrong.
    package let place: Place

    /// Other places that belong to it, say the first of two things that clash.
    package let notes: [Note]
}

extension Diagnostic {
    /// The lines that compilers print, which editors make clickable: `path:line:column: error: message`.
    package func lines(path: String) -> [String] {
        [Self.line(path, place, severity.rawValue, message)]
            + notes.map { Self.line($0.path ?? path, $0.place, "note", $0.message) }
    }

    private static func line(_ path: String, _ place: Place, _ label: String, _ message: String) -> String {
        "\(path):\(place.line):\(place.column): \(label): \(message)"
    }
}

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
