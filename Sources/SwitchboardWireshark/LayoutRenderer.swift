internal import SwitchboardSpec

/// Renders the statements that read the fields of a message, a struct, a case or a header.
struct LayoutRenderer {
    /// What a field is for, beyond its value.
    enum Use {
        /// A value that nothing else needs.
        case value
        /// A value that goes into the variable, such as `size` or `h.length`.
        case variable(String)
        /// A statement in place of the value.
        case statement(String)
    }

    private let layout: Layout
    /// The prefix of the keys: `echo.` in `echo.data`; empty in a header.
    private let prefix: String
    /// Whether the layout is a message, whose fields are in the summary.
    private let isMessage: Bool
    /// Returns what the field at an index is for.
    private let use: (Int) -> Use?
    /// The statements before the field at an index.
    private let before: [Int: String]
    /// The names that fields refer to.
    private let referenced: Set<String>

    private var lines: [String] = []
    /// The number of values in the summary.
    private var said = 0

    /// The most values of a message in the summary of a frame.
    private static let maximumSaid = 3

    init(
        _ layout: Layout,
        prefix: String,
        isMessage: Bool = false,
        before: [Int: String] = [:],
        use: @escaping (Int) -> Use? = { _ in nil }
    ) {
        self.layout = layout
        self.prefix = prefix
        self.isMessage = isMessage
        self.before = before
        self.use = use
        referenced = layout.fields.reduce(into: []) { names, field in names.formUnion(field.references.map(\.field)) }
    }

    /// Returns the statements.
    mutating func render(_ out: inout Collected) -> String {
        let covering = layout.fields.filter { $0.coverage != nil }
        if layout.fields.contains(where: { $0.alignment != nil }) || covering.contains(where: \.countsAllFields) {
            lines.append("local start = r.at")
        }
        if !covering.isEmpty { lines.append("local outer") }
        var index = 0
        for item in layout.items {
            if let statement = before[index] { lines.append(statement) }
            switch item {
            case .field(let field): render(field, index, &out)
            case .bits(let group): render(group, index, &out)
            }
            index += item.fields.count
        }
        if let statement = before[index] { lines.append(statement) }
        if let last = covering.last { lines.append("r:widen(\(Lua.literal(prefix + Lua.name(last.name))), outer)") }
        return lines.joined(separator: "\n")
    }

    // MARK: Fields

    private mutating func render(_ field: FieldPlan, _ index: Int, _ out: inout Collected) {
        let use = use(index) ?? (isReferenced(field) ? .variable(variable(field)) : .value)
        let key = prefix + Lua.name(field.field.isReserved ? "reserved" : field.name)
        var body: [String] = []
        if let alignment = field.alignment { body.append("r:align(\(Lua.literal(key)), \(alignment), start)") }
        if case .statement(let statement) = use {
            body.append(statement)
        } else {
            let renderer = ValueRenderer(field: field, key: key, reference: reference)
            var value = checked(renderer.source(field.step, &out), field, key, &out)
            if field.bytesBehind > 0 {
                value =
                    "r:within(\(Lua.literal(key)), r:rest() - \(field.bytesBehind), \(luaFunction("", "return " + value)))"
            }
            if field.field.isSecret {
                let hidden = out.fields.add(key + (value.contains("\"\(key)\"") ? ".secret" : ""), "none", field.name)
                value = "r:secret(\(Lua.literal(hidden)), \(luaFunction("", "return " + value)))"
            }
            body.append(statement(for: summarized(value, field, &out), use, field))
        }
        if field.coverage != nil { body.append("outer = r:narrow(\(Lua.literal(key)), \(covered(field)))") }
        append(body.joined(separator: "\n"), field, use, defaultKey: key)
    }

