internal import SwitchboardSpec

/// Renders a struct: fields that read and write themselves.
struct StructRenderer {
    private let spec: CheckedSpec
    private let type: StructSpec

    init(_ spec: CheckedSpec, _ type: StructSpec) {
        self.spec = spec
        self.type = type
    }

    func render(into writer: inout SourceWriter) {
        let name = type.name.value
        let fields = LayoutRenderer(spec, spec.plan.layout(of: type))
        writer.documentation(type.doc ?? "The struct `\(name)`.")
        writer.block("\(spec.access)struct \(Identifier.escaped(name)): Hashable, Sendable") { writer in
            fields.renderProperties(into: &writer)
            if type.fields.contains(where: { !$0.isReserved }) { writer.blank() }
            let article = "AEIOU".contains(name.prefix(1)) ? "An" : "A"
            let hasFields = type.fields.contains(where: \.isVariable)
            writer.documentation("\(article) `\(name)`\(hasFields ? " with these fields" : "").")
            fields.renderInitializer(into: &writer)
            writer.blank()
            fields.renderCoding(into: &writer)
        }
    }
}
