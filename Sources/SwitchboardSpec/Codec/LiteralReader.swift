/// Converts the literals of a spec, in examples, defaults and bounds, to values.
struct LiteralReader {
    /// The reason why a literal is not a value of a type.
    struct Problem {
        let message: String
        let place: Place
    }

    private let table: TypeTable
    /// The name of the current value in diagnostics.
    private var subject: String

    /// `time` of the field that the current value belongs to.
    private var time: TimeSpec?

    /// The number of values that may still be made.
    ///
    /// It bounds the work, because defaults may contain other defaults.
    private var budget = SpecLimits.nodes

    /// The depth of the current value within other values.
    private var depth = 0
    /// Whether the number of values was reported as too large.
    private var hasRunOut = false

    /// The problems found so far.
    private(set) var problems: [Problem] = []

    /// A reader of literals; diagnostics call a value that does not belong to a field `subject`.
    init(_ table: TypeTable, subject: String = "the value") {
        self.table = table
        self.subject = subject
    }

    /// Returns the value of `literal` for `step`; `nil`, after a problem, if it is not a value of the step.
    mutating func value(_ literal: Located<Literal>, of step: Step) -> Value? {
        budget -= 1
        depth += 1
        defer { depth -= 1 }
        // The default of a type that contains itself may contain that default again, without end.
        if depth > SpecLimits.nestingDepth * 2 { budget = min(budget, -1) }
        guard budget >= 0 else {
            // Report this problem only once.
            guard !hasRunOut else { return nil }
            hasRunOut = true
            let text = "expands to more than \(SpecLimits.nodes) values: shorten the defaults that it contains"
            return report(text, at: literal.place)
        }
        switch step {
        case .integer(let type, _): return integer(literal, type).map { .number($0) }
        case .float(let type, _): return float(literal, type).map { .float($0) }
        case .boolean, .bit: return boolean(literal).map { .number($0) }
        case .enumeration(let type, _): return enumeration(literal, type).map { .number($0) }
        case .flags(let type, _): return flags(literal, type).map { .number($0) }
        case .text(let size, let form): return text(literal, form).flatMap { sized($0, size, form, literal.place) }
        case .bytes(_, let notation?): return notated(literal, notation).map { .bytes($0) }
        case .bytes(let size, nil): return bytes(literal).flatMap { sized($0, size, nil, literal.place) }
        case .list(let element, let size): return list(literal, element, size)
        case .sized(let step, _): return value(literal, of: step)
        case .optional(let step, _):
            if case .nothing = literal.value { return .nothing }
            return value(literal, of: step)
        case .reserved, .reservedBits: return .nothing
        case .structure(let type): return structure(literal, type)
        case .union(let type, _): return union(literal, type)
        }
    }

    /// Returns the values of `fields` in `entries`; a missing field has its default.
    ///
    /// - Parameters:
    ///   - owner: The owner of the fields, for diagnostics.
    ///   - place: The place at which to report missing values.
    mutating func values(
        _ entries: [Literal.Entry],
        of fields: [FieldSpec],
        in owner: String,
        at place: Place
    ) -> [Value]? {
        reportForeign(entries, fields, owner)
        var values: [Value] = []
        for field in fields {
            let (outer, name) = ((subject, time), field.name.value)
            defer { (subject, time) = outer }
            (subject, time) = ("`\(name)`", field.measure?.time)
            if let entry = entries.first(where: { $0.name.value == name }), field.isVariable {
                if let value = value(entry.literal, of: table.step(of: field)) { values.append(value) }
            } else if let literal = field.defaultValue ?? field.constant {
                if let value = value(literal, of: table.step(of: field)) { values.append(value) }
            } else if field.mayBeNothing {
                values.append(.nothing)
            } else {
                problems.append(Problem(message: "\(owner) has no value for `\(name)`: add it", place: place))
            }
        }
        return values.count == fields.count ? values : nil
    }

    private mutating func reportForeign(_ entries: [Literal.Entry], _ fields: [FieldSpec], _ owner: String) {
        let names = fields.filter(\.isVariable).map(\.name.value)
        for name in entries.map(\.name) where !names.contains(name.value) {
            if let field = fields.first(where: { $0.name.value == name.value && ($0.constant != nil || $0.isDerived) })
            {
                let reason = field.isDerived ? "follows from other fields" : "always has the same value"
                problems.append(Problem(message: "`\(name.value)` \(reason): remove it", place: name.place))
                continue
            }
            let meant = nearMiss(of: name.value, among: names).map { "did you mean `\($0)`?" }
            let advice = meant ?? (names.isEmpty ? "remove it" : "it has \(names.enumerated)")
            let text = "\(owner) has no field `\(name.value)`; \(advice)"
            problems.append(Problem(message: text, place: name.place))
        }
    }

