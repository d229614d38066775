/// The form of a value on the wire.
///
/// The type of each field is lowered to a step once: type names are resolved, and the byte order is known. All outputs
/// switch over the steps without a `default`: generated Swift, interpreter, vectors, test suites and random values.
/// Therefore the compiler lists all places that must handle a new step.
package indirect enum Step: Sendable {
    /// An integer.
    case integer(IntegerType, ByteOrder)
    /// A floating-point number.
    case float(FloatType, ByteOrder)
    /// One byte, 0 or 1.
    case boolean
    /// The number of a case of an enum.
    case enumeration(EnumSpec, ByteOrder)
    /// The number with the bits of flags.
    case flags(FlagsSpec, ByteOrder)
    /// Text in UTF-8.
    case text(Size)
    /// Bytes.
    case bytes(Size)
    /// Consecutive values of one step.
    case list(Step, Size)
    /// One byte, 1 if a value follows and 0 otherwise, then the value.
    case optional(Step)
    /// This number of reserved bytes: written as zeros, and skipped when read.
    case reserved(Int)
    /// The fields of a struct.
    case structure(StructSpec)
    /// The tag of a union's case, then the fields of that case.
    case union(UnionSpec)
}

/// The length of a text or of bytes, in bytes, or of a list, in elements.
package enum Size: Hashable, Sendable {
    /// All that is left of the payload.
    case toEnd
    /// A number that precedes the bytes or elements, and that follows from the value.
    case counted(IntegerType, ByteOrder)
    /// A fixed length.
    case fixed(Int)
}

extension Step {
    /// The step without `optional`.
    package var unwrapped: Step {
        if case .optional(let step) = self { step } else { self }
    }

    /// Whether the value is optional.
    package var isOptional: Bool {
        if case .optional = self { true } else { false }
    }

    /// The size of a text, of bytes or of a list; `nil` for other steps.
    package var size: Size? {
        switch self {
        case .text(let size), .bytes(let size), .list(_, let size): size
        case .integer, .float, .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: nil
        }
    }

    /// The size of every value, in bytes; `nil` when it depends on the value.
    ///
    /// It is `nil` for a struct, because a struct has its own code to read its fields.
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

    /// The step of the bounds of a value: the value itself, or the number of bytes or elements; `nil` if it can have no
    /// bounds.
    package var bound: Step? {
        switch unwrapped {
        case .integer, .float: unwrapped
        case .text, .bytes, .list: .integer(.uint32, .big)
        case .boolean, .enumeration, .flags, .optional, .reserved, .structure, .union: nil
        }
    }
}

