internal import SwitchboardSpec

/// Pairs the fields of two versions of a layout.
struct FieldAlignment {
    /// A part of the alignment, in wire order.
    enum Part {
        /// A field that both versions have, in the same order among the others.
        case common(FieldPlan, FieldPlan)
        /// Neighbours between two common fields that only one version has, or that the versions call differently.
        case gap([FieldPlan], [FieldPlan])
    }

    /// The parts, in wire order.
    let parts: [Part]

    /// Pairs `old` with `new`: the longest common sequence of names.
    ///
    /// Reserved fields with the same size have the same name.
    init(_ old: [FieldPlan], _ new: [FieldPlan]) {
        let (oldNames, newNames) = (old.map(\.alignedName), new.map(\.alignedName))
        var pairs: [(Int, Int)] = []
        var (first, oldEnd, newEnd) = (0, old.count, new.count)
        while first < min(oldEnd, newEnd), oldNames[first] == newNames[first] {
            pairs.append((first, first))
            first += 1
        }
        var suffix: [(Int, Int)] = []
        while oldEnd > first, newEnd > first, oldNames[oldEnd - 1] == newNames[newEnd - 1] {
            (oldEnd, newEnd) = (oldEnd - 1, newEnd - 1)
            suffix.append((oldEnd, newEnd))
        }
        pairs += Self.common(oldNames, first..<oldEnd, newNames, first..<newEnd) + suffix.reversed()
        var parts: [Part] = []
        var next = (0, 0)
        for pair in pairs + [(old.count, new.count)] {
            let gap = (Array(old[next.0..<pair.0]), Array(new[next.1..<pair.1]))
            if !gap.0.isEmpty || !gap.1.isEmpty { parts.append(.gap(gap.0, gap.1)) }
            if pair.0 < old.count, pair.1 < new.count { parts.append(.common(old[pair.0], new[pair.1])) }
            next = (pair.0 + 1, pair.1 + 1)
        }
        self.parts = parts
    }

    /// Returns the places of the longest common sequence of two ranges of names.
    private static func common(
        _ old: [String],
        _ oldRange: Range<Int>,
        _ new: [String],
        _ newRange: Range<Int>
    ) -> [(Int, Int)] {
        guard !oldRange.isEmpty, !newRange.isEmpty else { return [] }
        let width = newRange.count + 1
        var lengths = [Int](repeating: 0, count: (oldRange.count + 1) * width)
        for row in (0..<oldRange.count).reversed() {
            for column in (0..<newRange.count).reversed() {
                let isSame = old[oldRange.lowerBound + row] == new[newRange.lowerBound + column]
                let below = lengths[(row + 1) * width + column]
                let beside = lengths[row * width + column + 1]
                lengths[row * width + column] =
                    isSame ? lengths[(row + 1) * width + column + 1] + 1 : max(below, beside)
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < oldRange.count, column < newRange.count {
            let place = (oldRange.lowerBound + row, newRange.lowerBound + column)
            if old[place.0] == new[place.1] {
                pairs.append(place)
                (row, column) = (row + 1, column + 1)
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }
}

extension FieldPlan {
    /// The name by which versions of a field are paired.
    fileprivate var alignedName: String {
        switch step {
        case .reserved(let count): "reserved bytes \(count)"
        case .reservedBits(let count): "reserved bits \(count)"
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .structure,
            .union, .sized:
            name
        }
    }

    /// The number of bits of the field in every payload; `nil` if it differs.
    var everyWidth: Int? {
        guard case .always = presence, alignment == nil, coverage == nil else { return nil }
        return step.bitWidth ?? step.fixedSize.map { 8 * $0 }
    }

    /// Whether a reader accepts zeros at the place of the field.
    var acceptsZeros: Bool {
        guard coverage == nil, everyWidth != nil else { return false }
        let zero = SpecInteger(magnitude: 0)
        if let constant { guard constant == .number(zero) else { return false } }
        switch step.unwrapped {
        case .integer, .boolean, .bit: break
        case .enumeration(let type, _): if type.isClosed, type.item(of: zero) == nil { return false }
        case .flags, .reserved, .reservedBits: return true
        case .float, .text, .bytes: return bounds == nil
        case .list, .optional, .structure, .union, .sized: return false
        }
        return bounds.map { $0.low.map { $0.number <= zero } ?? true && $0.high.map { zero <= $0.number } ?? true }
            ?? true
    }
}
