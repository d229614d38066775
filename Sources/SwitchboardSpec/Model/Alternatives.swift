// Fields of which a payload has at most one, or exactly one, because their `when`s test one field for other values.

extension [FieldSpec] {
    /// Returns whether every payload has exactly one of `users`, which are some of these fields.
    func hasExactlyOne(of users: [FieldSpec]) -> Bool {
        guard users.count > 1, let first = users[0].condition?.value.values else { return false }
        let tests = users.compactMap { $0.condition?.value.values }
        let sets = tests.filter { $0.reference == first.reference }.map(\.values)
        guard sets.count == users.count else { return false }
        let tested = self.first { $0.name.value == first.reference.field }
        // Only a test with `not` holds for a field that is missing.
        if tested?.mayBeAbsent == true, !users.contains(where: { $0.condition?.value.holdsForNothing == true }) {
            return false
        }
        var type: IntegerType?
        if case .integer(let integer)? = tested?.type.value { type = integer }
        return ValueSet.arePartition(sets, of: type)
    }
}

extension FieldSpec {
    /// Returns whether no payload has both this field and `other`.
    func excludes(_ other: FieldSpec) -> Bool {
        guard let own = condition?.value.values, let others = other.condition?.value.values else { return false }
        return own.reference == others.reference && own.values.isDisjoint(with: others.values)
    }
}

extension ConditionSpec {
    /// The only field that the condition tests, and the values with which it holds; `nil` for other conditions.
    fileprivate var values: (reference: ReferenceSpec, values: ValueSet)? {
        guard terms.count == 1, let values = terms[0].test.values else { return nil }
        return (terms[0].reference.value, values)
    }

    /// Whether the condition holds if the only field that it tests is missing.
    fileprivate var holdsForNothing: Bool {
        if terms.count == 1, case .noneOf = terms[0].test { true } else { false }
    }
}

extension ConditionSpec.Test {
    /// The values that pass the test; `nil` if they are no numbers, and no names.
    fileprivate var values: ValueSet? {
        switch self {
        case .isSet: return .names(["true"])
        case .oneOf(let literals): return ValueSet(literals)
        case .noneOf(let literals): return ValueSet(literals)?.complement
        case .range(let low, let high):
            let numbers = [low, high].map { $0?.value.number }
            guard (low == nil) == (numbers[0] == nil), (high == nil) == (numbers[1] == nil) else { return nil }
            return .numbers([NumberRange(low: numbers[0], high: numbers[1])])
        }
    }
}

/// The numbers from one to another, both included; a bound that is `nil` is that of the type.
private struct NumberRange {
    var low: SpecInteger?
    var high: SpecInteger?

    /// Returns whether the range has a number of `other`, which does not start before it.
    func meets(_ other: NumberRange) -> Bool {
        guard let high, let low = other.low else { return true }
        return low <= high
    }
}

/// The values of a field with which a condition holds.
private enum ValueSet {
    /// Cases of an enum, or `true` and `false`.
    case names(Set<String>)
    /// All but these names.
    case otherNames(Set<String>)
    /// Numbers: ranges in ascending order that do not meet.
    case numbers([NumberRange])

    /// The values of `literals`; `nil` if they are not only numbers or only names.
    init?(_ literals: [Located<Literal>]) {
        let numbers = literals.compactMap(\.value.number)
        if numbers.count == literals.count {
            self = .numbers(Set(numbers).sorted().map { NumberRange(low: $0, high: $0) })
            return
        }
        let names = literals.compactMap(\.value.name)
        guard names.count == literals.count, numbers.isEmpty else { return nil }
        self = .names(Set(names))
    }

    /// All other values.
    var complement: ValueSet {
        switch self {
        case .names(["true"]): return .names(["false"])
        case .names(["false"]): return .names(["true"])
        case .names(let names): return .otherNames(names)
        case .otherNames(let names): return .names(names)
        case .numbers(let ranges):
            var gaps: [NumberRange] = []
            var low: SpecInteger?
            for range in ranges {
                if let first = range.low, let end = first.predecessor, low.map({ $0 <= end }) ?? true {
                    gaps.append(NumberRange(low: low, high: end))
                }
                guard let next = range.high?.successor else { return .numbers(gaps) }
                low = next
            }
            return .numbers(gaps + [NumberRange(low: low)])
        }
    }

    func isDisjoint(with other: ValueSet) -> Bool {
        switch (self, other) {
        case (.names(let left), .names(let right)): return left.isDisjoint(with: right)
        case (.names(let names), .otherNames(let others)), (.otherNames(let others), .names(let names)):
            return names.isSubset(of: others)
        case (.numbers(let left), .numbers(let right)): return NumberRange.areDisjoint(left + right)
        case (.otherNames, .otherNames), (.names, .numbers), (.otherNames, .numbers), (.numbers, .names),
            (.numbers, .otherNames):
            // A number of an enum may be one of the names.
            return false
        }
    }

    /// Returns whether every value of `type` is in exactly one of `sets`.
    static func arePartition(_ sets: [ValueSet], of type: IntegerType?) -> Bool {
        var ranges: [NumberRange] = []
        var names: [String] = []
        var others: [Set<String>] = []
        for set in sets {
            switch set {
            case .names(let some): names += some
            case .otherNames(let some): others.append(some)
            case .numbers(let some): ranges += some
            }
        }
        if ranges.isEmpty {
            guard Set(names).count == names.count else { return false }
            return others.isEmpty ? Set(names) == ["true", "false"] : others == [Set(names)]
        }
        return names.isEmpty && others.isEmpty && NumberRange.areDisjoint(ranges)
            && NumberRange.areComplete(ranges, type)
    }
}

extension NumberRange {
    fileprivate static func inOrder(_ ranges: [NumberRange]) -> [NumberRange] {
        ranges.sorted { left, right in
            guard let second = right.low else { return false }
            return left.low.map { $0 < second } ?? true
        }
    }

    /// Returns whether no number is in two of `ranges`.
    fileprivate static func areDisjoint(_ ranges: [NumberRange]) -> Bool {
        let ranges = inOrder(ranges)
        return zip(ranges, ranges.dropFirst()).allSatisfy { !$0.meets($1) }
    }

    /// Returns whether every number of `type` is in one of `ranges`, which are disjoint.
    fileprivate static func areComplete(_ ranges: [NumberRange], _ type: IntegerType?) -> Bool {
        let ranges = inOrder(ranges)
        guard let first = ranges.first, let last = ranges.last else { return false }
        guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.high?.successor == $1.low }) else { return false }
        let startsAtLowest = first.low.map { low in type.map { low <= $0.lowest } ?? false } ?? true
        let endsAtHighest = last.high.map { high in type.map { $0.highest <= high } ?? false } ?? true
        return startsAtLowest && endsAtHighest
    }
}

extension Literal {
    /// The whole number; `nil` for other literals.
    fileprivate var number: SpecInteger? {
        if case .text(let text, isPlain: true) = self { IntegerLiteral(text).number } else { nil }
    }

    /// The word, if it is written without quotes and is no number.
    fileprivate var name: String? {
        guard case .text(let text, isPlain: true) = self, number == nil else { return nil }
        return text
    }
}
