/// Reads payloads by their spec, as the generated source reads them: what it accepts and what it refuses is the same.
package struct PayloadReader {
    private let layout: PayloadLayout
    private var rest: ArraySlice<UInt8>

    /// The values of `fields` in `payload`.
    ///
    /// - Parameter trailing: What becomes of bytes behind the last field.
    package static func read(
        _ payload: some Sequence<UInt8>,
        _ fields: [FieldSpec],
        _ layout: PayloadLayout,
        trailing: TrailingBytes
    ) throws(PayloadProblem) -> [Value] {
        var reader = PayloadReader(layout: layout, rest: Array(payload)[...])
        let values = try reader.read(fields, prefix: "")
        guard reader.rest.isEmpty || trailing == .ignore else { throw PayloadProblem(.trailingBytes, "payload") }
        return values
    }

    /// Reads fields, then checks their bounds.
    private mutating func read(_ fields: [FieldSpec], prefix: String) throws(PayloadProblem) -> [Value] {
        var values: [Value] = []
        for run in FieldRun.runs(of: fields, layout.table) {
            switch run {
            case .single(let field): values.append(try value(of: field, prefix))
            case .flat(let fields, let size):
                if size > rest.count { throw PayloadProblem(.truncated, prefix + nameOfTruncated(fields)) }
                for field in fields { values.append(try value(of: field, prefix)) }
            }
        }
        for (field, value) in zip(fields, values) where !layout.isWithinBounds(value, of: field) {
            throw PayloadProblem(.outOfBounds, prefix + field.name.value)
        }
        return values
    }

    /// The first of `fields`, all of them flat, that the bytes end within.
    private func nameOfTruncated(_ fields: [FieldSpec]) -> String {
        var end = 0
        for field in fields {
            end += layout.table.flatSize(of: field.type.value) ?? 0
            if end > rest.count { return field.name.value }
        }
        return ""
    }

    private mutating func value(of field: FieldSpec, _ prefix: String) throws(PayloadProblem) -> Value {
        if field.since != nil, rest.isEmpty, let value = layout.defaultValue(of: field) { return value }
        let name = prefix + field.name.value
        let value = try value(of: field.type.value, layout.order(of: field), name)
        guard let constant = layout.constant(of: field) else { return value }
        if !isSame(value, constant, field.type.value) { throw PayloadProblem(.unexpectedValue, name) }
        return constant
    }

    /// Whether both are one value, as Swift compares them: 0 has two signs in a float.
    private func isSame(_ value: Value, _ constant: Value, _ type: FieldType) -> Bool {
        guard case (.float(let bits), .float(let others), .float(let type)) = (value, constant, type) else {
            return value == constant
        }
        return FloatBits.number(bits, type) == FloatBits.number(others, type)
    }

    private mutating func value(
        of type: FieldType,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) -> Value {
        switch type {
        case .integer(let type): return .number(SpecInteger(bits: try bits(type.size, order, name), of: type))
        case .float(let type): return .float(try bits(type.size, order, name))
        case .boolean:
            let bits = try bits(1, order, name)
            guard bits < 2 else { throw PayloadProblem(.invalidBoolean, name) }
            return .number(SpecInteger(magnitude: bits))
        case .bytes(let extent): return .bytes(try take(extent, order, name))
        case .string(let extent):
            let bytes = try take(extent, order, name)
            guard String(validating: bytes, as: UTF8.self) != nil else { throw PayloadProblem(.invalidUTF8, name) }
            return .bytes(bytes)
        case .array(let element, let extent): return .list(try elements(element, extent, order, name))
        case .optional(let type):
            let bits = try bits(1, order, name)
            guard bits < 2 else { throw PayloadProblem(.invalidBoolean, name) }
            return bits == 0 ? .nothing : try value(of: type, order, name)
        case .reserved(let count):
            _ = try take(count, name)
            return .nothing
        case .named(let typeName): return try named(typeName, order, name)
        }
    }

    private mutating func named(
        _ typeName: String,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) -> Value {
        switch layout.table[typeName] {
        case .structure(let type): return .record(try read(type.fields, prefix: typeName + "."))
        case .union(let type):
            let tag = SpecInteger(bits: try bits(type.tag.size, layout.byteOrder, typeName), of: type.tag)
            guard let index = type.cases.firstIndex(where: { $0.tag.value == tag }) else {
                throw PayloadProblem(.invalidCase, typeName)
            }
            let item = type.cases[index]
            var values: [Value] = []
            for field in item.fields { values.append(try value(of: field, "\(typeName).\(item.name.value).")) }
            return .choice(index, values)
        case let type?:
            guard let number = type.numberType else { return .nothing }
            let value = SpecInteger(bits: try bits(number.size, order, name), of: number)
            guard layout.isKnown(value, type) else { throw PayloadProblem(.invalidCase, name) }
            return .number(value)
        case nil: return .nothing
        }
    }

    private mutating func elements(
        _ type: FieldType,
        _ extent: Extent,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) -> [Value] {
        var elements: [Value] = []
        if extent == .toEnd {
            while !rest.isEmpty { elements.append(try value(of: type, order, name)) }
            return elements
        }
        let count = try count(extent, order, name)
        let size = UInt64(clamping: count).multipliedOrLargest(layout.table.minimumSize(of: type))
        guard size <= UInt64(rest.count) else { throw PayloadProblem(.truncated, name) }
        for _ in 0..<count { elements.append(try value(of: type, order, name)) }
        return elements
    }

    private mutating func count(
        _ extent: Extent,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) -> Int {
        switch extent {
        case .toEnd: rest.count
        case .fixed(let count): count
        case .prefixed(let type): Int(clamping: try bits(type.size, order, name))
        }
    }

    private mutating func take(
        _ extent: Extent,
        _ order: ByteOrder,
        _ name: String
    ) throws(PayloadProblem) -> [UInt8] {
        try take(count(extent, order, name), name)
    }

    private mutating func take(_ count: Int, _ name: String) throws(PayloadProblem) -> [UInt8] {
        guard count <= rest.count else { throw PayloadProblem(.truncated, name) }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private mutating func bits(_ size: Int, _ order: ByteOrder, _ name: String) throws(PayloadProblem) -> UInt64 {
        order.number(try take(size, name))
    }
}

extension ByteOrder {
    /// The number that `bytes` say in this order.
    func number(_ bytes: [UInt8]) -> UInt64 {
        (self == .big ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes of the number `bits` in this order.
    func bytes(_ bits: UInt64, count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        return self == .little ? little : little.reversed()
    }
}
