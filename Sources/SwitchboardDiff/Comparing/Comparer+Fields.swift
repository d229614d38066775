internal import SwitchboardSpec

extension Comparer {
    /// Compares two versions of a field, which are at the same place; notes the new name.
    mutating func compare(_ old: FieldPlan, _ new: FieldPlan, _ scope: inout Scope) {
        let name = scope.text(of: old)
        let places = (old.field.name.place, new.field.name.place)
        if old.name != new.name {
            report(.fieldRenamed, .source, "\(name) is now called `\(new.name)`", scope, places.0, places.1)
        }
        scope.names[old.name] = new.name
        let pair = FieldPair(old: old, new: new, name: name)
        compare(old.step, new.step, pair, scope)
        comparePresence(pair, scope)
        compareLayout(pair, scope)
        compareValues(pair, scope)
        compareWords(pair, scope)
    }

    /// Two versions of a field.
    struct FieldPair {
        let old: FieldPlan
        let new: FieldPlan
        /// The name in messages.
        let name: String

        var oldPlace: Place { old.field.name.place }
        var newPlace: Place { new.field.name.place }
    }

    mutating func report(_ rule: Rule, _ flows: Flows, _ text: String, _ pair: FieldPair, _ scope: Scope) {
        report(rule, flows, "\(pair.name) \(text)", scope, pair.oldPlace, pair.newPlace)
    }

    mutating func report(_ rule: Rule, _ effect: Effect, _ text: String, _ pair: FieldPair, _ scope: Scope) {
        report(rule, effect, "\(pair.name) \(text)", scope, pair.oldPlace, pair.newPlace)
    }

    // MARK: Presence

    private mutating func comparePresence(_ pair: FieldPair, _ scope: Scope) {
        let (isOld, isNew) = (pair.old.field.isTrailing, pair.new.field.isTrailing)
        switch (pair.old.presence, pair.new.presence) {
        case (.when(let left), .when(let right)):
            if !isSame(left, right, scope) { report(.conditionChanged, .both, "has another `when`", pair, scope) }
        case (.when, _): report(.conditionChanged, .both, "has lost its `when`", pair, scope)
        case (_, .when): report(.conditionChanged, .both, "has a `when`", pair, scope)
        case (.always, .unlessEnded) where isNew:
            report(.fieldMadeOptional, .newToOld, "is now `optional`", pair, scope)
        case (.unlessEnded, .always) where isOld:
            report(.fieldMadeRequired, .oldToNew, "is no longer `optional`", pair, scope)
        case (.always, .unlessEnded): report(.sinceAdded, .compatible, "has a `since`", pair, scope)
        case (.unlessEnded, .always):
            report(.sinceRemoved, .behaviour, "has lost its `since`: still older peers do not send it", pair, scope)
        case (.unlessEnded, .unlessEnded) where isOld != isNew:
            let change = isNew ? (Rule.fieldMadeOptional, Flows.newToOld) : (.fieldMadeRequired, .oldToNew)
            report(change.0, change.1, isNew ? "is now `optional`" : "is no longer `optional`", pair, scope)
        case (.always, .always), (.unlessEnded, .unlessEnded): break
        }
    }

    func isSame(_ old: Condition, _ new: Condition, _ scope: Scope) -> Bool {
        old.terms.count == new.terms.count
            && zip(old.terms, new.terms).allSatisfy { left, right in
                isSame(left.reference, right.reference, scope) && isSame(left.test, right.test)
            }
    }

    func isSame(_ old: Reference, _ new: Reference, _ scope: Scope) -> Bool {
        scope.newName(of: old.field) == new.field && old.bit?.position.value == new.bit?.position.value
    }

    /// Returns whether both tests hold for the same values.
    private func isSame(_ old: Condition.Test, _ new: Condition.Test) -> Bool {
        switch (old, new) {
        case (.oneOf(let left), .oneOf(let right)), (.noneOf(let left), .noneOf(let right)): Set(left) == Set(right)
        // A boolean that is named alone is the same on the wire as one that must be true.
        case (.isSet, .oneOf(let values)), (.oneOf(let values), .isSet):
            values == [.number(SpecInteger(magnitude: 1))]
        case (.isSet, _), (.oneOf, _), (.noneOf, _), (.range, _): old == new
        }
    }

    // MARK: Layout

