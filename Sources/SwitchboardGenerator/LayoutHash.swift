internal import SwitchboardSpec

/// A hash of the layouts of all messages of a spec: of all that decides what the bytes of a payload mean.
///
/// It is made of the names, the types, the byte orders and the allowed values of the fields, and of the types that they use. It does not
/// depend on descriptions, the formatting of the file, or the order in which messages, types and cases stand in it.
struct LayoutHash {
    private let spec: CheckedSpec
    private var hash = FNV1a()
    /// The types that were not described yet, and those that were.
    private var pending: [TypeSpec] = []
    private var seen: Set<String> = []

    /// The hash of the messages of `spec` and of the specs that it imports.
    static func value(of spec: CheckedSpec) -> UInt64 {
        var hash = LayoutHash(spec)
        hash.combineAll()
        return hash.hash.value
    }

    private init(_ spec: CheckedSpec) {
        self.spec = spec
    }

    private mutating func combineAll() {
        for message in spec.allMessages.sorted(by: { ($0.code.value, $0.name.value) < ($1.code.value, $1.name.value) })
        {
            hash.combine("message \(message.code.value) \(message.name.value) \(spec.trailing(of: message).rawValue)")
            combine(spec.layout(of: message))
        }
        for (plan, step) in spec.frameLayout.ownFields {
            hash.combine("header \(step.offset)")
            combine(plan)
        }
        // In the order in which the fields mention them.
        while !pending.isEmpty { combine(pending.removeFirst()) }
    }

    private mutating func combine(_ layout: Layout) {
        for field in layout.fields { combine(field) }
    }

    private mutating func combine(_ field: FieldPlan) {
        hash.combine("field \(field.name) \(text(of: field.step))")
        let literal = ValueLiteral(spec: spec, scope: .file)
        if case .unlessEnded(let value) = field.presence {
            hash.combine("absent \(literal.text(of: value, field.step))")
        }
        if let constant = field.constant { hash.combine("equals \(literal.text(of: constant, field.step))") }
        if let bounds = field.bounds, let step = field.step.bound {
            if let low = bounds.low { hash.combine("min \(literal.text(of: low, step))") }
            if let high = bounds.high { hash.combine("max \(literal.text(of: high, step))") }
        }
    }

    private mutating func combine(_ type: TypeSpec) {
        let closed = type.isClosed ? " closed" : ""
        switch type {
        case .enumeration(let type):
            hash.combine("enum \(type.name.value) \(type.type.rawValue)\(closed)")
            for item in type.cases.sorted(by: { $0.value.value < $1.value.value }) {
                hash.combine("case \(item.value.value) \(item.name.value)")
            }
        case .flags(let type):
            hash.combine("flags \(type.name.value) \(type.type.rawValue)\(closed)")
            for bit in type.bits.sorted(by: { $0.position.value < $1.position.value }) {
                hash.combine("bit \(bit.position.value) \(bit.name.value)")
            }
        case .structure(let type):
            hash.combine("struct \(type.name.value)")
            combine(spec.plan.layout(of: type))
        case .union(let type):
            hash.combine("union \(type.name.value) \(type.tag.rawValue)")
            let cases = zip(type.cases, spec.plan.layouts(of: type))
            for (item, layout) in cases.sorted(by: { $0.0.tag.value < $1.0.tag.value }) {
                hash.combine("case \(item.tag.value) \(item.name.value)")
                combine(layout)
            }
        }
    }

    private mutating func text(of step: Step) -> String {
        switch step {
        case .integer(let type, let order): "\(type.rawValue) \(order.rawValue)"
        case .float(let type, let order): "\(type.rawValue) \(order.rawValue)"
        case .boolean: "bool"
        case .enumeration(let type, let order): "\(reference(to: .enumeration(type))) \(order.rawValue)"
        case .flags(let type, let order): "\(reference(to: .flags(type))) \(order.rawValue)"
        case .text(let size): "text \(text(of: size))"
        case .bytes(let size): "bytes \(text(of: size))"
        case .list(let element, let size): "list \(text(of: size)) of \(text(of: element))"
        case .optional(let step): "optional \(text(of: step))"
        case .reserved(let count): "reserved \(count)"
        case .structure(let type): reference(to: .structure(type))
        case .union(let type): reference(to: .union(type))
        }
    }

    private func text(of size: Size) -> String {
        switch size {
        case .toEnd: "to end"
        case .counted(let type, let order): "counted \(type.rawValue) \(order.rawValue)"
        case .fixed(let count): "fixed \(count)"
        }
    }

    private mutating func reference(to type: TypeSpec) -> String {
        let name = type.name.value
        if seen.insert(name).inserted { pending.append(type) }
        return "type \(name)"
    }
}
