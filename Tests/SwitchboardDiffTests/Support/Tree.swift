import SwitchboardSpec

/// A value of a YAML file that tests can change.
indirect enum Tree: Sendable {
    case scalar(String, isPlain: Bool)
    case list([Tree])
    case mapping([(key: String, value: Tree)])

    init(_ node: Node) {
        switch node.content {
        case .scalar(let scalar): self = .scalar(scalar.text, isPlain: scalar.isPlain)
        case .list(let items): self = .list(items.map { Tree($0) })
        case .mapping(let entries): self = .mapping(entries.map { ($0.key.scalar?.text ?? "", Tree($0.value)) })
        }
    }

    /// A plain scalar.
    init(_ text: String) {
        self = .scalar(text, isPlain: true)
    }

    /// The file, on one line.
    var text: String {
        switch self {
        case .scalar(let text, let isPlain):
            let isSafe = isPlain && text.allSatisfy { $0.isLetter || $0.isNumber || " ._-+~".contains($0) }
            return isSafe ? text : "\"" + text.flatMap { "\\\"".contains($0) ? ["\\", $0] : [$0] } + "\""
        case .list(let items): return "[ " + items.map(\.text).joined(separator: ", ") + " ]"
        case .mapping(let entries):
            return "{ " + entries.map { "\"\($0.key)\": \($0.value.text)" }.joined(separator: ", ") + " }"
        }
    }

    subscript(key: String) -> Tree? {
        guard case .mapping(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The keys of a mapping.
    var keys: [String] {
        if case .mapping(let entries) = self { entries.map(\.key) } else { [] }
    }

    /// The tree without the entries `keys` of any mapping.
    func without(_ keys: Set<String>) -> Tree {
        switch self {
        case .scalar: self
        case .list(let items): .list(items.map { $0.without(keys) })
        case .mapping(let entries):
            .mapping(entries.filter { !keys.contains($0.key) }.map { ($0.key, $0.value.without(keys)) })
        }
    }

    /// The tree with another name in every scalar and key that is `name`.
    func renaming(_ name: String, to other: String) -> Tree {
        switch self {
        case .scalar(let text, let isPlain): .scalar(text == name ? other : text, isPlain: isPlain)
        case .list(let items): .list(items.map { $0.renaming(name, to: other) })
        case .mapping(let entries):
            .mapping(entries.map { ($0.key == name ? other : $0.key, $0.value.renaming(name, to: other)) })
        }
    }

    /// The number of values in the tree.
    var count: Int {
        switch self {
        case .scalar: 1
        case .list(let items): items.reduce(1) { $0 + $1.count }
        case .mapping(let entries): entries.reduce(1) { $0 + $1.value.count }
        }
    }

    /// Returns the tree after a change of the value with the number `index` in the order of the file.
    ///
    /// - Parameter key: The key of the value, or of the list that has it.
    func changing(_ index: Int, key: String = "", _ change: (Tree, String) -> Tree) -> Tree {
        if index == 0 { return change(self, key) }
        var rest = index - 1
        func changed(_ value: Tree, _ key: String) -> Tree {
            defer { rest -= value.count }
            return 0..<value.count ~= rest ? value.changing(rest, key: key, change) : value
        }
        switch self {
        case .scalar: return self
        case .list(let items): return .list(items.map { changed($0, key) })
        case .mapping(let entries): return .mapping(entries.map { ($0.key, changed($0.value, $0.key)) })
        }
    }
}
