internal import SwitchboardSpec

extension Comparer {
    /// Compares the types that fields have, then those that no field has.
    mutating func compareTypes() {
        for type in old.allTypes where new.type(type.name.value) != nil {
            let pair = TypePair(old: type.name.value, new: type.name.value)
            if seenTypes.insert(pair).inserted { pendingTypes.append(pair) }
        }
        while !pendingTypes.isEmpty { compare(pendingTypes.removeFirst()) }
        let (oldNames, newNames) = (Set(seenTypes.map(\.old)), Set(seenTypes.map(\.new)))
        for type in old.allTypes where !oldNames.contains(type.name.value) {
            report(.typeRemoved, .source, "`\(type.name.value)` is removed", specScope, type.name.place, nil)
        }
        for type in new.allTypes where !newNames.contains(type.name.value) {
            report(.typeAdded, .compatible, "`\(type.name.value)` is new", specScope, nil, type.name.place)
        }
    }

    private mutating func compare(_ pair: TypePair) {
        guard let left = old.type(pair.old), let right = new.type(pair.new) else { return }
        let scope = Scope(
            kind: .nested,
            name: pair.old,
            owner: pair.old,
            oldSender: oldUses[pair.old],
            newSender: newUses[pair.new],
            oldPlace: left.name.place,
            newPlace: right.name.place
        )
        if pair.old != pair.new, old.type(pair.new) == nil, new.type(pair.old) == nil {
            report(.typeRenamed, .source, "`\(pair.old)` is now called `\(pair.new)`", scope)
        }
        switch (left, right) {
        case (.enumeration(let left), .enumeration(let right)): compare(left, right, scope)
        case (.flags(let left), .flags(let right)): compare(left, right, scope)
        case (.structure(let left), .structure(let right)):
            compareAlignments(left.alignment, right.alignment, scope)
            compare(old.plan.layout(of: left), new.plan.layout(of: right), scope)
        case (.union(let left), .union(let right)): compare(left, right, scope)
        case (.enumeration, _), (.flags, _), (.structure, _), (.union, _):
            // Fields of the type have another one, too.
            report(.typeKindChanged, .source, "`\(pair.old)` is \(right.kind), and was \(left.kind)", scope)
        }
        compareDocs(left.doc, right.doc, "`\(pair.old)`", scope)
    }

    private mutating func compareAlignments(_ old: Int?, _ new: Int?, _ scope: Scope) {
        if old != new { report(.alignmentChanged, .both, "`\(scope.name)` has another `align`", scope) }
    }

    // MARK: Enums and flags

    /// The rules for the parts of a type: cases of an enum or a union, bits of flags.
    private struct PartRules {
        let added, addedClosed, removed, removedClosed, renamed, renumbered, closed, opened: Rule
        /// What a program does about a new name: nothing, or its `switch` needs a case.
        let addedEffect: Effect
    }

    /// The names and numbers of a type that are compared.
    private struct NamedParts {
        let names: [(name: Located<String>, number: SpecInteger)]
        let isClosed: Bool

        func name(of number: SpecInteger) -> Located<String>? { names.first { $0.number == number }?.name }
        func number(of name: String) -> SpecInteger? { names.first { $0.name.value == name }?.number }
    }

    private mutating func compare(_ left: EnumSpec, _ right: EnumSpec, _ scope: Scope) {
        if left.type != right.type {
            let text = "`\(scope.name)` has numbers of type `\(right.type.rawValue)`, and had `\(left.type.rawValue)`"
            report(.enumTypeChanged, .both, text, scope)
        }
        let rules = PartRules(
            added: .enumCaseAdded,
            addedClosed: .enumCaseAddedClosed,
            removed: .enumCaseRemoved,
            removedClosed: .enumCaseRemovedClosed,
            renamed: .enumCaseRenamed,
            renumbered: .enumCaseNumberChanged,
            closed: .enumClosed,
            opened: .enumOpened,
            addedEffect: .source
        )
        compare(
            NamedParts(names: left.cases.map { ($0.name, $0.value.value) }, isClosed: left.isClosed),
            NamedParts(names: right.cases.map { ($0.name, $0.value.value) }, isClosed: right.isClosed),
            rules,
            scope
        )
    }

