extension SpecParser {
    /// Reads `frame`; `nil` when anything in it is wrong.
    mutating func frame(_ node: Node) -> FrameSpec? {
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "`frame`", at: node.place, .frame) else { return nil }
        var frame = FrameSpec()
        if let node = values["header"] { frame.header = header(node) }
        if let node = values["trailer"] { frame.checksum = trailer(node) }
        if let node = values["codes"] { frame.codes = choice(node, "`codes`") ?? .unique }
        if let node = values["max-payload"] { frame.writtenMaximum = unsigned(node, "`max-payload`") }
        return diagnostics.errorCount == errors ? frame : nil
    }

    private mutating func header(_ node: Node) -> [Located<FrameSpec.HeaderField>] {
        guard let items = list(node, "`header`", limit: SpecLimits.headerFields) else { return [] }
        var header: [Located<FrameSpec.HeaderField>] = []
        var seen: [String: Place] = [:]
        var isComplete = true
        for item in items {
            guard let (name, value) = singleKey(item, "a field of `header`") else {
                isComplete = false
                continue
            }
            let key = name.value
            if let first = seen[key] {
                let message = "`header` has two fields `\(key)`: remove one"
                diagnostics.error(message, at: item.place, first: first, "the first is here")
                continue
            }
            seen[key] = item.place
            let errors = diagnostics.errorCount
            if let field = headerField(name, value, items) { header.append(Located(value: field, place: item.place)) }
            if diagnostics.errorCount > errors { isComplete = false }
        }
        for key in ["type", "length"] where seen[key] == nil && isComplete {
            diagnostics.error("`header` needs a field `\(key)`: add `- \(key): uint8` where it travels", at: node.place)
        }
        return header
    }

    private mutating func headerField(
        _ name: Located<String>,
        _ value: Node,
        _ items: [Node]
    ) -> FrameSpec.HeaderField? {
        let (one, two, four) = (IntegerType.uint8, IntegerType.uint16, IntegerType.uint32)
        switch name.value {
        case "magic": return magic(value)
        case "version": return choice(value, "`version` in `header`", among: [one, two, four]).map { .version($0) }
        case "type": return choice(value, "`type` in `header`", among: [one, two]).map { .type($0) }
        case "length": return length(value)
        case "checksum":
            diagnostics.error("a checksum stands behind the payload: move it to `trailer`", at: name.place)
            return nil
        default:
            let missing = ["magic", "version", "type", "length"].filter { key in !items.contains { $0.has(key) } }
            if let meant = nearMiss(of: name.value, among: missing) {
                let problem = "unknown field `\(name.value.visible)` in `header`; did you mean `\(meant)`?"
                diagnostics.error(problem, at: name.place)
                return nil
            }
            return ownField(name, value)
        }
    }

    /// Reads `length`: the type of its number, or a mapping that also says what it counts.
    private mutating func length(_ node: Node) -> FrameSpec.HeaderField? {
        let types: [IntegerType] = [.uint8, .uint16, .uint32]
        if node.scalar != nil {
            return choice(node, "`length` in `header`", among: types).map { .length($0, .payload) }
        }
        guard
            let values = keys(of: node, "`length` in `header`", at: node.place, .length),
            let type = values["type"].flatMap({ choice($0, "`type` of `length`", among: types) })
        else { return nil }
        let coverage: FrameSpec.LengthCoverage? = values["covers"].flatMap { choice($0, "`covers` of `length`") }
        return .length(type, coverage ?? .payload)
    }

    /// Reads a field that the spec names: its type, or a mapping that says more.
    private mutating func ownField(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        if let problem = IdentifierRule.problem(in: name.value) {
            let text = "a field of `header` cannot be called `\(name.value.visible)`: \(problem)"
            diagnostics.error(text, at: name.place)
            return nil
        }
        var values = KeyedNodes()
        var typeNode = node
        if node.scalar == nil {
            guard let keyed = keys(of: node, "`\(name.value)` in `header`", at: node.place, .headerField) else {
                return nil
            }
            guard let type = keyed["type"] else { return nil }
            (values, typeNode) = (keyed, type)
        }
        guard let type = fieldType(typeNode, length: nil, count: nil) else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: typeNode.place))
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.defaultValue = values["default"].flatMap { literal($0) }
        let correlates = values["correlate"].flatMap { boolean($0, "`correlate`") } ?? false
        if correlates {
            guard case .integer(let type) = type, !type.isSigned else {
                let text = "`\(name.value)` pairs replies with requests, and must be an unsigned number"
                diagnostics.error("\(text), such as `uint32`", at: typeNode.place)
                return nil
            }
            if let node = values["default"] {
                diagnostics.error("`\(name.value)` is counted by the runtime: remove `default`", at: node.place)
            }
            return .correlation(name, type)
        }
        switch type {
        case .integer(let integer): return .field(field, integer)
        case .named(let name):
            if let integer = numberTypes[name] { return .field(field, integer) }
            if incomplete.contains(name) { return nil }
        default: break
        }
        let rule = "a field of `header` is a whole number, an enum or flags"
        diagnostics.error("\(rule), not \(typeNode.kind)", at: typeNode.place)
        return nil
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

    private mutating func trailer(_ node: Node) -> ChecksumSpec? {
        guard let items = list(node, "`trailer`", limit: SpecLimits.headerFields) else { return nil }
        var checksum: ChecksumSpec?
        for (index, item) in items.enumerated() {
            if index > 0 {
                let first = items[0].place
                let message = "`trailer` has more than one field: one checksum is all that is supported"
                diagnostics.error(message, at: item.place, first: first, "the first is here")
                break
            }
            guard let values = keys(of: item, "a field of `trailer`", at: item.place, .trailerField) else { continue }
            checksum = values["checksum"].flatMap { self.checksum($0) }
        }
        return checksum
    }

    /// Reads `checksum`: its algorithm, or a mapping that also says what it is calculated of.
    private mutating func checksum(_ node: Node) -> ChecksumSpec? {
        if node.scalar != nil { return choice(node, "`checksum`").map { ChecksumSpec(algorithm: $0) } }
        guard
            let values = keys(of: node, "`checksum`", at: node.place, .checksum),
            let algorithm: ChecksumSpec.Algorithm = values["type"].flatMap({ choice($0, "`type` of `checksum`") })
        else { return nil }
        let coverage: ChecksumSpec.Coverage? = values["covers"].flatMap { choice($0, "`covers` of `checksum`") }
        return ChecksumSpec(algorithm: algorithm, coverage: coverage ?? .frame)
    }

    /// Reads a mapping with one key of any name: an item of `header`.
    private mutating func singleKey(_ node: Node, _ what: String) -> (Located<String>, Node)? {
        guard case .mapping(let entries) = node.content, let entry = entries.first else {
            diagnostics.error("\(what) must be a mapping such as `length: uint16`, not \(node.kind)", at: node.place)
            return nil
        }
        guard entries.count == 1 else {
            diagnostics.error("\(what) has one key: begin each with its own `-`", at: node.place)
            return nil
        }
        guard let key = entry.key.scalar else {
            diagnostics.error("a key must be a word, not \(entry.key.kind)", at: entry.key.place)
            return nil
        }
        return (Located(value: key.text, place: entry.key.place), entry.value)
    }
}
