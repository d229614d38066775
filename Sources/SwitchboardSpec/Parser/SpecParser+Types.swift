extension SpecParser {
    /// Reads `enums`, `flags`, `structs` and `unions`.
    mutating func types(_ values: KeyedNodes) -> [TypeSpec] {
        // Collect all names before the first field is read, so that types may be in any order.
        let sections = ["enums", "flags", "structs", "unions"]
        let items = ["an enum", "flags", "a struct", "a union"]
        let schemas = [KeySchema.enumeration, .flags, .structure, .union]
        let named = zip(zip(sections, items), schemas).map { names, schema in
            let (section, item) = names
            let example = "{ Name: \(schema.example) }"
            let limit = SpecLimits.types
            return values[section].map { self.named($0, "`\(section)`", item, limit: limit, example: example) } ?? []
        }
        typeNames += named.joined().map(\.0.value)
        var types: [TypeSpec] = []
        for (section, entries) in zip(sections, named) {
            for (name, node) in entries where !diagnostics.isFull {
                let errors = diagnostics.errorCount
                if let type = type(section, name, node) {
                    types.append(type)
                    note(type)
                }
                if diagnostics.errorCount > errors { incomplete.insert(name.value) }
            }
        }
        return types
    }

    private mutating func type(_ section: String, _ name: Located<String>, _ node: Node) -> TypeSpec? {
        switch section {
        case "enums": enumeration(name, node).map { .enumeration($0) }
        case "flags": flags(name, node).map { .flags($0) }
        case "structs": structure(name, node).map { .structure($0) }
        default: union(name, node).map { .union($0) }
        }
    }

    private mutating func enumeration(_ name: Located<String>, _ node: Node) -> EnumSpec? {
        guard
            let values = keys(of: node, "enum `\(name.value)`", at: name.place, .enumeration),
            let head = numberHead(name, values, "`type` of an enum", .enumeration)
        else { return nil }
        var enumeration = EnumSpec(head: head)
        if let node = values["reserved"] { enumeration.reserved = reserved(node) }
        if let node = values["cases"] {
            let (limit, example) = (SpecLimits.cases, "{ off: 0, on: 1 }")
            for (name, value) in named(node, "`cases`", "a case", limit: limit, example: example) {
                guard let number = integer(value, "case `\(name.value)`") else { continue }
                enumeration.cases.append(EnumSpec.Case(name: name, value: number))
            }
        }
        return enumeration
    }

    private mutating func flags(_ name: Located<String>, _ node: Node) -> FlagsSpec? {
        guard
            let values = keys(of: node, "flags `\(name.value)`", at: name.place, .flags),
            let head = numberHead(name, values, "`type` of flags", .flags)
        else { return nil }
        var flags = FlagsSpec(head: head)
        if let node = values["bits"] {
            let (limit, example) = (SpecLimits.cases, "{ read: 0, write: 1 }")
            for (name, value) in named(node, "`bits`", "a bit", limit: limit, example: example) {
                guard let position = self.unsigned(value, "bit `\(name.value)`") else { continue }
                guard position.value < UInt64(head.type.bitWidth) else {
                    let type = head.type
                    let problem = "bit `\(name.value)` has the position \(position.value)"
                    let text = "\(problem), but a \(type.rawValue) has only bits 0 to \(type.bitWidth - 1)"
                    diagnostics.error("\(text): use 0 (the lowest) to \(type.bitWidth - 1)", at: position.place)
                    continue
                }
                flags.bits.append(FlagsSpec.Bit(name: name, position: position))
            }
        }
        return flags
    }

    /// Reads the common keys of enums and flags.
    private mutating func numberHead(
        _ name: Located<String>,
        _ values: KeyedNodes,
        _ what: String,
        _ role: IntegerType.Role
    ) -> NamedNumberHead? {
        let type = values["type"].flatMap { integerType($0, what, role) }
        guard let type else { return nil }
        var head = NamedNumberHead(name: name, type: type)
        head.doc = values["doc"].flatMap { text($0, "`doc`") }
        head.isClosed = values["closed"].flatMap { boolean($0, "`closed`") } ?? false
        return head
    }

    private mutating func structure(_ name: Located<String>, _ node: Node) -> StructSpec? {
        guard let values = keys(of: node, "struct `\(name.value)`", at: name.place, .structure) else { return nil }
        var structure = StructSpec(name: name)
        structure.doc = values["doc"].flatMap { text($0, "`doc`") }
        structure.alignment = values["align"].flatMap { alignment($0) }
        structure.fields = values["fields"].map { fields($0, .field) } ?? []
        return structure
    }

    private mutating func union(_ name: Located<String>, _ node: Node) -> UnionSpec? {
        guard
            let values = keys(of: node, "union `\(name.value)`", at: name.place, .union),
            let tagNode = values["tag"], let (tag, isText) = tagType(tagNode)
        else { return nil }
        var union = UnionSpec(name: name, tag: tag)
        union.isTagText = isText
        union.doc = values["doc"].flatMap { text($0, "`doc`") }
        union.alignment = values["align"].flatMap { alignment($0) }
        if let node = values["length"], let extent = extent(node, "`length`", "bytes") {
            if case .counted(let count) = extent, case .prefix = count.source, count.absent.isEmpty {
                union.length = count
            } else {
                diagnostics.error("`length` of a union must be a type such as `uint16`", at: node.place)
            }
        }
        if let node = values["unknown"] {
            let choice: UnknownTag? = self.choice(node, "`unknown`")
            union.keepsUnknown = choice == .keep
        }
        checkKeys(of: &union, values)
        let (limit, example) = (SpecLimits.cases, "{ none: 0, some: \(KeySchema.unionCase.example) }")
        let cases = values["cases"].map { named($0, "`cases`", "a case", limit: limit, example: example) }
        for (name, node) in cases ?? [] {
            guard var item = unionCase(name, node, union) else { continue }
            if union.isTagOfBits { item.fields.insert(.tag(item.tag, union.tag), at: 0) }
            union.cases.append(item)
        }
        return union
    }

    /// Reports the keys that a union does not have whose tags share their bytes with the fields of the cases.
    private mutating func checkKeys(of union: inout UnionSpec, _ values: KeyedNodes) {
        guard union.isTagOfBits else { return }
        let text = "a tag of \(union.tag.bitWidth.bits) shares its byte with the first fields of a case"
        if let node = values["length"] {
            let advice = "add a field with `covers: rest` to the cases that have a length"
            diagnostics.error("\(text), so that no `length` can follow it: \(advice)", at: node.place)
        }
        if let node = values["unknown"], union.keepsUnknown {
            union.keepsUnknown = false
            let advice = "add a case for each tag, or give the tag a whole byte"
            diagnostics.error("\(text), which an unknown tag does not have: \(advice)", at: node.place)
        }
    }

    /// Reads `tag` of a union: a type, or the length of a text.
    private mutating func tagType(_ node: Node) -> (IntegerType, isText: Bool)? {
        guard case .mapping = node.content else {
            return integerType(node, "`tag` of a union", .tag).map { ($0, false) }
        }
        guard
            let values = keys(of: node, "`tag` of a union", at: node.place, .tag),
            let lengthNode = values["length"], let length = count(lengthNode, "`length` of `tag`", "bytes")
        else { return nil }
        guard let type = IntegerType(rawValue: "uint\(8 * min(length, 9))") else {
            diagnostics.error("`length` of `tag` is \(length): use 1 to 8 bytes", at: lengthNode.place)
            return nil
        }
        return (type, true)
    }

    /// Reads the tag of a case: a number, or text where the union has text as tags.
    private mutating func caseTag(_ node: Node, _ what: String, _ union: UnionSpec) -> Located<SpecInteger>? {
        guard union.isTagText, let scalar = node.scalar, !node.isNothing, let length = union.tag.fixedSize else {
            return integer(node, what)
        }
        let bytes = Array(scalar.text.utf8)
        guard bytes.count == length else {
            diagnostics.error(
                "\(what) has \(bytes.count.bytes): the tags of the union have \(length.bytes)",
                at: node.place
            )
            return nil
        }
        return Located(value: SpecInteger(magnitude: ByteOrder.big.number(bytes)), place: node.place)
    }

    /// Reads an integer type that is allowed in `role`.
    mutating func integerType(_ node: Node, _ what: String, _ role: IntegerType.Role) -> IntegerType? {
        if let text = node.scalar?.text, let type = IntegerType(rawValue: text) {
            if type.has(role) { return type }
            if role == .tag, type.bitFieldWidth != nil, !type.isSigned {
                let bits = "use 1 to 7, which share their byte with the cases' first fields"
                let text = "\(what) has \(type.bitWidth) bits: \(bits), or whole bytes such as `uint16`"
                diagnostics.error(text, at: node.place)
                return nil
            }
        }
        return choice(node, what, among: IntegerType.common(for: role))
    }

    /// Reads a case of a union: a mapping, or only the tag if it has no fields.
    private mutating func unionCase(
        _ name: Located<String>,
        _ node: Node,
        _ union: UnionSpec
    ) -> UnionSpec.Case? {
        if node.scalar != nil {
            return caseTag(node, "case `\(name.value)`", union).map { UnionSpec.Case(name: name, tag: $0) }
        }
        guard
            let values = keys(of: node, "case `\(name.value)`", at: name.place, .unionCase),
            let tag = values["tag"].flatMap({ caseTag($0, "`tag`", union) })
        else { return nil }
        var item = UnionSpec.Case(name: name, tag: tag)
        item.doc = values["doc"].flatMap { text($0, "`doc`") }
        item.fields = values["fields"].map { fields($0, .unionField) } ?? []
        return item
    }
}
