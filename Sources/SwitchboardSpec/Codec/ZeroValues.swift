/// Makes the values that fields have when nothing is said of them: each its default, or what is nothing of its type.
package struct ZeroValues {
    /// A field has no value of its own: no default, and nothing that stands for nothing.
    package struct Missing: Error {
        /// Its name.
        let field: Located<String>
    }

    private let layout: PayloadLayout
    /// How many more values may be made: a few types within each other can have any number.
    private var budget = SpecLimits.heartbeatValues

    /// The values of `fields`, in order.
    ///
    /// - Throws: The first field that has none.
    package static func values(of fields: [FieldSpec], _ layout: PayloadLayout) throws(Missing) -> [Value] {
        var values = ZeroValues(layout: layout)
        return try values.values(of: fields)
    }

    private init(layout: PayloadLayout) {
        self.layout = layout
    }

    private mutating func values(of fields: [FieldSpec]) throws(Missing) -> [Value] {
        var values: [Value] = []
        for field in fields { values.append(try value(of: field)) }
        return values
    }

    private mutating func value(of field: FieldSpec) throws(Missing) -> Value {
        if let value = layout.defaultValue(of: field) { return value }
        guard let value = value(of: field.type.value), layout.isWithinBounds(value, of: field) else {
            throw Missing(field: field.name)
        }
        return value
    }

    /// 0, false, no text, no bytes, no elements or no value; `nil` when `type` has nothing like that.
    private mutating func value(of type: FieldType) -> Value? {
        switch type {
        case .integer, .boolean: return isWithinBudget(1) ? .number(SpecInteger(magnitude: 0)) : nil
        case .float: return isWithinBudget(1) ? .float(0) : nil
        case .string(.fixed(let count)), .bytes(.fixed(let count)):
            return isWithinBudget(count) ? .bytes([UInt8](repeating: 0, count: count)) : nil
        case .string, .bytes: return isWithinBudget(1) ? .bytes([]) : nil
        case .array(let element, .fixed(let count)):
            var elements: [Value] = []
            for _ in 0..<count {
                guard let value = value(of: element) else { return nil }
                elements.append(value)
            }
            return .list(elements)
        case .array: return isWithinBudget(1) ? .list([]) : nil
        case .optional, .reserved: return .nothing
        case .named(let name): return isWithinBudget(1) ? value(of: name) : nil
        }
    }

    private mutating func value(of name: String) -> Value? {
        let zero = SpecInteger(magnitude: 0)
        switch layout.table[name] {
        case .enumeration(let type):
            let isKnown = !type.isClosed || type.cases.contains { $0.value.value == zero }
            return isKnown ? .number(zero) : nil
        case .flags: return .number(zero)
        case .structure(let type): return (try? values(of: type.fields)).map { .record($0) }
        case .union(let type):
            guard let index = type.cases.firstIndex(where: { $0.tag.value == zero }) else { return nil }
            return (try? values(of: type.cases[index].fields)).map { .choice(index, $0) }
        case nil: return nil
        }
    }

    private mutating func isWithinBudget(_ count: Int) -> Bool {
        guard count <= budget else { return false }
        budget -= count
        return true
    }
}
