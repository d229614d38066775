/// Decodes payloads by their layout; accepts and rejects the same payloads as generated code.
package struct PayloadReader {
    private let plan: LayoutPlan
    private var rest: ArraySlice<UInt8>

    /// Returns the values of the fields of `layout` in `payload`.
    ///
    /// - Parameter trailing: How to treat bytes after the last field.
    package static func read(
        _ payload: some Sequence<UInt8>,
        _ layout: Layout,
        _ plan: LayoutPlan,
        trailing: TrailingBytes
    ) throws(PayloadProblem) -> [Value] {
        var reader = PayloadReader(plan: plan, rest: Array(payload)[...])
        let values = try reader.read(layout)
        guard reader.rest.isEmpty || trailing == .ignore else { throw PayloadProblem(.trailingBytes, "payload") }
        return values
    }

    /// Reads the fields of a message or a struct, then checks their bounds.
    private mutating func read(_ layout: Layout) throws(PayloadProblem) -> [Value] {
        var values: [Value] = []
        for group in layout.groups {
            switch group {
            case .single(let field): values.append(try value(of: field))
            case .fixedSize(let fields, let bytes):
                if bytes > rest.count { throw PayloadProblem(.truncated, labelOfTruncated(fields)) }
                for field in fields { values.append(try value(of: field)) }
            }
        }
        for (field, value) in zip(layout.fields, values) where !field.isWithinBounds(value) {
            throw PayloadProblem(.outOfBounds, field.label)
        }
        return values
    }

    /// Returns the label of the first of `fields`, which have fixed sizes, that does not fit in the remaining bytes.
    private func labelOfTruncated(_ fields: [FieldPlan]) -> String {
        var end = 0
        for field in fields {
            end += field.step.fixedSize ?? 0
            if end > rest.count { return field.label }
        }
        return ""
    }

    private mutating func value(of field: FieldPlan) throws(PayloadProblem) -> Value {
        if case .unlessEnded(let value) = field.presence, rest.isEmpty { return value }
        let value = try value(of: field.step, field.label)
        guard let constant = field.constant else { return value }
        if !isSame(value, constant, field.step) { throw PayloadProblem(.unexpectedValue, field.label) }
        return constant
    }

    /// Returns whether both values are equal in Swift, where 0.0 and -0.0 are equal.
    private func isSame(_ value: Value, _ constant: Value, _ step: Step) -> Bool {
        guard case .float(let type, _) = step else { return value == constant }
        return FloatBits.number(value.bits, type) == FloatBits.number(constant.bits, type)
    }

    private mutating func value(of step: Step, _ label: String) throws(PayloadProblem) -> Value {
        switch step {
        case .integer(let type, let order): return .number(try number(type, order, label))
        case .float(let type, let order): return .float(order.number(try take(type.size, label)))
        case .boolean: return .number(SpecInteger(magnitude: try boolean(label) ? 1 : 0))
        case .enumeration(let type, let order):
            let number = try number(type.type, order, label)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .flags(let type, let order):
            let number = try number(type.type, order, label)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .bytes(let size): return .bytes(try take(count(size, label), label))
        case .text(let size):
            let bytes = try take(count(size, label), label)
            guard String(validating: bytes, as: UTF8.self) != nil else { throw PayloadProblem(.invalidUTF8, label) }
            return .bytes(bytes)
        case .list(let element, let size): return .list(try elements(element, size, label))
        case .optional(let step): return try boolean(label) ? value(of: step, label) : .nothing
        case .reserved(let count):
            _ = try take(count, label)
            return .nothing
        case .structure(let type): return .record(try read(plan.layout(of: type)))
        case .union(let type): return try union(type)
        }
    }

    private mutating func union(_ type: UnionSpec) throws(PayloadProblem) -> Value {
        let name = type.name.value
        let tag = try number(type.tag, plan.byteOrder, name)
        guard let index = type.cases.firstIndex(where: { $0.tag.value == tag }) else {
            throw PayloadProblem(.invalidCase, name)
        }
        var values: [Value] = []
        for field in plan.layouts(of: type)[index].fields { values.append(try value(of: field)) }
        return .choice(index, values)
    }

    private mutating func elements(
        _ step: Step,
        _ size: Size,
        _ label: String
    ) throws(PayloadProblem) -> [Value] {
        var elements: [Value] = []
        if size == .toEnd {
            while !rest.isEmpty { elements.append(try value(of: step, label)) }
            return elements
        }
        let count = try count(size, label)
        let bytes = UInt64(clamping: count).multipliedOrLargest(plan.table.minimumSize(of: step))
        guard bytes <= UInt64(rest.count) else { throw PayloadProblem(.truncated, label) }
        for _ in 0..<count { elements.append(try value(of: step, label)) }
        return elements
    }

    private mutating func count(_ size: Size, _ label: String) throws(PayloadProblem) -> Int {
        switch size {
        case .toEnd: rest.count
        case .fixed(let count): count
        case .counted(let type, let order): Int(clamping: order.number(try take(type.size, label)))
        }
    }

    private mutating func boolean(_ label: String) throws(PayloadProblem) -> Bool {
        let byte = try take(1, label)[0]
        guard byte < 2 else { throw PayloadProblem(.invalidBoolean, label) }
        return byte == 1
    }

    private mutating func number(
        _ type: IntegerType,
        _ order: ByteOrder,
        _ label: String
    ) throws(PayloadProblem) -> SpecInteger {
        SpecInteger(bits: order.number(try take(type.size, label)), of: type)
    }

    private mutating func take(_ count: Int, _ label: String) throws(PayloadProblem) -> [UInt8] {
        guard count <= rest.count else { throw PayloadProblem(.truncated, label) }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

extension ByteOrder {
    /// Returns the number with `bytes` in this byte order.
    func number(_ bytes: [UInt8]) -> UInt64 {
        (self == .big ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Returns the bytes of the number `bits` in this byte order.
    func bytes(_ bits: UInt64, count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        return self == .little ? little : little.reversed()
    }
}

/// The reason why bytes are not a payload of a message, or why values cannot be encoded.
package struct PayloadProblem: Error, Hashable, Sendable {
    /// What is wrong with a field.
    package typealias Code = PayloadErrorCode

    /// What is wrong.
    package let code: Code
    /// The name of the field, as in the errors of the runtime.
    package let field: String

    init(_ code: Code, _ field: String) {
        self.code = code
        self.field = field
    }
}

extension PayloadProblem: CustomStringConvertible {
    /// The problem in words.
    package var description: String {
        switch code {
        case .truncated: "it ends within `\(field)`"
        case .trailingBytes: "it has bytes after its last field"
        case .invalidUTF8: "its `\(field)` is not UTF-8"
        case .invalidBoolean: "its `\(field)` is neither 0 nor 1"
        case .invalidCase: "its `\(field)` has a number without a name"
        case .invalidLength: "its `\(field)` has a length that does not fit the layout"
        case .payloadTooLarge: "its payload is larger than allowed"
        case .outOfBounds: "its `\(field)` is out of its bounds"
        case .unexpectedValue: "its `\(field)` differs from its `equals`"
        }
    }
}
