internal import SwitchboardSpec

/// Renders the fields that the header has of the protocol's own.
struct HeaderRenderer {
    private let spec: CheckedSpec
    private let fields: [(plan: FieldPlan, step: FrameLayout.Step)]

    init(_ spec: CheckedSpec) {
        self.spec = spec
        fields = spec.frameLayout.ownFields
    }

    func render(into writer: inout SourceWriter) {
        guard !fields.isEmpty else { return }
        let access = spec.access
        writer.blank()
        if let base = spec.base {
            writer.documentation("What the header of a frame says beside what every frame has.")
            writer.line("\(access)typealias Header = \(Identifier.escaped(base.namespace)).Header")
            return
        }
        writer.documentation("What the header of a frame says beside what every frame has.")
        writer.block("\(access)struct Header: FrameHeader") { writer in
            for (plan, _) in fields {
                writer.documentation(plan.field.doc ?? "The header's field `\(plan.name)`.")
                writer.line("\(access)var \(Identifier.escaped(plan.name)): \(spec.swiftName(of: plan.step))")
                writer.blank()
            }
            renderInitializer(into: &writer)
            writer.blank()
            writer.documentation("Reads the fields from the bytes of a header.")
            writer.block("\(access)init(_ bytes: HeaderBytes)") { writer in
                for (plan, step) in fields { writer.line(reading(of: plan, step)) }
            }
            writer.blank()
            writer.documentation("Writes the fields into the bytes of a header.")
            writer.block("\(access)func write(into bytes: inout HeaderBytes)") { writer in
                for (plan, step) in fields { writer.line(writing(of: plan, step)) }
            }
        }
    }

    private func renderInitializer(into writer: inout SourceWriter) {
        writer.documentation("A header with these fields.")
        let renderers = fields.map { FieldRenderer(spec, $0.plan) }
        writer.list("\(spec.access)init", renderers.map(\.parameter), " {")
        writer.indented { $0.lines(renderers.map(\.assignment)) }
        writer.line("}")
    }

    private func reading(of plan: FieldPlan, _ step: FrameLayout.Step) -> String {
        let number = "bytes.integer(at: \(step.offset), \(step.order.source))"
        let value = isNamed(plan) ? "\(spec.swiftName(of: plan.step))(rawValue: \(number))" : number
        return "\(property(plan)) = \(value)"
    }

    private func writing(of plan: FieldPlan, _ step: FrameLayout.Step) -> String {
        let value = property(plan) + (isNamed(plan) ? ".rawValue" : "")
        return "bytes.set(\(value), at: \(step.offset), \(step.order.source))"
    }

    /// Whether the number is an enum's or that of flags, and not itself the value.
    private func isNamed(_ plan: FieldPlan) -> Bool {
        switch plan.step {
        case .enumeration, .flags: true
        case .integer, .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union: false
        }
    }

    private func property(_ plan: FieldPlan) -> String { FieldRenderer(spec, plan).value(besides: ["bytes"]) }
}
