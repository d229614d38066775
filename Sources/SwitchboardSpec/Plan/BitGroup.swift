/// Neighbouring fields of a few bits, which together fill whole bytes.
///
/// Some of them may have conditions. Then the fields that are there have the same number of bits in all payloads that have any.
package struct BitGroup: Sendable {
    /// The fields.
    package private(set) var fields: [FieldPlan] = []

    /// The condition of all fields, if they have the same one: a payload for which it does not hold has none of them.
    package private(set) var condition: Condition?

    /// The possible numbers of bits, one unless there is a mistake.
    private(set) var widths: Set<Int> = [0]

    /// The number of bytes that the fields fill where they are there: 1 to 8.
    package var bytes: Int { ((widths.max() ?? 0) + 7) / 8 }

    /// Whether the fields fill whole bytes.
    var isWhole: Bool { widths.count == 1 && widths.allSatisfy { $0 % 8 == 0 } }

    /// The order of the fields in the bytes.
    package var order: BitOrder { fields[0].bitOrder }
    /// The name of the group in errors: its first field with a name.
    package var label: String { (fields.first { !$0.field.isReserved } ?? fields[0]).label }

    mutating func append(_ field: FieldPlan) {
        condition = fields.isEmpty || condition == field.condition ? field.condition : nil
        fields.append(field)
        let isUniform = condition != nil || fields.allSatisfy { $0.condition == nil }
        widths = isUniform ? [fields.reduce(0) { $0 + ($1.step.bitWidth ?? 0) }] : conditionalWidths
    }

    // MARK: Conditions

    /// The most combinations of values for which the bits are counted.
    private static let maximumCombinations = 4096

    /// The numbers of bits for all values of the fields that conditions test; empty if there are too many combinations.
    private var conditionalWidths: Set<Int> {
        var samples: [String: Set<Value>] = [:]
        for case .when(let condition) in fields.map(\.presence) {
            for term in condition.terms {
                let name = term.reference.field
                // Any of the bits of flags may be set together.
                let mask = term.reference.bit.map { UInt64(1) << $0.position.value }
                let others = mask.map { mask in
                    (samples[name] ?? [.number(SpecInteger(magnitude: 0))]).map { value in
                        Value.number(SpecInteger(magnitude: value.number.magnitude | mask))
                    }
                }
                samples[name, default: []].formUnion(others ?? term.samples)
                if mask != nil { samples[name]?.insert(.number(SpecInteger(magnitude: 0))) }
            }
        }
        var combinations: [[String: Value]] = [[:]]
        for (name, values) in samples {
            guard combinations.count * values.count <= Self.maximumCombinations else { return [] }
            combinations = combinations.flatMap { combination in
                values.map { combination.merging([name: $0]) { $1 } }
            }
        }
        return Set(combinations.map { width(for: $0) })
    }

    /// Returns the number of bits of the fields that are there for these values.
    private func width(for values: [String: Value]) -> Int {
        var values = values
        var width = 0
        for field in fields {
            if case .when(let condition) = field.presence, !condition.holds({ values[$0.field] ?? .nothing }) {
                values[field.name] = .nothing
            } else {
                width += field.step.bitWidth ?? 0
            }
        }
        return width
    }
}

extension FieldPlan {
    /// The condition that `when` states; `nil` for a field without.
    fileprivate var condition: Condition? {
        if case .when(let condition) = presence { condition } else { nil }
    }
}

extension Condition: Equatable {
    package static func == (left: Condition, right: Condition) -> Bool {
        left.terms.elementsEqual(right.terms) { $0.reference == $1.reference && $0.test == $1.test }
    }
}

extension Condition.Term {
    /// Values of the tested field for which the test holds, and others for which it does not, as far as there are any.
    fileprivate var samples: [Value] {
        switch step {
        case .bit, .boolean: return [0, 1].map { .number(SpecInteger(magnitude: $0)) }
        case .integer(let type, _): return samples(of: type)
        case .enumeration(let type, _):
            return type.isClosed ? type.cases.map { .number($0.value.value) } : samples(of: type.type)
        case .float, .flags, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            return []
        }
    }

    private func samples(of type: IntegerType) -> [Value] {
        let lowest =
            type.isSigned ? SpecInteger(isNegative: true, magnitude: type.largest + 1) : SpecInteger(magnitude: 0)
        var numbers = [lowest, SpecInteger(magnitude: type.largest)]
        switch test {
        case .isSet: break
        case .oneOf(let values), .noneOf(let values):
            numbers += values.map(\.number)
            // One that is none of them, if there is one.
            let taken = Set(values.map(\.number))
            let other = (0...UInt64(clamping: taken.count)).map { SpecInteger(magnitude: $0) }.first {
                !taken.contains($0) && $0.bits(of: type) != nil
            }
            numbers += [other].compactMap(\.self)
        case .range(let bounds): numbers += [bounds.low?.number, bounds.high?.number].compactMap(\.self)
        }
        return numbers.map { .number($0) }
    }
}
