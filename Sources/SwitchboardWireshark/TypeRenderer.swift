internal import SwitchboardSpec

/// Renders the functions that read structs and unions.
struct TypeRenderer {
    let plan: LayoutPlan

    /// Returns the function of a type; empty for a type that is a number.
    func source(of type: TypeSpec, _ out: inout Collected) -> String {
        switch type {
        case .enumeration, .flags: ""
        case .structure(let type): source(of: type, &out)
        case .union(let type): source(of: type, &out)
        }
    }

    private func source(of type: StructSpec, _ out: inout Collected) -> String {
        let name = type.name.value
        var fields = LayoutRenderer(plan.layout(of: type), prefix: Lua.name(name) + ".")
        let body = aligned(fields.render(&out), type.alignment, name)
        return "\(declaration(name, "r"))\n\(nested(body, name).indented)\nend\n"
    }

    private func source(of type: UnionSpec, _ out: inout Collected) -> String {
        let name = type.name.value
        let prefix = Lua.name(name)
        let entries = type.cases.map { (number: "\($0.tag.value)", name: $0.name.value) }
        for item in type.cases where item.tag.value.magnitude > Lua.largestNumber {
            out.refusals.refuse(number: item.tag.value, at: item.tag.place, "the case `\(item.name.value)`")
        }
        let isGiven = out.taggedUnions.contains(name)
        var body: [String] = []
        var unknown = ""
        let tagExpression = tag(of: type, prefix, entries, &out)
        if isGiven {
            body.append("tag = tag or \(tagExpression)")
        } else {
            body.append("local tag = \(tagExpression)")
        }
        if type.keepsUnknown {
            unknown = ", " + Lua.literal(out.fields.add(prefix + ".data", "bytes", "data"))
        }
        let read = "r:case(\(Lua.literal(prefix)), tag, \(Lua.member("cases", name))\(unknown))"
        if let window = plan.table.window(of: type), case .sized(_, .counted(let count)) = window {
            body.append("r:within(\(Lua.literal(prefix)), \(length(count, prefix, &out)), \(luaFunction("", read)))")
        } else {
            body.append(read)
        }
        var cases: [String] = []
        for (item, layout) in zip(type.cases, plan.layouts(of: type)) {
            var fields = LayoutRenderer(layout, prefix: "\(prefix).\(Lua.name(item.name.value)).")
            let source = fields.render(&out)
            let read = source.isEmpty ? "" : ",\n  read = \(luaFunction("r", source).afterFirstLineIndented)"
            cases.append("[\(item.tag.value)] = {\n  name = \(Lua.literal(item.name.value))\(read),\n},")
        }
        let table = "\(Lua.member("cases", name)) = {\n\(cases.joined(separator: "\n").indented)\n}\n"
        let text = nested(aligned(body.joined(separator: "\n"), type.alignment, name), name)
        return "\(table)\n\(declaration(name, isGiven ? "r, tag" : "r"))\n\(text.indented)\nend\n"
    }

    private func tag(
        of type: UnionSpec,
        _ prefix: String,
        _ entries: [(number: String, name: String)],
        _ out: inout Collected
    ) -> String {
        if let width = type.tag.bitFieldWidth {
            return "r:next_bits(\(Lua.literal(prefix)), \(width)\(plan.byteOrder == .little ? ", true" : ""))"
        }
        let names = out.names.add(type.name.value, entries)
        if case .variable(let length) = type.tag.encoding {
            let key = out.fields.add(prefix + ".tag", "uint64", "tag", ["base.DEC", names])
            return "r:\(ValueRenderer.reader(of: length))(\(Lua.literal(key)))"
        }
        let constructor = ValueRenderer.constructor(bytes: type.tag.size, isSigned: false)
        let base = type.isTagText ? "base.HEX" : "base.DEC"
        let key = out.fields.add(prefix + ".tag", constructor, "tag", [base, names])
        let little = plan.table.tagOrder(of: type) == .little ? ", true" : ""
        return "r:uint(\(Lua.literal(key)), \(type.tag.size)\(little))"
    }

    private func length(_ count: Count, _ prefix: String, _ out: inout Collected) -> String {
        guard case .prefix(let type, let order) = count.source else { return "0" }
        let number: String
        if case .variable(let length) = type.encoding {
            let key = out.fields.add(prefix + ".length", "uint64", "length")
            number = "r:\(ValueRenderer.reader(of: length))(\(Lua.literal(key)))"
        } else {
            let constructor = ValueRenderer.constructor(bytes: type.size, isSigned: false)
            let key = out.fields.add(prefix + ".length", constructor, "length")
            number = "r:uint(\(Lua.literal(key)), \(type.size)\(order == .little ? ", true" : ""))"
        }
        guard count.unit != 1 || count.plus != 0 else { return number }
        return "r:size(\(Lua.literal(prefix)), \(number), \(count.unit), \(count.plus))"
    }

    private func declaration(_ name: String, _ parameters: String) -> String {
        Lua.key(name).hasPrefix("[")
            ? "\(Lua.member("types", name)) = function(\(parameters))" : "function types.\(name)(\(parameters))"
    }

    private func aligned(_ body: String, _ alignment: Int?, _ name: String) -> String {
        guard let alignment else { return body }
        let start = "local first = r.at\n"
        return start + body + "\nr:align(\(Lua.literal(Lua.name(name))), \(alignment), first)"
    }

    private func nested(_ body: String, _ name: String) -> String {
        guard plan.table.isRecursive(name) else { return body }
        return "r:enter(\(Lua.literal(Lua.name(name))))\n\(body)\nr:leave()"
    }
}

extension String {
    /// The text with all lines but the first two columns further to the right.
    var afterFirstLineIndented: String {
        let lines = split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return lines.count == 1 ? self : lines[0] + "\n" + String(lines[1]).indented
    }
}
