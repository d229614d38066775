import SwitchboardSpec

/// Makes random values of any type of a spec, with a higher probability for edge values.
struct RandomValues {
    let spec: CheckedSpec
    var generator: RandomNumbers

    init(_ spec: CheckedSpec, seed: UInt64) {
        self.spec = spec
        generator = RandomNumbers(seed: seed)
    }

    mutating func values(of layout: Layout) -> [Value] {
        layout.fields.map { value(of: $0) }
    }

    private mutating func value(of field: FieldPlan) -> Value {
        if let constant = field.constant { return constant }
        // A few values are out of the bounds of their field.
        let bounds = generator.next(below: 200) > 0 ? field.bounds : nil
        if field.step.isOptional, generator.next(below: 2) == 0 { return .nothing }
        return value(of: field.step.unwrapped, bounds)
    }

    private mutating func value(of step: Step, _ bounds: Bounds? = nil) -> Value {
        switch step {
        case .integer(let type, _): .number(integer(type, bounds?.low, bounds?.high))
        case .float(let type, _): .float(float(type, bounds?.low, bounds?.high))
        case .boolean: .number(number(generator.next(below: 2), .uint8))
        case .enumeration(let type, _): .number(number(of: type))
        case .flags(let type, _):
            .number(number(generator.next() & (type.isClosed ? type.knownBits : .max), type.type))
        case .text(let size): .bytes(text(count(size, bounds)))
        case .bytes(let size): .bytes((0..<count(size, bounds)).map { _ in UInt8(generator.next(below: 256)) })
        case .list(let element, let size): .list((0..<count(size, bounds)).map { _ in value(of: element) })
        case .optional(let step): generator.next(below: 2) == 0 ? .nothing : value(of: step)
        case .reserved: .nothing
        case .structure(let type): .record(values(of: spec.plan.layout(of: type)))
        case .union(let type): choice(of: type)
        }
    }

    private mutating func number(of type: EnumSpec) -> SpecInteger {
        let isKnown = type.isClosed || generator.next(below: 3) > 0
        let item = type.cases[Int(generator.next(below: UInt64(type.cases.count)))]
        return isKnown ? item.value.value : number(generator.next(), type.type)
    }

    private mutating func choice(of type: UnionSpec) -> Value {
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

    private mutating func count(_ size: Size, _ bounds: Bounds?) -> Int {
        switch size {
        case .fixed(let count): return count
        case .toEnd, .counted:
            let (least, most) = (bounds?.low?.number.magnitude ?? 0, bounds?.high?.number.magnitude ?? 6)
            return Int(least + generator.next(below: max(most, least) - least + 1))
        }
    }

    /// Returns `count` bytes of UTF-8, with some letters of two bytes.
    private mutating func text(_ count: Int) -> [UInt8] {
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
}