    private mutating func render(_ group: BitGroup, _ first: Int, _ out: inout Collected) {
        let isFixed = group.bytes <= 4 && (group.condition != nil || group.fields.allSatisfy { $0.condition == nil })
        let label = Lua.literal(prefix + Lua.name(group.fields.first { !$0.field.isReserved }?.name ?? "reserved"))
        let isLow = group.order == .low
        var body = ["r:group(\(label), \(group.bytes)\(isLow ? ", true" : ""))"]
        var outer: [String] = []
        var used = 0
        for (offset, field) in group.fields.enumerated() {
            let width = field.step.bitWidth ?? 0
            let shift = isLow ? used : 8 * group.bytes - used - width
            used += width
            let use = use(first + offset) ?? (isReferenced(field) ? .variable(variable(field)) : .value)
            let key =
                prefix + Lua.name(field.field.isReserved ? "reserved" : field.field.caseTag == nil ? field.name : "tag")
            let value = bits(field, key, width, mask: isFixed ? shift : nil, bytes: group.bytes, &out)
            let line = statement(for: summarized(checked(value, field, key, &out), field, &out), use, field)
            if case .variable(let name) = use, !name.contains("."), group.condition != nil || field.condition != nil {
                outer.append("local \(name)")
            }
            if group.condition == nil, let condition = field.condition {
                body.append("if \(source(ofCondition: condition)) then\n\(line.withoutLocal.indented)\nend")
            } else {
                body.append(group.condition == nil ? line : line.withoutLocal)
            }
        }
        lines += outer
        let text = body.joined(separator: "\n")
        lines.append(group.condition.map { "if \(source(ofCondition: $0)) then\n\(text.indented)\nend" } ?? text)
    }

    /// Returns the expression for a field of a few bits.
    ///
    /// - Parameter mask: The position of the lowest bit in the bytes of the group; `nil` if it differs from frame to frame.
    private func bits(_ field: FieldPlan, _ key: String, _ width: Int, mask: Int?, bytes: Int, _ out: inout Collected)
        -> String
    {
        let renderer = ValueRenderer(field: field, key: key, reference: reference)
        let text = mask.map { "0x" + String((UInt64.max >> UInt64(64 - width)) << UInt64($0), radix: 16) }
        func number(_ type: IntegerType, _ names: String = "nil", base: String = "base.DEC") -> String {
            let unit = field.field.measure?.scale == nil ? field.field.measure?.unit : nil
            var display = [base, names]
            if let unit, names == "nil" { display = ["base.UNIT_STRING", "{ \(Lua.literal(" " + unit)) }"] }
            // A number with a sign has no mask, because its value is given.
            let mask = type.isSigned ? nil : text
            let size = mask == nil ? (width + 7) / 8 : bytes
            let constructor = ValueRenderer.constructor(bytes: size, isSigned: type.isSigned)
            let key = out.fields.add(key, constructor, field.name, display + [mask ?? "nil"] + renderer.documentation)
            let function = type.isSigned ? "signed_bits" : mask == nil ? "bits_value" : "bits"
            var source = "r:\(function)(\(Lua.literal(key)), \(width))"
            if let time = field.field.measure?.time {
                source = "r:moment(\(source), \(time.units), \(time.epochSeconds))"
            }
            if let scale = field.field.measure?.scale {
                let unit = Lua.literal(field.field.measure?.unit.map { " " + $0 } ?? "")
                source = "r:measure(\(source), \(scale), \(unit))"
            }
            return source
        }
        switch field.step {
        case .integer(let type, _): return number(type)
        case .enumeration(let type, _):
            let names = renderer.names(of: type, &out)
            let source = number(type.type, names)
            return type.isClosed ? "r:known(\(Lua.literal(key)), \(source), \(names))" : source
        case .flags(let type, _):
            let source = number(type.type, base: "base.HEX")
            return renderer.flags(type, source, width: width, shift: mask, of: bytes, &out)
        case .bit:
            let display = text == nil ? ["base.NONE", "nil", "nil"] : ["\(8 * bytes)", "nil", text ?? "nil"]
            let key = out.fields.add(key, "bool", field.name, display + renderer.documentation)
            return "r:\(text == nil ? "bit_value" : "bit")(\(Lua.literal(key)))"
        case .reservedBits: return number(.uint64)
        // Only fields of a few bits are in a group.
        case .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized: return ""
        }
    }

    // MARK: Statements

