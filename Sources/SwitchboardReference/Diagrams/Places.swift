internal import SwitchboardSpec

/// The place of a value among the bytes of a layout.
struct Offset: Equatable {
    /// The field after whose last byte the bytes are counted; `nil` for the start of the layout.
    var base: String?
    /// The number of bytes from there.
    var bytes: UInt64 = 0

    /// The place in words.
    var words: Words {
        guard let base else { return Words(.text(bytes.grouped)) }
        return "after " + Words(.code(base)) + Words(.text(bytes > 0 ? " + \(bytes.grouped)" : ""))
    }

    /// The place `count` bytes later.
    func advanced(by count: UInt64) -> Offset { Offset(base: base, bytes: bytes.addingOrLargest(count)) }

    /// The place as it stands beside a row of a diagram.
    var label: String { base == nil ? "\(bytes)" : "+\(bytes)" }
}

/// An item of a layout with its place.
struct PlacedItem {
    /// The item.
    let item: LayoutItem
    /// The place of its first byte.
    let offset: Offset
    /// Its number of bytes, where it is there.
    let size: ByteCount
}

/// The places of the items of a layout.
struct Places {
    let plan: LayoutPlan

    /// Returns the items of `layout` in order, each with its place; the first one is at `start`.
    func items(of layout: Layout, from start: Offset = Offset()) -> [PlacedItem] {
        var offset = start
        let items = layout.items
        return items.enumerated().map { index, item in
            let placed = place(item, at: offset)
            offset = end(of: placed, before: items.dropFirst(index + 1).first)
            return placed
        }
    }

    private func place(_ item: LayoutItem, at offset: Offset) -> PlacedItem {
        switch item {
        case .bits(let group):
            let size = UInt64(group.bytes)
            return PlacedItem(item: item, offset: offset, size: ByteCount(low: size, high: size))
        case .field(let field):
            var offset = offset
            if let alignment = field.alignment, offset.base == nil, offset.bytes % UInt64(alignment) > 0 {
                offset = offset.advanced(by: UInt64(alignment) - offset.bytes % UInt64(alignment))
            }
            return PlacedItem(item: item, offset: offset, size: ByteCounts(plan: plan).count(of: field))
        }
    }

    /// Returns the place after the last byte of `placed`; `next` is the item there, if there is one.
    func end(of placed: PlacedItem, before next: LayoutItem? = nil) -> Offset {
        let name = placed.item.fields.last?.name ?? placed.item.label
        // Items with one condition are all there, or none is.
        let isKnown = placed.item.condition == nil || next.map { $0.condition == placed.item.condition } ?? false
        guard let size = placed.size.fixed, isKnown else { return Offset(base: name) }
        return placed.offset.advanced(by: size)
    }
}

extension LayoutItem {
    /// Whether some payloads have the item, and others have not.
    var isConditional: Bool { condition != nil }

    /// The condition of all fields of the item.
    var condition: Condition? {
        switch self {
        case .bits(let group): group.condition
        case .field(let field): field.condition
        }
    }
}

/// The bits of a field among its neighbours.
struct BitPlace {
    /// The highest bit; 0 is the lowest bit of the number that the bytes are.
    let high: Int
    /// The lowest bit.
    let low: Int

    /// The bits in words.
    var text: String { high == low ? "bit \(high)" : "bits \(high)–\(low)" }
}

extension BitGroup {
    /// The fields of the payloads in which one condition holds.
    struct Variant {
        /// The condition; `nil` if all payloads have the fields.
        let condition: ConditionSpec?
        /// The fields, with their bits.
        let fields: [(field: FieldPlan, place: BitPlace)]
    }

    /// The fields that fill the bytes together, for each condition of a field.
    ///
    /// A condition with which the fields do not fill the bytes, because another one holds at the same time, has no variant.
    var variants: [Variant] {
        guard condition == nil else { return [variant(nil, fields)].compactMap(\.self) }
        var conditions: [(Condition, ConditionSpec)] = []
        for field in fields {
            guard case .when(let condition) = field.presence, let spec = field.field.condition?.value else { continue }
            if !conditions.contains(where: { $0.0 == condition }) { conditions.append((condition, spec)) }
        }
        guard !conditions.isEmpty else { return [variant(nil, fields)].compactMap(\.self) }
        return conditions.compactMap { condition, spec in
            let all = premises(of: condition)
            return variant(spec, fields.filter { field in field.condition.map { all.contains($0) } ?? true })
        }
    }

    /// Returns the condition and those of the fields that it tests, which hold if it holds.
    private func premises(of condition: Condition) -> [Condition] {
        let tested = condition.terms.compactMap { term in
            fields.first { $0.name == term.reference.field }?.condition
        }
        // A field can test only earlier fields, so this ends.
        return [condition] + tested.flatMap { premises(of: $0) }
    }

    private func variant(_ condition: ConditionSpec?, _ fields: [FieldPlan]) -> Variant? {
        let total = fields.reduce(0) { $0 + ($1.step.bitWidth ?? 0) }
        guard total == 8 * bytes else { return nil }
        var taken = 0
        let placed = fields.map { field in
            let width = field.step.bitWidth ?? 0
            defer { taken += width }
            return order == .high
                ? (field, BitPlace(high: total - taken - 1, low: total - taken - width))
                : (field, BitPlace(high: taken + width - 1, low: taken))
        }
        return Variant(condition: condition, fields: placed)
    }

    /// Returns the first byte that has bits of `field`, and its bits among the bytes that it shares; `nil` if they differ between payloads.
    func place(of field: FieldPlan) -> (byte: Int, bits: BitPlace)? {
        let places = variants.lazy.compactMap { variant in
            variant.fields.first { $0.field.name == field.name && $0.field.field.name.place == field.field.name.place }
        }
        guard let place = places.first?.place else { return nil }
        let total = 8 * bytes
        let first = order == .high ? (total - 1 - place.high) / 8 : place.low / 8
        // The bits below the lowest one of the last byte of the field, or of its first byte.
        let below = order == .high ? place.low / 8 * 8 : 8 * first
        return (first, BitPlace(high: place.high - below, low: place.low - below))
    }
}

extension FieldPlan {
    /// The condition under which a payload has the field.
    var condition: Condition? {
        if case .when(let condition) = presence { condition } else { nil }
    }
}
