/// A value of a field, whose type says what it means.
package indirect enum Value: Hashable, Sendable {
    /// A whole number, a truth value (0 or 1), a case of an enum or flags.
    case number(SpecInteger)
    /// The bits of a `float32` or a `float64`.
    case float(UInt64)
    /// Text in UTF-8, or bytes.
    case bytes([UInt8])
    /// The elements of an array.
    case list([Value])
    /// No value where one is optional, and reserved bytes.
    case nothing
    /// The fields of a struct, in order, with those that are reserved.
    case record([Value])
    /// The place of a union's case in its list, and the fields of that case.
    case choice(Int, [Value])
}

/// Values in words, for diagnostics.
struct ValueText {
    let table: TypeTable

    func text(of value: Value, _ type: FieldType) -> String {
        switch (value, type) {
        case (.nothing, _): "nothing"
        case (_, .optional(let type)): text(of: value, type)
        case (.number(let number), .boolean): number.magnitude == 1 ? "true" : "false"
        case (.number(let number), .named(let name)): named(number, name)
        case (.number(let number), _): "\(number)"
        case (.float(let bits), .float(let type)): FloatBits.text(bits, type)
        case (.bytes(let bytes), .string):
            String(validating: bytes, as: UTF8.self).map { "\"\($0.visible)\"" } ?? "not UTF-8"
        case (.bytes(let bytes), _): bytes.isEmpty ? "empty" : bytes.shownInHexadecimal
        case (.list(let elements), .array(let element, _)): list(elements.map { text(of: $0, element) })
        case (.record(let values), .named(let name)): fields(values, table[name]?.fields ?? [])
        case (.choice(let index, let values), .named(let name)): choice(index, values, name)
        default: "\(value)"
        }
    }

    private func named(_ number: SpecInteger, _ name: String) -> String {
        switch table[name] {
        case .enumeration(let type): type.cases.first { $0.value.value == number }?.name.value ?? "\(number)"
        case .flags(let type):
            number.magnitude & ~type.knownBits == 0
                ? list(type.bits.filter { number.magnitude & (1 << $0.position.value) != 0 }.map(\.name.value))
                : "\(number)"
        case .structure, .union, nil: "\(number)"
        }
    }

    private func choice(_ index: Int, _ values: [Value], _ name: String) -> String {
        guard case .union(let type)? = table[name], type.cases.indices.contains(index) else { return "\(index)" }
        return type.cases[index].name.value + " " + fields(values, type.cases[index].fields)
    }

    private func fields(_ values: [Value], _ fields: [FieldSpec]) -> String {
        let texts = zip(fields, values).filter { !$0.0.isReserved }.map { field, value in
            "\(field.name.value): \(text(of: value, field.type.value))"
        }
        return texts.isEmpty ? "{}" : "{ \(texts.joined(separator: ", ")) }"
    }

    private func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }
}
