/// The keys of a field that belong to its type.
struct TypeParts {
    /// `length`.
    var length: Node?
    /// `count`.
    var count: Node?
    /// `pad`.
    var pad: Node?
    /// `encoding`.
    var encoding: Node?
}

/// The fields that a field may refer to: the earlier fields of the same message, struct or case.
struct FieldScope {
    /// The fields.
    private(set) var fields: [FieldSpec] = []
    /// The fields of the frame's header, with names such as `header.count`.
    let header: [FieldSpec]
    /// Whether the fields belong to a message, and may refer to the frame's header.
    let isOfMessage: Bool
    /// For fields of the trailer: the names of the header's fields that are the code or a part of it, to which they cannot refer.
    let codes: Set<String>?
    /// The names of all fields, also of those that follow.
    private let all: Set<String>
    /// The fields and those of the header by their names, without reserved bytes.
    private var named: [String: FieldSpec]

    init(
        _ names: [String] = [],
        header: [FieldSpec] = [],
        isOfMessage: Bool = false,
        codes: Set<String>? = nil
    ) {
        all = Set(names)
        self.header = header
        self.isOfMessage = isOfMessage
        self.codes = codes
        named = Dictionary(header.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The names of the fields, without reserved bytes.
    var names: [String] { (fields.filter { !$0.isReserved } + header).map(\.name.value) }

    /// Adds a field; of several with one name, references mean the first.
    mutating func append(_ field: FieldSpec) {
        fields.append(field)
        if !field.isReserved, named[field.name.value] == nil { named[field.name.value] = field }
    }

    /// Returns whether a reference with the text `name` is to a field that does not precede the one with the reference.
    func isLater(_ name: String) -> Bool {
        guard let field = name.split(separator: ".").first.map(String.init) else { return false }
        return all.contains(field) && named[field] == nil
    }

    /// Returns the field that a reference names.
    func field(_ reference: ReferenceSpec) -> FieldSpec? { named[reference.field] }
}

// The ends of values: `length` and `count` are a type, a number, the name of an earlier field, or a mapping.

extension SpecParser {
    /// Reads `length` or `count`.
    ///
    /// - Parameters:
    ///   - what: The key, for diagnostics.
    ///   - units: What it counts: bytes or elements.
    ///   - pad: The byte that fills shorter values.
    mutating func extent(_ node: Node?, _ what: String, _ units: String, pad: Node? = nil) -> Extent? {
        guard let node else {
            if let pad { diagnostics.error("`pad` needs `length`: add it, or remove `pad`", at: pad.place) }
            return .toEnd
        }
        guard case .mapping = node.content else {
            guard let source = source(node, what, units) else { return nil }
            guard let pad else {
                if case .constant(let count) = source { return .fixed(count) }
                return .counted(CountSpec(source: source))
            }
            guard case .constant(let count) = source else {
                diagnostics.error("`pad` belongs to a `length` that is a number: remove it", at: pad.place)
                return nil
            }
            guard count <= SpecLimits.fillerBytes else {
                let limit = SpecLimits.fillerBytes
                diagnostics.error("\(what) is \(count): with `pad`, use 1 to \(limit) \(units)", at: node.place)
                return nil
            }
            return byte(pad, "`pad`").map { .padded(count, pad: $0) }
        }
        if let pad { diagnostics.error("`pad` belongs to a `length` that is a number: remove it", at: pad.place) }
        let isArray = units == "elements"
        guard let values = keys(of: node, what, at: node.place, isArray ? .count : .end) else { return nil }
        return mapping(values, what, units, at: node.place)
    }

    private mutating func mapping(_ values: KeyedNodes, _ what: String, _ units: String, at place: Place) -> Extent? {
        let given = ["type", "field", "until", "before", "bytes"].filter { values[$0] != nil }
        guard given.count == 1 else {
            guard !values.hasUnknown else { return nil }
            let allowed =
                units == "elements"
                ? "`type`, `field`, `bytes`, `until` or `before`" : "`type`, `field`, `until` or `before`"
            diagnostics.error(
                "\(what) has one of \(allowed): \(given.isEmpty ? "add one" : "remove the others")",
                at: place
            )
            return nil
        }
        for word in ["until", "before"] {
            guard let node = values[word] else { continue }
            for key in ["plus", "unit", "absent"] where values[key] != nil {
                diagnostics.error("`\(key)` belongs to a number, and `\(word)` has none: remove it", at: place)
            }
            guard word == "before" else { return end(node).map { .until($0) } }
            return name(node, "`before`").map { .before($0.value) }
        }
        if let node = values["bytes"] {
            for key in ["plus", "unit", "absent"] where values[key] != nil {
                diagnostics.error("`\(key)` belongs to the number of bytes: move it into `bytes`", at: place)
            }
            guard let extent = extent(node, "`bytes`", "bytes") else { return nil }
            switch extent {
            case .counted(var count):
                count.countsBytes = true
                return .counted(count)
            case .fixed(let count): return .counted(CountSpec(source: .constant(count), countsBytes: true))
            case .toEnd, .padded, .until, .before:
                diagnostics.error("`bytes` must be a number, a type or an earlier field", at: node.place)
                return nil
            }
        }
        guard let node = values["type"] ?? values["field"] else { return nil }
        let absent = values["absent"].map { self.absent($0) } ?? []
        // Without its numbers, another type would seem to be needed.
        if values["absent"] != nil, absent.isEmpty { return nil }
        guard let source = numberSource(node, isType: values["type"] != nil, what, units, absent) else { return nil }
        var count = CountSpec(source: source, absent: absent)
        if let node = values["unit"], let unit = self.count(node, "`unit`", units) { count.unit = unit }
        if let node = values["plus"], let plus = integer(node, "`plus`") {
            guard plus.value.magnitude <= UInt64(SpecLimits.countOffset) else {
                let limit = SpecLimits.countOffset
                diagnostics.error("`plus` is \(plus.value): use -\(limit) to \(limit)", at: plus.place)
                return nil
            }
            let magnitude = Int(clamping: plus.value.magnitude)
            count.plus = plus.value.isNegative ? -magnitude : magnitude
        }
        if case .prefix(let type) = source, case .variable(let length) = type.encoding, let byte = length.absentByte,
            !absent.isEmpty
        {
            guard absent == [SpecInteger(magnitude: UInt64(byte))] else {
                let number = "0x\(String(byte, radix: 16, uppercase: true))"
                diagnostics.error(
                    "`absent` of `\(type.rawValue)` must be \(number), the byte that is sent instead of a number",
                    at: values["absent"]?.place ?? place
                )
                return nil
            }
        }
        for number in absent {
            guard let type = type(of: source), number.bits(of: type) == nil else { continue }
            let text = "`absent` is \(number), which does not fit in \(type.rawValue): use \(type.range)"
            diagnostics.error(text, at: place)
            return nil
        }
        return .counted(count)
    }

    /// Reads `absent`: a number, or a list of numbers.
    private mutating func absent(_ node: Node) -> [SpecInteger] {
        guard case .list = node.content else { return integer(node, "`absent`").map { [$0.value] } ?? [] }
        let limit = SpecLimits.absentNumbers
        guard let items = list(node, "`absent`", limit: limit, example: "[ -1, 0 ]") else { return [] }
        if items.isEmpty { diagnostics.error("`absent` has no number: add one, or remove `absent`", at: node.place) }
        var numbers: [SpecInteger] = []
        for number in items.compactMap({ integer($0, "`absent`") }) {
            if numbers.contains(number.value) {
                diagnostics.error("`absent` has the number \(number.value) twice: remove one", at: number.place)
            }
            numbers.append(number.value)
        }
        return numbers
    }

    /// Reads `type` or `field` of a mapping.
    private mutating func numberSource(
        _ node: Node,
        isType: Bool,
        _ what: String,
        _ units: String,
        _ absent: [SpecInteger]
    ) -> CountSpec.Source? {
        guard let source = source(node, isType ? "`type` of \(what)" : "`field`", units, absent) else { return nil }
        switch source {
        case .prefix where isType, .field where !isType: return source
        case .prefix, .field, .constant:
            let form =
                isType ? "`type` of \(what) must be a type such as `uint16`" : "`field` must name an earlier field"
            diagnostics.error("\(form), not \(node.kind)", at: node.place)
            return nil
        }
    }

    /// Returns the type of the number that says where a value ends; `nil` if it is a number in the spec.
    private func type(of source: CountSpec.Source) -> IntegerType? {
        switch source {
        case .prefix(let type): return type
        case .field(let reference):
            guard case .integer(let type)? = scope.field(reference)?.type.value else { return nil }
            return type
        case .constant: return nil
        }
    }

    /// Reads where a number of bytes or elements is: a type, a number, or the name of an earlier field.
    ///
    /// - Parameter absent: The numbers that say that there is no value: the type may then have numbers below 0.
    private mutating func source(
        _ node: Node,
        _ what: String,
        _ units: String,
        _ absent: [SpecInteger] = []
    ) -> CountSpec.Source? {
        let prefixes = IntegerType.common(for: .prefix)
        guard let scalar = node.scalar, scalar.isPlain, !node.isNothing else {
            return refuse(node, what, units, prefixes)
        }
        if let type = IntegerType(rawValue: scalar.text) {
            if type.has(.prefix) || !absent.isEmpty && type.isWholeBytes { return .prefix(type) }
            return refuse(node, what, units, prefixes)
        }
        if IntegerLiteral(scalar.text) != .invalid { return count(node, what, units).map { .constant($0) } }
        guard let reference = reference(scalar.text), scope.field(reference) != nil, reference.bit == nil else {
            return refuse(node, what, units, prefixes)
        }
        guard let field = scope.field(reference), counts(field) else {
            let text = "\(what) names `\(reference.text)`, which must be an unsigned whole number without other keys"
            diagnostics.error("\(text): name another field", at: node.place)
            return nil
        }
        return .field(reference)
    }

    private mutating func refuse(
        _ node: Node,
        _ what: String,
        _ units: String,
        _ prefixes: [IntegerType]
    ) -> CountSpec.Source? {
        if let text = node.scalar?.text, let problem = headerProblem(text, fitting: scope.header.filter { counts($0) })
        {
            diagnostics.error("\(what) names `\(text.visible)`, \(problem)", at: node.place)
            return nil
        }
        if let text = node.scalar?.text, scope.isLater(text) {
            diagnostics.error("\(what) names `\(text.visible)`, \(Self.laterField)", at: node.place)
            return nil
        }
        let words = prefixes.map(\.rawValue)
        let known = words + (scope.fields + scope.header).filter { counts($0) }.map(\.name.value)
        let inHeader = node.scalar.map { ReferenceSpec.header($0.text) }.flatMap { known.contains($0) ? $0 : nil }
        var advice = ""
        if let inHeader {
            advice = "; did you mean `\(inHeader)`?"
        } else if let scalar = node.scalar {
            advice =
                quoted(scalar, among: known) ?? arithmetic(scalar.text, what, among: known)
                ?? ForeignWords.hint(for: scalar.text, among: known)
        }
        let field = scope.fields.isEmpty ? "" : ", the name of an earlier field"
        let first = "\(words.alternatives) (a prefix that counts the \(units))\(field)"
        // A number within a mapping is no other mapping.
        let mappings = ["`length`": "{ type: uint16, plus: 2 }", "`count`": "{ bytes: uint16 }"]
        let number = "a number of \(units)"
        let rest = mappings[what].map { ", \(number) or a mapping such as `\($0)`" } ?? " or \(number)"
        diagnostics.error("\(what) must be \(first)\(rest), not \(node.kind)\(advice)", at: node.place)
        return nil
    }

    /// Returns the advice for a type or the name of a field in quotes; `nil` for other values.
    private func quoted(_ scalar: Node.Scalar, among known: [String]) -> String? {
        scalar.isPlain || !known.contains(scalar.text) ? nil : ": remove the quotes"
    }

    /// Returns the advice for a sum, a product or a quotient such as `size - 4`; `nil` for other values.
    private func arithmetic(_ text: String, _ what: String, among known: [String]) -> String? {
        let text = text.filter { $0 != " " }
        guard let index = text.firstIndex(where: { "+-*/".contains($0) }) else { return nil }
        let name = String(text[..<index])
        guard known.contains(name),
            let number = IntegerLiteral(String(text[text.index(after: index)...])).number, number.magnitude > 0
        else { return nil }
        let key = IntegerType(rawValue: name) == nil ? "field" : "type"
        switch text[index] {
        case "-": return ": write `{ \(key): \(name), plus: \(number) }`"
        case "+": return ": write `{ \(key): \(name), plus: -\(number) }`"
        case "*": return ": write `{ \(key): \(name), unit: \(number) }`"
        default: return what == "`count`" ? ": write `{ bytes: \(name) }` for a number of bytes" : nil
        }
    }

    /// Returns whether `field` can say where another field ends.
    private func counts(_ field: FieldSpec) -> Bool {
        guard case .integer(let type) = field.type.value, !type.isSigned else { return false }
        let others: [Any?] = [
            field.defaultValue, field.minimum, field.maximum, field.constant, field.since, field.condition,
        ]
        return others.allSatisfy { $0 == nil } && !field.isTrailing && !field.isSecret
    }

    /// Reads `until`: a byte, or the bytes of a text.
    private mutating func end(_ node: Node) -> [UInt8]? {
        guard let scalar = node.scalar, !node.isNothing else {
            diagnostics.error("`until` must be a byte such as 0, or text in quotes, not \(node.kind)", at: node.place)
            return nil
        }
        if scalar.isPlain { return byte(node, "`until`").map { [$0] } }
        let bytes = Array(scalar.text.utf8)
        guard !bytes.isEmpty, bytes.count <= SpecLimits.endBytes else {
            diagnostics.error("`until` has \(bytes.count.bytes): use 1 to \(SpecLimits.endBytes)", at: node.place)
            return nil
        }
        return bytes
    }

    /// Reads a byte: a number, or a text of one character of ASCII.
    mutating func byte(_ node: Node, _ what: String) -> UInt8? {
        if let scalar = node.scalar, !scalar.isPlain, scalar.text.utf8.count == 1 { return scalar.text.utf8.first }
        guard let number = unsigned(node, what) else { return nil }
        guard let byte = UInt8(exactly: number.value) else {
            diagnostics.error("\(what) is \(number.value), and must be a byte: use 0 to 255", at: number.place)
            return nil
        }
        return byte
    }

    // MARK: References

    private static let laterField = "which does not come earlier: move it before this field"

    /// Returns the reference that `text` is: `field` or `field.bit`.
    func reference(_ text: String) -> ReferenceSpec? {
        let start = ReferenceSpec.header("")
        // A field called `header` has bits of its own.
        if text.hasPrefix(start), !scope.fields.contains(where: { $0.name.value + "." == start }) {
            return parts(of: text.dropFirst(start.count)).map { ReferenceSpec(field: start + $0.field, bit: $0.bit) }
        }
        return parts(of: text[...])
    }

    private func parts(of text: Substring) -> ReferenceSpec? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), !parts.contains("") else { return nil }
        return ReferenceSpec(field: parts[0], bit: parts.count == 2 ? parts[1] : nil)
    }

