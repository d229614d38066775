extension SpecChecker {
    /// Checks that the fields of `message` can follow each other and fit in a frame.
    mutating func checkLayout(of message: MessageSpec) {
        let errors = diagnostics.errorCount
        defer { if diagnostics.errorCount > errors { soundness.insert(message.name.value) } }
        let header = frame(of: message)?.referenced ?? []
        checkFields(message.fields, of: "message `\(message.name.value)`", header: header)
        checkHeaderReferences(of: message)
        checkEnd(of: message)
        checkTruncation(of: message)
        checkChecksumSeed(of: message)
        let limit = limit(of: message)
        let fields = message.fields.filter { $0.since == nil }
        let size = fields.reduce(bytes(ofBitsIn: fields)) { $0.addedOrLargest(smallestSize(of: $1)) }
        if let frame = frame(of: message), frame.framing != nil, message.fields.isEmpty, !frame.lacksParts,
            frame.maximumHeaderSize == 0, frame.trailerSize == 0
        {
            let text = "a frame of `\(message.name.value)` is always empty, and receivers skip frames without a byte"
            diagnostics.error("\(text): give `header` or the message a field", at: message.name.place)
        }
        guard let limit else { return }
        if size > limit {
            let smallest = "the smallest payload of message `\(message.name.value)` has \(size) bytes"
            diagnostics.error(
                "\(smallest), but at most \(limit) are allowed: shorten its fields, or raise `max-payload`",
                at: message.name.place
            )
        } else {
            checkDefaults(of: message, limit)
        }
    }

    /// Checks that a payload with the default of a field is not too large.
    private mutating func checkDefaults(of message: MessageSpec, _ limit: UInt64) {
        let sizes = message.fields.map { smallestSize(of: $0) }
        for (index, field) in message.fields.enumerated() {
            guard let literal = field.defaultValue, let own = size(of: literal, field) else { continue }
            let others = sizes[..<index] + sizes[(index + 1)...]
            let size = others.reduce(own) { $0.addedOrLargest($1) }
            guard size > limit else { continue }
            let text = "a payload with this `default` has at least \(size) bytes, but at most \(limit) are allowed"
            diagnostics.error("\(text): shorten it, or raise `max-payload`", at: literal.place)
        }
    }

    /// Returns the number of bytes that the fields of a few bits among `fields` fill.
    func bytes(ofBitsIn fields: [FieldSpec]) -> UInt64 {
        UInt64(clamping: fields.reduce(0) { $0 + (table.step(of: $1).bitWidth ?? 0) } / 8)
    }

    /// Returns the size of the shortest allowed value of `field`, in bytes; 0 for a field of a few bits.
    func smallestSize(of field: FieldSpec) -> UInt64 {
        let step = table.step(of: field)
        if step.bitWidth != nil || field.condition != nil || field.isTrailing { return 0 }
        let size = table.minimumSize(of: step)
        if let constant = field.constant { return self.size(of: constant, field) ?? size }
        guard let least = table.bounds(of: field)?.low?.number.magnitude else { return size }
        switch step {
        case .text, .bytes: return size.addedOrLargest(least)
        case .list(let element, _):
            return size.addedOrLargest(least.multipliedOrLargest(table.minimumSize(of: element)))
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits, .structure,
            .union, .sized:
            return size
        }
    }

    /// Returns the size of the value of `literal` for `field`, in bytes; `nil` if it is not a value of the field.
    private func size(of literal: Located<Literal>, _ field: FieldSpec) -> UInt64? {
        guard isSound(field) else { return nil }
        guard let value = table.value(literal, of: table.step(of: field)) else { return nil }
        return (try? PayloadWriter.write([value], plan.layout(of: [field]), plan)).map { UInt64(clamping: $0.count) }
    }

    /// Checks the fields of a message, a struct or a case of a union.
    ///
    /// - Parameter header: The header's fields that fields of a message may refer to; `nil` for other fields.
    mutating func checkFields(_ fields: [FieldSpec], of owner: String, header: [FieldSpec]? = nil) {
        let isMessage = header != nil
        checkNothingFollowsTheEnd(in: fields)
        checkBits(in: fields)
        checkTrailing(fields)
        checkLengths(in: fields)
        for (index, field) in fields.enumerated() where !diagnostics.isFull {
            checkElements(of: field)
            checkBefore(index, in: fields)
            checkValues(of: field)
            let earlier = (header ?? []) + fields[..<index]
            checkPresence(of: field, behind: earlier[...])
            checkTag(of: field, behind: earlier[...], in: fields)
            checkUses(of: field, in: fields)
            checkSharedCount(of: field, in: fields)
            checkMeasure(of: field)
            checkTrace(of: field, in: isMessage ? fields[..<index] : nil, owner)
            if field.isTrailing, !isMessage {
                let text = "`optional` belongs to the last fields of messages: \(owner) has no length of its own"
                diagnostics.error("\(text); use `when`, or a type with `?`", at: field.name.place)
            }
            if let since = field.since, !isMessage {
                let text = "`since` belongs to fields of messages: \(owner) has no length of its own"
                diagnostics.error("\(text), so that none of its fields can be missing: remove `since`", at: since.place)
            }
        }
    }

    private mutating func checkNothingFollowsTheEnd(in fields: [FieldSpec]) {
        for (end, field) in fields.enumerated() {
            // Skip fields with mistakes: the key with the length may be the one that could not be read.
            guard table.runsToEnd(table.step(of: field)), !field.lacksParts else { continue }
            guard let next = fields[(end + 1)...].first(where: { !$0.excludes(field) }) else { continue }
            if field.type.value.fieldBehind != nil { continue }
            return report(next, behind: end, in: fields)
        }
    }

    /// Checks that a field with `before` ends at the start of the next one, and that what follows has a fixed size.
    private mutating func checkBefore(_ index: Int, in fields: [FieldSpec]) {
        let field = fields[index]
        guard let name = field.type.value.fieldBehind, !field.lacksParts else { return }
        let later = fields[(index + 1)...].filter { !$0.excludes(field) }
        let names = later.filter { !$0.isReserved }.map(\.name.value)
        let text = "`\(field.name.value)` ends before `\(name.visible)`"
        guard let next = later.first(where: { $0.name.value == name && !$0.isReserved }) else {
            let meant = nearMiss(of: name, among: names).map { "did you mean `\($0)`?" }
            let advice = names.first.map { "name the next field, `\($0)`" } ?? "remove `before`"
            diagnostics.error("\(text), which is no later field: \(meant ?? advice)", at: field.type.place)
            return
        }
        if let first = later.first, first.name.place != next.name.place {
            let advice = first.isReserved ? "move the reserved bytes" : "name `\(first.name.value)`"
            diagnostics.error("\(text), which is not the next field: \(advice)", at: field.type.place)
        } else if field.isTrailing || field.since != nil || field.constant != nil {
            let key = field.isTrailing ? "optional" : field.since != nil ? "since" : "equals"
            diagnostics.error("\(text), and cannot have `\(key)`: remove it", at: field.name.place)
        } else if table.bytesBehind(index, in: fields) == nil {
            let rule = "without `when`, `optional`, `since`, `align` and `covers`"
            diagnostics.error("\(text): what follows must have a fixed size, \(rule)", at: next.name.place)
        }
    }

    /// Reports that `next` follows a field that runs to the end of the payload.
    private mutating func report(_ next: FieldSpec, behind end: Int, in fields: [FieldSpec]) {
        let last = fields[end].name
        let advice =
            switch table.step(of: fields[end]).unwrapped {
            case .list: "a `count`"
            case .structure(let type): "a `length` or a `count` to the last field of `\(type.name.value)`"
            case .union(let type, _) where type.keepsUnknown: "a `length`"
            case .union(let type, _): "a `length` or a `count` to the last field of `\(type.name.value)`"
            case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .optional, .reserved,
                .reservedBits, .sized:
                "a `length`"
            }
        let move = "move `\(last.value)` to the end, or give "
        let areAlternatives = fields[end].condition != nil && next.condition != nil
        diagnostics.error(
            "field `\(next.name.value)` follows `\(last.value)`, which runs to the end of the payload: "
                + move + (advice.hasSuffix("`") && advice.contains(" of ") ? advice : "it \(advice)")
                + (areAlternatives ? ", or let their `when`s have no value in common" : ""),
            at: next.name.place,
            first: last.place,
            "`\(last.value)` is here"
        )
    }

    /// Checks that the elements of an array do not run to the end of the payload, and cannot be empty.
    private mutating func checkElements(of field: FieldSpec) {
        guard case .list(let element, _) = table.step(of: field).unwrapped, !field.lacksParts else { return }
        let (name, namedType) = (field.name.value, field.type.value.namedType)
        if element.unwrapped.bitWidth != nil {
            let text = "an element of `\(name)` has only a few bits, and elements start and end with a byte"
            diagnostics.error("\(text): put several into a struct", at: field.type.place)
        } else if case .counted(let count)? = element.unwrapped.size, case .field(let reference) = count.source {
            let text = "`\(reference.field)` cannot say the `length` of each element of `\(name)`"
            diagnostics.error("\(text): use a type such as `uint8`, or a number", at: field.type.place)
        } else if table.runsToEnd(element) {
            var advice = namedType.map { "give the last field of `\($0)` a `length` or a `count`" }
            // A union that keeps unknown tags needs a length, whatever its fields are.
            if case .union(let type, _) = element.unwrapped, type.keepsUnknown { advice = nil }
            let text = "an element of `\(name)` runs to the end of the payload, so no further element can follow"
            diagnostics.error("\(text): \(advice ?? "give it a `length`")", at: field.type.place)
        } else if table.minimumSize(of: element) == 0, namedType.map({ !soundness.isMistaken($0) }) ?? true {
            let text = "an element of `\(name)` can be empty, so that a payload could have any number of elements"
            diagnostics.error("\(text): give the element a field", at: field.type.place)
        }
    }

    /// Returns the largest payload of `message`; `nil` if it is unknown.
    private mutating func limit(of message: MessageSpec) -> UInt64? {
        guard let frame = frame(of: message)?.maximumPayload else { return message.maximumPayload?.value }
        guard let own = message.maximumPayload else { return frame }
        if own.value > frame {
            let problem = "`max-payload` is \(own.value), but the largest payload of a frame is \(frame)"
            diagnostics.error("\(problem): use at most \(frame)", at: own.place)
        }
        return min(own.value, frame)
    }

    /// Warns of messages to which no field can be added, in a spec that uses `trailing: ignore` or `since`.
    mutating func warnOfClosedLayouts() {
        guard !spec.lacksLayout else { return }
        let ignores = spec.trailing?.value == .ignore || spec.messages.contains { $0.trailing?.value == .ignore }
        guard ignores || spec.messages.contains(where: { $0.fields.contains { $0.since != nil } }) else { return }
        let complete = spec.messages.filter { !spec.incomplete.contains($0.name.value) }
        for message in complete where (message.trailing ?? spec.trailing)?.value != .reject {
            guard let last = message.fields.last(where: { table.runsToEnd(table.step(of: $0)) }) else { continue }
            if !message.fields.coveringFields.isEmpty { continue }
            let text =
                "no later version can add a field after `\(last.name.value)`, which runs to the end of the payload"
            let advice =
                "give it a `length` or a `count`, or add `trailing: reject` if `\(message.name.value)` never changes"
            diagnostics.warning("\(text): \(advice)", at: last.name.place)
        }
    }
}

