internal import SwitchboardSpec

/// Renders a field of a message or a struct: its declaration, and the code that reads, writes and checks it.
struct FieldRenderer {
    let plan: FieldPlan

    private let spec: CheckedSpec
    private let step: StepRenderer
    /// The name of the type in Swift.
    private let type: String

    init(_ spec: CheckedSpec, _ plan: FieldPlan) {
        self.spec = spec
        self.plan = plan
        step = StepRenderer(spec, plan.step, field: plan.label)
        type = spec.swiftName(of: plan.step)
    }

    private var field: FieldSpec { plan.field }
    private var name: String { plan.name }

    // MARK: Declarations

    func renderProperty(into writer: inout SourceWriter) {
        let name = Identifier.escaped(name)
        if let value = plan.constant.map(literal) {
            if isStoredApart {
                writer.line("private var \(storage): \(type) { \(value) }")
                writer.blank()
            }
            writer.documentation(field.doc ?? "The field `\(self.name)`.", "The value is always the same.")
            renderDeprecation(into: &writer)
            writer.line("\(spec.access)var \(name): \(type) { \(isStoredApart ? storage : value) }")
        } else if isStoredApart {
            writer.line("private var \(storage): \(type)")
            writer.blank()
            writer.documentation(field.doc ?? "The field `\(self.name)`.", sizeNote)
            renderDeprecation(into: &writer)
            writer.block("\(spec.access)var \(name): \(type)") { writer in
                writer.line("get { \(storage) }")
                writer.line("set { \(storage) = newValue }")
            }
        } else {
            writer.documentation(field.doc ?? "The field `\(self.name)`.", sizeNote)
            writer.line("\(spec.access)var \(name): \(type)")
        }
    }

    /// Returns the Swift literal of `value`, for the namespace of the spec.
    private func literal(_ value: Value) -> String {
        ValueLiteral(spec: spec, scope: .namespace).text(of: value, plan.step)
    }

    private func renderDeprecation(into writer: inout SourceWriter) {
        guard let reason = field.deprecated else { return }
        writer.line("@available(*, deprecated, message: \(Literal.string(reason)))")
    }

    /// The requirement of values, as text; empty if only the frame limits them.
    private var sizeNote: String {
        let unit =
            switch plan.step.unwrapped {
            case .text: " bytes in UTF-8"
            case .list: " elements"
            case .bytes: " bytes"
            case .integer, .float, .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: ""
            }
        var notes: [String] = []
        switch boundTexts {
        case (let low?, let high?): notes.append("From \(low) to \(high)\(unit).")
        case (let low?, nil): notes.append("At least \(low)\(unit).")
        case (nil, let high?): notes.append("At most \(high)\(unit).")
        case (nil, nil):
            switch plan.step.unwrapped.size {
            case .counted(let type, _) where type.size < 4:
                notes.append("At most \(Literal.decimal(type.largest))\(unit).")
            case .fixed(let count): notes.append("Exactly \(count)\(unit).")
            case .counted, .toEnd, nil: break
            }
        }
        if let since = field.since { notes.append("Since version \(since.value): older peers leave the field out.") }
        return notes.joined(separator: " ")
    }

    /// The parameter of the initializer.
    var parameter: String {
        let value = plan.defaultValue.map { " = " + literal($0) } ?? ""
        return "\(Identifier.escaped(name)): \(type)\(value)"
    }

    /// The line of the initializer that sets the field.
    var assignment: String {
        isStoredApart
            ? "\(storage) = \(Identifier.escaped(name))"
            : "self.\(Identifier.member(name)) = \(Identifier.escaped(name))"
    }

    /// Whether the value is in a private property, so that generated code can use a deprecated field without a
    /// warning.
    private var isStoredApart: Bool { field.deprecated != nil }

    /// The name of the private property of a deprecated field.
    private var storage: String { "_" + name }

    /// Returns the expression for the value, in code with parameters and constants of the names in `locals`.
    func value(besides locals: Set<String> = []) -> String {
        if field.isReserved { return "" }
        return isStoredApart ? storage : Self.property(name, besides: locals)
    }