    /// Reads the name of an earlier field; returns the reference with the field.
    private mutating func earlierField(_ text: String, _ what: String, at place: Place) -> (ReferenceSpec, FieldSpec)? {
        if let reference = reference(text), let field = scope.field(reference) { return (reference, field) }
        if let problem = headerProblem(text, fitting: scope.header) {
            diagnostics.error("\(what) names `\(text.visible)`, \(problem)", at: place)
            return nil
        }
        if let code = reference(text)?.field, scope.codes?.contains(code) == true {
            let advice = scope.names.isEmpty ? "add another field to `header`" : "it can be \(scope.names.alternatives)"
            diagnostics.error("\(what) in `trailer` names `\(code)`, which belongs to the code: \(advice)", at: place)
            return nil
        }
        if scope.isLater(text) {
            diagnostics.error("\(what) names `\(text.visible)`, \(Self.laterField)", at: place)
            return nil
        }
        let sameName = scope.names.first { $0 == ReferenceSpec.header(text) }
        let meant = (sameName ?? nearMiss(of: text, among: scope.names)).map { "; did you mean `\($0)`?" }
        let names = scope.names.isEmpty ? ": there is none" : ": it can be \(scope.names.alternatives)"
        let allowed = scope.codes == nil ? "an earlier field" : "a field of `header`"
        diagnostics.error("\(what) must name \(allowed), and `\(text.visible)` is none\(meant ?? names)", at: place)
        return nil
    }

