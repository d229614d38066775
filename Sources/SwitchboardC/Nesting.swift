internal import SwitchboardSpec

/// How the types of a spec contain each other.
///
/// A struct of C cannot contain itself. The elements of an array are elsewhere, so an array of a type may be in that type. Every other
/// member of a type that contains itself is a pointer.
struct Nesting {
    /// The types whose values can contain values of the same type.
    private(set) var recursive: Set<String> = []
    /// The types whose values can contain values of the same type without an array between them: members are pointers to them.
    private(set) var pointed: Set<String> = []
    /// Whether an array with an unknown number of elements can have elements that contain such arrays.
    private(set) var nestsUnknownCounts = false

    init(_ plan: LayoutPlan, _ types: [TypeSpec]) {
        var members: [String: [(type: String, isElement: Bool)]] = [:]
        var withUnknownCounts: Set<String> = []
        for type in types {
            let steps = type.fields.map { plan.table.step(of: $0) }
            members[type.name.value] = steps.flatMap(\.heldTypes)
            if steps.contains(where: \.hasUnknownCount) { withUnknownCounts.insert(type.name.value) }
        }
        func reachable(from name: String, throughArrays: Bool) -> Set<String> {
            var seen: Set<String> = []
            var rest = [name]
            while let next = rest.popLast() {
                for member in members[next] ?? [] where throughArrays || !member.isElement {
                    if seen.insert(member.type).inserted { rest.append(member.type) }
                }
            }
            return seen
        }
        for name in members.keys {
            if reachable(from: name, throughArrays: true).contains(name) { recursive.insert(name) }
            if reachable(from: name, throughArrays: false).contains(name) { pointed.insert(name) }
        }
        nestsUnknownCounts = types.contains { type in
            type.fields.contains { field in
                let step = plan.table.step(of: field)
                guard step.hasUnknownCount else { return false }
                return step.heldTypes.contains { held in
                    !withUnknownCounts.isDisjoint(
                        with: reachable(from: held.type, throughArrays: true).union([held.type])
                    )
                }
            }
        }
    }
}

extension Step {
    /// The structs and unions that a value contains, and whether they are elements of an array.
    fileprivate var heldTypes: [(type: String, isElement: Bool)] {
        switch self {
        case .structure(let type): [(type.name.value, false)]
        case .union(let type, _): [(type.name.value, false)]
        case .enumeration(let type, _): [(type.name.value, false)]
        case .flags(let type, _): [(type.name.value, false)]
        case .optional(let step, _), .sized(let step, _): step.heldTypes
        case .list(let step, _): step.heldTypes.map { ($0.type, true) }
        case .integer, .float, .boolean, .bit, .text, .bytes, .reserved, .reservedBits: []
        }
    }

    /// Whether the value is an array whose elements must be counted before they are read.
    fileprivate var hasUnknownCount: Bool {
        switch self {
        case .optional(let step, _), .sized(let step, _): step.hasUnknownCount
        case .list(_, .toEnd), .list(_, .until): true
        case .list(_, .counted(let count)): count.countsBytes
        case .list(_, .fixed), .list(_, .padded), .structure, .union, .enumeration, .flags, .integer, .float, .boolean,
            .bit, .text, .bytes, .reserved, .reservedBits:
            false
        }
    }
}