    private mutating func compareLayout(_ pair: FieldPair, _ scope: Scope) {
        let (old, new) = (pair.old, pair.new)
        if old.alignment != new.alignment {
            report(.alignmentChanged, .both, "has another `align`", pair, scope)
        }
        let isReported = old.bitOrder == self.old.byteOrder.bits && new.bitOrder == self.new.byteOrder.bits
        if old.step.bitWidth != nil, new.step.bitWidth != nil, old.bitOrder != new.bitOrder, !isReported {
            report(.bitOrderChanged, .both, "has another order of bits", pair, scope)
        }
        if old.coverage != new.coverage {
            report(.coverageChanged, .both, "covers other bytes", pair, scope)
        } else if old.use != new.use, [old.use, new.use].contains(where: { $0 != nil && $0 != "presence" }) {
            report(.derivationChanged, .both, "follows from other fields, or no longer does", pair, scope)
        } else if old.use != new.use || old.derivedBits != new.derivedBits {
            report(.presenceDerived, .source, "follows from the presence of others, or no longer does", pair, scope)
        } else if old.field.isDerived != new.field.isDerived {
            report(.derivationChanged, .both, "follows from the messages, or no longer does", pair, scope)
        }
    }

    // MARK: Values

    private mutating func compareValues(_ pair: FieldPair, _ scope: Scope) {
        let (old, new) = (pair.old, pair.new)
        switch (old.constant, new.constant) {
        case (nil, .some): report(.constantAdded, .oldToNew, "has one value only", pair, scope)
        case (.some, nil): report(.constantRemoved, .newToOld, "may have any value", pair, scope)
        case (let left?, let right?):
            if left != right { report(.constantChanged, .both, "has another value in `equals`", pair, scope) }
        case (nil, nil): break
        }
        if old.constant == nil, new.constant == nil {
            compareBounds(pair, scope)
            compareDefaults(pair, scope)
        }
    }

    private mutating func compareDefaults(_ pair: FieldPair, _ scope: Scope) {
        let (old, new) = (pair.old.field.defaultValue, pair.new.field.defaultValue)
        guard pair.old.presence.hasDefault == pair.new.presence.hasDefault || old != nil || new != nil else { return }
        switch (old, new) {
        case (nil, .some): report(.defaultAdded, .compatible, "has a default", pair, scope)
        case (.some, nil): report(.defaultRemoved, .source, "has no default", pair, scope)
        case (.some, .some) where pair.old.defaultValue != pair.new.defaultValue:
            report(.defaultChanged, .behaviour, "has another default", pair, scope)
        case (nil, nil), (.some, .some): break
        }
    }

    private mutating func compareBounds(_ pair: FieldPair, _ scope: Scope) {
        guard pair.old.bounds != nil || pair.new.bounds != nil else { return }
        let (old, new) = (Limits(pair.old), Limits(pair.new))
        // Of fields of different kinds, the type is reported.
        guard let old, let new, old.isComparable(with: new) else { return }
        if new.low > old.low { report(.minimumRaised, .oldToNew, "has a higher lower bound", pair, scope) }
        if new.low < old.low { report(.minimumLowered, .newToOld, "has a lower lower bound", pair, scope) }
        if new.high < old.high { report(.maximumLowered, .oldToNew, "has a lower upper bound", pair, scope) }
        if new.high > old.high { report(.maximumRaised, .newToOld, "has a higher upper bound", pair, scope) }
        if old.allowsNaN != new.allowsNaN, old.low == new.low, old.high == new.high {
            let rule = new.allowsNaN ? Rule.maximumRaised : .maximumLowered
            report(rule, new.allowsNaN ? .newToOld : .oldToNew, "has other bounds, which NaN passes", pair, scope)
        }
    }

    // MARK: Words

