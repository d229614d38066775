/// Notes the places of the parts that a ``PayloadReader`` reads.
///
/// The reader says where each part begins and ends; the parts between these two are its children. The offsets of the reader are
/// places in the frame.
final class PartRecorder {
    /// A part whose end was not yet read.
    private struct OpenPart {
        let name: String
        let label: String
        let step: Step
        let measure: MeasureSpec?
        let isSecret: Bool
        let isDerived: Bool
        var start: Int
        var children: [Part] = []
        /// The bytes behind the value that belong to the field: its end and its padding.
        var tail: [Part] = []

        /// The place behind all that was read of the part.
        var end: Int { tail.last?.bytes.upperBound ?? children.last?.bytes.upperBound ?? start }
    }

    private let text: ValueText
    private let showsSecrets: Bool
    /// The first is the whole that is read, the last the innermost part.
    private var open: [OpenPart]

    /// A recorder of the parts of bytes that are at `start` in the frame.
    init(_ table: TypeTable, at start: Int = 0, showsSecrets: Bool) {
        text = ValueText(table: table)
        self.showsSecrets = showsSecrets
        open = [
            OpenPart(name: "", label: "", step: .bit, measure: nil, isSecret: false, isDerived: false, start: start)
        ]
    }

    /// The innermost part that has begun.
    private var current: OpenPart {
        get { open[open.count - 1] }
        set { open[open.count - 1] = newValue }
    }

    // MARK: Values

    /// Notes that the value of `field` begins.
    func begin(_ field: FieldPlan, at offset: Int) {
        begin(
            field.name,
            label: field.label,
            field.step,
            field.field.measure,
            isSecret: field.field.isSecret,
            isDerived: field.derivation != nil,
            at: offset
        )
    }

    /// Notes that the element at `index` of a list begins.
    func begin(_ index: Int, _ step: Step, at offset: Int) {
        let list = current
        begin(
            "[\(index)]",
            label: list.label,
            step,
            list.measure,
            isSecret: list.isSecret,
            isDerived: false,
            at: offset
        )
    }

    private func begin(
        _ name: String,
        label: String,
        _ step: Step,
        _ measure: MeasureSpec?,
        isSecret: Bool,
        isDerived: Bool,
        at offset: Int
    ) {
        open.append(
            OpenPart(
                name: name,
                label: label,
                step: step,
                measure: measure,
                isSecret: isSecret || current.isSecret,
                isDerived: isDerived,
                start: offset
            )
        )
    }

    /// Notes that the innermost part ends and has this value.
    func end(_ value: Value, at offset: Int) {
        let part = open.removeLast()
        let end = part.tail.first?.bytes.lowerBound ?? offset
        // A value that is not there has no part; the number that says so is one.
        if value != .nothing || end > part.start { current.children.append(closed(part, value, end)) }
        current.children += part.tail
    }

    /// Notes a field of a few bits, which are those of `mask` in the number of the bytes of its group.
    func bits(_ field: FieldPlan, _ value: Value, _ mask: UInt64, _ group: BitGroup, endingAt offset: Int) {
        let order: ByteOrder = group.order == .high ? .big : .little
        let mask = order.bytes(mask, count: group.bytes)
        guard let first = mask.firstIndex(where: { $0 != 0 }), let last = mask.lastIndex(where: { $0 != 0 }) else {
            return
        }
        let start = offset - group.bytes
        begin(field, at: offset)
        current.start = start + first
        var part = closed(open.removeLast(), value, start + last + 1)
        part.mask = Array(mask[first...last])
        if field.field.caseTag != nil { (part.name, part.role) = ("tag", .tag) }
        current.children.append(part)
    }

    private func closed(_ part: OpenPart, _ value: Value, _ end: Int) -> Part {
        let step = part.step.unwrapped
        let isHidden = part.isSecret && !showsSecrets
        return Part(
            part.name,
            step.isReserved ? .reserved : .value,
            type: part.step.spelling,
            part.start..<max(part.start, end),
            value: value,
            text: isHidden ? "<secret>" : text(of: value, part),
            isSecret: part.isSecret,
            isDerived: part.isDerived,
            children: part.children,
            label: part.label
        )
    }

    private func text(of value: Value, _ part: OpenPart) -> String {
        switch value {
        case .nothing, .record: ""
        case .list(let elements): elements.count.elements
        case .choice: value.choice(of: part.step)
        case .unrecognized: UnionSpec.unknownCase
        case .number, .float, .bytes: text.text(of: value, part.step, part.measure)
        }
    }

