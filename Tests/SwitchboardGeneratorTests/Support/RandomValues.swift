import SwitchboardSpec

/// Makes values of any type of a spec, by chance, and likelier than chance those at the edges.
struct RandomValues {
    let spec: CheckedSpec
    let layout: PayloadLayout
    var generator: RandomNumbers

    init(_ spec: CheckedSpec, seed: UInt64) {
        self.spec = spec
        layout = PayloadLayout(table: spec.table, byteOrder: spec.byteOrder)
        generator = RandomNumbers(seed: seed)
    }

    mutating func values(of fields: [FieldSpec]) -> [Value] {
        fields.map { value(of: $0) }
    }

    private mutating func value(of field: FieldSpec) -> Value {
        if let constant = layout.constant(of: field) { return constant }
        let (low, high) = layout.bounds(of: field)
        // One in so many lies out of its bounds, where it has some.
        let isWithin = generator.next(below: 200) > 0
        if case .optional(let type) = field.type.value {
            return generator.next(below: 2) == 0
                ? .nothing : value(of: type, isWithin ? low : nil, isWithin ? high : nil)
        }
        return value(of: field.type.value, isWithin ? low : nil, isWithin ? high : nil)
    }

    private mutating func value(of type: FieldType, _ low: Value? = nil, _ high: Value? = nil) -> Value {
        switch type {
        case .integer(let type): .number(integer(type, low, high))
        case .float(let type): .float(float(type, low, high))
        case .boolean: .number(number(generator.next(below: 2), .uint8))
        case .string(let extent): .bytes(text(count(extent, low, high)))
        case .bytes(let extent): .bytes((0..<count(extent, low, high)).map { _ in UInt8(generator.next(below: 256)) })
        case .array(let element, let extent): .list((0..<count(extent, low, high)).map { _ in value(of: element) })
        case .optional(let type): generator.next(below: 2) == 0 ? .nothing : value(of: type)
        case .reserved: .nothing
        case .named(let name): named(name)
        }
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

    private mutating func count(_ extent: Extent, _ low: Value?, _ high: Value?) -> Int {
        if case .fixed(let count) = extent { return count }
        var (least, most): (UInt64, UInt64) = (0, 6)
        if case .number(let low)? = low { least = low.magnitude }
        if case .number(let high)? = high { most = high.magnitude }
        return Int(least + generator.next(below: max(most, least) - least + 1))
    }

    /// As many bytes of UTF-8, some of them in letters of two bytes.
    private mutating func text(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let isWide = count - bytes.count > 1 && generator.next(below: 4) == 0
            bytes += isWide ? Array("é".utf8) : [UInt8(0x20 + generator.next(below: 95))]
        }
        return bytes
    }

    private mutating func named(_ name: String) -> Value {
        switch spec.table[name] {
        case .enumeration(let type):
            let isKnown = type.isClosed || generator.next(below: 3) > 0
            let item = type.cases[Int(generator.next(below: UInt64(type.cases.count)))]
            return .number(isKnown ? item.value.value : number(generator.next(), type.type))
        case .flags(let type):
            return .number(number(generator.next() & (type.isClosed ? type.knownBits : .max), type.type))
        case .structure(let type): return .record(values(of: type.fields))
        case .union(let type):
            let index = Int(generator.next(below: UInt64(type.cases.count)))
            return .choice(index, values(of: type.cases[index].fields))
        case nil: return .nothing
        }
    }

    /// The number of `type` whose low bits are those of `bits`.
    private func number(_ bits: UInt64, _ type: IntegerType) -> SpecInteger {
        SpecInteger(bits: bits, of: type)
    }
}

/// Numbers that look random, and are the same in every run: SplitMix64.
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

    /// A number below `bound`, which is above 0.
    mutating func next(below bound: UInt64) -> UInt64 { next() % bound }
}
