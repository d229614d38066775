package import SwitchboardSpec

/// What a change breaks, from the worst on.
///
/// The raw value is the keyword of `--level` and of the reports.
package enum Effect: String, CaseIterable, Sendable, Comparable {
    /// Peers of the two versions misunderstand or reject each other's frames.
    case wire
    /// Swift programs that use the generated code do not compile, or need another name.
    case source
    /// Programs compile and understand each other, but do something else.
    case behaviour
    /// Nothing.
    case compatible

    /// The effect in words.
    package var title: String {
        switch self {
        case .wire: "breaks the wire"
        case .source: "breaks source"
        case .behaviour: "changes behaviour"
        case .compatible: "compatible"
        }
    }

    private var severity: Int {
        switch self {
        case .wire: 3
        case .source: 2
        case .behaviour: 1
        case .compatible: 0
        }
    }

    /// Whether `left` is less severe.
    package static func < (left: Effect, right: Effect) -> Bool { left.severity < right.severity }
}

/// The place of a change in one of the two versions.
package struct Location: Hashable, Sendable {
    /// The path of the file, as messages print it.
    package let path: String
    /// The place in the file.
    package let place: Place

    /// `path:line:column`.
    package var text: String { "\(path):\(place.line):\(place.column)" }
}

/// A change between two versions of a spec.
package struct Finding: Sendable {
    /// The kind of the change.
    package let rule: Rule
    /// What the change breaks.
    package let effect: Effect
    /// The directions in which it breaks the wire; none for another effect.
    package let directions: Directions
    /// What changed, with its name and both values.
    package let message: String
    /// The place in the old version: that of the part around it, if the old version does not have the part.
    package let old: Location
    /// The place in the new version: that of the part around it, if the new version does not have the part.
    package let new: Location
}
