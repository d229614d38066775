internal import SwitchboardSpec

/// Makes the cells of a diagram from the items of a layout.
struct DiagramBuilder {
    let plan: LayoutPlan
    /// The place of the fields on the page.
    let owner: Anchor
    /// The prefix of the fields' names in their anchors.
    var prefix = ""
    /// Returns what an item is, if that does not follow from the item itself.
    var kind: (FieldPlan) -> ByteDiagram.Cell.Kind? = { _ in nil }
    /// Returns the name of an item.
    var name: (FieldPlan) -> String = { $0.field.isReserved ? "" : $0.name }

    /// Returns the cells of `items`.
    func cells(_ items: [PlacedItem]) -> [ByteDiagram.Cell] {
        var cells: [ByteDiagram.Cell] = []
        var condition: Condition?
        for placed in items {
            let own = placed.item.condition
            var added = self.cells(of: placed)
            // Values with one condition are in rows of their own.
            if own != condition, !added.isEmpty { added[0].startsRow = true }
            condition = own
            cells += added
        }
        return cells
    }

    private func cells(of placed: PlacedItem) -> [ByteDiagram.Cell] {
        switch placed.item {
        case .bits(let group): bits(group, at: placed.offset)
        case .field(let field): self.cells(of: field, placed)
        }
    }

    // MARK: Bits

    private func bits(_ group: BitGroup, at offset: Offset) -> [ByteDiagram.Cell] {
        let variants = group.variants
        guard !variants.isEmpty else {
            let names = group.fields.map(name).filter { !$0.isEmpty }.joined(separator: ", ")
            return [ByteDiagram.Cell(label: names, offset: offset, bits: 8 * group.bytes)]
        }
        return variants.flatMap { variant in
            var cells = group.order == .high ? high(variant) : low(variant, group.bytes)
            if !cells.isEmpty {
                cells[0].offset = offset
                cells[0].startsRow = variant.condition != nil
            }
            return cells
        }
    }

    private func high(_ variant: BitGroup.Variant) -> [ByteDiagram.Cell] {
        variant.fields.map { cell($0.field, bits: $0.place.high - $0.place.low + 1) }
    }

    /// Returns the cells of fields that fill their bytes from the lowest bit on: a field may have parts that are not neighbours.
    private func low(_ variant: BitGroup.Variant, _ bytes: Int) -> [ByteDiagram.Cell] {
        var cells: [ByteDiagram.Cell] = []
        for byte in 0..<bytes {
            let inByte = variant.fields.filter { $0.place.low < 8 * byte + 8 && $0.place.high >= 8 * byte }
            for (field, place) in inByte.reversed() {
                let (low, high) = (max(place.low, 8 * byte), min(place.high, 8 * byte + 7))
                var cell = cell(field, bits: high - low + 1)
                let isWhole = low == place.low && high == place.high
                if !isWhole, !field.field.isReserved {
                    cell.label += " \(BitPlace(high: high - place.low, low: low - place.low).text)"
                }
                cells.append(cell)
            }
        }
        return cells
    }

    private func cell(_ field: FieldPlan, bits: Int) -> ByteDiagram.Cell {
        ByteDiagram.Cell(
            label: name(field),
            detail: bits == 1 ? "" : "\(bits) bits",
            anchor: field.field.isReserved ? nil : owner.part(prefix + field.name),
            kind: kind(field) ?? Self.kind(of: field),
            isConditional: field.field.condition != nil,
            bits: bits
        )
    }

    // MARK: Whole bytes

    private func cells(of field: FieldPlan, _ placed: PlacedItem) -> [ByteDiagram.Cell] {
        var value = cell(field, bits: 0)
        value.offset = placed.offset
        value.isConditional = placed.item.isConditional || field.isOptionalAtEnd
        if let size = placed.size.fixed, field.constantSize == nil {
            value.bits = size <= UInt64(UInt32.max) ? Int(size) * 8 : nil
            value.detail = Self.detail(field.step, size)
            return size == 0 ? [] : [value]
        }
        value.bits = nil
        value.detail = Self.detail(field.step, nil)
        var before: [ByteDiagram.Cell] = []
        var offset = placed.offset
        /// Adds a number before the value, of a fixed number of bytes or not.
        func prefix(_ label: String, _ size: ByteCount, _ detail: String) {
            var cell = value
            (cell.label, cell.detail, cell.kind) = (label, detail, .derived)
            cell.offset = offset
            cell.bits = size.fixed.map { Int($0) * 8 }
            before.append(cell)
            offset = size.fixed.map { offset.advanced(by: $0) } ?? Offset(base: field.name)
        }
        var step = field.step
        if case .optional(let inner, .byte) = step {
            prefix("has \(field.name)", ByteCount(low: 1, high: 1), "0 or 1")
            step = inner
            value.isConditional = true
        }
        if case .counted(let count)? = step.unwrapped.size, case .prefix(let type, let order) = count.source {
            let noun = count.countsBytes || !step.isList ? "length" : "count"
            prefix("\(noun) of \(field.name)", ByteCounts(plan: plan).count(of: .integer(type, order)), type.rawValue)
        }
        value.offset = offset
        if let size = plan.fixedSize(of: step) ?? field.constantSize {
            value.bits = Int(clamping: size.multipliedOrLargest(8))
        }
        if !before.isEmpty, value.bits != nil, value.isConditional { value.startsRow = true }
        return before + [value]
    }

    private static func kind(of field: FieldPlan) -> ByteDiagram.Cell.Kind {
        if field.field.isReserved { return .unused }
        if field.derivation != nil { return .derived }
        return field.constant != nil ? .constant : .value
    }

    /// Returns the type in few words.
    private static func detail(_ step: Step, _ size: UInt64?) -> String {
        let bytes = size.map { $0.counted("byte") }
        switch step {
        case .integer(let type, _): return type.rawValue
        case .float(let type, _): return type.rawValue
        case .boolean: return "bool"
        case .enumeration(let type, _): return type.name.value
        case .flags(let type, _): return type.name.value
        case .text: return bytes.map { "text, \($0)" } ?? "text"
        case .bytes(_, let notation?): return notation.rawValue
        case .bytes: return bytes ?? "bytes"
        case .list(let element, _): return "list of \(detail(element, nil))"
        case .optional(let step, _), .sized(let step, _): return detail(step, size)
        case .reserved: return bytes ?? "unused"
        case .structure(let type): return type.name.value
        case .union(let type, _): return type.name.value
        case .bit, .reservedBits: return ""
        }
    }
}

extension FieldPlan {
    /// Whether a payload may end before the field.
    fileprivate var isOptionalAtEnd: Bool {
        if case .unlessEnded = presence { true } else { false }
    }
}

extension Step {
    fileprivate var isList: Bool {
        if case .list = unwrapped { true } else { false }
    }
}
