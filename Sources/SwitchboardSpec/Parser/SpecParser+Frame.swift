extension SpecParser {
    /// Reads `frame`, as far as possible; returns `nil` if it is not a mapping.
    mutating func frame(_ node: Node) -> FrameSpec? {
        guard let values = keys(of: node, "`frame`", at: node.place, .frame) else { return nil }
        var frame = FrameSpec()
        let errors = diagnostics.errorCount
        if let node = values["header"] { frame.header = header(node) }
        if let node = values["trailer"] { frame.checksum = trailer(node) }
        frame.lacksParts = values["header"] == nil || values.hasUnknown || diagnostics.errorCount > errors
        if let node = values["codes"] {
            let codes: FrameSpec.Codes? = choice(node, "`codes`")
            frame.codes = codes ?? .unique
            frame.lacksCodes = codes == nil
        } else {
            frame.lacksCodes = values.hasUnknown
        }
        if let node = values["max-payload"] { frame.writtenMaximum = unsigned(node, "`max-payload`") }
        return frame
    }

    private mutating func header(_ node: Node) -> [Located<FrameSpec.HeaderField>] {
        let example = "[ type: uint8, length: uint16 ]"
        guard let items = list(node, "`header`", limit: SpecLimits.headerFields, example: example) else { return [] }
        var header: [Located<FrameSpec.HeaderField>] = []
        var seen: [String: Place] = [:]
        // If an item has a mistake, a part that seems to be missing may be that item.
        var isComplete = true
        for item in items {
            guard let (name, value) = singleKey(item, "a field of `header`") else {
                isComplete = false
                continue
            }
            let key = name.value
            if let first = seen[key] {
                let message = "`header` has two fields `\(key)`: remove one"
                diagnostics.error(message, at: item.place, first: first, "the first `\(key)` is here")
                continue
            }
            seen[key] = item.place
            let errors = diagnostics.errorCount
            if let field = headerField(name, value) { header.append(Located(value: field, place: item.place)) }
            if diagnostics.errorCount > errors { isComplete = false }
        }
        for key in ["type", "length"] where seen[key] == nil {
            if let slip = HeaderWords.slip(for: key, among: header) {
                let text = "`header` needs a field `\(key)`; should `\(slip.value.visible)` be called `\(key)`?"
                diagnostics.error(text, at: slip.place)
            } else if isComplete {
                let text = "`header` needs a field `\(key)`: add `- \(key): uint8` at its place in the header"
                diagnostics.error(text, at: node.place)
            }
        }
        if seen["version"] == nil, let slip = HeaderWords.slip(for: "version", among: header) {
            let text = "`\(slip.value)` is read as a field of the protocol's own; did you mean `version`?"
            diagnostics.warning(text, at: slip.place)
        }
        return header
    }

    private mutating func headerField(_ name: Located<String>, _ value: Node) -> FrameSpec.HeaderField? {
        switch name.value {
        case "magic": return magic(value)
        case "version":
            return choice(value, "`version` in `header`", among: IntegerType.common(for: .headerNumber)).map {
                .version($0)
            }
        case "type": return choice(value, "`type` in `header`", among: IntegerType.common(for: .code)).map { .type($0) }
        case "length": return length(value)
        case "checksum":
            diagnostics.error("a checksum follows the payload: move it to `trailer`", at: name.place)
            return nil
        default:
            // Any other name is an extra field of the protocol. Only a magic has a number as its value.
            if let scalar = value.scalar, scalar.isPlain, IntegerLiteral(scalar.text) != .invalid {
                let problem = "`\(name.value.visible)` in `header` has a number where its type belongs"
                let advice =
                    "write `- magic: \(scalar.text)` for bytes that every frame has, or a type such as `uint16`"
                diagnostics.error("\(problem): \(advice)", at: value.place)
                return nil
            }
            return ownField(name, value)
        }
    }

    /// Reads `length`: its type, or a mapping with the type and the coverage.
    private mutating func length(_ node: Node) -> FrameSpec.HeaderField? {
        let types = IntegerType.common(for: .headerNumber)
        if node.scalar != nil {
            return choice(node, "`length` in `header`", among: types).map { .length($0, .payload) }
        }
        guard
            let values = keys(of: node, "`length` in `header`", at: node.place, .length),
            let type = values["type"].flatMap({ choice($0, "`type` of `length`", among: types) })
        else { return nil }
        let coverage: LengthCoverage? = values["covers"].flatMap { choice($0, "`covers` of `length`") }
        return .length(type, coverage ?? .payload)
    }

    /// Reads an extra field: its type, or a mapping.
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
        guard let type = fieldType(typeNode) else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: typeNode.place))
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.defaultValue = values["default"].flatMap { literal($0) }
        let correlates = values["correlate"].flatMap { boolean($0, "`correlate`") } ?? false
        if correlates {
            guard case .integer(let type) = type, !type.isSigned, type.has(.header) else {
                let text = "`\(name.value)` pairs replies with requests, and must be an unsigned number"
                diagnostics.error("\(text), such as `uint32`", at: typeNode.place)
                return nil
            }
            if let node = values["default"] {
                diagnostics.error("`\(name.value)` is assigned by the runtime: remove `default`", at: node.place)
            }
            return .correlation(name, type)
        }
        switch type {
        case .integer(let integer) where integer.has(.header): return .field(field, integer)
        case .named(let name):
            if let integer = numberTypes[name], integer.has(.header) { return .field(field, integer) }
            if incomplete.contains(name) { return nil }
        default: break
        }
        let rule = "`\(name.value)` in `header` must be a whole number, an enum or flags"
        diagnostics.error("\(rule), not \(typeNode.kind)", at: typeNode.place)
        return nil
    }

    /// Reads the magic; the number of digits decides its width, so that `0x00AB` has two bytes.
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
        guard let items = list(node, "`trailer`", limit: SpecLimits.headerFields, example: "[ checksum: crc32 ]") else {
            return nil
        }
        var checksum: ChecksumSpec?
        for (index, item) in items.enumerated() {
            if index > 0 {
                let first = items[0].place
                let message = "`trailer` has more than one field: only one checksum is supported"
                diagnostics.error(message, at: item.place, first: first, "the first field is here")
                break
            }
            guard let values = keys(of: item, "a field of `trailer`", at: item.place, .trailerField) else { continue }
            checksum = values["checksum"].flatMap { self.checksum($0) }
        }
        return checksum
    }

    /// Reads `checksum`: its algorithm, or a mapping with the algorithm and the coverage.
    private mutating func checksum(_ node: Node) -> ChecksumSpec? {
        if node.scalar != nil { return choice(node, "`checksum`").map { ChecksumSpec(algorithm: $0) } }
        guard
            let values = keys(of: node, "`checksum`", at: node.place, .checksum),
            let algorithm: ChecksumAlgorithm = values["type"].flatMap({ choice($0, "`type` of `checksum`") })
        else { return nil }
        let coverage: ChecksumCoverage? = values["covers"].flatMap { choice($0, "`covers` of `checksum`") }
        return ChecksumSpec(algorithm: algorithm, coverage: coverage ?? .frame)
    }

    /// Reads an item of `header`: a mapping with one key, whose name is free.
    private mutating func singleKey(_ node: Node, _ what: String) -> (Located<String>, Node)? {
        guard case .mapping(let entries) = node.content, let entry = entries.first else {
            diagnostics.error("\(what) must be a mapping such as `length: uint16`, not \(node.kind)", at: node.place)
            return nil
        }
        guard entries.count == 1 else {
            if let name = node["name"]?.scalar, node["type"] != nil {
                let text = "\(what) has its name as its key: write `\(name.text.visible): TYPE`"
                let advice = "or `\(name.text.visible): { type: TYPE, … }`"
                diagnostics.error("\(text), \(advice)", at: node.place)
                return nil
            }
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

/// The words of other languages in the header, and misspelt words.
private enum HeaderWords {
    private static let foreign = [
        "type": [
            "code", "opcode", "kind", "id", "msgtype", "messagetype", "command", "cmd", "messageid", "msgid", "tag",
        ],
        "length": ["size", "len", "count", "payloadlength", "payloadsize", "bodylength", "bytes", "datalength"],
    ]

    /// Returns the extra field that the author probably meant to be `key`, which is missing in the header.
    ///
    /// `type` and `length` are required, so a similar name is likely a misspelling of them. `version` is not required,
    /// and only a name that is not a word of its own counts as a misspelling: `session` and `versions` are valid names.
    static func slip(for key: String, among header: [Located<FrameSpec.HeaderField>]) -> Located<String>? {
        let names = header.compactMap { field -> Located<String>? in
            if case .field(let own, _) = field.value { own.name } else { nil }
        }
        guard let words = foreign[key] else { return names.first { isSlip($0.value.lowercased(), of: key) } }
        return names.first { nearMiss(of: $0.value, among: [key]) != nil }
            ?? names.first { words.contains($0.value.normalizedKey) }
    }

    /// Returns whether `name` is `key` with two letters swapped, one letter missing or one letter doubled.
    private static func isSlip(_ name: String, of key: String) -> Bool {
        if name.sorted() == key.sorted() { return name == key || nearMiss(of: name, among: [key]) != nil }
        let (short, long) = name.count < key.count ? (name, key) : (key, name)
        guard long.count == short.count + 1 else { return false }
        return long.indices.contains { index in
            var rest = long
            let letter = rest.remove(at: index)
            guard rest == short else { return false }
            let isDoubled = index > long.startIndex && long[long.index(before: index)] == letter
            return name == short || isDoubled
        }
    }
}
