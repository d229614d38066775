/// The values of a mapping whose keys are all in its schema.
struct KeyedNodes {
    fileprivate var nodes: [String: Node] = [:]
    /// The keys that were probably meant by unknown ones.
    fileprivate var meant: Set<String> = []

    /// Whether an unknown key, which has been reported, may have meant `key`.
    func mayHaveMeant(_ key: String) -> Bool { meant.contains(key) }

    subscript(key: String) -> Node? { nodes[key] }
}

extension SpecParser {
    /// Reads a mapping with keys of the language.
    ///
    /// - Parameters:
    ///   - what: What the mapping is, for diagnostics.
    ///   - place: Where to report keys that are missing.
    mutating func keys(of node: Node, _ what: String, at place: Place, _ schema: KeySchema) -> KeyedNodes? {
        guard case .mapping(let entries) = node.content else {
            diagnostics.error("\(what) must be a mapping of keys to values, not \(node.kind)", at: node.place)
            return nil
        }
        var result = KeyedNodes()
        var seen: [String: Place] = [:]
        for entry in entries where !diagnostics.isFull {
            guard let key = key(entry) else { continue }
            if let first = seen[key] {
                let note = "it is given here first"
                diagnostics.error("`\(key)` is given twice: remove one", at: entry.key.place, first: first, note)
                continue
            }
            seen[key] = entry.key.place
            if schema.all.contains(key) {
                result.nodes[key] = entry.value
            } else {
                if let meant = reportUnknown(key, in: what, at: entry.key.place, schema) { result.meant.insert(meant) }
            }
        }
        for key in schema.required where seen[key] == nil && !result.mayHaveMeant(key) {
            diagnostics.error("\(what) needs `\(key)`: add it", at: place)
        }
        return result
    }

    /// Reports a key that is none here.
    ///
    /// - Returns: The key that may have been meant by it.
    private mutating func reportUnknown(
        _ key: String,
        in what: String,
        at place: Place,
        _ schema: KeySchema
    ) -> String? {
        let keys = schema.all.map { "`\($0)`" }.joined(separator: ", ")
        let meant = nearMiss(of: key, among: schema.all)
        let advice = meant.map { "did you mean `\($0)`?" } ?? "the keys here are \(keys)"
        diagnostics.error("unknown key `\(key.visible)` in \(what); \(advice)", at: place)
        return meant
    }

    /// Reads a mapping whose keys are names that the spec gives.
    ///
    /// - Parameters:
    ///   - what: What the mapping is, for diagnostics.
    ///   - item: What each name stands for.
    mutating func named(_ node: Node, _ what: String, _ item: String, limit: Int) -> [(Located<String>, Node)] {
        guard case .mapping(let entries) = node.content else {
            diagnostics.error("\(what) must be a mapping of names to values, not \(node.kind)", at: node.place)
            return []
        }
        guard entries.count <= limit else {
            diagnostics.error("\(what) has \(entries.count) entries: at most \(limit) are allowed", at: node.place)
            return []
        }
        var result: [(Located<String>, Node)] = []
        var seen: [String: Place] = [:]
        for entry in entries where !diagnostics.isFull {
            guard key(entry) != nil, let name = identifier(entry.key, "the name of \(item)") else { continue }
            if let first = seen[name.value] {
                let message = "the name `\(name.value)` is given twice in \(what): rename one"
                diagnostics.error(message, at: name.place, first: first, "it is given here first")
                continue
            }
            seen[name.value] = name.place
            result.append((name, entry.value))
        }
        return result
    }

    private mutating func key(_ entry: Node.Entry) -> String? {
        guard let key = entry.key.scalar else {
            diagnostics.error("a key must be a word, not \(entry.key.kind)", at: entry.key.place)
            return nil
        }
        return key.text
    }
}