    /// Returns what is wrong with a reference to a field of the frame's header; `nil` if `text` is none, or may be misspelt.
    ///
    /// - Parameter fields: The fields of the header that the text may name.
    private func headerProblem(_ text: String, fitting fields: [FieldSpec]) -> String? {
        guard let reference = reference(text), reference.field.hasPrefix(ReferenceSpec.header("")) else { return nil }
        func isNamed(_ item: FrameSpec.HeaderField) -> Bool {
            ReferenceSpec.header(item.field.name.value) == reference.field
        }
        guard scope.isOfMessage else {
            return "and only fields of messages can refer to the header: use a field of the message"
        }
        if let trailer = frame?.trailerFields, trailer.contains(where: { isNamed($0.value) }) {
            return "which is in `trailer`, behind the fields: name a field of `header`"
        }
        let isOwn = scope.header.contains { $0.name.value == reference.field }
        let items = frame?.header.filter { isNamed($0.value) } ?? []
        guard !items.isEmpty, !isOwn else { return nil }
        if items.contains(where: { $0.value.field.condition != nil }) {
            return "which a frame may lack: name an item that every frame has"
        }
        let names = fields.map(\.name.value)
        let advice = names.isEmpty ? "add another field to `header`" : "it can be \(names.alternatives)"
        return "which has a meaning of its own in the frame: \(advice)"
    }

