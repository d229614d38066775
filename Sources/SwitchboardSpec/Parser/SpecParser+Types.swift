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
                if let type = type(section, name, node) { types.append(type) }
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
            let head = numberHead(name, values, "`type` of flags", .bits)
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
        let type = values["type"].flatMap { choice($0, what, among: IntegerType.all(for: role)) }
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
        structure.fields = values["fields"].map { fields($0, .field) } ?? []
        return structure
    }

    private mutating func union(_ name: Located<String>, _ node: Node) -> UnionSpec? {
        guard
            let values = keys(of: node, "union `\(name.value)`", at: name.place, .union),
            let tagNode = values["tag"],
            let tag = choice(tagNode, "`tag` of a union", among: IntegerType.all(for: .bits))
        else { return nil }
        var union = UnionSpec(name: name, tag: tag)
        union.doc = values["doc"].flatMap { text($0, "`doc`") }
        let (limit, example) = (SpecLimits.cases, "{ none: 0, some: \(KeySchema.unionCase.example) }")
        let cases = values["cases"].map { named($0, "`cases`", "a case", limit: limit, example: example) }
        for (name, node) in cases ?? [] {
            if let item = unionCase(name, node) { union.cases.append(item) }
        }
        return union
    }

    /// Reads a case of a union: a mapping, or only the tag if it has no fields.
    private mutating func unionCase(_ name: Located<String>, _ node: Node) -> UnionSpec.Case? {
        if node.scalar != nil {
            return integer(node, "case `\(name.value)`").map { UnionSpec.Case(name: name, tag: $0) }
        }
        guard
            let values = keys(of: node, "case `\(name.value)`", at: name.place, .unionCase),
            let tag = values["tag"].flatMap({ integer($0, "`tag`") })
        else { return nil }
        var item = UnionSpec.Case(name: name, tag: tag)
        item.doc = values["doc"].flatMap { text($0, "`doc`") }
        item.fields = values["fields"].map { fields($0, .unionField) } ?? []
        return item
    }
}
