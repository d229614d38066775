/// A field with everything that outputs need.
///
/// It is a class because it has many parts, and the codec passes it on for every value.
package final class FieldPlan: Sendable {
    /// The payloads that have the field.
    package enum Presence: Sendable {
        /// All payloads.
        case always
        /// All payloads that do not end before the field. Payloads of older peers may, and the field then has this value.
        case unlessEnded(Value)
        /// Payloads for which the condition holds.
        case when(Condition)
    }

    /// The content of a derived field, whose value follows from later fields.
    package enum Derivation: Sendable {
        /// Where the values of these fields end.
        case count(of: [String])
        /// Whether these fields have values.
        case presence(of: [String])
        /// Which case of its union the one of these fields is that has a value.
        case tag(of: [String])
        /// How many bytes the fields have that `covers` names.
        case size(FieldCoverage)
        /// The tag of the case that the field belongs to.
        case caseTag(SpecInteger)
    }

    /// The field in the spec.
    package let field: FieldSpec
    /// The name of the field in errors: `name`, `Struct.name` or `Union.case.name`.
    package let label: String
    /// The form of the value on the wire.
    package let step: Step
    /// The payloads that have the field.
    package let presence: Presence
    /// `equals`: the only allowed value.
    package let constant: Value?
    /// `min` and `max`; `nil` if the field has neither.
    package let bounds: Bounds?
    /// The value of the field if none is given; `nil` if a value is required.
    package let defaultValue: Value?
    /// The content of the field, if its value follows from later fields.
    package let derivation: Derivation?
    /// The bits of flags that follow from the presence of later fields, with the names of these fields.
    package let presenceBits: [(bit: FlagsSpec.Bit, fields: [String])]
    /// `align`: the field starts at a multiple of this number of bytes.
    package let alignment: Int?
    /// The number of bytes of the fields behind one that runs to their start; 0 for other fields.
    package let bytesBehind: Int
    /// The order of the bits of the field and its neighbours.
    package let bitOrder: BitOrder

    init(
        field: FieldSpec,
        label: String,
        step: Step,
        presence: Presence,
        constant: Value?,
        bounds: Bounds?,
        defaultValue: Value?,
        derivation: Derivation?,
        presenceBits: [(bit: FlagsSpec.Bit, fields: [String])],
        alignment: Int?,
        bytesBehind: Int,
        bitOrder: BitOrder
    ) {
        self.field = field
        self.label = label
        self.step = step
        self.presence = presence
        self.constant = constant
        self.bounds = bounds
        self.defaultValue = defaultValue
        self.derivation = derivation
        self.presenceBits = presenceBits
        self.alignment = alignment
        self.bytesBehind = bytesBehind
        self.bitOrder = bitOrder
    }

    /// Returns the same field with another presence, or with a value that is given, not derived.
    private func changed(presence: Presence? = nil, isGiven: Bool = false) -> FieldPlan {
        FieldPlan(
            field: field,
            label: label,
            step: step,
            presence: presence ?? self.presence,
            constant: constant,
            bounds: bounds,
            defaultValue: defaultValue,
            derivation: isGiven ? nil : derivation,
            presenceBits: isGiven ? [] : presenceBits,
            alignment: alignment,
            bytesBehind: bytesBehind,
            bitOrder: bitOrder
        )
    }

    /// The same field with a value that is given, not derived.
    var given: FieldPlan { changed(isGiven: true) }

    /// The same field in a payload that has it.
    var present: FieldPlan { changed(presence: .always) }

    /// Whether the field may have no value.
    package var isOptional: Bool {
        switch presence {
        case .when: true
        case .unlessEnded: step.isOptional || field.isTrailing
        case .always: step.isOptional
        }
    }

    /// Whether a payload may lack the field, and then need no number that says where its value ends.
    package var mayLackCount: Bool {
        if case .when = presence { return true }
        guard isOptional, case .counted(let count)? = step.unwrapped.size else { return isOptional }
        return count.absent.isEmpty
    }

    /// `name`.
    package var name: String { field.name.value }

    /// `covers`: the bytes that the field counts.
    package var coverage: FieldCoverage? { field.coverage?.value }

    func isWithinBounds(_ value: Value) -> Bool { bounds?.contain(value, of: step) ?? true }
}

