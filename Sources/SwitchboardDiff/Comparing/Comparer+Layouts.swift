internal import SwitchboardSpec

extension Comparer {
    /// Compares the fields of two versions of a message, a header, a struct or a case; returns the new names of fields, by old name.
    @discardableResult
    mutating func compare(_ old: Layout, _ new: Layout, _ scope: Scope) -> [String: String] {
        let parts = FieldAlignment(old.fields, new.fields).parts
        var scope = scope
        var fresh = Fresh()
        for (index, part) in parts.enumerated() {
            switch part {
            case .common(let left, let right): compare(left, right, &scope)
            case .gap(let left, let right):
                let gap = Gap(old: left, new: right, isLast: index == parts.count - 1)
                compare(gap, old, new, &scope, &fresh)
            }
        }
        return scope.names
    }

    /// Fields between two common fields.
    private struct Gap {
        var old: [FieldPlan]
        var new: [FieldPlan]
        /// Whether no common field follows.
        let isLast: Bool
    }

    /// Fields that took the place of reserved bytes or bits, or became such: the other version sends zeros there.
    private struct Fresh {
        var inNew: Set<String> = []
        var inOld: Set<String> = []
    }

    private mutating func compare(
        _ gap: Gap,
        _ old: Layout,
        _ new: Layout,
        _ scope: inout Scope,
        _ fresh: inout Fresh
    ) {
        var gap = gap
        reportMoves(&gap, old, new, scope)
        if replacesReserved(gap) {
            compareReserved(gap, scope, &fresh)
            return
        }
        // A pair of the same form at the same place has only another name.
        while let left = gap.old.first, let right = gap.new.first, isRename(left, right, scope) {
            compare(left, right, &scope)
            (gap.old, gap.new) = (Array(gap.old.dropFirst()), Array(gap.new.dropFirst()))
        }
        let (isOver, wasOver) = (gap.isLast && gap.old.isEmpty, gap.isLast && gap.new.isEmpty)
        for field in gap.old {
            let flows = Self.flows(adding: field, to: new, in: old, isLast: wasOver, scope.reversed, fresh.inOld)
            reportRemoval(of: field, flows.reversed, scope)
        }
        for field in gap.new {
            let flows = Self.flows(adding: field, to: old, in: new, isLast: isOver, scope, fresh.inNew)
            reportAddition(of: field, flows, isLast: isOver, scope)
        }
    }

    /// Reports fields of the gap that are elsewhere in the other version, and removes them from the gap.
    private mutating func reportMoves(_ gap: inout Gap, _ old: Layout, _ new: Layout, _ scope: Scope) {
        for field in gap.old where !field.field.isReserved {
            guard let other = new.fields.first(where: { $0.name == field.name }) else { continue }
            let text = "\(scope.text(of: field)) has another place among the fields"
            report(.fieldMoved, .both, text, scope, field.field.name.place, other.field.name.place)
        }
        gap.old.removeAll { field in !field.field.isReserved && new.fields.contains { $0.name == field.name } }
        gap.new.removeAll { field in !field.field.isReserved && old.fields.contains { $0.name == field.name } }
    }

    // MARK: Reserved bytes and bits

    /// Returns whether one side of the gap has only reserved bytes or bits, and the other side has as many bits.
    private func replacesReserved(_ gap: Gap) -> Bool {
        guard gap.old.allSatisfy(\.field.isReserved) || gap.new.allSatisfy(\.field.isReserved) else { return false }
        let (old, new) = (gap.old.map(\.everyWidth), gap.new.map(\.everyWidth))
        guard !old.isEmpty, !new.isEmpty, !old.contains(nil), !new.contains(nil) else { return false }
        let orders = Set((gap.old + gap.new).filter { $0.step.bitWidth != nil }.map(\.bitOrder))
        return orders.count < 2 && old.compactMap(\.self).reduce(0, +) == new.compactMap(\.self).reduce(0, +)
    }

    private mutating func compareReserved(_ gap: Gap, _ scope: Scope, _ fresh: inout Fresh) {
        for field in gap.new where !field.field.isReserved {
            fresh.inNew.insert(field.name)
            let text = "\(scope.text(of: field)) uses what was reserved"
            let (old, new) = (gap.old[0].field.name.place, field.field.name.place)
            if field.acceptsZeros {
                report(.reservedUsed, .compatible, text, scope, old, new)
            } else {
                report(.reservedUsedWithoutZero, .oldToNew, text + ", and does not allow 0", scope, old, new)
            }
        }
        for field in gap.old where !field.field.isReserved {
            fresh.inOld.insert(field.name)
            let text = "\(scope.text(of: field)) is only reserved"
            let (old, new) = (field.field.name.place, gap.new[0].field.name.place)
            if field.acceptsZeros {
                report(.fieldReserved, .source, text, scope, old, new)
            } else {
                report(.fieldReservedWithoutZero, .newToOld, text + ", and did not allow 0", scope, old, new)
            }
        }
    }