extension SpecChecker {
    /// Checks `default`, `min`, `max` and `equals` of a field.
    mutating func checkValues(of field: FieldSpec) {
        guard isSound(field) else { return }
        if let constant = field.constant {
            checkConstant(constant, of: field)
            return
        }
        checkBounds(of: field)
        guard let literal = field.defaultValue else { return }
        let step = table.step(of: field)
        if case .structure = step.unwrapped, !literal.value.isNothing {
            diagnostics.error(
                "a field of a struct type cannot have a `default`: give the fields of the struct defaults",
                at: literal.place
            )
            return
        }
        guard
            let value = value(literal, of: step, "`default`"), let bounds = table.bounds(of: field),
            !bounds.contain(value, of: step)
        else { return }
        diagnostics.error("`default` is out of the bounds of `\(field.name.value)`: choose another", at: literal.place)
    }

    /// Checks that a field with `unit`, `scale` or `time` has a number, or several.
    private mutating func checkMeasure(of field: FieldSpec) {
        guard let measure = field.measure, isSound(field) else { return }
        var step = table.step(of: field).unwrapped
        while case .list(let element, _) = step { step = element.unwrapped }
        switch step {
        case .integer: return
        case .float where measure.time == nil: return
        case .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved, .reservedBits,
            .structure, .union, .sized:
            let name = field.name.value
            let text =
                measure.time == nil
                ? "`unit` and `scale` belong to numbers: remove them from `\(name)`"
                : "`time` belongs to whole numbers: remove it from `\(name)`, or use a type such as `uint32`"
            diagnostics.error(text, at: measure.place)
        }
    }

