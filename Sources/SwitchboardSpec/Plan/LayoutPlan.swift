/// What a value is on the wire.
///
/// The type of a field is lowered to a step once: its names are resolved, and its byte order is known. Every output (the
/// generated Swift, the interpreter, vectors, test suites, random values) switches over the steps without a `default`, so
/// that the compiler lists the places which a new step must be added to.
package indirect enum Step: Sendable {
    /// A whole number.
    case integer(IntegerType, ByteOrder)
    /// A number with a fraction.
    case float(FloatType, ByteOrder)
    /// One byte, 0 or 1.
    case boolean
    /// The number of a case.
    case enumeration(EnumSpec, ByteOrder)
    /// The number that has the bits.
    case flags(FlagsSpec, ByteOrder)
    /// UTF-8.
    case text(Size)
    /// Any bytes.
    case bytes(Size)
    /// Values of one step, one after another.
    case list(Step, Size)
    /// A byte that says whether there is a value, then the value.
    case optional(Step)
    /// As many bytes as this, zero when they are written and ignored when they are read.
    case reserved(Int)
    /// The fields of a struct.
    case structure(StructSpec)
    /// The tag of a union's case, then the fields of that case.
    case union(UnionSpec)
}

/// How many bytes a text has, or how many elements a list.
package enum Size: Hashable, Sendable {
    /// All that are left of the payload.
    case toEnd
    /// As many as a number says that travels before them, and is derived from the value.
    case counted(IntegerType, ByteOrder)
    /// Always this many.
    case fixed(Int)
}

extension Step {
    /// The step without a question mark.
    package var unwrapped: Step {
        if case .optional(let step) = self { step } else { self }
    }

    /// Whether a value may be left out.
    package var isOptional: Bool {
        if case .optional = self { true } else { false }
    }

    /// The size of a text, of bytes or of a list; `nil` for everything else.
    package var size: Size? {
        switch self {
        case .text(let size), .bytes(let size), .list(_, let size): size
        case .integer, .float, .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: nil
        }
    }

    /// The size of every value, in bytes; `nil` when it depends on the value.
    ///
    /// A struct reads itself, and has none.
    package var fixedSize: Int? {
        switch self {
        case .integer(let type, _): type.size
        case .float(let type, _): type.size
        case .boolean: 1
        case .enumeration(let type, _): type.type.size
        case .flags(let type, _): type.type.size
        case .text(.fixed(let count)), .bytes(.fixed(let count)), .reserved(let count): count
        case .text, .bytes, .list, .optional, .structure, .union: nil
        }
    }

    /// What the bounds of a value are: numbers of its own type, or of bytes or elements; `nil` when it has none.
    package var bound: Step? {
        switch unwrapped {
        case .integer, .float: unwrapped
        case .text, .bytes, .list: .integer(.uint32, .big)
        case .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: nil
        }
    }
}

/// The lowest and the highest value that a field may have, or the fewest and the most bytes or elements.
package struct Bounds: Sendable {
    /// `min`.
    package let low: Value?
    /// `max`.
    package let high: Value?

    /// Whether a value of `step` lies within the bounds; what is not there does.
    func contain(_ value: Value, of step: Step) -> Bool {
        if value == .nothing { return true }
        return switch step.unwrapped {
        case .integer: contain(value.number)
        case .float(let type, _): contain(FloatBits.number(value.bits, type), type)
        case .text, .bytes: contain(SpecInteger(magnitude: UInt64(clamping: value.content.count)))
        case .list: contain(SpecInteger(magnitude: UInt64(clamping: value.elements.count)))
        case .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: true
        }
    }

    private func contain(_ number: SpecInteger) -> Bool {
        low.map { number >= $0.number } ?? true && high.map { number <= $0.number } ?? true
    }

    private func contain(_ number: Double, _ type: FloatType) -> Bool {
        low.map { number >= FloatBits.number($0.bits, type) } ?? true
            && high.map { number <= FloatBits.number($0.bits, type) } ?? true
    }
}

