/// Makes a tree of nodes of a YAML text.
///
/// Anchors, aliases and tags are refused: a spec has no use for them, and without them a tree is never larger than its
/// text.
struct YAMLReader {
    private let events: YAMLEventReader
    private var nodes = 0

    private init(_ text: some Collection<UInt8>) {
        events = YAMLEventReader(text)
    }

    /// The tree of `file`.
    ///
    /// - Throws: Where and why the file has none.
    static func read(_ file: [UInt8]) throws(YAMLError) -> Node {
        guard file.count <= SpecLimits.fileBytes else {
            let message = "the file is larger than \(SpecLimits.fileBytes) bytes, the most allowed"
            throw YAMLError(message: message, place: .start)
        }
        if let place = firstInvalidUTF8(in: file) {
            throw YAMLError(message: "not UTF-8: save the file in this encoding", place: place)
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var reader = YAMLReader(file.starts(with: byteOrderMark) ? file.dropFirst(3) : file[...])
        return try reader.readOnlyDocument()
    }

    private mutating func readOnlyDocument() throws(YAMLError) -> Node {
        var root: Node?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd:
                guard let root, !root.isNothing else {
                    throw YAMLError(message: "the file is empty: begin with `protocol: NAME`", place: .start)
                }
                return root
            case .documentStart where root != nil:
                let message = "a second document: a file holds one spec, without `---` in it"
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
        default: throw YAMLError(message: "not YAML: a value was expected here", place: event.place)
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
                    "aliases (`*name`) are not allowed: write the value out, or put quotes around text that begins so",
                place: event.place
            )
        }
        if event.hasAnchor {
            throw YAMLError(
                message: "anchors (`&name`) are not allowed: remove it, or put quotes around text that begins so",
                place: event.place
            )
        }
        if event.hasTag {
            throw YAMLError(
                message: "tags (`!name`) are not allowed: remove it, or put quotes around text that begins so",
                place: event.place
            )
        }
        if depth > SpecLimits.nestingDepth {
            let message = "nested deeper than \(SpecLimits.nestingDepth) levels, the most allowed"
            throw YAMLError(message: message, place: event.place)
        }
        if nodes > SpecLimits.nodes {
            let message = "more than \(SpecLimits.nodes) values, the most allowed in a file"
            throw YAMLError(message: message, place: event.place)
        }
    }

    /// Where the first bytes are that are not UTF-8, or `nil` when all are.
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
