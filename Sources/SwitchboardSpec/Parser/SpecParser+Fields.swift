extension SpecParser {
    /// Reads the `fields` of a message, a struct or a union's case.
    mutating func fields(_ node: Node, _ schema: KeySchema) -> [FieldSpec] {
        guard let items = list(node, "`fields`", limit: SpecLimits.fields, example: "[ \(schema.example) ]") else {
            return []
        }
        var fields: [FieldSpec] = []
        for item in items where !diagnostics.isFull {
            if let field = isReserved(item) ? reservedField(item) : field(item, schema) { fields.append(field) }
        }
        return fields
    }

    /// Whether an item of `fields` is bytes that mean nothing, be it in another word.
    private func isReserved(_ item: Node) -> Bool {
        if item["reserved"] != nil { return true }
        guard case .mapping(let entries) = item.content, item["name"] == nil, item["type"] == nil else { return false }
        return entries.contains { KeySchema.reservedField.key(for: $0.key.scalar?.text ?? "") == "reserved" }
    }

    /// Says how to write an item of `fields` that has its name as its key, as those of `header` have.
    private mutating func reportShorthand(_ item: Node, _ schema: KeySchema) -> Bool {
        guard
            case .mapping(let entries) = item.content, entries.count == 1, let entry = entries.first,
            let name = entry.key.scalar?.text, schema.key(for: name) == nil, schema.foreign.advice(for: name) == nil,
            let type = entry.value.scalar, type.isPlain, !type.isNumberOrTruth
        else { return false }
        let written = "`{ name: \(name.visible), type: \(type.text.visible) }`"
        diagnostics.error("a field has its name under `name`: write \(written)", at: item.place)
        return true
    }

    private mutating func reservedField(_ node: Node) -> FieldSpec? {
        guard
            let values = keys(of: node, "a reserved field", at: node.place, .reservedField),
            let sizeNode = values["reserved"], let size = count(sizeNode, "`reserved`", "bytes")
        else { return nil }
        return FieldSpec(
            name: Located(value: "reserved", place: node.place),
            type: Located(value: .reserved(size), place: sizeNode.place),
            doc: values["doc"].flatMap { text($0, "`doc`") },
            since: values["since"].flatMap { unsigned($0, "`since`") }
        )
    }

    private mutating func field(_ node: Node, _ schema: KeySchema) -> FieldSpec? {
        if reportShorthand(node, schema) { return nil }
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "a field", at: node.place, schema) else { return nil }
        let name = values["name"].flatMap { identifier($0, "the name of a field") }
        let type = values["type"].flatMap { fieldType($0, length: values["length"], count: values["count"]) }
        guard let name, let type, let typeNode = values["type"] else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: typeNode.place))
        field.byteOrder = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.isSecret = values["secret"].flatMap { boolean($0, "`secret`") } ?? false
        field.defaultValue = values["default"].flatMap { literal($0) }
        field.minimum = values["min"].flatMap { literal($0) }
        field.maximum = values["max"].flatMap { literal($0) }
        field.constant = values["equals"].flatMap { literal($0) }
        field.since = values["since"].flatMap { unsigned($0, "`since`") }
        field.deprecated = values["deprecated"].flatMap { text($0, "`deprecated`, which says why,") }
        field.lacksParts = diagnostics.errorCount > errors
        if let node = values["byte-order"], !hasByteOrder(type) {
            diagnostics.warning("`byte-order` changes nothing here: the field has no number of its own", at: node.place)
        }
        return field
    }

    private func hasByteOrder(_ type: FieldType) -> Bool {
        if case .prefixed? = type.extent { return true }
        return switch type.innermost {
        case .integer, .float, .string(.prefixed), .bytes(.prefixed): true
        case .named(let name): numberTypes[name] != nil || incomplete.contains(name)
        default: false
        }
    }
}

extension FieldType {
    /// Where a text, bytes or an array ends; `nil` for everything else.
    fileprivate var extent: Extent? {
        switch unwrapped {
        case .string(let extent), .bytes(let extent), .array(_, let extent): extent
        default: nil
        }
    }
}
