internal import SwitchboardSpec

/// The C types of values.
extension Codec {
    /// The largest number of bytes of a value that a struct contains; larger ones are pointed to.
    private static let largestArray = 64

    /// Returns the integer type that stores `type`.
    func integer(_ type: IntegerType) -> String { "\(type.isSigned ? "int" : "uint")\(type.storageWidth)_t" }

    /// Returns the number of bytes of a value that a struct contains as an array; `nil` for other values.
    func arraySize(_ step: Step) -> Int? {
        guard case .bytes(.fixed(let count), _) = step, 1...Self.largestArray ~= count else { return nil }
        return count
    }

    /// Returns the statement that declares a variable without a value: 0, or no bytes.
    ///
    /// Compilers do not always see that a variable is read only after it was set.
    func variable(_ name: String, _ step: Step) -> String {
        switch step {
        case .bytes where arraySize(step) != nil: "\(declaration(name, step)) = { 0 };"
        case .list: "\(declaration(name, step)) = { 0 };"
        case .text, .bytes: "\(declaration(name, step)) = { NULL, 0 };"
        default: "\(type(of: step)) \(name) = 0;"
        }
    }

    /// Returns the type of a value, or of an element of an array.
    func type(of step: Step) -> String {
        switch step {
        case .integer(let type, _): integer(type)
        case .float(.float32, _): "float"
        case .float(.float64, _): "double"
        case .boolean, .bit: "bool"
        case .enumeration(let type, _): names.type(type.name.value)
        case .flags(let type, _): names.type(type.name.value)
        case .text: "\(names.prefix)_text"
        case .bytes: "\(names.prefix)_bytes"
        case .list(let element, _): "struct { const \(elementType(element)) *items; size_t count; }"
        case .optional(let step, _), .sized(let step, _): type(of: step)
        case .reserved, .reservedBits: "uint8_t"
        case .structure(let type): names.type(type.name.value)
        case .union(let type, _): names.type(type.name.value)
        }
    }

    /// Returns the type of an element of an array: one that may lack a value has a type of its own.
    func elementType(_ step: Step) -> String {
        guard isOptionalStruct(step) else { return type(of: step) }
        let type = type(of: step)
        let prefix = names.prefix + "_"
        let name = type.hasPrefix(prefix) ? String(type.dropFirst(prefix.count)) : type
        return "\(prefix)optional_\(name.hasSuffix("_t") ? String(name.dropLast(2)) : name)"
    }

    /// Whether an element of an array is a struct that says whether there is a value; texts and bytes without a value have no `data`.
    func isOptionalStruct(_ element: Step) -> Bool {
        if case .optional(let step, _) = element { !step.isTextOrBytes } else { false }
    }

    /// Returns the declaration of a variable or a member.
    func declaration(_ name: String, _ step: Step) -> String {
        if let count = arraySize(step.unwrapped) { return "uint8_t \(name)[\(count)]" }
        if isPointer(step) { return "const \(type(of: step.unwrapped)) *\(name)" }
        return "\(type(of: step.unwrapped)) \(name)"
    }

    /// Returns the name of the struct of the case `item` of `type`; `nil` if the case has no members.
    func caseType(_ item: UnionSpec.Case, _ type: UnionSpec) -> String? {
        let index = type.cases.firstIndex { $0.name.value == item.name.value } ?? 0
        guard !members(plan.layouts(of: type)[index]).isEmpty else { return nil }
        return names.type("\(type.name.value)_\(item.name.value)")
    }

    /// Returns a number as a literal of C.
    func literal(_ number: SpecInteger) -> String {
        guard number.isNegative else {
            // A signed literal, so that negative numbers are below it.
            if number.magnitude > UInt64(Int64.max) { return "UINT64_C(\(number.magnitude))" }
            return number.magnitude > UInt64(Int32.max) ? "INT64_C(\(number.magnitude))" : "\(number.magnitude)"
        }
        // The lowest number has no literal.
        if number.magnitude > UInt64(Int64.max) { return "INT64_MIN" }
        return number.magnitude > UInt64(Int32.max) ? "(-INT64_C(\(number.magnitude)))" : "(-\(number.magnitude))"
    }

    /// Returns a number of an enum or of flags as a literal of C that is wide enough for its type.
    func constant(_ number: SpecInteger, _ type: IntegerType) -> String {
        if type.isSigned { return literal(number) }
        guard number.magnitude > UInt64(Int32.max) else {
            return "\(number.magnitude)" + (type.bitWidth <= 32 ? "u" : "")
        }
        return "UINT64_C(\(number.magnitude))"
    }
}
