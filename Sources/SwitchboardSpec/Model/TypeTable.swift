/// The types of a spec and of those that it imports, by name: what the size of a field is looked up in.
package struct TypeTable: Sendable {
    private let types: [String: TypeSpec]

    init(_ types: some Sequence<TypeSpec>) {
        self.types = Dictionary(types.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The type called `name`.
    package subscript(name: String) -> TypeSpec? { types[name] }

    /// The names of all types.
    package var names: [String] { types.keys.sorted() }

    /// The size of a value of `type` that can have only one, in bytes; `nil` when that depends on the value.
    ///
    /// Structs and unions are not looked into: they read themselves.
    package func flatSize(of type: FieldType) -> Int? {
        switch type {
        case .integer(let type): type.size
        case .float(let type): type.size
        case .boolean: 1
        case .string(.fixed(let count)), .bytes(.fixed(let count)), .reserved(let count): count
        case .string, .bytes, .array, .optional: nil
        case .named(let name):
            switch types[name] {
            case .enumeration(let type): type.type.size
            case .flags(let type): type.type.size
            case .structure, .union, nil: nil
            }
        }
    }

    /// The size of the shortest value of `type`, in bytes.
    package func minimumSize(of type: FieldType) -> UInt64 {
        var sizes = MinimumSizes(table: self)
        return sizes.size(of: type)
    }

    /// Whether a value of `type` takes all that is left of the payload.
    package func runsToEnd(_ type: FieldType) -> Bool {
        var visited: Set<String> = []
        return runsToEnd(type, &visited)
    }

    private func runsToEnd(_ type: FieldType, _ visited: inout Set<String>) -> Bool {
        switch type {
        case .string(let extent), .bytes(let extent), .array(_, let extent): return extent == .toEnd
        case .optional(let type): return runsToEnd(type, &visited)
        case .integer, .float, .boolean, .reserved: return false
        case .named(let name):
            guard visited.insert(name).inserted else { return false }
            return types[name]?.fields.contains { runsToEnd($0.type.value, &visited) } ?? false
        }
    }
}

/// Finds how short values can be, each type once: types that hold each other many times over cost no more.
private struct MinimumSizes {
    let table: TypeTable
    private var known: [String: UInt64] = [:]

    init(table: TypeTable) {
        self.table = table
    }

    mutating func size(of type: FieldType) -> UInt64 {
        switch type {
        case .string(let extent), .bytes(let extent): size(of: extent, each: 1)
        case .array(let element, .fixed(let count)): size(of: .fixed(count), each: size(of: element))
        case .array(_, let extent): size(of: extent, each: 0)
        case .optional: 1
        case .integer, .float, .boolean, .reserved: UInt64(clamping: table.flatSize(of: type) ?? 0)
        case .named(let name): size(of: name)
        }
    }

    private func size(of extent: Extent, each: UInt64) -> UInt64 {
        switch extent {
        case .toEnd: 0
        case .prefixed(let prefix): UInt64(prefix.size)
        case .fixed(let count): UInt64(clamping: count).multipliedOrLargest(each)
        }
    }

    private mutating func size(of name: String) -> UInt64 {
        if let size = known[name] { return size }
        // What a type that holds itself comes to does not matter: it is a mistake.
        known[name] = 0
        let size: UInt64
        switch table[name] {
        case nil: size = 0
        case .enumeration(let type): size = UInt64(type.type.size)
        case .flags(let type): size = UInt64(type.type.size)
        case .structure(let type): size = self.size(of: type.fields)
        case .union(let type):
            let shortest = type.cases.map { self.size(of: $0.fields) }.min() ?? 0
            size = shortest.addedOrLargest(UInt64(type.tag.size))
        }
        known[name] = size
        return size
    }

    mutating func size(of fields: [FieldSpec]) -> UInt64 {
        fields.reduce(0) { $0.addedOrLargest(size(of: $1.type.value)) }
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
