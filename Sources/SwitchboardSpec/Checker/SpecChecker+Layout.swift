extension SpecChecker {
    /// Checks that the fields of `message` can follow each other, and fit in a frame.
    mutating func checkLayout(of message: MessageSpec) {
        let errors = diagnostics.errorCount
        defer { if diagnostics.errorCount > errors { unsound.insert(message.name.value) } }
        checkFields(message.fields, of: "message `\(message.name.value)`", isMessage: true)
        let limit = limit(of: message)
        let fields = message.fields.filter { $0.since == nil }
        let size = fields.reduce(UInt64(0)) { $0.addedOrLargest(smallestSize(of: $1)) }
        guard let limit else { return }
        if size > limit {
            let smallest = "message `\(message.name.value)` has \(size) bytes or more"
            diagnostics.error(
                "\(smallest), and a payload may have \(limit): shorten its fields, or raise `max-payload`",
                at: message.name.place
            )
        } else {
            checkDefaults(of: message, limit)
        }
    }

    /// Checks that a payload may have the defaults in it.
    private mutating func checkDefaults(of message: MessageSpec, _ limit: UInt64) {
        let sizes = message.fields.map { smallestSize(of: $0) }
        for (index, field) in message.fields.enumerated() {
            guard let literal = field.defaultValue, let own = size(of: literal, field) else { continue }
            let others = sizes[..<index] + sizes[(index + 1)...]
            let size = others.reduce(own) { $0.addedOrLargest($1) }
            guard size > limit else { continue }
            let text = "with this `default` a payload has \(size) bytes or more, and it may have \(limit)"
            diagnostics.error("\(text): shorten it, or raise `max-payload`", at: literal.place)
        }
    }

    /// The size of the shortest value that `field` may have, in bytes.
    private func smallestSize(of field: FieldSpec) -> UInt64 {
        let step = table.step(of: field)
        let size = table.minimumSize(of: step)
        if let constant = field.constant { return self.size(of: constant, field) ?? size }
        guard let least = table.bounds(of: field)?.low?.number.magnitude else { return size }
        switch step {
        case .text, .bytes: return size.addedOrLargest(least)
        case .list(let element, _):
            return size.addedOrLargest(least.multipliedOrLargest(table.minimumSize(of: element)))
        case .integer, .float, .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: return size
        }
    }

    /// The size of the value that `literal` means for `field`, in bytes; `nil` when it means none.
    private func size(of literal: Located<Literal>, _ field: FieldSpec) -> UInt64? {
        guard isSound([field.type.value.namedType].compactMap(\.self)) else { return nil }
        guard let value = table.value(literal, of: table.step(of: field)) else { return nil }
        return (try? PayloadWriter.write([value], plan.layout(of: [field]), plan)).map { UInt64(clamping: $0.count) }
    }

    /// Checks fields that follow each other: of a message, a struct or a union's case.
    mutating func checkFields(_ fields: [FieldSpec], of owner: String, isMessage: Bool) {
        checkNothingFollowsTheEnd(in: fields)
        for field in fields where !diagnostics.isFull {
            checkElements(of: field)
            checkValues(of: field)
            if let since = field.since, !isMessage {
                let text = "`since` belongs to fields of messages: \(owner) does not say how many bytes it has"
                diagnostics.error("\(text), so that no field can be left out", at: since.place)
            }
        }
    }

    private mutating func checkNothingFollowsTheEnd(in fields: [FieldSpec]) {
        guard
            // One with mistakes may have lost what says where it ends.
            let end = fields.firstIndex(where: { table.runsToEnd(table.step(of: $0)) && !$0.lacksParts }),
            let next = fields.dropFirst(end + 1).first
        else { return }
        let last = fields[end].name
        let advice =
            switch table.step(of: fields[end]).unwrapped {
            case .list: "a `count`"
            case .structure(let type): "a `length` or a `count` to the last field of `\(type.name.value)`"
            case .union(let type): "a `length` or a `count` to the last field of `\(type.name.value)`"
            case .integer, .float, .boolean, .enumeration, .flags, .text, .bytes, .optional, .reserved: "a `length`"
            }
        let move = "move `\(last.value)` to the end, or give "
        diagnostics.error(
            "field `\(next.name.value)` follows `\(last.value)`, which runs to the end of the payload: "
                + move + (advice.hasSuffix("`") && advice.contains(" of ") ? advice : "it \(advice)"),
            at: next.name.place,
            first: last.place,
            "`\(last.value)` is here"
        )
    }

    /// Checks that the elements of an array have an end, and a size: without one there could be any number of them.
    private mutating func checkElements(of field: FieldSpec) {
        guard case .list(let element, _) = table.step(of: field).unwrapped, !field.lacksParts else { return }
        let (name, namedType) = (field.name.value, field.type.value.namedType)
        if table.runsToEnd(element) {
            let advice = namedType.map { "give the last field of `\($0)` a `length` or a `count`" }
            let text = "an element of `\(name)` runs to the end of the payload, so that no other can follow"
            diagnostics.error("\(text): \(advice ?? "give it a `length`")", at: field.type.place)
        } else if table.minimumSize(of: element) == 0, namedType.map({ !unsound.contains($0) }) ?? true {
            let text = "an element of `\(name)` may have no bytes at all, and any number of those would fit"
            diagnostics.error("\(text): give it a field", at: field.type.place)
        }
    }

    /// The largest payload of `message`, or `nil` when the frame is not known.
    private mutating func limit(of message: MessageSpec) -> UInt64? {
        guard let frame = frame?.maximumPayload else { return message.maximumPayload?.value }
        guard let own = message.maximumPayload else { return frame }
        if own.value > frame {
            let text = "`max-payload` is \(own.value), and no frame carries more than \(frame): use at most that"
            diagnostics.error(text, at: own.place)
        }
        return min(own.value, frame)
    }

    /// Warns of layouts that can never grow, in a spec that means to.
    mutating func warnOfClosedLayouts() {
        guard !spec.lacksLayout else { return }
        let ignores = spec.trailing?.value == .ignore || spec.messages.contains { $0.trailing?.value == .ignore }
        guard ignores || spec.messages.contains(where: { $0.fields.contains { $0.since != nil } }) else { return }
        let complete = spec.messages.filter { !spec.incomplete.contains($0.name.value) }
        for message in complete where (message.trailing ?? spec.trailing)?.value != .reject {
            guard let last = message.fields.last, table.runsToEnd(table.step(of: last)) else { continue }
            let text = "nothing can ever follow `\(last.name.value)`, which runs to the end of the payload"
            let advice = "give it a length of its own, or say `trailing: reject` if `\(message.name.value)` is final"
            diagnostics.warning("\(text): \(advice)", at: last.name.place)
        }
    }
}
