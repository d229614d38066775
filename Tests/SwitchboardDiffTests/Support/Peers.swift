import SwitchboardSpec

/// A sender and a receiver with different versions of a spec.
struct Peers {
    let sender: CheckedSpec
    let receiver: CheckedSpec

    /// Whether the receiver read a frame as the sender meant it.
    enum Outcome {
        case same
        case different(String)
    }

    /// Returns what the receiver makes of a frame of `message` with random values; `nil` if the values cannot be sent.
    func outcome(of message: MessageSpec, _ other: MessageSpec?, _ random: inout RandomValues) -> Outcome? {
        guard let frame = frame(of: message, &random), let sent = read(frame, message, sender) else { return nil }
        guard let other else { return .different("\(message.name.value) is unknown") }
        guard let found = read(frame, other, receiver) else {
            return .different("\(message.name.value) \(frame.hexadecimal) is refused")
        }
        let comparison = ValueComparison(left: sender, right: receiver)
        let headers = (sender.layout(of: sender.frame(of: message)), receiver.layout(of: receiver.frame(of: other)))
        let isSame =
            comparison.isSame(sent.header, headers.0.header, found.header, headers.1.header)
            && comparison.isSame(sent.fields, sender.layout(of: message), found.fields, receiver.layout(of: other))
        return isSame ? .same : .different("\(message.name.value) \(frame.hexadecimal) has other values")
    }

    /// Returns the message of the receiver that corresponds to `message`: by name, or by code.
    func counterpart(of message: MessageSpec) -> MessageSpec? {
        receiver.allMessages.first { $0.name.value == message.name.value }
            ?? receiver.allMessages.first {
                $0.codeValues == message.codeValues && $0.frame?.value == message.frame?.value
                    && $0.sender == message.sender
            }
    }

    private func frame(of message: MessageSpec, _ random: inout RandomValues) -> [UInt8]? {
        let layout = sender.layout(of: sender.frame(of: message))
        let codes = layout.items.filter(\.spec.role.isCode).map(\.plan.name)
        random.header = Dictionary(zip(codes, message.codeValues)) { first, _ in first }
        let own = layout.header.fields
        let others = layout.whole.fields.filter { other in !own.contains { $0.name == other.name } }
        let header = random.values(of: Layout(fields: own, header: others))
        random.header = Dictionary(zip(own, header).map { (ReferenceSpec.header($0.name), $1) }) { first, _ in first }
        let payload = sender.layout(of: message)
        let values = random.values(of: payload)
        return (try? FrameWriter(message, payload, values, header: header, layout))?.bytes
    }

    private func read(
        _ frame: [UInt8],
        _ message: MessageSpec,
        _ spec: CheckedSpec
    ) -> (header: [Value], fields: [Value])? {
        let layout = spec.layout(of: spec.frame(of: message))
        guard
            let found = try? FrameReader.read(frame, message, layout, trailing: .reject),
            let values = try? PayloadReader.read(
                found.payload,
                spec.layout(of: message),
                spec.plan,
                trailing: spec.trailing(of: message),
                header: layout.named(found.header)
            )
        else { return nil }
        return (found.header, values)
    }
}

/// Compares values that two versions of a spec have read from the same bytes: by the names of fields, cases and numbers.
private struct ValueComparison {
    let left: CheckedSpec
    let right: CheckedSpec

    func isSame(_ values: [Value], _ layout: Layout, _ others: [Value], _ otherLayout: Layout) -> Bool {
        zip(layout.fields, values).allSatisfy { field, value in
            if field.field.isReserved { return true }
            let index = otherLayout.fields.firstIndex { $0.name == field.name && !$0.field.isReserved }
            guard let index, index < others.count else { return true }
            // A boolean that follows from the presence of others has no value of its own.
            let derived = [field, otherLayout.fields[index]]
            if derived.contains(where: { if case .presence = $0.derivation { true } else { !$0.presenceBits.isEmpty } })
            {
                return true
            }
            return isSame(value, field.step, others[index], otherLayout.fields[index].step)
        }
    }

    private func isSame(_ value: Value, _ step: Step, _ other: Value, _ otherStep: Step) -> Bool {
        switch (value, other) {
        case (.list(let values), .list(let others)):
            let steps = (element(of: step), element(of: otherStep))
            return values.count == others.count && zip(values, others).allSatisfy { isSame($0, steps.0, $1, steps.1) }
        case (.record(let values), .record(let others)):
            guard let types = (structure(of: step), structure(of: otherStep)) as? (StructSpec, StructSpec) else {
                return false
            }
            return isSame(values, left.plan.layout(of: types.0), others, right.plan.layout(of: types.1))
        case (.choice(let index, let values), .choice(let otherIndex, let others)):
            guard let types = (step.unwrapped.union, otherStep.unwrapped.union) as? (UnionSpec, UnionSpec) else {
                return false
            }
            let (item, otherItem) = (types.0.cases[index], types.1.cases[otherIndex])
            let isMoved =
                item.name.value != otherItem.name.value && types.1.cases.contains { $0.name.value == item.name.value }
            let layouts = (left.plan.layouts(of: types.0)[index], right.plan.layouts(of: types.1)[otherIndex])
            return !isMoved && isSame(values, layouts.0, others, layouts.1)
        // The receiver keeps the bytes of a case that it does not know.
        case (.choice, .unrecognized), (.unrecognized, .choice): return true
        case (.number(let number), .number(let otherNumber)):
            guard number == otherNumber else { return false }
            if case (.enumeration(let type, _), .enumeration(let other, _)) = (step.unwrapped, otherStep.unwrapped),
                let name = type.item(of: number)?.name.value,
                let item = other.cases.first(where: { $0.name.value == name })
            {
                return item.value.value == number
            }
            return true
        default: return value == other
        }
    }

    private func element(of step: Step) -> Step {
        if case .list(let element, _) = step.unwrapped { element } else { step }
    }

    private func structure(of step: Step) -> StructSpec? {
        switch step {
        case .structure(let type): type
        case .optional(let step, _), .sized(let step, _): structure(of: step)
        default: nil
        }
    }
}
