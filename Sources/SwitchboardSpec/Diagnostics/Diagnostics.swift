/// The mistakes found so far.
struct Diagnostics {
    private var errors: [Diagnostic] = []
    private var warnings: [Diagnostic] = []

    /// The number of errors, counting those that are not kept.
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
