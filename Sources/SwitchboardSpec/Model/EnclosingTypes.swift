/// A set of types and messages, by name, that has with each type those with a field of it.
struct EnclosingTypes: Sendable {
    private var names: Set<String> = []
    /// For each type, the types with a field of it.
    private var holders: [String: [String]] = [:]

    /// Notes, before any insertion, that the type `holder` has a field of the type `held`.
    mutating func note(_ held: String, in holder: String) { holders[held, default: []].append(holder) }

    /// Adds `name`, the types with a field of it, the types with a field of those, and so on.
    mutating func insert(_ name: String) {
        var rest = [name]
        while let next = rest.popLast() {
            if names.insert(next).inserted { rest += holders[next] ?? [] }
        }
    }

    func contains(_ name: String) -> Bool { names.contains(name) }
}
