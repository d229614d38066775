/// Encodes payloads by their layout, to the same bytes as generated code.
package struct PayloadWriter {
    private let plan: LayoutPlan
    private(set) var bytes: [UInt8] = []
    /// The fields of the message with the offsets of their ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// Returns the payload with `values`, one for each field of `layout`.
    package static func write(
        _ values: [Value],
        _ layout: Layout,
        _ plan: LayoutPlan
    ) throws(PayloadProblem) -> [UInt8] {
        try PayloadWriter(values, layout, plan).bytes
    }

    init(_ values: [Value], _ layout: Layout, _ plan: LayoutPlan) throws(PayloadProblem) {
        self.plan = plan
        try checkBounds(values, layout)
        for (field, value) in zip(layout.fields, values) {
            try append(value, field.step, field.label)
            parts.append(("`\(field.name)`", bytes.count))
        }
    }

    private func checkBounds(_ values: [Value], _ layout: Layout) throws(PayloadProblem) {
        for (field, value) in zip(layout.fields, values) where !field.isWithinBounds(value) {
            throw PayloadProblem(.outOfBounds, field.label)
        }
    }

    private mutating func append(_ value: Value, _ step: Step, _ label: String) throws(PayloadProblem) {
        switch step {
        case .integer(let type, let order): append(value.number, type, order)
        case .float(let type, let order): bytes += order.bytes(value.bits, count: type.size)
        case .boolean: append(value.number, .uint8, .big)
        case .enumeration(let type, let order):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, label) }
            append(value.number, type.type, order)
        case .flags(let type, let order):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, label) }
            append(value.number, type.type, order)
        case .text(let size), .bytes(let size):
            try append(count: value.content.count, size, label)
            bytes += value.content
        case .list(let element, let size):
            try append(count: value.elements.count, size, label)
            for value in value.elements { try append(value, element, label) }
        case .optional(let step):
            bytes.append(value == .nothing ? 0 : 1)
            if value != .nothing { try append(value, step, label) }
        case .reserved(let count): bytes += [UInt8](repeating: 0, count: count)
        case .structure(let type):
            let layout = plan.layout(of: type)
            try checkBounds(value.record, layout)
            try append(value.record, layout)
        case .union(let type):
            guard let (index, item, values) = value.choice(of: type) else { return }
            append(item.tag.value, type.tag, plan.byteOrder)
            try append(values, plan.layouts(of: type)[index])
        }
    }

    private mutating func append(_ values: [Value], _ layout: Layout) throws(PayloadProblem) {
        for (field, value) in zip(layout.fields, values) { try append(value, field.step, field.label) }
    }

    private mutating func append(count: Int, _ size: Size, _ label: String) throws(PayloadProblem) {
        switch size {
        case .toEnd: break
        case .fixed(let expected):
            guard count == expected else { throw PayloadProblem(.invalidLength, label) }
        case .counted(let type, let order):
            guard UInt64(clamping: count) <= type.largest else { throw PayloadProblem(.invalidLength, label) }
            append(SpecInteger(magnitude: UInt64(clamping: count)), type, order)
        }
    }

    private mutating func append(_ number: SpecInteger, _ type: IntegerType, _ order: ByteOrder) {
        bytes += order.bytes(number.bits(of: type) ?? 0, count: type.size)
    }
}
