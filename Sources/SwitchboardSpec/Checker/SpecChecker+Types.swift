extension SpecChecker {
    /// Checks a type: the numbers of an enum, the bits of flags, the tags and fields of a union, the fields of a
    /// struct.
    mutating func check(_ type: TypeSpec) {
        let errors = diagnostics.errorCount
        defer { if diagnostics.errorCount > errors { soundness.insert(type.name.value) } }
        switch type {
        case .enumeration(let type): check(type)
        case .flags(let type): check(type)
        case .structure(let type): checkFields(type.fields, of: "struct `\(type.name.value)`")
        case .union(let type): check(type)
        }
    }

    private mutating func check(_ type: EnumSpec) {
        if type.cases.isEmpty, !spec.incomplete.contains(type.name.value) {
            diagnostics.error("enum `\(type.name.value)` has no case: add one", at: type.name.place)
        }
        for item in type.cases { checkRange(of: item.value, "case `\(item.name.value)`", type.type) }
        checkDistinct(type.cases.map { ($0.name, $0.value) }, "case", "number")
        checkRange(of: type.reserved, "the enum's `type` is \(type.type.rawValue)", type.type)
        for item in type.cases {
            let name = item.name
            checkNotReserved(name, "case", type.reserved)
            if let place = type.reserved.numbers[item.value.value] {
                let text = "the number of case `\(name.value)` is reserved: choose another"
                let note = "the number \(item.value.value) is reserved here"
                diagnostics.error(text, at: item.value.place, first: place, note)
            }
        }
    }

    private mutating func check(_ type: FlagsSpec) {
        if type.bits.isEmpty, !spec.incomplete.contains(type.name.value) {
            diagnostics.error("flags `\(type.name.value)` have no bit: add one", at: type.name.place)
        }
        let numbers = type.bits.map { bit in
            (bit.name, Located(value: SpecInteger(magnitude: bit.position.value), place: bit.position.place))
        }
        checkDistinct(numbers, "bit", "place")
    }

    private mutating func check(_ type: UnionSpec) {
        if type.cases.isEmpty, !type.keepsUnknown, !spec.incomplete.contains(type.name.value) {
            diagnostics.error("union `\(type.name.value)` has no case: add one", at: type.name.place)
        }
        for item in type.cases {
            checkRange(of: item.tag, "the tag of case `\(item.name.value)`", type.tag)
            checkFields(item.fields, of: "case `\(item.name.value)`")
        }
        checkDistinct(type.cases.map { ($0.name, $0.tag) }, "case", "tag")
    }

    private mutating func checkRange(of number: Located<SpecInteger>, _ what: String, _ type: IntegerType) {
        guard number.value.bits(of: type) == nil else { return }
        let message = "\(what) is \(number.value), which does not fit in \(type.rawValue)"
        diagnostics.error("\(message): use \(type.range)", at: number.place)
    }

    private mutating func checkDistinct(
        _ items: [(name: Located<String>, number: Located<SpecInteger>)],
        _ kind: String,
        _ what: String
    ) {
        var seen: [SpecInteger: Located<SpecInteger>] = [:]
        var names: [SpecInteger: String] = [:]
        for (name, number) in items {
            guard let first = seen[number.value], let firstName = names[number.value] else {
                (seen[number.value], names[number.value]) = (number, name.value)
                continue
            }
            let text = "\(kind) `\(name.value)` has the same \(what) as `\(firstName)`: choose another"
            diagnostics.error(text, at: number.place, first: first.place, "`\(firstName)` has it here")
        }
    }

    // MARK: Types within types

    /// Checks that no struct or union contains itself, and that types are not nested too deeply.
    mutating func checkNesting() {
        var depths: [String: Int] = [:]
        for type in spec.types where !diagnostics.isFull {
            var path: [String] = []
            _ = depth(of: type.name.value, &path, &depths)
        }
    }

    /// Returns the depth of the types that are nested in the type `name`.
    private mutating func depth(of name: String, _ path: inout [String], _ depths: inout [String: Int]) -> Int {
        if let depth = depths[name] { return depth }
        guard let type = table[name] else { return 0 }
        path.append(name)
        defer { path.removeLast() }
        // If the type is found again before its depth is known, it contains itself.
        depths[name] = 0
        var deepest = 0
        for field in type.fields {
            guard let inner = field.type.value.namedType else { continue }
            if let start = path.firstIndex(of: inner) {
                guard !canEnd(Array(path[start...])) else { continue }
                let cycle = (path[start...] + [inner]).map { "`\($0)`" }.joined(separator: " holds ")
                let text = "`\(inner)` contains itself: \(cycle); remove one of these fields, or use an array"
                diagnostics.error(text, at: field.type.place)
                for name in path { soundness.insert(name) }
            } else {
                deepest = max(deepest, depth(of: inner, &path, &depths) + 1)
            }
        }
        if deepest == SpecLimits.typeDepth {
            let text =
                "`\(name)` nests types \(deepest) levels deep: at most \(SpecLimits.typeDepth - 1) levels are allowed"
            diagnostics.error(text, at: type.name.place)
        }
        depths[name] = deepest
        return deepest
    }

    /// Returns whether values of types that contain each other in a circle can end: a type contains the next one only in
    /// arrays, or is a union with a case that does not contain it.
    private func canEnd(_ names: [String]) -> Bool {
        for (name, next) in zip(names, names.dropFirst() + names.prefix(1)) {
            guard let type = table[name] else { return true }
            let layouts =
                if case .union(let union) = type { union.cases.map(\.fields) } else { [type.fields] }
            let ends = layouts.contains { fields in
                fields.allSatisfy { field in
                    guard field.type.value.namedType == next else { return true }
                    return if case .array = field.type.value.unwrapped { true } else { false }
                }
            }
            if ends { return true }
        }
        return false
    }
}
