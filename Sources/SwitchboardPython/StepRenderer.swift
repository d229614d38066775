internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes the forms of values, of which `_layouts.py` consists.
struct StepRenderer {
    let spec: CheckedSpec
    private let values: ValueRenderer

    init(_ spec: CheckedSpec) {
        self.spec = spec
        values = ValueRenderer(spec: spec, module: "messages.")
    }

    // MARK: Steps

    /// Returns the form of a value.
    func expression(_ step: Step, _ uses: inout Uses, isElement: Bool = false) -> Expression {
        switch step {
        case .integer(let type, let order): return number(type, order, &uses)
        case .float(let type, let order):
            uses.note("Float", "struct")
            return .call("wire.Float", [.text("\(type.size)")] + self.order(order, type.size))
        case .boolean:
            uses.note("Bool")
            return .text("wire.Bool()")
        case .bit:
            uses.note("BitStep")
            return .text("wire.Bit()")
        case .enumeration(let type, let order):
            uses.note("EnumOf")
            let kind = Expression.text("messages.\(PythonNames.type(type.name.value))")
            return named("EnumOf", kind, type.type, order, [], &uses)
        case .flags(let type, let order):
            uses.note("FlagsOf")
            let kind = Expression.text("messages.\(PythonNames.type(type.name.value))")
            let mask = type.isClosed ? [Expression.argument("mask", PythonLiteral.hexadecimal(type.knownBits))] : []
            return named("FlagsOf", kind, type.type, order, mask, &uses)
        case .text(let size, let form):
            uses.note("Bytes", "Text")
            return .call("wire.Text", [self.size(size, &uses)] + encoding(form))
        case .bytes(_, let notation?): return self.notation(notation, &uses)
        case .bytes(let size, nil):
            uses.note("Bytes")
            return .call("wire.Bytes", [self.size(size, &uses)])
        case .list(let element, let size):
            uses.note("ListOf")
            return .call("wire.ListOf", [expression(element, &uses, isElement: true), self.size(size, &uses)])
        case .optional(let step, .byte):
            uses.note("Maybe")
            return .call("wire.Maybe", [expression(step, &uses)])
        case .optional(let step, .count):
            uses.note("MaybeCounted")
            return .call("wire.MaybeCounted", [expression(step, &uses)])
        case .reserved(let count): return .text("wire.Reserved(\(count))")
        case .reservedBits(let count):
            uses.note("BitStep")
            return .text("wire.ReservedBits(\(count))")
        case .structure(let type):
            uses.note("Struct")
            let kind = Expression.text("messages.\(PythonNames.type(type.name.value))")
            return .call("wire.Struct", [kind] + least(step, isElement))
        case .union(let type, let tag):
            uses.note("union")
            let kind = Expression.text("messages.\(PythonNames.type(type.name.value))")
            let tags = tag.map { [Expression.argument("tag", PythonLiteral.text($0.field))] } ?? []
            return .call("wire.UnionOf", [kind] + tags + least(step, isElement))
        case .sized(let step, let size):
            uses.note("Sized")
            return .call("wire.Sized", [expression(step, &uses, isElement: isElement), self.size(size, &uses)])
        }
    }

    /// The number of bytes of the shortest element of a list, which limits the elements that a payload can have.
    private func least(_ step: Step, _ isElement: Bool) -> [Expression] {
        let least = spec.plan.table.minimumSize(of: step)
        return isElement && least > 0 ? [.argument("least", "\(least)")] : []
    }

    private func named(
        _ name: String,
        _ kind: Expression,
        _ type: IntegerType,
        _ order: ByteOrder,
        _ more: [Expression],
        _ uses: inout Uses
    ) -> Expression {
        let number = number(type, order, &uses)
        guard type.bitFieldWidth != nil else { return .call("wire.\(name)", [kind, number] + more) }
        uses.note("NamedBits")
        let names = Expression.call("wire.\(name)", [kind, .text("wire.UInt(1)")] + more)
        return .call("wire.NamedBits", [number, names])
    }

