import SwitchboardSpec

/// Makes random values of any type of a spec, with a higher probability for edge values.
struct RandomValues {
    let spec: CheckedSpec
    var generator: RandomNumbers
    /// The values of the frame's header, by the names with which fields of messages refer to them.
    var header: [String: Value] = [:]
    /// The number of structs and cases around the value that is being made.
    private var depth = 0

    init(_ spec: CheckedSpec, seed: UInt64) {
        self.spec = spec
        generator = RandomNumbers(seed: seed)
    }

    mutating func values(of layout: Layout) -> [Value] {
        depth += 1
        defer { depth -= 1 }
        var values: [Value] = []
        for field in layout.fields {
            // Fields that say one bit all have values, and those of one number have one size; mostly, so that most are valid.
            let (presence, count) = (layout.presence(of: field), layout.count(of: field))
            let earlier = Array(zip(layout.fields, values))
            let companion = earlier.first { presence != nil && layout.presence(of: $0.0) == presence }?.1
            let sized = earlier.first { count != nil && layout.count(of: $0.0) == count && $0.1 != .nothing }?.1
            let isFree = generator.next(below: 50) == 0
            var value = value(of: field, layout, values)
            for _ in 0..<100 {
                let hasPresence = companion.map { (value == .nothing) == ($0 == .nothing) } ?? true
                let hasSize = value == .nothing || value.count == (sized?.count ?? value.count)
                if isFree || hasPresence && hasSize { break }
                value = self.value(of: field, layout, values)
            }
            values.append(value)
        }
        return values
    }

    private mutating func value(of field: FieldPlan, _ layout: Layout, _ earlier: [Value]) -> Value {
        if field.derivation != nil || field.field.isReserved { return .nothing }
        if let constant = field.constant { return constant }
        // A few values are out of the bounds of their field.
        let bounds = generator.next(below: 200) > 0 ? field.bounds : nil
        switch field.presence {
        case .always: break
        case .unlessEnded:
            if field.field.isTrailing {
                let isOver = zip(layout.fields, earlier).contains { $0.0.field.isTrailing && $0.1 == .nothing }
                if isOver || generator.next(below: 3) == 0 { return .nothing }
            }
        case .when(let condition):
            let isDerived = layout.presence(of: field) != nil
            let holds = condition.holds { layout.value(of: $0, earlier) ?? header[$0.field] ?? .nothing }
            let isPresent = isDerived ? generator.next(below: 2) == 0 : holds != (generator.next(below: 100) == 0)
            if !isPresent { return .nothing }
        }
        if field.step.isOptional, generator.next(below: 2) == 0 { return .nothing }
        var value = value(of: field.step.unwrapped, bounds)
        if !field.presenceBits.isEmpty {
            let bits = field.presenceBits.reduce(UInt64(0)) { $0 | 1 << $1.bit.position.value }
            value = .number(SpecInteger(magnitude: value.number.magnitude & ~bits))
        }
        return value
    }

    private mutating func value(of step: Step, _ bounds: Bounds? = nil) -> Value {
        switch step {
        case .integer(let type, _): .number(integer(type, bounds?.low, bounds?.high))
        case .float(let type, _): .float(float(type, bounds?.low, bounds?.high))
        case .boolean, .bit: .number(number(generator.next(below: 2), .uint8))
        case .enumeration(let type, _): .number(number(of: type))
        case .flags(let type, _):
            .number(number(generator.next() & (type.isClosed ? type.knownBits : .max), type.type))
        case .text(let size, let form): .bytes(text(count(size, bounds), form))
        case .bytes(let size, _): .bytes((0..<count(size, bounds)).map { _ in UInt8(1 + generator.next(below: 255)) })
        case .list(let element, let size): .list(list(of: element, count(size, bounds, element)))
        case .optional(let step, _): generator.next(below: 2) == 0 ? .nothing : value(of: step)
        case .reserved, .reservedBits: .nothing
        case .sized(let step, _): value(of: step)
        case .structure(let type): .record(values(of: spec.plan.layout(of: type)))
        case .union(let type, _): choice(of: type)
        }
    }

    /// Returns values of `element`; those whose tag is in an earlier field have one tag.
    private mutating func list(of element: Step, _ count: Int) -> [Value] {
        let values = (0..<count).map { _ in value(of: element) }
        guard let first = values.first, element.hasTagElsewhere else { return values }
        return values.filter { value in
            switch (value, first) {
            case (.choice(let left, _), .choice(let right, _)): left == right
            case (.unrecognized(let left, _), .unrecognized(let right, _)): left == right
            default: false
            }
        }
    }

    private mutating func number(of type: EnumSpec) -> SpecInteger {
        guard !type.cases.isEmpty else { return number(generator.next(), type.type) }
        let isKnown = type.isClosed || generator.next(below: 3) > 0
        let item = type.cases[Int(generator.next(below: UInt64(type.cases.count)))]
        return isKnown ? item.value.value : number(generator.next(), type.type)
    }

    private mutating func choice(of type: UnionSpec) -> Value {
        if type.keepsUnknown, type.cases.isEmpty || generator.next(below: 3) == 0 {
            let tag = SpecInteger(bits: 0x4000 | generator.next(below: 64), of: type.tag)
            return .unrecognized(tag, (0..<generator.next(below: 6)).map { _ in UInt8(generator.next(below: 256)) })
        }
        let index = Int(generator.next(below: UInt64(type.cases.count)))
        return .choice(index, values(of: spec.plan.layouts(of: type)[index]))
    }

