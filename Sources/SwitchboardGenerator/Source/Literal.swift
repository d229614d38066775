internal import SwitchboardSpec

/// Values of a spec as Swift literals.
enum Literal {
    /// A string literal, in which nothing of `text` is special.
    static func string(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case _ where scalar.properties.generalCategory == .control: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    /// A number in hexadecimal, with as many digits as `type` has when these are few.
    static func hexadecimal(_ value: UInt64, _ type: IntegerType) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        let width = type.size <= 2 ? type.size * 2 : digits.count + digits.count % 2
        return "0x" + grouped(String(repeating: "0", count: max(0, width - digits.count)) + digits, by: 4)
    }

    /// A number in decimal.
    static func decimal(_ value: UInt64) -> String { grouped(String(value), by: 3) }

    /// The number of an enum's case: a bit pattern when it is unsigned.
    static func number(_ value: SpecInteger, _ type: IntegerType) -> String {
        type.isSigned ? (value.isNegative ? "-" : "") + decimal(value.magnitude) : hexadecimal(value.magnitude, type)
    }

    /// A bound of a field of `type`.
    static func bound(_ value: Value, _ type: FieldType) -> String {
        switch (value, type) {
        case (.number(let number), _): (number.isNegative ? "-" : "") + decimal(number.magnitude)
        case (.float(let bits), .float(let type)): float(bits, type)
        default: "0"
        }
    }

    /// A value of `type`, where Swift knows the type.
    static func value(_ value: Value, _ type: FieldType, _ spec: CheckedSpec) -> String {
        switch (value, type) {
        case (.nothing, _): "nil"
        case (_, .optional(let type)): optional(self.value(value, type, spec), type, spec)
        case (.number(let number), .boolean): number.magnitude == 1 ? "true" : "false"
        case (.number(let number), .named(let name)): named(number, name, spec)
        case (.number(let number), _): (number.isNegative ? "-" : "") + decimal(number.magnitude)
        case (.float(let bits), .float(let type)): float(bits, type)
        case (.bytes(let bytes), .string): string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), _): "[" + bytes.map { hexadecimal(UInt64($0), .uint8) }.joined(separator: ", ") + "]"
        case (.list(let elements), .array(let type, _)):
            "[" + elements.map { self.value($0, type, spec) }.joined(separator: ", ") + "]"
        case (.choice(let index, let values), .named(let name)): choice(index, values, name, spec)
        case (.record(let values), .named(let name)): record(values, name, spec)
        default: "nil"
        }
    }

    /// `.none` would be no value at all where one is optional.
    private static func optional(_ literal: String, _ type: FieldType, _ spec: CheckedSpec) -> String {
        guard literal.hasPrefix(".none"), let name = type.namedType else { return literal }
        return spec.reference(to: name) + literal
    }

    private static func record(_ values: [Value], _ name: String, _ spec: CheckedSpec) -> String {
        guard case .structure(let type)? = spec.table[name] else { return "nil" }
        return spec.reference(to: name) + "(\(arguments(values, type.fields, spec)))"
    }

    /// The arguments of the initializer or the case that has `fields`.
    static func arguments(_ values: [Value], _ fields: [FieldSpec], _ spec: CheckedSpec) -> String {
        let arguments = zip(fields, values).filter(\.0.isVariable).map { field, value in
            "\(Identifier.argumentLabel(field.name.value)): \(self.value(value, field.type.value, spec))"
        }
        return arguments.joined(separator: ", ")
    }

    private static func named(_ number: SpecInteger, _ name: String, _ spec: CheckedSpec) -> String {
        switch spec.table[name] {
        case .enumeration(let type):
            let item = type.cases.first { $0.value.value == number }
            return item.map { "." + Identifier.member($0.name.value) }
                ?? ".unrecognized(\(self.number(number, type.type)))"
        case .flags(let type):
            guard number.magnitude & ~type.knownBits == 0 else {
                return "\(spec.reference(to: name))(rawValue: \(hexadecimal(number.magnitude, type.type)))"
            }
            let bits = type.bits.filter { number.magnitude & (1 << $0.position.value) != 0 }
            return "[" + bits.map { "." + Identifier.member($0.name.value) }.joined(separator: ", ") + "]"
        case .structure, .union, nil: return decimal(number.magnitude)
        }
    }

    private static func choice(_ index: Int, _ values: [Value], _ name: String, _ spec: CheckedSpec) -> String {
        guard case .union(let type)? = spec.table[name], type.cases.indices.contains(index) else { return "nil" }
        let item = type.cases[index]
        let arguments = arguments(values, item.fields, spec)
        let list = arguments.isEmpty ? "" : "(\(arguments))"
        return "." + Identifier.member(item.name.value) + list
    }

    private static func float(_ bits: UInt64, _ type: FloatType) -> String {
        switch type {
        case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        case .float64: "\(Double(bitPattern: bits))"
        }
    }

    /// Digits in groups from the right, when there are more than four.
    private static func grouped(_ digits: String, by size: Int) -> String {
        guard digits.count > 4 else { return digits }
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % size == 0 { result += "_" }
            result.append(digit)
        }
        return result
    }
}
