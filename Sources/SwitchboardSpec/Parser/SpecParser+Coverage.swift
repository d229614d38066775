extension SpecParser {
    /// Reads `covers`: a word, or a mapping that names an item of the header.
    mutating func coverage<Word: CaseIterable>(_ node: Node, _ what: String) -> CoverageSpec<Word>? {
        guard case .mapping = node.content else { return choice(node, what).map { .word($0) } }
        guard let values = keys(of: node, what, at: node.place, .coverage) else { return nil }
        guard let end = coverageEnd(values["to"]) else { return nil }
        guard let (key, node) = start(values, what, at: node.place), let item = name(node, "`\(key)` of `covers`")
        else {
            return nil
        }
        return .part(FramePart(item: item, includesItem: key == "from", end: end))
    }

    /// Reads `to` of `covers`: `payload`, or the name of an item of the header.
    private mutating func coverageEnd(_ node: Node?) -> CoverageEnd? {
        guard let node else { return .frame }
        guard let name = name(node, "`to` of `covers`") else { return nil }
        return name.value == CoverageEnd.payloadWord ? .payload : .item(name)
    }

    /// Returns the key that names the item, with its value.
    private mutating func start(_ values: KeyedNodes, _ what: String, at place: Place) -> (key: String, node: Node)? {
        switch (values["after"], values["from"]) {
        case (let node?, nil): return ("after", node)
        case (nil, let node?): return ("from", node)
        case (nil, nil):
            if values.hasUnknown { return nil }
            let text = "\(what) needs `after` or `from` with the name of an item of `header`"
            diagnostics.error("\(text): write `\(KeySchema.coverage.example)`", at: place)
        case (_?, let node?):
            diagnostics.error("\(what) has `after` and `from`: remove one", at: node.place)
        }
        return nil
    }
}
