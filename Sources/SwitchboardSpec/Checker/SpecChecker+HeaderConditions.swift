// `when` in the header and the trailer: items that only some frames have, and two lengths of which each frame has one.

extension SpecChecker {
    /// Checks the items with `when`, and the bits that follow from them.
    mutating func checkConditions(in frame: FrameSpec) {
        let named = frame.header.filter(\.value.role.canBeTested)
        for (index, item) in named.enumerated() {
            let field = item.value.field
            checkPresence(ofItem: field, behind: named[..<index])
            if item.value.role.isCode { checkCodeCondition(of: field, in: frame) }
            guard item.value.role.isPresence, let place = field.defaultValue?.place ?? field.constant?.place else {
                continue
            }
            let key = field.defaultValue == nil ? "equals" : "default"
            let text = "the value of `\(field.name.value)` follows from the items that have it in `when`"
            diagnostics.error("\(text): remove `\(key)`", at: place)
        }
        // A length has no `equals`.
        for item in frame.trailerFields + frame.lengthItems {
            checkPresence(ofItem: item.value.field, behind: named[...])
        }
    }

    /// Checks `when` of an item of the header or the trailer behind `earlier` items.
    private mutating func checkPresence(
        ofItem field: FieldSpec,
        behind earlier: ArraySlice<Located<FrameSpec.HeaderField>>
    ) {
        if field.condition != nil, let constant = field.constant {
            let text = "`\(field.name.value)` has `equals` and `when`"
            diagnostics.error("\(text): remove one of them", at: constant.place)
        }
        checkPresence(of: field, behind: earlier.map(\.value.field)[...])
    }

    /// Checks that `when` of a part of the code tests only other parts, so that a code says whether it has the part.
    private mutating func checkCodeCondition(of field: FieldSpec, in frame: FrameSpec) {
        let codes = Set(frame.codeFields.map(\.field.name.value))
        for term in field.condition?.value.terms ?? [] where !codes.contains(term.reference.value.field) {
            let text = "`\(field.name.value)` is a part of the code, and `\(term.reference.value.text)` is none"
            diagnostics.error("\(text): test only parts of the code", at: term.reference.place)
        }
    }

    /// Checks that the code of a message has the parts that frames with its values have, and no others.
    mutating func checkCodeConditions(of message: MessageSpec) {
        guard let frame = frame(of: message), !message.lacksCode else { return }
        let layout = FrameLayout(frame, version: 0, plan)
        let items = layout.items.filter(\.spec.role.isCode)
        let values = Dictionary(
            zip(items.map(\.plan.name), message.codeValues),
            uniquingKeysWith: { first, _ in first }
        )
        for (item, value) in zip(items, message.codeValues) {
            guard case .when(let condition) = item.plan.presence else { continue }
            let holds = condition.holds { values[$0.field] ?? .nothing }
            guard holds != (value != .nothing) else { continue }
            let name = item.plan.name
            let text =
                holds
                ? "`code` lacks `\(name)`, which frames with its other values have: add it"
                : "`code` has `\(name)`, which frames with its other values lack: remove it"
            diagnostics.error(text, at: message.code.place)
            soundness.insert(message.name.value)
        }
    }

    /// Checks that a frame has exactly one of several lengths; returns whether it does.
    mutating func checkChoice(of lengths: [Located<FrameSpec.HeaderField>], in frame: FrameSpec) -> Bool {
        let errors = diagnostics.errorCount
        guard lengths.count > 1 || lengths.contains(where: { $0.value.field.condition != nil }) else { return true }
        let example = "`when: long` in one and `when: { long: false }` in the other"
        guard lengths.count == 2 else {
            let count = lengths.count == 1 ? "one `length`, which has `when`" : "\(lengths.count) items `length`"
            let text = "`header` has \(count): a frame has one length, or one of two"
            let advice = lengths.count == 1 ? "add the other, or remove `when`" : "remove the others"
            diagnostics.error("\(text); \(advice)", at: lengths[lengths.count - 1].place)
            return false
        }
        let (short, long) = (lengths[0], lengths[1])
        if !frame.choosesLengthByItems, short.value.number?.largest == long.value.number?.largest {
            let isSame = short.value.number == long.value.number
            let text =
                isSame
                ? "both items `length` have the same type: remove one"
                : "the second `length` says no number that the first cannot: use two types with different largest numbers"
            diagnostics.error(text, at: long.place)
        }
        if case .length(let left) = short.value.role, case .length(let right) = long.value.role, left.text != right.text
        {
            diagnostics.error("the items `length` cover different bytes: give both the same `covers`", at: long.place)
        }
        let conditions = lengths.compactMap(\.value.field.condition?.value)
        // The bit follows from the length that a frame has.
        let bit = conditions.lazy.compactMap(\.presenceBit).first
        let isChoice = frame.header.map(\.value.field).hasExactlyOne(of: lengths.map(\.value.field))
        if isChoice, frame.choosesLengthByItems { return diagnostics.errorCount == errors }
        guard let bit, bit.bit == nil, isChoice else {
            let text = "nothing says which of two items `length` a frame has"
            let advice = "add a field of type `bit` before them, and write \(example)"
            let other = "or test another item for values, as in `{ kind: 2 }` and `{ kind: { not: 2 } }`"
            diagnostics.error("\(text): \(advice), \(other)", at: long.place)
            return false
        }
        let others = (frame.header + frame.trailerFields).map(\.value).filter { !$0.role.isLength }
        if let other = others.first(where: { $0.field.condition?.value.presenceBit == bit }) {
            let text = "`\(bit.field)` says which `length` a frame has, and follows from its size"
            let advice = "name another field of type `bit` in `when` of `\(other.field.name.value)`"
            let all = "or write `when: { \(bit.field): true }` in it and in `length`"
            diagnostics.error("\(text): \(advice), \(all)", at: other.field.condition?.place ?? long.place)
        }
        if let code = frame.codeFields.first(where: { $0.field.name.value == bit.field }) {
            let text = "`\(bit.field)` is part of the code, and cannot follow from the length of a frame"
            diagnostics.error("\(text): name another field of type `bit`", at: code.field.name.place)
        }
        return diagnostics.errorCount == errors
    }
}
