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
