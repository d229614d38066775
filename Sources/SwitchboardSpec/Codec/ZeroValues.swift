/// Makes the values of fields for which none are given: the default or, without one, the zero value of the type.
package struct ZeroValues {
    /// The error for a field that has neither a default nor a zero value.
    package struct Missing: Error {
        /// Its name.
        let field: Located<String>
    }

    private let plan: LayoutPlan
    /// The number of values that may still be made.
    ///
    /// It bounds the work, because nested types can have any number of values.
    private var budget = SpecLimits.heartbeatValues

    /// Returns the values of the fields of `layout`, in order.
    ///
    /// - Throws: ``Missing`` for the first field without a value.
    package static func values(of layout: Layout, _ plan: LayoutPlan) throws(Missing) -> [Value] {
        var values = ZeroValues(plan: plan)
        return try values.values(of: layout)
    }

    private init(plan: LayoutPlan) {
        self.plan = plan
    }

    private mutating func values(of layout: Layout) throws(Missing) -> [Value] {
        var values: [Value] = []
        for field in layout.fields { values.append(try value(of: field)) }
        return values
    }

    private mutating func value(of field: FieldPlan) throws(Missing) -> Value {
        if let value = field.defaultValue { return value }
        guard let value = value(of: field.step), field.isWithinBounds(value) else {
            throw Missing(field: field.field.name)
        }
        return value
    }

    /// Returns 0, false, or an empty or missing value; `nil` if `step` has no such value.
    private mutating func value(of step: Step) -> Value? {
        let zero = SpecInteger(magnitude: 0)
        switch step {
        case .optional, .reserved, .reservedBits: return .nothing
        case .text(.fixed(let count), _), .bytes(.fixed(let count), _):
            return isWithinBudget(count) ? .bytes([UInt8](repeating: 0, count: count)) : nil
        case .list(let element, .fixed(let count)):
            var elements: [Value] = []
            for _ in 0..<count {
                guard let value = value(of: element) else { return nil }
                elements.append(value)
            }
            return .list(elements)
        case .integer, .boolean, .bit, .flags: return isWithinBudget(1) ? .number(zero) : nil
        case .float: return isWithinBudget(1) ? .float(0) : nil
        case .text, .bytes: return isWithinBudget(1) ? .bytes([]) : nil
        case .list: return isWithinBudget(1) ? .list([]) : nil
        case .enumeration(let type, _): return isWithinBudget(1) && type.allows(zero) ? .number(zero) : nil
        case .structure(let type):
            guard isWithinBudget(1) else { return nil }
            return (try? values(of: plan.layout(of: type))).map { .record($0) }
        case .sized(let step, _): return value(of: step)
        case .union(let type, _):
            guard isWithinBudget(1), let index = type.cases.firstIndex(where: { $0.tag.value == zero }) else {
                return nil
            }
            return (try? values(of: plan.layouts(of: type)[index])).map { .choice(index, $0) }
        }
    }

    private mutating func isWithinBudget(_ count: Int) -> Bool {
        guard count <= budget else { return false }
        budget -= count
        return true
    }
}