    private mutating func compare(_ left: FlagsSpec, _ right: FlagsSpec, _ scope: Scope) {
        if left.type != right.type {
            let text = "`\(scope.name)` has numbers of type `\(right.type.rawValue)`, and had `\(left.type.rawValue)`"
            report(.flagsTypeChanged, .both, text, scope)
        }
        let rules = PartRules(
            added: .flagsBitAdded,
            addedClosed: .flagsBitAddedClosed,
            removed: .flagsBitRemoved,
            removedClosed: .flagsBitRemovedClosed,
            renamed: .flagsBitRenamed,
            renumbered: .flagsBitMoved,
            closed: .flagsClosed,
            opened: .flagsOpened,
            addedEffect: .compatible
        )
        func parts(_ type: FlagsSpec) -> NamedParts {
            NamedParts(
                names: type.bits.map { ($0.name, SpecInteger(magnitude: $0.position.value)) },
                isClosed: type.isClosed
            )
        }
        compare(parts(left), parts(right), rules, scope)
    }

    private mutating func compare(_ left: NamedParts, _ right: NamedParts, _ rules: PartRules, _ scope: Scope) {
        if left.isClosed != right.isClosed {
            let text =
                "`\(scope.name)` is \(right.isClosed ? "closed" : "open"), and was \(right.isClosed ? "open" : "closed")"
            report(right.isClosed ? rules.closed : rules.opened, right.isClosed ? .oldToNew : .newToOld, text, scope)
        }
        for (name, number) in left.names {
            let text = "`\(scope.name).\(name.value)`"
            let other = right.name(of: number)
            if let moved = right.number(of: name.value) {
                if moved == number { continue }
                let place = right.names.first { $0.name.value == name.value }?.name.place
                report(rules.renumbered, .both, "\(text) is \(moved), and was \(number)", scope, name.place, place)
            } else if let other, left.number(of: other.value) == nil {
                report(rules.renamed, .source, "\(text) is now called `\(other.value)`", scope, name.place, other.place)
            } else if isFault(name.value, scope) {
                reportFault(name.value, "is removed: the server reports it as `internal`", scope, name.place, nil)
            } else if left.isClosed, right.isClosed {
                report(rules.removedClosed, .oldToNew, "\(text) is removed", scope, name.place, nil)
            } else {
                report(rules.removed, .source, "\(text) is removed", scope, name.place, nil)
            }
        }
        for (name, number) in right.names where left.number(of: name.value) == nil {
            if let other = left.name(of: number), right.number(of: other.value) == nil { continue }
            let text = "`\(scope.name).\(name.value)`"
            if isFault(name.value, scope) {
                reportFault(name.value, "is new: the server no longer reports it as `internal`", scope, nil, name.place)
            } else if left.isClosed, right.isClosed {
                report(rules.addedClosed, .newToOld, "\(text) is new", scope, nil, name.place)
            } else {
                report(rules.added, rules.addedEffect, "\(text) is new", scope, nil, name.place)
            }
        }
    }

    /// Whether `name` is a fault in the enum of the error message, which is open in both versions.
    private func isFault(_ name: String, _ scope: Scope) -> Bool {
        guard Fault(rawValue: name) != nil, let message = old.errorMessage ?? new.errorMessage else { return false }
        let names = [scope.name, new.type(scope.name)?.name.value].compactMap(\.self)
        let isClosed = [old.type(scope.name), new.type(scope.name)].contains { $0?.isClosed == true }
        return !isClosed && message.fields.first?.type.value.namedType.map(names.contains) == true
    }

