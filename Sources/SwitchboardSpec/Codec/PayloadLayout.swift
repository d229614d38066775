/// What is needed to read and write payloads as a spec describes them.
package struct PayloadLayout: Sendable {
    /// The types that fields may have.
    package let table: TypeTable
    /// The order of the bytes of a number that does not say its own.
    package let byteOrder: ByteOrder

    /// What payloads of these types are made of.
    package init(table: TypeTable, byteOrder: ByteOrder) {
        self.table = table
        self.byteOrder = byteOrder
    }

    /// The order of the bytes of the numbers of `field`.
    package func order(of field: FieldSpec) -> ByteOrder { field.byteOrder ?? byteOrder }

    /// The value that `literal` means where a field of `type` is; `nil` when it is none.
    func value(_ literal: Located<Literal>, of type: FieldType) -> Value? {
        var reader = LiteralReader(table)
        return reader.value(literal, of: type)
    }

    /// The value that a field has when nothing is said of it.
    package func defaultValue(of field: FieldSpec) -> Value? {
        if let literal = field.defaultValue { return value(literal, of: field.type.value) }
        return field.mayBeNothing ? .nothing : constant(of: field)
    }

    /// The only value that a field may have, if there is but one.
    package func constant(of field: FieldSpec) -> Value? {
        field.constant.flatMap { value($0, of: field.type.value) }
    }

    /// Whether `value` lies within the bounds of `field`.
    func isWithinBounds(_ value: Value, of field: FieldSpec) -> Bool {
        if field.minimum == nil && field.maximum == nil || value == .nothing { return true }
        let type = field.type.value.unwrapped
        let (low, high) = bounds(of: field)
        switch (value, type) {
        case (.number(let number), _):
            if case .number(let low)? = low, number < low { return false }
            if case .number(let high)? = high, number > high { return false }
            return true
        case (.float(let bits), .float(let type)):
            let number = FloatBits.number(bits, type)
            if case .float(let low)? = low, !(number >= FloatBits.number(low, type)) { return false }
            if case .float(let high)? = high, !(number <= FloatBits.number(high, type)) { return false }
            return true
        case (.bytes(let bytes), _): return isWithin(bytes.count, low, high)
        case (.list(let elements), _): return isWithin(elements.count, low, high)
        default: return true
        }
    }

    private func isWithin(_ count: Int, _ low: Value?, _ high: Value?) -> Bool {
        let number = SpecInteger(magnitude: UInt64(clamping: count))
        if case .number(let low)? = low, number < low { return false }
        if case .number(let high)? = high, number > high { return false }
        return true
    }

    /// The bounds of `field`: numbers of its own type, or of bytes or elements.
    package func bounds(of field: FieldSpec) -> (low: Value?, high: Value?) {
        let type = boundsType(of: field.type.value)
        return (field.minimum.flatMap { value($0, of: type) }, field.maximum.flatMap { value($0, of: type) })
    }

    /// The type of the bounds of a field of `type`.
    func boundsType(of type: FieldType) -> FieldType {
        switch type.unwrapped {
        case .string, .bytes, .array: .integer(.uint32)
        case let type: type
        }
    }

    /// Whether a number without a name is malformed where a field of the enum or the flags `type` is.
    func isKnown(_ number: SpecInteger, _ type: TypeSpec) -> Bool {
        switch type {
        case .enumeration(let type): !type.isClosed || type.cases.contains { $0.value.value == number }
        case .flags(let type): !type.isClosed || number.magnitude & ~type.knownBits == 0
        case .structure, .union: false
        }
    }
}
