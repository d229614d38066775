internal import SwitchboardSpec

/// Where the values of a layout's fields are in a function of C: in the struct of the caller, or in variables.
struct FieldPlaces {
    private let codec: Codec
    private let layout: Layout
    /// What precedes the name of a member: `value->`.
    private let base: String
    /// Other expressions, by the names of fields.
    private var others: [String: String] = [:]
    /// Other expressions that say whether fields have values, by the names of the fields.
    private var otherPresences: [String: String] = [:]
    /// The names of fields whose values are in variables although a message has them.
    private var locals: Set<String> = []
    /// The names of the fields to which other fields refer.
    private let referenced: Set<String>

    init(_ codec: Codec, _ layout: Layout, base: String) {
        self.codec = codec
        self.layout = layout
        self.base = base
        referenced = layout.referencedNames
    }

    /// Has `expression` stand for the field `name`.
    mutating func replace(_ name: String, by expression: String) { others[name] = expression }

    /// Has `expression` say whether the field `name` has a value.
    mutating func replacePresence(_ name: String, by expression: String) { otherPresences[name] = expression }

    /// Puts the value of the field `name` into a variable.
    mutating func makeLocal(_ name: String) { locals.insert(name) }

    /// Whether the value of `field` is in the struct of the caller.
    func isMember(_ field: FieldPlan) -> Bool { field.field.isVariable && !locals.contains(field.name) }

    /// Whether another field refers to `field`.
    func isReferenced(_ field: FieldPlan) -> Bool { referenced.contains(field.name) }

    /// The fields of the layout after `field`.
    func fieldsAfter(_ field: FieldPlan) -> [FieldPlan] {
        Array(layout.fields.drop { $0.name != field.name }.dropFirst())
    }

    /// The expression with the value of `field`.
    func value(_ field: FieldPlan) -> String {
        others[field.name]
            ?? (isMember(field) ? base + codec.names.member(field.name) : codec.names.variable(field.name))
    }

    /// The expression that says whether `field` has a value; `nil` if it always has one.
    func presence(_ field: FieldPlan) -> String? {
        guard field.isOptional, !field.field.isReserved else { return nil }
        if let other = otherPresences[field.name] { return other }
        let name = codec.presenceName(field, among: layout.fields.filter(isMember))
        if isMember(field) { return base + name }
        return isReferenced(field) || locals.contains(field.name) ? name : nil
    }

    /// The expression with the value of an earlier field or of a field of the frame's header.
    func value(_ reference: Reference) -> String {
        guard !reference.isToHeader || others[reference.field] != nil else { return Self.headerName(reference.field) }
        guard let field = layout[reference.field] else { return "0" }
        return value(field)
    }

    /// Whether an earlier field is a number that can be below 0.
    func isSigned(_ reference: Reference) -> Bool { layout[reference.field]?.step.integerType?.isSigned == true }

    /// The name of the parameter with the value of a field of the frame's header: `header.count` becomes `header_count`.
    static func headerName(_ name: String) -> String { CNames.snake(name) }

    /// Returns the condition in C.
    ///
    /// - Parameter isWriting: Whether it stands in code that encodes, where derived fields always have values.
    func expression(_ condition: Condition, isWriting: Bool = false) -> String {
        condition.terms.map { term($0, isWriting: isWriting) }.joined(separator: " && ")
    }