/// A field of whole bytes, or a group of fields that together fill whole bytes.
package enum LayoutItem: Sendable {
    /// A field.
    case field(FieldPlan)
    /// Fields of a few bits.
    case bits(BitGroup)

    /// The fields of the item.
    package var fields: [FieldPlan] {
        switch self {
        case .field(let field): [field]
        case .bits(let group): group.fields
        }
    }

    /// The size of the item in every payload, in bytes; `nil` when it depends on a value.
    package var fixedSize: Int? {
        switch self {
        case .bits(let group): return group.condition == nil ? group.bytes : nil
        case .field(let field):
            guard case .always = field.presence, field.alignment == nil else { return nil }
            return field.step.fixedSize
        }
    }

    /// The name of the item in errors.
    package var label: String {
        switch self {
        case .field(let field): field.label
        case .bits(let group): group.label
        }
    }
}

/// Consecutive items that are read together.
package enum ItemGroup: Sendable {
    /// Items whose sizes do not depend on their values, so that one check of the length is enough for all of them.
    case fixedSize([LayoutItem], bytes: Int)
    /// An item that is read alone.
    case single(LayoutItem)
}

/// The fields of a message, a struct, a case of a union or a header, in wire order.
package struct Layout: Sendable {
    /// The fields.
    package let fields: [FieldPlan]
    /// The fields, with neighbours of a few bits in groups.
    package let items: [LayoutItem]
    /// The items in the groups in which generated code reads them.
    package let groups: [ItemGroup]
    /// The fields of the frame's header to which fields of a message refer, under the names with which they do, and those
    /// whose values follow from fields of any message.
    package var header: [FieldPlan] = []
    /// The size of a payload with the zeros at its end that the sender cuts off, in bytes; `nil` if it cuts off none.
    package var filledSize: Int?

    /// The names of the fields of ``header`` to which fields of the message refer.
    package var headerReferences: Set<String> { specs.headerReferences }

    /// The layout with `fields`, some of which refer to the fields `header` of the frame's header.
    package init(fields: [FieldPlan], header: [FieldPlan] = []) {
        self.fields = fields
        self.header = header
        items = Self.items(fields)
        groups = Self.groups(items)
    }

    /// The fields in the spec.
    var specs: [FieldSpec] { fields.map(\.field) }

    /// The field with this name.
    package subscript(name: String) -> FieldPlan? { (fields + header).first { $0.name == name } }

    private static func items(_ fields: [FieldPlan]) -> [LayoutItem] {
        var items: [LayoutItem] = []
        var group = BitGroup()
        for field in fields {
            guard field.step.bitWidth != nil else {
                items.append(.field(field))
                continue
            }
            group.append(field)
            if group.isWhole {
                items.append(.bits(group))
                group = BitGroup()
            }
        }
        // The checker refuses a group that does not fill whole bytes.
        if !group.fields.isEmpty { items.append(.bits(group)) }
        return items
    }

    private static func groups(_ items: [LayoutItem]) -> [ItemGroup] {
        var groups: [ItemGroup] = []
        var neighbours: [LayoutItem] = []
        var bytes = 0
        func endGroup() {
            if neighbours.count == 1 { groups.append(.single(neighbours[0])) }
            if neighbours.count > 1 { groups.append(.fixedSize(neighbours, bytes: bytes)) }
            (neighbours, bytes) = ([], 0)
        }
        for item in items {
            if let size = item.fixedSize {
                neighbours.append(item)
                bytes += size
            } else {
                endGroup()
                groups.append(.single(item))
            }
            // The number in the field says where the items after it end.
            if item.fields.contains(where: { $0.coverage != nil }) { endGroup() }
        }
        endGroup()
        return groups
    }
}