    /// Reports a problem with the current value.
    private mutating func report<Result>(_ message: String, at place: Place) -> Result? {
        problems.append(Problem(message: "\(subject) \(message)", place: place))
        return nil
    }

    private mutating func integer(_ literal: Located<Literal>, _ type: IntegerType) -> SpecInteger? {
        if let time, case .text(let text, _) = literal.value, case .invalid = IntegerLiteral(text) {
            return integer(text, time, type, literal.place)
        }
        guard case .text(let text, isPlain: true) = literal.value else {
            let other = if case .text = literal.value { ", without quotes" } else { ", not \(literal.value.kind)" }
            return report("must be a number\(other)", at: literal.place)
        }
        switch IntegerLiteral(text) {
        case .value(let value, _) where value.bits(of: type) != nil: return value
        case .value, .tooLarge:
            let message = "is \(text), which does not fit in \(type.rawValue): use \(type.range)"
            return report(message, at: literal.place)
        case .invalid:
            return report("must be a whole number, not `\(text.visible)`", at: literal.place)
        }
    }

    /// Returns the number that says the time in `text`.
    private mutating func integer(_ text: String, _ time: TimeSpec, _ type: IntegerType, _ place: Place) -> SpecInteger?
    {
        if let problem = time.problem(in: text) { return report(problem, at: place) }
        guard let number = time.number(of: text), number.bits(of: type) == nil else { return time.number(of: text) }
        return report("is \(text), or \(number), which does not fit in \(type.rawValue): use \(type.range)", at: place)
    }

    private mutating func float(_ literal: Located<Literal>, _ type: FloatType) -> UInt64? {
        guard case .text(let text, isPlain: true) = literal.value, let bits = FloatBits.bits(text, type) else {
            let advice = if case .text(let text, _) = literal.value { Self.hint(ofSpecial: text) } else { "" }
            return report("must be a number such as 1.5 that a \(type.rawValue) can hold\(advice)", at: literal.place)
        }
        // A fraction is rounded silently, because few fractions have an exact value. An integer without an exact
        // value is a mistake.
        let nearest = FloatBits.number(bits, type)
        if let number = IntegerLiteral(text).number, Double(exactly: number.magnitude) != nearest.magnitude {
            let advice = UInt64(exactly: nearest.magnitude).map {
                ": the nearest is \(SpecInteger(isNegative: number.isNegative, magnitude: $0))"
            }
            let problem = "is \(text), which a \(type.rawValue) cannot represent"
            return report(problem + (advice ?? ""), at: literal.place)
        }
        return bits
    }

    /// Returns the advice for a text that is not a finite number, such as a word for infinity or NaN.
    private static func hint(ofSpecial text: String) -> String {
        let isNegative = text.hasPrefix("-")
        switch text.lowercased().drop(while: { "+-.".contains($0) }) {
        case "nan": return "; did you mean `.nan`?"
        case "inf", "infinity": return "; did you mean `\(isNegative ? "-" : "").inf`?"
        default: return text.contains("e") ? ", or `.inf`" : ""
        }
    }

    private mutating func boolean(_ literal: Located<Literal>) -> SpecInteger? {
        if case .text(let text, isPlain: true) = literal.value, text == "true" || text == "false" {
            return SpecInteger(magnitude: text == "true" ? 1 : 0)
        }
        return report("must be true or false", at: literal.place)
    }

    private mutating func text(_ literal: Located<Literal>, _ form: TextForm) -> [UInt8]? {
        if case .text(let text, _) = literal.value {
            guard form.bytes(of: Array(text.utf8)) == nil else { return Array(text.utf8) }
            return report("has a character that \(form.encoding.rawValue) does not have", at: literal.place)
        }
        let advice = if case .nothing = literal.value { "write \"\" for no text" } else { "`hex` is for `bytes`" }
        return report("must be text: \(advice)", at: literal.place)
    }

