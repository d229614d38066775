internal import SwitchboardSpec

/// Renders a field: how it is declared, read and written.
struct FieldRenderer {
    private let spec: CheckedSpec
    private let field: FieldSpec

    init(_ spec: CheckedSpec, _ field: FieldSpec) {
        self.spec = spec
        self.field = field
    }

    private var name: String { field.name.value }

    /// The type in Swift.
    private var type: String {
        switch field.type.value {
        case .integer(let type): type.swiftName
        case .boolean: "Bool"
        case .string: "String"
        case .bytes: "Bytes"
        case .enumeration(let name): spec.reference(to: name)
        }
    }

    func renderProperty(into writer: inout SourceWriter) {
        writer.documentation(field.doc ?? "The field `\(name)`.", sizeNote)
        writer.line("\(spec.access)var \(Identifier.escaped(name)): \(type)")
    }

    /// How long a value may be, in words; empty where only the frame limits it.
    private var sizeNote: String {
        let unit = if case .string = field.type.value { "bytes in UTF-8" } else { "bytes" }
        switch field.type.value {
        case .string(.prefixed(let prefix)), .bytes(.prefixed(let prefix)):
            return prefix.size < 4 ? "At most \(Literal.decimal(prefix.largest)) \(unit)." : ""
        case .string(.fixed(let count)), .bytes(.fixed(let count)):
            return "Exactly \(count) \(unit)."
        default: return ""
        }
    }

    /// Its parameter in the initializer.
    var parameter: String { "\(Identifier.escaped(name)): \(type)" }

    /// The line of the initializer that sets it.
    var assignment: String { "self.\(Identifier.member(name)) = \(Identifier.escaped(name))" }

    /// The line that reads it.
    var reading: String {
        "\(Self.property(name, besides: ["reader"])) = try reader.\(method)(\(arguments(isReading: true)))"
    }

    /// The line that writes it.
    var writing: String {
        let canFail =
            switch field.type.value {
            case .string(.prefixed), .string(.fixed), .bytes(.prefixed), .bytes(.fixed): true
            default: false
            }
        return "\(canFail ? "try " : "")writer.\(method)(\(arguments(isReading: false)))"
    }

    /// How source refers to the property `name` where there are parameters called as in `parameters`.
    static func property(_ name: String, besides parameters: Set<String> = []) -> String {
        Identifier.isReserved(name) || parameters.contains(name) ? "self.\(Identifier.member(name))" : name
    }

    /// The method of `ByteReader` and `ByteWriter`: both have the same name.
    private var method: String {
        switch field.type.value {
        case .integer: "integer"
        case .boolean: "boolean"
        case .string: "string"
        case .bytes: "bytes"
        case .enumeration: "enumeration"
        }
    }

    /// Reading and writing take the same arguments, but that writing begins with the value, and has no use for the
    /// field's name where nothing can fail.
    private func arguments(isReading: Bool) -> String {
        let value = isReading ? [] : [Self.property(name, besides: ["writer"])]
        let label = ["field: \(Literal.string(name))"]
        let order = ".\((field.byteOrder ?? spec.byteOrder).rawValue)"
        let arguments =
            switch field.type.value {
            case .integer, .enumeration: value + [order] + (isReading ? label : [])
            case .boolean, .string(.toEnd), .bytes(.toEnd): value + (isReading ? label : [])
            case .string(.prefixed(let prefix)), .bytes(.prefixed(let prefix)):
                value + ["length: \(prefix.swiftName).self", order] + label
            case .string(.fixed(let count)), .bytes(.fixed(let count)):
                value + ["count: \(Literal.decimal(UInt64(clamping: count)))"] + label
            }
        return arguments.joined(separator: ", ")
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
