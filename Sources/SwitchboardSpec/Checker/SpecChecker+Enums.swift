extension SpecChecker {
    /// Checks the numbers of the cases.
    mutating func checkEnums() {
        for enumeration in spec.enums {
            if enumeration.cases.isEmpty, !spec.incomplete.contains(enumeration.name.value) {
                diagnostics.error("enum `\(enumeration.name.value)` has no case: add one", at: enumeration.name.place)
            }
            let errors = diagnostics.errorCount
            defer { if diagnostics.errorCount > errors { unsound.insert(enumeration.name.value) } }
            var seen: [SpecInteger: EnumSpec.Case] = [:]
            for item in enumeration.cases {
                checkRange(of: item, in: enumeration)
                guard let first = seen[item.value.value] else {
                    seen[item.value.value] = item
                    continue
                }
                diagnostics.error(
                    "case `\(item.name.value)` has the same number as `\(first.name.value)`: choose another",
                    at: item.value.place,
                    first: first.value.place,
                    "`\(first.name.value)` has it here"
                )
            }
        }
    }

    private mutating func checkRange(of item: EnumSpec.Case, in enumeration: EnumSpec) {
        guard item.value.value.bits(of: enumeration.type) == nil else { return }
        let type = enumeration.type
        let message = "case `\(item.name.value)` is \(item.value.value), and does not fit in \(type.rawValue)"
        diagnostics.error("\(message): use \(type.range)", at: item.value.place)
    }
}