/// The lowest and the highest value of a field, or its lowest and highest number of bytes or elements.
package struct Bounds: Sendable {
    /// `min`.
    package let low: Value?
    /// `max`.
    package let high: Value?

    /// Returns whether a value of `step` is within the bounds; a missing value is.
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

/// A field with everything that outputs need.
package struct FieldPlan: Sendable {
    /// The payloads that have the field.
    package enum Presence: Sendable {
        /// All payloads.
        case always
        /// All payloads that do not end before the field. Payloads of older peers do, and the field then has this
        /// value.
        case unlessEnded(Value)
    }

    /// The field in the spec.
    package let field: FieldSpec
    /// The name of the field in errors: `name`, `Struct.name` or `Union.case.name`.
    package let label: String
    /// The form of the value on the wire.
    package let step: Step
    /// The payloads that have the field.
    package let presence: Presence
    /// `equals`: the only allowed value.
    package let constant: Value?
    /// `min` and `max`; `nil` if the field has neither.
    package let bounds: Bounds?
    /// The value of the field if none is given; `nil` if a value is required.
    package let defaultValue: Value?

    /// `name`.
    package var name: String { field.name.value }

    func isWithinBounds(_ value: Value) -> Bool { bounds?.contain(value, of: step) ?? true }
}

/// Consecutive fields that are read together.
package enum FieldGroup: Sendable {
    /// Fields whose sizes do not depend on their values, so that one check of the length is enough for all of them.
    case fixedSize([FieldPlan], bytes: Int)
    /// A field that is read alone.
    case single(FieldPlan)
}

/// The fields of a message, a struct, a case of a union or a header, in wire order.
package struct Layout: Sendable {
    /// The fields.
    package let fields: [FieldPlan]

    /// The fields in the spec.
    var specs: [FieldSpec] { fields.map(\.field) }

    /// The fields in the groups in which generated code reads them.
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

/// The layouts of a spec, which every output walks.
package struct LayoutPlan: Sendable {
    /// The types of the spec and of all imported specs.
    package let table: TypeTable
    private var structs: [String: Layout] = [:]
    private var unions: [String: [Layout]] = [:]

    /// The plan of `types`: the types of `table` in which the checker found no mistake.
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

    /// The default byte order of numbers.
    package var byteOrder: ByteOrder { table.byteOrder }

    /// Returns the layout of a struct.
    package func layout(of type: StructSpec) -> Layout {
        structs[type.name.value] ?? layout(of: type.fields, owner: type.name.value + ".")
    }

    /// Returns the layouts of the cases of a union, in order.
    package func layouts(of type: UnionSpec) -> [Layout] {
        unions[type.name.value]
            ?? type.cases.map { layout(of: $0.fields, owner: "\(type.name.value).\($0.name.value).") }
    }

    /// Returns the layout of `fields`, in whose types the checker found no mistake.
    ///
    /// - Parameter owner: The prefix of the names of the fields in errors; empty for the fields of a message.
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

/// The types of a spec and of all imported specs, by name; lowers the types of fields to steps, and computes their
/// sizes.
package struct TypeTable: Sendable {
    private let types: [String: TypeSpec]
    /// The default byte order of numbers.
    package let byteOrder: ByteOrder

    init(_ types: some Sequence<TypeSpec>, _ byteOrder: ByteOrder) {
        self.types = Dictionary(types.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        self.byteOrder = byteOrder
    }

    /// The type called `name`.
    package subscript(name: String) -> TypeSpec? { types[name] }

    // MARK: Lowering

    /// Returns the form of the value of `field` on the wire.
    package func step(of field: FieldSpec) -> Step { step(of: field.type.value, field.byteOrder ?? byteOrder) }

    private func step(of type: FieldType, _ order: ByteOrder) -> Step {
        switch type {
        case .integer(let type): .integer(type, order)
        case .float(let type): .float(type, order)
        case .boolean: .boolean
        case .string(let extent): .text(size(of: extent, order))
        case .bytes(let extent): .bytes(size(of: extent, order))
        case .array(let element, let extent): .list(step(of: element, order), size(of: extent, order))
        case .optional(let type): .optional(step(of: type, order))
        case .reserved(let count): .reserved(count)
        case .named(let name):
            switch types[name] {
            case .enumeration(let type): .enumeration(type, order)
            case .flags(let type): .flags(type, order)
            case .structure(let type): .structure(type)
            case .union(let type): .union(type)
            // The type has a mistake, which was reported: its fields are unknown.
            case nil: .structure(StructSpec(name: Located(value: name, place: .start)))
            }
        }
    }

    private func size(of extent: Extent, _ order: ByteOrder) -> Size {
        switch extent {
        case .toEnd: .toEnd
        case .prefixed(let type): .counted(type, order)
        case .fixed(let count): .fixed(count)
        }
    }

    /// Returns the value of `literal` for `step`; `nil` if it is not a value of the step.
    func value(_ literal: Located<Literal>, of step: Step) -> Value? {
        var reader = LiteralReader(self)
        return reader.value(literal, of: step)
    }

    /// Returns the bounds of `field`; `nil` if it has none.
    func bounds(of field: FieldSpec) -> Bounds? {
        guard field.minimum != nil || field.maximum != nil, let bound = step(of: field).bound else { return nil }
        return Bounds(
            low: field.minimum.flatMap { value($0, of: bound) },
            high: field.maximum.flatMap { value($0, of: bound) }
        )
    }

    // MARK: Sizes

    /// Returns the size of the shortest value of `step`, in bytes.
    package func minimumSize(of step: Step) -> UInt64 {
        var sizes = MinimumSizes(table: self)
        return sizes.size(of: step)
    }

    /// Returns whether a value of `step` takes all that is left of the payload.
    package func runsToEnd(_ step: Step) -> Bool {
        var visited: Set<String> = []
        return runsToEnd(step, &visited)
    }

    private func runsToEnd(_ step: Step, _ visited: inout Set<String>) -> Bool {
        switch step {
        case .text(let size), .bytes(let size), .list(_, let size): size == .toEnd
        case .optional(let step): runsToEnd(step, &visited)
        case .structure(let type): runsToEnd(type.name.value, type.fields, &visited)
        case .union(let type): runsToEnd(type.name.value, type.cases.flatMap(\.fields), &visited)
        case .integer, .float, .boolean, .enumeration, .flags, .reserved: false
        }
    }

    private func runsToEnd(_ name: String, _ fields: [FieldSpec], _ visited: inout Set<String>) -> Bool {
        guard visited.insert(name).inserted else { return false }
        return fields.contains { runsToEnd(step(of: $0), &visited) }
    }
}

/// Computes the sizes of the shortest values, once for each type, so that deeply nested types cost no more.
private struct MinimumSizes {
    let table: TypeTable
    private var known: [String: UInt64] = [:]

    init(table: TypeTable) {
        self.table = table
    }

    mutating func size(of step: Step) -> UInt64 {
        switch step {
        case .text(let size), .bytes(let size): self.size(of: size, each: 1)
        case .list(let element, .fixed(let count)): size(of: .fixed(count), each: size(of: element))
        case .list(_, let size): self.size(of: size, each: 0)
        case .optional: 1
        case .integer, .float, .boolean, .enumeration, .flags, .reserved: UInt64(clamping: step.fixedSize ?? 0)
        case .structure(let type): size(of: type.name.value) { $0.size(of: type.fields) }
        case .union(let type):
            size(of: type.name.value) { sizes in
                let shortest = type.cases.map { sizes.size(of: $0.fields) }.min() ?? 0
                return shortest.addedOrLargest(UInt64(type.tag.size))
            }
        }
    }

    private func size(of size: Size, each: UInt64) -> UInt64 {
        switch size {
        case .toEnd: 0
        case .counted(let type, _): UInt64(type.size)
        case .fixed(let count): UInt64(clamping: count).multipliedOrLargest(each)
        }
    }

    private mutating func size(of name: String, _ find: (inout MinimumSizes) -> UInt64) -> UInt64 {
        if let size = known[name] { return size }
        // The size of a type that contains itself does not matter, because such a type is a mistake.
        known[name] = 0
        let size = find(&self)
        known[name] = size
        return size
    }

    private mutating func size(of fields: [FieldSpec]) -> UInt64 {
        fields.reduce(0) { $0.addedOrLargest(size(of: table.step(of: $1))) }
    }
}

extension UInt64 {
    /// The sum, or the largest number there is.
    func addedOrLargest(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    /// The product, or the largest number there is.
    func multipliedOrLargest(_ other: UInt64) -> UInt64 {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? .max : product
    }
}