    // MARK: Added and removed fields

    private func isRename(_ old: FieldPlan, _ new: FieldPlan, _ scope: Scope) -> Bool {
        if old.field.isReserved || new.field.isReserved { return false }
        let found = trial { comparer in
            var scope = scope
            comparer.compare(old, new, &scope)
        }
        return !found.contains { $0.effect == .wire }
    }

    /// Returns the flows that break when the layout `shorter` gets `field`, which is in `longer`: as if `shorter` were the old version.
    private static func flows(
        adding field: FieldPlan,
        to shorter: Layout,
        in longer: Layout,
        isLast: Bool,
        _ scope: Scope,
        _ fresh: Set<String>
    ) -> Flows {
        // What the shorter version sends lacks a field that its zeros say is absent.
        var flows: Flows = field.isAbsent(withZerosIn: fresh) && field.step.bitWidth == nil ? .newToOld : .both
        guard isLast, case .message(let trailing, _) = scope.kind else { return flows }
        let hasCoverage = shorter.fields.contains { $0.coverage != nil }
        let hasOpenEnd = shorter.fields.contains { $0.field.isTrailing } && !field.field.isTrailing
        if trailing == .ignore, !hasCoverage, !hasOpenEnd { flows.remove(.newToOld) }
        if case .unlessEnded = field.presence, field.step.bitWidth == nil { flows.remove(.oldToNew) }
        let isFilled = shorter.filledSize != nil && longer.filledSize != nil
        if isFilled, field.field.isReserved || field.acceptsZeros { flows.remove(.oldToNew) }
        return flows
    }

    private mutating func reportAddition(of field: FieldPlan, _ flows: Flows, isLast: Bool, _ scope: Scope) {
        let text = "\(scope.text(of: field)) is new"
        let place = field.field.name.place
        if case .frame = scope.kind {
            report(.headerItemAdded, .both, text, scope, nil, place)
        } else if flows.isEmpty {
            report(.fieldAdded, .compatible, text, scope, nil, place)
        } else if flows == .newToOld {
            report(.fieldAddedUnread, flows, text + ", and old peers do not expect it", scope, nil, place)
        } else if isLast, case .message = scope.kind {
            report(.fieldAddedRequired, flows, text + ", and old peers do not send it", scope, nil, place)
        } else {
            report(.fieldInserted, flows, text, scope, nil, place)
        }
    }

    private mutating func reportRemoval(of field: FieldPlan, _ flows: Flows, _ scope: Scope) {
        let text = "\(scope.text(of: field)) is removed"
        let place = field.field.name.place
        if case .frame = scope.kind {
            report(.headerItemRemoved, .both, text, scope, place, nil)
        } else if flows.isEmpty {
            report(.fieldDropped, .source, text, scope, place, nil)
        } else {
            report(.fieldRemoved, flows, text, scope, place, nil)
        }
    }
}

extension Comparer.Scope {
    /// Returns the name of `field` for messages.
    func text(of field: FieldPlan) -> String {
        let name: String
        switch field.step {
        case .reserved(let count): name = "\(count) reserved \(count == 1 ? "byte" : "bytes")"
        case .reservedBits(let count): name = "\(count) reserved \(count == 1 ? "bit" : "bits")"
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .structure,
            .union, .sized:
            return "`\(self.name).\(field.name)`"
        }
        return "`\(self.name)`: \(name)"
    }

    /// The same part with the versions in each other's place.
    fileprivate var reversed: Comparer.Scope {
        var kind = kind
        if case .message(let old, let new) = kind { kind = .message(oldTrailing: new, newTrailing: old) }
        return Comparer.Scope(
            kind: kind,
            name: name,
            owner: owner,
            oldSender: newSender,
            newSender: oldSender,
            oldPlace: newPlace,
            newPlace: oldPlace
        )
    }
}

extension FieldPlan {
    /// Whether a payload in which the fields `names` are zeros lacks the field.
    fileprivate func isAbsent(withZerosIn names: Set<String>) -> Bool {
        guard case .when(let condition) = presence else { return false }
        let zero = SpecInteger(magnitude: 0)
        return condition.terms.contains { term in
            guard names.contains(term.reference.field) else { return false }
            switch term.test {
            case .isSet: return true
            case .oneOf(let values): return !values.map(\.number).contains(zero)
            case .noneOf(let values): return values.map(\.number).contains(zero)
            case .range(let bounds):
                return bounds.low.map { zero < $0.number } ?? false || bounds.high.map { $0.number < zero } ?? false
            }
        }
    }
}
