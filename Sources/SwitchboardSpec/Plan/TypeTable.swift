/// The types of a spec and of those that it imports, by name: lowers the types of fields to steps, and knows their sizes.
package struct TypeTable: Sendable {
    private let types: [String: TypeSpec]
    /// The byte order of every number that does not say its own.
    package let byteOrder: ByteOrder

    init(_ types: some Sequence<TypeSpec>, _ byteOrder: ByteOrder) {
        self.types = Dictionary(types.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        self.byteOrder = byteOrder
    }

    /// The type called `name`.
    package subscript(name: String) -> TypeSpec? { types[name] }

    // MARK: Lowering

    /// What the value of `field` is on the wire.
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
            // Only where the type has a mistake, which has been reported: it has no fields that are known.
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

    /// The value that `literal` means for `step`; `nil` when it means none.
    func value(_ literal: Located<Literal>, of step: Step) -> Value? {
        var reader = LiteralReader(self)
        return reader.value(literal, of: step)
    }

    /// The bounds of `field`; `nil` when it has none.
    func bounds(of field: FieldSpec) -> Bounds? {
        guard field.minimum != nil || field.maximum != nil, let bound = step(of: field).bound else { return nil }
        return Bounds(
            low: field.minimum.flatMap { value($0, of: bound) },
            high: field.maximum.flatMap { value($0, of: bound) }
        )
    }

    // MARK: Sizes

    /// The size of the shortest value of `step`, in bytes.
    package func minimumSize(of step: Step) -> UInt64 {
        var sizes = MinimumSizes(table: self)
        return sizes.size(of: step)
    }

    /// Whether a value of `step` takes all that is left of the payload.
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

/// Finds how short values can be, each type once: types that hold each other many times over cost no more.
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
        // What a type that holds itself comes to does not matter: it is a mistake.
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
