/// Reads a YAML text as a tree of nodes.
///
/// Anchors, aliases and tags are rejected. No file of this package needs them, and without them a tree is never larger than its
/// text.
package struct YAMLReader {
    private let events: YAMLEventReader
    private let limits: YAMLLimits
    private var nodes = 0

    private init(_ text: some Collection<UInt8>, within limits: YAMLLimits) {
        events = YAMLEventReader(text)
        self.limits = limits
    }

    /// Returns the tree of `file`; `nil` if the file has no value.
    ///
    /// - Throws: A ``YAMLError`` with the place of the mistake.
    package static func read(_ file: [UInt8], within limits: YAMLLimits) throws(YAMLError) -> Node? {
        guard file.count <= limits.fileBytes else {
            let message = "the file is larger than \(limits.fileBytes) bytes, the largest size allowed"
            throw YAMLError(message: message + limits.whenTooLarge, place: .start)
        }
        if let place = firstInvalidUTF8(in: file) {
            throw YAMLError(message: "not UTF-8: save the file in this encoding", place: place)
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = file.starts(with: byteOrderMark) ? file.dropFirst(3) : file[...]
        var reader = YAMLReader(text, within: limits)
        return try reader.readOnlyDocument()
    }

    private mutating func readOnlyDocument() throws(YAMLError) -> Node? {
        var root: Node?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return root.flatMap { $0.isNothing ? nil : $0 }
            case .documentStart where root != nil:
                let message = "the file contains a second YAML document: remove `---`"
                throw YAMLError(message: message, place: event.place)
            case .documentStart, .other: continue
            default: root = try node(event, depth: 0)
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Node {
        try check(event, depth: depth)
        switch event.kind {
        case .scalar(let scalar): return Node(content: .scalar(scalar), place: event.place)
        case .listStart: return Node(content: .list(try items(depth: depth + 1)), place: event.place)
        case .mappingStart: return Node(content: .mapping(try entries(depth: depth + 1)), place: event.place)
        default:
            throw YAMLError(syntaxProblem: "a value was expected here", place: event.place)
        }
    }

    private mutating func items(depth: Int) throws(YAMLError) -> [Node] {
        var items: [Node] = []
        while true {
            let event = try events.next()
            if case .listEnd = event.kind { return items }
            items.append(try node(event, depth: depth))
        }
    }

    private mutating func entries(depth: Int) throws(YAMLError) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return entries }
            let key = try node(event, depth: depth)
            entries.append(Node.Entry(key: key, value: try node(events.next(), depth: depth)))
        }
    }

    private mutating func check(_ event: YAMLEvent, depth: Int) throws(YAMLError) {
        nodes += 1
        if case .alias = event.kind {
            throw YAMLError(
                message:
                    "aliases (`*name`) are not allowed: write the value out, or put quotes around text that begins with `*`",
                place: event.place
            )
        }
        if event.hasAnchor {
            throw YAMLError(
                message: "anchors (`&name`) are not allowed: remove it, or put quotes around text that begins with `&`",
                place: event.place
            )
        }
        if event.hasTag {
            throw YAMLError(
                message: "tags (`!name`) are not allowed: remove it, or put quotes around text that begins with `!`",
                place: event.place
            )
        }
        if depth > limits.nestingDepth {
            let message = "nested deeper than \(limits.nestingDepth) levels, the most allowed"
            throw YAMLError(message: message, place: event.place)
        }
        if nodes > limits.nodes {
            let message = "more than \(limits.nodes) values, the most allowed in a file"
            throw YAMLError(message: message, place: event.place)
        }
    }

    /// Returns the place of the first bytes that are not UTF-8; `nil` if the file is valid UTF-8.
    private static func firstInvalidUTF8(in file: [UInt8]) -> Place? {
        guard String(validating: file, as: UTF8.self) == nil else { return nil }
        var (line, column) = (1, 1)
        var decoder = UTF8()
        var bytes = file.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            column = scalar == "\n" ? 1 : column + 1
            line += scalar == "\n" ? 1 : 0
        }
        return Place(line: line, column: column)
    }
}

/// The limits of a YAML file.
///
/// Together they bound the time and memory for reading it.
package struct YAMLLimits: Sendable {
    /// The size of the file, in bytes.
    package let fileBytes: Int
    /// The depth of nested lists and mappings.
    package let nestingDepth: Int
    /// The number of values, lists, mappings and keys in the file.
    package let nodes: Int
    /// The end of the error about a file that is too large: what to do.
    package let whenTooLarge: String

    /// Limits with these values.
    package init(fileBytes: Int, nestingDepth: Int, nodes: Int, whenTooLarge: String = "") {
        self.fileBytes = fileBytes
        self.nestingDepth = nestingDepth
        self.nodes = nodes
        self.whenTooLarge = whenTooLarge
    }
}

/// The error of a file that is not valid YAML.
package struct YAMLError: Error {
    /// What is wrong, and what to do.
    package let message: String
    /// The place of the mistake.
    package let place: Place
    /// What is wrong with the syntax, without words of YAML; `nil` if the syntax is right.
    ///
    /// For texts in JSON, which are read as YAML.
    package let syntaxProblem: String?

    /// An error about the file, at a place.
    package init(message: String, place: Place) {
        self.message = message
        self.place = place
        syntaxProblem = nil
    }

    /// An error about the syntax.
    ///
    /// - Parameters:
    ///   - syntaxProblem: What is wrong.
    ///   - context: What was being read, in words of YAML, with a comma behind it.
    ///   - advice: What to do, in parentheses, with a space before them.
    ///   - place: The place of the mistake.
    init(syntaxProblem: String, context: String = "", advice: String = "", place: Place) {
        message = "not YAML: \(context)\(syntaxProblem)\(advice)"
        self.place = place
        self.syntaxProblem = syntaxProblem
    }
}
