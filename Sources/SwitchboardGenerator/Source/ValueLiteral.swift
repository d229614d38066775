internal import SwitchboardSpec

/// Values of the types of a spec as Swift literals, where Swift knows the type.
struct ValueLiteral {
    let spec: CheckedSpec
    /// Where the literals are to stand.
    let scope: Scope

    func text(of value: Value, _ step: Step) -> String {
        if value == .nothing { return "nil" }
        return switch step {
        case .integer: (value.number.isNegative ? "-" : "") + Literal.decimal(value.number.magnitude)
        case .float(let type, _): Literal.float(value.bits, type)
        case .boolean: value.number.magnitude == 1 ? "true" : "false"
        case .enumeration(let type, _): enumeration(value.number, type)
        case .flags(let type, _): flags(value.number, type)
        case .text: Literal.string(String(decoding: value.content, as: UTF8.self))
        case .bytes: list(value.content.map { Literal.hexadecimal(UInt64($0), .uint8) })
        case .list(let element, _): list(value.elements.map { text(of: $0, element) })
        case .optional(let step): optional(text(of: value, step), step)
        case .reserved: "nil"
        case .structure(let type):
            spec.reference(to: type.name.value, from: scope)
                + "(\(arguments(value.record, spec.plan.layout(of: type).fields).joined(separator: ", ")))"
        case .union(let type): choice(value, type)
        }
    }

    /// The arguments of the initializer or the case that has `fields`.
    func arguments(_ values: [Value], _ fields: [FieldPlan]) -> [String] {
        zip(fields, values).filter(\.0.field.isVariable).map { field, value in
            "\(Identifier.argumentLabel(field.name)): \(text(of: value, field.step))"
        }
    }

    private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

    /// `.none` and `.some` would be those of the optional.
    private func optional(_ literal: String, _ step: Step) -> String {
        guard literal.hasPrefix(".none") || literal.hasPrefix(".some") else { return literal }
        return spec.swiftName(of: step, from: scope) + literal
    }

    private func enumeration(_ number: SpecInteger, _ type: EnumSpec) -> String {
        type.item(of: number).map { "." + Identifier.member($0.name.value) }
            ?? ".unrecognized(\(Literal.number(number, type.type)))"
    }

    private func flags(_ number: SpecInteger, _ type: FlagsSpec) -> String {
        guard let names = type.names(of: number) else {
            let bits = Literal.hexadecimal(number.magnitude, type.type)
            return "\(spec.reference(to: type.name.value, from: scope))(rawValue: \(bits))"
        }
        return list(names.map { "." + Identifier.member($0) })
    }

    private func choice(_ value: Value, _ type: UnionSpec) -> String {
        guard let (index, item, values) = value.choice(of: type) else { return "nil" }
        let arguments = arguments(values, spec.plan.layouts(of: type)[index].fields).joined(separator: ", ")
        let list = arguments.isEmpty ? "" : "(\(arguments))"
        return "." + Identifier.member(item.name.value) + list
    }
}