    /// Returns the expression for the property `name`, in code with parameters and constants of the names in
    /// `locals`.
    static func property(_ name: String, besides locals: Set<String> = []) -> String {
        Identifier.isReserved(name) || locals.contains(name) ? "self.\(Identifier.member(name))" : name
    }

    // MARK: Reading and writing

    /// The expression for the value in the code that reads it, which has constants `fixed`, `fixed2` and so on.
    private var readProperty: String {
        let isLocal = name.hasPrefix("fixed") && name.dropFirst(5).allSatisfy(\.isNumber)
        return value(besides: isLocal ? [name] : ["reader"])
    }

    /// Writes the statement that reads the field.
    func renderReading(into writer: inout SourceWriter) {
        var call = step.reading
        if let constant = plan.constant { return renderConstant("try \(call.line)", constant, into: &writer) }
        let property = readProperty
        call.start = field.isReserved ? "try" : "\(property) = try"
        switch plan.presence {
        case .always: call.render(into: &writer)
        case .unlessEnded where field.isReserved:
            writer.block("if reader.remaining > 0") { call.render(into: &$0) }
        case .unlessEnded(let value):
            writer.line("if reader.remaining == 0 {")
            writer.indented { $0.line("\(property) = \(literal(value))") }
            writer.line("} else {")
            writer.indented { call.render(into: &$0) }
            writer.line("}")
        }
    }

    /// Writes the statement that reads the field from `local`, the bytes of several fields after one length check.
    func renderReading(from local: String, at offset: Int, into writer: inout SourceWriter) {
        guard let (expression, canFail) = step.fixedReading(from: local, at: offset) else { return }
        let reading = (canFail ? "try " : "") + expression
        if let constant = plan.constant {
            renderConstant(reading, constant, into: &writer)
        } else {
            writer.line("\(readProperty) = \(reading)")
        }
    }

    private func renderConstant(_ reading: String, _ constant: Value, into writer: inout SourceWriter) {
        writer.block("guard \(reading) == \(literal(constant)) as \(type) else") { writer in
            writer.line("throw PayloadError(.unexpectedValue, field: \(Literal.string(plan.label)))")
        }
    }

    /// Writes the statements that write the field.
    func renderWriting(into writer: inout SourceWriter) {
        step.renderWriting(of: value(besides: ["writer", "element"]), into: &writer)
    }

    // MARK: Bounds

    /// Whether the field has bounds.
    var hasBounds: Bool { plan.bounds != nil }

    /// Writes the statement that checks the bounds of the field.
    func renderBoundsCheck(into writer: inout SourceWriter) {
        let failure = "throw PayloadError(.outOfBounds, field: \(Literal.string(plan.label)))"
        guard plan.step.isOptional else {
            writer.block("guard \(isWithinBounds(value())) else") { $0.line(failure) }
            return
        }
        let property = value()
        let isName = !property.contains(".")
        let binding = isName ? "if let \(property)" : "if let value = \(property)"
        writer.block("\(binding), !(\(isWithinBounds(isName ? property : "value")))") { $0.line(failure) }
    }

    private func isWithinBounds(_ value: String) -> String {
        let measured =
            switch plan.step.unwrapped {
            case .text: "\(value).utf8.count"
            case .bytes, .list: "\(value).count"
            case .integer, .float, .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: value
            }
        let (low, high) = boundTexts
        return switch (low, high) {
        case (let low?, let high?):
            // In parentheses, because Swift would read `...-` as one operator.
            "(\(low)...\(high.hasPrefix("-") ? "(\(high))" : high)).contains(\(measured))"
        case (let low?, nil): "\(measured) >= \(low)"
        case (nil, let high?): "\(measured) <= \(high)"
        case (nil, nil): "true"
        }
    }

    private var boundTexts: (low: String?, high: String?) {
        guard let bounds = plan.bounds, let step = plan.step.bound else { return (nil, nil) }
        let literal = ValueLiteral(spec: spec, scope: .namespace)
        return (bounds.low.map { literal.text(of: $0, step) }, bounds.high.map { literal.text(of: $0, step) })
    }
}
