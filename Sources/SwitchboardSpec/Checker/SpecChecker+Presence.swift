// Fields that depend on others: bits among neighbours, `when`, `optional`, `tag`, and fields whose values are derived.

extension SpecChecker {
    /// The largest number of bytes that neighbouring fields of a few bits may fill.
    private static let maximumBitGroupBytes = 8

    /// Checks that neighbouring fields of a few bits share whole bytes, in one bit order.
    mutating func checkBits(in fields: [FieldSpec]) {
        var group = BitGroup()
        for plan in LayoutPlan(table, []).layout(of: fields).fields {
            let field = plan.field
            guard plan.step.bitWidth != nil else {
                if !group.fields.isEmpty { reportUnfilled(group) }
                group = BitGroup()
                if field.bitOrder != nil { continue }
                if plan.step.unwrapped.bitWidth != nil, !field.lacksParts {
                    let text = "`\(field.name.value)` has only a few bits, and cannot have `?`"
                    diagnostics.error("\(text): add a field of type `bit`, and name it in `when`", at: field.type.place)
                }
                continue
            }
            checkAlone(field)
            if let first = group.fields.first, first.bitOrder != plan.bitOrder {
                let text = "`\(field.name.value)` shares a byte with `\(first.name)`, and has another bit order"
                let note = "`\(first.name)` is here"
                diagnostics.error(
                    "\(text): use one order",
                    at: field.name.place,
                    first: first.field.name.place,
                    note
                )
            }
            group.append(plan)
            if group.bytes > Self.maximumBitGroupBytes {
                let text = "these fields have \(group.widths.max() ?? 0) bits without filling whole bytes"
                diagnostics.error(
                    "\(text): at most \(8 * Self.maximumBitGroupBytes) are allowed",
                    at: group.fields[0].field.name.place
                )
                group = BitGroup()
            } else if group.isWhole {
                group = BitGroup()
            }
        }
        if !group.fields.isEmpty { reportUnfilled(group) }
    }

    private mutating func reportUnfilled(_ plans: BitGroup) {
        let group = plans.fields.map(\.field)
        // One that has a mistake may have had another width.
        guard !group.contains(where: \.lacksParts), let last = group.last else { return }
        guard plans.widths.count == 1, let bits = plans.widths.first else {
            let widths = plans.widths.sorted().map { "\($0)" }.joined(separator: " or ")
            let text =
                widths.isEmpty
                ? "the conditions of these fields have too many combinations"
                : "these fields have \(widths) bits, as their `when` says"
            diagnostics.error(
                "\(text): fill whole bytes, as many in every case, or give them one `when`",
                at: group[0].name.place
            )
            return
        }
        let missing = 8 - bits % 8
        let fields = group.count == 1 ? "this field has \(bits.bits)" : "these fields have \(bits.bits)"
        let place = last.caseTag == nil ? "`\(last.name.value)`" : last.name.value
        let condition = plans.condition == nil ? "" : ", under the same `when`"
        let advice = "fill the byte with `reserved: uint\(missing)` behind \(place)\(condition)"
        let text = "\(fields): \(slip(in: group).map { "did you mean `\($0)`? Otherwise " } ?? "")\(advice)"
        diagnostics.error(text, at: group[0].name.place)
    }

    /// The type of whole bytes that was probably meant, whose digits are those of the only field in another order.
    private func slip(in group: [FieldSpec]) -> String? {
        guard group.count == 1, case .integer(let type) = group[0].type.value else { return nil }
        let digits = String(type.bitWidth).sorted()
        return IntegerType.common.first { $0.isSigned == type.isSigned && String($0.bitWidth).sorted() == digits }?
            .rawValue
    }

    /// Checks that a field of a few bits is there, or has its condition, in every payload.
    private mutating func checkAlone(_ field: FieldSpec) {
        let keys: [(String, Bool)] = [
            ("optional", field.isTrailing), ("since", field.since != nil), ("align", field.alignment != nil),
        ]
        for (key, isGiven) in keys where isGiven {
            let text = "`\(field.name.value)` shares a byte with its neighbours, and cannot have `\(key)`"
            diagnostics.error("\(text): remove it, or use a type of whole bytes", at: field.name.place)
        }
    }

