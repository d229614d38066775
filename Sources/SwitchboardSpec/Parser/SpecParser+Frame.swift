extension SpecParser {
    /// Reads `frame`; `nil` when anything in it is wrong.
    mutating func frame(_ node: Node) -> FrameSpec? {
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "`frame`", at: node.place, .frame) else { return nil }
        var frame = FrameSpec()
        if let node = values["header"] { frame.header = header(node) }
        if let node = values["trailer"] { frame.checksum = trailer(node) }
        if let node = values["max-payload"] { frame.writtenMaximum = unsigned(node, "`max-payload`") }
        return diagnostics.errorCount == errors ? frame : nil
    }

    private mutating func header(_ node: Node) -> [Located<FrameSpec.HeaderField>] {
        guard let items = list(node, "`header`", limit: 16) else { return [] }
        var header: [Located<FrameSpec.HeaderField>] = []
        var seen: [String: Place] = [:]
        var isComplete = true
        for item in items {
            guard let (key, value) = singleKey(item, "a field of `header`", .headerField) else {
                isComplete = false
                continue
            }
            if let first = seen[key] {
                let message = "`header` has two fields `\(key)`: remove one"
                diagnostics.error(message, at: item.place, first: first, "the first is here")
                continue
            }
            seen[key] = item.place
            if let field = headerField(key, value) { header.append(Located(value: field, place: item.place)) }
        }
        for key in ["type", "length"] where seen[key] == nil && isComplete {
            diagnostics.error("`header` needs a field `\(key)`: add `- \(key): uint8` where it travels", at: node.place)
        }
        return header
    }

    private mutating func headerField(_ key: String, _ value: Node) -> FrameSpec.HeaderField? {
        let (one, two, four) = (IntegerType.uint8, IntegerType.uint16, IntegerType.uint32)
        switch key {
        case "magic": return magic(value)
        case "version": return choice(value, "`version` in `header`", among: [one, two, four]).map { .version($0) }
        case "type": return choice(value, "`type` in `header`", among: [one, two]).map { .type($0) }
        default: return choice(value, "`length` in `header`", among: [one, two, four]).map { .length($0) }
        }
    }

    /// Reads the magic, whose width is that of the digits written: `0x00AB` has two bytes.
    private mutating func magic(_ node: Node) -> FrameSpec.HeaderField? {
        guard let number = unsigned(node, "`magic`"), let text = node.scalar?.text else { return nil }
        var digits = 0
        if case .value(_, let hexDigits?) = IntegerLiteral(text) { digits = hexDigits }
        guard number.value <= UInt32.max, digits <= 8 else {
            diagnostics.error("`magic` has more than 4 bytes: use at most 8 hexadecimal digits", at: node.place)
            return nil
        }
        if digits > 4 || number.value > UInt16.max { return .magic(number.value, .uint32) }
        return .magic(number.value, digits > 2 || number.value > UInt8.max ? .uint16 : .uint8)
    }

    private mutating func trailer(_ node: Node) -> FrameSpec.Checksum? {
        guard let items = list(node, "`trailer`", limit: 16) else { return nil }
        var checksum: FrameSpec.Checksum?
        for (index, item) in items.enumerated() {
            if index > 0 {
                let first = items[0].place
                let message = "`trailer` has more than one field: one checksum is all that is supported"
                diagnostics.error(message, at: item.place, first: first, "the first is here")
                break
            }
            guard let (_, value) = singleKey(item, "a field of `trailer`", .trailerField) else { continue }
            checksum = choice(value, "`checksum`")
        }
        return checksum
    }

    /// Reads a mapping with one key: an item of `header` or `trailer`.
    private mutating func singleKey(_ node: Node, _ what: String, _ schema: KeySchema) -> (String, Node)? {
        guard let values = keys(of: node, what, at: node.place, schema) else { return nil }
        let present = schema.optional.compactMap { key in values[key].map { (key, $0) } }
        if present.count > 1 {
            diagnostics.error("\(what) has one key: begin each with its own `-`", at: node.place)
        }
        return present.count == 1 ? present[0] : nil
    }
}
