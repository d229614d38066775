internal import SwitchboardSpec

/// Renders a field of a message, a struct or a case: how it is declared, read, written and checked.
struct FieldRenderer {
    /// Where the values of the fields are while they are read and written.
    enum Owner {
        /// In properties of a message or a struct.
        case properties
        /// In constants, as the values of a union's case.
        case caseValues
        /// In constants, as the values of a header.
        case constants
    }

    let plan: FieldPlan
    let owner: Owner

    private let spec: CheckedSpec
    /// The names of all fields of the layout, which no constant of generated code may have.
    private let names: Set<String>
    private let step: StepRenderer
    /// The name of the type in Swift.
    let type: String

    init(_ spec: CheckedSpec, _ plan: FieldPlan, _ owner: Owner = .properties, besides names: Set<String> = []) {
        self.spec = spec
        self.names = names
        self.plan = plan
        self.owner = owner
        step = StepRenderer(spec, plan.step, field: plan.label)
        type = spec.swiftName(of: plan.step) + (plan.isOptional && !plan.step.isOptional ? "?" : "")
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
        // Bounds of text count the bytes in UTF-8, whatever its encoding is.
        let (unit, sizeUnit) =
            switch plan.step.unwrapped {
            case .text(_, let form): (" bytes in UTF-8", " bytes in \(form.encoding.title)")
            case .list: (" elements", " elements")
            case .bytes: (" bytes", " bytes")
            case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits,
                .structure, .union, .sized:
                ("", " bytes")
            }
        var notes = [field.measure?.note].compactMap(\.self)
        switch boundTexts {
        case (let low?, let high?): notes.append("From \(low) to \(high)\(unit).")
        case (let low?, nil): notes.append("At least \(low)\(unit).")
        case (nil, let high?): notes.append("At most \(high)\(unit).")
        case (nil, nil):
            switch plan.step.unwrapped.size {
            case .counted(let count) where !count.countsBytes && count.largestSize ?? .max < UInt64(UInt32.max):
                notes.append("At most \(Literal.decimal(count.largestSize ?? 0))\(sizeUnit).")
            case .fixed where plan.step.unwrapped.notation != nil: break
            case .fixed(let count): notes.append("Exactly \(count)\(sizeUnit).")
            case .padded(let count, _): notes.append("At most \(count)\(sizeUnit).")
            case .counted, .toEnd, .until, nil: break
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

    /// Whether the field is a property of a message or a struct, or a value of a case.
    var isStored: Bool { !field.isReserved && plan.derivation == nil && literalInCase == nil }

    /// The expression for the value if it is always the same, and a value of a case, which has no property for it.
    private var literalInCase: String? {
        guard owner == .caseValues else { return nil }
        let value = field.caseTag.map { .number($0) } ?? plan.constant
        return value.map { "(\(literal($0)) as \(type))" }
    }

    /// Whether the value is in a constant where it is read and written, not in a property.
    private var isConstant: Bool { owner != .properties || plan.derivation != nil }

    /// The expression for the value, after it was read.
    private var readValue: String {
        if let literalInCase { return literalInCase }
        return isConstant
            ? Identifier.local(name)
            : value(
                besides: Identifier.isGroup(name)
                    ? [name] : ["reader", "header", "fieldStart", "structStart", "sentReader"]
            )
    }

    /// The start of the statement that assigns the value that was read.
    private var readTarget: String { isConstant ? "let \(readValue): \(type)" : readValue }

    /// The expression for the value in the code that writes it.
    var writtenValue: String {
        if let literalInCase { return literalInCase }
        if isConstant { return Identifier.local(name) }
        return value(
            besides: Identifier.isBitGroup(name)
                ? [name] : ["writer", "header", "element", "elementStart", "fieldStart", "structStart", "sentStart"]
        )
    }

    /// Returns the name of the field with `suffix`, and with more letters if a field has that name.
    private func constant(_ suffix: String) -> String {
        var constant = name + suffix
        while names.contains(constant) { constant += "Value" }
        return constant
    }

    /// The constant with the flags as they are sent: with the bits that say which fields there are.
    private var flagsOnWire: String { constant("OnWire") }

    /// The constant with the number that says the size of the value, where an earlier constant must be equal.
    var otherCount: String { constant("Count") }

    /// Writes the statements that read the field.
    func renderReading(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        switch (plan.presence, plan.alignment) {
        case (.when(let condition), let alignment) where alignment != nil || plan.step.isOptional:
            return renderAligned(if: layout.source(of: condition, isReading: true), else: .nothing, into: &writer)
        case (.unlessEnded(let value), _?):
            return renderAligned(if: "reader.remaining > 0", else: value, into: &writer)
        case (.always, _?): renderAlignment(into: &writer)
        case (_, nil), (.when, _): break
        }
        var call = reading
        if let constant = plan.constant { return renderConstant("try \(call.line)", constant, into: &writer) }
        if !plan.presenceBits.isEmpty { return renderFlags("try \(call.line)", into: &writer) }
        call.start = field.isReserved ? "try" : "\(readTarget) = try"
        switch plan.presence {
        case .always: call.render(into: &writer)
        case .when(let condition) where field.isReserved:
            writer.block("if \(layout.source(of: condition, isReading: true))") { call.render(into: &$0) }
        case .when(let condition):
            call.condition = layout.source(of: condition, isReading: true)
            call.render(into: &writer)
        case .unlessEnded where field.isReserved:
            writer.block("if reader.remaining > 0") { call.render(into: &$0) }
        case .unlessEnded where field.isTrailing:
            call.condition = "reader.remaining > 0"
            call.render(into: &writer)
        case .unlessEnded(let value):
            writer.line("if reader.remaining == 0 {")
            writer.indented { $0.line("\(readTarget) = \(literal(value))") }
            writer.line("} else {")
            writer.indented { call.render(into: &$0) }
            writer.line("}")
        }
    }

    /// The call that reads the value; it leaves the bytes of the fields behind one that runs to their start.
    private var reading: Call {
        guard plan.bytesBehind > 0 else { return step.reading }
        let count = "reader.remaining - \(Literal.decimal(UInt64(clamping: plan.bytesBehind)))"
        return step.reading.within([count, "field: \(Literal.string(plan.label))"])
    }

    private func renderAlignment(into writer: inout SourceWriter) {
        guard let alignment = plan.alignment else { return }
        writer.line("try reader.align(\(alignment), from: fieldStart, field: \(Literal.string(plan.label)))")
    }

    /// Writes the statements that skip bytes and read the field if `condition` holds; otherwise the field has `value`.
    private func renderAligned(if condition: String, else value: Value, into writer: inout SourceWriter) {
        if isConstant { writer.line("let \(readValue): \(type)") }
        writer.line("if \(condition) {")
        writer.indented { writer in
            renderAlignment(into: &writer)
            var call = reading
            call.start = "\(readValue) = try"
            call.render(into: &writer)
        }
        writer.line("} else {")
        writer.indented { $0.line("\(readValue) = \(value == .nothing ? "nil" : literal(value))") }
        writer.line("}")
    }

    /// Writes the statement that reads the field from `local`, the bytes of several fields after one length check.
    func renderReading(from local: String, at offset: Int, into writer: inout SourceWriter) {
        guard let (expression, canFail) = step.fixedReading(from: local, at: offset) else { return }
        renderReading((canFail ? "try " : "") + expression, into: &writer)
    }

    /// Writes the statement that reads the field from `local`, the bits of several fields.
    func renderBitReading(from local: String, _ layout: LayoutRenderer, into writer: inout SourceWriter) {
        let (expression, canFail) = step.bitReading(from: local)
        guard case .when(let condition) = plan.presence else {
            if field.isReserved { return writer.line(expression) }
            // The tag selected the case.
            if field.caseTag != nil { return writer.line("\(local).skip(\(plan.step.bitWidth ?? 0))") }
            return renderReading((canFail ? "try " : "") + expression, into: &writer)
        }
        let source = layout.source(of: condition, isReading: true)
        if field.isReserved { return writer.block("if \(source)") { $0.line(expression) } }
        writer.assign(expression, if: (canFail ? "try " : "") + source, to: readTarget)
    }

    private func renderReading(_ expression: String, into writer: inout SourceWriter) {
        if let constant = plan.constant {
            renderConstant(expression, constant, into: &writer)
        } else if !plan.presenceBits.isEmpty {
            renderFlags(expression, into: &writer)
        } else {
            writer.line("\(readTarget) = \(expression)")
        }
    }

    /// Writes the statements that read flags, without the bits that follow from the presence of other fields.
    private func renderFlags(_ expression: String, into writer: inout SourceWriter) {
        writer.line("let \(flagsOnWire): \(type) = \(expression)")
        let bits = plan.presenceBits.map { "." + Identifier.member($0.bit.name.value) }.joined(separator: ", ")
        writer.line("\(readTarget) = \(flagsOnWire).subtracting([\(bits)])")
    }

    private func renderConstant(_ reading: String, _ constant: Value, into writer: inout SourceWriter) {
        var (value, comparison) = (reading, "== \(literal(constant)) as \(type)")
        // Texts of different bytes can be equal in Swift.
        if case .text = plan.step { (value, comparison) = ("\(reading).isExactly(\(literal(constant)))", "") }
        if plan.step.notation != nil { comparison = "== \(literal(constant))" }
        let guardLine = "guard \(value)\(comparison.isEmpty ? "" : " " + comparison) else"
        let failure = "throw PayloadError(.unexpectedValue, field: \(Literal.string(plan.label)))"
        guard plan.step.notation != nil, guardLine.count + 2 > writer.room else {
            return writer.block(guardLine) { $0.line(failure) }
        }
        writer.line("guard")
        writer.indented { writer in
            writer.line(value)
            writer.indented { $0.line(comparison) }
        }
        writer.block("else") { $0.line(failure) }
    }

    /// Returns the expression of a test of the value.
    func source(of term: Condition.Term, isReading: Bool) -> String {
        var (value, type) = (isReading ? readValue : writtenValue, type)
        let mayBeMissing = plan.field.condition != nil
        if let bit = term.reference.bit {
            let flags = plan.presenceBits.isEmpty ? value : flagsOnWire
            value = "\(flags)\(mayBeMissing ? "?" : "").contains(.\(Identifier.member(bit.name.value)))"
            type = mayBeMissing ? "Bool?" : "Bool"
        }
        switch term.test {
        case .isSet: return value
        case .oneOf(let values) where type == "Bool" && values.count == 1 && !mayBeMissing:
            return values[0].number.magnitude == 0 ? "!\(value)" : value
        case .oneOf(let values):
            let literals = values.map { ValueLiteral(spec: spec, scope: .namespace).text(of: $0, term.step) }
            if literals.count == 1 { return "\(value) == \(literals[0])" }
            return "([\(literals.joined(separator: ", "))] as [\(type)]).contains(\(value))"
        case .noneOf(let values):
            let literals = values.map { ValueLiteral(spec: spec, scope: .namespace).text(of: $0, term.step) }
            if literals.count == 1 { return "\(value) != \(literals[0])" }
            return "!([\(literals.joined(separator: ", "))] as [\(type)]).contains(\(value))"
        case .range(let bounds):
            guard mayBeMissing else { return source(of: bounds, value, term.step) }
            // In parentheses, because a block may follow the condition.
            return "\(value).map({ \(source(of: bounds, "$0", term.step)) }) == true"
        }
    }

    /// Returns the expression of a test whether `value` is within `bounds`.
    private func source(of bounds: Bounds, _ value: String, _ step: Step) -> String {
        let literal = ValueLiteral(spec: spec, scope: .namespace)
        let low = bounds.low.map { literal.text(of: $0, step) }
        let high = bounds.high.map { literal.text(of: $0, step) }
        return switch (low, high) {
        case (let low?, let high?): "(\(low)...(\(high))).contains(\(value))"
        case (let low?, nil): "\(value) >= \(low)"
        case (nil, let high?): "\(value) <= \(high)"
        case (nil, nil): "true"
        }
    }

    /// Writes the constant with the value as it is sent, if that follows from other fields.
    func renderDerived(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        switch plan.derivation {
        case .presence(let names):
            layout.renderAgreement(of: names, into: &writer)
            writer.line("let \(Identifier.local(name)) = \(layout.writtenValue(of: names[0])) != nil")
        case .tag(let unions): renderTag(of: unions.compactMap(layout.renderer), into: &writer)
        case .count(let names): layout.renderCount(of: names, as: self, into: &writer)
        case .size, .caseTag: break
        case nil:
            guard !plan.presenceBits.isEmpty else { return }
            writer.line("var \(flagsOnWire) = \(writtenValue)")
            for (bit, names) in plan.presenceBits {
                layout.renderAgreement(of: names, into: &writer)
                let member = "." + Identifier.member(bit.name.value)
                let isPresent = "\(layout.writtenValue(of: names[0])) != nil"
                writer.line(
                    "if \(isPresent) { \(flagsOnWire).insert(\(member)) } else { \(flagsOnWire).remove(\(member)) }"
                )
            }
        }
    }

    /// Writes the constant with the tag of the one of `unions` that there is.
    private func renderTag(of unions: [FieldRenderer], into writer: inout SourceWriter) {
        let chain = unions.count > 1 ? "?" : ""
        let tags = unions.map { "\($0.writtenValue)\(chain)\($0.isList ? ".first?" : "").tag" }
        let mayBeMissing = unions.contains { $0.isList || !chain.isEmpty }
        let tag = (tags + (mayBeMissing ? ["0"] : [])).joined(separator: " ?? ")
        writer.line("let \(Identifier.local(name)): \(type) = \(tag)")
        for union in unions where union.isList {
            let test = "\(union.writtenValue)\(chain).allSatisfy({ $0.tag == \(Identifier.local(name)) })"
            writer.block("guard \(test)\(chain.isEmpty ? "" : " ?? true") else") { writer in
                writer.line("throw PayloadError(.inconsistent, field: \(Literal.string(union.plan.label)))")
            }
        }
    }

    private var isList: Bool { if case .list = plan.step { true } else { false } }

    /// The expression for the value as it is sent.
    private var sentValue: String { plan.presenceBits.isEmpty ? writtenValue : flagsOnWire }

    /// Writes the statements that write the field.
    func renderWriting(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        if plan.coverage != nil { return renderPlace(layout, into: &writer) }
        renderDerived(layout, into: &writer)
        let label = "field: \(Literal.string(plan.label))"
        switch plan.presence {
        case .always: renderAligned(sentValue, layout, into: &writer)
        case .unlessEnded where field.isTrailing && !field.isReserved:
            let later = layout.writtenValues(behind: plan).map { "\($0) == nil" }
            if !later.isEmpty {
                let rest = later.count == 1 ? later[0] : "(\(later.joined(separator: " && ")))"
                writer.block("guard \(sentValue) != nil || \(rest) else") { writer in
                    writer.line("throw PayloadError(.inconsistent, \(label))")
                }
            }
            renderUnwrapped(layout, into: &writer)
        case .unlessEnded: renderAligned(sentValue, layout, into: &writer)
        case .when(let condition):
            let source = layout.source(of: condition, isReading: false)
            guard !field.isReserved else {
                return writer.block("if \(source)") { renderAligned("", layout, into: &$0) }
            }
            if plan.step.isOptional { return renderOptional(if: source, layout, into: &writer) }
            renderAgreement(with: condition, source, into: &writer)
            renderUnwrapped(layout, into: &writer)
        }
    }

    /// Writes the check that there is a value if `condition` holds, whose expression is `source`, and none otherwise.
    private func renderAgreement(with condition: Condition, _ source: String, into writer: inout SourceWriter) {
        guard !condition.isDerived else { return }
        let isName = source.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
        writer.block("guard \(isName ? source : "(\(source))") == (\(sentValue) != nil) else") { writer in
            writer.line("throw PayloadError(.inconsistent, field: \(Literal.string(plan.label)))")
        }
    }

    /// Writes the statements that write a value with `?` if `condition` holds.
    private func renderOptional(if condition: String, _ layout: LayoutRenderer, into writer: inout SourceWriter) {
        writer.line("if \(condition) {")
        writer.indented { renderAligned(sentValue, layout, into: &$0) }
        writer.line("} else if \(sentValue) != nil {")
        writer.indented { $0.line("throw PayloadError(.inconsistent, field: \(Literal.string(plan.label)))") }
        writer.line("}")
    }

    /// Writes the statements that write the value if there is one.
    private func renderUnwrapped(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        guard layout.isEncodedBefore(plan) else {
            return step.renderUnwrapped(sentValue, into: &writer) { renderAligned($0, layout, into: &$1) }
        }
        writer.block("if \(sentValue) != nil") { renderAligned("", layout, into: &$0) }
    }

    private func renderAligned(_ value: String, _ layout: LayoutRenderer, into writer: inout SourceWriter) {
        if let alignment = plan.alignment { writer.line("writer.align(\(alignment), from: fieldStart)") }
        guard layout.isEncodedBefore(plan) else { return step.renderWriting(of: value, into: &writer) }
        if case .optional(_, .byte) = plan.step { writer.line("writer.presence(\(value) != nil)") }
        writer.line("writer.bytes(\(encodedBytes))")
    }

    /// Writes the statement that adds the value to the fields of a few bits in `local`.
    func renderBitWriting(to local: String, _ layout: LayoutRenderer, into writer: inout SourceWriter) {
        guard case .when(let condition) = plan.presence else {
            return step.renderBitWriting(of: field.isReserved ? "" : sentValue, to: local, into: &writer)
        }
        let source = layout.source(of: condition, isReading: false)
        guard !field.isReserved else {
            return writer.block("if \(source)") { step.renderBitWriting(of: "", to: local, into: &$0) }
        }
        renderAgreement(with: condition, source, into: &writer)
        step.renderUnwrapped(sentValue, into: &writer) { step.renderBitWriting(of: $0, to: local, into: &$1) }
    }

    // MARK: Lengths of the fields

    /// The constant with what lies behind the bytes that the field counts.
    private var end: String { constant("End") }

    /// The constant with the offset at which the number is written.
    private var place: String { constant("Place") }

    /// Writes the statements that confine the reader to the bytes that the field counts.
    ///
    /// - Parameter movesStart: Whether later fields start at multiples of a number of bytes.
    func renderCovered(movesStart: Bool, into writer: inout SourceWriter) {
        let before: String? =
            switch plan.coverage {
            case .all: "fieldStart - reader.remaining"
            case .lengthAndRest: "\(plan.step.fixedSize ?? 0)"
            case .rest, nil: nil
            }
        let arguments =
            [readValue] + (before.map { ["behind: \($0)"] } ?? []) + ["field: \(Literal.string(plan.label))"]
        writer.list("let \(end) = try reader.beginCovered", arguments, "")
        if movesStart { writer.line("fieldStart -= \(end) ?? 0") }
    }

    /// Writes the statement that ends the bytes that the field counts.
    func renderEndOfCovered(into writer: inout SourceWriter) {
        writer.list("try reader.endCovered", [end, "field: \(Literal.string(plan.label))"], "")
    }

    /// Writes the statements that leave room for the number.
    private func renderPlace(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        let room = "writer.reserved(\(plan.step.fixedSize ?? 0))"
        func renderRoom(into writer: inout SourceWriter) {
            if let alignment = plan.alignment { writer.line("writer.align(\(alignment), from: fieldStart)") }
        }
        guard case .when(let condition) = plan.presence else {
            renderRoom(into: &writer)
            writer.line("let \(place) = writer.count")
            return writer.line(room)
        }
        let source = layout.source(of: condition, isReading: false)
        if plan.alignment != nil { writer.block("if \(source)", renderRoom) }
        writer.line("let \(place) = writer.count")
        writer.block("if \(source)") { $0.line(room) }
    }

    /// Writes the statement that writes the number into its room, after all fields.
    func renderSize(_ layout: LayoutRenderer, into writer: inout SourceWriter) {
        guard case .integer(let type, let order) = plan.step, let coverage = plan.coverage else { return }
        let start =
            switch coverage {
            case .all: "fieldStart"
            case .rest: "\(place) + \(type.size)"
            case .lengthAndRest: place
            }
        let bytes = type.isNarrow ? ["bytes: \(type.size)"] : []
        let arguments =
            ["\(type.swiftName).self"] + bytes + [order.source, "at: \(place)", "from: \(start)"]
            + ["field: \(Literal.string(plan.label))"]
        guard case .when(let condition) = plan.presence else {
            return writer.list("try writer.covered", arguments, "")
        }
        writer.block("if \(layout.source(of: condition, isReading: false))") {
            $0.list("try writer.covered", arguments, "")
        }
    }

    // MARK: Sizes in earlier fields

    /// The constant with the bytes of the value, which are counted before they are written.
    var encodedBytes: String { constant("Bytes") }

    /// Returns the expression of the number of bytes or elements of `value`; `nil` when the value must be encoded first.
    func sizeExpression(of value: String) -> String? {
        switch plan.step.unwrapped {
        case .text(_, let form): form.encoding == .utf8 ? "\(value).utf8.count" : nil
        case .bytes: "\(value).count"
        case .list(_, .counted(let count)) where !count.countsBytes: "\(value).count"
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .list, .optional, .reserved, .reservedBits,
            .structure, .union, .sized:
            nil
        }
    }

    /// Writes the constant with the bytes of the value.
    func renderEncodedBytes(into writer: inout SourceWriter) {
        writer.block("let \(encodedBytes) = try ByteWriter.bytes", parameters: "writer throws(PayloadError) in") {
            writer in
            let value = writtenValue
            guard plan.isOptional else { return step.renderWriting(of: value, into: &writer) }
            step.renderUnwrapped(value, into: &writer) { value, writer in
                StepRenderer(spec, plan.step.unwrapped, field: plan.label).renderWriting(of: value, into: &writer)
            }
        }
    }

    /// Writes the constant `name` with the number of `type` that says the size of the value.
    func renderCount(as name: String, _ type: IntegerType, into writer: inout SourceWriter) {
        guard case .counted(let count)? = plan.step.unwrapped.size else { return }
        let constant = "let \(name): \(type.swiftName)"
        guard plan.isOptional else {
            let size = sizeExpression(of: writtenValue) ?? "\(encodedBytes).count"
            return writer.line("\(constant) = \(step.number(of: size, count, type))")
        }
        writer.line(constant)
        let size = sizeExpression(of: "value")
        writer.line("if \(size == nil ? "\(writtenValue) != nil" : "let value = \(writtenValue)") {")
        writer.indented { $0.line("\(name) = \(step.number(of: size ?? "\(encodedBytes).count", count, type))") }
        writer.line("} else {")
        writer.indented { $0.line("\(name) = \(countOfNothing)") }
        writer.line("}")
    }

    /// The number that says that there is no value; 0 if no number says that.
    var countOfNothing: String {
        guard case .counted(let count)? = plan.step.unwrapped.size else { return "0" }
        return count.absent.first.map { "\($0)" } ?? "0"
    }

    /// Writes the statements that store the number of `type` that says the size of the value in the variable `common`.
    ///
    /// The number must be the one that is there already. A field that is missing has no number.
    ///
    /// - Parameters:
    ///   - isFirst: Whether the variable has no number yet.
    ///   - condition: The expression that tells whether the field is there, if it depends on other fields.
    func renderCount(
        in common: String,
        _ type: IntegerType,
        isFirst: Bool,
        if condition: String?,
        into writer: inout SourceWriter
    ) {
        guard case .counted(let count)? = plan.step.unwrapped.size else { return }
        func renderNumber(_ number: String, into writer: inout SourceWriter) {
            writer.line("let number: \(type.swiftName) = \(number)")
            if !isFirst {
                writer.block("guard \(common) ?? number == number else") { writer in
                    writer.line("throw PayloadError(.inconsistent, field: \(Literal.string(plan.label)))")
                }
            }
            writer.line("\(common) = number")
        }
        let size = sizeExpression(of: plan.isOptional ? "value" : writtenValue)
        let isThere = size == nil ? "\(writtenValue) != nil" : "let value = \(writtenValue)"
        writer.line(plan.isOptional ? "if \(isThere) {" : "do {")
        writer.indented { renderNumber(step.number(of: size ?? "\(encodedBytes).count", count, type), into: &$0) }
        if plan.isOptional, let absent = count.absent.first {
            writer.line(condition.map { "} else if \($0) {" } ?? "} else {")
            writer.indented { renderNumber("\(absent)", into: &$0) }
        }
        writer.line("}")
    }

    // MARK: Bounds

    /// Whether the field has bounds.
    var hasBounds: Bool { plan.bounds != nil }

    /// Writes the statement that checks the bounds of the field.
    func renderBoundsCheck(into writer: inout SourceWriter) {
        let failure = "throw PayloadError(.outOfBounds, field: \(Literal.string(plan.label)))"
        guard plan.isOptional else {
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
            case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits,
                .structure, .union, .sized:
                value
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