    private mutating func checkConstant(_ constant: Located<Literal>, of field: FieldSpec) {
        let others = [
            ("default", field.defaultValue?.place), ("min", field.minimum?.place), ("max", field.maximum?.place),
            ("since", field.since?.place), ("when", field.condition?.place),
            ("optional", field.isTrailing ? field.name.place : nil), ("trace", field.trace?.place),
        ]
        for case (let key, let place?) in others {
            diagnostics.error("a field with `equals` has only one value: remove `\(key)`", at: place)
        }
        if field.isSecret {
            diagnostics.error(
                "a field with `equals` cannot be `secret`, because the spec contains its value: remove `secret` or `equals`",
                at: constant.place
            )
        }
        let step = table.step(of: field)
        switch step {
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes:
            refuseNaN(constant, of: step, "`equals`")
        case .list, .optional, .reserved, .reservedBits, .structure, .union, .sized:
            let types = "numbers, booleans, text, bytes, enums and flags"
            diagnostics.error("`equals` belongs to \(types): remove it from this field", at: constant.place)
        }
    }

    private mutating func checkBounds(of field: FieldSpec) {
        guard let place = field.minimum?.place ?? field.maximum?.place else { return }
        let step = table.step(of: field).unwrapped
        guard let bound = step.bound else {
            let types = "numbers, text, bytes and arrays"
            diagnostics.error("`min` and `max` belong to \(types): remove them from this field", at: place)
            return
        }
        if case .fixed? = step.size {
            let text = "`\(field.name.value)` always has the same length: remove `min` and `max`"
            diagnostics.error(text, at: place)
            return
        }
        let low = field.minimum.flatMap { refuseNaN($0, of: bound, "`min`") }
        let high = field.maximum.flatMap { refuseNaN($0, of: bound, "`max`") }
        if case .counted(let count)? = step.size, case .prefix(let prefix, _) = count.source,
            let largest = count.largestSize
        {
            for case (let literal?, .number(let number)?, let key) in [
                (field.minimum, low, "min"), (field.maximum, high, "max"),
            ]
            where number.magnitude > largest {
                let text = "`\(key)` is \(number), but a \(prefix.rawValue) can count only to \(largest)"
                diagnostics.error("\(text): use at most \(largest)", at: literal.place)
            }
        }
        guard let low, let high, let minimum = field.minimum, let maximum = field.maximum else { return }
        if isLess(high, low, bound) {
            let text = "`max` is less than `min`, so that no value is allowed: raise `max` or lower `min`"
            diagnostics.error(text, at: maximum.place, first: minimum.place, "`min` is here")
        }
    }