/// A field with everything that an output needs to know of it.
package struct FieldPlan: Sendable {
    /// When a payload has the field.
    package enum Presence: Sendable {
        /// Always.
        case always
        /// Unless the payload ends before it, as that of an older peer does: then the field has this value.
        case unlessEnded(Value)
    }

    /// The field as the spec has it.
    package let field: FieldSpec
    /// What errors call it: `name`, `Struct.name` or `Union.case.name`.
    package let label: String
    /// What its value is on the wire.
    package let step: Step
    /// When a payload has it.
    package let presence: Presence
    /// `equals`: the only value that it may have.
    package let constant: Value?
    /// `min` and `max`, if it has one of them.
    package let bounds: Bounds?
    /// The value that it has when nothing is said of it.
    package let defaultValue: Value?

    /// `name`.
    package var name: String { field.name.value }

    func isWithinBounds(_ value: Value) -> Bool { bounds?.contain(value, of: step) ?? true }
}

/// Fields in a row that are read in one go.
package enum FieldGroup: Sendable {
    /// Fields whose sizes do not depend on their values: one check of the payload's length is enough for all of them.
    case fixedSize([FieldPlan], bytes: Int)
    /// A field that is read for itself.
    case single(FieldPlan)
}

/// The fields of a message, of a struct, of a union's case or of a header, in wire order.
package struct Layout: Sendable {
    /// The fields.
    package let fields: [FieldPlan]

    /// The fields as the spec has them.
    var specs: [FieldSpec] { fields.map(\.field) }

    /// The same fields, as a message or a struct reads them.
    package var groups: [FieldGroup] {
        var groups: [FieldGroup] = []
        var neighbours: [FieldPlan] = []
        var bytes = 0
        func endGroup() {
            if neighbours.count == 1 { groups.append(.single(neighbours[0])) }
            if neighbours.count > 1 { groups.append(.fixedSize(neighbours, bytes: bytes)) }
            (neighbours, bytes) = ([], 0)
        }
        for field in fields {
            if case .always = field.presence, let size = field.step.fixedSize {
                neighbours.append(field)
                bytes += size
            } else {
                endGroup()
                groups.append(.single(field))
            }
        }
        endGroup()
        return groups
    }
}

/// The layouts of a spec: what every output walks.
package struct LayoutPlan: Sendable {
    /// The types that fields may have.
    package let table: TypeTable
    private var structs: [String: Layout] = [:]
    private var unions: [String: [Layout]] = [:]

    /// The plan of `types`: the types of `table` in which the checker has found no mistake.
    init(_ table: TypeTable, _ types: [TypeSpec]) {
        self.table = table
        for type in types {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type): structs[type.name.value] = layout(of: type)
            case .union(let type): unions[type.name.value] = layouts(of: type)
            }
        }
    }

    /// The byte order of every number that does not say its own.
    package var byteOrder: ByteOrder { table.byteOrder }

    /// The layout of a struct.
    package func layout(of type: StructSpec) -> Layout {
        structs[type.name.value] ?? layout(of: type.fields, owner: type.name.value + ".")
    }

    /// The layouts of the cases of a union, in order.
    package func layouts(of type: UnionSpec) -> [Layout] {
        unions[type.name.value]
            ?? type.cases.map { layout(of: $0.fields, owner: "\(type.name.value).\($0.name.value).") }
    }

    /// The layout of `fields`, whose types the checker has found no mistake in.
    ///
    /// - Parameter owner: What stands before the names of the fields in errors; nothing for the fields of a message.
    package func layout(of fields: [FieldSpec], owner: String = "") -> Layout {
        Layout(fields: fields.map { plan(for: $0, owner) })
    }

    private func plan(for field: FieldSpec, _ owner: String) -> FieldPlan {
        let step = table.step(of: field)
        let constant = field.constant.flatMap { table.value($0, of: step) }
        let standard = field.defaultValue.flatMap { table.value($0, of: step) }
        let defaultValue = standard ?? (field.mayBeNothing ? .nothing : constant)
        return FieldPlan(
            field: field,
            label: owner + field.name.value,
            step: step,
            presence: field.since == nil ? .always : .unlessEnded(defaultValue ?? .nothing),
            constant: constant,
            bounds: table.bounds(of: field),
            defaultValue: defaultValue
        )
    }
}
