/// The mistakes found so far.
struct Diagnostics {
    private var errors: [Diagnostic] = []
    private var warnings: [Diagnostic] = []

    /// The number of errors, including errors beyond the limit, which are not kept.
    private(set) var errorCount = 0

    var hasErrors: Bool { errorCount > 0 }

    /// Whether more errors were found than are reported, so that the search can end.
    var isFull: Bool { errorCount > SpecLimits.diagnostics }

    mutating func error(_ message: String, at place: Place, notes: [Diagnostic.Note] = []) {
        // A mistake that two checks find is reported once.
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

    /// The mistakes in the order of the file; the last one says if there are more.
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

/// A mistake in a spec.
package struct Diagnostic: Hashable, Sendable {
    /// The severity of the mistake.
    package enum Severity: String, Sendable {
        /// An error: nothing can be generated.
        case error
        /// A warning: the generated source works, but is probably not what the author wants.
        case warning
    }

    /// A note with another place that belongs to the mistake.
    package struct Note: Hashable, Sendable {
        /// The text of the note.
        package let message: String
        /// The place of the note.
        package let place: Place
        /// The path of the file, if the place is in another file.
        package var path: String?
    }

    /// The severity of the mistake.
    package let severity: Severity

    /// What is wrong, and what to do.
    package let message: String

    /// The place of the mistake.
    package let place: Place

    /// Notes with other places, such as the first of two equal names.
    package let notes: [Note]

    /// A mistake with its place, and notes with other places.
    package init(severity: Severity, message: String, place: Place, notes: [Note] = []) {
        self.severity = severity
        self.message = message
        self.place = place
        self.notes = notes
    }
}

extension Diagnostic {
    /// Returns the lines to print: `path:line:column: error: message`, as compilers print them, so that editors make
    /// them clickable.
    package func lines(path: String) -> [String] {
        [Self.line(path, place, severity.rawValue, message)]
            + notes.map { Self.line($0.path ?? path, $0.place, "note", $0.message) }
    }

    private static func line(_ path: String, _ place: Place, _ label: String, _ message: String) -> String {
        "\(path.visible):\(place.line):\(place.column): \(label): \(message)"
    }
}

/// A value of a spec, with its place in the file.
package struct Located<Value> {
    /// The value.
    package let value: Value
    /// The place of the value.
    package let place: Place
}

extension Located: Sendable where Value: Sendable {}

// MARK: - Words

// The words of diagnostics: lists, numbers and bytes as text, and the name that the author probably meant.

extension [String] {
    /// The words with commas between them, and `and` before the last.
    var enumerated: String {
        let words = map { "`\($0)`" }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The words with commas between them, and `or` before the last.
    var alternatives: String {
        let words = map { "`\($0)`" }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension Int {
    /// The number of bytes in words.
    var bytes: String { self == 1 ? "1 byte" : "\(self) bytes" }

    /// The number of bits in words.
    var bits: String { self == 1 ? "1 bit" : "\(self) bits" }

    /// The number of elements in words.
    var elements: String { self == 1 ? "1 element" : "\(self) elements" }
}

extension UInt64 {
    /// The number in hexadecimal, two digits at least.
    var hexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return "0x" + (digits.count == 1 ? "0" : "") + digits
    }
}

extension [UInt8] {
    /// The bytes in hexadecimal.
    package var hexadecimal: String { self[...].hexadecimal }

    /// The first ``SpecLimits/shownFrameBytes`` bytes in hexadecimal; a longer sequence ends with its size.
    var shownInHexadecimal: String { self[...].shownInHexadecimal }
}

extension ArraySlice<UInt8> {
    /// The bytes in hexadecimal.
    package var hexadecimal: String {
        let digits: StaticString = "0123456789abcdef"
        return unsafe String(unsafeUninitializedCapacity: 2 * count) { text in
            for (index, byte) in enumerated() {
                unsafe text[2 * index] = digits.utf8Start[Int(byte >> 4)]
                unsafe text[2 * index + 1] = digits.utf8Start[Int(byte & 0xF)]
            }
            return 2 * count
        }
    }

    /// The first ``SpecLimits/shownFrameBytes`` bytes in hexadecimal; a longer sequence ends with its size.
    var shownInHexadecimal: String {
        let digits = prefix(SpecLimits.shownFrameBytes).hexadecimal
        return digits + (count > SpecLimits.shownFrameBytes ? "… (\(count) bytes)" : "")
    }
}