/// The layouts of a spec, which every output walks.
package struct LayoutPlan: Sendable {
    /// The types of the spec and of all imported specs.
    package let table: TypeTable
    private var structs: [String: Layout] = [:]
    private var unions: [String: [Layout]] = [:]

    /// The plan of `types`: the types of `table` in which the checker found no mistake.
    init(_ table: TypeTable, _ types: [TypeSpec]) {
        self.table = table
        for type in types {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type): structs[type.name.value] = layout(of: type)
            case .union(let type): unions[type.name.value] = layouts(of: type)
            }
        }
    }

    /// The default byte order of numbers.
    package var byteOrder: ByteOrder { table.byteOrder }

    /// Returns the layout of a struct.
    package func layout(of type: StructSpec) -> Layout {
        structs[type.name.value] ?? layout(of: type.fields, owner: type.name.value + ".")
    }

    /// Returns the layouts of the cases of a union, in order.
    package func layouts(of type: UnionSpec) -> [Layout] {
        unions[type.name.value]
            ?? type.cases.map { layout(of: $0.fields, owner: "\(type.name.value).\($0.name.value).") }
    }

    /// Returns the layout of `fields`, in whose types the checker found no mistake.
    ///
    /// - Parameter owner: The prefix of the names of the fields in errors; empty for the fields of a message.
    package func layout(of fields: [FieldSpec], owner: String = "") -> Layout {
        layout(of: fields, owner: owner, header: [])
    }

    /// Returns the layout of `message`, whose fields may refer to the header of `frame`.
    package func layout(of message: MessageSpec, _ frame: FrameSpec?) -> Layout {
        var layout = layout(of: message.fields, owner: "", header: frame?.referenced ?? [])
        if frame?.truncation != nil, let size = fixedSize(of: layout), size <= SpecLimits.truncatedPayload {
            layout.filledSize = Int(clamping: size)
        }
        return layout
    }

    /// Returns the number of bytes of every value with the fields of `layout`; `nil` if it differs between values.
    func fixedSize(of layout: Layout) -> UInt64? {
        var sizes = FixedSizes(plan: self)
        return sizes.size(of: layout)
    }

    /// Returns the number of bytes of every value of `field`; `nil` if it differs between values.
    func fixedSize(of field: FieldPlan) -> UInt64? {
        var sizes = FixedSizes(plan: self)
        return sizes.size(of: field)
    }

    /// Returns the number of bytes of every value of `step`; `nil` if it differs between values.
    package func fixedSize(of step: Step) -> UInt64? {
        var sizes = FixedSizes(plan: self)
        return sizes.size(of: step)
    }

    private func layout(of fields: [FieldSpec], owner: String, header: [FieldSpec]) -> Layout {
        let references = References(fields)
        let names = fields.headerReferences
        // The steps of the fields so far; of several with one name, references mean the first.
        var earlier: [String: Step] = [:]
        func plans(for fields: [FieldSpec]) -> [FieldPlan] {
            fields.enumerated().map { index, field in
                let isBefore = field.type.value.fieldBehind != nil
                let bytesBehind = isBefore ? Int(clamping: table.bytesBehind(index, in: fields) ?? 0) : 0
                let plan = plan(for: field, earlier, references, owner, bytesBehind: bytesBehind)
                if earlier[plan.name] == nil { earlier[plan.name] = plan.step }
                return plan
            }
        }
        let outer = plans(for: header.filter { $0.isDerived || names.contains($0.name.value) })
        return Layout(fields: plans(for: fields), header: outer)
    }

    private func plan(
        for field: FieldSpec,
        _ earlier: [String: Step],
        _ references: References,
        _ owner: String,
        bytesBehind: Int
    ) -> FieldPlan {
        let step = table.step(of: field)
        let constant = field.constant.flatMap { table.value($0, of: step) }
        let standard = field.defaultValue.flatMap { table.value($0, of: step) }
        let defaultValue = standard ?? (field.mayBeNothing ? .nothing : constant)
        var presence = FieldPlan.Presence.always
        if field.since != nil || field.isTrailing { presence = .unlessEnded(defaultValue ?? .nothing) }
        if let condition = field.condition?.value { presence = .when(table.condition(condition, earlier)) }
        var bits: [(FlagsSpec.Bit, [String])] = []
        if case .flags(let flags, _) = step {
            bits = flags.bits.compactMap { bit in
                references.presences["\(field.name.value).\(bit.name.value)"].map { (bit, $0) }
            }
        }
        return FieldPlan(
            field: field,
            label: field.caseTag == nil ? owner + field.name.value : String(owner.dropLast()),
            step: step,
            presence: presence,
            constant: constant,
            bounds: table.bounds(of: field),
            defaultValue: defaultValue,
            derivation: field.caseTag.map { .caseTag($0) } ?? references.derivation(of: field.name.value),
            presenceBits: bits,
            alignment: field.alignment,
            bytesBehind: bytesBehind,
            bitOrder: table.bitOrder(of: field)
        )
    }
}