    // MARK: Parts of values

    /// Notes the number that says where the innermost part ends.
    func length(_ count: Count, _ number: SpecInteger, from start: Int, to end: Int) {
        guard case .prefix(let type, _) = count.source else { return }
        let isCount = if case .list = current.step.unwrapped { !count.countsBytes } else { false }
        note(isCount ? "count" : "length", .length, type: type.rawValue, number, from: start, to: end)
    }

    /// Notes the byte that says in place of a number that there is no value.
    func absence(from start: Int, to end: Int) {
        note("presence", .presence, type: 1.bytes, SpecInteger(magnitude: 0), from: start, to: end)
    }

    /// Notes the byte that says whether the innermost part is there.
    func presence(_ isThere: Bool, endingAt end: Int) {
        note("presence", .presence, type: "bool", SpecInteger(magnitude: isThere ? 1 : 0), from: end - 1, to: end)
    }

    /// Notes the tag of the innermost part, which is a union.
    func tag(_ number: SpecInteger, of union: UnionSpec, from start: Int, to end: Int) {
        let place = start..<end
        let value = Value.number(number)
        let text = union.cases.first { $0.tag.value == number }.map { "\(number) (\($0.name.value))" } ?? "\(number)"
        let shown = current.isSecret && !showsSecrets ? "<secret>" : text
        current.children.append(
            Part("tag", .tag, type: union.tag.rawValue, place, value: value, text: shown, isDerived: true)
        )
    }

    /// Notes the bytes of a union's value whose tag no case has.
    func data(_ bytes: [UInt8], endingAt end: Int) {
        let place = end - bytes.count..<end
        let shown = current.isSecret && !showsSecrets ? "<secret>" : bytes.shownInHexadecimal
        current.children.append(
            Part("data", .value, type: "bytes", place, value: .bytes(bytes), text: shown, isSecret: current.isSecret)
        )
    }

    /// Notes bytes that end the value of the innermost part, or fill it up.
    func tail(_ role: Part.Role, from start: Int, to end: Int) {
        guard end > start else { return }
        let name = "\(current.name) \(role == .end ? "end" : "padding")"
        current.tail.append(Part(name, role, type: (end - start).bytes, start..<end, isDerived: true))
    }

    /// Notes bytes before the next part.
    func alignment(from start: Int, to end: Int) {
        guard end > start else { return }
        current.children.append(
            Part("padding", .padding, type: (end - start).bytes, start..<end, isDerived: true)
        )
    }

    /// Notes a number before the value of the innermost part; in a union, it is behind the tag.
    private func note(
        _ name: String,
        _ role: Part.Role,
        type: String,
        _ number: SpecInteger,
        from start: Int,
        to end: Int
    ) {
        let place = start..<end
        let value = Value.number(number)
        let text = type == "bool" ? number.magnitude == 1 ? "true" : "false" : "\(number)"
        var part = Part(name, role, type: type, place, value: value, text: text, isDerived: true)
        guard current.children.isEmpty, open.count > 1 else {
            current.children.append(part)
            return
        }
        part.name = "\(current.name) \(name)"
        open[open.count - 2].children.append(part)
        current.start = part.bytes.upperBound
    }

    // MARK: The result

    /// Ends all parts, and returns those that were read.
    func parts() -> [Part] {
        while open.count > 1 {
            let part = open.removeLast()
            if part.end > part.start || !part.children.isEmpty {
                let end = part.tail.first?.bytes.lowerBound ?? part.end
                current.children.append(closed(part, .nothing, end))
            }
            current.children += part.tail
        }
        return current.children
    }

    /// Returns the offset in the frame of the mistake `problem`, which ended the reading.
    func offset(of problem: PayloadProblem) -> Int {
        if problem.code == .trailingBytes || problem.code == .truncated { return current.end }
        if open.count > 1, current.label == problem.field { return current.start }
        let read = open.flatMap(\.children).flatMap(\.all)
        return read.last { $0.label == problem.field }?.bytes.lowerBound ?? current.end
    }
}

extension Step {
    /// Whether the value is unused bytes or bits.
    fileprivate var isReserved: Bool {
        switch self {
        case .reserved, .reservedBits: true
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .structure,
            .union,
            .sized:
            false
        }
    }
}

extension Value {
    /// Returns the name of the case of the union in `step` that the value has.
    fileprivate func choice(of step: Step) -> String {
        step.unwrapped.union.flatMap { choice(of: $0)?.case.name.value } ?? ""
    }
}