    private func term(_ term: Condition.Term, isWriting: Bool) -> String {
        let field = layout[term.reference.field]
        let isDerived = field.map { !$0.field.isVariable && !locals.contains($0.name) } ?? false
        let has = field.flatMap { isWriting && isDerived ? nil : presence($0) }
        let whole = value(term.reference)
        let value = term.reference.bit.map { "(\(whole) >> \($0.position.value) & 1)" } ?? whole
        func with(_ test: String, isOne: Bool = true) -> String {
            guard let has else { return isOne ? test : "(\(test))" }
            return "\(has) && \(isOne ? test : "(\(test))")"
        }
        switch term.test {
        case .isSet: return with(isBoolean(term) ? value : "\(value) != 0")
        case .oneOf(let values):
            let tests = values.map { "\(value) == \(codec.literal($0.number))" }
            return with(tests.joined(separator: " || "), isOne: tests.count == 1)
        case .noneOf(let values):
            let tests = values.map { "\(value) != \(codec.literal($0.number))" }.joined(separator: " && ")
            return has.map { "(!\($0) || \(values.count == 1 ? tests : "(\(tests))"))" } ?? tests
        case .range(let bounds):
            let tests = codec.tests(value, bounds, term.step)
            guard !tests.isEmpty else { return has ?? "true" }
            return with(tests.joined(separator: " && "))
        }
    }

    private func isBoolean(_ term: Condition.Term) -> Bool {
        guard term.reference.bit == nil else { return false }
        switch term.step {
        case .boolean, .bit: return !term.reference.isToHeader
        default: return false
        }
    }
}

extension Codec {
    /// Returns the name of the member or variable that says whether `field` of `fields` has a value.
    func presenceName(_ field: FieldPlan, among fields: [FieldPlan]) -> String {
        let name = "has_\(CNames.snake(field.name))"
        return fields.contains { CNames.snake($0.name) == name } ? name + "_value" : name
    }

    /// Returns the comparisons of a number with its bounds, without those that hold for every number of its type.
    func tests(_ value: String, _ bounds: Bounds, _ step: Step) -> [String] {
        switch step.unwrapped {
        case .float(let type, _):
            let low = bounds.low.map { "\(value) >= \(floatLiteral($0.bits, type))" }
            let high = bounds.high.map { "\(value) <= \(floatLiteral($0.bits, type))" }
            return [low, high].compactMap(\.self)
        default:
            let type = step.unwrapped.integerType ?? .uint64
            let lowest =
                type.isSigned
                ? SpecInteger(bits: UInt64(1) << UInt64(type.storageWidth - 1), of: storage(type))
                : SpecInteger(magnitude: 0)
            let highest = storage(type).largest
            let low = bounds.low?.number
            let high = bounds.high?.number
            return [
                low.flatMap { $0 > lowest ? "\(value) >= \(literal($0))" : nil },
                high.flatMap { $0.isNegative || $0.magnitude < highest ? "\(value) <= \(literal($0))" : nil },
            ].compactMap(\.self)
        }
    }

    /// The type that stores `type`.
    private func storage(_ type: IntegerType) -> IntegerType {
        IntegerType(rawValue: "\(type.isSigned ? "int" : "uint")\(type.storageWidth)") ?? .uint64
    }

    /// Returns a floating-point number as a literal of C.
    func floatLiteral(_ bits: UInt64, _ type: FloatType) -> String {
        let number = FloatBits.number(bits, type)
        if number.isNaN { return "NAN" }
        if number.isInfinite { return number < 0 ? "-INFINITY" : "INFINITY" }
        return type == .float32 ? "\(Float(number))f" : "\(number)"
    }
}

extension Layout {
    /// The names of the fields that conditions test.
    var testedNames: Set<String> {
        fields.reduce(into: []) { names, field in
            guard case .when(let condition) = field.presence else { return }
            names.formUnion(condition.terms.map(\.reference.field))
        }
    }

    /// The names of the fields to which fields of the layout refer.
    var referencedNames: Set<String> {
        fields.reduce(into: testedNames) { $0.formUnion($1.step.references) }
    }
}

extension Step {
    /// The names of the earlier fields that say where the value ends, or which case it has.
    var references: [String] {
        let own: [String] =
            size.flatMap { size in
                guard case .counted(let count) = size, case .field(let reference) = count.source else { return nil }
                return [reference.field]
            } ?? []
        switch self {
        case .list(let step, _), .optional(let step, _), .sized(let step, _): return own + step.references
        case .union(_, let tag): return tag.map { [$0.field] } ?? []
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .reserved, .reservedBits,
            .structure:
            return own
        }
    }
}
