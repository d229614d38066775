internal import SwitchboardVocabulary

/// A value in a YAML file, with the place of its start.
package struct Node {
    /// What the value consists of.
    package enum Content {
        /// A text.
        case scalar(Scalar)
        /// The items of a list.
        case list([Node])
        /// The entries of a mapping, in the order of the file.
        case mapping([Entry])
    }

    /// A text: also a number or a boolean, which YAML writes without quotes.
    package struct Scalar {
        /// The text, without quotes.
        package let text: String
        /// Whether the text has no quotes and is not a block: only such a text can be a number or a boolean.
        package let isPlain: Bool
        /// The start of the comment after a plain text on the same line, with its `#`.
        package internal(set) var comment: String?
    }

    /// A key with its value.
    package struct Entry {
        /// The key.
        package let key: Node
        /// The value.
        package let value: Node
    }

    /// What the value consists of.
    package let content: Content
    /// The start of the value.
    package let place: Place
}

extension Node {
    /// The text; `nil` for a list or a mapping.
    package var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }

    /// Whether the value is empty or null.
    package var isNothing: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return scalar.text.isEmpty || scalar.text == "~" || scalar.text == "null"
    }

    /// The value of `key`; `nil` if the node is not a mapping with this key.
    package subscript(key: String) -> Node? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key.scalar?.text == key }?.value
    }

    /// The kind of the node, for diagnostics.
    package var kind: String {
        switch content {
        case .list: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            isNothing ? "nothing" : scalar.text.count > 40 ? "a text" : "`\(scalar.text.visible)`"
        }
    }
}
