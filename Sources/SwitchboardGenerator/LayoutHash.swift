internal import SwitchboardSpec

/// A hash of the layouts of all messages of a spec: of all that decides what the bytes of a payload mean.
///
/// It is made of the names, the types, the byte orders and the allowed values of the fields, and of the types that they
/// use. It does not depend on descriptions, the formatting of the file, or the order of messages, types and cases in it.
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
            let code = spec.frame.hasPlainCodes ? "\(message.code.value)" : "\(message.codeValues)"
            hash.combine("message \(code) \(message.name.value) \(spec.trailing(of: message).rawValue)")
            if let seed = message.checksumSeed { hash.combine("checksum seed \(seed.value)") }
            if let frame = message.frame { hash.combine("frame \(frame.value)") }
            for next in message.then { hash.combine("then \(next.end?.rawValue ?? "") \(next.frame.value)") }
            combine(spec.layout(of: message))
        }
        let frame = spec.frameLayout
        for item in frame.settableItems {
            hash.combine("header \(item.offset)")
            combine(item.plan)
        }
        if !frame.frame.isPlain { combine(frame) }
        if let truncation = frame.frame.truncation { hash.combine("truncate \(truncation.value.rawValue)") }
        if let framing = frame.frame.framing { hash.combine("framing \(framing)") }
        for frame in spec.frames {
            hash.combine("frame \(frame.key) \(frame.starts?.rawValue ?? "")")
            if let truncation = frame.truncation { hash.combine("truncate \(truncation.value.rawValue)") }
            combine(spec.layout(of: frame))
        }
        // In the order in which the fields mention them.
        while !pending.isEmpty { combine(pending.removeFirst()) }
    }

    /// Combines what the runtime does not know of a header that generated code reads.
    private mutating func combine(_ frame: FrameLayout) {
        for item in frame.items {
            switch item.spec.role {
            case .magic(let magic): hash.combine("magic \(magic.client) \(magic.server)")
            case .version: hash.combine("version \(frame.version)")
            case .code: hash.combine("code")
            case .length(let coverage): hash.combine("length \(coverage.text)")
            case .checksum(let checksum):
                let order = checksum.byteOrder ?? spec.byteOrder
                let coverage = checksum.coverage.text
                hash.combine("checksum \(checksum.algorithm.rawValue) of \(coverage) \(order.rawValue)")
            case .correlation: hash.combine("correlation")
            case .presence: hash.combine("presence")
            case .field: break
            }
            combine(item.plan)
        }
        for item in frame.trailerItems {
            hash.combine("trailer")
            combine(item.plan)
        }
    }

    private mutating func combine(_ layout: Layout) {
        for field in layout.fields { combine(field) }
    }

    private mutating func combine(_ field: FieldPlan) {
        hash.combine("field \(field.name) \(text(of: field.step))")
        let literal = ValueLiteral(spec: spec, scope: .file)
        switch field.presence {
        case .always: break
        case .unlessEnded(let value): hash.combine("absent \(literal.text(of: value, field.step))")
        case .when(let condition): hash.combine("when \(text(of: condition))")
        }
        if let alignment = field.alignment { hash.combine("align \(alignment)") }
        if let coverage = field.coverage { hash.combine("covers \(coverage.rawValue)") }
        if field.step.bitWidth != nil { hash.combine("bits \(field.bitOrder.rawValue)") }
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
            if let alignment = type.alignment { hash.combine("align \(alignment)") }
            combine(spec.plan.layout(of: type))
        case .union(let type):
            hash.combine("union \(type.name.value) \(type.tag.rawValue)")
            if let length = type.length { hash.combine("length \(text(of: spec.plan.table.count(length)))") }
            if let alignment = type.alignment { hash.combine("align \(alignment)") }
            if type.keepsUnknown { hash.combine("keeps unknown") }
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
        case .bit: "bit"
        case .enumeration(let type, let order): "\(reference(to: .enumeration(type))) \(order.rawValue)"
        case .flags(let type, let order): "\(reference(to: .flags(type))) \(order.rawValue)"
        case .text(let size, let form): "\(text(of: form)) \(text(of: size))"
        case .bytes(let size, _): "bytes \(text(of: size))"
        case .list(let element, let size): "list \(text(of: size)) of \(text(of: element))"
        case .optional(let step, .byte): "optional \(text(of: step))"
        case .optional(let step, .count): "optional by count \(text(of: step))"
        case .reserved(let count): "reserved \(count)"
        case .reservedBits(let count): "reserved bits \(count)"
        case .structure(let type): reference(to: .structure(type))
        case .union(let type, let tag): reference(to: .union(type)) + (tag.map { " tag \($0.field)" } ?? "")
        case .sized(let step, let size): "sized \(text(of: size)) \(text(of: step))"
        }
    }

    private func text(of form: TextForm) -> String {
        switch form.encoding {
        case .utf8: "text"
        case .ascii, .latin1: "text \(form.encoding.rawValue)"
        case .utf16: "text utf16 \(form.order.rawValue)"
        }
    }

    private func text(of size: Size) -> String {
        switch size {
        case .toEnd: "to end"
        case .counted(let count): text(of: count)
        case .fixed(let count): "fixed \(count)"
        case .padded(let count, let pad): "padded \(count) \(pad)"
        case .until(let end): "until \(end)"
        }
    }

    private func text(of count: Count) -> String {
        var text =
            switch count.source {
            case .prefix(let type, let order): "counted \(type.rawValue) \(order.rawValue)"
            case .field(let reference): "counted by \(reference.field)"
            case .constant(let number): "counted \(number)"
            }
        if count.countsBytes { text += " bytes" }
        if count.unit != 1 { text += " unit \(count.unit)" }
        if count.plus != 0 { text += " plus \(count.plus)" }
        for absent in count.absent { text += " absent \(absent)" }
        return text
    }

    private func text(of condition: Condition) -> String {
        let literal = ValueLiteral(spec: spec, scope: .file)
        let terms = condition.terms.map { term in
            let name = term.reference.field + (term.reference.bit.map { ".\($0.name.value)" } ?? "")
            switch term.test {
            case .isSet: return name
            case .noneOf(let values): return "\(name) not of \(values.map { literal.text(of: $0, term.step) })"
            case .oneOf(let values): return "\(name) of \(values.map { literal.text(of: $0, term.step) })"
            case .range(let bounds):
                let low = bounds.low.map { literal.text(of: $0, term.step) } ?? ""
                return "\(name) from \(low) to \(bounds.high.map { literal.text(of: $0, term.step) } ?? "")"
            }
        }
        return terms.joined(separator: " and ")
    }

    private mutating func reference(to type: TypeSpec) -> String {
        let name = type.name.value
        if seen.insert(name).inserted { pending.append(type) }
        return "type \(name)"
    }
}