    /// Returns the value of `literal`; reports an error for NaN, because no comparison with NaN is true.
    @discardableResult
    private mutating func refuseNaN(_ literal: Located<Literal>, of step: Step, _ what: String) -> Value? {
        guard let value = value(literal, of: step, what) else { return nil }
        if case .float(let type, _) = step, FloatBits.number(value.bits, type).isNaN {
            diagnostics.error(
                "\(what) cannot be NaN, because no comparison with NaN is true: remove it",
                at: literal.place
            )
            return nil
        }
        return value
    }

    private func isLess(_ left: Value, _ right: Value, _ step: Step) -> Bool {
        guard case .float(let type, _) = step else { return left.number < right.number }
        return FloatBits.number(left.bits, type) < FloatBits.number(right.bits, type)
    }

    /// Returns the value of `literal` for `step`; `nil`, after a diagnostic, if it is not a value of the step.
    mutating func value(_ literal: Located<Literal>, of step: Step, _ what: String) -> Value? {
        var reader = LiteralReader(table, subject: what)
        let value = reader.value(literal, of: step)
        report(reader.problems)
        return reader.problems.isEmpty ? value : nil
    }

    mutating func report(_ problems: [LiteralReader.Problem]) {
        for problem in problems { diagnostics.error(problem.message, at: problem.place) }
    }

