extension SpecChecker {
    /// Checks that the fields of `message` can follow each other, and fit in a frame.
    mutating func checkLayout(of message: MessageSpec) {
        let errors = diagnostics.errorCount
        defer { if diagnostics.errorCount > errors { unsound.insert(message.name.value) } }
        checkNothingFollowsTheEnd(in: message)
        let limit = limit(of: message)
        let size = message.fields.reduce(into: UInt64(0)) { $0 += minimumSize(of: $1) }
        if let limit, size > limit {
            let smallest = "message `\(message.name.value)` has \(size) bytes or more"
            diagnostics.error(
                "\(smallest), and a payload may have \(limit): shorten its fields, or raise `max-payload`",
                at: message.name.place
            )
        }
    }

    private mutating func checkNothingFollowsTheEnd(in message: MessageSpec) {
        guard
            let end = message.fields.firstIndex(where: { $0.type.value.extent == .toEnd }),
            let next = message.fields.dropFirst(end + 1).first
        else { return }
        let last = message.fields[end].name
        diagnostics.error(
            "field `\(next.name.value)` follows `\(last.value)`, which runs to the end of the payload: "
                + "move `\(last.value)` to the end, or give it a `length`",
            at: next.name.place,
            first: last.place,
            "`\(last.value)` is here"
        )
    }

    /// The largest payload of `message`, or `nil` when the frame is not known.
    private mutating func limit(of message: MessageSpec) -> UInt64? {
        guard let frame = spec.frame?.maximumPayload else { return message.maximumPayload?.value }
        guard let own = message.maximumPayload else { return frame }
        if own.value > frame {
            let text = "`max-payload` is \(own.value), and no frame carries more than \(frame): use at most that"
            diagnostics.error(text, at: own.place)
        }
        return min(own.value, frame)
    }

    /// The size of a field that is as short as it can be, in bytes.
    private func minimumSize(of field: FieldSpec) -> UInt64 {
        switch field.type.value {
        case .integer(let type): UInt64(type.size)
        case .boolean: 1
        case .enumeration(let name): UInt64(enums[name]?.type.size ?? 0)
        case .string(.toEnd), .bytes(.toEnd): 0
        case .string(.prefixed(let prefix)), .bytes(.prefixed(let prefix)): UInt64(prefix.size)
        case .string(.fixed(let count)), .bytes(.fixed(let count)): UInt64(clamping: count)
        }
    }
}
