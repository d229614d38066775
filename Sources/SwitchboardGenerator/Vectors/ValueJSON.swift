internal import SwitchboardSpec

/// Values of a spec as JSON, in the words in which a spec writes them.
struct ValueJSON {
    let table: TypeTable

    /// The values of `fields` by their names; reserved bytes have none.
    func object(_ values: [Value], _ fields: [FieldSpec]) -> JSON {
        .object(
            zip(fields, values).filter { !$0.0.isReserved }.map { field, value in
                (field.name.value, json(value, field.type.value))
            }
        )
    }

    private func json(_ value: Value, _ type: FieldType) -> JSON {
        switch (value, type) {
        case (.nothing, _): .null
        case (_, .optional(let type)): json(value, type)
        case (.number(let number), .boolean): .boolean(number.magnitude == 1)
        case (.number(let number), .named(let name)): named(number, name)
        case (.number(let number), _): self.number(number)
        case (.float(let bits), .float(let type)): float(bits, type)
        case (.bytes(let bytes), .string): .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), _): .string(bytes.hexadecimal)
        case (.list(let elements), .array(let type, _)): .array(elements.map { json($0, type) })
        case (.record(let values), .named(let name)): object(values, table[name]?.fields ?? [])
        case (.choice(let index, let values), .named(let name)): choice(index, values, name)
        default: .null
        }
    }

    /// A number that JavaScript and others could not hold exactly is written as text.
    private func number(_ number: SpecInteger) -> JSON {
        number.magnitude > 1 << 53 ? .string("\(number)") : .number("\(number)")
    }

    /// JSON has no word for what is no finite number: the text is one that JavaScript, Python and others read as such.
    private func float(_ bits: UInt64, _ type: FloatType) -> JSON {
        let number = FloatBits.number(bits, type)
        if number.isNaN { return .string("NaN") }
        return number.isInfinite ? .string(number < 0 ? "-Infinity" : "Infinity") : .number("\(number)")
    }

    private func named(_ number: SpecInteger, _ name: String) -> JSON {
        switch table[name] {
        case .enumeration(let type):
            return type.cases.first { $0.value.value == number }.map { .string($0.name.value) } ?? self.number(number)
        case .flags(let type) where number.magnitude & ~type.knownBits == 0:
            let bits = type.bits.filter { number.magnitude & (1 << $0.position.value) != 0 }
            return .array(bits.map { .string($0.name.value) })
        case .flags, .structure, .union, nil: return self.number(number)
        }
    }

    private func choice(_ index: Int, _ values: [Value], _ name: String) -> JSON {
        guard case .union(let type)? = table[name], type.cases.indices.contains(index) else { return .null }
        return .object([(type.cases[index].name.value, object(values, type.cases[index].fields))])
    }
}