    /// Checks that only such fields follow an optional one that a payload may lack, too.
    mutating func checkTrailing(_ fields: [FieldSpec]) {
        var first: FieldSpec?
        for field in fields {
            if field.isTrailing {
                first = first ?? field
                let others = [("since", field.since?.place), ("when", field.condition?.place)]
                for case (let key, let place?) in others {
                    let text = "a payload may end before `\(field.name.value)`"
                    diagnostics.error("\(text): remove `\(key)` or `optional`", at: place)
                }
                checkIsSeen(field)
            } else if let first {
                let text = "`\(field.name.value)` follows `\(first.name.value)`, before which a payload may end"
                let advice = "add `optional: true` to `\(field.name.value)`, or move it"
                let note = "`\(first.name.value)` is here"
                diagnostics.error("\(text): \(advice)", at: field.name.place, first: first.name.place, note)
                return
            }
        }
    }

    /// Checks that an optional field at the end has bytes in every payload that has the field.
    private mutating func checkIsSeen(_ field: FieldSpec) {
        let (name, step) = (field.name.value, table.step(of: field))
        let runsToEnd = step.unwrapped.size == .toEnd
        guard isSound(field) else { return }
        if case .counted(let count)? = step.unwrapped.size, case .field(let other) = count.source {
            let text =
                "`\(other.field)` says the size of `\(name)`, and would be 0 with an empty `\(name)` and without one"
            diagnostics.error("\(text): remove `optional`", at: field.name.place)
        } else if runsToEnd || table.minimumSize(of: step) == 0 && !field.isReserved {
            let text = "an empty `\(name)` and none would be the same bytes: remove `optional`"
            let advice = runsToEnd ? ", or give it a `length` or a `count`" : ""
            diagnostics.error(text + advice, at: field.name.place)
        }
    }

    /// Checks `when` of a field behind `earlier` fields.
    mutating func checkPresence(of field: FieldSpec, behind earlier: ArraySlice<FieldSpec>) {
        guard field.condition != nil || field.isTrailing else { return }
        if field.isTrailing, case .optional = field.type.value {
            let text = "`\(field.name.value)` has a type with `?` and `optional`: remove one of them"
            diagnostics.error(text, at: field.type.place)
        }
        if let literal = field.defaultValue {
            let text = "`\(field.name.value)` has no value where it is left out: remove `default`"
            diagnostics.error(text, at: literal.place)
        }
        if let since = field.since, field.condition != nil {
            let text = "older peers do not send `\(field.name.value)`, whatever its `when` says"
            diagnostics.error("\(text): remove `since` or `when`", at: since.place)
        }
        for term in field.condition?.value.terms ?? [] {
            guard
                let other = earlier.first(where: {
                    $0.name.value == term.reference.value.field && !$0.isReserved
                }), isSound(other)
            else { continue }
            if other.isTrailing || other.condition != nil && !term.test.hasValues {
                let text = "`when` names `\(other.name.value)`, which a payload may lack"
                let advice = other.isTrailing ? "" : ", or say its values"
                diagnostics.error("\(text): name a field that every payload has\(advice)", at: term.reference.place)
                continue
            }
            if other.constant != nil, term.reference.value.isToHeader {
                let text = "`when` tests `\(other.name.value)`, which has the same value in all frames"
                diagnostics.error("\(text): remove `when`, or the `equals` of the item", at: term.reference.place)
                continue
            }
            check(term, table.step(of: other))
            if case .isSet = term.test, field.presenceBit != nil, field.coverage == nil {
                checkFlags(other, term)
            }
        }
    }

    /// Checks that a bit of `flags` can follow from the presence of another field.
    private mutating func checkFlags(_ flags: FieldSpec, _ term: ConditionSpec.Term) {
        guard case .flags(let type, _) = table.step(of: flags) else { return }
        let name = term.reference.value.text
        if let place = flags.constant?.place ?? flags.since?.place {
            let text = "`\(name)` follows from the presence of another field"
            diagnostics.error("\(text): remove `\(flags.constant == nil ? "since" : "equals")`", at: place)
        }
        guard
            let literal = flags.defaultValue,
            let bit = type.bits.first(where: { $0.name.value == term.reference.value.bit }),
            let value = table.value(literal, of: table.step(of: flags))
        else { return }
        if value.number.magnitude >> bit.position.value & 1 == 1 {
            let text = "`\(name)` follows from the presence of another field"
            diagnostics.error("\(text): remove it from `default`", at: literal.place)
        }
    }

