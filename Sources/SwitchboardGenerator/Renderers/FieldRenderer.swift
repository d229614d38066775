internal import SwitchboardSpec

/// Renders a field of a message or a struct: how it is declared, read, written and checked.
struct FieldRenderer {
    let field: FieldSpec

    private let spec: CheckedSpec
    private let type: TypeRenderer
    private let layout: PayloadLayout
    /// What the field is called in errors.
    private let label: String

    /// - Parameter owner: The name of the struct that has the field, with a dot behind it; nothing for a message.
    init(_ spec: CheckedSpec, _ field: FieldSpec, owner: String = "") {
        self.spec = spec
        self.field = field
        layout = PayloadLayout(table: spec.table, byteOrder: spec.byteOrder)
        label = owner + field.name.value
        type = TypeRenderer(spec, field.type.value, layout.order(of: field), field: label)
    }

    private var name: String { field.name.value }

    // MARK: Declarations

    func renderProperty(into writer: inout SourceWriter) {
        let name = Identifier.escaped(name)
        if let constant = layout.constant(of: field) {
            let value = Literal.value(constant, field.type.value, spec)
            if isStoredApart {
                writer.line("private var \(storage): \(type.name) { \(value) }")
                writer.blank()
            }
            writer.documentation(field.doc ?? "The field `\(self.name)`.", "It always has this value.")
            renderDeprecation(into: &writer)
            writer.line("\(spec.access)var \(name): \(type.name) { \(isStoredApart ? storage : value) }")
        } else if isStoredApart {
            writer.line("private var \(storage): \(type.name)")
            writer.blank()
            writer.documentation(field.doc ?? "The field `\(self.name)`.", sizeNote)
            renderDeprecation(into: &writer)
            writer.block("\(spec.access)var \(name): \(type.name)") { writer in
                writer.line("get { \(storage) }")
                writer.line("set { \(storage) = newValue }")
            }
        } else {
            writer.documentation(field.doc ?? "The field `\(self.name)`.", sizeNote)
            writer.line("\(spec.access)var \(name): \(type.name)")
        }
    }

    private func renderDeprecation(into writer: inout SourceWriter) {
        guard let reason = field.deprecated else { return }
        writer.line("@available(*, deprecated, message: \(Literal.string(reason)))")
    }

    /// What a value must be like, in words; empty where only the frame limits it.
    private var sizeNote: String {
        let type = field.type.value.unwrapped
        let unit =
            switch type {
            case .string: "bytes in UTF-8"
            case .array: "elements"
            default: "bytes"
            }
        var notes: [String] = []
        let (low, high) = boundTexts
        let isSized = type.extent != nil
        switch (low, high) {
        case (let low?, let high?): notes.append("From \(low) to \(high)\(isSized ? " \(unit)" : "").")
        case (let low?, nil): notes.append("At least \(low)\(isSized ? " \(unit)" : "").")
        case (nil, let high?): notes.append("At most \(high)\(isSized ? " \(unit)" : "").")
        case (nil, nil):
            switch type.extent {
            case .prefixed(let prefix) where prefix.size < 4:
                notes.append("At most \(Literal.decimal(prefix.largest)) \(unit).")
            case .fixed(let count): notes.append("Exactly \(count) \(unit).")
            case .prefixed, .toEnd, nil: break
            }
        }
        if let since = field.since { notes.append("Since version \(since.value): older peers leave it out.") }
        return notes.joined(separator: " ")
    }

    /// Its parameter in the initializer.
    var parameter: String {
        let value = layout.defaultValue(of: field).map { " = " + Literal.value($0, field.type.value, spec) } ?? ""
        return "\(Identifier.escaped(name)): \(type.name)\(value)"
    }

    /// The line of the initializer that sets it.
    var assignment: String {
        isStoredApart
            ? "\(storage) = \(Identifier.escaped(name))"
            : "self.\(Identifier.member(name)) = \(Identifier.escaped(name))"
    }

    /// Whether the value lies in a property of its own, so that source here may use it without being warned.
    private var isStoredApart: Bool { field.deprecated != nil }

    /// The property behind a field that is deprecated.
    private var storage: String { "_" + name }

