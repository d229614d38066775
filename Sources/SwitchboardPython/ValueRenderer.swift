internal import SwitchboardSpec

/// Writes values of a spec as expressions of Python.
struct ValueRenderer {
    let spec: CheckedSpec
    /// What comes before the name of a class, in modules that do not import the classes themselves.
    var module = ""

    /// Returns the expression of a value.
    func expression(_ value: Value, _ step: Step) -> Expression {
        if value == .nothing { return .text("None") }
        switch step {
        case .integer: return .text("\(value.number)")
        case .float(let type, _): return .text(PythonLiteral.float(value.bits, type))
        case .boolean, .bit: return .text(PythonLiteral.boolean(value.number.magnitude != 0))
        case .enumeration(let type, _):
            let name = module + PythonNames.type(type.name.value)
            return .text(
                type.item(of: value.number).map { "\(name).\(PythonNames.constant($0.name.value))" }
                    ?? "\(name)(\(value.number))"
            )
        case .flags(let type, _):
            let name = module + PythonNames.type(type.name.value)
            guard let bits = type.names(of: value.number), !bits.isEmpty else {
                return .text("\(name)(\(value.number))")
            }
            return .text(bits.map { "\(name).\(PythonNames.constant($0))" }.joined(separator: " | "))
        case .text: return .text(PythonLiteral.text(String(decoding: value.content, as: UTF8.self)))
        case .bytes(_, let notation?):
            return .text(
                notation.constructor(module) + "(" + PythonLiteral.text(notation.text(of: value.content) ?? "") + ")"
            )
        case .bytes: return .text(PythonLiteral.bytes(value.content))
        case .list(let element, _): return .list(value.elements.map { expression($0, element) })
        case .optional(let step, _), .sized(let step, _): return expression(value, step)
        case .reserved, .reservedBits: return .text("None")
        case .structure(let type):
            return record(PythonNames.type(type.name.value), value.record, spec.plan.layout(of: type))
        case .union(let type, _):
            if case .unrecognized(let tag, let bytes) = value {
                return .call(
                    module + PythonNames.type(type, UnionSpec.unknownCase),
                    [.argument("tag", "\(tag)"), .argument("data", PythonLiteral.bytes(bytes))]
                )
            }
            guard let (index, item, values) = value.choice(of: type) else { return .text("None") }
            return record(PythonNames.type(type, item.name.value), values, spec.plan.layouts(of: type)[index])
        }
    }

    /// Returns the call of a class with the values of its attributes.
    func record(_ name: String, _ values: [Value], _ layout: Layout) -> Expression {
        .call(
            module + name,
            zip(layout.fields, values).filter(\.0.field.isVariable).map { field, value in
                .argument(PythonNames.attribute(field.name), expression(value, field.step))
            }
        )
    }
}

extension Notation {
    /// The type of the values.
    var pythonType: String {
        switch self {
        case .ipv4: "IPv4Address"
        case .ipv6: "IPv6Address"
        case .mac: "MACAddress"
        case .uuid: "UUID"
        }
    }

    /// The function that makes a value from its text.
    fileprivate func constructor(_ module: String) -> String {
        switch self {
        case .ipv4, .ipv6: (module.isEmpty ? "" : "ipaddress.") + pythonType
        case .uuid: (module.isEmpty ? "" : "uuid.") + pythonType
        case .mac: (module.isEmpty ? "" : "wire.") + "MACAddress.parse"
        }
    }
}

extension Step {
    /// The annotation of a value.
    var annotation: String {
        switch self {
        case .integer: "int"
        case .float: "float"
        case .boolean, .bit: "bool"
        case .enumeration(let type, _): PythonNames.type(type.name.value)
        case .flags(let type, _): PythonNames.type(type.name.value)
        case .text: "str"
        case .bytes(_, let notation?): notation.pythonType
        case .bytes: "bytes"
        case .list(let element, _): "list[\(element.annotation)]"
        case .optional(let step, _): "\(step.annotation) | None"
        case .reserved, .reservedBits: "None"
        case .structure(let type): PythonNames.type(type.name.value)
        case .union(let type, _): PythonNames.type(type.name.value)
        case .sized(let step, _): step.annotation
        }
    }
}

extension CheckedSpec {
    /// The types of the spec, then those of all imported specs.
    var allTypes: [TypeSpec] { types + allImports.flatMap(\.spec.types) }
}
