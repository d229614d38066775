internal import SwitchboardSpec

extension Comparer {
    /// Compares the forms of two versions of a value.
    mutating func compare(_ old: Step, _ new: Step, _ pair: FieldPair, _ scope: Scope) {
        switch old {
        case .integer(let left, let leftOrder):
            guard case .integer(let right, let rightOrder) = new else { break }
            if left != right { return reportTypes(old, new, .both, pair, scope) }
            if left.hasByteOrder { compareOrders(leftOrder, rightOrder, pair, scope) }
            return
        case .float(let left, let leftOrder):
            guard case .float(let right, let rightOrder) = new else { break }
            if left != right { return reportTypes(old, new, .both, pair, scope) }
            return compareOrders(leftOrder, rightOrder, pair, scope)
        case .boolean: if case .boolean = new { return }
        case .bit: if case .bit = new { return }
        case .enumeration(let left, let leftOrder):
            guard case .enumeration(let right, let rightOrder) = new else { break }
            comparePair(left.name, right.name, pair, scope)
            if left.type.hasByteOrder { compareOrders(leftOrder, rightOrder, pair, scope) }
            return
        case .flags(let left, let leftOrder):
            guard case .flags(let right, let rightOrder) = new else { break }
            comparePair(left.name, right.name, pair, scope)
            if left.type.hasByteOrder { compareOrders(leftOrder, rightOrder, pair, scope) }
            return
        case .structure(let left):
            guard case .structure(let right) = new else { break }
            return comparePair(left.name, right.name, pair, scope)
        case .union(let left, let leftTag):
            guard case .union(let right, let rightTag) = new else { break }
            comparePair(left.name, right.name, pair, scope)
            return compareTags(leftTag, rightTag, pair, scope)
        case .text(let left, let leftForm):
            guard case .text(let right, let rightForm) = new else { break }
            compareEncodings(leftForm, rightForm, pair, scope)
            return compareSizes(left, right, pair, scope)
        case .bytes(let left, let leftNotation):
            guard case .bytes(let right, let rightNotation) = new else { break }
            if !isSame(left, right, scope) { return compareSizes(left, right, pair, scope) }
            if leftNotation != rightNotation { reportSwiftTypes(old, new, pair, scope) }
            return
        case .list(let left, let leftSize):
            guard case .list(let right, let rightSize) = new else { break }
            compare(left, right, pair, scope)
            return compareSizes(leftSize, rightSize, pair, scope)
        case .optional(let left, let leftForm):
            guard case .optional(let right, let rightForm) = new else { break }
            if leftForm != rightForm {
                return report(.optionalityChanged, .both, "says otherwise that it has no value", pair, scope)
            }
            return compare(left, right, pair, scope)
        case .sized(let left, let leftSize):
            guard case .sized(let right, let rightSize) = new else { break }
            compare(left, right, pair, scope)
            return compareSizes(leftSize, rightSize, pair, scope)
        case .reserved(let left): if case .reserved(left) = new { return }
        case .reservedBits(let left): if case .reservedBits(left) = new { return }
        }
        compareOthers(old, new, pair, scope)
    }

    private mutating func compareTags(_ old: Reference?, _ new: Reference?, _ pair: FieldPair, _ scope: Scope) {
        let isSame =
            switch (old, new) {
            case (nil, nil): true
            case (let old?, let new?): self.isSame(old, new, scope)
            case (nil, .some), (.some, nil): false
            }
        if !isSame { report(.tagChanged, .both, "has its tag elsewhere", pair, scope) }
    }

    /// Compares values of different kinds, some of which have the same form.
    private mutating func compareOthers(_ old: Step, _ new: Step, _ pair: FieldPair, _ scope: Scope) {
        if old.isOptional != new.isOptional {
            let text = new.isOptional ? "may have no value" : "always has a value"
            return report(.optionalityChanged, .both, text, pair, scope)
        }
        if let left = old.numberForm, let right = new.numberForm, left.type == right.type {
            let flows = left.flows(to: right)
            if !flows.isEmpty { return reportTypes(old, new, flows, pair, scope) }
            reportSwiftTypes(old, new, pair, scope)
            if left.type.hasByteOrder { compareOrders(left.order, right.order, pair, scope) }
            return
        }
        switch (old, new) {
        case (.text(let left, _), .bytes(let right, nil)) where isSame(left, right, scope):
            reportTypes(old, new, .newToOld, pair, scope)
        case (.bytes(let left, nil), .text(let right, _)) where isSame(left, right, scope):
            reportTypes(old, new, .oldToNew, pair, scope)
        default: reportTypes(old, new, .both, pair, scope)
        }
    }

    /// Notes two types that are compared later.
    ///
    /// Types are compared once, and reported at their own places.
    private mutating func comparePair(_ old: Located<String>, _ new: Located<String>, _ pair: FieldPair, _ scope: Scope)
    {
        let types = TypePair(old: old.value, new: new.value)
        if types.old != types.new, self.new.type(types.old) != nil || self.old.type(types.new) != nil {
            report(.swiftTypeChanged, .source, "has the type `\(new.value)` instead of `\(old.value)`", pair, scope)
        }
        if seenTypes.insert(types).inserted { pendingTypes.append(types) }
    }

    /// Compares the orders of the bytes of numbers; a change of the byte order of the protocol is reported once.
    private mutating func compareOrders(_ old: ByteOrder, _ new: ByteOrder, _ pair: FieldPair, _ scope: Scope) {
        guard old != new, old != self.old.byteOrder || new != self.new.byteOrder else { return }
        report(
            .fieldByteOrderChanged,
            .both,
            "is sent in the byte order \(new.rawValue), and was in \(old.rawValue)",
            pair,
            scope
        )
    }

