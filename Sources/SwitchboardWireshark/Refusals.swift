internal import SwitchboardSpec

/// The parts of a spec that a dissector in Lua cannot express.
struct Refusals {
    /// The refused parts, in the order in which they were found.
    private(set) var diagnostics: [Diagnostic] = []

    /// Refuses the part at `place`: `message` says what it is and why.
    mutating func refuse(_ message: String, at place: Place) {
        let diagnostic = Diagnostic(severity: .error, message: message, place: place, notes: [])
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// Refuses a number that Lua cannot represent.
    mutating func refuse(number: SpecInteger, at place: Place, _ owner: String) {
        refuse(
            "\(owner) has the number \(number), and a dissector in Lua compares numbers up to \(Lua.largestNumber)",
            at: place
        )
    }
}