    /// Reads `when`.
    mutating func condition(_ node: Node) -> Located<ConditionSpec>? {
        var terms: [ConditionSpec.Term] = []
        switch node.content {
        case .scalar(let scalar) where !node.isNothing:
            if let mapping = ForeignConditions.mapping(for: scalar.text) {
                let text = "`when` has no operators"
                diagnostics.error("\(text): write `when: \(mapping.visible)`", at: node.place)
                return nil
            }
            guard let term = term(scalar.text, at: node.place, nil) else { return nil }
            terms = [term]
        case .mapping(let entries) where !entries.isEmpty && entries.count <= SpecLimits.fields:
            for entry in entries {
                guard let name = entry.key.scalar?.text else {
                    diagnostics.error("a key must be a word, not \(entry.key.kind)", at: entry.key.place)
                    return nil
                }
                guard let term = term(name, at: entry.key.place, entry.value) else { return nil }
                terms.append(term)
            }
        case .mapping(let entries) where entries.isEmpty:
            diagnostics.error("`when` has no condition: add one such as `{ kind: [ 1, 3 ] }`", at: node.place)
            return nil
        case .scalar, .list, .mapping:
            let forms = "the name of an earlier field, or a mapping such as `{ kind: [ 1, 3 ] }`"
            var advice = ""
            if case .list(let items) = node.content, items.count > 1, items.allSatisfy({ $0.scalar != nil }) {
                let terms = items.compactMap { $0.scalar.map { "\($0.text.visible): true" } }.joined(separator: ", ")
                advice = "; if all must hold, write `{ \(terms) }`"
            }
            diagnostics.error("`when` must be \(forms), not \(node.kind)\(advice)", at: node.place)
            return nil
        }
        return Located(value: ConditionSpec(terms: terms), place: node.place)
    }