    /// Returns the form of a number.
    func number(_ type: IntegerType, _ order: ByteOrder, _ uses: inout Uses) -> Expression {
        if case .variable(let length) = type.encoding {
            uses.note("Varint")
            let name =
                switch length {
                case .leb128: "LEB128"
                case .zigzag: "ZigZag"
                case .quic: "QUICVarint"
                case .bitcoin: "BitcoinVarint"
                case .asn1: "ASN1Varint"
                case .mysql: "MySQLVarint"
                case .midi: "MIDIVarint"
                }
            uses.note(name)
            if length == .zigzag { uses.note("LEB128") }
            return .text("wire.\(name)()")
        }
        if let width = type.bitFieldWidth {
            uses.note("BitStep")
            return .text("wire.\(type.isSigned ? "IntBits" : "UIntBits")(\(width))")
        }
        if type.isSigned { uses.note("Int") }
        return .call("wire.\(type.isSigned ? "Int" : "UInt")", [.text("\(type.size)")] + self.order(order, type.size))
    }

    private func notation(_ notation: Notation, _ uses: inout Uses) -> Expression {
        uses.note("Bytes")
        switch notation {
        case .ipv4, .ipv6:
            uses.note("Packed", "ipaddress")
            return .text("wire.Packed(\(notation.size), ipaddress.\(notation.pythonType))")
        case .mac:
            uses.note("Packed", "mac")
            return .text("wire.Packed(\(notation.size), wire.MACAddress)")
        case .uuid:
            uses.note("UUIDStep", "uuid")
            return .text("wire.UUIDStep()")
        }
    }

    private func order(_ order: ByteOrder, _ size: Int) -> [Expression] {
        order == .big || size == 1 ? [] : [.text("\"little\"")]
    }

    private func encoding(_ form: TextForm) -> [Expression] {
        switch form.encoding {
        case .utf8: []
        case .ascii: [.text("\"ascii\"")]
        case .latin1: [.text("\"latin-1\"")]
        case .utf16: [.text(form.order == .big ? "\"utf-16-be\"" : "\"utf-16-le\"")]
        }
    }

    // MARK: Sizes

    private func size(_ size: Size, _ uses: inout Uses) -> Expression {
        switch size {
        case .toEnd: return .text("wire.ToEnd()")
        case .fixed(let count): return .text("wire.Exactly(\(count))")
        case .padded(let count, let pad):
            uses.note("Padded")
            return .text("wire.Padded(\(count), \(PythonLiteral.hexadecimal(UInt64(pad))))")
        case .until(let end):
            uses.note("Until")
            return .call("wire.Until", [.text(PythonLiteral.bytes(end))])
        case .counted(let count): return self.count(count, &uses)
        }
    }

    /// Returns the number that says where a value ends.
    func count(_ count: Count, _ uses: inout Uses) -> Expression {
        uses.note("Count")
        let source: Expression =
            switch count.source {
            case .prefix(let type, let order): number(type, order, &uses)
            case .field(let reference): .text(PythonLiteral.text(reference.field))
            case .constant(let number): .text("\(number)")
            }
        var arguments = [source]
        if count.unit != 1 { arguments.append(.argument("unit", "\(count.unit)")) }
        if count.plus != 0 { arguments.append(.argument("plus", "\(count.plus)")) }
        if !count.absent.isEmpty {
            arguments.append(.argument("absent", .tuple(count.absent.map { .text("\($0)") })))
        }
        if let byte = count.absentByte {
            arguments.append(.argument("absent_byte", PythonLiteral.hexadecimal(UInt64(byte))))
        }
        if count.countsBytes { arguments.append(.argument("counts_bytes", "True")) }
        return .call("wire.Count", arguments)
    }

    // MARK: Fields

    /// Returns the items of a layout.
    func items(_ layout: Layout, _ uses: inout Uses, role: (FieldPlan) -> [Expression] = { _ in [] }) -> [Expression] {
        var result: [Expression] = []
        for item in layout.items {
            switch item {
            case .field(let field): result.append(self.field(field, &uses, role(field)))
            case .bits(let group):
                uses.note("BitStep")
                let shared = group.condition
                var fields: [Expression] = []
                for field in group.fields { fields.append(self.field(field, &uses, role(field), shared: shared)) }
                let order = group.order == .high ? "\"high\"" : "\"low\""
                let when = shared.map { [Expression.argument("when", tests($0, &uses))] } ?? []
                result.append(.call("wire.Bits", [.text(order), .text("\(group.bytes)")] + fields + when))
            }
        }
        return result
    }

