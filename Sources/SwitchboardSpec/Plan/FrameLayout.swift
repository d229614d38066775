/// The layout of a frame, which the codec and the generator walk.
package struct FrameLayout: Sendable {
    /// An item of the header.
    ///
    /// It is a class because it has many parts, and the codec passes it on for every frame.
    package final class Item: Sendable {
        /// The item in the spec.
        package let spec: FrameSpec.HeaderField
        /// The item as a field of a layout.
        package let plan: FieldPlan
        /// The offset of the value among the header's own values in memory, in bytes; 0 for items without such a value.
        package let offset: Int
        /// The byte order of the value in memory: that of the frame where memory has the bytes of the frame.
        package let order: ByteOrder

        /// The name of the item in diagnostics.
        var name: String {
            if spec.role.isLength { return spec.field.name.value }
            return spec.role.isOwn ? "`\(plan.name)`" : plan.name
        }

        /// Whether the item is a value of the protocol that programs read and set.
        package var isSettable: Bool {
            guard case .field = spec.role else { return false }
            return spec.field.isVariable
        }

        /// The tests of parts of the code in the condition of the item.
        ///
        /// Such a value is left out where it is not there, because a reply has the header of its request, but another code.
        package let codeCondition: Condition?

        /// Whether the value is kept in memory.
        package var isKept: Bool { spec.isKept }

        init(
            spec: FrameSpec.HeaderField,
            plan: FieldPlan,
            offset: Int,
            order: ByteOrder,
            codeCondition: Condition?
        ) {
            self.spec = spec
            self.plan = plan
            self.offset = offset
            self.order = order
            self.codeCondition = codeCondition
        }
    }

    /// The spec of the frame.
    package let frame: FrameSpec
    /// The items of the header, in wire order.
    package let items: [Item]
    /// The layout of the whole header.
    package let whole: Layout
    /// The fields of the trailer, in wire order.
    package let trailerItems: [Item]
    /// The layout of the header and the trailer, in which checksums and ends are unused bytes.
    package let ends: Layout
    /// The same with all fields of the trailer as unused bytes, which say how many bytes it has.
    let sizes: Layout
    /// The definitions of the checksums.
    private let checksums: [ChecksumAlgorithm: ChecksumDefinition]

    // The spec computes these properties each time; the codec needs them for every frame.

    /// Whether the header says the number of bytes that follow.
    let hasLength: Bool
    /// The type of the longest length.
    let longestLength: IntegerType
    /// The highest number of the shorter of two lengths, if a frame has the longer one only if it needs it; otherwise `nil`.
    let largestShortLength: UInt64?
    /// The largest payload, in bytes.
    let maximumPayload: UInt64
    /// The size of the largest trailer, in bytes.
    private let maximumTrailer: Int
    /// The number of items of the header, and of bytes of the trailer, that the length does not count and that it counts.
    private let (uncoveredItems, coveredTrailer): (Int, Int)
    /// The checksum in the header, and its offset.
    let headerChecksum: (spec: ChecksumSpec, offset: Int)?

    /// The layout of the header's fields with values of the protocol, and of the correlation.
    package let header: Layout
    /// The version in the header.
    package let version: UInt64
    /// The plan of the payloads.
    package let plan: LayoutPlan

    /// The layout of `frame`; `version` is the version in the header, if it has one.
    init(_ frame: FrameSpec, version: UInt64, _ plan: LayoutPlan) {
        self.frame = frame
        self.version = version
        self.plan = plan
        let specs = frame.header.map(\.value)
        let headerFields = Self.fields(specs, plan.table)
        /// The plans of the header and of `trailer`; the message says the values of its code, also those of bits on which items depend.
        func plans(_ trailer: [FieldSpec]) -> [FieldPlan] {
            let fields = plan.layout(of: headerFields + trailer).fields
            return zip(specs, fields).map { $0.role.isCode ? $1.given : $1 } + fields.dropFirst(specs.count)
        }
        let ends = Layout(fields: plans(frame.trailer.map { Self.field($0, plan.table) }))
        let whole = Layout(fields: Array(ends.fields.prefix(specs.count)))
        let isPlain = frame.isPlain
        let codes = Set(specs.filter(\.role.isCode).map(\.field.name.value))
        var items: [Item] = []
        var offset = frame.offsetInMemory
        for (spec, field) in zip(specs, whole.fields) {
            // Plain headers are kept as they are sent; others have only the values that are needed, each in whole bytes.
            let size = (spec.bits ?? 0) / 8
            let item = Item(
                spec: spec,
                plan: field,
                offset: offset,
                order: isPlain ? plan.byteOrder : .big,
                codeCondition: field.condition(testing: codes)
            )
            items.append(item)
            offset += isPlain ? size : item.isKept ? spec.packedSize : 0
        }
        var trailerItems: [Item] = []
        let trailerPlans = zip(frame.trailer, ends.fields.dropFirst(specs.count))
        for case (.field(let spec), let field) in trailerPlans {
            trailerItems.append(
                Item(spec: spec.value, plan: field, offset: offset, order: .big, codeCondition: nil)
            )
            offset += spec.value.isKept ? spec.value.packedSize : 0
        }
        self.items = items
        self.trailerItems = trailerItems
        self.whole = whole
        self.ends = ends
        sizes = trailerItems.isEmpty ? whole : Layout(fields: plans(frame.trailer.map { Self.unused($0) }))
        let checksums = frame.checksums.map { ($0.algorithm, $0.algorithm.definition) }
        self.checksums = Dictionary(checksums, uniquingKeysWith: { first, _ in first })
        hasLength = frame.hasLength
        longestLength = frame.length.type
        largestShortLength = frame.largestShortLength
        maximumPayload = frame.maximumPayload
        maximumTrailer = frame.trailerSize
        (uncoveredItems, coveredTrailer) = (frame.uncoveredItems, frame.coveredTrailer)
        let place = frame.headerChecksumOffset
        headerChecksum = frame.headerChecksum.flatMap { checksum in place.map { (checksum.spec, $0) } }
        header = Layout(fields: (items + trailerItems).filter(\.spec.role.isOwn).map(\.plan))
    }

    /// Returns the number of bytes of the trailer of a frame with these bytes of its header.
    package func trailerSize(behind header: [UInt8]) -> Int {
        guard !trailerItems.isEmpty else { return maximumTrailer }
        let zeros = [UInt8](repeating: 0, count: maximumTrailer)
        let found = try? PayloadReader.readStart(of: header + zeros, sizes, plan)
        return found.map { $0.size - header.count } ?? maximumTrailer
    }

    /// The items with the values of the fields of ``header``, in the same order.
    package var ownItems: [Item] { (items + trailerItems).filter(\.spec.role.isOwn) }

    /// Returns the number of bytes that the length of a frame counts in addition to the payload.
    ///
    /// - Parameter ends: The offset of the end of each item of the header, in order.
    func coveredOverhead(_ ends: [Int]) -> Int {
        let before = uncoveredItems
        let start = before == 0 ? 0 : before <= ends.count ? ends[before - 1] : ends.last ?? 0
        return (ends.last ?? 0) - start + coveredTrailer
    }

    /// Returns the values of the fields of ``header`` with the names of the fields.
    package func named(_ values: [Value]) -> [(name: String, value: Value)] {
        zip(header.fields, values).map { ($0.name, $1) }
    }

    /// Returns the definition of a checksum of the frame.
    func definition(of algorithm: ChecksumAlgorithm) -> ChecksumDefinition {
        checksums[algorithm] ?? algorithm.definition
    }

    /// The items that programs read and set, in wire order.
    package var settableItems: [Item] { (items + trailerItems).filter(\.isSettable) }

    /// Returns the fields of a layout for the items of a header, in which further magics and lengths have other names.
    private static func fields(_ items: [FrameSpec.HeaderField], _ table: TypeTable) -> [FieldSpec] {
        var (magics, lengths) = (0, 0)
        return items.map { item in
            switch item.role {
            case .magic:
                magics += 1
                return item.field.named(magics == 1 ? "magic" : "magic \(magics)")
            case .length:
                lengths += 1
                return lengths == 1 ? item.field : item.field.named(GeneratedNames.secondLength)
            case .version, .code, .checksum, .presence, .correlation, .field: return withDefault(item, table)
            }
        }
    }

    /// Returns the field of a layout for an item of the trailer.
    private static func field(_ item: FrameSpec.TrailerItem, _ table: TypeTable) -> FieldSpec {
        if case .field(let field) = item { withDefault(field.value, table) } else { unused(item) }
    }

    /// Returns as many unused bytes as an item of the trailer has.
    private static func unused(_ item: FrameSpec.TrailerItem) -> FieldSpec {
        let name: Located<String>
        var condition: Located<ConditionSpec>?
        switch item {
        case .checksum: name = Located(value: "checksum", place: .start)
        case .end: name = Located(value: "end", place: .start)
        case .field(let field): (name, condition) = (field.value.field.name, field.value.field.condition)
        }
        var field = FieldSpec(name: name, type: Located(value: .reserved(item.size), place: name.place))
        field.condition = condition
        return field
    }

    /// Returns the field of `item` with the default 0, unless it has a default, is an enum, whose number 0 may have no name, or is no
    /// value of the protocol.
    private static func withDefault(_ item: FrameSpec.HeaderField, _ table: TypeTable) -> FieldSpec {
        var field = item.field
        guard item.role.isOwn, field.defaultValue == nil, field.constant == nil, !field.mayBeNothing else {
            return field
        }
        let zero: Literal
        switch table.step(of: field) {
        case .enumeration: return field
        case .bit: zero = .text("false", isPlain: true)
        case .bytes(.fixed(let count), _):
            let digits = Located(
                value: Literal.text(String(repeating: "00", count: count), isPlain: true),
                place: field.name.place
            )
            zero = .mapping([Literal.Entry(name: Located(value: "hex", place: field.name.place), literal: digits)])
        case .integer, .flags, .float, .boolean, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure,
            .union, .sized:
            zero = .text("0", isPlain: true)
        }
        field.defaultValue = Located(value: zero, place: field.name.place)
        return field
    }
}

extension FrameLayout.Item {
    /// The item in a frame that has it.
    package var present: FrameLayout.Item {
        guard plan.field.condition != nil else { return self }
        var spec = spec
        spec.field.condition = nil
        // The byte that says whether the item is there comes before the value.
        return FrameLayout.Item(
            spec: spec,
            plan: plan.present,
            offset: offset + 1,
            order: order,
            codeCondition: codeCondition
        )
    }
}

extension FieldPlan {
    /// Returns the tests of the fields `names` in the condition of the field; `nil` if it has none.
    fileprivate func condition(testing names: Set<String>) -> Condition? {
        guard case .when(let condition) = presence else { return nil }
        let terms = condition.terms.filter { names.contains($0.reference.field) }
        return terms.isEmpty ? nil : Condition(terms: terms)
    }
}