    /// Reads a test of a field.
    ///
    /// - Parameter value: What the field must be; `nil` for a field that must be true.
    private mutating func term(_ name: String, at place: Place, _ value: Node?) -> ConditionSpec.Term? {
        guard let (reference, field) = earlierField(name, "`when`", at: place) else { return nil }
        let located = Located(value: reference, place: place)
        guard let value else {
            if case .named(let name) = field.type.value, flagBits[name] != nil {
                guard isBit(reference.bit, of: field, reference, at: place) else { return nil }
                return ConditionSpec.Term(reference: located, test: .isSet)
            }
            guard isTruth(field, reference) else {
                let advice = "say what it must be, as in `{ \(reference.text): 1 }`"
                diagnostics.error("`\(reference.text)` is no boolean, bit or bit of flags: \(advice)", at: place)
                return nil
            }
            return ConditionSpec.Term(reference: located, test: .isSet)
        }
        if let bit = reference.bit, !isBit(bit, of: field, reference, at: place) { return nil }
        switch value.content {
        case .scalar:
            return literal(value).map { ConditionSpec.Term(reference: located, test: .oneOf([$0])) }
        case .list(let items):
            guard !items.isEmpty else {
                diagnostics.error("`when` has no value for `\(reference.text)`: add one", at: value.place)
                return nil
            }
            return ConditionSpec.Term(reference: located, test: .oneOf(items.compactMap { literal($0) }))
        case .mapping:
            guard let values = keys(of: value, "a test in `when`", at: value.place, .range) else { return nil }
            if let node = values["not"] {
                guard values["min"] == nil, values["max"] == nil else {
                    diagnostics.error("a test in `when` has `not`, or `min` and `max`: remove one", at: value.place)
                    return nil
                }
                guard case .list(let items) = node.content else {
                    return literal(node).map { ConditionSpec.Term(reference: located, test: .noneOf([$0])) }
                }
                guard !items.isEmpty else {
                    diagnostics.error("`not` has no value for `\(reference.text)`: add one", at: node.place)
                    return nil
                }
                return ConditionSpec.Term(reference: located, test: .noneOf(items.compactMap { literal($0) }))
            }
            let (low, high) = (values["min"].flatMap { literal($0) }, values["max"].flatMap { literal($0) })
            guard low != nil || high != nil else {
                diagnostics.error("a test in `when` needs `min`, `max` or `not`: add one", at: value.place)
                return nil
            }
            return ConditionSpec.Term(reference: located, test: .range(low, high))
        }
    }

