internal import SwitchboardSpec

/// Renders the type with the extra fields of the header.
struct HeaderRenderer {
    private let spec: CheckedSpec
    private let items: [FrameLayout.Item]

    init(_ spec: CheckedSpec) {
        self.spec = spec
        items = spec.frameLayout.settableItems
    }

    func render(into writer: inout SourceWriter) {
        guard !items.isEmpty else { return }
        let access = spec.access
        writer.blank()
        if let base = spec.base {
            writer.documentation("The fields that this protocol adds to the header of a frame.")
            writer.line("\(access)typealias Header = \(Identifier.escaped(base.namespace)).Header")
            return
        }
        writer.documentation("The fields that this protocol adds to the header of a frame.")
        writer.block("\(access)struct Header: FrameHeader") { writer in
            for item in items {
                let plan = item.plan
                writer.documentation(plan.field.doc ?? "The header's field `\(plan.name)`.")
                writer.line("\(access)var \(Identifier.escaped(plan.name)): \(spec.swiftName(of: plan.step))")
                writer.blank()
            }
            renderInitializer(into: &writer)
            writer.blank()
            writer.documentation("Reads the fields from the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)init(_ bytes: HeaderBytes)") { writer in
                for item in items {
                    writer.line("\(property(item.plan)) = \(HeaderValue(spec, item).reading(from: "bytes"))")
                }
            }
            writer.blank()
            writer.documentation("Writes the fields into the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)func write(into bytes: inout HeaderBytes)") { writer in
                for item in items {
                    writer.line(HeaderValue(spec, item).writing(of: property(item.plan), to: "bytes"))
                }
            }
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        writer.documentation("A header with these fields.")
        let renderers = items.map { FieldRenderer(spec, $0.plan) }
        writer.list("\(spec.access)init", renderers.map(\.parameter), " {")
        writer.indented { $0.lines(renderers.map(\.assignment)) }
        writer.line("}")
    }

    private func property(_ plan: FieldPlan) -> String { FieldRenderer(spec, plan).value(besides: ["bytes"]) }
}

/// Renders how a value of the header is kept among the header's bytes in memory.
struct HeaderValue {
    private let spec: CheckedSpec
    private let item: FrameLayout.Item

    init(_ spec: CheckedSpec, _ item: FrameLayout.Item) {
        self.spec = spec
        self.item = item
    }

    private var place: String { "at: \(item.offset), \(item.order.source)" }

    /// Returns the expression that reads the value from `bytes`.
    func reading(from bytes: String) -> String {
        switch item.plan.step {
        case .enumeration, .flags: "\(spec.swiftName(of: item.plan.step))(rawValue: \(bytes).integer(\(place)))"
        case .bit: "\(bytes).integer(\(place), as: UInt8.self) != 0"
        case .bytes: "\(bytes).bytes(at: \(item.offset), count: \(item.spec.packedSize))"
        case .integer, .float, .boolean, .text, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            "\(bytes).integer(\(place))"
        }
    }

    /// Returns the statement that writes `value` to `bytes`.
    func writing(of value: String, to bytes: String) -> String {
        switch item.plan.step {
        case .enumeration, .flags: "\(bytes).set(\(value).rawValue, \(place))"
        case .bit: "\(bytes).set(\(value) ? 1 : 0 as UInt8, \(place))"
        case .bytes: "\(bytes).set(\(value), at: \(item.offset), count: \(item.spec.packedSize))"
        case .integer, .float, .boolean, .text, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            "\(bytes).set(\(value), \(place))"
        }
    }

    /// Returns the statement that writes the literal of `value` to `bytes`.
    func writing(ofLiteral value: Value, to bytes: String) -> String {
        switch item.plan.step {
        case .bit: return "\(bytes).set(\(value.number) as UInt8, \(place))"
        case .bytes:
            let literal = ValueLiteral(spec: spec, scope: .file).text(of: value, item.plan.step)
            return "\(bytes).set(\(literal), at: \(item.offset), count: \(item.spec.packedSize))"
        case .integer, .float, .boolean, .enumeration, .flags, .text, .list, .optional, .reserved, .reservedBits,
            .structure, .union, .sized:
            return "\(bytes).set(\(value.number) as \(item.spec.number?.swiftName ?? "UInt8"), \(place))"
        }
    }
}