    /// Returns a field.
    ///
    /// - Parameters:
    ///   - role: Further arguments, for an item of a header or a trailer.
    ///   - shared: The condition of all fields of a group of bits.
    func field(
        _ field: FieldPlan,
        _ uses: inout Uses,
        _ role: [Expression] = [],
        shared: Condition? = nil
    ) -> Expression {
        var arguments: [Expression] = [
            .text(PythonLiteral.text(field.name)), expression(field.step, &uses),
        ]
        if field.field.isVariable, !isFixedItem(role) {
            arguments.append(.text(PythonLiteral.text(PythonNames.attribute(field.name))))
        }
        if case .when(let condition) = field.presence {
            arguments.append(.argument("when", tests(condition, &uses)))
        }
        if let constant = field.constant {
            arguments.append(.argument("equals", values.expression(constant, field.step)))
        }
        if let bounds = field.bounds, let step = field.step.bound {
            if let low = bounds.low { arguments.append(.argument("low", values.expression(low, step))) }
            if let high = bounds.high { arguments.append(.argument("high", values.expression(high, step))) }
        }
        arguments += presence(of: field) + derivation(of: field, &uses)
        if !field.presenceBits.isEmpty {
            arguments.append(
                .argument(
                    "bits",
                    .tuple(field.presenceBits.map { .tuple([.text("\($0.bit.position.value)"), names($0.fields)]) })
                )
            )
        }
        if let alignment = field.alignment { arguments.append(.argument("align", "\(alignment)")) }
        if field.bytesBehind > 0 { arguments.append(.argument("behind", "\(field.bytesBehind)")) }
        if field.field.caseTag != nil { arguments.append(.argument("label", PythonLiteral.text(field.label))) }
        return .call("wire.Field", arguments + role)
    }

    /// Whether the item of a header has no attribute.
    private func isFixedItem(_ role: [Expression]) -> Bool {
        role.contains { !$0.flat.hasPrefix("role=wire.Own(") }
    }

    private func presence(of field: FieldPlan) -> [Expression] {
        var arguments: [Expression] = []
        if case .unlessEnded(let value) = field.presence {
            if field.field.isTrailing {
                arguments.append(.argument("is_optional", "True"))
            } else {
                arguments.append(.argument("may_end", "True"))
                let expression = values.expression(value, field.step)
                switch value {
                case .list(let elements) where elements.isEmpty: arguments.append(.argument("default", "list"))
                case .list, .record, .choice, .unrecognized:
                    arguments.append(.argument("default", .named("lambda: ", expression)))
                case .number, .float, .bytes: arguments.append(.argument("default", expression))
                case .nothing: break
                }
            }
        }
        if field.step.isOptional { arguments.append(.argument("may_be_none", "True")) }
        return arguments
    }

    private func derivation(of field: FieldPlan, _ uses: inout Uses) -> [Expression] {
        switch field.derivation {
        case .count(let fields):
            uses.note("size_of")
            return [.argument("size_of", names(fields))]
        case .presence(let fields): return [.argument("presence_of", names(fields))]
        case .tag(let fields):
            uses.note("tag_of")
            return [.argument("tag_of", names(fields))]
        case .size(let coverage): return [.argument("covers", PythonLiteral.text(coverage.rawValue))]
        case .caseTag(let tag): return [.argument("case_tag", "\(tag)")]
        case nil: return []
        }
    }

    private func names(_ names: [String]) -> Expression { .tuple(names.map { .text(PythonLiteral.text($0)) }) }

    /// Returns the tests of a condition.
    func tests(_ condition: Condition, _ uses: inout Uses) -> Expression {
        var tests: [Expression] = []
        for term in condition.terms {
            let field = Expression.text(PythonLiteral.text(term.reference.field))
            let bit = term.reference.bit.map { [Expression.argument("bit", "\($0.position.value)")] } ?? []
            func numbers(_ values: [Value]) -> [Expression] { values.map { .text("\($0.number)") } }
            switch term.test {
            case .isSet: tests.append(.call("wire.Test", [field] + bit))
            case .oneOf(let values):
                uses.note("OneOf")
                tests.append(.call("wire.OneOf", [field] + numbers(values) + bit))
            case .noneOf(let values):
                uses.note("NoneOf")
                tests.append(.call("wire.NoneOf", [field] + numbers(values) + bit))
            case .range(let bounds):
                uses.note("Between")
                let ends = [bounds.low, bounds.high].map { $0.map { "\($0.number)" } ?? "None" }
                tests.append(.call("wire.Between", [field] + ends.map { .text($0) } + bit))
            }
        }
        return .tuple(tests)
    }
}