    private mutating func integer(_ type: IntegerType, _ low: Value?, _ high: Value?) -> SpecInteger {
        let edges = [0, 1, type.largest, type.largest + (type.isSigned ? 1 : 0)]
        let bits = generator.next(below: 4) == 0 ? edges[Int(generator.next(below: 4))] : generator.next()
        let value = number(bits, type)
        if case .number(let low)? = low, value < low { return low }
        if case .number(let high)? = high, value > high { return high }
        return value
    }

    private mutating func float(_ type: FloatType, _ low: Value?, _ high: Value?) -> UInt64 {
        if let low = low, let high = high, case .float(let low) = low, case .float(let high) = high {
            return [low, high][Int(generator.next(below: 2))]
        }
        let bits = generator.next()
        return type == .float32 ? bits & 0xFFFF_FFFF : bits
    }

    private mutating func count(_ size: Size, _ bounds: Bounds?, _ element: Step? = nil) -> Int {
        switch size {
        case .fixed(let count): return count
        case .padded(let count, _): return Int(generator.next(below: UInt64(count) + 1))
        case .toEnd, .counted, .until:
            if case .counted(let count) = size, case .constant(let bytes) = count.source, let element {
                return bytes / max(1, Int(spec.plan.table.minimumSize(of: element)))
            }
            // Types that can hold themselves end.
            if depth > 3 { return 0 }
            let least = bounds?.low?.number.magnitude ?? 0
            // Longer values take long, and show nothing else.
            let most = min(bounds?.high?.number.magnitude ?? 6, least + 2000)
            let count = Int(least + generator.next(below: max(most, least) - least + 1))
            guard case .counted(let form) = size, !form.countsBytes else { return count }
            // A number of units of some bytes says few sizes only.
            return count - (count + form.plus) % form.unit + (count < (count + form.plus) % form.unit ? form.unit : 0)
        }
    }

    /// Text of `count` characters or bytes, in UTF-8, some of them in letters of two bytes.
    private mutating func text(_ count: Int, _ form: TextForm) -> [UInt8] {
        if form.encoding != .utf8 {
            let letters = form.encoding == .ascii ? ["a", "Z"] : ["a", "é", "ÿ"]
            return (0..<count).flatMap { _ in Array(letters[Int(generator.next(below: UInt64(letters.count)))].utf8) }
        }
        var bytes: [UInt8] = []
        while bytes.count < count {
            let isWide = count - bytes.count > 1 && generator.next(below: 4) == 0
            bytes += isWide ? Array("é".utf8) : [UInt8(0x20 + generator.next(below: 95))]
        }
        return bytes
    }

    /// Returns the number of type `type` with the low bits of `bits`.
    private func number(_ bits: UInt64, _ type: IntegerType) -> SpecInteger {
        SpecInteger(bits: bits, of: type)
    }
}

extension Step {
    /// Whether an earlier field has the tag of the value.
    fileprivate var hasTagElsewhere: Bool {
        switch self {
        case .union(_, let tag): tag != nil
        case .sized(let step, _): step.hasTagElsewhere
        default: false
        }
    }
}

/// Pseudo-random numbers that are the same in every run (SplitMix64).
struct RandomNumbers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Returns a number below `bound`, which must be 1 or more.
    mutating func next(below bound: UInt64) -> UInt64 { next() % bound }

    /// Changes, removes, adds or cuts off bytes of `bytes`.
    mutating func change(_ bytes: inout [UInt8]) {
        let place = Int(next(below: UInt64(bytes.count) + 1))
        switch next(below: 6) {
        case 0 where !bytes.isEmpty: bytes.removeLast(Int(next(below: UInt64(bytes.count))))
        case 1: bytes.insert(UInt8(next(below: 256)), at: place)
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3 where place < bytes.count: bytes[place] = UInt8(next(below: 4))
        case _ where place < bytes.count: bytes[place] ^= 1 << UInt8(next(below: 8))
        default: bytes.append(UInt8(next(below: 256)))
        }
    }
}

extension Layout {
    /// The name of the earlier field that says how long `field` is.
    fileprivate func count(of field: FieldPlan) -> String? {
        (fields + header).first { other in
            if case .count(let names) = other.derivation { names.contains(field.name) } else { false }
        }?.name
    }

    /// The name of the earlier field, or of its bit, that says whether `field` is there.
    fileprivate func presence(of field: FieldPlan) -> String? {
        for other in fields + header {
            if case .presence(let names) = other.derivation, names.contains(field.name) { return other.name }
            for (bit, names) in other.presenceBits where names.contains(field.name) {
                return "\(other.name).\(bit.name.value)"
            }
        }
        return nil
    }

    /// The value of a field among `earlier` values, with what follows from the presence of others.
    fileprivate func value(of reference: Reference, _ earlier: [Value]) -> Value? {
        guard let (field, value) = zip(fields, earlier).first(where: { $0.0.name == reference.field }) else {
            return nil
        }
        func arePresent(_ names: [String]) -> Bool {
            zip(fields, earlier).contains { names.contains($0.0.name) && $0.1 != .nothing }
        }
        if case .presence(let names) = field.derivation { return .number(number(arePresent(names) ? 1 : 0)) }
        let bits = field.presenceBits.reduce(value.number.magnitude) { bits, other in
            bits | (arePresent(other.fields) ? 1 << other.bit.position.value : 0)
        }
        return field.presenceBits.isEmpty ? value : .number(number(bits))
    }

    private func number(_ magnitude: UInt64) -> SpecInteger { SpecInteger(bits: magnitude, of: .uint64) }
}

extension Value {
    /// The number of bytes or elements.
    fileprivate var count: Int { max(content.count, elements.count) }
}