    private mutating func reportFault(_ name: String, _ text: String, _ scope: Scope, _ old: Place?, _ new: Place?) {
        report(.faultCodeChanged, .source, "the fault `\(name)` of `\(scope.name)` \(text)", scope, old, new)
    }

    // MARK: Unions

    private mutating func compare(_ left: UnionSpec, _ right: UnionSpec, _ scope: Scope) {
        if left.tag != right.tag || left.isTagText != right.isTagText {
            report(.unionTagTypeChanged, .both, "`\(scope.name)` has tags of another type", scope)
        }
        // The byte order is that of the protocol, whose change is reported once.
        if left.length != right.length {
            report(.unionLengthChanged, .both, "`\(scope.name)` has another `length`", scope)
        }
        compareAlignments(left.alignment, right.alignment, scope)
        if left.keepsUnknown != right.keepsUnknown {
            let text = "`\(scope.name)` \(right.keepsUnknown ? "keeps" : "rejects") values with unknown tags"
            let rule = right.keepsUnknown ? Rule.unionOpened : .unionClosed
            report(rule, right.keepsUnknown ? .newToOld : .oldToNew, text, scope)
        }
        compareCases(left, right, scope)
    }

    private mutating func compareCases(_ left: UnionSpec, _ right: UnionSpec, _ scope: Scope) {
        // Whether values of cases that only one version has are kept, or reported with `unknown`.
        let isClosed = !left.keepsUnknown && !right.keepsUnknown
        for (index, item) in left.cases.enumerated() {
            let (text, place) = ("`\(scope.name).\(item.name.value)`", item.name.place)
            guard let number = right.cases.firstIndex(where: { $0.tag.value == item.tag.value }) else {
                if let moved = right.cases.first(where: { $0.name.value == item.name.value }) {
                    let change = "\(text) has the tag \(moved.tag.value), and had \(item.tag.value)"
                    report(.unionCaseTagChanged, .both, change, scope, place, moved.name.place)
                } else if isClosed {
                    report(.unionCaseRemovedClosed, .oldToNew, "\(text) is removed", scope, place, nil)
                } else {
                    report(.unionCaseRemoved, .source, "\(text) is removed", scope, place, nil)
                }
                continue
            }
            let other = right.cases[number]
            var inner = scope
            if other.name.value != item.name.value {
                if right.cases.contains(where: { $0.name.value == item.name.value }) {
                    let change = "\(text) has another tag than \(item.tag.value), which `\(other.name.value)` has now"
                    report(.unionCaseTagChanged, .both, change, scope, place, other.name.place)
                } else {
                    let change = "\(text) is now called `\(other.name.value)`"
                    report(.unionCaseRenamed, .source, change, scope, place, other.name.place)
                }
            }
            inner = Scope(
                kind: .nested,
                name: "\(scope.name).\(item.name.value)",
                owner: scope.owner,
                oldSender: scope.oldSender,
                newSender: scope.newSender,
                oldPlace: item.name.place,
                newPlace: other.name.place
            )
            compare(old.plan.layouts(of: left)[index], new.plan.layouts(of: right)[number], inner)
            compareDocs(item.doc, other.doc, text, inner)
        }
        for item in right.cases where !left.cases.contains(where: { $0.tag.value == item.tag.value }) {
            if left.cases.contains(where: { $0.name.value == item.name.value }) { continue }
            let text = "`\(scope.name).\(item.name.value)` is new"
            if isClosed {
                report(.unionCaseAddedClosed, .newToOld, text, scope, nil, item.name.place)
            } else {
                report(.unionCaseAdded, .source, text, scope, nil, item.name.place)
            }
        }
    }
}

extension TypeSpec {
    /// The documentation.
    fileprivate var doc: String? {
        switch self {
        case .enumeration(let type): type.doc
        case .flags(let type): type.doc
        case .structure(let type): type.doc
        case .union(let type): type.doc
        }
    }
}