    /// Returns whether `bit` is a bit of the flags of `field`, which `reference` names; reports it otherwise.
    private mutating func isBit(_ bit: String?, of field: FieldSpec, _ reference: ReferenceSpec, at place: Place)
        -> Bool
    {
        guard case .named(let name) = field.type.value, let bits = flagBits[name] else {
            diagnostics.error("`\(reference.field)` has no flags: write `\(reference.field)`", at: place)
            return false
        }
        if let bit, bits.contains(bit) { return true }
        let names = bits.sorted().map { "\(reference.field).\($0)" }
        let meant = nearMiss(of: reference.text, among: names) ?? names.first ?? reference.text
        let text = "`\(reference.text)` is no bit of `\(name)`; name one, such as `\(meant)`"
        diagnostics.error(text, at: place)
        return false
    }

    /// Returns whether `reference` names a boolean or a bit.
    private func isTruth(_ field: FieldSpec, _ reference: ReferenceSpec) -> Bool {
        switch field.type.value {
        case .boolean, .bit: reference.bit == nil
        case .named(let name): incomplete.contains(name)
        default: false
        }
    }

    /// Reads `tag` of a field: the earlier field that says which case its union is.
    mutating func tag(_ node: Node) -> Located<ReferenceSpec>? {
        guard let scalar = node.scalar, !node.isNothing else {
            diagnostics.error("`tag` must name an earlier field, not \(node.kind)", at: node.place)
            return nil
        }
        guard let (reference, field) = earlierField(scalar.text, "`tag`", at: node.place) else { return nil }
        guard reference.bit == nil, counts(field) else {
            let text = "`tag` names `\(reference.text)`, which must be an unsigned whole number without other keys"
            diagnostics.error("\(text): name another field", at: node.place)
            return nil
        }
        return Located(value: reference, place: node.place)
    }
}

extension [FieldSpec] {
    /// Returns the fields, with a mark at those whose values follow from later fields.
    func markingDerived() -> [FieldSpec] {
        let references = References(self)
        return map { field in
            var field = field
            field.isDerived = references.derivation(of: field.name.value) != nil
            return field
        }
    }
}
