internal import SwitchboardSpec

/// Renders a type of a field: what it is called, how a value of it is read and written.
struct TypeRenderer {
    private let spec: CheckedSpec
    private let type: FieldType
    private let order: String
    /// What the field is called in errors.
    private let label: String

    /// A renderer for values of `type`.
    ///
    /// - Parameters:
    ///   - order: The order of the bytes of its numbers.
    ///   - field: What the field is called in errors.
    init(_ spec: CheckedSpec, _ type: FieldType, _ order: ByteOrder, field: String) {
        self.spec = spec
        self.type = type
        self.order = ".\(order.rawValue)"
        label = "field: \(Literal.string(field))"
    }

    private init(_ outer: TypeRenderer, _ type: FieldType) {
        spec = outer.spec
        self.type = type
        order = outer.order
        label = outer.label
    }

    /// Its name in Swift.
    var name: String { Self.name(of: type, spec) }

    static func name(of type: FieldType, _ spec: CheckedSpec) -> String {
        switch type {
        case .integer(let type): type.swiftName
        case .float(.float32): "Float"
        case .float(.float64): "Double"
        case .boolean: "Bool"
        case .string: "String"
        case .bytes: "Bytes"
        case .array(let element, _): "[\(name(of: element, spec))]"
        case .optional(let type): name(of: type, spec) + "?"
        case .named(let name): spec.reference(to: name)
        case .reserved: ""
        }
    }

    // MARK: Reading

    /// The call that reads a value; all of them can throw.
    var reading: Call {
        switch type {
        case .integer: call("integer", [order, label])
        case .float: call("float", [order, label])
        case .boolean: call("boolean", [label])
        case .string(let extent): call("string", size(extent, "length") + [label])
        case .bytes(let extent): call("bytes", size(extent, "length") + [label])
        case .array(let element, let extent): array(of: element, extent)
        case .optional(let type): optional(type)
        case .reserved(let count): call("reserved", [Literal.decimal(UInt64(clamping: count)), label])
        case .named(let name):
            switch spec.table[name] {
            case .enumeration: call("enumeration", [order, label])
            case .flags(let flags): call("flags", [order] + known(flags) + [label])
            case .structure, .union, nil: Call(function: spec.reference(to: name), arguments: ["from: &reader"])
            }
        }
    }

    private func call(_ method: String, _ arguments: [String]) -> Call {
        Call(function: "reader.\(method)", arguments: arguments)
    }

    private func size(_ extent: Extent, _ prefixLabel: String) -> [String] {
        switch extent {
        case .toEnd: []
        case .prefixed(let prefix): ["\(prefixLabel): \(prefix.swiftName).self", order]
        case .fixed(let count): ["count: \(Literal.decimal(UInt64(clamping: count)))"]
        }
    }

    private func array(of element: FieldType, _ extent: Extent) -> Call {
        let smallest = ["minimumSize: \(Literal.decimal(spec.table.minimumSize(of: element)))"]
        let arguments = size(extent, "count") + (extent == .toEnd ? [] : smallest) + [label]
        if case .named(let name) = element, spec.table[name]?.numberType == nil {
            return call("array", arguments + ["\(spec.reference(to: name)).init(from:)"])
        }
        switch element {
        case .integer: return call("integers", size(extent, "count") + (hasOrder(extent) ? [] : [order]) + [label])
        case .float: return call("floats", size(extent, "count") + (hasOrder(extent) ? [] : [order]) + [label])
        default: break
        }
        var array = call("array", arguments)
        array.closure = ["try " + TypeRenderer(self, element).reading.line]
        return array
    }

    /// Whether the arguments that say how many elements there are say the byte order, too.
    private func hasOrder(_ extent: Extent) -> Bool {
        if case .prefixed = extent { true } else { false }
    }

    private func optional(_ type: FieldType) -> Call {
        var value = TypeRenderer(self, type).reading
        value.condition = "reader.isPresent(\(label))"
        return value
    }