    private mutating func bytes(_ literal: Located<Literal>) -> [UInt8]? {
        switch literal.value {
        case .text(let text, _): return Array(text.utf8)
        case .nothing: return report("must be bytes: write \"\" for none", at: literal.place)
        case .list: return report("must be text or `{ hex: 00ff }`, not a list", at: literal.place)
        case .mapping(let entries):
            guard entries.count == 1, entries[0].name.value == "hex" else {
                return report("must be text or `{ hex: 00ff }`", at: literal.place)
            }
            guard case .text(let text, _) = entries[0].literal.value else {
                guard case .nothing = entries[0].literal.value else {
                    return report("must be hexadecimal digits", at: entries[0].literal.place)
                }
                return []
            }
            do throws(Hexadecimal.Problem) { return try Hexadecimal.bytes(text) } catch {
                return report("must be \(error.message)", at: entries[0].literal.place)
            }
        }
    }

    /// Reads the text of a value with a notation of its own.
    private mutating func notated(_ literal: Located<Literal>, _ notation: Notation) -> [UInt8]? {
        guard case .text(let text, _) = literal.value else {
            return report("must be \(notation.title)", at: literal.place)
        }
        if let bytes = notation.bytes(of: text) { return bytes }
        return report(
            "must be \(notation.title), not `\(text.visible)`\(notation.advice(for: text))",
            at: literal.place
        )
    }

    /// - Parameter form: The encoding of text, whose content is in UTF-8; `nil` for bytes.
    private mutating func sized(_ content: [UInt8], _ size: Size, _ form: TextForm?, _ place: Place) -> Value? {
        let bytes = form?.bytes(of: content) ?? content
        switch size {
        case .fixed(let count) where bytes.count != count:
            let message = "has \(bytes.count.bytes), but its `length` is \(count): give \(count.bytes)"
            return report(message, at: place)
        case .padded(let count, let pad):
            if bytes.count > count {
                return report("has \(bytes.count.bytes), but its `length` is \(count): shorten it", at: place)
            }
            if bytes.last == pad { return report("ends with the byte of its `pad`: shorten it", at: place) }
        case .until(let end) where bytes.contains(end):
            return report("contains \(end.shownInHexadecimal), where it would end: remove it", at: place)
        case .counted(let count):
            if let problem = problem(of: bytes.count, count, bytes.count.bytes) { return report(problem, at: place) }
        case .fixed, .until, .toEnd: break
        }
        return .bytes(content)
    }

    /// Returns the reason why a number cannot say `size`; `nil` if it can.
    private func problem(of size: Int, _ count: Count, _ units: String) -> String? {
        if case .prefix(let prefix, _) = count.source, let largest = count.largestSize, UInt64(clamping: size) > largest
        {
            return "has \(units), and a \(prefix.rawValue) counts them: give at most \(largest)"
        }
        guard count.number(of: size) == nil else { return nil }
        return "has \(units), and its length cannot say this number: add or remove some"
    }

    private mutating func list(_ literal: Located<Literal>, _ element: Step, _ size: Size) -> Value? {
        guard case .list(let items) = literal.value else {
            return report("must be a list such as `[ … ]`", at: literal.place)
        }
        let elements = items.compactMap { value($0, of: element) }
        switch size {
        case .fixed(let count) where items.count != count:
            let message = "has \(items.count.elements), but its `count` is \(count): give \(count.elements)"
            return report(message, at: literal.place)
        case .counted(let count) where !count.countsBytes:
            if let problem = problem(of: items.count, count, items.count.elements) {
                return report(problem, at: literal.place)
            }
        case .fixed, .padded, .counted, .until, .toEnd: break
        }
        return elements.count == items.count ? .list(elements) : nil
    }

    private mutating func enumeration(_ literal: Located<Literal>, _ type: EnumSpec) -> SpecInteger? {
        guard case .text(let text, let isPlain) = literal.value else {
            return report("must be a case of `\(type.name.value)`", at: literal.place)
        }
        if let value = type.cases.first(where: { $0.name.value == text })?.value.value { return value }
        if isPlain, !type.isClosed, let value = IntegerLiteral(text).number, value.bits(of: type.type) != nil {
            return value
        }
        let advice = didYouMean(text, among: type.cases.map(\.name.value))
        let problem = "must be a case of `\(type.name.value)`, not `\(text.visible)`"
        return report(problem + advice, at: literal.place)
    }

