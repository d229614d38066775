/// Writes payloads by their spec, as the generated source writes them.
package struct PayloadWriter {
    private let layout: PayloadLayout
    private(set) var bytes: [UInt8] = []
    /// Where each field of the message ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// The payload of `values`, one for each of `fields`.
    package static func write(
        _ values: [Value],
        _ fields: [FieldSpec],
        _ layout: PayloadLayout
    ) throws(PayloadProblem) -> [UInt8] {
        try PayloadWriter(values, fields, layout).bytes
    }

    init(_ values: [Value], _ fields: [FieldSpec], _ layout: PayloadLayout) throws(PayloadProblem) {
        self.layout = layout
        try checkBounds(values, fields, prefix: "")
        for (field, value) in zip(fields, values) {
            try append(value, field, prefix: "")
            parts.append(("`\(field.name.value)`", bytes.count))
        }
    }

    private func checkBounds(_ values: [Value], _ fields: [FieldSpec], prefix: String) throws(PayloadProblem) {
        for (field, value) in zip(fields, values) where !layout.isWithinBounds(value, of: field) {
            throw PayloadProblem(.outOfBounds, prefix + field.name.value)
        }
    }

    private mutating func append(_ value: Value, _ field: FieldSpec, prefix: String) throws(PayloadProblem) {
        let order = layout.order(of: field)
        try append(value, field.type.value, order, prefix + field.name.value)
    }

    private mutating func append(
        _ value: Value,
        _ type: FieldType,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) {
        switch (type, value) {
        case (.integer(let type), .number(let number)): append(number, type, order)
        case (.boolean, .number(let number)): append(number, .uint8, order)
        case (.float(let type), .float(let bits)): bytes += order.bytes(bits, count: type.size)
        case (.string(let extent), .bytes(let content)), (.bytes(let extent), .bytes(let content)):
            try append(count: content.count, extent, order, name)
            bytes += content
        case (.array(let element, let extent), .list(let elements)):
            try append(count: elements.count, extent, order, name)
            for value in elements { try append(value, element, order, name) }
        case (.optional, .nothing): bytes.append(0)
        case (.optional(let type), _):
            bytes.append(1)
            try append(value, type, order, name)
        case (.reserved(let count), _): bytes += [UInt8](repeating: 0, count: count)
        case (.named(let typeName), _): try append(value, typeName, order, name)
        default: break
        }
    }

    private mutating func append(
        _ value: Value,
        _ typeName: String,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) {
        switch (layout.table[typeName], value) {
        case (.structure(let type), .record(let values)):
            try checkBounds(values, type.fields, prefix: typeName + ".")
            for (field, value) in zip(type.fields, values) { try append(value, field, prefix: typeName + ".") }
        case (.union(let type), .choice(let index, let values)) where type.cases.indices.contains(index):
            let item = type.cases[index]
            append(item.tag.value, type.tag, layout.byteOrder)
            let prefix = "\(typeName).\(item.name.value)."
            for (field, value) in zip(item.fields, values) { try append(value, field, prefix: prefix) }
        case (let type?, .number(let number)):
            guard let numberType = type.numberType else { return }
            guard layout.isKnown(number, type) else { throw PayloadProblem(.invalidCase, name) }
            append(number, numberType, order)
        default: break
        }
    }

    private mutating func append(
        count: Int,
        _ extent: Extent,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) {
        switch extent {
        case .toEnd: break
        case .fixed(let expected):
            guard count == expected else { throw PayloadProblem(.invalidLength, name) }
        case .prefixed(let type):
            guard UInt64(clamping: count) <= type.largest else { throw PayloadProblem(.invalidLength, name) }
            append(SpecInteger(magnitude: UInt64(clamping: count)), type, order)
        }
    }

    private mutating func append(_ number: SpecInteger, _ type: IntegerType, _ order: ByteOrder) {
        bytes += order.bytes(number.bits(of: type) ?? 0, count: type.size)
    }
}
