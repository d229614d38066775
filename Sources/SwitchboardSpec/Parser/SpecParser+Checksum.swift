extension SpecParser {
    /// Reads `checksum` as an item of the header.
    mutating func checksum(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        checksum(node).map { checksum in
            let type = Located(value: FieldType.reserved(checksum.algorithm.size), place: node.place)
            let field = FieldSpec(name: name, type: type)
            return FrameSpec.HeaderField(role: .checksum(checksum), field: field, number: nil)
        }
    }

    /// Reads `checksum-seed`, whose bytes have the forms of a magic.
    mutating func checksumSeed(_ node: Node) -> Located<[UInt8]>? {
        magicBytes(node, "`checksum-seed`", limit: SpecLimits.checksumSeedBytes).map {
            Located(value: $0, place: node.place)
        }
    }

    /// Reads `checksum`: the name of its algorithm, or a mapping.
    mutating func checksum(_ node: Node) -> ChecksumSpec? {
        if let scalar = node.scalar {
            if scalar.text == ChecksumType.crc.rawValue {
                let text = "`checksum` of the type `crc` needs parameters: write `checksum: \(ChecksumType.example)`"
                diagnostics.error("\(text), or the name of an algorithm such as `crc16`", at: node.place)
                return nil
            }
            guard case .named(let algorithm)? = choice(node, "`checksum`", among: ChecksumType.named) else {
                return nil
            }
            return ChecksumSpec(algorithm: algorithm, coveragePlace: node.place)
        }
        var schema = KeySchema.checksum
        if let type = node["type"]?.scalar?.text, ChecksumAlgorithm(rawValue: type)?.isHash == true {
            schema.foreign = .hash
        }
        let place = node.place
        guard let values = keys(of: node, "`checksum`", at: place, schema) else { return nil }
        let coverage: CoverageSpec<ChecksumCoverage>? = values["covers"].flatMap {
            self.coverage($0, "`covers` of `checksum`")
        }
        let order: ByteOrder? = values["byte-order"].flatMap { choice($0, "`byte-order` of `checksum`") }
        guard
            let node = values["type"],
            let type = choice(node, "`type` of `checksum`", among: ChecksumType.named + [.crc]),
            let algorithm = algorithm(type, values, at: node.place)
        else { return nil }
        if let node = values["byte-order"], algorithm.isHash {
            let text = "the bytes of `\(type.rawValue)` have an order of their own: remove `byte-order`"
            diagnostics.error(text, at: node.place)
        } else if let node = values["byte-order"], algorithm.size == 1 {
            diagnostics.error("a checksum of one byte has no byte order: remove `byte-order`", at: node.place)
        }
        return ChecksumSpec(
            algorithm: algorithm,
            coverage: coverage ?? .word(.frame),
            byteOrder: order,
            coveragePlace: values["covers"]?.place ?? place
        )
    }

    /// Reads the parameters of `checksum`, which has its type at `place`.
    private mutating func algorithm(_ type: ChecksumType, _ values: KeyedNodes, at place: Place) -> ChecksumAlgorithm? {
        switch type {
        case .crc: return crc(values, at: place)
        case .named(let algorithm):
            if case .hash(let hash) = algorithm.form { return self.hash(hash.function, values) }
            refuse(["bytes"], in: values) { key in
                "`\(algorithm.rawValue)` has \(algorithm.size.bytes): remove `\(key)`, which is a parameter of hashes"
            }
            guard case .sum(let sum) = algorithm.form else {
                let isCRC = if case .crc = algorithm.form { true } else { false }
                let advice = isCRC ? ", or write `type: crc` and give all parameters" : ""
                refuse(["width", "poly", "init", "reflect", "xor", "negate"], in: values) { key in
                    "the parameters of `\(algorithm.rawValue)` are fixed: remove `\(key)`\(advice)"
                }
                return algorithm
            }
            refuse(["width", "poly", "init", "reflect"], in: values) { key in
                "a sum has no `\(key)`: remove it; its parameters are `negate` and `xor`"
            }
            let negate = values["negate"].flatMap { boolean($0, "`negate`") } ?? false
            let xor = values["xor"].flatMap { register($0, "`xor`", width: sum.width) } ?? 0
            return ChecksumAlgorithm(SumParameters(width: sum.width, isNegated: negate, finalXOR: xor))
        }
    }

    /// Reads the parameter of a hash.
    private mutating func hash(_ function: HashParameters.Function, _ values: KeyedNodes) -> ChecksumAlgorithm? {
        refuse(["width", "poly", "init", "reflect", "xor", "negate"], in: values) { key in
            "a hash has no `\(key)`: remove it; its parameter is `bytes`"
        }
        guard let node = values["bytes"] else { return ChecksumAlgorithm(rawValue: function.rawValue) }
        guard let number = unsigned(node, "`bytes`")?.value else { return nil }
        guard let size = Int(exactly: number), HashParameters.sizes.contains(size) else {
            let (first, last) = (HashParameters.sizes.lowerBound, HashParameters.sizes.upperBound)
            let text = "`bytes` is \(number), but `\(function.rawValue)` has \(last.bytes)"
            diagnostics.error("\(text): use \(first) to \(last)", at: node.place)
            return nil
        }
        return ChecksumAlgorithm(HashParameters(function, size: size))
    }

    /// Reads the parameters of a CRC.
    private mutating func crc(_ values: KeyedNodes, at place: Place) -> ChecksumAlgorithm? {
        refuse(["negate"], in: values) { key in "a CRC has no `\(key)`, which is a parameter of sums: remove it" }
        refuse(["bytes"], in: values) { key in "`width` says how many bits a CRC has: remove `\(key)`" }
        for key in ["width", "poly"] where values[key] == nil && !values.hasUnknown {
            let text = "`checksum` of the type `crc` needs `\(key)`: add it, as in `\(ChecksumType.example)`"
            diagnostics.error(text, at: place)
        }
        guard let node = values["width"], let width = width(node) else { return nil }
        let polynomial = values["poly"].flatMap { self.polynomial($0, width: width) }
        let initial = values["init"].map { register($0, "`init`", width: width) } ?? 0
        let isReflected = values["reflect"].map { boolean($0, "`reflect`") } ?? false
        let finalXOR = values["xor"].map { register($0, "`xor`", width: width) } ?? 0
        guard let polynomial, let initial, let isReflected, let finalXOR else { return nil }
        return ChecksumAlgorithm(
            CRCParameters(
                width: width,
                polynomial: polynomial,
                initial: initial,
                isReflected: isReflected,
                finalXOR: finalXOR
            )
        )
    }

    private mutating func width(_ node: Node) -> Int? {
        guard let width = unsigned(node, "`width`") else { return nil }
        guard let known = CRCParameters.widths.first(where: { $0 == width.value }) else {
            let widths = CRCParameters.widths.map { "\($0)" }
            let text = "`width` is \(width.value), but a CRC has \(widths.dropLast().joined(separator: ", "))"
            diagnostics.error("\(text) or \(widths.last ?? "") bits", at: node.place)
            return nil
        }
        return known
    }

    /// Reads a number of `width` bits, at most 32.
    private mutating func register(_ node: Node, _ what: String, width: Int) -> UInt32? {
        guard let number = unsigned(node, what)?.value else { return nil }
        guard let register = UInt32(exactly: number), number >> UInt64(width) == 0 else {
            let largest = (UInt64(1) << UInt64(width) - 1).hexadecimal
            let text = "\(what) is \(number.hexadecimal), but the checksum has \(width) bits"
            diagnostics.error("\(text): use at most \(largest)", at: node.place)
            return nil
        }
        return register
    }

    /// Reads a polynomial without its highest term.
    private mutating func polynomial(_ node: Node, width: Int) -> UInt32? {
        guard let number = unsigned(node, "`poly`")?.value else { return nil }
        guard number != 0 else {
            diagnostics.error("`poly` is 0: write the polynomial of the CRC, such as `poly: 0x1021`", at: node.place)
            return nil
        }
        if number >> UInt64(width) == 1 {
            let rest = number ^ (1 << UInt64(width))
            let text = "`poly` is \(number.hexadecimal), but a polynomial of \(width) bits stands without its"
            diagnostics.error("\(text) highest term: write `poly: \(rest.hexadecimal)`", at: node.place)
            return nil
        }
        guard let polynomial = register(node, "`poly`", width: width) else { return nil }
        let known = ChecksumType.polynomials(width: width)
        let reversed = polynomial.reversed(width: width)
        if !known.contains(polynomial), known.contains(reversed) {
            let (written, meant) = (number.hexadecimal, UInt64(reversed).hexadecimal)
            let text = "`poly` is \(written), which is \(meant) with its bits in reverse order"
            let advice = "a polynomial begins with its highest term even if `reflect` is true"
            diagnostics.warning("\(text): \(advice); did you mean `poly: \(meant)`?", at: node.place)
        }
        return polynomial
    }

    /// Reports the keys among `names` that `checksum` has.
    private mutating func refuse(_ names: [String], in values: KeyedNodes, _ text: (String) -> String) {
        for name in names {
            if let node = values[name] { diagnostics.error(text(name), at: node.place) }
        }
    }
}

/// `type` of `checksum`.
private enum ChecksumType: RawRepresentable {
    /// An algorithm with a name.
    case named(ChecksumAlgorithm)
    /// A CRC with parameters.
    case crc

    static let named = ChecksumAlgorithm.allCases.map { ChecksumType.named($0) }
    static let example = "{ type: crc, width: 16, poly: 0x1021 }"

    var rawValue: String {
        switch self {
        case .named(let algorithm): algorithm.rawValue
        case .crc: "crc"
        }
    }

    init?(rawValue: String) {
        if rawValue == "crc" {
            self = .crc
        } else if let algorithm = ChecksumAlgorithm(rawValue: rawValue) {
            self = .named(algorithm)
        } else {
            return nil
        }
    }

    /// Returns the polynomials of the CRCs of `width` bits that have names.
    static func polynomials(width: Int) -> [UInt32] {
        ChecksumAlgorithm.allCases.compactMap { algorithm in
            if case .crc(let crc) = algorithm.form, crc.width == width { crc.polynomial } else { nil }
        }
    }
}
