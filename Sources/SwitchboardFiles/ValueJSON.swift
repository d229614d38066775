package import SwitchboardSpec

/// Converts values to JSON, in the form in which a spec writes them.
package struct ValueJSON {
    private let plan: LayoutPlan
    private let showsSecrets: Bool

    /// A converter of values with the types of `plan`; without `showsSecrets`, fields with `secret` have a text in place of their values.
    package init(plan: LayoutPlan, showsSecrets: Bool = true) {
        self.plan = plan
        self.showsSecrets = showsSecrets
    }

    /// Returns the values of the fields of `layout` by name, without reserved bytes.
    package func object(_ values: [Value], _ layout: Layout) -> JSON {
        .object(
            zip(layout.fields, values).filter { !$0.0.field.isReserved && !$0.0.field.isDerived }.map {
                ($0.name, $0.field.isSecret && !showsSecrets ? .string("<secret>") : json($1, $0.step))
            }
        )
    }

    /// Returns the value of a field.
    package func json(_ value: Value, _ step: Step) -> JSON {
        if value == .nothing { return .null }
        return switch step {
        case .integer: number(value.number)
        case .float(let type, _): float(value.bits, type)
        case .boolean, .bit: .boolean(value.number.magnitude == 1)
        case .enumeration(let type, _):
            type.item(of: value.number).map { .string($0.name.value) } ?? number(value.number)
        case .flags(let type, _):
            type.names(of: value.number).map { .array($0.map { .string($0) }) } ?? number(value.number)
        case .text: .string(String(decoding: value.content, as: UTF8.self))
        case .bytes(_, let notation): .string(notation?.text(of: value.content) ?? value.content.hexadecimal)
        case .list(let element, _): .array(value.elements.map { json($0, element) })
        case .optional(let step, _), .sized(let step, _): json(value, step)
        case .reserved, .reservedBits: .null
        case .structure(let type): object(value.record, plan.layout(of: type))
        case .union(let type, _): choice(value, type)
        }
    }

    /// Returns a number; as text if JavaScript and other languages could not represent it exactly.
    package func number(_ number: SpecInteger) -> JSON {
        number.magnitude > 1 << 53 ? .string("\(number)") : .number("\(number)")
    }

    /// Returns a floating-point number; infinity and NaN, which JSON lacks, as a text that JavaScript, Python and
    /// other languages can parse.
    private func float(_ bits: UInt64, _ type: FloatType) -> JSON {
        let number = FloatBits.number(bits, type)
        if number.isNaN { return .string("NaN") }
        return number.isInfinite ? .string(number < 0 ? "-Infinity" : "Infinity") : .number("\(number)")
    }

    private func choice(_ value: Value, _ type: UnionSpec) -> JSON {
        if case .unrecognized(let tag, let bytes) = value {
            let fields: [(key: String, value: JSON)] = [("tag", number(tag)), ("data", .string(bytes.hexadecimal))]
            return .object([(UnionSpec.unknownCase, .object(fields))])
        }
        guard let (index, item, values) = value.choice(of: type) else { return .null }
        return .object([(item.name.value, object(values, plan.layouts(of: type)[index]))])
    }
}