    private mutating func compareEncodings(_ old: TextForm, _ new: TextForm, _ pair: FieldPair, _ scope: Scope) {
        guard old.encoding != new.encoding else {
            if old.encoding == .utf16 { compareOrders(old.order, new.order, pair, scope) }
            return
        }
        // Every text in ASCII is one in UTF-8 and in ISO 8859-1.
        let flows: Flows =
            switch (old.encoding, new.encoding) {
            case (.ascii, .utf8), (.ascii, .latin1): .newToOld
            case (.utf8, .ascii), (.latin1, .ascii): .oldToNew
            case (.ascii, _), (.utf8, _), (.latin1, _), (.utf16, _): .both
            }
        report(.encodingChanged, flows, "is \(new.encoding.title), and was \(old.encoding.title)", pair, scope)
    }

    // MARK: Sizes

    private mutating func compareSizes(_ old: Size, _ new: Size, _ pair: FieldPair, _ scope: Scope) {
        guard !isSame(old, new, scope) else { return }
        if case .counted(let left) = old, case .counted(let right) = new,
            case .prefix(let leftType, let leftOrder) = left.source,
            case .prefix(let rightType, let rightOrder) = right.source, left.has(sameRulesAs: right)
        {
            if leftType != rightType {
                let text = "has a length or count of type `\(rightType.rawValue)`, and had `\(leftType.rawValue)`"
                return report(.lengthTypeChanged, .both, text, pair, scope)
            }
            if leftType.hasByteOrder { compareOrders(leftOrder, rightOrder, pair, scope) }
            return
        }
        report(.lengthChanged, .both, "ends elsewhere: its length or count has other rules", pair, scope)
    }

    /// Returns whether values end at the same place.
    func isSame(_ old: Size, _ new: Size, _ scope: Scope) -> Bool {
        switch (old, new) {
        case (.counted(let left), .counted(let right)): isSame(left, right, scope)
        case (.toEnd, _), (.counted, _), (.fixed, _), (.padded, _), (.until, _): old == new
        }
    }

    func isSame(_ old: Count, _ new: Count, _ scope: Scope) -> Bool {
        guard old.has(sameRulesAs: new) else { return false }
        return switch (old.source, new.source) {
        case (.field(let left), .field(let right)): isSame(left, right, scope)
        case (.prefix, _), (.field, _), (.constant, _): old.source == new.source
        }
    }

    // MARK: Reporting

    private mutating func reportTypes(_ old: Step, _ new: Step, _ flows: Flows, _ pair: FieldPair, _ scope: Scope) {
        report(.fieldTypeChanged, flows, "has the type \(new.title), and had \(old.title)", pair, scope)
    }

    private mutating func reportSwiftTypes(_ old: Step, _ new: Step, _ pair: FieldPair, _ scope: Scope) {
        report(.swiftTypeChanged, .source, "has the type \(new.title), and had \(old.title)", pair, scope)
    }
}

extension IntegerType {
    /// Whether the numbers have several bytes, whose order matters.
    fileprivate var hasByteOrder: Bool { fixedSize.map { $0 > 1 } ?? false }
}

extension Count {
    /// Returns whether both numbers say a size in the same way.
    func has(sameRulesAs other: Count) -> Bool {
        countsBytes == other.countsBytes && unit == other.unit && plus == other.plus && absent == other.absent
    }
}

/// A value that is sent as one number.
private struct NumberForm {
    let type: IntegerType
    let order: ByteOrder
    /// The values that a reader accepts.
    enum Values { case all, boolean, named }
    let values: Values

    /// Returns the flows that break when values of this form become those of `other`.
    func flows(to other: NumberForm) -> Flows {
        switch (values, other.values) {
        case (.all, .all), (.boolean, .boolean): []
        case (.all, _): .oldToNew
        case (_, .all): .newToOld
        case (.boolean, _), (.named, _): .both
        }
    }
}

extension Step {
    /// The number that is sent for the value; `nil` for values of another form.
    fileprivate var numberForm: NumberForm? {
        switch self {
        case .integer(let type, let order): NumberForm(type: type, order: order, values: .all)
        case .boolean: NumberForm(type: .uint8, order: .big, values: .boolean)
        case .bit: IntegerType(rawValue: "uint1").map { NumberForm(type: $0, order: .big, values: .all) }
        case .enumeration(let type, let order):
            NumberForm(type: type.type, order: order, values: type.isClosed ? .named : .all)
        case .flags(let type, let order):
            NumberForm(type: type.type, order: order, values: type.isClosed ? .named : .all)
        case .float, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized: nil
        }
    }

    /// The type in words.
    var title: String {
        switch self {
        case .integer(let type, _): "`\(type.rawValue)`"
        case .float(let type, _): "`\(type.rawValue)`"
        case .boolean: "`bool`"
        case .bit: "`bit`"
        case .enumeration(let type, _): "`\(type.name.value)`"
        case .flags(let type, _): "`\(type.name.value)`"
        case .text: "`string`"
        case .bytes(_, let notation): "`\(notation?.rawValue ?? "bytes")`"
        case .list(let element, _): "a list of \(element.title)"
        case .optional(let step, _): "an optional \(step.title)"
        case .reserved(let count): "\(count) reserved bytes"
        case .reservedBits(let count): "\(count) reserved bits"
        case .structure(let type): "`\(type.name.value)`"
        case .union(let type, _): "`\(type.name.value)`"
        case .sized(let step, _): "\(step.title) with a length"
        }
    }
}