    /// Appends `body` under the condition of the field.
    private mutating func append(_ body: String, _ field: FieldPlan, _ use: Use, defaultKey key: String) {
        func declareVariable() {
            if case .variable(let name) = use, !name.contains(".") { lines.append("local \(name)") }
        }
        switch field.presence {
        case .always: lines.append(body)
        case .unlessEnded(let value):
            declareVariable()
            let missing = self.default(value, field).map { "\nelse\n  r:default(\(Lua.literal(key)), \($0))" } ?? ""
            lines.append("if r:rest() > 0 then\n\(body.withoutLocal.indented)\(missing)\nend")
        case .when(let condition):
            declareVariable()
            lines.append("if \(source(ofCondition: condition)) then\n\(body.withoutLocal.indented)\nend")
        }
    }

    private func statement(for value: String, _ use: Use, _ field: FieldPlan) -> String {
        guard case .variable(let name) = use else { return value }
        return name.contains(".") ? "\(name) = \(value)" : "local \(name) = \(value)"
    }

    /// Returns the number of bytes behind a field with `covers` that it counts.
    private func covered(_ field: FieldPlan) -> String {
        let value = variable(field)
        return switch field.coverage {
        case .all: "\(value) - (r.at - start)"
        case .lengthAndRest: "\(value) - \(field.step.fixedSize ?? 0)"
        case .rest, nil: value
        }
    }

    /// Returns the default of a field in Lua, if Wireshark can show it.
    private func `default`(_ value: Value, _ field: FieldPlan) -> String? {
        guard !field.field.isSecret, value != .nothing else { return nil }
        return switch field.step {
        case .integer(let type, _) where type.bitWidth <= 32 && field.field.measure?.time == nil: "\(value.number)"
        case .enumeration(let type, _) where type.type.bitWidth <= 32: "\(value.number)"
        case .boolean: value.number.magnitude == 1 ? "true" : "false"
        case .text: Lua.literal(value.content)
        case .float(let type, _) where FloatBits.number(value.bits, type).isFinite:
            "\(FloatBits.number(value.bits, type))"
        default: nil
        }
    }

    // MARK: Tests

    /// Returns `value` with the tests of its constant and its bounds.
    private func checked(_ value: String, _ field: FieldPlan, _ key: String, _ out: inout Collected) -> String {
        var value = value
        if let constant = field.constant {
            value = "r:equals(\(Lua.literal(key)), \(value), \(literal(constant, field, &out)))"
        }
        if let bounds = field.bounds {
            let limits = [bounds.low, bounds.high].map { limit in
                limit.map { number($0, field.step.unwrapped, field, &out) } ?? "nil"
            }
            value = "r:between(\(Lua.literal(key)), \(value), \(limits.joined(separator: ", ")))"
        }
        return value
    }

    private func literal(_ value: Value, _ field: FieldPlan, _ out: inout Collected) -> String {
        switch field.step {
        case .boolean, .bit: value.number.magnitude == 1 ? "true" : "false"
        case .text, .bytes: Lua.literal(value.content)
        default: number(value, field.step, field, &out)
        }
    }

    private func number(_ value: Value, _ step: Step, _ field: FieldPlan, _ out: inout Collected) -> String {
        if case .float(let type, _) = step {
            let number = FloatBits.number(value.bits, type)
            return number.isInfinite ? (number < 0 ? "-math.huge" : "math.huge") : "\(number)"
        }
        // The bounds of 64 bits exclude nothing that a number with fewer digits would not exclude.
        if value.number.magnitude > Lua.largestNumber, !Self.isExtreme(value.number) {
            out.refusals.refuse(number: value.number, at: field.field.name.place, "`\(field.label)`")
        }
        return "\(value.number)"
    }

    private static func isExtreme(_ number: SpecInteger) -> Bool {
        number.magnitude == .max || number.magnitude == UInt64(Int64.max) || number.magnitude == Int64.min.magnitude
    }

