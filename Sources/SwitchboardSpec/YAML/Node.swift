/// A value in a YAML file, and where it starts.
struct Node {
    enum Content {
        case scalar(Scalar)
        case list([Node])
        case mapping([Entry])
    }

    struct Scalar {
        let text: String
        /// Written without quotes, and not as a block: the only form that can be a number or a truth value.
        let isPlain: Bool
        /// The beginning of the comment behind it on the same line, with its `#`, if it is plain and there is one.
        var comment: String?
    }

    struct Entry {
        let key: Node
        let value: Node
    }

    let content: Content
    let place: Place
}

extension Node.Scalar {
    /// Whether it says a number, a truth value or nothing, and no text.
    var isNumberOrTruth: Bool {
        guard isPlain else { return false }
        return ["", "~", "null", "true", "false"].contains(text) || IntegerLiteral(text) != .invalid
            || FloatBits.bits(text, .float64) != nil
    }
}

extension Node {
    var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }

    /// Whether nothing was written where a value belongs.
    var isNothing: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return scalar.text.isEmpty || scalar.text == "~" || scalar.text == "null"
    }

    /// The value of `key`, if it is a mapping that has it.
    subscript(key: String) -> Node? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key.scalar?.text == key }?.value
    }

    /// What it is, in words for a diagnostic.
    var kind: String {
        switch content {
        case .list: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            isNothing ? "nothing" : scalar.text.count > 40 ? "a text" : "`\(scalar.text.visible)`"
        }
    }
}