/// The references of a layout: which later fields name an earlier field, and for what.
struct References {
    /// The fields whose end another field says, by the name of that other field.
    private var counts: [String: [String]] = [:]
    /// The fields whose presence another field or one of its bits says, by the name of that other field or bit.
    private(set) var presences: [String: [String]] = [:]
    /// The fields whose tag another field has, by the name of that other field.
    private var tags: [String: [String]] = [:]
    /// The fields of which several unions have the tag, one in every payload.
    private var sharedTags: Set<String> = []
    /// The fields with `covers`, by their names.
    private var sizes: [String: FieldCoverage] = [:]

    init(_ fields: [FieldSpec]) {
        for field in fields {
            let name = field.name.value
            for reference in field.type.value.countReferences {
                counts[reference.field, default: []].append(name)
            }
            if let coverage = field.coverage?.value {
                // Its presence follows from the bit, not the bit from its presence.
                sizes[name] = coverage
            } else if let bit = field.presenceBit {
                presences[bit.text, default: []].append(name)
            }
            if let tag = field.tag?.value { tags[tag.field, default: []].append(name) }
        }
        for (tag, names) in tags {
            let users = fields.filter { names.contains($0.name.value) }
            if fields.hasExactlyOne(of: users) { sharedTags.insert(tag) }
        }
    }

    /// Returns the content of the field `name` if it is derived; `nil` if it has a value of its own.
    func derivation(of name: String) -> FieldPlan.Derivation? {
        if let fields = counts[name] { return .count(of: fields) }
        if let fields = presences[name] { return .presence(of: fields) }
        if let fields = tags[name] { return .tag(of: fields) }
        return sizes[name].map { .size($0) }
    }

    /// Returns the fields that refer to the field `name`, if no value would suit all of them; empty otherwise.
    func conflict(at name: String) -> [String] {
        let uses = [counts[name], presences[name], tags[name], sizes[name].map { _ in ["covers"] }].compactMap(\.self)
        if uses.count > 1 { return uses.joined().map(\.self) }
        return (tags[name]?.count ?? 0) > 1 && !sharedTags.contains(name) ? tags[name] ?? [] : []
    }
}

extension [FieldSpec] {
    /// The fields with `covers`, one of which says in every payload where the fields end.
    var coveringFields: [FieldSpec] { filter { $0.coverage != nil } }

    /// The names with which the fields refer to fields of the frame's header.
    var headerReferences: Set<String> {
        var references: [ReferenceSpec] = []
        for field in self {
            references += field.type.value.countReferences
            references += field.condition?.value.terms.map(\.reference.value) ?? []
            if let tag = field.tag { references.append(tag.value) }
        }
        return Set(references.filter(\.isToHeader).map(\.field))
    }

    /// The names of the fields of the frame's header whose values follow from the fields.
    var derivedInHeader: Set<String> {
        let references = flatMap { $0.type.value.countReferences + [$0.tag?.value].compactMap(\.self) }
        return Set(references.filter(\.isToHeader).map(\.field))
    }
}

extension FrameSpec {
    /// The header's fields with the names with which fields of messages refer to them.
    var referenced: [FieldSpec] {
        let fields = ownFields.filter { if case .field = $0.role { true } else { false } }.map(\.field)
        return fields.filter { !$0.isReserved && $0.condition == nil }.map(\.inHeader)
    }
}