    // MARK: Versions

    /// Checks `since` of the message and of its fields.
    mutating func checkVersions(of message: MessageSpec) {
        if let since = message.since { checkVersion(since) }
        var last: (name: String, since: Located<UInt64>)?
        for field in message.fields {
            guard let since = field.since else {
                guard let last else { continue }
                let text = "field `\(field.name.value)` follows `\(last.name)`, which older peers do not send"
                diagnostics.error(
                    "\(text): move `\(field.name.value)` before `\(last.name)`, or add `since` to `\(field.name.value)`",
                    at: field.name.place,
                    first: last.since.place,
                    "`\(last.name)` was added in version \(last.since.value)"
                )
                return
            }
            checkVersion(since)
            if let last, since.value < last.since.value {
                let text =
                    "field `\(field.name.value)` is older than `\(last.name)`, which precedes it: move newer fields to the end"
                let note = "`\(last.name)` was added in version \(last.since.value)"
                diagnostics.error(text, at: since.place, first: last.since.place, note)
            }
            let isOptional = table.step(of: field).isOptional || field.condition != nil
            if field.defaultValue == nil, !isOptional, field.isVariable {
                let text =
                    "older peers do not send field `\(field.name.value)`: give it a `default`, or make it "
                diagnostics.error("\(text)optional", at: since.place)
            }
            checkEmptiness(of: field)
            warnOfRefusedVersions(since)
            last = (field.name.value, since)
        }
    }

    /// Checks that a field that can have no bytes has an empty default.
    ///
    /// A receiver cannot tell an empty value of such a field from a field that an older peer leaves out.
    private mutating func checkEmptiness(of field: FieldSpec) {
        let step = table.step(of: field)
        guard let size = step.size, table.minimumSize(of: step) == 0, let literal = field.defaultValue else { return }
        if let least = table.bounds(of: field)?.low?.number.magnitude, least > 0 { return }
        switch table.value(literal, of: step) {
        case .bytes([]), .list([]), nil: return
        default: break
        }
        let isArray = if case .list = step { true } else { false }
        let advice =
            size == .toEnd
            ? "make the default empty, add `min: 1`, or give the field a `\(isArray ? "count" : "length")`"
            : "make the default empty, or add `min: 1`"
        diagnostics.error(
            "the receiver would read an empty `\(field.name.value)` as this `default`: \(advice)",
            at: literal.place
        )
    }

    private mutating func checkVersion(_ since: Located<UInt64>) {
        guard let version = spec.version else {
            if spec.saysVersion { return }
            let text = "`since` requires a `version`, but the spec has none: add `version: \(since.value)` at the top"
            diagnostics.error(text, at: since.place)
            return
        }
        guard since.value > version.value else { return }
        let text = "`since` is \(since.value), but the `version` of the spec is \(version.value): raise `version`"
        diagnostics.error(text, at: since.place, first: version.place, "`version` is here")
    }

    /// Warns if the version in the header makes receivers reject the older peers that `since` is for.
    private mutating func warnOfRefusedVersions(_ since: Located<UInt64>) {
        guard
            let frame = spec.frame, let version = spec.version, version.value > 1, spec.wireVersion == nil,
            frame.header.contains(where: { if case .version = $0.value.role { true } else { false } })
        else { return }
        let text = "older peers send another version in the header and are rejected"
        diagnostics.warning(
            "\(text): add `wire-version`, the number that peers of every version send",
            at: since.place
        )
    }
}

extension Literal {
    /// Whether the literal is `null`, `~` or empty.
    fileprivate var isNothing: Bool {
        if case .nothing = self { true } else { false }
    }
}