    private mutating func check(_ term: ConditionSpec.Term, _ step: Step) {
        let name = term.reference.value.text
        switch term.test {
        case .isSet: return
        case .oneOf(let literals), .noneOf(let literals):
            switch step {
            case .integer, .boolean, .bit, .enumeration:
                for literal in literals { _ = value(literal, of: step, "`\(name)` in `when`") }
            case .flags where term.reference.value.bit != nil:
                for literal in literals { _ = value(literal, of: .bit, "`\(name)` in `when`") }
            case .float, .flags, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
                let kinds = "whole numbers, enums, booleans and bits of flags"
                diagnostics.error("`when` tests \(kinds), and `\(name)` is none", at: term.reference.place)
            }
        case .range(let low, let high):
            guard case .integer = step else {
                let text = "`min` and `max` in `when` belong to whole numbers, and `\(name)` is none"
                diagnostics.error(text, at: term.reference.place)
                return
            }
            let lowest = low.flatMap { value($0, of: step, "`min` of `\(name)`") }
            let highest = high.flatMap { value($0, of: step, "`max` of `\(name)`") }
            if let lowest, let highest, highest.number < lowest.number {
                diagnostics.error("`max` of `\(name)` is less than `min`: swap them", at: term.reference.place)
            }
        }
    }

    /// Checks `tag` of one of `fields`, behind `earlier` fields.
    mutating func checkTag(of field: FieldSpec, behind earlier: ArraySlice<FieldSpec>, in fields: [FieldSpec]) {
        guard let tag = field.tag, isSound(field) else { return }
        let step = table.step(of: field)
        guard let union = step.union else {
            diagnostics.error("`tag` belongs to unions: remove it from `\(field.name.value)`", at: tag.place)
            return
        }
        if case .list(_, let size) = step {
            let least = table.bounds(of: field)?.low?.number.magnitude ?? 0
            var isNeverEmpty = least > 0
            if case .fixed(let count) = size, count > 0 { isNeverEmpty = true }
            if !isNeverEmpty {
                let text = "an empty `\(field.name.value)` would have no tag"
                diagnostics.error("\(text): add `min: 1` to it", at: tag.place)
            }
        }
        let isOnly = !fields.contains { $0.tag?.value == tag.value && $0.name.value != field.name.value }
        if field.condition != nil && isOnly || field.isTrailing {
            let text = "the tag of `\(field.name.value)` follows from its case, so that it cannot be left out"
            let advice = "or add unions with this tag, so that every payload has one"
            diagnostics.error("\(text): remove `when` and `optional`, \(advice)", at: tag.place)
        }
        guard
            let other = earlier.first(where: { $0.name.value == tag.value.field && !$0.isReserved }),
            let type = table.step(of: other).integerType
        else { return }
        if !spec.types.contains(where: { $0.name.value == union.name.value }) {
            let text = "`\(union.name.value)` is a union of an imported spec, and reads its tag itself"
            diagnostics.error("\(text): remove `tag`", at: tag.place)
            return
        }
        if union.isTagOfBits {
            let text = "the tags of `\(union.name.value)` share their bytes with the fields of the cases"
            diagnostics.error("\(text): give the union the tag `uint8`, or remove `tag` here", at: tag.place)
            return
        }
        if union.isTagText, type.storageWidth > 8, (other.byteOrder ?? table.byteOrder) == .little {
            let text = "the tags of `\(union.name.value)` are text"
            diagnostics.error("\(text): add `byte-order: big` to `\(tag.value.field)`", at: tag.place)
            return
        }
        if type.storageWidth > union.tag.storageWidth {
            let (name, union) = ("`\(tag.value.field)`", "`\(union.name.value)`")
            let text = "\(name) has more bits than the tags of \(union)"
            diagnostics.error("\(text): give both the same type", at: tag.place)
            return
        }
        for item in union.cases where item.tag.value.bits(of: type) == nil {
            let text =
                "the tag of case `\(item.name.value)` is \(item.tag.value), which does not fit in `\(tag.value.field)`"
            diagnostics.error("\(text): give `\(tag.value.field)` a larger type", at: tag.place)
            return
        }
        if type.storageWidth < union.tag.storageWidth {
            let (name, union) = ("`\(tag.value.field)`", "`\(union.name.value)`")
            let text = "\(name) has fewer bits than the tags of \(union)"
            diagnostics.error("\(text): give both the same type", at: tag.place)
        }
    }