extension FieldSpec {
    /// The field of the frame's header with the name with which fields of messages refer to it.
    fileprivate var inHeader: FieldSpec {
        let name = Located(value: ReferenceSpec.header(name.value), place: name.place)
        var field = FieldSpec(name: name, type: type)
        field.byteOrder = byteOrder
        field.isDerived = isDerived
        field.constant = constant
        return field
    }
}

extension FieldType {
    /// The earlier fields that say where values of the type end.
    var countReferences: [ReferenceSpec] {
        switch self {
        case .string(let extent, _), .bytes(let extent): extent.references
        case .array(let element, let extent): extent.references + element.countReferences
        case .sized(let type, let extent): extent.references + type.countReferences
        case .optional(let type): type.countReferences
        case .integer, .float, .boolean, .bit, .notated, .named, .reserved, .reservedBits: []
        }
    }
}

extension FieldType {
    /// The field named by `before`, if the value ends at its start.
    var fieldBehind: String? {
        switch unwrapped {
        case .string(.before(let name), _), .bytes(.before(let name)), .array(_, .before(let name)),
            .sized(_, .before(let name)):
            name
        default: nil
        }
    }
}

extension Extent {
    fileprivate var references: [ReferenceSpec] {
        if case .counted(let count) = self, case .field(let reference) = count.source { [reference] } else { [] }
    }
}