    private func known(_ flags: FlagsSpec) -> [String] {
        flags.isClosed ? ["known: \(Literal.hexadecimal(flags.knownBits, flags.type))"] : []
    }

    /// The expression that reads a value at a place among bytes whose number has been checked, and whether it can throw.
    func fixedReading(from local: String, at offset: Int) -> (expression: String, canFail: Bool) {
        let place = "at: \(offset)"
        switch type {
        case .integer: return ("\(local).integer(\(place), \(order))", false)
        case .float: return ("\(local).float(\(place), \(order))", false)
        case .boolean: return ("\(local).boolean(\(place), \(label))", true)
        case .string(let extent):
            return ("\(local).string(\(([place] + size(extent, "") + [label]).joined(separator: ", ")))", true)
        case .bytes(let extent):
            return ("\(local).bytes(\(([place] + size(extent, "")).joined(separator: ", ")))", false)
        case .named(let name):
            if case .flags(let flags)? = spec.table[name] {
                let arguments = [place, order] + known(flags) + (flags.isClosed ? [label] : [])
                return ("\(local).flags(\(arguments.joined(separator: ", ")))", flags.isClosed)
            }
            return ("\(local).enumeration(\(place), \(order), \(label))", true)
        case .array, .optional, .reserved: return ("", false)
        }
    }

    // MARK: Writing

    /// Writes the statements that write `value`, an expression without side effects.
    func renderWriting(of value: String, into writer: inout SourceWriter) {
        switch type {
        case .integer: writer.line("writer.integer(\(value), \(order))")
        case .float: writer.line("writer.float(\(value), \(order))")
        case .boolean: writer.line("writer.boolean(\(value))")
        case .string(let extent): renderSized("string", value, extent, into: &writer)
        case .bytes(let extent): renderSized("bytes", value, extent, into: &writer)
        case .reserved(let count): writer.line("writer.reserved(\(Literal.decimal(UInt64(clamping: count))))")
        case .array(let element, let extent): renderArray(of: element, value, extent, into: &writer)
        case .optional(let type):
            writer.line("writer.presence(\(value) != nil)")
            let isName = !value.contains(".") && !Identifier.isReserved(value)
            writer.block(isName ? "if let \(value)" : "if let value = \(value)") { writer in
                TypeRenderer(self, type).renderWriting(of: isName ? value : "value", into: &writer)
            }
        case .named(let name):
            switch spec.table[name] {
            case .enumeration: writer.line("writer.enumeration(\(value), \(order))")
            case .flags(let flags) where flags.isClosed:
                writer.list("try writer.flags", [value, order] + known(flags) + [label], "")
            case .flags: writer.line("writer.flags(\(value), \(order))")
            case .structure, .union, nil: writer.line("try \(value).encode(into: &writer)")
            }
        }
    }

    private func renderSized(_ method: String, _ value: String, _ extent: Extent, into writer: inout SourceWriter) {
        let canFail = extent != .toEnd
        let arguments = [value] + size(extent, "length") + (canFail ? [label] : [])
        writer.list("\(canFail ? "try " : "")writer.\(method)", arguments, "")
    }

    private func renderArray(
        of element: FieldType,
        _ value: String,
        _ extent: Extent,
        into writer: inout SourceWriter
    ) {
        switch extent {
        case .toEnd: break
        case .prefixed(let prefix):
            writer.list("try writer.count", ["\(value).count", "as: \(prefix.swiftName).self", order, label], "")
        case .fixed(let count):
            let expected = "expected: \(Literal.decimal(UInt64(clamping: count)))"
            writer.list("try writer.count", ["\(value).count", expected, label], "")
        }
        writer.block("for element in \(value)") { writer in
            TypeRenderer(self, element).renderWriting(of: "element", into: &writer)
        }
    }
}

extension IntegerType {
    /// Its name in Swift.
    var swiftName: String {
        switch self {
        case .uint8: "UInt8"
        case .uint16: "UInt16"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .int8: "Int8"
        case .int16: "Int16"
        case .int32: "Int32"
        case .int64: "Int64"
        }
    }
}
