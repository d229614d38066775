extension SpecParser {
    /// Reads `enums`.
    mutating func enums(_ node: Node) -> [EnumSpec] {
        var enums: [EnumSpec] = []
        for (name, value) in named(node, "`enums`", "an enum", limit: SpecLimits.enums) {
            enumNames.append(name.value)
            let errors = diagnostics.errorCount
            if let enumeration = enumeration(name, value) { enums.append(enumeration) }
            if diagnostics.errorCount > errors { incomplete.insert(name.value) }
        }
        return enums
    }

    private mutating func enumeration(_ name: Located<String>, _ node: Node) -> EnumSpec? {
        guard
            let values = keys(of: node, "enum `\(name.value)`", at: name.place, .enumeration),
            let typeNode = values["type"], let type: IntegerType = choice(typeNode, "`type` of an enum")
        else { return nil }
        var enumeration = EnumSpec(name: name, type: type)
        if let node = values["doc"] { enumeration.doc = text(node, "`doc`") }
        if let node = values["closed"] { enumeration.isClosed = boolean(node, "`closed`") ?? false }
        if let node = values["cases"] {
            for (name, value) in named(node, "`cases`", "a case", limit: SpecLimits.cases) {
                guard let number = integer(value, "case `\(name.value)`") else { continue }
                enumeration.cases.append(EnumSpec.Case(name: name, value: number))
            }
        }
        return enumeration
    }
}
