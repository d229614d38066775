internal import SwitchboardSpec

/// Values of the types of a spec as Swift literals, where Swift knows the type.
struct ValueLiteral {
    let spec: CheckedSpec
    /// Where the literals are to stand.
    let scope: Scope

    func text(of value: Value, _ type: FieldType) -> String {
        switch (value, type) {
        case (.nothing, _): "nil"
        case (_, .optional(let type)): optional(text(of: value, type), type)
        case (.number(let number), .boolean): number.magnitude == 1 ? "true" : "false"
        case (.number(let number), .named(let name)): named(number, name)
        case (.number(let number), _): (number.isNegative ? "-" : "") + Literal.decimal(number.magnitude)
        case (.float(let bits), .float(let type)): Literal.float(bits, type)
        case (.bytes(let bytes), .string): Literal.string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), _): list(bytes.map { Literal.hexadecimal(UInt64($0), .uint8) })
        case (.list(let elements), .array(let type, _)): list(elements.map { text(of: $0, type) })
        case (.choice(let index, let values), .named(let name)): choice(index, values, name)
        case (.record(let values), .named(let name)): record(values, name)
        default: "nil"
        }
    }

    /// The arguments of the initializer or the case that has `fields`.
    func arguments(_ values: [Value], _ fields: [FieldSpec]) -> [String] {
        zip(fields, values).filter(\.0.isVariable).map { field, value in
            "\(Identifier.argumentLabel(field.name.value)): \(text(of: value, field.type.value))"
        }
    }

    private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

    /// `.none` and `.some` would be those of the optional.
    private func optional(_ literal: String, _ type: FieldType) -> String {
        guard literal.hasPrefix(".none") || literal.hasPrefix(".some"), let name = type.namedType else {
            return literal
        }
        return reference(to: name) + literal
    }

    private func reference(to name: String) -> String { spec.reference(to: name, from: scope) }

    private func record(_ values: [Value], _ name: String) -> String {
        guard case .structure(let type)? = spec.table[name] else { return "nil" }
        return reference(to: name) + "(\(arguments(values, type.fields).joined(separator: ", ")))"
    }

    private func named(_ number: SpecInteger, _ name: String) -> String {
        switch spec.table[name] {
        case .enumeration(let type):
            let item = type.cases.first { $0.value.value == number }
            return item.map { "." + Identifier.member($0.name.value) }
                ?? ".unrecognized(\(Literal.number(number, type.type)))"
        case .flags(let type):
            guard number.magnitude & ~type.knownBits == 0 else {
                return "\(reference(to: name))(rawValue: \(Literal.hexadecimal(number.magnitude, type.type)))"
            }
            let bits = type.bits.filter { number.magnitude & (1 << $0.position.value) != 0 }
            return list(bits.map { "." + Identifier.member($0.name.value) })
        case .structure, .union, nil: return Literal.decimal(number.magnitude)
        }
    }

    private func choice(_ index: Int, _ values: [Value], _ name: String) -> String {
        guard case .union(let type)? = spec.table[name], type.cases.indices.contains(index) else { return "nil" }
        let item = type.cases[index]
        let arguments = arguments(values, item.fields).joined(separator: ", ")
        let list = arguments.isEmpty ? "" : "(\(arguments))"
        return "." + Identifier.member(item.name.value) + list
    }
}