    private mutating func compareWords(_ pair: FieldPair, _ scope: Scope) {
        let (old, new) = (pair.old.field, pair.new.field)
        if let left = old.since?.value, let right = new.since?.value, left != right {
            report(.sinceChanged, .behaviour, "has another `since`", pair, scope)
        }
        if old.isSecret != new.isSecret {
            let rule = new.isSecret ? Rule.secretAdded : .secretRemoved
            let text = new.isSecret ? "is now `secret`" : "is no longer `secret`"
            report(rule, new.isSecret ? .compatible : .behaviour, text, pair, scope)
        }
        if old.trace?.value != new.trace?.value {
            let text = new.trace.map { "carries `\($0.value)` of a trace" } ?? "no longer carries a value of a trace"
            report(.traceChanged, .behaviour, text, pair, scope)
        }
        switch (old.measure?.note, new.measure?.note) {
        case (nil, nil): break
        case (nil, .some): report(.unitAdded, .compatible, "has a unit", pair, scope)
        case (.some, nil): report(.unitChanged, .behaviour, "has no unit", pair, scope)
        case (let left?, let right?):
            if left != right {
                report(.unitChanged, .behaviour, "has another unit: was \(left) Is \(right)", pair, scope)
            }
        }
        compareDeprecation(old.deprecated, new.deprecated, pair.name, scope, pair.oldPlace, pair.newPlace)
        compareDocs(old.doc, new.doc, pair.name, scope, pair.oldPlace, pair.newPlace)
    }

    mutating func compareDocs(
        _ old: String?,
        _ new: String?,
        _ name: String,
        _ scope: Scope,
        _ oldPlace: Place? = nil,
        _ newPlace: Place? = nil
    ) {
        guard old != new else { return }
        report(.documentationChanged, .compatible, "\(name) has other documentation", scope, oldPlace, newPlace)
    }

    mutating func compareDeprecation(
        _ old: String?,
        _ new: String?,
        _ name: String,
        _ scope: Scope,
        _ oldPlace: Place? = nil,
        _ newPlace: Place? = nil
    ) {
        guard (old == nil) != (new == nil) else { return }
        let rule = new == nil ? Rule.deprecationRemoved : .deprecationAdded
        let text = "\(name) is \(new == nil ? "no longer " : "")deprecated"
        report(rule, .compatible, text, scope, oldPlace, newPlace)
    }
}

extension Comparer.Scope {
    /// Returns the new name of an earlier field.
    func newName(of field: String) -> String { names[field] ?? field }
}

extension ByteOrder {
    /// The order of bits that belongs to the byte order.
    fileprivate var bits: BitOrder { self == .big ? .high : .low }
}

extension FieldPlan.Presence {
    /// Whether a reader may take the default.
    fileprivate var hasDefault: Bool {
        if case .unlessEnded = self { true } else { false }
    }
}

extension FieldPlan {
    /// What a derived field follows from.
    fileprivate var use: String? {
        switch derivation {
        case .count: "count"
        case .presence: "presence"
        case .tag: "tag"
        case .size: "size"
        case .caseTag: "case"
        case nil: nil
        }
    }

    /// The bits that follow from the presence of other fields.
    fileprivate var derivedBits: Set<UInt64> { Set(presenceBits.map(\.bit.position.value)) }
}

/// The lowest and the highest value or size of a field, as numbers that can be compared.
private struct Limits {
    /// A bound; bounds of integers and of floating-point numbers do not mix.
    enum Bound: Comparable {
        case integer(SpecInteger)
        case float(Double)
    }

    let low: Bound
    let high: Bound
    /// Whether the field may be NaN, which no bound allows.
    let allowsNaN: Bool

    /// The limits of `field`; `nil` if it can have no bounds.
    init?(_ field: FieldPlan) {
        let bounds = field.bounds
        let step = field.step.unwrapped
        switch step {
        case .float(let type, _):
            low = .float(bounds?.low.map { FloatBits.number($0.bits, type) } ?? -.infinity)
            high = .float(bounds?.high.map { FloatBits.number($0.bits, type) } ?? .infinity)
            allowsNaN = bounds == nil
            return
        case .integer, .enumeration, .flags, .boolean, .bit, .text, .bytes, .list: break
        case .optional, .reserved, .reservedBits, .structure, .union, .sized: return nil
        }
        let type = step.integerType
        let isSigned = type?.isSigned ?? false
        let lowest = SpecInteger(isNegative: isSigned, magnitude: isSigned ? (type?.largest ?? 0) + 1 : 0)
        low = .integer(bounds?.low?.number ?? lowest)
        high = .integer(bounds?.high?.number ?? SpecInteger(magnitude: step.bitWidth == 1 ? 1 : type?.largest ?? .max))
        allowsNaN = false
    }

    /// Returns whether the bounds of both fields are of one kind.
    func isComparable(with other: Limits) -> Bool {
        switch (low, other.low) {
        case (.integer, .integer), (.float, .float): true
        case (.integer, .float), (.float, .integer): false
        }
    }
}
