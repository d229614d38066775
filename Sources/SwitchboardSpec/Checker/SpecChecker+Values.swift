extension SpecChecker {
    /// Checks `default`, `min`, `max` and `equals` of a field.
    mutating func checkValues(of field: FieldSpec) {
        guard isSound([field.type.value.namedType].compactMap(\.self)) else { return }
        if let constant = field.constant {
            checkConstant(constant, of: field)
            return
        }
        checkBounds(of: field)
        guard let literal = field.defaultValue else { return }
        let step = table.step(of: field)
        if case .structure = step.unwrapped, !literal.value.isNothing {
            diagnostics.error("a struct has no `default`: give its fields one each", at: literal.place)
            return
        }
        guard
            let value = value(literal, of: step, "`default`"), let bounds = table.bounds(of: field),
            !bounds.contain(value, of: step)
        else { return }
        diagnostics.error("`default` is out of the bounds of `\(field.name.value)`: choose another", at: literal.place)
    }

    private mutating func checkConstant(_ constant: Located<Literal>, of field: FieldSpec) {
        let others = [
            ("default", field.defaultValue?.place), ("min", field.minimum?.place), ("max", field.maximum?.place),
            ("since", field.since?.place),
        ]
        for case (let key, let place?) in others {
            diagnostics.error("`equals` leaves nothing to choose: remove `\(key)`", at: place)
        }
        if field.isSecret {
            diagnostics.error("what stands in the spec is no secret: remove `secret` or `equals`", at: constant.place)
        }
        let step = table.step(of: field)
        switch step {
        case .integer, .float, .boolean, .enumeration, .flags, .text, .bytes: refuseNaN(constant, of: step, "`equals`")
        case .list, .optional, .reserved, .structure, .union:
            let types = "numbers, truth values, text, bytes, enums and flags"
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
        if case .counted(let prefix, _)? = step.size {
            for case (let literal?, .number(let number)?, let key) in [
                (field.minimum, low, "min"), (field.maximum, high, "max"),
            ]
            where number.magnitude > prefix.largest {
                let text = "`\(key)` is \(number), and a \(prefix.rawValue) counts no further than \(prefix.largest)"
                diagnostics.error("\(text): use at most that", at: literal.place)
            }
        }
        guard let low, let high, let minimum = field.minimum, let maximum = field.maximum else { return }
        if isLess(high, low, bound) {
            let text = "`max` is less than `min`: no value would do"
            diagnostics.error(text, at: maximum.place, first: minimum.place, "`min` is here")
        }
    }

    /// The value of `literal`, unless it is NaN, which is equal to nothing, and neither less nor more.
    @discardableResult
    private mutating func refuseNaN(_ literal: Located<Literal>, of step: Step, _ what: String) -> Value? {
        guard let value = value(literal, of: step, what) else { return nil }
        if case .float(let type, _) = step, FloatBits.number(value.bits, type).isNaN {
            diagnostics.error("\(what) cannot be NaN, which no number compares with: remove it", at: literal.place)
            return nil
        }
        return value
    }

    private func isLess(_ left: Value, _ right: Value, _ step: Step) -> Bool {
        guard case .float(let type, _) = step else { return left.number < right.number }
        return FloatBits.number(left.bits, type) < FloatBits.number(right.bits, type)
    }

    /// The value that `literal` means for `step`, or `nil`, after a diagnostic, when it means none.
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

    /// Checks `since`, of the message and of its fields.
    mutating func checkVersions(of message: MessageSpec) {
        if let since = message.since { checkVersion(since) }
        var last: (name: String, since: Located<UInt64>)?
        for field in message.fields {
            guard let since = field.since else {
                guard let last else { continue }
                let text = "field `\(field.name.value)` follows `\(last.name)`, which older peers leave out"
                diagnostics.error(
                    "\(text): move it up, or say since when it is there",
                    at: field.name.place,
                    first: last.since.place,
                    "`\(last.name)` is there since version \(last.since.value)"
                )
                return
            }
            checkVersion(since)
            if let last, since.value < last.since.value {
                let text =
                    "field `\(field.name.value)` is older than `\(last.name)` before it: new fields go to the end"
                let note = "`\(last.name)` is there since version \(last.since.value)"
                diagnostics.error(text, at: since.place, first: last.since.place, note)
            }
            if field.defaultValue == nil, !table.step(of: field).isOptional, field.isVariable {
                let text =
                    "field `\(field.name.value)` is not there in older messages: give it a `default`, or make it "
                diagnostics.error("\(text)optional", at: since.place)
            }
            checkEmptiness(of: field)
            warnOfRefusedVersions(since)
            last = (field.name.value, since)
        }
    }

    /// A field that runs to the end and is empty has no bytes, as one that an older peer leaves out.
    private mutating func checkEmptiness(of field: FieldSpec) {
        let step = table.step(of: field)
        guard case .toEnd? = step.size, let literal = field.defaultValue else { return }
        if let least = table.bounds(of: field)?.low?.number.magnitude, least > 0 { return }
        switch table.value(literal, of: step) {
        case .bytes([]), .list([]), nil: return
        default: break
        }
        let isArray = if case .list = step { true } else { false }
        let size = isArray ? "count" : "length"
        diagnostics.error(
            "an empty `\(field.name.value)` has no bytes, and would be read as this `default`: "
                + "make that empty, say `min: 1`, or give the field a `\(size)`",
            at: literal.place
        )
    }

    private mutating func checkVersion(_ since: Located<UInt64>) {
        guard let version = spec.version else {
            if spec.saysVersion { return }
            let text = "`since` names a version, and the spec has none: add `version: \(since.value)` at the top"
            diagnostics.error(text, at: since.place)
            return
        }
        guard since.value > version.value else { return }
        let text = "`since` is \(since.value), and the spec is at version \(version.value): raise `version`"
        diagnostics.error(text, at: since.place, first: version.place, "`version` is here")
    }

    /// A header with a version keeps out the very peers that `since` is meant for.
    private mutating func warnOfRefusedVersions(_ since: Located<UInt64>) {
        guard
            let frame = spec.frame, let version = spec.version, version.value > 1, spec.wireVersion == nil,
            frame.header.contains(where: { if case .version = $0.value { true } else { false } })
        else { return }
        let text = "peers that do not know this field send another version in the header, and are refused"
        diagnostics.warning(
            "\(text): add `wire-version`, the version that all of them send",
            at: since.place
        )
    }
}

extension Literal {
    /// Whether nothing was written.
    fileprivate var isNothing: Bool {
        if case .nothing = self { true } else { false }
    }
}