    /// How source refers to the value where there are parameters and constants called as in `locals`.
    func value(besides locals: Set<String> = []) -> String {
        if field.isReserved { return "" }
        return isStoredApart ? storage : Self.property(name, besides: locals)
    }

    /// How source refers to the property `name` where there are parameters and constants called as in `locals`.
    static func property(_ name: String, besides locals: Set<String> = []) -> String {
        Identifier.isReserved(name) || locals.contains(name) ? "self.\(Identifier.member(name))" : name
    }

    // MARK: Reading and writing

    /// How source refers to the value where it is read: there are constants called `fixed`, `fixed2` and so on.
    private var readProperty: String {
        let isLocal = name.hasPrefix("fixed") && name.dropFirst(5).allSatisfy(\.isNumber)
        return value(besides: isLocal ? [name] : ["reader"])
    }

    /// Writes the statement that reads it.
    func renderReading(into writer: inout SourceWriter) {
        var call = type.reading
        if field.isReserved {
            call.start = "try"
            if field.since == nil {
                call.render(into: &writer)
            } else {
                writer.block("if reader.remaining > 0") { call.render(into: &$0) }
            }
        } else if let constant = layout.constant(of: field) {
            let value = Literal.value(constant, field.type.value, spec)
            renderConstant("try \(call.line)", value, into: &writer)
        } else {
            let property = readProperty
            call.start = "\(property) = try"
            guard field.since != nil, let value = layout.defaultValue(of: field) else {
                return call.render(into: &writer)
            }
            writer.line("if reader.remaining == 0 {")
            writer.indented { $0.line("\(property) = \(Literal.value(value, field.type.value, spec))") }
            writer.line("} else {")
            writer.indented { call.render(into: &$0) }
            writer.line("}")
        }
    }

    /// Writes the statement that reads it from `local`, the bytes of several fields whose number has been checked.
    func renderReading(from local: String, at offset: Int, into writer: inout SourceWriter) {
        guard !field.isReserved else { return }
        let (expression, canFail) = type.fixedReading(from: local, at: offset)
        let reading = (canFail ? "try " : "") + expression
        if let constant = layout.constant(of: field) {
            renderConstant(reading, Literal.value(constant, field.type.value, spec), into: &writer)
        } else {
            writer.line("\(readProperty) = \(reading)")
        }
    }

    private func renderConstant(_ reading: String, _ value: String, into writer: inout SourceWriter) {
        writer.block("guard \(reading) == \(value) as \(type.name) else") { writer in
            writer.line("throw PayloadError(.unexpectedValue, field: \(Literal.string(label)))")
        }
    }

    /// Writes the statements that write it.
    func renderWriting(into writer: inout SourceWriter) {
        type.renderWriting(of: value(besides: ["writer", "element"]), into: &writer)
    }

    // MARK: Bounds

    /// Whether a value may be out of bounds.
    var hasBounds: Bool { field.minimum != nil || field.maximum != nil }

    /// Writes the statement that checks its bounds.
    func renderBoundsCheck(into writer: inout SourceWriter) {
        let failure = "throw PayloadError(.outOfBounds, field: \(Literal.string(label)))"
        guard case .optional = field.type.value else {
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
            switch field.type.value.unwrapped {
            case .string: "\(value).utf8.count"
            case .bytes, .array: "\(value).count"
            default: value
            }
        let (low, high) = boundTexts
        return switch (low, high) {
        case (let low?, let high?):
            // `...-` would be an operator of its own.
            "(\(low)...\(high.hasPrefix("-") ? "(\(high))" : high)).contains(\(measured))"
        case (let low?, nil): "\(measured) >= \(low)"
        case (nil, let high?): "\(measured) <= \(high)"
        case (nil, nil): "true"
        }
    }

    private var boundTexts: (low: String?, high: String?) {
        let (low, high) = layout.bounds(of: field)
        let type =
            switch field.type.value.unwrapped {
            case .string, .bytes, .array: FieldType.integer(.uint32)
            case let type: type
            }
        return (low.map { Literal.bound($0, type) }, high.map { Literal.bound($0, type) })
    }
}
