package import SwitchboardSpec

/// A version of a spec that is compared with another one.
package struct SpecVersion: Sendable {
    /// The spec.
    package let spec: CheckedSpec
    /// The name of the version in messages: a path, or `git:REF:PATH`.
    package let name: String
    /// The path of the file, without a git reference.
    package let path: String

    /// A version called `name` of the file at `path`.
    package init(_ spec: CheckedSpec, name: String, path: String) {
        self.spec = spec
        self.name = name
        self.path = path
    }
}

/// The changes between two versions of a spec.
package struct SpecComparison: Sendable {
    /// The old version.
    package let old: SpecVersion
    /// The new version.
    package let new: SpecVersion
    /// The changes: the worst first, then in the order of the new file.
    package let findings: [Finding]

    /// Compares `old` with `new`.
    package init(_ old: SpecVersion, _ new: SpecVersion) {
        self.old = old
        self.new = new
        var comparer = Comparer(old, new)
        comparer.compareAll()
        findings = comparer.findings.enumerated()
            .sorted { left, right in
                if left.element.effect != right.element.effect { return left.element.effect > right.element.effect }
                let places = (left.element.new.place, right.element.new.place)
                return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
            }
            .map(\.element)
    }

    /// The worst effect of all changes.
    package var effect: Effect { findings.map(\.effect).max() ?? .compatible }

    /// The directions in which a change breaks the wire.
    package var directions: Directions { findings.reduce(into: []) { $0.formUnion($1.directions) } }
}