/// The types of a spec and of all imported specs, by name; lowers the types of fields to steps, and computes their
/// sizes.
package struct TypeTable: Sendable {
    private let types: [String: TypeSpec]
    /// The default byte order of numbers.
    package let byteOrder: ByteOrder
    /// The types whose values may take all that is left of the payload.
    private var endless = EnclosingTypes()

    init(_ types: some Sequence<TypeSpec>, _ byteOrder: ByteOrder) {
        self.types = Dictionary(types.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        self.byteOrder = byteOrder
        noteEndlessTypes()
    }

    /// The type called `name`.
    package subscript(name: String) -> TypeSpec? { types[name] }

    /// All types, in no order.
    package var all: [TypeSpec] { Array(types.values) }

    /// Returns the byte order of the tags of `union`: text has the order of its characters.
    package func tagOrder(of union: UnionSpec) -> ByteOrder { union.isTagText ? .big : byteOrder }

    // MARK: Lowering

    /// Returns the form of the value of `field` on the wire.
    package func step(of field: FieldSpec) -> Step {
        let step = step(of: field.type.value, field.byteOrder ?? byteOrder)
        guard let tag = field.tag?.value, step.union != nil else { return step }
        return step.tagged(by: Reference(field: tag.field, bit: nil))
    }

    /// Returns the order of the bits of `field` and its neighbours.
    package func bitOrder(of field: FieldSpec) -> BitOrder {
        field.bitOrder ?? ((field.byteOrder ?? byteOrder) == .big ? .high : .low)
    }

    private func step(of type: FieldType, _ order: ByteOrder) -> Step {
        switch type {
        case .integer(let type): .integer(type, order)
        case .float(let type): .float(type, order)
        case .boolean: .boolean
        case .bit: .bit
        case .string(let extent, let encoding):
            .text(size(of: extent, order), TextForm(encoding: encoding, order: order))
        case .bytes(let extent): .bytes(size(of: extent, order), nil)
        case .notated(let notation): .bytes(.fixed(notation.size), notation)
        case .array(let element, let extent): .list(step(of: element, order), size(of: extent, order))
        case .sized(let type, let extent): .sized(step(of: type, order), size(of: extent, order))
        case .optional(let type): optional(step(of: type, order))
        case .reserved(let count): .reserved(count)
        case .reservedBits(let count): .reservedBits(count)
        case .named(let name):
            switch types[name] {
            case .enumeration(let type): .enumeration(type, order)
            case .flags(let type): .flags(type, order)
            case .structure(let type): .structure(type)
            case .union(let type): .union(type, tag: nil)
            // The type has a mistake, which was reported: its fields are unknown.
            case nil: .structure(StructSpec(name: Located(value: name, place: .start)))
            }
        }
    }

    private func optional(_ step: Step) -> Step {
        if case .counted(let count)? = step.size, !count.absent.isEmpty { return .optional(step, .count) }
        return .optional(step, .byte)
    }

    private func size(of extent: Extent, _ order: ByteOrder) -> Size {
        switch extent {
        case .toEnd, .before: .toEnd
        case .counted(let count): .counted(lowered(count, order))
        case .fixed(let count): .fixed(count)
        case .padded(let count, let pad): .padded(count, pad: pad)
        case .until(let end): .until(end)
        }
    }

    /// Returns the lowered form of `count`; its number has the byte order `order`, or that of the protocol.
    package func count(_ count: CountSpec, _ order: ByteOrder? = nil) -> Count {
        lowered(count, order ?? byteOrder)
    }

    /// Returns the step of the fields of a case, which have as many bytes as the `length` of `union` says; `nil` without
    /// `length`.
    package func window(of union: UnionSpec) -> Step? {
        union.length.map { .sized(.structure(StructSpec(name: union.name)), .counted(count($0))) }
    }

    private func lowered(_ count: CountSpec, _ order: ByteOrder) -> Count {
        let source: Count.Source =
            switch count.source {
            case .prefix(let type): .prefix(type, order)
            case .field(let reference): .field(Reference(field: reference.field, bit: nil))
            case .constant(let number): .constant(number)
            }
        return Count(
            source: source,
            countsBytes: count.countsBytes,
            unit: count.unit,
            plus: count.plus,
            absent: count.absent
        )
    }

    /// Returns the lowered condition of a field that follows fields with the steps `earlier`.
    func condition(_ condition: ConditionSpec, _ earlier: [String: Step]) -> Condition {
        Condition(
            terms: condition.terms.compactMap { term in
                let reference = term.reference.value
                return earlier[reference.field].map { self.term(reference, $0, term.test) }
            }
        )
    }

    private func term(_ spec: ReferenceSpec, _ step: Step, _ test: ConditionSpec.Test) -> Condition.Term {
        var (bit, step): (FlagsSpec.Bit?, Step) = (nil, step)
        if case .flags(let flags, _) = step, let name = spec.bit {
            bit = flags.bits.first { $0.name.value == name }
            step = .bit
        }
        let reference = Reference(field: spec.field, bit: bit)
        let lowered: Condition.Test =
            switch test {
            case .isSet: .isSet
            case .oneOf(let literals): .oneOf(literals.compactMap { value($0, of: step) })
            case .noneOf(let literals): .noneOf(literals.compactMap { value($0, of: step) })
            case .range(let low, let high):
                .range(Bounds(low: low.flatMap { value($0, of: step) }, high: high.flatMap { value($0, of: step) }))
            }
        return Condition.Term(reference: reference, step: step, test: lowered)
    }

    /// Returns the value of `literal` for `step`; `nil` if it is not a value of the step.
    func value(_ literal: Located<Literal>, of step: Step) -> Value? {
        var reader = LiteralReader(self)
        return reader.value(literal, of: step)
    }

    /// Returns the bounds of `field`; `nil` if it has none.
    func bounds(of field: FieldSpec) -> Bounds? {
        guard field.minimum != nil || field.maximum != nil, let bound = step(of: field).bound else { return nil }
        return Bounds(
            low: field.minimum.flatMap { value($0, of: bound) },
            high: field.maximum.flatMap { value($0, of: bound) }
        )
    }

    /// Returns whether values of the type `name` can contain values of the same type.
    package func isRecursive(_ name: String) -> Bool {
        var seen: Set<String> = []
        var rest = heldTypes(of: name)
        while let next = rest.popLast() {
            if next == name { return true }
            if seen.insert(next).inserted { rest += heldTypes(of: next) }
        }
        return false
    }

    private func heldTypes(of name: String) -> [String] {
        types[name]?.fields.compactMap(\.type.value.namedType) ?? []
    }

    // MARK: Sizes

    /// Returns the size of the shortest value of `step`, in bytes.
    package func minimumSize(of step: Step) -> UInt64 {
        var sizes = MinimumSizes(table: self)
        return sizes.size(of: step)
    }

    /// Returns whether a value of `step` takes all that is left of the payload.
    package func runsToEnd(_ step: Step) -> Bool {
        switch step {
        case .text(let size, _), .bytes(let size, _), .list(_, let size), .sized(_, let size): size == .toEnd
        case .optional(let step, _): runsToEnd(step)
        case .structure(let type): endless.contains(type.name.value)
        case .union(let type, _): endless.contains(type.name.value)
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .reserved, .reservedBits: false
        }
    }

    /// Returns the number of bytes of those of `fields` that follow the one at `index` in a payload that has it; `nil` if it differs
    /// between payloads.
    func bytesBehind(_ index: Int, in fields: [FieldSpec]) -> UInt64? {
        var bits: UInt64 = 0
        for field in fields[(index + 1)...] where !field.excludes(fields[index]) {
            let isAlwaysThere = field.condition == nil && !field.isTrailing && field.since == nil
            guard isAlwaysThere, field.alignment == nil, field.coverage == nil else { return nil }
            let step = step(of: field)
            guard let size = step.bitWidth ?? step.fixedSize.map({ 8 * min($0, Int(UInt32.max)) }) else { return nil }
            bits = bits.addedOrLargest(UInt64(clamping: size))
        }
        return bits / 8
    }

    /// Notes the types in ``endless``: first those with such a field, then those in which they are nested.
    private mutating func noteEndlessTypes() {
        var found: [String] = []
        for (name, type) in types {
            let layouts: [[FieldSpec]]
            switch type {
            case .structure(let type): layouts = [type.fields]
            case .union(let type): layouts = type.length == nil ? type.cases.map(\.fields) : []
            case .enumeration, .flags: layouts = []
            }
            if case .union(let type) = type, type.keepsUnknown, type.length == nil {
                // A value with an unknown tag takes all bytes.
                found.append(name)
            }
            for field in layouts.filter(\.coveringFields.isEmpty).joined() {
                let step = step(of: field)
                if field.isTrailing || runsToEnd(step) { found.append(name) }
                switch step.unwrapped {
                case .structure(let held): endless.note(held.name.value, in: name)
                case .union(let held, _): endless.note(held.name.value, in: name)
                case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved,
                    .reservedBits, .sized:
                    break
                }
            }
        }
        for name in found { endless.insert(name) }
    }
}

/// Computes the sizes of values that always have the same size, once for each struct.
private struct FixedSizes {
    let plan: LayoutPlan
    private var known: [String: UInt64?] = [:]

    init(plan: LayoutPlan) {
        self.plan = plan
    }

    /// Returns the number of bytes of the fields of `layout`; `nil` if it differs between values.
    mutating func size(of layout: Layout) -> UInt64? {
        var total: UInt64 = 0
        for item in layout.items {
            guard case .field(let field) = item else {
                guard let size = item.fixedSize else { return nil }
                total = total.addedOrLargest(UInt64(clamping: size))
                continue
            }
            guard let size = size(of: field) else { return nil }
            total = total.aligned(to: field.alignment).addedOrLargest(size)
        }
        return total
    }

    /// Returns the number of bytes of `field`, which does not share bytes with others; `nil` if it differs between values.
    mutating func size(of field: FieldPlan) -> UInt64? {
        guard case .always = field.presence else { return nil }
        return size(of: field.step)
    }

    /// Returns the number of bytes of every value of `step`; `nil` if it differs between values.
    mutating func size(of step: Step) -> UInt64? {
        switch step {
        case .structure(let type):
            if let size = known[type.name.value] { return size }
            // The size of a type that contains itself differs between values.
            known.updateValue(nil, forKey: type.name.value)
            let size = size(of: plan.layout(of: type)).map { $0.aligned(to: type.alignment) }
            known.updateValue(size, forKey: type.name.value)
            return size
        case .list(let element, .fixed(let count)):
            return size(of: element).map { UInt64(clamping: count).multipliedOrLargest($0) }
        case .sized(_, .fixed(let count)): return UInt64(clamping: count)
        case .integer, .float, .boolean, .bit, .text, .bytes, .list, .enumeration, .flags, .optional, .reserved,
            .reservedBits, .union, .sized:
            return step.fixedSize.map { UInt64(clamping: $0) }
        }
    }
}

/// Computes the sizes of the shortest values, once for each type, so that deeply nested types cost no more.
private struct MinimumSizes {
    let table: TypeTable
    private var known: [String: UInt64] = [:]

    init(table: TypeTable) {
        self.table = table
    }

    mutating func size(of step: Step) -> UInt64 {
        switch step {
        case .text(let size, _), .bytes(let size, _): self.size(of: size, each: 1)
        case .list(let element, .fixed(let count)): size(of: .fixed(count), each: size(of: element))
        case .list(_, let size): self.size(of: size, each: 0)
        case .sized(let step, let size): self.size(ofSized: self.size(of: step), size)
        case .optional(let step, .count): step.size.map { size(of: $0, each: 0) } ?? 0
        case .optional(_, .byte): 1
        case .integer(let type, _): UInt64(clamping: type.size)
        case .float, .boolean, .enumeration, .flags, .reserved: UInt64(clamping: step.fixedSize ?? 0)
        // Fields of a few bits count with their neighbours.
        case .bit, .reservedBits: 0
        case .structure(let type): size(of: type.name.value) { $0.size(of: type.fields).aligned(to: type.alignment) }
        case .union(let type, let tag):
            size(of: type.name.value) { sizes in
                let shortest = type.cases.map { sizes.size(of: $0.fields) }.min() ?? 0
                let length = type.length.map { sizes.size(of: $0) } ?? 0
                let fields = type.keepsUnknown ? 0 : shortest
                // A tag of a few bits is one of the fields.
                let hasTag = tag == nil && !type.isTagOfBits
                return fields.addedOrLargest(length).addedOrLargest(hasTag ? UInt64(type.tag.size) : 0)
            }
        }
    }

    private func size(ofSized least: UInt64, _ size: Size) -> UInt64 {
        switch size {
        case .fixed, .padded: self.size(of: size, each: 1)
        case .toEnd, .counted, .until: least.addedOrLargest(self.size(of: size, each: 0))
        }
    }

    private func size(of count: CountSpec) -> UInt64 {
        if case .prefix(let type) = count.source { UInt64(type.size) } else { 0 }
    }

    private func size(of size: Size, each: UInt64) -> UInt64 {
        switch size {
        case .toEnd: return 0
        case .counted(let count):
            switch count.source {
            case .prefix(let type, _): return UInt64(type.size)
            case .field: return 0
            case .constant(let number): return UInt64(clamping: number)
            }
        case .fixed(let count), .padded(let count, _): return UInt64(clamping: count).multipliedOrLargest(each)
        case .until(let end): return UInt64(end.count)
        }
    }

    private mutating func size(of name: String, _ find: (inout MinimumSizes) -> UInt64) -> UInt64 {
        if let size = known[name] { return size }
        // The shortest value of a type that contains itself is at least as long as the rest of its fields.
        known[name] = 0
        let size = find(&self)
        known[name] = size
        return size
    }

    private mutating func size(of fields: [FieldSpec]) -> UInt64 {
        var bits: UInt64 = 0
        var bytes: UInt64 = 0
        for field in fields where field.condition == nil && !field.isTrailing {
            let step = table.step(of: field)
            if let width = step.bitWidth {
                bits += UInt64(clamping: width)
            } else {
                bytes = bytes.addedOrLargest(size(of: step))
            }
        }
        return bytes.addedOrLargest(bits / 8)
    }
}

extension UInt64 {
    /// Returns the sum, or the largest number if the sum overflows.
    func addedOrLargest(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    /// Returns the next multiple of `alignment`, or the largest number if there is none.
    fileprivate func aligned(to alignment: Int?) -> UInt64 {
        guard let alignment, self % UInt64(alignment) > 0 else { return self }
        return addedOrLargest(UInt64(alignment) - self % UInt64(alignment))
    }

    /// Returns the product, or the largest number if the product overflows.
    package func multipliedOrLargest(_ other: UInt64) -> UInt64 {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? .max : product
    }
}