    /// Returns the condition in Lua.
    func source(ofCondition condition: Condition) -> String {
        condition.terms.map { term in
            let name = reference(term.reference.field)
            let value = term.reference.bit.map { "has_bit(\(name), \($0.position.value))" } ?? name
            let isBoolean =
                switch term.step {
                case .bit, .boolean: true;
                default: false
                }
            func literal(_ value: Value) -> String {
                isBoolean ? (value.number.magnitude == 1 ? "true" : "false") : "\(value.number)"
            }
            switch term.test {
            case .isSet: return value
            case .oneOf(let values):
                let tests = values.map { "\(value) == \(literal($0))" }
                return tests.count == 1 || condition.terms.count == 1
                    ? tests.joined(separator: " or ") : "(\(tests.joined(separator: " or ")))"
            case .noneOf(let values): return values.map { "\(value) ~= \(literal($0))" }.joined(separator: " and ")
            case .range(let bounds):
                let low = bounds.low.map { ["\(value) >= \($0.number)"] } ?? []
                let high = bounds.high.map { ["\(value) <= \($0.number)"] } ?? []
                let isMissing = layout[term.reference.field]?.isOptional == true
                return ((isMissing ? [value] : []) + low + high).joined(separator: " and ")
            }
        }.joined(separator: " and ")
    }

    // MARK: Names

    private func isReferenced(_ field: FieldPlan) -> Bool { referenced.contains(field.name) || field.coverage != nil }

    /// Returns the variable of a field that others refer to.
    private func variable(_ field: FieldPlan) -> String { reference(field.name) }

    /// Returns the variable of a field.
    private func reference(_ field: String) -> String {
        let header = "header."
        if field.hasPrefix(header) { return Lua.header(Lua.name(String(field.dropFirst(header.count)))) }
        if let index = layout.fields.firstIndex(where: { $0.name == field }),
            case .variable(let name)? = use(index)
        {
            return name
        }
        let name = Lua.name(field)
        return Self.taken.contains(name) || Lua.keywords.contains(name) ? name + "_" : name
    }

    /// The names that the dissector itself uses.
    private static let taken: Set<String> = [
        "bit", "cases", "conversations", "experts", "fields", "forms", "h", "math", "messages", "names", "number",
        "outer", "proto", "r",
        "records", "size", "start", "string", "table", "type", "types", "visit",
    ]

    // MARK: The summary

    /// Returns `value`, which is added to the summary if it is one of the first short values of a message.
    private mutating func summarized(_ value: String, _ field: FieldPlan, _ out: inout Collected) -> String {
        guard isMessage, said < Self.maximumSaid, field.derivation == nil, field.constant == nil, !field.field.isSecret,
            !field.field.isReserved
        else { return value }
        let name = Lua.literal(Lua.name(field.name))
        switch field.step {
        case .integer, .float, .boolean, .bit, .text, .bytes:
            said += 1
            return "r:say(\(name), \(value))"
        case .enumeration(let type, _):
            said += 1
            return "r:say_name(\(name), \(value), \(Lua.member("names", type.name.value)))"
        case .flags, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized: return value
        }
    }
}

extension String {
    /// The statement as an assignment to a variable that was declared before.
    fileprivate var withoutLocal: String {
        hasPrefix("local ") && contains(" = ") ? String(dropFirst("local ".count)) : self
    }
}

extension FieldPlan {
    /// The fields that this one refers to.
    var references: [Reference] {
        let terms = condition?.terms.map(\.reference) ?? []
        return terms + step.references
    }

    /// The condition that `when` states; `nil` for a field without.
    var condition: Condition? {
        if case .when(let condition) = presence { condition } else { nil }
    }

    fileprivate var countsAllFields: Bool { coverage == .all }
}

extension Step {
    /// The earlier fields that have sizes and tags of the value.
    fileprivate var references: [Reference] {
        switch self {
        case .text(let size, _), .bytes(let size, _): size.references
        case .list(let step, let size), .sized(let step, let size): size.references + step.references
        case .optional(let step, _): step.references
        case .union(_, let tag): [tag].compactMap(\.self)
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .reserved, .reservedBits, .structure: []
        }
    }
}

extension Size {
    fileprivate var references: [Reference] {
        if case .counted(let count) = self, case .field(let reference) = count.source { [reference] } else { [] }
    }
}