    /// Checks that a number that says where several of `fields` end is sent after what the `when` of `field`, one of them,
    /// tests.
    ///
    /// Only a value with `absent` needs a number where the field is there without a value.
    mutating func checkSharedCount(of field: FieldSpec, in fields: [FieldSpec]) {
        guard field.type.value.mayBeAbsent, let (count, number) = sharedCount(of: field) else { return }
        let users = fields.filter { user in user.type.value.countReferences.contains { $0.field == number.field } }
        guard users.count > 1 else { return }
        let others = users.drop { $0.name.value != field.name.value }.dropFirst()
        for other in others where !other.excludes(field) && other.type.value.mayBeAbsent {
            guard let (otherCount, _) = sharedCount(of: other), otherCount.absent != count.absent else { continue }
            let text = "`\(number.field)` says with other numbers that there is no `\(field.name.value)`"
            let note = "`\(field.name.value)` is here"
            diagnostics.error(
                "\(text): give both fields the same `absent`, or numbers of their own",
                at: other.name.place,
                first: field.name.place,
                note
            )
        }
        guard let condition = field.condition else { return }
        let later = number.isToHeader ? fields[...] : fields.drop { $0.name.value != number.field }
        for term in condition.value.terms {
            let tested = term.reference.value
            guard later.contains(where: { $0.name.value == tested.field && ($0.isDerived || tested.bit != nil) }) else {
                continue
            }
            let text = "`\(number.field)` says the sizes of several fields, and comes before `\(tested.text)`"
            let advice = number.isToHeader ? "give each field a number of its own" : "move `\(tested.field)` before it"
            diagnostics.error("\(text), which may follow from others: \(advice)", at: term.reference.place)
        }
    }

    /// Returns the number with `absent` in an earlier field that says the size of `field`.
    private func sharedCount(of field: FieldSpec) -> (Count, Reference)? {
        guard
            case .counted(let count)? = table.step(of: field).unwrapped.size, !count.absent.isEmpty,
            case .field(let number) = count.source
        else { return nil }
        return (count, number)
    }

    /// Checks that a derived field has no value of its own, and that its value follows from one field only.
    mutating func checkUses(of field: FieldSpec, in fields: [FieldSpec]) {
        guard field.isDerived else { return }
        let keys = [
            ("default", field.defaultValue?.place), ("equals", field.constant?.place), ("min", field.minimum?.place),
            ("max", field.maximum?.place), ("since", field.since?.place),
            ("secret", field.isSecret ? field.name.place : nil), ("trace", field.trace?.place),
            ("deprecated", field.deprecated == nil ? nil : field.name.place),
        ]
        for case (let key, let place?) in keys {
            let text = "the value of `\(field.name.value)` follows from later fields"
            diagnostics.error("\(text): remove `\(key)`", at: place)
        }
        let conflict = References(fields).conflict(at: field.name.value)
        guard !conflict.isEmpty else { return }
        let users = conflict.map { "`\($0)`" }.joined(separator: " and ")
        let text = "the value of `\(field.name.value)` would follow from \(users)"
        let areUnions = fields.filter { $0.tag?.value.field == field.name.value }.count == conflict.count
        let advice = areUnions ? ", or `when`s of which exactly one holds in every payload" : ""
        diagnostics.error("\(text): give each a field of its own\(advice)", at: field.name.place)
    }
}

extension ConditionSpec.Test {
    /// Whether the test names values, which a missing field does not have.
    fileprivate var hasValues: Bool {
        switch self {
        case .oneOf, .noneOf, .range: true
        case .isSet: false
        }
    }
}
