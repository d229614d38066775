/// A value of a field; the type of the field decides what it means.
package enum Value: Hashable, Sendable {
    /// An integer, a boolean (0 or 1), a case of an enum, or flags.
    case number(SpecInteger)
    /// The bits of a `float32` or a `float64`.
    case float(UInt64)
    /// Text in UTF-8, or bytes.
    case bytes([UInt8])
    /// The elements of an array.
    case list([Value])
    /// A missing optional value, reserved bytes, or a derived field.
    case nothing
    /// The fields of a struct, in order, with reserved bytes.
    case record([Value])
    /// The index of a case of a union, and the fields of that case.
    case choice(Int, [Value])
    /// The tag and the bytes of a union's value whose tag no case has.
    case unrecognized(SpecInteger, [UInt8])
}

extension Value {
    /// The number of the value; 0 if it has none.
    package var number: SpecInteger {
        if case .number(let number) = self { number } else { SpecInteger(magnitude: 0) }
    }

    /// The bits of a floating-point number; 0 for other values.
    package var bits: UInt64 {
        if case .float(let bits) = self { bits } else { 0 }
    }

    /// The bytes of a text or of bytes; empty for other values.
    package var content: [UInt8] {
        if case .bytes(let bytes) = self { bytes } else { [] }
    }

    /// The elements of an array; empty for other values.
    package var elements: [Value] {
        if case .list(let elements) = self { elements } else { [] }
    }

    /// The values of the fields of a struct; empty for other values.
    package var record: [Value] {
        if case .record(let values) = self { values } else { [] }
    }

    /// Returns the case of `union` with its index and the values of its fields; `nil` if the value
    /// has no case of `union`.
    package func choice(of union: UnionSpec) -> (index: Int, case: UnionSpec.Case, values: [Value])? {
        guard case .choice(let index, let values) = self, union.cases.indices.contains(index) else { return nil }
        return (index, union.cases[index], values)
    }
}

/// Converts values to text, for diagnostics; long values are shortened.
package struct ValueText {
    private let table: TypeTable

    /// Converts values of the types in `table`.
    package init(table: TypeTable) {
        self.table = table
    }

    /// Returns the text of a value of `field`.
    package func text(of value: Value, _ field: FieldSpec) -> String {
        let text = measured(value, field)
        return text.count > SpecLimits.shownCharacters ? text.prefix(SpecLimits.shownCharacters) + "…" : text
    }

    /// Returns the text of a value of `step`, which measures what `measure` says.
    func text(of value: Value, _ step: Step, _ measure: MeasureSpec?) -> String {
        let text =
            if case .number(let number) = value, let measure { measure.text(of: number) } else { text(of: value, step) }
        return text.count > SpecLimits.shownCharacters ? text.prefix(SpecLimits.shownCharacters) + "…" : text
    }

    private func measured(_ value: Value, _ field: FieldSpec) -> String {
        switch value {
        case .number(let number): field.measure.map { $0.text(of: number) } ?? text(of: value, table.step(of: field))
        case .list(let values):
            if let measure = field.measure, case .list(let element, _) = table.step(of: field).unwrapped {
                elements(values) { value in
                    if case .number(let number) = value { measure.text(of: number) } else { text(of: value, element) }
                }
            } else {
                text(of: value, table.step(of: field))
            }
        case .float, .bytes, .nothing, .record, .choice, .unrecognized: text(of: value, table.step(of: field))
        }
    }

    private func text(of value: Value, _ step: Step) -> String {
        if value == .nothing { return "nothing" }
        return switch step {
        case .integer: "\(value.number)"
        case .float(let type, _): FloatBits.text(value.bits, type)
        case .boolean, .bit: value.number.magnitude == 1 ? "true" : "false"
        case .enumeration(let type, _): type.item(of: value.number)?.name.value ?? "\(value.number)"
        case .flags(let type, _): type.names(of: value.number).map(list) ?? "\(value.number)"
        case .text:
            String(validating: value.content, as: UTF8.self).map { "\"\($0.visible)\"" } ?? "not UTF-8"
        case .bytes(_, let notation?): notation.text(of: value.content) ?? value.content.shownInHexadecimal
        case .bytes: value.content.isEmpty ? "empty" : value.content.shownInHexadecimal
        case .list(let element, _): elements(value.elements) { text(of: $0, element) }
        case .optional(let step, _), .sized(let step, _): text(of: value, step)
        case .reserved, .reservedBits: "nothing"
        case .structure(let type): fields(value.record, type.fields)
        case .union(let type, _): text(of: value, type)
        }
    }

    private func text(of value: Value, _ type: UnionSpec) -> String {
        if case .unrecognized(let tag, let bytes) = value {
            return "unrecognized { tag: \(tag), data: \(bytes.shownInHexadecimal) }"
        }
        return value.choice(of: type).map { "\($0.case.name.value) \(fields($0.values, $0.case.fields))" } ?? ""
    }

    private func fields(_ values: [Value], _ fields: [FieldSpec]) -> String {
        let texts = zip(fields, values).filter { !$0.0.isReserved && !$0.0.isDerived }.map { field, value in
            "\(field.name.value): \(measured(value, field))"
        }
        return texts.isEmpty ? "{}" : "{ \(texts.joined(separator: ", ")) }"
    }

    private func elements(_ values: [Value], _ text: (Value) -> String) -> String {
        let shown = values.prefix(SpecLimits.shownElements).map(text)
        guard values.count > shown.count else { return list(shown) }
        return "\(list(shown + ["…"])) with \(values.count) elements"
    }

    private func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }
}
