internal import SwitchboardSpec

/// Renders the type with the extra fields of the header.
struct HeaderRenderer {
    private let spec: CheckedSpec
    private let items: [FrameLayout.Item]
    /// The number of the items that are in the header; the others are in the trailer.
    private let headerCount: Int

    init(_ spec: CheckedSpec) {
        self.spec = spec
        items = spec.frameLayout.settableItems
        headerCount = spec.frameLayout.items.count(where: \.isSettable)
    }

    func render(into writer: inout SourceWriter) {
        guard !items.isEmpty else { return }
        let access = spec.access
        writer.blank()
        let places = headerCount == items.count ? "header" : headerCount == 0 ? "trailer" : "header and the trailer"
        writer.documentation("The fields that this protocol adds to the \(places) of a frame.")
        if let base = spec.base {
            writer.line("\(access)typealias Header = \(Identifier.escaped(base.namespace)).Header")
            return
        }
        writer.block("\(access)struct Header: FrameHeader") { writer in
            for (index, item) in items.enumerated() {
                let plan = item.plan
                let place = index < headerCount ? "header" : "trailer"
                writer.documentation(plan.field.doc ?? "The \(place)'s field `\(plan.name)`.")
                writer.line("\(access)var \(Identifier.escaped(plan.name)): \(FieldRenderer(spec, plan).type)")
                writer.blank()
            }
            renderInitializer(into: &writer)
            writer.blank()
            writer.documentation("Reads the fields from the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)init(_ bytes: HeaderBytes)") { writer in
                for item in items {
                    let value = HeaderValue(spec, item)
                    writer.assign(
                        value.reading(from: "bytes"),
                        if: value.condition(in: "bytes"),
                        to: property(item.plan)
                    )
                }
            }
            writer.blank()
            writer.documentation("Writes the fields into the bytes of a header.")
            writer.hidden(spec)
            writer.block("\(access)func write(into bytes: inout HeaderBytes)") { writer in
                for item in items {
                    writer.lines(HeaderValue(spec, item).writing(of: property(item.plan), to: "bytes"))
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
///
/// The byte before a value that may be absent is 1 if there is one, and 0 otherwise.
struct HeaderValue {
    private let spec: CheckedSpec
    private let item: FrameLayout.Item

    init(_ spec: CheckedSpec, _ item: FrameLayout.Item) {
        self.spec = spec
        self.item = item
    }

    private var isOptional: Bool { item.plan.isOptional }

    private var offset: Int { isOptional ? item.offset + 1 : item.offset }

    private var place: String { "at: \(offset), \(item.order.source)" }

    /// Returns the condition under which `bytes` have the value; `nil` if they always have it.
    func condition(in bytes: String) -> String? { isOptional ? "\(bytes).hasValue(at: \(item.offset))" : nil }

    /// Returns the expression that reads the value from `bytes`, which have it.
    func reading(from bytes: String) -> String {
        switch item.plan.step {
        case .enumeration, .flags: "\(spec.swiftName(of: item.plan.step))(rawValue: \(bytes).integer(\(place)))"
        case .bit: "\(bytes).integer(\(place), as: UInt8.self) != 0"
        case .bytes: "\(bytes).bytes(at: \(offset), count: \(item.spec.valueSize))"
        case .integer, .float, .boolean, .text, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            "\(bytes).integer(\(place))"
        }
    }

    /// Returns the statements that write `value` to `bytes`.
    func writing(of value: String, to bytes: String) -> [String] {
        var lines: [String] = []
        if isOptional { lines.append("\(bytes).setHasValue(\(value) != nil, at: \(item.offset))") }
        switch item.plan.step {
        case .enumeration, .flags:
            let number = isOptional ? "\(value)?.rawValue ?? 0" : "\(value).rawValue"
            lines.append("\(bytes).set(\(number), \(place))")
        case .bit:
            let bit = isOptional ? "\(value) == true" : value
            lines.append("\(bytes).set(\(bit) ? 1 : 0 as UInt8, \(place))")
        case .bytes:
            let content = isOptional ? "\(value) ?? Bytes()" : value
            lines.append("\(bytes).set(\(content), at: \(offset), count: \(item.spec.valueSize))")
        case .integer, .float, .boolean, .text, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            lines.append("\(bytes).set(\(isOptional ? "\(value) ?? 0" : value), \(place))")
        }
        return lines
    }

    /// Returns the statements that write the literal of `value` to `bytes`, which are all 0.
    func writing(ofLiteral value: Value, to bytes: String) -> [String] {
        let isZero = value.number.magnitude == 0 && value.content.allSatisfy { $0 == 0 }
        guard isOptional else { return isZero ? [] : [literal(of: value, to: bytes)] }
        guard value != .nothing else { return [] }
        return ["\(bytes).setHasValue(true, at: \(item.offset))"] + (isZero ? [] : [literal(of: value, to: bytes)])
    }

    /// Returns the statement that writes the literal of `value` to `bytes`.
    func literal(of value: Value, to bytes: String) -> String {
        switch item.plan.step {
        case .bit: return "\(bytes).set(\(value.number) as UInt8, \(place))"
        case .bytes:
            let literal = ValueLiteral(spec: spec, scope: .file).text(of: value, item.plan.step)
            return "\(bytes).set(\(literal), at: \(offset), count: \(item.spec.valueSize))"
        case .integer, .float, .boolean, .enumeration, .flags, .text, .list, .optional, .reserved, .reservedBits,
            .structure, .union, .sized:
            return "\(bytes).set(\(value.number) as \(item.spec.number?.swiftName ?? "UInt8"), \(place))"
        }
    }
}