    private mutating func flags(_ literal: Located<Literal>, _ type: FlagsSpec) -> SpecInteger? {
        switch literal.value {
        case .text(_, isPlain: true):
            guard let number = integer(literal, type.type) else { return nil }
            guard type.allows(number) else {
                return report(
                    "has bits that `\(type.name.value)` does not name: use only named bits",
                    at: literal.place
                )
            }
            return number
        case .list(let items):
            var bits: UInt64 = 0
            for item in items {
                guard case .text(let text, _) = item.value else {
                    return report("must be a list of bits of `\(type.name.value)`", at: item.place)
                }
                guard let bit = type.bits.first(where: { $0.name.value == text }) else {
                    let advice = didYouMean(text, among: type.bits.map(\.name.value))
                    let problem = "must be a list of bits of `\(type.name.value)`, and `\(text.visible)` is not one"
                    return report(problem + advice, at: item.place)
                }
                bits |= 1 << bit.position.value
            }
            return SpecInteger(magnitude: bits)
        case .text, .nothing, .mapping:
            let text = "must be a list of bits of `\(type.name.value)`, such as `[ … ]`, or a number"
            return report(text, at: literal.place)
        }
    }

    private mutating func structure(_ literal: Located<Literal>, _ type: StructSpec) -> Value? {
        guard case .mapping(let entries) = literal.value else {
            return report("must be a mapping of the fields of `\(type.name.value)`", at: literal.place)
        }
        let owner = "struct `\(type.name.value)`"
        return values(entries, of: type.fields, in: owner, at: literal.place).map { .record($0) }
    }

    private mutating func union(_ literal: Located<Literal>, _ type: UnionSpec) -> Value? {
        let (name, entries): (Located<String>, [Literal.Entry])
        switch literal.value {
        case .text(let text, _): (name, entries) = (Located(value: text, place: literal.place), [])
        case .mapping(let cases) where cases.count == 1:
            name = cases[0].name
            switch cases[0].literal.value {
            case .mapping(let fields): entries = fields
            case .nothing: entries = []
            case .text, .list:
                let text = "must be a mapping of the fields of `\(name.value)`"
                return report(text, at: cases[0].literal.place)
            }
        case .mapping, .list, .nothing:
            let text = "must be a case of `\(type.name.value)` with its fields, such as `{ name: { … } }`"
            return report(text, at: literal.place)
        }
        if type.keepsUnknown, name.value == UnionSpec.unknownCase {
            return unrecognized(entries, type, at: literal.place)
        }
        guard let index = type.cases.firstIndex(where: { $0.name.value == name.value }) else {
            let advice = didYouMean(name.value, among: type.cases.map(\.name.value))
            let problem = "must be a case of `\(type.name.value)`, not `\(name.value.visible)`"
            return report(problem + advice, at: name.place)
        }
        let owner = "case `\(name.value)`"
        let values = values(entries, of: type.cases[index].fields, in: owner, at: literal.place)
        return values.map { .choice(index, $0) }
    }

    /// Reads a value whose tag no case has: its tag and its bytes.
    private mutating func unrecognized(_ entries: [Literal.Entry], _ type: UnionSpec, at place: Place) -> Value? {
        let tag = FieldSpec(
            name: Located(value: "tag", place: place),
            type: Located(value: .integer(type.tag), place: place)
        )
        let data = FieldSpec(
            name: Located(value: "data", place: place),
            type: Located(value: .bytes(.toEnd), place: place)
        )
        let owner = "case `\(UnionSpec.unknownCase)`"
        let entries = entries.map { entry in
            guard entry.name.value == tag.name.value, let number = type.tag(entry.literal.value) else { return entry }
            let literal = Literal.text("\(number)", isPlain: true)
            return Literal.Entry(name: entry.name, literal: Located(value: literal, place: entry.literal.place))
        }
        guard let values = values(entries, of: [tag, data], in: owner, at: place) else { return nil }
        if let known = type.cases.first(where: { $0.tag.value == values[0].number }) {
            return report("has the tag of case `\(known.name.value)`: use that case", at: place)
        }
        return .unrecognized(values[0].number, values[1].content)
    }
}

extension UnionSpec {
    /// Returns the tag that `literal` says as text; `nil` for a number, and unless the tags are text of this length.
    fileprivate func tag(_ literal: Literal) -> SpecInteger? {
        guard isTagText, case .text(let text, let isPlain) = literal, text.utf8.count == tag.fixedSize else {
            return nil
        }
        if isPlain, IntegerLiteral(text) != .invalid { return nil }
        return SpecInteger(magnitude: ByteOrder.big.number(Array(text.utf8)))
    }
}
