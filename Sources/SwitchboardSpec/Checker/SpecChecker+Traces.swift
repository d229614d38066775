extension SpecChecker {
    /// Checks that a field with `trace` is a text of a message, and that no field before it carries the same value.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - earlier: The fields before it; `nil` if they are not fields of a message.
    ///   - owner: What the field belongs to, for diagnostics.
    mutating func checkTrace(of field: FieldSpec, in earlier: ArraySlice<FieldSpec>?, _ owner: String) {
        guard let trace = field.trace, isSound(field) else { return }
        guard let earlier else {
            let text = "`trace` belongs to fields of messages: \(owner) is not sent by itself"
            return diagnostics.error("\(text); use it in the messages", at: trace.place)
        }
        guard case .text = table.step(of: field).unwrapped else {
            // The number that says where another field ends has a mistake of its own.
            guard !field.isDerived else { return }
            let text = "`trace` belongs to text: `\(field.name.value)` needs the type `string`, or `\"string?\"`"
            return diagnostics.error(text, at: trace.place)
        }
        let first = earlier.first { other in
            guard other.trace?.value == trace.value, case .text = table.step(of: other).unwrapped else { return false }
            return true
        }
        guard let first else { return }
        let text = "`\(field.name.value)` would carry the same `\(trace.value)` as `\(first.name.value)`"
        diagnostics.error(
            "\(text): remove one, or name another value, as in `trace: tracestate`",
            at: trace.place,
            first: first.name.place,
            "`\(first.name.value)` is here"
        )
    }
}
